"""How different several suggestions for one request are.

Diversity is the mean over all pairs of 1 - IoU: 0 if all masks are the same, 1 if no two of them overlap. Two
empty masks are the same. Place, size and shape all count, so masks in one given box come out lower than masks
without a hint; compare figures of one kind of hint only. It says nothing about quality: random boxes are
diverse.
"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from jaxtyping import Bool

from smartmask.scene.masks import mask_iou


def diversity(masks: Sequence[Bool[np.ndarray, "H W"]]) -> float:
    """Mean pairwise 1 - IoU, from 0 to 1; NaN for fewer than two masks, which have no pair.

    >>> left, right = np.array([[1, 1, 0, 0]], bool), np.array([[0, 0, 1, 1]], bool)
    >>> diversity([left, left]), diversity([left, right]), diversity([left])
    (0.0, 1.0, nan)
    """
    apart = [1 - mask_iou(first, second) for first, second in combinations(masks, 2)]
    return float(np.mean(apart)) if apart else float("nan")
