"""The base backbone, the paper's: Stable Diffusion's U-Net, told layout and hint by extra input channels.

    e = U_theta([z_t, E_phi(S~_k)], T_obj, T_context, t)     (Singh et al. 2024, arXiv 2312.05039, equation 2)

- The weights of the extra channels begin at zero (as in ControlNet and InstructPix2Pix), so an untrained
  backbone answers exactly as the U-Net that it came from.
- Both texts enter cross-attention: the tokens of the object, then those of the scene, along the sequence.
  Attention does not see the order, so each token has a vector added that says which text it belongs to; it
  begins at zero.

The network knows no noise schedule; `schedule.py` does.
"""

from dataclasses import dataclass
from typing import Any, get_args

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from jaxtyping import Float, Int
from torch import Tensor, nn

from smartmask.backends.base.layout import BlendedLayout, GuidanceEncoding, LayoutChannels


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseConfig:
    """What is ours about the base backbone; the rest is the checkpoint's.

    Attributes:
        guidance_encoding: "channels" = a map of its own for each kind of hint; "blend" = the paper's way.
        label_channels: Channels that a label embedding is projected to; "blend" has the three of a colour.
        text_width: D of the label embeddings.
    """

    guidance_encoding: GuidanceEncoding = "channels"
    label_channels: int = 8
    text_width: int = 256

    def __post_init__(self) -> None:
        if self.guidance_encoding not in get_args(GuidanceEncoding):
            expected = " or ".join(map(repr, get_args(GuidanceEncoding)))
            raise ValueError(f"guidance_encoding must be {expected}, not {self.guidance_encoding!r}")
        if self.label_channels < 1 or self.text_width < 1:
            raise ValueError(f"label_channels and text_width must be at least 1: {self}")


class BaseBackbone(nn.Module):
    """Predicts what Stable Diffusion predicts (the noise, or the velocity) for the latent of a mask."""

    def __init__(self, unet: UNet2DConditionModel, layout: LayoutChannels | BlendedLayout) -> None:
        """Take a U-Net that is already wide enough; `widen` makes one of any U-Net."""
        super().__init__()
        self.unet, self.layout = unet, layout
        self.text_roles = nn.Parameter(torch.zeros(2, unet.config["cross_attention_dim"]))

    def forward(
        self,
        noisy: Float[Tensor, "B C h w"],
        timestep: Int[Tensor, " B"],
        object_tokens: Float[Tensor, "B L D"],
        scene_tokens: Float[Tensor, "B L D"],
        regions: Int[Tensor, "B R R"],
        label_table: Float[Tensor, "B N E"],
        guidance: Float[Tensor, "B 1 R R"],
        guidance_kind: Int[Tensor, " B"],
        zoom: Float[Tensor, " B"],
    ) -> Float[Tensor, "B C h w"]:
        """The prediction.

        Args:
            noisy: Noisy latent z_n.
            timestep: n, 0 = nearly clean.
            object_tokens: CLIP's tokens of the object's text.
            scene_tokens: CLIP's tokens of the scene's text.
            regions, label_table, guidance, guidance_kind, zoom: As of `LayoutChannels` (`layout.py`).
        """
        layout = self.layout(regions, label_table, guidance, guidance_kind, zoom)
        return self.predict(noisy, timestep, object_tokens, scene_tokens, layout)

    def checkpoint_gradients(self) -> None:
        """Compute activations twice instead of keeping them: a third more work, a fraction of the memory."""
        self.unet.enable_gradient_checkpointing()
        self.layout.checkpoints_gradients = True

    def predict(
        self,
        noisy: Float[Tensor, "B C h w"],
        timestep: Int[Tensor, " B"],
        object_tokens: Float[Tensor, "B L D"],
        scene_tokens: Float[Tensor, "B L D"],
        layout: Float[Tensor, "B K h w"],
    ) -> Float[Tensor, "B C h w"]:
        """The prediction where the layout's channels are known already: they are the same in every step."""
        tokens = torch.cat([object_tokens + self.text_roles[0], scene_tokens + self.text_roles[1]], 1)
        answer: Tensor = self.unet(torch.cat([noisy, layout.to(noisy.dtype)], 1), timestep, tokens).sample
        return answer


def build_layout(config: BaseConfig, vae: AutoencoderKL, factor: int) -> LayoutChannels | BlendedLayout:
    """The part that turns the layout into channels; "blend" begins with the VAE's own encoder."""
    if config.guidance_encoding == "blend":
        return BlendedLayout(config.text_width, vae)
    return LayoutChannels(config.text_width, config.label_channels, factor)


def widen(unet: UNet2DConditionModel, extra: int) -> UNet2DConditionModel:
    """The same U-Net (changed in place) with more input channels, whose weights are zero."""
    first: Any = unet.conv_in
    zeros = first.weight.new_zeros(len(first.weight), extra, *first.kernel_size)
    first.weight = nn.Parameter(torch.cat([first.weight.detach(), zeros], 1))
    first.in_channels += extra
    described: Any = unet
    described.register_to_config(in_channels=first.in_channels)
    return unet
