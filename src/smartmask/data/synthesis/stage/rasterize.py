"""From triangles to the pixels that they cover and how deep they lie there, one object at a time.

A pixel belongs to a triangle if its middle does. Triangles are cut into spans, one for each row of pixels
that they cross, and all spans of all triangles are filled at once; of several triangles over a pixel the
nearest counts. 1 / depth is linear on the canvas, so patches hold that: 0 where the object is not, larger is
nearer. Triangles that share an edge compute its crossing from the same numbers, so no crack opens.

Legs and leaves thinner than a pixel would fall apart between the middles. Where a triangle crosses a row or a
column between two middles, the pixel it crosses is noted, and kept if few pixels about it are covered: that
restores thin parts and leaves the outlines of thick ones alone.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float, Float32, Int

from smartmask.data.synthesis.stage.world import Billboard
from smartmask.scene.camera import Camera

NEAR_M = 0.1
"""Nearer than this nothing is seen."""
_THIN_NEIGHBOURS = 2
"""A noted pixel is kept if at most so many of its eight neighbours are: the rim of a thick part has 3."""
_HOLE_NEIGHBOURS = 6
"""A pixel with so many covered neighbours is a hole or a slit between two boards, and is filled."""

Faces = Int[np.ndarray, "T 3"]
Points = Float[np.ndarray, "V 3"]


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """What an object covers, in the smallest window of the canvas that holds it.

    Attributes:
        x0: Left column of the window.
        y0: Top row of the window.
        inverse_depth: 1 / depth in 1 / metres, 0 where the object is not.
    """

    x0: int
    y0: int
    inverse_depth: Float32[np.ndarray, "h w"]

    def on_canvas(self, size_hw: tuple[int, int]) -> Float32[np.ndarray, "H W"]:
        """The patch in its place on an empty canvas."""
        canvas = np.zeros(size_hw, np.float32)
        height, width = self.inverse_depth.shape
        canvas[self.y0 : self.y0 + height, self.x0 : self.x0 + width] = self.inverse_depth
        return canvas


def rasterize(vertices: Points, faces: Faces, camera: Camera) -> Patch | None:
    """What a mesh covers on the camera's canvas, whole, as if nothing stood before it.

    Returns:
        None if it covers no pixel.
    """
    seen, faces = _visible(camera.to_camera(vertices), faces, camera)
    if not len(faces):
        return None
    height, width = camera.size_hw
    ahead = np.maximum(seen[:, 2], NEAR_M)
    pixels = camera.to_pixels(np.column_stack([seen[:, :2], ahead]))[faces]
    canvas = np.zeros(height * width, np.float32)
    inverse = _Planes.of(pixels, (1.0 / ahead)[faces])
    thin = _fill(canvas, pixels, inverse, (height, width))
    _mend(canvas.reshape(height, width), thin)
    return _crop(canvas.reshape(height, width))


def rasterize_polygon(corners: Float[np.ndarray, "K 3"], camera: Camera) -> Patch | None:
    """What a flat polygon covers: the fan of triangles from its first corner."""
    last = np.arange(2, len(corners))
    return rasterize(corners, np.stack([np.zeros_like(last), last - 1, last], 1), camera)


def rasterize_billboard(board: Billboard, camera: Camera) -> Patch | None:
    """What a silhouette covers, upright and turned to the camera.

    Returns:
        None if it covers no pixel, or if a part of its box is nearer than `NEAR_M`.
    """
    rows, columns = board.mask.shape
    width_m = board.height_m * columns / rows
    across = camera.axes()[0] * width_m / 2
    foot, top = np.array(board.foot), np.array([0.0, 0.0, board.height_m])
    box = np.stack([foot - across + top, foot + across + top, foot + across, foot - across])
    seen = camera.to_camera(box)
    patch = rasterize_polygon(box, camera) if seen[:, 2].min() > NEAR_M else None
    if patch is None:
        return None
    mask = board.mask[:, ::-1] if board.is_mirrored else board.mask
    source = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32)
    target = camera.to_pixels(seen) - np.array([patch.x0, patch.y0])
    # cv2 puts a pixel's middle at whole numbers, we at one half: hence the shifts by 0.5.
    warp = cv2.getPerspectiveTransform(source - 0.5, target.astype(np.float32) - 0.5)
    height, width = patch.inverse_depth.shape
    shrinks = np.linalg.norm(target[3] - target[0]) < rows
    image: np.ndarray = mask.astype(np.float32)
    if shrinks:
        blur = max(1, round(rows / max(1.0, float(np.linalg.norm(target[3] - target[0])))))
        image = cv2.blur(image, (blur, blur))
    shape = cv2.warpPerspective(image, warp, (width, height), flags=cv2.INTER_LINEAR) >= 0.5
    full = np.zeros(camera.size_hw, np.float32)
    full[patch.y0 : patch.y0 + height, patch.x0 : patch.x0 + width] = patch.inverse_depth * shape
    return _crop(full)


def _visible(
    seen: Points, faces: Faces, camera: Camera
) -> tuple[Float[np.ndarray, "U 3"], Int[np.ndarray, "S 3"]]:
    """Vertices and triangles that may touch the canvas, in the camera's axes, cut at the near plane."""
    depth = seen[:, 2]
    height, width = camera.size_hw
    reach_x = depth * (width / 2 / camera.focal_px)
    reach_y = depth * (height / 2 / camera.focal_px)
    # A triangle is out of sight if all corners lie beyond the same side of the field of view.
    codes = (depth <= NEAR_M).astype(np.uint8)
    for bit, outside in enumerate(
        (seen[:, 0] > reach_x, seen[:, 0] < -reach_x, seen[:, 1] > reach_y, seen[:, 1] < -reach_y), 1
    ):
        codes |= outside.astype(np.uint8) << bit
    if not codes.any():
        return seen, faces
    a, b, c = codes[faces[:, 0]], codes[faces[:, 1]], codes[faces[:, 2]]
    kept = (a & b & c) == 0
    crossing = kept & (((a | b | c) & 1) != 0)
    if not crossing.any():
        return seen, faces[kept]
    pieces = _cut_at_near(seen[faces[crossing]])
    new = np.arange(len(pieces) * 3).reshape(-1, 3) + len(seen)
    return np.concatenate([seen, pieces.reshape(-1, 3)]), np.concatenate([faces[kept & ~crossing], new])


