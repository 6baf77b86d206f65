"""An object taken out of its scene, and all that it is asked for with.

What is shown without it `data/examples/absent.py` says; every other exact scene, by the object's number,
shows what is in front. Only labels that are still seen are told to the model.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Integer

from smartmask.data.examples.absent import layout_of, stretched, without
from smartmask.data.examples.hints import dilated_scribble, region_hint
from smartmask.data.examples.removal import Fill, remove_object
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
    right = set(askable_of(entry.scene, entry.label)).intersection(hidden)
    truths = tuple(layers[n].mask(size_hw) for n in sorted(right, key=lambda n: (n != entry.layer, n)))
    return Task(entry, scene, truths[0], truths, wrong, elsewhere, alike)


def shown_scene(entry: Entry, fill: Fill | None = None) -> tuple[Scene, Collection[int]]:
    """The scene as it is shown without an entry, and the layers that are not in it."""
    scene = entry.scene
    rng = generator_of(entry.number, _HOLE)
    has_front = bool(entry.number % 2)
    index, hidden = without(scene, entry.layer, entry.removed, rng, fill, has_front=has_front)
    return scene_of(index, [layer.label for layer in scene.layers]), hidden


def scene_of(index: Integer[np.ndarray, "H W"], labels: Sequence[str]) -> Scene:
    """The scene of an index, with the layers alone that it shows."""
    return Scene(*layout_of(index, labels))
