"""Silhouettes from pictures: which pixels are the shape, what it is called, what is refused."""

import numpy as np
import pytest
from PIL import Image

from smartmask.data.silhouette_files import read_silhouettes, silhouette_of
from smartmask.errors import ImageError

SHAPE = np.zeros((60, 80), bool)
SHAPE[10:50, 20:70] = True
SHAPE[10:30, 20:40] = False
CROP = SHAPE[10:50, 20:70]


def write(path, picture):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path)
    return path


def two_toned(shape, inside=255, outside=0):
    return np.where(shape, inside, outside).astype(np.uint8)


def cut_out(shape):
    pixels = np.full((*shape.shape, 4), 130, np.uint8)
    pixels[..., 3] = np.where(shape, 255, 0)
    return pixels


@pytest.mark.parametrize(
    "picture",
    [two_toned(SHAPE), two_toned(SHAPE, 0, 255), two_toned(SHAPE, 60, 190), cut_out(SHAPE)],
    ids=["light on dark", "dark on light", "dark grey on light grey", "opaque on transparent"],
)
def test_the_shape_is_what_is_not_the_ground(tmp_path, picture):
    assert np.array_equal(silhouette_of(write(tmp_path / "a.png", picture)), CROP)


def test_a_shape_may_touch_the_border(tmp_path):
    across = np.linspace(-1, 1, 41)
    disc = np.hypot(across, across[:, None]) <= 1
    assert np.array_equal(silhouette_of(write(tmp_path / "a.png", two_toned(disc, 0, 255))), disc)


def test_a_soft_edge_does_no_harm(tmp_path):
    picture = Image.fromarray(two_toned(SHAPE)).resize((160, 120), Image.Resampling.BICUBIC)
    assert silhouette_of(write(tmp_path / "a.png", np.asarray(picture))).shape == (80, 100)


@pytest.mark.parametrize(
    ("picture", "message"),
    [
        (np.zeros((40, 40), np.uint8), "is empty: all of it is transparent or of one tone"),
        (cut_out(np.zeros((40, 40), bool)), "is empty"),
        (np.full((40, 40), 128, np.uint8), "is no silhouette: only 0% of it is nearly black or nearly white"),
        (two_toned(np.arange(40)[None] < np.full((40, 1), 20)), "shape and ground cannot be told apart"),
        (two_toned(np.pad(np.ones((5, 5), bool), 20)), "its shape is 5x5 pixels"),
    ],
    ids=["black", "transparent", "grey", "half and half", "tiny"],
)
def test_what_is_no_silhouette_is_refused(tmp_path, picture, message):
    path = write(tmp_path / "bad.png", picture)
    with pytest.raises(ImageError, match=rf"bad\.png: .*{message}"):
        silhouette_of(path)


def test_names_come_from_sub_folders_and_files(tmp_path):
    for name in ("chair_01.png", "Kuba chair 2.png", "lamps/01.png", "stool.PNG", ".hidden/9.png"):
        write(tmp_path / "shapes" / name, two_toned(SHAPE))
    (tmp_path / "shapes" / "notes.txt").write_text("not a picture")
    found = {item.where: item.label for item in read_silhouettes(tmp_path / "shapes")}
    assert found == {
        "shapes/Kuba chair 2.png": "kuba chair",
        "shapes/chair_01.png": "chair",
        "shapes/lamps/01.png": "lamps",
        "shapes/stool.PNG": "stool",
    }
    assert [item.label for item in read_silhouettes(tmp_path / "shapes" / "lamps" / "01.png", "lamp")] == [
        "lamp"
    ]


def test_a_picture_without_a_name_or_a_folder_without_pictures_is_refused(tmp_path):
    write(tmp_path / "0001.png", two_toned(SHAPE))
    with pytest.raises(ImageError, match=r"0001\.png: its name says nothing .* --label"):
        list(read_silhouettes(tmp_path))
    (tmp_path / "empty").mkdir()
    with pytest.raises(ImageError, match="empty: holds no pictures"):
        list(read_silhouettes(tmp_path / "empty"))
