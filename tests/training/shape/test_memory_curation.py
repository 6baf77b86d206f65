"""Which shapes the memory keeps, on planted faults: held-out doubles, wrong names, lumps, too many."""

import numpy as np
import pytest
from thin_shapes import ellipse, small_field
from whole_shape_parts import whole

from smartmask.data.whole_shapes import WholeShape
from smartmask.model.shape.frame import frame_field
from smartmask.training.shape.memory_curation import (
    DOUBLE_IOU,
    LEAST_OBJECTS,
    MOST_OF_A_LABEL,
    OBJECTS_FOR_ONE_MORE,
    REASONS,
    ROOM,
    Curation,
    curate,
)


def rake(seed: int) -> np.ndarray:
    """A back with five teeth of random places, widths and lengths."""
    rng = np.random.default_rng(seed)
    mask = np.zeros((60, 80), bool)
    mask[:12] = True
    for tooth, left in enumerate(np.sort(rng.integers(0, 70, 5))):
        length = 60 if tooth == 2 else int(rng.integers(25, 60))
        mask[:length, left : left + int(rng.integers(5, 11))] = True
    return mask


def arch(seed: int) -> np.ndarray:
    """Two posts and what lies on them, of random widths."""
    left, right, top = np.random.default_rng(seed).integers(8, 26, 3)
    mask = np.ones((60, 80), bool)
    mask[top:, left : 80 - right] = False
    return mask


def curated(shapes: list[WholeShape], held: list[WholeShape] | None = None) -> Curation:
    """The choice among some shapes, the held-out ones coming after them."""
    every = shapes + (held or [])
    sketches = np.stack([small_field(frame_field(shape.mask())) for shape in every])
    return curate(every, sketches, np.arange(len(shapes)), np.arange(len(shapes), len(every)))


def rakes(count: int, label: str = "rake", first: int = 0) -> list[WholeShape]:
    return [whole(label, rake(first + n), f"drawn:{label}{first + n}") for n in range(count)]


def arches(count: int) -> list[WholeShape]:
    return [whole("arch", arch(n), f"drawn:arch{n}") for n in range(count)]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda mask: mask, id="as it is"),
        pytest.param(lambda mask: mask[:, ::-1], id="mirrored"),
        pytest.param(lambda mask: np.kron(mask, np.ones((2, 2), bool)), id="twice as large"),
    ],
)
def test_doubles_of_held_out_shapes_are_dropped_whatever_they_are_called(change):
    held = rakes(12, first=100)
    planted = [
        whole(name, np.ascontiguousarray(change(held[n].mask())), f"other:{name}{n}")
        for n, name in enumerate(("rake", "fork", "pitchfork"))
    ]
    found = curated([*rakes(20), *planted], held)
    assert found.dropped["held-out double"] >= 3
    assert not set(found.kept.tolist()) & {20, 21, 22}
    assert found.kept.max() < 23, "nothing that is held out is kept"


def test_what_is_held_out_at_another_aspect_or_tells_nothing_is_no_leak():
    held = [whole("rake", rake(100), "h:1"), whole("plate", ellipse(60, 60), "h:2")]
    wide = np.kron(rake(100), np.ones((1, 2), bool))
    found = curated([whole("rake", wide, "a"), whole("ball", ellipse(50, 50), "b")], held)
    assert found.dropped["held-out double"] == 0
    assert found.kept.tolist() == [0, 1]


def test_what_looks_like_another_thing_than_it_is_called_is_dropped():
    planted = whole("rake", arch(500), "drawn:wrong")
    found = curated([*rakes(20), *arches(20), planted])
    assert found.dropped["other label"] == 1
    assert 40 not in found.kept


def test_labels_of_few_objects_are_not_judged():
    few = [whole("gate", arch(500 + n), f"drawn:gate{n}") for n in range(LEAST_OBJECTS)]
    found = curated([*rakes(20), *arches(20), *few])
    assert found.dropped["other label"] == 0
    assert set(range(40, 40 + LEAST_OBJECTS)) & set(found.kept.tolist())


