"""LabelMe JSON: the shapes that were drawn on one photo, later ones in front.

    {"version": "5.5.0", "flags": {}, "shapes": [...], "imagePath": "room.jpg", "imageData": null,
     "imageHeight": 480, "imageWidth": 640}

A layer is written as polygons where these keep its mask exactly, several parts under one `group_id`; else as
LabelMe's shape `mask`, a PNG in base64 and the corners of its box. Read are polygons, rectangles, also
turned ones, circles and masks; points and lines have no area, so they are left out and counted. Shapes of one
label and `group_id` are one layer, which lies where its last shape lies. An amodal layer
has the flag `amodal`. Format: `labelme/_label_file.py` and `labelme/utils/shape.py` of
https://github.com/wkentaro/labelme, whose way of drawing shapes is followed.
"""

import base64
import binascii
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Bool
from PIL import Image, ImageDraw

from smartmask.data.annotations.base import Problems
from smartmask.data.layouts.checks import (
    Record,
    check_drawn_pixels,
    check_layer_count,
    checked_label,
    checked_size,
    field,
    is_int,
    short,
    whole,
)
from smartmask.data.layouts.pictures import read_png
from smartmask.data.layouts.polygons import (
    check_outline,
    check_outlines,
    fill_polygon,
    outline_px,
    polygons_of,
)
from smartmask.errors import LayoutFileError
from smartmask.scene.boxes import box_of
from smartmask.scene.layout import Layer, Layout
from smartmask.scene.picture import png_bytes

VERSION = "5.5.0"
"""LabelMe warns of files of another first number than its own."""
_AMODAL = "amodal"
_WITHOUT_AREA = ("point", "points", "line", "linestrip")


def labelme_json(layout: Layout, photo_path: str) -> bytes:
    """The layout as the content of a LabelMe file.

    Args:
        layout: What to write.
        photo_path: Where its photo lies, seen from the file; LabelMe opens it.
    """
    shapes = [
        shape for number, layer in enumerate(layout.layers) for shape in _shapes_of(layer, group_id=number)
    ]
    content: Record = {
        "version": VERSION,
        "flags": {},
        "shapes": shapes,
        "imagePath": photo_path,
        "imageData": None,
        "imageHeight": int(layout.size_hw[0]),
        "imageWidth": int(layout.size_hw[1]),
    }
    return (json.dumps(content, indent=1) + "\n").encode()


def parse_labelme(content: Any, path: Path, max_megapixels: float, problems: Problems) -> Layout:
    """The layout of a LabelMe file that has been read.

    Args:
        content: The JSON that has been read.
        path: Its path, for messages.
        max_megapixels: The largest canvas accepted, in millions of pixels.
        problems: Where shapes that have no area (points, lines) are counted.

    Raises:
        LayoutFileError: If it breaks the format, or no shape has an area.
    """
    height = field(content, "imageHeight", int, str(path))
    width = field(content, "imageWidth", int, str(path))
    size_hw = checked_size(height, width, max_megapixels, str(path))
    shapes = field(content, "shapes", list, str(path))
    check_drawn_pixels(len(shapes), size_hw, str(path))
    keys = [_key(shape, number, f"{path}: shapes[{number}]") for number, shape in enumerate(shapes)]
    check_layer_count(len(set(keys)), size_hw, str(path), max_megapixels)
    layers: dict[tuple[str, object], Layer] = {}
    outlines = 0.0
    for number, (shape, key) in enumerate(zip(shapes, keys, strict=True)):
        where = f"{path}: shapes[{number}]"
        if shape.get("shape_type") in _WITHOUT_AREA:
            problems.note(f"{shape['shape_type']} without an area, left out", where)
            continue
        points = _points(shape, size_hw, where)
        outlines += outline_px(points)
        check_outlines(outlines, str(path))
        mask = _mask(shape, points, size_hw, max_megapixels, where)
        earlier = layers.pop(key, None)
        flags = field(shape, "flags", dict, where) if shape.get("flags") is not None else {}
        is_amodal = flags.get(_AMODAL) is True or (earlier is not None and earlier.extent == "amodal")
        if earlier is not None:
            mask = mask | earlier.mask
        layers[key] = Layer(key[0], mask, "amodal" if is_amodal else "visible")
    if shapes and not layers:
        raise LayoutFileError(f"{path}: no shape has an area: {'; '.join(problems.notes())}")
    return Layout(size_hw, tuple(layers.values()))


