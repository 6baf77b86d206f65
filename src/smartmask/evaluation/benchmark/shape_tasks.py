"""The whole objects that the suite `shapes` asks for, each with its box, and the scenes they are asked in.

Objects are those of the held-out split of `data/shape_splits.py`, and the whole objects of held-out photos.
They are dealt in rounds: of each label one render or drawing and `PHOTOS_A_ROUND` photos, in the order of
their hashes, until a label has given `MOST_OF_A_LABEL` and `MOST_PHOTOS`. So labels weigh alike, photos more
than renders, and a limit takes a little of every label.

Three of four are asked on an empty canvas with some ground, where nothing but the words and the box says what
to draw; every fourth on the layout of a held-out photo, its box anywhere on it.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool
from PIL import Image

from smartmask.data.layered_scene import LayeredScene, Split, split_of
from smartmask.data.synthesis.stage.silhouettes import SilhouetteLibrary
from smartmask.data.whole_shapes import WholeShape, whole_shapes_of_library
from smartmask.evaluation.benchmark.protocol import generator_of
from smartmask.evaluation.benchmark.tasks import scene_of
from smartmask.pipelines.generate import Scene
from smartmask.scene.boxes import BoxXYXY, box_of
from smartmask.scene.layout import UNKNOWN

CANVAS_PX = 512
LONGER_SIDE = (0.4, 0.6)
"""Share of the canvas's shorter side that the object's longer side takes, from and to."""
GROUND_FROM = 0.45
"""Share of the plain canvas's height at which its ground begins."""
MOST_OF_A_LABEL, MOST_PHOTOS, PHOTOS_A_ROUND = 8, 40, 3
ON_A_LAYOUT = 4
"""Every so manyth object is asked for on a real layout."""
_PLACE, _LAYOUT = 21, 22
"""Purposes of random numbers."""
Mask = Bool[np.ndarray, "H W"]


@dataclass(frozen=True, slots=True, eq=False)
class ShapeEntry:
    """A whole object of the list.

    Attributes:
        shape: The object.
        key: Names it in results.
    """

    shape: WholeShape
    key: str

    @staticmethod
    def of(shape: WholeShape) -> "ShapeEntry":
        """The entry of a shape; equal shapes of one label and group are one."""
        text = f"{shape.label}:{shape.size_hw}:{shape.counts}"
        return ShapeEntry(shape, f"{shape.group}#{hashlib.sha256(text.encode()).hexdigest()[:12]}")

    @property
    def number(self) -> int:
        """Seeds everything random about it."""
        return int(_digest(self.key)[:8], 16)


@dataclass(frozen=True, slots=True, eq=False)
class ShapeTask:
    """An object, and the scene that it is asked for in.

    Attributes:
        entry: The object.
        scene: The scene without it.
        target: Its true mask; its box is what is told of it.
        is_plain: Whether the scene is the empty canvas.
    """

    entry: ShapeEntry
    scene: Scene
    target: Mask
    is_plain: bool

    @property
    def label(self) -> str:
        """What it is asked for by."""
        return self.entry.shape.label

    @property
    def box(self) -> BoxXYXY:
        """The exact box."""
        return box_of(self.target)


def shape_entries(shapes: Sequence[WholeShape], splits: Sequence[Split], split: Split) -> list[ShapeEntry]:
    """The list of a split, in order.

    Args:
        shapes: All shapes there are; photos of a split may be among them.
        splits: Of each shape.
        split: The split.
    """
    by_label: dict[str, dict[bool, dict[str, ShapeEntry]]] = defaultdict(lambda: {True: {}, False: {}})
    for shape, own in zip(shapes, splits, strict=True):
        if own == split:
            entry = ShapeEntry.of(shape)
            by_label[shape.label][shape.style == "photo"][entry.key] = entry
    rounds: dict[int, list[ShapeEntry]] = defaultdict(list)
    for kinds in by_label.values():
        for is_photo, most, at_once in ((False, MOST_OF_A_LABEL, 1), (True, MOST_PHOTOS, PHOTOS_A_ROUND)):
            ordered = sorted(kinds[is_photo].values(), key=lambda entry: _digest(entry.key))[:most]
            for place, entry in enumerate(ordered):
                rounds[place // at_once].append(entry)
    return [
        entry for turn in sorted(rounds) for entry in sorted(rounds[turn], key=lambda one: _digest(one.key))
    ]


def photographed(scenes: Iterable[LayeredScene], split: Split) -> list[WholeShape]:
    """The whole objects of a split's annotated photos."""
    found = SilhouetteLibrary.from_scenes(scenes, (split,))
    return list(whole_shapes_of_library(found))


def held_out_layouts(scenes: Iterable[LayeredScene], split: Split) -> list[LayeredScene]:
    """The photos of a split whose layouts objects are asked for on: those with a region."""
    kept = (scene for scene in scenes if split_of(scene.group) == split)
    return [scene for scene in kept if any(not layer.is_thing for layer in scene.layers)]


def shape_task(entry: ShapeEntry, layouts: Sequence[LayeredScene]) -> ShapeTask:
    """The task of an entry.

    Args:
        entry: The object.
        layouts: Real layouts; without them all objects are asked for on the empty canvas.
    """
    is_plain = not layouts or entry.number % ON_A_LAYOUT != 0
    if is_plain:
        scene = plain_scene()
    else:
        real = layouts[int(generator_of(entry.number, _LAYOUT).integers(len(layouts)))]
        index = real.visible_index()
        index[index < 0] = UNKNOWN
        scene = scene_of(index, [layer.label for layer in real.layers])
    height, width = scene.layout.size_hw
    rng = generator_of(entry.number, _PLACE)
    longer = rng.uniform(*LONGER_SIDE) * min(height, width)
    aspect = entry.shape.aspect
    wide, high = (max(4, round(longer * part)) for part in (min(1, aspect), min(1, 1 / aspect)))
    left, top = (round(rng.random() * (room - side)) for room, side in ((width, wide), (height, high)))
    if is_plain:  # about the middle, on the ground
        left = (width - wide) // 2
        top = round(height * 0.85) - high
    target = in_box(entry.shape.mask(), (left, top, left + wide, top + high), (height, width))
    return ShapeTask(entry, scene, target, is_plain)


def plain_scene() -> Scene:
    """The empty canvas: ground below, nothing known above."""
    index = np.full((CANVAS_PX, CANVAS_PX), UNKNOWN, np.int16)
    index[round(GROUND_FROM * CANVAS_PX) :] = 0
    return scene_of(index, ["ground"])


def in_box(shape: Bool[np.ndarray, "h w"], box_xyxy: BoxXYXY, size_hw: tuple[int, int]) -> Mask:
    """A cropped shape stretched over a box in whole pixels on a canvas."""
    x0, y0, x1, y1 = (round(v) for v in box_xyxy)
    crop = Image.fromarray(shape.astype(np.uint8) * 255)
    soft = np.asarray(crop.resize((x1 - x0, y1 - y0), Image.Resampling.BICUBIC))
    mask = np.zeros(size_hw, bool)
    # What is thin all over is cut at half its largest value.
    mask[y0:y1, x0:x1] = soft >= min(128, int(soft.max()) // 2 + 1)
    return mask


def _digest(key: str) -> str:
    return hashlib.sha256(f"shapes:{key}".encode()).hexdigest()
