"""The depth order of a layout's visible regions: pairwise votes, then a total order that agrees with them.

The signs of `depth_evidence.py` add up to the log-odds that the first of two regions is in front,

    log p / (1 - p) = sum over signs of weight * value,

fitted as a logistic regression without intercept to made scenes whose order is known
(`smartmask evaluate depth-order`). So a vote's confidence is a probability, on such scenes a cautious one.

From votes to an order: the strongest first, each vote stands unless those that stand already say the
opposite (Tideman, Independence of Clones as a Criterion for Voting Rules, 1987: ranked pairs). So of each
circle the weakest vote falls. What no vote decides follows the rule of `resolve_panoptic`: surroundings by
their middle's height, in front of them things by their lower edge; with a map of nearness, by that.

Where masks overlap, the layout itself says who is in front. That stays: ordering a layout never changes what
is seen at any pixel.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, Int16

from smartmask.scene.layout import Layout
from smartmask.scene.linear_extension import linear_extension
from smartmask.segmentation.depth_evidence import KINDS, read_evidence
from smartmask.segmentation.panoptic import nearness_key
from smartmask.segmentation.surroundings import THING_LEVEL, level_of

WEIGHTS = {
    "junction": 4.3,
    "across": 4.9,
    "down": 1.3,
    # The fit says 5.7, but made scenes know no person behind a hill.
    "words": 3.0,
    "lower edge": 6.1,
    "size": 0.1,
    # Fitted together with nearness the others are three quarters of this, and it 4.7.
    "nearness": 6.0,
}
"""Log-odds for one unit of each sign."""


class InFront(NamedTuple):
    """That one layer is in front of another, and how sure that is: 0.5 is a guess, 1 a fact."""

    front: int
    behind: int
    confidence: float


def front_of(layout: Layout, nearness: Float32[np.ndarray, "H W"] | None = None) -> list[InFront]:
    """Who is in front of whom, for all layers that touch or overlap.

    Args:
        layout: The layers; where masks overlap, their order there is a fact.
        nearness: How near each pixel is, larger = nearer, in any unit (`protocols.DepthEstimator`).

    Returns:
        Facts first, then the surest. Pairs about which nothing speaks are left out.

    Raises:
        ValueError: If the map is of another size or holds numbers that are not finite.
    """
    _check(nearness, layout.size_hw)
    return _votes(layout, layout.visible_index(), nearness)


def order_by_depth(layout: Layout, nearness: Float32[np.ndarray, "H W"] | None = None) -> Layout:
    """The layout with its layers in the order of depth that their visible regions tell.

    Args:
        layout: The layers in any order.
        nearness: How near each pixel is, larger = nearer, in any unit (`protocols.DepthEstimator`).

    Returns:
        The same layers, rearmost first, and the same seen at every pixel. Ordering it again changes nothing.

    Raises:
        ValueError: If the map is of another size or holds numbers that are not finite.
    """
    _check(nearness, layout.size_hw)
    index = layout.visible_index()
    free = _resting_order(layout, index, nearness)
    rank = {number: position for position, number in enumerate(free)}
    pairs = [
        (rank[front], rank[behind])
        for front, behind, _ in _standing(_votes(layout, index, nearness), len(layout))
    ]
    order = linear_extension(len(layout), pairs)
    return Layout(layout.size_hw, tuple(layout.layers[free[position]] for position in order))


def _votes(
    layout: Layout, index: Int16[np.ndarray, "H W"], nearness: Float32[np.ndarray, "H W"] | None
) -> list[InFront]:
    facts = [
        InFront(int(front), behind, 1.0)
        for behind, layer in enumerate(layout.layers)
        for front in np.flatnonzero(np.bincount(index[layer.mask], minlength=len(layout)))
        if front != behind
    ]
    known = {frozenset(fact[:2]) for fact in facts}
    evidence = read_evidence(index, layout.labels, nearness)
    log_odds = (evidence.values * [WEIGHTS[kind] for kind in KINDS]).sum(axis=1)
    guesses = []
    for (first, second), value in zip(evidence.pairs.tolist(), log_odds.tolist(), strict=True):
        if value and frozenset((first, second)) not in known:
            front, behind = (first, second) if value > 0 else (second, first)
            guesses.append(InFront(front, behind, float(1 / (1 + np.exp(-abs(value))))))
    return facts + sorted(guesses, key=lambda vote: -vote.confidence)


def _standing(votes: Iterable[InFront], count: int) -> list[InFront]:
    """The votes that no stronger ones contradict; of equal ones, those that agree with the present order."""
    standing = []
    hides = np.eye(count, dtype=bool)  # [front, behind], through others too
    for vote in sorted(votes, key=lambda vote: (-vote.confidence, vote.front < vote.behind)):
        if not hides[vote.behind, vote.front]:
            hides[hides[:, vote.front]] |= hides[vote.behind]
            standing.append(vote)
    return standing


def _resting_order(
    layout: Layout, index: Int16[np.ndarray, "H W"], nearness: Float32[np.ndarray, "H W"] | None
) -> list[int]:
    """The order of layers about which nothing is known but what they are and where."""

    def key(number: int) -> tuple[bool, float, int]:
        layer = layout.layers[number]
        is_thing = level_of(layer.label) == THING_LEVEL
        seen = index == number
        region = seen if seen.any() else layer.mask
        if not region.any():
            return is_thing, 0.0, 0
        if nearness is not None:
            return is_thing, float(np.median(nearness[region])), 0
        return nearness_key(region, is_thing)

    return sorted(range(len(layout)), key=key)


def _check(nearness: Float32[np.ndarray, "H W"] | None, size_hw: tuple[int, int]) -> None:
    if nearness is None:
        return
    if nearness.shape != tuple(size_hw):
        raise ValueError(
            f"the map of nearness is {nearness.shape} (H, W) but the layout is {tuple(size_hw)}; "
            "give that of the layout's own photo"
        )
    if not np.isfinite(nearness).all():
        raise ValueError("the map of nearness holds numbers that are not finite; clip it before")
