"""Boxes where a single thing may come, and what is known of each.

Boxes are drawn from the planner's network, which knows whole scenes (`network.py`), and from the network of
places, which knows where single things are in photos (`places.py`); of both as they are drawn, and as large
as the thing comes out there (`metric.py`). What is known of a box are numbers of itself, and of it beside
each layer; a *scorer* (`place_scorer.py`) reads them, and its training the same ones.
"""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float, Float32, Int64

from smartmask.language.prompt_reader import read_scene_prompt
from smartmask.language.scene_prompts import ScenePrompt
from smartmask.model.planner.boxes import (
    NOTHING_AMISS,
    Wanted,
    drawn_boxes,
    log_density,
    rule_scores,
    sized_boxes,
    spread_boxes,
)
from smartmask.model.planner.embedded import EmbeddedPlanner
from smartmask.model.planner.pairs import fit_features
from smartmask.model.planner.places import BOX_WIDTH, PlaceDensity, PlacesNetwork, box_features
from smartmask.model.planner.state import box_bins
from smartmask.model.planner.support import coarse
from smartmask.model.planner.wishes import SeenScene
from smartmask.scene.layout import Layout

DRAWN = 160
"""Boxes drawn from the network of places."""
ELSEWHERE = 160
"""Boxes all over the canvas."""
LEAST_SIDE = 0.008
"""Share of the canvas: what is thinner there is not seen."""
MOST_LAYERS = 14
"""Layers that a scorer reads, the largest ones."""
GRID = 48
"""Cells along each side of the grid on which it is seen which layers a box lies on."""
OWN_WIDTH = 21 + BOX_WIDTH + 1
"""Numbers of a box itself, its place on the canvas among them."""
PAIR_WIDTH = 19
"""Numbers of a box beside a layer."""
LEFT_SIDE, RIGHT_SIDE = 16, 17
"""Of these, those that change places in a mirror."""
UNSURE = 0.3
"""Added to the deviation of ln(height) before it divides."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Boxes where a thing may come in a layout.

    Attributes:
        boxes: Shares of the canvas.
        drawn: The same as they were drawn.
        rules: How well each keeps the rules; 0 = all of them.
        own: Numbers of each box itself, but for those that follow from its place on the canvas alone.
        pairs: Numbers of each box beside each layer.
        word: Embedding of what the thing is.
        labels: Of each layer.
        words: Their embeddings.
        aspect: Logarithm of the canvas's width over height.
    """

    boxes: Float32[np.ndarray, "K 4"]
    drawn: Float32[np.ndarray, "K 4"]
    rules: Float[np.ndarray, " K"]
    own: Float32[np.ndarray, "K A"]
    pairs: Float32[np.ndarray, "K N P"]
    word: Float32[np.ndarray, " E"]
    labels: tuple[str, ...]
    words: Float32[np.ndarray, "N E"]
    aspect: float


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A single thing that is to come into a layout.

    Attributes:
        layout: What is there.
        label: What the thing is.
        word: The same, embedded.
        words: Labels of the layers that are seen, embedded.
        seen: The layout as the planner sees it.
        wanted: What is asked of a box.
        is_placed: Whether the words say where it comes.
    """

    layout: Layout
    label: str
    word: Float32[np.ndarray, " E"]
    words: Float32[np.ndarray, "N E"]
    seen: SeenScene
    wanted: Wanted
    is_placed: bool

    @staticmethod
    def of(planner: EmbeddedPlanner, layout: Layout, prompt: str, scene: str | None) -> "Asked":
        """Read a layout and words.

        Args:
            planner: Sees layouts.
            layout: What is there.
            prompt: What is to come; it may say where.
            scene: What the finished scene shows; None = not said.
        """
        label, said, number = _object_said(prompt)
        there = tuple(layer.label for layer in layout.layers if layer.mask.any())
        place = planner.place_of(ScenePrompt(scene or prompt), there)
        seen = planner.see(layout, replace(said, text=scene or prompt), place)
        wanted, *_ = planner.wanted(seen, label, said, number, prompt, is_alone=True)
        word = planner.encoder.encode([label if " " in prompt else prompt])[0]
        words = planner.encoder.encode([layout.layers[number].label for number in seen.shown])
        return Asked(layout, label, word, words, seen, wanted, number is not None)

    @property
    def aspect(self) -> float:
        """Logarithm of the canvas's width over height."""
        height, width = self.layout.size_hw
        return float(np.log(width / height))

    def density(self, places: PlacesNetwork) -> PlaceDensity:
        """Where the thing is in photos, by a network."""
        return places.density(self.word, self.words, self.seen.boxes, self.aspect)


