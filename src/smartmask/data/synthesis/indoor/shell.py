"""The shell of a room: floor, walls, ceiling, windows with curtains, doors, and what is flat on them.

Openings come before the furniture, so that nothing is put before them; pictures, mirrors and rugs come after
it, where the furniture leaves room.
"""

import math

import numpy as np

from smartmask.data.synthesis.indoor.room import Block, Placed, Room, block_of
from smartmask.data.synthesis.stage.world import Surface

_DOOR_SWING_M = 0.85
_WINDOW_CLEAR_M = 0.35
_OFF_WALL_M = 0.012
"""What hangs flat on a wall is so far off it, and a rug above the floor half of it."""
_EDGES = 28
"""Corners of a round rug or mirror."""


def build_shell(room: Room, *, windows: int, doors: int, sill_m: tuple[float, float]) -> None:
    """Floor, ceiling, four walls, and the openings in them.

    Args:
        room: The room, still empty.
        windows: How many windows to try for.
        doors: How many doors to try for.
        sill_m: Least and greatest height of the windows' sills.
    """
    x, y, z = room.size
    corners = {
        "floor": [(0, 0, 0), (x, 0, 0), (x, y, 0), (0, y, 0)],
        "ceiling": [(0, 0, z), (x, 0, z), (x, y, z), (0, y, z)],
    }
    for label, points in corners.items():
        room.surfaces.append(Surface(label, np.array(points, float), False))
    for wall in range(4):
        low, high = (room.wall_point(wall, along) for along in (0.0, room.wall_length(wall)))
        points = [(*low, 0.0), (*high, 0.0), (*high, z), (*low, z)]
        room.surfaces.append(Surface("wall", np.array(points), False))
    order = room.rng.permutation(4).tolist()
    for wall in order[:doors]:
        _add_door(room, wall)
    for wall in (order[doors:] + order[:doors])[:windows]:
        _add_window(room, wall, sill_m)


def _add_door(room: Room, wall: int) -> None:
    """A door somewhere in a wall, and room for it to open."""
    kinds = [kind for kind in ("door", "glass-door") if room.library.has(kind)]
    length = room.wall_length(wall)
    if not kinds or length < 1.6:
        return
    mesh = room.library.draw(str(room.rng.choice(kinds)), room.rng)
    along = room.between(0.6, length - 0.6)
    yaw = wall * math.pi / 2
    x, y = room.wall_point(wall, along, mesh.size[0] / 2)
    placed = room.try_place(mesh, x, y, yaw)
    if placed is not None:
        room.keep_clear_before(placed, _DOOR_SWING_M)


def _add_window(room: Room, wall: int, sill_m: tuple[float, float]) -> None:
    """A window somewhere in a wall, often with curtains, and the light before it kept free."""
    length = room.wall_length(wall)
    width = room.between(0.8, min(2.4, length - 1.0))
    sill = room.between(*sill_m)
    top = room.between(1.9, min(2.3, room.size[2] - 0.15))
    along = room.between(0.45 + width / 2, length - 0.45 - width / 2)
    middle = (sill + top) / 2
    x, y = room.wall_point(wall, along, _WINDOW_CLEAR_M / 2)
    light = Block(x, y, _WINDOW_CLEAR_M / 2, width / 2 + 0.1, wall * math.pi / 2, sill + 0.02, top)
    if not room.fits(light):
        return
    room.clear.append(light)
    outline = _rectangle_on_wall(room, wall, along, middle, width, top - sill, _OFF_WALL_M)
    words = ("wide window",) if width > 1.7 else ("narrow window",) if width < 1.0 else ()
    room.surfaces.append(Surface("window", outline, True, words))
    if room.chance(0.45):
        _add_curtains(room, wall, along, width, top)


def _add_curtains(room: Room, wall: int, along: float, width: float, top: float) -> None:
    """A curtain on either side of a window, to the floor or to below the sill."""
    breadth = room.between(0.22, 0.45)
    low = room.between(0.03, 0.1) if room.chance(0.6) else room.between(0.55, 0.7)
    for side in (-1, 1):
        place = along + side * (width / 2 + breadth * 0.2)
        outline = _rectangle_on_wall(
            room, wall, place, (low + top + 0.08) / 2, breadth, top + 0.08 - low, 4 * _OFF_WALL_M
        )
        length = room.wall_length(wall)
        if place - breadth / 2 < 0 or place + breadth / 2 > length:
            continue
        x, y = room.wall_point(wall, place, 0.06)
        room.clear.append(Block(x, y, 0.06, breadth / 2, wall * math.pi / 2, low, top + 0.08))
        room.surfaces.append(Surface("curtain", outline, True, ("drape", "window curtain")))


