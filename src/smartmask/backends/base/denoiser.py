"""The base mask model asked from NumPy: `Branches` in the latent space of its VAE."""

from functools import lru_cache

import numpy as np
import torch
from jaxtyping import Float, Float32
from torch import Tensor, nn

from smartmask.backends.base.checkpoint import BaseModel
from smartmask.backends.base.codec import LatentSpace
from smartmask.backends.base.schedule import network_input
from smartmask.backends.base.text import token_ids
from smartmask.backends.stable_diffusion import check_length
from smartmask.model.diffusion.condition import Condition, ConditionBatch

REMEMBERED_TEXTS = 256
REMEMBERED_LAYOUTS = 16
"""Conditions in work at a time: a few a candidate, a few candidates side by side."""


class BaseDenoiser:
    """A `Branches` denoiser of latents; safe to call from several threads at once."""

    def __init__(self, model: BaseModel, device: torch.device | None = None) -> None:
        """Take a model and bring it to a device.

        Args:
            model: The model.
            device: Where it works; None = where it is.
        """
        parts: tuple[nn.Module, ...] = (model.backbone, model.frozen.vae, model.frozen.texts.encoder)
        for part in parts:
            part.to(device)
        self._backbone = model.backbone.eval()
        self._texts, self._schedule = model.frozen.texts, model.frozen.schedule
        self.resolution = model.resolution
        self.space = LatentSpace(model.frozen.codec, self.resolution)
        # Texts and layouts stay the same over all steps; only the noisy latent changes.
        self._tokens = lru_cache(REMEMBERED_TEXTS)(self._encode_text)
        self._layout = lru_cache(REMEMBERED_LAYOUTS)(self._encode_layout)

    def __call__(
        self, x: Float[np.ndarray, "1 C h w"], t: float, conditions: tuple[Condition, ...]
    ) -> tuple[Float32[np.ndarray, "1 C h w"], ...]:
        """The clean estimate of one noisy latent under each condition.

        Raises:
            ValueError: If a text has more tokens than CLIP reads.
        """
        with torch.inference_mode():
            device = self._backbone.text_roles.device
            noisy = torch.from_numpy(np.asarray(x, np.float32)).to(device)
            noisy = noisy.expand(len(conditions), -1, -1, -1)
            timestep = torch.full((len(conditions),), self._schedule.timestep(t), device=device)
            predicted = self._backbone.predict(
                network_input(noisy, t),
                timestep,
                torch.cat([self._tokens("prompt", condition.prompt) for condition in conditions]),
                torch.cat([self._tokens("scene text", condition.scene) for condition in conditions]),
                torch.cat([self._layout(condition) for condition in conditions]),
            )
            clean: np.ndarray = self._schedule.clean(noisy, t, predicted).cpu().numpy()
        return tuple(clean[:, None])

    def _encode_text(self, name: str, text: str) -> Float[Tensor, "1 L D"]:
        check_length(self._texts.tokenizer, name, text)
        return self._texts.tokens(token_ids(self._texts.tokenizer, [text]).to(self._texts.encoder.device))

    def _encode_layout(self, condition: Condition) -> Float[Tensor, "1 K h w"]:
        batch, device = ConditionBatch.stack([condition]), self._backbone.text_roles.device
        names = ("regions", "label_table", "guidance", "guidance_kind", "zoom")
        inputs = [torch.from_numpy(getattr(batch, name)).to(device) for name in names]
        channels: Tensor = self._backbone.layout(*inputs)
        return channels
