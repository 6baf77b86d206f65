import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapes import bool_masks, disc, rectangle, room

from smartmask.data.annotations.base import (
    MIN_AREA_PX,
    MIN_SIDE_PX,
    VOID,
    AnnotatedObject,
    compact_index,
    in_split,
    plain_label,
    split_of,
)
from smartmask.scene.boxes import box_of


@given(bool_masks(st.integers(20, 45), st.integers(20, 45)))
def test_an_object_packed_and_unpacked_is_its_mask(mask):
    item = AnnotatedObject.of("dog", mask, True)
    if item is None:
        assert mask.sum() < MIN_AREA_PX or min(np.ptp(np.nonzero(mask), axis=1) + 1) < MIN_SIDE_PX
        return
    assert np.array_equal(item.mask(mask.shape), mask)
    assert item.box_xyxy == box_of(mask)


def test_the_packed_bits_take_an_eighth_of_a_byte_a_pixel_of_the_box():
    item = AnnotatedObject.of("ball", disc((200, 200), (100, 100), 40), True)
    assert len(item.packed) == 80 * 80 // 8


@pytest.mark.parametrize(
    ("box", "kept"),
    [
        pytest.param((2, 2, 18, 18), True, id="256 pixels are enough"),
        pytest.param((2, 2, 17, 19), False, id="255 pixels are not"),
        pytest.param((2, 2, 66, 9), False, id="a strip 7 pixels high is not"),
        pytest.param((2, 2, 66, 10), True, id="a strip 8 pixels high is enough"),
        pytest.param((2, 2, 2, 2), False, id="nothing is not"),
    ],
)
def test_what_is_too_small_to_learn_from_is_none(box, kept):
    assert (AnnotatedObject.of("thing", rectangle((80, 80), box), True) is not None) == kept


@given(st.text(max_size=30))
def test_a_group_always_falls_into_the_same_split(group):
    assert split_of(group) == split_of(group)
    assert split_of(group) in ("train", "validation", "test")


@pytest.mark.parametrize(
    ("group", "split"),
    [
        ("coco:9", "train"),
        ("coco:59", "test"),
        ("coco:102", "test"),
        ("coco:32", "validation"),
        ("coco:100", "validation"),
    ],
)
def test_known_groups_never_change_their_split(group, split):
    assert split_of(group) == split


def test_one_group_in_25_is_for_test_and_one_for_validation():
    splits = [split_of(f"photo:{number}") for number in range(5000)]
    assert splits.count("test") / 5000 == pytest.approx(0.04, abs=0.01)
    assert splits.count("validation") / 5000 == pytest.approx(0.04, abs=0.01)


def test_every_scene_falls_into_just_one_split_in_order():
    scenes = [room(number) for number in range(60)]
    parts = {split: in_split(scenes, split) for split in ("train", "validation", "test")}
    assert all(parts.values())
    numbers = {split: [scenes.index(scene) for scene in part] for split, part in parts.items()}
    assert sorted(number for part in numbers.values() for number in part) == list(range(60))
    assert all(part == sorted(part) for part in numbers.values())


@pytest.mark.parametrize(
    ("count", "dtype"),
    [
        pytest.param(1, np.int8, id="few labels fit a byte"),
        pytest.param(127, np.int8, id="127 labels fit a byte"),
        pytest.param(128, np.int16, id="128 labels fit two"),
    ],
)
def test_a_compact_index_keeps_every_number(count, dtype):
    index = np.arange(VOID, count).reshape(1, -1)
    found = compact_index(index, count)
    assert found.dtype == dtype
    assert np.array_equal(found, index)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("wall-other-merged", "wall"),
        ("floor-wood", "floor"),
        ("wall-brick", "wall"),
        ("door-stuff", "door"),
        ("window-blind", "window blind"),
        ("playingfield", "playing field"),
        ("crab_(animal)", "crab"),
        ("baseball_bat", "baseball bat"),
        ("diningtable", "dining table"),
        ("tvmonitor", "tv monitor"),
        ("refridgerator", "refrigerator"),
        ("Clear plastic bottle", "clear plastic bottle"),
        ("person", "person"),
    ],
)
def test_a_class_name_in_plain_words(name, label):
    assert plain_label(name) == label
