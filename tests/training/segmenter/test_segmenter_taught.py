"""What several networks see, as targets; every scene here is drawn by hand."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from smartmask.data.labelled_photos import CROWD, NO_THING, LabelledPhoto, labelled_photo
from smartmask.data.segment_classes import ANYTHING, CLASSES, SOME_STUFF, allowed_classes, set_of
from smartmask.errors import AnnotationError
from smartmask.training.segmenter.taught import (
    SCENE_CLASSES,
    THING_CLASSES,
    FoundBox,
    Seen,
    Taught,
    taught,
)
from smartmask.training.segmenter.taught_photos import (
    read_taught,
    read_taught_photos,
    with_taught_stuff,
    write_taught,
)

SIDE = 32
HORSE, GIRAFFE, PERSON = (CLASSES.index(label) for label in ("horse", "giraffe", "person"))


def field(top: str = "sky", bottom: str = "grass") -> np.ndarray:
    """Names of the first network's classes, the upper half and the lower one."""
    scene = np.full((SIDE, SIDE), SCENE_CLASSES.index(top), np.uint8)
    scene[SIDE // 2 :] = SCENE_CLASSES.index(bottom)
    return scene


def seen(
    scene: np.ndarray,
    *boxes: FoundBox,
    sure: float = 0.9,
    **things: tuple[slice, slice],
) -> Seen:
    """With probability 0.9 of each named thing in its rectangle."""
    kinds = np.zeros((SIDE, SIDE, len(THING_CLASSES)), np.float32)
    kinds[..., 0] = 1
    for label, place in things.items():
        kinds[place] = 0
        kinds[(*place, 0)], kinds[(*place, THING_CLASSES.index(label))] = 0.1, 0.9
    return Seen(scene, np.full(scene.shape, sure, np.float32), kinds, boxes)


MIDDLE = np.s_[8:24, 8:24]
BOX = 0.25, 0.25, 0.75, 0.75


def test_stuff_is_named_as_widely_as_the_network_that_saw_it() -> None:
    found = taught(seen(field()))
    assert (found.targets[:16] == CLASSES.index("sky")).all()
    assert (found.targets[16:] == set_of("lawn")).all()
    assert (found.things == NO_THING).all()
    assert found.classes == ()
    assert (taught(seen(field(), sure=0.5)).targets == ANYTHING).all()


def test_a_floor_is_a_room_s_where_there_is_a_room() -> None:
    assert (taught(seen(field("wall", "floor"))).targets[16:] == set_of("floor of a room")).all()
    assert (taught(seen(field("tree", "floor"))).targets[:16] == CLASSES.index("tree")).all()
    outside = field("tree", "floor")
    outside[:24] = SCENE_CLASSES.index("tree")
    assert (taught(seen(outside)).targets[24:] == set_of("floor outside")).all()


def test_a_thing_has_the_outline_that_was_seen_and_stuff_stays_about_it() -> None:
    place = np.s_[12:24, 12:20]
    found = taught(seen(field(), FoundBox("horse", 0.8, *BOX), horse=place))
    inside = np.zeros((SIDE, SIDE), bool)
    inside[place] = True
    assert found.classes == (HORSE,)
    assert np.array_equal(found.things == 0, inside)
    assert (found.targets[inside] == HORSE).all()
    assert (found.targets[~inside] != ANYTHING).all()


def test_a_thing_that_the_second_network_takes_for_another_kind_has_its_outline_but_a_doubtful_rim() -> None:
    place = np.s_[10:24, 12:20]
    found = taught(seen(field("tree"), FoundBox("giraffe", 0.8, *BOX), horse=place))
    assert found.classes == (GIRAFFE,)
    assert (found.targets[place] == GIRAFFE).all()
    assert found.targets[9, 9] == ANYTHING
    assert found.things[9, 9] == CROWD
    assert found.targets[2, 2] == CLASSES.index("tree")


def test_furniture_of_a_box_is_what_the_first_network_sees_in_it() -> None:
    scene = field("wall", "floor")
    scene[14:24, 8:24] = SCENE_CLASSES.index("bed")
    found = taught(seen(scene, FoundBox("bed", 0.8, *BOX), couch=np.s_[8:14, 8:24]))
    assert found.classes == (CLASSES.index("bed"),)
    assert np.array_equal(found.things == 0, scene == SCENE_CLASSES.index("bed"))


def test_without_an_outline_a_thing_is_what_does_not_lie_round_its_box() -> None:
    scene = field("wall", "wall")
    scene[10:22, 10:22] = SCENE_CLASSES.index("other")
    found = taught(seen(scene, FoundBox("clock", 0.8, *BOX)))
    assert np.array_equal(found.things == 0, scene == SCENE_CLASSES.index("other"))


@pytest.mark.parametrize(("score", "known"), [(0.8, True), (0.4, False)])
def test_where_nothing_tells_it_apart_only_its_middle_is_known(score: float, known: bool) -> None:
    found = taught(seen(field("wall", "wall"), FoundBox("clock", score, *BOX)))
    assert found.classes == ()
    assert (found.targets[16, 16] == CLASSES.index("clock")) is np.bool_(known)
    assert found.targets[9, 9] == ANYTHING
    assert found.targets[2, 2] == CLASSES.index("wall")


def test_the_smaller_of_two_things_lies_in_front() -> None:
    large, small = FoundBox("horse", 0.9, *BOX), FoundBox("person", 0.5, 0.4, 0.25, 0.6, 0.75)
    found = taught(seen(field(), small, large, horse=MIDDLE, person=np.s_[8:24, 13:19]))
    assert found.classes == (HORSE, PERSON)
    assert (found.targets[8:24, 13:19] == PERSON).all()
    assert (found.things[8:24, 13:19] == 1).all()


def test_people_need_a_witness() -> None:
    scene = field()
    scene[8:24, 8:24] = SCENE_CLASSES.index("person")
    assert (taught(seen(scene)).targets[MIDDLE] == ANYTHING).all()
    found = taught(seen(scene, person=np.s_[8:24, 8:16]))
    assert (found.targets[8:24, 8:16] == PERSON).all()
    assert (found.things[8:24, 8:16] == CROWD).all()


def test_every_set_leaves_something_possible_and_names_only_classes() -> None:
    allowed = allowed_classes()
    assert allowed.any(1).all()
    assert allowed[ANYTHING].all()


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """One photo with labels, one without."""
    (tmp_path / "images").mkdir()
    (tmp_path / "taught").mkdir()
    for name in ("a", "b"):
        Image.new("RGB", (64, 48), (10, 200, 30)).save(tmp_path / "images" / f"{name}.jpg")
    found = taught(seen(field(), FoundBox("horse", 0.8, *BOX), horse=MIDDLE))
    write_taught(found, tmp_path / "taught" / "a.npz")
    return tmp_path


def test_a_labelled_photo_is_read_at_its_size_or_smaller(photos: Path) -> None:
    (whole,) = read_taught_photos(photos, 64)
    (small,) = read_taught_photos(photos, 32)
    assert (whole.kind, whole.image.shape, small.image.shape) == ("taught", (48, 64, 3), (24, 32, 3))
    for photo in (whole, small):
        height, width = photo.targets.shape
        ((number, (x0, y0, x1, y1)),) = photo.thing_boxes
        assert number == HORSE
        assert (x0 / width, y0 / height, x1 / width, y1 / height) == pytest.approx(BOX, abs=0.03)
        assert (photo.targets[0] == CLASSES.index("sky")).all()


def test_labels_survive_their_file(photos: Path) -> None:
    found = taught(seen(field(), FoundBox("horse", 0.8, *BOX), horse=MIDDLE))
    read = read_taught(photos / "taught" / "a.npz")
    assert np.array_equal(read.targets, found.targets)
    assert np.array_equal(read.things, found.things)
    assert read.classes == found.classes


def test_damaged_labels_are_named(photos: Path) -> None:
    path = photos / "taught" / "a.npz"
    good = path.read_bytes()
    for content in (b"", good[: len(good) // 2], b"PK" + good[2:40]):
        path.write_bytes(content)
        with pytest.raises(AnnotationError, match=r"a\.npz: cannot be read as the labels of a photo"):
            read_taught(path)
    wrong = Taught(np.full((4, 4), 255, np.uint8), np.full((4, 4), -1, np.int16), ())
    write_taught(wrong, path)
    with pytest.raises(AnnotationError, match="in known classes"):
        read_taught(path)


def test_a_folder_without_labels_says_what_makes_them(tmp_path: Path) -> None:
    with pytest.raises(AnnotationError, match=r"scripts/label_photos\.py makes them"):
        next(read_taught_photos(tmp_path, 64))


def annotated() -> LabelledPhoto:
    """A horse on what nobody named, beside a crowd."""
    targets, things = np.full((SIDE, SIDE), SOME_STUFF, np.uint8), np.full((SIDE, SIDE), NO_THING, np.int16)
    targets[MIDDLE], things[MIDDLE] = HORSE, 0
    things[28:] = CROWD
    return labelled_photo("coco:9", "inst", np.zeros((SIDE, SIDE, 3), np.uint8), targets, things, [HORSE])


def test_annotated_photos_take_only_stuff_that_nobody_named(tmp_path: Path) -> None:
    write_taught(taught(seen(field(), person=np.s_[0:4, 0:8])), tmp_path / "000000000009.npz")
    (found,) = with_taught_stuff([annotated()], tmp_path)
    assert (found.targets[MIDDLE] == HORSE).all()
    assert (found.targets[0:4, 0:8] == SOME_STUFF).all()
    assert (found.targets[4:8] == CLASSES.index("sky")).all()
    assert (found.targets[24:28] == set_of("lawn")).all()
    assert (found.targets[28:] == SOME_STUFF).all()
    with pytest.raises(AnnotationError, match=r"000000000009\.npz"):
        next(with_taught_stuff([annotated()], tmp_path / "elsewhere"))
