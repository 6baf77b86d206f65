"""Choosers for all tests that need one: of few random weights, of proportions alone, and of given odds."""

from collections.abc import Callable

import numpy as np

from smartmask.model.mask.chooser import (
    ChoiceContext,
    ChooserCard,
    ChooserConfig,
    ShapeChooser,
    weight_shapes,
)
from smartmask.model.ranker.outlines import OutlineCard, OutlineConfig, OutlineJudge
from smartmask.model.ranker.outlines import weight_shapes as judge_shapes

SIZES = ChooserConfig(label_channels=3, picture=6, hidden=8, key=4)
"""For the shipped encoder's 256 numbers."""
Odds = Callable[[ChoiceContext, np.ndarray, np.ndarray], np.ndarray]


def tiny_weights(sizes: ChooserConfig = SIZES, seed: int = 0) -> dict[str, np.ndarray]:
    """Random weights, so large that all inputs matter."""
    rng = np.random.default_rng(seed)
    weights = {}
    for name, shape in weight_shapes(sizes).items():
        # Embeddings are of length 1: each of their numbers is as small as they are many.
        is_of_words = name in ("words", "cell")
        scale = 0.3 if len(shape) == 1 else 2.0 if is_of_words else 1.5 * shape[0] ** -0.5
        weights[name] = (scale * rng.standard_normal(shape)).astype(np.float32)
    return weights


def card_of(sizes: ChooserConfig = SIZES) -> ChooserCard:
    return ChooserCard(network=sizes, views=1, licence="none")


def tiny_chooser(seed: int = 0, sizes: ChooserConfig = SIZES) -> ShapeChooser:
    return ShapeChooser(card_of(sizes), tiny_weights(sizes, seed))


def tiny_judge(seed: int = 0) -> OutlineJudge:
    """Of random weights, for the shipped encoder's 256 numbers."""
    sizes = OutlineConfig(hidden=6, mixed=5)
    rng = np.random.default_rng(seed)
    weights = {
        name: rng.standard_normal(shape).astype(np.float32) * shape[0] ** -0.5
        for name, shape in judge_shapes(sizes).items()
    }
    card = OutlineCard(network=sizes, codec="", views=1, slopes=[1.0, 1.0], licence="none")
    return OutlineJudge(card, weights)


def by_proportions(width: float = 4.0, sizes: ChooserConfig = SIZES) -> ShapeChooser:
    """Looks at nothing but proportions: the likelihood falls as a bell of deviation 1 / width."""
    weights = tiny_weights(sizes)
    weights["key"] = np.zeros_like(weights["key"])
    weights["width"] = np.full(1, width, np.float32)
    return ShapeChooser(card_of(sizes), weights)


class GivenOdds(ShapeChooser):
    """Says what a function says, and keeps what it was told."""

    def __init__(self, odds: Odds) -> None:
        super().__init__(card_of(), tiny_weights())
        self.odds = odds
        self.contexts: list[ChoiceContext] = []

    def probabilities(
        self, context: ChoiceContext, sketches: np.ndarray, log_aspects: np.ndarray
    ) -> np.ndarray:
        self.contexts.append(context)
        odds = np.asarray(self.odds(context, sketches, log_aspects), np.float64)
        return (odds / max(odds.sum(), 1e-9)).astype(np.float32)
