"""What "left of", "on", "behind" mean for boxes and masks: one definition, for planning and for measuring.

Boxes are shares of the canvas here, so that "near" means the same at any size. In the manner of NSR-1K (Feng
et al. 2023, "LayoutGPT"), a relation is a test of the middles and the overlap of two boxes; for a box A and
its reference B, with `cx, cy` the middles and `foot` the lower edge:

    left of       the middle of A lies left of the left quarter of B (right of: mirrored)
    above         the middle of A lies above the upper quarter of B, and they meet across
    below         the middle of A lies below that of B by a tenth of B's height, and they meet across
    on            the middle of A's foot lies over B, not deeper than four fifths, and A's middle is above B's
    in front of   A's foot is at or below B's, they meet across, and A comes later in the order
    behind        B is in front of A
    next to       they meet along the vertical, and what is between them is at most half the wider one's width
    between       the middle of A lies between those of two references
    inside        seven tenths of A lie in B, and A is smaller

and, of A alone: `at left`, `at right` (outer two fifths), `in middle` (middle half), `in background` (foot
above seven tenths), `in foreground` (foot below it). With a region (a lake, a wall) in place of B, "on" and
"inside" ask whether A's foot, or its middle if the region is upright, lies in the region's mask; the other
tests take the region's box, and "above" needs no more than the middle of A above that of the region.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from jaxtyping import Bool

from smartmask.scene.boxes import BoxXYXY

RelationKind = Literal[
    "left of",
    "right of",
    "above",
    "below",
    "on",
    "in front of",
    "behind",
    "next to",
    "between",
    "inside",
    "at left",
    "at right",
    "in middle",
    "in background",
    "in foreground",
]
UNARY: tuple[RelationKind, ...] = ("at left", "at right", "in middle", "in background", "in foreground")
NEAR = 0.5
DEEPEST = 0.8
FOREGROUND = 0.7
_LEVEL = 0.02
"""Feet that differ by less stand equally near."""


def holds(kind: RelationKind, box: BoxXYXY, others: Sequence[BoxXYXY], is_in_front: bool = True) -> bool:
    """Whether a relation holds.

    Args:
        kind: The relation.
        box: A, as shares of the canvas.
        others: B, or the two references of "between"; none for what is said of A alone.
        is_in_front: Whether A comes later in the order than B.

    Raises:
        ValueError: If there are too few references.

    >>> holds("left of", (0.1, 0.5, 0.2, 0.9), [(0.4, 0.5, 0.8, 0.9)])
    True
    """
    x0, y0, x1, y1 = box
    cx, cy = (x0 + x1) / 2, (y0 + y1) / 2
    if kind in UNARY:
        return {
            "at left": cx <= 0.4,
            "at right": cx >= 0.6,
            "in middle": 0.25 <= cx <= 0.75,
            "in background": y1 <= FOREGROUND,
            "in foreground": y1 >= FOREGROUND,
        }[kind]
    if len(others) < (2 if kind == "between" else 1):
        raise ValueError(f"{kind!r} needs {2 if kind == 'between' else 1} references, not {len(others)}")
    left, top, right, foot = others[0]
    wide, high = right - left, foot - top
    if kind == "between":
        middles = sorted((other[0] + other[2]) / 2 for other in others[:2])
        return middles[0] < cx < middles[1]
    if kind == "left of":
        return cx < left + wide / 4
    if kind == "right of":
        return cx > right - wide / 4
    if kind == "next to":
        gap = max(left - x1, x0 - right, 0.0)
        is_level = min(foot, y1) > max(top, y0)
        return is_level and gap <= NEAR * max(wide, x1 - x0) and not _is_inside(box, others[0])
    if kind == "inside":
        return _is_inside(box, others[0])
    meets = min(x1, right) > max(x0, left)
    if kind == "above":
        return meets and cy < top + high / 4
    if kind == "below":
        return meets and cy > (top + foot) / 2 + high / 10
    if kind == "on":
        return left <= cx <= right and top - _LEVEL <= y1 <= top + DEEPEST * high and cy < (top + foot) / 2
    if kind == "in front of":
        return meets and is_in_front and y1 >= foot - _LEVEL
    return meets and not is_in_front and y1 <= foot + _LEVEL


def holds_in_region(
    kind: RelationKind, box: BoxXYXY, region: Bool[np.ndarray, "H W"], is_upright: bool
) -> bool:
    """Whether a relation to a region holds; `box` is in shares of the canvas.

    Args:
        kind: The relation.
        box: A.
        region: Pixels of the region, hidden ones among them.
        is_upright: Whether it stands (a wall, the sky) or lies (a floor, a lake).
    """
    height, width = region.shape
    x0, y0, x1, y1 = box
    rows = np.flatnonzero(region.any(1))
    if not len(rows):
        return False
    if kind in ("on", "inside"):
        down = (y0 + y1) / 2 if is_upright else y1
        row = min(int(down * height - (0 if is_upright else 1e-6)), height - 1)
        column = min(int((x0 + x1) / 2 * width), width - 1)
        return bool(region[max(row, 0), column])
    columns = np.flatnonzero(region.any(0))
    left, right = float(columns[0]) / width, float(columns[-1] + 1) / width
    around = left, float(rows[0]) / height, right, float(rows[-1] + 1) / height
    if kind == "above":
        return (y0 + y1) / 2 < (around[1] + around[3]) / 2
    if kind in ("in front of", "next to"):
        return y1 >= around[1]
    if kind == "behind":
        return y1 <= around[3]
    return holds(kind, box, [around, around])


def _is_inside(box: BoxXYXY, other: BoxXYXY) -> bool:
    across = max(min(box[2], other[2]) - max(box[0], other[0]), 0.0)
    along = max(min(box[3], other[3]) - max(box[1], other[1]), 0.0)
    area = (box[2] - box[0]) * (box[3] - box[1])
    return across * along >= 0.7 * area and area < (other[2] - other[0]) * (other[3] - other[1])