def test_a_lump_among_many_is_dropped_and_alone_it_stays():
    lump = whole("rake", ellipse(80, 60), "drawn:lump")
    found = curated([*rakes(20), lump])
    assert found.dropped["lump"] == 1
    assert 20 not in found.kept
    assert 4 in curated([*rakes(4), lump]).kept


def test_a_plain_view_of_an_object_with_views_to_spare_is_dropped():
    views = [whole("rake", rake(n), "drawn:one") for n in range(9)]
    found = curated([*views, whole("rake", ellipse(80, 60), "drawn:one")])
    assert found.dropped["odd view"] == 1
    assert 9 not in found.kept


def test_of_doubles_a_photo_stays_before_a_render_before_a_drawing():
    styles = ("drawing", "photo", "render")
    shapes = [whole("rake", rake(1), f"drawn:{style}", style) for style in styles]
    shapes.append(whole("rake", rake(1)[:, ::-1], "drawn:mirrored"))
    found = curated(shapes)
    assert found.kept.tolist() == [1]
    assert found.dropped["double"] == 3


def test_no_label_keeps_more_than_its_share_and_more_objects_may_keep_more():
    count = MOST_OF_A_LABEL + 24
    views = curated([whole("rake", rake(n), "drawn:one") for n in range(count)])
    objects = curated(rakes(count))
    assert len(views.kept) == MOST_OF_A_LABEL
    assert len(objects.kept) == MOST_OF_A_LABEL + (count - objects.dropped["lump"]) // OBJECTS_FOR_ONE_MORE
    assert min(views.dropped["redundant"], objects.dropped["redundant"]) > 0


def test_an_object_with_many_views_does_not_crowd_out_those_with_one():
    views = [whole("rake", rake(n), "drawn:one") for n in range(MOST_OF_A_LABEL + 30)]
    found = curated([*views, *rakes(10, first=500)])
    assert found.dropped["redundant"] > 10
    assert (found.kept >= len(views)).sum() >= 10 - found.dropped["lump"] - found.dropped["double"]


def test_all_are_accounted_for_and_the_choice_is_the_same_again():
    shapes, held = [*rakes(30), *arches(30), whole("rake", ellipse(80, 60), "l")], rakes(8, first=200)
    found, again = curated(shapes, held), curated(shapes, held)
    assert set(found.dropped) == set(REASONS)
    assert len(found.kept) + sum(found.dropped.values()) == len(shapes)
    assert found.kept.tolist() == sorted(set(found.kept.tolist()))
    assert np.array_equal(found.kept, again.kept)
    assert found.clarities.shape == found.kept.shape
    assert 0 <= found.clarities.min() <= found.clarities.max() <= 1
    assert 0.9 < DOUBLE_IOU < 1


def test_a_shape_is_clear_if_its_like_are_called_the_same():
    mixed = [whole("rake" if n % 2 else "fence", rake(n), f"drawn:{n}") for n in range(60)]
    found = curated([*arches(30), *mixed])
    is_arch = found.kept < 30
    assert found.clarities[is_arch].mean() > found.clarities[~is_arch].mean() + 0.2


def test_what_is_known_fills_its_share_and_has_no_doubles_and_is_not_chosen_again():
    shapes = rakes(30)
    double = whole("rake", shapes[3].mask(), "drawn:again")
    every = [*shapes[:20], *shapes[20:], double]
    sketches = np.stack([small_field(frame_field(shape.mask())) for shape in every])
    nothing = np.zeros(0, np.int64)
    found = curate(every, sketches, np.arange(20, 31), nothing, known=np.arange(20))
    assert found.dropped["double"] == 1
    assert set(found.kept.tolist()) <= set(range(20, 30))
    assert len(found.kept) + sum(found.dropped.values()) == 11
    many = [*rakes(MOST_OF_A_LABEL + 60), *rakes(ROOM + 20, first=900)]
    sketches = np.stack([small_field(frame_field(shape.mask())) for shape in many])
    first = np.arange(MOST_OF_A_LABEL + 60)
    full = curate(many, sketches, np.arange(len(first), len(many)), nothing, known=first)
    assert len(full.kept) == ROOM
    assert full.dropped["redundant"] == 20 - full.dropped["lump"] - full.dropped["double"]
