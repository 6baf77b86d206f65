import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from shapes import blob, bool_masks, overlaps

from smartmask.scene.view import View

SIZE = (10, 14)
R = 8
corners = st.tuples(st.integers(-40, 50), st.integers(-40, 36)).map(
    lambda found: (found[0] / 4, found[1] / 4)
)
windows = st.builds(lambda corner, side: (*corner, side / 4), corners, st.integers(2, 120)).filter(
    lambda w: w[0] < SIZE[1] and w[1] < SIZE[0] and w[0] + w[2] > 0 and w[1] + w[2] > 0
)
views = windows.map(lambda w: View(x0=w[0], y0=w[1], side=w[2], resolution=R, size_hw=SIZE))
maps = arrays(np.int16, SIZE, elements=st.integers(-3, 40))


def centre(view: View, x: int, y: int) -> tuple[Fraction, Fraction]:
    """Canvas position of the centre of a view pixel, without rounding."""
    cell = Fraction(view.side) / view.resolution
    return Fraction(view.x0) + (x + Fraction(1, 2)) * cell, Fraction(view.y0) + (y + Fraction(1, 2)) * cell


def smooth(resolution: int) -> np.ndarray:
    """A field that changes little from pixel to pixel."""
    steps = (np.arange(resolution) + 0.5) / resolution
    return np.sin(3 * steps[:, None] + 1) * np.cos(4 * steps[None])


@pytest.mark.parametrize(
    ("size_hw", "corner"),
    [
        pytest.param((40, 60), (0, -10), id="a wide canvas"),
        pytest.param((60, 40), (-10, 0), id="a tall canvas"),
        pytest.param((50, 50), (0, 0), id="a square canvas"),
        pytest.param((1, 7), (0, -3), id="a canvas one pixel high"),
    ],
)
def test_the_whole_view_is_the_smallest_centred_square(size_hw, corner):
    view = View.whole(size_hw, R)
    assert (view.x0, view.y0) == corner
    assert view.side == max(size_hw)
    assert view.zoom == 0
    assert view.scale == R / max(size_hw)


@given(
    st.tuples(st.floats(0, 5), st.floats(0, 5)),
    st.tuples(st.floats(1, 9), st.floats(1, 5)),
    st.floats(0.1, 1),
)
def test_a_view_around_a_box_is_centred_on_it_and_filled_to_the_share_asked_for(corner, size, fill):
    box = (*corner, corner[0] + size[0], corner[1] + size[1])
    view = View.around(box, fill, SIZE, R)
    assert view.x0 + view.side / 2 == pytest.approx((box[0] + box[2]) / 2)
    assert view.y0 + view.side / 2 == pytest.approx((box[1] + box[3]) / 2)
    assert max(box[2] - box[0], box[3] - box[1]) / view.side == pytest.approx(fill)


def test_zoom_is_the_logarithm_of_the_share_of_the_longer_side():
    assert View(x0=0, y0=0, side=7, resolution=R, size_hw=SIZE).zoom == pytest.approx(math.log(0.5))
    assert View(x0=0, y0=0, side=28, resolution=R, size_hw=SIZE).zoom == pytest.approx(math.log(2))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"side": 0.0}, id="no side"),
        pytest.param({"side": -3.0}, id="a negative side"),
        pytest.param({"x0": float("nan")}, id="no corner"),
        pytest.param({"resolution": 0}, id="no pixels"),
        pytest.param({"x0": 14.0}, id="right of the canvas"),
        pytest.param({"y0": -8.0}, id="above the canvas"),
    ],
)
def test_a_view_that_is_none_is_an_error(change):
    with pytest.raises(ValueError, match=r"of a view must be|does not touch its canvas"):
        View(**({"x0": 0.0, "y0": 0.0, "side": 8.0, "resolution": R, "size_hw": SIZE} | change))


@pytest.mark.parametrize("method", ["pick", "coverage"])
def test_a_map_of_another_size_is_an_error_that_names_both(method):
    arguments = {"pick": (np.zeros((14, 10), np.int16), -2), "coverage": (np.zeros((14, 10), bool),)}[method]
    with pytest.raises(ValueError, match=r"map is \(14, 10\) \(H, W\) but the view's canvas is \(10, 14\)"):
        getattr(View.whole(SIZE, R), method)(*arguments)


@given(views, maps)
def test_pick_takes_the_pixel_under_each_centre(view, indices):
    picked, inside = view.pick(indices, -9), view.inside()
    for y, x in np.ndindex(R, R):
        at_x, at_y = centre(view, x, y)
        if min(abs(at_x - round(at_x)), abs(at_y - round(at_y))) < 1e-9:
            continue  # on the border of two pixels rounding may choose either
        on_canvas = 0 <= at_x < SIZE[1] and 0 <= at_y < SIZE[0]
        assert inside[y, x] == on_canvas
        assert picked[y, x] == (indices[math.floor(at_y), math.floor(at_x)] if on_canvas else -9)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16, np.int64])
def test_pick_serves_every_integer_type(dtype):
    picked = View(x0=-2, y0=0, side=4, resolution=4, size_hw=SIZE).pick(np.full(SIZE, 5, dtype), -2)
    assert picked.dtype == np.int16
    assert picked[0].tolist() == [-2, -2, 5, 5]


@given(views, bool_masks(*SIZE))
def test_coverage_is_the_covered_share_of_each_view_pixel(view, mask):
    cell = view.side / R
    rows = overlaps(view.y0, cell, R, SIZE[0])
    columns = overlaps(view.x0, cell, R, SIZE[1])
    np.testing.assert_allclose(view.coverage(mask), rows @ mask @ columns.T / cell**2, atol=1e-6)


