"""The shipped form of the mask model: the numbers of PyTorch, and files that are refused."""

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import helper
from shapes import disc, rectangle
from tiny_codec import COMPONENTS, tiny_codec
from tiny_model import SIZES, TinyModel

from smartmask.errors import CheckpointError
from smartmask.model.backbone import CompactBackbone
from smartmask.model.condition import Condition, build_condition
from smartmask.model.onnx_denoiser import FORMAT, INPUTS, OnnxDenoiser
from smartmask.model.shape_codec import ShapeCodec
from smartmask.model.shape_inputs import ShapeInputs
from smartmask.scene.guidance import Box, NoGuidance
from smartmask.scene.layout import Layer, Layout
from smartmask.scene.view import View
from smartmask.training.export import load_weights

SIZE_HW = (40, 60)


@pytest.fixture(scope="module")
def denoiser(tiny_model: TinyModel) -> OnnxDenoiser:
    return OnnxDenoiser(tiny_model.path, tiny_codec())


@pytest.fixture
def two_conditions(tiny_encoder) -> tuple[Condition, Condition]:
    """Conditions that differ in all that they tell, also in the number of labels."""
    wall, ball = Layer("wall", rectangle(SIZE_HW, (0, 0, 60, 25))), Layer("ball", disc(SIZE_HW, (40, 20), 9))
    one, other = Layout(SIZE_HW, (wall, ball)), Layout(SIZE_HW, (wall,))
    box = Box((10, 5, 30, 35))
    return (
        build_condition(
            one.visible_index(), one.labels, box, View.around(box.box(), 0.6, SIZE_HW, SIZES.resolution),
            prompt="dog", scene="a dog in a room", encoder=tiny_encoder,
        ),
        build_condition(
            other.visible_index(), other.labels, NoGuidance(), View.whole(SIZE_HW, SIZES.resolution),
            prompt="cat", scene=None, encoder=tiny_encoder,
        ),
    )  # fmt: skip


def noise(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((3, COMPONENTS), np.float32)


def by_pytorch(
    tiny_model: TinyModel, x: np.ndarray, t: float, conditions: tuple[Condition, ...]
) -> np.ndarray:
    network = CompactBackbone(SIZES).eval()
    network.load_state_dict(load_weights(tiny_model.path))
    found = []
    for condition in conditions:
        inputs = ShapeInputs.of(condition, tiny_codec())
        told = [torch.from_numpy(getattr(inputs, name)) for name in INPUTS[2:]]
        with torch.no_grad():
            found.append(network(torch.from_numpy(x), torch.tensor([t]), *told).numpy())
    return np.stack(found)


@pytest.mark.parametrize("t", [1.0, 0.4, 0.01], ids="at time {}".format)
@pytest.mark.parametrize("count", [1, 2], ids=["one condition", "two conditions"])
def test_it_computes_what_pytorch_computes(count, t, denoiser, tiny_model, two_conditions):
    conditions = two_conditions[:count]
    found = denoiser(noise(), t, conditions)
    expected = by_pytorch(tiny_model, noise(), t, conditions)
    assert len(found) == count
    assert [clean.shape for clean in found] == [(3, COMPONENTS)] * count
    np.testing.assert_allclose(np.stack(found), expected, rtol=0, atol=1e-4)


def test_a_condition_alone_gives_what_it_gives_in_company(denoiser, two_conditions):
    together = denoiser(noise(), 0.7, two_conditions)
    for clean, condition in zip(together, two_conditions, strict=True):
        np.testing.assert_allclose(denoiser(noise(), 0.7, (condition,))[0], clean, rtol=0, atol=1e-5)
    assert np.abs(together[0] - together[1]).max() > 1e-2


def test_the_same_question_gets_the_same_bytes(denoiser, tiny_model, two_conditions):
    first, again, anew = (
        np.stack(asked(noise(), 0.7, two_conditions)).tobytes()
        for asked in (denoiser, denoiser, OnnxDenoiser(tiny_model.path, tiny_codec()))
    )
    assert first == again == anew


def test_doubles_are_taken_too(denoiser, two_conditions):
    found = denoiser(noise().astype(np.float64), 0.7, two_conditions)
    assert np.array_equal(np.stack(found), np.stack(denoiser(noise(), 0.7, two_conditions)))


def test_a_shape_alone_gives_what_it_gives_in_company(denoiser, two_conditions):
    together = denoiser(noise(), 0.7, two_conditions[:1])[0]
    for number in range(3):
        alone = denoiser(noise()[number : number + 1], 0.7, two_conditions[:1])[0]
        np.testing.assert_allclose(alone[0], together[number], rtol=0, atol=1e-5)


def test_a_codec_of_other_sizes_is_refused(tiny_model):
    codec = tiny_codec()
    fewer = ShapeCodec(codec._basis[:9], codec._mean, codec._spread[:9], codec.label_basis)
    with pytest.raises(CheckpointError, match=r"draws shapes of 25 numbers at 16 px, this .* has 9"):
        OnnxDenoiser(tiny_model.path, fewer)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(CheckpointError, match=r"none\.onnx: no such weights file"):
        OnnxDenoiser(tmp_path / "none.onnx", tiny_codec())
    with pytest.raises(CheckpointError, match="no such weights file"):
        OnnxDenoiser(tmp_path, tiny_codec())


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda content: content[:-1000], id="the end is missing"),
        pytest.param(lambda content: content[:100], id="only the beginning is there"),
        pytest.param(lambda content: b"", id="nothing is there"),
        pytest.param(lambda content: b"\x89PNG\r\n\x1a\n" + content, id="it is no ONNX file"),
    ],
)
def test_a_damaged_file_is_refused(damage, tiny_model, tmp_path):
    (tmp_path / "other.onnx").write_bytes(damage(tiny_model.path.read_bytes()))
    with pytest.raises(CheckpointError, match=r"other\.onnx: (damaged or not )?an ONNX file"):
        OnnxDenoiser(tmp_path / "other.onnx", tiny_codec())


