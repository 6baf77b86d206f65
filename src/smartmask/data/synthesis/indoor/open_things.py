"""What open meshes add to a furnished room: on walls, ceiling, windowsills and floor, and who is in it."""

import math
from dataclasses import replace

import numpy as np

from smartmask.data.synthesis.indoor.furnish import along_wall, on_floor, small_things, stand_anywhere
from smartmask.data.synthesis.indoor.pieces import board, mattress_top
from smartmask.data.synthesis.indoor.room import Placed, Room, block_of
from smartmask.data.synthesis.indoor.sitters import lay_people, seat_people, sits_on_ground
from smartmask.data.synthesis.stage.meshes import Mesh, at_origin
from smartmask.data.synthesis.stage.open_kinds import LEANING
from smartmask.data.synthesis.stage.open_meshes import OpenMeshes

_TRIES = 6
_SEATED_SHARE = 0.3
_LEAN = math.radians(11)
_SILL_SHARE, _BOARD_M = 0.45, 0.03
_HEAD_ROOM_M = 1.9
"""What hangs in the middle of a room hangs above that, but over a table."""

_HUNG: dict[str, tuple[float, tuple[str, ...]]] = {
    "air conditioner": (2.0, ()),
    "wall cabinet": (1.4, ("kitchen", "bathroom", "cafe", "workshop", "storage room")),
    "wall shelf": (1.25, ()),
    "coat hooks": (1.5, ()),
    "cuckoo clock": (1.5, ()),
    "dartboard": (1.5, ("playroom", "cafe", "gym", "workshop")),
    "mirror": (1.0, ()),
    "radiator": (0.12, ()),
    "towel radiator": (0.5, ("bathroom",)),
    "towel rack": (1.1, ("bathroom", "kitchen")),
    "toilet paper holder": (0.7, ("bathroom",)),
    "urinal": (0.45, ("bathroom",)),
    "wall sink": (0.6, ("bathroom", "workshop")),
    "electric water heater": (1.2, ("bathroom", "kitchen", "workshop")),
    "gas water heater": (1.3, ("bathroom", "kitchen")),
    "range hood": (1.55, ("kitchen", "cafe")),
    "wall tv": (1.2, ("living room", "bedroom", "cafe", "gym", "shop")),
    "wall lamp": (1.6, ()),
    "surveillance camera": (2.1, ("shop", "storage room", "office")),
    "clock": (1.7, ()),
}
"""What hangs on walls: the height of its lowest point in metres, and in which rooms; any if none is named."""
_FROM_CEILING = (
    *("pendant lamp", "ceiling lamp", "chandelier", "ceiling fan", "fluorescent light", "track lights"),
    *("smoke detector", "dome camera"),
)
_ON_FLOOR: dict[str, tuple[str, ...]] = {
    "living room": (
        *("toy", "plant", "musical instrument", "fireplace", "aquarium", "speaker", "floor fan", "ottoman"),
        *("gift box", "christmas tree", "robot vacuum", "treasure chest", "bean bag", "rocking horse"),
    ),
    "bedroom": (
        "toy",
        "plant",
        "clothes",
        "clothes rack",
        "crib",
        "ottoman",
        "dressing table",
        "laundry basket",
    ),
    "kitchen": ("appliance", "plant", "bucket", "recycling bin", "crate", "high chair", "dustpan"),
    "bathroom": ("bathroom", "bucket", "plant", "laundry basket", "drying rack"),
    "office": (
        "plant",
        "clothes",
        "safe",
        "water cooler",
        "cardboard box",
        "filing cabinet",
        "fire extinguisher",
    ),
    "dining room": ("plant", "musical instrument", "high chair", "fireplace", "stool"),
    "shop": ("container", "plant", "kiosk terminal", "clothes", "mannequin", "toy", "fire extinguisher"),
    "storage room": ("container", "household object", "clothes", "sports", "tool", "appliance"),
    "workshop": ("container", "household object", "tool", "sports", "bicycle", "motor scooter"),
    "playroom": ("toy", "child chair", "child table", "baby cradle", "rocking horse", "sports", "bean bag"),
    "gym": ("sports", "bucket", "fire extinguisher", "floor fan", "water cooler"),
    "cafe": ("plant", "high chair", "kiosk terminal", "stool", "musical instrument"),
}
"""Labels and parents of what stands about on the floor of each kind of room."""
_STANDING = (
    *("man", "woman", "man walking", "woman walking", "boy", "girl", "man waving", "woman waving"),
    *("man bending", "woman bending"),
)
_PETS = ("cat", "siamese cat", "dog", "pug", "bulldog", "husky", "shiba inu", "rabbit")
_NEEDS_HOLD = ("tennis racket", "table tennis bat", "fishing lure", "flute")


def enrich(room: Room, more: OpenMeshes) -> None:
    """Add what the plan of a room knows nothing of."""
    rng = room.rng
    add_windowsills(room)
    hang_on_walls(room, more, int(rng.poisson(1.5)))
    for _ in range(int(rng.poisson(0.8))):
        hang_from_ceiling(room, more.draw(rng, _FROM_CEILING))
    floor = floor_labels(room.kind, more)
    for _ in range(int(rng.poisson(1.8))):
        mesh = more.draw(rng, floor)
        on_floor(room, mesh) if mesh is not None and room.chance(0.6) else stand_anywhere(room, mesh)
    for _ in range(int(rng.poisson(0.35))):
        lean(room, more.draw(rng, tuple(sorted(LEANING))))
    seat_people(room, more, _SEATED_SHARE)
    for placed in list(room.placed):
        if placed.mesh.kind == "bed" and room.chance(0.12):
            lay_people(room, more, placed, mattress_top(placed.mesh))
    if room.chance(0.16):
        stand_anywhere(room, more.draw(rng, _STANDING))
    if room.chance(0.2):
        stand_anywhere(room, more.draw(rng, _PETS))
    if room.chance(0.06):
        stand_anywhere(room, sits_on_ground(rng, more))


