"""Ways to put furniture into a room: at a wall, beside or before another piece, round a table, on a top."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from smartmask.data.synthesis.indoor.pieces import book_row, potted_plant
from smartmask.data.synthesis.indoor.room import Placed, Room
from smartmask.data.synthesis.indoor.small_things import draw_small
from smartmask.data.synthesis.stage.meshes import Mesh
from smartmask.data.synthesis.stage.open_kinds import LIKE
from smartmask.data.synthesis.stage.supports import Shelf, shelves_of

_TRIES = 10
_OFF_WALL_M = 0.015
_EDGE_M = 0.015
"""Small things keep so far from the edge of what carries them."""
_OPEN_SHARE, _OPEN_SMALL_SHARE = 0.6, 0.75
"""How often an open mesh comes in place of a piece, and of a small thing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Density:
    """How full rooms are.

    Attributes:
        furniture: Probability factor of the pieces that a room may do without.
        small_things: Factor on the number of small things on tops.
        camera_height_m: Lowest and highest camera.
    """

    furniture: float = 1.5
    small_things: float = 2.0
    camera_height_m: tuple[float, float] = (1.1, 1.8)


def draw(room: Room, *kinds: str) -> Mesh | None:
    """A shape of one of the kinds that the library has; None if it has none of them.

    With open meshes one of those comes in its place more often than not.
    """
    if room.more is not None and room.chance(_OPEN_SHARE):
        alike = [kind for kind in kinds if kind in LIKE]
        kind = str(room.rng.choice(alike)) if alike else ""
        mesh = room.more.draw(room.rng, LIKE.get(kind, ()))
        if mesh is not None:
            return replace(mesh, kind=kind)
    there = [kind for kind in kinds if room.library.has(kind)]
    return room.library.draw(str(room.rng.choice(there)), room.rng) if there else None


def along_wall(
    room: Room, mesh: Mesh | None, *, walls: Sequence[int] | None = None, clear_m: float = 0.0
) -> Placed | None:
    """Put a piece with its back to a wall, wherever it fits.

    Args:
        room: The room.
        mesh: The piece; None places nothing.
        walls: The walls to try; None for all.
        clear_m: Room to be left before it.
    """
    if mesh is None:
        return None
    for _ in range(_TRIES):
        wall = int(room.rng.choice(list(walls) if walls is not None else range(4)))
        half = mesh.size[1] / 2 + 0.02
        length = room.wall_length(wall)
        if length <= 2 * half:
            continue
        along = room.between(half, length - half)
        x, y = room.wall_point(wall, along, mesh.size[0] / 2 + _OFF_WALL_M)
        placed = room.try_place(mesh, x, y, wall * math.pi / 2, margin_m=0.01)
        if placed is not None:
            if clear_m:
                room.keep_clear_before(placed, clear_m)
            return placed
    return None


def row_along_wall(
    room: Room, wall: int, pieces: Sequence[Mesh | None], *, clear_m: float = 0.5
) -> list[Placed]:
    """Put pieces side by side along a wall from one of its ends, stepping over doors and windows.

    Args:
        room: The room.
        wall: Its number.
        pieces: In order; those that no longer fit are left out.
        clear_m: Room to be left before them.
    """
    length = room.wall_length(wall)
    is_mirrored = room.chance(0.5)
    cursor = 0.02 if room.chance(0.6) else room.between(0.1, 0.8)
    row = []
    for mesh in pieces:
        if mesh is None:
            continue
        start = cursor
        while start + mesh.size[1] < length - 0.02:
            along = start + mesh.size[1] / 2
            x, y = room.wall_point(
                wall, length - along if is_mirrored else along, mesh.size[0] / 2 + _OFF_WALL_M
            )
            placed = room.try_place(mesh, x, y, wall * math.pi / 2)
            if placed is not None:
                row.append(placed)
                cursor = start + mesh.size[1] + 0.01
                break
            start += 0.15
    for placed in row:
        room.keep_clear_before(placed, clear_m)
    return row


