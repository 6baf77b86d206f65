"""Which checkpoints are refused and how that is said; none of their code runs, and no weights are made up."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from hub_cache import HubCache
from safetensors.torch import load_file, save_file
from tiny_diffusers import as_published

from smartmask.backends.inpaint_diffusers import InpaintSettings, load_diffusers_inpainter
from smartmask.errors import BackendError
from smartmask.protocols import InpaintTask
from smartmask.scene.layout import Layout


@pytest.mark.parametrize(
    ("model", "controlnet", "message"),
    [
        (
            "sd",
            None,
            "its U-Net takes 4 channels, expected 9; give an inpainting checkpoint, or a plain one",
        ),
        (
            "sd",
            "control-sdxl",
            r"reads texts of width 16 but .*sd of width 8; give a ControlNet made for this",
        ),
        ("sdxl", "control-sd", r"reads texts of width 8 but .*sdxl of width 16"),
        (
            "sd",
            "clip",
            "is a checkpoint of another kind, expected a ControlNetModel; give one such as lllyasviel/",
        ),
        ("sd", "sd", "cannot be loaded as a Stable Diffusion ControlNet"),
        ("resnet", None, "cannot be loaded as a Stable Diffusion inpainting checkpoint"),
        ("control-sd", None, "cannot be loaded as a Stable Diffusion inpainting checkpoint"),
    ],
)
def test_what_does_not_fit_is_named(tiny_checkpoints, model, controlnet, message):
    net = tiny_checkpoints(controlnet) if controlnet else None
    with pytest.raises(BackendError, match=message):
        load_diffusers_inpainter(tiny_checkpoints(model), net, control="inpaint" if net else None)


def test_another_kind_of_pipeline_is_named(tiny_checkpoints, tmp_path):
    folder = shutil.copytree(tiny_checkpoints("sd-inpainting"), tmp_path / "other")
    change_json(
        folder / "model_index.json", _class_name="FluxPipeline", unet=["diffusers", "FluxTransformer"]
    )
    with pytest.raises(BackendError, match="is a FluxPipeline, expected Stable Diffusion 1, 2 or XL"):
        load_diffusers_inpainter(folder)


@pytest.mark.parametrize("part", ["text_encoder", "unet", "vae"])
def test_missing_weights_are_not_made_up(tiny_checkpoints, tmp_path, part):
    folder = shutil.copytree(tiny_checkpoints("sd-inpainting"), tmp_path / "broken")
    (path,) = (folder / part).glob("*.safetensors")
    tensors = load_file(path)
    tensors.pop(sorted(tensors)[3])
    save_file(tensors, path, {"format": "pt"})
    with pytest.raises(BackendError, match=r"lacks 1 tensors, first|cannot be loaded as"):
        load_diffusers_inpainter(folder)


def test_the_published_form_is_read_whole_and_draws(tiny_checkpoints, tmp_path):
    folder = shutil.copytree(tiny_checkpoints("sd-inpainting"), tmp_path / "published")
    as_published(folder)
    quick = InpaintSettings(steps=3)
    ours, theirs = (
        load_diffusers_inpainter(place, settings=quick)
        for place in (tiny_checkpoints("sd-inpainting"), folder)
    )
    for part in ("text_encoder", "vae", "unet"):
        pairs = zip(
            *(getattr(one._model._pipeline, part).parameters() for one in (ours, theirs)), strict=True
        )
        assert all(torch.equal(first, second) for first, second in pairs)
    image, mask = np.full((64, 64, 3), 90, np.uint8), np.zeros((64, 64), bool)
    mask[20:40, 20:40] = True
    task = InpaintTask(image, mask, "a dog", Layout((64, 64)), 0)
    assert np.array_equal(theirs.inpaint(task), theirs.inpaint(task))


def test_a_pickle_is_not_opened(tiny_checkpoints, tmp_path):
    folder = shutil.copytree(tiny_checkpoints("sd-inpainting"), tmp_path / "pickled")
    for path in folder.rglob("*.safetensors"):
        torch.save(load_file(path), path.with_suffix(".bin"))
        path.unlink()
    with pytest.raises(BackendError, match="holds weights as a pickle only"):
        load_diffusers_inpainter(folder)


def test_code_beside_the_weights_does_not_run(tiny_checkpoints, tmp_path):
    folder = shutil.copytree(tiny_checkpoints("sd-inpainting"), tmp_path / "coded")
    change_json(folder / "model_index.json", tokenizer=["tricky", "Tokenizer"])
    for place in (folder, folder / "tokenizer"):
        (place / "tricky.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nclass Tokenizer: pass\n")
    with pytest.raises(BackendError, match="cannot be loaded as"):
        load_diffusers_inpainter(folder)
    assert not (tmp_path / "ran").exists()


def test_a_name_that_cannot_be_had_is_one_line(offline_cache: HubCache, capfd):
    with pytest.raises(BackendError, match=r"^owner/model: not in the cache") as caught:
        load_diffusers_inpainter("owner/model")
    assert "\n" not in str(caught.value)
    assert capfd.readouterr().err == ""


def test_a_cached_name_is_loaded_without_the_network(tiny_checkpoints, offline_cache: HubCache, capfd):
    folder = offline_cache.snapshot("owner/model")
    shutil.copytree(tiny_checkpoints("sd-inpainting"), folder, dirs_exist_ok=True)
    settings = InpaintSettings(steps=1)
    cached = load_diffusers_inpainter("owner/model", settings=settings)
    local = load_diffusers_inpainter(tiny_checkpoints("sd-inpainting"), settings=settings)
    image, mask = np.zeros((16, 16, 3), np.uint8), np.ones((16, 16), bool)
    task = InpaintTask(image, mask, "a dog", Layout((16, 16)), seed=0)
    assert np.array_equal(cached.inpaint(task), local.inpaint(task))
    assert capfd.readouterr().err == ""


def test_a_negative_prompt_that_is_too_long_is_refused_at_once(tiny_checkpoints):
    settings = InpaintSettings(negative_prompt="a" * 76)
    with pytest.raises(ValueError, match="the negative prompt has 76 tokens"):
        load_diffusers_inpainter(tiny_checkpoints("sd-inpainting"), settings=settings)


def change_json(path: Path, **values: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | values))
