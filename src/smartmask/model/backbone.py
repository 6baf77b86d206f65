"""The compact backbone: a residual network over the coordinates of one shape.

    noisy shape + hint + layout + context -> blocks of two layers -> clean shape

A shape is a few hundred numbers (`shape_codec.py`), so there is nothing to convolve and nothing to attend
to: the same training time shows it sixty times as many views as a U-Net (docs/LOG.md). Time, object text,
scene text, the hint's kind and size, and whether the object is asked for whole modulate every block (adaLN,
Peebles and Xie 2023; one projection shared by all blocks as in PixArt-alpha, Chen et al. 2023).

Annotated photos show many objects in part. The network is told which; at inference the object is whole.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional

from smartmask.model.condition import SPECIAL_ROWS
from smartmask.model.shape_inputs import CELLS
from smartmask.scene.guidance import GUIDANCE_KINDS

TIME_FREQUENCIES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class BackboneConfig:
    """Sizes of the compact backbone.

    Attributes:
        resolution: R, view pixels along a side; a multiple of `CELLS`.
        components: K, numbers of a shape.
        text_width: D of the text embeddings.
        label_width: L, numbers of a label in a cell of the layout.
        layout_width: Width that the layout is brought down to first.
        width: Width of the network.
        hidden: Width between the two layers of a block.
        depth: Number of blocks.
    """

    resolution: int = 64
    components: int = 384
    text_width: int = 256
    label_width: int = 48
    layout_width: int = 256
    width: int = 576
    hidden: int = 1280
    depth: int = 5

    def __post_init__(self) -> None:
        if self.resolution % CELLS or min(getattr(self, field.name) for field in fields(self)) < 1:
            raise ValueError(f"sizes must be 1 or more, and the resolution a multiple of {CELLS}: {self}")

    @staticmethod
    def of(values: Mapping[str, Any]) -> "BackboneConfig":
        """The sizes that a checkpoint holds as JSON.

        Raises:
            ValueError: If settings are unknown or missing, or cannot be built.
        """
        wrong = sorted({field.name for field in fields(BackboneConfig)}.symmetric_difference(values))
        if wrong:
            raise ValueError(f"backbone settings unknown or missing: {', '.join(wrong)}")
        return BackboneConfig(**values)

    @property
    def layout_numbers(self) -> int:
        """Numbers of a view's layout."""
        return CELLS * CELLS * (self.label_width + SPECIAL_ROWS)


class CompactBackbone(nn.Module):
    """Predicts the coordinates of a clean shape from noisy ones and their condition; knows no schedule."""

    def __init__(self, config: BackboneConfig, dropout: float = 0.0) -> None:
        """Random weights; in training the share `dropout` of each block's numbers is left out."""
        super().__init__()
        self.config = config
        width = config.width
        # Embeddings have unit length; scaled, their entries are as large as those of the other inputs.
        self.text_scale = config.text_width**0.5
        self.time = nn.Sequential(nn.Linear(2 * TIME_FREQUENCIES, width), nn.SiLU(), nn.Linear(width, width))
        self.object_text = nn.Linear(config.text_width, width)
        self.scene_text = nn.Linear(config.text_width, width)
        self.guidance_kind = nn.Embedding(len(GUIDANCE_KINDS), width)
        self.is_whole = nn.Embedding(2, width)
        self.extent = nn.Linear(8, width)
        self.mix = nn.Sequential(nn.SiLU(), nn.Linear(width, width), nn.SiLU())
        self.modulation = nn.Linear(width, 3 * width)
        self.out_modulation = nn.Linear(width, 2 * width)

        self.shape_in = nn.Linear(config.components, width)
        self.hint_in = nn.Linear(config.components, width)
        self.layout_in = nn.Sequential(
            nn.Linear(config.layout_numbers, config.layout_width),
            nn.GELU(),
            nn.Linear(config.layout_width, width),
        )
        self.blocks = nn.ModuleList(_Block(width, config.hidden, dropout) for _ in range(config.depth))
        self.out_norm = nn.LayerNorm(width, elementwise_affine=False)
        self.out = nn.Linear(width, config.components)
        for zeroed in (self.modulation, self.out_modulation, self.out):
            nn.init.zeros_(zeroed.weight)
            nn.init.zeros_(zeroed.bias)

    def forward(
        self,
        noisy: Float[Tensor, "B K"],
        t: Float[Tensor, " C"],
        hint: Float[Tensor, "C K"],
        layout: Float[Tensor, "C cells"],
        extent: Float[Tensor, "C 2"],
        guidance_kind: Int[Tensor, " C"],
        object_text: Float[Tensor, "C D"],
        scene_text: Float[Tensor, "C D"],
        is_whole: Bool[Tensor, " C"] | None = None,
    ) -> Float[Tensor, "B K"]:
        """The clean shapes.

        Args:
            noisy: Noisy coordinates x_t.
            t: Time, 1 = pure noise. It and all that follows is given once for each shape, or once for all.
            hint: Coordinates of the hint.
            layout: The layout's cells.
            extent: The hint's aspect and the view's zoom (`ShapeInputs.extent`).
            guidance_kind: The hint's kind.
            object_text: Embedding of the object's text; zero = not given.
            scene_text: Embedding of the scene's text; zero = not given.
            is_whole: Whether the object is to be drawn whole, or what is seen of it; None = whole.
        """
        whole = torch.ones_like(guidance_kind) if is_whole is None else is_whole.long()
        aspect, zoom = extent[:, :1], extent[:, 1:]
        numbers = (
            aspect,
            aspect.square(),
            aspect.abs(),
            zoom,
            zoom.square(),
            torch.sin(3 * aspect),
            torch.cos(3 * aspect),
            aspect**3,
        )
        context = self.mix(
            self.time(waves(t))
            + self.object_text(object_text * self.text_scale)
            + self.scene_text(scene_text * self.text_scale)
            + self.guidance_kind(guidance_kind)
            + self.is_whole(whole)
            + self.extent(torch.cat(numbers, 1))
        )
        shared = self.modulation(context).unflatten(1, (3, self.config.width))
        x = self.shape_in(noisy) + (self.hint_in(hint) + self.layout_in(layout) + context)
        for block in self.blocks:
            x = block(x, shared)
        scale, shift = self.out_modulation(context).chunk(2, 1)
        result: Tensor = self.out(self.out_norm(x) * (1 + scale) + shift)
        return result


class _Block(nn.Module):
    """A two-layer network with adaptive layer norm and a gate."""

    def __init__(self, width: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.norm = nn.LayerNorm(width, elementwise_affine=False)
        self.widen = nn.Linear(width, hidden)
        self.narrow = nn.Linear(hidden, width)
        self.modulation = nn.Parameter(torch.zeros(3, width))
        self.modulation.data[2] = 0.1

    def forward(self, x: Float[Tensor, "B W"], shared: Float[Tensor, "C 3 W"]) -> Float[Tensor, "B W"]:
        scale, shift, gate = (shared + self.modulation).unbind(1)
        h = self.widen(self.norm(x) * (1 + scale) + shift)
        result: Tensor = x + gate * self.narrow(self.dropout(functional.gelu(h)))
        return result


def waves(t: Float[Tensor, " B"]) -> Float[Tensor, "B F"]:
    """Sine and cosine features of time."""
    rates = torch.exp(torch.linspace(0, math.log(1000), TIME_FREQUENCIES, dtype=t.dtype, device=t.device))
    return torch.cat([torch.sin(t[:, None] * rates), torch.cos(t[:, None] * rates)], 1)
