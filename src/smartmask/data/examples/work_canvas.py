"""A scene on a work canvas: a window of it resampled to few pixels, without one of its objects.

So holes, hints and distances cost the same for every photo. Pixels of the work canvas beyond the photo are
`OUTSIDE`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Bool, Int16

from smartmask.data.layered_scene import UNDECIDED, LayeredScene, SceneLayer
from smartmask.scene.layout import OUTSIDE, UNKNOWN
from smartmask.scene.rle import decode_rle
from smartmask.scene.view import View


@dataclass(frozen=True, slots=True, eq=False)
class WorkPixels:
    """The scene's pixel under each pixel of the work canvas, the nearest one beyond the scene's border."""

    window: View
    rows: np.ndarray
    columns: np.ndarray
    inside: np.ndarray

    @staticmethod
    def of(window: View, is_mirrored: bool, stretch: float = 1.0) -> "WorkPixels":
        """The pixels of a window.

        Args:
            window: The window.
            is_mirrored: Whether left and right are swapped.
            stretch: How much wider the scene is made, about the window's middle.
        """
        height, width = window.size_hw
        steps = (np.arange(window.resolution) + 0.5) / window.scale
        middle = window.side / 2
        down, across = window.y0 + steps, window.x0 + middle + (steps - middle) / stretch
        rows = np.clip(down, 0, height - 1).astype(int)
        columns = np.clip(across, 0, width - 1).astype(int)
        inside = ((down >= 0) & (down < height))[:, None] & ((across >= 0) & (across < width))[None]
        if is_mirrored:
            columns, inside = columns[::-1], np.ascontiguousarray(inside[:, ::-1])
        return WorkPixels(window, rows, columns, inside)

    def show(self, layer: SceneLayer) -> bool:
        """Whether any of the layer's box lies in the window; its mask is not unpacked for the answer."""
        x0, y0, x1, y1 = layer.box_xyxy
        first, last = sorted((int(self.columns[0]), int(self.columns[-1])))
        return x0 <= last and x1 > first and y0 <= int(self.rows[-1]) and y1 > int(self.rows[0])

    def of_counts(self, counts: str) -> Bool[np.ndarray, "S S"]:
        """A mask, picked before it is turned: run lengths go down the columns."""
        mask = decode_rle(counts, self.window.size_hw)
        return np.ascontiguousarray(mask.T.take(self.columns, 0).take(self.rows, 1).T)

    def of_layer(self, layer: SceneLayer) -> Bool[np.ndarray, "S S"]:
        """A layer's mask."""
        return self.of_counts(layer.counts)


def painted(scene: LayeredScene, number: int, pixels: WorkPixels) -> Int16[np.ndarray, "S S"]:
    """The layout without a layer, `UNDECIDED` where nobody decided."""
    index = np.full(pixels.inside.shape, UNKNOWN, np.int16)
    if scene.undecided is not None:
        index[pixels.of_counts(scene.undecided)] = UNDECIDED
    for other, layer in enumerate(scene.layers):
        if other != number and pixels.show(layer):
            np.copyto(index, np.int16(other), where=pixels.of_layer(layer))
    index[~pixels.inside] = OUTSIDE
    return index


def behind(
    scene: LayeredScene,
    number: int,
    target: Bool[np.ndarray, "S S"],
    pixels: WorkPixels,
    rng: np.random.Generator,
) -> Int16[np.ndarray, "S S"]:
    """The layers behind a layer and, one time in two, those in front that nothing links to `target`."""
    index = np.full(pixels.inside.shape, UNKNOWN, np.int16)
    others = scene.layers if rng.random() < 0.5 else scene.layers[:number]
    masks = (
        (other, pixels.of_layer(layer))
        for other, layer in enumerate(others)
        if other != number and pixels.show(layer)
    )
    for other, mask in unlinked(number, target, masks):
        np.copyto(index, np.int16(other), where=mask)
    index[~pixels.inside] = OUTSIDE
    return index


def unlinked(
    number: int, target: Bool[np.ndarray, "H W"], others: Iterable[tuple[int, Bool[np.ndarray, "H W"]]]
) -> Iterator[tuple[int, Bool[np.ndarray, "H W"]]]:
    """The layers that stay when one is left out: those behind it, and those in front that it does not touch.

    What touches it is left out with all in front that touches that in turn, else things would float.

    Args:
        number: The layer that is left out.
        target: Its mask.
        others: Numbers and masks of the other layers, rearmost first.
    """
    near = _with_neighbours(target)
    for other, mask in others:
        if other < number or not (mask & near).any():
            yield other, mask
        else:
            near |= _with_neighbours(mask)


def _with_neighbours(mask: Bool[np.ndarray, "H W"]) -> Bool[np.ndarray, "H W"]:
    return cv2.dilate(mask.view(np.uint8), np.ones((3, 3), np.uint8)) > 0


def compact(
    index: Int16[np.ndarray, "H W"], scene: LayeredScene
) -> tuple[Int16[np.ndarray, "H W"], tuple[str, ...]]:
    """The index counting only the layers that it shows, and their labels."""
    present = (
        np.bincount(np.maximum(index, UNKNOWN).ravel() - UNKNOWN, minlength=len(scene.layers) + 1)[1:] > 0
    )
    rows = np.cumsum(present) - 1
    table = np.concatenate([rows, [OUTSIDE, UNKNOWN]]).astype(np.int16)  # the last two are their own index
    return table[index], tuple(scene.layers[layer].label for layer in np.flatnonzero(present))
