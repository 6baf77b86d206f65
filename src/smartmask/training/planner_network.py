"""The planner's network in PyTorch: the batched twin of `model/planner_network.py`,
parameter by parameter."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional

from smartmask.model.planner_network import (
    ASK_BOX,
    ASK_LABEL,
    PLACE,
    PROMPT,
    PlannerConfig,
    weight_shapes,
)
from smartmask.model.planner_state import BINS


@dataclass(frozen=True, slots=True, eq=False)
class PlannerBatch:
    """Parts of scenes, padded.

    Attributes:
        words: Label embedding of each layer that is there.
        shapes: Its shape row.
        is_layer: False where padded.
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

    def __init__(self, config: PlannerConfig, label_words: Float[Tensor, "L E"]) -> None:
        """Draw weights.

        Args:
            config: Sizes.
            label_words: Embeddings of the labels that may come next.
        """
        super().__init__()
        self.config = config
        self.register_buffer("label_words", label_words)
        self.label_words: Tensor
        self.weights = nn.ParameterDict()
        for name, shape in weight_shapes(config, len(label_words)).items():
            value = torch.zeros(shape)
            if "norm" in name:
                value += 1
            elif name in ("words", "tokens"):
                value.normal_()
            elif len(shape) == 2:
                is_last = name == "label" or name.endswith((".out", ".down"))
                value.normal_(0, (0.2 if is_last else 1.0) * shape[0] ** -0.5)
            self.weights[name.replace(".", "_")] = nn.Parameter(value)

    def losses(self, batch: PlannerBatch) -> dict[str, Tensor]:
        """Mean losses in nats: the next label, the box (sum of its four numbers), the order of a pair."""
        answers, boxes, layers = self(batch)
        w = self.weights
        labels = (answers @ w["label"]) @ (self.label_words @ w["words"]).T + w["label_bias"]
        logits = torch.cat([labels, (answers @ w["stop"] + w["stop_bias"])[:, None]], 1)
        label_loss = -(batch.next_shares * logits.log_softmax(1)).sum(1).mean()

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
        return {"label": label_loss, "box": box_loss, "order": order_loss}

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
