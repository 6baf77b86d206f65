import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapes import blob, disc, rectangle

from smartmask.model.diffusion.field_codec import TRUNCATION_PX, decode
from smartmask.scene.boxes import box_of
from smartmask.scene.masks import mask_iou
from smartmask.scene.view import View
from smartmask.training.base.signed_distance import encode

R = 64
WIDE = (120, 160)


def window_about(mask: np.ndarray, fill: float) -> View:
    height, width = mask.shape
    return View.around(box_of(mask), fill, (height, width), R)


def seen_part(mask: np.ndarray, view: View) -> np.ndarray:
    """The mask where the window lies, False elsewhere."""
    return mask & (view.paste(np.ones((R, R)), outside=0.0) > 0)


@pytest.mark.parametrize("seed", range(4), ids="blob {}".format)
@pytest.mark.parametrize(
    "view_of",
    [
        pytest.param(lambda mask: View.whole(WIDE, R), id="in the whole view"),
        pytest.param(lambda mask: window_about(mask, 0.4), id="filling 40 % of a window"),
        pytest.param(lambda mask: window_about(mask, 0.85), id="filling 85 % of a window"),
        pytest.param(lambda mask: window_about(mask, 2.5), id="wider than its window"),
    ],
)
def test_a_smooth_shape_comes_back_with_iou_of_at_least_97_percent(seed, view_of):
    mask = blob(WIDE, seed)
    view = view_of(mask)
    decoded, _ = decode(encode(mask, view), view)
    assert mask_iou(decoded, seen_part(mask, view)) >= 0.97


@pytest.mark.parametrize("zoom", [pytest.param(1, id="whole view"), pytest.param(8, id="deep window")])
@pytest.mark.parametrize("value", [pytest.param(False, id="empty"), pytest.param(True, id="full")])
def test_empty_and_full_masks_come_back_exactly(value, zoom):
    mask = np.full(WIDE, value)
    view = View.around((40, 40, 40 + 160 / zoom, 41), 1.0, WIDE, R)
    field = encode(mask, view)
    assert (field == (1 if value else -1)).all()
    decoded, alpha = decode(field, view)
    assert np.array_equal(decoded, seen_part(mask, view))
    assert np.array_equal(alpha, decoded.astype(np.float32))


def test_the_field_is_the_distance_to_the_contour_in_view_pixels_positive_inside():
    mask = rectangle((64, 64), (0, 0, 32, 64))
    field = encode(mask, View.whole((64, 64), 64))
    expected = np.clip((32 - (np.arange(64) + 0.5)) / TRUNCATION_PX, -1, 1)
    np.testing.assert_allclose(field, np.tile(expected, (64, 1)), atol=1e-6)


def test_an_object_cut_by_the_canvas_goes_on_as_it_leaves_it():
    mask = rectangle((40, 40), (10, 20, 30, 40))
    view = View(x0=0.0, y0=0.0, side=60.0, resolution=60, size_hw=(40, 40))
    field = encode(mask, view)
    assert (field[40:, 12:28] > 0).all()
    assert (field[40:, :8] < 0).all()


def test_the_field_of_a_window_does_not_depend_on_what_lies_far_from_it():
    view = View(x0=60.0, y0=40.0, side=32.0, resolution=R, size_hw=WIDE)
    near = disc(WIDE, (76, 56), 9)
    np.testing.assert_array_equal(encode(near, view), encode(near | disc(WIDE, (10, 10), 8), view))


def test_the_field_of_a_window_reaches_to_contours_outside_it():
    view = View(x0=20.0, y0=20.0, side=32.0, resolution=32, size_hw=WIDE)
    field = encode(rectangle(WIDE, (0, 0, 17, 120)), view)
    expected = np.clip((17 - (20 + np.arange(32) + 0.5)) / TRUNCATION_PX, -1, 1)
    np.testing.assert_allclose(field, np.tile(expected, (32, 1)), atol=1e-6)


@given(st.integers(0, 10**6), st.sampled_from([(64, 64), (20, 31), (150, 90)]))
def test_alpha_lies_between_0_and_1_and_exceeds_a_half_just_where_the_mask_is(seed, size_hw):
    rng = np.random.default_rng(seed)
    field = rng.uniform(-1, 1, (16, 16)) * 10.0 ** rng.uniform(-9, 0)
    mask, alpha = decode(field, View.whole(size_hw, 16))
    assert alpha.min() >= 0
    assert alpha.max() <= 1
    assert np.array_equal(mask, alpha > 0.5)


def test_alpha_exceeds_a_half_just_where_the_mask_is_even_for_values_that_vanish_beside_a_half():
    mask, alpha = decode(np.full((8, 8), 1e-9), View.whole((8, 8), 8))
    assert np.array_equal(mask, alpha > 0.5)


@pytest.mark.parametrize("side", [pytest.param(64.0, id="of 64 pixels"), pytest.param(4.0, id="of 4 pixels")])
def test_a_full_field_is_opaque_in_its_window_and_clear_outside(side):
    view = View(x0=10.0, y0=20.0, side=side, resolution=R, size_hw=(100, 100))
    mask, alpha = decode(np.ones((R, R), np.float32), view)
    assert mask.sum() == side**2
    assert np.array_equal(alpha, mask.astype(np.float32))


@pytest.mark.parametrize("radius", [pytest.param(10.0, id="small"), pytest.param(24.3, id="large")])
def test_a_circle_enlarged_8_times_keeps_its_area_within_one_percent(radius):
    field = encode(disc((R, R), (31, 33.5), radius), View.whole((R, R), R))
    mask, alpha = decode(field, View.whole((8 * R, 8 * R), R))
    area = np.pi * (8 * radius) ** 2
    assert mask.sum() == pytest.approx(area, rel=0.01)
    assert alpha.sum() == pytest.approx(area, rel=0.01)


def test_a_circle_enlarged_8_times_is_round():
    field = encode(disc((8 * R, 8 * R), (256, 256), 160), View.whole((8 * R, 8 * R), R))
    mask, _ = decode(field, View.whole((8 * R, 8 * R), R))
    assert mask_iou(mask, disc((8 * R, 8 * R), (256, 256), 160)) > 0.99
