"""PSD documents, opened again with psd-tools as Photoshop would find them."""

import io
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layout_examples import layouts, many, photo_of, room
from PIL import Image
from psd_tools import PSDImage
from psd_tools.psd.layer_and_mask import ChannelDataList

from smartmask.data.layout_formats import layout_files_as, read_any_layout
from smartmask.data.layouts import checks
from smartmask.data.layouts.psd import PHOTO_NAME
from smartmask.errors import LayoutFileError
from smartmask.scene.layout import Layer, Layout


def document(layout: Layout, photo: np.ndarray | None = None) -> PSDImage:
    return PSDImage.open(io.BytesIO(layout_files_as("psd", layout, photo=photo)["layout.psd"]))


def alpha_of(psd: PSDImage, number: int) -> np.ndarray:
    """The alpha channel of a layer, 0..255, on the canvas."""
    layer = psd[number]
    canvas = np.zeros((psd.height, psd.width), np.uint8)
    values = np.asarray(layer.topil().getchannel("A"))
    canvas[layer.top : layer.bottom, layer.left : layer.right] = values
    return canvas


def saved(folder: Path, psd: PSDImage) -> Path:
    path = folder / "layout.psd"
    psd.save(path)
    return path


@given(layouts())
def test_psd_tools_finds_each_mask_in_the_alpha_of_its_layer(layout):
    psd = document(layout)
    assert (psd.height, psd.width) == layout.size_hw
    assert [layer.name for layer in psd] == list(layout.labels)
    for number, layer in enumerate(layout.layers):
        assert np.array_equal(alpha_of(psd, number), np.where(layer.mask, 255, 0))


def test_layers_are_cut_out_of_the_photo_that_lies_underneath():
    photo, layout = photo_of(room((31, 40))), room((31, 40))
    psd = document(layout, photo)
    assert [layer.name for layer in psd] == [PHOTO_NAME, "wall", "mouse", "cat"]
    assert np.array_equal(np.asarray(psd[0].topil().convert("RGB")), photo)
    cat = psd[3]
    assert cat.bbox == (3, 2, 6, 5)
    assert np.array_equal(np.asarray(cat.topil().convert("RGB")), photo[2:5, 3:6])
    assert np.array_equal(np.asarray(psd.topil().convert("RGB")), photo)


def test_painting_the_layers_gives_the_stored_picture():
    psd = document(room((31, 40)))
    painted = np.asarray(psd.composite(force=True).convert("RGB")).astype(int)
    assert np.abs(painted - np.asarray(psd.topil().convert("RGB"))).max() <= 1


def edit_hidden(psd: PSDImage) -> None:
    psd[1].visible = False


def edit_group(psd: PSDImage) -> None:
    psd.create_group([psd[1], psd[2]], name="animals")


def edit_moved(psd: PSDImage) -> None:
    psd[2].left, psd[2].top = 6, -1


def edit_masked(psd: PSDImage) -> None:
    cut = Image.new("L", (2, 2), 255)
    psd[2].create_mask(cut, top=2, left=3)


def edit_adjusted(psd: PSDImage) -> None:
    psd.create_group(name="an empty group")


@pytest.mark.parametrize(
    ("edit", "labels", "cat"),
    [
        (edit_hidden, ("wall", "cat"), (2, 5, 3, 6)),
        (edit_group, ("wall", "mouse", "cat"), (2, 5, 3, 6)),
        (edit_moved, ("wall", "mouse", "cat"), (0, 2, 6, 8)),
        (edit_masked, ("wall", "mouse", "cat"), (2, 4, 3, 5)),
        (edit_adjusted, ("wall", "mouse", "cat"), (2, 5, 3, 6)),
    ],
    ids=["hidden", "grouped", "moved off the canvas", "with a layer mask", "with an empty group"],
)
def test_edits_are_read(tmp_path, edit: Callable[[PSDImage], None], labels, cat):
    psd = document(room())
    edit(psd)
    layout = read_any_layout(saved(tmp_path, psd))
    assert layout.labels == labels
    expected = np.zeros((6, 8), bool)
    expected[cat[0] : cat[1], cat[2] : cat[3]] = True
    assert np.array_equal(layout.layers[-1].mask, expected)
    assert layout.layers[-1].extent == "amodal"


def window_of(group: Any) -> None:
    """Give a group a mask, which psd-tools 1.26 otherwise writes for the end of the group as well."""
    group._bounding_channels = ChannelDataList(group._bounding_channels)
    group.create_mask(Image.new("L", (2, 2), 255), top=2, left=3)
    group._psd._update_record()


def mask_group(psd: PSDImage) -> None:
    window_of(psd.create_group([psd[1], psd[2]], name="animals"))


def mask_inner_group(psd: PSDImage) -> None:
    mask_group(psd)
    psd.create_group([psd[1]], name="outer")


def fade_group(psd: PSDImage) -> None:
    psd.create_group([psd[1], psd[2]], name="animals").opacity = 0


def clip(psd: PSDImage) -> None:
    psd[1].create_mask(Image.new("L", (2, 2), 255), top=2, left=3)
    psd[2].clipping = True


