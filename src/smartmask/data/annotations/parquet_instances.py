"""COCO, LVIS and TACO as parquet: one row an image, its objects as run lengths.

`complete` says that a mask is the whole object; smaller objects are taken to lie in front of larger ones.
"""

from collections.abc import Iterator
from pathlib import Path

from smartmask.data.annotations.base import AnnotatedScene, Problems
from smartmask.data.annotations.coco_json import is_crowd
from smartmask.data.annotations.damage import Record, check_objects, field, size_field
from smartmask.data.annotations.masks import layer_of
from smartmask.data.annotations.occlusions import smaller_in_front
from smartmask.data.annotations.parquet_records import read_parquet, row_mask

COLUMNS = "image_id", "height", "width", "objects"


def read_parquet_coco(path: Path, problems: Problems) -> Iterator[AnnotatedScene]:
    """Scenes of COCO's `scenes.parquet`, an image each.

    Raises:
        AnnotationError: If the file cannot be read or lacks a column.
    """
    return _read(path, problems, "coco", "coco")


def read_parquet_lvis(path: Path, problems: Problems) -> Iterator[AnnotatedScene]:
    """Scenes of LVIS's `scenes.parquet`, an image each; they annotate photos of COCO and share its groups.

    Raises:
        AnnotationError: If the file cannot be read or lacks a column.
    """
    return _read(path, problems, "lvis", "coco")


def read_parquet_taco(path: Path, problems: Problems) -> Iterator[AnnotatedScene]:
    """Scenes of TACO's `scenes.parquet`, an image each.

    Raises:
        AnnotationError: If the file cannot be read or lacks a column.
    """
    return _read(path, problems, "taco", "taco")


def _read(path: Path, problems: Problems, dataset: str, photos: str) -> Iterator[AnnotatedScene]:
    return read_parquet(
        path, COLUMNS, problems, lambda record, where: _scene(record, where, problems, dataset, photos)
    )


def _scene(record: Record, where: str, problems: Problems, dataset: str, photos: str) -> AnnotatedScene:
    size_hw = size_field(record)
    objects, masks = [], []
    items = field(record, "objects", list)
    check_objects(len(items), size_hw)
    for number, item in enumerate(items):
        part = f"{where}, objects[{number}]"
        with problems.skipping(part):
            mask = row_mask(item, size_hw)
            layer = layer_of(
                field(item, "name", str),
                mask,
                extent="amodal" if field(item, "complete", int) else "visible",
                is_thing=bool(item.get("isthing", 1)) and not is_crowd(item, problems, part),
            )
            objects.append(layer)
            masks.append(mask)
    number = field(record, "image_id", int)
    return AnnotatedScene(
        key=f"{dataset}:{number}",
        group=f"{photos}:{number}",
        size_hw=size_hw,
        objects=tuple(objects),
        occlusions=smaller_in_front(objects, masks),
        image=record.get("file_name"),
    )
