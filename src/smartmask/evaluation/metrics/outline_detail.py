"""How much there is to an outline: what a smooth blob lacks.

complexity    ln (perimeter^2 / (4 pi area)), as `shape_features.py` measures it: 0 for a disc. Of a set of
              answers the *complexity ratio* is exp of the mean of (answer's - truth's): 1 = as detailed as
              the truth, below it smoother
one piece     whether the largest 8-connected part has `WHOLE_SHARE` of the pixels: no crumbs
"""

import cv2
import numpy as np
from jaxtyping import Bool

from smartmask.evaluation.metrics.shape_features import NAMES, shape_features

WHOLE_SHARE = 0.99
COMPLEXITY = NAMES.index("complexity")


def complexity(mask: Bool[np.ndarray, "H W"]) -> float:
    """The complexity of a mask's outline.

    Raises:
        ValueError: If the mask is empty.
    """
    return float(shape_features(mask)[COMPLEXITY])


def largest_share(mask: Bool[np.ndarray, "H W"]) -> float:
    """The share of the pixels that are in the largest part; NaN of an empty mask.

    >>> largest_share(np.array([[1, 1, 0, 1]], bool)).__round__(3)
    0.667
    """
    if not mask.any():
        return float("nan")
    _, _, parts, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    return float(parts[1:, cv2.CC_STAT_AREA].max() / np.count_nonzero(mask))


def is_one_piece(mask: Bool[np.ndarray, "H W"]) -> bool:
    """Whether all but crumbs hang together; an empty mask does not."""
    return bool(mask.any()) and largest_share(mask) >= WHOLE_SHARE
