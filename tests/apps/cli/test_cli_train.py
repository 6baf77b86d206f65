"""`smartmask train base` and `controlnet`: what is refused at once, and runs of a few steps."""

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from accelerate.state import AcceleratorState, GradientState
from base_parts import base_checkpoint
from diffusers import ControlNetModel
from inpaint_pictures import picture_folder
from shapes import dataset_of, room
from tiny_diffusers import stable_diffusion

from smartmask.apps.cli.training import accelerated as train_accelerated
from smartmask.apps.cli.training.segment import LOWEST_FACTOR, Segment
from smartmask.apps.cli.training.train import BASE_RECIPES, CONTROLNET_RECIPES
from smartmask.apps.load import SmartMask
from smartmask.backends.base.checkpoint import read_base

VERBS = dict.fromkeys(BASE_RECIPES, "base") | dict.fromkeys(CONTROLNET_RECIPES, "controlnet")


@pytest.fixture(autouse=True)
def _fresh_accelerate():
    """accelerate keeps its precision for the life of a process."""
    yield
    AcceleratorState._reset_state(reset_partial_state=True)
    GradientState._reset_state()


@pytest.fixture(scope="module")
def parts(tmp_path_factory) -> Path:
    """A folder with a checkpoint for masks, one for pictures, a dataset, and pictures."""
    folder = tmp_path_factory.mktemp("train")
    base_checkpoint(folder / "sd", widths=(8, 8))
    stable_diffusion(folder / "sd8")
    dataset_of(folder / "data" / "rooms", [room(number) for number in range(3)])
    (folder / "pictures").mkdir()
    picture_folder(folder / "pictures")
    return folder


@pytest.fixture
def tiny_recipes(monkeypatch) -> None:
    """The recipes with two items a step, in float32, from the tests' own scenes."""

    def shrunk(recipe):
        def make(init: str):
            config = recipe(init)
            loop = dataclasses.replace(config.loop, batch_size=2, precision="no", warmup_steps=1)
            mixture = {"mixture": {"rooms": 1.0}} if hasattr(config, "mixture") else {}
            return dataclasses.replace(config, loop=loop, **mixture)

        return make

    recipes = {name: shrunk(recipe) for name, recipe in train_accelerated.RECIPES.items()}
    monkeypatch.setattr(train_accelerated, "RECIPES", recipes)


def test_the_command_knows_the_recipes_that_there_are():
    assert {*VERBS} == {*train_accelerated.RECIPES}


@pytest.mark.parametrize("recipe", VERBS)
def test_a_dry_run_prints_every_setting_and_does_nothing(run, tmp_path, recipe):
    places = ("--init", "owner/model", "--data", "data", "--run", "run")
    code, out, _ = run("train", VERBS[recipe], "--recipe", recipe, *places, "--dry-run")
    assert code == 0
    for setting in ("batch_size", "learning_rate", "ema_decay", "seed"):
        assert f"'{setting}'" in out
    assert "owner/model" in out
    if recipe == "base-sd15-paper":
        assert "'guidance_encoding': 'blend'" in out
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.usefixtures("tiny_recipes")
@pytest.mark.parametrize("recipe", ["base-sd15", "base-sd15-paper"])
def test_a_mask_model_is_trained_resumed_and_exported(run, parts, tmp_path, recipe):
    places = ("--init", parts / "sd", "--data", parts / "data", "--run", "run")
    arguments = ("train", VERBS[recipe], "--recipe", recipe, *places, "--workers", 0)
    assert run(*arguments, "--steps", 2).code == 0
    code, _, err = run(*arguments, "--steps", 1, "--final", "--micro-batch", 1, "--export", "model")
    assert code == 0, err
    assert "model: 6 items" in err
    model = read_base(tmp_path / "model")
    assert model.views == 6
    assert model.config.guidance_encoding == ("channels" if recipe == "base-sd15" else "blend")
    card = json.loads((tmp_path / "model" / "config.json").read_text())
    assert card["settings"] == json.loads((tmp_path / "run" / "config.json").read_text())
    assert card["settings"]["init"] == str(parts / "sd")
    assert run(*arguments, "--steps", 0, "--export", "model").code == 0  # the same once more, in its place
    same = read_base(tmp_path / "model").backbone.state_dict()
    assert all(torch.equal(value, same[name]) for name, value in model.backbone.state_dict().items())
    SmartMask.load(tmp_path / "model")