def in_corner(room: Room, mesh: Mesh | None, *, gap_m: float = 0.08) -> Placed | None:
    """Put a piece into a corner of the room, its front along the diagonal's left wall."""
    if mesh is None:
        return None
    for corner in room.rng.permutation(4).tolist():
        yaw = corner * math.pi / 2
        depth, width = mesh.size[:2] if corner % 2 == 0 else mesh.size[1::-1]
        right, back = corner in (1, 2), corner in (2, 3)
        x = room.size[0] - depth / 2 - gap_m if right else depth / 2 + gap_m
        y = room.size[1] - width / 2 - gap_m if back else width / 2 + gap_m
        placed = room.try_place(mesh, x, y, yaw)
        if placed is not None:
            return placed
    return None


def beside(room: Room, anchor: Placed, mesh: Mesh | None, side: int, gap_m: float = 0.06) -> Placed | None:
    """Put a piece to the left (1) or right (-1) of another, their backs in line."""
    if mesh is None:
        return None
    along = -anchor.mesh.size[0] / 2 + mesh.size[0] / 2
    across = side * (anchor.mesh.size[1] / 2 + mesh.size[1] / 2 + gap_m)
    x, y = anchor.to_room(along, across)
    return room.try_place(mesh, x, y, anchor.yaw)


def before(
    room: Room,
    anchor: Placed,
    mesh: Mesh | None,
    gap_m: float,
    *,
    across: float = 0.0,
    turn: float = math.pi,
) -> Placed | None:
    """Put a piece in front of another, turned towards it or by another angle."""
    if mesh is None:
        return None
    quarter = abs(math.sin(turn)) > 0.7
    depth = mesh.size[1] if quarter else mesh.size[0]
    x, y = anchor.to_room(anchor.mesh.size[0] / 2 + gap_m + depth / 2, across)
    return room.try_place(mesh, x, y, anchor.yaw + turn)


def around(room: Room, table: Placed, draw_seat: Callable[[], Mesh | None], count: int) -> list[Placed]:
    """Put seats round a table, facing it, now and then pulled out or turned a little."""
    half_x, half_y = table.mesh.size[0] / 2, table.mesh.size[1] / 2
    spots: list[tuple[float, float, float]] = []
    for half, length, yaw in ((half_x, half_y, 0.0), (half_y, half_x, math.pi / 2)):
        seats = max(1, int(2 * length / 0.62))
        for side in (0.0, math.pi):
            for seat in range(seats):
                offset = (seat + 0.5) / seats * 2 * length - length
                spots.append((yaw + side, half, offset))
    placed: list[Placed] = []
    for number in room.rng.permutation(len(spots)).tolist()[:count]:
        direction, half, offset = spots[number]
        mesh = draw_seat()
        if mesh is None:
            return placed
        off = (
            half
            + mesh.size[0] / 2
            + (room.between(0.15, 0.4) if room.chance(0.25) else room.between(0.0, 0.08))
        )
        x, y = table.to_room(
            off * math.cos(direction) - offset * math.sin(direction),
            off * math.sin(direction) + offset * math.cos(direction),
        )
        askew = room.between(-0.35, 0.35) if room.chance(0.3) else room.between(-0.06, 0.06)
        seat_placed = room.try_place(mesh, x, y, table.yaw + direction + math.pi + askew)
        if seat_placed is not None:
            placed.append(seat_placed)
    return placed


def on_floor(room: Room, mesh: Mesh | None, *, tries: int = _TRIES) -> Placed | None:
    """Put a piece anywhere on the floor, near a wall by preference."""
    if mesh is None:
        return None
    reach = max(mesh.size[:2]) / 2
    for _ in range(tries):
        wall = int(room.rng.integers(4))
        length = room.wall_length(wall)
        if length < 2 * reach + 0.2:
            continue
        x, y = room.wall_point(wall, room.between(reach, length - reach), reach + room.between(0.05, 0.4))
        placed = room.try_place(
            mesh, x, y, room.between(0, 2 * math.pi) if reach < 0.4 else wall * math.pi / 2
        )
        if placed is not None:
            return placed
    return None