def test_coverage_agrees_with_supersampling():
    mask = blob((40, 60), 3)
    view = View(x0=7, y0=-4, side=36, resolution=16, size_hw=(40, 60))  # a view pixel is 2.25 canvas pixels
    quarters = np.kron(np.pad(mask, 8), np.ones((4, 4)))
    part = quarters[(8 - 4) * 4 :, (8 + 7) * 4 :][: 36 * 4, : 36 * 4]
    np.testing.assert_allclose(view.coverage(mask), part.reshape(16, 9, 16, 9).mean((1, 3)), atol=1e-6)


@given(bool_masks(*SIZE), st.floats(14, 60))
def test_coverage_of_a_window_that_holds_the_canvas_keeps_the_area(mask, side):
    view = View(x0=7 - side / 2, y0=5 - side / 2, side=side, resolution=R, size_hw=SIZE)
    assert view.coverage(mask).sum() / view.scale**2 == pytest.approx(mask.sum(), rel=1e-5, abs=1e-4)


def test_coverage_of_a_map_of_numbers_is_their_mean():
    values = np.arange(16.0).reshape(4, 4)
    found = View.whole((4, 4), 2).coverage(values)
    assert found.tolist() == [[2.5, 4.5], [10.5, 12.5]]


@given(views, st.tuples(st.floats(-1, 1), st.floats(-1, 1), st.floats(-1, 1)))
def test_sample_is_exact_on_an_affine_field_and_goes_on_with_its_border_beyond(view, plane):
    rows, columns = np.arange(SIZE[0]) + 0.5, np.arange(SIZE[1]) + 0.5
    field = plane[0] + plane[1] * columns[None] + plane[2] * rows[:, None]
    found = view.sample(field)
    cell = view.side / R
    at_x = np.clip(view.x0 + (np.arange(R) + 0.5) * cell, 0.5, SIZE[1] - 0.5)
    at_y = np.clip(view.y0 + (np.arange(R) + 0.5) * cell, 0.5, SIZE[0] - 0.5)
    np.testing.assert_allclose(found, plane[0] + plane[1] * at_x[None] + plane[2] * at_y[:, None], atol=1e-5)


def test_sample_of_a_part_is_that_of_the_whole_field():
    field = smooth(64)
    view = View(x0=20.5, y0=10.25, side=16, resolution=R, size_hw=(64, 64))
    np.testing.assert_allclose(view.sample(field[8:30, 18:40], (18, 8)), view.sample(field), atol=1e-6)


@pytest.mark.parametrize(
    "view",
    [
        pytest.param(View.whole((96, 96), 32), id="the whole canvas"),
        pytest.param(
            View(x0=10.3, y0=20.7, side=70, resolution=32, size_hw=(96, 128)), id="a window between pixels"
        ),
        pytest.param(View(x0=40, y0=40, side=32, resolution=32, size_hw=(96, 96)), id="a window at scale 1"),
    ],
)
def test_a_smooth_field_comes_back_after_paste_and_sample(view):
    field = smooth(32)
    back = view.sample(view.paste(field, outside=0.0))
    np.testing.assert_allclose(back[2:-2, 2:-2], field[2:-2, 2:-2], atol=5e-3)


def test_paste_fills_the_window_only():
    view = View(x0=3, y0=2, side=4, resolution=R, size_hw=SIZE)
    canvas = view.paste(np.ones((R, R)), outside=-1.0)
    assert (canvas[2:6, 3:7] == 1).all()
    assert np.count_nonzero(canvas == -1) == canvas.size - 16


@pytest.mark.parametrize(
    ("x0", "y0", "side"),
    [
        pytest.param(-6, -6, 30, id="a window that holds the canvas"),
        pytest.param(-3, -3, 6, id="a window over a corner"),
        pytest.param(12, 3, 8, id="a window over the right border"),
    ],
)
def test_windows_beyond_the_canvas_are_served_by_every_kind_of_resampling(x0, y0, side):
    view = View(x0=x0, y0=y0, side=side, resolution=R, size_hw=SIZE)
    inside = view.inside()
    assert 0 < inside.sum() < R * R
    assert np.array_equal(view.pick(np.zeros(SIZE, np.int16), -2) == -2, ~inside)
    assert (view.sample(np.full(SIZE, 0.5)) == 0.5).all()
    rows, columns = (np.arange(side) + 0.5 for side in SIZE)
    in_window = ((rows - y0) * (y0 + side - rows) > 0)[:, None] & (
        (columns - x0) * (x0 + side - columns) > 0
    )[None]
    assert np.array_equal(view.paste(np.ones((R, R)), outside=-1.0) == 1, in_window)


def test_at_scale_1_every_kind_of_resampling_is_a_copy():
    field = np.random.default_rng(0).random((R, R))
    view = View.whole((R, R), R)
    assert np.array_equal(view.pick((field * 9).astype(np.int16), -2), (field * 9).astype(np.int16))
    for copy in (view.coverage(field), view.sample(field), view.paste(field, outside=0.0)):
        np.testing.assert_allclose(copy, field, atol=1e-6)


def test_a_whole_multiple_repeats_or_averages_pixels():
    small = np.random.default_rng(1).integers(0, 9, (R, R)).astype(np.int16)
    large = np.kron(small, np.ones((3, 3), np.int16))
    assert np.array_equal(View.whole((R, R), 3 * R).pick(small, -2), large)
    assert np.array_equal(View.whole((3 * R, 3 * R), R).pick(large, -2), small)
    np.testing.assert_allclose(View.whole((R, R), 3 * R).coverage(small > 4), large > 4, atol=1e-6)
    np.testing.assert_allclose(View.whole((3 * R, 3 * R), R).coverage(large > 4), small > 4, atol=1e-6)
