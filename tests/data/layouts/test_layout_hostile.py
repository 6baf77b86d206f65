"""Files made to harm whoever reads them; what a format's own reader refuses is in its own tests."""

import base64
import json
import os
import struct
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
from layout_examples import room, same
from psd_tools import PSDImage
from psd_tools.constants import Compression

from smartmask.data.layout_formats import FILE_NAMES, read_any_layout, write_layout_as
from smartmask.errors import LayoutFileError
from smartmask.scene.picture import png_bytes

HUGE = 2**31 - 1


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def enlarged(png: bytes, width: int, height: int) -> bytes:
    """The PNG with another size in its header, whose checksum is right."""
    return png[:8] + chunk(b"IHDR", struct.pack(">II", width, height) + png[24:29]) + png[33:]


@pytest.mark.parametrize(("width", "height"), [(HUGE, HUGE), (HUGE, 1), (1, HUGE), (2**32 - 1, 2**32 - 1)])
@pytest.mark.parametrize("format_name", ["label-map", "coco-panoptic", "labelme"])
def test_pngs_that_claim_to_be_huge_are_refused_before_they_are_decoded(tmp_path, format_name, width, height):
    path = tmp_path / FILE_NAMES[format_name]
    files = write_layout_as(format_name, path, room())
    if format_name == "labelme":
        content = json.loads(path.read_text())
        png = base64.b64encode(enlarged(png_bytes(np.ones((2, 2), np.uint8)), width, height)).decode()
        content["shapes"] = [
            {"label": "cat", "shape_type": "mask", "points": [[0, 0], [1, 1]], "mask": png, "group_id": None}
        ]
        path.write_text(json.dumps(content))
    else:
        (picture,) = [file for file in files if file.suffix == ".png"]
        picture.write_bytes(enlarged(picture.read_bytes(), width, height))
    assert peak_of_refusal(path) < 2**20


def test_a_png_with_a_text_that_expands_without_end_is_refused(tmp_path):
    path = tmp_path / "labels.png"
    write_layout_as("label-map", path, room())
    png = path.read_bytes()
    bomb = chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(2**28)))
    path.write_bytes(png[:33] + bomb + png[33:])
    assert peak_of_refusal(path) < 2**24


def test_a_psd_whose_layer_expands_without_end_is_refused(tmp_path):
    path = tmp_path / "layout.psd"
    write_layout_as("psd", path, room())
    document = PSDImage.open(path)._record
    info = document.layer_and_mask_information.layer_info
    alpha = info.channel_image_data[0][0]
    alpha.compression, alpha.data = Compression.ZIP, zlib.compress(bytes(2**28))
    info.layer_records[0].channel_info[0].length = len(alpha.data) + 2
    with path.open("wb") as file:
        document.write(file)
    assert peak_of_refusal(path) < 2**24


def test_the_photo_that_a_labelme_file_names_is_never_opened(tmp_path, monkeypatch):
    path = tmp_path / "labelme.json"
    write_layout_as("labelme", path, room())
    content = json.loads(path.read_text())
    opened: list[str] = []
    true_open = Path.open

    def noting(self: Path, *arguments, **settings):
        opened.append(str(self))
        return true_open(self, *arguments, **settings)

    monkeypatch.setattr(Path, "open", noting)
    for name in ("../../../etc/passwd", "/dev/zero", "C:\\secret.jpg", "x\0.jpg", "\ud800"):
        path.write_text(json.dumps(content | {"imagePath": name}))
        assert same(read_any_layout(path), room())
    assert set(opened) <= {str(path)}


@pytest.mark.parametrize("depth", [900, 100_000])
@pytest.mark.parametrize("key", ["layers", "size_hw", "format"])
def test_nesting_of_any_depth_is_refused(tmp_path, key, depth):
    path = tmp_path / "layout.json"
    write_layout_as("json", path, room())
    content = json.loads(path.read_text())
    nested = "[" * depth + "]" * depth
    path.write_text(json.dumps(content | {key: "HERE"}).replace('"HERE"', nested))
    with pytest.raises(LayoutFileError):
        read_any_layout(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_that_nobody_writes_to_is_refused(tmp_path):
    os.mkfifo(tmp_path / "layout.json")
    with pytest.raises(LayoutFileError, match="is a device or a pipe; give a file"):
        read_any_layout(tmp_path / "layout.json")


def peak_of_refusal(path: Path) -> int:
    """Bytes that were taken at most until the file was refused."""
    tracemalloc.start()
    try:
        with pytest.raises(LayoutFileError) as caught:
            read_any_layout(path)
        assert len(str(caught.value)) < len(str(path)) + 400
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
