"""Pure geometry of bool masks."""

import numpy as np
from jaxtyping import Bool

from smartmask.errors import kind_of


def check_masks(*masks: Bool[np.ndarray, "H W"]) -> None:
    """Make sure that masks are bool: of other numbers `~` and `&` make something else.

    Raises:
        TypeError: If one is not.
    """
    for mask in masks:
        if not isinstance(mask, np.ndarray) or mask.dtype != bool:
            raise TypeError(f"a mask must be bool (H, W), not {kind_of(mask)}; compare it, as in mask > 127")


def mask_iou(first: Bool[np.ndarray, "H W"], second: Bool[np.ndarray, "H W"]) -> float:
    """Intersection over union; 1.0 when both masks are empty.

    Raises:
        TypeError: If they are not bool.

    >>> mask_iou(np.array([[1, 1, 0]], bool), np.array([[0, 1, 1]], bool))
    0.3333333333333333
    """
    check_masks(first, second)
    union = int(np.count_nonzero(first | second))
    return int(np.count_nonzero(first & second)) / union if union else 1.0


def visible_masks(amodal: Bool[np.ndarray, "N H W"]) -> Bool[np.ndarray, "N H W"]:
    """Remove from each amodal mask everything hidden by the layers in front of it.

    Args:
        amodal: Amodal masks, rearmost first.

    Returns:
        Visible masks, same order. Disjoint, and their union equals the union of `amodal`.

    Raises:
        ValueError: If `amodal` is not a bool array with three axes.

    >>> back, front = np.array([[1, 1, 0]], bool), np.array([[0, 1, 1]], bool)
    >>> visible_masks(np.stack([back, front])).astype(int).tolist()
    [[[1, 0, 0]], [[0, 1, 1]]]
    """
    if amodal.ndim != 3 or amodal.dtype != bool:
        raise ValueError(f"amodal masks must be bool (N, H, W), not {amodal.dtype} {amodal.shape}")
    nearer = np.logical_or.accumulate(amodal[::-1], axis=0)[::-1]
    visible = amodal.copy()
    visible[:-1] &= ~nearer[1:]
    return visible
