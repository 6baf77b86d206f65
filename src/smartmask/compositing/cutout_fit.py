"""Where on a mask a cut-out goes: scale, mirror, a little turn and stretch, then a smooth small warp.

Both silhouettes are signed distance fields on a grid of some ninety cells. The first stage looks for the
affine map that covers the mask best; an object that sticks out of the mask will be cut off, which hurts,
while a part of the mask left bare shows the photo, which does not, so

    fit = overlap / (overlap + a sticking out + b bare),     a > b                            (1)

less a little for every turn and stretch, and for a foot off the mask's foot. A first search finds side,
place and size with a mild a; a second goes on from there with a stern one, which draws the object in until
hardly anything sticks out further than a slack of a few per cent. Beyond the canvas nothing counts: an object
cut by the photo's edge goes on there. The second stage moves the remaining contour by a displacement that is
smooth, no longer than a few per cent of the object, and nowhere squeezes or stretches an area by more than
half.

Sources: Tversky 1977, "Features of similarity" (1); Thirion 1998, "Image matching as a diffusion process: an
analogy with Maxwell's demons", section 3.2 (the displacement).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32, UInt8
from PIL import Image

from smartmask.scene.boxes import BoxXYXY, box_of
from smartmask.scene.distance import distance_to

CELLS, COARSE_CELLS = 96, 40
"""Cells along the longer side of a silhouette's grid; the first search needs fewer."""
MARGIN = 0.15
"""How far a grid goes beyond the silhouette's box, as a share of the box's longer side."""
MILD, STERN, BARE = 0.8, 20.0, 0.2
"""The weights a of the two searches, and b."""
SLACK = 0.025
"""How far the object may stick out in the end, as a share of the mask's longer side."""
MOST_STRETCH, MOST_TURN = float(np.log(1.3)), float(np.radians(6))
_PENALTY, _AFLOAT = 0.05, 1.0
"""What the largest stretch or turn costs in fit, and a foot that is off by the object's height."""
MOST_SHIFT = 0.04
"""The longest displacement of the warp, as a share of the grid."""
SQUEEZE = (0.6, 1.6)
"""By what the warp may multiply an area anywhere."""
_STEPS = np.array([0.12, 0.08, 0.06, 0.06, 0.06])
"""First steps of the search: log scale, log stretch, turn, and x and y as shares of the grid."""


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A map from window pixels to cut-out pixels: x -> matrix (x + shift(x), 1).

    Attributes:
        matrix: Of (x, y, 1) in the window to (x, y) in the cut-out.
        shift: Displacement (x, y) in window pixels at the centre of each cell of a grid.
        grid_xyxy: The box that the grid covers in the window.
    """

    matrix: Float[np.ndarray, "2 3"]
    shift: Float32[np.ndarray, "h w 2"]
    grid_xyxy: BoxXYXY

    def source_of(
        self, x: Float32[np.ndarray, "H W"], y: Float32[np.ndarray, "H W"]
    ) -> tuple[Float32[np.ndarray, "H W"], Float32[np.ndarray, "H W"]]:
        """Where in the cut-out positions (x, y) of the window come from."""
        x0, y0, x1, y1 = self.grid_xyxy
        rows, columns = self.shift.shape[:2]
        across = (x - x0) * np.float32(columns / (x1 - x0)) - np.float32(0.5)
        down = (y - y0) * np.float32(rows / (y1 - y0)) - np.float32(0.5)
        shift = interpolate(self.shift, across, down)
        x, y = x + shift[..., 0], y + shift[..., 1]
        matrix = self.matrix.astype(np.float32)
        return matrix[0, 0] * x + matrix[0, 1] * y + matrix[0, 2], matrix[1, 0] * x + matrix[
            1, 1
        ] * y + matrix[1, 2]


@dataclass(frozen=True, slots=True, eq=False)
class _Silhouette:
    """A shape on a grid: coverage of each cell, and distance to the contour in cells, positive inside.

    `roomy` is the coverage with `SLACK` round it, `grid_xyxy` the box of the grid and `box_xyxy` that of the
    shape in pixels, `is_cut` whether the canvas cuts the foot off.
    """

    coverage: Float32[np.ndarray, "h w"]
    roomy: Float32[np.ndarray, "h w"]
    distance: Float32[np.ndarray, "h w"]
    is_cut: bool
    grid_xyxy: BoxXYXY
    box_xyxy: BoxXYXY
    cell_px: float


def fit_cutout(alpha: UInt8[np.ndarray, "h w"], mask: Bool[np.ndarray, "H W"]) -> Fit:
    """The map that lays a cut-out onto a mask.

    Args:
        alpha: The cut-out's coverage, 255 = all.
        mask: The whole object in the window, hidden parts included; not empty.
    """
    coverage = mask.astype(np.uint8) * np.uint8(255)
    coarse = _silhouette(alpha, COARSE_CELLS, True), _silhouette(coverage, COARSE_CELLS, False)
    found = [
        (*_search(*coarse, start, mirror, MILD), mirror)
        for mirror in (1.0, -1.0)
        for start in _starts(*coarse, mask.shape)
    ]
    _, parameters, mirror = max(found, key=lambda entry: entry[0])
    shape, target = _silhouette(alpha, CELLS, True), _silhouette(coverage, CELLS, False)
    _, parameters = _search(shape, target, parameters, mirror, STERN)
    matrix = _matrix(parameters, mirror, shape, target)
    placed = _sampled(shape, matrix, target) * _cells_per_cell(matrix, shape, target)
    shift = _warp(placed, target.distance) * np.float32(target.cell_px)
    return Fit(matrix, shift, target.grid_xyxy)


def _silhouette(coverage: UInt8[np.ndarray, "H W"], cells_aside: int, grid_beyond: bool) -> _Silhouette:
    """A coverage on a grid about its box; the grid may go beyond the canvas or ends with it."""
    x0, y0, x1, y1 = box_of(coverage > 127)
    margin = MARGIN * max(x1 - x0, y1 - y0) + 1
    box = x0 - margin, y0 - margin, x1 + margin, y1 + margin
    height, width = coverage.shape
    if grid_beyond:
        reach = int(np.ceil(margin))
        coverage = np.pad(coverage, reach)
        box = box[0] + reach, box[1] + reach, box[2] + reach, box[3] + reach
    else:
        reach = 0
        box = max(box[0], 0.0), max(box[1], 0.0), min(box[2], float(width)), min(box[3], float(height))
    cell_px = max(box[2] - box[0], box[3] - box[1]) / cells_aside
    columns, rows = (max(round((box[2 + axis] - box[axis]) / cell_px), 2) for axis in (0, 1))
    shown = Image.fromarray(coverage).convert("F").resize((columns, rows), Image.Resampling.BOX, box)
    cells = np.clip(np.asarray(shown) / 255, 0, 1)
    inside = cells > 0.5
    if not inside.any():
        inside = cells >= cells.max()
    away, deep = (np.minimum(distance_to(part, cells_aside), cells_aside) for part in (inside, ~inside))
    distance = deep - away
    distance -= np.float32(0.5) * np.sign(distance)
    roomy = np.clip(distance + np.float32(0.5 + SLACK * cells_aside), 0, 1)
    is_cut = not grid_beyond and y1 >= height
    x0, y0, x1, y1 = (value * cell_px for value in box_of(distance > 0))
    left, top = box[0] - reach, box[1] - reach
    grid = left, top, box[2] - reach, box[3] - reach
    inner = left + x0, top + y0, left + x1, top + y1
    return _Silhouette(cells, roomy, distance, is_cut, grid, inner, cell_px)


def _starts(
    shape: _Silhouette, target: _Silhouette, size_hw: tuple[int, ...]
) -> Iterator[Float[np.ndarray, " 5"]]:
    """Where the search begins: box on box; where the photo cuts the object, also as its free axis says."""
    sx0, sy0, sx1, sy1 = shape.box_xyxy
    x0, y0, x1, y1 = target.box_xyxy
    ratios = (x1 - x0) / (sx1 - sx0), (y1 - y0) / (sy1 - sy0)
    stretch = np.clip(np.log(ratios[1] / ratios[0]), -MOST_STRETCH, MOST_STRETCH)
    scale = float(np.sqrt(ratios[0] * ratios[1]))
    yield np.array([np.log(scale), stretch, 0, (x0 + x1) / 2, (y0 + y1) / 2])
    height, width = size_hw
    cut_x = (x0 <= target.cell_px) - 1.0 * (x1 >= width - target.cell_px)
    cut_y = (y0 <= target.cell_px) - 1.0 * (y1 >= height - target.cell_px)
    for axis, cut in ((1, cut_x), (0, cut_y)):
        if cut:
            scale = ratios[axis]
            half = scale * (sx1 - sx0) / 2, scale * (sy1 - sy0) / 2
            x = x1 - half[0] if cut_x > 0 else x0 + half[0] if cut_x < 0 else (x0 + x1) / 2
            y = y1 - half[1] if cut_y > 0 else y0 + half[1] if cut_y < 0 else (y0 + y1) / 2
            yield np.array([np.log(scale), 0.0, 0.0, x, y])


def _search(
    shape: _Silhouette, target: _Silhouette, start: Float[np.ndarray, " 5"], mirror: float, weight: float
) -> tuple[float, Float[np.ndarray, " 5"]]:
    """Steps along each parameter while they help, then half as long."""
    side = target.cell_px * max(target.distance.shape)
    steps = _STEPS * np.array([1, 1, 1, side, side])
    limits = np.array([np.inf, MOST_STRETCH, MOST_TURN, np.inf, np.inf])
    best, score = start, _score(shape, target, start, mirror, weight)
    for halving in range(6):
        improved = True
        while improved:
            improved = False
            for number in range(5):
                for sign in (1, -1):
                    tried = best.copy()
                    tried[number] += sign * steps[number] / 2**halving
                    tried = np.clip(tried, -limits, limits)
                    value = _score(shape, target, tried, mirror, weight)
                    if value > score + 1e-4:
                        best, score, improved = tried, value, True
    return score, best


def _score(
    shape: _Silhouette, target: _Silhouette, parameters: Float[np.ndarray, " 5"], mirror: float, weight: float
) -> float:
    """The fit (1) less the penalties."""
    matrix = _matrix(parameters, mirror, shape, target)
    distance = _sampled(shape, matrix, target) * _cells_per_cell(matrix, shape, target)
    covered = np.clip(distance + 0.5, 0, 1)
    overlap = float((covered * target.coverage).sum())
    allowed = target.roomy if weight == STERN else target.coverage
    sticking_out = float((covered * (1 - allowed)).sum())
    bare = float(target.coverage.sum()) - overlap
    bent = (parameters[1] / MOST_STRETCH) ** 2 + (parameters[2] / MOST_TURN) ** 2
    afloat = 0.0
    if not target.is_cut and (distance > 0).any():
        feet = (np.flatnonzero((field > 0).any(1))[-1] for field in (distance, target.distance))
        afloat = abs(float(np.subtract(*feet))) / len(distance)
    fit = overlap / (overlap + weight * sticking_out + BARE * bare + 1e-6)
    return fit - _PENALTY * float(bent) - _AFLOAT * afloat


def _matrix(
    parameters: Float[np.ndarray, " 5"], mirror: float, shape: _Silhouette, target: _Silhouette
) -> Float[np.ndarray, "2 3"]:
    """The map from window to cut-out of a scale, a stretch, a turn and a place of the cut-out's middle."""
    scale, stretch, turn, x, y = parameters
    across, down = np.exp(-scale + stretch / 2) * mirror, np.exp(-scale - stretch / 2)
    cosine, sine = np.cos(turn), np.sin(turn)
    linear = np.array([[across * cosine, across * sine], [-down * sine, down * cosine]])
    x0, y0, x1, y1 = shape.box_xyxy
    offset = np.array([(x0 + x1) / 2, (y0 + y1) / 2]) - linear @ np.array([x, y])
    return np.concatenate([linear, offset[:, None]], 1)


