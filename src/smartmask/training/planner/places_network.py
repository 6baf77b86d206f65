"""The network of places in PyTorch: the batched twin of `model/planner/places.py`, parameter by parameter."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional

from smartmask.model.planner.places import LOG_RANGE, NARROWEST, NUMBERS, PlacesConfig, weight_shapes

DROPPED = 0.15
"""Share of what is hidden that is left out in training."""


@dataclass(frozen=True, slots=True, eq=False)
class PlacesBatch:
    """Things that are missing from scenes, padded.

    Attributes:
        asked: Row of each thing's label in the table of words.
        labels: Rows of the labels of what is there; 0 is no word.
        features: `box_features` of what is there.
        points: Points z of what is there.
        is_layer: False where padded.
        aspect: Logarithm of the canvas's width over height.
        target: The thing's point z.
    """

    asked: Int[Tensor, " B"]
    labels: Int[Tensor, "B N"]
    features: Float[Tensor, "B N F"]
    points: Float[Tensor, "B N 4"]
    is_layer: Bool[Tensor, "B N"]
    aspect: Float[Tensor, " B"]
    target: Float[Tensor, "B 4"]


class TrainablePlaces(nn.Module):
    """The network; parameters have the names and shapes of `weight_shapes`, dots written as underscores."""

    def __init__(self, config: PlacesConfig) -> None:
        """Draw weights; Gaussians begin all over the canvas."""
        super().__init__()
        self.config = config
        self.weights = nn.ParameterDict()
        for name, shape in weight_shapes(config).items():
            value = torch.zeros(shape)
            if "norm" in name:
                value += 1
            elif name == "words":
                value.normal_()
            elif len(shape) == 2:
                is_last = name in ("free", "beside") or name.endswith((".out", ".down"))
                value.normal_(0, (0.3 if is_last else 1.0) * shape[0] ** -0.5)
            self.weights[name.replace(".", "_")] = nn.Parameter(value)
        with torch.no_grad():
            free = self.weights["free_bias"].view(-1, NUMBERS)
            low, high = torch.tensor([0.0, 0.3, -3.0, -3.0]), torch.tensor([1.0, 1.0, 0.0, 0.0])
            free[:, 1:5] = low + torch.rand(len(free), 4) * (high - low)
            free[:, 5:] = torch.tensor([-1.5, -1.5, -0.7, -0.7])
            beside = self.weights["beside_out_bias"].view(-1, NUMBERS)
            beside[:, 0], beside[:, 5:] = -1.0, -1.0

    def loss(self, batch: PlacesBatch, table: Float[Tensor, "W E"]) -> Tensor:
        """Mean of -log density of the targets, in nats."""
        return -self.log_densities(batch, table).mean()

    def log_densities(self, batch: PlacesBatch, table: Float[Tensor, "W E"]) -> Float[Tensor, " B"]:
        """Logarithm of the density of each target."""
        logits, means, deviations = self(batch, table)
        away = (batch.target[:, None] - means) / deviations
        logs = -0.5 * (away**2).sum(-1) - deviations.log().sum(-1) - 2 * np.log(2 * np.pi)
        return torch.logsumexp(logits.log_softmax(1) + logs, 1)

    def forward(
        self, batch: PlacesBatch, table: Float[Tensor, "W E"]
    ) -> tuple[Float[Tensor, "B K"], Float[Tensor, "B K 4"], Float[Tensor, "B K 4"]]:
        """Logits, means and deviations of the Gaussians; those beside padding have no weight."""
        w, config = self.weights, self.config
        words = table @ w["words"]
        layers = functional.silu(batch.features @ w["box_in"] + w["box_bias"]) @ w["box_out"]
        layers = layers + words[batch.labels]
        x = words[batch.asked] + batch.aspect[:, None] * w["aspect"] + w["start"]
        read = torch.cat([w["nothing"].expand(len(x), 1, -1), layers], 1)
        is_read = torch.cat([torch.ones(len(x), 1, dtype=torch.bool), batch.is_layer], 1)
        for number in range(config.depth):
            x = self._block(f"block{number}", x, read, is_read)
        free = (x @ w["free"] + w["free_bias"]).view(len(x), -1, NUMBERS)
        hidden = (x @ w["beside_word"])[:, None] + layers @ w["beside_layer"]
        hidden = functional.silu(hidden + (x[:, None] * layers) @ w["beside_both"] + w["beside_bias"])
        beside = self._dropped(hidden) @ w["beside"] + w["beside_out_bias"]
        beside = beside.view(*layers.shape[:2], config.beside, NUMBERS)
        units = batch.points[..., 2:].exp().clamp_min(0.01)
        units = torch.cat([units, torch.ones_like(units)], -1)[:, :, None]
        logits = torch.where(batch.is_layer[:, :, None], beside[..., 0], torch.tensor(-1e9))
        means = batch.points[:, :, None] + beside[..., 1:5] * units
        logs = torch.cat([free[..., 5:], (beside[..., 5:] + units.log()).flatten(1, 2)], 1)
        return (
            torch.cat([free[..., 0], logits.flatten(1)], 1),
            torch.cat([free[..., 1:5], means.flatten(1, 2)], 1),
            torch.tensor(NARROWEST) + logs.clamp(*LOG_RANGE).exp(),
        )

    def _block(
        self,
        name: str,
        x: Float[Tensor, "B D"],
        read: Float[Tensor, "B T D"],
        is_read: Bool[Tensor, "B T"],
    ) -> Float[Tensor, "B D"]:
        w, heads = self.weights, self.config.heads
        seen = _norm(read, w[f"{name}_norm2"])
        query = (_norm(x, w[f"{name}_norm1"]) @ w[f"{name}_query"]).view(len(x), heads, -1)
        key = (seen @ w[f"{name}_key"]).view(*read.shape[:2], heads, -1)
        value = (seen @ w[f"{name}_value"]).view(*read.shape[:2], heads, -1)
        scores = torch.einsum("bhd,bthd->bht", query, key) / query.shape[-1] ** 0.5
        scores = torch.where(is_read[:, None], scores, torch.tensor(-1e9)).softmax(-1)
        x = x + torch.einsum("bht,bthd->bhd", scores, value).flatten(1) @ w[f"{name}_out"]
        hidden = functional.silu(_norm(x, w[f"{name}_norm3"]) @ w[f"{name}_up"] + w[f"{name}_up_bias"])
        return x + self._dropped(hidden) @ w[f"{name}_down"]

    def _dropped(self, x: Float[Tensor, "*B D"]) -> Float[Tensor, "*B D"]:
        return functional.dropout(x, DROPPED, self.training)


def _norm(x: Float[Tensor, "*B D"], gain: Float[Tensor, " D"]) -> Float[Tensor, "*B D"]:
    return x * gain * torch.rsqrt((x * x).mean(-1, keepdim=True) + 1e-6)
