"""Every way of inpainting end to end on tiny checkpoints, what networks are shown, and what is refused."""

import shutil
from pathlib import Path

import diffusers
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file
from shapes import bool_masks
from tiny_diffusers import TinyCheckpoints
from wide_gamut import WIDE

from smartmask.backends.inpaint_diffusers import (
    DiffusersInpainter,
    InpaintSettings,
    load_diffusers_inpainter,
    whole_cells,
)
from smartmask.backends.stable_diffusion import StableDiffusion
from smartmask.errors import BackendError
from smartmask.protocols import Inpainter, InpaintTask
from smartmask.scene.colour_profile import converted
from smartmask.scene.layout import Layer, Layout

pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"
)

SIZE_HW = (40, 64)
"""Five latent cells high: an odd number, which the U-Net's halving does not divide."""
QUICK = InpaintSettings(steps=2)
VARIANTS = {
    "SD inpainting": ("sd-inpainting", None, None),
    "SD with inpaint control": ("sd", "control-sd", "inpaint"),
    "SD with segmentation control": ("sd", "control-sd", "segmentation"),
    "SD inpainting with inpaint control": ("sd-inpainting", "control-sd", "inpaint"),
    "SDXL inpainting": ("sdxl-inpainting", None, None),
    "SDXL with inpaint control": ("sdxl", "control-sdxl", "inpaint"),
    "SDXL inpainting with segmentation control": ("sdxl-inpainting", "control-sdxl", "segmentation"),
}


def task(prompt: str = "a dog", seed: int = 0, **changes: object) -> InpaintTask:
    rng = np.random.default_rng(0)
    mask = np.zeros(SIZE_HW, bool)
    mask[10:30, 21:26] = True
    layers = (Layer("wall", np.ones(SIZE_HW, bool)), Layer("a dog", mask))
    values = {
        "image": rng.integers(0, 255, (*SIZE_HW, 3), np.uint8),
        "mask": mask,
        "prompt": prompt,
        "layout": Layout(SIZE_HW, layers),
        "seed": seed,
        "layer_number": 1,
    }
    return InpaintTask(**values | changes)


def load(
    checkpoints: TinyCheckpoints, encoder, variant: str, settings: InpaintSettings = QUICK
) -> DiffusersInpainter:
    model, controlnet, control = VARIANTS[variant]
    net = checkpoints(controlnet) if controlnet else None
    return load_diffusers_inpainter(
        checkpoints(model), net, control=control, encoder=encoder, settings=settings
    )


@pytest.mark.parametrize("variant", VARIANTS)
def test_it_draws_the_same_for_the_same_seed_whatever_was_drawn_before(
    tiny_checkpoints, tiny_encoder, variant
):
    inpainter = load(tiny_checkpoints, tiny_encoder, variant)
    assert isinstance(inpainter, Inpainter)
    assert (inpainter.working_side, inpainter.size_multiple) == (64, 8)
    first = inpainter.inpaint(task(seed=3))
    assert (first.shape, first.dtype) == ((*SIZE_HW, 3), np.uint8)
    other = inpainter.inpaint(task(seed=4))
    assert (first != other).mean() > 0.1
    state = torch.get_rng_state()
    assert np.array_equal(inpainter.inpaint(task(seed=3)), first)
    assert torch.equal(torch.get_rng_state(), state), "the process's own generator was used"


def test_a_checkpoint_sees_srgb_and_what_it_draws_comes_back_in_the_photos_profile(
    tiny_checkpoints, tiny_encoder
):
    inpainter = load(tiny_checkpoints, tiny_encoder, "SD with inpaint control")
    wide = task(profile=WIDE)
    drawn = inpainter.inpaint(task(image=converted(wide.image, WIDE, None)))
    assert np.array_equal(inpainter.inpaint(wide), converted(drawn, None, WIDE))


def test_the_words_and_the_negative_words_matter(tiny_checkpoints, tiny_encoder):
    plain = load(tiny_checkpoints, tiny_encoder, "SD inpainting").inpaint(task("a dog"))
    assert not np.array_equal(
        load(tiny_checkpoints, tiny_encoder, "SD inpainting").inpaint(task("a cat")), plain
    )
    settings = InpaintSettings(steps=2, negative_prompt="blurred")
    assert not np.array_equal(
        load(tiny_checkpoints, tiny_encoder, "SD inpainting", settings).inpaint(task("a dog")), plain
    )


def test_one_step_is_enough_for_any_family(tiny_checkpoints, tiny_encoder):
    for variant in ("SD inpainting", "SDXL inpainting"):
        load(tiny_checkpoints, tiny_encoder, variant, InpaintSettings(steps=1)).inpaint(task())


def test_it_draws_in_bfloat16(tiny_checkpoints):
    inpainter = load_diffusers_inpainter(tiny_checkpoints("sd-inpainting"), settings=QUICK, dtype="bfloat16")
    assert inpainter.inpaint(task()).std() > 0


