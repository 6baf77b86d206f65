"""The shipped planner: first what a prompt names, counted and placed as told; then what the scene needs.

The prompt is read by rule (`language/prompt_reader.py`), so that named things cannot be forgotten; the
network (`model/planner/network.py`) decides which of them comes next, where, and behind what, and proposes
the rest until it says "stop". It keeps no memory: what is still to come follows from the layout and the
prompt.
"""

import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float32

from smartmask.language.kinds import Kinds
from smartmask.language.poses import split_poses
from smartmask.language.prompt_reader import read_scene_prompt
from smartmask.language.scene_prompts import Named, ScenePrompt, missing_things
from smartmask.language.scene_words import REGIONS, canonical
from smartmask.language.surfaces import SURFACES
from smartmask.language.wording import with_article
from smartmask.model.planner.boxes import (
    MOST_BEHIND_ALONE,
    MOST_HIDDEN,
    MOST_HIDDEN_ALONE,
    MOST_HIDDEN_BY_EXTRA,
    ChosenBox,
    Wanted,
    as_boxes,
    choose_box,
    position,
    seen_shares,
)
from smartmask.model.planner.metric import MetricScene, MetricSize
from smartmask.model.planner.network import PlannerNetwork, load_planner_network
from smartmask.model.planner.start_layouts import Start, nearest_place, start_scene
from smartmask.model.planner.state import layout_shapes
from smartmask.model.planner.support import SupportRules, rests
from smartmask.model.planner.wishes import (
    CELLS,
    RARE,
    SeenScene,
    goes_beside,
    is_out_of_place,
    near_tests,
    room_tests,
    told,
)
from smartmask.perspective.estimate import estimate_camera
from smartmask.protocols import PlannedObject, TextEncoder
from smartmask.scene.boxes import BoxXYXY, box_of
from smartmask.scene.camera import Camera
from smartmask.scene.layout import Layer, Layout

LABEL_TEMPERATURE = 1.0
LEAST_LIKELY = 0.02
"""Labels below this share of the likeliest one's probability are not proposed."""
TRIES = 20
"""Labels that are tried for a place before the scene counts as complete."""
MOST_ALIKE = 2
"""Things of one label that are proposed; whoever wants more names them."""
LEAST_ADDED = 3
"""Things that come, where any fit, before a scene counts as complete: whoever gives a photo wants some."""
NAMED_TRIES = 5
LEAST_SIDE_PX = 3.0  # of a box that is drawn in: a shape shows from two pixels on
LEAST_ROAD = 0.1
"""Share of the ground from which on a road is one, and what drives belongs on it."""
LEAST_SEEN = 0.15
"""Share of a named thing's box that all in front of it together leave to be seen."""
SAME_THING = 0.72
"""Cosine above which a proposed label could be counted as a named one."""


