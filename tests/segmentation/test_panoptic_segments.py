import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartmask.segmentation import panoptic_segments
from smartmask.segmentation.panoptic_segments import (
    MergeSettings,
    Segment,
    merge_queries,
    panoptic_to_layout,
)

SURE = 12.0
"""A logit that leaves no doubt."""
NAMES = {0: "wall-brick", 1: "floor, flooring", 2: "chair", 3: "door-stuff"}
STUFF = {0, 1, 3}


def masks_of(*regions: np.ndarray) -> np.ndarray:
    return np.where(np.stack(regions), SURE, -SURE).astype(np.float32)


def classes_of(*numbers: int | None) -> np.ndarray:
    """Sure class logits of four classes; None is nothing."""
    logits = np.zeros((len(numbers), 5), np.float32)
    for row, number in enumerate(numbers):
        logits[row, 4 if number is None else number] = SURE
    return logits


def halves(size: int = 8) -> tuple[np.ndarray, np.ndarray]:
    top = np.zeros((size, size), bool)
    top[: size // 2] = True
    return top, ~top


def test_each_pixel_goes_to_the_query_that_claims_it_and_the_rest_stays_unknown() -> None:
    top, bottom = halves()
    chair = np.zeros((8, 8), bool)
    chair[3:7, 2:5] = True
    index, segments = merge_queries(
        classes_of(0, None, 2), masks_of(top & ~chair, bottom, chair), (8, 8), MergeSettings()
    )
    expected = np.full((8, 8), -1)
    expected[top] = 0
    expected[chair] = 1
    np.testing.assert_array_equal(index, expected)
    assert [(segment.number, segment.class_number) for segment in segments] == [(0, 0), (1, 2)]
    assert all(segment.score > 0.99 for segment in segments)


def test_of_two_queries_that_claim_a_pixel_the_one_surer_of_class_and_mask_wins() -> None:
    logits = classes_of(0, 1)
    logits[0, 1] = SURE - np.log(3)  # class 0 has 3/4 of the probability
    left = np.zeros((4, 4), bool)
    left[:, :2] = True
    masks = masks_of(np.ones((4, 4), bool), left)
    masks[0, :, 2:] = 0.1
    index, segments = merge_queries(logits, masks, (4, 4), MergeSettings(min_kept=0.0))
    np.testing.assert_array_equal(index, np.where(left, 1, 0))
    assert segments[0].score == pytest.approx(0.75, abs=1e-4)


def test_a_query_that_is_unsure_of_its_class_leaves_its_pixels_unknown() -> None:
    top, bottom = halves()
    logits = classes_of(0, 1)
    logits[1] = [0, 1, 1, 0, 0]  # 0.32 at the most
    index, segments = merge_queries(logits, masks_of(top, bottom), (8, 8))
    np.testing.assert_array_equal(index, np.where(top, 0, -1))
    assert [segment.class_number for segment in segments] == [0]
    assert len(merge_queries(logits, masks_of(top, bottom), (8, 8), MergeSettings(min_score=0.3))[1]) == 2


def test_pixels_that_no_query_claims_stay_unknown_however_sure_the_classes_are() -> None:
    top, _ = halves()
    masks = masks_of(top)
    masks[0, 4:] = -0.1  # 0.475: not quite
    index, _ = merge_queries(classes_of(0), masks, (8, 8))
    np.testing.assert_array_equal(index, np.where(top, 0, -1))
    index, _ = merge_queries(classes_of(0), masks, (8, 8), MergeSettings(min_claim=0.4))
    assert (index == 0).all()


def test_a_query_that_loses_most_of_what_it_claims_goes() -> None:
    whole = np.ones((10, 10), bool)
    most = whole.copy()
    most[:, 9] = False
    logits = classes_of(0, 2)
    logits[0, 3] = SURE - 2  # the less sure of the two
    index, segments = merge_queries(logits, masks_of(whole, most), (10, 10))
    np.testing.assert_array_equal(index, np.where(most, 1, -1))
    assert [segment.number for segment in segments] == [1]


def test_contours_run_between_cells_as_the_interpolated_logits_cross() -> None:
    masks = np.array([[[4.0, -12.0]]], np.float32)
    index, _ = merge_queries(classes_of(0), masks, (1, 8), MergeSettings(min_kept=0.0))
    # Middles of the cells lie at pixels 1.5 and 5.5; the logit crosses zero a quarter of the way.
    np.testing.assert_array_equal(index[0] == 0, [True, True, True, False, False, False, False, False])


def test_only_the_part_of_the_masks_that_shows_the_photo_is_read() -> None:
    mask = np.zeros((8, 8), bool)
    mask[:6, :2] = True
    padded = masks_of(mask)
    padded[0, 6:], padded[0, :, 4:] = SURE, SURE  # what lies under the padding
    index, _ = merge_queries(classes_of(0), padded, (60, 40), seen_hw=(0.75, 0.5))
    np.testing.assert_array_equal(index == 0, np.broadcast_to(np.arange(40) < 20, (60, 40)))


def test_no_sure_query_gives_an_unknown_photo() -> None:
    index, segments = merge_queries(classes_of(None, None), np.zeros((2, 3, 3), np.float32), (5, 6))
    assert (index == -1).all()
    assert segments == []


@pytest.mark.parametrize("values", [1, 500, 10**6], ids=["row by row", "a few rows", "all rows"])
def test_strips_do_not_show(values: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    logits, masks = classes_of(0, 1, 2), rng.normal(0, 3, (3, 6, 5)).astype(np.float32)
    whole, _ = merge_queries(logits, masks, (37, 29), MergeSettings(min_kept=0.0))
    monkeypatch.setattr(panoptic_segments, "STRIP_VALUES", values)
    strips, _ = merge_queries(logits, masks, (37, 29), MergeSettings(min_kept=0.0))
    np.testing.assert_array_equal(strips, whole)


def test_a_large_photo_never_takes_memory_for_every_query() -> None:
    count, size_hw = 20, (1000, 1500)
    masks = np.full((count, 16, 16), -SURE, np.float32)
    masks[np.arange(count) % count, np.arange(count) % 16] = SURE
    logits = classes_of(*(number % 4 for number in range(count)))
    tracemalloc.start()
    merge_queries(logits, masks, size_hw)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 0.5 * 4 * count * size_hw[0] * size_hw[1]


@given(st.integers(0, 10**6), st.integers(1, 6), st.integers(1, 7), st.integers(1, 7), st.integers(1, 40))
def test_any_answer_gives_a_map_of_its_segments(seed: int, count: int, h: int, w: int, width: int) -> None:
    rng = np.random.default_rng(seed)
    logits, masks = rng.normal(0, 4, (count, 5)), rng.normal(0, 4, (count, h, w))
    settings = MergeSettings(min_score=0.2, min_kept=float(rng.random()))
    index, segments = merge_queries(logits, masks, (9, width), settings)
    assert set(np.unique(index)) <= {-1, *(segment.number for segment in segments)}
    layout = panoptic_to_layout(index, segments, NAMES, STUFF)
    np.testing.assert_array_equal(layout.visible_index() >= 0, index >= 0)
    flags = [layer.label == "chair" for layer in layout.layers]
    assert flags == sorted(flags)


@pytest.mark.usefixtures("no_type_check")
def test_what_does_not_fit_together_is_refused() -> None:
    with pytest.raises(ValueError, match=r"same N, not \(2, 5\) and \(1, 3, 3\)"):
        merge_queries(classes_of(0, 1), np.zeros((1, 3, 3), np.float32), (4, 4))
    with pytest.raises(ValueError, match="at least 1x1 pixels, not 4x0"):
        merge_queries(classes_of(0), np.zeros((1, 3, 3), np.float32), (0, 4))
    with pytest.raises(ValueError, match=r"within 0\.\.1"):
        MergeSettings(min_score=1.5)


def test_stuff_comes_first_by_height_then_things_by_their_lower_edge() -> None:
    index = np.array([[0, 0, 1], [2, 2, 1], [2, 3, 3], [9, 3, 3]], np.int16)
    segments = [Segment(3, 2, 0.9), Segment(1, 2, 0.8), Segment(2, 1, 0.7), Segment(0, 0, 0.6)]
    layout = panoptic_to_layout(index, segments, NAMES, STUFF)
    assert layout.labels == ("wall", "floor", "chair", "chair")
    assert [layer.confidence for layer in layout.layers] == pytest.approx([0.6, 0.7, 0.8, 0.9])
    expected = np.array([[0, 0, 2], [1, 1, 2], [1, 3, 3], [-1, 3, 3]])
    np.testing.assert_array_equal(layout.visible_index(), expected)
    assert {layer.extent for layer in layout.layers} == {"visible"}


def test_segments_of_the_same_stuff_are_one_layer_as_sure_as_its_pixels_are_on_average() -> None:
    index = np.array([[0, 1, 1, 1, 2]], np.int16)
    segments = [Segment(0, 3, 0.9), Segment(1, 3, 0.5), Segment(2, 2, 0.4)]
    layout = panoptic_to_layout(index, segments, NAMES, STUFF)
    assert layout.labels == ("door", "chair")
    np.testing.assert_array_equal(layout.layers[0].mask, [[True, True, True, True, False]])
    assert layout.layers[0].confidence == pytest.approx(0.6)


def test_a_segment_without_a_pixel_makes_no_layer_and_a_pixel_without_a_segment_is_unknown() -> None:
    layout = panoptic_to_layout(
        np.array([[0, 7]], np.int16), [Segment(0, 0, 1.0), Segment(5, 2, 1.0)], NAMES, STUFF
    )
    assert layout.labels == ("wall",)
    np.testing.assert_array_equal(layout.visible_index(), [[0, -1]])


def test_segments_of_unknown_classes_or_shared_numbers_are_refused() -> None:
    index = np.zeros((2, 2), np.int16)
    with pytest.raises(ValueError, match=r"no names for classes \[7\]; 4 classes have one"):
        panoptic_to_layout(index, [Segment(0, 7, 1.0)], NAMES, STUFF)
    with pytest.raises(ValueError, match=r"a number of its own, not \[0, 0\]"):
        panoptic_to_layout(index, [Segment(0, 1, 1.0), Segment(0, 2, 1.0)], NAMES, STUFF)
