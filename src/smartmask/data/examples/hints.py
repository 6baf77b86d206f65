"""Guidance as users give it, made for training from the true mask (docs/METHOD.md, section 2).

A box is tight or a little off. A region is an ellipse or a free-form loop about the object; its map is
softened by `Region.rasterize`. A scribble is one of four kinds: as coarse as the place pass sees the object
(the pipeline's own scribbles), widened and rounded off, a closed stroke drawn along the contour and filled,
or a few open strokes of a thick brush. All of it follows from one generator.
"""

from collections.abc import Callable, Mapping

import cv2
import numpy as np
from jaxtyping import Bool, Float, Float32, UInt8

from smartmask.scene.boxes import box_of, clip_box
from smartmask.scene.guidance import Box, Guidance, NoGuidance, Region, Scribble
from smartmask.scene.masks import mask_iou

Shares = Mapping[type[Guidance], float]
"""How often each kind of hint is given."""
Canvas = Float32[np.ndarray, "H W"]


def draw_hint(target: Bool[np.ndarray, "H W"], shares: Shares, rng: np.random.Generator) -> Guidance:
    """A hint of a random kind for a target that holds at least one pixel."""
    kind = list(shares)[int(rng.choice(len(shares), p=list(shares.values())))]
    if kind is Box:
        return box_hint(target, rng)
    if kind is Region:
        return region_hint(target, rng)
    if kind is Scribble:
        return scribble_hint(target, rng)
    return NoGuidance()


def box_hint(target: Bool[np.ndarray, "H W"], rng: np.random.Generator) -> Box:
    """The tight box, in one case of four off by a few per cent as a hand draws it."""
    x0, y0, x1, y1 = box_of(target)
    if rng.random() < 0.25:
        width, height = x1 - x0, y1 - y0
        limit = 0.1 * np.array([width, height, width, height])
        jitter = rng.normal(0, 0.03, 4) * (width, height, width, height)
        x0, y0, x1, y1 = (float(v) for v in np.array([x0, y0, x1, y1]) + np.clip(jitter, -limit, limit))
        x1, y1 = max(x1, x0 + 1), max(y1, y0 + 1)
    return Box(clip_box((x0, y0, x1, y1), (target.shape[0], target.shape[1])))


def region_hint(target: Bool[np.ndarray, "H W"], rng: np.random.Generator) -> Region:
    """An ellipse or a free-form loop about the target, mostly wider than it and off its centre."""
    x0, y0, x1, y1 = box_of(target)
    size = np.array([x1 - x0, y1 - y0])
    centre = np.array([x0 + x1, y0 + y1]) / 2 + rng.normal(0, 0.1, 2) * size
    canvas = np.zeros(target.shape, np.uint8)
    if rng.random() < 0.5:
        axes = size * rng.uniform(0.8, 1.6, 2)
        box = (tuple(centre.tolist()), tuple(axes.tolist()), float(rng.uniform(-20, 20)))
        cv2.ellipse(canvas, box, 1, -1)
    else:
        count = int(rng.integers(5, 11))
        angles = (np.arange(count) + rng.uniform(-0.3, 0.3, count)) * (2 * np.pi / count)
        radii = rng.uniform(0.65, 1.35, count)[:, None] * size * rng.uniform(0.45, 0.8, 2)
        _fill(canvas, _spline(centre + radii * np.stack([np.cos(angles), np.sin(angles)], 1), closed=True))
    return Region(canvas > 0 if canvas.any() else target)


def scribble_hint(target: Bool[np.ndarray, "H W"], rng: np.random.Generator) -> Scribble:
    """A drawing of the target of one of the kinds of `SCRIBBLES`, moved by some pixels."""
    x0, y0, x1, y1 = box_of(target)
    extent = max(x1 - x0, y1 - y0)
    draw = list(SCRIBBLES)[int(rng.choice(len(SCRIBBLES), p=list(SCRIBBLES.values())))]
    rough = draw(target.astype(np.float32), extent, rng)
    shift = rng.normal(0, 0.02, 2) * extent
    for drawn in (rough, _widened(target.astype(np.float32), extent, rng)):
        moved = _moved(drawn, shift) > 0.5
        if moved.any() and mask_iou(moved, target) > 0.2:
            return Scribble(moved)
    return Scribble(target)


def dilated_scribble(target: Bool[np.ndarray, "H W"], share: float, rng: np.random.Generator) -> Scribble:
    """The benchmark's scribble: the target widened by up to `share` of its longer side and rounded off."""
    x0, y0, x1, y1 = box_of(target)
    size = 2 * max(1, round(rng.uniform(share / 3, share) * max(x1 - x0, y1 - y0))) + 1
    wide = cv2.dilate(target.astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    return Scribble(cv2.blur(wide.astype(np.float32), (size, size)) > 0.5)


def _coarse(mask: Canvas, extent: float, rng: np.random.Generator) -> Canvas:
    """As the place pass leaves it: a few pixels span it, disturbed and enlarged again; at times widened."""
    height, width = mask.shape
    factor = min(1.0, rng.uniform(5, 24) / extent)
    small = cv2.resize(
        mask, (max(2, round(width * factor)), max(2, round(height * factor))), interpolation=cv2.INTER_AREA
    )
    # Disturbed only near the target: noise alone would now and then draw specks far from it.
    small = small + (small > 0.05) * np.asarray(rng.normal(0, 0.15, small.shape), np.float32)
    rough = (cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR) > 0.5).astype(np.float32)
    return _widened(rough, extent, rng) if rng.random() < 0.35 else rough


