"""What a dataset holds, in figures: labels, sizes, and how much of its objects is hidden.

The hidden share of a layer is the part of its whole mask that layers in front of it cover, hidden pixels over
all its pixels; COCOA stores the same number as a region's `occlude_rate`. It is defined for whole objects
alone, so layers of which only the visible part is known do not count.

No mask is unpacked: from front to back the run lengths of all layers so far are joined, and what the union
does not grow by is hidden. That takes a tenth of the time of painting the scene.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float
from pycocotools import mask as coco_mask  # type: ignore[import-untyped]

from smartmask.data.layered_scene import LayeredScene

COCOA_OCCLUDED_SHARE = 0.58
COCOA_MEAN_HIDDEN_SHARE = 0.19
COCOA_MEDIAN_HIDDEN_SHARE = 0.05
"""Over all regions of COCOA, people's own annotations of whole objects in 5,000 photos.

Source: Zhu, Tian, Metaxas and Dollar, Semantic Amodal Segmentation, CVPR 2017, and its data.
"""

HIDDEN_BINS = 10
"""Bins of the hidden share above 0, each a tenth wide, closed at its upper end."""
SIZE_BINS = 20
"""Bins of the size, each a twentieth wide, closed at its upper end."""


@dataclass(frozen=True, slots=True)
class Occlusion:
    """How much of some whole objects is hidden.

    Attributes:
        layers: How many were measured.
        occluded_share: Share of them of which at least one pixel is hidden.
        mean_hidden_share: Mean of the hidden share over all of them, 0 where nothing is hidden.
        median_hidden_share: Median of the same.
        histogram: How many are not hidden at all, then how many fall into each of `HIDDEN_BINS`.
    """

    layers: int
    occluded_share: float
    mean_hidden_share: float
    median_hidden_share: float
    histogram: tuple[int, ...]

    @staticmethod
    def of(shares: Float[np.ndarray, " n"]) -> "Occlusion | None":
        """The figures of hidden shares; None if there are none."""
        if not len(shares):
            return None
        bins = np.bincount(np.ceil(shares * HIDDEN_BINS).astype(int), minlength=HIDDEN_BINS + 1)
        return Occlusion(
            len(shares),
            float(np.mean(shares > 0)),
            float(np.mean(shares)),
            float(np.median(shares)),
            tuple(bins.tolist()),
        )


@dataclass(frozen=True, slots=True)
class Statistics:
    """The figures of a dataset.

    Attributes:
        scenes: Number of scenes.
        layers: Number of layers: things and regions.
        things: Number of layers that may be asked for.
        label_counts: How many layers bear each label, the most frequent first.
        thing_labels: How many different labels things bear.
        occlusion: Of all layers whose whole extent is known; None if there are none.
        thing_occlusion: Of the things among them.
        size_histogram: Number of things by size, sqrt(area / area of the canvas), in `SIZE_BINS` bins.
        layers_per_scene: Number of scenes by their number of layers, fewest layers first.
        bytes_on_disk: Size of the dataset's files, if known.
    """

    scenes: int
    layers: int
    things: int
    label_counts: Mapping[str, int]
    thing_labels: int
    occlusion: Occlusion | None
    thing_occlusion: Occlusion | None
    size_histogram: tuple[int, ...]
    layers_per_scene: Mapping[int, int] = field(default_factory=dict)
    bytes_on_disk: int | None = None

    @property
    def labels(self) -> int:
        """How many different labels there are."""
        return len(self.label_counts)

    @property
    def bytes_per_layer(self) -> float | None:
        """Bytes on disk for each layer; None if they are not known or there is no layer."""
        if self.bytes_on_disk is None or not self.layers:
            return None
        return self.bytes_on_disk / self.layers


def scene_statistics(scenes: Iterable[LayeredScene], bytes_on_disk: int | None = None) -> Statistics:
    """The figures of scenes, each of which is looked at once and not kept.

    Args:
        scenes: The scenes, in any order.
        bytes_on_disk: Size of the files that hold them, if known.
    """
    labels: Counter[str] = Counter()
    thing_labels: set[str] = set()
    layers_per_scene: Counter[int] = Counter()
    sizes = np.zeros(SIZE_BINS, np.int64)
    shares: list[float] = []
    thing_shares: list[float] = []
    things = 0
    for scene in scenes:
        height, width = scene.size_hw
        layers_per_scene[len(scene.layers)] += 1
        for layer, share in zip(scene.layers, hidden_shares(scene), strict=True):
            labels[layer.label] += 1
            if layer.extent == "amodal":
                shares.append(share)
            if layer.is_thing:
                things += 1
                thing_labels.add(layer.label)
                size = (layer.area_px / (height * width)) ** 0.5
                sizes[max(int(np.ceil(size * SIZE_BINS)) - 1, 0)] += 1
                if layer.extent == "amodal":
                    thing_shares.append(share)
    return Statistics(
        scenes=layers_per_scene.total(),
        layers=labels.total(),
        things=things,
        label_counts=dict(sorted(labels.items(), key=lambda item: (-item[1], item[0]))),
        thing_labels=len(thing_labels),
        occlusion=Occlusion.of(np.array(shares, np.float64)),
        thing_occlusion=Occlusion.of(np.array(thing_shares, np.float64)),
        size_histogram=tuple(sizes.tolist()),
        layers_per_scene=dict(sorted(layers_per_scene.items())),
        bytes_on_disk=bytes_on_disk,
    )


def hidden_shares(scene: LayeredScene) -> Float[np.ndarray, " N"]:
    """The share of each layer's mask that the layers in front of it cover, rearmost first."""
    shares = np.zeros(len(scene.layers))
    union: dict[str, object] | None = None
    covered_px = 0
    for number in range(len(scene.layers) - 1, -1, -1):
        layer = scene.layers[number]
        mask: dict[str, object] = {"size": list(scene.size_hw), "counts": layer.counts}
        union = mask if union is None else coco_mask.merge([union, mask])
        before_px, covered_px = covered_px, int(coco_mask.area(union))
        shares[number] = (layer.area_px + before_px - covered_px) / layer.area_px
    return shares