def lone_boxes(density: PlaceDensity, count: int, rng: np.random.Generator) -> Float32[np.ndarray, "K 4"]:
    """Boxes drawn from a density, without those that are too thin to be seen, unless all are."""
    boxes = density.draw(count, rng)
    return boxes[_is_seen(boxes)]


def find_candidates(
    planner: EmbeddedPlanner,
    places: PlacesNetwork,
    asked: Asked,
    rng: np.random.Generator,
    *,
    as_drawn: bool = False,
    elsewhere: bool = False,
) -> Candidates:
    """Boxes where a single thing may come, as large as it comes out there.

    Args:
        planner: Draws boxes.
        places: Draws more.
        asked: What is to come, and where.
        rng: Where chance comes from.
        as_drawn: Whether they come as they were drawn too; a scorer learns from these as well.
        elsewhere: Whether boxes come all over the canvas too, where they keep the rules, if it is known how
            large the thing comes out there: networks see few of the places that are free.
    """
    network, seen, wanted = planner.network, asked.seen, asked.wanted
    answer = network.ask_box(seen.reading, planner.encoder.encode([asked.label])[0])
    planned = drawn_boxes(network, seen.reading, answer, seen.boxes, wanted, rng, search=asked.is_placed)
    density = asked.density(places)
    lone = lone_boxes(density, DRAWN, rng)
    _, resized = sized_boxes(lone, wanted, rng)
    boxes, drawn = np.concatenate([planned.boxes, resized]), np.concatenate([planned.raw, lone])
    if elsewhere and wanted.size is not None:
        spread = spread_boxes(boxes, rng)
        _, resized = sized_boxes(spread, wanted, rng)
        kept = np.flatnonzero(rule_scores(resized, wanted) >= NOTHING_AMISS)[:ELSEWHERE]
        boxes, drawn = np.concatenate([boxes, resized[kept]]), np.concatenate([drawn, spread[kept]])
    is_seen = _is_seen(boxes)
    boxes, drawn = boxes[is_seen], drawn[is_seen]
    if as_drawn:
        others = np.concatenate([planned.raw, lone])
        others = others[_is_seen(others)]
        boxes, drawn = np.concatenate([boxes, others]), np.concatenate([drawn, others])

    bins = box_bins(boxes)
    likely = np.stack(
        [
            density.log_density(np.clip(boxes, 0, 1)).clip(-12, 8) / 4,
            log_density(network, answer, bins).clip(-25, 0) / 5,
            network.fit(seen.reading, answer, bins, boxes, seen.boxes).clip(-8, 8) / 3,
        ],
        1,
    )
    rules = rule_scores(boxes, wanted)
    known = np.concatenate([_known(boxes, rules, seen, wanted), likely], 1).astype(np.float32)
    areas = (seen.boxes[:, 2:] - seen.boxes[:, :2]).prod(1)
    read = np.sort(np.argsort(-areas, kind="stable")[:MOST_LAYERS])
    return Candidates(
        boxes,
        drawn,
        rules,
        known,
        _pairs(boxes, seen, read),
        asked.word,
        tuple(seen.layout.layers[seen.shown[number]].label for number in read.tolist()),
        asked.words[read],
        asked.aspect,
    )


def own_features(
    own: Float32[np.ndarray, "K A"], boxes: Float32[np.ndarray, "K 4"], aspect: float
) -> Float32[np.ndarray, "K F"]:
    """All numbers of boxes themselves, with those of their place on the canvas.

    Args:
        own: As `Candidates.own`.
        boxes: Shares of the canvas.
        aspect: Logarithm of the canvas's width over height.
    """
    shape = np.full((len(boxes), 1), aspect, np.float32)
    return np.concatenate([own, box_features(boxes), shape], 1).astype(np.float32)


def _is_seen(boxes: Float32[np.ndarray, "K 4"]) -> Bool[np.ndarray, " K"]:
    """Which boxes are not too thin; all, if all are."""
    sides = (boxes[:, 2:] - boxes[:, :2]).min(1)
    return np.asarray(sides >= min(LEAST_SIDE, float(sides.max(initial=0))))


