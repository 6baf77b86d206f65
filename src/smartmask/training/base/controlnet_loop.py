"""What a ControlNet for inpainting learns; the loop itself is `loop.py`.

    L = E | target - U(z_n, text, n; C(z_n, text, n, control)) |^2          (Zhang et al. 2023, equation 5)

C is trained; U, the VAE and the text encoders are frozen. The control is the photo with the masked pixels set
to -1, or the layout in colours: just what `backends/inpaint_diffusers.py` shows it.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers.models.controlnets.controlnet import ControlNetModel
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.utils.data import Dataset
from transformers import PreTrainedTokenizerBase

from smartmask.backends.base.codec import VaeCodec
from smartmask.backends.controlnet_parts import ControlNetParts, initial_controlnet, text_ids
from smartmask.backends.inpaint_diffusers import without_masked
from smartmask.data.atomic_folder import write_folder
from smartmask.data.inpaint_folder import InpaintFolder
from smartmask.training.base.config import LoopConfig
from smartmask.training.base.controlnet_config import ControlNetTrainConfig
from smartmask.training.base.step_parts import StepParts, load_parts

CARD_FILE = "smartmask.json"
FORMAT = "smartmask-controlnet"
FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True)
class ControlNetBatch:
    """Tensors of one part of a step."""

    pixels: Tensor
    control: Tensor
    noise: Tensor
    timesteps: Tensor
    ids: Tensor
    sizes: Tensor


@dataclass(frozen=True, slots=True, eq=False)
class ControlNetItem:
    """One picture, in NumPy."""

    pixels: np.ndarray
    control: np.ndarray
    noise: np.ndarray
    timestep: int
    text: str
    sizes: tuple[int, ...]


class ControlNetItems(Dataset[ControlNetItem]):
    """Item number -> picture. Each picture comes once an epoch; all choices follow from (seed, number)."""

    def __init__(self, folder: InpaintFolder, config: ControlNetTrainConfig, parts: ControlNetParts) -> None:
        self._folder, self._config = folder, config
        self._resolution = parts.resolution
        side = int(parts.unet.config["sample_size"])
        self._latent = (int(parts.vae.config["latent_channels"]), side, side)
        self._timesteps = parts.schedule.timesteps

    def __getitem__(self, number: int) -> ControlNetItem:
        seed = self._config.loop.seed
        epoch, place = divmod(number, len(self._folder))
        order = np.random.default_rng([seed, 6, epoch]).permutation(len(self._folder))
        rng = np.random.default_rng([seed, 7, number])
        example = self._folder.example(int(order[place]), self._resolution, rng)
        if self._config.control == "inpaint":
            control = without_masked(example.image, example.mask)[0]
        else:
            assert example.segmentation is not None, "the folder was opened so that it must have one"
            control = _planes(example.segmentation) / 255
        return ControlNetItem(
            pixels=_planes(example.image) / 127.5 - 1,
            control=control,
            noise=rng.standard_normal(self._latent, np.float32),
            timestep=int(rng.integers(self._timesteps)),
            text="" if rng.random() < self._config.drop_text else example.text,
            # SDXL is told the size before any scaling: it says how sharp a picture may be.
            sizes=(*example.size_hw, *example.corner_yx, self._resolution, self._resolution),
        )


def collate(
    items: Sequence[ControlNetItem], tokenizers: Sequence[PreTrainedTokenizerBase]
) -> ControlNetBatch:
    """Stack items."""
    return ControlNetBatch(
        pixels=torch.from_numpy(np.stack([item.pixels for item in items])),
        control=torch.from_numpy(np.stack([item.control for item in items])),
        noise=torch.from_numpy(np.stack([item.noise for item in items])),
        timesteps=torch.tensor([item.timestep for item in items]),
        ids=text_ids(tokenizers, [item.text for item in items]),
        sizes=torch.tensor([item.sizes for item in items]),
    )


def controlnet_loader(
    folder: InpaintFolder, config: ControlNetTrainConfig, parts: ControlNetParts, workers: int
) -> Callable[[StepParts, int], Iterator[ControlNetBatch]]:
    """What the loop draws its batches from.

    Args:
        folder: The pictures.
        config: The settings.
        parts: What the ControlNet is made for.
        workers: Processes that read pictures; 0 = this one does.
    """
    items = ControlNetItems(folder, config, parts)
    stack = partial(collate, tokenizers=parts.tokenizers)
    return lambda split, first_step: load_parts(items, stack, split, first_step, workers)


class ControlNetObjective:
    """The `Objective` of a ControlNet."""

    def __init__(self, parts: ControlNetParts, loop: LoopConfig) -> None:
        """Begin with a ControlNet that changes nothing."""
        self._parts, self._codec = parts, VaeCodec(parts.vae)
        controlnet = initial_controlnet(parts.unet, loop.seed)
        if loop.gradient_checkpointing:
            controlnet.enable_gradient_checkpointing()
            parts.unet.enable_gradient_checkpointing()
        controlnet.train()
        self.network: nn.Module = ControlNetLoss(controlnet, _predictor(parts))

    def to(self, device: torch.device) -> None:
        """Bring the frozen networks to a device."""
        for module in self._parts.modules():
            module.to(device)

    def inputs(self, batch: ControlNetBatch) -> tuple[Tensor, ...]:
        """The network's inputs, from the parts that are not trained."""
        device = self._parts.vae.device
        clean = self._codec.image_latents(batch.pixels.to(device))
        noise, timesteps = batch.noise.to(device), batch.timesteps.to(device)
        tokens, pooled = self._parts.embed(batch.ids.to(device))
        schedule = self._parts.schedule
        inputs = (
            schedule.noisy(clean, noise, timesteps),
            timesteps,
            schedule.target(clean, noise, timesteps),
            batch.control.to(device),
            tokens,
        )
        return inputs if pooled is None else (*inputs, pooled, batch.sizes.to(device))