def _cells_per_cell(matrix: Float[np.ndarray, "2 3"], shape: _Silhouette, target: _Silhouette) -> np.float32:
    """Cells of the target's grid to one of the shape's."""
    scale = np.sqrt(abs(np.linalg.det(matrix[:, :2])))
    return np.float32(shape.cell_px / scale / target.cell_px)


def _sampled(
    shape: _Silhouette, matrix: Float[np.ndarray, "2 3"], target: _Silhouette
) -> Float32[np.ndarray, "h w"]:
    """The shape's distance field, in its own cells, at each cell of the target's grid."""
    rows, columns = target.distance.shape
    x = target.grid_xyxy[0] + (np.arange(columns) + 0.5) * target.cell_px
    y = target.grid_xyxy[1] + (np.arange(rows) + 0.5) * target.cell_px
    u = matrix[0, 0] * x[None] + matrix[0, 1] * y[:, None] + matrix[0, 2]
    v = matrix[1, 0] * x[None] + matrix[1, 1] * y[:, None] + matrix[1, 2]
    u = (u - shape.grid_xyxy[0]) / shape.cell_px - 0.5
    v = (v - shape.grid_xyxy[1]) / shape.cell_px - 0.5
    return interpolate(shape.distance, u.astype(np.float32), v.astype(np.float32))