def _widened(mask: Canvas, extent: float, rng: np.random.Generator) -> Canvas:
    """Dilated by some per cent of its extent and rounded off."""
    size = 2 * max(1, round(rng.uniform(0.01, 0.12) * extent)) + 1
    wide = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    return np.asarray(cv2.blur(wide, (size, size)), np.float32)


def _closed_stroke(mask: Canvas, extent: float, rng: np.random.Generator) -> Canvas:
    """Each large part outlined by a smooth stroke through points near its widened contour, and filled."""
    size = 2 * round(rng.uniform(0, 0.06) * extent) + 1
    wide = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))).astype(np.uint8)
    outlines, _ = cv2.findContours(wide, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    largest = max(len(outline) for outline in outlines)
    spread = rng.uniform(0.008, 0.035) * extent
    canvas = np.zeros(mask.shape, np.uint8)
    for outline in outlines:
        if len(outline) < max(0.2 * largest, 4):
            continue
        count = int(rng.integers(9, 30))
        steps = (np.arange(count) + rng.uniform(-0.3, 0.3, count)) / count + rng.random()
        points = outline[(steps % 1 * len(outline)).astype(int), 0].astype(np.float64)
        _fill(canvas, _spline(points + rng.normal(0, spread, points.shape), closed=True))
    return canvas.astype(np.float32)


def _open_strokes(mask: Canvas, extent: float, rng: np.random.Generator) -> Canvas:
    """A thick brush line through the middle of the object along its long axis, and some into what is left."""
    room = cv2.distanceTransform(np.pad(mask, 1).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_3)[1:-1, 1:-1]
    rows, columns = np.nonzero(mask)
    points, depth = np.stack([columns, rows], 1).astype(np.float64), room[rows, columns]
    along = (points - points.mean(0)) @ _long_axis(points, rng)
    edges = np.linspace(along.min(), along.max() + 1e-6, int(rng.integers(4, 8)))
    station = np.digitize(along, edges)
    middle = [
        np.average(points[station == number], axis=0, weights=depth[station == number] ** 3)
        for number in np.unique(station)
    ]
    canvas = np.zeros(mask.shape, np.uint8)
    radius_px = float(rng.uniform(0.6, 1.3) * depth.mean())
    _draw_line(canvas, np.array(middle) + rng.normal(0, 0.015, (len(middle), 2)) * extent, radius_px)
    for _ in range(int(rng.integers(1, 5))):
        left = np.flatnonzero((canvas[rows, columns] == 0) & (depth > 0.4 * depth.max()))
        if not len(left):
            break
        start, end = points[rng.choice(left)], points[int(rng.integers(len(points)))]
        bend = (start + end) / 2 + rng.normal(0, 0.04, 2) * extent
        _draw_line(canvas, np.array([start, bend, end]), radius_px)
    return canvas.astype(np.float32)


SCRIBBLES: dict[Callable[[Canvas, float, np.random.Generator], Canvas], float] = {
    _coarse: 0.3,
    _widened: 0.45,
    _closed_stroke: 0.15,
    _open_strokes: 0.1,
}
"""How often each kind of scribble is drawn; the coarse one is what a place pass gives."""


def _moved(drawn: Canvas, shift_xy: Float[np.ndarray, " 2"]) -> Canvas:
    matrix = np.array([[1, 0, shift_xy[0]], [0, 1, shift_xy[1]]], np.float32)
    return np.asarray(cv2.warpAffine(drawn, matrix, drawn.shape[::-1]), np.float32)


def _long_axis(points: Float[np.ndarray, "N 2"], rng: np.random.Generator) -> Float[np.ndarray, " 2"]:
    """The direction of the points' largest spread; a random one for a shape that is about round."""
    spreads, directions = np.linalg.eigh(np.cov(points.T) if len(points) > 1 else np.eye(2))
    if spreads[1] < 1.7 * spreads[0]:
        angle = rng.uniform(0, np.pi)
        return np.array([np.cos(angle), np.sin(angle)])
    return np.asarray(directions[:, 1])


def _spline(points_xy: Float[np.ndarray, "N 2"], closed: bool) -> Float[np.ndarray, "M 2"]:
    """Points along the uniform cubic B-spline of control points, 8 a segment; open ones reach their ends."""
    if closed:
        controls = np.concatenate([points_xy, points_xy[:3]])
    else:
        controls = np.concatenate([points_xy[:1].repeat(2, 0), points_xy, points_xy[-1:].repeat(2, 0)])
    f = np.arange(8) / 8
    basis = np.stack([(1 - f) ** 3, 3 * f**3 - 6 * f**2 + 4, -3 * f**3 + 3 * f**2 + 3 * f + 1, f**3]) / 6
    count = len(controls) - 3
    segments = np.stack([controls[start : start + count] for start in range(4)])
    return np.einsum("kf,ksd->sfd", basis, segments).reshape(-1, 2)


def _fill(canvas: UInt8[np.ndarray, "H W"], outline_xy: Float[np.ndarray, "M 2"]) -> None:
    cv2.fillPoly(canvas, [np.round(outline_xy * 16).astype(np.int32)], 1, shift=4)


def _draw_line(
    canvas: UInt8[np.ndarray, "H W"], points_xy: Float[np.ndarray, "N 2"], radius_px: float
) -> None:
    line = np.round(_spline(points_xy, closed=False) * 16).astype(np.int32)
    cv2.polylines(canvas, [line], False, 1, thickness=max(2, round(2 * radius_px)), shift=4)
