"""Layouts on disk: a layout JSON keeps everything, hidden parts and order included.

    {"format": "smartmask-layout", "version": 1, "size_hw": [480, 640],
     "layers": [{"label": "wall", "extent": "visible", "counts": "...", "confidence": 0.9}, ...]}

Layers come rearmost first; `counts` is a compressed COCO RLE of the layer's mask on the whole canvas
(`scene/rle.py`); `confidence` is left out where nobody guessed. The formats of other programs are in
`layouts/`, behind one door, `layout_formats.py`.
"""

import json
from pathlib import Path
from typing import Any

from smartmask.arguments import check_kind, check_limit, path_of
from smartmask.data.atomic import write_files
from smartmask.data.layouts.checks import (
    check_header,
    check_keys,
    check_layer_count,
    checked_confidence,
    checked_extent,
    checked_label,
    is_int,
    read_json,
    short,
)
from smartmask.data.photos import MAX_MEGAPIXELS
from smartmask.errors import LayoutFileError
from smartmask.scene.layout import MAX_LAYERS, Layer, Layout
from smartmask.scene.rle import decode_rle, encode_rle

FORMAT = "smartmask-layout"
VERSION = 1
_LAYOUT_KEYS = {"format", "version", "size_hw", "layers"}
_LAYER_KEYS = {"label", "extent", "counts"}


def layout_to_json(layout: Layout) -> bytes:
    """The layout as the content of a layout JSON file."""
    layers = [
        {"label": layer.label, "extent": layer.extent, "counts": encode_rle(layer.mask)}
        | ({} if layer.confidence is None else {"confidence": layer.confidence})
        for layer in layout.layers
    ]
    header = {
        "format": FORMAT,
        "version": VERSION,
        "size_hw": [int(side) for side in layout.size_hw],
        "layers": layers,
    }
    return (json.dumps(header, indent=1) + "\n").encode()


def write_layout(path: Path | str, layout: Layout) -> None:
    """Write a layout JSON file, whole or not at all.

    Raises:
        OSError: If it cannot be written.
    """
    check_kind("layout", layout, Layout, "a Layout")
    write_files({path_of("path", path): layout_to_json(layout)})


def read_layout(path: Path | str, max_megapixels: float = MAX_MEGAPIXELS) -> Layout:
    """The layout of a layout JSON file, its masks bit for bit as they were written.

    Args:
        path: The file.
        max_megapixels: The largest canvas accepted, in millions of pixels.

    Raises:
        LayoutFileError: If the file is missing or breaks the format.
    """
    path = path_of("path", path)
    return parse_layout(read_json(path), path, max_megapixels)


def parse_layout(content: Any, path: Path, max_megapixels: float = MAX_MEGAPIXELS) -> Layout:
    """The layout of a layout JSON file that has been read.

    Raises:
        LayoutFileError: If it breaks the format; `path` is named.
    """
    check_header(content, FORMAT, VERSION, "a layout file", str(path))
    check_keys(content, _LAYOUT_KEYS, str(path))
    size_hw = _size(content["size_hw"], max_megapixels, path)
    layers = content["layers"]
    if not isinstance(layers, list) or len(layers) > MAX_LAYERS:
        found = f"{len(layers)} entries" if isinstance(layers, list) else type(layers).__name__
        raise LayoutFileError(f"{path}: layers must be a list of at most {MAX_LAYERS}, not {found}")
    check_layer_count(len(layers), size_hw, str(path), max_megapixels)
    return Layout(size_hw, tuple(_layer(entry, number, size_hw, path) for number, entry in enumerate(layers)))


def _layer(entry: Any, number: int, size_hw: tuple[int, int], path: Path) -> Layer:
    where = f"{path}: layer {number}"
    check_keys(entry, _LAYER_KEYS, where, ("confidence",))
    if not isinstance(entry["counts"], str) or not entry["counts"].isascii():
        raise LayoutFileError(f"{where}: counts must be a compressed COCO RLE string")
    label, extent = checked_label(entry["label"], where), checked_extent(entry["extent"], where)
    confidence = checked_confidence(entry.get("confidence"), where)
    try:
        return Layer(label, decode_rle(entry["counts"], size_hw), extent, confidence)
    except ValueError as error:
        raise LayoutFileError(f"{where} ({short(label)}): {error}") from error


def _size(value: Any, limit: float, path: Path) -> tuple[int, int]:
    if not (isinstance(value, list) and len(value) == 2 and all(is_int(side) and side > 0 for side in value)):
        raise LayoutFileError(f"{path}: size_hw must be two whole numbers above 0, not {short(value)}")
    height, width = value
    check_limit(limit)
    if height * width > limit * 1e6:
        raise LayoutFileError(f"{path}: size_hw {short(value)} is above the limit of {limit:g} megapixels")
    return height, width
