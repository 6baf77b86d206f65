"""Maps of pixels onto pixels lose nothing; others keep area and place; flat ones are refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapes import bool_masks, rectangle

from smartmask.scene.affine import affine_mask, affine_outline
from smartmask.scene.outline import Outline

SIZE = (9, 9)
QUARTER = (0, 1, -1, 0, 9, 0)  # about the middle, clockwise on the screen


def turned(degrees, centre_xy):
    """A turn about a point, clockwise on the screen."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    x, y = centre_xy
    return (cos, sin, -sin, cos, x - cos * x + sin * y, y - sin * x - cos * y)


@given(mask=bool_masks(*SIZE), dx=st.integers(-9, 9), dy=st.integers(-9, 9))
def test_whole_steps_quarter_turns_and_mirrors_are_exact(mask, dx, dy):
    moved = np.zeros_like(mask)
    rows, columns = np.nonzero(mask)
    keeps = (rows + dy >= 0) & (rows + dy < 9) & (columns + dx >= 0) & (columns + dx < 9)
    moved[rows[keeps] + dy, columns[keeps] + dx] = True
    assert np.array_equal(affine_mask(mask, (1, 0, 0, 1, dx, dy)), moved)
    assert np.array_equal(affine_mask(mask, QUARTER), np.rot90(mask, -1))
    assert np.array_equal(affine_mask(mask, turned(90, (4.5, 4.5))), np.rot90(mask, -1))
    assert np.array_equal(affine_mask(mask, (-1, 0, 0, 1, 9, 0)), mask[:, ::-1])


@pytest.mark.parametrize("degrees", [7, 30, -40, 200])
def test_a_turn_keeps_the_area_and_agrees_with_the_outline(degrees):
    size, box = (120, 160), (50, 40, 110, 70)
    corners = np.array([(50, 40), (110, 40), (110, 70), (50, 70)], np.float32)
    by = turned(degrees, (80, 55))
    mask = affine_mask(rectangle(size, box), by)
    outline = affine_outline(Outline((corners,)), by)
    assert outline.area_px() == pytest.approx(60 * 30, rel=1e-5)
    assert mask.sum() == pytest.approx(60 * 30, rel=0.01)
    assert (mask != outline.mask(size)).sum() < 60  # of 1800, along the border


def test_scaling_by_two_gives_four_times_the_pixels():
    mask = rectangle((20, 20), (3, 4, 8, 7))
    assert np.array_equal(affine_mask(mask, (2, 0, 0, 2, 0, 0)), rectangle((20, 20), (6, 8, 16, 14)))


@pytest.mark.parametrize(
    "by", [(1, 2, 2, 4, 0, 0), (0, 0, 0, 0, 0, 0), (np.nan, 0, 0, 1, 0, 0), (1, 0, 0, 1, np.inf, 0)]
)
def test_flat_and_endless_maps_are_refused(by):
    with pytest.raises(ValueError, match="must be finite and not flat"):
        affine_mask(np.ones(SIZE, bool), by)
    with pytest.raises(ValueError, match="must be finite and not flat"):
        affine_outline(Outline(()), by)
