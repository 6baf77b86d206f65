"""Where the layers of a layout stand, before their order is looked at.

    ground, water    the camera's ground plane
    thing            an upright plane, on the ground at its foot; carried by a table or a seat, on the ground
                     at the foot of that; hung from a ceiling, below one of the usual height at its top.
                     Where its foot is hidden or cut off it is also no farther than a thing of its kind that
                     looks as large; what is in the air is as far as that
    wall, hill, ...  upright: in each column on the row where it meets the ground, between such columns along
                     a straight line; what never meets it is as far as all else, or as its own height tells
    on a wall        (a picture, a window, a door) as the wall in its columns
    ceiling          a level plane as high as the walls below it
    sky              infinitely far

Depth is measured along the camera's axis. What is upright and a metres away along the ground has depth
a / (cos p - s sin p) at the ray that rises by s focal lengths from the axis of a camera pitched by p.
"""

from typing import Literal

import numpy as np
from jaxtyping import Bool, Float, Int16

from smartmask.language.kinds import Kind, Kinds
from smartmask.language.surfaces import FOOT_SHARE, LEAST_HELD, MOST_CARRIED_M, carrying_zone, surface_named
from smartmask.perspective.evidence import CEILING
from smartmask.perspective.standing import GROUNDS, WATERS
from smartmask.scene.camera import Camera
from smartmask.scene.layout import Layout

Role = Literal["ground", "sky", "ceiling", "upright", "on a wall", "thing"]
Crop = tuple[slice, slice]
Map = Float[np.ndarray, "h w"]

FARTHEST_M = 1000.0
"""What is farther counts as so far; the sky alone is infinitely far."""
LEAST_BELOW = 0.015
"""Share of the canvas's height below the horizon from which on a foot tells a distance."""
HIDDEN = 0.2
"""Share of a foot with something in front of it from which on it is hidden."""
FLAT_M = 0.05
"""What is no higher lies on the ground."""
LEAST_MET = 0.05
"""Share of its columns in which something upright must meet the ground for that to tell where it is."""
LEAST_ABOVE_M = 0.3
"""A ceiling is at least so far above the camera."""
MANY = 2.0
"""What is so many times as wide as its kind is a row of them: each column stands by itself."""


