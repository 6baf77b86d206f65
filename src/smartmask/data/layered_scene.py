"""The value that every source of training scenes ends in: whole objects in order, rearmost first, compressed.

Annotations reach it through `ordering.py`, synthesis makes it directly, `shards.py` keeps it on disk, and
`examples.py` draws training examples from it.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Int16

from smartmask.scene.boxes import box_of
from smartmask.scene.layout import UNKNOWN, Extent, Layer, Layout
from smartmask.scene.rle import decode_rle, encode_rle

UNDECIDED = -3
"""Index of a pixel that an annotator left undecided; such rims trace objects and must be filled."""


Split = Literal["train", "validation", "test"]


@dataclass(frozen=True, slots=True, eq=False)
class SceneLayer:
    """One object or region of a scene, its mask compressed.

    Attributes:
        label: What it is, in plain words.
        counts: Its mask on the scene's canvas, as COCO run lengths (`scene/rle.py`).
        box_xyxy: The mask's tight box in whole pixels.
        area_px: The mask's pixels.
        extent: Whether the mask is the whole object ("amodal") or what is seen of it ("visible").
        is_thing: Whether it may be asked for; regions such as sky or floor may not.
        texts: Other wordings for it, as a user might ask for it ("the tall lamp left of the bed").
    """

    label: str
    counts: str
    box_xyxy: tuple[int, int, int, int]
    area_px: int
    extent: Extent
    is_thing: bool
    texts: tuple[str, ...] = ()

    @staticmethod
    def of(
        label: str,
        mask: Bool[np.ndarray, "H W"],
        *,
        extent: Extent,
        is_thing: bool,
        texts: Sequence[str] = (),
    ) -> "SceneLayer":
        """The layer of a mask.

        Raises:
            ValueError: If the mask is empty.
        """
        x0, y0, x1, y1 = (int(v) for v in box_of(mask))
        area_px = int(np.count_nonzero(mask))
        return SceneLayer(label, encode_rle(mask), (x0, y0, x1, y1), area_px, extent, is_thing, tuple(texts))

    def mask(self, size_hw: tuple[int, int]) -> Bool[np.ndarray, "H W"]:
        """The mask on a canvas of the scene's size.

        Raises:
            ValueError: If its run lengths are damaged or of another size.
        """
        return decode_rle(self.counts, size_hw)


@dataclass(frozen=True, slots=True, eq=False)
class LayeredScene:
    """A scene in order.

    Attributes:
        key: Name of the record, unique in its dataset.
        group: Scenes of one group never fall into different splits.
        size_hw: Height and width of the canvas in pixels.
        layers: Rearmost first.
        is_exact: Whether the layers are all there is, each known behind the others: taking one away shows
            what is behind it. Else the hole that an object leaves must be hidden (`removal.py`).
        texts: Sentences that describe the whole scene.
        undecided: Pixels that nobody decided on, as COCO run lengths; None if there are none.
    """

    key: str
    group: str
    size_hw: tuple[int, int]
    layers: tuple[SceneLayer, ...]
    is_exact: bool
    texts: tuple[str, ...] = ()
    undecided: str | None = None

    def layout(self) -> Layout:
        """The scene as a layout, its masks unpacked.

        Raises:
            ValueError: If the run lengths of a mask are damaged.
        """
        return Layout(
            self.size_hw,
            tuple(Layer(layer.label, layer.mask(self.size_hw), layer.extent) for layer in self.layers),
        )

    def visible_index(self) -> Int16[np.ndarray, "H W"]:
        """The number of the layer seen at each pixel, `UNKNOWN` where there is none, or `UNDECIDED`.

        Raises:
            ValueError: If the run lengths of a mask are damaged.
        """
        index = np.full(self.size_hw, UNKNOWN, np.int16)
        if self.undecided is not None:
            index[decode_rle(self.undecided, self.size_hw)] = UNDECIDED
        for number, layer in enumerate(self.layers):
            index[layer.mask(self.size_hw)] = number
        return index


def split_of(group: str) -> Split:
    """The split of a group: 4 % test, 4 % validation, by a hash that never changes."""
    part = zlib.crc32(group.encode()) % 25
    return "test" if part == 0 else "validation" if part == 1 else "train"
