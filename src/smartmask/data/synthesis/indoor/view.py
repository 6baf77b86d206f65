"""Where a person with a camera would stand in a room: near a wall or corner, looking across it."""

import math

import numpy as np

from smartmask.data.synthesis.indoor.room import Block, Placed, Room
from smartmask.scene.camera import Camera

ASPECTS = ((240, 320), (214, 320), (320, 320), (320, 240))
"""Canvas sizes: 4:3, 3:2, 1:1 and 3:4."""
ASPECT_SHARES = (0.4, 0.25, 0.2, 0.15)
FOCAL_MM, FOCAL_MM_SMALL_ROOM, SMALL_ROOM_M = (22.0, 38.0), (17.0, 26.0), 3.4
"""Ranges of full-frame equivalents: rooms are photographed with wide lenses, small ones with the widest."""
PITCH_DEGREES = (-24.0, 4.0)
_SHOULDER_M = 0.3
"""Half the width that a person needs."""
_BEFORE_M = 0.9
"""Nothing as tall as the camera stands nearer than this in the direction of view."""
_CLOSE_FOCAL_MM = (24.0, 45.0)
_TRIES = 30
_CHOICES = 3
"""Of so many views the one with the most in it is taken, as a photographer would."""


def canvas_size(rng: np.random.Generator) -> tuple[int, int]:
    """A canvas of one of the usual shapes."""
    return ASPECTS[int(rng.choice(len(ASPECTS), p=ASPECT_SHARES))]


def choose_camera(room: Room, height_m: tuple[float, float]) -> Camera | None:
    """A camera in the room; None if there is nowhere to stand.

    Args:
        room: The furnished room.
        height_m: Lowest and highest position.
    """
    size_hw = canvas_size(room.rng)
    is_small = max(room.size[:2]) < SMALL_ROOM_M
    focal_mm = room.between(*(FOCAL_MM_SMALL_ROOM if is_small else FOCAL_MM))
    focal_px = Camera.equivalent_focal_px(focal_mm, size_hw)
    best, best_count = None, -1
    found = 0
    for _ in range(_TRIES):
        wall = int(room.rng.integers(4))
        length = room.wall_length(wall)
        along = room.between(0.25, length - 0.25)
        if room.chance(0.5):
            along = room.between(0.25, 0.9) if room.chance(0.5) else length - room.between(0.25, 0.9)
        x, y = room.wall_point(wall, along, room.between(0.2, 0.8))
        z = room.between(*height_m)
        # A point in the farther half is looked at, low or at eye level.
        target_x, target_y = room.wall_point(
            (wall + 2) % 4,
            length * room.between(0.25, 0.75),
            room.between(0.0, 0.35) * room.wall_length(wall + 1),
        )
        yaw = math.atan2(target_y - y, target_x - x)
        if not _can_stand(room, x, y, z) or _is_blocked(room, x, y, z, yaw):
            continue
        pitch = math.radians(float(np.clip(room.rng.normal(-10.0, 6.0), *PITCH_DEGREES)))
        camera = Camera(position=(x, y, z), yaw=yaw, pitch=pitch, focal_px=focal_px, size_hw=size_hw)
        found, count = found + 1, _count_seen(room, camera)
        if count > best_count:
            best, best_count = camera, count
        if found == _CHOICES:
            break
    return best


def choose_close_camera(room: Room, top: Placed) -> Camera | None:
    """A camera that looks at what is on a piece from its front, half a metre to two metres away.

    Args:
        room: The furnished room.
        top: The piece.
    """
    size_hw = canvas_size(room.rng)
    focal_px = Camera.equivalent_focal_px(room.between(*_CLOSE_FOCAL_MM), size_hw)
    depth, width, height = top.mesh.size
    is_tall = height > 1.3
    for _ in range(_TRIES):
        along = depth / 2 + room.between(0.5, 1.2) * max(1.0, 0.8 * height)
        x, y = top.to_room(along, room.between(-0.8, 0.8) * max(width, 1.0))
        z = height * room.between(0.5, 0.9) if is_tall else height + room.between(0.25, 0.8)
        target_x, target_y = top.to_room(0.0, room.between(-0.3, 0.3) * width)
        target_z = height * (0.5 if is_tall else 1.0) + 0.05
        distance = math.hypot(target_x - x, target_y - y)
        is_inside = 0.15 < x < room.size[0] - 0.15 and 0.15 < y < room.size[1] - 0.15
        lens = Block(x, y, 0.25, 0.25, 0.0, z - 0.25, z + 0.25)
        if not is_inside or any(lens.overlaps(block) for block in room.blocks):
            continue
        if _hides(room, top, (x, y, z), (target_x, target_y, target_z)):
            continue
        return Camera(
            position=(x, y, z),
            yaw=math.atan2(target_y - y, target_x - x),
            pitch=math.atan2(target_z - z, distance),
            focal_px=focal_px,
            size_hw=size_hw,
        )
    return None


def _hides(
    room: Room, top: Placed, here: tuple[float, float, float], there: tuple[float, float, float]
) -> bool:
    """Whether something stands or hangs in the way of a look at a piece; what it carries does not count."""
    for share in (0.2, 0.35, 0.5, 0.65):
        x, y, z = (a + share * (b - a) for a, b in zip(here, there, strict=True))
        probe = Block(x, y, 0.12, 0.12, 0.0, z - 0.12, z + 0.12)
        for number, block in enumerate(room.blocks):
            is_there = number < len(room.bodies) and top.number in (number, room.bodies[number].support)
            if not is_there and probe.overlaps(block):
                return True
    return False


def _count_seen(room: Room, camera: Camera) -> int:
    """How many bodies have their middle in the field of view."""
    if not room.blocks:
        return 0
    middles = np.array([(block.x, block.y, (block.low_z + block.high_z) / 2) for block in room.blocks])
    x, y, depth = camera.project(middles).T
    height, width = camera.size_hw
    return int(((depth > 0) & (x > 0) & (x < width) & (y > 0) & (y < height)).sum())


def _can_stand(room: Room, x: float, y: float, z: float) -> bool:
    """Whether a person fits there, though not at full width over low things such as a bed's end."""
    person = Block(x, y, _SHOULDER_M, _SHOULDER_M, 0.0, 0.02, z + 0.15)
    head = Block(x, y, _SHOULDER_M + 0.2, _SHOULDER_M + 0.2, 0.0, z - 0.35, z + 0.15)
    return not any(person.overlaps(block) or head.overlaps(block) for block in room.blocks)


def _is_blocked(room: Room, x: float, y: float, z: float, yaw: float) -> bool:
    """Whether something tall stands right before the camera."""
    reach = _BEFORE_M / 2
    ahead = Block(x + reach * math.cos(yaw), y + reach * math.sin(yaw), reach, 0.35, yaw, z - 0.35, z + 0.1)
    return any(ahead.overlaps(block) for block in room.blocks)
