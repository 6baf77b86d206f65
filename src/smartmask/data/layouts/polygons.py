"""Polygons as LabelMe draws them, and masks as such polygons.

LabelMe fills a polygon with Pillow, outline included. A region without holes is therefore exactly the polygon
through the centres of its outermost pixels, taken one by one round it (Moore's tracing); whether it is so is
still checked by drawing it.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Bool, Float
from PIL import Image, ImageDraw

from smartmask.data.layouts.checks import short
from smartmask.errors import LayoutFileError

Points = Sequence[tuple[float, float]]
MAX_OUTLINE_PX = 2e6
"""Drawing takes time, and COCO's way of it memory, in proportion to the outline."""
MAX_OUTLINES_PX = 1e8
"""All outlines of a layout file: a few bytes draw one of any length."""
MAX_POINTS = 20_000
"""Of a polygon."""
MAX_COORDINATE = 1e5
"""Beyond it a number is no pixel."""
MAX_PARTS = 64
"""A mask of more parts is confetti, which nobody edits as polygons."""
_BAND_PX, _RIM_PX = 512, 2
_ROUND = ((1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1))
"""The eight neighbours (x, y) of a pixel, clockwise from the right; y grows downwards."""


def fill_polygon(
    points: Points, size_hw: tuple[int, int], band_px: int = _BAND_PX
) -> Bool[np.ndarray, "H W"]:
    """The pixels of a polygon, outline included.

    Args:
        points: Its corners (x, y).
        size_hw: The canvas.
        band_px: Rows that are drawn at once; the mask does not depend on it.

    >>> fill_polygon([(1, 0), (2, 0), (2, 1), (1, 1)], (3, 4)).astype(int).tolist()
    [[0, 1, 1, 0], [0, 1, 1, 0], [0, 0, 0, 0]]
    """
    xs, ys = np.array(points, np.float64).T
    # Drawn in its box alone. Pillow cuts fractions towards zero, so nothing is moved across it.
    left, top = max(math.floor(xs.min()), 0), max(math.floor(ys.min()), 0)
    right = min(math.ceil(xs.max()) + 1, size_hw[1])
    bottom = min(math.ceil(ys.max()) + 1, size_hw[0])
    xs, ys = np.trunc(xs - left), np.trunc(ys - top) + top
    mask = np.zeros(size_hw, bool)
    for first in range(top, bottom if left < right else top, band_px):
        last = min(first + band_px, bottom)
        # Pillow goes over all edges once a row, so a band gets those near it alone. Its rim is not kept: at
        # the first and the last row of a picture edges are joined in another way.
        start, stop = max(first - _RIM_PX, top), min(last + _RIM_PX, bottom)
        near = _near(ys, start - 1, stop + 1)
        canvas = Image.new("1", (right - left, stop - start))
        corners = np.column_stack([xs[near], ys[near] - start])
        ImageDraw.Draw(canvas).polygon(corners.ravel().tolist(), fill=1, outline=1)
        mask[first:last, left:right] = np.asarray(canvas)[first - start : last - start]
    return mask


def _near(ys: Float[np.ndarray, " n"], first: float, last: float) -> Bool[np.ndarray, " n"]:
    """The corners that edges between two rows need: of a run above or below them its ends alone."""
    side = np.where(ys < first, -1, np.where(ys > last, 1, 0))
    return (side == 0) | (side != np.roll(side, 1)) | (side != np.roll(side, -1))


def outline_px(points: Sequence[Any]) -> float:
    """The length of a closed outline in pixels."""
    return sum(math.dist(points[number - 1], points[number]) for number in range(len(points)))


def check_outline(points: Sequence[Any], size_hw: tuple[int, int], where: str) -> None:
    """Make sure that points are numbers about the canvas, and that drawing the outline takes bounded work.

    Raises:
        LayoutFileError: If they are not, or none of the polygon lies on the canvas.
    """
    check_points(points, size_hw, where)
    if lies_outside(points, size_hw):
        raise LayoutFileError(f"{where}: a polygon lies wholly outside the {size_hw[1]}x{size_hw[0]} canvas")


