"""A remembered shape in its box: not stretched out of shape, smooth at any size, warped within bounds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from thin_shapes import ellipse, four_legged_table, small_field, two_wheels

from smartmask.model.shape_frame import FRAME_PX, MARGIN_PX, REACH_PX, frame_field
from smartmask.pipelines.shape_fit import fitted_box, fitted_outline, warp_toward
from smartmask.scene.masks import mask_iou

BOX = (13.25, 40.5, 113.75, 90.0)


@pytest.mark.parametrize(
    ("aspect", "expected", "fit"),
    [
        pytest.param(2.0, (10, 20, 50, 40), "box", id="its own aspect: it fills the box"),
        pytest.param(2.4, (10, 20, 50, 40), "box", id="a little wider"),
        pytest.param(1.7, (10, 20, 50, 40), "box", id="a little narrower"),
        pytest.param(0.8, (20, 20, 40, 40), "height", id="far narrower: as high, in the middle"),
        pytest.param(5.0, (10, 30, 50, 40), "width", id="far wider: as wide, on the foot line"),
    ],
)
def test_a_shape_fills_what_it_may(aspect, expected, fit):
    found = fitted_box((10, 20, 50, 40), aspect, 1.25)
    assert found[0] == pytest.approx(expected)
    assert found[1] == fit


sides = st.floats(1, 400)


@given(st.floats(-50, 50), st.floats(-50, 50), sides, sides, st.floats(0.05, 20), st.floats(1, 2))
def test_it_stays_in_the_box_on_its_foot_line_in_the_middle(x, y, width, height, aspect, most):
    box = (x, y, x + width, y + height)
    (x0, y0, x1, y1), fit = fitted_box(box, aspect, most)
    slack = 1e-6 * (abs(x) + abs(y) + width + height)
    assert box[0] - slack <= x0 < x1 <= box[2] + slack
    assert box[1] - slack <= y0 < y1 == box[3]
    assert (x0 + x1) / 2 == pytest.approx(x + width / 2, abs=slack)
    ratio = (x1 - x0) / (y1 - y0) / aspect
    assert 1 / most * (1 - 1e-6) <= ratio <= most * (1 + 1e-6)
    fills = np.isclose(x1 - x0, width), np.isclose(y1 - y0, height)
    assert {"box": all(fills), "width": fills[0], "height": fills[1]}[fit]


@pytest.mark.parametrize("warped", [False, True], ids=["as it is", "warped"])
@pytest.mark.parametrize("draw", [four_legged_table, two_wheels])
def test_the_outline_fills_its_box_exactly(draw, warped):
    field = frame_field(draw())
    warp = warp_toward(small_field(field), np.roll(small_field(field), 2, 1), 0.05) if warped else None
    assert fitted_outline(field, BOX, warp).box_xyxy() == pytest.approx(BOX, abs=1e-3)


def test_the_outline_is_the_shape():
    mask = two_wheels()
    height, width = mask.shape
    found = fitted_outline(frame_field(mask), (0.0, 0.0, float(width), float(height)))
    assert mask_iou(found.mask((height, width)), mask) > 0.95
    assert len(found.curves) == 3, "the outer curve and what is seen through each wheel"


def test_crumbs_are_left_out_and_an_empty_field_has_no_curves():
    field = frame_field(ellipse(60, 60))
    field[:3, :3] = 1
    assert len(fitted_outline(field, BOX).curves) == 1
    assert fitted_outline(np.full((FRAME_PX, FRAME_PX), -1, np.float32), BOX).curves == ()


def exact_disc() -> np.ndarray:
    """The field of a disc, not drawn in pixels before."""
    places = np.arange(FRAME_PX) + 0.5 - FRAME_PX / 2
    distance = FRAME_PX / 2 - MARGIN_PX - np.hypot(*np.meshgrid(places, places))
    return np.clip(distance / REACH_PX, -1, 1).astype(np.float32)


def turns(curve: np.ndarray) -> np.ndarray:
    """The angle between each chord of a closed curve and the next, in degrees."""
    chords = np.roll(curve, -1, 0) - curve
    angles = np.degrees(np.arctan2(chords[:, 1], chords[:, 0]))
    return (np.diff(angles, append=angles[0]) + 180) % 360 - 180


@pytest.mark.parametrize(
    ("field", "most_turned"),
    [
        pytest.param(exact_disc(), 1.2 * 360, id="an exact field"),
        # Cut at half a frame pixel, its outline sways by as much; stairs would turn by a hundred circles.
        pytest.param(frame_field(ellipse(128, 128)), 8 * 360, id="a mask's field"),
    ],
)
def test_on_a_canvas_of_24_megapixels_there_are_no_stairs(field, most_turned):
    outline = fitted_outline(field, (500.0, 300.0, 5500.0, 3700.0))
    (curve,) = outline.curves
    assert outline.box_xyxy() == pytest.approx((500, 300, 5500, 3700), abs=0.01)
    radius = np.hypot((curve[:, 0] - 3000) / 2500, (curve[:, 1] - 2000) / 1700)
    assert np.abs(radius - 1).max() * 2500 < 20, "a frame pixel is 43 px wide there"
    assert np.abs(turns(curve)).max() < 8
    assert np.abs(turns(curve)).sum() < most_turned


def test_a_warp_is_bounded_and_brings_a_shape_nearer():
    mask, bent = four_legged_table(), four_legged_table()
    bent[24:, 6:22], bent[24:, 16:32] = False, True
    sketch, wanted = small_field(frame_field(mask)), small_field(frame_field(bent))
    box = (0.0, 0.0, 240.0, 160.0)
    before = mask_iou(fitted_outline(frame_field(mask), box).mask((160, 240)), bent)
    reached = []
    for most in (0.02, 0.05, 0.1):
        warp = warp_toward(sketch, wanted, most)
        assert np.hypot(*warp).max() <= most * (1 + 1e-6)
        found = fitted_outline(frame_field(mask), box, warp)
        assert len(found.curves) == 1, "a leg stays a leg"
        reached.append(mask_iou(found.mask((160, 240)), bent))
    assert before + 0.01 < reached[0] < reached[1]
    assert max(reached) > before + 0.03


def test_what_is_there_already_is_left_alone():
    sketch = small_field(frame_field(two_wheels()))
    assert np.abs(warp_toward(sketch, sketch, 0.1)).max() < 1e-3


def test_a_mirrored_shape_is_warped_as_the_mirror_image():
    sketch, wanted = (small_field(frame_field(draw())) for draw in (two_wheels, four_legged_table))
    wanted[:, 20:] -= 0.5
    shift = warp_toward(sketch, wanted, 0.1)
    mirrored = warp_toward(sketch[:, ::-1], wanted[:, ::-1], 0.1)
    assert np.allclose(shift[0], -mirrored[0, :, ::-1], atol=1e-3)
    assert np.allclose(shift[1], mirrored[1, :, ::-1], atol=1e-3)
