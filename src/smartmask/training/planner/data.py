"""Ordered scenes -> parts of scenes and what is missing from them, for the planner.

Scenes are read once into arrays. An example is a random part of a scene: its regions, and some of its things.
What may come next is anything that is missing; larger things are likelier first, since small ones stand on
them. So "next" is a distribution rather than a draw: p(thing) ~ area ** `LARGE_FIRST` over what is missing.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float16, Float32, Int32

from smartmask.data.layered_scene import LayeredScene, SceneLayer
from smartmask.language.wording import SYNONYMS, scene_text
from smartmask.model.planner.pairs import PAIR_WIDTH, pair_features
from smartmask.model.planner.state import GRID, SHAPE_WIDTH, box_bins, canvas_shares, shape_features
from smartmask.protocols import TextEncoder
from smartmask.training.planner.network import PlannerBatch

LARGE_FIRST = 0.6
SMALLEST_SHARE = 0.0004
"""Things below this share of the canvas are not planned: nobody would miss them."""
MOST_LAYERS = 28
MOST_ASKED = 6
WORDLESS_TEXTS = 3
"""Texts made up for a scene that has none."""
OTHER_NAME_RATE = 0.35
"""How often a thing goes by another of its names."""
OTHER_NAMES: dict[str, tuple[str, ...]] = {
    "picture": ("painting", "poster", "picture frame"),
    "potted plant": ("plant", "houseplant", "flower pot"),
    "dining table": ("table", "kitchen table"),
    "coffee table": ("table", "low table"),
    "side table": ("small table", "end table", "night table"),
    "floor lamp": ("lamp", "standing lamp"),
    "table lamp": ("lamp", "desk lamp"),
    "ceiling lamp": ("pendant light", "chandelier", "hanging lamp"),
    "street lamp": ("lamp post", "street light"),
    "office chair": ("desk chair", "swivel chair"),
    "armchair": ("easy chair", "recliner"),
    "bookcase": ("bookshelf", "shelf"),
    "shelf": ("bookshelf", "shelving"),
    "cabinet": ("cupboard", "wardrobe", "closet"),
    "monitor": ("computer", "computer screen"),
    "cup": ("mug", "glass"),
    "jar": ("pot", "can"),
    "rug": ("carpet", "mat"),
    "pillow": ("cushion",),
    "bush": ("shrub", "hedge"),
    "rock": ("stone", "boulder"),
    "house": ("cottage", "hut", "barn"),
    "building": ("tower", "church"),
    "person": ("man", "woman", "child"),
    "bird": ("duck", "seagull"),
    **{label: words[:3] for label, words in SYNONYMS.items() if label != "person"},
}
"""What else people call the things of the scenes: the network learns them by their embeddings."""
NAMELESS = ("other", "unlabeled", "crowd", "otherprop", "otherfurniture", "otherstructure")
"""Beginnings of labels that name nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class PlannerScenes:
    """Scenes as arrays; layers of scene i are rows `starts[i] : starts[i + 1]`, texts likewise.

    Attributes:
        starts: Where each scene's layers begin.
        boxes: Boxes as shares of the canvas.
        areas: Pixels as shares of the canvas.
        grids: Share of each grid cell.
        labels: Row of each layer's label in `words`.
        is_thing: Whether the layer may be planned.
        aspects: Logarithm of each canvas's width over height.
        text_starts: Where each scene's texts begin.
        texts: Embeddings of the texts.
        places: Row of each scene's kind of place in `words`; -1 = none.
        words: Embeddings of labels and places.
        names: The labels and places themselves.
        other_names: For each row of `labels` and `places` three of other names, itself where it has none.
    """

    starts: Int32[np.ndarray, " S1"]
    boxes: Float32[np.ndarray, "N 4"]
    areas: Float32[np.ndarray, " N"]
    grids: Float32[np.ndarray, "N g"]
    labels: Int32[np.ndarray, " N"]
    is_thing: Bool[np.ndarray, " N"]
    aspects: Float32[np.ndarray, " S"]
    text_starts: Int32[np.ndarray, " S1"]
    texts: Float16[np.ndarray, "T E"]
    places: Int32[np.ndarray, " S"]
    words: Float32[np.ndarray, "W E"]
    names: tuple[str, ...]
    other_names: Int32[np.ndarray, "V 3"]

    def __len__(self) -> int:
        return len(self.aspects)

    def proposable(self, least: int) -> tuple[str, ...]:
        """Labels of things that came at least so often, the most frequent first."""
        counts = Counter(self.labels[self.is_thing].tolist())
        return tuple(self.names[row] for row, count in counts.most_common() if count >= least)


