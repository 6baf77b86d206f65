"""Places for a single thing that is put into a photo: many boxes are tried, and told apart.

Where a layout's outlines are known boxes come from the planner's network, which knows whole scenes
(`network.py`); those that break rules least are left, and one is drawn as likely as it is. A list of boxes is
asked of a network that knows where single things are in photos (`places.py`). Ten boxes drawn one by one
would be much the same ten there; so *places* lie apart: each is the box that covers, by IoU > 1/2, most of
what the places before it leave,

    next = argmax_i  sum of w_j over j with IoU(i, j) > 1/2 and no place before that covers j

which is the greedy way to the largest chance that one of them is right (Nemhauser, Wolsey and Fisher 1978).
A box at a place is drawn among those that are nearly the same; where a shape's proportions break a rule
there, among those that it covers, or all.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float, Float32

from smartmask.model.planner.boxes import NOTHING_AMISS, Wanted, drawn_boxes, rule_scores, sized_boxes
from smartmask.model.planner.network import PlannerNetwork
from smartmask.model.planner.places import PlacesNetwork
from smartmask.model.planner.wishes import SeenScene
from smartmask.protocols import TextEncoder
from smartmask.scene.boxes import box_of
from smartmask.scene.layout import Layout

HIT = 0.5
NEAR = 0.9
"""IoU with a place's box of those that are drawn there."""
MOST_PLACES = 16
"""Places that are told apart; further boxes are drawn anywhere."""
DRAWN = 480
"""Boxes that it draws."""
LEAST_SIDE = 0.008
"""Share of the canvas: what is thinner there is not seen."""