@pytest.mark.usefixtures("tiny_recipes")
@pytest.mark.parametrize("recipe", ["controlnet-inpaint", "controlnet-segmentation"])
def test_a_controlnet_is_trained_and_exported(run, parts, tmp_path, recipe):
    code, _, err = run(
        "train", "controlnet", "--recipe", recipe, "--init", parts / "sd8", "--data", parts / "pictures",
        "--run", "run", "--steps", 1, "--workers", 0, "--export", "net",
    )  # fmt: skip
    assert code == 0, err
    assert ControlNetModel.from_pretrained(tmp_path / "net", use_safetensors=True).config.in_channels == 4


BASE = ["base", "--init"]
NET = ["controlnet", "--init"]
BAD = {
    "no checkpoint": (BASE[:1], 2, "Missing option '--init'"),
    "no such recipe": ([*BASE, "SD", "--recipe", "large"], 2, "Invalid value for '--recipe'"),
    "no time": ([*BASE, "SD", "--minutes", 0], 2, "Invalid value for '--minutes'"),
    "fewer than no steps": ([*BASE, "SD", "--steps", -1], 2, "Invalid value for '--steps'"),
    "no part of a batch": ([*BASE, "SD", "--micro-batch", 0], 2, "Invalid value for '--micro-batch'"),
    "unequal parts": (
        [*BASE, "SD", "--micro-batch", 5],
        2,
        "a batch of 2 does not fall into equal parts of 5",
    ),
    "export over photos": ([*BASE, "SD", "--export", "full"], 2, "full: holds something else"),
    "a missing checkpoint": ([*BASE, "./gone"], 1, "./gone: no such folder"),
    "no dataset": ([*BASE, "SD", "--data", "full"], 1, "dataset.json: no such file"),
    "no pictures": ([*NET, "SD8", "--data", "full"], 1, "metadata.jsonl: cannot be read"),
}


@pytest.mark.usefixtures("tiny_recipes")
@pytest.mark.parametrize(("arguments", "code", "message"), BAD.values(), ids=BAD)
def test_what_cannot_be_trained_is_one_line_and_leaves_nothing(
    run, parts, tmp_path, arguments, code, message
):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "photo.jpg").touch()
    places = {"SD": parts / "sd", "SD8": parts / "sd8"}
    given = [places.get(word, word) for word in arguments]
    data = [] if "--data" in arguments else ["--data", parts / "data"]
    result = run("train", *given, "--run", "run", "--workers", 0, *data)
    assert result.code == code, result.err
    assert result.err.startswith("Error: ")
    assert message in result.err
    assert not (tmp_path / "run").exists()


def test_a_segment_ends_by_whichever_comes_first():
    steps = Segment(None, 4, True)
    assert [steps.factor(step) for step in range(5)] == [1.0, 0.75, 0.5, 0.25, None]
    assert Segment(None, 1000, True).factor(999) == LOWEST_FACTOR
    assert [Segment(None, 3, False).factor(step) for step in (0, 2, 3)] == [1.0, 1.0, None]
    assert Segment(None, 0, False).factor(0) is None
    timed = Segment(1e-9, 10**9, False)
    timed.factor(0)
    assert timed.factor(0) is None


def test_help_loads_no_network():
    script = (
        "import sys; from smartmask.apps.cli.main import main; main(['train', 'mask', '--help']); "
        "sys.exit(sorted({'torch', 'diffusers', 'accelerate', 'tqdm'} & set(sys.modules)) or 0)"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")
