"""The chooser's network in PyTorch: the batched twin of `model/mask/chooser.py`, parameter by parameter."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional

from smartmask.model.mask.chooser import ChooserConfig, weight_shapes


@dataclass(frozen=True, slots=True)
class ChooserBatch:
    """Objects, each beside shapes of its label.

    Attributes:
        text: Embedding of the words.
        is_known: 1 where the proportions are told, else 0.
        log_aspects: Of the objects.
        zooms: Of the windows; 0 where there is none.
        cells: Of each cell of the layout its label's embedding, off the canvas, unknown.
        pictures: Principal components of the shapes' sketches.
        shape_log_aspects: Of the shapes.
        is_there: False where a label has fewer shapes.
        ious: Of each shape with the object, both stretched to one box.
    """

    text: Float[Tensor, "B D"]
    is_known: Float[Tensor, " B"]
    log_aspects: Float[Tensor, " B"]
    zooms: Float[Tensor, " B"]
    cells: Float[Tensor, "B cells L"]
    pictures: Float[Tensor, "B K P"]
    shape_log_aspects: Float[Tensor, "B K"]
    is_there: Bool[Tensor, "B K"]
    ious: Float[Tensor, "B K"]


class TrainableChooser(nn.Module):
    """The network; parameters have the names and shapes of `weight_shapes`."""

    def __init__(
        self,
        config: ChooserConfig,
        picture: Float[Tensor, "S P"],
        picture_bias: Float[Tensor, " P"],
        dropout: float = 0.1,
    ) -> None:
        """Draw weights.

        Args:
            config: Sizes.
            picture: Principal axes of sketches, which stay as they are.
            picture_bias: Minus their mean on these.
            dropout: Share of hidden numbers dropped in training.
        """
        super().__init__()
        self.config, self.dropout = config, dropout
        self.register_buffer("picture", picture)
        self.register_buffer("picture_bias", picture_bias)
        self.weights = nn.ParameterDict()
        for name, shape in weight_shapes(config).items():
            if name in ("picture", "picture_bias"):
                continue
            value = torch.zeros(shape)
            if name == "width":
                value += FIRST_WIDTH
            elif len(shape) == 2 and name != "key":
                # Embeddings are of length 1: each of their numbers is as small as they are many.
                value.normal_(0, 1.0 if name in ("words", "cell") else shape[0] ** -0.5)
            self.weights[name] = nn.Parameter(value)

    def forward(self, batch: ChooserBatch) -> Float[Tensor, "B K"]:
        """Scores; minus infinity where there is no shape."""
        w = self.weights
        extent = torch.stack([batch.is_known, batch.is_known * batch.log_aspects, batch.zooms], 1)
        hidden = batch.text @ w["words"] + extent @ w["extent"]
        hidden = hidden + (batch.cells @ w["cell"]).flatten(1) @ w["layout"] + w["context_bias"]
        hidden = self._dropped(functional.silu(hidden))
        hidden = functional.silu(hidden @ w["context_again"] + w["context_again_bias"])
        query = hidden @ w["query"]
        shown = torch.cat([batch.pictures, batch.shape_log_aspects[..., None]], -1)
        hidden = self._dropped(functional.silu(shown @ w["shape"] + w["shape_bias"]))
        hidden = functional.silu(hidden @ w["shape_again"] + w["shape_again_bias"])
        keys = hidden @ w["key"]
        scores = (keys[..., :-1] * query[:, None]).sum(-1) / self.config.key**0.5 + keys[..., -1]
        away = w["width"] * (batch.shape_log_aspects - batch.log_aspects[:, None])
        scores = scores - 0.5 * batch.is_known[:, None] * away.square()
        return scores.masked_fill(~batch.is_there, -torch.inf)

    def _dropped(self, hidden: Tensor) -> Tensor:
        return functional.dropout(hidden, self.dropout, self.training)


FIRST_WIDTH = 4.0
"""Of the bell about the right proportions, before anything is learnt: a deviation of 0.25."""
