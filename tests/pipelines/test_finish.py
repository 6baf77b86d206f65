"""What is done to a sampled field: specks go, a box is filled."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import distance_transform_edt
from shapes import disc, rectangle

from smartmask.model.diffusion.field_codec import TRUNCATION_PX, decode
from smartmask.pipelines.finish import filling_box, without_specks
from smartmask.scene.boxes import box_of
from smartmask.scene.view import View

R = 32


def field_of(mask: np.ndarray) -> np.ndarray:
    inside, outside = distance_transform_edt(mask), distance_transform_edt(~mask)
    signed = np.where(mask, inside - 0.5, 0.5 - outside)
    return np.clip(signed / TRUNCATION_PX, -1, 1).astype(np.float32)


def test_a_speck_goes_and_the_rest_stays_bit_for_bit():
    large, speck = disc((R, R), (12, 12), 8), disc((R, R), (27, 27), 2)
    field = field_of(large | speck)
    found = without_specks(field)
    assert np.array_equal(found > 0, large)
    assert np.array_equal(found[~speck], field[~speck])


def test_the_parts_of_an_object_that_something_crosses_stay():
    field = field_of(rectangle((R, R), (4, 4, 12, 28)) | rectangle((R, R), (16, 4, 20, 20)))
    assert np.array_equal(without_specks(field), field)


def test_only_the_largest_part_stays_if_asked():
    large, small = disc((R, R), (9, 9), 7), disc((R, R), (24, 24), 6)
    assert np.array_equal(without_specks(field_of(large | small), smallest=1.0) > 0, large)


@pytest.mark.parametrize("value", [-1.0, 1.0], ids=["all outside", "all inside"])
def test_a_field_of_one_part_or_none_stays(value):
    field = np.full((R, R), value, np.float32)
    assert np.array_equal(without_specks(field), field)


@given(st.integers(5, 12), st.integers(5, 12), st.integers(18, 27), st.integers(18, 27), st.floats(0.4, 3.0))
def test_a_stretched_mask_fills_its_box(x0, y0, x1, y1, scale):
    side = R / scale
    view = View(x0=2.5, y0=-1.5, side=side, resolution=R, size_hw=(96, 96))
    box = tuple(corner + (2.5, -1.5)[i % 2] for i, corner in enumerate(np.array([x0, y0, x1, y1]) / scale))
    box = (max(box[0], 0.0), max(box[1], 0.0), box[2], box[3])
    found, _ = decode(filling_box(field_of(disc((R, R), (14, 17), 9)), view, box), view)
    np.testing.assert_allclose(box_of(found), box, atol=0.6 + 0.5 / scale)


def test_a_box_that_the_mask_fills_already_changes_nothing_much():
    view = View(x0=0, y0=0, side=R, resolution=R, size_hw=(R, R))
    field = field_of(disc((R, R), (16, 16), 9))
    np.testing.assert_allclose(filling_box(field, view, (7, 7, 25, 25)), field, atol=0.02)


def test_only_the_part_on_the_canvas_fills_the_box():
    view = View(x0=-16, y0=0, side=R, resolution=R, size_hw=(R, 40))
    field = field_of(disc((R, R), (16, 16), 10))
    found, _ = decode(filling_box(field, view, (0, 10, 12, 22)), view)
    np.testing.assert_allclose(box_of(found), (0, 10, 12, 22), atol=1.0)


def test_an_empty_mask_cannot_be_stretched_and_stays():
    view = View(x0=0, y0=0, side=R, resolution=R, size_hw=(R, R))
    field = np.full((R, R), -1, np.float32)
    assert filling_box(field, view, (2, 2, 9, 9)) is field


def test_what_the_window_does_not_show_is_outside():
    view = View(x0=0, y0=0, side=R, resolution=R, size_hw=(R, R))
    field = np.full((R, R), -1, np.float32)
    field[:20, 8:24] = 1  # inside up to the window's border
    found = filling_box(field, view, (8, 6, 24, 26)) > 0
    np.testing.assert_allclose(box_of(found), (8, 6, 24, 26), atol=1.0)
