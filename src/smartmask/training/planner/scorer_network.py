"""The scorer of places in PyTorch: the batched twin of `model/planner/place_scorer.py`."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional

from smartmask.model.planner.place_scorer import POOLED, ScorerConfig, weight_shapes

DROPPED = 0.1
"""Share of what is hidden that is left out in training."""


@dataclass(frozen=True, slots=True, eq=False)
class ScorerBatch:
    """Boxes where missing things may be.

    Attributes:
        own: Numbers of each box itself, as `own_features` gives them.
        pairs: Numbers of each box beside each layer.
        gains: How right each box is.
        asked: Row of each thing's word in the table of words.
        layers: Rows of the layers' words; 0 where padded.
    """

    own: Float[Tensor, "B K F"]
    pairs: Float[Tensor, "B K N P"]
    gains: Float[Tensor, "B K"]
    asked: Int[Tensor, " B"]
    layers: Int[Tensor, "B N"]


class TrainableScorer(nn.Module):
    """The network; parameters have the names and shapes of `weight_shapes`."""

    def __init__(self, config: ScorerConfig) -> None:
        """Draw weights."""
        super().__init__()
        self.config = config
        self.weights = nn.ParameterDict()
        for name, shape in weight_shapes(config).items():
            value = torch.zeros(shape)
            if len(shape) == 2:
                value.uniform_(-1, 1).mul_(shape[0] ** -0.5)
            self.weights[name] = nn.Parameter(value)

    def loss(self, batch: ScorerBatch, table: Float[Tensor, "W E"]) -> Tensor:
        """Mean of -log of the gain that a box drawn by the scores has, in nats."""
        likely = self(batch, table).log_softmax(1)
        return -torch.logsumexp(likely + batch.gains.clamp_min(1e-9).log(), 1).mean()

    def forward(self, batch: ScorerBatch, table: Float[Tensor, "W E"]) -> Float[Tensor, "B K"]:
        """The scores."""
        w = self.weights
        projected = table @ w["words"]
        word, layers = projected[batch.asked], projected[batch.layers]
        both = layers * word[:, None]
        told = layers @ w["pair_layer"] + (word @ w["pair_word"])[:, None] + both @ w["pair_both"]
        gate = (both + layers) @ w["pair_gate"] + w["pair_gate_bias"]
        beside = batch.pairs @ w["pair"] + (told + w["pair_bias"])[:, None]
        beside = functional.silu(beside + (batch.pairs @ w["pair_gated"]) * gate[:, None])
        is_layer = (batch.layers > 0)[:, None, :, None]
        pooled = self._dropped((beside * is_layer).sum(2) / POOLED)
        y = batch.own @ w["own"] + (w["own_bias"] + word @ w["own_word"])[:, None]
        y = y + (batch.own @ w["own_gated"]) * (word @ w["own_gate"] + w["own_gate_bias"])[:, None]
        y = functional.silu(y + pooled @ w["pair_out"])
        y = y + functional.silu(self._dropped(y) @ w["hidden"] + w["hidden_bias"])
        return (self._dropped(y) @ w["score"])[..., 0]

    def _dropped(self, x: Float[Tensor, "..."]) -> Float[Tensor, "..."]:
        return functional.dropout(x, DROPPED, self.training)
