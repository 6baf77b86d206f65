"""Zips of layers: what others may have put into them, and what must not get out of them."""

import io
import json
import os
import stat
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layout_examples import photo_of, room, same
from PIL import Image

from smartmask.data.layout_formats import layout_files_as, read_any_layout
from smartmask.data.layouts.archive import MAX_MEMBERS, Archive
from smartmask.errors import LayoutFileError
from smartmask.scene.layout import Layer, Layout

Members = dict[str | zipfile.ZipInfo, bytes]


def members(with_photo: bool = False) -> dict[str, bytes]:
    photo = photo_of(room()) if with_photo else None
    with zipfile.ZipFile(
        io.BytesIO(layout_files_as("layers-zip", room(), photo=photo)["layers.zip"])
    ) as file:
        return {name: file.read(name) for name in file.namelist()}


def packed(folder: Path, content: Any, method: int = zipfile.ZIP_STORED) -> Path:
    """A zip of members, by name or by their whole record."""
    path = folder / "layers.zip"
    with zipfile.ZipFile(path, "w", method) as file:
        for name, data in content.items():
            file.writestr(name, data)
    return path


def manifest(**changes: Any) -> bytes:
    return json.dumps(json.loads(members()["manifest.json"]) | changes).encode()


def refused(path: Path, message: str) -> None:
    with pytest.raises(LayoutFileError, match=message) as caught:
        read_any_layout(path)
    assert str(caught.value).startswith(str(path))
    assert len(str(caught.value)) < len(str(path)) + 400


def test_layers_are_cut_out_of_the_photo():
    found = members(with_photo=True)
    assert list(found) == [
        "manifest.json", "layers/0000_wall.png", "layers/0001_mouse.png", "layers/0002_cat.png", "photo.png",
    ]  # fmt: skip
    photo, cat = photo_of(room()), room().layers[2]
    with Image.open(io.BytesIO(found["layers/0002_cat.png"])) as image:
        pixels = np.asarray(image)
    assert np.array_equal(pixels[..., 3], np.where(cat.mask, 255, 0))
    assert np.array_equal(pixels[cat.mask, :3], photo[cat.mask])
    assert not pixels[~cat.mask].any()
    with Image.open(io.BytesIO(found["photo.png"])) as image:
        assert np.array_equal(np.asarray(image), photo)


