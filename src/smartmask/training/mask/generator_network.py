"""The shape generator: a transformer over the codec's cells that turns noise into a shape's code.

    noisy code (2 x 2 cells a token), what was estimated last, the drawing and the neighbours there
    + one token of the noisy place and the words                    -> blocks -> clean code and place

The codec keeps 8 x 8 cells, so a shape has parts that can be attended to: 16 tokens of four cells, and one
for its place. What belongs to a token's cells is added to it: the hint's drawing, and the codes of shapes of
the label, which are drawn in frames of the same kind and lie where the shape will. Words, time, aspect, style
and layout modulate every block (adaLN, Peebles and Xie 2023; one projection shared by all blocks, as in
PixArt-alpha, Chen et al. 2023). Neighbours as a condition: Blattmann et al. 2022. What was estimated last:
self-conditioning, Chen et al. 2022 ("Analog Bits").
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from smartmask.model.diffusion.condition import SPECIAL_ROWS
from smartmask.model.mask.generator_inputs import (
    CHANGES,
    CODE_NUMBERS,
    DRAWING_PX,
    LAYOUT_CELLS,
    PLACE_NUMBERS,
    STYLES,
)
from smartmask.model.shape.frame import CELLS, CHANNELS

PATCH = 2
"""Cells along a side of a token."""
TOKENS = (CELLS // PATCH) ** 2
TOKEN_NUMBERS = PATCH**2 * CHANNELS
LABEL_WIDTH = 32
"""Numbers that a cell's label is brought down to."""
TIME_FREQUENCIES = 32
TEXT_SCALE = 16.0
"""Embeddings have length 1: their numbers are small."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratorConfig:
    """Sizes of the network.

    Attributes:
        text_width: D of the text embeddings.
        width: Of a token.
        hidden: Between the two layers of a block.
        depth: Number of blocks.
        heads: Of attention.
    """

    text_width: int = 256
    width: int = 384
    hidden: int = 1152
    depth: int = 8
    heads: int = 6

    def __post_init__(self) -> None:
        if self.width % self.heads or min(getattr(self, field.name) for field in fields(self)) < 1:
            raise ValueError(f"sizes must be 1 or more, and the width a multiple of the heads: {self}")

    @staticmethod
    def of(values: Mapping[str, Any]) -> "GeneratorConfig":
        """The sizes that a checkpoint holds as JSON.

        Raises:
            ValueError: If settings are unknown or missing, or cannot be built.
        """
        wrong = sorted({field.name for field in fields(GeneratorConfig)}.symmetric_difference(values))
        if wrong:
            raise ValueError(f"generator settings unknown or missing: {', '.join(wrong)}")
        return GeneratorConfig(**values)


class ShapeGenerator(nn.Module):
    """Predicts clean samples from noisy ones and their condition; knows no schedule."""

    def __init__(self, config: GeneratorConfig, dropout: float = 0.0) -> None:
        """Random weights; in training the share `dropout` of each block's numbers is left out."""
        super().__init__()
        self.config = config
        width = config.width
        cell = DRAWING_PX // (CELLS // PATCH)
        self.code_in = nn.Linear(2 * TOKEN_NUMBERS, width)
        self.place_in = nn.Linear(2 * PLACE_NUMBERS, width)
        self.drawing_in = _two_layers(cell**2, width)
        self.neighbour_in = _two_layers(TOKEN_NUMBERS, width)
        self.position = nn.Parameter(torch.randn(TOKENS + 1, width) * 0.02)
        self.time = _two_layers(2 * TIME_FREQUENCIES, width)
        self.text = _two_layers(config.text_width, width)
        self.numbers = _two_layers(8 + len(STYLES) + CHANGES + 1, width)
        self.label = nn.Linear(config.text_width + SPECIAL_ROWS, LABEL_WIDTH)
        self.layout = _two_layers(LAYOUT_CELLS**2 * LABEL_WIDTH, width)
        self.modulation = nn.Linear(width, 6 * width)
        self.blocks = nn.ModuleList(_Block(config, dropout) for _ in range(config.depth))
        self.out_norm = nn.LayerNorm(width, elementwise_affine=False)
        self.out_modulation = nn.Linear(width, 2 * width)
        self.code_out = nn.Linear(width, TOKEN_NUMBERS)
        self.place_out = nn.Linear(width, PLACE_NUMBERS)
        for layer in (self.modulation, self.out_modulation, self.code_out, self.place_out):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(
        self,
        noisy: Float[Tensor, "B N"],
        t: Float[Tensor, " T"],
        previous: Float[Tensor, "B N"],
        text: Float[Tensor, "C D"],
        extent: Float[Tensor, "C 2"],
        style: Float[Tensor, "C 3"],
        changes: Float[Tensor, "C 3"],
        drawing: Float[Tensor, "C G G"],
        layout: Float[Tensor, "C cells L"],
        neighbours: Float[Tensor, "E K M"],
    ) -> Float[Tensor, "B N"]:
        """The clean samples; T, C and E are B or 1."""
        drawn = (drawing.flatten(1).sum(1, keepdim=True) > 0).to(text.dtype)
        words = self.text(text * TEXT_SCALE)
        aspect, zoom = extent[:, :1], extent[:, 1:]
        numbers = (
            *(aspect, aspect.square(), aspect.abs(), torch.sin(3 * aspect), torch.cos(3 * aspect)),
            *(aspect**3, zoom, zoom.square(), style, changes, drawn),
        )
        context = functional.silu(
            self.time(waves(t))
            + words
            + self.numbers(torch.cat(numbers, 1))
            + self.layout(self.label(layout).flatten(1))
        )
        shared = self.modulation(context).unflatten(1, (6, 1, self.config.width))
        both = torch.stack([noisy, previous], 1)
        code, place = both[:, :, :CODE_NUMBERS], both[:, :, CODE_NUMBERS:]
        tokens = self.code_in(_tokens(code)) + self.drawing_in(_drawing_tokens(drawing))
        tokens = tokens + self.neighbour_tokens(neighbours)
        placed = self.place_in(place.flatten(1)) + words
        x = torch.cat([tokens, placed[:, None]], 1) + self.position
        for block in self.blocks:
            x = block(x, shared)
        scale, shift = self.out_modulation(context)[:, None].chunk(2, 2)
        x = self.out_norm(x) * (1 + scale) + shift
        drawn_code = _cells(self.code_out(x[:, :TOKENS]))
        return torch.cat([drawn_code, self.place_out(x[:, TOKENS])], 1)

    def neighbour_tokens(self, neighbours: Float[Tensor, "E K M"]) -> Float[Tensor, "E tokens W"]:
        """The mean of what each neighbour says of each token; zero without neighbours."""
        there = (neighbours.abs().sum(2) > 0).to(neighbours.dtype)[:, :, None, None]
        codes = neighbours.flatten(0, 1)[:, None]
        told = self.neighbour_in(_tokens(codes)).unflatten(0, neighbours.shape[:2])
        return (told * there).sum(1) / there.sum(1).clamp(min=1)