def interpolate(
    values: Float32[np.ndarray, "*size"] | UInt8[np.ndarray, "*size"],
    x: Float32[np.ndarray, "h w"],
    y: Float32[np.ndarray, "h w"],
) -> Float32[np.ndarray, "h w *channels"]:
    """Linear interpolation of a map at fractional positions, 0 = the first pixel's centre; borders repeat."""
    height, width = values.shape[:2]
    x, y = np.clip(x, 0, width - 1), np.clip(y, 0, height - 1)
    left = np.minimum(x.astype(np.int32), max(width - 2, 0))
    top = np.minimum(y.astype(np.int32), max(height - 2, 0))
    right, below = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    across, down = x - left, y - top
    if values.ndim == 3:
        across, down = across[..., None], down[..., None]
    upper = values[top, left] * (1 - across) + values[top, right] * across
    lower = values[below, left] * (1 - across) + values[below, right] * across
    return np.asarray(upper * (1 - down) + lower * down, np.float32)


def _warp(
    placed: Float32[np.ndarray, "h w"], target: Float32[np.ndarray, "h w"]
) -> Float32[np.ndarray, "h w 2"]:
    """The displacement, in cells, that moves the placed contour to the target's."""
    reach = np.float32(0.1 * CELLS)
    placed, target = np.clip(placed, -reach, reach), np.clip(target, -reach, reach)
    rows, columns = placed.shape
    y, x = np.mgrid[:rows, :columns].astype(np.float32)
    smooth_y, smooth_x = (_gaussian(side, 0.08 * CELLS) for side in (rows, columns))
    shift = np.zeros((rows, columns, 2), np.float32)
    for _ in range(40):
        moved = interpolate(placed, x + shift[..., 0], y + shift[..., 1])
        excess = moved - target
        excess *= np.where(excess > 0, np.float32(1), np.float32(BARE / MILD))
        slope_y, slope_x = np.gradient(moved)
        force = excess / (slope_x**2 + slope_y**2 + 0.25 * excess**2 + np.float32(0.05))
        shift -= np.stack([force * slope_x, force * slope_y], 2)
        shift = np.stack([smooth_y @ shift[..., axis] @ smooth_x.T for axis in (0, 1)], 2)
    longest = float(np.hypot(shift[..., 0], shift[..., 1]).max())
    shift *= np.float32(min(1.0, MOST_SHIFT * CELLS / max(longest, 1e-6)))
    while not _is_gentle(shift):
        shift *= np.float32(0.85)
    return np.asarray(shift, np.float32)


def _is_gentle(shift: Float32[np.ndarray, "h w 2"]) -> bool:
    """Whether no area is squeezed or stretched too much: the determinant of 1 + the shift's slope."""
    down_x, across_x = np.gradient(shift[..., 0])
    down_y, across_y = np.gradient(shift[..., 1])
    area = (1 + across_x) * (1 + down_y) - down_x * across_y
    return bool(area.min() >= SQUEEZE[0] and area.max() <= SQUEEZE[1])


def _gaussian(side: int, deviation: float) -> Float32[np.ndarray, "n n"]:
    """The matrix of a Gaussian blur whose rows sum to 1."""
    offsets = np.subtract.outer(np.arange(side), np.arange(side))
    kernel = np.exp(-0.5 * (offsets / deviation) ** 2)
    return np.asarray(kernel / kernel.sum(1, keepdims=True), np.float32)
