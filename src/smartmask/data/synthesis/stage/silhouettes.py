"""Complete real objects as flat shapes: what stands as a billboard in scenes made by computer.

A silhouette is kept from an annotated scene when its mask is the whole object: the annotation says so, it
does not reach the photo's border, it hangs together, it is large enough to carry detail, and its outline is
not a straight cut (a person behind a counter ends in a level line; a whole one ends in two feet).
"""

import io
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import Bool

from smartmask.data.atomic import write_files
from smartmask.data.layered_scene import LayeredScene, SceneLayer, Split, split_of
from smartmask.errors import AnnotationError
from smartmask.files import read_arrays
from smartmask.perspective.scales import Support, scale_of

_VERSION = 1
_TRAIN: tuple[Split, ...] = ("train",)
_LARGEST_PX = 320
"""Longer side of a stored silhouette: no scene shows one much larger."""
_SMALLEST_PX = 40
_SMALLEST_MAIN_SHARE = 0.9
_SMALLEST_SOLIDITY = 0.12
_MOST_SOLID_SAIL = 0.8
"""An upright boat without a notch between hull and sail is one that the photo shows from above."""
_LARGEST_LEVEL_FOOT = 0.7
_LEVEL_WITHIN = 0.01
"""An outline is level where it stays within that share of the height above the lowest row."""
_STAND_ON_FEET = frozenset({"person", "dog", "cat", "horse", "cow", "sheep", "bird", "motorcycle", "bicycle"})


@dataclass(frozen=True, slots=True, eq=False)
class Silhouette:
    """One complete object, cropped to its box.

    Attributes:
        label: What it is, in plain words.
        size_hw: Height and width of the crop in pixels.
        bits: The crop's pixels row by row, eight to a byte.
        source: Scene and layer it was cut from.
        group: Its group, which decides its split.
    """

    label: str
    size_hw: tuple[int, int]
    bits: bytes
    source: str
    group: str

    @staticmethod
    def of(label: str, mask: Bool[np.ndarray, "H W"], *, source: str, group: str) -> "Silhouette":
        """The silhouette of a mask, cropped, and reduced to 320 pixels where it is larger.

        Raises:
            ValueError: If the mask is empty.
        """
        rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        if not len(rows):
            raise ValueError(f"silhouette of {label!r} from {source}: the mask is empty")
        crop = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        factor = _LARGEST_PX / max(crop.shape)
        if factor < 1:
            size_hw = tuple(max(1, round(side * factor)) for side in crop.shape)
            crop = cv2.resize(crop.astype(np.float32), size_hw[::-1], interpolation=cv2.INTER_AREA) >= 0.5
        height, width = crop.shape
        return Silhouette(label, (height, width), np.packbits(crop).tobytes(), source, group)

    def mask(self) -> Bool[np.ndarray, "h w"]:
        """The crop's pixels."""
        height, width = self.size_hw
        bits = np.unpackbits(np.frombuffer(self.bits, np.uint8), count=height * width)
        return bits.reshape(height, width).astype(bool)

    @property
    def aspect(self) -> float:
        """Width over height."""
        return self.size_hw[1] / self.size_hw[0]


