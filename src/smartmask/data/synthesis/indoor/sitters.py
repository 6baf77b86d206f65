"""People and pets on seats: the sitting person's thighs on the seat, the calves before its edge."""

import math

import numpy as np

from smartmask.data.synthesis.indoor.furnish import put_on
from smartmask.data.synthesis.indoor.room import Placed, Room
from smartmask.data.synthesis.stage.meshes import Mesh
from smartmask.data.synthesis.stage.open_meshes import OpenMeshes
from smartmask.data.synthesis.stage.supports import Shelf, shelves_of

_SITTERS = ("sitting man", "sitting woman", "sitting boy", "sitting girl")
_LYING = ("lying man", "lying woman", "lying boy")
_PETS = ("cat", "siamese cat", "pug", "shiba inu", "rabbit", "teddy bear", "doll", "pillow")
_SEATS = frozenset(
    ("sofa", "armchair", "chair", "office-chair", "folding chair", "child chair", "lounge chair")
)
_SEAT_M = (0.28, 0.8)
_MOST_STRETCH = 1.22
_TRIES = 4


def seat_people(room: Room, more: OpenMeshes, share: float) -> None:
    """People on some of the seats, where their legs have room, and now and then a pet or a cushion."""
    for placed in list(room.placed):
        if placed.mesh.kind not in _SEATS or not room.chance(share):
            continue
        seat = _seat_of(placed.mesh)
        if seat is None:
            continue
        if room.chance(0.75):
            any(_sit(room, more, placed, seat) for _ in range(_TRIES))
        elif seat.clearance_m > 0.3 and seat.area_m2 > 0.1:
            put_on(room, placed, seat, more.draw(room.rng, _PETS), yaw=room.between(-0.9, 0.9))


def lay_people(room: Room, more: OpenMeshes, bed: Placed, top: float) -> None:
    """Somebody who lies on a bed, along it."""
    mesh = more.draw(room.rng, _LYING)
    if mesh is None:
        return
    if mesh.size[1] > mesh.size[0]:
        mesh = mesh.turned(math.pi / 2)
    depth, width, _ = bed.mesh.size
    shelf = Shelf(top, (-depth / 2 + 0.1, -width / 2), (depth / 2, width / 2), math.inf)
    put_on(room, bed, shelf, mesh)


def _seat_of(mesh: Mesh) -> Shelf | None:
    """The level that one sits on."""
    found = [
        shelf
        for shelf in shelves_of(mesh, only_top=False)
        if _SEAT_M[0] < shelf.z < _SEAT_M[1]
        and shelf.clearance_m > 0.5
        and shelf.high_xy[0] > 0
        and shelf.high_xy[1] - shelf.low_xy[1] > 0.28
    ]
    return max(found, key=lambda shelf: shelf.area_m2, default=None)


def _sit(room: Room, more: OpenMeshes, placed: Placed, seat: Shelf) -> Placed | None:
    """Somebody on a seat, their size as its height asks for."""
    drawn = more.draw(room.rng, _SITTERS)
    if drawn is None:
        return None
    thigh_m, calves_x = _pose(drawn)
    stretch = seat.z / max(thigh_m, 0.05)
    if not 1 / _MOST_STRETCH < stretch < _MOST_STRETCH:
        return None
    mesh = drawn.scaled(stretch, stretch, stretch)
    # The calves hang before the seat's front edge.
    along = seat.high_xy[0] + 0.01 - calves_x * stretch
    half = mesh.size[1] / 2
    low, high = seat.low_xy[1] + 0.5 * half, seat.high_xy[1] - 0.5 * half
    across = room.between(low, high) if low < high else (seat.low_xy[1] + seat.high_xy[1]) / 2
    x, y = placed.to_room(along, across)
    return room.try_place(mesh, x, y, placed.yaw, support=placed.number)


def _pose(mesh: Mesh) -> tuple[float, float]:
    """How high a sitting person's thighs are, and where the back of the calves is along the front."""
    x, z = mesh.vertices[:, 0], mesh.vertices[:, 2]
    rear = x < np.quantile(x, 0.35)
    thigh = float(z[rear].min())
    below = z < 0.6 * thigh
    return thigh, float(x[below].min()) if below.any() else 0.0


def sits_on_ground(rng: np.random.Generator, more: OpenMeshes) -> Mesh | None:
    """Somebody who sits or lies on the ground."""
    mesh = more.draw(rng, (*_SITTERS, *_LYING))
    return mesh if mesh is not None and _pose(mesh)[0] < 0.06 else None
