"""The file that training hands over, and the way back."""

import dataclasses
import json
from pathlib import Path

import onnx
import pytest
import torch
from onnx import helper, numpy_helper
from tiny_codec import tiny_codec
from tiny_model import SIZES, VIEWS, TinyModel, export_tiny_model

from smartmask.errors import CheckpointError
from smartmask.model.backbone import BackboneConfig, CompactBackbone
from smartmask.model.onnx_denoiser import OnnxDenoiser
from smartmask.training.eight_bits import is_large, rounded
from smartmask.training.export import load_weights, parity


def test_the_file_computes_what_pytorch_computes(tiny_model: TinyModel):
    assert tiny_model.difference < 1e-4


def test_the_reported_difference_is_one_of_rounded_weights_only(tiny_model: TinyModel):
    assert parity(tiny_model.network, tiny_model.path) > 3 * tiny_model.difference


def test_another_network_differs_much(tiny_model: TinyModel):
    torch.manual_seed(1)
    assert parity(CompactBackbone(SIZES).eval(), tiny_model.path) > 0.1


def test_the_weights_come_back_rounded_and_otherwise_exactly(tiny_model: TinyModel):
    weights = load_weights(tiny_model.path)
    expected = tiny_model.network.state_dict()
    assert weights.keys() == expected.keys()
    for name, value in expected.items():
        assert weights[name].dtype == torch.float32
        assert torch.equal(weights[name], rounded(value)), name
    CompactBackbone(SIZES).load_state_dict(weights)


def test_the_network_exported_is_left_as_it_was(tiny_model: TinyModel):
    assert not any(torch.equal(value, value.half().float()) for value in tiny_model.network.parameters())


def test_the_file_says_nothing_of_the_machine_that_wrote_it(tiny_model: TinyModel):
    content = tiny_model.path.read_bytes()
    for trace in (b"site-packages", b"/backbone.py", b".py", str(Path.cwd()).encode()):
        assert trace not in content, trace


def test_large_weights_are_stored_in_eight_bits_and_small_ones_in_half_precision(tiny_model: TinyModel):
    stored = {
        t.name: numpy_helper.to_array(t).nbytes for t in onnx.load(str(tiny_model.path)).graph.initializer
    }
    for name, value in tiny_model.network.state_dict().items():
        if is_large(tuple(value.shape)):
            assert stored[f"{name}.int8"] == value.numel(), name
        elif value.numel() >= 16:
            assert stored[f"{name}.half"] == 2 * value.numel(), name
    assert "layout_in.0.weight.int8" in stored


def test_the_card_holds_all_that_training_needs_to_go_on(tiny_model: TinyModel):
    card = OnnxDenoiser(tiny_model.path, tiny_codec()).card
    assert (card.resolution, card.text_width, card.views) == (SIZES.resolution, SIZES.text_width, VIEWS)
    assert BackboneConfig.of(card.backbone) == SIZES


def test_exporting_twice_gives_the_same_bytes(tiny_model: TinyModel, tmp_path: Path):
    assert export_tiny_model(tmp_path).path.read_bytes() == tiny_model.path.read_bytes()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda content: content[: len(content) // 2], id="cut short"),
        pytest.param(lambda content: b"", id="empty"),
        pytest.param(lambda content: b"not a model" * 99, id="something else"),
    ],
)
def test_weights_of_a_damaged_file_are_refused(damage, tiny_model: TinyModel, tmp_path: Path):
    (tmp_path / "other.onnx").write_bytes(damage(tiny_model.path.read_bytes()))
    with pytest.raises(CheckpointError, match=r"other\.onnx: not a smartmask mask model"):
        load_weights(tmp_path / "other.onnx")


def test_weights_of_a_missing_file_are_refused(tmp_path: Path):
    with pytest.raises(CheckpointError, match=r"none\.onnx: not a smartmask mask model"):
        load_weights(tmp_path / "none.onnx")


@pytest.mark.parametrize(
    "sizes",
    [
        pytest.param({"depth": 2}, id="a block more"),
        pytest.param({"hidden": 40}, id="wider blocks"),
    ],
)
def test_weights_that_are_not_those_of_the_card_are_refused(sizes, tiny_model: TinyModel, tmp_path: Path):
    model = onnx.load(str(tiny_model.path))
    card = json.loads(model.metadata_props[0].value)
    card["backbone"] = dataclasses.asdict(dataclasses.replace(SIZES, **sizes))
    del model.metadata_props[:]
    helper.set_model_props(model, {"smartmask": json.dumps(card)})
    onnx.save(model, str(tmp_path / "other.onnx"))
    with pytest.raises(CheckpointError, match=r"is (missing|of another shape)"):
        load_weights(tmp_path / "other.onnx")
