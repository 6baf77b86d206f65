"""Boxes to find again: of pictures that are known by named boxes alone, and of the other suites' objects.

One box of a picture is taken out, with what lies all in it (a person's shirt), and the others are given as a
layout in which each thing fills its box, the larger behind. Such a layout is coarse: it knows no outline,
little ground, and only what somebody named. Pictures are split in two by their names: those of one half are
asked for, boxes are copied from the other half alone.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32

from smartmask.data.annotations.parquet_boxes import NamedBoxes
from smartmask.evaluation.benchmark.protocol import Entry
from smartmask.evaluation.benchmark.tasks import task_of
from smartmask.scene.boxes import box_ious, box_of
from smartmask.scene.layout import Layer, Layout

CANVAS_PX = 240
"""Shorter side of the canvas that layouts of boxes are painted on."""
FEWEST_COPIES = 10
"""A word is asked for if so many of its boxes are in the half that is copied from."""
INSIDE = 0.9
"""Share of a box within the one taken out from which on it goes with it."""
SAME = 0.5
"""IoU from which on two boxes are of one thing."""
LEAST_SIDE, MOST_AREA = 0.05, 0.9
"""Shares of the canvas: the longer side of what is asked for is no less, its area no more."""
WORN = frozenset((
    "shirt", "pants", "jacket", "shoe", "shoes", "hat", "glasses", "sunglasses", "jeans", "shorts", "coat",
    "tie", "helmet", "watch", "face", "hand", "hair", "ear", "nose", "finger", "foot", "leg", "arm", "head",
    "sleeve", "wheel", "street", "building", "tree", "trees", "hill", "mountain",
))  # fmt: skip
"""What nobody puts into a picture by itself, where boxes have no types that say so; regions go too."""
_TYPES = frozenset(("scene", "clothing", "bodyparts"))


@dataclass(frozen=True, slots=True, eq=False)
class BoxTask:
    """A box to find.

    Attributes:
        source: The collection.
        key: Names the task.
        group: The picture.
        label: The word that is asked with.
        layout: What else is there.
        truths: The right boxes, as shares of the canvas; the first is meant, all are hits.
    """

    source: str
    key: str
    group: str
    label: str
    layout: Layout
    truths: Float32[np.ndarray, "T 4"]

    @property
    def number(self) -> int:
        """Seeds everything random about it."""
        return int(hashlib.sha256(self.key.encode()).hexdigest()[:8], 16)


def is_copied_from(picture: NamedBoxes) -> bool:
    """Whether a picture is of the half whose boxes are copied, and which is not asked for."""
    return bool(int(_digest(f"half:{picture.key}"), 16) % 2)


def named_box_tasks(pictures: Sequence[NamedBoxes], count: int, regions: frozenset[str]) -> list[BoxTask]:
    """One task each of the first pictures, by the hash of their names, that hold a box to be asked for.

    Args:
        pictures: Of one collection, both halves.
        count: At most so many tasks.
        regions: Labels of parts of a place, which are not asked for.
    """
    known = Counter(label for picture in pictures if is_copied_from(picture) for label in picture.labels)
    asked = sorted(
        (picture for picture in pictures if not is_copied_from(picture)), key=lambda one: _digest(one.key)
    )
    found = (task for picture in asked if (task := _task(picture, known, regions)))
    return [task for task, _ in zip(found, range(count), strict=False)]


def suite_tasks(entries: Sequence[Entry]) -> Iterator[BoxTask]:
    """The boxes of another suite's objects, in the layouts that it shows."""
    for place, entry in enumerate(entries):
        task = task_of(entries, place)
        height, width = task.target.shape
        boxes = np.array([box_of(mask) for mask in task.truths], np.float32)
        scale = np.array([width, height, width, height], np.float32)
        yield BoxTask(entry.source, entry.key, entry.scene.key, task.label, task.scene.layout, boxes / scale)


def box_layout(labels: Sequence[str], boxes: Float32[np.ndarray, "N 4"], size_hw: tuple[int, int]) -> Layout:
    """A layout in which each thing fills its box, the larger behind, on a canvas of these proportions."""
    scale = CANVAS_PX / min(size_hw)
    height, width = round(size_hw[0] * scale), round(size_hw[1] * scale)
    order = np.argsort(-(boxes[:, 2:] - boxes[:, :2]).prod(-1), kind="stable").tolist()
    layers = []
    for number in order:
        x0, y0, x1, y1 = (boxes[number] * [width, height, width, height]).round().astype(int).tolist()
        mask = np.zeros((height, width), bool)
        mask[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)] = True
        if mask.any():
            layers.append(Layer(labels[number], mask, "visible"))
    return Layout((height, width), tuple(layers))


def _task(picture: NamedBoxes, known: Counter[str], regions: frozenset[str]) -> BoxTask | None:
    """The task of a picture, if it holds a box that may be asked for."""
    asked = [
        number
        for number in np.flatnonzero(_is_fit(picture.boxes)).tolist()
        if known[picture.labels[number]] >= FEWEST_COPIES
        and not _TYPES.intersection(picture.types[number].split("/"))
        and not (WORN | regions).intersection((picture.labels[number],))
    ]
    if not asked:
        return None
    chosen = min(asked, key=lambda number: _digest(f"{picture.key}#{number}"))
    true = picture.boxes[chosen : chosen + 1]
    shared = _shared(picture.boxes, true)[:, 0]
    inside = shared / np.maximum(_areas(picture.boxes), 1e-9)
    goes = (inside >= INSIDE) | (box_ious(picture.boxes, true)[:, 0] > SAME)
    goes[chosen] = True
    kept = np.flatnonzero(~goes).tolist()
    layout = box_layout([picture.labels[n] for n in kept], picture.boxes[kept], picture.size_hw)
    key = f"{picture.key}#{chosen}"
    return BoxTask(picture.source, key, picture.key, picture.labels[chosen], layout, true)


def _is_fit(boxes: Float32[np.ndarray, "N 4"]) -> Bool[np.ndarray, " N"]:
    """Whether a box is neither tiny, nor a line, nor nearly the whole picture."""
    sides = boxes[:, 2:] - boxes[:, :2]
    return np.asarray((sides.max(-1) >= LEAST_SIDE) & (sides.min(-1) > 0.005) & (_areas(boxes) <= MOST_AREA))


def _shared(boxes: Float32[np.ndarray, "N 4"], others: Float32[np.ndarray, "M 4"]) -> np.ndarray:
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    return np.asarray(np.clip(high - low, 0, None).prod(-1))


def _areas(boxes: Float32[np.ndarray, "N 4"]) -> np.ndarray:
    return np.asarray((boxes[:, 2:] - boxes[:, :2]).prod(-1))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
