"""What three published networks see in a photo -> targets: photos without labels teach the segmenter.

One names 31 kinds of stuff and furniture (trained on ADE20K), one 20 kinds of things (on VOC), one finds
boxes of 80 kinds of things (on COCO). None is right often enough alone: the first takes giraffes for trees
and pizzas for tables. So

- a box that was found becomes a thing where the second, else the first, sees that thing in it; else where the
  first sees something that does not also lie round the box; else only an ellipse in its middle is that thing;
- what else lies in such a box is unknown, unless the second saw the thing's outline;
- elsewhere stuff is what the first is sure of, as a set where its class is wider than ours.

Distillation into hard labels with a part unknown: Lee 2013 ("Pseudo-Label"); Radosavovic et al. 2018, arXiv
1712.04440, for labels of several networks.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float32, Int16, UInt8

from smartmask.data.labelled_photos import CROWD, NO_THING
from smartmask.data.segment_classes import ANYTHING, CLASSES, SETS, TARGETS, THINGS, labels_of, set_of

SCENE_CLASSES = (
    "other", "wall", "building", "sky", "floor", "tree", "ceiling", "road", "bed", "window", "grass",
    "cabinet", "sidewalk", "person", "earth", "door", "table", "mountain", "plant", "curtain", "chair", "car",
    "water", "painting", "sofa", "shelf", "house", "sea", "mirror", "rug", "field", "armchair",
)  # fmt: skip
"""What the first network names, in the order of its outputs."""
THING_CLASSES = (
    "", "airplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow", "dining table",
    "dog", "horse", "motorcycle", "person", "potted plant", "sheep", "couch", "train", "tv",
)  # fmt: skip
"""What the second names; first of all, nothing."""
OURS = {
    "floor": "floor outside", "road": "street", "sidewalk": "street", "earth": "open ground", "grass": "lawn",
    "field": "field", "mountain": "height", "water": "any water", "sea": "any water", "plant": "green",
    "table": "any table", "chair": "any seat", "armchair": "any seat", "sofa": "any seat",
    "car": "any vehicle", "house": "building", "shelf": "shelving", "painting": "picture",
    "other": "anything", "mirror": "anything",
}  # fmt: skip
"""Classes of the first network that are sets, or other classes, of ours."""
INDOORS = ("wall", "floor", "ceiling", "bed", "cabinet", "door", "curtain", "sofa", "shelf")
OUTDOORS = ("building", "sky", "tree", "road", "grass", "sidewalk", "earth", "mountain", "sea", "field")
NEEDS_A_WITNESS = ("person", "car")
"""Of the first network's classes, those it sees too often: one of the others must see it too."""
SAME_THING = {
    "person": ("person",), "car": ("car",), "chair": ("chair", "armchair"), "couch": ("sofa", "armchair"),
    "bed": ("bed",), "potted plant": ("plant",), "dining table": ("table",),
}  # fmt: skip
"""Things that the first network names too."""
SURE = 0.6
WITNESS = 0.3
FILLS = 0.2
"""The least share of its box that a thing covers."""
CERTAIN_BOX = 0.5
CORE = 0.5
"""Sides of the ellipse, as a share of the box's, that surely lie in the thing."""


