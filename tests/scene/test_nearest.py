import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import distance_transform_edt
from shapes import bool_masks

from smartmask.scene import nearest
from smartmask.scene.nearest import nearest_places


@given(st.integers(0, 10**6), st.integers(1, 24), st.integers(1, 24), st.sampled_from([0.02, 0.1, 0.6]))
def test_places_are_as_near_as_scipy_says(seed, height, width, density):
    rng = np.random.default_rng(seed)
    mask, wanted = rng.random((height, width)) < density, rng.random((height, width)) < 0.6
    mask[rng.integers(height), rng.integers(width)] = True
    rows, columns = nearest_places(mask, wanted)
    assert mask[rows, columns].all()
    y, x = np.nonzero(wanted)
    np.testing.assert_allclose(np.hypot(y - rows, x - columns), distance_transform_edt(~mask)[wanted])


@given(bool_masks())
def test_of_equally_near_ones_the_leftmost_and_then_the_upper_one(mask):
    mask[0, 0] = True
    wanted = np.ones(mask.shape, bool)
    rows, columns = nearest_places(mask, wanted)
    places = np.argwhere(mask)
    for (y, x), row, column in zip(np.argwhere(wanted), rows, columns, strict=True):
        expected = min(places.tolist(), key=lambda p: ((p[0] - y) ** 2 + (p[1] - x) ** 2, p[1], p[0]))
        assert [row, column] == expected


def test_strips_change_nothing(monkeypatch):
    rng = np.random.default_rng(3)
    mask, wanted = rng.random((40, 30)) < 0.05, rng.random((40, 30)) < 0.5
    whole = nearest_places(mask, wanted)
    monkeypatch.setattr(nearest, "_STRIP_PX", 90)
    np.testing.assert_array_equal(nearest_places(mask, wanted), whole)


def test_nothing_wanted_is_nothing_found():
    mask = np.ones((3, 4), bool)
    assert [len(part) for part in nearest_places(mask, ~mask)] == [0, 0]


def test_an_empty_mask_is_refused():
    with pytest.raises(ValueError, match="the mask is empty, so no pixel of it is nearest"):
        nearest_places(np.zeros((3, 4), bool), np.ones((3, 4), bool))
