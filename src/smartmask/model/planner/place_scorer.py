"""Tells which of many boxes a thing is likely to be in, as in photos and made scenes. NumPy alone.

Each box is seen by itself and beside each layer (`candidates.py`); words say which of that matters:

    y = silu(A a + W w + (A' a) * g(w) + sum over layers j of silu(P p_j + L l_j + M w + N (l_j * w)
                                                                   + (P' p_j) * h(l_j * w + l_j)) B / 3)
    score = s . (y + silu(C y))

with a the box's own numbers, p_j those beside layer j, w and l_j embeddings of the thing's word and the
layer's, projected; * is by element. A softmax over all boxes says how likely each is, so the scorer corrects
what the boxes were drawn from (sampling importance resampling: Rubin 1988). Its twin is in `training`.
"""

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float

from smartmask.errors import CheckpointError
from smartmask.model.npz_weights import Weights, fitting_weights, read_npz_weights, silu
from smartmask.model.planner.candidates import OWN_WIDTH, PAIR_WIDTH, Candidates, own_features

FORMAT = "smartmask-place-scorer"
FORMAT_VERSION = 1
POOLED = 3.0
"""What sums over layers are divided by: about how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorerConfig:
    """Sizes of the network.

    Attributes:
        text_width: E of the text encoder.
        word_width: D that words are projected to.
        width: H of the hidden layers.
    """

    text_width: int = 256
    word_width: int = 32
    width: int = 64

    def __post_init__(self) -> None:
        if min(asdict(self).values()) < 1:
            raise ValueError(f"sizes must be positive, not {self}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorerCard:
    """What a weights file says of itself.

    Attributes:
        network: Its sizes.
        samples: Things it was trained on, counted each time.
        data: The kinds of layouts and how many things of each.
        licence: Of the weights.
    """

    network: ScorerConfig
    samples: int
    data: dict[str, int]
    licence: str


def weight_shapes(config: ScorerConfig) -> dict[str, tuple[int, ...]]:
    """The name and shape of every parameter; a linear map is (in, out)."""
    d, h = config.word_width, config.width
    return {
        "words": (config.text_width, d),
        "pair": (PAIR_WIDTH, h),
        "pair_bias": (h,),
        "pair_layer": (d, h),
        "pair_word": (d, h),
        "pair_both": (d, h),
        "pair_gated": (PAIR_WIDTH, h),
        "pair_gate": (d, h),
        "pair_gate_bias": (h,),
        "pair_out": (h, h),
        "own": (OWN_WIDTH, h),
        "own_bias": (h,),
        "own_word": (d, h),
        "own_gated": (OWN_WIDTH, h),
        "own_gate": (d, h),
        "own_gate_bias": (h,),
        "hidden": (h, h),
        "hidden_bias": (h,),
        "score": (h, 1),
    }


class PlaceScorer:
    """The network with its weights."""

    def __init__(self, card: ScorerCard, weights: Weights) -> None:
        """Take weights that fit the card.

        Raises:
            ValueError: If one is missing, unknown, of another shape, or not finite.
        """
        self.card = card
        self.weights = fitting_weights(weights, weight_shapes(card.network))

    def scores(self, found: Candidates) -> Float[np.ndarray, " K"]:
        """Logarithm of how likely the thing is in each box rather than in the others, up to a constant."""
        w = self.weights
        word, layers = found.word @ w["words"], found.words @ w["words"]
        both = layers * word
        told = layers @ w["pair_layer"] + word @ w["pair_word"] + both @ w["pair_both"] + w["pair_bias"]
        gate = (both + layers) @ w["pair_gate"] + w["pair_gate_bias"]
        beside = silu(found.pairs @ w["pair"] + told + (found.pairs @ w["pair_gated"]) * gate)
        own = own_features(found.own, found.boxes, found.aspect)
        y = own @ w["own"] + w["own_bias"] + word @ w["own_word"]
        y = y + (own @ w["own_gated"]) * (word @ w["own_gate"] + w["own_gate_bias"])
        y = silu(y + (beside.sum(1) / POOLED) @ w["pair_out"])
        y = y + silu(y @ w["hidden"] + w["hidden_bias"])
        return np.asarray((y @ w["score"])[:, 0], float)


def load_place_scorer(path: Path) -> PlaceScorer:
    """The network in a weights file.

    Raises:
        CheckpointError: If the file is missing, damaged, of another version, or holds unknown settings.
    """
    found, arrays = read_npz_weights(path, FORMAT, FORMAT_VERSION, ScorerCard, "place-scorer")
    try:
        card = ScorerCard(
            network=ScorerConfig(**found["network"]),
            samples=int(found["samples"]),
            data=dict(found["data"]),
            licence=str(found["licence"]),
        )
        return PlaceScorer(card, arrays)
    except (LookupError, TypeError, ValueError) as error:
        raise CheckpointError(f"{path}: its card or weights do not fit ({error})") from error
