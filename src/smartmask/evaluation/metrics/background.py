"""Normalised L2 of the background: how much of what was to stay as it is has changed.

    |(result - original) outside the mask| / |original outside the mask|          over all pixels and channels

Values are the stored ones (sRGB); their scale cancels. The paper does not say how it normalises, so its
figures are a guide only. Pasting the original pixels back makes this nearly 0 by itself: report it with and
without.
"""

import math

import numpy as np
from jaxtyping import Bool, UInt8

from smartmask.scene.masks import check_masks


def background_l2(
    original: UInt8[np.ndarray, "H W 3"], result: UInt8[np.ndarray, "H W 3"], mask: Bool[np.ndarray, "H W"]
) -> float:
    """The normalised L2 distance outside the mask of one picture; 0 if nothing changed there.

    A background that was all black has no length: infinite if any of it changed.

    Raises:
        TypeError: If the mask is not bool.
        ValueError: If the pictures and the mask differ in size, or the mask leaves no background.

    >>> grey = np.full((1, 2, 3), 100, np.uint8)
    >>> background_l2(grey, grey + np.uint8(10), np.array([[False, True]]))
    0.1
    """
    check_masks(mask)
    if original.shape != result.shape or original.shape[:2] != mask.shape:
        raise ValueError(
            f"the original is {original.shape}, the result {result.shape} and the mask {mask.shape}; they "
            "must be of one size"
        )
    if mask.all():
        raise ValueError("the mask covers the whole picture, so there is no background to compare")
    before = original[~mask].astype(np.float64)
    change = float(np.linalg.norm(result[~mask] - before))
    length = float(np.linalg.norm(before))
    if length == 0:
        return 0.0 if change == 0 else math.inf
    return change / length
