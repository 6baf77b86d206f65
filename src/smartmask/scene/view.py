"""The view: a square window of the canvas, resampled to R x R pixels.

The denoiser only ever sees views. Continuous canvas coordinates put pixel i over [i, i+1); a window with
corner (x0, y0) and side s maps canvas x to view u = (x - x0) R / s. The window may reach beyond the canvas.
Resampling is separable and exact in float: three kinds serve three needs.

- `pick` copies the nearest pixel: indices, labels.
- `coverage` averages a map exactly over each view pixel: what share of it a mask covers.
- `sample` and `paste` interpolate a smooth field (a signed distance) into the view and back onto the canvas.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32, Int16, Integer

from smartmask.arguments import check_number, check_size, check_whole
from smartmask.scene.boxes import BoxXYXY

REFINE_FILL = 0.62
"""Share of the side of the window about a hint that the hint's longer side fills."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A square window of a canvas.

    Attributes:
        x0, y0: Top left corner in canvas pixels; may be negative.
        side: Side of the window in canvas pixels.
        resolution: R, the number of view pixels along a side.
        size_hw: Size of the canvas.
    """

    x0: float
    y0: float
    side: float
    resolution: int
    size_hw: tuple[int, int]

    def __post_init__(self) -> None:
        for name in ("x0", "y0", "side"):
            check_number(f"{name} of a view", getattr(self, name))
        check_whole("resolution of a view", self.resolution, 1)
        check_size("the size_hw of a view", self.size_hw)
        if not self.side > 0:
            raise ValueError(f"side of a view must be above 0, not {self.side}")
        height, width = self.size_hw
        if self.x0 >= width or self.y0 >= height or self.x0 + self.side <= 0 or self.y0 + self.side <= 0:
            raise ValueError(f"{self!r} does not touch its canvas")

    @staticmethod
    def whole(size_hw: tuple[int, int], resolution: int) -> "View":
        """The smallest square about the centre of the canvas that holds all of it."""
        height, width = size_hw
        side = float(max(height, width))
        return View(
            x0=(width - side) / 2, y0=(height - side) / 2, side=side, resolution=resolution, size_hw=size_hw
        )

    @staticmethod
    def around(box_xyxy: BoxXYXY, fill: float, size_hw: tuple[int, int], resolution: int) -> "View":
        """The window about a box whose longer side fills the share `fill` of the window's side."""
        check_number("fill", fill, 0)
        x0, y0, x1, y1 = box_xyxy
        if not (fill > 0 and max(x1 - x0, y1 - y0) > 0):
            raise ValueError(
                f"a view needs a box with an area and a share above 0, not {box_xyxy} and {fill:g}"
            )
        side = max(x1 - x0, y1 - y0) / fill
        return View(
            x0=(x0 + x1 - side) / 2,
            y0=(y0 + y1 - side) / 2,
            side=side,
            resolution=resolution,
            size_hw=size_hw,
        )

    @property
    def scale(self) -> float:
        """View pixels per canvas pixel."""
        return self.resolution / self.side

    @property
    def zoom(self) -> float:
        """Natural logarithm of window side / longer canvas side: 0 for the whole canvas, less nearer in."""
        return float(np.log(self.side / max(self.size_hw)))

    def inside(self) -> Bool[np.ndarray, "R R"]:
        """True where the centre of a view pixel lies on the canvas."""
        height, width = self.size_hw
        return _within(self._centres(self.y0), height)[:, None] & _within(self._centres(self.x0), width)[None]

    def pick(self, indices: Integer[np.ndarray, "H W"], outside: int) -> Int16[np.ndarray, "R R"]:
        """The canvas pixel under the centre of each view pixel; `outside` where there is none."""
        self._check(indices)
        height, width = self.size_hw
        rows, columns = self._centres(self.y0), self._centres(self.x0)
        picked = indices[
            np.clip(rows, 0, height - 1).astype(int)[:, None], np.clip(columns, 0, width - 1).astype(int)
        ]
        return np.where(self.inside(), picked.astype(np.int16), np.int16(outside))

    def coverage(
        self, values: Bool[np.ndarray, "H W"] | Float[np.ndarray, "H W"]
    ) -> Float32[np.ndarray, "R R"]:
        """The mean of a canvas map over each view pixel; it counts as 0 beyond the canvas."""
        self._check(values)
        height, width = self.size_hw
        top, bottom = _span(self.y0, self.side, height)
        left, right = _span(self.x0, self.side, width)
        part = values[top:bottom, left:right].astype(np.float64)
        rows = self._shares(self.y0 - top, bottom - top)
        columns = self._shares(self.x0 - left, right - left)
        return (rows @ part @ columns.T).astype(np.float32)

    def sample(
        self, field: Float[np.ndarray, "h w"], corner_xy: tuple[int, int] = (0, 0)
    ) -> Float32[np.ndarray, "R R"]:
        """Linear interpolation of a smooth field at the centre of each view pixel; its border values go on
        outward.

        Args:
            field: The field, or a part of it.
            corner_xy: Canvas position of the part's top left pixel.
        """
        rows = self._centres(self.y0) - 0.5 - corner_xy[1]
        columns = self._centres(self.x0) - 0.5 - corner_xy[0]
        return _interpolate(_interpolate(field, rows, 0, _LINEAR), columns, 1, _LINEAR).astype(np.float32)

    def paste(self, field: Float[np.ndarray, "R R"], outside: float) -> Float32[np.ndarray, "H W"]:
        """A field of the view on the canvas, by cubic interpolation; `outside` beyond the window."""
        height, width = self.size_hw
        top, bottom = _span(self.y0, self.side, height)
        left, right = _span(self.x0, self.side, width)
        rows = (np.arange(top, bottom) + 0.5 - self.y0) * self.scale - 0.5
        columns = (np.arange(left, right) + 0.5 - self.x0) * self.scale - 0.5
        canvas = np.full(self.size_hw, outside, np.float32)
        part = _interpolate(_interpolate(field, rows, 0, _CUBIC), columns, 1, _CUBIC)
        within = _within(rows + 0.5, self.resolution)[:, None] & _within(columns + 0.5, self.resolution)[None]
        canvas[top:bottom, left:right] = np.where(within, part, outside)
        return canvas

    def _centres(self, corner: float) -> Float[np.ndarray, " R"]:
        return corner + (np.arange(self.resolution) + 0.5) / self.scale

    def _shares(self, corner: float, count: int) -> Float[np.ndarray, "R n"]:
        """Share of each view pixel that each of `count` canvas pixels takes up, along one axis."""
        edges = corner + np.arange(self.resolution + 1)[:, None] / self.scale
        starts = np.arange(count)
        common = np.minimum(edges[1:], starts + 1) - np.maximum(edges[:-1], starts)
        return np.asarray(np.maximum(common, 0) * self.scale)

    def _check(self, values: np.ndarray) -> None:
        if values.shape != self.size_hw:
            raise ValueError(f"map is {values.shape} (H, W) but the view's canvas is {self.size_hw}")


