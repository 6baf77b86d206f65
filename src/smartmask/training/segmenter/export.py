"""The segmenter: PyTorch -> the shipped ONNX file, and back for a warm restart."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import onnx
import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn

from smartmask.data.segment_classes import CLASSES, IS_THING
from smartmask.errors import CheckpointError
from smartmask.model.segmenter.embedded import (
    FORMAT,
    FORMAT_VERSION,
    INPUT,
    OUTPUTS,
    SIZE_MULTIPLE,
    SegmenterCard,
)
from smartmask.training.eight_bits import stored_weight
from smartmask.training.onnx_export import as_stored, onnx_difference, onnx_model, write_onnx
from smartmask.training.segmenter.network import SegmenterConfig, SegmenterNetwork

LICENCE = "Apache-2.0. What it learnt from is named in docs/MODEL_CARD.md; the photos' own licences vary"
OPSET = 18
"""Of a later one ONNX Runtime computes something else than PyTorch, by 5e-4."""


class _ShippedOutputs(nn.Module):
    """The network with its heat map as probabilities."""

    def __init__(self, network: SegmenterNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: UInt8[Tensor, "1 3 H W"]) -> tuple[Float[Tensor, "1 k h w"], ...]:
        maps = self.network(image)
        return maps.class_logits, maps.centre_logits.sigmoid(), maps.offsets


def export_segmenter(network: SegmenterNetwork, crops: int, longer_sides: Sequence[int], path: Path) -> float:
    """Write a network as the shipped file.

    Args:
        network: The (averaged) network.
        crops: Training crops it has seen.
        longer_sides: Pixels to bring a photo's longer side to, one after the other; finest first.
        path: Where to; replaced only when complete.

    Returns:
        The largest difference to PyTorch on random photos, both with the rounded weights.

    Raises:
        ValueError: If the network does not have the classes of `segment_classes`.
    """
    if network.config.class_count != len(CLASSES):
        raise ValueError(
            f"the network has {network.config.class_count} classes but {len(CLASSES)} have names"
        )
    stored = as_stored(network)
    rows, columns = torch.export.Dim("rows", min=1, max=256), torch.export.Dim("columns", min=1, max=256)
    dynamic = ({2: SIZE_MULTIPLE * rows, 3: SIZE_MULTIPLE * columns},)
    shipped = _ShippedOutputs(stored).eval()
    model = onnx_model(shipped, (_random_photo(96, 128),), [INPUT], OUTPUTS, dynamic, opset=OPSET)
    card = SegmenterCard(
        format=FORMAT,
        version=FORMAT_VERSION,
        classes=CLASSES,
        is_thing=IS_THING,
        longer_sides=tuple(longer_sides),
        crops=crops,
        network=asdict(network.config),
        licence=LICENCE,
    )
    write_onnx(model, asdict(card), path)
    return segmenter_parity(stored, path)


def load_segmenter(path: Path) -> SegmenterNetwork:
    """The network inside a shipped file, to go on training from.

    Raises:
        CheckpointError: If the file is damaged, or its weights are not those that its own card describes.
    """
    try:
        model = onnx.load(str(path))
        values = {entry.key: entry.value for entry in model.metadata_props}
        network = SegmenterNetwork(SegmenterConfig(**json.loads(values["smartmask"])["network"]))
        network.load_state_dict(
            {name: torch.from_numpy(stored_weight(model, f"network.{name}")) for name in network.state_dict()}
        )
    except Exception as error:  # onnx, json and torch each have errors of their own
        raise CheckpointError(f"{path}: not a smartmask segmenter of this release ({error})") from error
    return network.eval()


def segmenter_parity(network: SegmenterNetwork, path: Path) -> float:
    """The largest difference of any output between PyTorch and ONNX Runtime, on two random photos."""
    shipped = _ShippedOutputs(network)
    photos = [_random_photo(64, 96), _random_photo(160, 32)]
    return max(onnx_difference(path, shipped, {INPUT: photo}) for photo in photos)


def _random_photo(height: int, width: int) -> UInt8[Tensor, "1 3 H W"]:
    return torch.randint(
        0, 256, (1, 3, height, width), dtype=torch.uint8, generator=torch.Generator().manual_seed(0)
    )
