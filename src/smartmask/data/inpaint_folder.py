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

from smartmask.data.photos import read_mask, read_photo
from smartmask.errors import AnnotationError

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

    def __init__(self, folder: Path, *, needs_segmentation: bool = False) -> None:
        """Read the list.

        Args:
            folder: Where `metadata.jsonl` lies.
            needs_segmentation: Whether every line must name a segmentation.

        Raises:
            AnnotationError: If the list is missing, empty, or a line breaks its form or names a missing file.
        """
        self._folder = folder
        self._records = read_metadata(folder, {"segmentation"} if needs_segmentation else set())

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


def read_metadata(folder: Path, needed: Collection[str] = ()) -> list[dict[str, str]]:
    """The lines of a folder's list; every file that they name is there.

    Args:
        folder: Where `metadata.jsonl` lies.
        needed: Entries that every line must have beside image, mask and text.

    Raises:
        AnnotationError: If the list is missing, empty, or a line breaks its form or names a missing file.
    """
    path = folder / METADATA_FILE
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise AnnotationError(
            f"{path}: cannot be read ({error}); give a folder with a line of JSON a picture there"
        ) from error
    records = [
        _record(folder, f"{path}, line {number}", line, _NEEDED.union(needed))
        for number, line in enumerate(lines, 1)
        if line.strip()
    ]
    if not records:
        raise AnnotationError(f"{path}: names no picture")
    return records


def _record(folder: Path, where: str, line: str, needed: Collection[str]) -> dict[str, str]:
    try:
        record: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise AnnotationError(f"{where}: is not JSON ({error})") from error
    if not isinstance(record, dict) or not all(isinstance(value, str) for value in record.values()):
        raise AnnotationError(f'{where}: must be an object of texts, like {{"image": "photos/1.jpg", ...}}')
    wrong = sorted((set(needed) - set(record)) | (set(record) - _ALLOWED))
    if wrong:
        raise AnnotationError(f"{where}: entries unknown or missing: {', '.join(wrong)}")
    for name in set(record) - {"text"}:
        if not (folder / record[name]).is_file():
            raise AnnotationError(f"{where}: no such file: {folder / record[name]}")
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
