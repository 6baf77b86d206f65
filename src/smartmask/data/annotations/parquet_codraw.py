"""CoDraw as parquet: clip-art scenes, one row for the teller's and one for the drawer's, rearmost first."""

from collections.abc import Iterator
from pathlib import Path

from smartmask.data.annotations.base import AnnotatedScene, Problems
from smartmask.data.annotations.damage import Record, field, size_field
from smartmask.data.annotations.masks import layer_of
from smartmask.data.annotations.occlusions import nearer_in_front
from smartmask.data.annotations.parquet_records import read_parquet, row_mask

COLUMNS = "scene_id", "source", "height", "width", "objects"


def read_parquet_codraw(path: Path, problems: Problems) -> Iterator[AnnotatedScene]:
    """Scenes of CoDraw's `scenes.parquet`, amodal masks.

    Raises:
        AnnotationError: If the file cannot be read or lacks a column.
    """
    return read_parquet(path, COLUMNS, problems, lambda record, where: _scene(record, where, problems))


def _scene(record: Record, where: str, problems: Problems) -> AnnotatedScene:
    size_hw = size_field(record)
    objects, masks, orders = [], [], []
    for number, item in enumerate(field(record, "objects", list)):
        with problems.skipping(f"{where}, objects[{number}]"):
            mask = row_mask(item, size_hw, "amodal")
            order = field(item, "order", int)
            objects.append(layer_of(field(item, "name", str), mask, extent="amodal", is_thing=True))
            masks.append(mask)
            orders.append(order)
    number = field(record, "scene_id", int)
    return AnnotatedScene(
        key=f"codraw:{number}:{field(record, 'source', str)}",
        # Ten in a row were composed from one sentence, so they are near-duplicates.
        group=f"codraw:{number // 10}",
        size_hw=size_hw,
        objects=tuple(objects),
        occlusions=nearer_in_front(objects, masks, [-order for order in orders], problems, where),
    )
