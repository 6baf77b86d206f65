"""Boundary F-score of a mask (Perazzi et al. 2016, section 4.1, with a disc as the tolerance)."""

import cv2
import numpy as np
from jaxtyping import Bool

from smartmask.scene.masks import check_masks


def boundary_f_score(
    predicted: Bool[np.ndarray, "H W"], true: Bool[np.ndarray, "H W"], tolerance_px: float
) -> float:
    """Harmonic mean of boundary precision and recall.

    A boundary pixel is a mask pixel with a 4-neighbour outside the mask. It is matched if a boundary pixel of
    the other mask lies within the tolerance. Two empty masks score 1, an empty against a non-empty one 0.

    Raises:
        TypeError: If the masks are not bool.
    """
    check_masks(predicted, true)
    first, second = _boundary(predicted), _boundary(true)
    if not first.any() or not second.any():
        return float(not first.any() and not second.any())
    precision = float((_distance_to(second)[first] <= tolerance_px).mean())
    recall = float((_distance_to(first)[second] <= tolerance_px).mean())
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _boundary(mask: Bool[np.ndarray, "H W"]) -> Bool[np.ndarray, "H W"]:
    padded = np.pad(mask, 1)
    within = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    return mask & ~within


def _distance_to(pixels: Bool[np.ndarray, "H W"]) -> np.ndarray:
    return cv2.distanceTransform((~pixels).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
