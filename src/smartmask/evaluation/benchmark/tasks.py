"""An object taken out of its scene, and all that it is asked for with.

What is shown without it:

- of an exact scene the layers behind it and, for every other object by its number, those in front that
  nothing links to it, as training does (`data/examples/example.py`);
- of any other scene the layout with the object taken out and its hole hidden (`data/examples/removal.py`). Is
  a whole class taken out, what is left of its things is filled first, so that no hole shows another's
  outline.

Only labels that are still seen are told to the model.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int16, Integer

from smartmask.data.examples.hints import dilated_scribble, region_hint
from smartmask.data.examples.removal import Fill, remove_object
from smartmask.data.examples.work_canvas import unlinked
from smartmask.data.layered_scene import UNDECIDED, LayeredScene
from smartmask.evaluation.benchmark.protocol import (
    Entry,
    askable_of,
    generator_of,
    next_elsewhere,
    other_label,
)
from smartmask.pipelines.generate import Scene
from smartmask.scene.boxes import box_of
from smartmask.scene.guidance import Box, Region, Scribble
from smartmask.scene.layout import UNKNOWN, Layer, Layout

SCRIBBLE_SHARE = 0.05
ROUGH_SCRIBBLE_SHARE = 0.12
"""A scribble goes beyond the object by a third of this share of its longer side, up to all of it."""
Mask = Bool[np.ndarray, "H W"]
_HOLE, _SCRIBBLE, _REGION = 5, 7, 8
"""Purposes of random numbers."""


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """One object to draw again.

    Attributes:
        entry: The object.
        scene: The scene without it.
        target: Its true mask.
        truths: Every mask that is right where no hint says which one is meant, `target` among them.
        wrong_label: The label of another object of the list.
        elsewhere: An object of another image.
        alike: An object of another image, of the same class if the list has one.
    """

    entry: Entry
    scene: Scene
    target: Mask
    truths: tuple[Mask, ...]
    wrong_label: str
    elsewhere: Entry
    alike: Entry

    @property
    def label(self) -> str:
        """What it is."""
        return self.entry.label

    @property
    def number(self) -> int:
        """Seeds everything random about it."""
        return self.entry.number

    def box(self) -> Box:
        """The exact box."""
        return Box(box_of(self.target))

    def region(self) -> Region:
        """An ellipse or a loop about the object, as training draws them."""
        return region_hint(self.target, generator_of(self.number, _REGION))

    def scribble(self, rough: bool = False) -> Scribble:
        """The object widened and rounded off."""
        share = ROUGH_SCRIBBLE_SHARE if rough else SCRIBBLE_SHARE
        return dilated_scribble(self.target, share, generator_of(self.number, _SCRIBBLE))

    def other_scene(self) -> Scene:
        """The layout of another image, stretched onto this canvas."""
        other, _ = shown_scene(self.elsewhere)
        return scene_of(stretched(other.visible_index, self.target.shape), other.layout.labels)

    def with_hole(self, mask: Mask) -> Scene:
        """The scene with such a hole under a mask as is under the target, lest the fill tell which is true.

        Nothing was cut out of an exact scene, so nothing is cut there.
        """
        if self.entry.scene.is_exact:
            return self.scene
        index = remove_object(self.scene.visible_index, mask, generator_of(self.number, _HOLE))
        return scene_of(index, self.scene.layout.labels)

    def foreign_target(self) -> Mask:
        """Where an object of another image would be on this canvas."""
        mask = self.alike.scene.layers[self.alike.layer].mask(self.alike.scene.size_hw)
        return stretched(mask, self.target.shape)


def task_of(entries: Sequence[Entry], place: int, fill: Fill | None = None) -> Task:
    """The task of an entry; what it borrows of others comes from the whole list, not from a limited one.

    Args:
        entries: The frozen list.
        place: Which entry.
        fill: How holes are filled; None draws one for each object.

    Raises:
        ValueError: If the list holds one image, or one label, alone.
    """
    entry = entries[place]
    elsewhere, alike = next_elsewhere(entries, place), next_elsewhere(entries, place, is_like=True)
    wrong = other_label(entries, place)
    if elsewhere is None or alike is None or wrong is None:
        raise ValueError(f"{entry.key}: to compare with, the list must hold two images and two labels")
    scene, hidden = shown_scene(entry, fill)
    size_hw, layers = entry.scene.size_hw, entry.scene.layers
    right = set(askable_of(entry.scene, entry.label)) & hidden
    truths = tuple(layers[n].mask(size_hw) for n in sorted(right, key=lambda n: (n != entry.layer, n)))
    return Task(entry, scene, truths[0], truths, wrong, elsewhere, alike)


def shown_scene(entry: Entry, fill: Fill | None = None) -> tuple[Scene, set[int]]:
    """The scene as it is shown without an entry, and the layers that are not in it."""
    scene = entry.scene
    labels = tuple(layer.label for layer in scene.layers)
    if scene.is_exact:
        index, hidden = _behind(scene, entry.layer, has_front=bool(entry.number % 2))
        return scene_of(index, labels), hidden
    masks = [scene.layers[number].mask(scene.size_hw) for number in entry.removed]
    index = scene.visible_index()
    index[np.isin(index, entry.removed)] = UNDECIDED
    rng = generator_of(entry.number, _HOLE)
    for mask in masks:
        index = np.asarray(remove_object(index, mask, rng, fill), np.int16)
    return scene_of(index, labels), set(entry.removed)


def scene_of(index: Integer[np.ndarray, "H W"], labels: Sequence[str]) -> Scene:
    """The scene of an index, with the layers alone that it shows."""
    present = np.unique(index[index >= 0])
    compact = np.where(index < 0, index, np.searchsorted(present, index)).astype(np.int16)
    layers = tuple(Layer(labels[n], compact == place) for place, n in enumerate(present.tolist()))
    return Scene(Layout((index.shape[0], index.shape[1]), layers), compact)


def stretched(values: np.ndarray, size_hw: tuple[int, ...]) -> np.ndarray:
    """A map on a canvas of another size, the nearest pixel for each."""
    rows = ((np.arange(size_hw[0]) + 0.5) * values.shape[0] / size_hw[0]).astype(int)
    columns = ((np.arange(size_hw[1]) + 0.5) * values.shape[1] / size_hw[1]).astype(int)
    return np.ascontiguousarray(values[rows[:, None], columns[None]])


def _behind(scene: LayeredScene, number: int, has_front: bool) -> tuple[Int16[np.ndarray, "H W"], set[int]]:
    """What lies behind a layer, with what lies in front and is not linked to it; and the layers left out."""
    index = np.full(scene.size_hw, UNKNOWN, np.int16)
    hidden = set(range(len(scene.layers)))
    last = len(scene.layers) if has_front else number
    others = ((other, scene.layers[other].mask(scene.size_hw)) for other in range(last) if other != number)
    for other, mask in unlinked(number, scene.layers[number].mask(scene.size_hw), others):
        index[mask] = other
        hidden.remove(other)
    return index, hidden
