"""The planner's network: what comes next, where, behind what. NumPy alone; its twin is in `training`.

Tokens are a layout's layers (`planner_state.py`) and the prompt. A small transformer reads them; beside them
stand *queries* that read all tokens and that nothing reads:

- the label query asks what comes next. Its answer h gives p(label l) ~ exp(h W e_l + b_l) over any words, as
  e_l is the label's embedding, and p(stop);
- a box query, which carries the label, asks where it comes: p(foot) p(height | foot) p(width | ...)
  p(middle | ...), each over bins, so any number of boxes can be drawn from one reading;
- with a box tried, query, layers' tokens and each pair's geometry give the *fit* that weighs drawn boxes;
- with its box decided, the same query and a layer's token say which of the two is in front.

Any-order autoregression: the network is trained on random parts of scenes, so it also continues a photo's
layout, or one in which a prompt's objects came first. Sources: Vaswani et al. 2017 (transformer), Zhang and
Sennrich 2019 (root mean square norm), Gupta et al. 2021 "LayoutTransformer" (binned boxes), Deng et al. 2020
"Residual energy-based models" (the fit: an energy learned against the model's own draws).
"""

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Int64

from smartmask.errors import CheckpointError
from smartmask.model.npz_weights import (
    Weights,
    fitting_weights,
    read_npz_weights,
    root_mean_square_norm,
    silu,
)
from smartmask.model.planner.pairs import FIT_WIDTH, PAIR_WIDTH, fit_features, pair_features
from smartmask.model.planner.state import BINS, SHAPE_WIDTH