def with_card(tiny_model: TinyModel, folder: Path, change) -> Path:
    """A copy of the file with a changed card; None leaves it without one."""
    model = onnx.load(str(tiny_model.path))
    card = change(json.loads(model.metadata_props[0].value))
    del model.metadata_props[:]
    if card is not None:
        helper.set_model_props(model, {"smartmask": card if isinstance(card, str) else json.dumps(card)})
    onnx.save(model, str(folder / "other.onnx"))
    return folder / "other.onnx"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(
            lambda card: card | {"version": 99},
            f"is '{FORMAT}' version 99; this release reads '{FORMAT}' version 2",
            id="another version",
        ),
        pytest.param(
            lambda card: card | {"format": "smartmask-segmenter"},
            "is 'smartmask-segmenter' version 2; this release reads",
            id="the other model of the package",
        ),
        pytest.param(
            lambda card: card | {"palette": []},
            "its card has unknown or missing settings: palette",
            id="an unknown setting",
        ),
        pytest.param(
            lambda card: {key: card[key] for key in card if key != "resolution"},
            "its card has unknown or missing settings: resolution",
            id="a missing setting",
        ),
        pytest.param(lambda card: None, "no card inside", id="no card"),
        pytest.param(lambda card: "{", "no card inside", id="a card that is no JSON"),
        pytest.param(lambda card: [1], "no card inside", id="a card that is no table"),
    ],
)
def test_a_file_with_another_card_is_refused(change, message, tiny_model, tmp_path):
    with pytest.raises(CheckpointError, match=message) as caught:
        OnnxDenoiser(with_card(tiny_model, tmp_path, change), tiny_codec())
    assert "other.onnx: " in str(caught.value)


def test_a_card_that_is_as_it_was_is_taken(tiny_model, tmp_path):
    path = with_card(tiny_model, tmp_path, lambda card: card)
    assert OnnxDenoiser(path, tiny_codec()).card == OnnxDenoiser(tiny_model.path, tiny_codec()).card


def test_a_network_of_other_inputs_is_refused(tiny_model, tmp_path):
    card = json.loads(onnx.load(str(tiny_model.path)).metadata_props[0].value)
    value = helper.make_tensor_value_info("noisy", onnx.TensorProto.FLOAT, [1])
    out = helper.make_tensor_value_info("clean", onnx.TensorProto.FLOAT, [1])
    graph = helper.make_graph([helper.make_node("Identity", ["noisy"], ["clean"])], "same", [value], [out])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    helper.set_model_props(model, {"smartmask": json.dumps(card)})
    onnx.save(model, str(tmp_path / "other.onnx"))
    with pytest.raises(CheckpointError, match=r"other\.onnx: takes inputs \('noisy',\), expected"):
        OnnxDenoiser(tmp_path / "other.onnx", tiny_codec())