def read_scenes(scenes: Iterable[LayeredScene], encoder: TextEncoder, seed: int = 0) -> PlannerScenes:
    """Scenes with at least one thing, as arrays.

    Raises:
        ValueError: If there is no scene.
    """
    rng = np.random.default_rng(seed)
    starts, text_starts, places, aspects = [0], [0], [], []
    rows = []
    labels: list[int] = []
    things: list[bool] = []
    texts: list[str] = []
    names: dict[str, int] = {}
    for scene in scenes:
        layers = [layer for layer in scene.layers if _is_worth_it(layer, scene)]
        if not any(layer.is_thing for layer in layers):
            continue
        rows += [canvas_shares(layer.mask(scene.size_hw)) for layer in layers]
        labels += [names.setdefault(layer.label, len(names)) for layer in layers]
        things += [layer.is_thing for layer in layers]
        starts.append(len(rows))
        aspects.append(float(np.log(scene.size_hw[1] / scene.size_hw[0])))
        place = place_of(scene.texts)
        places.append(-1 if place is None else names.setdefault(place, len(names)))
        texts += scene.texts or _made_up(layers, rng)
        text_starts.append(len(texts))
    if not rows:
        raise ValueError("no scene with a thing in it; give datasets that hold some")
    other_names = np.array(
        [
            [
                names.setdefault(other, len(names))
                for other in (*OTHER_NAMES.get(name, ()), name, name, name)[:3]
            ]
            for name in list(names)
        ],
        np.int32,
    )
    return PlannerScenes(
        np.array(starts, np.int32),
        np.array([row[0] for row in rows], np.float32),
        np.array([row[1] for row in rows], np.float32),
        np.array([row[2] for row in rows], np.float32),
        np.array(labels, np.int32),
        np.array(things, bool),
        np.array(aspects, np.float32),
        np.array(text_starts, np.int32),
        encoder.encode(texts).astype(np.float16),
        np.array(places, np.int32),
        encoder.encode(list(names)),
        tuple(names),
        other_names,
    )


def place_of(texts: Sequence[str]) -> str | None:
    """The kind of place that a made scene's texts name.

    >>> place_of(("a kitchen with a chair", "a photo of a kitchen"))
    'kitchen'
    """
    for text in reversed(texts):
        if found := re.fullmatch(r"a photo of an? ([a-z ]+)", text):
            return found[1]
    return None


def draw_batch(
    scenes: PlannerScenes, proposable: Sequence[str], size: int, rng: np.random.Generator
) -> PlannerBatch:
    """Parts of random scenes, half of them mirrored."""
    row_of = {name: row for row, name in enumerate(proposable)}
    slot = np.array([row_of.get(name, -1) for name in scenes.names])
    width = scenes.words.shape[1]
    batch = {
        "words": np.zeros((size, MOST_LAYERS, width), np.float32),
        "shapes": np.zeros((size, MOST_LAYERS, SHAPE_WIDTH), np.float32),
        "is_layer": np.zeros((size, MOST_LAYERS), bool),
        "weight": np.zeros(size, np.float32),
        "prompt": np.zeros((size, width), np.float32),
        "place": np.zeros((size, width), np.float32),
        "aspect": np.zeros(size, np.float32),
        "next_shares": np.zeros((size, len(proposable) + 1), np.float32),
        "asked": np.zeros((size, MOST_ASKED, width), np.float32),
        "is_asked": np.zeros((size, MOST_ASKED), bool),
        "bins": np.zeros((size, MOST_ASKED, 4), np.int64),
        "is_front": np.zeros((size, MOST_ASKED, MOST_LAYERS), bool),
        "pairs": np.zeros((size, MOST_ASKED, MOST_LAYERS, PAIR_WIDTH), np.float32),
        "is_pair": np.zeros((size, MOST_ASKED, MOST_LAYERS), bool),
    }
    for place, number in enumerate(rng.integers(len(scenes), size=size).tolist()):
        _fill(batch, place, scenes, number, slot, rng)
    return PlannerBatch(**{name: torch.from_numpy(value) for name, value in batch.items()})