def stand_anywhere(room: Room, mesh: Mesh | None) -> Placed | None:
    """Put a piece anywhere on the floor, turned any way."""
    if mesh is None:
        return None
    for _ in range(_TRIES):
        x, y = room.between(0.3, room.size[0] - 0.3), room.between(0.3, room.size[1] - 0.3)
        placed = room.try_place(mesh, x, y, room.between(0, 2 * math.pi), margin_m=0.02)
        if placed is not None:
            return placed
    return None


def shelves_on(room: Room, placed: Placed) -> tuple[Shelf, ...]:
    """The places on a piece that carry; inner boards only where its kind is open."""
    holds = placed.mesh.facts.holds
    if holds is None:
        return ()
    return shelves_of(placed.mesh, only_top=holds != "shelves")


def put_on(
    room: Room,
    placed: Placed,
    shelf: Shelf,
    mesh: Mesh | None,
    *,
    yaw: float = 0.0,
    at: tuple[float, float] | None = None,
) -> Placed | None:
    """Put a small thing on a level of a piece.

    Args:
        room: The room.
        placed: The piece that carries.
        shelf: The level, in the piece's axes.
        mesh: The thing; None places nothing.
        yaw: Its direction from the piece's.
        at: Where on the level, in the piece's axes; None for anywhere.
    """
    if mesh is None or mesh.size[2] > shelf.clearance_m - 0.01:
        return None
    cos, sin = abs(math.cos(yaw)), abs(math.sin(yaw))
    reach_x = mesh.size[0] / 2 * cos + mesh.size[1] / 2 * sin + _EDGE_M
    reach_y = mesh.size[0] / 2 * sin + mesh.size[1] / 2 * cos + _EDGE_M
    low_x, high_x = shelf.low_xy[0] + reach_x, shelf.high_xy[0] - reach_x
    low_y, high_y = shelf.low_xy[1] + reach_y, shelf.high_xy[1] - reach_y
    if low_x > high_x or low_y > high_y:
        return None
    for _ in range(_TRIES if at is None else 1):
        along = room.between(low_x, high_x) if at is None else min(max(at[0], low_x), high_x)
        across = room.between(low_y, high_y) if at is None else min(max(at[1], low_y), high_y)
        x, y = placed.to_room(along, across)
        there = room.try_place(
            mesh, x, y, placed.yaw + yaw, z=placed.z + shelf.z, support=placed.number, margin_m=0.004
        )
        if there is not None:
            return there
    return None


def small_things(room: Room, placed: Placed | None, kinds: Sequence[str], mean_count: float) -> None:
    """Small things by chance on all levels of a piece; "plant" and "books" are made of several shapes."""
    if placed is None or not kinds:
        return
    levels = shelves_on(room, placed)
    if not levels:
        return
    total = sum(shelf.area_m2 for shelf in levels)
    for _ in range(int(room.rng.poisson(mean_count))):
        share = room.rng.random() * total
        for shelf in levels:
            share -= shelf.area_m2
            if share <= 0:
                break
        mesh = small_thing(room, str(room.rng.choice(list(kinds))), shelf)
        is_row = mesh is not None and mesh.name == "books"
        yaw = 0.0 if is_row else room.between(-math.pi, math.pi)
        put_on(room, placed, shelf, mesh, yaw=yaw)


def small_thing(room: Room, kind: str, shelf: Shelf) -> Mesh | None:
    """A small thing of a kind, or any open mesh that such rooms have, to stand on a level."""
    if room.more is not None and room.chance(_OPEN_SMALL_SHARE):
        mesh = draw_small(room, room.more, shelf)
        if mesh is not None:
            return mesh
    if kind == "plant":
        return potted_plant(room.library, room.rng, is_large=False)
    if kind == "books":
        width = min(shelf.high_xy[1] - shelf.low_xy[1] - 0.08, room.between(0.15, 0.7))
        return book_row(room.library, room.rng, width, shelf.clearance_m) if width > 0.08 else None
    return draw(room, kind)
