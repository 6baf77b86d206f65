"""ControlNets for inpainting, trained on SD and SDXL of a few numbers."""

import dataclasses
import json

import numpy as np
import pytest
import torch
from diffusers import ControlNetModel
from inpaint_pictures import SIZES_HW, picture_folder
from tiny_diffusers import SIDE, stable_diffusion, stable_diffusion_xl

from smartmask.backends.controlnet_parts import ControlNetParts, load_controlnet_parts
from smartmask.backends.inpaint_diffusers import without_masked
from smartmask.data.inpaint_folder import InpaintFolder
from smartmask.errors import BackendError
from smartmask.training.base.config import LoopConfig
from smartmask.training.base.controlnet_config import (
    ControlNetTrainConfig,
    controlnet_inpaint,
    controlnet_segmentation,
)
from smartmask.training.base.controlnet_loop import (
    ControlNetItems,
    ControlNetObjective,
    controlnet_loader,
    write_controlnet,
)
from smartmask.training.base.loop import train
from smartmask.training.base.step_parts import StepParts
from smartmask.training.local_run import as_json

pytestmark = pytest.mark.usefixtures("fresh_accelerate")
BUILD = {"sd": stable_diffusion, "sdxl": stable_diffusion_xl}


@pytest.fixture(scope="module", params=["sd", "sdxl"])
def parts(request, tmp_path_factory) -> ControlNetParts:
    """A checkpoint of either family."""
    return load_controlnet_parts(BUILD[request.param](tmp_path_factory.mktemp("checkpoint") / "model"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> InpaintFolder:
    """Four pictures."""
    return InpaintFolder(picture_folder(tmp_path_factory.mktemp("pictures")), needs_segmentation=True)


def config_of(control: str = "inpaint", **more: object) -> ControlNetTrainConfig:
    loop = LoopConfig(
        batch_size=2, learning_rate=1e-3, warmup_steps=1, precision="no", gradient_checkpointing=False
    )
    return ControlNetTrainConfig(**{"init": "tiny", "control": control, "loop": loop, **more})


def first_batch(parts, folder, config):
    return next(controlnet_loader(folder, config, parts, 0)(StepParts.of(2, None, 0, 1), 0))


@pytest.mark.parametrize("control", ["inpaint", "segmentation"])
def test_the_loss_falls_on_one_overfit_batch(parts, folder, control):
    objective = ControlNetObjective(parts, config_of().loop)
    frozen = {name: value.clone() for name, value in parts.unet.state_dict().items()}
    inputs = objective.inputs(first_batch(parts, folder, config_of(control)))
    optimizer = torch.optim.AdamW(objective.network.parameters(), 3e-3)
    losses = []
    for _ in range(40):
        loss = objective.network(*inputs)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.9 * losses[0]
    assert all(torch.equal(frozen[name], value) for name, value in parts.unet.state_dict().items())


@torch.no_grad()
def test_it_begins_by_changing_nothing(parts, folder):
    objective = ControlNetObjective(parts, config_of().loop)
    noisy, timesteps, target, _, tokens, *xl = objective.inputs(first_batch(parts, folder, config_of()))
    added = {"text_embeds": xl[0], "time_ids": xl[1]} if xl else None
    alone = parts.unet(noisy, timesteps, tokens, added_cond_kwargs=added).sample
    loss = objective.network(*objective.inputs(first_batch(parts, folder, config_of())))
    torch.testing.assert_close(loss, (alone - target).square().mean())


@torch.no_grad()
def test_texts_are_embedded_as_the_pipeline_embeds_them(parts, folder):
    """diffusers' own pipelines are asked for the same words."""
    from diffusers import StableDiffusionPipeline, StableDiffusionXLPipeline

    from smartmask.backends.controlnet_parts import text_ids

    tokens, pooled = parts.embed(text_ids(parts.tokenizers, ["a ball"]))
    if pooled is None:
        pipeline = StableDiffusionPipeline(
            parts.vae, parts.encoders[0], parts.tokenizers[0], parts.unet, None, None, None,
            requires_safety_checker=False,
        )  # fmt: skip
        expected, _ = pipeline.encode_prompt("a ball", "cpu", 1, False)
    else:
        pipeline = StableDiffusionXLPipeline(
            parts.vae, *parts.encoders, *parts.tokenizers, parts.unet, None, add_watermarker=False
        )
        expected, _, theirs, _ = pipeline.encode_prompt(
            "a ball", device="cpu", do_classifier_free_guidance=False
        )
        torch.testing.assert_close(pooled, theirs)
    torch.testing.assert_close(tokens, expected)


def test_no_text_is_what_the_pipeline_takes_for_it(parts):
    """diffusers' own pipelines are asked for what no negative prompt means."""
    from diffusers import StableDiffusionPipeline, StableDiffusionXLPipeline

    from smartmask.backends.controlnet_parts import text_ids

    tokens, pooled = parts.embed(text_ids(parts.tokenizers, ["a ball", ""]))
    if pooled is None:
        pipeline = StableDiffusionPipeline(
            parts.vae, parts.encoders[0], parts.tokenizers[0], parts.unet, None, None, None,
            requires_safety_checker=False,
        )  # fmt: skip
        _, expected = pipeline.encode_prompt("a ball", "cpu", 1, True)
    else:
        pipeline = StableDiffusionXLPipeline(
            parts.vae, *parts.encoders, *parts.tokenizers, parts.unet, None, add_watermarker=False
        )
        _, expected, _, theirs = pipeline.encode_prompt("a ball", device="cpu")
        torch.testing.assert_close(pooled[1:], theirs)
        assert pooled[0].any()
    torch.testing.assert_close(tokens[1:], expected)
    assert tokens[0].any()


def test_sdxl_is_told_the_sizes_that_pictures_have_in_the_folder(parts, folder):
    items = ControlNetItems(folder, config_of(), parts)
    assert {items[number].sizes[:2] for number in range(4)} == set(SIZES_HW)


def test_items_are_what_the_inpainter_shows_and_each_picture_comes_once_an_epoch(parts, folder):
    items = ControlNetItems(folder, config_of(drop_text=0.0), parts)
    found = [items[number] for number in range(8)]
    for epoch in (found[:4], found[4:]):
        assert sorted(item.text for item in epoch) == [f"a ball {number}" for number in range(4)]
    item = found[3]
    picture = ((item.pixels.transpose(1, 2, 0) + 1) * 127.5).round().astype(np.uint8)
    hidden = (item.control == -1).all(0)
    assert hidden.any()
    assert not hidden.all()
    np.testing.assert_allclose(item.control, without_masked(picture, hidden)[0], atol=1e-6)
    assert item.sizes[4:] == (SIDE, SIDE)
    again = items[3]
    assert np.array_equal(item.noise, again.noise)
    assert (item.timestep, item.sizes) == (again.timestep, again.sizes)


def test_a_segmentation_is_shown_in_its_colours(parts, folder):
    item = ControlNetItems(folder, config_of("segmentation"), parts)[0]
    assert 0 <= item.control.min() < item.control.max() <= 1
    assert set(np.unique((item.control * 255).round().astype(int)).tolist()) == {0, 90, 255}


def test_some_texts_are_dropped(parts, folder):
    items = ControlNetItems(folder, config_of(drop_text=0.5), parts)
    dropped = sum(items[number].text == "" for number in range(40))
    assert 8 < dropped < 32


def test_a_run_goes_on_and_its_weights_are_read_by_diffusers(parts, folder, tmp_path):
    loop = dataclasses.replace(config_of().loop, gradient_checkpointing=True)
    config, results = config_of(loop=loop), []
    for name, segments in {"through": [4], "halves": [2, 2]}.items():
        for steps in segments:
            objective = ControlNetObjective(parts, config.loop)
            trained = train(
                objective, controlnet_loader(folder, config, parts, 0), config.loop, tmp_path / name,
                settings=as_json(config), should_stop=lambda step, end=steps: 1.0 if step < end else None,
            )  # fmt: skip
        results.append(trained)
    (weights, steps), (same, _) = results
    assert steps == 4
    assert all(torch.equal(weights[name], same[name]) for name in weights)
    assert all(name.startswith("controlnet.") for name in weights)
    write_controlnet(tmp_path / "net", weights, parts, {"items": 8, "settings": as_json(config)})
    net = ControlNetModel.from_pretrained(tmp_path / "net", use_safetensors=True)
    assert all(torch.equal(value, weights[f"controlnet.{name}"]) for name, value in net.state_dict().items())
    card = json.loads((tmp_path / "net" / "smartmask.json").read_text())
    assert card == {"format": "smartmask-controlnet", "version": 1, "items": 8, "settings": as_json(config)}


@pytest.mark.parametrize("name", BUILD)
def test_an_inpainting_checkpoint_is_refused(tmp_path, name):
    BUILD[name](tmp_path / "model", unet_channels=9)
    with pytest.raises(
        BackendError, match=r"takes 9 channels, expected the VAE's 4; a ControlNet is made for a plain"
    ):
        load_controlnet_parts(tmp_path / "model")


def test_recipes_differ_in_what_is_shown_only():
    inpaint, segmentation = controlnet_inpaint("x"), controlnet_segmentation("x")
    assert (inpaint.control, segmentation.control) == ("inpaint", "segmentation")
    assert inpaint.loop == segmentation.loop


@pytest.mark.usefixtures("no_type_check")
def test_settings_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match="control must be 'inpaint' or 'segmentation', not 'depth'"):
        config_of("depth")
    with pytest.raises(ValueError, match=r"drop_text must be in \[0, 1\), not 1.0"):
        config_of(drop_text=1.0)
