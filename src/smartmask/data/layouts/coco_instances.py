"""COCO instances: a JSON with a mask for each object, as run lengths or polygons.

Three fields of our own stand beside COCO's in each annotation and are read where they are there:

    "depth_order": 0 for the rearmost layer, 1 for the next one in front, ...
    "extent": "amodal" if the segmentation is the whole object, "visible" if it is what is seen of it
    "confidence": how sure whoever found the layer was, from 0 to 1; left out where nobody guessed

With them a layout is kept whole. Without an order, larger masks lie behind smaller ones. Masks are written as
compressed run lengths, which `pycocotools` decodes. Format: https://cocodataset.org/#format-data
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Bool

from smartmask.data.layouts.checks import (
    Record,
    check_layer_count,
    checked_confidence,
    checked_extent,
    field,
    is_int,
    short,
)
from smartmask.data.layouts.coco_records import (
    CocoDraft,
    annotations_of,
    category_names,
    choose_image,
    label_of,
)
from smartmask.data.layouts.polygons import check_outline
from smartmask.errors import LayoutFileError
from smartmask.scene.boxes import box_of
from smartmask.scene.layout import Layer, Layout
from smartmask.scene.rle import decode_rle, encode_rle


class CocoInstances:
    """Collects layouts, an image each, for one instances JSON."""

    def __init__(self) -> None:
        self._draft = CocoDraft()

    def add(self, layout: Layout, photo_name: str) -> None:
        """Enter the layout of a photo, every layer with its whole mask."""
        image_id = self._draft.add_image(photo_name, layout.size_hw)
        height, width = (int(side) for side in layout.size_hw)
        for depth, layer in enumerate(layout.layers):
            x0, y0, x1, y1 = (int(side) for side in (box_of(layer.mask) if layer.mask.any() else (0,) * 4))
            record: Record = {
                "id": len(self._draft.annotations) + 1,
                "image_id": image_id,
                "category_id": self._draft.category_id(layer.label),
                "segmentation": {"size": [height, width], "counts": encode_rle(layer.mask)},
                "area": int(np.count_nonzero(layer.mask)),
                "bbox": [x0, y0, x1 - x0, y1 - y0],
                "iscrowd": 0,
                "depth_order": depth,
                "extent": layer.extent,
            }
            if layer.confidence is not None:
                record["confidence"] = layer.confidence
            self._draft.annotations.append(record)

    def content(self) -> bytes:
        """The content of the JSON."""
        return json.dumps(self._draft.content()).encode()


def parse_coco_instances(content: Any, path: Path, image: str | int | None, max_megapixels: float) -> Layout:
    """The layout of one image of an instances JSON; a crowd is a layer like any other.

    Args:
        content: The JSON that has been read.
        path: Its path, for messages.
        image: File name or id of the image; None = the only one.
        max_megapixels: The largest canvas accepted, in millions of pixels.

    Raises:
        LayoutFileError: If the JSON breaks the format, or holds polygons and `pycocotools` is not installed.
    """
    chosen = choose_image(content, path, image, max_megapixels)
    names = category_names(content, path)
    annotations = annotations_of(content, path, chosen)
    check_layer_count(len(annotations), chosen.size_hw, str(path))
    ids: set[int] = set()
    layers = []
    for where, annotation in annotations:
        ident = field(annotation, "id", int, where)
        if ident in ids:
            raise LayoutFileError(f"{where}: id {ident} comes twice")
        ids.add(ident)
        label = label_of(annotation, names, where)
        if annotation.get("iscrowd", 0) not in (0, 1):
            raise LayoutFileError(f"{where}: iscrowd must be 0 or 1, not {short(annotation['iscrowd'])}")
        mask = _mask(annotation.get("segmentation"), chosen.size_hw, where)
        extent = checked_extent(annotation.get("extent", "visible"), where)
        layers.append(Layer(label, mask, extent, checked_confidence(annotation.get("confidence"), where)))
    order = _order(annotations, layers, path)
    return Layout(chosen.size_hw, tuple(layers[number] for number in order))


def _order(annotations: list[tuple[str, Record]], layers: list[Layer], path: Path) -> list[int]:
    """The numbers of the layers, rearmost first."""
    depths: dict[int, int] = {}
    for number, (where, annotation) in enumerate(annotations):
        depth = annotation.get("depth_order")
        if depth is None:
            continue
        if not is_int(depth) or depth in depths:
            raise LayoutFileError(
                f"{where}: depth_order must be a whole number, each once in an image, not {short(depth)}"
            )
        depths[depth] = number
    if not depths:
        areas = [int(np.count_nonzero(layer.mask)) for layer in layers]
        return sorted(range(len(layers)), key=lambda number: -areas[number])
    if len(depths) < len(layers):
        found = f"{len(depths)} of {len(layers)} annotations"
        raise LayoutFileError(f"{path}: only {found} of the image have a depth_order; give all or none")
    return [depths[depth] for depth in sorted(depths)]


def _mask(segmentation: Any, size_hw: tuple[int, int], where: str) -> Bool[np.ndarray, "H W"]:
    if isinstance(segmentation, list):
        return _mask_of_polygons(segmentation, size_hw, where)
    size = field(segmentation, "size", list, f"{where}: segmentation")
    if size != list(size_hw):
        raise LayoutFileError(f"{where}: run lengths of size {short(size)} but the image is {list(size_hw)}")
    counts = segmentation.get("counts")
    try:
        if isinstance(counts, str):
            return decode_rle(counts, size_hw)
        if isinstance(counts, list):
            return _mask_of_runs(counts, size_hw)
        raise ValueError(f"counts of run lengths must be a text or a list, not {short(counts)}")
    except ValueError as error:
        raise LayoutFileError(f"{where}: {error}") from error


def _mask_of_runs(counts: list[Any], size_hw: tuple[int, int]) -> Bool[np.ndarray, "H W"]:
    """The mask of uncompressed run lengths, as COCO writes crowds."""
    pixels = size_hw[0] * size_hw[1]
    if not all(is_int(run) and 0 <= run <= pixels for run in counts) or sum(counts) != pixels:
        raise ValueError(f"run lengths must be whole numbers that add up to {pixels}")
    flat = np.repeat(np.arange(len(counts)) % 2 == 1, counts)
    return flat.reshape(size_hw[1], size_hw[0]).T


def _mask_of_polygons(polygons: list[Any], size_hw: tuple[int, int], where: str) -> Bool[np.ndarray, "H W"]:
    """The union of polygons [x0, y0, x1, y1, ...], drawn by COCO's own rules."""
    try:
        from pycocotools import mask as coco  # type: ignore[import-untyped]
    except ImportError as error:
        raise LayoutFileError(
            f'{where}: polygons of COCO need pycocotools; pip install "smartmask-open[data]"'
        ) from error
    if not polygons:
        raise LayoutFileError(f"{where}: segmentation holds no polygon")
    for polygon in polygons:
        if not isinstance(polygon, list) or len(polygon) % 2 or len(polygon) < 6:
            raise LayoutFileError(
                f"{where}: a polygon must be a list of an even number of coordinates, at least six, not "
                f"{short(polygon)}"
            )
        check_outline(list(zip(polygon[::2], polygon[1::2], strict=True)), size_hw, where)
    runs = coco.merge(coco.frPyObjects(polygons, *size_hw))
    return decode_rle(runs["counts"].decode("ascii"), size_hw)