def knows_outlines(layout: Layout) -> bool:
    """Whether a layout is more than a list of boxes: these fill their boxes and do not tile the canvas.

    >>> from smartmask.scene.layout import Layer
    >>> box = np.zeros((4, 4), bool)
    >>> box[1:3, :2] = True
    >>> knows_outlines(Layout((4, 4), (Layer("dog", box),)))
    False
    >>> knows_outlines(Layout((4, 4), (Layer("dog", box), Layer("wall", ~box))))
    True
    """
    masks = [layer.mask for layer in layout.layers if layer.mask.any()]
    boxes = [box_of(mask) for mask in masks]
    areas = [(x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in boxes]
    are_filled = all(mask.sum() == area for mask, area in zip(masks, areas, strict=True))
    return not are_filled or bool((np.sum(masks, 0) == 1).all())


LEAST_WEIGHT = 1e-12
"""Of a box that keeps the rules, however unlikely it is: it may be the only one."""
Sized = Callable[
    [Float32[np.ndarray, "K 4"], float | None, np.random.Generator],
    tuple[Float32[np.ndarray, "K 4"], Float[np.ndarray, " K"]],
]
"""Boxes, as large as the thing comes out and of an aspect; and how well they keep the rules, 0 for all."""


@dataclass(frozen=True, slots=True, eq=False)
class LonePlaces:
    """The places of a thing in a layout.

    Attributes:
        boxes: All that were drawn, as shares of the canvas.
        shown: The same as large as they should be.
        weights: How likely each is.
        places: Numbers of those that lie apart, the one that covers most first.
        ious: Of each place with each of these.
        sized: Makes boxes as large as they should be, and judges them.
    """

    boxes: Float32[np.ndarray, "K 4"]
    shown: Float32[np.ndarray, "K 4"]
    weights: Float[np.ndarray, " K"]
    places: tuple[int, ...]
    ious: Float32[np.ndarray, "P K"]
    sized: Sized

    @staticmethod
    def of(
        boxes: Float32[np.ndarray, "K 4"],
        weights: Float[np.ndarray, " K"],
        sized: Sized,
        rng: np.random.Generator,
        *,
        apart: bool = True,
    ) -> "LonePlaces":
        """Keep what breaks rules least, and tell places apart.

        Args:
            boxes: As they were drawn.
            weights: How likely each is, up to a factor.
            sized: Makes boxes as large as they should be, and judges them.
            rng: Where chance comes from.
            apart: Whether there are places; else any box is drawn, as likely as it is.
        """
        shown, scores = sized(boxes, None, rng)
        is_there = (shown[:, 2:] - shown[:, :2]).min(1) >= LEAST_SIDE
        is_kept = _well_kept(np.where(is_there, scores, -np.inf))
        weights = np.where(is_kept, np.maximum(weights, LEAST_WEIGHT), 0.0)
        if not apart:
            return LonePlaces(boxes, shown, weights, (), np.zeros((0, len(boxes)), np.float32), sized)
        ious = _ious(shown)
        np.fill_diagonal(ious, 1)
        covers = ious > HIT
        left, places = weights.copy(), list[int]()
        while len(places) < MOST_PLACES and left.any():
            places.append(int(np.argmax((covers @ left) * (left > 0))))
            left[covers[places[-1]]] = 0
        return LonePlaces(boxes, shown, weights, tuple(places), ious[places], sized)

    def draw(
        self, number: int | None, rng: np.random.Generator, aspect: float | None
    ) -> Float32[np.ndarray, "4"]:
        """A box, as shares of the canvas.

        Args:
            number: Of the place; None, or beyond the last, for any box, as likely as it is.
            rng: Where chance comes from.
            aspect: Its width over height, both as shares of the canvas, if it has a shape already.
        """
        is_placed = number is not None and number < len(self.places)
        for near in (NEAR, HIT, -1.0) if is_placed else (-1.0,):
            is_near = self.ious[number] > near if is_placed else np.True_
            rows = np.flatnonzero(self.weights * is_near)
            boxes, scores = self.shown[rows], np.zeros(len(rows))
            if aspect is not None:
                boxes, scores = self.sized(self.boxes[rows], aspect, rng)
            if scores.max() >= NOTHING_AMISS:
                break
        likely = self.weights[rows] * _well_kept(scores)
        return np.asarray(boxes[int(rng.choice(len(rows), p=likely / likely.sum()))], np.float32)


def find_places(
    network: PlannerNetwork,
    places: PlacesNetwork | None,
    encoder: TextEncoder,
    scene: SeenScene,
    wanted: Wanted,
    label: str,
    words: str,
    rng: np.random.Generator,
    *,
    search: bool,
) -> LonePlaces:
    """Where a single thing may come.

    Args:
        network: The planner's.
        places: Knows where single things are in photos; None = nobody does.
        encoder: That both were trained with.
        scene: What is there.
        wanted: What is asked of a box.
        label: What the thing is.
        words: All that is said of it.
        rng: Where chance comes from.
        search: Whether to look all over the canvas if no box that the planner draws keeps the rules.
    """
    is_known = knows_outlines(scene.layout)
    has_rules = is_known or bool(wanted.musts)
    if has_rules or places is None:
        answer = network.ask_box(scene.reading, encoder.encode([label])[0])
        found = drawn_boxes(network, scene.reading, answer, scene.boxes, wanted, rng, search=search)
        boxes, weights = found.raw, np.exp(found.likely - found.likely.max())
    else:
        height, width = scene.layout.size_hw
        density = places.density(
            encoder.encode([label if " " in words else words])[0],
            encoder.encode([scene.layout.layers[number].label for number in scene.shown]),
            scene.boxes,
            float(np.log(width / height)),
        )
        boxes = density.draw(DRAWN, rng)
        boxes = boxes[(boxes[:, 2:] - boxes[:, :2]).min(1) >= LEAST_SIDE]
        weights = np.ones(len(boxes))

    def sized(
        boxes: Float32[np.ndarray, "K 4"], aspect: float | None, rng: np.random.Generator
    ) -> tuple[Float32[np.ndarray, "K 4"], Float[np.ndarray, " K"]]:
        asked = replace(wanted, aspect=aspect, size=wanted.size if is_known else None)
        _, found = sized_boxes(boxes, asked, rng)
        return found, rule_scores(found, asked) if has_rules else np.zeros(len(found))

    # Where outlines are known, single draws of the planner's network hit more than places that lie apart.
    return LonePlaces.of(boxes, weights / weights.sum(), sized, rng, apart=not is_known)


def _well_kept(scores: Float[np.ndarray, " K"]) -> Bool[np.ndarray, " K"]:
    """The boxes at which nothing is amiss; if there are none, the best ones."""
    return np.asarray(scores >= min(float(scores.max()), NOTHING_AMISS))


def _ious(boxes: Float32[np.ndarray, "K 4"]) -> Float32[np.ndarray, "K K"]:
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(-1)
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(-1)
    return np.asarray(shared / np.maximum(areas[:, None] + areas[None] - shared, 1e-9), np.float32)
