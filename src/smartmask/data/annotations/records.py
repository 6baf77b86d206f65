"""What the readers share: parquet files of one record an image, and errors that name the record."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as parquet
from jaxtyping import Bool, Int16
from PIL import Image

from smartmask.data.annotations.base import AnnotatedScene
from smartmask.errors import AnnotationError
from smartmask.scene.rle import decode_rle

Record = dict[str, Any]


def read_records(path: Path, scene_of: Callable[[Record], AnnotatedScene]) -> list[AnnotatedScene]:
    """The scene of each record of a file.

    Raises:
        AnnotationError: If the file cannot be read, or a record lacks a field or is damaged.
    """
    try:
        records = parquet.read_table(path).to_pylist()
    except (OSError, ValueError) as error:
        raise AnnotationError(f"{path}: cannot be read as parquet ({error})") from error
    scenes = []
    for record in records:
        try:
            scenes.append(scene_of(record))
        except KeyError as error:
            name = f"{path}: image {record.get('image_id')}"
            raise AnnotationError(f"{name}: the record has no field {error}") from error
        except (IndexError, TypeError, ValueError, OSError) as error:  # Pillow's own error is an OSError
            raise AnnotationError(f"{path}: image {record.get('image_id')}: {error}") from error
    return scenes


def record_mask(item: Record, size_hw: tuple[int, int]) -> Bool[np.ndarray, "H W"]:
    """The mask of an object's record.

    Raises:
        ValueError: If its run-length code is damaged; the message names the object.
    """
    try:
        return decode_rle(item["counts"], size_hw)
    except ValueError as error:
        raise ValueError(f"{item['name']!r}: {error}") from error


def record_class_map(record: Record, highest: int, void: int | None = None) -> Int16[np.ndarray, "H W"]:
    """The class map of a record's PNG.

    Args:
        record: The record.
        highest: The highest class there is.
        void: The value of undecided pixels, which may be higher.

    Raises:
        ValueError: If its size is not the record's, or it holds a class beyond the highest.
    """
    class_map = np.asarray(Image.open(io.BytesIO(record["class_map_png"]))).astype(np.int16)
    if class_map.shape != (record["height"], record["width"]):
        raise ValueError(
            f"class map is {class_map.shape}, not {(record['height'], record['width'])} as its record says"
        )
    found = int(class_map[class_map != void].max(initial=0))
    if found > highest:
        raise ValueError(f"class map holds class {found}, but the highest is {highest}")
    return class_map
