"""Boxes with names, without masks: a row a picture. They are measured on, and no scene is made of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from smartmask.data.annotations.base import DamageError, Problems
from smartmask.data.annotations.damage import MISSING_FIELD, Record, field, size_field
from smartmask.data.annotations.parquet_records import read_parquet

COLUMNS = "image_id", "source", "height", "width", "labels", "boxes_xyxy"


@dataclass(frozen=True, slots=True, eq=False)
class NamedBoxes:
    """A picture's boxes.

    Attributes:
        key: Names the picture.
        source: The collection that it is of.
        size_hw: Its height and width in pixels; (1, 1) where only shares of it are known.
        labels: What is in each box.
        boxes: Shares of the picture, x0, y0, x1, y1.
        types: What sort of thing each is, where the file says so ("people", "scene"); else "".
        caption: A sentence about it, or "".
        relations: Triples (subject's number, relation, object's number).
    """

    key: str
    source: str
    size_hw: tuple[int, int]
    labels: tuple[str, ...]
    boxes: Float32[np.ndarray, "N 4"]
    types: tuple[str, ...]
    caption: str = ""
    relations: tuple[tuple[int, str, int], ...] = ()


def read_named_boxes(path: Path, problems: Problems) -> Iterator[NamedBoxes]:
    """The pictures of a parquet file of boxes (Flickr30k Entities, VRD, NSR-1K).

    Raises:
        AnnotationError: If the file cannot be read or lacks a column.
    """
    return read_parquet(path, COLUMNS, problems, lambda record, where: _picture(record))


def _picture(record: Record) -> NamedBoxes:
    size_hw = (1, 1) if record.get("normalised") else size_field(record)
    labels = tuple(field(record, "labels", list))
    boxes = np.array(field(record, "boxes_xyxy", list), np.float32).reshape(-1, 4)
    if len(boxes) != len(labels) or not np.isfinite(boxes).all():
        raise DamageError(MISSING_FIELD, f"{len(labels)} labels, {len(boxes)} boxes, all to be finite")
    height, width = size_hw
    source, name = field(record, "source", str), field(record, "image_id", str)
    return NamedBoxes(
        key=f"{source}:{name}:{record.get('caption', '')}",
        source=source,
        size_hw=size_hw,
        labels=labels,
        boxes=np.clip(boxes / np.array([width, height, width, height], np.float32), 0, 1),
        types=tuple(record.get("types") or [""] * len(labels)),
        caption=str(record.get("caption", "")),
        relations=tuple((int(one), name, int(two)) for one, name, two in record.get("relations") or ()),
    )
