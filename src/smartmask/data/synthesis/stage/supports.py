"""Where small things can stand on a shape: level places with free air above.

Vertical lines are sent through the shape on a grid seen from above. Where a line crosses the surface with
free space up to the next crossing there is a place to stand; inside a closed shape the count of crossings
above is odd, so cells there do not count. Cells of one height are cut to the largest rectangles among them.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from jaxtyping import Bool, Float, Int

from smartmask.data.synthesis.stage.meshes import Mesh
from smartmask.data.synthesis.stage.rasterize import spans_of

_LEAST_CELLS = 24
"""Grid cells over the longer side of the footprint at least."""
_CELL_M, _TOP_CELL_M = 0.008, 0.02
"""Their side in metres at most: upright boards between compartments are not thinner; tops have none."""
_PER_LEVEL = 4
"""Rectangles taken from one level, such as the compartments of a shelf."""
LEAST_CLEARANCE_M = 0.14
"""Boards closer together than this hold nothing."""
_LEVEL_M = 0.012
"""Heights that differ by less are one level; things may then hover or sink by so much at most."""
_LEAST_SIDE_M = 0.1


@dataclass(frozen=True, slots=True)
class Shelf:
    """A level rectangle that carries, in the axes of the shape.

    Attributes:
        z: Its height in metres.
        low_xy: Corner with the least x and y.
        high_xy: Corner with the greatest x and y.
        clearance_m: Free height above it; infinite under the open sky.
    """

    z: float
    low_xy: tuple[float, float]
    high_xy: tuple[float, float]
    clearance_m: float

    @property
    def area_m2(self) -> float:
        """Its area."""
        return (self.high_xy[0] - self.low_xy[0]) * (self.high_xy[1] - self.low_xy[1])


@lru_cache(maxsize=2048)
def shelves_of(mesh: Mesh, *, only_top: bool) -> tuple[Shelf, ...]:
    """The places where things can stand, the largest first.

    Args:
        mesh: The shape.
        only_top: Leave out all but the highest large level.
    """
    cell_m = min(_TOP_CELL_M if only_top else _CELL_M, max(mesh.size[0], mesh.size[1]) / _LEAST_CELLS)
    low = mesh.vertices.min(0).astype(np.float64)
    column, z = _crossings_from_above(mesh, low, cell_m)
    shape = tuple(int(np.ceil(side / cell_m)) for side in mesh.size[:2])
    found = []
    is_free, above = _free_above(column, z)
    levels = _levels(z[is_free])
    for level in levels:
        chosen = is_free & (np.abs(z - level) < _LEVEL_M)
        grid = np.zeros(shape, bool)
        grid.ravel()[column[chosen]] = True
        for _ in range(_PER_LEVEL):
            rectangle = _largest_rectangle(grid)
            if rectangle is None:
                break
            x0, y0, x1, y1 = rectangle
            if min(x1 - x0, y1 - y0) * cell_m < _LEAST_SIDE_M:
                break
            grid[x0:x1, y0:y1] = False
            inside = chosen & _within(column, shape[1], rectangle)
            shelf = Shelf(
                float(z[inside].max()),
                (float(low[0] + x0 * cell_m), float(low[1] + y0 * cell_m)),
                (float(low[0] + x1 * cell_m), float(low[1] + y1 * cell_m)),
                float(above[inside].min()),
            )
            found.append(shelf)
    found.sort(key=lambda shelf: -shelf.area_m2)
    if only_top:
        large = [shelf for shelf in found if shelf.area_m2 > 0.4 * found[0].area_m2]
        top = max((shelf.z for shelf in large), default=0.0)
        return tuple(shelf for shelf in found if shelf.z > top - _LEVEL_M)
    return tuple(found)


def _crossings_from_above(
    mesh: Mesh, low: Float[np.ndarray, "3"], cell_m: float
) -> tuple[Int[np.ndarray, " P"], Float[np.ndarray, " P"]]:
    """Where vertical lines through the middles of the grid's cells cross the surface: cell, height."""
    grid = (mesh.vertices[:, :2].astype(np.float64) - low[:2]) / cell_m
    columns = int(np.ceil(mesh.size[1] / cell_m))
    rows = int(np.ceil(mesh.size[0] / cell_m))
    # x runs down the rows of the grid, y along its columns.
    triangles = grid[mesh.faces][:, :, ::-1]
    heights = mesh.vertices[:, 2].astype(np.float64)[mesh.faces]
    _, row, column, z = spans_of(triangles, heights, (rows, columns))
    cell = row * columns + column
    order = np.lexsort((z, cell))
    return cell[order], z[order]


def _free_above(
    column: Int[np.ndarray, " P"], z: Float[np.ndarray, " P"]
) -> tuple[Bool[np.ndarray, " P"], Float[np.ndarray, " P"]]:
    """Whether each crossing has room above it and is not inside the shape, and how much room."""
    if not len(z):
        return np.zeros(0, bool), np.zeros(0)
    is_last = np.append(column[1:] != column[:-1], True)
    above = np.where(is_last, np.inf, np.append(z[1:], 0) - z)
    ends = np.flatnonzero(is_last)
    count_above = ends[np.searchsorted(ends, np.arange(len(z)))] - np.arange(len(z))
    return (above > LEAST_CLEARANCE_M) & (count_above % 2 == 0), above


def _levels(z: Float[np.ndarray, " P"]) -> list[float]:
    """Heights at which many cells are free."""
    if not len(z):
        return []
    bins = np.round(z / (2 * _LEVEL_M)).astype(np.int64)
    values, counts = np.unique(bins, return_counts=True)
    heights = []
    for value in values[counts >= max(6, 0.03 * len(z))]:
        # The bins' borders are blind to the shape: centre each level on the heights about it.
        near = z[np.abs(z - value * 2 * _LEVEL_M) < 2 * _LEVEL_M]
        heights.append(float(np.median(near)))
    kept: list[float] = []
    for height in sorted(heights, reverse=True):
        if not kept or kept[-1] - height > 2 * _LEVEL_M:
            kept.append(height)
    return kept


def _within(
    column: Int[np.ndarray, " P"], width: int, rectangle: tuple[int, int, int, int]
) -> Bool[np.ndarray, " P"]:
    x0, y0, x1, y1 = rectangle
    row, place = np.divmod(column, width)
    return (row >= x0) & (row < x1) & (place >= y0) & (place < y1)


def _largest_rectangle(grid: Bool[np.ndarray, "H W"]) -> tuple[int, int, int, int] | None:
    """The largest all-true rectangle as first row, first column, last row + 1, last column + 1.

    Each row is the foot of a bar chart of how far the cells above are true; a stack of rising bars gives the
    largest rectangle under it in one pass.
    """
    best, best_area = None, 0
    heights = [0] * grid.shape[1]
    for row, cells in enumerate(grid.tolist()):
        if not any(cells):
            heights = [0] * len(cells)
            continue
        heights = [height + 1 if cell else 0 for height, cell in zip(heights, cells, strict=True)]
        stack: list[tuple[int, int]] = []
        for column, height in enumerate([*heights, 0]):
            start = column
            while stack and stack[-1][1] >= height:
                start, bar = stack.pop()
                if bar * (column - start) > best_area:
                    best_area = bar * (column - start)
                    best = (row + 1 - bar, start, row + 1, column)
            stack.append((start, height))
    return best
