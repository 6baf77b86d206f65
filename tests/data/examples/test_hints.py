from collections import Counter

import numpy as np
import pytest
from shapes import blob, disc, rectangle

from smartmask.data.examples.hints import (
    SCRIBBLES,
    _closed_stroke,
    _open_strokes,
    _spline,
    _widened,
    box_hint,
    dilated_scribble,
    draw_hint,
    region_hint,
    scribble_hint,
)
from smartmask.scene.boxes import box_of
from smartmask.scene.guidance import Box, NoGuidance, Region, Scribble, check_guidance
from smartmask.scene.masks import mask_iou

SIZE = (64, 80)
SHARES = {NoGuidance: 0.2, Box: 0.35, Region: 0.15, Scribble: 0.3}
targets = pytest.mark.parametrize(
    "target",
    [
        pytest.param(blob(SIZE, 3), id="a blob"),
        pytest.param(disc(SIZE, (12, 50), 9), id="a small disc"),
        pytest.param(disc(SIZE, (0, 0), 20), id="a corner of the canvas"),
        pytest.param(rectangle(SIZE, (40, 2, 42, 62)), id="a pole"),
        pytest.param(rectangle(SIZE, (5, 60, 75, 61)), id="a line of one pixel"),
        pytest.param(rectangle(SIZE, (79, 63, 80, 64)), id="one pixel in the last corner"),
        pytest.param(np.ones(SIZE, bool), id="the whole canvas"),
    ],
)
makers = pytest.mark.parametrize(
    "make",
    [
        pytest.param(box_hint, id="box"),
        pytest.param(region_hint, id="region"),
        pytest.param(scribble_hint, id="scribble"),
        pytest.param(lambda target, rng: dilated_scribble(target, 0.2, rng), id="the benchmark's scribble"),
    ],
)


def test_the_kinds_come_in_their_shares():
    target = disc((24, 24), (12, 12), 6)
    rng = np.random.default_rng(0)
    counts = Counter(type(draw_hint(target, SHARES, rng)) for _ in range(1000))
    for kind, share in SHARES.items():
        assert counts[kind] / 1000 == pytest.approx(share, abs=0.04), kind


@makers
@targets
def test_a_hint_is_drawn_on_the_targets_canvas_near_the_target(target, make):
    x0, y0, x1, y1 = box_of(target)
    longer = max(x1 - x0, y1 - y0)
    for seed in range(20):
        hint = make(target, np.random.default_rng(seed))
        check_guidance(hint, SIZE)
        left, top, right, bottom = hint.box()
        assert left < x1
        assert x0 < right
        assert top < y1
        assert y0 < bottom
        reach = 0.8 * longer + 3
        assert x0 - reach <= left
        assert y0 - reach <= top
        assert right <= x1 + reach
        assert bottom <= y1 + reach


@makers
def test_a_hint_obeys_its_seed(make):
    target = blob(SIZE, 3)
    first, second = (make(target, np.random.default_rng(5)) for _ in range(2))
    assert first.box() == second.box()
    others = {make(target, np.random.default_rng(seed)).box() for seed in range(12)}
    assert len(others) > 1


def test_three_boxes_in_four_are_tight_and_the_others_are_off_by_a_tenth_at_most():
    target = rectangle(SIZE, (20, 10, 60, 50))
    boxes = [np.array(box_hint(target, np.random.default_rng(seed)).box()) for seed in range(400)]
    off = [np.abs(box - (20, 10, 60, 50)).max() for box in boxes]
    assert np.mean(np.array(off) == 0) == pytest.approx(0.75, abs=0.06)
    assert max(off) <= 4


def test_the_sides_of_a_tall_box_are_off_by_their_own_lengths():
    target = rectangle((200, 80), (30, 20, 40, 180))
    boxes = np.array([box_hint(target, np.random.default_rng(seed)).box() for seed in range(400)])
    assert np.abs(boxes[:, [1, 3]] - (20, 180)).max() > 5


@pytest.mark.parametrize(
    "target",
    [pytest.param(blob(SIZE, 3), id="a blob"), pytest.param(rectangle(SIZE, (40, 2, 46, 62)), id="a pole")],
)
def test_a_scribble_overlaps_its_target_and_is_hardly_ever_its_exact_shape(target):
    overlaps = [
        mask_iou(scribble_hint(target, np.random.default_rng(seed)).mask, target) for seed in range(60)
    ]
    assert min(overlaps) > 0.2
    assert np.mean(np.array(overlaps) > 0.99) < 0.1


