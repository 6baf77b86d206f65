"""Which remembered shapes to show, and in which order.

Every shape is compared, by the IoU of small pictures stretched to the box, with all shapes of the label, each
weighing as much as it is likely to be the one that belongs here (`model/mask/chooser.py`), and the order
follows greedily: next comes the shape that adds most to the expected best IoU of those chosen (Nemhauser,
Wolsey and Fisher 1978). IoU alone prefers plain shapes, the more so the less is known, and ends in blobs. So
a shape that is plainer than most of the label's shapes are pays for it, in units of IoU for each e-fold of
perimeter^2 / area, and a further view of an object comes among the first four only where the label has no
other object.
"""

import numpy as np
from jaxtyping import Float, Float32, Int

from smartmask.memory.candidates import Candidates
from smartmask.model.shape.sketch import complexity, pairwise_iou

NEAR = 120
"""Shapes of the label, nearest in aspect, that are compared, each mirrored too where it may be."""
PLAIN_PRICE = 0.12
"""IoU that an e-fold of missing complexity costs the first choice; later ones less, as their gains shrink."""
TELLING = 0.65
"""Share of the label's shapes that are plainer than the one from which on nothing is paid: many renders see
their object at a slant, as a lump."""
DISTINCT_GROUPS = 4
"""So many choices are of different objects, if there are as many of the label."""
SAME_PRICE = 0.5
"""What a further view of an object costs among these; less than a shape of another label does."""


def choose(
    candidates: Candidates,
    likely: Float32[np.ndarray, " n"],
    count: int,
    rng: np.random.Generator,
    noise: float = 0.0,
) -> Int[np.ndarray, " c"]:
    """The first `count` candidates to show, fewer if there are not so many.

    Args:
        candidates: Shapes to choose from.
        likely: How likely each is to be most like what belongs here; they sum to 1.
        count: How many.
        rng: Decides between shapes that are nearly as good as each other.
        noise: Deviation of that decision, in IoU.
    """
    if not len(candidates):
        return np.zeros(0, np.int64)
    inside = (candidates.sketches > 0).reshape(len(candidates), -1)
    plain = complexity(candidates.sketches, candidates.log_aspects)
    missing = np.maximum(0, np.quantile(plain, TELLING) - plain)
    prices = PLAIN_PRICE * missing + candidates.handicaps + noise * rng.standard_normal(len(candidates))
    return _greedy(pairwise_iou(inside, inside), likely, prices, candidates.groups, count)


def _greedy(
    overlaps: Float[np.ndarray, "n v"],
    weights: Float[np.ndarray, " v"],
    prices: Float[np.ndarray, " n"],
    groups: Int[np.ndarray, " n"],
    count: int,
) -> Int[np.ndarray, " c"]:
    best = np.zeros(overlaps.shape[1])
    is_left = np.ones(len(overlaps), bool)
    is_fresh = np.ones(len(overlaps), bool)
    chosen: list[int] = []
    first_gain = 1.0
    while len(chosen) < min(count, len(overlaps)):
        gains = np.maximum(overlaps, best) @ weights - best @ weights
        first_gain = first_gain if chosen else float(gains.max())
        scale = max(float(gains[is_left].max()) / max(first_gain, 1e-9), 0.05)
        values = np.where(is_left, gains - prices * scale, -np.inf)
        if len(chosen) < DISTINCT_GROUPS:
            values[~is_fresh] -= SAME_PRICE * scale
        winner = int(values.argmax())
        chosen.append(winner)
        is_left[winner] = False
        is_fresh &= groups != groups[winner]
        best = np.maximum(best, overlaps[winner])
    return np.array(chosen, np.int64)
