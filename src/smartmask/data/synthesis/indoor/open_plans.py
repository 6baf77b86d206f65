"""Rooms that only open meshes can furnish: shops, workshops, playrooms, gyms, cafes, storage rooms."""

from dataclasses import dataclass

from smartmask.data.synthesis.indoor.furnish import (
    Density,
    along_wall,
    around,
    small_things,
    stand_anywhere,
)
from smartmask.data.synthesis.indoor.groups import add_extras
from smartmask.data.synthesis.indoor.room import Room
from smartmask.data.synthesis.stage.open_meshes import OpenMeshes

_USUAL = ("books", "plant", "vase")


@dataclass(frozen=True, slots=True)
class OpenPlan:
    """What a kind of room is furnished with.

    Attributes:
        share: How often it comes, in proportion to the others.
        side_m: Least and greatest length of its walls in metres.
        walls: What stands along the walls.
        middle: What stands away from them.
        counts: Mean number of either.
        seats: What stands round the tables in the middle.
        things: Mean number of small things on each piece that carries some.
    """

    share: float
    side_m: tuple[float, float]
    walls: tuple[str, ...]
    middle: tuple[str, ...]
    counts: tuple[float, float]
    seats: tuple[str, ...] = ()
    things: float = 4.0


OPEN_PLANS: dict[str, OpenPlan] = {
    "shop": OpenPlan(
        0.3,
        (4.0, 6.5),
        (
            "shelving unit",
            "bookcase",
            "shelving unit",
            "shoe rack",
            "wall unit",
            "chest freezer",
            "clothes rack",
        ),
        ("table", "long table", "reception desk", "crate", "folding table", "mannequin"),
        (4.5, 2.0),
        things=6.0,
    ),
    "workshop": OpenPlan(
        0.17,
        (3.5, 6.0),
        ("workbench", "shelving unit", "locker", "table", "barrel", "crate stack", "tall cabinet"),
        ("packing table", "step ladder", "barrel", "pallet", "bicycle", "motorcycle", "lawn mower", "tote"),
        (4.0, 1.6),
    ),
    "playroom": OpenPlan(
        0.15,
        (3.2, 5.0),
        (
            "bookcase",
            "shelving unit",
            "chest of drawers",
            "bunk bed",
            "child bed",
            "dollhouse",
            "baby cradle",
        ),
        ("child table", "rocking horse", "child chair", "coffee table", "foosball table", "bean bag"),
        (3.0, 2.5),
        ("child chair",),
    ),
    "gym": OpenPlan(
        0.1,
        (4.5, 7.0),
        ("exercise machine", "weight bench", "treadmill", "locker", "shelving unit"),
        ("exercise bike", "exercise ball", "punching bag", "ping-pong table", "barbell", "treadmill"),
        (3.5, 3.0),
        things=2.0,
    ),
    "cafe": OpenPlan(
        0.18,
        (4.0, 7.0),
        ("sideboard", "kitchen counter", "kitchen island", "upright piano", "bookcase", "kitchen counter"),
        ("cafe table", "round table", "table", "cafe table", "bar table"),
        (2.0, 4.0),
        ("chair", "chair", "folding chair", "armchair"),
    ),
    "storage room": OpenPlan(
        0.1,
        (3.0, 5.0),
        ("shelving unit", "locker", "crate stack", "cardboard box", "trunk", "sack pile", "wardrobe"),
        ("cardboard box", "crate", "barrel", "pallet", "suitcase", "gas cylinder"),
        (4.5, 2.5),
    ),
}


def furnish_open(room: Room, more: OpenMeshes, plan: OpenPlan, density: Density) -> None:
    """Put a plan's pieces along the walls and in the middle, with small things on them."""
    rng = room.rng
    for _ in range(1 + int(rng.poisson(plan.counts[0]))):
        placed = along_wall(room, more.draw(rng, plan.walls), clear_m=0.4)
        if placed is not None and placed.mesh.facts.holds is not None:
            small_things(room, placed, _USUAL, plan.things * density.small_things)
    for _ in range(1 + int(rng.poisson(plan.counts[1]))):
        mesh = more.draw(rng, plan.middle)
        placed = stand_anywhere(room, mesh)
        if placed is None or placed.mesh.facts.holds is None:
            continue
        if plan.seats and placed.mesh.size[2] > 0.4:
            around(room, placed, lambda: more.draw(rng, plan.seats), int(rng.integers(2, 5)))
        small_things(room, placed, _USUAL, 0.7 * plan.things * density.small_things)
    add_extras(room, density, plants=0.5, pictures=2)
