"""A pinhole camera without roll, as people hold one, above level ground.

World point p is at right * (p - position), up * (p - position) and depth = forward * (p - position) in the
camera's own axes; its pixel is (W / 2 + focal right / depth, H / 2 - focal up / depth). Pixel (i, j) of the
canvas is the square from (i, j) to (i + 1, j + 1), so its middle is at one half.

The ground is at z = 0. Its horizon lies at row H / 2 + focal tan(pitch), and the ground at depth d at

    row = horizon + focal height / (d cos(pitch)),

so a thing as tall as the camera is up, standing there, reaches from that row to the horizon whatever its
depth: (row - horizon) / height pixels a metre. Lower things seen from above come out a little shorter.
A small roll is ignored.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from smartmask.arguments import check_number

FULL_FRAME_WIDTH_MM = 36.0
"""Long side of the film that "24 to 50 mm equivalent" refers to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How sure an estimated camera is: standard deviations.

    Attributes:
        horizon_px: Of the horizon's row in pixels.
        log_height: Of the natural logarithm of the height.
        log_focal: Of the natural logarithm of the focal length.
        correlation: Between the horizon's row and the logarithm of the height, in [-1, 1].
    """

    horizon_px: float
    log_height: float
    log_focal: float
    correlation: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """Where it stands, where it looks, how wide it sees.

    Attributes:
        position: World point of the pinhole in metres.
        yaw: Direction of view in the ground plane in radians, 0 along +x, growing towards +y.
        pitch: Angle above the horizon in radians; negative looks down.
        focal_px: Focal length in pixels.
        size_hw: Height and width of the canvas in pixels.
        spread: How sure of it whoever estimated it was; None where it is known.
    """

    position: tuple[float, float, float]
    yaw: float
    pitch: float
    focal_px: float
    size_hw: tuple[int, int]
    spread: Spread | None = None

    @staticmethod
    def of_horizon(
        horizon: float,
        height_m: float,
        focal_px: float,
        size_hw: tuple[int, int],
        spread: Spread | None = None,
    ) -> "Camera":
        """The camera that sees the ground's horizon at a row; it stands above the origin and looks along +x.

        Raises:
            ValueError: If the height or the focal length is not above 0.

        >>> Camera.of_horizon(100.0, 1.6, 300.0, (240, 320)).row_at(3.0)
        260.35533...
        """
        if not (height_m > 0 and focal_px > 0):
            raise ValueError(
                f"a camera needs a height above 0 m and a focal length above 0 px, not {height_m} m and "
                f"{focal_px} px"
            )
        pitch = float(np.arctan((horizon - size_hw[0] / 2) / focal_px))
        return Camera(
            position=(0.0, 0.0, height_m), yaw=0.0, pitch=pitch, focal_px=focal_px, size_hw=size_hw,
            spread=spread,
        )  # fmt: skip

    @property
    def horizon(self) -> float:
        """The row of the ground's horizon in pixels, perhaps outside the canvas."""
        return self.size_hw[0] / 2 + self.focal_px * float(np.tan(self.pitch))

    @property
    def height_m(self) -> float:
        """Metres from the ground up to the camera."""
        return self.position[2]

    def scale_at(self, row: float) -> float:
        """Pixels to a metre of an upright thing whose foot stands on the ground at a row.

        Raises:
            ValueError: If the row is not below the horizon, where no ground is.
        """
        return self._below(row) / self.height_m

    def scale_deviation_at(self, row: float) -> float:
        """Standard deviation of that scale in octaves; 0 where the camera is known.

        Raises:
            ValueError: As `scale_at`.
        """
        return float(self.log_scale_deviations(np.array([self._below(row)]))[0] / np.log(2))

    def log_scale_deviations(self, below: Float[np.ndarray, " K"]) -> Float[np.ndarray, " K"]:
        """Standard deviations of ln(scale) so many pixels below the horizon; 0 where the camera is known."""
        if self.spread is None:
            return np.zeros(len(below))
        by_horizon, by_height = self.spread.horizon_px / below, self.spread.log_height
        variance = by_horizon**2 + by_height**2 + 2 * self.spread.correlation * by_horizon * by_height
        return np.sqrt(np.maximum(variance, 0.0))

    def depth_at(self, row: float) -> float:
        """Depth in metres of the ground seen at a row.

        Raises:
            ValueError: As `scale_at`.
        """
        return self.focal_px * self.height_m / (self._below(row) * float(np.cos(self.pitch)))

    def row_at(self, depth: float) -> float:
        """Row of the ground at a depth in metres.

        Raises:
            ValueError: If the depth is not above 0.
        """
        check_number("depth (in metres)", depth)
        if not depth > 0:
            raise ValueError(f"depth {depth} m: ground before the camera has a depth above 0")
        return self.horizon + self.focal_px * self.height_m / (depth * float(np.cos(self.pitch)))

    def ground_points(self, pixels: Float[np.ndarray, "V 2"]) -> Float[np.ndarray, "V 3"]:
        """World points of the ground seen at pixel positions x, y: `project` undone.

        Raises:
            ValueError: If a position is not below the horizon.
        """
        if len(pixels):
            self._below(float(pixels[:, 1].min()))
        offsets = (pixels - np.array(self.size_hw[::-1]) / 2) / self.focal_px
        rays = np.column_stack([offsets[:, 0], -offsets[:, 1], np.ones(len(pixels))]) @ self.axes()
        position = np.array(self.position)
        points: np.ndarray = position - rays * (position[2] / rays[:, 2])[:, None]
        return points

    def _below(self, row: float) -> float:
        """Pixels from the horizon down to a row."""
        check_number("row (in pixels)", row)
        below = row - self.horizon
        if not below > 0:
            raise ValueError(
                f"row {row:g}: there is no ground at or above the horizon, which is at row {self.horizon:g}; "
                "ask for a row below it"
            )
        return below

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
