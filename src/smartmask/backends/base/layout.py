"""How the layout and the hint become latent channels for the U-Net: as the paper does it, and as we do.

    "blend"      S~ = S (1 - a G) + a G,  a = 0.7;  channels = E_phi(S~)       (the paper, equations 2 and 5)
    "channels"   label channels, region borders, a map a kind of hint, and the zoom, each averaged over a cell

In both a label's place in the layout is found open-vocabulary: the table of label embeddings is projected to
a few channels (for "blend" to the three of a colour) and gathered per pixel.

A blended hint is white paint on the picture: it hides what is under it, and a box, a region and a scribble of
the same outline look alike. As channels of their own they hide nothing and stay apart.
"""

import copy
from typing import Literal

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from smartmask.backends.base.codec import latent_factor
from smartmask.model.diffusion.condition import SPECIAL_ROWS
from smartmask.scene.guidance import GUIDANCE_KINDS
from smartmask.scene.layout import OUTSIDE

GuidanceEncoding = Literal["blend", "channels"]
BLEND_STRENGTH = 0.7
"""a of the paper's equation 5."""
_HINTS = len(GUIDANCE_KINDS) - 1
"""Kinds of hints; the first kind is none."""


class LayoutChannels(nn.Module):
    """Labels, borders, hints and zoom as channels of their own."""

    def __init__(self, text_width: int, label_channels: int, factor: int) -> None:
        super().__init__()
        self.factor = factor
        self.checkpoints_gradients = False  # there is little to keep
        self.channels = label_channels + 1 + _HINTS + 1
        self.text_scale = text_width**0.5  # embeddings have unit length; scaled, their entries are about 1
        self.label_projection = nn.Linear(text_width, label_channels)
        self.special_labels = nn.Parameter(torch.randn(SPECIAL_ROWS, label_channels) * 0.5)

    def forward(
        self,
        regions: Int[Tensor, "B R R"],
        label_table: Float[Tensor, "B N D"],
        guidance: Float[Tensor, "B 1 R R"],
        guidance_kind: Int[Tensor, " B"],
        zoom: Float[Tensor, " B"],
    ) -> Float[Tensor, "B C h w"]:
        """The channels.

        Args:
            regions: Row of the label table under each pixel of the view; the first are the network's own.
            label_table: Embeddings of the layout's labels, after those rows.
            guidance: The hint's map.
            guidance_kind: The hint's kind, as a row of `GUIDANCE_KINDS`.
            zoom: ln(side of the view / longer side of the canvas).
        """
        labels = gather_labels(
            regions, self.label_projection(label_table * self.text_scale), self.special_labels
        )
        kinds = functional.one_hot(guidance_kind, _HINTS + 1)[:, 1:].to(guidance.dtype)
        hints = guidance * kinds[:, :, None, None]
        planes = [labels, _borders(regions).to(labels.dtype), hints.to(labels.dtype)]
        cells = functional.avg_pool2d(torch.cat(planes, 1), self.factor)
        zooms = zoom.to(cells.dtype)[:, None, None, None].expand(-1, 1, *cells.shape[2:])
        return torch.cat([cells, zooms], 1)


class BlendedLayout(nn.Module):
    """The paper's: the layout in colours with the hint in white, through an encoder that is trained."""

    def __init__(self, text_width: int, vae: AutoencoderKL) -> None:
        super().__init__()
        self.factor = latent_factor(vae)
        self.checkpoints_gradients = False
        self.channels: int = vae.config["latent_channels"]
        self.text_scale = 4 * text_width**0.5  # colours spread from edge to edge of the sigmoid
        self.colour = nn.Linear(text_width, 3)
        nn.init.normal_(self.colour.weight, std=text_width**-0.5 / 2)
        nn.init.zeros_(self.colour.bias)
        special = torch.zeros(SPECIAL_ROWS, 3)  # black where nothing is known, grey beyond the canvas
        special[OUTSIDE + SPECIAL_ROWS] = 0.5
        self.register_buffer("special_colours", special, persistent=False)
        self.special_colours: Tensor
        self.encoder = copy.deepcopy(vae.encoder).requires_grad_(True)
        self.quant_conv = (
            copy.deepcopy(vae.quant_conv).requires_grad_(True) if vae.quant_conv else nn.Identity()
        )
        self._scale: float = vae.config["scaling_factor"]

    def forward(
        self,
        regions: Int[Tensor, "B R R"],
        label_table: Float[Tensor, "B N D"],
        guidance: Float[Tensor, "B 1 R R"],
        guidance_kind: Int[Tensor, " B"],
        zoom: Float[Tensor, " B"],
    ) -> Float[Tensor, "B C h w"]:
        """E_phi(S~); the kind of the hint and the zoom are not told, as in the paper."""
        picture = blend_guidance(self.picture(regions, label_table), guidance)
        if self.checkpoints_gradients and self.training:
            moments: Tensor = checkpoint(self._encode, picture, use_reentrant=False)
        else:
            moments = self._encode(picture)
        return moments[:, : self.channels] * self._scale

    def picture(
        self, regions: Int[Tensor, "B R R"], label_table: Float[Tensor, "B N D"]
    ) -> Float[Tensor, "B 3 R R"]:
        """S: the colour-coded layout, RGB in [0, 1]."""
        colours = torch.sigmoid(self.colour(label_table * self.text_scale))
        return gather_labels(regions, colours, self.special_colours)

    def _encode(self, picture: Float[Tensor, "B 3 R R"]) -> Float[Tensor, "B C h w"]:
        moments: Tensor = self.quant_conv(self.encoder(2 * picture - 1))
        return moments


def blend_guidance(
    picture: Float[Tensor, "B 3 H W"], guidance: Float[Tensor, "B 1 H W"], strength: float = BLEND_STRENGTH
) -> Float[Tensor, "B 3 H W"]:
    """S~ = S (1 - a G) + a G: the hint painted in white over the layout.

    Source: Singh et al. 2024 (arXiv 2312.05039), equation 5.

    >>> grey, hint = torch.full((1, 3, 1, 2), 0.5), torch.tensor([[[[0.0, 1.0]]]])
    >>> [round(value, 6) for value in blend_guidance(grey, hint)[0, 0, 0].tolist()]
    [0.5, 0.85]
    """
    return picture * (1 - strength * guidance) + strength * guidance


def gather_labels(
    regions: Int[Tensor, "B R R"], table: Float[Tensor, "B N C"], special: Float[Tensor, "S C"]
) -> Float[Tensor, "B C R R"]:
    """The row of a table under each pixel; the special rows come first."""
    batch, size, _ = regions.shape
    rows = torch.cat([special.to(table.dtype).expand(batch, -1, -1), table], 1)
    index = regions.reshape(batch, size * size, 1).expand(-1, -1, rows.shape[2])
    return torch.gather(rows, 1, index).transpose(1, 2).reshape(batch, -1, size, size)


def _borders(regions: Int[Tensor, "B R R"]) -> Float[Tensor, "B 1 R R"]:
    """1 where a pixel's right or lower neighbour belongs to another region: like labels may touch."""
    right = functional.pad((regions[:, :, 1:] != regions[:, :, :-1]).float(), (0, 1))
    below = functional.pad((regions[:, 1:] != regions[:, :-1]).float(), (0, 0, 0, 1))
    return torch.maximum(right, below)[:, None]
