"""The denoiser in PyTorch: a backbone with its loss. Training only; inference runs `onnx_denoiser.py`.

The network predicts the clean shape z. Weighted as a velocity error, its squared error is divided by t^2:

    L = E w | (z - f(x_t, t)) / max(t, t_min) |^2,     x_t = (1 - t) z + t e

(Liu et al. 2023, equation 1, written for x-prediction; t_min keeps nearly clean samples from ruling the
gradient). w is 1 for whole objects and `PARTIAL_WEIGHT` for those that are seen in part.
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from smartmask.model.backbone import CompactBackbone

SMALLEST_TIME = 0.25
PARTIAL_WEIGHT = 0.4


def denoising_loss(
    backbone: CompactBackbone,
    clean: Float[Tensor, "B K"],
    noise: Float[Tensor, "B K"],
    t: Float[Tensor, " B"],
    condition: tuple[Tensor, ...],
    is_whole: Bool[Tensor, " B"],
) -> Float[Tensor, ""]:
    """Weighted mean over samples of the squared error.

    Args:
        backbone: The network.
        clean: Coordinates of the shapes.
        noise: As much noise.
        t: Times.
        condition: The network's inputs after (noisy, t), in their order.
        is_whole: Whether each shape is a whole object's.
    """
    time = t[:, None]
    estimate = backbone((1 - time) * clean + time * noise, t, *condition, is_whole).float()
    error = ((estimate - clean) / time.clamp(min=SMALLEST_TIME)).square().mean(1)
    weight = torch.where(is_whole, 1.0, PARTIAL_WEIGHT)
    return (weight * error).sum() / weight.sum()
