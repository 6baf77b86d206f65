"""Outlines: a shape as closed curves, drawn at any size with exact anti-aliasing.

A curve costs what its length in points costs, whatever the canvas; a mask is made of it once, at the end.
It is drawn by signed areas. Walking along a row of pixels, each piece of a curve changes what lies to its
right by its height dy, and what lies in its own pixel by the part of dy right of the piece's middle x:

    change[floor x] += dy (1 - (x - floor x)),      change[floor x + 1] += dy (x - floor x),

and the running sum of the changes is the winding number, averaged over each pixel: the exact coverage. Only
pixels that a curve meets bear changes, so the sum runs over those alone and the rest is filled in runs.

Source: the smooth rasterisers of FreeType (`ftgrays.c`, "cover" and "area") and font-rs (accumulation
buffer); the even-odd rule folds the sum as in Anti-Grain Geometry (`calculate_alpha`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Float32, Float64, Int64

from smartmask.scene.boxes import BoxXYXY, span_text

CHORD_ERROR_PX = 0.1
"""How far a smoothed curve's chords may leave it, in pixels of the canvas."""

_STEP_PX = 1.0
"""How far apart along a curve its smoothed form takes points: as a field's pixels, which tell no more."""

_LEAST_POINTS = 12
"""Points that the smallest curve is smoothed by, so that a diamond in a pixel keeps its area within 5%."""


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """Closed curves on a canvas, filled by the even-odd rule; read-only copies are kept.

    The last point of a curve joins its first. Curves may leave the canvas, and must not cross each other.

    Attributes:
        curves: Points x, y in pixels of each curve; pixel (column i, row j) covers [i, i+1) x [j, j+1).

    Raises:
        ValueError: If a curve is not of the shape (P, 2) with at least three points, all finite.

    >>> square = Outline((np.array([[0.5, 0], [2, 0], [2, 1], [0.5, 1]], np.float32),))
    >>> square.alpha((1, 3)).tolist(), square.area_px()
    ([[0.5, 1.0, 0.0]], 1.5)
    """

    curves: tuple[Float32[np.ndarray, "_ 2"], ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "curves", tuple(_checked(curve, i) for i, curve in enumerate(self.curves)))

    def __repr__(self) -> str:
        """How many curves and points it has, and where; without the points."""
        if not self.curves:
            return "Outline(no curves)"
        count, points = len(self.curves), sum(map(len, self.curves))
        number = "1 curve" if count == 1 else f"{count} curves"
        return f"Outline({number} of {points} points, box {span_text(self.box_xyxy())})"

    def box_xyxy(self) -> BoxXYXY:
        """The tight box of the curves; it may reach beyond the canvas.

        Raises:
            ValueError: If there are no curves.
        """
        if not self.curves:
            raise ValueError("an outline without curves has no box; check its curves first")
        low = np.min([curve.min(0) for curve in self.curves], axis=0)
        high = np.max([curve.max(0) for curve in self.curves], axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])

    def area_px(self) -> float:
        """The filled area in square pixels, on the canvas and beyond it."""
        is_hole = _enclosing(self.curves).sum(1) % 2 == 1
        return float(np.where(is_hole, -1, 1) @ _areas(self.curves))

    def alpha(self, size_hw: tuple[int, int]) -> Float32[np.ndarray, "H W"]:
        """The share of each canvas pixel that is filled, exact where a pixel meets one curve."""
        return _on_canvas(*self.crop(size_hw), size_hw)

    def mask(self, size_hw: tuple[int, int]) -> Bool[np.ndarray, "H W"]:
        """The pixels that are filled to more than a half: `alpha(size_hw) > 0.5`, without its memory."""
        return _on_canvas(*_drawn(self.curves, size_hw, np.dtype(np.bool_)), size_hw)

    def crop(self, size_hw: tuple[int, int]) -> tuple[Float32[np.ndarray, "h w"], tuple[int, int]]:
        """`alpha(size_hw)` without the empty canvas about it, and the row and column that it begins at."""
        return _drawn(self.curves, size_hw, np.dtype(np.float32))

    def mapped(self, function: Callable[[Float32[np.ndarray, "P 2"]], Float[np.ndarray, "P 2"]]) -> "Outline":
        """The outline with all its points moved by a function of points x, y."""
        return Outline(tuple(np.asarray(function(curve), np.float32) for curve in self.curves))

    def without_specks(self, smallest: float) -> "Outline":
        """The outline without its small parts; the parts that stay keep their holes.

        Args:
            smallest: The least area of a part within its outer curve, as a share of the largest part's.

        Raises:
            ValueError: If the share is not in [0, 1].
        """
        if not 0 <= smallest <= 1:
            raise ValueError(f"smallest is a share of the largest part's area, 0 to 1, not {smallest:g}")
        encloses, areas = _enclosing(self.curves), _areas(self.curves)
        depth = encloses.sum(1)
        is_outer = depth % 2 == 0
        stays = is_outer & (areas >= smallest * areas.max(initial=0, where=is_outer))
        stays |= (encloses & stays & (depth == depth[:, None] - 1)).any(1)
        return Outline(tuple(curve for curve, kept in zip(self.curves, stays, strict=True) if kept))

    def smooth(self, scale: float) -> "Outline":
        """The outline as smooth curves, to be enlarged: its jitter and corners rounded within about a pixel.

        Args:
            scale: Canvas pixels to a pixel of this outline. As many points are made as keep the chords within
                `CHORD_ERROR_PX` of the smooth curve on the canvas.

        Raises:
            ValueError: If the scale is not positive.

        Source: Taubin 1995, "A signal processing approach to fair surface design", section 3 (smoothing that
        does not shrink).
        """
        if not scale > 0:
            raise ValueError(f"scale is canvas pixels to an outline pixel, above 0, not {scale:g}")
        return Outline(tuple(_spline(curve, scale) for curve in self.curves))