def _shapes_of(layer: Layer, group_id: int) -> list[Record]:
    """A layer as shapes: polygons, or a mask where these would not keep it."""
    common = {
        "label": layer.label,
        "description": "",
        "flags": {_AMODAL: True} if layer.extent == _AMODAL else {},
    }
    polygons = polygons_of(layer.mask)
    if polygons is None:
        x0, y0, x1, y1 = (int(side) for side in (box_of(layer.mask) if layer.mask.any() else (0, 0, 1, 1)))
        png = png_bytes(layer.mask[y0:y1, x0:x1].astype(np.uint8))
        corners = [[x0, y0], [x1 - 1, y1 - 1]]  # of this shape alone the last pixel counts in
        mask = base64.b64encode(png).decode("ascii")
        return [common | {"points": corners, "group_id": None, "shape_type": "mask", "mask": mask}]
    group = group_id if len(polygons) > 1 else None
    return [
        common | {"points": points, "group_id": group, "shape_type": "polygon", "mask": None}
        for points in polygons
    ]


def _key(shape: Any, number: int, where: str) -> tuple[str, object]:
    """What shapes of one layer have in common."""
    label = checked_label(field(shape, "label", str, where), where)
    group = shape.get("group_id")
    group = whole(group)
    if group is not None and not is_int(group):
        raise LayoutFileError(f"{where}: group_id must be a whole number or null, not {short(group)}")
    return label, ("alone", number) if group is None else group


def _points(shape: Record, size_hw: tuple[int, int], where: str) -> list[list[float]]:
    """As many points as a shape of its kind has, about the canvas."""
    kind = shape.get("shape_type") or "polygon"  # LabelMe before 3.3 knew nothing else
    points = field(shape, "points", list, where)
    if not all(isinstance(point, list) and len(point) == 2 for point in points):
        raise LayoutFileError(f"{where}: points must be pairs of numbers, not {short(points)}")
    needed = {"polygon": 3, "rectangle": 2, "oriented_rectangle": 4, "circle": 2, "mask": 2}
    if not isinstance(kind, str) or kind not in needed:
        raise LayoutFileError(
            f"{where} ({short(shape['label'])}): is of type {short(kind)}, which is not known; "
            f"{', '.join(needed)} are read; delete it"
        )
    if len(points) < needed[kind] or (kind != "polygon" and len(points) > needed[kind]):
        raise LayoutFileError(f"{where}: has {len(points)} points; a shape {kind} has {needed[kind]}")
    check_outline(points, size_hw, where)
    return points


def _mask(
    shape: Record, points: list[list[float]], size_hw: tuple[int, int], max_megapixels: float, where: str
) -> Bool[np.ndarray, "H W"]:
    kind = shape.get("shape_type") or "polygon"
    if kind in ("polygon", "oriented_rectangle"):
        return fill_polygon([(x, y) for x, y in points], size_hw)
    if kind == "mask":
        return _pasted(shape, points, size_hw, max_megapixels, where)
    canvas = Image.new("1", (size_hw[1], size_hw[0]))
    (x0, y0), (x1, y1) = points
    if kind == "rectangle":
        corners = min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
        ImageDraw.Draw(canvas).rectangle(corners, fill=1, outline=1)
    else:
        radius = math.dist((x0, y0), (x1, y1))
        ImageDraw.Draw(canvas).ellipse(
            (x0 - radius, y0 - radius, x0 + radius, y0 + radius), fill=1, outline=1
        )
    return np.array(canvas)


def _pasted(
    shape: Record, points: list[list[float]], size_hw: tuple[int, int], max_megapixels: float, where: str
) -> Bool[np.ndarray, "H W"]:
    """The mask of a shape `mask`, which covers the canvas between its points, both included."""
    (x0, y0), (x1, y1) = ((int(x), int(y)) for x, y in points)
    if not (0 <= x0 <= x1 < size_hw[1] and 0 <= y0 <= y1 < size_hw[0]):
        raise LayoutFileError(
            f"{where}: the corners {short(points)} of a mask are not on the {size_hw[1]}x{size_hw[0]} canvas"
        )
    try:
        png = base64.b64decode(field(shape, "mask", str, where), validate=True)
    except (binascii.Error, ValueError) as error:
        raise LayoutFileError(f"{where}: mask is not base64 ({error})") from error
    picture = read_png(png, (y1 + 1 - y0, x1 + 1 - x0), max_megapixels, f"{where}: mask")
    if picture.mode not in ("1", "L"):
        raise LayoutFileError(f"{where}: mask must be a grey PNG, not one in mode {picture.mode}")
    mask = np.zeros(size_hw, bool)
    mask[y0 : y1 + 1, x0 : x1 + 1] = np.asarray(picture) != 0
    return mask
