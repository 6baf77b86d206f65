"""What is done to every exported ONNX file: small weights become float16, the exporter's notes go."""

from collections.abc import Collection

import numpy as np
import onnx
from onnx import helper, numpy_helper

OPSET = 21


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