class _Block(nn.Module):
    """Attention and a two-layer network, each with adaptive layer norm and a gate."""

    def __init__(self, config: GeneratorConfig, dropout: float) -> None:
        super().__init__()
        width = config.width
        self.heads = config.heads
        self.dropout = nn.Dropout(dropout)
        self.norm = nn.LayerNorm(width, elementwise_affine=False)
        self.attend = nn.Linear(width, 3 * width)
        self.join = nn.Linear(width, width)
        self.widen = nn.Linear(width, config.hidden)
        self.narrow = nn.Linear(config.hidden, width)
        self.modulation = nn.Parameter(torch.zeros(6, 1, width))
        self.modulation.data[2] = self.modulation.data[5] = 0.1

    def forward(self, x: Float[Tensor, "B P W"], shared: Float[Tensor, "C 6 1 W"]) -> Float[Tensor, "B P W"]:
        scale, shift, gate, scale_2, shift_2, gate_2 = (shared + self.modulation).unbind(1)
        x = x + gate * self.dropout(self._attention(self.norm(x) * (1 + scale) + shift))
        hidden = self.widen(self.norm(x) * (1 + scale_2) + shift_2)
        result: Tensor = x + gate_2 * self.narrow(self.dropout(functional.gelu(hidden, approximate="tanh")))
        return result

    def _attention(self, x: Float[Tensor, "B P W"]) -> Float[Tensor, "B P W"]:
        parts = self.attend(x).unflatten(2, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        query, key, value = parts.unbind(0)
        drawn = functional.scaled_dot_product_attention(query, key, value)
        joined: Tensor = self.join(drawn.transpose(1, 2).flatten(2))
        return joined


def _two_layers(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(inputs, outputs), nn.SiLU(), nn.Linear(outputs, outputs))


def _tokens(codes: Float[Tensor, "B S N"]) -> Float[Tensor, "B tokens S_numbers"]:
    """The numbers of each token, of S codes beside each other."""
    side = CELLS // PATCH
    cells = codes.reshape(*codes.shape[:2], CHANNELS, side, PATCH, side, PATCH)
    return cells.permute(0, 3, 5, 1, 2, 4, 6).flatten(3).flatten(1, 2)


def _cells(tokens: Float[Tensor, "B tokens numbers"]) -> Float[Tensor, "B N"]:
    """The code that tokens make up: the inverse of `_tokens`."""
    side = CELLS // PATCH
    parts = tokens.reshape(-1, side, side, CHANNELS, PATCH, PATCH)
    return parts.permute(0, 3, 1, 4, 2, 5).flatten(1)


def _drawing_tokens(drawing: Float[Tensor, "B G G"]) -> Float[Tensor, "B tokens numbers"]:
    side = CELLS // PATCH
    cell = drawing.shape[-1] // side
    parts = drawing.reshape(-1, side, cell, side, cell)
    return parts.permute(0, 1, 3, 2, 4).flatten(3).flatten(1, 2)


def waves(t: Float[Tensor, " B"]) -> Float[Tensor, "B F"]:
    """Sine and cosine features of time."""
    rates = torch.exp(torch.linspace(0, math.log(1000), TIME_FREQUENCIES, dtype=t.dtype, device=t.device))
    return torch.cat([torch.sin(t[:, None] * rates), torch.cos(t[:, None] * rates)], 1)