Predict = Callable[..., Tensor]
"""(noisy, timesteps, tokens, added, down, middle) -> the frozen U-Net's prediction with a ControlNet's
additions."""


class ControlNetLoss(nn.Module):
    """A ControlNet whose answer is its loss."""

    def __init__(self, controlnet: ControlNetModel, predict: Predict) -> None:
        """Take a function, not the frozen U-Net: what is no part of a module is neither copied nor saved."""
        super().__init__()
        self.controlnet = controlnet
        self._predict = predict

    def forward(
        self,
        noisy: Float[Tensor, "B C h w"],
        timesteps: Int[Tensor, " B"],
        target: Float[Tensor, "B C h w"],
        control: Float[Tensor, "B 3 R R"],
        tokens: Float[Tensor, "B L D"],
        pooled: Float[Tensor, "B P"] | None = None,
        sizes: Int[Tensor, "B 6"] | None = None,
    ) -> Float[Tensor, ""]:
        """Mean squared error of the prediction; `pooled` and `sizes` are SDXL's."""
        added = None if pooled is None else {"text_embeds": pooled, "time_ids": sizes}
        down, middle = self.controlnet(
            noisy, timesteps, tokens, control, added_cond_kwargs=added, return_dict=False
        )
        predicted = self._predict(noisy, timesteps, tokens, added, down, middle)
        return (predicted.float() - target).square().mean()


def write_controlnet(
    folder: Path, weights: Mapping[str, Tensor], parts: ControlNetParts, card: Mapping[str, Any]
) -> None:
    """Write averaged weights as diffusers reads them, whole or not at all; an older one of ours is replaced.

    Args:
        folder: Where to; `ControlNetModel.from_pretrained` takes it.
        weights: What `train` returns.
        parts: What it was made for.
        card: Settings and steps of the run, as JSON values.

    Raises:
        OSError: If it cannot be written, or something else stands there.
    """
    controlnet: Any = initial_controlnet(parts.unet)  # training may have cut up the old one
    controlnet.load_state_dict({name.removeprefix("controlnet."): value for name, value in weights.items()})
    text = json.dumps({"format": FORMAT, "version": FORMAT_VERSION, **card}, indent=1) + "\n"

    def fill(passing: Path) -> None:
        controlnet.save_pretrained(passing, safe_serialization=True)
        (passing / CARD_FILE).write_text(text)

    write_folder(folder, fill, CARD_FILE)


def _predictor(parts: ControlNetParts) -> Predict:
    unet: Any = parts.unet

    def predict(
        noisy: Tensor,
        timesteps: Tensor,
        tokens: Tensor,
        added: dict[str, Tensor] | None,
        down: Sequence[Tensor],
        middle: Tensor,
    ) -> Tensor:
        answer: Tensor = unet(
            noisy,
            timesteps,
            tokens,
            added_cond_kwargs=added,
            down_block_additional_residuals=down,
            mid_block_additional_residual=middle,
        ).sample
        return answer

    return predict


def _planes(image: np.ndarray) -> np.ndarray:
    """(H, W, 3) bytes as (3, H, W) floats."""
    return np.ascontiguousarray(image.transpose(2, 0, 1)).astype(np.float32)
