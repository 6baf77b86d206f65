"""Outlines of one mesh, seen from about it: the camera looks at the middle of its box."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from smartmask.data.synthesis.stage.rasterize import rasterize
from smartmask.scene.camera import Camera

RADIUS_M = 10.0
"""Half diagonal that meshes are scaled to, so that none of it is too near."""
Place = tuple[float, float, float]
"""Azimuth and pitch in degrees, distance in half diagonals."""


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """What a mesh covers.

    Attributes:
        covered: In the smallest window that holds it.
        height: Of the window, in diagonals of the mesh's box at the distance of its middle.
    """

    covered: Bool[np.ndarray, "h w"]
    height: float


class CentredMesh:
    """A mesh of a known size about the origin."""

    def __init__(self, vertices: Float[np.ndarray, "V 3"], faces: np.ndarray) -> None:
        """Take the mesh, z up."""
        low, high = vertices.min(0), vertices.max(0)
        scale = RADIUS_M / max(float(np.linalg.norm(high - low)) / 2, 1e-6)
        self._vertices = (vertices - (low + high) / 2).astype(np.float64) * scale
        self._faces = faces

    def outline(self, place: Place, size_px: int) -> Outline | None:
        """Its outline in a square picture that the sphere about it fills; None if it covers no pixel."""
        azimuth, pitch = np.deg2rad(place[:2])
        away = place[2] * RADIUS_M
        position = away * np.array(
            [np.cos(azimuth) * np.cos(pitch), np.sin(azimuth) * np.cos(pitch), np.sin(pitch)]
        )
        focal = size_px / 2 * np.sqrt(place[2] ** 2 - 1)
        camera = Camera(
            position=(float(position[0]), float(position[1]), float(position[2])),
            yaw=float(azimuth + np.pi),
            pitch=float(-pitch),
            focal_px=float(focal),
            size_hw=(size_px, size_px),
        )
        patch = rasterize(self._vertices, self._faces, camera)
        if patch is None:
            return None
        covered = patch.inverse_depth > 0
        return Outline(covered, float(len(covered) / focal * place[2] / 2))
