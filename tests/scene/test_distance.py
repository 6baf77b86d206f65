"""Distances against SciPy's, and the promises of grow, shrink and feather."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import distance_transform_edt
from shapes import bool_masks, disc

from smartmask.scene.distance import distance_to, feather, grow

SIDES = st.integers(1, 24)
MASKS = bool_masks(SIDES, SIDES)
REACHES = st.one_of(st.integers(0, 40), st.floats(0, 40, allow_nan=False))


def exact(mask: np.ndarray) -> np.ndarray:
    """SciPy's distance to the nearest true pixel."""
    return distance_transform_edt(~mask) if mask.any() else np.full(mask.shape, np.inf)


@given(MASKS, REACHES)
def test_distances_are_euclidean_as_far_as_asked_for(mask, reach):
    expected = exact(mask)
    expected[expected > reach] = np.inf
    np.testing.assert_allclose(distance_to(mask, reach), expected, rtol=1e-6)


@given(MASKS, st.floats(0, 12, allow_nan=False))
def test_growing_adds_all_within_the_distance(mask, pixels):
    assert np.array_equal(grow(mask, pixels), exact(mask) <= pixels)


@given(MASKS, st.floats(0.01, 12, allow_nan=False))
def test_shrinking_takes_all_within_the_distance_of_the_outside(mask, pixels):
    assert np.array_equal(grow(mask, -pixels), mask & (exact(~mask) > pixels))


@pytest.mark.parametrize("pixels", [0.5, 1, 3, 7.3], ids=str)
def test_a_disc_grows_and_shrinks_to_discs(pixels):
    size_hw, centre = (81, 81), (40.5, 40.5)
    base = disc(size_hw, centre, 20)
    for sign in (1, -1):
        expected, found = disc(size_hw, centre, 20 + sign * pixels), grow(base, sign * pixels)
        distance = np.abs(np.hypot(*(np.indices(size_hw) - 40.0)) - (20 + sign * pixels))
        assert distance[expected != found].max(initial=0) <= 1


def test_what_the_canvas_cuts_goes_on_beyond_it():
    mask = np.ones((5, 6), bool)
    assert np.array_equal(grow(mask, -3), mask)
    mask[:, 3:] = False
    assert grow(mask, -1).sum() == 5 * 2


@given(MASKS, st.floats(0, 9, allow_nan=False))
def test_feathering_keeps_the_mask_whole_and_ends_at_the_distance(mask, pixels):
    alpha, distance = feather(mask, pixels), exact(mask)
    assert np.array_equal(alpha == 1, mask)
    assert np.array_equal(alpha > 0, distance <= pixels)
    order = np.argsort(distance, axis=None)
    assert (np.diff(alpha.ravel()[order]) <= 1e-6).all()


def test_feathering_an_edge_is_a_smooth_ramp():
    alpha = feather(np.arange(12)[None] < 4, 5)[0]
    assert alpha[:4].tolist() == [1] * 4
    assert alpha[9:].tolist() == [0] * 3
    assert np.allclose(alpha[4:9] + alpha[8:3:-1], 1)  # as much above a half as below it
