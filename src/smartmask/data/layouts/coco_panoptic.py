"""COCO panoptic: a JSON, and beside it a folder of PNGs of the same name in which each pixel has one segment.

    panoptic.json          images, annotations with their segments_info, categories
    panoptic/room.png      id of the segment at each pixel = R + 256 G + 65536 B; 0 is nothing

Only what is seen of a layout is kept. Segments are listed, and read, rearmost first; a written id is its
label's colour or the next one free, so that the PNG can be looked at. Format:
https://cocodataset.org/#format-data
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Int16, Int32

from smartmask.data.layouts.checks import (
    Record,
    check_layer_count,
    checked_member,
    field,
    read_bytes,
    short,
)
from smartmask.data.layouts.coco_records import (
    CocoDraft,
    CocoImage,
    annotations_of,
    category_names,
    choose_image,
    label_of,
)
from smartmask.data.layouts.pictures import read_png
from smartmask.errors import LayoutFileError
from smartmask.files import inside
from smartmask.scene.boxes import box_of
from smartmask.scene.colours import label_colours
from smartmask.scene.layout import Layer, Layout
from smartmask.scene.picture import png_bytes

_BASE = np.array([1, 256, 65536], np.int32)
_STRIP = 64
"""Rows of a PNG that are turned into numbers at once."""


class CocoPanoptic:
    """Collects layouts, an image each, for one panoptic JSON."""

    def __init__(self) -> None:
        self._draft = CocoDraft()

    def add(self, layout: Layout, photo_name: str, png_name: str) -> bytes:
        """Enter the layout of a photo.

        Args:
            layout: Its layout.
            photo_name: The photo's file name.
            png_name: The name of its PNG within the folder of PNGs.

        Returns:
            The content of the PNG.
        """
        index = layout.visible_index()
        seen = [number for number in range(len(layout)) if (index == number).any()]
        ids = _segment_ids([layout.layers[number].label for number in seen])
        colours = np.zeros((len(layout) + 1, 3), np.uint8)  # the last row is that of unknown pixels, -1
        image_id = self._draft.add_image(photo_name, layout.size_hw)
        segments = []
        for number, ident in zip(seen, ids, strict=True):
            colours[number] = ident % 256, ident // 256 % 256, ident // 65536
            x0, y0, x1, y1 = (int(side) for side in box_of(index == number))
            segments.append(
                {
                    "id": ident,
                    "category_id": self._draft.category_id(layout.layers[number].label),
                    "area": int(np.count_nonzero(index == number)),
                    "bbox": [x0, y0, x1 - x0, y1 - y0],
                    "iscrowd": 0,
                }
            )
        annotation = {"image_id": image_id, "file_name": png_name, "segments_info": segments}
        self._draft.annotations.append(annotation)
        return png_bytes(colours[index])

    def content(self) -> bytes:
        """The content of the JSON."""
        return json.dumps(self._draft.content()).encode()


def parse_coco_panoptic(content: Any, path: Path, image: str | int | None, max_megapixels: float) -> Layout:
    """The layout of one image of a panoptic JSON.

    Args:
        content: The JSON that has been read.
        path: Its path; the folder of PNGs has its name without the suffix, or the PNGs lie beside it.
        image: File name or id of the image; None = the only one.
        max_megapixels: The largest canvas accepted, in millions of pixels.

    Raises:
        LayoutFileError: If the JSON or the PNG is missing or breaks the format.
    """
    chosen = choose_image(content, path, image, max_megapixels)
    names = category_names(content, path)
    annotations = annotations_of(content, path, chosen)
    if len(annotations) != 1:
        raise LayoutFileError(
            f"{path}: image {short(chosen.ident)} has {len(annotations)} annotations; expected one"
        )
    where, annotation = annotations[0]
    infos = field(annotation, "segments_info", list, where)
    check_layer_count(len(infos), chosen.size_hw, where, max_megapixels)
    labels: dict[int, str] = {}
    for number, info in enumerate(infos):
        part = f"{where}: segments_info[{number}]"
        ident = field(info, "id", int, part)
        if ident in labels:
            raise LayoutFileError(f"{part}: id {ident} comes twice")
        if not 0 < ident < 2**24:
            raise LayoutFileError(f"{part}: no pixel of the PNG has id {ident}")
        labels[ident] = label_of(info, names, part)
    ids = np.sort(np.array([0, *labels], np.int32))
    places = _places(annotation, path, chosen, ids, max_megapixels, where)
    layers = []
    for number, (ident, label) in enumerate(labels.items()):
        mask = places == np.searchsorted(ids, ident)
        if not mask.any():
            raise LayoutFileError(f"{where}: segments_info[{number}]: no pixel of the PNG has id {ident}")
        layers.append(Layer(label, mask))
    return Layout(chosen.size_hw, tuple(layers))


def _places(
    annotation: Record,
    path: Path,
    image: CocoImage,
    ids: Int32[np.ndarray, " n"],
    max_megapixels: float,
    where: str,
) -> Int16[np.ndarray, "H W"]:
    """The place among the ids, ascending, of that of each pixel."""
    name = checked_member(field(annotation, "file_name", str, where), where)
    folder = path.with_suffix("")
    try:
        png_path = inside(folder if (folder / name).is_file() else path.parent, name)
    except OSError as error:
        raise LayoutFileError(f"{where}: {error.strerror}") from error
    picture = read_png(read_bytes(png_path), image.size_hw, max_megapixels, str(png_path))
    if picture.mode != "RGB":
        raise LayoutFileError(f"{png_path}: must be an RGB picture of ids, not one in mode {picture.mode}")
    places = np.empty(image.size_hw, np.int16)
    for top in range(0, picture.height, _STRIP):
        strip = picture.crop((0, top, picture.width, min(top + _STRIP, picture.height)))
        found = np.asarray(strip).astype(np.int32) @ _BASE
        place = np.searchsorted(ids, found).clip(max=len(ids) - 1)
        unnamed = found[ids[place] != found]
        if len(unnamed):
            raise LayoutFileError(f"{where}: id {unnamed.min()} of the PNG is not in segments_info")
        places[top : top + len(found)] = place
    return places


def _segment_ids(labels: list[str]) -> list[int]:
    """A different id for each segment, as near to its label's colour as can be."""
    ids: dict[int, None] = {}
    for colour in label_colours(labels):
        ident = int(colour.astype(np.int32) @ _BASE)
        while ident in ids:
            ident += 1
        ids[ident] = None
    return list(ids)
