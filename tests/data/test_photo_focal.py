"""The focal length that a photo's EXIF tells, where it does for certain."""

from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image

from smartmask.data.photos import read_focal_px
from smartmask.errors import ImageError

HEIGHT, WIDTH = 24, 40


def saved(tmp_path: Path, exif: Image.Exif | bytes) -> Path:
    path = tmp_path / "exif.jpg"
    Image.new("RGB", (WIDTH, HEIGHT)).save(path, exif=exif)
    return path


def with_exif(tmp_path: Path, **tags: float | int) -> Path:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif).update({ExifTags.Base[name]: value for name, value in tags.items()})
    return saved(tmp_path, exif)


def test_the_focal_length_comes_from_the_film_equivalent(tmp_path):
    diagonal = float(np.hypot(HEIGHT, WIDTH))
    path = with_exif(tmp_path, FocalLengthIn35mmFilm=26, FocalLength=4.2)
    assert read_focal_px(path) == pytest.approx(26 / 43.27 * diagonal)
    with Image.open(path) as image:
        assert read_focal_px(image) == pytest.approx(26 / 43.27 * diagonal)
    # Resized and turned, the proportions stay; cropped, nobody knows what was cut off.
    whole = {"ExifImageWidth": 40 * HEIGHT, "ExifImageHeight": 40 * WIDTH}
    path = with_exif(tmp_path, FocalLengthIn35mmFilm=26, **whole)
    assert read_focal_px(path) == pytest.approx(26 / 43.27 * diagonal)
    path = with_exif(tmp_path, FocalLengthIn35mmFilm=26, ExifImageWidth=1600, ExifImageHeight=1200)
    assert read_focal_px(path) is None


@pytest.mark.parametrize(("unit", "per_unit"), [(2, 2540.0), (3, 1000.0), (4, 100.0)])
def test_the_focal_length_comes_from_pixels_measured_on_the_sensor(tmp_path, unit, per_unit):
    sensor = {"FocalPlaneXResolution": per_unit, "FocalPlaneResolutionUnit": unit}
    taken = {"ExifImageWidth": 10 * WIDTH, "ExifImageHeight": 10 * HEIGHT}
    path = with_exif(tmp_path, FocalLength=6.0, **sensor, **taken)
    assert read_focal_px(path) == pytest.approx(6.0 * 100 / 10)
    assert read_focal_px(with_exif(tmp_path, FocalLength=6.0, **sensor)) is None


@pytest.mark.parametrize(
    "tags", [{}, {"FocalLength": 35.0}, {"FocalLengthIn35mmFilm": 0}, {"FocalPlaneXResolution": 100.0}]
)
def test_without_certain_exif_there_is_no_focal_length(tmp_path, tags):
    assert read_focal_px(with_exif(tmp_path, **tags)) is None


def test_damaged_exif_tells_no_focal_length_and_no_file_is_an_error(tmp_path):
    path = saved(tmp_path, b"Exif\0\0MM\0*\xff\xff\xff\xff\x01\x02")
    assert read_focal_px(path) is None
    with pytest.raises(ImageError, match="no such file"):
        read_focal_px(tmp_path / "none.jpg")


@pytest.mark.parametrize("film_mm", [1e-6, 6e6], ids=str)
def test_a_focal_length_that_no_camera_has_is_none(tmp_path, film_mm):
    assert read_focal_px(with_exif(tmp_path, FocalLengthIn35mmFilm=film_mm)) is None
