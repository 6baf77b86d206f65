"""The frame in which a whole shape is drawn, whatever its place, size and aspect.

A frame is a square of `FRAME_PX` pixels; the shape's tight box is stretched over all of it but `MARGIN_PX` at
each side. A tall thing thus has as much detail across as along; its aspect is kept beside it. What is held is
the signed distance to the outline in frame pixels, positive inside, divided by `REACH_PX` and clipped to
[-1, 1].
"""

import numpy as np
from jaxtyping import Bool, Float32, UInt8
from PIL import Image

from smartmask.scene.boxes import box_of
from smartmask.scene.distance import signed_field

FRAME_PX = 128
CELLS, CHANNELS, LEVELS = 8, 8, 16
"""A code has so many cells along each side, so many numbers in each, of so many levels."""
CODE_BYTES = CELLS * CELLS * CHANNELS // 2
MARGIN_PX = 6
REACH_PX = 5.0
_FINER = 2
"""Pixels of the map in which distances are measured, along a side of a frame pixel."""


def frame_field(mask: Bool[np.ndarray, "H W"]) -> Float32[np.ndarray, "F F"]:
    """The field of a mask's shape.

    Raises:
        ValueError: If the mask is empty.
    """
    inside = np.zeros((_FINER * FRAME_PX,) * 2, bool)
    edge = _FINER * MARGIN_PX
    inside[edge:-edge, edge:-edge] = stretched_box(mask, _FINER * (FRAME_PX - 2 * MARGIN_PX))
    return signed_field(inside, _FINER, REACH_PX)


def stretched_box(mask: Bool[np.ndarray, "H W"], side: int) -> Bool[np.ndarray, "side side"]:
    """A mask's tight box stretched over a square of `side` pixels.

    Raises:
        ValueError: If the mask is empty.
    """
    x0, y0, x1, y1 = (int(v) for v in box_of(mask))
    crop = Image.fromarray(np.ascontiguousarray(mask[y0:y1, x0:x1]).astype(np.uint8) * 255)
    soft = np.asarray(crop.resize((side, side), Image.Resampling.BICUBIC))
    # What is thin all over is cut at half its largest value.
    return np.asarray(soft >= min(128, int(soft.max()) // 2 + 1))


def numbers(codes: UInt8[np.ndarray, "n bytes"]) -> Float32[np.ndarray, "n C 8 8"]:
    """Codes as the numbers in [-1, 1] that the decoder reads."""
    levels = np.stack([codes >> 4, codes & 15], 2).reshape(-1, CHANNELS, CELLS, CELLS)
    return (levels / np.float32((LEVELS - 1) / 2) - 1).astype(np.float32)
