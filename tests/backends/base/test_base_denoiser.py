"""The base model asked from NumPy."""

import dataclasses

import numpy as np
import pytest
import torch
from base_parts import SIDE, base_checkpoint

from smartmask.backends.base.backbone import BaseConfig
from smartmask.backends.base.checkpoint import initial_base
from smartmask.backends.base.denoiser import BaseDenoiser
from smartmask.backends.base.text import token_ids
from smartmask.model.diffusion.condition import Condition, ConditionBatch, build_condition
from smartmask.scene.guidance import Box
from smartmask.scene.layout import Layer, Layout
from smartmask.scene.view import View

SIZE_HW = (24, 32)
LATENT = (1, 4, SIDE // 2, SIDE // 2)


@pytest.fixture(scope="module", params=["channels", "blend"])
def denoiser(request, tmp_path_factory) -> BaseDenoiser:
    """A network all of whose weights take part."""
    model = initial_base(
        base_checkpoint(tmp_path_factory.mktemp("sd")),
        BaseConfig(guidance_encoding=request.param, text_width=8),
    )
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in model.backbone.parameters():
            parameter += 0.05 * torch.randn(parameter.shape, generator=generator)
    return BaseDenoiser(model)


@pytest.fixture
def condition(tiny_encoder) -> Condition:
    upper = np.zeros(SIZE_HW, bool)
    upper[:14] = True
    layout = Layout(SIZE_HW, (Layer("wall", upper), Layer("floor", ~upper)))
    view = View.whole(SIZE_HW, SIDE)
    return build_condition(
        layout.visible_index(), layout.labels, Box((4, 4, 20, 20)), view,
        prompt="a dog", scene="a room", encoder=tiny_encoder,
    )  # fmt: skip


def noise(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(LATENT, np.float32)


@pytest.mark.parametrize("t", [1.0, 0.97, 0.5, 0.03])
def test_its_clean_estimate_is_that_of_the_network_at_the_nearest_timestep(denoiser, condition, t):
    """Stable Diffusion's own way, written out: scale, predict the noise, take it away."""
    model, x = denoiser, noise()
    clean = model(x, t, (condition,))[0]
    assert clean.shape == LATENT
    assert clean.dtype == np.float32
    schedule = model._schedule
    n = schedule.timestep(t)
    batch = ConditionBatch.stack([condition])
    names = ("regions", "label_table", "guidance", "guidance_kind", "zoom")
    texts = model._texts
    with torch.no_grad():
        z = torch.from_numpy(x) / np.hypot(1 - t, t)
        predicted = model._backbone(
            z,
            torch.tensor([n]),
            texts.tokens(token_ids(texts.tokenizer, ["a dog"])),
            texts.tokens(token_ids(texts.tokenizer, ["a room"])),
            *(torch.from_numpy(getattr(batch, name)) for name in names),
        )
    alpha, sigma = schedule.levels(t)
    expected = (z.numpy() - sigma * predicted.numpy()) / alpha
    np.testing.assert_allclose(clean, expected, atol=2e-4 / alpha, rtol=1e-3)


def test_several_conditions_in_one_call_equal_each_alone(denoiser, condition):
    conditions = (condition, condition.null(), condition.null(layout=True))
    together = denoiser(noise(), 0.5, conditions)
    for told, clean in zip(conditions, together, strict=True):
        np.testing.assert_allclose(clean, denoiser(noise(), 0.5, (told,))[0], atol=1e-4)
    assert np.abs(together[0] - together[1]).max() > 1e-4
    assert np.abs(together[1] - together[2]).max() > 1e-4


def test_a_missing_text_is_the_empty_one(denoiser, condition):
    tokens = denoiser._tokens("prompt", condition.null().prompt)
    texts = denoiser._texts
    assert torch.equal(tokens, texts.tokens(token_ids(texts.tokenizer, [""])))


def test_a_text_longer_than_clip_reads_is_refused_not_cut(denoiser, condition, tiny_encoder):

    long = dataclasses.replace(condition, prompt="x" * 200)
    with pytest.raises(ValueError, match="the prompt has 200 tokens but the text encoder reads 75"):
        denoiser(noise(), 0.5, (long,))


def test_texts_and_layouts_are_encoded_once_for_all_steps(denoiser, condition):
    denoiser._tokens.cache_clear()
    denoiser._layout.cache_clear()
    for t in (1.0, 0.8, 0.4):
        denoiser(noise(), t, (condition, condition))
    assert denoiser._layout.cache_info().misses == 1
    assert denoiser._tokens.cache_info().misses == 2


def test_its_space_is_that_of_its_vae(denoiser):
    assert denoiser.resolution == SIDE
    assert denoiser.space.shape == LATENT[1:]