def _checked(curve: Float32[np.ndarray, "..."], number: int) -> Float32[np.ndarray, "P 2"]:
    points = np.array(curve, np.float32)
    if points.ndim != 2 or points.shape[1] != 2 or len(points) < 3:
        raise ValueError(f"curve {number}: expected points (P, 2), three or more, not {points.shape}")
    if not np.isfinite(points).all():
        raise ValueError(f"curve {number}: all points must be finite")
    points.setflags(write=False)
    return points


def _areas(curves: tuple[Float32[np.ndarray, "_ 2"], ...]) -> Float64[np.ndarray, "K"]:
    """The area within each curve."""
    areas = np.zeros(len(curves))
    for number, curve in enumerate(curves):
        # From the first point, so that far from the origin no digits are lost.
        x, y = (curve.astype(np.float64) - curve[0]).T
        areas[number] = abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2
    return areas


def _enclosing(curves: tuple[Float32[np.ndarray, "_ 2"], ...]) -> Bool[np.ndarray, "K K"]:
    """Whether curve i lies within curve j: a ray from its first point crosses j an odd number of times."""
    encloses = np.zeros((len(curves), len(curves)), bool)
    if len(curves) < 2:
        return encloses
    x0, y0, x1, y1 = _edges(curves)
    starts = np.cumsum([0] + [len(curve) for curve in curves[:-1]])
    rise = np.where(y1 == y0, 1, y1 - y0)
    for number, curve in enumerate(curves):
        x, y = curve[0].astype(np.float64)
        crossed = ((y0 > y) != (y1 > y)) & (x0 + (y - y0) / rise * (x1 - x0) > x)
        encloses[number] = np.add.reduceat(crossed.astype(np.int64), starts) % 2 == 1
    np.fill_diagonal(encloses, False)
    return encloses