class EmbeddedPlanner:
    """A `Planner` that needs neither PyTorch nor a network connection."""

    def __init__(self, network: PlannerNetwork, encoder: TextEncoder) -> None:
        """Take the parts.

        Args:
            network: Plans scenes.
            encoder: That it was trained with.

        Raises:
            ValueError: If the encoder is not as wide as the one that the network was trained with.
        """
        if network.card.network.text_width != encoder.width:
            raise ValueError(
                f"the planner was trained with embeddings of {network.card.network.text_width} numbers, but "
                f"the encoder gives {encoder.width}"
            )
        self.network, self.encoder = network, encoder
        self._rules = SupportRules(encoder)
        kinds = Kinds(encoder.encode)
        self._kind_of = lru_cache(maxsize=4096)(
            lambda words: found.kind if (found := kinds.find(words)) else None
        )
        self._words = encoder.encode(network.card.labels)
        self._read = lru_cache(maxsize=64)(read_scene_prompt)
        self._nearest = lru_cache(maxsize=64)(lambda said: nearest_place(said, encoder))

    @staticmethod
    def load(path: Path, encoder: TextEncoder) -> "EmbeddedPlanner":
        """The planner in a weights file.

        Raises:
            CheckpointError: If the file cannot be used.
        """
        return EmbeddedPlanner(load_planner_network(path), encoder)

    def start(self, prompt: str, size_hw: tuple[int, int], seed: int) -> Start:
        """The regions that a scene of this prompt begins with, and the camera that sees them.

        Raises:
            ValueError: If the prompt cannot be read, or the canvas is too small or too large.
        """
        return start_scene(read_scene_prompt(prompt), size_hw, seed, self.encoder)

    def next_object(
        self,
        layout: Layout,
        prompt: str,
        placed: Sequence[PlannedObject],
        seed: int,
        camera: Camera | None = None,
    ) -> PlannedObject | None:
        """The next object, or None if the scene is complete; see `Planner`.

        Raises:
            ValueError: If the prompt cannot be read.
        """
        said = self._read(prompt)
        rng = np.random.default_rng([seed, 23, zlib.crc32(prompt.encode())])
        there = tuple(layer.label for layer in layout.layers if layer.mask.any())
        place = self.place_of(said, there)
        scene = self.see(layout, said, place, camera)
        pending = missing_things(said, there)
        if pending:
            return self._named(scene, said, [number for number, _ in pending], rng)
        return self._proposed(scene, said, place, rng, may_stop=len(placed) >= LEAST_ADDED)

    def place_of(self, said: ScenePrompt, there: tuple[str, ...]) -> str:
        """The kind of place: as said, or that of what is named, or that of what is there."""
        if not said.named and said.place is None:
            named = tuple(Named(label, label, is_region=label in REGIONS) for label in dict.fromkeys(there))
            said = replace(said, named=named)
        return said.place or self._nearest(said)

    def see(self, layout: Layout, said: ScenePrompt, place: str, camera: Camera | None = None) -> SeenScene:
        """A layout as the planner sees it, with its surfaces and its camera.

        Args:
            layout: What is there.
            said: What is to come; its text is read.
            place: The kind of place, as `place_of` tells.
            camera: That it is seen by; None = as the layout tells.
        """
        shown = tuple(number for number, layer in enumerate(layout.layers) if layer.mask.any())
        height, width = layout.size_hw
        scale = np.array([width, height, width, height], np.float32)
        labels = [layout.layers[number].label for number in shown]
        boxes = as_boxes([np.array(box_of(layout.layers[n].mask), np.float32) / scale for n in shown])
        regions = self._regions([layout.layers[number] for number in shown])
        present = Layout(layout.size_hw, tuple(layout.layers[number] for number in shown))
        reading = self.network.read(
            self.encoder.encode(labels),
            layout_shapes(layout, shown),
            self.encoder.encode([said.text])[0],
            self.encoder.encode([place])[0],
            float(np.log(width / height)),
        )
        surfaces = self._rules.surfaces(present, regions.tolist(), CELLS)
        camera = camera or estimate_camera(present)
        metric = MetricScene.of(present, regions.tolist(), surfaces, camera, self._kind_of)
        return SeenScene(layout, shown, boxes, regions, surfaces, reading, metric)

    def _regions(self, layers: Sequence[Layer]) -> Bool[np.ndarray, " N"]:
        """Which layers are parts of the place: no house that was put before things, as they were."""
        found = [is_region(layer.label) for layer in layers]
        for number in range(found.index(False) if False in found else len(found), len(found)):
            if layers[number].extent == "amodal" and self._rules.stands(layers[number].label):
                found[number] = False
        return np.array(found, bool)

    def _named(
        self, scene: SeenScene, said: ScenePrompt, pending: Sequence[int], rng: np.random.Generator
    ) -> PlannedObject:
        """One of the named things that are still missing, references before what refers to them."""
        waiting = set(pending)
        free = [
            number
            for number in pending
            if not any(
                relation.subject == number and waiting.intersection(relation.references) - {number}
                for relation in said.relations
            )
            and not waiting.intersection(goes_beside(said, number))
        ]
        choices = free or list(pending)
        # What stands on furniture comes after the furniture.
        choices = [number for number in choices if not rests(said.named[number].label)] or choices
        answer = self.network.ask_label(scene.reading)
        logits = self.network.label_logits(
            answer, self.encoder.encode([said.named[number].label for number in choices])
        )
        number = choices[int(np.argmax(logits + rng.gumbel(size=len(choices))))]
        item = said.named[number]
        found = []
        for _ in range(NAMED_TRIES):
            found.append(self._place(scene, item.label, said, number, rng, item.description))
            if found[-1][1].score > -1:
                break
        return _planned(scene, item.label, item.description, max(found, key=lambda one: one[1].score))

    def _proposed(
        self, scene: SeenScene, said: ScenePrompt, place: str, rng: np.random.Generator, *, may_stop: bool
    ) -> PlannedObject | None:
        """What the scene may need besides, or None."""
        card = self.network.card
        answer = self.network.ask_label(scene.reading)
        logits = self.network.label_logits(answer, self._words) + self.network.label_biases
        logits = np.append(logits, self.network.stop_logit(answer)) / LABEL_TEMPERATURE
        there = Counter(layer.label for layer in scene.layout.layers)
        if not may_stop:
            logits[-1] = -np.inf
        is_amiss = [there[label] >= MOST_ALIKE or is_out_of_place(label, place) for label in card.labels]
        logits[:-1][self._unwanted(said) | is_amiss] = -np.inf
        logits[logits < logits.max() + np.log(LEAST_LIKELY)] = -np.inf
        order = np.argsort(-(logits + rng.gumbel(size=len(logits))))
        rows = order[: int(np.isfinite(logits).sum())].tolist()
        if not rows or rows[0] == len(card.labels):
            return None
        # Whether to stop is decided once: a thing that finds no place is no reason to.
        for row in [row for row in rows if row != len(card.labels)][:TRIES]:
            label = card.labels[row]
            number, chosen = self._place(scene, label, said, None, rng)
            if chosen.score > -1:
                return _planned(scene, label, with_article(label), (number, chosen))
        return None

    def _unwanted(self, said: ScenePrompt) -> Bool[np.ndarray, " L"]:
        """Labels that would spoil a count, or that the prompt rules out."""
        rare = np.array([label in RARE for label in self.network.card.labels], bool)
        names = [item.label for item in said.things] + list(said.absent)
        if not names:
            return rare
        alike = (self._words @ self.encoder.encode(names).T).max(1) > SAME_THING
        taken = {canonical(name) for name in names}
        for row, label in enumerate(self.network.card.labels):
            alike[row] |= canonical(label) in taken or any(
                label.endswith(f" {name}") or name.endswith(f" {label}") for name in taken
            )
        if "person" in said.absent:
            alike |= np.array([label in _PEOPLE for label in self.network.card.labels])
        return np.asarray(alike | rare)

    def _place(
        self,
        scene: SeenScene,
        label: str,
        said: ScenePrompt,
        number: int | None,
        rng: np.random.Generator,
        words: str | None = None,
    ) -> tuple[int, ChosenBox]:
        """A box for a thing, and how many of the layers shown are behind it; words tell its size if given."""
        answer = self.network.ask_box(scene.reading, self.encoder.encode([label])[0])
        wanted, stands, lowest, highest = self.wanted(scene, label, said, number, words or label)
        chosen = choose_box(
            self.network, scene.reading, answer, scene.boxes, wanted, rng, search=number is not None
        )
        stands &= ~scene.is_seated(chosen.box[None])
        behind = position(
            self.network, scene.reading, answer, chosen, scene.boxes, stands, lowest, max(lowest, highest)
        )
        hides = label not in SURFACES["ground"]
        if hides and _hidden_share(chosen.box, scene.boxes[behind:]) > MOST_HIDDEN:
            behind = max(lowest, highest)  # what nobody would see is brought to the front
        if hides and not self._leaves_named_seen(scene, said, label, chosen, behind):
            chosen = replace(chosen, score=chosen.score - 3)
        return behind, chosen

    def wanted(
        self,
        scene: SeenScene,
        label: str,
        said: ScenePrompt,
        number: int | None,
        words: str,
        *,
        is_alone: bool = False,
    ) -> tuple[Wanted, Bool[np.ndarray, " N"], int, int]:
        """What is asked of a box; which layers stand as the thing does; where in the order it may come.

        Args:
            scene: What is there.
            label: What the thing is.
            said: The prompt.
            number: Of the thing in the prompt; None = not named, or nothing is said of its place.
            words: All that is said of the thing itself.
            is_alone: Whether it is a single thing, put into a photo.
        """
        musts, meant, lowest, highest = told(scene, said, number, self._rules)
        hold, rest = self._rules.hold(label), None if musts else self._rest(scene, label)
        if is_alone and rest is None and rests(label) and scene.surfaces.seat.any() and not musts:
            hold, rest = "seat", scene.surfaces.seat  # a table among its chairs is seen as one of them
        size = self._size(scene, words)
        most_hidden = MOST_HIDDEN_BY_EXTRA if number is None else MOST_HIDDEN
        hides = label not in SURFACES["ground"]
        if not hides:
            highest = lowest  # a rug lies under everything
        stands = np.zeros(len(scene.shown), bool)
        if self._is_upright(label):
            stands[:] = [self._is_upright(scene.layout.layers[n].label) for n in scene.shown]
            stands &= ~scene.is_region & ~scene.is_seated(scene.boxes)
        wanted = Wanted(
            hold=hold,
            surfaces=scene.surfaces,
            musts=musts,
            shoulds=meant
            + (() if number is None else room_tests(scene, said, number) + near_tests(said, number, size)),
            alike=as_boxes([np.array(box, np.float32) for box in scene.boxes_of(label)]),
            things=scene.boxes[~scene.is_region] if hides and not musts else None,
            standing=scene.boxes[stands],
            most_hidden=MOST_HIDDEN_ALONE if is_alone else most_hidden,
            most_behind=MOST_BEHIND_ALONE if is_alone else most_hidden,
            rest=rest,
            is_sent_up=not musts and self._rules.is_sent_up(label),
            size=size,
            is_planned=not is_alone,
            may_sit=bool(is_alone or musts or split_poses(words)[1]),
        )
        return wanted, stands, lowest, highest

    def _is_upright(self, label: str) -> bool:
        """Whether such a thing stands on the ground, unless somebody sits on a seat."""
        return self._rules.stands(label) or (self._rules.hold(label) == "seat" and not rests(label))

    def _rest(self, scene: SeenScene, label: str) -> Bool[np.ndarray, "C C"] | None:
        """Where such a thing belongs: on furniture, on the road; None = anywhere that holds it."""
        road, ground = scene.surfaces.road, scene.surfaces.ground
        is_road = bool(road.any()) and road.sum() >= LEAST_ROAD * ground.sum()
        return road if is_road and self._rules.drives(label) else scene.surfaces.rest(label)

    def _size(self, scene: SeenScene, words: str) -> MetricSize | None:
        kind = self._kind_of(words)
        return MetricSize(scene.metric, kind) if kind else None

    def _leaves_named_seen(
        self, scene: SeenScene, said: ScenePrompt, label: str, chosen: ChosenBox, behind: int
    ) -> bool:
        """Whether enough of all that the prompt names is seen, with a new box in its place in the order."""
        named = {canonical(item.label) for item in said.things}
        labels = [scene.layout.layers[number].label for number in scene.shown]
        is_named = [canonical(found) in named for found in (*labels[:behind], label, *labels[behind:])]
        seen = seen_shares(np.insert(scene.boxes, behind, chosen.box, 0))
        return not (seen[is_named] < LEAST_SEEN).any()


