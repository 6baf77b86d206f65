"""What the benchmark asks for: frozen lists of held-out objects.

An object is in a suite if its scene's group is in the split, it may be asked for
(`data/examples/example.py`), and its suite's rule holds; of those, the first so many by the hash of the
lists' version and key are taken. So a list depends on the data alone, a limit takes its beginning, and what
else a data set holds changes nothing about an object: all that is random about it follows from its own
number.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from smartmask.data.examples.example import MIN_SHARE_WHOLE, askable
from smartmask.data.layered_scene import LayeredScene, Split, split_of
from smartmask.scene.layout import UNKNOWN

PROTOCOL = 3
"""Raised whenever a figure would come out otherwise for the same weights."""
_LISTS = 2
"""What keys are hashed with: the protocol under which the lists were frozen. Protocol 3 adds the suite
`shapes` and leaves the objects of the others as they were, so that their figures stay comparable."""
MIN_KNOWN_SHARE = 0.7
"""A real layout counts as annotated throughout if that much of the canvas is known and it holds regions."""
MOST_OF_A_CLASS = 8
"""Classes with more things in a photo are not taken out of it: nothing would be left."""


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One object of a frozen list.

    Attributes:
        source: Name of its data set.
        scene: Where it is.
        layer: Its layer.
        removed: All layers that are taken out with it, itself among them.
    """

    source: str
    scene: LayeredScene
    layer: int
    removed: tuple[int, ...]

    @property
    def key(self) -> str:
        """Names it in results and verdicts."""
        return f"{self.scene.key}#{self.layer}"

    @property
    def label(self) -> str:
        """What it is."""
        return self.scene.layers[self.layer].label

    @property
    def number(self) -> int:
        """Seeds everything random about it."""
        return int(_digest(self.key)[:8], 16)


Rule = Callable[[str, LayeredScene], Iterator[Entry]]


def whole_objects(source: str, scene: LayeredScene) -> Iterator[Entry]:
    """The objects whose annotation says that they are complete (neither hidden nor cut off)."""
    for layer in askable(scene):
        if scene.layers[layer].extent == "amodal":
            yield Entry(source, scene, layer, (layer,))


def exact_objects(source: str, scene: LayeredScene) -> Iterator[Entry]:
    """The objects of a scene that is known exactly, hidden parts included."""
    if scene.is_exact:
        yield from whole_objects(source, scene)


def absent_classes(source: str, scene: LayeredScene) -> Iterator[Entry]:
    """The classes that are taken out of a fully annotated photo, each as the largest of its things.

    Things all of which are smaller than `MIN_SHARE_WHOLE` of the canvas are left: training never shows the
    like in a view of the whole.
    """
    is_regional = any(not layer.is_thing for layer in scene.layers)
    known = float((scene.visible_index() > UNKNOWN).mean())
    if not is_regional or known < MIN_KNOWN_SHARE:
        return
    for label in dict.fromkeys(scene.layers[layer].label for layer in askable(scene)):
        things = [n for n, layer in enumerate(scene.layers) if layer.is_thing and layer.label == label]
        largest = max(askable_of(scene, label), key=lambda n: scene.layers[n].area_px)
        x0, y0, x1, y1 = scene.layers[largest].box_xyxy
        is_large = max(x1 - x0, y1 - y0) >= MIN_SHARE_WHOLE * max(scene.size_hw)
        if is_large and len(things) <= MOST_OF_A_CLASS:
            yield Entry(source, scene, largest, tuple(things))


def askable_of(scene: LayeredScene, label: str) -> list[int]:
    """The layers of a label that may be asked for."""
    return [layer for layer in askable(scene) if scene.layers[layer].label == label]


def frozen(source: str, scenes: Iterable[LayeredScene], split: Split, rule: Rule, count: int) -> list[Entry]:
    """The first `count` objects of a data set, in the order of their hashes.

    Args:
        source: Name of the data set.
        scenes: Its scenes; those of other splits are passed over.
        split: The split.
        rule: Which objects belong to the suite.
        count: How many, if there are as many.
    """
    entries = [entry for scene in scenes if split_of(scene.group) == split for entry in rule(source, scene)]
    return in_order(entries)[:count]


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """Entries in the order of their hashes."""
    return sorted(entries, key=lambda entry: _digest(entry.key))


def list_digest(entries: Sequence[Entry]) -> str:
    """Tells whether two results are about the same objects."""
    return hashlib.sha256("\n".join(entry.key for entry in entries).encode()).hexdigest()


def next_elsewhere(entries: Sequence[Entry], place: int, is_like: bool = False) -> Entry | None:
    """The next entry of another image, round the list; None if there is no other image.

    Args:
        entries: The frozen list.
        place: Whose next one.
        is_like: Whether one with the same label is preferred.
    """
    own = entries[place]
    others = [entries[(place + step) % len(entries)] for step in range(1, len(entries))]
    others = [entry for entry in others if entry.scene.group != own.scene.group]
    alike = [entry for entry in others if entry.label == own.label] if is_like else []
    return next(iter(alike or others), None)


def other_label(entries: Sequence[Entry], place: int) -> str | None:
    """The label of the next entry that is called otherwise; None if all are called alike."""
    own = entries[place].label
    labels = (entries[(place + step) % len(entries)].label for step in range(1, len(entries)))
    return next((label for label in labels if label != own), None)


def generator_of(number: int, purpose: int) -> np.random.Generator:
    """The random numbers of an object for one purpose."""
    return np.random.default_rng([number, purpose])


def _digest(key: str) -> str:
    return hashlib.sha256(f"{_LISTS}:{key}".encode()).hexdigest()
