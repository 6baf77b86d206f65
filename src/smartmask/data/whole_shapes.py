"""Whole objects cut out of photos, renders and drawings: what the shape codec learns from and the memory
keeps.

A file is a parquet table, one object a row, its mask cropped to its box as COCO run lengths. `group` is the
mesh, species, video or photo an object is from; nothing of one group is in two splits (`shape_splits.py`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import pyarrow.parquet as parquet
from jaxtyping import Bool

from smartmask.data.synthesis.stage.silhouettes import SilhouetteLibrary
from smartmask.errors import AnnotationError
from smartmask.scene.labels import plain_label
from smartmask.scene.rle import decode_rle, encode_rle

Style = Literal["photo", "render", "drawing"]
STYLES: tuple[Style, ...] = get_args(Style)
COLUMNS = (
    *("source", "group", "label", "parent", "height", "width", "counts"),
    *("aspect_true", "whole", "style", "use", "licence"),
)
SMALLEST_PX = 4
"""Crops with a shorter side say nothing of a shape."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeShape:
    """One whole object.

    Attributes:
        label: What it is, in plain words.
        parent: A wider word for it; "" if there is none.
        size_hw: Height and width of the crop in pixels.
        counts: Its pixels as COCO run lengths.
        aspect: Width over height of the object, before its crop was rounded to pixels.
        style: What it was cut from.
        is_bank: Whether its code may enter the shipped memory; else it may only be trained on.
        source: Collection that it is from.
        group: What it shares with other objects of the collection, the collection's name first.
        licence: Licence and credit, as the collection states them.
        view: From where it is seen, as `ShapeView` writes it; "" where nobody knows.
    """

    label: str
    parent: str
    size_hw: tuple[int, int]
    counts: str
    aspect: float
    style: Style
    is_bank: bool
    source: str
    group: str
    licence: str
    view: str = ""

    def mask(self) -> Bool[np.ndarray, "h w"]:
        """The crop's pixels."""
        return decode_rle(self.counts, self.size_hw)


def read_whole_shapes(folder: Path) -> Iterator[WholeShape]:
    """The whole objects of a parquet file, or of a folder's, files in alphabetical order, rows in theirs.

    Raises:
        AnnotationError: If the folder holds no such file, or one cannot be read, lacks a column or holds an
            unknown style.
    """
    paths = [folder] if folder.is_file() else sorted(folder.glob("*.parquet"))
    if not paths:
        raise AnnotationError(f"{folder}: holds no parquet files of silhouettes; give the folder they are in")
    for path in paths:
        try:
            rows = parquet.read_table(path, columns=list(COLUMNS)).to_pylist()
        except (OSError, ValueError, KeyError) as error:
            raise AnnotationError(
                f"{path}: cannot be read as silhouettes ({error}); fetch it again"
            ) from error
        for row in rows:
            if not row["whole"] or min(row["height"], row["width"]) < SMALLEST_PX:
                continue
            if row["style"] not in STYLES:
                raise AnnotationError(f"{path}: style {row['style']!r}; expected one of {list(STYLES)}")
            label = plain_label(row["label"])
            yield WholeShape(
                label=label,
                parent=plain_label(row["parent"] or ""),
                size_hw=(row["height"], row["width"]),
                counts=row["counts"],
                aspect=float(row["aspect_true"]),
                style=row["style"],
                is_bank=row["use"] == "bank",
                source=row["source"],
                group=_group(row["source"], row["group"], label),
                licence=row["licence"],
            )


def whole_shapes_of_library(library: SilhouetteLibrary) -> Iterator[WholeShape]:
    """The silhouettes cut out of annotated photos, to train on; those of open collections may be kept too."""
    for item in library.silhouettes:
        source = item.group.partition(":")[0]
        yield WholeShape(
            label=item.label,
            parent="",
            size_hw=item.size_hw,
            counts=encode_rle(item.mask()),
            aspect=item.aspect,
            style="photo",
            is_bank=source in OPEN_COLLECTIONS,
            source=source,
            group=item.group,
            licence=OPEN_COLLECTIONS.get(source, "no formal licence on the masks"),
        )


def _group(source: str, group: str, label: str) -> str:
    """Photos of COCO keep the name that all collections of them share; emoji of one concept are one group."""
    if group.startswith("coco:"):
        return group
    return f"emoji:{label}" if source.startswith("emoji_") else f"{source}:{group}"


OPEN_COLLECTIONS = {
    "coco": "annotations CC BY 4.0 (COCO Consortium; LVIS)",
    "taco": "annotations CC BY 4.0 (TACO, Proenca and Simoes)",
}
