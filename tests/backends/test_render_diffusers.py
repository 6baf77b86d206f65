"""Layouts drawn end to end on tiny checkpoints, at the size and in the colours that the ControlNet knows."""

import diffusers
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from smartmask.backends.palette_ade20k import Ade20kPalette
from smartmask.backends.render_diffusers import (
    DiffusersRenderer,
    RenderSettings,
    control_picture,
    drawing_size,
    load_diffusers_renderer,
)
from smartmask.backends.stable_diffusion import StableDiffusion
from smartmask.errors import BackendError
from smartmask.protocols import LayoutRenderer
from smartmask.scene.layout import Layer, Layout

pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"
)

QUICK = RenderSettings(steps=2)
SIZE_HW = (150, 200)
GREY, CYAN = (120, 120, 120), (6, 230, 230)


@pytest.fixture
def layout() -> Layout:
    upper = np.zeros(SIZE_HW, bool)
    upper[:90] = True
    return Layout(SIZE_HW, (Layer("sky", upper), Layer("wall", ~upper)))


@pytest.fixture(params=["sd", "sdxl"])
def renderer(request, tiny_checkpoints, tiny_encoder) -> DiffusersRenderer:
    net = tiny_checkpoints(f"control-{request.param}")
    return load_diffusers_renderer(tiny_checkpoints(request.param), {"seg": net}, tiny_encoder, QUICK)


def test_a_picture_has_the_layouts_size_and_follows_its_seed_alone(renderer, layout):
    assert isinstance(renderer, LayoutRenderer)
    first = renderer.render(layout, "a wall under the sky", 3)
    assert (first.shape, first.dtype) == ((*SIZE_HW, 3), np.uint8)
    assert (first != renderer.render(layout, "a wall under the sky", 4)).mean() > 0.1
    assert np.array_equal(renderer.render(layout, "a wall under the sky", 3), first)


def test_a_drawing_has_the_checkpoints_size_and_is_what_render_resamples(renderer, layout):
    drawing = renderer.draw(layout, "a wall", 0)
    assert drawing.shape == (64, 64, 3), "48 pixels would be below the least side"
    resampled = Image.fromarray(drawing).resize((200, 150), Image.Resampling.LANCZOS)
    assert np.array_equal(renderer.render(layout, "a wall", 0), np.asarray(resampled))


def test_the_layout_matters(renderer, layout):
    turned = Layout(SIZE_HW, tuple(Layer(layer.label, layer.mask[::-1]) for layer in layout.layers))
    assert not np.array_equal(renderer.draw(layout, "a wall", 0), renderer.draw(turned, "a wall", 0))


def test_the_controlnet_is_shown_the_control_picture(tiny_checkpoints, tiny_encoder, layout):
    net = diffusers.ControlNetModel.from_pretrained(tiny_checkpoints("control-sd"))
    pipeline = diffusers.StableDiffusionControlNetPipeline.from_pretrained(
        tiny_checkpoints("sd"), controlnet=net, safety_checker=None, requires_safety_checker=False
    )
    pipeline.set_progress_bar_config(disable=True)
    seen = []
    net.controlnet_cond_embedding.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    settings = RenderSettings(steps=1, longer_side=128)
    renderer = DiffusersRenderer(StableDiffusion(pipeline, "sd"), Ade20kPalette(tiny_encoder), settings)
    assert renderer.draw(layout, "a wall", 0).shape == (96, 128, 3)
    shown = seen[0][0].permute(1, 2, 0).numpy()
    np.testing.assert_allclose(shown, renderer.control_pictures(layout)["seg"] / np.float32(255), atol=1e-6)


def test_a_control_picture_holds_the_colours_of_the_classes_and_no_mixtures(tiny_encoder, layout):
    picture = control_picture(layout, Ade20kPalette(tiny_encoder), 128)
    assert picture.shape == (96, 128, 3)
    assert (picture[:57] == CYAN).all()
    assert (picture[58:] == GREY).all()


def test_a_depth_picture_is_grey_and_bright_where_things_are_near(tiny_encoder, layout):
    picture = control_picture(layout, Ade20kPalette(tiny_encoder), 128, "depth")
    assert (picture[..., 0] == picture[..., 1]).all()
    assert (picture[:50] == 0).all()
    assert picture[64:].min() > 200


def test_two_controlnets_are_shown_one_picture_each(tiny_checkpoints, tiny_encoder, layout):
    net = tiny_checkpoints("control-sd")
    nets = {"seg": net, "depth": net}
    both = load_diffusers_renderer(tiny_checkpoints("sd"), nets, tiny_encoder, QUICK)
    shown = both.control_pictures(layout)
    assert list(shown) == ["seg", "depth"]
    assert shown["seg"].shape == shown["depth"].shape
    one = load_diffusers_renderer(tiny_checkpoints("sd"), {"depth": net}, tiny_encoder, QUICK)
    assert not np.array_equal(both.draw(layout, "a wall", 0), one.draw(layout, "a wall", 0))
    with pytest.raises(ValueError, match="give one for seg, for depth, or both"):
        load_diffusers_renderer(tiny_checkpoints("sd"), {}, tiny_encoder, QUICK)


@given(st.integers(1, 5000), st.integers(1, 5000), st.integers(64, 2048))
def test_drawing_sizes_are_whole_cells_of_nearly_the_layouts_shape(height, width, longer_side):
    drawn = drawing_size((height, width), longer_side)
    assert all(side % 8 == 0 and side >= 64 for side in drawn)
    for side, given_side in zip(drawn, (height, width), strict=True):
        exact = given_side * longer_side / max(height, width)
        assert abs(side - max(exact, 64)) <= 4


@pytest.mark.parametrize(
    ("model", "controlnet", "message"),
    [
        ("sd-inpainting", "control-sd", "its U-Net takes 9 channels, expected 4; give a plain checkpoint"),
        ("sd", "control-sdxl", "reads texts of width 16"),
        ("clip", "control-sd", "cannot be loaded as a Stable Diffusion checkpoint"),
    ],
)
def test_checkpoints_that_do_not_fit_are_named(tiny_checkpoints, tiny_encoder, model, controlnet, message):
    with pytest.raises(BackendError, match=message):
        load_diffusers_renderer(tiny_checkpoints(model), {"seg": tiny_checkpoints(controlnet)}, tiny_encoder)


def test_a_prompt_that_is_too_long_is_refused(renderer, layout):
    with pytest.raises(ValueError, match="the prompt has 76 tokens"):
        renderer.render(layout, "a" * 76, 0)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"steps": 0}, "steps must be 1 or more"),
        ({"cfg_scale": 0.0}, "cfg_scale must be 1"),
        ({"longer_side": 63}, "longer_side must be at least 64, not 63"),
    ],
)
def test_settings_are_checked_at_birth(values, message):
    with pytest.raises(ValueError, match=message):
        RenderSettings(**values)
