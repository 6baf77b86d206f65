"""The segmenter: PyTorch -> the shipped ONNX file; weights stored as float16, arithmetic in float32."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from jaxtyping import Float, UInt8
from onnx import helper
from torch import Tensor, nn

from smartmask.backends.segmenter_onnx import (
    FORMAT,
    FORMAT_VERSION,
    INPUT,
    OUTPUTS,
    SIZE_MULTIPLE,
    SegmenterCard,
)
from smartmask.data.atomic import write_files
from smartmask.data.segment_classes import CLASSES, IS_THING
from smartmask.training.export import drop_traces, store_half
from smartmask.training.segmenter_network import SegmenterNetwork

OPSET = 18


class _ShippedOutputs(nn.Module):
    """The network with its heat map as probabilities."""

    def __init__(self, network: SegmenterNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: UInt8[Tensor, "1 3 H W"]) -> tuple[Float[Tensor, "1 k h w"], ...]:
        maps = self.network(image)
        return maps.class_logits, maps.centre_logits.sigmoid(), maps.offsets


def export_segmenter(network: SegmenterNetwork, crops: int, longer_side: int, path: Path) -> float:
    """Write a network as the shipped file.

    Args:
        network: The (averaged) network.
        crops: Training crops it has seen.
        longer_side: Pixels to bring a photo's longer side to.
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
    rounded = SegmenterNetwork(network.config)
    rounded.load_state_dict({name: value.half().float() for name, value in network.state_dict().items()})
    rounded.eval()
    rows, columns = torch.export.Dim("rows", min=1, max=256), torch.export.Dim("columns", min=1, max=256)
    program = torch.onnx.export(
        _ShippedOutputs(rounded).eval(),
        (_random_photo(96, 128),),
        dynamo=True,
        input_names=[INPUT],
        output_names=list(OUTPUTS),
        dynamic_shapes=({2: SIZE_MULTIPLE * rows, 3: SIZE_MULTIPLE * columns},),
        opset_version=OPSET,
        optimize=False,  # ONNX Runtime optimises the graph at load
        verbose=False,
    )
    assert program is not None  # it is None only in the mode that writes a file itself
    model = program.model_proto
    drop_traces(model)
    store_half(model)
    card = SegmenterCard(
        format=FORMAT,
        version=FORMAT_VERSION,
        classes=CLASSES,
        is_thing=IS_THING,
        longer_side=longer_side,
        crops=crops,
        network=asdict(network.config),
    )
    helper.set_model_props(model, {"smartmask": json.dumps(asdict(card))})
    write_files({path: model.SerializeToString()})
    return segmenter_parity(rounded, path)


def segmenter_parity(network: SegmenterNetwork, path: Path) -> float:
    """The largest difference of any output between PyTorch and ONNX Runtime, on two random photos."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    worst = 0.0
    for height, width in ((64, 96), (160, 32)):
        photo = _random_photo(height, width)
        ours = session.run(list(OUTPUTS), {INPUT: photo.numpy()})
        with torch.no_grad():
            theirs = _ShippedOutputs(network)(photo)
        worst = max(worst, *(float(np.abs(a - b.numpy()).max()) for a, b in zip(ours, theirs, strict=True)))
    return worst


def _random_photo(height: int, width: int) -> UInt8[Tensor, "1 3 H W"]:
    return torch.randint(
        0, 256, (1, 3, height, width), dtype=torch.uint8, generator=torch.Generator().manual_seed(0)
    )