class Stands:
    """Where each layer stands.

    Attributes:
        index: The layer seen at each pixel.
        crops: The box of what is seen of each layer; None for nothing.
        away: Horizontal distance of each thing in metres; NaN for what is none.
        upright: By row, the depth of what is upright and a metre away.
        ground: By row, the depth of the ground.
    """

    def __init__(self, layout: Layout, camera: Camera) -> None:
        """Look at a layout by a camera of its size."""
        height = layout.size_hw[0]
        self._rim = max(3, max(layout.size_hw) // 150)  # annotated outlines leave some between them
        self._layout, self._camera = layout, camera
        self.index: Int16[np.ndarray, "H W"] = layout.visible_index()
        self.crops = [_box(self.index == number) for number in range(len(layout))]
        find = Kinds().find
        self._kinds = [found.kind if (found := find(label)) else None for label in layout.labels]
        self._roles = [_role(*both) for both in zip(layout.labels, self._kinds, strict=True)]
        rise = (height / 2 - np.arange(height)[:, None] - 0.5) / camera.focal_px
        along = np.cos(camera.pitch) - rise * np.sin(camera.pitch)
        self.upright: Float[np.ndarray, "H 1"] = 1 / np.maximum(along, 0.1)
        self.ground: Float[np.ndarray, "H 1"] = self._level(camera.height_m, 1)
        # The last entry is for what is unknown.
        self._is_ground = np.array([*(role == "ground" for role in self._roles), False])
        self.away = np.full(len(layout), np.nan)
        for number, crop in enumerate(self.crops):
            if crop is not None and self.is_thing(number):
                self.away[number] = self._thing_away(number, crop)
                if self._is_row_of_many(number, crop):
                    self._roles[number], self.away[number] = "upright", np.nan
        self._walls = self._find_walls()
        self.away[[k for k, away in enumerate(self.away) if np.isinf(away)]] = self._walls.max()

    def is_thing(self, number: int) -> bool:
        """Whether a layer is one upright plane."""
        return self._roles[number] == "thing"

    def gives_way(self, number: int) -> bool:
        """Whether a layer is a region, parts of which may be nearer than others."""
        return self._roles[number] not in ("thing", "on a wall")

    def is_ground(self, number: int) -> bool:
        """Whether a layer is ground or water, or lies on it."""
        return self._roles[number] == "ground"

    def foot_row(self, number: int) -> float | None:
        """The row of the ground where a thing stands, or what carries it; None for what does not stand."""
        kind, away = self._kinds[number], self.away[number]
        if kind is None or kind.hold in ("wall", "ceiling", "air") or not np.isfinite(away):
            return None
        carrier = self.carrier(number)
        away = away if carrier is None else self.away[carrier]
        # Distances fall from the horizon down.
        return float(np.searchsorted(-(self.ground / self.upright)[:, 0], -away))

    def carrier(self, number: int) -> int | None:
        """The thing behind this one that carries it, if one does."""
        kind = self._kinds[number]
        if kind is None or kind.hold not in ("top", "seat"):
            return None
        rows, columns = foot_pixels(self._mask(number))
        below = np.minimum(rows + self._rim, len(self.index) - 1)
        for other in reversed(range(number)):
            mask = self._layout.layers[other].mask
            if not self.is_thing(other) or (mask[rows, columns] | mask[below, columns]).mean() < LEAST_HELD:
                continue
            if kind.hold == "top" and kind.height_m <= MOST_CARRIED_M:
                return other
            zone, box = carrying_zone(self._layout.labels[other]), _box(mask)
            if zone is not None and box is not None:
                share = (rows.mean() - box[0].start) / (box[0].stop - box[0].start)
                if zone[0] <= share <= zone[1]:
                    return other
        return None

    def other(self, number: int, crop: Crop) -> Map:
        """Depth in the crop of a layer that is no thing."""
        across = np.zeros((1, crop[1].stop - crop[1].start))
        role = self._roles[number]
        if role == "ground":
            return self.ground[crop[0]] + across
        upright = self.upright[crop[0]]
        if role == "sky":
            return np.full((len(upright), across.size), np.inf)
        if role == "ceiling":
            return np.minimum(self._ceiling(number)[crop[0]], self._walls.max() * upright) + across
        return np.asarray(np.minimum(self._upright_away(number, crop) * upright, FARTHEST_M))

    def _mask(self, number: int) -> Bool[np.ndarray, "H W"]:
        """All of a thing that the layout knows, but what the ground hides of it."""
        layer, seen = self._layout.layers[number], self.index == number
        if layer.extent == "visible":
            return seen
        hidden = layer.mask & self._is_ground[self.index] & (self.index > number)
        return np.asarray(layer.mask & ~hidden)

    def _thing_away(self, number: int, crop: Crop) -> float:
        """How far a thing is; infinite if nothing tells."""
        height, kind, mask = len(self.index), self._kinds[number], self._mask(number)
        box = _box(mask)
        assert box is not None  # some of it is seen
        bottom, longest = box[0].stop, max(part.stop - part.start for part in box)
        row = min(bottom, height - 1)
        hold = None if kind is None else kind.hold
        above = self._camera.horizon - box[0].start - 0.5
        if hold == "ceiling" and above > LEAST_BELOW * height:
            level = self._level(max(CEILING.metres - self._camera.height_m, LEAST_ABOVE_M), -1)
            return float(level[box[0].start, 0] / self.upright[box[0].start, 0])
        tells = hold not in ("air", "ceiling") and row + 0.5 - self._camera.horizon > LEAST_BELOW * height
        rows, columns = foot_pixels(mask)
        below = self.index[np.minimum(rows + self._rim, height - 1), columns]
        is_over = (below > number) & ~self._is_ground[below]
        is_hidden = self._layout.layers[number].extent == "visible" and is_over.mean() > HIDDEN
        away = float(self.ground[row, 0] / self.upright[row, 0]) if tells else np.inf
        if kind is not None and (not tells or is_hidden or bottom == height):
            away = min(away, self._camera.focal_px * max(kind.height_m, kind.length_m) / longest, FARTHEST_M)
        return away

    def _is_row_of_many(self, number: int, crop: Crop) -> bool:
        kind = self._kinds[number]
        if kind is None or kind.hold not in ("ground", "road", "water"):
            return False
        wide_m = (crop[1].stop - crop[1].start) * self.away[number] / self._camera.focal_px
        return bool(wide_m > MANY * kind.length_m)

    def _contacts(self, number: int, crop: Crop) -> Map:
        """Columns in which something upright meets the ground, and its distance there."""
        seen = self.index[:, crop[1]] == number
        columns = np.flatnonzero(seen.any(0))
        rows = len(seen) - np.argmax(seen[::-1, columns], axis=0)
        columns += crop[1].start
        last = len(seen) - 1
        meets = np.any(
            [self._is_ground[self.index[np.minimum(rows + k, last), columns]] for k in range(self._rim)], 0
        )
        meets &= rows <= last
        rows = rows[meets]
        return np.stack([columns[meets], self.ground[rows, 0] / self.upright[rows, 0]])

    def _along(self, contacts: Map, columns: np.ndarray) -> Float[np.ndarray, " K"]:
        """Distances in columns: straight along the ground is straight in one over the distance."""
        return np.asarray(1 / np.interp(columns, contacts[0], 1 / contacts[1]))

    def _find_walls(self) -> Float[np.ndarray, " W"]:
        """The distance of the farthest wall in each column."""
        columns = np.arange(self.index.shape[1])
        found = [
            self._contacts(number, crop)
            for number, crop in enumerate(self.crops)
            if crop is not None and self._roles[number] == "upright"
        ]
        contacts = np.concatenate([np.zeros((2, 0)), *found], 1)
        if contacts.size:
            contacts = contacts[:, np.lexsort((-contacts[1], contacts[0]))]
            return self._along(contacts[:, np.unique(contacts[0], return_index=True)[1]], columns)
        away = self.away[np.isfinite(self.away)]
        usual = self._camera.focal_px * CEILING.metres / len(self.index)
        return np.full(len(columns), max(float(away.max(initial=0.0)), usual))

    def _upright_away(self, number: int, crop: Crop) -> Float[np.ndarray, " w"]:
        """By column, how far something upright is."""
        columns, contacts = np.arange(crop[1].start, crop[1].stop), self._contacts(number, crop)
        if contacts.shape[1] >= LEAST_MET * len(columns):
            return self._along(contacts, columns)
        kind, walls = self._kinds[number], self._walls[crop[1]]
        if kind is None or self._roles[number] == "on a wall":
            return walls
        tall = crop[0].stop - crop[0].start
        return np.asarray(np.maximum(walls, self._camera.focal_px * kind.height_m / tall))

    def _ceiling(self, number: int) -> Float[np.ndarray, "H 1"]:
        """The depth of a ceiling by row, as high as the walls that it meets, else as usual."""
        seen = self.index == number
        columns = np.flatnonzero(seen.any(0))
        rows = len(seen) - np.argmax(seen[::-1, columns], axis=0) - 1
        depth = self._walls[columns] * self.upright[rows, 0]
        above = (self._camera.horizon - rows) * depth / self._camera.focal_px * np.cos(self._camera.pitch)
        low = max(CEILING.metres - self._camera.height_m, LEAST_ABOVE_M)
        return self._level(max(float(np.median(above)), low) if (above > 0).any() else low, -1)

    def _level(self, metres: float, sign: int) -> Float[np.ndarray, "H 1"]:
        """By row, the depth of a level plane so far below the camera (sign 1) or above it (-1)."""
        rows = np.arange(len(self.index))[:, None] + 0.5
        off = sign * (rows - self._camera.horizon)
        depth = self._camera.focal_px * metres / np.cos(self._camera.pitch)
        return np.asarray(depth / np.maximum(off, depth / FARTHEST_M))


def _role(label: str, kind: Kind | None) -> Role:
    surface, hold = surface_named(label), None if kind is None else kind.hold
    if surface in ("ground", "water") or label in GROUNDS or label in WATERS:
        return "ground"
    if surface == "above":
        return "ceiling" if label.split()[-1] == "ceiling" else "sky"
    if hold == "wall" or (surface == "upright" and hold == "floor"):  # pictures, windows, doors
        return "on a wall"
    if surface == "upright":
        return "upright"
    if kind is not None and kind.height_m <= FLAT_M and hold in ("floor", "ground", "road"):
        return "ground"
    return "thing"


def _box(mask: Bool[np.ndarray, "H W"]) -> Crop | None:
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return None
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def foot_pixels(mask: Bool[np.ndarray, "H W"]) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of a foot: the lowest pixel of each column that reaches into the lowest rows."""
    columns = np.flatnonzero(mask.any(0))
    rows = len(mask) - 1 - np.argmax(mask[::-1, columns], axis=0)
    top, bottom = np.flatnonzero(mask.any(1))[[0, -1]]
    is_foot = rows > bottom - max(1.0, FOOT_SHARE * (bottom + 1 - top))
    return rows[is_foot], columns[is_foot]
