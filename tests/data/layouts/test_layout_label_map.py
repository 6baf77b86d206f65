"""Label maps keep what is seen; names come as JSON or CSV; broken maps say what is broken and where."""

import io
import json
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from layout_examples import layouts, many, room, same, seen_of
from PIL import Image

from smartmask.data.layouts.label_map import label_map_files, read_label_map, write_label_map
from smartmask.errors import LayoutFileError
from smartmask.scene.layout import Layout


@pytest.mark.parametrize("names", ["names.json", "names.csv", "NAMES.CSV"])
@given(layout=layouts())
def test_round_trip_keeps_what_is_seen(tmp_path_factory, names, layout):
    folder = tmp_path_factory.mktemp("maps")
    write_label_map(folder / "labels.png", folder / names, layout)
    assert same(read_label_map(folder / "labels.png", folder / names), seen_of(layout))


def test_more_than_255_layers_make_a_16_bit_map(tmp_path):
    write_label_map(tmp_path / "labels.png", tmp_path / "labels.json", many(300))
    with Image.open(tmp_path / "labels.png") as image:
        assert image.mode == "I;16"
    found = read_label_map(tmp_path / "labels.png", tmp_path / "labels.json")
    assert found.labels == tuple(f"label {number}" for number in range(300))
    assert np.array_equal(found.visible_index(), np.arange(300).reshape(15, 20))


def test_small_map_is_a_palette_png_with_readable_colours():
    png, map_names = label_map_files(room())
    assert json.loads(map_names) == {"0": "wall", "1": "mouse", "2": "cat", "255": None}
    with Image.open(io.BytesIO(png)) as image:
        assert image.mode == "P"
        assert len(np.unique(np.asarray(image.convert("RGB")).reshape(-1, 3), axis=0)) == 3


@pytest.mark.parametrize(("count", "nothing"), [(255, 255), (300, 65535)])
def test_numbers_are_those_of_the_layers_and_the_highest_is_nothing(count, nothing):
    layout = many(count)
    layout = Layout(layout.size_hw, (*layout.layers[:7], *layout.layers[8:]))
    png, names = label_map_files(layout)
    unknown = layout.visible_index() < 0
    assert unknown.any()
    with Image.open(io.BytesIO(png)) as image:
        numbers = np.asarray(image)
    assert np.array_equal(numbers, np.where(unknown, nothing, layout.visible_index().astype(np.int32)))
    assert json.loads(names) == {str(n): label for n, label in enumerate(layout.labels)} | {
        str(nothing): None
    }
    assert label_map_files(layout, ".csv")[1].endswith(f"\r\n{nothing},\r\n".encode())


@pytest.mark.parametrize(
    ("names_content", "expected"),
    [
        (["sky", "wall", None, "dog"], ("sky", "wall", "dog")),
        ({"1": "wall", "3": "dog", "2": None}, ("wall", "dog")),
        ({"0": "sky", "1": "wall", "2": "tree", "3": "dog", "7": "unused"}, ("sky", "wall", "tree", "dog")),
    ],
    ids=["a list from 0", "a dict, 0 is nothing", "a dict with 0"],
)
def test_reads_lists_and_dicts_of_names(tmp_path, names_content, expected):
    Image.fromarray(np.array([[0, 1], [2, 3]], np.uint8)).save(tmp_path / "map.png")
    (tmp_path / "names.json").write_text(json.dumps(names_content))
    assert read_label_map(tmp_path / "map.png", tmp_path / "names.json").labels == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("number,name\n1,wall\n3,dog\n2,\n", ("wall", "dog")),
        ("\ufeffNumber, Name\r\n0,sky\r\n\r\n1,wall\r\n2,tree\r\n3,dog\r\n", ("sky", "wall", "tree", "dog")),
        ('number,name\n1,"a ""red"" wall, lit"\n2,\n3,\n', ('a "red" wall, lit',)),
    ],
    ids=["a name left out", "as Excel writes it", "quotes"],
)
def test_reads_csv_names(tmp_path, text, expected):
    Image.fromarray(np.array([[0, 1], [2, 3]], np.uint8)).save(tmp_path / "map.png")
    (tmp_path / "names.csv").write_bytes(text.encode())
    assert read_label_map(tmp_path / "map.png", tmp_path / "names.csv").labels == expected


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "the first line must be number,name, not ''"),
        (b"1,wall\n", "the first line must be number,name, not '1,wall'"),
        (b"number,name\n1,wall,red\n", "row 2 has 3 cells; expected a number and a name"),
        (b"number,name\n1,wall\n\n1,dog\n", "key '1' must be a number of the PNG, each once"),
        (b"number,name\n-1,wall\n", "key '-1' must be a number of the PNG"),
        (b"number,name\n1,  \n", "number 1: label must be a non-empty text"),
        (b"number,name\n1,\xe9t\xe9\n", "is not a CSV file in UTF-8"),
        (b'number,name\n1,"wall\n', "is not a CSV file in UTF-8 .unexpected end of data"),
    ],
    ids=["empty", "no header", "three cells", "twice", "negative", "blank", "Latin-1", "open quote"],
)
def test_broken_csv_names_are_named(tmp_path, raw, message):
    Image.fromarray(np.array([[0, 1]], np.uint8)).save(tmp_path / "map.png")
    (tmp_path / "names.csv").write_bytes(raw)
    with pytest.raises(LayoutFileError, match=message) as caught:
        read_label_map(tmp_path / "map.png", tmp_path / "names.csv")
    assert str(caught.value).startswith(str(tmp_path / "names.csv"))


