"""Whether suggestions are where, and as large as, objects that were really there.

    location recall at k    whether any of the first k suggestions has IoU > 1/2 with any held-out true object
                            of the class; a yes or a no for each request, whose mean is over requests
    scale error             |log2 (s / s')| in octaves, s = sqrt(area in px) of the suggestion and s' that of
                            the true object whose box's centre is nearest: 0 is right, 1 twice or half as long

Fewer suggestions than k are all that there are: no suggestion hits nothing. An empty suggestion hits nothing
and its scale error is NaN, as is that of a request without true objects; NaN is not a number to average, so
whoever averages must say how many were left out. True objects are never empty.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool

from smartmask.scene.boxes import box_of
from smartmask.scene.masks import mask_iou

Mask = Bool[np.ndarray, "H W"]


def location_recall(
    suggestions: Sequence[Mask], truths: Sequence[Mask], counts: Sequence[int], iou: float = 0.5
) -> tuple[bool, ...]:
    """For each k of `counts` whether one of the first k suggestions hits one of the true objects.

    Args:
        suggestions: Masks, best first.
        truths: The held-out true objects of the class that was asked for.
        counts: The k, each at least 1.
        iou: What an overlap must exceed to be a hit.

    Raises:
        ValueError: If there is no true object, one is empty, or a k is below 1.

    >>> left, right = np.array([[1, 1, 0, 0]], bool), np.array([[0, 0, 1, 1]], bool)
    >>> location_recall([left, right], [right], counts=(1, 2))
    (False, True)
    """
    if not truths or not all(truth.any() for truth in truths):
        raise ValueError("recall is of true objects: give at least one, none of them empty")
    if any(count < 1 for count in counts):
        raise ValueError(f"recall is of the first 1 or more suggestions, not of the first {min(counts)}")
    tried = suggestions[: max(counts, default=0)]
    hits = [any(mask_iou(mask, truth) > iou for truth in truths) for mask in tried]
    return tuple(any(hits[:count]) for count in counts)


def scale_error(mask: Mask, truths: Sequence[Mask]) -> float:
    """How many octaves a mask is longer or shorter than the nearest true object of its class.

    Args:
        mask: The suggestion.
        truths: The held-out true objects of the class; of two equally near the first counts.

    Returns:
        0 or more; NaN if the mask is empty or there is no true object.

    Raises:
        ValueError: If a true object is empty.

    >>> one, four = np.zeros((4, 4), bool), np.zeros((4, 4), bool)
    >>> one[0, 0] = four[:2, :2] = True
    >>> scale_error(four, [one])
    1.0
    """
    if not mask.any() or not truths:
        return float("nan")
    x, y = _centre(mask)
    nearest = min(truths, key=lambda truth: np.hypot(_centre(truth)[0] - x, _centre(truth)[1] - y))
    return float(abs(np.log2(np.count_nonzero(mask) / np.count_nonzero(nearest))) / 2)


def _centre(mask: Mask) -> tuple[float, float]:
    x0, y0, x1, y1 = box_of(mask)
    return (x0 + x1) / 2, (y0 + y1) / 2