def _spline(curve: Float32[np.ndarray, "P 2"], scale: float) -> Float32[np.ndarray, "Q 2"]:
    """A closed uniform cubic B-spline along a curve, as a polygon."""
    control = _evenly_spaced(curve)
    # A step and its opposite leave 1 - (u/4)^2 of a wave whose second difference is u in [0, 4] times itself:
    # nothing of a zigzag, nearly all of a long wave, so jitter goes and size stays. The spline passes its
    # points as a step by 1/6 would move them, so the opposite of that comes before it.
    for step in (1 / 4, -1 / 4, -1 / 6):
        control = control + step * _bend(control)
    bend = _bend(control)
    strongest = np.maximum(np.hypot(*bend.T), np.hypot(*np.roll(bend, -1, 0).T))
    # A chord over 1/n of a segment leaves it by no more than (1/n)^2 / 8 of the largest second derivative.
    number = np.ceil(np.sqrt(scale * strongest / (8 * CHORD_ERROR_PX))).astype(np.int64).clip(1)
    segment, place = _counted(number)
    t = (place / number[segment])[:, None]
    before, here, after, last = (np.roll(control, shift, 0)[segment] for shift in (1, 0, -1, -2))
    return (
        ((1 - t) ** 3 * before + (3 * t**3 - 6 * t**2 + 4) * here) / 6
        + ((-3 * t**3 + 3 * t**2 + 3 * t + 1) * after + t**3 * last) / 6
    ).astype(np.float32)


def _evenly_spaced(curve: Float32[np.ndarray, "P 2"]) -> Float64[np.ndarray, "Q 2"]:
    """Points along a closed polygon, equally far apart: a spline would bend sharply where two nearly meet."""
    closed = np.concatenate((curve, curve[:1])).astype(np.float64)
    along = np.append(0, np.cumsum(np.hypot(*np.diff(closed, axis=0).T)))
    number = max(round(along[-1] / _STEP_PX), _LEAST_POINTS)
    places = np.arange(number) * (along[-1] / number)
    return np.stack([np.interp(places, along, closed[:, axis]) for axis in (0, 1)], -1)


def _bend(points: Float64[np.ndarray, "P 2"]) -> Float64[np.ndarray, "P 2"]:
    return np.roll(points, 1, 0) - 2 * points + np.roll(points, -1, 0)


def _drawn(
    curves: tuple[Float32[np.ndarray, "_ 2"], ...], size_hw: tuple[int, int], kind: np.dtype[np.generic]
) -> tuple[Any, tuple[int, int]]:
    """The coverage of each pixel in the curves' box, or whether it is more than a half; where the box is."""
    if not curves:
        return np.zeros((0, 0), kind), (0, 0)
    x0, y0, x1, y1 = _edges(curves)
    left, top = max(int(np.floor(x0.min())), 0), max(int(np.floor(y0.min())), 0)
    width = min(int(np.ceil(x0.max())), size_hw[1]) - left
    height = min(int(np.ceil(y0.max())), size_hw[0]) - top
    if width <= 0 or height <= 0:
        return np.zeros((0, 0), kind), (0, 0)
    pixel, change = _changes(x0 - left, y0 - top, x1 - left, y1 - top, (height, width))
    order = np.argsort(pixel)
    pixel, winding = pixel[order], np.cumsum(change[order])
    is_last = np.append(pixel[1:] != pixel[:-1], True)
    # Rounding takes away what sums of floats leave where a row's changes cancel.
    winding = np.round(winding[is_last], 9)
    coverage = (1 - np.abs(1 - winding % 2)).astype(np.float32)
    value = coverage if kind == np.float32 else coverage > 0.5
    ends = np.append(pixel[is_last], height * (width + 1))
    runs = np.repeat(np.append(value[:0].dtype.type(0), value), np.diff(ends, prepend=0))
    return runs.reshape(height, width + 1)[:, :width], (top, left)


