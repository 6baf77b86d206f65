"""Layouts on disk, in two forms.

**Layout JSON** keeps everything, hidden parts and order included:

    {"format": "smartmask-layout", "version": 1, "size_hw": [480, 640],
     "layers": [{"label": "wall", "extent": "visible", "counts": "..."}, ...]}

Layers come rearmost first; `counts` is a compressed COCO RLE of the layer's mask on the whole canvas
(`scene/rle.py`).

**Label map**: a PNG that holds a number at each pixel, and a JSON that names the numbers, either
`{"1": "wall"}` or `["sky", "wall"]` for 0, 1, ... A number named `null` marks pixels of which nothing is
known, as does 0 where the names leave it out. It keeps what is seen only: a layer for each number, rearmost
the smallest.
"""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Integer
from PIL import Image

from smartmask.data.atomic import write_files
from smartmask.data.colours import label_colours
from smartmask.data.photos import MAX_MEGAPIXELS, decode, open_image
from smartmask.errors import ImageError, LayoutFileError
from smartmask.scene.layout import MAX_LAYERS, Layer, Layout
from smartmask.scene.rle import decode_rle, encode_rle

FORMAT = "smartmask-layout"
VERSION = 1
MAX_MASK_MEGAPIXELS = 8000
"""Most pixels of all masks of a file together, in millions: a few bytes of RLE can ask for any amount."""
_LAYOUT_KEYS = {"format", "version", "size_hw", "layers"}
_LAYER_KEYS = {"label", "extent", "counts"}


def layout_to_json(layout: Layout) -> bytes:
    """The layout as the content of a layout JSON file."""
    layers = [
        {"label": layer.label, "extent": layer.extent, "counts": encode_rle(layer.mask)}
        for layer in layout.layers
    ]
    header = {
        "format": FORMAT,
        "version": VERSION,
        "size_hw": [int(side) for side in layout.size_hw],
        "layers": layers,
    }
    return (json.dumps(header, indent=1) + "\n").encode()


def write_layout(path: Path, layout: Layout) -> None:
    """Write a layout JSON file, whole or not at all.

    Raises:
        OSError: If it cannot be written.
    """
    write_files({path: layout_to_json(layout)})


def read_layout(path: Path, max_megapixels: float = MAX_MEGAPIXELS) -> Layout:
    """The layout of a layout JSON file, its masks bit for bit as they were written.

    Args:
        path: The file.
        max_megapixels: The largest canvas accepted, in millions of pixels.

    Raises:
        LayoutFileError: If the file is missing or breaks the format.
    """
    content = _read_json(path)
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise LayoutFileError(
            f'{path}: is not a layout file; expected a JSON object with "format": "{FORMAT}"'
        )
    if not _is_int(content.get("version")) or content["version"] != VERSION:
        found = _short(content.get("version"))
        raise LayoutFileError(f"{path}: has version {found} but this program reads version {VERSION}")
    _check_keys(content, _LAYOUT_KEYS, str(path))
    size_hw = _size(content["size_hw"], max_megapixels, path)
    layers = content["layers"]
    if not isinstance(layers, list) or len(layers) > MAX_LAYERS:
        found = f"{len(layers)} entries" if isinstance(layers, list) else type(layers).__name__
        raise LayoutFileError(f"{path}: layers must be a list of at most {MAX_LAYERS}, not {found}")
    if len(layers) * size_hw[0] * size_hw[1] > MAX_MASK_MEGAPIXELS * 1e6:
        found = f"{len(layers)} layers of {size_hw[1]}x{size_hw[0]} pixels"
        raise LayoutFileError(
            f"{path}: {found} are more than {MAX_MASK_MEGAPIXELS} megapixels; use fewer or smaller"
        )
    return Layout(size_hw, tuple(_layer(entry, number, size_hw, path) for number, entry in enumerate(layers)))


def label_map_files(layout: Layout) -> tuple[bytes, bytes]:
    """What is seen of a layout as a label map: the content of the PNG and of its names JSON.

    Layer n has the number n + 1 and 0 is nothing, so the names are `{"1": ..., "2": ...}`. Up to 255 layers
    make an 8-bit PNG whose palette shows each label in its colour, more make a 16-bit one.
    """
    numbers = (layout.visible_index().astype(np.int32) + 1).astype(np.uint16)
    if len(layout) <= 255:
        image = Image.fromarray(numbers.astype(np.uint8))
        image.putpalette(b"\0\0\0" + label_colours(layout.labels).tobytes())
    else:
        image = Image.fromarray(numbers)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    names = {str(number): label for number, label in enumerate(layout.labels, start=1)}
    return buffer.getvalue(), (json.dumps(names, indent=1) + "\n").encode()


def write_label_map(png_path: Path, names_path: Path, layout: Layout) -> None:
    """Write what is seen of a layout as a label map, both files or neither.

    Raises:
        OSError: If they cannot be written.
    """
    png, names = label_map_files(layout)
    write_files({png_path: png, names_path: names})


