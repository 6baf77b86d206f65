"""The door to all formats: a file is known by what is in it, and what is in none of them is refused."""

import builtins
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layout_examples import photo_of, room, same, seen_of

from smartmask.data.layout_formats import (
    FILE_NAMES,
    SEEN_ONLY,
    layout_files_as,
    read_any_layout,
    write_layout_as,
)
from smartmask.errors import LayoutFileError


@pytest.mark.parametrize("format_name", FILE_NAMES)
def test_a_format_is_known_by_its_content_and_not_by_its_name(tmp_path, format_name):
    path = tmp_path / FILE_NAMES[format_name]
    write_layout_as(format_name, path, room())
    renamed = path.rename(path.with_suffix(".layout"))
    expected = seen_of(room()) if format_name in SEEN_ONLY else room()
    assert same(read_any_layout(renamed), expected)


@pytest.mark.parametrize("format_name", FILE_NAMES)
def test_a_smaller_limit_holds_in_every_format(tmp_path, format_name):
    path = tmp_path / FILE_NAMES[format_name]
    write_layout_as(format_name, path, room())
    with pytest.raises(LayoutFileError, match="above the limit of 1e-05 megapixels"):
        read_any_layout(path, max_megapixels=0.00001)


@pytest.mark.parametrize("format_name", [name for name in FILE_NAMES if not name.startswith("label")])
def test_a_file_cut_anywhere_is_refused(tmp_path, format_name):
    path = tmp_path / FILE_NAMES[format_name]
    write_layout_as(format_name, path, room())
    whole = path.read_bytes().rstrip()
    # The end of a PSD is its flat picture, which is not read.
    end = len(whole) - 400 if format_name == "psd" else len(whole)
    for length in {*range(0, end, max(end // 50, 1)), end - 1}:
        path.write_bytes(whole[:length])
        with pytest.raises(LayoutFileError) as caught:
            read_any_layout(path)
        assert str(caught.value).startswith(str(path))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"hello",
        b"[1, 2]",
        b"GIF89a",
        b"\xff\xd8\xff\xe0",
        b'{"1": "wall"}',
        b'{"annotations": 3}',
        b'"x"',
    ],
    ids=["empty", "text", "a list", "GIF", "JPEG", "names of a label map", "no list", "a string"],
)
def test_what_is_no_layout_is_told_what_there_is(tmp_path, raw):
    path = tmp_path / "file.json"
    path.write_bytes(raw)
    with pytest.raises(LayoutFileError, match="is not a layout in a format that is read") as caught:
        read_any_layout(path)
    assert all(name in str(caught.value) for name in FILE_NAMES)
    assert "of a label map give the PNG" in str(caught.value)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b'{"shapes": ' + b"[" * 100_000, "nested too deeply"),
        (b'{"shapes": 1, "shapes": 2}', "key 'shapes' comes twice"),
        (b'{"shapes": "\xe9"}', "is not valid JSON .'utf-8' codec"),
        (b'{"shapes": [-Infinity]}', "-Infinity is no number of JSON"),
    ],
    ids=["deep", "key twice", "Latin-1", "infinite"],
)
def test_broken_json_is_named(tmp_path, raw, message):
    path = tmp_path / "file.json"
    path.write_bytes(raw)
    with pytest.raises(LayoutFileError, match=r"file\.json: .*" + message):
        read_any_layout(path)


