"""Large weights in eight bits: a whole number within -127..127 for each, and a scale for each output channel.

    w ~ scale[channel] q,   scale[channel] = max |w| of the channel / 127

The file holds q and the scales, and a cast and a product that ONNX Runtime folds at load: a quarter of the
size, the arithmetic of float32. Small weights, and those of depthwise kernels, of which a channel has too few
to share a scale, are left to `store_half`.
"""

import numpy as np
import onnx
import torch
from jaxtyping import Float, Float32, Int8
from onnx import helper, numpy_helper

MIN_VALUES = 4096
MIN_VALUES_A_CHANNEL = 32
_LIMIT = 127


def is_large(shape: tuple[int, ...]) -> bool:
    """Whether a weight (channels out, ...) is worth eight bits."""
    values = int(np.prod(shape))
    return len(shape) > 1 and values >= MIN_VALUES and values >= MIN_VALUES_A_CHANNEL * shape[0]


def eight_bits(
    weight: Float[np.ndarray, "channels *rest"],
) -> tuple[Int8[np.ndarray, "channels *rest"], Float32[np.ndarray, "channels *ones"]]:
    """A weight as whole numbers and the scale of each channel; the scale of a channel of zeros is 1."""
    largest = np.abs(weight).max(axis=tuple(range(1, weight.ndim)), keepdims=True)
    scales = np.where(largest > 0, largest / _LIMIT, 1).astype(np.float32)
    return np.round(weight / scales).astype(np.int8), scales


def rounded(weight: torch.Tensor) -> torch.Tensor:
    """A weight as the file gives it back: in eight bits if it is large, else in half precision."""
    if not is_large(tuple(weight.shape)):
        return weight.half().float()
    numbers, scales = eight_bits(weight.float().numpy())
    return torch.from_numpy(numbers * scales)


def store_eight_bits(model: onnx.ModelProto) -> set[str]:
    """Turn each large float32 initializer into whole numbers, scales, and what makes one of them again.

    Returns:
        The names of the scales, which must stay as they are.
    """
    nodes, scale_names = [], set()
    for tensor in list(model.graph.initializer):
        if tensor.data_type != onnx.TensorProto.FLOAT or not is_large(tuple(tensor.dims)):
            continue
        name = tensor.name
        numbers, scales = eight_bits(numpy_helper.to_array(tensor))
        tensor.CopyFrom(numpy_helper.from_array(numbers, f"{name}.int8"))
        model.graph.initializer.append(numpy_helper.from_array(scales, f"{name}.scale"))
        nodes.append(helper.make_node("Cast", [f"{name}.int8"], [f"{name}.cast"], to=onnx.TensorProto.FLOAT))
        nodes.append(helper.make_node("Mul", [f"{name}.cast", f"{name}.scale"], [name]))
        scale_names.add(f"{name}.scale")
    for position, node in enumerate(nodes):
        model.graph.node.insert(position, node)
    return scale_names


def stored_weight(model: onnx.ModelProto, name: str) -> Float32[np.ndarray, "..."]:
    """A weight of a file that was stored in eight bits or in half precision.

    Raises:
        KeyError: If there is none of that name.
    """
    stored = {tensor.name: tensor for tensor in model.graph.initializer}
    if f"{name}.int8" in stored:
        numbers, scales = (numpy_helper.to_array(stored[f"{name}.{part}"]) for part in ("int8", "scale"))
        return numbers.astype(np.float32) * scales
    kept = stored[f"{name}.half"] if f"{name}.half" in stored else stored[name]
    return numpy_helper.to_array(kept).astype(np.float32)
