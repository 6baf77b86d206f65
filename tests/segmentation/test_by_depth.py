"""Layers in the order that a depth estimator sees, and everything seen as it was."""

import numpy as np
from shapes import rectangle

from smartmask.scene.layout import Layer, Layout
from smartmask.segmentation.by_depth import DepthOrderedSegmenter

SIZE_HW = (40, 60)
LEFT, RIGHT = rectangle(SIZE_HW, (0, 0, 30, 40)), rectangle(SIZE_HW, (30, 0, 60, 40))


class Sees:
    def segment(self, image: np.ndarray) -> Layout:
        return Layout(SIZE_HW, (Layer("cabinet", LEFT), Layer("shelf", RIGHT)))


class NearerAt:
    """Says that one side of a photo is nearer."""

    def __init__(self, side: np.ndarray) -> None:
        self._side = side

    def nearness(self, image: np.ndarray) -> np.ndarray:
        return np.where(self._side, np.float32(9), np.float32(1))


def test_the_nearer_side_comes_last_and_what_is_seen_stays():
    photo = np.zeros((*SIZE_HW, 3), np.uint8)
    for side, expected in ((LEFT, ("shelf", "cabinet")), (RIGHT, ("cabinet", "shelf"))):
        found = DepthOrderedSegmenter(Sees(), NearerAt(side)).segment(photo)
        assert found.labels == expected
        for layer in found.layers:
            assert np.array_equal(layer.mask, {"cabinet": LEFT, "shelf": RIGHT}[layer.label])
