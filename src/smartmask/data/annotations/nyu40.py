"""NYU-40 as parquet: indoor label maps (PNG, 0 = void); objects are the parts of countable classes."""

import json
from pathlib import Path

import cv2
import numpy as np

from smartmask.data.annotations.base import VOID, AnnotatedObject, AnnotatedScene, compact_index, plain_label
from smartmask.data.annotations.records import Record, read_records, record_class_map
from smartmask.errors import AnnotationError

COUNTABLE = (
    "bed", "chair", "sofa", "table", "door", "window", "bookshelf", "picture", "desk", "dresser",
    "pillow", "mirror", "floor mat", "refrigerator", "television", "towel", "box", "whiteboard",
    "person", "night stand", "toilet", "sink", "lamp", "bathtub", "bag", "cabinet", "curtain",
)  # fmt: skip


def read_nyu40(path: Path) -> list[AnnotatedScene]:
    """Scenes of NYU-40's `scenes.parquet`, with `classes.json` beside it.

    Raises:
        AnnotationError: If a file cannot be read, or a record lacks a field or is damaged.
    """
    classes = path.parent / "classes.json"
    try:
        names = [plain_label(name) for name in json.loads(classes.read_text())]
    except (OSError, ValueError) as error:
        raise AnnotationError(f"{classes}: cannot be read as JSON ({error})") from error
    return read_records(path, lambda record: _scene(record, names))


def _scene(record: Record, names: list[str]) -> AnnotatedScene:
    class_map = record_class_map(record, highest=len(names) - 1)
    present = [value for value in np.unique(class_map).tolist() if value > 0]
    numbers = np.full(len(names), VOID, np.int16)
    numbers[present] = np.arange(len(present))
    objects: list[AnnotatedObject] = []
    for value in present:
        if names[value] in COUNTABLE:
            count, parts = cv2.connectedComponents((class_map == value).astype(np.uint8))
            found = (AnnotatedObject.of(names[value], parts == part, False) for part in range(1, count))
            objects.extend(part for part in found if part)
    index = compact_index(numbers[class_map], len(present))
    key = f"nyu40:{record['image_id']}"
    return AnnotatedScene(key, key, index, tuple(names[value] for value in present), tuple(objects))
