"""A room that is being furnished: what stands where, and what still fits.

The room is a box with a corner at the origin. Its walls are numbered 0 (x = 0), 1 (y = 0), 2 and 3 opposite
them; wall n looks into the room along yaw n * 90 degrees. What stands in it takes up an upright box, turned
about z; two boxes must be apart on the floor plan or one above the other. Boxes that nothing may enter (the
swing of a door, the light of a window) are kept clear in the same way.
"""

import math
from dataclasses import dataclass, field

import numpy as np

from smartmask.data.synthesis.stage.meshes import Mesh, MeshLibrary
from smartmask.data.synthesis.stage.open_meshes import OpenMeshes
from smartmask.data.synthesis.stage.world import Body, Support, Surface
from smartmask.data.synthesis.texts import shape_words

_TOUCH_M = 0.004
"""Boxes may share so much: things that stand on or beside one another touch."""


@dataclass(frozen=True, slots=True)
class Block:
    """An upright box turned about z.

    Attributes:
        x: Middle of its floor plan,
        y: in metres.
        half_x: Half its extent along its own axes,
        half_y: in metres.
        yaw: Angle of its own x axis in radians.
        low_z: Height of its bottom in metres.
        high_z: Height of its top in metres.
    """

    x: float
    y: float
    half_x: float
    half_y: float
    yaw: float
    low_z: float
    high_z: float

    def corners(self) -> list[tuple[float, float]]:
        """The four corners of the floor plan."""
        cos, sin = math.cos(self.yaw), math.sin(self.yaw)
        return [
            (self.x + a * cos - b * sin, self.y + a * sin + b * cos)
            for a, b in (
                (self.half_x, self.half_y),
                (-self.half_x, self.half_y),
                (-self.half_x, -self.half_y),
                (self.half_x, -self.half_y),
            )
        ]

    def grown(self, by_m: float) -> "Block":
        """The box wider by a margin on all four sides."""
        return Block(
            self.x, self.y, self.half_x + by_m, self.half_y + by_m, self.yaw, self.low_z, self.high_z
        )

    def overlaps(self, other: "Block") -> bool:
        """Whether the boxes share more than a touch; tested along the axes of both (separating axes)."""
        if self.low_z >= other.high_z - _TOUCH_M or other.low_z >= self.high_z - _TOUCH_M:
            return False
        dx, dy = other.x - self.x, other.y - self.y
        for axis in (self.yaw, self.yaw + math.pi / 2, other.yaw, other.yaw + math.pi / 2):
            distance = abs(dx * math.cos(axis) + dy * math.sin(axis))
            if distance >= self._reach(axis) + other._reach(axis) - _TOUCH_M:
                return False
        return True

    def _reach(self, axis: float) -> float:
        """Half its extent along a direction."""
        turn = axis - self.yaw
        return self.half_x * abs(math.cos(turn)) + self.half_y * abs(math.sin(turn))


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A shape in its place.

    Attributes:
        number: Its number among the room's bodies.
        mesh: The shape.
        x: Where its origin stands,
        y: in metres,
        z: above the floor.
        yaw: Direction of its front in radians.
    """

    number: int
    mesh: Mesh
    x: float
    y: float
    z: float
    yaw: float

    def to_room(self, along: float, across: float) -> tuple[float, float]:
        """The room's coordinates of a point `along` its front and `across` to the left of it."""
        cos, sin = math.cos(self.yaw), math.sin(self.yaw)
        return self.x + along * cos - across * sin, self.y + along * sin + across * cos


@dataclass(slots=True, eq=False)
class Room:
    """The room and all in it so far.

    Attributes:
        size: Its extent along x, y and z in metres.
        library: Where shapes come from.
        rng: Where chance comes from.
        bodies: What stands in it.
        surfaces: Its flat parts.
        placed: The same things as shapes in their places, in the same order,
        blocks: and the box that each takes up; silhouettes' boxes follow.
        clear: Boxes to be left free, but for small things on tops.
        more: Open meshes that may stand in for the library's; None for none.
        kind: What people call the room.
    """

    size: tuple[float, float, float]
    library: MeshLibrary
    rng: np.random.Generator
    bodies: list[Body] = field(default_factory=list)
    surfaces: list[Surface] = field(default_factory=list)
    placed: list[Placed] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    clear: list[Block] = field(default_factory=list)
    more: OpenMeshes | None = None
    kind: str = ""

    def chance(self, probability: float) -> bool:
        """True with a probability."""
        return bool(self.rng.random() < probability)

    def between(self, low: float, high: float) -> float:
        """A number by chance."""
        return float(self.rng.uniform(low, high))

    def wall_length(self, wall: int) -> float:
        """Length of a wall in metres."""
        return self.size[1] if wall % 2 == 0 else self.size[0]

    def wall_point(self, wall: int, along: float, off: float = 0.0) -> tuple[float, float]:
        """A point `along` a wall and `off` it into the room."""
        return (
            (off, along),
            (along, off),
            (self.size[0] - off, along),
            (along, self.size[1] - off),
        )[wall]

    def fits(self, block: Block, *, ignore: int | None = None, heeds_clear: bool = True) -> bool:
        """Whether a box is in the room and apart from all others, but one that carries it."""
        if block.high_z > self.size[2] + _TOUCH_M:
            return False
        for x, y in block.corners():
            if not (-_TOUCH_M <= x <= self.size[0] + _TOUCH_M and -_TOUCH_M <= y <= self.size[1] + _TOUCH_M):
                return False
        if heeds_clear and any(block.overlaps(other) for other in self.clear):
            return False
        return not any(block.overlaps(other) for number, other in enumerate(self.blocks) if number != ignore)

    def try_place(
        self,
        mesh: Mesh,
        x: float,
        y: float,
        yaw: float,
        *,
        z: float = 0.0,
        support: Support = "floor",
        margin_m: float = 0.0,
    ) -> Placed | None:
        """Put a shape somewhere, if it fits there with a margin about it."""
        carrier = support if isinstance(support, int) else None
        block = block_of(mesh, x, y, yaw, z)
        if not self.fits(block.grown(margin_m), ignore=carrier, heeds_clear=carrier is None):
            return None
        return self.place(mesh, x, y, yaw, z=z, support=support)

    def place(
        self, mesh: Mesh, x: float, y: float, yaw: float, *, z: float = 0.0, support: Support = "floor"
    ) -> Placed:
        """Put a shape somewhere without asking."""
        vertices = mesh.turned(yaw).vertices + np.array([x, y, z], np.float32)
        facts = mesh.facts
        number = len(self.bodies)
        self.bodies.append(Body(facts.label, vertices, mesh.faces, support, shape_words(mesh)))
        self.blocks.append(block_of(mesh, x, y, yaw, z))
        self.placed.append(Placed(number, mesh, x, y, z, yaw))
        return self.placed[-1]

    def keep_clear_before(self, placed: Placed, depth_m: float) -> None:
        """Leave room before a thing, so that it can be used."""
        half_x, half_y = placed.mesh.size[0] / 2, placed.mesh.size[1] / 2
        x, y = placed.to_room(half_x + depth_m / 2, 0.0)
        self.clear.append(
            Block(x, y, depth_m / 2, half_y, placed.yaw, placed.z, placed.z + placed.mesh.size[2])
        )


def block_of(mesh: Mesh, x: float, y: float, yaw: float, z: float) -> Block:
    """The box that a shape takes up in a place."""
    size = mesh.size
    return Block(x, y, size[0] / 2, size[1] / 2, yaw, z, z + size[2])
