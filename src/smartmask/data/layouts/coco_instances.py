"""COCO instances: a JSON with a mask for each object, as run lengths or polygons.

Three fields of our own stand beside COCO's in each annotation and are read where they are there:

    "depth_order": 0 for the rearmost layer, 1 for the next one in front, ...
    "extent": "amodal" if the segmentation is the whole object, "visible" if it is what is seen of it
    "confidence": how sure whoever found the layer was, from 0 to 1; left out where nobody guessed

Annotations that have no mask, only a box or polygons without an area, are left out and counted.

With the three fields a layout is kept whole. Without an order, larger masks lie behind smaller ones. Masks
are written as compressed run lengths, which `pycocotools` decodes. Format: https://cocodataset.org/#format-data
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from smartmask.data.annotations.base import DamageError, Problems
from smartmask.data.annotations.damage import EMPTY_POLYGON
from smartmask.data.layouts.checks import (
    Record,
    check_layer_count,
    checked_confidence,
    checked_extent,
    is_int,
    short,
    whole,
)
from smartmask.data.layouts.coco_records import (
    CocoDraft,
    annotations_of,
    category_names,
    choose_image,
    ident_of,
    label_of,
)
from smartmask.data.layouts.polygons import check_outlines
from smartmask.data.segmentations import mask_of, outlines_px
from smartmask.errors import LayoutFileError
from smartmask.scene.boxes import box_of
from smartmask.scene.layout import Layer, Layout
from smartmask.scene.rle import encode_rle

NO_MASK = "annotation without a mask, left out"


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


def parse_coco_instances(
    content: Any, path: Path, image: str | int | None, max_megapixels: float, problems: Problems
) -> Layout:
    """The layout of one image of an instances JSON; a crowd is a layer like any other.

    Args:
        content: The JSON that has been read.
        path: Its path, for messages.
        image: File name or id of the image; None = the only one.
        max_megapixels: The largest canvas accepted, in millions of pixels.
        problems: Where annotations that have no mask, or a damaged one, are counted.

    Raises:
        AnnotationError: If a mask is damaged and the count is strict.
        LayoutFileError: If the JSON breaks the format otherwise, no annotation has a mask, or it holds
            polygons and `pycocotools` is not installed.
    """
    chosen = choose_image(content, path, image, max_megapixels)
    names = category_names(content, path)
    annotations = annotations_of(content, path, chosen)
    check_layer_count(len(annotations), chosen.size_hw, str(path), max_megapixels)
    ids: set[str] = set()
    kept, layers, outlines = [], [], 0.0
    for where, annotation in annotations:
        if annotation.get("id") is not None:
            ident = ident_of(annotation, "id", where)
            if ident in ids:
                raise LayoutFileError(f"{where}: id {ident} comes twice")
            ids.add(ident)
        label = label_of(annotation, names, where)
        if annotation.get("iscrowd", 0) not in (0, 1):
            raise LayoutFileError(f"{where}: iscrowd must be 0 or 1, not {short(annotation['iscrowd'])}")
        segmentation = annotation.get("segmentation") or []  # detectors write boxes alone
        outlines += outlines_px(segmentation)
        check_outlines(outlines, str(path))
        try:
            mask = mask_of(segmentation, chosen.size_hw, problems, where)
        except DamageError as damage:
            if damage.kind == EMPTY_POLYGON:
                problems.note(NO_MASK, where)
            else:
                problems.add(damage.kind, f"{where}: {damage.detail}")
            continue
        extent = checked_extent(annotation.get("extent", "visible"), where)
        layers.append(Layer(label, mask, extent, checked_confidence(annotation.get("confidence"), where)))
        kept.append((where, annotation))
    if annotations and not kept:
        found = "; ".join([*problems.report(), *problems.notes()])
        raise LayoutFileError(f"{path}: no annotation of the image has a mask that can be read: {found}")
    order = _order(kept, layers, path)
    return Layout(chosen.size_hw, tuple(layers[number] for number in order))


def _order(annotations: list[tuple[str, Record]], layers: list[Layer], path: Path) -> list[int]:
    """The numbers of the layers, rearmost first."""
    depths: dict[int, int] = {}
    for number, (where, annotation) in enumerate(annotations):
        depth = whole(annotation.get("depth_order"))
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
