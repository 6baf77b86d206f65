"""Pascal VOC as parquet: a class map with void rims (PNG, 0 = background, 255 = void) and single objects."""

from pathlib import Path

import numpy as np

from smartmask.data.annotations.base import VOID, AnnotatedObject, AnnotatedScene, compact_index, plain_label
from smartmask.data.annotations.records import Record, read_records, record_class_map, record_mask

CLASSES = (
    "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow",
    "diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train",
    "tvmonitor",
)  # fmt: skip


def read_voc(path: Path) -> list[AnnotatedScene]:
    """Scenes of VOC's `scenes.parquet`; the background of its class maps is unknown, not a label.

    Raises:
        AnnotationError: If the file cannot be read, or a record lacks a field or is damaged.
    """
    return read_records(path, _scene)


def _scene(record: Record) -> AnnotatedScene:
    class_map = record_class_map(record, highest=len(CLASSES), void=255)
    present = [value for value in np.unique(class_map).tolist() if 0 < value < 255]
    labels = [plain_label(CLASSES[value - 1]) for value in present]
    numbers = np.full(256, -1, np.int16)
    numbers[present] = np.arange(len(present))
    numbers[255] = VOID
    index = numbers[class_map]
    objects: list[AnnotatedObject] = []
    for item in record["objects"]:
        mask = record_mask(item, (record["height"], record["width"]))
        index[mask] = len(labels)
        labels.append(plain_label(item["name"]))
        found = AnnotatedObject.of(labels[-1], mask, not (item["occluded"] or item["truncated"]))
        objects.extend([found] if found else [])
    index = compact_index(index, len(labels))
    key = f"voc:{record['image_id']}"
    return AnnotatedScene(key, key, index, tuple(labels), tuple(objects))
