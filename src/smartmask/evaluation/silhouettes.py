"""Held-out real objects taken out of their scenes and asked for again, given their box or a scribble.

The layout's hole is hidden as in training (data/removal.py). Everything random follows from the object's
number. A mean is over objects; one candidate an object, never a chosen one; "best of 4" takes the best of
candidates 0 to 3.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32

from smartmask.data.examples import askable
from smartmask.data.hints import dilated_scribble
from smartmask.data.layered_scene import LayeredScene
from smartmask.data.removal import Fill, remove_object
from smartmask.evaluation.baselines import ShapeBank, ellipse, filled_box
from smartmask.pipelines.generate import Scene
from smartmask.scene.boxes import box_of
from smartmask.scene.guidance import Box, Scribble
from smartmask.scene.layout import Layer, Layout
from smartmask.scene.masks import mask_iou

PROTOCOL = 1
SCRIBBLE_SHARE = 0.05
ROUGH_SCRIBBLE_SHARE = 0.12
"""A scribble goes beyond the object by a third of this share of its longer side, up to all of it."""
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


def trivial_answers(task: Task, bank: ShapeBank) -> Float32[np.ndarray, " 5"]:
    """IoU of: filled box, ellipse, class-mean shape, one retrieved shape, best of four retrieved shapes."""
    box, size_hw = task.box().box(), task.scene.layout.size_hw
    alone = filled_box(box, size_hw), ellipse(box, size_hw), bank.mean_shape(task.label, box, size_hw)
    four = bank.retrieved(task.label, box, size_hw, 4, np.random.default_rng([task.number, 3]))
    ious = [mask_iou(mask, task.target) for mask in (*alone, *four)]
    return np.array([*ious[:4], max(ious[3:])], np.float32)


def _task(number: int, scene: LayeredScene, layer: int, fill: Fill | None) -> Task:
    item = scene.layers[layer]
    target = item.mask(scene.size_hw)
    index = remove_object(scene.visible_index(), target, np.random.default_rng([number, 5]), fill)
    layers = tuple(Layer(other.label, index == place) for place, other in enumerate(scene.layers))
    return Task(number, item.label, Scene(Layout(scene.size_hw, layers), index), target)