def _span(corner: float, side: float, limit: int) -> tuple[int, int]:
    """The half-open pixel range of the canvas under a window."""
    return max(int(np.floor(corner)), 0), min(int(np.ceil(corner + side)), limit)


def _within(positions: Float[np.ndarray, " n"], limit: int) -> Bool[np.ndarray, " n"]:
    return (positions >= 0) & (positions < limit)


def _linear_weights(fraction: Float[np.ndarray, " n"]) -> Float[np.ndarray, "n taps"]:
    return np.stack([1 - fraction, fraction], 1)


def _cubic_weights(fraction: Float[np.ndarray, " n"]) -> Float[np.ndarray, "n taps"]:
    """Catmull-Rom weights for the pixels at -1, 0, 1 and 2."""
    f = fraction
    taps = [-f + 2 * f**2 - f**3, 2 - 5 * f**2 + 3 * f**3, f + 4 * f**2 - 3 * f**3, -(f**2) + f**3]
    return np.stack(taps, 1) / 2


_LINEAR = (0, _linear_weights)
_CUBIC = (-1, _cubic_weights)


def _interpolate(values: np.ndarray, positions: np.ndarray, axis: int, kernel: tuple) -> np.ndarray:  # type: ignore[type-arg]
    """Values at fractional positions (0 = centre of the first entry) along an axis; borders repeat."""
    first, weights_of = kernel
    base = np.floor(positions).astype(int)
    weights = weights_of(positions - base)
    total: np.ndarray = np.zeros(())
    for tap in range(weights.shape[1]):
        taken = np.take(values, np.clip(base + first + tap, 0, values.shape[axis] - 1), axis=axis)
        weight = weights[:, tap] if axis == 1 else weights[:, tap, None]
        total = total + taken * weight
    return total
