"""Where things stand, seen from above: two solid things cannot be in one place.

A thing covers the ground from its foot on backwards, as deep as its kind mostly is, as wide as its box.
Chairs go under tables, and people between things, so these may share their ground.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32

from smartmask.language.kinds import Kind
from smartmask.language.surfaces import SURFACES
from smartmask.scene.camera import Camera

DEPTH_SHARE = 0.5
"""Depth of a thing, as it is turned on average, in shares of its largest horizontal extent."""
LEAST_BELOW = 0.015
"""Share of the canvas's height below the horizon from which on a scale is trusted."""
SOLID = frozenset(("floor", "ground", "road"))
"""Holds of things that stand on the ground and that nothing goes through."""
GROUNDED = SOLID | {"water"}
"""Holds of things whose foot is on the ground or on water."""
CHAIRS = frozenset(("chair", "stool", "bench", "armchair"))
TABLES = frozenset(("table", "desk", "counter", "bar", "piano"))
"""What goes under what, by last words."""


@dataclass(frozen=True, slots=True, eq=False)
class Footprints:
    """The ground that things cover.

    Attributes:
        camera: That the layout is seen by.
        sides: Left and right of each thing as shares of the canvas, then where it begins and ends in metres
            of depth.
        seats: Which of them are chairs and the like.
        tables: Which of them chairs go under.
    """

    camera: Camera
    sides: Float[np.ndarray, "S 4"]
    seats: Bool[np.ndarray, " S"]
    tables: Bool[np.ndarray, " S"]

    @staticmethod
    def of(camera: Camera, kinds: Sequence[Kind | None], boxes: Float32[np.ndarray, "N 4"]) -> "Footprints":
        """Those of the things of a layout.

        Args:
            camera: That it is seen by.
            kinds: Of all its layers; None = not known.
            boxes: Of the same, as shares of the canvas.
        """
        found = [
            (sides[0], kind)
            for kind, box in zip(kinds, boxes, strict=True)
            if kind is not None and is_solid(kind)
            for sides in [_sides(camera, kind, box[None])]
            if np.isfinite(sides).all()
        ]
        return Footprints(
            camera,
            np.array([sides for sides, _ in found], float).reshape(-1, 4),
            np.array([_is_seat(kind) for _, kind in found], bool),
            np.array([_is_table(kind) for _, kind in found], bool),
        )

    def shared(self, kind: Kind, boxes: Float32[np.ndarray, "K 4"]) -> Float[np.ndarray, " K"]:
        """The largest share of a thing's ground, or of another's if that has less, that both would cover."""
        if not len(self.sides) or not is_solid(kind):
            return np.zeros(len(boxes))
        own = _sides(self.camera, kind, boxes)
        low = np.maximum(own[:, None, [0, 2]], self.sides[None][:, :, [0, 2]])
        high = np.minimum(own[:, None, [1, 3]], self.sides[None][:, :, [1, 3]])
        sizes = [(sides[:, 1] - sides[:, 0]) * (sides[:, 3] - sides[:, 2]) for sides in (own, self.sides)]
        shares = np.clip(high - low, 0, None).prod(-1) / np.minimum(sizes[0][:, None], sizes[1][None])
        goes_under = (self.tables & _is_seat(kind)) | (self.seats & _is_table(kind))
        return np.asarray(np.nan_to_num(np.where(goes_under, 0.0, shares)).max(1))

    def is_too_high(self, kind: Kind, boxes: Float32[np.ndarray, "K 4"]) -> Bool[np.ndarray, " K"]:
        """Whether a box is higher than such a thing can be at its foot, the horizon being as high as it may;
        above it nothing stands."""
        if kind.hold not in GROUNDED:
            return np.zeros(len(boxes), bool)
        doubt = self.camera.spread.horizon_px if self.camera.spread else 0.0
        height = self.camera.size_hw[0]
        below = np.maximum(boxes[:, 3] * height + doubt - self.camera.horizon, 0)
        highest = kind.height_m * np.exp(kind.spread) * below / self.camera.height_m
        return np.asarray((boxes[:, 3] - boxes[:, 1]) * height > np.maximum(highest, 1))


def is_solid(kind: Kind) -> bool:
    """Whether a thing stands on the ground, and nothing else stands where it does."""
    return kind.hold in SOLID and kind.label not in SURFACES["ground"]


def _sides(camera: Camera, kind: Kind, boxes: Float32[np.ndarray, "K 4"]) -> Float[np.ndarray, "K 4"]:
    """As `Footprints.sides`; the depths are NaN where no ground is."""
    below = boxes[:, 3] * camera.size_hw[0] - camera.horizon
    below = np.where(below > LEAST_BELOW * camera.size_hw[0], below, np.nan)
    near = camera.focal_px * camera.height_m / (below * np.cos(camera.pitch))
    return np.stack([boxes[:, 0], boxes[:, 2], near, near + DEPTH_SHARE * kind.length_m], 1)


def _is_seat(kind: Kind) -> bool:
    return kind.label.split()[-1] in CHAIRS


def _is_table(kind: Kind) -> bool:
    return kind.label.split()[-1] in TABLES
