"""What the readers of parquet collections share: a row an image, read a few at a time."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
from jaxtyping import Bool, UInt8

from smartmask.data.annotations.base import DamageError, Problems
from smartmask.data.annotations.damage import (
    DAMAGED_FILE,
    DAMAGED_MASK,
    DUPLICATE_ID,
    UNKNOWN_CATEGORY,
    Record,
    field,
    read_png,
    size_field,
)
from smartmask.errors import AnnotationError
from smartmask.files import check_regular
from smartmask.scene.rle import decode_rle

ROWS = 32


class Keyed(Protocol):
    """What a row becomes: it has a name of its own."""

    @property
    def key(self) -> str:
        """Unique in its file."""
        ...


Row = TypeVar("Row", bound=Keyed)


def read_parquet(
    path: Path, columns: Sequence[str], problems: Problems, scene_of: Callable[[Record, str], Row]
) -> Iterator[Row]:
    """The scene of each row of a file; rows that are damaged or have a key twice are left out.

    Args:
        path: The file.
        columns: The columns that it must have, its rows' name first.
        problems: Where damage is counted.
        scene_of: Makes the scene of a row and of its `where`; raises `DamageError` if it cannot.

    Raises:
        AnnotationError: If the file cannot be read or lacks a column.
    """
    seen: set[str] = set()
    for record in _rows(path, columns):
        where = f"{path}: {columns[0]} {record[columns[0]]}"
        with problems.skipping(where):
            scene = scene_of(record, where)
            if scene.key in seen:
                raise DamageError(DUPLICATE_ID, scene.key)
            seen.add(scene.key)
            yield scene


def row_mask(item: Record, size_hw: tuple[int, int], name: str = "counts") -> Bool[np.ndarray, "H W"]:
    """The mask of an object's run lengths in a field.

    Raises:
        DamageError: If they are missing or damaged.
    """
    try:
        return decode_rle(field(item, name, str), size_hw)
    except ValueError as error:
        raise DamageError(DAMAGED_MASK, str(error)) from error


def row_class_map(record: Record, highest: int, void: int | None = None) -> UInt8[np.ndarray, "H W"]:
    """The class map of a row's PNG.

    Args:
        record: The row.
        highest: The highest class there is.
        void: The value of undecided pixels, which may be higher.

    Raises:
        DamageError: If it cannot be read, is not of the record's size, or holds a class beyond the highest.
    """
    class_map = read_png(field(record, "class_map_png", bytes), size_field(record))
    if class_map.ndim != 2:
        raise DamageError(DAMAGED_FILE, "a class map must have one channel")
    found = int(class_map[class_map != void].max(initial=0))
    if found > highest:
        raise DamageError(UNKNOWN_CATEGORY, f"class map holds class {found}, but the highest is {highest}")
    return class_map


def _rows(path: Path, columns: Sequence[str]) -> Iterator[Record]:
    try:
        check_regular(path)
        with parquet.ParquetFile(path) as file:
            missing = set(columns) - set(file.schema_arrow.names)
            if missing:
                raise AnnotationError(f"{path}: has no columns {sorted(missing)}; expected {list(columns)}")
            for batch in file.iter_batches(ROWS):
                yield from batch.to_pylist()
    except (OSError, ValueError, pa.ArrowException) as error:
        if path.is_dir():
            raise AnnotationError(f"{path}: is a folder; give the parquet file in it") from error
        raise AnnotationError(f"{path}: cannot be read as parquet ({error}); fetch the file again") from error
