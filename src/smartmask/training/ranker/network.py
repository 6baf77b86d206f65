"""The ranker's network in PyTorch: the batched twin of `model/ranker/network.py`, parameter by parameter."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional

from smartmask.model.ranker.network import RankerConfig, weight_shapes
from smartmask.model.ranker.placement_features import CELLS, SPECIAL_LABELS


@dataclass(frozen=True, slots=True)
class RankerBatch:
    """Groups of one true placement and false ones.

    Attributes:
        shares, cover, geometry, relations: As in `PlacementFeatures`, of each mask, the true one first.
        neighbours: Label slot of each region; -1 = none.
        labels: Embeddings of the layout's labels; zero where there are none.
        prompts: Embedding of what each mask is asked for as.
        scenes: Embedding of the scene's text; zero = not given.
        is_there: False where a group has fewer masks.
    """

    shares: Float[Tensor, "G K 2 Z S"]
    cover: Float[Tensor, "G K 2 C"]
    geometry: Float[Tensor, "G K F"]
    neighbours: Int[Tensor, "G M"]
    relations: Float[Tensor, "G K M r"]
    labels: Float[Tensor, "G s D"]
    prompts: Float[Tensor, "G K D"]
    scenes: Float[Tensor, "G D"]
    is_there: Bool[Tensor, "G K"]


class TrainableRanker(nn.Module):
    """The network; parameters have the names and shapes of `weight_shapes`. Its logits are not calibrated."""

    def __init__(self, config: RankerConfig, dropout: float = 0.0) -> None:
        """Draw weights.

        Args:
            config: Sizes.
            dropout: Share of hidden numbers dropped in training.
        """
        super().__init__()
        self.config, self.dropout = config, dropout
        self.weights = nn.ParameterDict()
        for name, shape in weight_shapes(config).items():
            if name == "calibration":
                continue
            value = torch.zeros(shape)
            if name == "norm":
                value += 1
            elif name == "special_labels":
                value.normal_(0, 0.5)
            elif name == "out" or name.endswith(("_gain", "_shift")):
                value.normal_(0, 0.2 * shape[0] ** -0.5)
            elif len(shape) == 2:
                value.normal_(0, shape[0] ** -0.5)
            self.weights[name] = nn.Parameter(value)

    def forward(self, batch: RankerBatch) -> Float[Tensor, "G K"]:
        """A logit for each mask."""
        w = self.weights
        scale = self.config.text_width**0.5
        words = batch.prompts @ w["object"] + (batch.scenes @ w["scene"])[:, None]
        told = functional.silu(words * scale + w["told_bias"])
        channels = batch.labels @ w["labels"] * scale
        special = w["special_labels"].to(channels.dtype).expand(len(channels), -1, -1)
        channels = torch.cat([special, channels], 1)[:, None] * (1 + told @ w["label_gain"])[:, :, None]
        alike = functional.pad(batch.prompts @ batch.labels.transpose(1, 2), (SPECIAL_LABELS, 0))
        channels = torch.cat([channels, alike[..., None].to(channels.dtype)], 3)
        shown = batch.shares.flatten(2, 3) @ channels
        shown = shown.reshape(*batch.shares.shape[:4], -1)
        cells = torch.cat([shown[..., : CELLS**2, :], batch.cover[..., None].to(shown.dtype)], -1)
        zones = shown[..., CELLS**2 :, :].flatten(2)
        is_region = (batch.neighbours >= 0)[:, None, :, None]
        rows = (batch.neighbours.clamp(min=0) + SPECIAL_LABELS)[:, None, :, None]
        rows = rows.expand(-1, channels.shape[1], -1, channels.shape[3])
        regions = torch.cat([channels.gather(2, rows), batch.relations.to(channels.dtype)], 3)
        regions = self._layer(regions, told[:, :, None], "compare")
        regions = (regions + self._layer(regions, told[:, :, None], "compare_again")) * is_region
        most = regions.amax(2).clamp(min=0)
        mean = regions.sum(2) / is_region.sum(2).clamp(min=1)
        parts = [cells.flatten(2), zones, mean, most, batch.geometry]
        read = torch.cat([part.to(shown.dtype) for part in parts], 2)
        hidden = self._layer(self._dropped(read), told, "first")
        hidden = hidden + self._layer(self._dropped(hidden), told, "second")
        mean_square = hidden.float().square().mean(-1, keepdim=True)
        normed = hidden * w["norm"] * torch.rsqrt(mean_square + 1e-6)
        logits: Tensor = self._dropped(normed) @ w["out"]
        return logits.float()

    def _dropped(self, x: Float[Tensor, "G K I"]) -> Float[Tensor, "G K I"]:
        return functional.dropout(x, self.dropout, self.training)

    def _layer(self, x: Float[Tensor, "*rows I"], told: Float[Tensor, "*told T"], name: str) -> Tensor:
        w = self.weights
        hidden = functional.silu(x @ w[name] + w[f"{name}_bias"] + told @ w[f"{name}_shift"])
        return hidden * (1 + told @ w[f"{name}_gain"])
