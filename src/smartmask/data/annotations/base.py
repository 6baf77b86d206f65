"""The one form that every reader returns."""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Integer

from smartmask.scene.boxes import box_of

VOID = -3
"""Index of a pixel that an annotator left undecided; such rims trace objects and must be filled."""
MIN_AREA_PX = 256
MIN_SIDE_PX = 8
Split = Literal["train", "validation", "test"]


@dataclass(frozen=True, slots=True, eq=False)
class AnnotatedObject:
    """An object that can be taken out of its scene.

    Attributes:
        label: What it is.
        box_xyxy: Its tight box in whole pixels.
        complete: Whether its mask is known to be the whole object.
        packed: The bits of its mask within the box, row by row.
    """

    label: str
    box_xyxy: tuple[int, int, int, int]
    complete: bool
    packed: bytes

    @staticmethod
    def of(label: str, mask: Bool[np.ndarray, "H W"], complete: bool) -> "AnnotatedObject | None":
        """The object of a mask; None if it is too small to learn from."""
        if np.count_nonzero(mask) < MIN_AREA_PX:
            return None
        x0, y0, x1, y1 = (int(v) for v in box_of(mask))
        if min(x1 - x0, y1 - y0) < MIN_SIDE_PX:
            return None
        return AnnotatedObject(label, (x0, y0, x1, y1), complete, np.packbits(mask[y0:y1, x0:x1]).tobytes())

    def mask(self, size_hw: tuple[int, int]) -> Bool[np.ndarray, "H W"]:
        """The mask on its canvas."""
        x0, y0, x1, y1 = self.box_xyxy
        height, width = y1 - y0, x1 - x0
        bits = np.unpackbits(np.frombuffer(self.packed, np.uint8), count=height * width)
        mask = np.zeros(size_hw, bool)
        mask[y0:y1, x0:x1] = bits.reshape(height, width)
        return mask


@dataclass(frozen=True, slots=True, eq=False)
class AnnotatedScene:
    """One annotated image.

    Attributes:
        key: Name of the record, unique in its dataset.
        group: Scenes of one group never fall into different splits.
        visible_index: Number of the label seen at each pixel, -1 unknown, `VOID` undecided.
        labels: The labels that `visible_index` counts.
        objects: What can be taken out.
    """

    key: str
    group: str
    visible_index: Integer[np.ndarray, "H W"]
    labels: tuple[str, ...]
    objects: tuple[AnnotatedObject, ...]

    @property
    def size_hw(self) -> tuple[int, int]:
        """Height and width of the image."""
        height, width = self.visible_index.shape
        return height, width


def split_of(group: str) -> Split:
    """The split of a group: 4 % test, 4 % validation, by a hash that never changes."""
    part = zlib.crc32(group.encode()) % 25
    return "test" if part == 0 else "validation" if part == 1 else "train"


def in_split(scenes: Sequence[AnnotatedScene], split: Split) -> list[AnnotatedScene]:
    """The scenes of one split, in order."""
    return [scene for scene in scenes if split_of(scene.group) == split]


def compact_index(index: Integer[np.ndarray, "H W"], count: int) -> Integer[np.ndarray, "H W"]:
    """The index in the smallest signed type that holds it; a dataset keeps thousands."""
    return index.astype(np.int8 if count <= 127 else np.int16)


def plain_label(name: str) -> str:
    """A dataset's class name in plain words.

    >>> plain_label("wall-other-merged"), plain_label("crab_(animal)"), plain_label("diningtable")
    ('wall', 'crab', 'dining table')
    """
    name = re.sub(r"_?\(.*?\)", "", name).replace("_", " ")
    name = re.sub(r"-(other|merged|stuff|brick|stone|tile|wood|concrete)\b", "", name)
    name = name.replace("-", " ").strip().lower()
    return _SPELLING.get(name, name)


_SPELLING = {
    "diningtable": "dining table",
    "pottedplant": "potted plant",
    "tvmonitor": "tv monitor",
    "aeroplane": "airplane",
    "motorbike": "motorcycle",
    "refridgerator": "refrigerator",
    "playingfield": "playing field",
}
