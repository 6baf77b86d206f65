"""Cut-outs: what is read, what is refused, and that no old background is left in their colours."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter
from shapes import disc

from smartmask.compositing.cutout import read_cutout
from smartmask.errors import ImageError

BALL = disc((60, 80), (40, 30), 20)


def pixels(alpha: np.ndarray, colour: tuple[int, int, int] = (200, 40, 60)) -> np.ndarray:
    """An object of one colour on green, mixed where alpha is between."""
    share = alpha[..., None] / 255
    mixed = share * np.array(colour) + (1 - share) * np.array([0, 255, 0])
    return np.dstack([np.rint(mixed), alpha]).astype(np.uint8)


SOFT = np.rint(255 * gaussian_filter(BALL.astype(float), 1.5)).astype(np.uint8)


def test_the_old_background_is_gone_from_the_rim_and_beyond():
    cutout = read_cutout(pixels(SOFT))
    assert np.abs(cutout.pixels[cutout.alpha > 0, :3] - (200, 40, 60.0)).max() < 2


def test_alpha_is_kept_and_cropped_to_the_object_with_a_little_room():
    cutout = read_cutout(pixels(SOFT))
    rows, columns = np.flatnonzero((SOFT > 0).any(1)), np.flatnonzero((SOFT > 0).any(0))
    tight = SOFT[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    assert np.array_equal(cutout.alpha[6:-6, 6:-6], tight)
    assert cutout.alpha.sum() == tight.sum()


def test_what_is_thinner_than_the_rim_keeps_its_own_colours():
    line = np.zeros((40, 40), np.uint8)
    line[5:35, 20:23] = 255
    cutout = read_cutout(pixels(line, (10, 20, 250)))
    assert np.abs(cutout.pixels[cutout.alpha > 252, :3] - (10, 20, 250.0)).max() < 1


def test_tiles_change_nothing(monkeypatch):
    rng = np.random.default_rng(0)
    soft = gaussian_filter(rng.standard_normal((90, 130)), 4) > 0.02
    array = rng.integers(0, 256, (90, 130, 4), np.uint8)
    array[..., 3] = np.rint(255 * gaussian_filter(soft.astype(float), 1.0)).astype(np.uint8)
    whole = read_cutout(array).pixels
    monkeypatch.setattr("smartmask.compositing.cutout._TILE_PX", 17)
    assert np.array_equal(read_cutout(array).pixels, whole)


def test_files_images_and_arrays_are_alike(tmp_path):
    array = pixels(SOFT)
    Image.fromarray(array).save(tmp_path / "ball.png")
    first = read_cutout(array)
    for source in (tmp_path / "ball.png", str(tmp_path / "ball.png"), Image.fromarray(array)):
        other = read_cutout(source)
        assert np.array_equal(first.pixels, other.pixels)


def test_a_palette_with_a_transparent_colour_is_read(tmp_path):
    palette = Image.fromarray(np.where(BALL, np.uint8(1), np.uint8(0)))
    palette.putpalette([0, 255, 0, 200, 40, 60])
    palette.save(tmp_path / "palette.png", transparency=0)
    assert read_cutout(tmp_path / "palette.png").alpha.sum() == 255 * int(BALL.sum())


def test_a_picture_that_lies_on_its_side_is_turned_upright(tmp_path):
    tall = np.zeros((60, 40), np.uint8)
    tall[5:55, 10:20] = 255
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(pixels(tall)).save(tmp_path / "turned.png", exif=exif)
    assert read_cutout(tmp_path / "turned.png").alpha.shape == (10 + 12, 50 + 12)


def write(path: Path, array: np.ndarray) -> Path:
    Image.fromarray(array).save(path)
    return path


BAD_FILES = {
    "no alpha": (np.zeros((4, 4, 3), np.uint8), r"bad.png: has no transparency \(mode RGB\)"),
    "grey": (np.zeros((4, 4), np.uint8), r"bad.png: has no transparency \(mode L\)"),
    "all transparent": (
        pixels(np.zeros((4, 4), np.uint8)),
        r"nothing in it is opaque \(largest alpha 0 of 255\)",
    ),
    "nothing opaque": (pixels(np.full((4, 4), 100, np.uint8)), "largest alpha 100 of 255"),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_file_that_is_no_cutout_is_refused(kind, tmp_path):
    array, message = BAD_FILES[kind]
    with pytest.raises(ImageError, match=message):
        read_cutout(write(tmp_path / "bad.png", array))


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(ImageError, match=r"gone.png: no such file; check the path"):
        read_cutout(tmp_path / "gone.png")


def test_a_damaged_file_is_refused(tmp_path):
    write(tmp_path / "whole.png", np.random.default_rng(0).integers(0, 256, (64, 64, 4), np.uint8))
    (tmp_path / "cut.png").write_bytes((tmp_path / "whole.png").read_bytes()[:900])
    with pytest.raises(ImageError, match=r"cut.png: the image is damaged or cut short"):
        read_cutout(tmp_path / "cut.png")


@pytest.mark.usefixtures("no_type_check")
@pytest.mark.parametrize(
    ("source", "kind", "message"),
    [
        (np.zeros((4, 4, 3), np.uint8), ValueError, r"must be RGBA \(H, W, 4\), not \(4, 4, 3\)"),
        (np.zeros((4, 4, 4)), TypeError, "must be uint8 with values 0..255, not float64"),
        (np.zeros((4, 4, 4), np.uint8), ValueError, "the cut-out: nothing in it is opaque"),
        (Image.new("RGB", (4, 4)), ValueError, r"the cut-out: has no transparency \(mode RGB\)"),
        (7, TypeError, "must be a path, a Pillow image or a uint8 RGBA array, not int"),
    ],
    ids=["no alpha", "floats", "all transparent", "an image without alpha", "a number"],
)
def test_a_value_that_is_no_cutout_is_refused(source, kind, message):
    with pytest.raises(kind, match=message):
        read_cutout(source)
