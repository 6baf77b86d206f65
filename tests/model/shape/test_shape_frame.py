"""The frame: a shape's box fills it, and place, size and aspect are gone."""

import numpy as np
import pytest
from hypothesis import assume, given
from shapes import bool_masks, rectangle
from thin_shapes import ellipse, four_legged_table, two_wheels

from smartmask.model.shape.frame import FRAME_PX, MARGIN_PX, REACH_PX, frame_field
from smartmask.scene.boxes import box_of

INNER = (MARGIN_PX, MARGIN_PX, FRAME_PX - MARGIN_PX, FRAME_PX - MARGIN_PX)


@pytest.mark.parametrize(
    "mask",
    [
        pytest.param(ellipse(40, 40), id="a disc"),
        pytest.param(ellipse(300, 50), id="a wide ellipse"),
        pytest.param(ellipse(7, 120), id="a tall ellipse"),
        pytest.param(four_legged_table(), id="a table"),
        pytest.param(two_wheels(), id="two wheels"),
        pytest.param(np.ones((1, 1), bool), id="a pixel"),
        pytest.param(np.ones((1, 500), bool), id="a row"),
    ],
)
def test_the_box_fills_the_frame_but_a_margin(mask):
    assert box_of(frame_field(mask) > 0) == pytest.approx(INNER, abs=1)


def test_a_rectangle_fills_it_exactly_and_values_are_distances_in_frame_pixels():
    field = frame_field(rectangle((90, 200), (20, 30, 150, 47)))
    assert box_of(field > 0) == INNER
    middle = field[FRAME_PX // 2]
    for away in range(4):
        assert middle[MARGIN_PX + away] == pytest.approx((away + 0.5) / REACH_PX)
        assert middle[MARGIN_PX - 1 - away] == pytest.approx(-(away + 0.5) / REACH_PX)
    assert middle[FRAME_PX // 2] == 1
    assert middle[0] == -1


def test_place_is_lost():
    mask = two_wheels()
    placed = np.zeros((400, 500), bool)
    placed[37 : 37 + mask.shape[0], 211 : 211 + mask.shape[1]] = mask
    assert np.array_equal(frame_field(placed), frame_field(mask))


@pytest.mark.parametrize(("down", "across"), [(2, 2), (1, 3), (3, 1)], ids=["larger", "wider", "taller"])
def test_size_and_aspect_are_lost(down, across):
    mask = ellipse(60, 80)
    stretched = np.kron(mask, np.ones((down, across), bool))
    inside, other = frame_field(mask) > 0, frame_field(stretched) > 0
    assert (inside & other).sum() / (inside | other).sum() > 0.98


@pytest.mark.parametrize("draw", [two_wheels, four_legged_table])
def test_the_mirror_image_has_the_mirrored_field(draw):
    mask = draw()
    mask[: len(mask) // 3, -5:] = True
    assert not np.array_equal(mask, mask[:, ::-1])
    assert np.allclose(frame_field(mask[:, ::-1]), frame_field(mask)[:, ::-1], atol=1e-6)


@pytest.mark.parametrize("width", [8, 16])
def test_a_thin_slanted_line_stays_whole(width):
    rows, columns = np.mgrid[:600, :600]
    line = np.abs(rows - columns) * 2 < width
    inside = frame_field(line) > 0
    assert inside.any(0)[MARGIN_PX:-MARGIN_PX].all()


@given(bool_masks())
def test_fields_keep_to_their_range_and_hold_something(mask):
    assume(mask.any())
    field = frame_field(mask)
    assert field.shape == (FRAME_PX, FRAME_PX)
    assert field.dtype == np.float32
    assert -1 <= field.min() < 0 < field.max() <= 1
    assert not (field[:MARGIN_PX] > 0).any()
    assert not (field[:, -MARGIN_PX:] > 0).any()


def test_an_empty_mask_is_refused():
    with pytest.raises(ValueError, match="an empty mask has no box"):
        frame_field(np.zeros((4, 5), bool))
