"""What a camera sees of an empty room and of open ground: the plane that each pixel's ray meets first.

A ray from the pinhole at height h falls on the ground at a distance of h / -z, z being its rise; a wall hides
the ground where the ray meets it sooner. All lines of a room so run as they do in photos.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32

from smartmask.scene.camera import Camera

Plane = Float32[np.ndarray, "H W"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Four walls, seen from within; metres from the world's origin.

    Attributes:
        ahead: To the far wall.
        left: To the wall on the left.
        right: To the one on the right.
        high: From the floor to the ceiling.
        turn: Direction of the far wall in radians, counted as a camera's yaw is.
    """

    ahead: float
    left: float
    right: float
    high: float
    turn: float


def room_seen(room: Room, camera: Camera) -> tuple[Bool[np.ndarray, "H W"], Bool[np.ndarray, "H W"]]:
    """The floor and the ceiling of a room; all else is wall.

    Args:
        room: With the camera in it.
        camera: Sees it.
    """
    x, y, z = _rays(camera)
    cos, sin = np.float32(np.cos(room.turn)), np.float32(np.sin(room.turn))
    ahead, aside = cos * x + sin * y, cos * y - sin * x
    stand = np.array(camera.position[:2], np.float32) @ np.array([[cos, -sin], [sin, cos]], np.float32)
    with np.errstate(divide="ignore"):
        walls = np.where(ahead > 0, (np.float32(room.ahead) - stand[0]) / ahead, np.inf)
        sides = np.where(aside > 0, np.float32(room.left) - stand[1], -np.float32(room.right) - stand[1])
        walls = np.minimum(walls, np.where(aside != 0, sides / aside, np.inf))
        floor = (z < 0) & (-np.float32(camera.height_m) / z < walls)
        ceiling = (z > 0) & (np.float32(room.high - camera.height_m) / z < walls)
    return floor, ceiling


def ground_seen(camera: Camera) -> tuple[Plane, Plane]:
    """World x and y in metres of the open ground under each pixel; infinite and 0 where there is none."""
    x, y, z = _rays(camera)
    is_ground = z < 0
    far = np.where(is_ground, np.float32(camera.height_m) / np.where(is_ground, -z, 1), np.float32(np.inf))
    ahead = np.where(is_ground, np.float32(camera.position[0]) + far * x, np.float32(np.inf))
    return ahead, np.where(is_ground, np.float32(camera.position[1]) + np.where(is_ground, far, 0) * y, 0)


def _rays(camera: Camera) -> tuple[Plane, Plane, Plane]:
    """The direction of each pixel's ray in the world, one unit deep."""
    height, width = camera.size_hw
    across = ((np.arange(width) + 0.5 - width / 2) / camera.focal_px).astype(np.float32)
    upwards = ((height / 2 - np.arange(height) - 0.5) / camera.focal_px).astype(np.float32)
    right, up, forward = camera.axes().astype(np.float32)
    x, y, z = (
        r * across[None] + (u * upwards + f)[:, None] for r, u, f in zip(right, up, forward, strict=True)
    )
    return x, y, z
