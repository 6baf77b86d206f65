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

from smartmask.data.inpaint_folder import METADATA_FILE, read_metadata
from smartmask.data.photos import read_mask, read_photo
from smartmask.errors import AnnotationError
from smartmask.evaluation.insertions import InsertionRecord


class InsertionFolder:
    """The insertions of a folder; the list is read at once, the pictures one by one."""

    def __init__(self, folder: Path) -> None:
        """Read the list.

        Raises:
            AnnotationError: If the list is missing or breaks its form, has fewer than two lines, or some of
                them have a raw picture and others have not.
        """
        self._folder = folder
        self._lines = read_metadata(folder, {"result"})
        with_raw = sum("raw" in line for line in self._lines)
        if len(self._lines) < 2 or with_raw not in (0, len(self._lines)):
            raise AnnotationError(
                f"{folder / METADATA_FILE}: {len(self._lines)} lines, {with_raw} of them with a raw picture; "
                "there must be two or more, and all must have one or none"
            )

    def __len__(self) -> int:
        return len(self._lines)

    def __iter__(self) -> Iterator[InsertionRecord]:
        """Each insertion in turn.

        Raises:
            ImageError: If a picture cannot be read.
            AnnotationError: If pictures of a line differ in size, or its mask covers nothing or everything.
        """
        for line in self._lines:
            original = read_photo(self._folder / line["image"])
            size_hw = original.shape[0], original.shape[1]
            try:
                mask = read_mask(self._folder / line["mask"], size_hw)
            except ValueError as error:
                raise AnnotationError(str(error)) from error
            if mask.all() or not mask.any():
                share = "everything" if mask.all() else "nothing"
                raise AnnotationError(f"{self._folder / line['mask']}: the mask covers {share}")
            result = self._picture(line["result"], size_hw)
            raw = self._picture(line["raw"], size_hw) if "raw" in line else None
            yield InsertionRecord(original, result, mask, line["text"], raw)

    def _picture(self, name: str, size_hw: tuple[int, int]) -> UInt8[np.ndarray, "H W 3"]:
        picture = read_photo(self._folder / name)
        if picture.shape[:2] != size_hw:
            found, expected = f"{picture.shape[1]}x{picture.shape[0]}", f"{size_hw[1]}x{size_hw[0]}"
            raise AnnotationError(f"{self._folder / name}: is {found} but the original is {expected}")
        return picture
