"""What the network of places learns from: one thing taken out of a scene, the others known by their boxes.

What lies all in the thing goes with it. Of the others a random part is told, regions half the time: people
name some of what is in a picture, and seldom the ground.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float32, Int64

from smartmask.data.examples.example import askable
from smartmask.data.layered_scene import LayeredScene
from smartmask.model.planner.places import box_features, points_of
from smartmask.protocols import TextEncoder
from smartmask.training.planner.places_network import PlacesBatch

MIXTURE: dict[str, float] = {"coco": 0.32, "voc": 0.36, "nyu40": 0.13, "made": 0.19}
"""Share of each data set in a batch. LVIS is left out: it annotates few photos, COCO's own."""
MOST_LAYERS = 14
PEOPLE = ("man", "woman", "boy", "girl", "child", "people", "player", "kid", "lady", "men", "women", "guy")
OTHERWISE_NAMED = 0.6
"""Share of people that are called by another word for one."""
JITTER = (0.008, 0.008, 0.03, 0.03)
"""Deviation of what is added to a target, lest borders of the canvas become needles."""
INSIDE, SAME = 0.9, 0.5


@dataclass(frozen=True, slots=True, eq=False)
class PlacesScene:
    """A scene's boxes.

    Attributes:
        labels: Row of each layer's label in the table of words.
        boxes: Shares of the canvas.
        is_thing: Which are no regions.
        asked: Numbers of those that may be taken out.
        aspect: Logarithm of the canvas's width over height.
    """

    labels: Int64[np.ndarray, " N"]
    boxes: Float32[np.ndarray, "N 4"]
    is_thing: np.ndarray
    asked: tuple[int, ...]
    aspect: float


@dataclass(frozen=True, slots=True, eq=False)
class PlacesScenes:
    """Scenes by data set, and the words of their labels.

    Attributes:
        sets: The scenes with something to ask for.
        words: Embeddings; row 0 is no word, then come `PEOPLE`.
        person: Row of "person", or -1.
    """

    sets: dict[str, tuple[PlacesScene, ...]]
    words: Float32[np.ndarray, "W E"]
    person: int

    @staticmethod
    def of(scenes: Mapping[str, Iterable[LayeredScene]], encoder: TextEncoder) -> "PlacesScenes":
        """Look at scenes; masks are not read."""
        rows = {name: number for number, name in enumerate(("", *PEOPLE))}
        sets = {
            source: tuple(_scene(scene, asked, rows) for scene in found if (asked := tuple(askable(scene))))
            for source, found in scenes.items()
        }
        words = encoder.encode(list(rows))
        words[0] = 0
        return PlacesScenes(sets, words, rows.get("person", -1))

    def counts(self) -> dict[str, int]:
        """Things of each data set."""
        return {source: sum(len(scene.asked) for scene in found) for source, found in self.sets.items()}


def draw_batch(scenes: PlacesScenes, count: int, rng: np.random.Generator) -> PlacesBatch:
    """Things of scenes, a data set each by `MIXTURE`, a thing as likely as the next."""
    names = [name for name in MIXTURE if scenes.sets.get(name)]
    shares = np.array([MIXTURE[name] for name in names])
    things = {name: np.cumsum([len(scene.asked) for scene in scenes.sets[name]]) for name in names}
    labels = np.zeros((count, MOST_LAYERS), np.int64)
    boxes = np.zeros((count, MOST_LAYERS, 4), np.float32)
    is_layer = np.zeros((count, MOST_LAYERS), bool)
    asked, aspects, targets = np.zeros(count, np.int64), np.zeros(count, np.float32), []
    for row, which in enumerate(rng.choice(len(names), count, p=shares / shares.sum()).tolist()):
        ends = things[names[which]]
        pick = int(rng.integers(ends[-1]))
        place = int(np.searchsorted(ends, pick, "right"))
        scene = scenes.sets[names[which]][place]
        number = scene.asked[pick - int(ends[place])]
        told = _told(scene, number, rng)
        mirrored = scene.boxes.copy()
        if rng.random() < 0.5:
            mirrored[:, [0, 2]] = 1 - mirrored[:, [2, 0]]
        labels[row, : len(told)] = _named(scene.labels[told], scenes.person, rng)
        boxes[row, : len(told)], is_layer[row, : len(told)] = mirrored[told], True
        asked[row] = _named(scene.labels[[number]], scenes.person, rng)[0]
        aspects[row] = scene.aspect
        targets.append(points_of(mirrored[[number]])[0] + rng.normal(0, JITTER))
    flat = boxes.reshape(-1, 4)
    return PlacesBatch(
        asked=torch.from_numpy(asked),
        labels=torch.from_numpy(labels),
        features=torch.from_numpy(box_features(flat)).view(count, MOST_LAYERS, -1),
        points=torch.from_numpy(points_of(flat).astype(np.float32)).view(count, MOST_LAYERS, 4),
        is_layer=torch.from_numpy(is_layer),
        aspect=torch.from_numpy(aspects),
        target=torch.from_numpy(np.array(targets, np.float32)),
    )


def _scene(scene: LayeredScene, asked: tuple[int, ...], rows: dict[str, int]) -> PlacesScene:
    height, width = scene.size_hw
    return PlacesScene(
        labels=np.array([rows.setdefault(layer.label, len(rows)) for layer in scene.layers], np.int64),
        boxes=np.array([layer.box_xyxy for layer in scene.layers], np.float32)
        / np.array([width, height, width, height], np.float32),
        is_thing=np.array([layer.is_thing for layer in scene.layers], bool),
        asked=asked,
        aspect=float(np.log(width / height)),
    )


def _told(scene: PlacesScene, number: int, rng: np.random.Generator) -> np.ndarray:
    """The layers that are told of a scene without one of its things."""
    own = scene.boxes[number]
    low, high = np.maximum(scene.boxes[:, :2], own[:2]), np.minimum(scene.boxes[:, 2:], own[2:])
    shared = np.clip(high - low, 0, None).prod(-1)
    areas = np.maximum((scene.boxes[:, 2:] - scene.boxes[:, :2]).prod(-1), 1e-9)
    kept = (shared / areas < INSIDE) & (shared / np.maximum(areas + areas[number] - shared, 1e-9) <= SAME)
    kept[number] = False
    mode = rng.random()
    if mode < 0.5:
        kept &= scene.is_thing | (rng.random(len(kept)) < (0.0 if mode < 0.3 else 0.4))
    kept &= rng.random(len(kept)) >= (0.0 if rng.random() < 0.4 else 0.8 * rng.random())
    found = np.flatnonzero(kept)
    return found if len(found) <= MOST_LAYERS else rng.choice(found, MOST_LAYERS, replace=False)


def _named(labels: Int64[np.ndarray, " N"], person: int, rng: np.random.Generator) -> Int64[np.ndarray, " N"]:
    """Labels, some people called otherwise."""
    is_other = (labels == person) & (rng.random(len(labels)) < OTHERWISE_NAMED)
    return np.where(is_other, rng.integers(1, len(PEOPLE) + 1, len(labels)), labels)
