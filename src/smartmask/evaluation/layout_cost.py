"""What a segmenter costs in masks: the same objects asked for on its layouts and on annotated ones.

Each complete object of a held-out photo is taken out of three layouts in the same way
(`data/examples/removal.py`): the annotated one, the segmenter's of the same photo, and one that knows
nothing. What the pipeline draws then, given the object's box or nothing, is compared with the object. The
photo still shows the object to the segmenter, whose region goes with the hole.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Integer, UInt8

from smartmask.data.examples.example import askable
from smartmask.data.examples.removal import remove_object
from smartmask.data.layered_scene import LayeredScene
from smartmask.pipelines.generate import Scene
from smartmask.protocols import Segmenter
from smartmask.scene.layout import UNKNOWN, Layer, Layout

SOURCES = ("annotated", "segmenter", "nothing known")


@dataclass(frozen=True, slots=True, eq=False)
class LayoutTask:
    """One object to draw again, on three layouts.

    Attributes:
        number: Seeds everything random about it.
        label: What it is.
        scenes: The scene without it, from each of `SOURCES`.
        target: Its true mask.
    """

    number: int
    label: str
    scenes: dict[str, Scene]
    target: Bool[np.ndarray, "H W"]


def layout_tasks(
    photos: Iterable[tuple[UInt8[np.ndarray, "H W 3"], LayeredScene]],
    segmenter: Segmenter,
    limit: int | None = None,
) -> Iterator[LayoutTask]:
    """A task for each object that may be asked for, made when asked for; with a limit, objects spread evenly.

    Args:
        photos: Held-out photos and what is annotated in them.
        segmenter: Is shown each photo of a task once.
        limit: At most so many objects.

    Raises:
        ValueError: If a photo and its annotation differ in size.
    """
    items = [(image, scene, place) for image, scene in photos for place in askable(scene)]
    count = len(items) if limit is None else min(limit, len(items))
    found: tuple[str, Layout] | None = None
    for number in np.linspace(0, len(items) - 1, count).astype(int).tolist():
        image, annotated, place = items[number]
        if image.shape[:2] != annotated.size_hw:
            raise ValueError(
                f"{annotated.key}: the photo is {image.shape[:2]}, its scene {annotated.size_hw}"
            )
        if found is None or found[0] != annotated.key:
            found = annotated.key, segmenter.segment(image)
        target = annotated.layers[place].mask(annotated.size_hw)
        layouts = {
            "annotated": (annotated.visible_index(), tuple(layer.label for layer in annotated.layers)),
            "segmenter": (found[1].visible_index(), found[1].labels),
            "nothing known": (np.full(annotated.size_hw, UNKNOWN, np.int16), ()),
        }
        scenes = {source: _without(target, *layouts[source], number) for source in SOURCES}
        yield LayoutTask(number, annotated.layers[place].label, scenes, target)


def _without(
    target: Bool[np.ndarray, "H W"], index: Integer[np.ndarray, "H W"], labels: tuple[str, ...], number: int
) -> Scene:
    index = remove_object(index, target, np.random.default_rng([number, 5]))
    layers = tuple(Layer(label, index == place) for place, label in enumerate(labels))
    return Scene(Layout((index.shape[0], index.shape[1]), layers), index)
