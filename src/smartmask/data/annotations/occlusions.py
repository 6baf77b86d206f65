"""Which objects of a scene hide which: from a given order of those that overlap, or from what is hidden.

All pairs are (front, behind), numbers of the scene's objects.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from jaxtyping import Bool, Int16

from smartmask.data.annotations.base import Problems
from smartmask.data.annotations.damage import SAME_ORDER
from smartmask.data.layered_scene import SceneLayer

Pairs = tuple[tuple[int, int], ...]
Masks = Sequence[Bool[np.ndarray, "H W"]]


def overlapping(objects: Sequence[SceneLayer], masks: Masks) -> Iterator[tuple[int, int]]:
    """The pairs of objects whose masks share a pixel, the lower number first."""
    boxes = np.array([layer.box_xyxy for layer in objects]).reshape(-1, 4)
    for second, after in enumerate(objects):
        lows = np.maximum(boxes[:second, :2], boxes[second, :2])
        highs = np.minimum(boxes[:second, 2:], boxes[second, 2:])
        for first in np.flatnonzero((lows < highs).all(1)).tolist():
            (a0, b0, a1, b1), (c0, d0, c1, d1) = objects[first].box_xyxy, after.box_xyxy
            window = np.s_[max(b0, d0) : min(b1, d1), max(a0, c0) : min(a1, c1)]
            if (masks[first][window] & masks[second][window]).any():
                yield first, second


def occlusions_by_rank(objects: Sequence[SceneLayer], masks: Masks, ranks: Sequence[float]) -> Pairs:
    """Of each two objects that overlap, the one of higher rank hides the other; ranks differ."""
    return tuple(
        (first, second) if ranks[first] > ranks[second] else (second, first)
        for first, second in overlapping(objects, masks)
    )


def smaller_in_front(objects: Sequence[SceneLayer], masks: Masks) -> Pairs:
    """Of each two objects that overlap, the smaller one hides the other; of equal ones, the later.

    Modal masks overlap by mistake or where one thing is annotated on another (a plate on a table), and then
    the larger one has no hole for the smaller.
    """
    largest_first = sorted(range(len(objects)), key=lambda number: -objects[number].area_px)
    ranks = {number: rank for rank, number in enumerate(largest_first)}
    return occlusions_by_rank(objects, masks, [ranks[number] for number in range(len(objects))])


def nearer_in_front(
    objects: Sequence[SceneLayer], masks: Masks, orders: Sequence[float], problems: Problems, where: str
) -> Pairs:
    """Of each two objects that overlap, the one of lower order hides the other.

    Two that overlap and have one order stay without a pair, which is counted as a problem.
    """
    pairs = []
    for first, second in overlapping(objects, masks):
        if orders[first] == orders[second]:
            labels = f"{objects[first].label} {first} and {objects[second].label} {second}"
            problems.add(SAME_ORDER, f"{where}: {labels}")
        else:
            pairs.append((first, second) if orders[first] < orders[second] else (second, first))
    return tuple(pairs)


def occlusions_of_hidden(
    seen: Int16[np.ndarray, "H W"], hidden: Iterable[Bool[np.ndarray, "H W"]], count: int
) -> Pairs:
    """Who hides whom: B hides A where a hidden pixel of A is a visible one of B.

    Where two hide each other, as ragged outlines do, only the one that hides more of the other is in front;
    at a draw both pairs stay, a cycle that the ordering names.

    Args:
        seen: Number of the object seen at each pixel, -1 where there is none.
        hidden: For each object, its hidden pixels.
        count: Of objects.
    """
    hides = np.zeros((count, count), np.int64)  # [front, behind] in pixels
    for behind, pixels in enumerate(hidden):
        fronts = seen[pixels]
        hides[:, behind] = np.bincount(fronts[fronts >= 0], minlength=count)
    np.fill_diagonal(hides, 0)
    return tuple((int(a), int(b)) for a, b in np.argwhere((hides > 0) & (hides >= hides.T)))
