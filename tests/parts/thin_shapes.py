"""Shapes with thin parts, where codecs and fits go wrong first."""

import numpy as np
from shapes import disc, rectangle


def four_legged_table() -> np.ndarray:
    """A board on two long legs in front and two shorter ones behind."""
    size_hw = (160, 240)
    mask = rectangle(size_hw, (0, 0, 240, 24))
    for left, foot in ((6, 160), (60, 130), (166, 130), (218, 160)):
        mask |= rectangle(size_hw, (left, 0, left + 16, foot))
    return mask


def two_wheels() -> np.ndarray:
    """Two rings, a bar between their hubs, a post and what is held on to."""
    size_hw = (118, 216)
    mask = rectangle(size_hw, (53, 59, 163, 71)) | rectangle(size_hw, (98, 8, 112, 65))
    mask |= rectangle(size_hw, (88, 0, 122, 10))
    for middle in (53, 163):
        mask |= disc(size_hw, (middle, 65), 53) & ~disc(size_hw, (middle, 65), 40)
    return mask


def ellipse(width: int, height: int) -> np.ndarray:
    """An ellipse that fills its crop."""
    rows, columns = np.mgrid[:height, :width]
    mask: np.ndarray = ((columns + 0.5) / width * 2 - 1) ** 2 + ((rows + 0.5) / height * 2 - 1) ** 2 < 1
    return mask


def small_field(field: np.ndarray, side: int = 32) -> np.ndarray:
    """Means over blocks of a frame's field."""
    step = len(field) // side
    return np.asarray(field.reshape(side, step, side, step).mean((1, 3)), np.float32)
