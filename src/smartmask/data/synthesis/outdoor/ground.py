"""The ground of an open place: flat zones of grass, road, sand or water, one upon the other."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from smartmask.data.synthesis.stage.world import Surface

STEP_M = 0.004
"""Each zone lies that much above those below it, so that the z-buffer can tell them apart."""
FAR_M = 4000.0
"""Where the ground ends; at a person's eye height that is within a pixel of the horizon."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Zone:
    """A convex part of the ground.

    Attributes:
        label: What it is made of.
        corners: Its outline, counter-clockwise as seen from above.
    """

    label: str
    corners: tuple[Point, ...]

    @staticmethod
    def strip(label: str, y0: float, y1: float, x0: float = -FAR_M, x1: float = FAR_M) -> "Zone":
        """The rectangle between two values of y and two of x.

        >>> Zone.strip("road", -3, 3).holds((100, 2.9))
        True
        """
        return Zone(label, ((x0, y0), (x1, y0), (x1, y1), (x0, y1)))

    def holds(self, point: Point) -> bool:
        """Whether a point lies in it."""
        ends = self.corners[1:] + self.corners[:1]
        return all(
            (x1 - x0) * (point[1] - y0) - (y1 - y0) * (point[0] - x0) >= 0
            for (x0, y0), (x1, y1) in zip(self.corners, ends, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Ground:
    """Zones from the lowest up; the first covers everything.

    Attributes:
        zones: The zones.
    """

    zones: tuple[Zone, ...]

    @staticmethod
    def of(base: str, *zones: Zone) -> "Ground":
        """Zones upon an endless ground."""
        return Ground((Zone.strip(base, -FAR_M, FAR_M), *zones))

    def label_at(self, point: Point) -> str:
        """The uppermost zone at a point."""
        return next((zone.label for zone in reversed(self.zones) if zone.holds(point)), self.zones[0].label)

    def is_all(self, labels: Collection[str], point: Point, radius_m: float) -> bool:
        """Whether a disc about a point lies on zones of these labels only, judged at its middle and rim."""
        x, y = point
        rim = ((radius_m, 0.0), (-radius_m, 0.0), (0.0, radius_m), (0.0, -radius_m))
        return all(self.label_at((x + dx, y + dy)) in labels for dx, dy in ((0.0, 0.0), *rim))

    def surfaces(self) -> tuple[Surface, ...]:
        """The zones as the world holds them."""
        return tuple(
            Surface(
                zone.label,
                np.array([(x, y, number * STEP_M) for x, y in zone.corners], np.float64),
                is_thing=False,
            )
            for number, zone in enumerate(self.zones)
        )