def _known(
    boxes: Float32[np.ndarray, "K 4"], rules: Float[np.ndarray, " K"], seen: SeenScene, wanted: Wanted
) -> Float[np.ndarray, "K A"]:
    """What rules, metres, surfaces and the camera say of boxes."""
    off, certain, is_too_high = np.zeros((3, len(boxes)))
    if wanted.size is not None:
        logs, deviations = seen.metric.heights(wanted.size.kind, boxes)
        certain = 1 / (UNSURE + deviations)
        off = np.where(np.isfinite(deviations), np.log(boxes[:, 3] - boxes[:, 1]) - logs, 0.0).clip(-3, 3)
        is_too_high = wanted.size.is_too_high(boxes).astype(float)
    surfaces, camera = seen.surfaces, seen.metric.camera
    areas = (
        surfaces.ground, surfaces.water, surfaces.upright, surfaces.top, surfaces.seat, surfaces.standing,
        surfaces.road,
    )  # fmt: skip
    height = camera.size_hw[0]
    doubt = camera.spread.horizon_px / height if camera.spread else 1.0
    return np.stack(
        [
            rules.clip(-20, 0) / 5,
            off,
            certain,
            off * certain,
            surfaces.held_shares(wanted.hold, boxes),
            surfaces.sky_shares(boxes),
            surfaces.carried_shares(boxes),
            *(surfaces.foot_shares(area, boxes) for area in areas),
            (boxes[:, 3] - camera.horizon / height).clip(-2, 2),
            (boxes[:, 1] - camera.horizon / height).clip(-2, 2),
            np.full(len(boxes), min(doubt, 2.0)),
            is_too_high,
        ],
        1,
    )


def _pairs(
    boxes: Float32[np.ndarray, "K 4"], seen: SeenScene, layers: Int64[np.ndarray, " N"]
) -> Float32[np.ndarray, "K N P"]:
    """How boxes lie to layers: to their boxes, and which share of what is about each they are."""
    owners = np.full((GRID, GRID), -1)
    for place, number in enumerate(seen.shown):
        owners[coarse(seen.layout.layers[number].mask, GRID)] = place
    is_seen = owners[None] == layers[:, None, None]
    shares, covered = _shares_about(boxes, is_seen)
    others = seen.boxes[layers]
    is_region = np.broadcast_to(seen.is_region[layers], (len(boxes), len(layers)))[..., None]
    geometry = fit_features(boxes, others)
    return np.concatenate([geometry, is_region, covered[..., None], shares], -1).astype(np.float32)


def _shares_about(
    boxes: Float32[np.ndarray, "K 4"], is_seen: Bool[np.ndarray, "N C C"]
) -> tuple[Float[np.ndarray, "K N 7"], Float[np.ndarray, "K N"]]:
    """The share that each layer has of a box's foot, of itself and of what is below, above, left and right of
    its foot and about it all; and how much of what is seen of the layer lies in the box."""
    x0, y0, x1, y1 = boxes.T
    wide, high = x1 - x0, y1 - y0
    strips = np.stack(
        [
            [x0, y1 - 0.1 * high, x1, y1],
            [x0, y0, x1, y1],
            [x0, y1, x1, y1 + 0.12 * high + 0.02],
            [x0, y0 - 0.12 * high - 0.02, x1, y0],
            [x0 - 0.25 * wide - 0.02, y1 - 0.25 * high, x0, y1],
            [x1, y1 - 0.25 * high, x1 + 0.25 * wide + 0.02, y1],
            [x0 - wide, y0 - high, x1 + wide, y1 + high],
        ],
        1,
    )
    edges = np.clip((strips * GRID).round().astype(int), 0, GRID)
    left, top, right, bottom = edges.transpose(0, 2, 1)
    sums = np.zeros((GRID + 1, GRID + 1, len(is_seen)))
    sums[1:, 1:] = is_seen.cumsum(1).cumsum(2).transpose(1, 2, 0)
    inside = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
    areas = np.maximum((bottom - top) * (right - left), 1)
    covered = inside[:, 1] / np.maximum(sums[-1, -1], 1)
    return (inside / areas[..., None]).transpose(0, 2, 1), covered


def _object_said(prompt: str) -> tuple[str, ScenePrompt, int | None]:
    """What an object's words name, what they say of its place ("a cat on the sofa"), and its number there.

    Words that are no scene ("???", "a thousand chairs") are a name all the same, and say nothing of a place.
    """
    try:
        said = read_scene_prompt(prompt)
    except ValueError:
        said = ScenePrompt(prompt)
    if not said.named or said.named[0].is_region:
        return prompt, said, None
    is_placed = any(relation.subject == 0 for relation in said.relations)
    return said.named[0].label, said, 0 if is_placed else None
