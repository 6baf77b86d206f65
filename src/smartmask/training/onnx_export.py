"""PyTorch -> the ONNX file that ships.

Large weights become whole numbers of eight bits, the others float16 (`eight_bits.py`); the arithmetic is that
of float32. The exporter's notes go; the file's card is the metadata entry "smartmask".
"""

import copy
import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import helper, numpy_helper
from torch import Tensor, nn

from smartmask.data.atomic import write_files
from smartmask.training.eight_bits import rounded, store_eight_bits

OPSET = 21
BATCH = torch.export.Dim("batch", min=1, max=4096)
"""A dimension that callers choose."""
Network = TypeVar("Network", bound=nn.Module)


def as_stored(network: Network) -> Network:
    """A copy with the weights that the file gives back."""
    stored = copy.deepcopy(network)
    stored.load_state_dict({name: rounded(value) for name, value in network.state_dict().items()})
    return stored.eval()


def onnx_model(
    network: nn.Module,
    example: tuple[Tensor, ...],
    inputs: Sequence[str],
    outputs: Sequence[str],
    dynamic: tuple[dict[int, Any], ...],
    *,
    is_small: bool = True,
    opset: int = OPSET,
) -> onnx.ModelProto:
    """A network as a graph.

    Args:
        network: In evaluation mode.
        example: An input of each kind, to trace by.
        inputs: Their names.
        outputs: Names of what comes out.
        dynamic: The dimensions of each input that callers choose.
        is_small: Whether weights are stored in eight and sixteen bits.
        opset: Version of ONNX's operators.
    """
    program = torch.onnx.export(
        network,
        example,
        dynamo=True,
        input_names=list(inputs),
        output_names=list(outputs),
        dynamic_shapes=dynamic,
        opset_version=opset,
        optimize=False,  # ONNX Runtime optimises the graph at load
        verbose=False,
    )
    assert program is not None  # it is None only in the mode that writes a file itself
    model: onnx.ModelProto = program.model_proto
    drop_traces(model)
    if is_small:
        store_half(model, keep=store_eight_bits(model))
    return model


def write_onnx(model: onnx.ModelProto, card: Mapping[str, Any], path: Path) -> None:
    """Write a graph with its card; an older file is replaced only when the new one is complete."""
    helper.set_model_props(model, {"smartmask": json.dumps(card)})
    write_files({path: model.SerializeToString()})


@torch.no_grad()
def onnx_difference(path: Path, network: nn.Module, inputs: Mapping[str, Tensor]) -> float:
    """The largest difference of any output between PyTorch and ONNX Runtime."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    ours = session.run(None, {name: value.numpy() for name, value in inputs.items()})
    theirs = network(*inputs.values())
    theirs = theirs if isinstance(theirs, tuple) else (theirs,)
    return max(float(np.abs(a - b.numpy()).max()) for a, b in zip(ours, theirs, strict=True))


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
