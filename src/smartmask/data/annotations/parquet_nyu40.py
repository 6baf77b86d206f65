"""NYU-40 as parquet: indoor label maps (PNG, 0 = void); things are the parts of countable classes."""

import re
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from smartmask.data.annotations.base import AnnotatedScene, Problems
from smartmask.data.annotations.damage import Record, field, read_whole_json
from smartmask.data.annotations.masks import layer_of
from smartmask.data.annotations.parquet_records import read_parquet, row_class_map
from smartmask.data.layered_scene import SceneLayer
from smartmask.errors import AnnotationError
from smartmask.scene.labels import plain_label
from smartmask.scene.rle import encode_rle

COLUMNS = "image_id", "height", "width", "class_map_png"
COUNTABLE = (
    "bed", "chair", "sofa", "table", "door", "window", "bookshelf", "picture", "desk", "dresser",
    "pillow", "mirror", "floor mat", "refrigerator", "television", "towel", "box", "whiteboard",
    "person", "night stand", "toilet", "sink", "lamp", "bathtub", "bag", "cabinet", "curtain",
)  # fmt: skip
FRAMES_PER_GROUP = 20


def read_parquet_nyu40(path: Path, problems: Problems) -> Iterator[AnnotatedScene]:
    """Scenes of NYU-40's `scenes.parquet`, with `classes.json` beside it; modal masks that do not overlap.

    Raises:
        AnnotationError: If a file cannot be read or lacks a column, or the classes are not a list of names.
    """
    classes = path.parent / "classes.json"
    names = read_whole_json(classes)
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise AnnotationError(f"{classes}: expected a JSON list of class names")
    yield from read_parquet(path, COLUMNS, problems, lambda record, where: _scene(record, names))


def _scene(record: Record, names: list[str]) -> AnnotatedScene:
    class_map = row_class_map(record, highest=len(names) - 1)
    height, width = class_map.shape
    objects: list[SceneLayer] = []
    for value in np.unique(class_map[class_map > 0]).tolist():
        mask = class_map == value
        if plain_label(names[value]) not in COUNTABLE:
            objects.append(layer_of(names[value], mask, extent="visible", is_thing=False))
            continue
        count, parts = cv2.connectedComponents(mask.astype(np.uint8))
        objects.extend(
            layer_of(names[value], parts == part, extent="visible", is_thing=True) for part in range(1, count)
        )
    undecided = class_map == 0
    name = field(record, "image_id", str)
    return AnnotatedScene(
        key=f"nyu40:{name}",
        group=f"nyu40:{_group(name)}",
        size_hw=(height, width),
        objects=tuple(objects),
        undecided=encode_rle(undecided) if undecided.any() else None,
    )


def _group(name: str) -> str:
    """The frames of one room follow each other in the numbering, so neighbours share a split."""
    number = re.search(r"\d+$", name)
    return f"block{int(number[0]) // FRAMES_PER_GROUP}" if number else name
