"""How likely each remembered shape is to be the one that belongs here: two towers, in NumPy alone.

    words, extent, layout of the window  -> hidden -> hidden -> query
    a shape's sketch and proportions     -> hidden -> hidden -> key, bias
    score = query . key + bias - (width * difference of ln(width / height))^2 / 2

Softmax of the scores over the shapes of a label is the probability that a shape is, of all of them, the one
most like what stands there. It is learnt from true objects, each beside the memory's shapes of its label: so
it knows which poses are common, which views nobody takes, and what proportions and surroundings say of them.
Its twin is in `training`.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32

from smartmask.errors import CheckpointError
from smartmask.model.diffusion.condition import SPECIAL_ROWS
from smartmask.model.mask.generator_inputs import LAYOUT_CELLS
from smartmask.model.npz_weights import Weights, fitting_weights, read_npz_weights, silu
from smartmask.model.shape.codec import SKETCH_PX

FORMAT = "smartmask-chooser"
FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooserConfig:
    """Sizes of the network.

    Attributes:
        text_width: D of the text encoder.
        label_channels: That a cell's label is brought to.
        picture: Principal components of sketches that are read.
        hidden: Width of the hidden layers.
        key: Length of queries and keys.
    """

    text_width: int = 256
    label_channels: int = 8
    picture: int = 96
    hidden: int = 256
    key: int = 64

    def __post_init__(self) -> None:
        if min(asdict(self).values()) < 1:
            raise ValueError(f"sizes must be positive, not {self}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooserCard:
    """What a weights file says of itself.

    Attributes:
        network: Its sizes.
        views: Objects it was shown, counted each time.
        licence: Of the weights.
    """

    network: ChooserConfig
    views: int
    licence: str


@dataclass(frozen=True, slots=True, eq=False)
class ChoiceContext:
    """What is known before a shape is chosen.

    Attributes:
        text: Embedding of the words.
        log_aspect: ln(width / height) of what is to be filled; None = not known.
        zoom: ln(window side / longer canvas side); 0 where there is no window.
        layout: As `generator_inputs.layout_of` has it; all unknown where there is no window.
    """

    text: Float32[np.ndarray, " D"]
    log_aspect: float | None
    zoom: float
    layout: Float32[np.ndarray, "cells L"]

    @staticmethod
    def of_words(text: Float32[np.ndarray, " D"]) -> "ChoiceContext":
        """Nothing but words."""
        layout = np.zeros((LAYOUT_CELLS**2, len(text) + SPECIAL_ROWS), np.float32)
        layout[:, -1] = 1
        return ChoiceContext(text, None, 0.0, layout)


def weight_shapes(config: ChooserConfig) -> dict[str, tuple[int, ...]]:
    """The name and shape of every parameter; a linear map is (in, out)."""
    h, c = config.hidden, config.label_channels
    return {
        "words": (config.text_width, h),
        "extent": (3, h),
        "cell": (config.text_width + SPECIAL_ROWS, c),
        "layout": (LAYOUT_CELLS**2 * c, h),
        "context_bias": (h,),
        "context_again": (h, h),
        "context_again_bias": (h,),
        "query": (h, config.key),
        "picture": (SKETCH_PX**2, config.picture),
        "picture_bias": (config.picture,),
        "shape": (config.picture + 1, h),
        "shape_bias": (h,),
        "shape_again": (h, h),
        "shape_again_bias": (h,),
        "key": (h, config.key + 1),
        "width": (1,),
    }


class ShapeChooser:
    """The network with its weights; safe to call from several threads at once."""

    def __init__(self, card: ChooserCard, weights: Weights) -> None:
        """Take weights that fit the card.

        Raises:
            ValueError: If one is missing, unknown, of another shape, or not finite.
        """
        self.card = card
        self._weights = fitting_weights(weights, weight_shapes(card.network))

    def probabilities(
        self,
        context: ChoiceContext,
        sketches: Float32[np.ndarray, "n S S"],
        log_aspects: Float32[np.ndarray, " n"],
    ) -> Float32[np.ndarray, " n"]:
        """How likely each of some shapes is to be most like the right one; they sum to 1.

        Args:
            context: What is known.
            sketches: Of the shapes, as they would be drawn.
            log_aspects: ln(width / height) of the shapes.
        """
        if not len(sketches):
            return np.zeros(0, np.float32)
        w = self._weights
        known = 0.0 if context.log_aspect is None else 1.0
        aspect = context.log_aspect or 0.0
        extent = np.array([known, known * aspect, context.zoom], np.float32)
        hidden = context.text @ w["words"] + extent @ w["extent"]
        hidden += (context.layout @ w["cell"]).ravel() @ w["layout"] + w["context_bias"]
        query = silu(silu(hidden) @ w["context_again"] + w["context_again_bias"]) @ w["query"]
        pictures = sketches.reshape(len(sketches), -1) @ w["picture"] + w["picture_bias"]
        shown = np.concatenate([pictures, log_aspects[:, None]], 1)
        hidden = silu(shown @ w["shape"] + w["shape_bias"])
        keys = silu(hidden @ w["shape_again"] + w["shape_again_bias"]) @ w["key"]
        scores = keys[:, :-1] @ query / self.card.network.key**0.5 + keys[:, -1]
        scores -= 0.5 * known * (w["width"] * (log_aspects - aspect)) ** 2
        odds = np.exp(scores - scores.max())
        return np.asarray(odds / odds.sum(), np.float32)


def load_chooser(path: Path) -> ShapeChooser:
    """Read a weights file.

    Raises:
        CheckpointError: If it is missing, damaged, of another version, or holds unknown settings.
    """
    card, weights = read_npz_weights(path, FORMAT, FORMAT_VERSION, ChooserCard, "chooser")
    try:
        network = ChooserConfig(**card["network"])
        values: dict[str, Any] = {"network": network, "views": card["views"], "licence": card["licence"]}
        return ShapeChooser(ChooserCard(**values), weights)
    except (TypeError, ValueError) as error:
        raise CheckpointError(f"{path}: cannot be used ({error}); train one anew") from error
