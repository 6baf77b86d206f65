"""Every format gives back the masks that it was given, bit for bit, and in their order."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from layout_examples import layouts, many, photo_of, room, same, seen_of, without_confidence

from smartmask.data.layout_formats import FILE_NAMES, SEEN_ONLY, read_any_layout, write_layout_as
from smartmask.scene.layout import Layer, Layout


def round_trip(format_name: str, layout: Layout, folder: Path, with_photo: bool = False) -> Layout:
    path = folder / FILE_NAMES[format_name]
    photo = photo_of(layout) if with_photo else None
    written = write_layout_as(format_name, path, layout, photo=photo, photo_path="room.jpg")
    assert written[0] == path
    assert {file for file in folder.rglob("*") if file.is_file()} == set(written)
    return read_any_layout(path)


def kept(format_name: str, layout: Layout) -> Layout:
    if format_name in SEEN_ONLY:
        return seen_of(layout)
    return without_confidence(layout) if format_name in ("labelme", "psd") else layout


@pytest.mark.parametrize("with_photo", [False, True], ids=["no photo", "photo"])
@pytest.mark.parametrize("format_name", FILE_NAMES)
@given(layout=layouts())
def test_any_layout_survives(tmp_path_factory, format_name, with_photo, layout):
    found = round_trip(format_name, layout, tmp_path_factory.mktemp("layouts"), with_photo)
    assert same(found, kept(format_name, layout))


@pytest.mark.parametrize("format_name", FILE_NAMES)
@pytest.mark.parametrize(
    "layout",
    [
        Layout((1, 1), (Layer("dot", np.ones((1, 1), bool)),)),
        Layout((1, 37), (Layer("line", np.arange(37)[None] % 3 > 0, "amodal"),)),
        Layout((3, 2)),
        many(),
        room((61, 43)),
        Layout((4, 4), (Layer("caf\u00e9 \u4e2d\u6587 \U0001f600", np.eye(4, dtype=bool)),)),
        Layout((4, 4), (Layer("../../x", np.eye(4, dtype=bool)), Layer('a, "b"\n1', ~np.eye(4, dtype=bool)))),
        Layout((2, 2), (Layer("cat", np.ones((2, 2), bool)), Layer("cat", np.eye(2, dtype=bool)))),
    ],
    ids=["one pixel", "a row", "no layer", "300 layers", "odd size", "unicode", "odd names", "equal names"],
)
def test_edge_cases_survive(tmp_path, format_name, layout):
    assert same(round_trip(format_name, layout, tmp_path), kept(format_name, layout))


@pytest.mark.parametrize("format_name", FILE_NAMES)
def test_the_same_layout_makes_the_same_bytes(tmp_path, format_name):
    contents = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        round_trip(format_name, room(), tmp_path / name, with_photo=True)
        contents.append({p.name: p.read_bytes() for p in (tmp_path / name).rglob("*") if p.is_file()})
    assert contents[0] == contents[1]
