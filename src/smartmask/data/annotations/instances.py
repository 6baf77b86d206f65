"""COCO, LVIS and TACO as parquet: one row an image, its objects as run-length masks."""

from pathlib import Path

import numpy as np

from smartmask.data.annotations.base import AnnotatedObject, AnnotatedScene, compact_index, plain_label
from smartmask.data.annotations.records import Record, read_records, record_mask


def read_instances(path: Path, image_source: str) -> list[AnnotatedScene]:
    """Scenes of a `scenes.parquet` of COCO, LVIS or TACO.

    Smaller objects are taken to lie in front of larger ones where the modal masks overlap.

    Args:
        path: The file.
        image_source: Where the images come from; datasets that share images share it, so that their splits
            agree.

    Raises:
        AnnotationError: If the file cannot be read, or a record lacks a field or is damaged.
    """
    return read_records(path, lambda record: _scene(record, path.parent.name, image_source))


def _scene(record: Record, dataset: str, image_source: str) -> AnnotatedScene:
    size_hw = record["height"], record["width"]
    index = np.full(size_hw, -1, np.int16)
    labels: list[str] = []
    objects: list[AnnotatedObject] = []
    for item in sorted(record["objects"], key=lambda item: -item["area"]):
        mask = record_mask(item, size_hw)
        index[mask] = len(labels)
        labels.append(plain_label(item["name"]))
        if item.get("isthing", 1) and not item.get("iscrowd", 0):
            found = AnnotatedObject.of(labels[-1], mask, bool(item["complete"]))
            objects.extend([found] if found else [])
    number = record["image_id"]
    index = compact_index(index, len(labels))
    return AnnotatedScene(
        f"{dataset}:{number}", f"{image_source}:{number}", index, tuple(labels), tuple(objects)
    )
