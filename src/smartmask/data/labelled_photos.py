"""COCO photos with what is known about each pixel: the classes that may be there, and which thing it belongs
to.

The kinds of rows know different things. `panoptic` rows name every segment; what they leave out is
undecided. `inst` rows name every thing and no stuff, so the rest is some stuff. `inst4` rows name persons,
bicycles, cars and motorcycles, so the rest is anything else. In `taught` photos networks named what they were
sure of (training/segmenter/taught.py). A crowd has a class and no single things.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import pyarrow.parquet as parquet
from jaxtyping import Int16, UInt8

from smartmask.data.annotations.base import DamageError, Problems
from smartmask.data.annotations.damage import (
    DAMAGED_FILE,
    DAMAGED_MASK,
    MISSING_FIELD,
    WRONG_SIZE,
    Record,
    field,
    id_field,
    member,
    size_field,
)
from smartmask.data.layered_scene import Split, split_of
from smartmask.data.photos import read_photo
from smartmask.data.segment_classes import (
    ANYTHING,
    CLASSES,
    NOT_THE_FOUR,
    SOME_STUFF,
    STUFF,
    THE_FOUR,
    THINGS,
    target_of,
)
from smartmask.errors import AnnotationError, ImageError
from smartmask.files import check_regular
from smartmask.scene.labels import plain_label
from smartmask.scene.rle import decode_rle

Kind = Literal["panoptic", "inst", "inst4", "taught"]
KINDS: tuple[Kind, ...] = get_args(Kind)
UNNAMED: dict[str, int] = {"panoptic": ANYTHING, "inst": SOME_STUFF, "inst4": NOT_THE_FOUR}
"""The target of the pixels that no segment covers."""
JUDGED: dict[Kind, tuple[str, ...]] = {
    "panoptic": THINGS + STUFF,
    "inst": THINGS,
    "inst4": THE_FOUR,
    "taught": (),
}
"""The classes of which a row names every segment."""
NO_THING, CROWD = -1, -2


@dataclass(frozen=True, slots=True, eq=False)
class LabelledPhoto:
    """A photo, and what is known about each pixel.

    Attributes:
        key: Name of the record.
        kind: How much was annotated.
        image: The photo, RGB.
        targets: A class or a set of classes (segment_classes) at each pixel.
        things: The number of the thing at each pixel; `NO_THING`, or `CROWD` where things are not told apart.
        thing_boxes: Class number and box (x0, y0, x1, y1) of each thing that is seen, in the order of their
            numbers.
    """

    key: str
    kind: Kind
    image: UInt8[np.ndarray, "H W 3"]
    targets: UInt8[np.ndarray, "H W"]
    things: Int16[np.ndarray, "H W"]
    thing_boxes: tuple[tuple[int, tuple[int, int, int, int]], ...]


def read_labelled_photos(
    folder: Path, splits: Collection[Split], problems: Problems | None = None
) -> list[LabelledPhoto]:
    """The photos of some splits, in memory: about 2 MB each at COCO's size.

    Args:
        folder: Holds `scenes.parquet` and the photos it names.
        splits: Which; a photo's split follows from its number alone.
        problems: Where records are counted that are damaged, or whose photo is; None = a strict count.

    Raises:
        AnnotationError: If the table is missing or damaged; or a record is, and the count is strict.
    """
    path = folder / "scenes.parquet"
    try:
        check_regular(path)
        rows = parquet.read_table(path).to_pylist()
    except (OSError, ValueError) as error:
        raise AnnotationError(f"{path}: cannot be read as parquet ({error})") from error
    found, photos = problems or Problems(strict=True), []
    for number, row in enumerate(rows):
        with found.skipping(f"{path}: image {row.get('image_id', f'of row {number}')}"):
            if split_of(f"coco:{id_field(row, 'image_id')}") in splits:
                photos.append(_photo(row, path.parent))
    return photos


def _photo(row: dict[str, Any], folder: Path) -> LabelledPhoto:
    if row.get("kind") not in UNNAMED:
        raise DamageError(MISSING_FIELD, f"kind {row.get('kind')!r}; expected one of {', '.join(UNNAMED)}")
    kind: Kind = row["kind"]
    try:
        image = read_photo(member(folder, field(row, "photo", str)))
    except ImageError as error:
        raise DamageError(DAMAGED_FILE, str(error)) from error
    size_hw = size_field(row)
    if image.shape[:2] != size_hw:
        raise DamageError(
            WRONG_SIZE, f"the photo is {image.shape[:2]}, its annotation {size_hw} (height, width)"
        )
    targets = np.full(size_hw, UNNAMED[kind], np.uint8)
    things = np.full(size_hw, NO_THING, np.int16)
    classes: list[int] = []
    # Smaller segments are taken to lie in front where they overlap; a crowd behind all of them.
    objects = field(row, "objects", list)
    for record in sorted(objects, key=_depth):
        name = field(record, "name", str)
        try:
            mask = decode_rle(field(record, "counts", str), size_hw)
            target = target_of(plain_label(name), bool(field(record, "isthing", (int, bool))))
        except ValueError as error:
            raise DamageError(DAMAGED_MASK, f"{name!r}: {error}") from error
        targets[mask] = target
        things[mask] = NO_THING if target >= len(THINGS) else CROWD if record["iscrowd"] else len(classes)
        if target < len(THINGS) and not record["iscrowd"]:
            classes.append(target)
    return labelled_photo(f"coco:{row['image_id']}", kind, image, targets, things, classes)


def _depth(record: Record) -> tuple[bool, float]:
    """By this key segments come rearmost first."""
    return not field(record, "iscrowd", (int, bool)), -field(record, "area", (int, float))


def labelled_photo(
    key: str,
    kind: Kind,
    image: UInt8[np.ndarray, "H W 3"],
    targets: UInt8[np.ndarray, "H W"],
    things: Int16[np.ndarray, "H W"],
    classes: list[int],
) -> LabelledPhoto:
    """A labelled photo from its maps: its things renumbered without gaps, and their boxes found.

    Args:
        classes: The class of each number in `things`.

    Raises:
        ValueError: If a class is none of the things.
    """
    if any(not 0 <= number < len(THINGS) for number in classes):
        raise ValueError(
            f"{key}: things must be of the classes 0..{len(THINGS) - 1} of {len(CLASSES)}, not {classes}"
        )
    renumbered = np.where(things < 0, things, NO_THING).astype(np.int16)
    boxes: list[tuple[int, tuple[int, int, int, int]]] = []
    for number, class_number in enumerate(classes):
        rows, columns = np.nonzero(things == number)
        if len(rows):
            renumbered[rows, columns] = len(boxes)
            box = int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1
            boxes.append((class_number, box))
    return LabelledPhoto(key, kind, image, targets, renumbered, tuple(boxes))
