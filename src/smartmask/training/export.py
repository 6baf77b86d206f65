"""PyTorch -> the shipped ONNX file, and back for a warm restart.

Large weights are stored in eight bits, small ones as float16, under their PyTorch names, each with what makes
it float32 again and ONNX Runtime folds at load: a quarter of the size, the arithmetic of float32.
"""

import json
from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import helper, numpy_helper

from smartmask.data.atomic import write_files
from smartmask.errors import CheckpointError
from smartmask.model.backbone import BackboneConfig, CompactBackbone
from smartmask.model.onnx_denoiser import FORMAT, FORMAT_VERSION, INPUTS, MaskModelCard
from smartmask.training.eight_bits import rounded, store_eight_bits, stored_weight

OPSET = 21


def export_mask_model(backbone: CompactBackbone, views: int, path: Path) -> float:
    """Write a network as the shipped file.

    Args:
        backbone: The (averaged) network.
        views: Training views it has seen.
        path: Where to; replaced only when complete.

    Returns:
        The largest difference to PyTorch on a random batch, both with the rounded weights.
    """
    config = backbone.config
    stored = CompactBackbone(config)
    stored.load_state_dict({name: rounded(value) for name, value in backbone.state_dict().items()})
    stored.eval()
    inputs = random_inputs(config, batch=2)
    shapes: list[dict[int, Any]] = [{} for _ in inputs]
    shapes[0] = {0: torch.export.Dim("batch", min=1, max=4096)}
    program = torch.onnx.export(
        stored,
        inputs,
        dynamo=True,
        input_names=list(INPUTS),
        output_names=["clean"],
        dynamic_shapes=tuple(shapes),
        opset_version=OPSET,
        optimize=False,  # keeps weights under their PyTorch names; ONNX Runtime optimises the graph at load
        verbose=False,
    )
    assert program is not None  # it is, without a file name
    model = program.model_proto
    drop_traces(model)
    store_half(model, keep=store_eight_bits(model))
    card = MaskModelCard(
        format=FORMAT,
        version=FORMAT_VERSION,
        resolution=config.resolution,
        text_width=config.text_width,
        views=views,
        backbone=asdict(config),
    )
    helper.set_model_props(model, {"smartmask": json.dumps(asdict(card))})
    write_files({path: model.SerializeToString()})
    return parity(stored, path)


def store_half(model: onnx.ModelProto, keep: Collection[str] = ()) -> None:
    """Turn each large float32 initializer into float16 and a cast to float32, but those of some names."""
    casts = []
    for tensor in model.graph.initializer:
        is_small = np.prod(tensor.dims) < 16
        if tensor.data_type != onnx.TensorProto.FLOAT or is_small or tensor.name in keep:
            continue
        name = tensor.name
        half = numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), f"{name}.half")
        tensor.CopyFrom(half)
        casts.append(helper.make_node("Cast", [f"{name}.half"], [name], to=onnx.TensorProto.FLOAT))
    for position, cast in enumerate(casts):
        model.graph.node.insert(position, cast)


def drop_traces(model: onnx.ModelProto) -> None:
    """Drop what the exporter notes of each node: a megabyte of source files and lines of its machine."""
    for part in (
        model.graph,
        *model.graph.node,
        *model.graph.value_info,
        *model.graph.input,
        *model.graph.output,
    ):
        del part.metadata_props[:]
        part.doc_string = ""


def parity(backbone: CompactBackbone, path: Path, batch: int = 3) -> float:
    """The largest difference between PyTorch and ONNX Runtime on a random batch."""
    inputs = random_inputs(backbone.config, batch=batch)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    ours = session.run(["clean"], {name: value.numpy() for name, value in zip(INPUTS, inputs, strict=True)})[
        0
    ]
    with torch.no_grad():
        theirs = backbone(*inputs).numpy()
    return float(np.abs(ours - theirs).max())


def load_weights(path: Path) -> dict[str, torch.Tensor]:
    """The PyTorch weights inside a shipped file, to go on training from.

    Raises:
        CheckpointError: If the file is damaged, or its weights are not those that its own card describes.
    """
    try:
        model = onnx.load(str(path))
        values = {entry.key: entry.value for entry in model.metadata_props}
        backbone = CompactBackbone(BackboneConfig.of(json.loads(values["smartmask"])["backbone"]))
    except Exception as error:
        raise CheckpointError(f"{path}: not a smartmask mask model ({error})") from error
    weights = {}
    for name, parameter in backbone.state_dict().items():
        try:
            weights[name] = torch.from_numpy(stored_weight(model, name))
        except KeyError as error:
            raise CheckpointError(f"{path}: weight {name!r} is missing") from error
        if weights[name].shape != parameter.shape:
            raise CheckpointError(f"{path}: weight {name!r} is of another shape")
    return weights


def random_inputs(config: BackboneConfig, batch: int) -> tuple[torch.Tensor, ...]:
    """Inputs of the network in their order, seeded: what export traces and parity compares."""
    generator = torch.Generator().manual_seed(0)
    return (
        torch.randn(batch, config.components, generator=generator),
        torch.rand(1, generator=generator),
        torch.randn(1, config.components, generator=generator),
        torch.randn(1, config.layout_numbers, generator=generator),
        torch.randn(1, 2, generator=generator),
        torch.randint(0, 4, (1,), generator=generator),
        torch.randn(1, config.text_width, generator=generator),
        torch.randn(1, config.text_width, generator=generator),
    )
