"""Colours of photos: what a colour-managed viewer shows is the same before and after."""

import io

import numpy as np
import pytest
from PIL import Image, ImageCms
from wide_gamut import WIDE, shown

from smartmask.data.layout_formats import layout_files_as, write_layout_as
from smartmask.data.layouts.layers_zip import read_layers_zip
from smartmask.data.photos import read_mask, read_photo, read_picture
from smartmask.errors import ImageError
from smartmask.scene.colour_profile import MOST_BYTES, Picture, converted, space_of
from smartmask.scene.layout import Layer, Layout
from smartmask.scene.picture import png_bytes

PIXELS = np.random.default_rng(3).integers(0, 256, (24, 32, 3), np.uint8)
LAYOUT = Layout((24, 32), (Layer("wall", np.ones((24, 32), bool)),))


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def file_of(image: Image.Image, kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "AVIF"])
def test_a_photo_keeps_its_values_and_its_profile(kind):
    content = file_of(Image.fromarray(PIXELS), kind, icc_profile=WIDE)
    picture = read_picture(content)
    assert picture.profile == WIDE
    assert np.array_equal(picture.pixels, np.asarray(opened(content).convert("RGB")))
    with opened(png_bytes(picture.pixels, picture.profile)) as written, opened(content) as before:
        assert np.array_equal(shown(written), shown(before))
    assert np.abs(shown(opened(content)).astype(int) - picture.pixels).max() > 20


def test_a_turned_photo_keeps_its_profile_and_is_turned_once():
    exif = Image.Exif()
    exif[0x0112] = 6
    content = file_of(Image.fromarray(PIXELS), "PNG", icc_profile=WIDE, exif=exif)
    picture = read_picture(content)
    assert picture.profile == WIDE
    assert np.array_equal(picture.pixels, np.rot90(PIXELS, -1))
    assert not opened(png_bytes(picture.pixels, picture.profile)).getexif()


def test_colours_that_are_not_rgb_are_converted_by_their_profile():
    srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    image = Image.fromarray(PIXELS // 4 + 96)
    in_lab = ImageCms.buildTransform(srgb, lab, "RGB", "LAB").apply(image)
    content = file_of(in_lab, "TIFF", icc_profile=ImageCms.ImageCmsProfile(lab).tobytes())
    picture = read_picture(content)
    assert picture.profile is None
    assert np.abs(picture.pixels.astype(int) - np.asarray(image)).max() <= 3


@pytest.mark.parametrize("profile", [b"no profile", WIDE[:200], WIDE[:16] + b"GRAY" + WIDE[20:]])
def test_a_profile_that_is_damaged_or_of_other_values_says_nothing(profile):
    picture = read_picture(file_of(Image.fromarray(PIXELS), "PNG", icc_profile=profile))
    assert picture.profile is None
    assert np.array_equal(picture.pixels, PIXELS)


def test_a_profile_too_long_for_readers_of_png_is_applied_and_dropped():
    long = (len(WIDE) + MOST_BYTES).to_bytes(4, "big") + WIDE[4:] + bytes(MOST_BYTES)
    content = file_of(Image.fromarray(PIXELS), "TIFF", icc_profile=long)
    picture = read_picture(content)
    assert picture.profile is None
    assert np.abs(shown(opened(content)).astype(int) - picture.pixels).max() <= 2


def test_values_of_masks_are_no_colours():
    grey = np.full((24, 32), 120, np.uint8)
    grey[:, :5] = 130
    content = Image.fromarray(grey)
    content.info["icc_profile"] = WIDE[:16] + b"GRAY" + WIDE[20:]
    assert np.array_equal(read_mask(content, (24, 32)), grey > 127)


def test_arrays_and_pictures_are_taken_as_they_are():
    assert read_picture(PIXELS).pixels is PIXELS
    assert read_picture(PIXELS).profile is None
    picture = Picture(PIXELS, WIDE)
    assert read_picture(picture) is picture
    assert read_photo(picture) is PIXELS


def test_converted_there_and_back_is_nearly_the_same():
    there = converted(PIXELS, None, WIDE)
    assert np.abs(there.astype(int) - PIXELS).max() > 10
    assert np.abs(converted(there, WIDE, None).astype(int) - PIXELS).max() <= 4
    assert converted(PIXELS, WIDE, WIDE) is PIXELS
    assert space_of(WIDE) == "RGB"
    assert space_of(b"") is None


def test_a_profile_that_cannot_be_used_is_an_error_that_says_what_to_do():
    with pytest.raises(ImageError, match="save both pictures as sRGB"):
        converted(PIXELS, None, b"no profile")


def test_layers_and_photo_of_a_zip_have_the_photos_profile(tmp_path):
    write_layout_as("layers-zip", tmp_path / "layers.zip", LAYOUT, photo=Picture(PIXELS, WIDE))
    assert read_layers_zip(tmp_path / "layers.zip").labels == ("wall",)
    from zipfile import ZipFile

    with ZipFile(tmp_path / "layers.zip") as archive:
        names = [name for name in archive.namelist() if name.endswith(".png")]
        assert len(names) == 2
        for name in names:
            assert opened(archive.read(name)).info["icc_profile"] == WIDE


def test_a_photoshop_document_has_the_photos_profile():
    psd_tools = pytest.importorskip("psd_tools")
    key = psd_tools.constants.Resource.ICC_PROFILE
    content = layout_files_as("psd", LAYOUT, photo=Picture(PIXELS, WIDE))["layout.psd"]
    document = psd_tools.PSDImage.open(io.BytesIO(content))
    assert document.image_resources.get_data(key) == WIDE
    without = layout_files_as("psd", LAYOUT, photo=PIXELS)["layout.psd"]
    assert key not in psd_tools.PSDImage.open(io.BytesIO(without)).image_resources
