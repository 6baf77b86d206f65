"""Silhouettes of real people, animals and things in a furnished room: on the free floor, and on the tops."""

import math

import numpy as np

from smartmask.data.synthesis.indoor.furnish import shelves_on
from smartmask.data.synthesis.indoor.room import Block, Placed, Room
from smartmask.data.synthesis.stage.silhouettes import Silhouette, SilhouetteLibrary
from smartmask.data.synthesis.stage.world import Billboard
from smartmask.perspective.scales import Support as Place
from smartmask.perspective.scales import draw_height
from smartmask.scene.camera import Camera

_MEAN_ON_FLOOR, _MEAN_ON_TOPS = 1.0, 1.2
_TOO_DEEP = frozenset({"dining table", "sofa", "couch", "bed", "desk", "bench", "table"})
"""What reaches far into a room does not pass for a flat silhouette among solid furniture."""
_SOLID = frozenset(
    {"oven", "refrigerator", "toilet", "sink", "microwave", "tv", "tv monitor", "chair", "suitcase"}
)
"""Nor is it needed where open meshes have the same as solid bodies."""
_TRIES = 12
_NEAREST_M, _NEAREST_WITH_BODIES_M = 1.1, 1.7
_SLIM = 0.5
"""With open meshes wide silhouettes of people are left out: many are no more than head and shoulders."""
_HALF_DEPTH_M = {"floor": 0.15, "top": 0.04}
"""Room that a flat silhouette takes up along the line of sight, as the real thing would."""


def invite_guests(room: Room, camera: Camera, library: SilhouetteLibrary) -> tuple[Billboard, ...]:
    """Silhouettes for a room, each where there is room for it in the camera's view.

    Args:
        room: The room; the boxes that they take up are added to it.
        camera: Who looks; silhouettes face it.
        library: Silhouettes with what may carry them.
    """
    boards = []
    for place, mean in (("floor", _MEAN_ON_FLOOR), ("top", _MEAN_ON_TOPS)):
        for _ in range(int(room.rng.poisson(mean))):
            drawn = _draw(room, library, "floor" if place == "floor" else "top")
            if drawn is None:
                continue
            silhouette, height_m = drawn
            stand = _on_floor if place == "floor" else _on_top
            board = stand(room, camera, silhouette, height_m)
            if board is not None:
                boards.append(board)
    return tuple(boards)


def _draw(room: Room, library: SilhouetteLibrary, place: Place) -> tuple[Silhouette, float] | None:
    """A silhouette that may stand there and its height in metres; frequent labels are held back by a root."""
    too_deep = _TOO_DEEP if room.more is None else _TOO_DEEP | _SOLID
    counts = {label: count for label, count in library.labels_on(place).items() if label not in too_deep}
    if not counts:
        return None
    shares = np.sqrt(np.array(list(counts.values()), float))
    label = str(room.rng.choice(list(counts), p=shares / shares.sum()))
    silhouette = library.draw(room.rng, label)
    if room.more is not None and silhouette is not None and label == "person" and silhouette.aspect > _SLIM:
        return None
    height_m = None if silhouette is None else draw_height(room.rng, label, silhouette.aspect)
    return None if silhouette is None or height_m is None else (silhouette, height_m)


def _on_floor(room: Room, camera: Camera, silhouette: Silhouette, height_m: float) -> Billboard | None:
    """The silhouette on a free place of the floor that the camera sees."""
    cos, sin = math.cos(camera.yaw), math.sin(camera.yaw)
    for _ in range(_TRIES):
        nearest_m = _NEAREST_M if room.more is None else _NEAREST_WITH_BODIES_M
        depth = room.between(nearest_m, math.hypot(*room.size[:2]))
        reach = depth * camera.size_hw[1] / 2 / camera.focal_px
        across = room.between(-reach, reach)
        x = camera.position[0] + depth * cos + across * sin
        y = camera.position[1] + depth * sin - across * cos
        half_y = height_m * silhouette.aspect / 2
        block = Block(x, y, max(_HALF_DEPTH_M["floor"], 0.25 * half_y), half_y, camera.yaw, 0.0, height_m)
        if room.fits(block, heeds_clear=False):
            room.blocks.append(block)
            return _board(room, silhouette, (x, y, 0.0), height_m, None)
    return None


def _on_top(room: Room, camera: Camera, silhouette: Silhouette, height_m: float) -> Billboard | None:
    """The silhouette on a piece that carries small things."""
    carriers = [placed for placed in room.placed if placed.mesh.facts.holds is not None]
    half_y = height_m * silhouette.aspect / 2
    for _ in range(_TRIES if carriers else 0):
        carrier = carriers[int(room.rng.integers(len(carriers)))]
        shelves = [shelf for shelf in shelves_on(room, carrier) if shelf.clearance_m > height_m]
        if not shelves:
            continue
        shelf = shelves[0]
        along, across = (
            room.between(low, high) for low, high in zip(shelf.low_xy, shelf.high_xy, strict=True)
        )
        x, y = carrier.to_room(along, across)
        z = carrier.z + shelf.z
        block = Block(x, y, _HALF_DEPTH_M["top"], half_y, camera.yaw, z, z + height_m)
        is_on = all(_lies_on(carrier, corner, shelf.low_xy, shelf.high_xy) for corner in block.corners())
        if is_on and room.fits(block, ignore=carrier.number, heeds_clear=False):
            room.blocks.append(block)
            return _board(room, silhouette, (x, y, z), height_m, carrier)
    return None


def _lies_on(
    carrier: Placed, point: tuple[float, float], low_xy: tuple[float, float], high_xy: tuple[float, float]
) -> bool:
    """Whether a point of the floor plan lies over a level of a piece."""
    dx, dy = point[0] - carrier.x, point[1] - carrier.y
    cos, sin = math.cos(carrier.yaw), math.sin(carrier.yaw)
    along, across = dx * cos + dy * sin, dy * cos - dx * sin
    return low_xy[0] <= along <= high_xy[0] and low_xy[1] <= across <= high_xy[1]


def _board(
    room: Room,
    silhouette: Silhouette,
    foot: tuple[float, float, float],
    height_m: float,
    carrier: Placed | None,
) -> Billboard:
    return Billboard(
        silhouette.label,
        silhouette.mask(),
        foot,
        height_m,
        "floor" if carrier is None else carrier.number,
        room.chance(0.5),
    )