FORMAT = "smartmask-planner"
FORMAT_VERSION = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannerConfig:
    """Sizes of the network.

    Attributes:
        text_width: D of the text encoder.
        width: Of a token.
        heads: Of the attention; they divide the width.
        depth: Blocks.
        hidden: Of a block's feed-forward part.
        order_width: Of the vectors that are compared for the order.
        fit_hidden: Of the layer that judges a pair for the fit.
    """

    text_width: int = 256
    width: int = 80
    heads: int = 4
    depth: int = 3
    hidden: int = 192
    order_width: int = 24
    fit_hidden: int = 32

    def __post_init__(self) -> None:
        if min(asdict(self).values()) < 1 or self.width % self.heads:
            raise ValueError(f"sizes must be positive and heads divide the width, not {self}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannerCard:
    """What a weights file says of itself.

    Attributes:
        labels: The words it may propose of its own, with a bias each.
        network: Its sizes.
        samples: Parts of scenes it was trained on.
        data: The datasets and how many scenes of each.
        licence: Of the weights.
    """

    labels: tuple[str, ...]
    network: PlannerConfig
    samples: int
    data: dict[str, int]
    licence: str


def weight_shapes(config: PlannerConfig, label_count: int) -> dict[str, tuple[int, ...]]:
    """The name and shape of every parameter; a linear map is (in, out)."""
    d, k, f = config.width, config.order_width, config.fit_hidden
    shapes: dict[str, tuple[int, ...]] = {
        "words": (config.text_width, d),
        "shape_in": (SHAPE_WIDTH, d),
        "shape_bias": (d,),
        "shape_out": (d, d),
        "tokens": (4, d),
        "aspect": (d,),
        "norm": (d,),
        "label": (d, d),
        "label_bias": (label_count,),
        "stop": (d,),
        "stop_bias": (1,),
        "bins": (4 * BINS, d),
        "order_query": (d, k),
        "order_key": (d, k),
        "order_pair": (PAIR_WIDTH,),
        "fit_query": (d, k),
        "fit_key": (d, k),
        "fit_both": (k, f),
        "fit_pair": (FIT_WIDTH, f),
        "fit_bias": (f,),
        "fit_out": (f,),
        "fit_own": (d,),
    }
    for number in range(config.depth):
        shapes |= {
            f"block{number}.norm1": (d,),
            f"block{number}.qkv": (d, 3 * d),
            f"block{number}.out": (d, d),
            f"block{number}.norm2": (d,),
            f"block{number}.up": (d, config.hidden),
            f"block{number}.up_bias": (config.hidden,),
            f"block{number}.down": (config.hidden, d),
        }
    for number in range(4):
        shapes |= {
            f"box{number}.hidden": (d, d),
            f"box{number}.hidden_bias": (d,),
            f"box{number}.out": (d, BINS),
            f"box{number}.out_bias": (BINS,),
        }
    return shapes


PROMPT, PLACE, ASK_LABEL, ASK_BOX = range(4)
"""Rows of the table `tokens`."""


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A layout and a prompt as read: tokens before the last norm, at every depth what a query attends to."""

    keys: tuple[Float32[np.ndarray, "H T d"], ...]
    values: tuple[Float32[np.ndarray, "H T d"], ...]
    tokens: Float32[np.ndarray, "T D"]


class PlannerNetwork:
    """The network with its weights."""

    def __init__(self, card: PlannerCard, weights: Weights) -> None:
        """Take weights that fit the card.

        Raises:
            ValueError: If one is missing, unknown, of another shape, or not finite.
        """
        self.card = card
        self.weights = fitting_weights(weights, weight_shapes(card.network, len(card.labels)))

    def read(
        self,
        words: Float32[np.ndarray, "N E"],
        shapes: Float32[np.ndarray, "N F"],
        prompt: Float32[np.ndarray, " E"],
        place: Float32[np.ndarray, " E"],
        aspect: float,
    ) -> Reading:
        """Read a layout and a prompt once, to ask many queries.

        Args:
            words: Embedding of each layer's label.
            shapes: Shape row of each layer.
            prompt: Embedding of the whole prompt.
            place: Embedding of the kind of place, zero if none is named.
            aspect: Logarithm of width over height.
        """
        w = self.weights
        shown = silu(shapes @ w["shape_in"] + w["shape_bias"]) @ w["shape_out"] + words @ w["words"]
        told = np.stack([prompt, place]) @ w["words"] + w["tokens"][[PROMPT, PLACE]]
        told[0] += aspect * w["aspect"]
        x = np.concatenate([told, shown])
        keys, values = [], []
        for number in range(self.card.network.depth):
            query, key, value = self._attention_inputs(number, x)
            keys.append(key)
            values.append(value)
            x = self._after_attention(number, x, query, key, value)
        return Reading(tuple(keys), tuple(values), x)

    def ask_label(self, reading: Reading) -> Float32[np.ndarray, " D"]:
        """What the label query answers: a vector for `label_logits` and `stop_logit`."""
        return self._ask(reading, self.weights["tokens"][ASK_LABEL])

    def ask_box(self, reading: Reading, word: Float32[np.ndarray, " E"]) -> Float32[np.ndarray, " D"]:
        """What the box query of a label answers: a vector for `box_logits` and `front_logits`."""
        return self._ask(reading, self.weights["tokens"][ASK_BOX] + word @ self.weights["words"])

    def label_logits(
        self, answer: Float32[np.ndarray, " D"], words: Float32[np.ndarray, "L E"]
    ) -> Float32[np.ndarray, " L"]:
        """Logits of any words to come next, without the biases of the card's labels."""
        w = self.weights
        return np.asarray((words @ w["words"]) @ (answer @ w["label"]), np.float32)

    @property
    def label_biases(self) -> Float32[np.ndarray, " L"]:
        """What is added to the logits of the card's labels."""
        return self.weights["label_bias"]

    def stop_logit(self, answer: Float32[np.ndarray, " D"]) -> float:
        """The logit of "nothing more", beside the labels'."""
        return float(answer @ self.weights["stop"] + self.weights["stop_bias"][0])

    def draw_bins(
        self,
        answer: Float32[np.ndarray, " D"],
        count: int,
        temperature: float,
        rng: np.random.Generator,
    ) -> Int64[np.ndarray, "K 4"]:
        """Boxes drawn from the answer of a box query."""
        state = np.repeat(answer[None], count, 0)
        bins = np.empty((count, 4), np.int64)
        for number in range(4):
            logits = self._bin_logits(number, state) / temperature
            logits += rng.gumbel(size=logits.shape)
            bins[:, number] = logits.argmax(1)
            state = state + self.weights["bins"][number * BINS + bins[:, number]]
        return bins

    def box_logits(
        self, answer: Float32[np.ndarray, " D"], bins: Int64[np.ndarray, "K 4"]
    ) -> Float32[np.ndarray, "4 K B"]:
        """Logits of each number's bins, given the bins of the numbers before it."""
        state = np.repeat(answer[None], len(bins), 0)
        logits = []
        for number in range(4):
            logits.append(self._bin_logits(number, state))
            state = state + self.weights["bins"][number * BINS + bins[:, number]]
        return np.stack(logits)

    def front_logits(
        self,
        reading: Reading,
        answer: Float32[np.ndarray, " D"],
        bins: Int64[np.ndarray, "4"],
        box: Float32[np.ndarray, "4"],
        others: Float32[np.ndarray, "N 4"],
    ) -> Float32[np.ndarray, " N"]:
        """Logits that a new thing in a box is in front of each layer; boxes are shares of the canvas."""
        w = self.weights
        state = answer + sum(w["bins"][number * BINS + bins[number]] for number in range(4))
        keys = root_mean_square_norm(reading.tokens[2:], w["norm"]) @ w["order_key"]
        return np.asarray(
            keys @ (state @ w["order_query"]) + pair_features(box, others) @ w["order_pair"], np.float32
        )

    def fit(
        self,
        reading: Reading,
        answer: Float32[np.ndarray, " D"],
        bins: Int64[np.ndarray, "K 4"],
        boxes: Float32[np.ndarray, "K 4"],
        others: Float32[np.ndarray, "N 4"],
    ) -> Float32[np.ndarray, " K"]:
        """What to add to each box's log density, for how it goes with all layers; shares of the canvas."""
        w = self.weights
        state = answer + sum(w["bins"][number * BINS + bins[:, number]] for number in range(4))
        keys = root_mean_square_norm(reading.tokens[2:], w["norm"]) @ w["fit_key"]
        both = ((state @ w["fit_query"])[:, None] * keys[None]) @ w["fit_both"]
        judged = silu(both + fit_features(boxes, others) @ w["fit_pair"] + w["fit_bias"]) @ w["fit_out"]
        return np.asarray(judged.sum(1) + state @ w["fit_own"], np.float32)

    def _bin_logits(self, number: int, state: Float32[np.ndarray, "K D"]) -> Float32[np.ndarray, "K B"]:
        w, name = self.weights, f"box{number}"
        hidden = silu(state @ w[f"{name}.hidden"] + w[f"{name}.hidden_bias"])
        return np.asarray(hidden @ w[f"{name}.out"] + w[f"{name}.out_bias"], np.float32)

    def _ask(self, reading: Reading, query: Float32[np.ndarray, " D"]) -> Float32[np.ndarray, " D"]:
        x = query[None]
        for number in range(self.card.network.depth):
            q, key, value = self._attention_inputs(number, x)
            key = np.concatenate([reading.keys[number], key], 1)
            value = np.concatenate([reading.values[number], value], 1)
            x = self._after_attention(number, x, q, key, value)
        return root_mean_square_norm(x, self.weights["norm"])[0]

    def _attention_inputs(
        self, number: int, x: Float32[np.ndarray, "T D"]
    ) -> tuple[Float32[np.ndarray, "H T d"], ...]:
        w, heads = self.weights, self.card.network.heads
        stacked = root_mean_square_norm(x, w[f"block{number}.norm1"]) @ w[f"block{number}.qkv"]
        parts = stacked.reshape(len(x), 3, heads, -1).transpose(1, 2, 0, 3)
        return parts[0], parts[1], parts[2]

    def _after_attention(
        self,
        number: int,
        x: Float32[np.ndarray, "T D"],
        query: Float32[np.ndarray, "H T d"],
        key: Float32[np.ndarray, "H S d"],
        value: Float32[np.ndarray, "H S d"],
    ) -> Float32[np.ndarray, "T D"]:
        w, name = self.weights, f"block{number}"
        scores = query @ key.transpose(0, 2, 1) / np.float32(np.sqrt(query.shape[-1]))
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        mixed = (scores / scores.sum(-1, keepdims=True)) @ value
        x = x + mixed.transpose(1, 0, 2).reshape(len(x), -1) @ w[f"{name}.out"]
        hidden = silu(root_mean_square_norm(x, w[f"{name}.norm2"]) @ w[f"{name}.up"] + w[f"{name}.up_bias"])
        return np.asarray(x + hidden @ w[f"{name}.down"], np.float32)


def load_planner_network(path: Path) -> PlannerNetwork:
    """The network in a weights file.

    Raises:
        CheckpointError: If the file is missing, damaged, of another version, or holds unknown settings.
    """
    found, arrays = read_npz_weights(path, FORMAT, FORMAT_VERSION, PlannerCard, "planner")
    try:
        card = PlannerCard(
            labels=tuple(found["labels"]),
            network=PlannerConfig(**found["network"]),
            samples=int(found["samples"]),
            data=dict(found["data"]),
            licence=str(found["licence"]),
        )
        return PlannerNetwork(card, arrays)
    except (LookupError, TypeError, ValueError) as error:
        raise CheckpointError(f"{path}: its card or weights do not fit ({error})") from error
