import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from onnx import helper, numpy_helper

from smartmask.training.eight_bits import (
    eight_bits,
    is_large,
    rounded,
    store_eight_bits,
    stored_weight,
)
from smartmask.training.onnx_export import store_half

weights = hnp.arrays(
    np.float32, st.tuples(st.integers(1, 5), st.integers(1, 9)), elements=st.floats(-100, 100, width=32)
)


@given(weights)
def test_no_weight_moves_by_more_than_half_a_step_of_its_channel(weight):
    numbers, scales = eight_bits(weight)
    steps = np.abs(weight).max(1, keepdims=True) / 127
    assert np.all(np.abs(numbers * scales - weight) <= 0.5001 * steps + 1e-30)
    assert np.abs(numbers).max(initial=0) <= 127


@given(weights)
def test_what_was_rounded_once_gives_the_same_numbers_again(weight):
    weight[np.abs(weight) < 1e-20] = 0
    numbers, scales = eight_bits(weight)
    assert np.array_equal(eight_bits(numbers * scales)[0], numbers)


@pytest.mark.parametrize(
    ("shape", "large"),
    [
        ((128, 64, 1, 1), True),
        ((128, 1280), True),
        ((1152, 1, 5, 5), False),
        ((4096,), False),
        ((16, 32), False),
    ],
    ids=str,
)
def test_depthwise_kernels_and_small_weights_stay(shape, large):
    assert is_large(shape) is large
    weight = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    assert torch.equal(rounded(weight), weight.half().float()) is not large


def test_a_file_computes_with_the_rounded_weights():
    rng = np.random.default_rng(0)
    weight = rng.normal(size=(64, 128)).astype(np.float32) * rng.uniform(0.01, 5, (64, 1)).astype(np.float32)
    model = helper.make_model(
        helper.make_graph(
            [
                helper.make_node("MatMul", ["weight", "x"], ["product"]),
                helper.make_node("Add", ["product", "bias"], ["y"]),
            ],
            "linear",
            [helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [128, 3])],
            [helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [64, 3])],
            [
                numpy_helper.from_array(weight, "weight"),
                numpy_helper.from_array(rng.normal(size=(64, 1)).astype(np.float32), "bias"),
            ],
        ),
        opset_imports=[helper.make_opsetid("", 18)],
        ir_version=10,
    )
    before = len(model.SerializeToString())
    store_half(model, keep=store_eight_bits(model))
    assert len(model.SerializeToString()) < 0.4 * before
    kept = rounded(torch.from_numpy(weight)).numpy()
    assert np.array_equal(stored_weight(model, "weight"), kept)
    x = rng.normal(size=(128, 3)).astype(np.float32)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    np.testing.assert_allclose(
        session.run(["y"], {"x": x})[0], kept @ x + stored_weight(model, "bias"), rtol=1e-5, atol=1e-4
    )
    with pytest.raises(KeyError, match="gone"):
        stored_weight(model, "gone")