def hang_flat(room: Room, kind: str, *, count: int, above: Placed | None = None) -> None:
    """Pictures or mirrors on the walls where nothing stands before them.

    Args:
        room: The room.
        kind: "picture" or "mirror".
        count: How many to try for.
        above: Hang the first over the middle of this piece.
    """
    for number in range(count):
        width = room.between(0.35, 1.1)
        height = width * room.between(0.6, 1.5)
        if kind == "mirror":
            width, height = room.between(0.4, 0.75), room.between(0.6, 1.1)
        for attempt in range(6):
            is_above = above is not None and number == 0 and attempt < 2
            wall, along, low = _spot_above(room, above) if is_above and above else _spot(room)
            centre_z = max(1.5, low + 0.12 + height / 2) if kind == "picture" else 1.35 + 0.1 * low
            if centre_z + height / 2 > room.size[2] - 0.1:
                continue
            x, y = room.wall_point(wall, along, 0.03)
            block = Block(
                x, y, 0.03, width / 2 + 0.04, wall * math.pi / 2, centre_z - height / 2, centre_z + height / 2
            )
            if not room.fits(block):
                continue
            room.clear.append(block)
            is_round = room.chance(0.35 if kind == "mirror" else 0.06)
            outline = (_ellipse_on_wall if is_round else _rectangle_on_wall)(
                room, wall, along, centre_z, width, height, _OFF_WALL_M
            )
            room.surfaces.append(Surface(kind, outline, True, _flat_words(kind, width, height, is_round)))
            break


def lay_rug(room: Room, x: float, y: float, yaw: float, depth: float, width: float) -> None:
    """A rug on the floor, cut short of the walls."""
    reach_x = depth / 2 * abs(math.cos(yaw)) + width / 2 * abs(math.sin(yaw))
    reach_y = depth / 2 * abs(math.sin(yaw)) + width / 2 * abs(math.cos(yaw))
    fit = min(
        1.0,
        (min(x, room.size[0] - x) - 0.1) / reach_x,
        (min(y, room.size[1] - y) - 0.1) / reach_y,
    )
    if fit < 0.5:
        return
    block = Block(x, y, depth / 2 * fit, width / 2 * fit, yaw, 0.0, 0.0)
    z = _OFF_WALL_M / 2
    if room.chance(0.25):
        turn = np.linspace(0, 2 * math.pi, _EDGES, endpoint=False)
        across, along = np.cos(turn) * block.half_x, np.sin(turn) * block.half_y
        cos, sin = math.cos(yaw), math.sin(yaw)
        points = np.stack(
            [x + across * cos - along * sin, y + across * sin + along * cos, np.full(_EDGES, z)], 1
        )
        words: tuple[str, ...] = ("carpet", "round rug", "mat")
    else:
        points = np.array([(*corner, z) for corner in block.corners()])
        words = ("carpet", "mat")
    room.surfaces.append(Surface("rug", points, True, words))


def hang_lamp(room: Room, x: float, y: float) -> None:
    """A lamp from the ceiling, its lowest point above people's heads."""
    if not room.library.has("ceiling-lamp"):
        return
    mesh = room.library.draw("ceiling-lamp", room.rng)
    drop = min(mesh.size[2] * room.between(0.7, 1.1), room.size[2] - 1.75)
    width = room.between(0.75, 1.1)
    mesh = mesh.scaled(width, width, drop / mesh.size[2])
    z = room.size[2] - mesh.size[2]
    if room.fits(block_of(mesh, x, y, 0.0, z)):
        room.place(mesh, x, y, 0.0, z=z, support="ceiling")


def _spot(room: Room) -> tuple[int, float, float]:
    """A wall, a place along it, and the height below which nothing hangs."""
    wall = int(room.rng.integers(4))
    return wall, room.between(0.4, room.wall_length(wall) - 0.4), 1.0


def _spot_above(room: Room, piece: Placed) -> tuple[int, float, float]:
    """The wall behind a piece, its middle along it, and its top."""
    wall = round(piece.yaw / (math.pi / 2)) % 4
    return wall, piece.y if wall % 2 == 0 else piece.x, piece.z + piece.mesh.size[2]


def _rectangle_on_wall(
    room: Room, wall: int, along: float, centre_z: float, width: float, height: float, off: float
) -> np.ndarray:
    """Corners of an upright rectangle parallel to a wall."""
    low, high = (room.wall_point(wall, along + side * width / 2, off) for side in (-1, 1))
    bottom, top = centre_z - height / 2, centre_z + height / 2
    return np.array([(*low, bottom), (*high, bottom), (*high, top), (*low, top)])


def _ellipse_on_wall(
    room: Room, wall: int, along: float, centre_z: float, width: float, height: float, off: float
) -> np.ndarray:
    """Corners of an ellipse parallel to a wall."""
    turn = np.linspace(0, 2 * math.pi, _EDGES, endpoint=False)
    return np.array(
        [
            (
                *room.wall_point(wall, along + width / 2 * math.cos(angle), off),
                centre_z + height / 2 * math.sin(angle),
            )
            for angle in turn
        ]
    )


def _flat_words(kind: str, width: float, height: float, is_round: bool) -> tuple[str, ...]:
    words = {"picture": ("painting", "framed picture", "poster"), "mirror": ("wall mirror",)}[kind]
    shape = (
        "round" if is_round else "wide" if width > 1.3 * height else "tall" if height > 1.3 * width else ""
    )
    return (*words, f"{shape} {kind}") if shape else words
