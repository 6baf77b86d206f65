"""Layouts survive their files bit for bit; broken files say what is broken and where."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from smartmask.data.layout_files import layout_to_json, read_layout, write_layout
from smartmask.errors import LayoutFileError
from smartmask.scene.layout import Layer, Layout

names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8).filter(str.strip)


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    size_hw = draw(st.tuples(st.integers(1, 12), st.integers(1, 12)))
    sure = st.none() | st.floats(0, 1)
    layers = st.builds(Layer, names, arrays(bool, size_hw), st.sampled_from(["visible", "amodal"]), sure)
    return Layout(size_hw, tuple(draw(st.lists(layers, max_size=5))))


def room() -> Layout:
    wall, cat = np.zeros((6, 8), bool), np.zeros((6, 8), bool)
    wall[:4], cat[2:5, 3:6] = True, True
    return Layout((6, 8), (Layer("wall", wall), Layer("cat", cat, "amodal")))


def content(**changes: Any) -> dict[str, Any]:
    return json.loads(layout_to_json(room())) | changes


def same(first: Layout, second: Layout) -> bool:
    pairs = zip(first.layers, second.layers, strict=True)
    return first.size_hw == second.size_hw and all(
        (a.label, a.extent, a.confidence) == (b.label, b.extent, b.confidence)
        and np.array_equal(a.mask, b.mask)
        for a, b in pairs
    )


@given(layouts())
def test_json_round_trip_is_exact(tmp_path_factory, layout):
    path = tmp_path_factory.mktemp("layouts") / "layout.json"
    write_layout(path, layout)
    assert same(read_layout(path), layout)
    assert [file.name for file in path.parent.iterdir()] == ["layout.json"]


def test_reads_a_file_with_a_byte_order_mark(tmp_path):
    path = tmp_path / "layout.json"
    path.write_bytes(b"\xef\xbb\xbf" + layout_to_json(room()))
    assert same(read_layout(path), room())


def layer(**changes: Any) -> dict[str, Any]:
    return content()["layers"][0] | changes


BROKEN = {
    "not an object": ([], 'is not a layout file; expected a JSON object with "format": "smartmask-layout"'),
    "another format": (content(format="coco"), "is not a layout file"),
    "later version": (content(version=2), "has version 2 but this program reads version 1"),
    "version is true": (content(version=True), "has version True but this program reads version 1"),
    "no version": ({"format": "smartmask-layout"}, "has version None"),
    "unknown key": (
        content(scale=2, **{"a b": 1}),
        r"has unknown keys \['a b', 'scale'\]; expected format, layers",
    ),
    "missing key": ({k: v for k, v in content().items() if k != "layers"}, "lacks layers"),
    "size is text": (content(size_hw="6x8"), "size_hw must be two whole numbers above 0, not '6x8'"),
    "size of zero": (content(size_hw=[0, 8]), r"size_hw must be two whole numbers above 0, not \[0, 8\]"),
    "size in floats": (content(size_hw=[6.0, 8.0]), r"not \[6\.0, 8\.0\]"),
    "absurd size": (
        content(size_hw=[10**6, 10**9]),
        r"size_hw \[1000000, 1000000000\] is above the limit of 100 mega",
    ),
    "another size": (
        content(size_hw=[6, 9]),
        r"layer 0 \('wall'\): RLE runs cover 48 pixels but the mask is 9x6",
    ),
    "layers no list": (content(layers={}), "layers must be a list of at most 1024, not dict"),
    "too many layers": (
        content(layers=[{}] * 1025),
        "layers must be a list of at most 1024, not 1025 entries",
    ),
    "too much memory": (
        content(size_hw=[10000, 10000], layers=[{}] * 100),
        "100 layers of 10000x10000 pixels are more than 600 megapixels",
    ),
    "layer no object": (content(layers=[layer(), 3]), "layer 1: must be a JSON object, not int"),
    "layer key": (content(layers=[layer(colour=3)]), r"layer 0: has unknown keys \['colour'\]"),
    "layer lacks": (content(layers=[{"label": "wall"}]), "layer 0: lacks counts, extent"),
    "empty label": (content(layers=[layer(label=" ")]), "layer 0: label must be a non-empty text, not ' '"),
    "label a number": (content(layers=[layer(label=4)]), "layer 0: label must be a non-empty text, not 4"),
    "half a character": (
        content(layers=[layer(label="\ud83d")]),
        r"layer 0: label '\\ud83d' is not valid Unicode",
    ),
    "extent": (
        content(layers=[layer(extent="both")]),
        "layer 0: extent must be 'visible' or 'amodal', not 'both'",
    ),
    "extent a list": (content(layers=[layer(extent=["visible"])]), "extent must be 'visible' or 'amodal'"),
    "confidence above 1": (
        content(layers=[layer(confidence=1.5)]),
        "layer 0: confidence must be a number from 0 to 1, not 1.5",
    ),
    "counts a list": (
        content(layers=[layer(counts=[0, 48])]),
        "layer 0: counts must be a compressed COCO RLE string",
    ),
    "counts in emoji": (
        content(layers=[layer(counts="\U0001f600")]),
        "layer 0: counts must be a compressed COCO RLE",
    ),
    "broken RLE": (content(layers=[layer(), layer(counts="zz")]), r"layer 1 \('wall'\): damaged RLE"),
    "empty RLE": (content(layers=[layer(counts="")]), r"layer 0 \('wall'\): damaged RLE"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_broken_content_is_named(tmp_path, kind):
    broken, message = BROKEN[kind]
    path = tmp_path / "layout.json"
    path.write_text(json.dumps(broken))
    with pytest.raises(LayoutFileError, match=message) as caught:
        read_layout(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_a_file_cut_anywhere_is_refused(tmp_path):
    whole, path = layout_to_json(room()).rstrip(), tmp_path / "layout.json"
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(LayoutFileError, match=r"layout\.json"):
            read_layout(path)


@given(st.binary(max_size=60))
def test_any_bytes_as_counts_give_a_layout_or_a_layout_error(tmp_path_factory, counts):
    path = tmp_path_factory.mktemp("layouts") / "layout.json"
    path.write_text(json.dumps(content(layers=[layer(counts=counts.decode("latin-1"))])))
    try:
        read_layout(path)
    except LayoutFileError as error:
        complaint = str(error)
        assert complaint.startswith(str(path))


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"\xff\xfe{", "is not valid JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"format": 1, "format": 2}', "key 'format' comes twice"),
        (b'{"format": ' + b"1" * 5000 + b"}", "is not valid JSON"),
        (b"", "is not valid JSON .*; is it complete"),
        (b'{"format": NaN}', "is not valid JSON .NaN is no number of JSON"),
    ],
    ids=["not UTF-8", "deep", "key twice", "huge number", "empty", "NaN"],
)
def test_what_is_not_json_is_named(tmp_path, raw, message):
    path = tmp_path / "layout.json"
    path.write_bytes(raw)
    with pytest.raises(LayoutFileError, match=message):
        read_layout(path)


def test_missing_file_and_folder_are_named(tmp_path):
    with pytest.raises(
        LayoutFileError, match=r"gone\.json: cannot be read \(No such file or directory\); check"
    ):
        read_layout(tmp_path / "gone.json")
    with pytest.raises(LayoutFileError, match="cannot be read"):
        read_layout(tmp_path)


def test_a_larger_canvas_can_be_allowed(tmp_path):
    path = tmp_path / "layout.json"
    write_layout(path, room())
    with pytest.raises(LayoutFileError, match="above the limit of 1e-05 megapixels"):
        read_layout(path, max_megapixels=0.00001)
    assert same(read_layout(path, max_megapixels=1000.0), room())