@dataclass(frozen=True)
class SilhouetteLibrary:
    """Silhouettes by label.

    Attributes:
        silhouettes: All of them.
    """

    silhouettes: tuple[Silhouette, ...]

    @staticmethod
    def from_scenes(
        scenes: Iterable[LayeredScene], splits: Collection[Split] = _TRAIN
    ) -> "SilhouetteLibrary":
        """The complete objects of annotated scenes, of the wanted splits only.

        An object counts if it is a thing, its mask is amodal, its label may stand somewhere and its
        shape has a size (`scales.py`), and it passes `fault_of`.
        """
        found = []
        for scene in scenes:
            if split_of(scene.group) not in splits:
                continue
            for number, layer in enumerate(scene.layers):
                if not _may_be_whole(layer, scene.size_hw):
                    continue
                mask = layer.mask(scene.size_hw)
                if fault_of(layer.label, mask) is None:
                    source = f"{scene.key}#{number}"
                    label = layer.label.removeprefix("other ")
                    found.append(Silhouette.of(label, mask, source=source, group=scene.group))
        return SilhouetteLibrary(tuple(found))

    @cached_property
    def by_label(self) -> dict[str, tuple[Silhouette, ...]]:
        """The silhouettes of each label, labels in alphabetical order."""
        lists: dict[str, list[Silhouette]] = {}
        for silhouette in self.silhouettes:
            lists.setdefault(silhouette.label, []).append(silhouette)
        return {label: tuple(lists[label]) for label in sorted(lists)}

    def labels_on(self, support: Support) -> dict[str, int]:
        """How many silhouettes there are of each label that this support may carry."""
        counts: Counter[str] = Counter()
        for label, items in self.by_label.items():
            scale = scale_of(label)
            if scale is not None and support in scale.supports:
                counts[label] = len(items)
        return dict(counts)

    def draw(
        self, rng: np.random.Generator, label: str, aspects: tuple[float, float] = (0.0, np.inf)
    ) -> Silhouette | None:
        """A random silhouette of a label whose width over height lies in a range; None if there is none."""
        items = [item for item in self.by_label.get(label, ()) if aspects[0] <= item.aspect < aspects[1]]
        return items[int(rng.integers(len(items)))] if items else None

    def save(self, path: Path) -> None:
        """Write the library as one file.

        Raises:
            OSError: If it cannot be written.
        """
        content = io.BytesIO()
        np.savez_compressed(
            content,
            version=np.int64(_VERSION),
            labels=np.array([item.label for item in self.silhouettes], np.str_),
            sources=np.array([item.source for item in self.silhouettes], np.str_),
            groups=np.array([item.group for item in self.silhouettes], np.str_),
            sizes=np.array([item.size_hw for item in self.silhouettes], np.int32).reshape(-1, 2),
            bits=np.frombuffer(b"".join(item.bits for item in self.silhouettes), np.uint8),
        )
        write_files({path: content.getvalue()})

    @staticmethod
    def open(path: Path) -> "SilhouetteLibrary":
        """The library of a file.

        Raises:
            AnnotationError: If the file is missing, damaged, or of another version.
        """
        try:
            content = read_arrays(path)
            version = int(content["version"])
            columns = [content[name].tolist() for name in ("labels", "sources", "groups", "sizes")]
            rows = list(zip(*columns, strict=True))
            bits = content["bits"].tobytes()
            sizes = [(int(height), int(width)) for *_, (height, width) in rows]
        except (OSError, ValueError, KeyError, TypeError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or "it is damaged, or something else"
            raise AnnotationError(
                f"{path}: cannot be read as a silhouette library ({reason}); make one with "
                "`smartmask data silhouettes`"
            ) from error
        if version != _VERSION:
            raise AnnotationError(
                f"{path}: silhouette library of version {version}, but this program reads {_VERSION}; "
                "make it anew"
            )
        found, start = [], 0
        for (label, source, group, _), (height, width) in zip(rows, sizes, strict=True):
            end = start + (height * width + 7) // 8
            found.append(Silhouette(label, (height, width), bits[start:end], source, group))
            start = end
        if start != len(bits):
            raise AnnotationError(f"{path}: holds {len(bits)} bytes of masks, but its sizes ask for {start}")
        return SilhouetteLibrary(tuple(found))


def fault_of(label: str, mask: Bool[np.ndarray, "H W"]) -> str | None:
    """Why a mask on its photo's canvas is no good silhouette; None if it is one.

    >>> fault_of("ball", np.ones((50, 50), bool))
    'reaches the border of the photo'
    """
    height, width = mask.shape
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return "is empty"
    if rows[0] == 0 or columns[0] == 0 or rows[-1] == height - 1 or columns[-1] == width - 1:
        return "reaches the border of the photo"
    crop = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    if max(crop.shape) < _SMALLEST_PX:
        return f"is smaller than {_SMALLEST_PX} pixels"
    pixels = crop.astype(np.uint8)
    _, _, parts, _ = cv2.connectedComponentsWithStats(pixels, connectivity=8)
    area = int(pixels.sum())
    if int(parts[1:, cv2.CC_STAT_AREA].max()) < _SMALLEST_MAIN_SHARE * area:
        return "is in pieces"
    outlines, _ = cv2.findContours(pixels, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    hull_area = float(cv2.contourArea(cv2.convexHull(np.concatenate(outlines))))
    if area < _SMALLEST_SOLIDITY * hull_area:
        return "fills too little of its hull"
    if label == "boat" and crop.shape[1] < 1.1 * crop.shape[0] and area > _MOST_SOLID_SAIL * hull_area:
        return "is seen from above"
    if label in _STAND_ON_FEET and _level_foot(crop) > _LARGEST_LEVEL_FOOT:
        return "ends in a straight cut"
    return None


def _may_be_whole(layer: SceneLayer, size_hw: tuple[int, int]) -> bool:
    """Whether a layer can pass, judged without unpacking its mask."""
    if not layer.is_thing or layer.extent != "amodal":
        return False
    x0, y0, x1, y1 = layer.box_xyxy
    if x0 == 0 or y0 == 0 or x1 == size_hw[1] or y1 == size_hw[0] or max(x1 - x0, y1 - y0) < _SMALLEST_PX:
        return False
    scale = scale_of(layer.label)
    return scale is not None and bool(scale.supports) and scale.pose((x1 - x0) / (y1 - y0)) is not None


def _level_foot(crop: Bool[np.ndarray, "h w"]) -> float:
    """Share of the box's width over which the outline ends level with its lowest row."""
    height, width = crop.shape
    last = height - 1 - np.argmax(crop[::-1], axis=0)
    level = crop.any(0) & (last >= (height - 1) * (1 - _LEVEL_WITHIN) - 0.5)
    return float(np.count_nonzero(level)) / width
