"""Too little memory is called that, and not damage: whoever is told so keeps the file and shrinks it."""

import zipfile
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
from PIL import Image, ImageFile

import smartmask.files as files
from smartmask.data.layout_formats import read_any_layout
from smartmask.data.layouts.pictures import read_png
from smartmask.data.photos import open_image, read_photo
from smartmask.model.planner.network import load_planner_network
from smartmask.model.shape.codec import SilhouetteCodec
from smartmask.weights import WEIGHTS


def refuse(*_: object, **__: object) -> NoReturn:
    raise MemoryError


@pytest.fixture
def picture(tmp_path) -> Path:
    Image.fromarray(np.zeros((9, 12), np.uint8)).save(tmp_path / "a.png")
    return tmp_path / "a.png"


@pytest.mark.parametrize("read", [read_photo, lambda path: read_png(path.read_bytes(), None, 1.0, "it")])
def test_a_picture_that_does_not_fit_into_memory_is_not_called_damaged(read, picture, monkeypatch):
    read(picture)
    monkeypatch.setattr(ImageFile.ImageFile, "load", refuse)
    with pytest.raises(MemoryError):
        read(picture)


def test_nor_is_a_member_of_a_zip(picture, monkeypatch):
    archive = picture.with_suffix(".zip")
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("manifest.json", "{}")
    monkeypatch.setattr(zipfile.ZipExtFile, "read", refuse)
    with pytest.raises(MemoryError):
        read_any_layout(archive)


@pytest.mark.parametrize(
    ("name", "load"), [("codec", SilhouetteCodec.load), ("planner", load_planner_network)]
)
def test_nor_are_weights(name, load, monkeypatch):
    monkeypatch.setattr(files, "_array", refuse)
    with pytest.raises(MemoryError):
        load(WEIGHTS / f"{name}.npz")


def test_no_more_is_asked_of_a_file_than_it_has(picture):
    """A damaged PNG says that a chunk is gigabytes long, and Python takes memory for what is asked."""
    with open_image(picture) as image:
        assert image.fp is not None
        image.fp.seek(8)
        assert image.fp.read(2**50) == picture.read_bytes()[8:]
