"""The planner's network in PyTorch: the batched twin of `model/planner/network.py`,
parameter by parameter."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional

from smartmask.model.planner.network import (
    ASK_BOX,
    ASK_LABEL,
    PLACE,
    PROMPT,
    PlannerConfig,
    PlannerNetwork,
    weight_shapes,
)
from smartmask.model.planner.pairs import fit_features
from smartmask.model.planner.state import BINS, boxes_of_bins

FITTED = 2
"""Missing things of a scene for which the fit is learned."""
DRAWN = 12
"""Boxes drawn by the network that the true one is told from."""


@dataclass(frozen=True, slots=True, eq=False)
class PlannerBatch:
    """Parts of scenes, padded.

    Attributes:
        words: Label embedding of each layer that is there.
        shapes: Its shape row.
        is_layer: False where padded.
        weight: How much the label query counts.
        prompt: Embedding of the prompt.
        place: Embedding of the kind of place, zero if unknown.
        aspect: Logarithm of width over height.
        next_shares: How likely each label, and last "stop", is to come next.
        asked: Label embeddings of some things that are missing.
        is_asked: False where padded.
        bins: Their boxes.
        is_front: Whether each is in front of each layer.
        pairs: `pair_features` of each with each layer.
        is_pair: Whether the two boxes meet, so that the order counts.
    """

    words: Float[Tensor, "B N E"]
    shapes: Float[Tensor, "B N F"]
    is_layer: Bool[Tensor, "B N"]
    weight: Float[Tensor, " B"]
    prompt: Float[Tensor, "B E"]
    place: Float[Tensor, "B E"]
    aspect: Float[Tensor, " B"]
    next_shares: Float[Tensor, "B L"]
    asked: Float[Tensor, "B Q E"]
    is_asked: Bool[Tensor, "B Q"]
    bins: Int[Tensor, "B Q 4"]
    is_front: Bool[Tensor, "B Q N"]
    pairs: Float[Tensor, "B Q N 6"]
    is_pair: Bool[Tensor, "B Q N"]


class TrainablePlanner(nn.Module):
    """The network; parameters have the names and shapes of `weight_shapes`, dots written as underscores."""

    def __init__(
        self, config: PlannerConfig, labels: Sequence[str], label_words: Float[Tensor, "L E"]
    ) -> None:
        """Draw weights.

        Args:
            config: Sizes.
            labels: That may come next.
            label_words: Their embeddings.
        """
        super().__init__()
        self.config, self.labels = config, tuple(labels)
        self.register_buffer("label_words", label_words)
        self.label_words: Tensor
        self.weights = nn.ParameterDict()
        for name, shape in weight_shapes(config, len(label_words)).items():
            value = torch.zeros(shape)
            if "norm" in name:
                value += 1
            elif name in ("fit_out", "fit_own"):
                pass  # at the beginning all boxes fit alike
            elif name in ("words", "tokens"):
                value.normal_()
            elif len(shape) == 2:
                is_last = name == "label" or name.endswith((".out", ".down"))
                value.normal_(0, (0.2 if is_last else 1.0) * shape[0] ** -0.5)
            self.weights[name.replace(".", "_")] = nn.Parameter(value)

    def take(self, begun: PlannerNetwork) -> None:
        """Go on from another network's weights; it may have more labels.

        Raises:
            ValueError: If it is of other sizes, or lacks a label.
        """
        card = begun.card
        if card.network != self.config or not set(self.labels) <= set(card.labels):
            raise ValueError("a planner goes on only with the same sizes and labels that it knows")
        rows = [card.labels.index(label) for label in self.labels]
        with torch.no_grad():
            for name, value in begun.weights.items():
                value = value[rows] if name == "label_bias" else value
                self.weights[name.replace(".", "_")].copy_(torch.from_numpy(value))

    def losses(self, batch: PlannerBatch, rng: np.random.Generator) -> dict[str, Tensor]:
        """Mean losses in nats: the next label, the box (sum of its four numbers), the order of a pair,
        the fit.

        Boxes to compare are drawn by PyTorch's generator and placed within their bins by `rng`.
        """
        answers, boxes, layers = self(batch)
        w = self.weights
        labels = (answers @ w["label"]) @ (self.label_words @ w["words"]).T + w["label_bias"]
        logits = torch.cat([labels, (answers @ w["stop"] + w["stop_bias"])[:, None]], 1)
        label_loss = -(batch.next_shares * logits.log_softmax(1)).sum(1)
        label_loss = (batch.weight * label_loss).sum() / batch.weight.sum()

        state, box_loss = boxes[batch.is_asked], torch.zeros(())
        bins = batch.bins[batch.is_asked]
        for number in range(4):
            hidden = functional.silu(state @ w[f"box{number}_hidden"] + w[f"box{number}_hidden_bias"])
            found = hidden @ w[f"box{number}_out"] + w[f"box{number}_out_bias"]
            box_loss = box_loss + functional.cross_entropy(found, bins[:, number])
            state = state + w["bins"][number * BINS + bins[:, number]]

        queries = torch.zeros(*batch.is_asked.shape, self.config.order_width)
        queries[batch.is_asked] = state @ w["order_query"]
        keys = _norm(layers, w["norm"]) @ w["order_key"]
        front = queries @ keys.transpose(1, 2) + batch.pairs @ w["order_pair"]
        order_loss = functional.binary_cross_entropy_with_logits(
            front[batch.is_pair], batch.is_front[batch.is_pair].float()
        )
        fit_loss = self._fit_loss(batch, boxes[:, :FITTED].detach(), layers.detach(), rng)
        return {"label": label_loss, "box": box_loss, "order": order_loss, "fit": fit_loss}

    def _fit_loss(
        self,
        batch: PlannerBatch,
        answers: Float[Tensor, "B Q D"],
        layers: Float[Tensor, "B N D"],
        rng: np.random.Generator,
    ) -> Tensor:
        """Which of several boxes is the true one, the others being drawn by the network itself.

        What tells them apart best is the logarithm of how much likelier a box is than the network thinks, so
        its draws weighted by it come closer to the truth. The network itself learns nothing from it.
        """
        w, asked = self.weights, batch.is_asked[:, :FITTED]
        bins = self._draws(answers)
        bins[:, :, 0] = batch.bins[:, :FITTED]
        places = rng.random(bins.shape, np.float32)  # for the true box too, or its exactness would tell it
        boxes = boxes_of_bins(bins.numpy().reshape(-1, 4), places.reshape(-1, 4)).reshape(bins.shape)
        count, queries, drawn, _ = bins.shape
        features = fit_features(boxes.reshape(count, -1, 4), batch.shapes[..., :4].numpy())
        pairs = torch.from_numpy(features) @ w["fit_pair"]
        state = (answers[:, :, None] + self._box_state(bins)).flatten(1, 2)
        keys = _norm(layers, w["norm"].detach()) @ w["fit_key"]
        both = ((state @ w["fit_query"])[:, :, None] * keys[:, None]) @ w["fit_both"]
        judged = functional.silu(both + pairs + w["fit_bias"]) @ w["fit_out"]
        fit = (judged * batch.is_layer[:, None]).sum(2) + state @ w["fit_own"]
        fit = fit.reshape(count, queries, drawn)[asked]
        return functional.cross_entropy(fit, torch.zeros(len(fit), dtype=torch.long))

    @torch.no_grad()
    def _draws(self, answers: Float[Tensor, "B Q D"]) -> Int[Tensor, "B Q K 4"]:
        """Boxes drawn by the network; as many as are compared."""
        w, state = self.weights, answers[:, :, None].expand(-1, -1, DRAWN + 1, -1)
        bins = []
        for number in range(4):
            hidden = functional.silu(state @ w[f"box{number}_hidden"] + w[f"box{number}_hidden_bias"])
            logits = hidden @ w[f"box{number}_out"] + w[f"box{number}_out_bias"]
            bins.append((logits - torch.empty_like(logits).exponential_().log()).argmax(-1))
            state = state + w["bins"][number * BINS + bins[-1]]
        return torch.stack(bins, -1)

    def _box_state(self, bins: Int[Tensor, "*B 4"]) -> Float[Tensor, "*B D"]:
        return self.weights["bins"].detach()[bins + BINS * torch.arange(4)].sum(-2)

    def forward(
        self, batch: PlannerBatch
    ) -> tuple[Float[Tensor, "B D"], Float[Tensor, "B Q D"], Float[Tensor, "B N D"]]:
        """Answers of the label query and of the box queries, and the layers' last tokens."""
        w = self.weights
        shown = functional.silu(batch.shapes @ w["shape_in"] + w["shape_bias"]) @ w["shape_out"]
        shown = shown + batch.words @ w["words"]
        told = torch.stack([batch.prompt, batch.place], 1) @ w["words"] + w["tokens"][[PROMPT, PLACE]]
        told = torch.cat([told[:, :1] + (batch.aspect[:, None] * w["aspect"])[:, None], told[:, 1:]], 1)
        asked = batch.asked @ w["words"] + w["tokens"][ASK_BOX]
        label = w["tokens"][ASK_LABEL].expand(len(told), 1, -1)
        x = torch.cat([told, shown, label, asked], 1)
        mask = self._who_reads_whom(batch)
        heads = self.config.heads
        for number in range(self.config.depth):
            name = f"block{number}"
            stacked = _norm(x, w[f"{name}_norm1"]) @ w[f"{name}_qkv"]
            q, k, v = stacked.unflatten(-1, (3, heads, -1)).permute(2, 0, 3, 1, 4)
            mixed = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
            x = x + mixed.transpose(1, 2).flatten(2) @ w[f"{name}_out"]
            hidden = functional.silu(_norm(x, w[f"{name}_norm2"]) @ w[f"{name}_up"] + w[f"{name}_up_bias"])
            x = x + hidden @ w[f"{name}_down"]
        layers = batch.is_layer.shape[1]
        answers = _norm(x[:, 2 + layers :], w["norm"])
        return answers[:, 0], answers[:, 1:], x[:, 2 : 2 + layers]

    def _who_reads_whom(self, batch: PlannerBatch) -> Bool[Tensor, "B 1 T T"]:
        """Everybody reads prompt and layers; a query reads itself too."""
        count, queries = len(batch.is_layer), 1 + batch.is_asked.shape[1]
        read = torch.cat(
            [
                torch.ones(count, 2, dtype=torch.bool),
                batch.is_layer,
                torch.zeros(count, queries, dtype=torch.bool),
            ],
            1,
        )
        itself = torch.eye(read.shape[1], dtype=torch.bool)
        return (read[:, None] | itself)[:, None]


def _norm(x: Tensor, gain: Tensor) -> Tensor:
    return x * gain * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6)
