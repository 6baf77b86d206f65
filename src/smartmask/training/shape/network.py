"""The shape codec as a network: a field <-> 8 x 8 codes of few numbers, and a quick sketch of a code.

Convolutions work on cells of 4 x 4 pixels and coarser, which keeps both ways cheap on a CPU: the finest
features a layer sees are those of a 32 x 32 map, pixels come out of their channels (Shi et al. 2016,
"Real-time single image and video super-resolution using an efficient sub-pixel convolutional network",
section 3).

A code is rounded to `LEVELS` steps. In training, noise as wide as a step stands for rounding (Balle et al.
2017, "End-to-end optimized image compression", section 3.1).

The sketch is what compares hundreds of shapes at a time: a small map of the field, by two layers.
"""

import torch
from jaxtyping import Float
from torch import nn
from torch.nn import functional

from smartmask.model.shape.codec import SKETCH_PX
from smartmask.model.shape.frame import CELLS, CHANNELS, LEVELS

_CELL = 4
"""Pixels along a side of the cells that the finest convolutions work on."""


def _convolution(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1, stride=stride), nn.GroupNorm(8, outputs), nn.SiLU()
    )


class _Residual(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(_convolution(width, width), nn.Conv2d(width, width, 3, padding=1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.body(x)


def _doubled(inputs: int, outputs: int) -> nn.Sequential:
    """Twice the resolution."""
    return nn.Sequential(nn.Conv2d(inputs, 4 * outputs, 3, padding=1), nn.PixelShuffle(2), nn.SiLU())


class ShapeEncoder(nn.Module):
    """Fields to codes in [-1, 1], not rounded."""

    def __init__(self, widths: tuple[int, int, int] = (48, 96, 160)) -> None:
        super().__init__()
        fine, middle, coarse = widths
        self.body = nn.Sequential(
            nn.PixelUnshuffle(_CELL),
            _convolution(_CELL**2, fine),
            _convolution(fine, middle, 2),
            _Residual(middle),
            _convolution(middle, coarse, 2),
            _Residual(coarse),
            nn.Conv2d(coarse, CHANNELS, 1),
            nn.Tanh(),
        )

    def forward(self, field: Float[torch.Tensor, "B 1 F F"]) -> Float[torch.Tensor, "B C 8 8"]:
        """The codes of fields."""
        return self.body(field)


class ShapeDecoder(nn.Module):
    """Codes to fields."""

    def __init__(self, widths: tuple[int, int, int] = (48, 96, 160)) -> None:
        super().__init__()
        fine, middle, coarse = widths
        self.body = nn.Sequential(
            nn.Conv2d(CHANNELS, coarse, 3, padding=1),
            _Residual(coarse),
            _Residual(coarse),
            _doubled(coarse, middle),
            _Residual(middle),
            _doubled(middle, fine),
            _Residual(fine),
            _doubled(fine, 16),
            _convolution(16, 16),
            nn.Conv2d(16, 4, 3, padding=1),
            nn.PixelShuffle(2),
        )

    def forward(self, code: Float[torch.Tensor, "B C 8 8"]) -> Float[torch.Tensor, "B 1 F F"]:
        """The fields of codes."""
        return self.body(code)


class ShapeSketch(nn.Module):
    """Codes to small fields."""

    def __init__(self, hidden: int = 768) -> None:
        super().__init__()
        numbers = CHANNELS * CELLS**2
        self.first, self.second = nn.Linear(numbers, hidden), nn.Linear(hidden, SKETCH_PX**2)

    def forward(self, code: Float[torch.Tensor, "B C 8 8"]) -> Float[torch.Tensor, "B S S"]:
        """The small fields of codes."""
        hidden = functional.silu(self.first(code.flatten(1)))
        return self.second(hidden).unflatten(1, (SKETCH_PX, SKETCH_PX))


class ShapeAutoencoder(nn.Module):
    """All three."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder, self.decoder, self.sketch = ShapeEncoder(), ShapeDecoder(), ShapeSketch()

    def loss(self, field: Float[torch.Tensor, "B 1 F F"]) -> torch.Tensor:
        """Of a batch: differences near the outline weigh most, and which side of it a pixel is on."""
        code = self.encoder(field).float()
        noisy = code + (torch.rand_like(code) - 0.5) * (2 / (LEVELS - 1))
        drawn = self.decoder(noisy).float()
        small = functional.avg_pool2d(field, field.shape[-1] // SKETCH_PX)[:, 0]
        sketched = self.sketch(noisy.detach()).float()
        return _field_loss(drawn, field) + 0.2 * functional.smooth_l1_loss(sketched, small, beta=0.1)


def rounded(code: torch.Tensor) -> torch.Tensor:
    """Codes as they are kept."""
    half = (LEVELS - 1) / 2
    return (torch.round((code + 1) * half) / half - 1).clamp(-1, 1)


def _field_loss(drawn: torch.Tensor, field: torch.Tensor) -> torch.Tensor:
    near = (field.abs() < 0.5).float()
    distance = functional.smooth_l1_loss(drawn, field, reduction="none", beta=0.05)
    side = functional.binary_cross_entropy_with_logits(6 * drawn, (6 * field).sigmoid(), reduction="none")
    floor = functional.binary_cross_entropy_with_logits(6 * field, (6 * field).sigmoid(), reduction="none")
    return (distance * (1 + 4 * near) + 0.5 * (side - floor)).mean()
