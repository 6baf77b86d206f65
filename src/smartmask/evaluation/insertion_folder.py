"""Insertions to be judged, from a folder with a line of JSON each.

    FOLDER/metadata.jsonl    {"image": "room.jpg", "mask": "out/mask_0.png", "text": "a dog",
                              "result": "out/image_0.png", "raw": "out/raw_0.png"}

It is the form of `data/inpaint_folder.py`: "image" is the original, for the local FID with a real object
under the mask; "raw" is left out where the inpainter's own picture was not kept.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from smartmask.data.annotations.base import DamageError, Problems
from smartmask.data.annotations.damage import DAMAGED_FILE, EMPTY_MASK, WRONG_SIZE
from smartmask.data.inpaint_folder import METADATA_FILE, read_metadata
from smartmask.data.photos import MAX_JUDGED_MEGAPIXELS, read_mask, read_photo
from smartmask.errors import AnnotationError, ImageError
from smartmask.evaluation.insertions import InsertionRecord


class InsertionFolder:
    """The insertions of a folder; the list is read at once, the pictures one by one."""

    def __init__(
        self, folder: Path, problems: Problems | None = None, max_megapixels: float = MAX_JUDGED_MEGAPIXELS
    ) -> None:
        """Read the list.

        Args:
            folder: Where the list lies.
            problems: Where insertions are counted that cannot be judged; None = a strict count.
            max_megapixels: The largest picture judged, in millions of pixels.

        Raises:
            AnnotationError: If the list is missing, has fewer than two lines that can be used, or some of
                them have a raw picture and others have not; or a line is damaged and the count is strict.
        """
        self._folder, self._problems = folder, problems or Problems(strict=True)
        self._megapixels = max_megapixels
        self._lines = read_metadata(folder, {"result"}, self._problems)
        with_raw = sum("raw" in line for line in self._lines)
        if len(self._lines) < 2 or with_raw not in (0, len(self._lines)):
            raise AnnotationError(
                f"{folder / METADATA_FILE}: {len(self._lines)} lines, {with_raw} of them with a raw picture; "
                "there must be two or more, and all must have one or none"
            )

    def __len__(self) -> int:
        return len(self._lines)

    def __iter__(self) -> Iterator[InsertionRecord]:
        """Each insertion in turn, without those that have a picture that cannot be read or is too large,
        pictures of several sizes, or a mask that covers nothing or everything.

        Raises:
            AnnotationError: If there is one of those and the count is strict.
        """
        for number, line in enumerate(self._lines):
            with self._problems.skipping(f"{self._folder / METADATA_FILE}: insertion {number}"):
                yield self._insertion(line)

    def _insertion(self, line: dict[str, str]) -> InsertionRecord:
        try:
            original = read_photo(self._folder / line["image"], self._megapixels)
            size_hw = original.shape[0], original.shape[1]
            result = self._picture(line["result"], size_hw)
            raw = self._picture(line["raw"], size_hw) if "raw" in line else None
            mask = read_mask(self._folder / line["mask"], size_hw)
        except (ImageError, ValueError) as error:
            raise DamageError(DAMAGED_FILE, str(error)) from error
        if mask.all():
            raise DamageError(EMPTY_MASK, f"{self._folder / line['mask']}: the mask covers everything")
        return InsertionRecord(original, result, mask, line["text"], raw)

    def _picture(self, name: str, size_hw: tuple[int, int]) -> UInt8[np.ndarray, "H W 3"]:
        picture = read_photo(self._folder / name, self._megapixels)
        if picture.shape[:2] != size_hw:
            found, expected = f"{picture.shape[1]}x{picture.shape[0]}", f"{size_hw[1]}x{size_hw[0]}"
            raise DamageError(WRONG_SIZE, f"{self._folder / name}: is {found} but the original is {expected}")
        return picture
