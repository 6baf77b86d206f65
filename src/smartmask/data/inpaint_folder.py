"""Pictures to learn inpainting from, or to judge it by: a folder with a line of JSON a picture.

    FOLDER/metadata.jsonl    {"image": "photos/1.jpg", "mask": "masks/1.png", "text": "a dog on a sofa"}

Paths are relative to the folder. A line may also name a "segmentation": a picture of the layout in colours,
of the photo's size; a "result": the photo with an object drawn into the mask; and its "raw": the same before
the photo's own pixels were pasted back. What a mask is, and how photos are read, says `photos.py`.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Bool, UInt8
from PIL import Image

from smartmask.data.annotations.base import DamageError, Problems
from smartmask.data.annotations.damage import DAMAGED_FILE, MISSING_FIELD, MISSING_FILE
from smartmask.data.layouts.checks import checked_member
from smartmask.data.photos import read_mask, read_photo
from smartmask.errors import AnnotationError, LayoutFileError
from smartmask.files import MAX_DATASET_BYTES, inside, read_regular

METADATA_FILE = "metadata.jsonl"
_NEEDED = frozenset({"image", "mask", "text"})
_ALLOWED = _NEEDED | {"segmentation", "result", "raw"}


@dataclass(frozen=True, slots=True, eq=False)
class InpaintExample:
    """A square of a picture.

    Attributes:
        image: Its pixels.
        mask: What is to be drawn; at least one pixel.
        segmentation: The layout in colours, if the folder has it.
        text: What the picture shows.
        size_hw: Size of the whole picture as it lies in the folder.
        corner_yx: Where the square begins, at the square's scale.
    """

    image: UInt8[np.ndarray, "R R 3"]
    mask: Bool[np.ndarray, "R R"]
    segmentation: UInt8[np.ndarray, "R R 3"] | None
    text: str
    size_hw: tuple[int, int]
    corner_yx: tuple[int, int]


class InpaintFolder:
    """The pictures of a folder; the list is read at once, the pictures one by one."""

    def __init__(
        self, folder: Path, *, needs_segmentation: bool = False, problems: Problems | None = None
    ) -> None:
        """Read the list.

        Args:
            folder: Where `metadata.jsonl` lies.
            needs_segmentation: Whether every line must name a segmentation.
            problems: See `read_metadata`.

        Raises:
            AnnotationError: As `read_metadata` says.
        """
        self._folder = folder
        self._records = read_metadata(folder, {"segmentation"} if needs_segmentation else set(), problems)

    def __len__(self) -> int:
        return len(self._records)

    def example(self, number: int, resolution: int, rng: np.random.Generator) -> InpaintExample:
        """A picture, its shorter side brought to the square's, cut somewhere about its mask.

        Args:
            number: Of the picture.
            resolution: R, the square's side.
            rng: Chooses where to cut.

        Raises:
            ImageError: If a file cannot be read.
            AnnotationError: If the mask is empty, or it or the segmentation is not of the photo's size.
        """
        record = self._records[number]
        image = read_photo(self._folder / record["image"])
        size_hw = (image.shape[0], image.shape[1])
        try:
            mask = read_mask(self._folder / record["mask"], size_hw)
        except ValueError as error:
            raise AnnotationError(str(error)) from error
        scale = resolution / min(size_hw)
        scaled = (max(resolution, round(size_hw[0] * scale)), max(resolution, round(size_hw[1] * scale)))
        small = _resized(mask.astype(np.uint8) * 255, scaled, Image.Resampling.BOX)
        whole = small >= min(128, int(small.max()))  # a thin mask keeps at least its strongest pixels
        top, left = _corner(whole, resolution, rng)
        rows, columns = slice(top, top + resolution), slice(left, left + resolution)
        return InpaintExample(
            image=_resized(image, scaled, Image.Resampling.LANCZOS)[rows, columns],
            mask=whole[rows, columns],
            segmentation=self._segmentation(record, size_hw, scaled, rows, columns),
            text=record["text"],
            size_hw=size_hw,
            corner_yx=(top, left),
        )

    def _segmentation(
        self,
        record: dict[str, str],
        size_hw: tuple[int, int],
        scaled: tuple[int, int],
        rows: slice,
        columns: slice,
    ) -> UInt8[np.ndarray, "R R 3"] | None:
        if "segmentation" not in record:
            return None
        path = self._folder / record["segmentation"]
        colours = read_photo(path)
        if colours.shape[:2] != size_hw:
            raise AnnotationError(
                f"{path}: is {colours.shape[1]}x{colours.shape[0]} but its photo is {size_hw[1]}x{size_hw[0]}"
            )
        return _resized(colours, scaled, Image.Resampling.NEAREST)[
            rows, columns
        ]  # mixed colours mean nothing


def read_metadata(
    folder: Path, needed: Collection[str] = (), problems: Problems | None = None
) -> list[dict[str, str]]:
    """The lines of a folder's list; every file that they name is there, and lies in the folder.

    Args:
        folder: Where `metadata.jsonl` lies.
        needed: Entries that every line must have beside image, mask and text.
        problems: Where lines are counted that break their form or name other files; None = a strict count.

    Raises:
        AnnotationError: If the list is missing or has no line that can be used, or the count is strict.
    """
    path, found = folder / METADATA_FILE, problems or Problems(strict=True)
    try:
        lines = read_regular(path, MAX_DATASET_BYTES).decode().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise AnnotationError(
            f"{path}: cannot be read ({error}); give a folder with a line of JSON a picture there"
        ) from error
    records = []
    for number, line in enumerate(lines, 1):
        with found.skipping(f"{path}, line {number}"):
            if line.strip():
                records.append(_record(folder, line, _NEEDED.union(needed)))
    if not records:
        raise AnnotationError(f"{path}: names no picture")
    return records


def _record(folder: Path, line: str, needed: Collection[str]) -> dict[str, str]:
    try:
        record: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise DamageError(DAMAGED_FILE, f"is not JSON ({error})") from error
    if not isinstance(record, dict) or not all(isinstance(value, str) for value in record.values()):
        raise DamageError(MISSING_FIELD, 'must be an object of texts, like {"image": "photos/1.jpg", ...}')
    wrong = sorted((set(needed) - set(record)) | (set(record) - _ALLOWED))
    if wrong:
        raise DamageError(MISSING_FIELD, f"entries unknown or missing: {', '.join(wrong)}")
    for name in sorted(set(record) - {"text"}):
        try:
            path = inside(folder, checked_member(record[name], str(folder)))
        except (LayoutFileError, OSError) as error:
            raise DamageError(MISSING_FILE, str(error)) from error
        if not path.is_file():
            raise DamageError(MISSING_FILE, f"no such file: {path}")
    return record


def _resized(pixels: np.ndarray, size_hw: tuple[int, int], how: Image.Resampling) -> np.ndarray:
    return np.asarray(Image.fromarray(pixels).resize((size_hw[1], size_hw[0]), how))


def _corner(mask: Bool[np.ndarray, "H W"], side: int, rng: np.random.Generator) -> tuple[int, int]:
    """A corner of a square that holds a random pixel of the mask."""
    pixels = np.argwhere(mask)
    row, column = (int(value) for value in pixels[rng.integers(len(pixels))])
    height, width = mask.shape
    top = int(rng.integers(max(0, row - side + 1), min(row, height - side) + 1))
    left = int(rng.integers(max(0, column - side + 1), min(column, width - side) + 1))
    return top, left