class FoundBox(NamedTuple):
    """A thing that the third network found."""

    label: str
    """One of `THINGS`."""
    score: float
    x0: float
    y0: float
    x1: float
    y1: float
    """As shares of the photo's width and height."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What the three networks see, on one grid over the photo.

    Attributes:
        scene: The number of the first network's class at each cell, in `SCENE_CLASSES`.
        scene_sure: Its probability.
        things: Probability of each of `THING_CLASSES`.
        boxes: What the third found.
    """

    scene: UInt8[np.ndarray, "h w"]
    scene_sure: Float32[np.ndarray, "h w"]
    things: Float32[np.ndarray, "h w 21"]
    boxes: tuple[FoundBox, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Taught:
    """Targets of a photo, on the grid of what was seen; the fields are those of a `LabelledPhoto`.

    Attributes:
        targets: A class or a set of classes at each cell.
        things: The number of the thing at each cell; `NO_THING`, or `CROWD` where things are not told apart.
        classes: The class of each number in `things`.
    """

    targets: UInt8[np.ndarray, "h w"]
    things: Int16[np.ndarray, "h w"]
    classes: tuple[int, ...]


def taught(seen: Seen) -> Taught:
    """Targets from what was seen."""
    targets, things = _stuff(seen)
    classes: list[int] = []
    # Smaller ones are taken to lie in front.
    for box in sorted(seen.boxes, key=lambda box: (box.x1 - box.x0) * (box.y1 - box.y0), reverse=True):
        inside = _inside(box, targets.shape)
        if not inside.any():
            continue
        number = THINGS.index(box.label)
        mask, outlined = _mask_in_box(seen, box, inside)
        if not outlined:
            targets[inside], things[inside] = ANYTHING, CROWD
        if mask is None:
            if box.score >= CERTAIN_BOX:
                targets[_core(box, targets.shape)] = number
            continue
        targets[mask], things[mask] = number, len(classes)
        classes.append(number)
    return Taught(targets, things, tuple(classes))


def _stuff(seen: Seen) -> tuple[UInt8[np.ndarray, "h w"], Int16[np.ndarray, "h w"]]:
    """Targets and things from the first two networks, without boxes."""
    shares = np.bincount(seen.scene.ravel(), minlength=len(SCENE_CLASSES)) / seen.scene.size
    inside, outside = (
        sum(shares[SCENE_CLASSES.index(label)] for label in labels) for labels in (INDOORS, OUTDOORS)
    )
    names = [OURS.get(label, label) for label in SCENE_CLASSES]
    if inside > outside:
        names[SCENE_CLASSES.index("floor")] = "floor of a room"
    table = np.array([_target(name) for name in names], np.uint8)
    targets = np.where(seen.scene_sure >= SURE, table[seen.scene], ANYTHING).astype(np.uint8)
    for label in NEEDS_A_WITNESS:
        witness = seen.things[..., THING_CLASSES.index(label)] >= WITNESS
        targets[(seen.scene == SCENE_CLASSES.index(label)) & ~witness] = ANYTHING
    best = seen.things.argmax(-1)
    for number, label in enumerate(THING_CLASSES[1:], 1):
        name = "any table" if label == "dining table" else label
        targets[(best == number) & (seen.things[..., number] >= SURE)] = _target(name)
    is_thing = np.array([not set(THINGS).isdisjoint(labels_of(target)) for target in range(TARGETS)])
    return targets, np.where(is_thing[targets], CROWD, NO_THING).astype(np.int16)


def _mask_in_box(
    seen: Seen, box: FoundBox, inside: Bool[np.ndarray, "h w"]
) -> tuple[Bool[np.ndarray, "h w"] | None, bool]:
    """Where in its box a thing is, None if nobody knows; and whether a network saw its outline."""
    outlines = []
    if box.label in THING_CLASSES:
        outlines.append(seen.things[..., THING_CLASSES.index(box.label)] >= 0.5)
    if box.label in SAME_THING:
        outlines.append(np.isin(seen.scene, [SCENE_CLASSES.index(name) for name in SAME_THING[box.label]]))
    for outline in outlines:
        if (inside & outline).sum() >= FILLS * inside.sum():
            return inside & outline, True
    if box.label not in THING_CLASSES:
        # A giraffe is a horse to the second network, a thing at any rate.
        outline = inside & (seen.things[..., 0] < 0.5)
        if outline.sum() >= FILLS * inside.sum():
            return outline, False
    ring = _inside(box, inside.shape, grown=1.3) & ~inside
    around = np.bincount(seen.scene[ring], minlength=len(SCENE_CLASSES)) / max(int(ring.sum()), 1)
    differs = inside & (around[seen.scene] < FILLS)
    share = differs.sum() / inside.sum()
    return (differs, False) if ring.any() and FILLS <= share <= 0.95 else (None, False)


def _inside(box: FoundBox, size_hw: tuple[int, ...], grown: float = 1.0) -> Bool[np.ndarray, "h w"]:
    """The cells whose middles lie in a box, or in one that is larger about the same middle."""
    across, down = _from_middle(box, size_hw)
    result: np.ndarray = (np.abs(across) <= grown) & (np.abs(down) <= grown)
    return result


def _core(box: FoundBox, size_hw: tuple[int, ...]) -> Bool[np.ndarray, "h w"]:
    across, down = _from_middle(box, size_hw)
    result: np.ndarray = across**2 + down**2 <= CORE**2
    return result


def _from_middle(
    box: FoundBox, size_hw: tuple[int, ...]
) -> tuple[Float32[np.ndarray, "1 w"], Float32[np.ndarray, "h 1"]]:
    """How far cells lie from a box's middle, in halves of its width and of its height."""
    height, width = size_hw
    across = (np.arange(width, dtype=np.float32) + 0.5)[None] / width - (box.x0 + box.x1) / 2
    down = (np.arange(height, dtype=np.float32) + 0.5)[:, None] / height - (box.y0 + box.y1) / 2
    half_wide, half_tall = (max(side / 2, 1e-6) for side in (box.x1 - box.x0, box.y1 - box.y0))
    return (across / half_wide).astype(np.float32), (down / half_tall).astype(np.float32)


def _target(name: str) -> int:
    return set_of(name) if name in SETS else CLASSES.index(name)
