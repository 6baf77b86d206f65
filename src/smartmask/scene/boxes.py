"""Boxes: float xyxy in pixels, half-open, origin top left."""

import numpy as np
from jaxtyping import Bool

BoxXYXY = tuple[float, float, float, float]


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


def clip_box(box_xyxy: BoxXYXY, size_hw: tuple[int, int]) -> BoxXYXY:
    """The part of a box that lies on the canvas.

    Raises:
        ValueError: If the box is inverted, has no area, or lies wholly outside the canvas.

    >>> clip_box((-5, 2, 30, 40), (20, 10))
    (0.0, 2.0, 10.0, 20.0)
    """
    x0, y0, x1, y1 = (float(v) for v in box_xyxy)
    height, width = size_hw
    if not np.isfinite([x0, y0, x1, y1]).all():
        raise ValueError(f"box {_text(box_xyxy)} must hold four finite numbers x0,y0,x1,y1 in pixels")
    if x1 <= x0 or y1 <= y0:
        raise ValueError(f"box {_text(box_xyxy)} must have x0 < x1 and y0 < y1 (pixels, origin top left)")
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


def _text(box_xyxy: BoxXYXY) -> str:
    return "(" + ", ".join(f"{v:g}" for v in box_xyxy) + ")"