def _cut_at_near(triangles: Float[np.ndarray, "T 3 3"]) -> Float[np.ndarray, "U 3 3"]:
    """The parts in front of the near plane: one triangle if one corner is, two if two are."""
    pieces = []
    for triangle in triangles:
        ahead = triangle[:, 2] > NEAR_M
        corners: list[np.ndarray] = []
        for here, there, is_here, is_there in zip(
            triangle, np.roll(triangle, -1, 0), ahead, np.roll(ahead, -1), strict=True
        ):
            if is_here:
                corners.append(here)
            if is_here != is_there:
                share = (NEAR_M - here[2]) / (there[2] - here[2])
                corners.append(here + share * (there - here))
        pieces += [[corners[0], corners[i], corners[i + 1]] for i in range(1, len(corners) - 1)]
    return np.array(pieces).reshape(-1, 3, 3)


@dataclass(frozen=True, slots=True, eq=False)
class _Planes:
    """A value = x slope_x + y slope_y + offset on each triangle, kept between its corners' values."""

    slope_x: Float[np.ndarray, " T"]
    slope_y: Float[np.ndarray, " T"]
    offset: Float[np.ndarray, " T"]
    low: Float[np.ndarray, " T"]
    high: Float[np.ndarray, " T"]

    @staticmethod
    def of(pixels: Float[np.ndarray, "T 3 2"], value: Float[np.ndarray, "T 3"]) -> "_Planes":
        """The planes through each triangle's corners; seen from the edge they are level."""
        one, two = pixels[:, 1] - pixels[:, 0], pixels[:, 2] - pixels[:, 0]
        rise_one, rise_two = value[:, 1] - value[:, 0], value[:, 2] - value[:, 0]
        area = one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]
        safe = np.where(np.abs(area) > 1e-9, area, np.inf)
        slope_x = (rise_one * two[:, 1] - rise_two * one[:, 1]) / safe
        slope_y = (rise_two * one[:, 0] - rise_one * two[:, 0]) / safe
        offset = value[:, 0] - slope_x * pixels[:, 0, 0] - slope_y * pixels[:, 0, 1]
        return _Planes(slope_x, slope_y, offset, value.min(1), value.max(1))

    def at(
        self, number: Int[np.ndarray, " P"], x: Float[np.ndarray, " P"], y: Float[np.ndarray, " P"]
    ) -> Float[np.ndarray, " P"]:
        """The value of triangles at points."""
        value = self.slope_x[number] * x + self.slope_y[number] * y + self.offset[number]
        return np.minimum(np.maximum(value, self.low[number]), self.high[number])


def _fill(
    canvas: Float32[np.ndarray, " P"],
    pixels: Float[np.ndarray, "T 3 2"],
    inverse: _Planes,
    size_hw: tuple[int, int],
) -> Float32[np.ndarray, "H W"]:
    """Fill all triangles' spans; returns the pixels crossed between middles, by their 1 / depth."""
    height, width = size_hw
    thin = np.zeros(height * width, np.float32)
    number, row, low, high = _crossings(pixels, 1, height)
    first = np.clip(np.ceil(low - 0.5), 0, width).astype(np.int64)
    stop = np.clip(np.ceil(high - 0.5), 0, width).astype(np.int64)
    span, column = _expand(first, stop)
    value = inverse.at(number[span], column + 0.5, row[span] + 0.5)
    np.maximum.at(canvas, row[span] * width + column, value.astype(np.float32))

    between = stop <= first
    middle = np.floor((low + high) / 2)
    between &= (middle >= 0) & (middle < width)
    column = middle[between].astype(np.int64)
    depth = inverse.high[number[between]].astype(np.float32)
    np.maximum.at(thin, row[between] * width + column, depth)

    has_row = np.zeros(len(pixels), bool)
    has_row[number] = True
    flat = np.flatnonzero(~has_row)
    number, column, low, high = _crossings(pixels[flat], 0, width)
    middle = np.floor((low + high) / 2)
    inside = (middle >= 0) & (middle < height)
    depth = inverse.high[flat[number[inside]]].astype(np.float32)
    np.maximum.at(thin, middle[inside].astype(np.int64) * width + column[inside], depth)
    return thin.reshape(size_hw)


