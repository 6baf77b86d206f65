"""Inpainters by description: what each part of the line does, and what is refused."""

import numpy as np
import pytest
from PIL import Image
from shapes import disc
from tiny_diffusers import TinyCheckpoints

from smartmask.apps.inpainters import below, load_inpainter, parse_description, with_controlnet
from smartmask.backends.inpaint_diffusers import DiffusersInpainter, InpaintSettings
from smartmask.compositing.reference_composite import ReferenceComposite
from smartmask.errors import BackendError, ImageError
from smartmask.pipelines.insertion.insert import InsertSettings, fill_mask
from smartmask.scene.layout import Layer, Layout


@pytest.fixture
def cutout(tmp_path):
    """A red ball as a file."""
    pixels = np.zeros((30, 30, 4), np.uint8)
    pixels[disc((30, 30), (15, 15), 12)] = (200, 30, 30, 255)
    Image.fromarray(pixels).save(tmp_path / "red ball.png")
    return tmp_path / "red ball.png"


def test_a_cutout_is_loaded_with_its_options(cutout):
    photo, mask = np.full((60, 80, 3), 120, np.uint8), disc((60, 80), (40, 30), 14)

    def drawn(description: str) -> np.ndarray:
        layout, inpainter = Layout((60, 80)), load_inpainter(description)
        return fill_mask(photo, layout, "a ball", mask, inpainter, [0], InsertSettings(), ())[0].image

    plain, bare = drawn(f"reference:{cutout}"), drawn(f"reference:{cutout}?shadow=0&colour=0")
    assert plain[46:48, 35:45].mean() < 116
    assert bare[46:48, 35:45].mean() == pytest.approx(120, abs=2)
    assert np.abs(bare[28:32, 36:44].astype(int) - (200, 30, 30)).max() <= 2


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory):
    return TinyCheckpoints(tmp_path_factory.mktemp("checkpoints"))


def test_a_checkpoint_is_loaded_with_its_options(checkpoints):
    found = load_inpainter(
        f"diffusers:{checkpoints('sd-inpainting')}?steps=2&cfg_scale=1&negative_prompt=a+cat"
    )
    assert isinstance(found, DiffusersInpainter)
    assert found.control is None
    assert found.settings == InpaintSettings(steps=2, cfg_scale=1.0, negative_prompt="a cat")


@pytest.mark.parametrize("as_option", [True, False], ids=["as an option", "beside it"])
def test_a_controlnet_comes_along_and_segmentation_gets_its_words(checkpoints, as_option):
    net, name = str(checkpoints("control-sd")), f"diffusers:{checkpoints('sd')}?steps=1&control=segmentation"
    given = (with_controlnet(name, net),) if as_option else (name, net)
    found = load_inpainter(*given)
    assert isinstance(found, DiffusersInpainter)
    assert found.control == "segmentation"


def test_diffusers_keep_the_photo_bit_for_bit_too(checkpoints):
    photo = np.random.default_rng(0).integers(0, 256, (70, 90, 3), np.uint8)
    layout = Layout((70, 90), (Layer("wall", np.ones((70, 90), bool)),))
    inpainter = load_inpainter(f"diffusers:{checkpoints('sd-inpainting')}?steps=1&cfg_scale=1")
    mask = disc((70, 90), (30, 40), 15)
    found = fill_mask(photo, layout, "a ball", mask, inpainter, [7], InsertSettings(padding_px=8), ())[0]
    assert np.array_equal(found.image[found.alpha == 0], photo[found.alpha == 0])
    assert (found.image != photo).any(2)[mask].mean() > 0.9
    again = fill_mask(photo, layout, "a ball", mask, inpainter, [7], InsertSettings(padding_px=8), ())[0]
    assert np.array_equal(found.image, again.image)


@pytest.mark.parametrize(
    ("description", "message"),
    [
        ("dog.png", "expected reference:CUTOUT.png or diffusers:FOLDER_OR_HUB_NAME"),
        ("reference:", "expected reference:CUTOUT.png"),
        ("comfy:dog", "expected reference:CUTOUT.png"),
        ("", "inpainter ''"),
        ("reference:dog.png?glow=1", "option 'glow' is none of colour, shadow"),
        ("reference:dog.png?steps=3", "option 'steps' is none of colour, shadow"),
        ("reference:dog.png?shadow=1&shadow=0", "option 'shadow' is given twice"),
        ("reference:dog.png?shadow=much", "shadow must be a number, not 'much'"),
        ("diffusers:sd?steps=2.5", "steps must be a number, not '2.5'"),
    ],
)
def test_a_malformed_description_is_refused(description, message):
    with pytest.raises(ValueError, match=message):
        load_inpainter(description)


def test_what_the_parts_themselves_refuse(cutout, tmp_path):
    with pytest.raises(ValueError, match="shadow must be from 0 to 1, not 3"):
        load_inpainter(f"reference:{cutout}?shadow=3")
    with pytest.raises(ImageError, match=r"gone.png: no such file"):
        load_inpainter(f"reference:{tmp_path / 'gone.png'}")
    with pytest.raises(ValueError, match="steps"):
        load_inpainter(f"diffusers:{tmp_path}?steps=0")
    with pytest.raises(BackendError, match=str(tmp_path)):
        load_inpainter(f"diffusers:{tmp_path}")
    with pytest.raises(ValueError, match="option 'controlnet' is none of colour, shadow"):
        load_inpainter(f"reference:{cutout}", controlnet="net")


def test_values_are_escaped_and_paths_are_not(cutout):
    found = parse_description(with_controlnet("diffusers:my models/sd 15", "nets/inpaint & more?"))
    assert (found.source, found.options) == ("my models/sd 15", {"controlnet": "nets/inpaint & more?"})
    assert isinstance(load_inpainter(f"reference:{cutout}"), ReferenceComposite)


def test_relative_cutouts_are_taken_from_a_folder(tmp_path):
    assert below(tmp_path, "reference:dog.png?shadow=0") == f"reference:{tmp_path}/dog.png?shadow=0"
    assert below(tmp_path, "reference:/a/dog.png") == "reference:/a/dog.png"
    assert below(tmp_path, "diffusers:org/model") == "diffusers:org/model"
