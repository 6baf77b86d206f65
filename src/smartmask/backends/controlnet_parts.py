"""What a ControlNet is trained against: a frozen Stable Diffusion 1.x, 2.x or XL checkpoint.

SD reads the last hidden states of one CLIP. SDXL reads the last but one of two, side by side, and is also
told the second's pooled text, and six numbers: the picture's size, the corner and the size of the part that
is shown (Podell et al. 2023, section 2.2). No text is "" to SD; SDXL has zeros for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.controlnets.controlnet import ControlNetModel
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.pipelines.pipeline_utils import DiffusionPipeline
from jaxtyping import Float, Int
from torch import Tensor, nn
from transformers import AutoTokenizer, CLIPTextModel, CLIPTextModelWithProjection, PreTrainedTokenizerBase

from smartmask.backends.base.checkpoint import read_part, read_scheduler
from smartmask.backends.base.codec import latent_factor
from smartmask.backends.base.schedule import DdpmSchedule
from smartmask.backends.base.text import token_ids
from smartmask.backends.hub import Wanted, from_hub
from smartmask.errors import BackendError

CHECKPOINT = Wanted(
    what="a plain Stable Diffusion 1.x, 2.x or XL checkpoint in diffusers form",
    example="stable-diffusion-v1-5/stable-diffusion-v1-5",
)


@dataclass(frozen=True, slots=True, eq=False)
class ControlNetParts:
    """A checkpoint, none of it trained.

    Attributes:
        unet, vae: Its networks.
        tokenizers, encoders: One CLIP, or SDXL's two.
        schedule: Its noise levels.
        nothing_is_zeros: Whether it was trained with zeros in place of an empty text, as SDXL was.
    """

    unet: UNet2DConditionModel
    vae: AutoencoderKL
    tokenizers: tuple[PreTrainedTokenizerBase, ...]
    encoders: tuple[CLIPTextModel | CLIPTextModelWithProjection, ...]
    schedule: DdpmSchedule
    nothing_is_zeros: bool

    @property
    def resolution(self) -> int:
        """Pixels along a side of the pictures that the U-Net was trained with."""
        return int(self.unet.config["sample_size"]) * latent_factor(self.vae)

    def modules(self) -> tuple[nn.Module, ...]:
        """Its networks."""
        return (self.unet, self.vae, *self.encoders)

    def embed(
        self, ids: Int[Tensor, "B encoders L"]
    ) -> tuple[Float[Tensor, "B L D"], Float[Tensor, "B P"] | None]:
        """Texts as the U-Net reads them: their tokens and, for SDXL, their pooled embedding."""
        with torch.no_grad():
            answers = [
                encoder(ids[:, number], output_hidden_states=True)
                for number, encoder in enumerate(self.encoders)
            ]
        if len(answers) == 1:
            return answers[0].last_hidden_state, None
        tokens = torch.cat([answer.hidden_states[-2] for answer in answers], -1)
        if not self.nothing_is_zeros:
            return tokens, answers[1].text_embeds
        nothing = text_ids(self.tokenizers, [""]).to(ids.device)
        is_text = (ids != nothing).any((1, 2)).to(tokens.dtype)[:, None]
        return tokens * is_text[..., None], answers[1].text_embeds * is_text


def text_ids(
    tokenizers: Sequence[PreTrainedTokenizerBase], texts: Sequence[str]
) -> Int[Tensor, "B encoders L"]:
    """Token numbers of texts, for each text encoder."""
    return torch.stack([token_ids(tokenizer, texts) for tokenizer in tokenizers], 1)


def load_controlnet_parts(source: str | Path) -> ControlNetParts:
    """A checkpoint, frozen.

    Args:
        source: A folder, or a name on the hub.

    Raises:
        BackendError: If it cannot be had, or its U-Net takes more than noisy latents.
    """
    parts = from_hub(source, CHECKPOINT, _read)
    taken, latents = parts.unet.config["in_channels"], parts.vae.config["latent_channels"]
    if taken != latents:
        raise BackendError(
            f"{source}: its U-Net takes {taken} channels, expected the VAE's {latents}; a ControlNet is made "
            f"for a plain checkpoint, not for an inpainting one; give {CHECKPOINT.what}"
        )
    for module in parts.modules():
        module.requires_grad_(False)
        module.train(False)
    return parts


def initial_controlnet(unet: UNet2DConditionModel, seed: int = 0) -> ControlNetModel:
    """A ControlNet that changes nothing yet: the U-Net's encoder behind layers of zeros.

    Args:
        unet: The U-Net.
        seed: Of the layers that read the control, which the U-Net has not.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net: ControlNetModel = ControlNetModel.from_unet(unet)
    return net.requires_grad_(True)


def _read(place: str) -> ControlNetParts:
    unet = read_part(UNet2DConditionModel, place, "unet")
    tokenizers = [AutoTokenizer.from_pretrained(place, subfolder="tokenizer")]
    encoders = [read_part(CLIPTextModel, place, "text_encoder")]
    nothing_is_zeros = False
    if unet.config["addition_embed_type"] == "text_time":
        tokenizers.append(AutoTokenizer.from_pretrained(place, subfolder="tokenizer_2"))
        encoders.append(read_part(CLIPTextModelWithProjection, place, "text_encoder_2"))
        index: Any = DiffusionPipeline.load_config(place)
        nothing_is_zeros = bool(index.get("force_zeros_for_empty_prompt", True))
    scheduler = read_scheduler(place)
    return ControlNetParts(
        unet=unet,
        vae=read_part(AutoencoderKL, place, "vae"),
        tokenizers=tuple(tokenizers),
        encoders=tuple(encoders),
        schedule=DdpmSchedule.of(scheduler),
        nothing_is_zeros=nothing_is_zeros,
    )
