"""Boxes: float xyxy in pixels, half-open, origin top left."""

from collections.abc import Sequence
from typing import SupportsFloat

import numpy as np
from jaxtyping import Bool, Float, Float32

from smartmask.errors import kind_of

BoxXYXY = tuple[float, float, float, float]
FourNumbers = Sequence[SupportsFloat] | np.ndarray
"""What a box is taken from: x0, y0, x1, y1 in a tuple, a list or an array of one axis, whole or not."""


def as_box(numbers: object) -> BoxXYXY:
    """Four numbers as a box; whole ones stay whole.

    Raises:
        TypeError: If it is not four numbers in a tuple, a list or an array of one axis.
        ValueError: If one is not finite, or the box is inverted or has no area.

    >>> as_box([80, 100, 140.5, 170]), as_box(np.array([80, 100, 140, 170]))
    ((80, 100, 140.5, 170), (80, 100, 140, 170))
    """
    values = numbers.tolist() if isinstance(numbers, np.ndarray) else numbers
    if isinstance(values, tuple | list):
        plain = [value.item() if isinstance(value, np.generic) else value for value in values]
        found = [v for v in plain if isinstance(v, int | float) and not isinstance(v, bool)]
        if len(found) == len(plain) == 4:
            box_xyxy = found[0], found[1], found[2], found[3]
            _check_order(box_xyxy)
            return box_xyxy
    raise TypeError(f"a box must be four numbers (x0, y0, x1, y1) in pixels, not {kind_of(numbers)}")


def box_of(mask: Bool[np.ndarray, "H W"]) -> BoxXYXY:
    """The tightest box round the true pixels of a mask.

    Raises:
        ValueError: If the mask is empty.

    >>> box_of(np.array([[0, 0, 0], [0, 1, 1]], bool))
    (1.0, 1.0, 3.0, 2.0)
    """
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        raise ValueError("an empty mask has no box; check mask.any() first")
    return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)


def box_ious(boxes: Float[np.ndarray, "N 4"], others: Float[np.ndarray, "M 4"]) -> Float32[np.ndarray, "N M"]:
    """IoU of each box with each other one.

    >>> box_ious(np.array([[0, 0, 2, 1]], np.float32), np.array([[1, 0, 2, 1]], np.float32)).tolist()
    [[0.5]]
    """
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(-1)
    areas = [(found[:, 2:] - found[:, :2]).prod(-1) for found in (boxes, others)]
    return np.asarray(shared / np.maximum(areas[0][:, None] + areas[1][None] - shared, 1e-9), np.float32)


def clip_box(box_xyxy: BoxXYXY, size_hw: tuple[int, int]) -> BoxXYXY:
    """The part of a box that lies on the canvas.

    Raises:
        ValueError: If the box is inverted, has no area, or lies wholly outside the canvas.

    >>> clip_box((-5, 2, 30, 40), (20, 10))
    (0.0, 2.0, 10.0, 20.0)
    """
    _check_order(box_xyxy)
    x0, y0, x1, y1 = (float(v) for v in box_xyxy)
    height, width = size_hw
    clipped = max(x0, 0.0), max(y0, 0.0), min(x1, float(width)), min(y1, float(height))
    if clipped[2] <= clipped[0] or clipped[3] <= clipped[1]:
        raise ValueError(
            f"box {_text(box_xyxy)} lies outside the {width}x{height} canvas; give pixels inside it"
        )
    return clipped


def span_text(box_xyxy: BoxXYXY) -> str:
    """A box in a few letters, to whole pixels.

    >>> span_text((20.2, 16.0, 80.0, 79.6))
    '20,16..80,80'
    """
    x0, y0, x1, y1 = box_xyxy
    return f"{x0:.0f},{y0:.0f}..{x1:.0f},{y1:.0f}"


def check_box_size(box_xyxy: BoxXYXY, size_hw: tuple[int, int], smallest_px: float) -> None:
    """Refuse a box of which too little lies on the canvas to show a shape.

    Args:
        box_xyxy: The box.
        size_hw: The canvas.
        smallest_px: The shortest side that its part on the canvas may have.

    Raises:
        ValueError: If it is too small, which is said in other words where it looks as if it were in shares
            of the canvas; or if it lies outside.
    """
    x0, y0, x1, y1 = clip_box(box_xyxy, size_hw)
    if min(x1 - x0, y1 - y0) >= smallest_px:
        return
    if all(0 <= value <= 1 for value in box_xyxy) and min(size_hw) > smallest_px:
        raise ValueError(
            f"box {_text(box_xyxy)} looks normalised but must be in pixels; multiply x by {size_hw[1]} and y "
            f"by {size_hw[0]}"
        )
    raise ValueError(
        f"the box is {x1 - x0:g} x {y1 - y0:g} px on the canvas; a shape shows from {smallest_px:g} x "
        f"{smallest_px:g} px on, so draw it larger"
    )


def _check_order(box_xyxy: BoxXYXY) -> None:
    try:
        x0, y0, x1, y1 = (float(value) for value in box_xyxy)
    except OverflowError as error:
        raise ValueError(
            "a box must hold four finite numbers x0,y0,x1,y1 in pixels, not larger ones"
        ) from error
    if not np.isfinite([x0, y0, x1, y1]).all():
        raise ValueError(f"box {_text(box_xyxy)} must hold four finite numbers x0,y0,x1,y1 in pixels")
    if x1 <= x0 or y1 <= y0:
        raise ValueError(f"box {_text(box_xyxy)} must have x0 < x1 and y0 < y1 (pixels, origin top left)")


def _text(box_xyxy: BoxXYXY) -> str:
    return "(" + ", ".join(f"{v:g}" for v in box_xyxy) + ")"
