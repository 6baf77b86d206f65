"""Stable Diffusion at a width of a few numbers, on disk, with a VAE that can be taught to draw masks."""

from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from shapes import disc, rectangle
from tiny_diffusers import TEXT_WIDTH, stable_diffusion

from smartmask.backends.base.backbone import BaseConfig
from smartmask.backends.base.checkpoint import initial_base, write_base
from smartmask.backends.base.layout import GuidanceEncoding
from smartmask.scene.view import View
from smartmask.training.base.signed_distance import encode

SIDE = 16
"""R of the views; a latent cell is two pixels wide."""


def base_checkpoint(
    folder: Path,
    fields: np.ndarray | None = None,
    widths: tuple[int, int] = (16, 32),
    fit_steps: int = 120,
) -> Path:
    """A Stable Diffusion checkpoint of two levels whose VAE has been fitted to some fields, if any are given.

    A VAE with random weights forgets its image, so no mask would come through it.
    """
    stable_diffusion(folder)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        vae = tiny_vae()
        if fields is not None:
            fit_vae(vae, torch.from_numpy(fields)[:, None], fit_steps)
        unet = UNet2DConditionModel(
            sample_size=SIDE // 2,
            down_block_types=["DownBlock2D", "CrossAttnDownBlock2D"],
            up_block_types=["CrossAttnUpBlock2D", "UpBlock2D"],
            block_out_channels=list(widths),
            layers_per_block=1,
            norm_num_groups=4,
            attention_head_dim=2,
            cross_attention_dim=TEXT_WIDTH,
        )
    vae.save_pretrained(folder / "vae", safe_serialization=True)
    unet.save_pretrained(folder / "unet", safe_serialization=True)
    return folder


def tiny_vae() -> AutoencoderKL:
    """Two levels, always the same random weights."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return AutoencoderKL(
            down_block_types=["DownEncoderBlock2D"] * 2,
            up_block_types=["UpDecoderBlock2D"] * 2,
            block_out_channels=[8, 8],
            layers_per_block=1,
            norm_num_groups=4,
            sample_size=SIDE,
        ).eval()


def fit_vae(vae: AutoencoderKL, fields: torch.Tensor, steps: int) -> None:
    """Some steps on the error of what comes back; the latents are scaled to a deviation of 1, as SD's are."""
    optimizer = torch.optim.Adam(vae.parameters(), 5e-3)
    image = fields.expand(-1, 3, -1, -1)
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = 5e-3 * (1 - step / steps)
        latents = vae.encode(image).latent_dist.mode()
        error = (vae.decode(latents).sample - image).square().mean() + 1e-4 * latents.square().mean()
        optimizer.zero_grad()
        error.backward()
        optimizer.step()
    with torch.no_grad():
        deviation = vae.encode(image).latent_dist.mode().std().item()
    vae.register_to_config(scaling_factor=1 / deviation)


def random_base_model(folder: Path, guidance_encoding: GuidanceEncoding = "channels") -> Path:
    """A base mask model on disk with random weights, all of which take part."""
    config = BaseConfig(guidance_encoding=guidance_encoding)
    model = initial_base(base_checkpoint(folder / "sd", known_fields(), widths=(8, 8)), config)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in model.backbone.parameters():
            parameter += 0.03 * torch.randn(parameter.shape, generator=generator)
    write_base(folder / "model", model, {})
    return folder / "model"


def known_fields() -> np.ndarray:
    """Fields of discs and boxes, so that the VAE draws shapes whatever latents it is given."""
    square, rng = (32, 32), np.random.default_rng(0)
    view, fields = View.whole(square, SIDE), []
    for number in range(12):
        x, y = rng.uniform(8, 24, 2)
        size = float(rng.uniform(6, 14))
        box = (int(x - size / 2), int(y - size / 2), int(x + size / 2), int(y + size / 2))
        fields.append(encode(disc(square, (x, y), size) if number % 2 else rectangle(square, box), view))
    return np.stack(fields)
