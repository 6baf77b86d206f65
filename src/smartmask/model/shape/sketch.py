"""What small pictures of shapes tell: how much two overlap, and how detailed an outline is.

A sketch is a shape's field (`frame.py`) on few pixels, so the shape fills it whatever its aspect.
"""

import numpy as np
from jaxtyping import Bool, Float32

_STEEPNESS = 2.5
"""Of the ramp across a sketch's outline, of which its length is measured: it is half a pixel wide."""


def pairwise_iou(
    masks: Bool[np.ndarray, "n p"], others: Bool[np.ndarray, "v p"]
) -> Float32[np.ndarray, "n v"]:
    """IoU of each of some masks with each of others; of two empty ones 0."""
    a, b = masks.astype(np.float32), others.astype(np.float32)
    both = a @ b.T
    either = a.sum(1)[:, None] + b.sum(1)[None] - both
    return np.asarray(both / np.maximum(either, 1), np.float32)


def complexity(
    sketches: Float32[np.ndarray, "n S S"], log_aspects: Float32[np.ndarray, " n"]
) -> Float32[np.ndarray, " n"]:
    """ln(perimeter^2 / (4 pi area)) of shapes, told from their sketches.

    The length of an outline is the integral of the gradient's size over a ramp across it (the coarea
    formula), here of a shape whose aspect is brought back.
    """
    ramp = np.clip(sketches * _STEEPNESS + 0.5, 0, 1)
    down, across = np.diff(ramp, axis=1)[:, :, :-1], np.diff(ramp, axis=2)[:, :-1]
    stretch = np.exp(log_aspects / 2)[:, None, None]
    length = np.hypot(across / stretch, down * stretch).sum((1, 2))
    return np.log(np.maximum(length, 1) ** 2 / (4 * np.pi * np.maximum(ramp.sum((1, 2)), 1))).astype(
        np.float32
    )