def _planned(scene: SeenScene, label: str, description: str, found: tuple[int, ChosenBox]) -> PlannedObject:
    behind, chosen = found
    number = scene.shown[behind] if behind < len(scene.shown) else None
    return PlannedObject(label, description, in_pixels(chosen.box, scene.layout.size_hw), number)


def in_pixels(box: Float32[np.ndarray, "4"], size_hw: tuple[int, int]) -> BoxXYXY:
    """A box on the canvas, not so small that no shape could be drawn in it; its middle and foot stay."""
    height, width = size_hw
    x0, y0, x1, y1 = (float(v) for v in box)
    half = max((x1 - x0) * width, LEAST_SIDE_PX) / 2
    middle = (x0 + x1) / 2 * width
    return middle - half, min(y0 * height, y1 * height - LEAST_SIDE_PX), middle + half, y1 * height


def _hidden_share(box: Float32[np.ndarray, "4"], front: Float32[np.ndarray, "N 4"]) -> float:
    """The largest share of a box that one of those in front of it covers."""
    if not len(front):
        return 0.0
    sides = np.minimum(front[:, 2:], box[2:]) - np.maximum(front[:, :2], box[:2])
    area = float((box[2] - box[0]) * (box[3] - box[1]))
    return float(np.clip(sides, 0, None).prod(1).max() / max(area, 1e-9))


_PEOPLE = frozenset(("person", "man", "woman", "child", "boy", "girl"))
_REGIONS = frozenset(word for words in SURFACES.values() for word in words) - {
    "window", "door", "fence", "rug", "carpet", "floor mat",
}  # fmt: skip


def is_region(label: str) -> bool:
    """Whether a label is a part of a place (floor, sky, a lake) rather than a thing.

    >>> is_region("lake"), is_region("duck")
    (True, False)
    """
    return label in _REGIONS
