"""The network that reads silhouettes: residual convolutions on cells of 4 x 4 pixels and coarser (He et al.
2016, "Identity mappings in deep residual networks"), the mean and the largest of each channel, one layer.
"""

import torch
from jaxtyping import Float
from torch import nn

from smartmask.model.shape.picture import PICTURE_PX

_CELL = 4
_WIDTHS = (48, 96, 192)


def _convolution(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1, stride=stride, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )


class _Residual(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(_convolution(width, width), nn.Conv2d(width, width, 3, padding=1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.body(x)


class RecogniserNetwork(nn.Module):
    """Pictures of a silhouette to a logit for each word."""

    def __init__(self, words: int) -> None:
        super().__init__()
        fine, middle, coarse = _WIDTHS
        self.body = nn.Sequential(
            nn.PixelUnshuffle(_CELL),
            _convolution(2 * _CELL**2, fine),
            _Residual(fine),
            _convolution(fine, middle, 2),
            _Residual(middle),
            _convolution(middle, coarse, 2),
            _Residual(coarse),
            nn.BatchNorm2d(coarse),
            nn.ReLU(),
        )
        self.dropout = nn.Dropout(0.2)
        self.head = nn.Linear(2 * coarse, words)

    def forward(self, pictures: Float[torch.Tensor, "B 2 S S"]) -> Float[torch.Tensor, "B L"]:
        """Logits of pictures from 0 to 1."""
        assert pictures.shape[-1] == PICTURE_PX
        cells = self.body(pictures)
        return self.head(self.dropout(torch.cat([cells.mean((2, 3)), cells.amax((2, 3))], 1)))