def clip_to_hidden(psd: PSDImage) -> None:
    clip(psd)
    psd[1].visible = False


def clip_to_faded(psd: PSDImage) -> None:
    clip(psd)
    psd[1].opacity = 0


def clip_to_group(psd: PSDImage) -> None:
    cat = psd[2]
    window_of(psd.create_group([psd[1]], name="animals"))
    psd.remove(cat)
    psd.append(cat)  # the group was put on top
    cat.clipping = True


@pytest.mark.parametrize(
    ("edit", "labels"),
    [
        (mask_group, ("wall", "mouse", "cat")),
        (mask_inner_group, ("wall", "mouse", "cat")),
        (fade_group, ("wall",)),
        (clip, ("wall", "mouse", "cat")),
        (clip_to_hidden, ("wall",)),
        (clip_to_faded, ("wall",)),
        (clip_to_group, ("wall", "mouse", "cat")),
    ],
)
def test_masks_of_groups_clipping_and_opacity_count(tmp_path, edit: Callable[[PSDImage], None], labels):
    """All in the window of two pixels by two, and in the picture that psd-tools paints of the document."""
    square = np.zeros((6, 8), bool)
    square[1:5, 2:6] = True
    window = np.zeros((6, 8), bool)
    window[2:4, 3:5] = True
    layers = Layer("wall", np.ones((6, 8), bool)), Layer("mouse", square), Layer("cat", square)
    psd = document(Layout((6, 8), layers))
    edit(psd)
    path = saved(tmp_path, psd)
    layout = read_any_layout(path)
    assert layout.labels == labels
    assert all(np.array_equal(layer.mask, window) for layer in layout.layers[1:])
    painted = PSDImage.open(path)
    painted[0].visible = False
    alpha = np.asarray(painted.composite(force=True).getchannel("A")) > 127
    assert np.array_equal(alpha, window if len(layout) > 1 else np.zeros_like(window))


def test_what_psd_cannot_hold_is_refused():
    with pytest.raises(
        ValueError, match="layer 0: a PSD's names have at most 255 letters; shorten the label"
    ):
        layout_files_as("psd", Layout((1, 1), (Layer("x" * 256, np.ones((1, 1), bool)),)))
    with pytest.raises(ValueError, match="the layout is 30001x1; a PSD has at most 30000 pixels a side"):
        layout_files_as("psd", Layout((1, 30_001)))


def test_huge_canvases_and_layers_are_refused(tmp_path):
    path = tmp_path / "layout.psd"
    raw = bytearray(layout_files_as("psd", room())["layout.psd"])
    path.write_bytes(raw[:14] + struct.pack(">II", 10**6, 10**6) + raw[22:])
    with pytest.raises(LayoutFileError, match="1000000x1000000 is above the limit of 100 megapixels"):
        read_any_layout(path)
    box = struct.pack(">4i", 2, 3, 5, 6)
    assert raw.count(box) == 1
    path.write_bytes(raw.replace(box, struct.pack(">4i", 0, 0, 29_000, 29_000)))
    with pytest.raises(LayoutFileError, match="layer 'cat': has 29000x29000 pixels, above the limit of"):
        read_any_layout(path)


def test_too_many_layers_are_refused(tmp_path, monkeypatch):
    path = tmp_path / "layout.psd"
    path.write_bytes(layout_files_as("psd", many())["layout.psd"])
    monkeypatch.setattr(checks, "MAX_LAYERS", 299)
    with pytest.raises(LayoutFileError, match="holds 300 layers; a layout has at most 299"):
        read_any_layout(path)


def test_broken_files_are_named(tmp_path):
    path = tmp_path / "layout.psd"
    whole = layout_files_as("psd", room())["layout.psd"]
    for content, message in [
        (whole[:20], "is not a PSD file, or cut short"),
        (whole[:400], "is damaged or cut short"),
        (whole[:4] + b"\0\7" + whole[6:], "is a PSD of version 7; versions 1 and 2 are read"),
    ]:
        path.write_bytes(content)
        with pytest.raises(LayoutFileError, match=message) as caught:
            read_any_layout(path)
        assert str(caught.value).startswith(str(path))


@pytest.mark.filterwarnings("ignore::UserWarning")
@given(st.data())
def test_damage_anywhere_gives_a_layout_or_a_layout_error(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("psd") / "layout.psd"
    raw = bytearray(layout_files_as("psd", room())["layout.psd"])
    for _ in range(data.draw(st.integers(0, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(raw[: data.draw(st.integers(0, len(raw)))] if data.draw(st.booleans()) else raw)
    try:
        read_any_layout(path)
    except LayoutFileError as error:
        complaint = str(error)
        assert complaint.startswith(str(path))


def test_a_layer_may_not_be_named_as_the_photo_is():
    """It would be left out when the file is read."""
    layout = Layout((4, 4), (Layer(PHOTO_NAME, np.ones((4, 4), bool)),))
    with pytest.raises(ValueError, match="names the photo in a PSD; give another label"):
        layout_files_as("psd", layout)
