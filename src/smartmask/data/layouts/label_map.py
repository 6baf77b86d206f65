"""Label maps: a PNG that holds a number at each pixel, and a file that names the numbers.

The names are a JSON, either `{"1": "wall"}` or `["sky", "wall"]` for 0, 1, ..., or a CSV whose first line is
`number,name`. A number named `null`, or in a CSV one without a name, marks pixels of which nothing is known,
as does 0 where the names leave it out. A label map keeps what is seen only: a layer for each number, rearmost
the smallest.
"""

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Integer
from PIL import Image

from smartmask.data.atomic import write_files
from smartmask.data.layouts.checks import check_layer_count, checked_label, read_bytes, read_json, short
from smartmask.data.photos import MAX_MEGAPIXELS, decode, open_image
from smartmask.errors import ImageError, LayoutFileError
from smartmask.scene.colours import label_colours
from smartmask.scene.layout import Layer, Layout
from smartmask.scene.picture import png_bytes

STRETCHES = {"L;2": 85, "L;4": 17}
"""What Pillow multiplies the greys of few bits by; numbers are no greys."""
_CSV_HEADER = ["number", "name"]


def label_map_files(layout: Layout, names_suffix: str = ".json") -> tuple[bytes, bytes]:
    """What is seen of a layout as a label map: the content of the PNG and of the file of names.

    Layer n has the number n, as everywhere; the highest number, 255 or 65535, marks pixels of which nothing
    is known. Up to 255 layers make an 8-bit PNG whose palette shows each label in its colour, more make a
    16-bit one.

    Args:
        layout: The layout.
        names_suffix: ".json" or ".csv", the form of the names.

    Raises:
        ValueError: If the suffix is neither.
    """
    index = layout.visible_index()
    kind = np.uint8 if len(layout) <= 255 else np.uint16
    image = Image.fromarray(index.astype(kind))  # -1, of unknown pixels, becomes the highest number
    if kind is np.uint8:
        image.putpalette(label_colours(layout.labels).tobytes().ljust(3 * 256, b"\0"))
    if names_suffix.lower() not in (".json", ".csv"):
        raise ValueError(f"names of a label map are a .json or a .csv file, not {names_suffix!r}")
    names: dict[str, str | None] = {str(number): label for number, label in enumerate(layout.labels)}
    if (index < 0).any():
        names[str(np.iinfo(kind).max)] = None
    if names_suffix.lower() == ".json":
        return png_bytes(image), (json.dumps(names, indent=1) + "\n").encode()
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_CSV_HEADER, *names.items()])
    return png_bytes(image), text.getvalue().encode()


def write_label_map(png_path: Path, names_path: Path, layout: Layout) -> None:
    """Write what is seen of a layout as a label map, both files or neither.

    Args:
        png_path: The numbers.
        names_path: The names of the numbers, a .json or a .csv file.
        layout: The layout.

    Raises:
        OSError: If they cannot be written.
        ValueError: If the names have another suffix.
    """
    png, names = label_map_files(layout, names_path.suffix)
    write_files({png_path: png, names_path: names})


def read_label_map(png_path: Path, names_path: Path, max_megapixels: float = MAX_MEGAPIXELS) -> Layout:
    """The layout of a label map; numbers that no pixel has make no layer.

    Args:
        png_path: The numbers.
        names_path: The names of the numbers: CSV if its name ends in .csv, else JSON.
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
    height, width = numbers.shape
    check_layer_count(len(layers), (height, width), str(png_path), max_megapixels)
    return Layout((height, width), tuple(Layer(label, numbers == number) for number, label in layers))


def _names(path: Path) -> dict[int, str | None]:
    """The name of each number; 0 is nothing unless it is named."""
    pairs: list[tuple[Any, Any]]
    if path.suffix.lower() == ".csv":
        pairs = _csv_pairs(path)
    else:
        content = read_json(path)
        if not isinstance(content, list | dict):
            kind = type(content).__name__
            raise LayoutFileError(f'{path}: expected names as {{"1": "wall"}} or ["sky", "wall"], not {kind}')
        pairs = list(content.items() if isinstance(content, dict) else enumerate(content))
    names: dict[int, str | None] = {}
    for key, value in pairs:
        text = str(key)
        if not (text.isascii() and text.isdigit() and len(text) <= 5) or int(text) in names:
            raise LayoutFileError(f"{path}: key {short(key)} must be a number of the PNG, each once")
        number = int(text)
        names[number] = None if value is None else checked_label(value, f"{path}: number {number}")
    return {0: None} | names


def _csv_pairs(path: Path) -> list[tuple[Any, Any]]:
    """The numbers and names of a CSV file."""
    try:
        text = read_bytes(path).decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise LayoutFileError(f"{path}: is not a CSV file in UTF-8 ({error})") from error
    if not rows or [cell.strip().lower() for cell in rows[0]] != _CSV_HEADER:
        found = short(",".join(rows[0]) if rows else "")
        raise LayoutFileError(f"{path}: the first line must be {','.join(_CSV_HEADER)}, not {found}")
    pairs: list[tuple[Any, Any]] = []
    for number, row in enumerate(rows[1:], start=2):
        if row and len(row) != 2:
            raise LayoutFileError(f"{path}: row {number} has {len(row)} cells; expected a number and a name")
        if row:
            pairs.append((row[0].strip(), row[1] or None))
    return pairs


def _numbers(path: Path, limit: float) -> Integer[np.ndarray, "H W"]:
    """The number at each pixel of a PNG."""
    try:
        with open_image(path) as image:
            if image.format != "PNG" or image.mode not in ("1", "L", "P", "I", "I;16"):
                found = f"a {image.format} in mode {image.mode}"
                raise LayoutFileError(
                    f"{path}: a label map must be a grey or palette PNG, not {found}; of COCO panoptic give "
                    "the JSON"
                )
            if image.width * image.height > limit * 1e6:
                found = f"{image.width}x{image.height}"
                raise LayoutFileError(f"{path}: {found} is above the limit of {limit:g} megapixels")
            tiles = getattr(image, "tile", ())  # how Pillow unpacks the file's pixels
            stretch = STRETCHES.get(tiles[0][3]) if tiles else None
            decode(image, str(path), limit)
            values = np.asarray(image)
            if stretch is not None:
                return values // stretch
            return values.astype(np.uint8) if image.mode == "1" else values.copy()
    except ImageError as error:
        raise LayoutFileError(str(error)) from error
