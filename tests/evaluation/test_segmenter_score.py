import numpy as np
import pytest

from smartmask.data.labelled_photos import CROWD, NO_THING, LabelledPhoto, labelled_photo
from smartmask.data.segment_classes import (
    ANYTHING,
    CLASSES,
    GROUPS,
    NOT_THE_FOUR,
    SOME_STUFF,
    THINGS,
    target_of,
)
from smartmask.evaluation.segmenter import SegmenterScore, evaluate_segmenter
from smartmask.scene.layout import Layer, Layout

CAR, CAT, SKY = (target_of("car", True), target_of("cat", True), target_of("sky", False))


def photo(kind: str, rest: int) -> LabelledPhoto:
    """Two cars, a crowd of persons, and the rest."""
    targets, things = np.full((8, 8), rest, np.uint8), np.full((8, 8), NO_THING, np.int16)
    targets[:2], things[0], things[1] = CAR, 0, 1
    targets[2, :4], things[2, :4] = target_of("person", True), CROWD
    return labelled_photo("p", kind, np.zeros((8, 8, 3), np.uint8), targets, things, [CAR, CAR])  # type: ignore[arg-type]


class Fixed:
    """A segmenter that always sees the same."""

    def __init__(self, **boxes: tuple[slice, slice] | slice) -> None:
        masks = []
        for label, box in boxes.items():
            mask = np.zeros((8, 8), bool)
            mask[box] = True
            masks.append(Layer(label.split("_")[0], mask))
        self._layout = Layout((8, 8), tuple(masks))

    def segment(self, image: np.ndarray) -> Layout:
        assert image.shape == (8, 8, 3)
        return self._layout


def scores(kind: str, rest: int, **boxes: tuple[slice, slice] | slice) -> SegmenterScore:
    return evaluate_segmenter(Fixed(**boxes), [photo(kind, rest)])


@pytest.mark.parametrize(
    ("kind", "rest"),
    [("panoptic", SKY), ("inst", SOME_STUFF), ("inst4", NOT_THE_FOUR)],
    ids=lambda value: str(value),
)
def test_a_right_layout_scores_one_whatever_is_known(kind: str, rest: int) -> None:
    score = scores(kind, rest, sky=np.s_[2:], car_1=np.s_[0], car_2=np.s_[1])
    assert score.photos == 1
    assert (
        score.pixel_accuracy
        == score.mean_iou
        == score.panoptic_quality
        == score.panoptic_quality_things
        == 1.0
    )
    assert score.panoptic_quality_stuff == (1.0 if kind == "panoptic" else None)


@pytest.mark.parametrize(
    ("kind", "rest", "quality"),
    [("panoptic", ANYTHING, 1.0), ("inst", SOME_STUFF, 0.5), ("inst4", NOT_THE_FOUR, 1.0)],
    ids=["where nothing is known a cat is no error", "no cat was named", "cats were not looked for"],
)
def test_a_false_cat_counts_where_cats_were_named(kind: str, rest: int, quality: float) -> None:
    score = scores(kind, rest, car_1=np.s_[0], car_2=np.s_[1], cat=np.s_[4:8])
    assert score.panoptic_quality == quality
    assert score.iou == {"car": 1.0}


def test_groups_forgive_a_label_of_the_same_group_and_no_other() -> None:
    score = scores("inst", SOME_STUFF, bus=np.s_[0], cat=np.s_[1])
    assert score.iou == {"car": 0.0}
    assert score.iou_of_groups == {"road vehicle": 0.5}
    assert score.grouped_iou == 0.5


def test_a_group_is_judged_where_all_its_labels_were_named() -> None:
    score = scores("inst4", NOT_THE_FOUR, car_1=np.s_[0], car_2=np.s_[1])
    assert score.iou == {"car": 1.0}
    assert score.iou_of_groups == {}
    assert score.grouped_iou is None


def test_each_class_is_in_one_group_and_no_group_mixes_things_and_stuff() -> None:
    members = [label for labels in GROUPS.values() for label in labels]
    assert sorted(members) == sorted(CLASSES)
    assert all(len({label in THINGS for label in labels}) == 1 for labels in GROUPS.values())
    assert len(GROUPS) == 30


def test_a_crowd_is_void() -> None:
    score = scores("inst", SOME_STUFF, car_1=np.s_[0], car_2=np.s_[1], person=np.s_[2, :4])
    assert score.panoptic_quality == 1.0
    assert len(THINGS) == 80 < len(CLASSES)
