"""Pascal VOC as parquet: a class map with void rims (PNG, 0 = background, 255 = void) and single objects."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from smartmask.data.annotations.base import AnnotatedScene, Problems
from smartmask.data.annotations.damage import Record, field
from smartmask.data.annotations.masks import layer_of
from smartmask.data.annotations.parquet_records import read_parquet, row_class_map, row_mask
from smartmask.data.annotations.voc import CLASSES, VOID
from smartmask.scene.layout import Extent
from smartmask.scene.rle import encode_rle

COLUMNS = "image_id", "height", "width", "class_map_png", "objects"


def read_parquet_voc(path: Path, problems: Problems) -> Iterator[AnnotatedScene]:
    """Scenes of VOC's `scenes.parquet`, an image each; the background of its class maps is unknown.

    Each class of the map is a region, and the single objects lie in front of the regions.

    Raises:
        AnnotationError: If the file cannot be read or lacks a column.
    """
    return read_parquet(path, COLUMNS, problems, lambda record, where: _scene(record, where, problems))


def _scene(record: Record, where: str, problems: Problems) -> AnnotatedScene:
    class_map = row_class_map(record, highest=len(CLASSES), void=VOID)
    height, width = class_map.shape
    objects = []
    for value in np.unique(class_map).tolist():
        if 0 < value < VOID:
            mask = class_map == value
            objects.append(layer_of(CLASSES[value - 1], mask, extent="visible", is_thing=False))
    for number, item in enumerate(field(record, "objects", list)):
        with problems.skipping(f"{where}, objects[{number}]"):
            mask = row_mask(item, (height, width))
            is_whole = not (field(item, "occluded", int) or field(item, "truncated", int))
            extent: Extent = "amodal" if is_whole else "visible"
            objects.append(layer_of(field(item, "name", str), mask, extent=extent, is_thing=True))
    undecided = class_map == VOID
    key = f"voc:{field(record, 'image_id', str)}"
    return AnnotatedScene(
        key=key,
        group=key,
        size_hw=(height, width),
        objects=tuple(objects),
        # The order of the file decides: results on these scenes are compared over time by object number.
        occlusions=tuple((number + 1, number) for number in range(len(objects) - 1)),
        undecided=encode_rle(undecided) if undecided.any() else None,
    )
