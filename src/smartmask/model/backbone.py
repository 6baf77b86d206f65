"""The compact backbone: a convolutional stem and decoder with skips round a transformer at 1/8 of the view.

    noisy SDF, layout channels, guidance  -> stem 1/2 -> 1/4 -> 1/8 -> transformer -> 1/4 -> 1/2 -> clean SDF
                                              |__________|______ skips ______________|______|

Convolutions give smooth contours (a pure transformer leaves shapes shattered along its patch borders), the
transformer decides what goes where. Time, object text, scene text, guidance kind and zoom modulate every
block (adaLN, Peebles and Xie 2023; one projection shared by all transformer blocks as in PixArt-alpha, Chen
et al. 2023).

The layout enters open-vocabulary: the table of its regions' label embeddings is projected to a few channels
and gathered per pixel, so there are no class ids and no palette.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional

from smartmask.model.condition import SPECIAL_ROWS
from smartmask.scene.guidance import GUIDANCE_KINDS

TIME_FREQUENCIES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class BackboneConfig:
    """Sizes of the compact backbone.

    Attributes:
        resolution: R, view pixels along a side; a multiple of 8.
        text_width: D of the text embeddings.
        label_channels: Channels that a label embedding is projected to, per pixel.
        stem_widths: Channels at 1/2 and 1/4 of the view.
        width: Width of the transformer at 1/8; a multiple of 64, or of 8 below that.
        depth: Number of transformer blocks.
    """

    resolution: int = 64
    text_width: int = 256
    label_channels: int = 12
    stem_widths: tuple[int, int] = (64, 128)
    width: int = 256
    depth: int = 8

    def __post_init__(self) -> None:
        if self.resolution % 8 or self.width % 8 or any(w % 8 for w in self.stem_widths):
            raise ValueError(f"resolution, width and stem widths must be multiples of 8: {self}")
        if self.width > 64 and self.width % 64:
            raise ValueError(f"a width above 64 must be a multiple of 64, not {self.width}")

    @staticmethod
    def of(values: Mapping[str, Any]) -> "BackboneConfig":
        """The sizes that a checkpoint holds as JSON.

        Raises:
            ValueError: If settings are unknown or missing, or cannot be built.
        """
        wrong = sorted({field.name for field in fields(BackboneConfig)}.symmetric_difference(values))
        if wrong:
            raise ValueError(f"backbone settings unknown or missing: {', '.join(wrong)}")
        return BackboneConfig(**{**values, "stem_widths": tuple(values["stem_widths"])})

    @property
    def heads(self) -> int:
        """Attention heads: 64 channels each, at least one."""
        return max(1, self.width // 64)


class CompactBackbone(nn.Module):
    """Predicts the clean SDF of a view from a noisy one and its condition; knows no schedule."""

    def __init__(self, config: BackboneConfig) -> None:
        super().__init__()
        self.config = config
        narrow, middle = config.stem_widths
        width = config.width
        # Embeddings have unit length; scaled, their entries are as large as those of the other inputs, which
        # otherwise drown the words for the first hundred thousand views (docs/LOG.md).
        self.text_scale = config.text_width**0.5
        self.label_projection = nn.Linear(config.text_width, config.label_channels)
        self.special_labels = nn.Parameter(torch.randn(SPECIAL_ROWS, config.label_channels) * 0.5)
        self.time = nn.Sequential(nn.Linear(2 * TIME_FREQUENCIES, width), nn.SiLU(), nn.Linear(width, width))
        self.object_text = nn.Linear(config.text_width, width)
        self.scene_text = nn.Linear(config.text_width, width)
        self.guidance_kind = nn.Embedding(len(GUIDANCE_KINDS), width)
        self.zoom = nn.Linear(2, width)
        self.mix = nn.Sequential(nn.SiLU(), nn.Linear(width, width), nn.SiLU())

        channels = 3 + config.label_channels
        self.stem = nn.Conv2d(channels, narrow, 4, stride=2, padding=1)
        self.encode_half = _Residual(narrow, narrow, width)
        self.to_quarter = nn.Conv2d(narrow, middle, 3, stride=2, padding=1)
        self.encode_quarter = _Residual(middle, middle, width)
        self.to_eighth = nn.Conv2d(middle, width, 3, stride=2, padding=1)
        self.position = nn.Parameter(torch.randn(1, (config.resolution // 8) ** 2, width) * 0.02)
        self.modulation = nn.Linear(width, 6 * width)
        self.blocks = nn.ModuleList(_Block(width, config.heads) for _ in range(config.depth))
        self.from_eighth = nn.Conv2d(width, middle, 1)
        self.decode_quarter = _Residual(2 * middle, middle, width)
        self.from_quarter = nn.Conv2d(middle, narrow, 1)
        self.decode_half = _Residual(2 * narrow, narrow, width)
        self.out_norm = nn.GroupNorm(8, narrow)
        self.out = nn.Conv2d(narrow, 4, 3, padding=1)
        nn.init.zeros_(self.modulation.weight)
        nn.init.zeros_(self.modulation.bias)

    def forward(
        self,
        noisy: Float[Tensor, "B 1 R R"],
        t: Float[Tensor, " B"],
        regions: Int[Tensor, "B R R"],
        label_table: Float[Tensor, "B N D"],
        guidance: Float[Tensor, "B 1 R R"],
        guidance_kind: Int[Tensor, " B"],
        object_text: Float[Tensor, "B D"],
        scene_text: Float[Tensor, "B D"],
        zoom: Float[Tensor, " B"],
    ) -> Float[Tensor, "B 1 R R"]:
        """The clean SDF.

        Args:
            noisy: Noisy SDF x_t.
            t: Time, 1 = pure noise.
            regions: Row of the label table under each pixel; the first `SPECIAL_ROWS` rows are the network's
                own.
            label_table: Text embeddings of the regions, from row `SPECIAL_ROWS` on.
            guidance: The hint's map, and
            guidance_kind: its kind.
            object_text: Embedding of the object's text; zero = not given.
            scene_text: Embedding of the scene's text; zero = not given.
            zoom: Natural logarithm of window side / longer canvas side.
        """
        context = self.mix(
            self.time(_waves(t))
            + self.object_text(object_text * self.text_scale)
            + self.scene_text(scene_text * self.text_scale)
            + self.guidance_kind(guidance_kind)
            + self.zoom(torch.stack([zoom, zoom.square()], 1))
        )
        layout = self._layout_channels(regions, label_table, noisy.dtype)
        x = torch.cat([noisy, guidance, layout], 1).contiguous(memory_format=torch.channels_last)
        half = self.encode_half(self.stem(x), context)
        quarter = self.encode_quarter(self.to_quarter(half), context)
        eighth = self.to_eighth(quarter)
        batch, width, rows, columns = eighth.shape
        tokens = eighth.flatten(2).transpose(1, 2) + self.position
        shared = self.modulation(context).view(batch, 6, width)
        for block in self.blocks:
            tokens = block(tokens, shared)
        eighth = tokens.transpose(1, 2).reshape(batch, width, rows, columns)
        up = functional.interpolate(self.from_eighth(eighth), scale_factor=2.0)
        up = self.decode_quarter(torch.cat([up, quarter], 1), context)
        up = functional.interpolate(self.from_quarter(up), scale_factor=2.0)
        up = self.decode_half(torch.cat([up, half], 1), context)
        return functional.pixel_shuffle(self.out(functional.silu(self.out_norm(up))), 2)

    def _layout_channels(
        self, regions: Int[Tensor, "B R R"], label_table: Float[Tensor, "B N D"], dtype: torch.dtype
    ) -> Float[Tensor, "B C R R"]:
        """Label channels gathered per pixel, and one channel that marks where regions meet."""
        batch, size, _ = regions.shape
        table = self.label_projection(label_table * self.text_scale)
        special = self.special_labels.to(table.dtype).expand(batch, -1, -1)
        table = torch.cat([special, table], 1)
        index = regions.reshape(batch, size * size, 1).expand(-1, -1, table.shape[2])
        labels = torch.gather(table, 1, index).transpose(1, 2).reshape(batch, -1, size, size)
        right = functional.pad((regions[:, :, 1:] != regions[:, :, :-1]).to(dtype), (0, 1))
        below = functional.pad((regions[:, 1:] != regions[:, :-1]).to(dtype), (0, 0, 0, 1))
        return torch.cat([labels.to(dtype), torch.maximum(right, below)[:, None]], 1)


class _Residual(nn.Module):
    """Two convolutions with a skip, modulated between them by the context."""

    def __init__(self, channels_in: int, channels_out: int, context: int) -> None:
        super().__init__()
        self.norm_in = nn.GroupNorm(8, channels_in)
        self.conv_in = nn.Conv2d(channels_in, channels_out, 3, padding=1)
        self.norm_out = nn.GroupNorm(8, channels_out)
        self.conv_out = nn.Conv2d(channels_out, channels_out, 3, padding=1)
        self.modulation = nn.Linear(context, 2 * channels_out)
        self.skip = nn.Conv2d(channels_in, channels_out, 1) if channels_in != channels_out else nn.Identity()
        nn.init.zeros_(self.conv_out.weight)

    def forward(self, x: Float[Tensor, "B C h w"], context: Float[Tensor, "B W"]) -> Float[Tensor, "B c h w"]:
        scale, shift = self.modulation(context)[:, :, None, None].chunk(2, 1)
        h = self.conv_in(functional.silu(self.norm_in(x)))
        h = self.norm_out(h) * (1 + scale) + shift
        result: Tensor = self.skip(x) + self.conv_out(functional.silu(h))
        return result


class _Block(nn.Module):
    """Attention and a two-layer network over the tokens, with adaptive layer norm."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.attention_norm = nn.LayerNorm(width, elementwise_affine=False)
        self.network_norm = nn.LayerNorm(width, elementwise_affine=False)
        self.queries_keys_values = nn.Linear(width, 3 * width)
        self.attention_out = nn.Linear(width, width)
        self.widen = nn.Linear(width, 4 * width)
        self.narrow = nn.Linear(4 * width, width)
        self.modulation = nn.Parameter(torch.zeros(6, width))
        self.modulation.data[2] = self.modulation.data[5] = 0.1

    def forward(self, x: Float[Tensor, "B L W"], shared: Float[Tensor, "B 6 W"]) -> Float[Tensor, "B L W"]:
        scale, shift, gate, scale_2, shift_2, gate_2 = (shared + self.modulation).unsqueeze(2).unbind(1)
        batch, length, width = x.shape
        h = self.queries_keys_values(self.attention_norm(x) * (1 + scale) + shift)
        queries, keys, values = h.view(batch, length, 3, self.heads, width // self.heads).permute(
            2, 0, 3, 1, 4
        )
        # On 64 tokens two plain products are faster on a CPU than the fused kernel's backward pass.
        weights = torch.softmax(queries @ keys.transpose(-2, -1) * queries.shape[-1] ** -0.5, -1)
        h = weights @ values
        x = x + gate * self.attention_out(h.transpose(1, 2).reshape(batch, length, width))
        h = functional.gelu(self.widen(self.network_norm(x) * (1 + scale_2) + shift_2))
        result: Tensor = x + gate_2 * self.narrow(h)
        return result


def _waves(t: Float[Tensor, " B"]) -> Float[Tensor, "B F"]:
    """Sine and cosine features of time."""
    rates = torch.exp(torch.linspace(0, math.log(1000), TIME_FREQUENCIES, dtype=t.dtype, device=t.device))
    return torch.cat([torch.sin(t[:, None] * rates), torch.cos(t[:, None] * rates)], 1)
