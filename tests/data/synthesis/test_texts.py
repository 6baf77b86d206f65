"""Texts say what is there and where, in words that fit the picture."""

import numpy as np
import pytest
from tiny_library import box, cylinder

from smartmask.data.synthesis.stage.meshes import Mesh
from smartmask.data.synthesis.texts import Seen, object_texts, scene_texts, shape_words


def seen(
    label: str, x: float, y: float, *, half: float = 10, depth: float = 3, carrier: int | None = None
) -> Seen:
    return Seen(label, (), (x, y), (half, half), int(4 * half * half), depth, True, carrier)


def mesh(kind: str, solid: tuple[np.ndarray, np.ndarray]) -> Mesh:
    return Mesh(kind, kind, solid[0].astype(np.float32), solid[1].astype(np.int32))


@pytest.mark.parametrize(
    ("thing", "text"),
    [
        (seen("lamp", 10, 100), "lamp left of the bed"),
        (seen("lamp", 190, 100), "lamp right of the bed"),
        (seen("picture", 100, 10), "picture above the bed"),
        (seen("rug", 100, 190), "rug below the bed"),
        (seen("chair", 100, 100, depth=2), "chair in front of the bed"),
        (seen("chair", 100, 100, depth=5), "chair behind the bed"),
        (seen("chair", 100, 100, depth=3), "chair next to the bed"),
        (seen("pillow", 100, 100, carrier=0), "pillow on the bed"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_thing_is_placed_by_its_larger_neighbour(thing: Seen, text: str) -> None:
    assert text in object_texts(1, [seen("bed", 100, 100, half=50), thing])


def test_the_largest_thing_has_no_place() -> None:
    texts = object_texts(0, [seen("bed", 100, 100, half=50), seen("lamp", 10, 10)])
    assert not any("lamp" in text for text in texts)


def test_like_things_are_told_apart() -> None:
    chairs = [seen("chair", 10, 50, depth=2), seen("chair", 90, 50, depth=5)]
    assert {"the chair on the left", "the nearest chair"} <= set(object_texts(0, chairs))
    assert {"the chair on the right", "the chair at the back"} <= set(object_texts(1, chairs))


def test_texts_hold_no_doubles_and_not_the_label_itself() -> None:
    texts = object_texts(1, [seen("bed", 100, 100, half=50), seen("couch", 10, 100)])
    assert len(set(texts)) == len(texts)
    assert "couch" not in texts
    assert "sofa" in texts


def test_regions_have_no_texts() -> None:
    assert object_texts(0, [Seen("wall", (), (0, 0), (1, 1), 4, 1.0, False, None)]) == ()


def test_a_scene_is_told_from_its_largest_things_with_numbers_and_plurals() -> None:
    things = [
        seen("bed", 50, 50, half=40),
        *[seen("shelf", 10, 10), seen("shelf", 20, 10)],
        seen("armchair", 9, 9, half=8),
    ]
    assert scene_texts("office", things)[0] == "an office with a bed, two shelves and an armchair"


@pytest.mark.parametrize(
    ("solid", "word"),
    [
        (box((0, 0, 0), (0.2, 0.2, 1.0)), "tall vase"),
        (box((0, 0, 0), (1.0, 1.0, 0.3)), "low vase"),
        (box((0, 0, 0), (0.3, 1.0, 0.4)), "wide vase"),
        (cylinder(0.3, 0.4), "round vase"),
    ],
    ids=["tall", "low", "wide", "round"],
)
def test_proportions_give_attributes(solid: tuple[np.ndarray, np.ndarray], word: str) -> None:
    assert word in shape_words(mesh("vase", solid))


def test_words_that_are_plurals_take_no_article() -> None:
    assert scene_texts("study", [seen("books", 9, 9)])[0] == "a study with books"
    assert scene_texts("study", [seen("books", 9, 9), seen("books", 9, 9)])[0] == "a study with some books"


def test_a_square_box_is_not_round() -> None:
    assert not any("round" in word for word in shape_words(mesh("vase", box((0, 0, 0), (1, 1, 1)))))