@pytest.mark.parametrize("mode", ["L", "1", "I;16", "RGB", "LA", "RGBA", "P"])
def test_masks_of_any_kind_of_png_are_read(tmp_path, mode):
    mask = room().layers[0].mask
    values = np.where(mask, 255, 100).astype(np.uint8)
    if mode == "I;16":
        image = Image.fromarray(values.astype(np.uint16) * 257)
    elif mode in ("LA", "RGBA"):
        image = Image.merge(mode, [Image.new("L", (8, 6), 9)] * (len(mode) - 1) + [Image.fromarray(values)])
    else:
        image = Image.fromarray(values).convert(mode, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    path = packed(tmp_path, members() | {"layers/0000_wall.png": buffer.getvalue()}, zipfile.ZIP_DEFLATED)
    assert same(read_any_layout(path), room())


def opaque(values: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(values).convert("RGBA").save(buffer, "PNG")
    return buffer.getvalue()


def test_an_opaque_layer_of_our_own_covers_the_canvas_whatever_its_brightness(tmp_path):
    layout = Layout((6, 8), (Layer("night", np.ones((6, 8), bool)),))
    for number, photo in enumerate([None, np.zeros((6, 8, 3), np.uint8)]):
        path = tmp_path / f"{number}.zip"
        path.write_bytes(layout_files_as("layers-zip", layout, photo=photo)["layers.zip"])
        assert same(read_any_layout(path), layout)


@pytest.mark.parametrize("photo", [None, "photo.png"])
def test_an_opaque_picture_of_elsewhere_is_a_drawing_unless_it_was_cut_from_a_photo(tmp_path, photo):
    mask = room().layers[0].mask
    content = {key: value for key, value in json.loads(manifest()).items() if key != "masks"}
    drawn = {"layers/0000_wall.png": opaque(np.where(mask, 255, 0).astype(np.uint8))}
    changed = {"manifest.json": json.dumps(content | {"photo": photo}).encode()}
    found = read_any_layout(packed(tmp_path, members() | drawn | changed)).layers[0].mask
    assert np.array_equal(found, mask if photo is None else np.ones_like(mask))


def test_an_archive_may_hold_folders_and_other_files(tmp_path):
    extra = {zipfile.ZipInfo("layers/"): b"", "read me.txt": b"hello"}
    assert same(read_any_layout(packed(tmp_path, extra | members())), room())


@pytest.mark.parametrize(
    "name",
    [
        "../x.png",
        "/x.png",
        "a/../../x.png",
        "..\\x.png",
        "C:\\x.png",
        "C:x.png",
        "a//x.png",
        "./x.png",
        "x\n.png",
    ],
)
def test_names_that_lead_elsewhere_are_refused(tmp_path, name):
    info = zipfile.ZipInfo()
    info.filename = info.orig_filename = name
    path = packed(tmp_path, members() | {info: b""})
    refused(path, "leads out of its folder or is no plain name; expected one like masks/1.png")
    entries = json.loads(members()["manifest.json"])["layers"]
    path = packed(tmp_path, members() | {"manifest.json": manifest(layers=[entries[0] | {"file": name}])})
    refused(path, "manifest.json: layer 0: file name .* leads out of its folder")


def test_a_name_that_ends_early_is_refused(tmp_path):
    path = packed(tmp_path, members() | {"x.png_.txt": b""})
    path.write_bytes(path.read_bytes().replace(b"x.png_.txt", b"x.png\0.txt"))
    refused(path, "leads out of its folder or is no plain name")


def test_links_are_refused(tmp_path):
    info = zipfile.ZipInfo("layers/0000_wall.png")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = packed(tmp_path, {k: v for k, v in members().items() if "wall" not in k} | {info: b"/etc/passwd"})
    refused(path, "'layers/0000_wall.png': is a symbolic link")


def test_encrypted_twice_named_and_oddly_compressed_members_are_refused(tmp_path):
    path = packed(tmp_path, members())
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(raw)
    refused(path, "is encrypted; save the archive without a password")
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        refused(packed(tmp_path, members(), method), "is compressed by method .*; use deflate")
    path = packed(tmp_path, members() | {"x.png": b"", "y.png": b""})
    path.write_bytes(path.read_bytes().replace(b"y.png", b"x.png"))
    refused(path, "'x.png': comes twice")


def test_too_many_members_are_refused(tmp_path):
    path = packed(tmp_path, {f"{number}": b"" for number in range(MAX_MEMBERS + 1)})
    refused(path, f"holds {MAX_MEMBERS + 1} members in a list of .* at most {MAX_MEMBERS} members are read")
    raw = bytearray(path.read_bytes())
    raw[-14:-10] = struct.pack("<HH", 1, 1)  # a lie about their number does not help
    path.write_bytes(raw)
    refused(path, f"holds {MAX_MEMBERS + 1} members; at most {MAX_MEMBERS} are read")


def test_a_long_list_of_members_is_refused_before_it_is_read(tmp_path):
    long = {"n" * 60_000 + str(number): b"" for number in range(80)}
    refused(packed(tmp_path, long), "holds 80 members in a list of .* bytes; at most")


def test_members_larger_than_their_use_are_refused(tmp_path):
    bomb = members() | {"layers/0000_wall.png": bytes(3 * 2**20)}
    refused(
        packed(tmp_path, bomb, zipfile.ZIP_DEFLATED), "wall.png: has 3145728 bytes; at most 1048960 are of"
    )
    bomb = members() | {"manifest.json": b" " * 2**25}
    refused(packed(tmp_path, bomb, zipfile.ZIP_DEFLATED), "manifest.json: has 33554432 bytes; at most")


def test_members_that_expand_beyond_what_they_declare_are_refused(tmp_path):
    path = packed(tmp_path, members() | {"layers/0000_wall.png": bytes(2**24)}, zipfile.ZIP_DEFLATED)
    raw = path.read_bytes()
    assert raw.count(struct.pack("<L", 2**24)) == 2
    path.write_bytes(raw.replace(struct.pack("<L", 2**24), struct.pack("<L", 100)))
    refused(path, "wall.png: is damaged or not as large as it says .*CRC")


def test_a_png_that_expands_beyond_its_size_is_read_to_its_size(tmp_path):
    """Of a picture of 8 x 6 only that much is decoded, whatever its data go on to hold."""
    rows = (b"\0" + b"\xff" * 8) * 6 + bytes(2**22)
    chunks = [
        (b"IHDR", struct.pack(">LLBBBBB", 8, 6, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    ]
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    assert read_any_layout(packed(tmp_path, members() | {"layers/0000_wall.png": png})).layers[0].mask.all()


def test_archives_in_archives_are_no_pictures(tmp_path):
    inner = packed(tmp_path, members()).read_bytes()
    refused(packed(tmp_path, members() | {"layers/0000_wall.png": inner}), "wall.png: is not a PNG")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": "other"}, 'expected a JSON object with "format": "smartmask-layers"'),
        ({"version": 2}, "has version 2 but this program reads version 1"),
        ({"size_hw": [6]}, r"size_hw must be two whole numbers, not \[6\]"),
        ({"size_hw": "6x8"}, "size_hw must be a list"),
        ({"size_hw": [10**6, 10**6]}, "1000000x1000000 is above the limit of 100 megapixels"),
        ({"size_hw": [6, 9]}, r"0000_wall\.png: is 8x6 but the canvas is 9x6"),
        ({"layers": {}}, "layers must be a list"),
        ({"layers": [{}] * 1025}, "holds 1025 layers"),
        ({"size_hw": [9999, 9999], "layers": [{}] * 90}, "90 layers of 9999x9999 pixels are more than 600"),
        ({"layers": ["x"]}, "layer 0: must be a JSON object"),
        ({"layers": [{"file": 3}]}, "layer 0: file must be a text"),
        ({"layers": [{"file": "no.png", "label": "x", "extent": "visible"}]}, "no.png: is not in the arch"),
        ({"layers": [{"file": "layers/0000_wall.png", "label": ""}]}, "label must be a non-empty text, not"),
        ({"layers": [{"file": "layers/0000_wall.png", "label": "x"}]}, "extent must be .*, not None"),
        (
            {"layers": [{"file": "layers/0000_wall.png", "label": "x", "extent": "visible"}] * 2},
            "layer 1: file 'layers/0000_wall.png' belongs to an earlier layer",
        ),
    ],
    ids=lambda value: str(value)[:60],
)
def test_broken_manifests_are_named(tmp_path, changes, message):
    refused(
        packed(tmp_path, members() | {"manifest.json": manifest(**changes)}),
        message,
    )


def test_an_archive_without_a_manifest_or_with_a_broken_one(tmp_path):
    refused(packed(tmp_path, {"a.txt": b""}), "manifest.json: is not in the archive")
    refused(packed(tmp_path, {"manifest.json": b"{"}), "manifest.json: is not valid JSON")
    refused(packed(tmp_path, {"manifest.json": b"[" * 100_000}), "nested too deeply")
    refused(packed(tmp_path, {"manifest.json": b"\xff"}), "is not valid JSON .'utf-8'")
    refused(packed(tmp_path, {}), "manifest.json: is not in the archive")


def test_zip64_is_refused(tmp_path):
    path = packed(tmp_path, members())
    raw = path.read_bytes()
    locator = b"PK\6\7" + struct.pack("<LQL", 0, 0, 1)
    path.write_bytes(raw[:-22] + locator + raw[-22:])
    refused(path, "is a zip64 archive")


def test_nothing_is_written_and_the_file_is_closed(tmp_path):
    path = packed(tmp_path, members())
    before = os.listdir("/proc/self/fd")
    with Archive(path) as archive:
        assert archive.read("manifest.json", 10**6) == members()["manifest.json"]
    assert same(read_any_layout(path), room())
    with pytest.raises(LayoutFileError):
        Archive(packed(tmp_path, {zipfile.ZipInfo("../x"): b""}))
    assert os.listdir("/proc/self/fd") == before
    assert [file.name for file in tmp_path.iterdir()] == ["layers.zip"]


@given(st.data())
def test_damage_anywhere_gives_a_layout_or_a_layout_error(tmp_path_factory, data):
    path = packed(tmp_path_factory.mktemp("zip"), members())
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(0, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(raw[: data.draw(st.integers(0, len(raw)))] if data.draw(st.booleans()) else raw)
    try:
        read_any_layout(path)
    except LayoutFileError as error:
        complaint = str(error)
        assert complaint.startswith(str(path))
