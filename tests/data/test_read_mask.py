"""Drawn masks: the same from a file, a picture and an array, or one clear line."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import ExifTags, Image
from shapes import disc

from smartmask.data.photos import read_mask

HEIGHT, WIDTH = 24, 40
DRAWN = disc((HEIGHT, WIDTH), (22, 11), 7)


def saved(folder: Path, image: Image.Image, **options: Any) -> Path:
    image.save(folder / "drawn.png", **options)
    return folder / "drawn.png"


@pytest.mark.parametrize("kind", ["path", "picture", "grey array", "RGB array", "RGBA array", "bool array"])
def test_a_mask_is_the_same_in_any_form(tmp_path, kind):
    grey = DRAWN.astype(np.uint8) * 255
    rgba = np.dstack([np.full((*DRAWN.shape, 3), 90, np.uint8), grey])
    sources = {
        "path": saved(tmp_path, Image.fromarray(grey)),
        "picture": Image.fromarray(rgba),
        "grey array": grey,
        "RGB array": np.dstack([grey] * 3),
        "RGBA array": rgba,
        "bool array": DRAWN,
    }
    mask = read_mask(sources[kind], DRAWN.shape)
    assert mask.dtype == bool
    assert np.array_equal(mask, DRAWN)


def test_a_picture_as_a_mask_is_turned_upright(tmp_path):
    turned = Image.fromarray(DRAWN[::-1, ::-1].astype(np.uint8) * np.uint8(255))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 3
    with Image.open(saved(tmp_path, turned, exif=exif)) as opened:
        assert np.array_equal(read_mask(opened, DRAWN.shape), DRAWN)


@pytest.mark.parametrize("strongest", [1, 90, 127, 128, 200, 255])
def test_transparency_counts_against_the_most_opaque_stroke(tmp_path, strongest):
    """What a half-transparent brush draws is drawn; what is no more than half as strong is its soft edge."""
    pixels = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    pixels[DRAWN] = (255, 0, 0, strongest)
    pixels[~DRAWN, 3] = strongest // 2
    path = saved(tmp_path, Image.fromarray(pixels))
    assert np.array_equal(read_mask(path, (HEIGHT, WIDTH)), DRAWN)


@pytest.mark.parametrize("alpha", [127, 200, 255])
def test_alpha_that_is_the_same_everywhere_says_nothing(tmp_path, alpha):
    pixels = np.full((HEIGHT, WIDTH, 4), alpha, np.uint8)
    pixels[..., :3] = np.uint8(255) * DRAWN[..., None]
    path = saved(tmp_path, Image.fromarray(pixels))
    assert np.array_equal(read_mask(path, (HEIGHT, WIDTH)), DRAWN)


@pytest.mark.usefixtures("no_type_check")
@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            np.ones((HEIGHT, WIDTH)),
            r"must be bool \(H, W\), or uint8 .*, not a float64 array \(24, 40\)",
        ),
        (np.ones((HEIGHT, WIDTH, 2), np.uint8), r"not a uint8 array \(24, 40, 2\)"),
        (np.ones((HEIGHT, WIDTH, 1), bool), r"not a bool array \(24, 40, 1\)"),
        ([[True]], "a mask must be a bool array .* of the canvas's size, not a list of list"),
        (None, "not None"),
    ],
    ids=["floats", "two channels", "a bool with a channel", "lists", "nothing"],
)
def test_what_is_no_mask_is_refused(source, message):
    with pytest.raises(TypeError, match=message):
        read_mask(source, (HEIGHT, WIDTH))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (np.ones((3, 4), bool), "the mask is 4x3 but the photo is 40x24"),
        (np.ones((3, 4), np.uint8), "the mask is 4x3 but the photo is 40x24"),
        (Image.new("L", (4, 3), 255), "the mask is 4x3 but the photo is 40x24"),
        (np.zeros((HEIGHT, WIDTH), bool), "the mask is empty; it must hold at least one pixel"),
        (
            np.ones((HEIGHT, WIDTH), np.uint8),
            r"nothing is drawn \(its brightest pixel is 1 of 255\)",
        ),
    ],
    ids=["a bool mask", "an array", "a picture", "an empty mask", "ones for white"],
)
def test_a_mask_from_memory_must_be_of_the_canvas_and_not_empty(source, message):
    with pytest.raises(ValueError, match=message):
        read_mask(source, (HEIGHT, WIDTH))
