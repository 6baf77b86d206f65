"""What the scorer of places learns from: scenes without one of their things, and boxes where it may be.

A layout comes out of an annotation with the thing taken out, out of a photo as the segmenter sees it, or is
turned into a list of boxes. Boxes are found in it as `model/planner/candidates.py` finds them, and of these a
random part is kept with how much of the true thing each covers.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Bool, Float16, Float32, Int32, Shaped, UInt8

from smartmask.data.examples.absent import layout_of, smaller, without
from smartmask.data.examples.example import MIN_SHARE_WHOLE, askable
from smartmask.data.examples.removal import remove_object
from smartmask.data.layered_scene import UNDECIDED, LayeredScene
from smartmask.model.planner.candidates import MOST_LAYERS, Asked, Candidates, find_candidates
from smartmask.model.planner.embedded import EmbeddedPlanner
from smartmask.model.planner.places import PlacesNetwork
from smartmask.scene.boxes import box_ious, box_of
from smartmask.scene.layout import Layer, Layout

KEPT_BOXES = 128
LONGEST_SIDE = 288
"""Pixels of a layout that boxes are found in."""
MOST_THINGS = {"made": 2, "nyu40": 7, "coco": 4, "voc": 1}
"""Things that are asked for in a scene of each data set."""
AS_BOXES = 0.25
"""Share of layouts of annotations that become lists of boxes."""
MOST_OF_A_CLASS = 8
"""Classes with more things in a scene are not taken out of it whole."""
SAME_THING, OWN_LABEL = 0.6, 0.2
"""Share of a segment from which on it is a thing that is taken out; the same if it goes by the thing's label
and all of these are taken out."""
TOLD_REGIONS, TOLD_THINGS = 0.25, 0.7
"""Share of the regions and of the things that are told in a list of boxes: few say what the ground is."""
NOT_BEFORE, SURE = 0.35, 0.8
"""IoU of boxes up to which a box is wrong, and from which on it is as right as the true one: masks have to
overlap by a half, and overlap less than their boxes."""


@dataclass(frozen=True, slots=True, eq=False)
class ScorerExamples:
    """Things that are missing from layouts, and boxes where they may be.

    Attributes:
        names: Words; the first is empty.
        boxes: Shares of the canvas.
        own, pairs: As in `Candidates`, padded with zeros.
        gains: How right each box is, from 0 to 1; one of each thing's is above 0.
        layers: Word of each layer; 0 where padded.
        asked: Word of each thing.
        aspects: Logarithm of each canvas's width over height.
        kinds: Number of the kind of layout among those given.
    """

    names: Shaped[np.ndarray, " W"]
    boxes: Float32[np.ndarray, "M K 4"]
    own: Float16[np.ndarray, "M K A"]
    pairs: Float16[np.ndarray, "M K N P"]
    gains: Float16[np.ndarray, "M K"]
    layers: Int32[np.ndarray, "M N"]
    asked: Int32[np.ndarray, " M"]
    aspects: Float32[np.ndarray, " M"]
    kinds: UInt8[np.ndarray, " M"]

    def __len__(self) -> int:
        return len(self.asked)


@dataclass(frozen=True, slots=True, eq=False)
class Missing:
    """A layout that a thing is missing from.

    Attributes:
        layout: What is there.
        label: What is missing.
        truths: Every box that is right, as shares of the canvas.
    """

    layout: Layout
    label: str
    truths: Float32[np.ndarray, "T 4"]


def missing_things(source: str, scene: LayeredScene, rng: np.random.Generator) -> Iterator[Missing]:
    """Things of an annotated scene, each taken out of it; some layouts as lists of boxes.

    Args:
        source: Name of the data set.
        scene: The scene.
        rng: Where chance comes from.
    """
    labels = [layer.label for layer in scene.layers]
    for removed in _taken_out(scene, MOST_THINGS[source], rng):
        has_front = bool(rng.random() < 0.5)
        index, _ = without(scene, removed[0], removed, rng, has_front=has_front)
        layout, _ = layout_of(smaller(index, LONGEST_SIDE), labels)
        if rng.random() < AS_BOXES:
            layout = _as_boxes(layout, {layer.label for layer in scene.layers if layer.is_thing}, rng)
        if layout.layers:
            truths = removed[:1] if scene.is_exact else removed
            yield Missing(layout, labels[removed[0]], _boxes(scene, truths))


def missing_segments(scene: LayeredScene, seen: Layout, rng: np.random.Generator) -> Iterator[Missing]:
    """Things of an annotated photo, each taken out of the photo's layout as a segmenter sees it.

    Args:
        scene: The annotation.
        seen: The segmenter's layout.
        rng: Where chance comes from.
    """
    labels = list(seen.labels)
    for removed in _taken_out(scene, MOST_THINGS["coco"], rng):
        label, index = scene.layers[removed[0]].label, seen.visible_index()
        masks = [scene.layers[number].mask(scene.size_hw) for number in removed]
        union: Bool[np.ndarray, "H W"] = np.logical_or.reduce(masks)
        is_all = all(n in removed or other.label != label for n, other in enumerate(scene.layers))
        for number, name in enumerate(labels):
            segment: Bool[np.ndarray, "H W"] = index == number
            least = OWN_LABEL if is_all and name == label else SAME_THING
            if segment.any() and np.count_nonzero(union & segment) > least * np.count_nonzero(segment):
                index[segment] = UNDECIDED
        index[union] = UNDECIDED
        for mask in masks:
            index = np.asarray(remove_object(index, mask, rng), np.int16)
        layout, _ = layout_of(smaller(index, LONGEST_SIDE), labels)
        if layout.layers:
            yield Missing(layout, label, _boxes(scene, removed))


def make_examples(
    missing: Mapping[str, Callable[[], Iterator[Missing]]],
    planner: EmbeddedPlanner,
    places: PlacesNetwork,
    rng: np.random.Generator,
    on_example: Callable[[str, int], None] = lambda kind, count: None,
) -> ScorerExamples:
    """Examples of all things that are missing, but for those that no box hits.

    Args:
        missing: Reads the layouts of each kind.
        planner: Finds boxes.
        places: Finds more.
        rng: Where chance comes from.
        on_example: Called with the kind and how many of it there are.
    """
    rows: dict[str, int] = {"": 0}
    found: list[dict[str, Any]] = []
    for kind, (name, things) in enumerate(missing.items()):
        first = len(found)
        for thing in things():
            asked = Asked.of(planner, thing.layout, thing.label, None)
            candidates = find_candidates(planner, places, asked, rng, as_drawn=True)
            example = _example(candidates, thing, rows, rng)
            if example is not None:
                found.append(example | {"kinds": np.uint8(kind)})
                on_example(name, len(found) - first)
    columns = {name: np.stack([one[name] for one in found]) for name in found[0]}
    return ScorerExamples(names=np.array(list(rows)), **columns)


def read_examples(path: Path) -> ScorerExamples:
    """Examples as `write_examples` wrote them."""
    with np.load(path, allow_pickle=False) as file:
        return ScorerExamples(**{field.name: file[field.name] for field in fields(ScorerExamples)})


def write_examples(examples: ScorerExamples, path: Path) -> None:
    """Write examples whole or not at all; 80 kB each."""
    passing = path.with_suffix(".tmp.npz")
    np.savez(passing, **{field.name: getattr(examples, field.name) for field in fields(ScorerExamples)})
    passing.replace(path)


def _taken_out(scene: LayeredScene, most: int, rng: np.random.Generator) -> Iterator[list[int]]:
    """Layers that are taken out together: one thing, or all of its class; the one asked for first."""
    height, width = scene.size_hw
    large = []
    for number in askable(scene):
        x0, y0, x1, y1 = scene.layers[number].box_xyxy
        if max((x1 - x0) / width, (y1 - y0) / height) >= MIN_SHARE_WHOLE:
            large.append(number)
    done = set[str]()
    for number in rng.permutation(large).astype(int).tolist():
        label = scene.layers[number].label
        if label in done or not most:
            continue
        alike = [n for n, other in enumerate(scene.layers) if other.is_thing and other.label == label]
        is_class = not scene.is_exact and len(alike) <= MOST_OF_A_CLASS and rng.random() < 0.5
        if is_class:
            done.add(label)
        most -= 1
        yield [number, *(n for n in alike if n != number)] if is_class else [number]


def _boxes(scene: LayeredScene, layers: Sequence[int]) -> Float32[np.ndarray, "T 4"]:
    height, width = scene.size_hw
    boxes = np.array([scene.layers[number].box_xyxy for number in layers], np.float32)
    return boxes / np.array([width, height, width, height], np.float32)


def _as_boxes(layout: Layout, things: set[str], rng: np.random.Generator) -> Layout:
    """A part of a layout as a list of boxes, rearmost first."""
    layers = []
    for layer in layout.layers:
        if rng.random() < (TOLD_THINGS if layer.label in things else TOLD_REGIONS):
            x0, y0, x1, y1 = (int(v) for v in box_of(layer.mask))
            box = np.zeros_like(layer.mask)
            box[y0:y1, x0:x1] = True
            layers.append(Layer(layer.label, box))
    return Layout(layout.size_hw, tuple(layers))


def _example(
    found: Candidates, thing: Missing, rows: dict[str, int], rng: np.random.Generator
) -> dict[str, Any] | None:
    """What is kept of a thing's boxes; None if none is right, or there are too few."""
    if len(found.boxes) < KEPT_BOXES:
        return None
    kept = rng.choice(len(found.boxes), KEPT_BOXES, replace=False)
    ious = box_ious(np.clip(found.boxes[kept], 0, 1), thing.truths).max(1)
    gains = np.clip((ious - NOT_BEFORE) / (SURE - NOT_BEFORE), 0, 1)
    if not gains.any():
        return None
    layers = np.zeros(MOST_LAYERS, np.int32)
    pairs = np.zeros((KEPT_BOXES, MOST_LAYERS, found.pairs.shape[2]), np.float16)
    count = found.pairs.shape[1]
    layers[:count] = [rows.setdefault(name, len(rows)) for name in found.labels]
    pairs[:, :count] = found.pairs[kept]
    return {
        "boxes": found.boxes[kept],
        "own": found.own[kept].astype(np.float16),
        "pairs": pairs,
        "gains": gains.astype(np.float16),
        "layers": layers,
        "asked": np.int32(rows.setdefault(thing.label, len(rows))),
        "aspects": np.float32(found.aspect),
    }
