"""Every command that draws masks takes the shipped model, a generator's file, or a base model's folder."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from base_parts import random_base_model
from PIL import Image

from smartmask.apps.cli.mask_model import mask_model_record
from smartmask.weights import WEIGHTS

pytestmark = pytest.mark.skipif(
    not all((WEIGHTS / name).is_file() for name in ("segmenter.onnx", "planner.npz")),
    reason="the shipped weights are not in the package yet",
)


@pytest.fixture(scope="module")
def base_model(tmp_path_factory) -> Path:
    return random_base_model(tmp_path_factory.mktemp("base"))


@pytest.fixture
def cutout(tmp_path) -> Path:
    pixels = np.zeros((20, 20, 4), np.uint8)
    pixels[4:16, 4:16] = (200, 30, 30, 255)
    Image.fromarray(pixels).save(tmp_path / "ball.png")
    return tmp_path / "ball.png"


BOX = ("--box", "20,20,70,60")
COMMANDS = {
    "suggest": ("suggest", "photo.png", "a ball", *BOX, "-n", 1),
    "insert": ("insert", "photo.png", "a ball", *BOX, "--inpainter", "reference:ball.png"),
    "plan": ("plan", "a ball", "--size", "96x72", "--steps", 1),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_it_takes_the_folder_of_a_base_model(run, photo, cutout, base_model, command):
    code, _, err = run(*COMMANDS[command], "--weights", base_model)
    assert code == 0, err


def test_the_record_names_the_folder_and_tells_models_apart(run, photo, base_model, tmp_path):
    assert run(*COMMANDS["suggest"], "--weights", base_model).code == 0
    record = json.loads((tmp_path / "out" / "suggestions.json").read_text())["weights"]
    assert record == mask_model_record(base_model)
    assert record["file"] == "model"
    other = shutil.copytree(base_model, tmp_path / "model")
    assert mask_model_record(other) == record
    (other / "config.json").write_text((other / "config.json").read_text() + " ")
    assert mask_model_record(other)["sha256"] != record["sha256"]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_device_that_is_not_to_be_had_is_one_line(run, photo, cutout, base_model, tmp_path, command):
    for weights, message in (
        (("--weights", base_model), "Error: --device: device 'moon' is not to be had on this machine"),
        ((), "Error: --device: 'moon' is for the folder of a base mask model; an ONNX file works on 'cpu'"),
    ):
        code, out, err = run(*COMMANDS[command], *weights, "--device", "moon")
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert err.startswith(message)
        assert not (tmp_path / "out").exists()