def read_label_map(png_path: Path, names_path: Path, max_megapixels: float = MAX_MEGAPIXELS) -> Layout:
    """The layout of a label map; numbers that no pixel has make no layer.

    Args:
        png_path: The numbers.
        names_path: The names of the numbers.
        max_megapixels: The largest map accepted, in millions of pixels.

    Raises:
        LayoutFileError: If a file is missing or damaged, or a number in the PNG has no name.
    """
    names = _names(names_path)
    numbers = _numbers(png_path, max_megapixels)
    present, areas = np.unique(numbers, return_counts=True)
    layers = []
    for number, area in zip(present.tolist(), areas.tolist(), strict=True):
        if number not in names:
            raise LayoutFileError(
                f"{png_path}: number {number} ({area} pixels) has no name in {names_path}; name it (null if "
                "nothing is known there)"
            )
        label = names[number]
        if label is not None:
            layers.append((number, label))
    if len(layers) > MAX_LAYERS:
        raise LayoutFileError(
            f"{png_path}: holds {len(layers)} named numbers; a layout has at most {MAX_LAYERS}"
        )
    height, width = numbers.shape
    return Layout((height, width), tuple(Layer(label, numbers == number) for number, label in layers))


def _layer(entry: Any, number: int, size_hw: tuple[int, int], path: Path) -> Layer:
    where = f"{path}: layer {number}"
    if not isinstance(entry, dict):
        raise LayoutFileError(f"{where}: must be a JSON object, not {type(entry).__name__}")
    _check_keys(entry, _LAYER_KEYS, where)
    if not isinstance(entry["counts"], str) or not entry["counts"].isascii():
        raise LayoutFileError(f"{where}: counts must be a compressed COCO RLE string")
    label = _label(entry["label"], where)
    try:
        return Layer(label, decode_rle(entry["counts"], size_hw), entry["extent"])
    except ValueError as error:
        raise LayoutFileError(f"{where} ({_short(label)}): {error}") from error


def _label(value: Any, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise LayoutFileError(f"{where}: label must be a non-empty text, not {_short(value)}")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise LayoutFileError(f"{where}: label {_short(value)} is not valid Unicode") from error
    return value


def _size(value: Any, limit: float, path: Path) -> tuple[int, int]:
    if not (
        isinstance(value, list) and len(value) == 2 and all(_is_int(side) and side > 0 for side in value)
    ):
        raise LayoutFileError(f"{path}: size_hw must be two whole numbers above 0, not {_short(value)}")
    height, width = value
    if height * width > limit * 1e6:
        raise LayoutFileError(f"{path}: size_hw {_short(value)} is above the limit of {limit:g} megapixels")
    return height, width


def _check_keys(content: dict[str, Any], expected: set[str], where: str) -> None:
    missing, unknown = sorted(expected - set(content)), sorted(set(content) - expected)
    if missing:
        raise LayoutFileError(f"{where}: lacks {', '.join(missing)}")
    if unknown:
        raise LayoutFileError(
            f"{where}: has unknown keys {_short(unknown)}; expected {', '.join(sorted(expected))}"
        )


def _names(path: Path) -> dict[int, str | None]:
    """The name of each number; 0 is nothing unless it is named."""
    content = _read_json(path)
    if isinstance(content, list):
        entries = dict(enumerate(content))
    elif isinstance(content, dict):
        entries = {}
        for key, value in content.items():
            if not (key.isascii() and key.isdigit() and len(key) <= 5) or int(key) in entries:
                raise LayoutFileError(f"{path}: key {_short(key)} must be a number of the PNG, each once")
            entries[int(key)] = value
    else:
        kind = type(content).__name__
        raise LayoutFileError(f'{path}: expected names as {{"1": "wall"}} or ["sky", "wall"], not {kind}')
    names = {k: None if v is None else _label(v, f"{path}: number {k}") for k, v in entries.items()}
    return {0: None} | names


def _numbers(path: Path, limit: float) -> Integer[np.ndarray, "H W"]:
    """The number at each pixel of a PNG."""
    try:
        with open_image(path) as image:
            if image.format != "PNG" or image.mode not in ("1", "L", "P", "I", "I;16"):
                found = f"a {image.format} in mode {image.mode}"
                raise LayoutFileError(f"{path}: a label map must be a grey or palette PNG, not {found}")
            if image.width * image.height > limit * 1e6:
                found = f"{image.width}x{image.height}"
                raise LayoutFileError(f"{path}: {found} is above the limit of {limit:g} megapixels")
            decode(image, str(path))
            values = np.asarray(image)
            return values.astype(np.uint8) if image.mode == "1" else values.copy()
    except ImageError as error:
        raise LayoutFileError(str(error)) from error


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes().decode("utf-8-sig"), object_pairs_hook=_unique)
    except OSError as error:
        raise LayoutFileError(
            f"{path}: cannot be read ({error.strerror or error}); check the path"
        ) from error
    except RecursionError as error:
        raise LayoutFileError(f"{path}: is not a layout file; its JSON is nested too deeply") from error
    except ValueError as error:  # not UTF-8, not JSON, or a repeated key
        raise LayoutFileError(f"{path}: is not valid JSON ({error}); is the file complete?") from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for key, value in pairs:
        if key in content:
            raise ValueError(f"key {_short(key)} comes twice")
        content[key] = value
    return content


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _short(value: Any) -> str:
    """A value of a file as an error shows it."""
    text = ascii(value)
    return text if len(text) <= 60 else text[:57] + "..."
