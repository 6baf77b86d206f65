"""The denoiser in PyTorch: a backbone with its loss. Training only; inference runs `onnx_denoiser.py`.

The network predicts the clean field x_0. Weighted as a velocity error, its squared error is divided by t^2:

    L = E | (x_0 - f(x_t, t)) / max(t, t_min) |^2,     x_t = (1 - t) x_0 + t e

(Liu et al. 2023, equation 1, written for x-prediction; t_min keeps nearly clean samples from ruling the
gradient).
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from smartmask.model.backbone import CompactBackbone
from smartmask.model.condition import ConditionBatch

SMALLEST_TIME = 0.2


def condition_tensors(batch: ConditionBatch) -> tuple[Tensor, ...]:
    """The network's inputs after (noisy, t), in their order."""
    names = ("regions", "label_table", "guidance", "guidance_kind", "object_text", "scene_text", "zoom")
    return tuple(torch.from_numpy(getattr(batch, name)) for name in names)


def denoising_loss(
    backbone: CompactBackbone,
    clean: Float[Tensor, "B 1 R R"],
    inside: Bool[Tensor, "B 1 R R"],
    noise: Float[Tensor, "B 1 R R"],
    t: Float[Tensor, " B"],
    condition: tuple[Tensor, ...],
) -> Float[Tensor, ""]:
    """Mean over samples of the weighted squared error on the pixels that lie on the canvas."""
    time = t[:, None, None, None]
    noisy = (1 - time) * clean + time * noise
    estimate = backbone(noisy, t, *condition).float()
    error = ((estimate - clean) / time.clamp(min=SMALLEST_TIME)).square() * inside
    return (error.sum((1, 2, 3)) / inside.sum((1, 2, 3)).clamp(min=1)).mean()
