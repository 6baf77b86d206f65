"""Which remembered shapes to show, and in which order.

Every shape is compared, by the IoU of small pictures stretched to the box, with what is likely to be there:

    votes      samples that the denoiser drew for this hint, this layout and these words
    likeness   the label's other shapes, those of a like aspect weighing most: what the label looks like

and the order follows greedily: next comes the shape that adds most to the mean, over votes, of the best IoU
with a chosen one (Nemhauser, Wolsey and Fisher 1978). IoU alone prefers plain shapes, the more so the less
is known, and ends in blobs. So a shape that is plainer than most of the label's shapes are pays for it, in
units of IoU for each e-fold of perimeter^2 / area, and none of the first four is of the same object as
another.
"""

from dataclasses import dataclass, fields

import numpy as np
from jaxtyping import Bool, Float, Float32, Int

from smartmask.model.shape_sketch import complexity, pairwise_iou

NEAR = 120
"""Shapes of the label, nearest in aspect, that are compared, each mirrored too where it may be."""
ASPECT_SPREAD = 0.25
"""Deviation, in ln(width / height), of the weight of a label's other shapes."""
OWN_SHARE = 0.65
PLAIN_PRICE = 0.12
"""Later choices cost less, as their gains shrink."""
TELLING = 0.65
"""Share of the label's shapes that are plainer than the one from which on nothing is paid: many renders see
their object at a slant, as a lump."""
DISTINCT_GROUPS = 4
"""So many choices are of different objects, if there are as many."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Shapes to choose from, as they would be drawn.

    Attributes:
        numbers: The place of each in the memory.
        is_mirrored: Whether it is drawn mirrored.
        sketches: Small fields, stretched to the frame.
        log_aspects: ln(width / height).
        groups: A number for the object that each shows.
        handicaps: What each costs beforehand, in IoU: its words fit less well, or its style is a drawing's.
    """

    numbers: Int[np.ndarray, " n"]
    is_mirrored: Bool[np.ndarray, " n"]
    sketches: Float32[np.ndarray, "n S S"]
    log_aspects: Float32[np.ndarray, " n"]
    groups: Int[np.ndarray, " n"]
    handicaps: Float32[np.ndarray, " n"]

    def __len__(self) -> int:
        return len(self.numbers)

    def taken(self, rows: Int[np.ndarray, " m"]) -> "Candidates":
        """Some of them, in the order given."""
        return Candidates(*(getattr(self, field.name)[rows] for field in fields(self)))


def choose(
    candidates: Candidates,
    votes: Bool[np.ndarray, "v S S"],
    log_aspect: float,
    count: int,
    rng: np.random.Generator,
    *,
    own_share: float = OWN_SHARE,
    plain_price: float = PLAIN_PRICE,
    noise: float = 0.0,
) -> Int[np.ndarray, " c"]:
    """The first `count` candidates to show, fewer if there are not so many.

    Args:
        candidates: Shapes to choose from.
        votes: Samples of what is likely, in the candidates' frame; none are needed.
        log_aspect: ln(width / height) of what is to be filled.
        count: How many.
        rng: Decides between shapes that are nearly as good as each other.
        own_share: Weight of the label's own shapes beside the votes, where there are any.
        plain_price: IoU that an e-fold of missing complexity costs the first choice.
        noise: Deviation of that decision, in IoU.
    """
    if not len(candidates):
        return np.zeros(0, np.int64)
    inside = (candidates.sketches > 0).reshape(len(candidates), -1)
    weights = np.exp(-0.5 * ((candidates.log_aspects - log_aspect) / ASPECT_SPREAD) ** 2) + 1e-3
    weights /= weights.sum()
    overlaps = pairwise_iou(inside, inside)
    if len(votes):
        voted = pairwise_iou(inside, votes.reshape(len(votes), -1))
        overlaps = np.concatenate([voted, overlaps], 1)
        shares = np.full(len(votes), (1 - own_share) / len(votes))
        weights = np.concatenate([shares, own_share * weights])
    plain = complexity(candidates.sketches, candidates.log_aspects)
    missing = np.maximum(0, np.quantile(plain, TELLING) - plain)
    prices = plain_price * missing + candidates.handicaps + noise * rng.standard_normal(len(candidates))
    return _greedy(overlaps, weights, prices, candidates.groups, count)


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
        if len(chosen) < DISTINCT_GROUPS and (is_left & is_fresh).any():
            values[~is_fresh] = -np.inf
        winner = int(values.argmax())
        chosen.append(winner)
        is_left[winner] = False
        is_fresh &= groups != groups[winner]
        best = np.maximum(best, overlaps[winner])
    return np.array(chosen, np.int64)