def _on_canvas(crop: np.ndarray, corner: tuple[int, int], size_hw: tuple[int, int]) -> Any:
    """What is drawn, and nothing about it."""
    canvas = np.zeros(size_hw, crop.dtype)
    (top, left), (height, width) = corner, crop.shape
    canvas[top : top + height, left : left + width] = crop
    return canvas


def _edges(curves: tuple[Float32[np.ndarray, "_ 2"], ...]) -> tuple[Float64[np.ndarray, "E"], ...]:
    """The ends x0, y0, x1, y1 of all edges of all curves, in their order."""
    start = np.concatenate(curves).astype(np.float64)
    end = np.concatenate([np.roll(curve, -1, 0) for curve in curves]).astype(np.float64)
    return start[:, 0], start[:, 1], end[:, 0], end[:, 1]


def _changes(
    x0: Float64[np.ndarray, "E"],
    y0: Float64[np.ndarray, "E"],
    x1: Float64[np.ndarray, "E"],
    y1: Float64[np.ndarray, "E"],
    size_hw: tuple[int, int],
) -> tuple[Int64[np.ndarray, "Q"], Float64[np.ndarray, "Q"]]:
    """The changes of coverage along rows, and the pixels that bear them, counted W + 1 to a row."""
    height, width = size_hw
    edge, row, begin, end = _cut(y0, y1, height)
    run = (x1 - x0)[edge]
    at, to = x0[edge] + begin * run, x0[edge] + end * run
    rise = np.abs(end - begin) * (y1 - y0)[edge]
    # Above and below nothing is seen; what is left of the canvas acts at its border, what is right nowhere.
    is_seen = (row >= 0) & (row < height) & (rise != 0)
    row, at, to, rise = row[is_seen], at[is_seen], to[is_seen], rise[is_seen]
    piece, _, begin, end = _cut(at, to, width)
    rise = rise[piece] * np.abs(end - begin)
    middle = (at[piece] + (begin + end) / 2 * (to - at)[piece]).clip(0, width)
    column = np.floor(middle)
    pixel = (row[piece] * (width + 1) + column).astype(np.int64)
    beyond = rise * (middle - column)
    # At the last border `beyond` is 0, so the pixel after it, in the next row, is left as it is.
    return np.concatenate((pixel, (pixel + 1).clip(max=height * (width + 1) - 1))), np.concatenate(
        (rise - beyond, beyond)
    )


def _cut(
    start: Float64[np.ndarray, "E"], end: Float64[np.ndarray, "E"], cells: int
) -> tuple[
    Int64[np.ndarray, "Q"], Float64[np.ndarray, "Q"], Float64[np.ndarray, "Q"], Float64[np.ndarray, "Q"]
]:
    """Cut edges at the whole numbers 0 to `cells` along one axis.

    Returns:
        For each piece the edge it is of, its cell (-1 before 0, `cells` beyond), and the shares of the edge
        from its start at which the piece has its lowest and its highest value.
    """
    low, high = np.minimum(start, end), np.maximum(start, end)
    first = np.floor(low).clip(-1, cells)
    last = np.maximum((np.ceil(high) - 1).clip(-1, cells), first)
    edge, place = _counted((last - first + 1).astype(np.int64))
    cell = first[edge] + place
    span = (end - start)[edge]
    is_level = span == 0
    span[is_level] = 1
    lowest = (np.where(place == 0, low[edge], cell) - start[edge]) / span
    highest = (np.where(cell == last[edge], high[edge], cell + 1) - start[edge]) / span
    return edge, cell, lowest, np.where(is_level, 1, highest)


def _counted(number: Int64[np.ndarray, "E"]) -> tuple[Int64[np.ndarray, "Q"], Int64[np.ndarray, "Q"]]:
    """For numbers of pieces, the whole that each piece is of and its place in it."""
    whole = np.repeat(np.arange(len(number)), number)
    return whole, np.arange(len(whole)) - (np.cumsum(number) - number)[whole]