def check_points(points: Sequence[Any], size_hw: tuple[int, int], where: str) -> None:
    """Make sure that points are numbers of pixels, and that drawing the outline takes bounded work.

    Raises:
        LayoutFileError: If they are not.
    """
    numbers = [value for point in points for value in point]
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in numbers):
        raise LayoutFileError(f"{where}: a polygon's points must be numbers of pixels, not {short(points)}")
    height, width = size_hw
    if not all(abs(value) <= MAX_COORDINATE for value in numbers):
        raise LayoutFileError(
            f"{where}: a polygon's points lie far off the {width}x{height} canvas: {short(points)}"
        )
    if len(points) > MAX_POINTS:
        raise LayoutFileError(
            f"{where}: a polygon of {len(points)} points; it may have {MAX_POINTS}, give it as a mask"
        )
    length = outline_px(points)
    if length > MAX_OUTLINE_PX:
        raise LayoutFileError(
            f"{where}: a polygon's outline of {length:.0f} pixels; it must be below {MAX_OUTLINE_PX:g}"
        )


def check_outlines(length_px: float, where: str) -> None:
    """Make sure that drawing all outlines of a layout file takes bounded work.

    Raises:
        LayoutFileError: If they are longer than that together.
    """
    if length_px > MAX_OUTLINES_PX:
        raise LayoutFileError(
            f"{where}: outlines of more than {MAX_OUTLINES_PX:g} pixels together; give masks, or fewer"
        )


def lies_outside(points: Sequence[Any], size_hw: tuple[int, int]) -> bool:
    """Whether no pixel of the canvas can be in a polygon."""
    across, down = zip(*points, strict=True)
    return bool(max(across) < 0 or min(across) > size_hw[1] or max(down) < 0 or min(down) > size_hw[0])


def polygons_of(mask: Bool[np.ndarray, "H W"]) -> list[list[tuple[int, int]]] | None:
    """Polygons that `fill_polygon` turns back into exactly the mask; None if there are no such.

    There are none for an empty mask, one with holes, with a part of less than three corners, one too long to
    be read back, or one of more than `MAX_PARTS` parts.

    >>> mask = np.array([[1, 1, 1, 0], [1, 1, 1, 0]], bool)
    >>> polygons_of(mask), polygons_of(np.array([[1, 0]], bool))
    ([[(0, 0), (2, 0), (2, 1), (0, 1)]], None)
    """
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return None
    top, left = int(rows[0]), int(columns[0])
    part = mask[top : rows[-1] + 1, left : columns[-1] + 1]
    inside, stride = np.pad(part, 1).tobytes(), part.shape[1] + 2
    remaining = part.copy()
    polygons: list[list[tuple[int, int]]] = []
    while remaining.any():
        y, x = divmod(int(remaining.argmax()), part.shape[1])
        boundary = _boundary(inside, stride, x, y)
        corners = _corners(boundary)
        is_long = len(corners) > MAX_POINTS or 2 * len(boundary) > MAX_OUTLINE_PX
        if len(corners) < 3 or is_long or len(polygons) == MAX_PARTS:
            return None
        (x0, y0), (x1, y1) = np.min(corners, 0).tolist(), np.max(corners, 0).tolist()
        window = np.s_[y0 : y1 + 1, x0 : x1 + 1]
        filled = fill_polygon([(x - x0, y - y0) for x, y in corners], (y1 + 1 - y0, x1 + 1 - x0))
        if (filled & ~part[window]).any() or not filled[y - y0, x - x0]:
            return None
        remaining[window] &= ~filled
        polygons.append([(left + x, top + y) for x, y in corners])
    return polygons


def _boundary(inside: bytes, stride: int, x: int, y: int) -> list[tuple[int, int]]:
    """The outermost pixels of a region, clockwise.

    Args:
        inside: A byte a pixel, 1 inside, of a mask with a rim of zeros, row by row.
        stride: Bytes of a row.
        x: Column without the rim of the region's first pixel in reading order.
        y: Its row.
    """
    steps = [across + down * stride for across, down in _ROUND]
    start = here = (y + 1) * stride + x + 1
    boundary: list[tuple[int, int]] = []
    came = 0
    first_step = None
    while True:
        for turn in range(8):
            heading = (came + 5 + turn) % 8  # begin just past the pixel that was come from
            if inside[here + steps[heading]]:
                break
        else:
            return [(x, y)]
        if here == start and heading == first_step:  # not merely back: a thin neck is passed twice
            return boundary
        first_step = heading if first_step is None else first_step
        row, column = divmod(here, stride)
        boundary.append((column - 1, row - 1))
        here, came = here + steps[heading], heading


def _corners(boundary: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The pixels at which a closed path turns."""
    points = np.array(boundary)
    turns = ((points - np.roll(points, 1, 0)) != (np.roll(points, -1, 0) - points)).any(1)
    return [(int(x), int(y)) for x, y in points[turns]]
