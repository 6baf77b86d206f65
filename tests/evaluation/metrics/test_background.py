"""How much of the background changed."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from shapes import bool_masks

from smartmask.evaluation.metrics.background import background_l2

PICTURES = arrays(np.uint8, (4, 5, 3))


@given(PICTURES, PICTURES, bool_masks(4, 5).filter(lambda mask: not mask.all()))
def test_it_is_the_ratio_of_two_norms_pixel_by_pixel(original, result, mask):
    change = length = 0.0
    for row, column in np.argwhere(~mask):
        for channel in range(3):
            before = float(original[row, column, channel])
            change += (float(result[row, column, channel]) - before) ** 2
            length += before**2
    expected = math.sqrt(change / length) if length else (math.inf if change else 0.0)
    assert background_l2(original, result, mask) == pytest.approx(expected, rel=1e-9)


@given(PICTURES, PICTURES, bool_masks(4, 5).filter(lambda mask: not mask.all()), st.integers(0, 255))
def test_what_lies_under_the_mask_does_not_count(original, result, mask, value):
    drawn = original.copy()
    drawn[mask] = value
    assert background_l2(original, drawn, mask) == 0


def test_what_cannot_be_compared_is_refused():
    picture, mask = np.zeros((4, 5, 3), np.uint8), np.zeros((4, 5), bool)
    with pytest.raises(ValueError, match="the mask covers the whole picture"):
        background_l2(picture, picture, ~mask)


@pytest.mark.usefixtures("no_type_check")
def test_sizes_must_agree():
    picture, mask = np.zeros((4, 5, 3), np.uint8), np.zeros((4, 5), bool)
    with pytest.raises(ValueError, match=r"the original is \(4, 5, 3\), the result \(4, 4, 3\) and the mask"):
        background_l2(picture, picture[:, :4], mask)
    with pytest.raises(ValueError, match="they must be of one size"):
        background_l2(picture, picture, mask[:, :4])


@pytest.mark.usefixtures("no_type_check")
@pytest.mark.parametrize("kind", [np.uint8, np.int64, np.float64])
def test_masks_of_numbers_are_refused(kind):
    mask = np.eye(4, 5, dtype=kind)
    with pytest.raises(TypeError, match=rf"must be bool \(H, W\), not a {np.dtype(kind)} array"):
        background_l2(np.zeros((4, 5, 3), np.uint8), np.ones((4, 5, 3), np.uint8), mask)