SCALARS = st.none() | st.booleans() | st.integers(-(10**40), 10**40) | st.floats() | st.text(max_size=4)
JSON = st.recursive(SCALARS, lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text(), parts))


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each value in a JSON."""
    if path:
        yield path
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from places(value[key], (*path, key))


@pytest.mark.parametrize("format_name", ["json", "coco-panoptic", "coco-instances", "labelme"])
@settings(max_examples=150)
@given(data=st.data())
def test_any_value_anywhere_in_json_gives_a_layout_or_a_layout_error(tmp_path_factory, format_name, data):
    folder = tmp_path_factory.mktemp("layouts")
    path = folder / FILE_NAMES[format_name]
    write_layout_as(format_name, path, room())
    content = json.loads(path.read_text())
    way = data.draw(st.sampled_from(list(places(content))))
    inner = content
    for key in way[:-1]:
        inner = inner[key]
    inner[way[-1]] = data.draw(JSON)
    path.write_text(json.dumps(content))
    try:
        read_any_layout(path)
    except LayoutFileError as error:
        complaint = str(error)
        assert complaint.startswith(str(folder))
        assert "\n" not in complaint


def test_missing_files_and_folders_are_named(tmp_path):
    with pytest.raises(LayoutFileError, match=r"gone\.psd: cannot be read \(No such file or directory\)"):
        read_any_layout(tmp_path / "gone.psd")
    with pytest.raises(LayoutFileError, match="is a folder; give the layout file in it"):
        read_any_layout(tmp_path)


def test_two_files_of_names_beside_a_label_map_must_say_the_same(tmp_path):
    for name in ("label-map", "label-map-csv"):
        for file, content in layout_files_as(name, room(), "map.png").items():
            (tmp_path / file).write_bytes(content)
    assert same(read_any_layout(tmp_path / "map.png"), seen_of(room()))
    old = (tmp_path / "map.csv").read_text()
    (tmp_path / "map.csv").write_text(old.replace(room().labels[0], "another"))
    with pytest.raises(
        LayoutFileError, match=r"map\.json and map\.csv beside it name its numbers differently"
    ):
        read_any_layout(tmp_path / "map.png")
    assert read_any_layout(tmp_path / "map.png", names=tmp_path / "map.csv").labels[0] == "another"


@pytest.mark.parametrize("limit", [float("nan"), 0, -1.0])
def test_a_limit_of_megapixels_is_above_zero(tmp_path, limit):
    for file, content in layout_files_as("json", room(), "room.json").items():
        (tmp_path / file).write_bytes(content)
    with pytest.raises(ValueError, match="max_megapixels must be above 0"):
        read_any_layout(tmp_path / "room.json", max_megapixels=limit)


def test_names_of_a_label_map_are_found_or_given(tmp_path):
    png, names = layout_files_as("label-map", room()).values()
    (tmp_path / "map.png").write_bytes(png)
    with pytest.raises(LayoutFileError, match=r"there is neither map\.json nor map\.csv beside it"):
        read_any_layout(tmp_path / "map.png")
    (tmp_path / "names.txt").write_bytes(names)
    assert same(read_any_layout(tmp_path / "map.png", names=tmp_path / "names.txt"), seen_of(room()))
    (tmp_path / "map.csv").write_text("number,name\n0,sky\n2,dog\n255,\n")
    assert read_any_layout(tmp_path / "map.png").labels == ("sky", "dog")
    (tmp_path / "map.csv").unlink()
    (tmp_path / "map.json").write_bytes(names)
    assert read_any_layout(tmp_path / "map.png").labels == ("wall", "cat")
    with pytest.raises(
        ValueError, match=r"names were given for .*names\.txt, which is not the PNG of a label"
    ):
        read_any_layout(tmp_path / "names.txt", names=tmp_path / "map.json")


def test_wrong_requests_to_write_are_refused(tmp_path):
    with pytest.raises(ValueError, match="there is no layout format 'svg'; there are json, label-map, "):
        layout_files_as("svg", room())
    with pytest.raises(ValueError, match=r"'x\.png' is no name for coco-panoptic; it must end in \.json"):
        layout_files_as("coco-panoptic", room(), "x.png")
    with pytest.raises(
        ValueError, match="the photo is 3x2 but the layout is 8x6; give the layout's own photo"
    ):
        layout_files_as("psd", room(), photo=np.zeros((2, 3, 3), np.uint8))
    with pytest.raises(FileNotFoundError):
        write_layout_as("json", tmp_path / "gone" / "layout.json", room())


def test_files_beside_the_main_one_take_its_name(tmp_path):
    written = write_layout_as("coco-panoptic", tmp_path / "val.json", room(), photo_path="../a/room 1.jpg")
    assert written == [tmp_path / "val.json", tmp_path / "val" / "room 1.png"]
    image = json.loads(written[0].read_text())["images"][0]
    assert image["file_name"] == "room 1.jpg"
    assert list(layout_files_as("label-map-csv", room(), "map.png")) == ["map.png", "map.csv"]
    odd = layout_files_as("coco-panoptic", room(), photo_path="a:b?.jpg")
    assert list(odd) == ["panoptic.json", "panoptic/a_b_.png"]


@pytest.mark.parametrize(
    ("missing", "format_name", "message"),
    [
        ("psd_tools", "psd", r'PSD files need psd-tools; pip install "smartmask-open\[psd\]"'),
        (
            "pycocotools",
            "coco-instances",
            r'polygons of COCO need pycocotools; pip install "smartmask-open\[data\]"',
        ),
    ],
)
def test_a_missing_extra_is_named(tmp_path, monkeypatch, missing, format_name, message):
    files = layout_files_as(format_name, room(), photo=photo_of(room()))
    path = tmp_path / FILE_NAMES[format_name]
    content = files[path.name]
    if format_name == "coco-instances":
        record: dict[str, Any] = json.loads(content)
        record["annotations"][0]["segmentation"] = [[0, 0, 4, 0, 4, 4]]
        content = json.dumps(record).encode()
    path.write_bytes(content)
    genuine = builtins.__import__

    def without(name: str, *arguments: Any, **options: Any) -> Any:
        if name.split(".")[0] == missing:
            raise ImportError(name)
        return genuine(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(LayoutFileError, match=message):
        read_any_layout(path)
