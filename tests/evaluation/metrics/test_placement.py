"""Location recall and scale error on rectangles whose answers are known."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapes import bool_masks, rectangle

from smartmask.evaluation.metrics.placement import location_recall, scale_error
from smartmask.scene.masks import mask_iou

SIZE_HW = (24, 32)
EMPTY = np.zeros(SIZE_HW, bool)


def box(x0: int, y0: int, x1: int, y1: int) -> np.ndarray:
    return rectangle(SIZE_HW, (x0, y0, x1, y1))


@pytest.mark.parametrize(
    ("suggestions", "found"),
    [
        pytest.param([], (False, False, False), id="nothing hits nothing"),
        pytest.param([EMPTY], (False, False, False), id="nor does an empty mask"),
        pytest.param([box(0, 0, 4, 4)], (True, True, True), id="what is hit at once is hit within more"),
        pytest.param([EMPTY, box(20, 8, 28, 16)], (False, True, True), id="any of the true objects will do"),
        pytest.param([EMPTY] * 3 + [box(0, 0, 4, 4)], (False, False, True), id="the fourth counts at ten"),
        pytest.param([EMPTY] * 10 + [box(0, 0, 4, 4)], (False, False, False), id="the eleventh does not"),
    ],
)
def test_recall_counts_hits_among_the_first(suggestions, found):
    truths = [box(0, 0, 4, 4), box(20, 8, 28, 16)]
    assert location_recall(suggestions, truths, (1, 2, 10)) == found


def test_an_overlap_of_exactly_the_threshold_is_no_hit():
    assert mask_iou(box(0, 0, 4, 2), box(0, 0, 4, 4)) == 0.5
    assert location_recall([box(0, 0, 4, 2)], [box(0, 0, 4, 4)], (1,)) == (False,)
    assert location_recall([box(0, 0, 4, 2)], [box(0, 0, 4, 4)], (1,), iou=0.49) == (True,)


@given(st.lists(bool_masks(), max_size=5), st.lists(bool_masks().filter(np.any), min_size=1, max_size=3))
def test_recall_is_the_definition(suggestions, truths):
    expected = tuple(
        any(mask_iou(mask, truth) > 0.3 for mask in suggestions[:k] for truth in truths) for k in (1, 3, 5)
    )
    assert location_recall(suggestions, truths, (1, 3, 5), iou=0.3) == expected


def test_recall_of_nothing_true_is_refused():
    with pytest.raises(ValueError, match="give at least one, none of them empty"):
        location_recall([box(0, 0, 4, 4)], [], (1,))
    with pytest.raises(ValueError, match="give at least one, none of them empty"):
        location_recall([EMPTY], [EMPTY], (1,))
    with pytest.raises(ValueError, match="not of the first 0"):
        location_recall([], [box(0, 0, 4, 4)], (1, 0))


@pytest.mark.parametrize(
    ("mask", "octaves"),
    [
        pytest.param(box(2, 2, 6, 6), 0, id="the same"),
        pytest.param(box(9, 9, 13, 13), 0, id="the same elsewhere"),
        pytest.param(box(0, 0, 8, 8), 1, id="twice as long"),
        pytest.param(box(2, 2, 4, 4), 1, id="half as long"),
        pytest.param(box(0, 0, 8, 2), 0, id="another shape of the same area"),
        pytest.param(box(2, 2, 6, 10), 0.5, id="twice as tall is half an octave"),
    ],
)
def test_scale_is_off_by_octaves_of_length(mask, octaves):
    assert scale_error(mask, [box(2, 2, 6, 6)]) == pytest.approx(octaves)


def test_scale_is_compared_with_the_nearest_true_object():
    small, large = box(0, 0, 2, 2), box(16, 8, 32, 24)
    assert scale_error(box(1, 1, 5, 5), [small, large]) == 1
    assert scale_error(box(20, 12, 24, 16), [small, large]) == 2
    assert scale_error(box(20, 12, 24, 16), [large, small]) == 2


@given(bool_masks().filter(np.any), bool_masks().filter(np.any))
def test_scale_error_of_a_pair_is_symmetric(one, other):
    assert scale_error(one, [other]) == pytest.approx(scale_error(other, [one]))


def test_what_has_no_scale_is_no_number():
    assert math.isnan(scale_error(EMPTY, [box(0, 0, 4, 4)]))
    assert math.isnan(scale_error(box(0, 0, 4, 4), []))
    assert math.isnan(scale_error(EMPTY, []))
    with pytest.raises(ValueError, match="an empty mask has no box"):
        scale_error(box(0, 0, 4, 4), [EMPTY])