def _fill(
    batch: dict[str, np.ndarray],
    place: int,
    scenes: PlannerScenes,
    number: int,
    slot: np.ndarray,
    rng: np.random.Generator,
) -> None:
    """One example: a random part of a scene."""
    span = slice(scenes.starts[number], scenes.starts[number + 1])
    boxes, areas, grids = scenes.boxes[span], scenes.areas[span], scenes.grids[span]
    labels, is_thing = scenes.labels[span], scenes.is_thing[span]
    if rng.random() < 0.5:
        boxes = np.stack([1 - boxes[:, 2], boxes[:, 1], 1 - boxes[:, 0], boxes[:, 3]], 1)
        grids = grids.reshape(-1, GRID, GRID)[:, :, ::-1].reshape(len(grids), -1)
    weights = areas**LARGE_FIRST
    keys = np.where(is_thing, np.log(weights) + rng.gumbel(size=len(areas)), np.inf)
    order = np.argsort(-keys)[:MOST_LAYERS]  # regions first, then things as they might have come
    regions = min(int(np.count_nonzero(~is_thing)), len(order) - 1)
    things = len(order) - regions
    count = regions + int(rng.integers(things + 1))
    present, missing = np.sort(order[:count]), order[count:]
    # A part of each size is one state of a scene's making: drawing one of them must not make large scenes
    # rarer in each state, or "stop" would come too early.
    batch["weight"][place] = things + 1

    here = slice(0, len(present))
    called = labels.copy()
    renamed = rng.random(len(called)) < OTHER_NAME_RATE
    called[renamed] = scenes.other_names[called[renamed], rng.integers(3, size=int(renamed.sum()))]
    batch["words"][place, here] = scenes.words[called[present]]
    batch["shapes"][place, here] = shape_features(boxes[present], areas[present], grids[present])
    batch["is_layer"][place, here] = True
    first, last = scenes.text_starts[number : number + 2]
    if last > first:
        batch["prompt"][place] = scenes.texts[rng.integers(first, last)]
    if scenes.places[number] >= 0 and rng.random() < 0.7:
        batch["place"][place] = scenes.words[scenes.places[number]]
    batch["aspect"][place] = scenes.aspects[number]

    shares = batch["next_shares"][place]
    np.add.at(shares, slot[labels[missing]], np.where(slot[labels[missing]] >= 0, weights[missing], 0))
    total = shares[:-1].sum()
    if len(missing) == 0 or total <= 0:
        shares[:] = 0
        shares[-1] = 1
    else:
        shares[-1] = 0
        shares /= total

    asked = missing[:MOST_ASKED]
    for query, target in enumerate(asked.tolist()):
        batch["asked"][place, query] = scenes.words[called[target]]
        batch["is_asked"][place, query] = True
        batch["bins"][place, query] = box_bins(boxes[target : target + 1])[0]
        pairs = pair_features(boxes[target], boxes[present])
        batch["pairs"][place, query, here] = pairs
        batch["is_pair"][place, query, here] = pairs[:, 4] > 0
        batch["is_front"][place, query, here] = target > present


def _is_worth_it(layer: SceneLayer, scene: LayeredScene) -> bool:
    share = layer.area_px / (scene.size_hw[0] * scene.size_hw[1])
    return share >= SMALLEST_SHARE and not layer.label.startswith(NAMELESS)


def _made_up(layers: Sequence[SceneLayer], rng: np.random.Generator) -> list[str]:
    labels = [layer.label for layer in layers if layer.is_thing]
    targets = [labels[int(rng.integers(len(labels)))] for _ in range(WORDLESS_TEXTS)]
    return [scene_text(labels, target, rng) for target in targets]
