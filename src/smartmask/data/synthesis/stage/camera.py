"""A pinhole camera without roll, as people hold one.

World point p is at right * (p - position), up * (p - position) and depth = forward * (p - position) in the
camera's own axes; its pixel is (W / 2 + focal right / depth, H / 2 - focal up / depth). Pixel (i, j) of the
canvas is the square from (i, j) to (i + 1, j + 1), so its middle is at one half.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

FULL_FRAME_WIDTH_MM = 36.0
"""Long side of the film that "24 to 50 mm equivalent" refers to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """Where it stands, where it looks, how wide it sees.

    Attributes:
        position: World point of the pinhole in metres.
        yaw: Direction of view in the ground plane in radians, 0 along +x, growing towards +y.
        pitch: Angle above the horizon in radians; negative looks down.
        focal_px: Focal length in pixels.
        size_hw: Height and width of the canvas in pixels.
    """

    position: tuple[float, float, float]
    yaw: float
    pitch: float
    focal_px: float
    size_hw: tuple[int, int]

    @staticmethod
    def equivalent_focal_px(focal_mm: float, size_hw: tuple[int, int]) -> float:
        """Focal length in pixels of a full-frame equivalent in millimetres, over the longer side.

        >>> Camera.equivalent_focal_px(36.0, (240, 320))
        320.0
        """
        return focal_mm / FULL_FRAME_WIDTH_MM * max(size_hw)

    def axes(self) -> Float[np.ndarray, "3 3"]:
        """Unit vectors to the right, up and forward, one a row."""
        cos_yaw, sin_yaw = np.cos(self.yaw), np.sin(self.yaw)
        cos_pitch, sin_pitch = np.cos(self.pitch), np.sin(self.pitch)
        return np.array(
            [
                [sin_yaw, -cos_yaw, 0.0],
                [-cos_yaw * sin_pitch, -sin_yaw * sin_pitch, cos_pitch],
                [cos_yaw * cos_pitch, sin_yaw * cos_pitch, sin_pitch],
            ]
        )

    def to_camera(self, points: Float[np.ndarray, "V 3"]) -> Float[np.ndarray, "V 3"]:
        """World points in the camera's axes: right, up, depth in metres."""
        return (points.astype(np.float64) - np.array(self.position)) @ self.axes().T

    def to_pixels(self, seen: Float[np.ndarray, "V 3"]) -> Float[np.ndarray, "V 2"]:
        """Pixel positions x, y of points in the camera's axes; the depths must be positive."""
        height, width = self.size_hw
        scale = self.focal_px / seen[:, 2]
        return np.stack([width / 2 + scale * seen[:, 0], height / 2 - scale * seen[:, 1]], 1)

    def project(self, points: Float[np.ndarray, "V 3"]) -> Float[np.ndarray, "V 3"]:
        """World points as pixel x, pixel y and depth in metres; behind the camera x and y mean nothing."""
        seen = self.to_camera(points)
        depth = seen[:, 2]
        safe = np.where(depth > 0, depth, 1.0)
        pixels = self.to_pixels(np.column_stack([seen[:, :2], safe]))
        return np.column_stack([pixels, depth])
