"""Fields of all whole shapes, made once and kept: 16 kB each, mapped into memory as they are read."""

import hashlib
import io
import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Int8, UInt8

from smartmask.data.atomic import write_files
from smartmask.data.layered_scene import Split
from smartmask.data.shape_splits import split_shapes
from smartmask.data.synthesis.stage.silhouettes import SilhouetteLibrary
from smartmask.data.whole_shapes import WholeShape, read_whole_shapes, whole_shapes_of_library
from smartmask.model.shape.codec import SilhouetteCodec
from smartmask.model.shape.frame import FRAME_PX, MARGIN_PX, REACH_PX, frame_field

LEVELS = 127
"""A field's values are kept as whole numbers from -127 to 127."""


@dataclass(frozen=True, slots=True, eq=False)
class ShapeFields:
    """Whole shapes, the split of each, and their fields.

    Attributes:
        shapes: The shapes.
        splits: Of each shape.
        fields: Of each shape, times `LEVELS`.
    """

    shapes: list[WholeShape]
    splits: list[Split]
    fields: Int8[np.ndarray, "N F F"]

    def rows(self, *splits: Split) -> np.ndarray:
        """The numbers of the shapes in some splits."""
        return np.flatnonzero(np.isin(np.array(self.splits), splits))


def read_shapes(silhouettes: Path, library: Path | None) -> list[WholeShape]:
    """All shapes there are to learn from, in a fixed order.

    Args:
        silhouettes: Folder of parquet files.
        library: File of silhouettes cut from annotated photos; None = without.

    Raises:
        AnnotationError: If a file cannot be read.
    """
    shapes = list(read_whole_shapes(silhouettes))
    if library is not None:
        shapes += whole_shapes_of_library(SilhouetteLibrary.open(library))
    return shapes


def shape_fields(silhouettes: Path, library: Path | None, cache: Path, workers: int = 1) -> ShapeFields:
    """All shapes with their fields, which are taken from a folder if it holds those of these very shapes.

    Args:
        silhouettes: Folder of parquet files.
        library: File of silhouettes cut from annotated photos; None = without.
        cache: Folder of the kept fields; made if it is missing.
        workers: Processes that make fields.

    Raises:
        AnnotationError: If a file cannot be read.
    """
    shapes = read_shapes(silhouettes, library)
    path = cache / f"fields-{_digest(shapes)}.npy"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        passing = path.with_suffix(".tmp")
        size = (len(shapes), FRAME_PX, FRAME_PX)
        made = np.lib.format.open_memmap(passing, "w+", np.int8, size)
        with ProcessPoolExecutor(workers) as pool:
            for number, field in enumerate(pool.map(field_of, shapes, chunksize=200)):
                made[number] = field
        made.flush()
        del made
        passing.rename(path)
    return ShapeFields(shapes, split_shapes(shapes), np.load(path, mmap_mode="r"))


def shape_codes(data: ShapeFields, codec: SilhouetteCodec, cache: Path) -> UInt8[np.ndarray, "N bytes"]:
    """The codes of all shapes, which are taken from a folder if it holds those of these shapes and codec."""
    path = cache / f"codes-{_digest(data.shapes)}-{codec.digest}.npy"
    if not path.exists():
        parts = np.array_split(data.fields, max(1, len(data.fields) // 500))
        codes = np.concatenate([codec.encode(part.astype(np.float32) / LEVELS) for part in parts])
        content = io.BytesIO()
        np.save(content, codes)
        write_files({path: content.getvalue()})
    return np.asarray(np.load(path))


def field_of(shape: WholeShape) -> Int8[np.ndarray, "F F"]:
    """The field of a shape, times `LEVELS`."""
    return np.round(frame_field(shape.mask()) * LEVELS).astype(np.int8)


def _digest(shapes: Sequence[WholeShape]) -> str:
    text = json.dumps([FRAME_PX, MARGIN_PX, REACH_PX, *((s.group, s.counts) for s in shapes)])
    return hashlib.sha256(text.encode()).hexdigest()[:16]
