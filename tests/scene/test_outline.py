"""Outlines against closed forms and against counting points, and the promises of contours."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from shapes import blob

from smartmask.scene.boxes import box_of
from smartmask.scene.contour import outline_of_field
from smartmask.scene.distance import distance_to
from smartmask.scene.outline import Outline

SIZE_HW = (12, 15)
FIELDS = st.tuples(st.integers(1, 9), st.integers(1, 9)).flatmap(
    lambda size: arrays(np.float32, size, elements=st.sampled_from([-2.0, -1.0, -0.5, 0.0, 0.25, 1.0, 3.0]))
)
NUMBERS = st.floats(-8, 22, width=32)


def rectangle(x0: float, y0: float, x1: float, y1: float) -> np.ndarray:
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float32)


def star(radii: list[float], centre_xy: tuple[float, float]) -> np.ndarray:
    """A polygon that does not cross itself."""
    angles = np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    directions = np.stack((np.cos(angles), np.sin(angles)), -1)
    return (np.array(centre_xy) + np.array(radii)[:, None] * directions).astype(np.float32)


STARS = st.builds(star, st.lists(st.floats(0.5, 12), min_size=3, max_size=9), st.tuples(NUMBERS, NUMBERS))


def disc_field(side: int, radius: float, centre: float) -> np.ndarray:
    rows, columns = np.mgrid[:side, :side] + 0.5
    return (radius - np.hypot(columns - centre, rows - centre)).astype(np.float32)


def bar_field(width: float, degrees: float) -> tuple[np.ndarray, np.ndarray]:
    """A bar 80 long in the middle of a field 128 wide, and the direction across it."""
    across = np.array([-np.sin(np.radians(degrees)), np.cos(np.radians(degrees))])
    rows, columns = np.mgrid[:128, :128] + 0.5 - 64
    v, u = columns * across[0] + rows * across[1], columns * across[1] - rows * across[0]
    return np.minimum(width / 2 - np.abs(v), 40 - np.abs(u)).astype(np.float32), across


def counted_coverage(curves: list[np.ndarray], size_hw: tuple[int, int], fineness: int) -> np.ndarray:
    """The share of `fineness` squared points of each pixel that lie inside by the even-odd rule."""
    height, width = (side * fineness for side in size_hw)
    y, x = (np.arange(height)[:, None] + 0.5) / fineness, (np.arange(width) + 0.5) / fineness
    is_inside = np.zeros((height, width), bool)
    for curve in curves:
        for (x0, y0), (x1, y1) in zip(curve.astype(float), np.roll(curve, -1, 0).astype(float), strict=True):
            if y0 != y1:
                is_inside ^= ((y0 > y) != (y1 > y)) & (x0 + (y - y0) / (y1 - y0) * (x1 - x0) > x)
    return is_inside.reshape(size_hw[0], fineness, size_hw[1], fineness).mean((1, 3))


def test_a_square_covers_its_pixels_by_exact_shares():
    share = np.array([0.75, 1, 1, 0.5, 0])
    alpha = Outline((rectangle(0.25, 0.25, 3.5, 3.5),)).alpha((5, 5))
    np.testing.assert_allclose(alpha, share[:, None] * share, atol=1e-7)
    assert alpha[4, 4] == 0
    assert alpha[1, 1] == 1


@pytest.mark.parametrize("slope", [0.0, 0.25, 1.0, 3.0, -0.7], ids=str)
def test_a_half_plane_covers_each_column_up_to_its_mean_height(slope):
    width, height, start = 10, 60, 25.0
    line = np.array([[-5, start - 5 * slope], [20, start + 20 * slope], [20, 500], [-5, 500]], np.float32)
    alpha = Outline((line,)).alpha((height, width))
    expected = height - (start + slope * (np.arange(width) + 0.5))
    np.testing.assert_allclose(alpha.sum(0), expected, atol=1e-4)
    if abs(slope) == 1:
        # The diagonal halves the pixels that it meets.
        assert set(np.unique(alpha.round(6))) == {0, 0.5, 1}


@given(STARS)
def test_coverage_is_that_of_counted_points_also_where_the_curve_leaves_the_canvas(curve):
    alpha = Outline((curve,)).alpha(SIZE_HW)
    assert alpha.min() >= 0
    assert alpha.max() <= 1
    # A count errs by up to its spacing along each of the edges that meet a pixel.
    np.testing.assert_allclose(alpha, counted_coverage([curve], SIZE_HW, 32), atol=0.04)
    assert abs(alpha.sum() - counted_coverage([curve], SIZE_HW, 32).sum()) < 0.3


@given(STARS)
def test_what_lies_on_the_canvas_adds_up_to_the_area(curve):
    inner = Outline((curve - curve.min(0),))
    _, _, width, height = inner.box_xyxy()
    alpha = inner.alpha((int(height) + 2, int(width) + 2))
    assert alpha.sum(dtype=float) == pytest.approx(inner.area_px(), rel=1e-4, abs=1e-4)


@given(STARS, st.integers(0, 20), st.integers(0, 20))
def test_the_mask_is_coverage_over_a_half_and_a_canvas_shows_its_part_of_the_whole(curve, height, width):
    outline = Outline((curve,))
    alpha = outline.alpha((height, width))
    assert np.array_equal(outline.mask((height, width)), alpha > 0.5)
    np.testing.assert_allclose(alpha, outline.alpha((40, 40))[:height, :width], atol=1e-6)


@pytest.mark.parametrize("turn", [1, -1], ids=["wound alike", "wound against it"])
def test_a_hole_stays_a_hole_and_an_island_in_it_is_filled(turn):
    curves = rectangle(1, 1, 11, 11), rectangle(3, 3, 9, 9)[::turn], rectangle(5, 5, 7, 7)
    outline = Outline(curves)
    mask = outline.mask((12, 12))
    assert mask[6, 6]
    assert not mask[4, 4]
    assert mask[2, 2]
    assert mask.sum() == outline.area_px() == 100 - 36 + 4
    np.testing.assert_array_equal(outline.alpha((12, 12)), counted_coverage(list(curves), (12, 12), 4))


@pytest.mark.parametrize(
    "corner_xy", [(-40, 2), (40, 2), (2, -40), (2, 40), (-3, 1), (15, 1)], ids=lambda xy: f"at {xy}"
)
def test_curves_beyond_the_canvas_draw_nothing(corner_xy):
    x, y = corner_xy
    outline = Outline((rectangle(x, y, x + 3, y + 3),))
    assert not outline.alpha(SIZE_HW).any()
    assert not outline.mask(SIZE_HW).any()
    assert outline.area_px() == 9


def test_a_curve_round_the_whole_canvas_fills_it():
    assert (Outline((rectangle(-9, -9, 1e5, 1e5),)).alpha(SIZE_HW) == 1).all()


def test_a_square_of_one_pixel_is_that_pixel():
    mask = Outline((rectangle(4, 3, 5, 4),)).mask(SIZE_HW)
    assert box_of(mask) == (4.0, 3.0, 5.0, 4.0)


def test_an_empty_outline_has_no_area_no_pixels_and_no_box():
    empty = Outline(())
    assert empty.area_px() == 0
    assert not empty.mask(SIZE_HW).any()
    assert empty.alpha(SIZE_HW).shape == SIZE_HW
    assert empty.smooth(4).without_specks(0.5).mapped(lambda points: points).curves == ()
    with pytest.raises(ValueError, match="an outline without curves has no box"):
        empty.box_xyxy()


def test_a_map_moves_every_point_and_an_affine_one_scales_the_area():
    outline = Outline((rectangle(1, 1, 11, 11), rectangle(3, 3, 9, 9)))
    moved = outline.mapped(lambda points: points * np.float64([2, -3]) + 5)
    assert moved.box_xyxy() == (7.0, -28.0, 27.0, 2.0)
    assert moved.area_px() == pytest.approx(6 * outline.area_px())


@pytest.mark.parametrize(
    ("curve", "message"),
    [
        pytest.param(np.zeros((2, 2), np.float32), r"curve 0: expected points .* not \(2, 2\)", id="a line"),
        pytest.param(np.full((4, 2), np.nan, np.float32), "all points must be finite", id="not a number"),
    ],
)
def test_a_curve_that_is_none_is_an_error_that_says_which(curve, message):
    with pytest.raises(ValueError, match=message):
        Outline((curve,))


def test_later_changes_to_an_array_do_not_reach_the_outline():
    curve = rectangle(0, 0, 2, 2)
    outline = Outline((curve,))
    curve += 1
    assert outline.box_xyxy() == (0.0, 0.0, 2.0, 2.0)
    with pytest.raises(ValueError, match="read-only"):
        outline.curves[0][0] = 1


def test_specks_go_with_their_holes_and_what_stays_keeps_its_own():
    large, hole, island = rectangle(0, 0, 20, 20), rectangle(2, 2, 18, 18), rectangle(8, 8, 12, 12)
    speck, speck_hole = rectangle(30, 0, 34, 4), rectangle(31, 1, 33, 3)
    outline = Outline((speck_hole, island, large, speck, hole))
    kept = outline.without_specks(0.1).curves
    assert [curve.tolist() for curve in kept] == [large.tolist(), hole.tolist()]
    assert len(outline.without_specks(0.04).curves) == 5
    assert len(outline.without_specks(0).curves) == 5
    with pytest.raises(ValueError, match="smallest is a share of the largest part's area, 0 to 1, not 3"):
        outline.without_specks(3)


def test_the_contour_of_a_disc_has_its_area_and_lies_on_its_circle():
    outline = outline_of_field(disc_field(128, 50, 64.3))
    assert len(outline.curves) == 1
    assert outline.area_px() == pytest.approx(np.pi * 50**2, rel=1e-3)
    assert np.abs(np.hypot(*(outline.curves[0] - 64.3).T) - 50).max() < 0.01


def test_parts_run_clockwise_on_the_screen_and_holes_the_other_way():
    ring = np.minimum(disc_field(64, 25, 32), -disc_field(64, 10, 32))
    turns = {}
    for curve in outline_of_field(ring).curves:
        x, y = curve.T.astype(float)
        turns[round(np.hypot(*(curve[0] - 32)))] = np.sign(x @ np.roll(y, -1) - y @ np.roll(x, -1))
    assert turns == {25: 1, 10: -1}


@given(FIELDS)
def test_pixel_centres_above_the_level_are_those_inside_the_curves(field):
    is_inside = np.zeros(field.shape, bool)
    y, x = np.mgrid[: field.shape[0], : field.shape[1]] + 0.5
    for curve in outline_of_field(field).curves:
        for (x0, y0), (x1, y1) in zip(curve.astype(float), np.roll(curve, -1, 0).astype(float), strict=True):
            if y0 != y1:
                is_inside ^= ((y0 > y) != (y1 > y)) & (x0 + (y - y0) / (y1 - y0) * (x1 - x0) > x)
    assert np.array_equal(is_inside, field > 0)


@given(FIELDS)
def test_a_mirrored_or_transposed_field_has_the_mirrored_or_transposed_outline(field):
    alpha = outline_of_field(field).alpha(field.shape)
    mirrored = outline_of_field(np.ascontiguousarray(field[:, ::-1])).alpha(field.shape)
    upside_down = outline_of_field(np.ascontiguousarray(field[::-1])).alpha(field.shape)
    transposed = outline_of_field(np.ascontiguousarray(field.T)).alpha(field.T.shape)
    np.testing.assert_allclose(mirrored[:, ::-1], alpha, atol=1e-5)
    np.testing.assert_allclose(upside_down[::-1], alpha, atol=1e-5)
    np.testing.assert_allclose(transposed.T, alpha, atol=1e-5)


@given(FIELDS, st.sampled_from([-0.75, 0.5, 2.0]))
def test_a_level_is_what_the_field_is_less_by(field, level):
    raised, shifted = outline_of_field(field, level), outline_of_field(field - np.float32(level))
    np.testing.assert_array_equal(raised.alpha(field.shape), shifted.alpha(field.shape))


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (5, 8)], ids=str)
def test_a_full_field_is_bounded_by_its_border_and_an_empty_one_by_nothing(shape):
    full = outline_of_field(np.ones(shape, np.float32))
    assert full.area_px() == shape[0] * shape[1]
    assert full.box_xyxy() == (0.0, 0.0, shape[1], shape[0])
    assert full.mask(shape).all()
    assert outline_of_field(-np.ones(shape, np.float32)).curves == ()
    assert outline_of_field(np.zeros(shape, np.float32)).curves == ()


@pytest.mark.parametrize("middle", ["joined", "apart"])
def test_a_saddle_is_decided_by_its_mean(middle):
    high = 3.0 if middle == "joined" else 1.0
    field = np.full((6, 6), -2, np.float32)
    field[2, 2] = field[3, 3] = high
    assert len(outline_of_field(field).curves) == (1 if middle == "joined" else 2)


def test_a_field_that_is_not_finite_is_an_error():
    with pytest.raises(ValueError, match=r"the field \(2, 2\) must be finite"):
        outline_of_field(np.array([[0, np.inf], [0, 0]], np.float32))


@pytest.mark.parametrize("seed", range(3))
def test_a_field_drawn_at_its_own_size_is_what_it_was(seed):
    mask = blob((128, 128), seed)
    field = distance_to(~mask, 200) - distance_to(mask, 200)
    for outline in (outline_of_field(field), outline_of_field(field).smooth(1)):
        drawn = outline.mask((128, 128))
        assert (drawn & mask).sum() > 0.99 * (drawn | mask).sum()


def test_a_disc_enlarged_16_times_has_no_stairs():
    smooth = outline_of_field(disc_field(128, 40, 64.3)).smooth(16)
    curve = smooth.mapped(lambda points: points * 16).curves[0]
    middles = (curve + np.roll(curve, -1, 0)) / 2
    for points in (curve, middles):
        assert np.abs(np.hypot(*(points - 16 * 64.3).T) - 16 * 40).max() < 0.3


@pytest.mark.parametrize("scale", [1, 4, 40])
def test_chords_stay_near_the_curve_at_every_scale_with_few_points(scale):
    outline = outline_of_field(disc_field(128, 50, 64.3))
    coarse, fine = outline.smooth(scale).curves[0], outline.smooth(1e5).curves[0]
    middles = (coarse + np.roll(coarse, -1, 0)) / 2
    gaps = np.abs(np.hypot(*(middles - 64.3).T)[:, None] - np.hypot(*(fine[::50] - 64.3).T)).min(1)
    assert gaps.max() * scale < 0.25
    assert len(coarse) < 320 * max(1, np.sqrt(scale))


def test_smoothing_keeps_the_area_of_a_disc_and_nearly_that_of_a_pixel():
    disc = outline_of_field(disc_field(128, 50, 64.3)).smooth(16)
    assert disc.area_px() == pytest.approx(np.pi * 50**2, rel=1e-3)
    dot = Outline((np.array([[0.5, 0], [1, 0.5], [0.5, 1], [0, 0.5]], np.float32),))
    assert dot.smooth(16).area_px() == pytest.approx(0.5, rel=0.05)


@pytest.mark.parametrize("degrees", [0, 17, 45, 80], ids=lambda degrees: f"{degrees} degrees")
def test_a_thin_bar_keeps_its_width(degrees):
    field, across = bar_field(3, degrees)
    (curve,) = outline_of_field(field).smooth(16).curves
    offset, along = (curve - 64) @ across, (curve - 64) @ np.array([across[1], -across[0]])
    width = 2 * np.abs(offset[np.abs(along) < 36])
    assert width.min() > 0.95 * 3
    assert width.max() < 1.05 * 3


def test_a_corner_stays_within_a_pixel_of_where_it_was():
    square = Outline((rectangle(0, 0, 20, 20),)).smooth(16)
    assert np.hypot(*square.curves[0].T).min() < 0.5
    assert square.box_xyxy() == pytest.approx((0, 0, 20, 20), abs=0.1)
    assert square.area_px() == pytest.approx(400, rel=5e-3)


def test_smoothing_takes_the_jitter_of_a_noisy_field_away():
    noise = np.random.default_rng(0).normal(0, 0.2, (128, 128)).astype(np.float32)
    outline = outline_of_field(disc_field(128, 45, 64.3) + noise)

    def turned(found: Outline) -> float:
        steps = np.diff(found.curves[0], axis=0)
        angles = np.unwrap(np.arctan2(steps[:, 1], steps[:, 0]))
        return float(np.abs(np.diff(angles)).sum())

    assert turned(outline.smooth(16)) < 0.5 * turned(outline)


def test_a_scale_must_be_positive():
    with pytest.raises(ValueError, match="scale is canvas pixels to an outline pixel, above 0, not 0"):
        Outline(()).smooth(0)


def test_an_outline_shows_itself_without_its_points():
    assert repr(Outline(())) == "Outline(no curves)"
    square, hole = rectangle(1, 2, 30.4, 40), rectangle(5, 5, 9, 9)
    assert repr(Outline((square,))) == "Outline(1 curve of 4 points, box 1,2..30,40)"
    assert repr(Outline((square, hole))) == "Outline(2 curves of 8 points, box 1,2..30,40)"
