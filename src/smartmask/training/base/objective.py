"""What a step of the base model computes: the squared error of the predicted noise in latents.

    L = E | target - U_theta([z_n, layout], texts, n) |^2,   n uniform       (Ho et al. 2020, equation 14)

averaged over the latent cells that lie on the canvas.
"""

from collections.abc import Mapping
from dataclasses import replace

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional

from smartmask.backends.base.backbone import BaseBackbone
from smartmask.backends.base.checkpoint import BaseModel, initial_base
from smartmask.training.base.batch import BaseBatch
from smartmask.training.base.config import BaseTrainConfig, LoopConfig


class BaseObjective:
    """The `Objective` of the base model."""

    def __init__(self, model: BaseModel, loop: LoopConfig) -> None:
        """Take the model; its network is trained in place."""
        self._frozen = model.frozen
        self._codec, self._schedule = model.frozen.codec, model.frozen.schedule
        if loop.gradient_checkpointing:
            model.backbone.checkpoint_gradients()
        model.backbone.train()
        self.network: nn.Module = PredictionLoss(model.backbone)

    def to(self, device: torch.device) -> None:
        """Bring what is not trained to a device."""
        frozen: tuple[nn.Module, ...] = (self._frozen.vae, self._frozen.texts.encoder)
        for part in frozen:
            part.to(device)

    def inputs(self, batch: BaseBatch) -> tuple[Tensor, ...]:
        """The network's inputs, from the parts that are not trained."""
        device = self._frozen.vae.device
        clean = self._codec.latents(batch.clean.to(device))
        noise, timesteps = batch.noise.to(device), batch.timesteps.to(device)
        return (
            self._schedule.noisy(clean, noise, timesteps),
            timesteps,
            self._schedule.target(clean, noise, timesteps),
            functional.avg_pool2d(batch.inside.to(device).float(), self._codec.factor),
            self._frozen.texts.tokens(batch.object_ids.to(device)),
            self._frozen.texts.tokens(batch.scene_ids.to(device)),
            *(tensor.to(device) for tensor in batch.layout),
        )


def averaged_model(config: BaseTrainConfig, weights: Mapping[str, Tensor], views: int) -> BaseModel:
    """The model with the weights that `train` returned; a new one, since training may have cut up the old.

    Args:
        config: The settings of the run.
        weights: Of the averaged network.
        views: How many views it has seen.

    Raises:
        BackendError: If the checkpoint that the run began with cannot be had any more.
    """
    model = initial_base(config.init, config.network, config.loop.seed)
    PredictionLoss(model.backbone).load_state_dict(weights)
    return replace(model, views=views)


class PredictionLoss(nn.Module):
    """A backbone whose answer is its loss, so that whatever wraps a network for training can wrap this."""

    def __init__(self, backbone: BaseBackbone) -> None:
        super().__init__()
        self.backbone = backbone

    def forward(
        self,
        noisy: Float[Tensor, "B C h w"],
        timesteps: Int[Tensor, " B"],
        target: Float[Tensor, "B C h w"],
        inside: Float[Tensor, "B 1 h w"],
        *condition: Tensor,
    ) -> Float[Tensor, ""]:
        """Mean over items of the mean squared error on the canvas.

        Args:
            noisy: Noisy latents.
            timesteps: Their timesteps.
            target: What should be predicted.
            inside: Share of each cell that lies on the canvas.
            condition: The other inputs of `BaseBackbone`.
        """
        predicted: Tensor = self.backbone(noisy, timesteps, *condition)
        error = (predicted.float() - target).square().mean(1, keepdim=True) * inside
        return (error.sum((1, 2, 3)) / inside.sum((1, 2, 3)).clamp(min=1)).mean()
