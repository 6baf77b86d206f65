"""The shipped placer: boxes that are likely, of those that the planner and photos propose."""

import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
from jaxtyping import Float, Float32

from smartmask.model.planner.boxes import rule_scores, sized_boxes
from smartmask.model.planner.candidates import Asked, find_candidates, lone_boxes
from smartmask.model.planner.embedded import EmbeddedPlanner, in_pixels
from smartmask.model.planner.lone_places import LonePlaces
from smartmask.model.planner.place_scorer import PlaceScorer, load_place_scorer
from smartmask.model.planner.places import PlacesNetwork, load_places_network
from smartmask.protocols import DrawBox
from smartmask.scene.boxes import BoxXYXY, box_of
from smartmask.scene.layout import Layout

DRAWN = 480
"""Boxes drawn for a layout that is a list of boxes."""
COVERING_COUNTS = 12.0
"""Counted for a box that lies on things, or where nobody knows what is, with all it covers: who puts
something in wants to see what was there, and goes through nothing."""
ROOM = 0.16
"""Of a box's width, what counts as covered beside it; below its foot half as much of its height."""
FOOT_COUNTS = 6.0
"""Counted for a foot that nothing holds, less where a part of it is held."""
AREA_COUNTS = 12.0
"""Counted for a box that fills the canvas, less for smaller ones: few things are put in to fill the picture,
and where the ground at a foot is known badly, large things look wrong first."""
LEAST_COVERED = 0.3
"""Share of what the first place covers that each does; a place that is far less likely is no choice."""


class EmbeddedPlacer:
    """A `Placer` that needs neither PyTorch nor a network connection."""

    def __init__(self, planner: EmbeddedPlanner, places: PlacesNetwork, scorer: PlaceScorer) -> None:
        """Take the parts.

        Args:
            planner: Sees layouts, and draws boxes of whole scenes.
            places: Draws boxes where single things are in photos.
            scorer: Says how likely each is; trained with both.
        """
        self.planner, self.places, self._scorer = planner, places, scorer

    @staticmethod
    def load(planner: EmbeddedPlanner, places: Path, scorer: Path) -> "EmbeddedPlacer":
        """The placer round a planner, of two more weights files.

        Raises:
            CheckpointError: If a file cannot be used.
        """
        return EmbeddedPlacer(planner, load_places_network(places), load_place_scorer(scorer))

    def boxes(self, layout: Layout, prompt: str, scene: str | None, seed: int) -> DrawBox:
        """Draws boxes for an object of these words; see `Placer`."""
        asked = Asked.of(self.planner, layout, prompt, scene)
        rng = np.random.default_rng([seed, 29, zlib.crc32(prompt.encode())])
        is_known, wanted = knows_outlines(layout), asked.wanted
        has_rules = is_known or bool(wanted.musts)

        def sized(
            boxes: Float32[np.ndarray, "K 4"], aspect: float, rng: np.random.Generator
        ) -> tuple[Float32[np.ndarray, "K 4"], Float[np.ndarray, " K"]]:
            shaped = replace(wanted, aspect=aspect, size=wanted.size if is_known else None)
            _, found = sized_boxes(boxes, shaped, rng)
            return found, rule_scores(found, shaped) if has_rules else np.zeros(len(found))

        if has_rules:
            found = find_candidates(self.planner, self.places, asked, rng, elsewhere=True)
            likely = self._scorer.scores(found)
            likely -= COVERING_COUNTS * wanted.surfaces.covered_shares(_with_room(found.boxes))
            likely -= FOOT_COUNTS * (1 - wanted.surfaces.held_shares(wanted.hold, found.boxes))
            likely -= AREA_COUNTS * np.prod(found.boxes[:, 2:] - found.boxes[:, :2], axis=1)
            places = LonePlaces.of(found.drawn, found.boxes, found.rules, likely, sized, LEAST_COVERED)
        else:  # nobody knows what is below things of a list of boxes: neither support nor metres count
            boxes = lone_boxes(asked.density(self.places), DRAWN, rng)
            places = LonePlaces.of(boxes, boxes, np.zeros(len(boxes)), np.zeros(len(boxes)), sized)

        def draw(place: int | None, rng: np.random.Generator, aspect: float | None) -> BoxXYXY:
            share = None if aspect is None else aspect * layout.size_hw[0] / layout.size_hw[1]
            return in_pixels(places.draw(place, rng, share), layout.size_hw)

        return draw


def _with_room(boxes: Float32[np.ndarray, "K 4"]) -> Float32[np.ndarray, "K 4"]:
    """Boxes with some room to their left and right and below."""
    wide, high = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    room = np.stack([-wide, np.zeros_like(wide), wide, high / 2], 1)
    return np.asarray(boxes + np.float32(ROOM) * room, np.float32)


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