@pytest.mark.parametrize("variant", ["SDXL inpainting", "SDXL with inpaint control"])
def test_sdxl_draws_in_float16_picture_after_picture_and_says_nothing(tiny_checkpoints, variant):
    """Its VAE is brought to float32 and back on the way, which must not change the next picture."""
    model, controlnet, control = VARIANTS[variant]
    net = tiny_checkpoints(controlnet) if controlnet else None
    exact = load_diffusers_inpainter(tiny_checkpoints(model), net, control=control, settings=QUICK)
    half = load_diffusers_inpainter(
        tiny_checkpoints(model), net, control=control, settings=QUICK, dtype="float16"
    )
    first = half.inpaint(task())
    assert np.array_equal(half.inpaint(task()), first)
    assert np.abs(first.astype(int) - exact.inpaint(task())).mean() < 2


class TestWhatTheNetworksAreShown:
    """The real pipelines with a hook on the layer that meets the input."""

    @pytest.fixture
    def pipeline(self, tiny_checkpoints) -> diffusers.StableDiffusionControlNetInpaintPipeline:
        net = diffusers.ControlNetModel.from_pretrained(tiny_checkpoints("control-sd"))
        pipeline = diffusers.StableDiffusionControlNetInpaintPipeline.from_pretrained(
            tiny_checkpoints("sd"), controlnet=net, safety_checker=None, requires_safety_checker=False
        )
        pipeline.set_progress_bar_config(disable=True)
        return pipeline

    def test_a_cell_is_redrawn_if_any_pixel_of_it_is_to_change_and_the_others_stay(self, pipeline):
        """Two prompts: the latents differ in the cell of the one masked pixel and nowhere else."""
        final = []
        pipeline.vae.post_quant_conv.register_forward_pre_hook(lambda _, inputs: final.append(inputs[0]))
        inpainter = DiffusersInpainter(StableDiffusion(pipeline, "sd"), "inpaint", QUICK, None)
        mask = np.zeros(SIZE_HW, bool)
        mask[13, 23] = True  # neither in the corner nor the centre of its cell (1, 2)
        for prompt in ("a dog", "xylophone"):
            inpainter.inpaint(task(prompt, mask=mask))
        differs = (final[0] != final[1]).any(1)[0]
        assert differs.nonzero().tolist() == [[1, 2]]

    def test_inpaint_control_sees_the_photo_with_exactly_the_mask_at_minus_one(self, pipeline):
        seen = []
        hook = pipeline.controlnet.controlnet_cond_embedding.register_forward_pre_hook
        hook(lambda _, inputs: seen.append(inputs[0]))
        drawn = task()
        DiffusersInpainter(StableDiffusion(pipeline, "sd"), "inpaint", QUICK, None).inpaint(drawn)
        expected = np.where(drawn.mask[..., None], np.float32(-1), drawn.image.astype(np.float32) / 255)
        assert np.array_equal(seen[0][0].permute(1, 2, 0).numpy(), expected)

    def test_segmentation_control_sees_the_layout_in_ade20ks_colours(
        self, tiny_checkpoints, tiny_encoder, pipeline
    ):
        from smartmask.backends.palette_ade20k import Ade20kPalette

        seen = []
        hook = pipeline.controlnet.controlnet_cond_embedding.register_forward_pre_hook
        hook(lambda _, inputs: seen.append(inputs[0]))
        drawn = task()
        palette = Ade20kPalette(tiny_encoder)
        DiffusersInpainter(StableDiffusion(pipeline, "sd"), "segmentation", QUICK, palette).inpaint(drawn)
        expected = np.where(drawn.mask[..., None], (255, 0, 122), (120, 120, 120)).astype(np.float32) / 255
        np.testing.assert_allclose(seen[0][0].permute(1, 2, 0).numpy(), expected, atol=1e-6)

    def test_an_inpainting_unet_sees_the_touched_cells_as_its_mask(self, tiny_checkpoints):
        pipeline = diffusers.StableDiffusionInpaintPipeline.from_pretrained(
            tiny_checkpoints("sd-inpainting"), safety_checker=None, requires_safety_checker=False
        )
        pipeline.set_progress_bar_config(disable=True)
        seen = []
        pipeline.unet.conv_in.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
        drawn = task()
        DiffusersInpainter(StableDiffusion(pipeline, "sd"), None, QUICK, None).inpaint(drawn)
        touched = drawn.mask.reshape(5, 8, 8, 8).any((1, 3))
        assert np.array_equal(seen[0][0, 4].numpy() == 1, touched)
        assert np.array_equal(seen[0][0, 4].numpy() == 0, ~touched)