def floor_labels(kind: str, more: OpenMeshes) -> tuple[str, ...]:
    """The labels that stand about on the floor of a kind of room."""
    wanted = _ON_FLOOR.get(kind, _ON_FLOOR["living room"])
    found = [label for label in wanted if label in more.records]
    found += more.labels(*wanted, supports=("floor",), size_m=(0.15, 2.2), but=(*LEANING, *_NEEDS_HOLD))
    return tuple(dict.fromkeys(found))


def hang_on_walls(room: Room, more: OpenMeshes, count: int) -> None:
    """Things on the walls, where nothing stands before them; what is a shelf gets things on it."""
    for _ in range(count):
        labels = [label for label, (_, kinds) in _HUNG.items() if not kinds or room.kind in kinds]
        mesh = more.draw(room.rng, labels)
        if mesh is None or mesh.size[0] > 0.7:
            continue
        lowest = _HUNG[mesh.kind][0]
        z = min(lowest + room.between(-0.05, 0.1), room.size[2] - mesh.size[2] - 0.05)
        placed = _hang(room, mesh, z)
        if placed is not None and mesh.kind == "wall shelf":
            small_things(room, placed, ("books", "vase", "plant"), 3.0)


def add_windowsills(room: Room) -> None:
    """Boards under some of the windows that have no curtains, with things on them."""
    for surface in list(room.surfaces):
        if surface.label != "window" or not room.chance(_SILL_SHARE):
            continue
        low, high = surface.corners.min(0), surface.corners.max(0)
        is_along_y = high[1] - low[1] > high[0] - low[0]
        wall = (0 if low[0] < 0.5 else 2) if is_along_y else (1 if low[1] < 0.5 else 3)
        width, middle = float(np.ptp(surface.corners[:, :2], axis=0).max()), (low + high) / 2
        depth = room.between(0.16, 0.26)
        mesh = board("windowsill", (depth, width, _BOARD_M), ("window ledge",))
        x, y = room.wall_point(wall, float(middle[1] if is_along_y else middle[0]), depth / 2 + 0.002)
        z = float(low[2]) - _BOARD_M
        placed = room.try_place(mesh, x, y, wall * math.pi / 2, z=z, support="wall")
        if placed is not None:
            small_things(room, placed, ("plant", "vase"), 2.5)


def _hang(room: Room, mesh: Mesh, z: float) -> Placed | None:
    for _ in range(_TRIES):
        wall = int(room.rng.integers(4))
        half = mesh.size[1] / 2 + 0.1
        length = room.wall_length(wall)
        if length <= 2 * half:
            continue
        x, y = room.wall_point(wall, room.between(half, length - half), mesh.size[0] / 2 + 0.003)
        placed = room.try_place(mesh, x, y, wall * math.pi / 2, z=z, support="wall")
        if placed is not None:
            return placed
    return None


def hang_from_ceiling(room: Room, mesh: Mesh | None) -> None:
    """Something under the ceiling, above people's heads or over what stands there."""
    if mesh is None:
        return
    z = room.size[2] - mesh.size[2]
    for _ in range(_TRIES):
        x, y = (room.between(0.25 * side, 0.75 * side) for side in room.size[:2])
        block = block_of(mesh, x, y, 0.0, z)
        is_over = any(
            other.high_z < z - 0.4 and abs(other.x - x) < other.half_x and abs(other.y - y) < other.half_y
            for other in room.blocks
        )
        if (z > _HEAD_ROOM_M or (is_over and z > 1.4)) and room.fits(block):
            room.place(mesh, x, y, 0.0, z=z, support="ceiling")
            return


def lean(room: Room, mesh: Mesh | None) -> Placed | None:
    """A long thing that leans on a wall."""
    if mesh is None:
        return None
    vertices = mesh.vertices
    # Its broad side along the wall, its long side up.
    order = np.argsort(np.ptp(vertices, axis=0))
    upright = at_origin(vertices[:, order] * np.array([1, -1 if _is_odd(order) else 1, 1], np.float32))
    cos, sin = math.cos(_LEAN), math.sin(_LEAN)
    turn = np.array([[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]], np.float32)
    leaning = replace(mesh, vertices=at_origin((upright @ turn).astype(np.float32)))
    return along_wall(room, leaning)


def _is_odd(order: np.ndarray) -> bool:
    """Whether a permutation of the axes mirrors a shape."""
    return bool(round(float(np.linalg.det(np.eye(3)[order]))) < 0)


def draw_top(room: Room) -> Placed | None:
    """A piece with room for small things on it, for a closer look; a few more things are put there."""
    tops = [
        placed
        for placed in room.placed
        if placed.mesh.facts.holds is not None and placed.z < 0.1 and 0.3 < placed.mesh.size[2] < 1.9
    ]
    if not tops:
        return None
    carried = [sum(body.support == placed.number for body in room.bodies) for placed in tops]
    placed = tops[int(np.argmax(np.array(carried) + room.rng.uniform(0, 2.5, len(tops))))]
    area_m2 = placed.mesh.size[0] * placed.mesh.size[1]
    small_things(room, placed, ("books", "plant", "vase", "cup"), 5.0 + 7.0 * min(area_m2, 1.5))
    return placed