def spans_of(
    pixels: Float[np.ndarray, "T 3 2"], values: Float[np.ndarray, "T 3"], size_hw: tuple[int, int]
) -> tuple[Int[np.ndarray, " P"], Int[np.ndarray, " P"], Int[np.ndarray, " P"], Float[np.ndarray, " P"]]:
    """Every pixel of every triangle, hidden or not: number of the triangle, row, column, value there.

    Args:
        pixels: The triangles' corners x, y.
        values: A value at each corner, linear between them.
        size_hw: Height and width of the canvas.
    """
    height, width = size_hw
    number, row, low, high = _crossings(pixels, 1, height)
    first = np.clip(np.ceil(low - 0.5), 0, width).astype(np.int64)
    stop = np.clip(np.ceil(high - 0.5), 0, width).astype(np.int64)
    span, column = _expand(first, stop)
    number, row = number[span], row[span]
    return number, row, column, _Planes.of(pixels, values).at(number, column + 0.5, row + 0.5)


def _crossings(
    pixels: Float[np.ndarray, "T 3 2"], axis: int, count: int
) -> tuple[Int[np.ndarray, " S"], Int[np.ndarray, " S"], Float[np.ndarray, " S"], Float[np.ndarray, " S"]]:
    """Where triangles cross the middles of the rows (axis 1) or columns (axis 0) of the canvas.

    Returns:
        Number of the triangle, of the row, and where in it the crossing begins and ends.
    """
    t = [pixels[:, corner, axis] for corner in range(3)]
    lines = np.ceil(
        np.stack([np.minimum(np.minimum(*t[:2]), t[2]), np.maximum(np.maximum(*t[:2]), t[2])]) - 0.5
    )
    first, stop = np.clip(lines, 0, count).astype(np.int64)
    crossed = np.flatnonzero(stop > first)
    t = [values[crossed] for values in t]
    s = [pixels[crossed, corner, 1 - axis] for corner in range(3)]
    for one, two in ((0, 1), (1, 2), (0, 1)):
        swap = t[one] > t[two]
        t[one], t[two] = np.where(swap, t[two], t[one]), np.where(swap, t[one], t[two])
        s[one], s[two] = np.where(swap, s[two], s[one]), np.where(swap, s[one], s[two])
    slopes = [(s[b] - s[a]) / np.maximum(t[b] - t[a], 1e-12) for a, b in ((0, 2), (0, 1), (1, 2))]
    number, line = _expand(first[crossed], stop[crossed])
    at = line + 0.5
    is_upper = at < t[1][number]
    start = np.where(is_upper, 0, 1)
    one = s[0][number] + (at - t[0][number]) * slopes[0][number]
    bend_s, bend_t, bend_slope = np.stack(s[:2]), np.stack(t[:2]), np.stack(slopes[1:])
    two = bend_s[start, number] + (at - bend_t[start, number]) * bend_slope[start, number]
    return crossed[number], line, np.minimum(one, two), np.maximum(one, two)


def _expand(
    first: Int[np.ndarray, " N"], stop: Int[np.ndarray, " N"]
) -> tuple[Int[np.ndarray, " P"], Int[np.ndarray, " P"]]:
    """All whole numbers of all ranges: number of the range, and the whole number."""
    length = np.maximum(stop - first, 0)
    number = np.repeat(np.arange(len(length)), length)
    before = np.cumsum(length) - length
    return number, np.arange(len(number)) - before[number] + first[number]


def _mend(canvas: Float32[np.ndarray, "H W"], thin: Float32[np.ndarray, "H W"]) -> None:
    """Add to the canvas the noted pixels that have few covered neighbours, and fill holes of a pixel."""
    is_covered = canvas > 0
    around = cv2.boxFilter(
        is_covered.astype(np.float32), -1, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT
    )
    noted = (thin > 0) & ~is_covered & (around <= _THIN_NEIGHBOURS + 0.5)
    holes = ~is_covered & (around >= _HOLE_NEIGHBOURS - 0.5)
    if holes.any():
        total = cv2.boxFilter(canvas, -1, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT)
        canvas[holes] = total[holes] / around[holes]
    canvas[noted] = thin[noted]


def _crop(canvas: Float32[np.ndarray, "H W"]) -> Patch | None:
    """The canvas cut to what is covered."""
    x, y, width, height = cv2.boundingRect((canvas > 0).astype(np.uint8))
    if not width:
        return None
    return Patch(x, y, canvas[y : y + height, x : x + width].copy())
