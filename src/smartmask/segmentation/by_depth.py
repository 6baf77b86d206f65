"""A segmenter whose layers are put in the order that a depth estimator sees."""

import numpy as np
from jaxtyping import UInt8

from smartmask.protocols import DepthEstimator, Segmenter
from smartmask.scene.layout import Layout
from smartmask.segmentation.depth_order import order_by_depth


class DepthOrderedSegmenter:
    """A `Segmenter` round another: what is seen stays, the order follows the depth."""

    def __init__(self, base: Segmenter, depth: DepthEstimator) -> None:
        """Take what sees and what says how near it is."""
        self._base, self._depth = base, depth

    def segment(self, image: UInt8[np.ndarray, "H W 3"]) -> Layout:
        """The layout that is seen in an RGB photo, rearmost first by depth."""
        return order_by_depth(self._base.segment(image), self._depth.nearness(image))
