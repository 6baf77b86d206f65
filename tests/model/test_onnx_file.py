"""Networks in one ONNX file with a card inside: what is in it is read, and any other file is refused."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper
from tiny_generator import DIGEST, WIDTH_8, export_tiny_generator

from smartmask.errors import CheckpointError
from smartmask.model.mask.generator import FORMAT, FORMAT_VERSION, INPUTS, GeneratorCard, ShapeGenerator
from smartmask.model.mask.generator_inputs import NUMBERS
from smartmask.model.onnx_file import card_values, open_session


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generator of width 8; tests copy the file before they change it."""
    path: Path = tmp_path_factory.mktemp("weights") / "generator.onnx"
    export_tiny_generator(path)
    return path


def values_of(path: Path, format_name: str = FORMAT, version: int = FORMAT_VERSION) -> dict[str, object]:
    session = open_session(path, threads=1)
    return card_values(session, path, format_name, version, "shape generator", GeneratorCard)


def card_of(path: Path) -> GeneratorCard:
    return ShapeGenerator(path, DIGEST).card


def test_the_card_is_read_as_it_was_written(path):
    values = values_of(path)
    written = json.loads(onnx.load(str(path)).metadata_props[0].value)
    assert values == written
    assert (values["codec"], values["views"], values["unseen"]) == (DIGEST, 1234, ["fork"])
    assert values["network"]["width"] == WIDTH_8.width
    assert card_of(path) == GeneratorCard(**values)


@pytest.mark.parametrize("threads", [1, 3])
def test_an_open_file_computes_on_any_number_of_threads(path, threads):
    session = open_session(path, threads)
    assert tuple(entry.name for entry in session.get_inputs()) == INPUTS
    given = {
        entry.name: np.ones([size if isinstance(size, int) else 1 for size in entry.shape], np.float32)
        for entry in session.get_inputs()
    }
    (clean,) = session.run(["clean"], given)
    assert clean.shape == (1, NUMBERS)
    assert np.isfinite(clean).all()


def test_what_is_missing_or_no_file_is_refused(tmp_path):
    wrong = {tmp_path / "none.onnx": "no such weights file", tmp_path: "is no file that can hold weights"}
    for path, message in wrong.items():
        for read in (lambda path: open_session(path, threads=1), card_of):
            with pytest.raises(CheckpointError, match=f"{path.name}: {message}; check the path"):
                read(path)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda content: content[:-1000], id="the end is missing"),
        pytest.param(lambda content: content[:100], id="only the beginning is there"),
        pytest.param(lambda content: b"", id="nothing is there"),
        pytest.param(lambda content: b"\x89PNG\r\n\x1a\n" + content, id="it is no ONNX file"),
        pytest.param(lambda content: content.replace(b"MatMul", b"MutMal"), id="it does what nobody knows"),
    ],
)
def test_a_damaged_file_is_refused(damage, path, tmp_path):
    (tmp_path / "other.onnx").write_bytes(damage(path.read_bytes()))
    with pytest.raises(CheckpointError, match=r"other\.onnx: (damaged or not )?an ONNX file") as caught:
        values_of(tmp_path / "other.onnx")
    assert "\n" not in str(caught.value)


def with_card(path: Path, folder: Path, change: Callable[[dict[str, object]], object]) -> Path:
    """A copy of the file with a changed card; None leaves it without one."""
    model = onnx.load(str(path))
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
            f"is '{FORMAT}' version 99; this release reads '{FORMAT}' version {FORMAT_VERSION}",
            id="another version",
        ),
        pytest.param(
            lambda card: card | {"format": "smartmask-segmenter"},
            f"is 'smartmask-segmenter' version {FORMAT_VERSION}; this release reads",
            id="another model of the package",
        ),
        pytest.param(lambda card: {}, "is None version None; this release reads", id="an empty card"),
        pytest.param(
            lambda card: card | {"palette": []},
            "its card has unknown or missing settings: palette",
            id="an unknown setting",
        ),
        pytest.param(
            lambda card: {key: card[key] for key in card if key != "codec"},
            "its card has unknown or missing settings: codec",
            id="a missing setting",
        ),
        pytest.param(
            lambda card: {("colour" if key == "codec" else key): card[key] for key in card},
            "its card has unknown or missing settings: codec, colour",
            id="a setting of another name",
        ),
        pytest.param(lambda card: None, "but not a smartmask shape generator .no card inside", id="no card"),
        pytest.param(lambda card: "{", "no card inside", id="a card that is no JSON"),
        pytest.param(lambda card: [1], "no card inside", id="a card that is no table"),
    ],
)
def test_a_file_with_another_card_is_refused(change, message, path, tmp_path):
    other = with_card(path, tmp_path, change)
    for read in (values_of, card_of):
        with pytest.raises(CheckpointError, match=message) as caught:
            read(other)
        assert "other.onnx: " in str(caught.value)


def test_a_card_that_is_as_it_was_is_taken(path, tmp_path):
    assert values_of(with_card(path, tmp_path, lambda card: card)) == values_of(path)


@pytest.mark.parametrize(
    ("format_name", "version"), [("smartmask-segmenter", FORMAT_VERSION), (FORMAT, FORMAT_VERSION + 1)]
)
def test_the_format_and_version_are_those_that_the_reader_asks_for(format_name, version, path):
    message = rf"is '{FORMAT}' version {FORMAT_VERSION}; this release reads '{format_name}' version {version}"
    with pytest.raises(CheckpointError, match=message):
        values_of(path, format_name, version)


def test_a_network_of_other_inputs_is_refused(path, tmp_path):
    card = json.loads(onnx.load(str(path)).metadata_props[0].value)
    value = helper.make_tensor_value_info("noisy", onnx.TensorProto.FLOAT, [1])
    out = helper.make_tensor_value_info("clean", onnx.TensorProto.FLOAT, [1])
    graph = helper.make_graph([helper.make_node("Identity", ["noisy"], ["clean"])], "same", [value], [out])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    helper.set_model_props(model, {"smartmask": json.dumps(card)})
    onnx.save(model, str(tmp_path / "other.onnx"))
    with pytest.raises(CheckpointError, match=r"other\.onnx: takes inputs \('noisy',\), expected"):
        card_of(tmp_path / "other.onnx")
