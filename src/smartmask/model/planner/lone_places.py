"""Places for a single thing that is put into a photo: many boxes are tried, and told apart.

Of the boxes that were drawn (`embedded_placer.py`) those that break rules least are left. Ten of them drawn
one by one would be much the same ten; so *places* lie apart: each is the box that covers, by IoU > 1/2, most
of what the places before it leave,

    next = argmax_i  sum of w_j over j with IoU(i, j) > 1/2 and no place before that covers j

which is the greedy way to the largest chance that one of them is right (Nemhauser, Wolsey and Fisher 1978). A
box at a place is drawn among those that are nearly the same; where a shape's proportions break a rule there,
among those that it covers, or all.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32

from smartmask.model.planner.boxes import NOTHING_AMISS
from smartmask.scene.boxes import box_ious

HIT = 0.5
NEAR = 0.9
"""IoU with a place's box of those that are drawn there."""
MOST_PLACES = 16
"""Places that are told apart; further boxes are drawn anywhere."""
LEAST_WEIGHT = 1e-12
"""Of a box that keeps the rules, however unlikely it is: it may be the only one."""
Sized = Callable[
    [Float32[np.ndarray, "K 4"], float, np.random.Generator],
    tuple[Float32[np.ndarray, "K 4"], Float[np.ndarray, " K"]],
]
"""Boxes, as large as the thing comes out and of an aspect; and how well they keep the rules, 0 for all."""


@dataclass(frozen=True, slots=True, eq=False)
class LonePlaces:
    """The places of a thing in a layout.

    Attributes:
        drawn: All boxes as they were drawn, as shares of the canvas.
        boxes: The same as large as they should be.
        weights: How likely each is.
        places: Numbers of those that lie apart, the one that covers most first.
        ious: Of each place with each of these.
        sized: Makes boxes as large as they should be, and judges them.
    """

    drawn: Float32[np.ndarray, "K 4"]
    boxes: Float32[np.ndarray, "K 4"]
    weights: Float[np.ndarray, " K"]
    places: tuple[int, ...]
    ious: Float32[np.ndarray, "P K"]
    sized: Sized

    @staticmethod
    def of(
        drawn: Float32[np.ndarray, "K 4"],
        boxes: Float32[np.ndarray, "K 4"],
        rules: Float[np.ndarray, " K"],
        likely: Float[np.ndarray, " K"],
        sized: Sized,
        least_covered: float = 0.0,
    ) -> "LonePlaces":
        """Keep what breaks rules least, and tell places apart.

        Args:
            drawn: Boxes as they were drawn.
            boxes: The same as large as they should be.
            rules: How well these keep the rules.
            likely: Logarithm of how likely each is, up to a constant.
            sized: Makes boxes of an aspect as large as they should be, and judges them.
            least_covered: Share of what the first place covers that every place covers at least.
        """
        weights = np.exp(likely - likely.max())
        weights = np.where(well_kept(rules), np.maximum(weights, LEAST_WEIGHT), 0.0)
        ious = box_ious(boxes, boxes)
        np.fill_diagonal(ious, 1)
        covers = ious > HIT
        left, places, least = weights.copy(), list[int](), 0.0
        while len(places) < MOST_PLACES and left.any():
            covered = (covers @ left) * (left > 0)
            if covered.max() < least:
                break
            places.append(int(np.argmax(covered)))
            least = least or least_covered * covered.max()
            left[covers[places[-1]]] = 0
        return LonePlaces(drawn, boxes, weights / weights.sum(), tuple(places), ious[places], sized)

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
            boxes, rules = self.boxes[rows], np.zeros(len(rows))
            if aspect is not None:
                boxes, rules = self.sized(self.drawn[rows], aspect, rng)
            if rules.max() >= NOTHING_AMISS:
                break
        likely = self.weights[rows] * well_kept(rules)
        return np.asarray(boxes[int(rng.choice(len(rows), p=likely / likely.sum()))], np.float32)


def well_kept(rules: Float[np.ndarray, " K"]) -> Bool[np.ndarray, " K"]:
    """The boxes at which nothing is amiss; if there are none, the best ones."""
    return np.asarray(rules >= min(float(rules.max()), NOTHING_AMISS))
