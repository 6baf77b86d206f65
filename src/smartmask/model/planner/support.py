"""What keeps things where they are: the ground, a table top, a wall, a ceiling, water, air.

Each label has one *hold*, that of its kind (`language/kinds.py`, by the text encoder for words that nobody
listed); what stands on open ground or on a road stands on the floor here. The rule of each hold, for a mask
in a layout:

    floor     half of its foot (the lowest 6 % of its rows) lies on ground, not on another thing that stands
              there (but for the lowest tenth of that); or it ends at the canvas's border, where the planner
              puts nothing before a thing that ends there as well
    top       half of its foot lies on ground, or on the part of a thing that carries (`CARRIERS`: of a table
              the upper two fifths, of a couch its seat, of a row of cabinets the upper seventh of each
              column); or it ends at the canvas's border
    seat      the same (people, pets and cushions, which the planner puts on seats of its own accord)
    wall      half of it lies on something upright
    ceiling   its upper edge lies on a ceiling, or in the upper eighth of the canvas
    water     half of its foot lies on water or ground; the planner takes water, where there is some
    air       any place; the planner takes the sky, where there is some, but not for birds, which mostly perch

Ground under a thing is ground: in each column it goes on downwards from where it is first seen, but for
water. What breaks its rule is a *support violation*. The planner sorts its boxes by the same rule that the
benchmark counts violations by, so the benchmark also reports how often held-out scenes break it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float, Float32

from smartmask.language.kinds import Kinds
from smartmask.language.surfaces import (
    FOOT_SHARE,
    LEAST_HELD,
    RIDDEN,
    SEATS,
    SURFACES,
    Surface,
    carrying_zone,
    surface_named,
)
from smartmask.protocols import TextEncoder
from smartmask.scene.boxes import box_of
from smartmask.scene.layout import Layout

Hold = Literal["floor", "top", "seat", "wall", "ceiling", "water", "air"]
CEILING_ZONE = 0.125

TABLEWARE = frozenset((
    "bottle", "glass bottle", "bowl", "cup", "mug", "glass", "wine glass", "plate", "vase", "jar", "can",
    "pan", "pot", "fork", "knife", "spoon", "food", "fruit", "apple", "orange", "banana", "cake", "pizza",
    "sandwich", "bread", "carrot", "donut", "food bag", "food can", "drink can", "monitor", "laptop",
    "keyboard", "mouse", "microwave", "toaster", "blender", "table lamp", "candle", "remote",
    "cell phone", "book", "books", "lamp", "tv", "television", "tv monitor", "laptop computer", "camera",
    "plastic bottle", "clear plastic bottle", "paper cup", "foam cup", "disposable plastic cup", "glass jar",
    "flowerpot", "broccoli",
))  # fmt: skip
SERVED = frozenset((
    "bottle", "bowl", "cup", "mug", "jar", "jug", "pitcher", "goblet", "tray", "kettle", "teapot", "cake",
    "pie", "cupcake", "muffin", "croissant", "bread", "pizza", "sandwich", "burger", "hamburger", "cheese",
    "soup", "salad", "pasta", "spaghetti", "sushi", "breakfast", "candlestick", "toaster", "blender",
    "microwave", "laptop", "monitor", "keyboard", "typewriter", "printer", "saucepan", "chessboard",
))  # fmt: skip
"""Last words of what belongs on tables, whatever is said before them."""
PETS = frozenset(("dog", "cat", "pet", "bird"))
"""Whose bowls stand on the floor, and who does not come into shops and kitchens unasked."""
ROADS = frozenset(("road", "street", "highway", "parking lot"))
PERCHING = frozenset((
    "bird", "pigeon", "dove", "sparrow", "robin", "crow", "raven", "owl", "parrot", "seagull", "gull",
    "eagle", "hawk", "falcon", "vulture", "magpie", "finch", "canary", "hummingbird", "bat", "butterfly",
))  # fmt: skip
"""What flies, but is mostly drawn at rest."""
TABLES = frozenset(("table", "desk"))
POST_SHARE = 0.25
"""Of a table's, seat's or bed's width; what of it is narrower is a leg or a bedpost, and carries nothing."""
LEAST_KNOWN = 0.6
"""Share of a layout that is labelled, from which on what is not is doubt; below that nobody looked."""
ROWS = frozenset(("cabinet", "counter"))
"""What stands in rows, high and low, that are seen as one: each column of it has a top of its own."""
CUSHIONS = frozenset(("pillow", "cushion", "blanket"))
"""What belongs on tables and the like, and on seats, where there are some."""