def test_a_region_is_mostly_wider_than_its_target():
    target = blob(SIZE, 3)
    areas = [region_hint(target, np.random.default_rng(seed)).mask.sum() for seed in range(40)]
    assert np.mean(np.array(areas) > target.sum()) > 0.7


def test_the_benchmarks_scribble_holds_a_convex_target():
    target = disc(SIZE, (40, 30), 15)
    for seed in range(10):
        scribble = dilated_scribble(target, 0.2, np.random.default_rng(seed)).mask
        assert (scribble | ~target).mean() > 0.99
        assert scribble.sum() > target.sum()


def test_no_guidance_holds_nothing_of_the_target():
    hints = [draw_hint(blob(SIZE, 3), SHARES, np.random.default_rng(seed)) for seed in range(60)]
    assert NoGuidance() in [hint for hint in hints if isinstance(hint, NoGuidance)]


def test_widened_drawings_as_users_make_them_are_the_most_frequent():
    assert sum(SCRIBBLES.values()) == pytest.approx(1)
    assert SCRIBBLES[_widened] == max(SCRIBBLES.values()) == 0.45


@pytest.mark.parametrize("draw", list(SCRIBBLES), ids=lambda draw: draw.__name__)
@targets
def test_every_kind_of_scribble_draws_any_target(target, draw):
    x0, y0, x1, y1 = box_of(target)
    for seed in range(10):
        rough = draw(target.astype(np.float32), max(x1 - x0, y1 - y0), np.random.default_rng(seed))
        assert rough.shape == target.shape
        assert np.isfinite(rough).all()


def test_a_closed_stroke_lies_near_the_contour():
    target = blob(SIZE, 3)
    extent = max(np.ptp(np.nonzero(target), axis=1)) + 1.0
    ious = [
        mask_iou(_closed_stroke(target.astype(np.float32), extent, np.random.default_rng(seed)) > 0.5, target)
        for seed in range(20)
    ]
    assert min(ious) > 0.5
    assert max(ious) < 0.99
    assert np.mean(ious) > 0.7


def test_open_strokes_lie_mostly_on_the_target_and_leave_a_part_of_it():
    target = blob(SIZE, 3)
    extent = max(np.ptp(np.nonzero(target), axis=1)) + 1.0
    on, covered = [], []
    for seed in range(20):
        strokes = _open_strokes(target.astype(np.float32), extent, np.random.default_rng(seed)) > 0.5
        on.append((strokes & target).sum() / strokes.sum())
        covered.append((strokes & target).sum() / target.sum())
    assert np.mean(on) > 0.8
    assert 0.3 < np.mean(covered) < 0.95


def test_a_closed_spline_stays_in_the_hull_of_its_points_and_closes():
    angles = np.arange(12) * (2 * np.pi / 12)
    found = _spline(10 * np.stack([np.cos(angles), np.sin(angles)], 1), closed=True)
    radii = np.hypot(*found.T)
    assert radii.max() <= 10
    assert radii.min() > 9
    gaps = np.hypot(*(found - np.roll(found, 1, 0)).T)
    assert gaps.max() < 2 * gaps.min()


def test_an_open_spline_reaches_both_its_ends():
    points = np.array([[0.0, 0.0], [10.0, 5.0], [20.0, 0.0]])
    found = _spline(points, closed=False)
    assert np.allclose(found[0], points[0])
    assert np.hypot(*(found[-1] - points[-1])) < 0.2


def test_regions_are_ellipses_or_free_forms():
    """An ellipse is symmetric about its centre; a free-form loop is not."""
    target = disc((96, 96), (48, 48), 18)
    asymmetry = []
    for seed in range(60):
        region = region_hint(target, np.random.default_rng(seed)).mask
        x0, y0, x1, y1 = (int(v) for v in box_of(region))
        if x0 > 0 and y0 > 0 and x1 < 96 and y1 < 96:
            part = region[y0:y1, x0:x1]
            asymmetry.append(1 - mask_iou(part, part[::-1, ::-1]))
    symmetric = np.mean(np.array(asymmetry) < 0.05)
    assert 0.25 < symmetric < 0.75
