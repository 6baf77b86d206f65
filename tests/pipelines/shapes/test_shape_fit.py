"""A shape in its box: not stretched out of shape, smooth at any size, cut where it must not be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from thin_shapes import ellipse, four_legged_table, two_wheels

from smartmask.model.shape.frame import FRAME_PX, MARGIN_PX, REACH_PX, frame_field
from smartmask.pipelines.shapes.shape_fit import fitted_box, fitted_outline
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


@pytest.mark.parametrize("draw", [four_legged_table, two_wheels])
def test_the_outline_fills_its_box_exactly(draw):
    assert fitted_outline(frame_field(draw()), BOX).box_xyxy() == pytest.approx(BOX, abs=1e-3)


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


@pytest.mark.parametrize("scale", [1, 6], ids=["on a small canvas", "on a large one"])
def test_what_is_to_be_avoided_is_cut_out_and_all_else_stays(scale):
    box = tuple(scale * side for side in (20.0, 10.0, 140.0, 90.0))
    avoid = np.zeros((scale * 100, scale * 160), bool)
    avoid[: scale * 50, : scale * 70] = True
    field = frame_field(two_wheels())
    whole = fitted_outline(field, box).mask(avoid.shape)
    cut = fitted_outline(field, box, avoid).mask(avoid.shape)
    assert (whole & avoid).sum() > 400
    assert (cut & avoid).sum() <= 0.01 * (whole & avoid).sum()
    near = np.zeros_like(avoid)
    near[: scale * 54, : scale * 74] = True
    assert ((cut ^ whole) & ~near).sum() < 0.01 * whole.sum(), "but for what smoothing moves"


def test_where_nothing_is_to_be_avoided_nothing_changes():
    field, avoid = frame_field(two_wheels()), np.zeros((100, 160), bool)
    avoid[:20, :5] = True
    assert (
        fitted_outline(field, BOX, avoid).mask((100, 160)).sum()
        == fitted_outline(field, BOX).mask((100, 160)).sum()
    )


def test_a_shape_that_is_avoided_altogether_has_no_curves():
    assert fitted_outline(frame_field(two_wheels()), BOX, np.ones((100, 160), bool)).curves == ()