class SupportRules:
    """Knows the hold of any word."""

    def __init__(self, encoder: TextEncoder) -> None:
        """Take the encoder that compares words."""
        kinds = Kinds(encoder.encode)
        self._hold_of = lru_cache(maxsize=4096)(lambda label: _hold(kinds, label))
        self._drives = lru_cache(maxsize=4096)(
            lambda label: (found := kinds.find(label)) is not None and found.kind.hold == "road"
        )
        self._surface_of = lru_cache(maxsize=4096)(lambda label: _nearest(encoder, label))

    def hold(self, label: str) -> Hold:
        """What keeps such a thing in place; a word without any meaning stands on the floor."""
        return self._hold_of(label)

    def drives(self, label: str) -> bool:
        """Whether such a thing belongs on roads, where there is one."""
        return self._drives(label)

    def is_sent_up(self, label: str) -> bool:
        """Whether such a thing belongs in the sky, where some is seen."""
        return self.hold(label) == "air" and not PERCHING.intersection(label.split())

    def stands(self, label: str) -> bool:
        """Whether such a thing stands on the ground itself, and is not spread out on it as a rug is."""
        return self.hold(label) == "floor" and label not in SURFACES["ground"]

    def surface(self, label: str) -> Surface:
        """What a region is to things."""
        return self._surface_of(label)

    def surfaces(self, layout: Layout, is_region: Sequence[bool], cells: int) -> "Surfaces":
        """Where things may be in a layout, on a coarse grid.

        Args:
            layout: What is there.
            is_region: For each layer, whether it is a region rather than a thing.
            cells: Cells along each side.
        """
        shape = cells, cells
        ground, water, upright, above, top, seat, standing, sky, road, free, carrying = (
            np.zeros(shape, bool) for _ in range(11)
        )
        masks = [coarse(layer.mask, cells) for layer in layout.layers]
        for layer, mask, region in zip(layout.layers, masks, is_region, strict=True):
            is_free = region or layer.label in SURFACES["ground"]
            free[mask] = is_free
            carrying[mask] = not is_free and carrying_zone(layer.label) is not None
            if not is_free:
                continue
            found = self.surface(layer.label)
            for name, area in (("ground", ground), ("water", water), ("upright", upright), ("above", above)):
                area[mask] = name == found
            sky[mask] = layer.label == "sky"
            road[mask] = layer.label in ROADS
        known = np.logical_or.reduce(masks) if masks else np.zeros(shape, bool)
        if known.mean() < LEAST_KNOWN:
            free |= ~known
        ground = np.logical_or.accumulate(ground, axis=0) & ~water
        for layer, mask, region in zip(layout.layers, masks, is_region, strict=True):
            if not region and mask.any() and self.stands(layer.label):
                rows = np.flatnonzero(mask.any(1))
                share = 1.0 if rows[-1] == cells - 1 else 0.9  # of what the canvas cuts off no foot is seen
                upper = slice(0, int(rows[0] + share * (rows[-1] + 1 - rows[0])))
                standing[upper] |= mask[upper]
            zone = carrying_zone(layer.label)
            if not region and zone is not None and mask.any():
                name = layer.label.split()[-1]
                carriers = seat if name in SEATS | RIDDEN else top
                body = _without_posts(mask) if name in SEATS | TABLES else mask
                carriers |= _upper_ends(mask, zone[1]) if name in ROWS else _zone(body, zone)
        return Surfaces(ground, water, upright, above, top, seat, standing, sky, road, free, carrying)

    def is_held(self, label: str, mask: Bool[np.ndarray, "H W"], surfaces: "Surfaces") -> bool:
        """Whether a thing's mask keeps the rule of its hold; `surfaces` are those of what is behind it."""
        hold = self.hold(label)
        height, width = mask.shape
        x0, y0, x1, y1 = (int(v) for v in box_of(mask))
        if hold == "air":
            return True
        if hold == "ceiling":
            cells = len(surfaces.above)
            is_above = surfaces.above[y0 * cells // height, (x0 + x1) // 2 * cells // width]
            return y0 <= CEILING_ZONE * height or bool(is_above)
        rows = np.arange(height)
        if hold == "wall":
            inside = mask
        else:
            if y1 >= height - max(1, round(0.005 * height)):
                return True
            inside = mask & (rows >= y1 - max(1, round(FOOT_SHARE * (y1 - y0))))[:, None]
        down, across = np.nonzero(inside)
        allowed = surfaces.allowed("seat" if hold == "top" else hold)
        if self.stands(label):
            allowed = allowed & ~surfaces.standing
        cells = len(allowed)
        held = allowed[down * cells // height, across * cells // width]
        return bool(held.mean() >= LEAST_HELD)


@dataclass(frozen=True, slots=True, eq=False)
class Surfaces:
    """Where there is ground, water, something upright or above, what carries, what stands, sky, and roads.

    Also where regions are seen, but no things; and where whole things are seen of which a part carries.
    """

    ground: Bool[np.ndarray, "C C"]
    water: Bool[np.ndarray, "C C"]
    upright: Bool[np.ndarray, "C C"]
    above: Bool[np.ndarray, "C C"]
    top: Bool[np.ndarray, "C C"]
    seat: Bool[np.ndarray, "C C"]
    standing: Bool[np.ndarray, "C C"]
    sky: Bool[np.ndarray, "C C"]
    road: Bool[np.ndarray, "C C"]
    free: Bool[np.ndarray, "C C"]
    carrying: Bool[np.ndarray, "C C"]

    def allowed(self, hold: Hold) -> Bool[np.ndarray, "C C"]:
        """Where a thing's foot, or all of it if it hangs, may be."""
        if hold == "floor":
            return self.ground
        if hold == "top":
            return self.ground | self.top
        if hold == "seat":
            return self.ground | self.top | self.seat
        if hold == "water":
            return self.ground | self.water
        return self.upright if hold == "wall" else np.ones_like(self.ground)

    def held_shares(self, hold: Hold, boxes: Float32[np.ndarray, "K 4"]) -> Float[np.ndarray, " K"]:
        """How much of each box's foot (of the whole box if it hangs) may be where it is, from 0 to 1."""
        x0, y0, x1, _ = boxes.T
        if hold == "air":
            return np.ones(len(boxes))
        if hold == "ceiling":
            above = _at(self.above, y0, (x0 + x1) / 2)
            return np.where((y0 <= CEILING_ZONE) | above, 1.0, 0.0)
        if hold == "wall":
            return self._shares(self.upright, boxes, y0)
        allowed = self.water if hold == "water" and self.water.any() else self.allowed(hold)
        held = self.foot_shares(allowed, boxes)
        if hold == "water":  # what swims is not taken to stand on water below the border
            return held
        free = np.ones(len(boxes))
        if hold in ("floor", "seat"):  # what belongs on tables may lie on one that the canvas cuts off
            free = np.maximum(self.carried_shares(boxes), 1 - self.foot_shares(self.standing, boxes))
        return np.where(boxes[:, 3] >= 0.995, free, held)

    def sky_shares(self, boxes: Float32[np.ndarray, "K 4"]) -> Float[np.ndarray, " K"]:
        """How much of each box lies in the sky; 1 where none is seen."""
        return self._shares(self.sky, boxes, boxes[:, 1]) if self.sky.any() else np.ones(len(boxes))

    def rest(self, label: str) -> Bool[np.ndarray, "C C"] | None:
        """Where such a thing belongs, if it belongs on furniture and there is some."""
        if rests(label) and label not in CUSHIONS and self.top.any():
            return self.top
        return self.seat if label in CUSHIONS and self.seat.any() else None

    def carried_shares(self, boxes: Float32[np.ndarray, "K 4"]) -> Float[np.ndarray, " K"]:
        """How much of each box's foot lies on what carries: on seats and tops."""
        return self.foot_shares(self.seat | self.top, boxes)

    def covered_shares(self, boxes: Float32[np.ndarray, "K 4"]) -> Float[np.ndarray, " K"]:
        """How much of each box lies on things, or where nobody knows what is; on what carries it, nothing."""
        taken = self._shares(~self.free, boxes, boxes[:, 1])
        beside = self._shares(~self.free & ~self.carrying, boxes, boxes[:, 1])
        return np.where(self.carried_shares(boxes) >= LEAST_HELD, beside, taken)

    def foot_shares(
        self, area: Bool[np.ndarray, "C C"], boxes: Float32[np.ndarray, "K 4"]
    ) -> Float[np.ndarray, " K"]:
        """How much of each box's foot lies in an area."""
        y0, y1 = boxes[:, 1], boxes[:, 3]
        return self._shares(area, boxes, y1 - np.maximum(FOOT_SHARE * (y1 - y0), 1e-3))

    def _shares(
        self, area: Bool[np.ndarray, "C C"], boxes: Float32[np.ndarray, "K 4"], top: np.ndarray
    ) -> Float[np.ndarray, " K"]:
        """How much of each box from `top` down lies in an area."""
        cells = len(area)
        sums = np.zeros((cells + 1, cells + 1))
        sums[1:, 1:] = area.cumsum(0).cumsum(1)
        x0, x1 = boxes[:, 0], boxes[:, 2]
        inset = 0.08 * (x1 - x0)  # corners of a box are seldom inside its thing
        left, right = _edges(x0 + inset, x1 - inset, cells)
        upper, lower = _edges(top, boxes[:, 3], cells)
        inside = sums[lower, right] - sums[upper, right] - sums[lower, left] + sums[upper, left]
        return np.asarray(inside / ((lower - upper) * (right - left)))


def rests(label: str) -> bool:
    """Whether such a thing belongs on furniture."""
    words = label.split() or [""]
    return label in TABLEWARE | CUSHIONS or (words[-1] in SERVED and words[0] not in PETS)


def _without_posts(mask: Bool[np.ndarray, "C C"]) -> Bool[np.ndarray, "C C"]:
    """The runs of a mask's rows that are as wide as `POST_SHARE` of it."""
    least = max(1, round(POST_SHARE * int(mask.any(0).sum())))
    sums = np.pad(mask.cumsum(1), ((0, 0), (1, 0)))
    starts = sums[:, least:] - sums[:, :-least] == least
    kept = np.zeros_like(mask)
    for shift in range(least):
        kept[:, shift : shift + starts.shape[1]] |= starts
    return kept


def _zone(mask: Bool[np.ndarray, "C C"], zone: tuple[float, float]) -> Bool[np.ndarray, "C C"]:
    """What lies from one share of a mask's height to another, from its top."""
    rows = np.flatnonzero(mask.any(1))
    upper, deepest = (rows[0] + share * (rows[-1] + 1 - rows[0]) for share in zone)
    carrying = np.zeros_like(mask)
    inside = slice(int(upper), max(round(deepest), int(upper) + 1))
    carrying[inside] = mask[inside]
    return carrying


def _upper_ends(mask: Bool[np.ndarray, "C C"], share: float) -> Bool[np.ndarray, "C C"]:
    """So much of each piece of each column, from its upper end; a cell at the least."""
    rows = np.arange(len(mask))[:, None]
    above = np.pad(mask, ((1, 0), (0, 0)))[:-1]
    first = np.maximum.accumulate(np.where(mask & ~above, rows, 0), axis=0)
    after = np.minimum.accumulate(np.where(mask, len(mask), rows)[::-1], axis=0)[::-1]
    result: np.ndarray = mask & (rows - first < np.maximum(np.round(share * (after - first)), 1))
    return result


def coarse(mask: Bool[np.ndarray, "H W"], cells: int) -> Bool[np.ndarray, "C C"]:
    """The mask at the middle of each cell."""
    height, width = mask.shape
    rows = ((np.arange(cells) + 0.5) * height / cells).astype(int)
    columns = ((np.arange(cells) + 0.5) * width / cells).astype(int)
    return mask[rows[:, None], columns[None]]


def _hold(kinds: Kinds, label: str) -> Hold:
    """The hold of a label's kind, as the rules know it."""
    found = kinds.find(label)
    if found is None or found.kind.hold == "ground" or found.kind.hold == "road":
        return "floor"
    return found.kind.hold


def _nearest(encoder: TextEncoder, label: str) -> Surface:
    """The surface with the word nearest to a label; the label itself, or its last word, goes first."""
    named = surface_named(label)
    if named is not None:
        return named
    rows = [surface for surface, words in SURFACES.items() for _ in words]
    known = encoder.encode([word for words in SURFACES.values() for word in words])
    return rows[int(np.argmax(known @ encoder.encode([label])[0]))]


def _at(
    area: Bool[np.ndarray, "C C"], y: Float[np.ndarray, "..."], x: Float[np.ndarray, "..."]
) -> Bool[np.ndarray, "..."]:
    cells = len(area)
    rows = np.clip((np.asarray(y) * cells).astype(int), 0, cells - 1)
    return area[rows, np.clip((np.asarray(x) * cells).astype(int), 0, cells - 1)]


def _edges(
    start: Float[np.ndarray, " K"], stop: Float[np.ndarray, " K"], cells: int
) -> tuple[np.ndarray, np.ndarray]:
    first = np.clip(np.floor(start * cells).astype(int), 0, cells - 1)
    last = np.clip(np.ceil(stop * cells).astype(int), 1, cells)
    return first, np.maximum(last, first + 1)
