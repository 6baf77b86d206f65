"""Readers of silhouettes that always answer the same."""

import json
from collections.abc import Sequence

import onnx
from onnx import TensorProto, helper

from smartmask.evaluation.recogniser import FORMAT
from smartmask.model.shape.picture import PICTURE_PX

WORDS = ("apple", "sofa", "zebra")


def reader(half: int, logits: Sequence[float], words: Sequence[str] = WORDS, version: int = 1) -> bytes:
    """An ONNX file that always answers the same."""
    size = [None, 2, PICTURE_PX, PICTURE_PX]
    nodes = [
        helper.make_node("ReduceSum", ["pictures", "axes"], ["sum"], keepdims=0),
        helper.make_node("Mul", ["sum", "zero"], ["nothing"]),
        helper.make_node("Unsqueeze", ["nothing", "last"], ["column"]),
        helper.make_node("Add", ["column", "answer"], ["logits"]),
    ]
    constants = [
        helper.make_tensor("axes", TensorProto.INT64, [3], [1, 2, 3]),
        helper.make_tensor("last", TensorProto.INT64, [1], [1]),
        helper.make_tensor("zero", TensorProto.FLOAT, [], [0.0]),
        helper.make_tensor("answer", TensorProto.FLOAT, [len(logits)], logits),
    ]
    graph = helper.make_graph(
        nodes,
        "reader",
        [helper.make_tensor_value_info("pictures", TensorProto.FLOAT, size)],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [None, len(logits)])],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    card = {"format": FORMAT, "version": version, "half": half, "words": list(words)}
    helper.set_model_props(model, {"smartmask": json.dumps(card)})
    onnx.checker.check_model(model)
    return model.SerializeToString()