@given(bool_masks(st.sampled_from([4, 8]), st.sampled_from([4, 12])))
def test_whole_cells_are_the_least_set_of_cells_that_holds_the_mask(mask):
    grown = whole_cells(mask, 4)
    assert not (mask & ~grown).any()
    for row in range(0, mask.shape[0], 4):
        for column in range(0, mask.shape[1], 4):
            cell = slice(row, row + 4), slice(column, column + 4)
            assert grown[cell].all() == grown[cell].any() == mask[cell].any()


class TestRefusedTasks:
    @pytest.fixture
    def inpainter(self, tiny_checkpoints, tiny_encoder) -> DiffusersInpainter:
        return load(tiny_checkpoints, tiny_encoder, "SD with segmentation control")

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"mask": np.zeros(SIZE_HW, bool)}, "the mask is empty"),
            ({"mask": np.ones((8, 8), bool)}, r"the mask is \(8, 8\) \(H, W\) but the window is \(40, 64\)"),
            ({"layout": Layout((8, 8))}, r"the layout is \(8, 8\) \(H, W\) but the window is \(40, 64\)"),
            (
                {
                    "image": np.zeros((41, 64, 3), np.uint8),
                    "mask": np.ones((41, 64), bool),
                    "layout": Layout((41, 64)),
                },
                "both sides of a picture must be multiples of 8, not 64x41",
            ),
            (
                {"prompt": "ab " * 40},
                r"the prompt has 80 tokens but the text encoder reads 75; it would be cut after '.*ab a'",
            ),
        ],
        ids=["empty mask", "mask of another size", "layout of another size", "odd size", "prompt too long"],
    )
    @pytest.mark.usefixtures("no_type_check")
    def test_what_is_wrong_is_said(self, inpainter, changes, message):
        with pytest.raises(ValueError, match=message):
            inpainter.inpaint(task(**changes))

    def test_the_longest_prompt_that_fits_is_drawn(self, inpainter):
        inpainter.inpaint(task("a" * 75))

    def test_values_that_are_no_numbers_are_no_picture(self, tiny_checkpoints, tmp_path):
        folder = shutil.copytree(tiny_checkpoints("sd-inpainting"), tmp_path / "broken")
        change_tensor(
            folder / "vae" / "diffusion_pytorch_model.safetensors", "decoder.conv_out.bias", torch.nan
        )
        inpainter = load_diffusers_inpainter(folder, settings=QUICK)
        with pytest.raises(
            BackendError, match=r"no numbers in torch\.float32; load it in float32 or bfloat16"
        ):
            inpainter.inpaint(task())


class TestControlKind:
    """What a ControlNet is shown is said, or its name tells; it is never guessed."""

    @pytest.mark.parametrize(
        ("name", "kind"),
        [
            ("control_v11p_sd15_inpaint", "inpaint"),
            ("control_v11p_sd15_seg", "segmentation"),
            ("SDXL-Segmentation", "segmentation"),
            ("seg/my-Inpaint", "inpaint"),
        ],
    )
    def test_the_last_part_of_its_name_tells(self, tiny_checkpoints, tiny_encoder, tmp_path, name, kind):
        folder = shutil.copytree(tiny_checkpoints("control-sd"), tmp_path / name)
        inpainter = load_diffusers_inpainter(tiny_checkpoints("sd"), folder, encoder=tiny_encoder)
        assert inpainter.control == kind

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (
                {"controlnet": "x/canny"},
                "x/canny: its name holds neither 'inpaint' nor 'seg'; say what it is",
            ),
            (
                {"controlnet": "x/canny", "control": "depth"},
                "must be one of inpaint, segmentation, not 'depth'",
            ),
            ({"control": "inpaint"}, "control 'inpaint' needs a ControlNet; name one, or leave control out"),
            ({"controlnet": "x/seg"}, "segmentation control needs an encoder"),
        ],
        ids=["name tells nothing", "unknown kind", "no ControlNet", "no encoder"],
    )
    @pytest.mark.usefixtures("no_type_check")
    def test_otherwise_it_must_be_said(self, arguments, message):
        with pytest.raises(ValueError, match=message):
            load_diffusers_inpainter("x/model", **arguments)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"steps": 0}, "steps must be 1 or more, not 0"),
        ({"cfg_scale": 0.5}, r"cfg_scale must be 1 \(no guidance\) or more, not 0.5"),
        ({"cfg_scale": float("nan")}, "cfg_scale must be 1"),
        ({"control_scale": -1.0}, "control_scale must be 0 or more, not -1.0"),
        ({"strength": 0.0}, "strength must be above 0, at most 1, and leave a step of 30, not 0.0"),
        ({"strength": 1.1}, "strength must be above 0"),
        ({"strength": 0.3, "steps": 3}, "leave a step of 3, not 0.3"),
    ],
)
def test_settings_are_checked_at_birth(values, message):
    with pytest.raises(ValueError, match=message):
        InpaintSettings(**values)


def change_tensor(path: Path, name: str, value: float) -> None:
    tensors = load_file(path)
    tensors[name] = torch.full_like(tensors[name], value)
    save_file(tensors, path, {"format": "pt"})