def test_names_of_another_suffix_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"names of a label map are a \.json or a \.csv file, not '\.txt'"):
        write_label_map(tmp_path / "labels.png", tmp_path / "labels.txt", room())
    assert list(tmp_path.iterdir()) == []


def broken_map(tmp_path: Path, names_content: Any, image: Image.Image | None = None) -> str:
    """What `read_label_map` says."""
    png, json_path = tmp_path / "map.png", tmp_path / "names.json"
    (image or Image.fromarray(np.array([[0, 1], [2, 3]], np.uint8))).save(png)
    json_path.write_text(json.dumps(names_content))
    with pytest.raises(LayoutFileError) as caught:
        read_label_map(png, json_path)
    return str(caught.value)


def test_broken_label_maps_are_named(tmp_path):
    assert "number 3 (1 pixels) has no name in" in broken_map(tmp_path, ["sky", "wall", "dog"])
    assert "key 'wall' must be a number of the PNG" in broken_map(tmp_path, {"wall": 1})
    assert "key '01' must be a number of the PNG, each once" in broken_map(
        tmp_path, {"1": "wall", "01": "dog"}
    )
    assert "number 1: label must be a non-empty text, not ''" in broken_map(tmp_path, ["sky", ""])
    assert 'expected names as {"1": "wall"} or ["sky", "wall"], not str' in broken_map(tmp_path, "wall")
    coloured = Image.new("RGB", (4, 4))
    assert (
        "must be a grey or palette PNG, not a PNG in mode RGB; of COCO panoptic give the JSON"
        in broken_map(tmp_path, ["sky"], coloured)
    )
    (tmp_path / "map.png").write_bytes(label_map_files(room())[0][:60])
    with pytest.raises(LayoutFileError, match=r"map\.png: "):
        read_label_map(tmp_path / "map.png", tmp_path / "names.json")
    with pytest.raises(LayoutFileError, match=r"gone\.png: no such file"):
        read_label_map(tmp_path / "gone.png", tmp_path / "names.json")


def test_too_large_or_too_varied_maps_are_refused(tmp_path):
    varied = Image.fromarray(np.arange(1100, dtype=np.uint16).reshape(10, 110))
    assert "holds 1100 layers; a layout has at most 1024" in broken_map(tmp_path, ["x"] * 1100, varied)
    (tmp_path / "names.json").write_text('["sky", "wall", "dog", "cat"]')
    Image.new("L", (400, 300)).save(tmp_path / "map.png")
    with pytest.raises(LayoutFileError, match=r"400x300 is above the limit of 0\.1 megapixels"):
        read_label_map(tmp_path / "map.png", tmp_path / "names.json", max_megapixels=0.1)


@pytest.mark.parametrize(("depth", "row"), [(2, 0b00_01_10_11), (4, 0x12)])
def test_greys_of_few_bits_are_the_numbers_that_they_are(tmp_path, depth, row):
    """Pillow stretches them to 0..255."""
    numbers = [0, 1, 2, 3] if depth == 2 else [1, 2]

    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    header = struct.pack(">IIBBBBB", len(numbers), 1, depth, 0, 0, 0, 0)
    pixels = zlib.compress(bytes([0, row]))
    content = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    (tmp_path / "map.png").write_bytes(content)
    (tmp_path / "map.json").write_text(json.dumps([f"n{number}" for number in range(256)]))
    layout = read_label_map(tmp_path / "map.png", tmp_path / "map.json")
    assert layout.labels == tuple(f"n{number}" for number in numbers)
