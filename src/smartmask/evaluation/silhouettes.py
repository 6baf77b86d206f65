"""Held-out real objects taken out of their scenes and asked for again, given their box or a scribble.

The layout's hole is hidden as in training (data/removal.py). Everything random follows from the object's
number. A mean is over objects; one candidate an object, never a chosen one; "best of 4" takes the best of
candidates 0 to 3.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Bool, Float32

from smartmask.data.examples import askable
from smartmask.data.hints import dilated_scribble
from smartmask.data.layered_scene import LayeredScene
from smartmask.data.removal import Fill, remove_object
from smartmask.pipelines.generate import Scene
from smartmask.scene.boxes import box_of
from smartmask.scene.guidance import Box, Scribble
from smartmask.scene.layout import Layer, Layout
from smartmask.scene.masks import mask_iou

PROTOCOL = 1
SCRIBBLE_SHARE = 0.05
ROUGH_SCRIBBLE_SHARE = 0.12
"""A scribble goes beyond the object by a third of this share of its longer side, up to all of it."""
SHAPE_SIZE = 48
Mask = Bool[np.ndarray, "H W"]


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """One object to draw again.

    Attributes:
        number: Seeds everything random about it.
        label: What it is.
        scene: The scene without it.
        target: Its true mask.
    """

    number: int
    label: str
    scene: Scene
    target: Mask

    def box(self) -> Box:
        """The exact box."""
        return Box(box_of(self.target))

    def scribble(self, rough: bool = False) -> Scribble:
        """The object widened and rounded off."""
        share = ROUGH_SCRIBBLE_SHARE if rough else SCRIBBLE_SHARE
        return dilated_scribble(self.target, share, np.random.default_rng([self.number, 7]))


def tasks(
    scenes: Iterable[LayeredScene], limit: int | None = None, fill: Fill | None = None
) -> Iterator[Task]:
    """A task for each object of the scenes, made when asked for; with a limit, objects spread evenly.

    Args:
        scenes: Scenes of one split.
        limit: At most so many objects.
        fill: How the holes are filled; None draws one for each object.
    """
    items = [(scene, layer) for scene in scenes for layer in askable(scene)]
    chosen = (
        range(len(items))
        if limit is None
        else np.linspace(0, len(items) - 1, min(limit, len(items))).astype(int)
    )
    for number in chosen:
        yield _task(int(number), *items[number], fill)


def measure_all(
    measure: Callable[[Task], Float32[np.ndarray, " M"]], work: Iterable[Task], threads: int
) -> tuple[list[str], Float32[np.ndarray, "T M"]]:
    """Labels and measurements of all tasks, computed side by side."""
    labels: list[str] = []

    def run(task: Task) -> tuple[str, Float32[np.ndarray, " M"]]:
        return task.label, measure(task)

    rows = []
    with ThreadPoolExecutor(threads) as pool:
        for label, row in pool.map(run, work):
            labels.append(label)
            rows.append(row)
    return labels, np.stack(rows)


class ShapeBank:
    """Training shapes for the trivial answers: class means and retrieval."""

    def __init__(self, scenes: Iterable[LayeredScene]) -> None:
        """Resample each training object's box to `SHAPE_SIZE` squared."""
        self._shapes: dict[str, list[np.ndarray]] = {}
        self._aspects: dict[str, list[float]] = {}
        for scene in scenes:
            for item in (scene.layers[number] for number in askable(scene)):
                x0, y0, x1, y1 = item.box_xyxy
                shape = item.mask(scene.size_hw)[y0:y1, x0:x1].astype(np.float32)
                small = cv2.resize(shape, (SHAPE_SIZE, SHAPE_SIZE), interpolation=cv2.INTER_AREA)
                self._shapes.setdefault(item.label, []).append(small.astype(np.float16))
                self._aspects.setdefault(item.label, []).append(float(np.log((x1 - x0) / (y1 - y0))))

    def mean_shape(self, task: Task) -> Mask:
        """The mean of the class's shapes cut at one half, in the task's box."""
        return _in_box(np.asarray(np.mean(self._shapes[task.label], 0, dtype=np.float32)), task)

    def retrieved(self, task: Task, count: int) -> list[Mask]:
        """Random training shapes among the 50 of the class whose aspect is nearest, in the task's box."""
        x0, y0, x1, y1 = box_of(task.target)
        aspect = np.abs(np.array(self._aspects[task.label]) - np.log((x1 - x0) / (y1 - y0)))
        near = np.argsort(aspect, kind="stable")[:50]
        picks = np.random.default_rng([task.number, 3]).choice(near, count, replace=len(near) < count)
        return [_in_box(self._shapes[task.label][pick].astype(np.float32), task) for pick in picks]


def trivial_answers(task: Task, bank: ShapeBank) -> Float32[np.ndarray, " 5"]:
    """IoU of: filled box, ellipse, class-mean shape, one retrieved shape, best of four retrieved shapes."""
    box = _in_box(np.ones((SHAPE_SIZE, SHAPE_SIZE), np.float32), task)
    steps = (np.arange(SHAPE_SIZE) + 0.5) / SHAPE_SIZE * 2 - 1
    ellipse = _in_box((steps[:, None] ** 2 + steps[None] ** 2 <= 1).astype(np.float32), task)
    four = [mask_iou(mask, task.target) for mask in bank.retrieved(task, 4)]
    ious = [mask_iou(box, task.target), mask_iou(ellipse, task.target)]
    return np.array([*ious, mask_iou(bank.mean_shape(task), task.target), four[0], max(four)], np.float32)


def _task(number: int, scene: LayeredScene, layer: int, fill: Fill | None) -> Task:
    item = scene.layers[layer]
    target = item.mask(scene.size_hw)
    index = remove_object(scene.visible_index(), target, np.random.default_rng([number, 5]), fill)
    layers = tuple(Layer(other.label, index == place) for place, other in enumerate(scene.layers))
    return Task(number, item.label, Scene(Layout(scene.size_hw, layers), index), target)


def _in_box(shape: Float32[np.ndarray, "S S"], task: Task) -> Mask:
    x0, y0, x1, y1 = (int(v) for v in box_of(task.target))
    mask = np.zeros(task.target.shape, bool)
    mask[y0:y1, x0:x1] = cv2.resize(shape, (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR) >= 0.5
    return mask
