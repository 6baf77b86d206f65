"""Contours: the curves along which a field crosses a level.

Marching squares. Each square of four neighbouring pixel centres is crossed by no, one or two segments, from a
side on which the field falls below the level to one on which it rises above it, going round the square
clockwise. So every crossed side ends one segment and starts another, and following them gives closed curves
with the inside to the right: clockwise on the screen round parts, the other way round holes.

Source: Lorensen and Cline 1987, "Marching cubes", section 4, in two dimensions. Saddles are decided by the
mean of the four values.
"""

import numpy as np
from jaxtyping import Float32, Int64

from smartmask.scene.outline import Outline

_NEAREST_SHARE = 1e-3
"""How near to a pixel centre a curve may pass along a side, so that no two curves share a point."""

_TOP, _RIGHT, _BOTTOM, _LEFT = range(4)

_SEGMENTS = {
    1: [(_TOP, _LEFT)],
    2: [(_RIGHT, _TOP)],
    3: [(_RIGHT, _LEFT)],
    4: [(_BOTTOM, _RIGHT)],
    6: [(_BOTTOM, _TOP)],
    7: [(_BOTTOM, _LEFT)],
    8: [(_LEFT, _BOTTOM)],
    9: [(_TOP, _BOTTOM)],
    11: [(_RIGHT, _BOTTOM)],
    12: [(_LEFT, _RIGHT)],
    13: [(_TOP, _RIGHT)],
    14: [(_LEFT, _TOP)],
    5: [(_TOP, _LEFT), (_BOTTOM, _RIGHT)],
    10: [(_RIGHT, _TOP), (_LEFT, _BOTTOM)],
    16 + 5: [(_TOP, _RIGHT), (_BOTTOM, _LEFT)],
    16 + 10: [(_LEFT, _TOP), (_RIGHT, _BOTTOM)],
}
"""The segments of a square by which corners are inside: 1 top left, 2 top right, 4 bottom right, 8 bottom
left; 16 more for a saddle whose middle is inside, too."""

_SIDES = np.full((2, 32, 2), -1)
"""For the first and second segment and each kind of square, the sides it leads from and to; -1 for none."""
for _kind, _segments in _SEGMENTS.items():
    _SIDES[: len(_segments), _kind] = _segments


def outline_of_field(field: Float32[np.ndarray, "R C"], level: float = 0.0) -> Outline:
    """The curves round all of a field that is above a level, in field pixels with centres at +0.5.

    The field goes on unchanged to its border, half a pixel beyond the outermost centres, and is outside
    beyond it, so the curves close along the border.

    Raises:
        ValueError: If the field is not finite.

    >>> outline_of_field(np.ones((2, 3), np.float32)).area_px()
    6.0
    """
    if not np.isfinite(field).all():
        raise ValueError(f"the field {field.shape} must be finite; clip it first")
    rows, columns = field.shape
    values = np.pad(np.pad(field - np.float32(level), 1, "edge"), 1, constant_values=-1)
    start, end = _segments_of(values)
    if not len(start):
        return Outline(())
    points = _crossings(values, start).clip(0, (columns, rows)).astype(np.float32)
    place = np.empty(2 * values.size, np.int64)
    place[start] = np.arange(len(start))
    curves = (_without_repeats(points[loop]) for loop in _loops(place[end].tolist()))
    return Outline(tuple(curve for curve in curves if len(curve) >= 3))


def _segments_of(values: Float32[np.ndarray, "R C"]) -> tuple[Int64[np.ndarray, "V"], Int64[np.ndarray, "V"]]:
    """The sides that the segments lead from and to; a side has the number of its upper left end.

    To the numbers of upright sides the number of values is added.
    """
    inside = (values > 0).view(np.uint8)
    kind = inside[:-1, :-1] | inside[:-1, 1:] << 1 | inside[1:, 1:] << 2 | inside[1:, :-1] << 3
    row, column = np.nonzero((kind != 0) & (kind != 15))
    kind = kind[row, column]
    # Summed by diagonals: the same in every order, so that a mirrored field has the mirrored curves.
    middle = (
        values[row, column]
        + values[row + 1, column + 1]
        + (values[row, column + 1] + values[row + 1, column])
    )
    kind[((kind == 5) | (kind == 10)) & (middle > 0)] += 16
    width = values.shape[1]
    square = row * width + column
    offset = np.array([0, values.size + 1, width, values.size])
    start, end = [], []
    for sides in _SIDES[:, kind]:
        some = sides[:, 0] >= 0
        start.append(square[some] + offset[sides[some, 0]])
        end.append(square[some] + offset[sides[some, 1]])
    return np.concatenate(start), np.concatenate(end)


def _crossings(
    values: Float32[np.ndarray, "R C"], side: Int64[np.ndarray, "V"]
) -> Float32[np.ndarray, "V 2"]:
    """Where on its side the field is 0, in field pixels, for values with two more on every border."""
    width, is_upright = values.shape[1], side >= values.size
    first = side - is_upright * values.size
    flat = values.ravel()
    here, there = flat[first], flat[first + np.where(is_upright, width, 1)]
    share = (here / (here - there)).clip(_NEAREST_SHARE, 1 - _NEAREST_SHARE)
    points = np.stack((first % width, first // width), -1).astype(np.float32) - np.float32(1.5)
    points[np.arange(len(side)), is_upright.astype(np.int64)] += share
    return points


def _loops(following: list[int]) -> list[list[int]]:
    """The cycles of a permutation."""
    loops, is_seen = [], bytearray(len(following))
    for first in range(len(following)):
        if is_seen[first]:
            continue
        loop, place = [], first
        while not is_seen[place]:
            is_seen[place] = 1
            loop.append(place)
            place = following[place]
        loops.append(loop)
    return loops


def _without_repeats(curve: Float32[np.ndarray, "P 2"]) -> Float32[np.ndarray, "Q 2"]:
    """The curve without points that repeat the one before: the border draws several to one corner."""
    return curve[(curve != np.roll(curve, 1, 0)).any(1)]
