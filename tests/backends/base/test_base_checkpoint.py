"""The base mask model on disk, and what is refused."""

import json
import shutil
from pathlib import Path

import pytest
import torch
from base_parts import SIDE, base_checkpoint
from diffusers import DDPMScheduler
from safetensors.torch import load_file, save_file
from tiny_diffusers import as_published, stable_diffusion, stable_diffusion_xl

from smartmask.backends.base.backbone import BaseConfig
from smartmask.backends.base.checkpoint import (
    CONDITIONING_FILE,
    BaseModel,
    initial_base,
    read_base,
    write_base,
)
from smartmask.errors import BackendError, CheckpointError

CONFIG = BaseConfig(text_width=6)
SETTINGS = {"mixture": {"rooms": 1.0}, "seed": 3}


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory) -> Path:
    """Stable Diffusion with random weights."""
    return base_checkpoint(tmp_path_factory.mktemp("sd"))


@pytest.fixture
def folder(checkpoint, tmp_path) -> Path:
    """A model on disk that a test may damage."""
    model = initial_base(checkpoint, CONFIG)
    write_base(tmp_path / "model", BaseModel(CONFIG, model.backbone, model.frozen, views=128), SETTINGS)
    return tmp_path / "model"


def edit(path: Path, **changes: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


@pytest.mark.parametrize("encoding", ["channels", "blend"])
def test_a_model_comes_back_as_it_was_written(checkpoint, tmp_path, encoding):
    config = BaseConfig(guidance_encoding=encoding, text_width=6, label_channels=3)
    model = initial_base(checkpoint, config)
    with torch.no_grad():
        for parameter in model.backbone.parameters():
            parameter += 0.01
    write_base(tmp_path / "model", BaseModel(config, model.backbone, model.frozen, 77), SETTINGS)
    found = read_base(tmp_path / "model")
    assert (found.config, found.views, found.resolution) == (config, 77, SIDE)
    assert not found.backbone.training
    ours, theirs = model.backbone.state_dict(), found.backbone.state_dict()
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
    assert (found.frozen.schedule.signal == model.frozen.schedule.signal).all()
    card = json.loads((tmp_path / "model" / "config.json").read_text())
    assert (card["format"], card["version"], card["settings"]) == ("smartmask-base-model", 1, SETTINGS)
    assert not [path for path in (tmp_path / "model").rglob("*") if path.suffix in (".bin", ".pt", ".pkl")]


def test_the_first_weights_follow_from_the_seed_and_leave_the_global_one_alone(checkpoint):
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    one, same = initial_base(checkpoint, CONFIG, seed=1), initial_base(checkpoint, CONFIG, seed=1)
    assert torch.equal(torch.rand(1), expected)
    other = initial_base(checkpoint, CONFIG, seed=2)
    weights = [model.backbone.layout.label_projection.weight for model in (one, same, other)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


@pytest.mark.parametrize(
    ("build", "message"),
    [
        pytest.param(
            lambda folder: stable_diffusion(folder, unet_channels=9),
            "its U-Net takes 9 channels, expected the VAE's 4; give a Stable Diffusion 1.x or 2.x checkpoint",
            id="an inpainting checkpoint",
        ),
        pytest.param(stable_diffusion_xl, "wants more than one text, as SDXL's does", id="SDXL"),
        pytest.param(
            lambda folder: folder.mkdir(), "holds neither config.json nor model_index.json", id="empty"
        ),
        pytest.param(
            lambda folder: None, "no such folder; give one that holds a Stable Diffusion", id="missing"
        ),
    ],
)
def test_a_checkpoint_that_will_not_do_is_refused(tmp_path, build, message):
    build(tmp_path / "sd")
    with pytest.raises(BackendError, match=message):
        initial_base(tmp_path / "sd", CONFIG)


def test_a_hub_name_without_internet_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(BackendError, match=r"owner/model: not in the cache .*hf download owner/model"):
        initial_base("owner/model", CONFIG)


@pytest.mark.usefixtures("no_type_check")
def test_a_network_that_predicts_the_clean_sample_is_refused(tmp_path):
    base_checkpoint(tmp_path / "sd")
    DDPMScheduler(prediction_type="sample").save_pretrained(tmp_path / "sd" / "scheduler")
    with pytest.raises(BackendError, match="must predict 'epsilon' or 'v_prediction', not 'sample'"):
        initial_base(tmp_path / "sd", CONFIG)


def test_the_published_form_is_read_whole(tmp_path):
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    stable_diffusion(ours)
    as_published(shutil.copytree(ours, theirs))
    first, second = (initial_base(place, BaseConfig()) for place in (ours, theirs))
    for one, other in (
        (first.frozen.vae, second.frozen.vae),
        (first.frozen.texts.encoder, second.frozen.texts.encoder),
        (first.backbone, second.backbone),
    ):
        pairs = zip(one.parameters(), other.parameters(), strict=True)
        assert all(torch.equal(before, after) for before, after in pairs)
    assert second.frozen.schedule.prediction == "epsilon"
    assert second.frozen.schedule.timesteps == 1000


def test_a_checkpoint_in_half_precision_is_read_in_full(tmp_path):
    base_checkpoint(tmp_path / "sd")
    for path in (tmp_path / "sd").rglob("*.safetensors"):
        save_file({name: value.half() for name, value in load_file(path).items()}, path, {"format": "pt"})
    config = tmp_path / "sd" / "text_encoder" / "config.json"
    edit(config, dtype="float16")
    model = initial_base(tmp_path / "sd", CONFIG)
    parts = (model.backbone, model.frozen.vae, model.frozen.texts.encoder)
    assert {value.dtype for part in parts for value in part.parameters()} == {torch.float32}


@pytest.mark.parametrize("part", ["text_encoder/model", "unet/diffusion_pytorch_model"])
def test_missing_weights_are_never_made_up(tmp_path, part):
    base_checkpoint(tmp_path / "sd")
    path = tmp_path / "sd" / f"{part}.safetensors"
    weights = load_file(path)
    name = next(name for name in sorted(weights) if name.endswith("weight"))
    save_file({other: value for other, value in weights.items() if other != name}, path, {"format": "pt"})
    with pytest.raises(BackendError, match=f"lacks 1 weights, first '.*{name.split('.', 1)[1]}'"):
        initial_base(tmp_path / "sd", CONFIG)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        pytest.param(
            lambda folder: edit(folder / "config.json", version=9),
            "is version 9; this release reads version 1",
            id="another version",
        ),
        pytest.param(
            lambda folder: edit(folder / "config.json", colour="red"),
            "settings unknown or missing: colour",
            id="an unknown setting",
        ),
        pytest.param(
            lambda folder: edit(folder / "config.json", backbone={"text_width": 6, "depth": 2}),
            "settings unknown or missing: depth, guidance_encoding, label_channels",
            id="an unknown setting of the network",
        ),
        pytest.param(
            lambda folder: edit(folder / "config.json", format="other"),
            "is not the card of a base mask model",
            id="another format",
        ),
        pytest.param(
            lambda folder: (folder / "config.json").write_text("{"), "cannot be read", id="half a card"
        ),
        pytest.param(
            lambda folder: (folder / "config.json").unlink(),
            "give the folder of a base mask model",
            id="no card",
        ),
        pytest.param(
            lambda folder: (folder / CONDITIONING_FILE).write_bytes(b"half"),
            "whose parts cannot be loaded",
            id="half the weights",
        ),
        pytest.param(
            lambda folder: (folder / "vae" / "config.json").unlink(),
            "whose parts cannot be loaded",
            id="no VAE",
        ),
        pytest.param(
            lambda folder: save_file({"other": torch.zeros(1)}, folder / CONDITIONING_FILE),
            "weights unknown or missing: layout.label_projection.bias",
            id="weights of something else",
        ),
    ],
)
def test_a_damaged_model_is_an_error_that_names_it(folder, damage, message):
    damage(folder)
    with pytest.raises(CheckpointError, match=message) as caught:
        read_base(folder)
    assert str(folder) in str(caught.value)


def test_a_u_net_without_our_channels_is_an_error(checkpoint, folder):

    shutil.rmtree(folder / "unet")
    shutil.copytree(checkpoint / "unet", folder / "unet")
    with pytest.raises(CheckpointError, match="its U-Net takes 4 channels, but its card describes 17"):
        read_base(folder)


def test_nothing_is_printed(checkpoint, tmp_path, capfd):
    model = initial_base(checkpoint, CONFIG)
    capfd.readouterr()
    write_base(tmp_path / "model", model, SETTINGS)
    read_base(tmp_path / "model")
    assert capfd.readouterr() == ("", "")
