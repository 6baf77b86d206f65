"""How much room solid things share, measured on vertical lines through them."""

import numpy as np

from smartmask.data.synthesis.stage.rasterize import spans_of
from smartmask.data.synthesis.stage.world import Body

CELL_M = 0.02
MOST_SHARED = 0.02
"""Share of the smaller one's volume that two things may have in common."""


def crossings(body: Body, low: np.ndarray, shape: tuple[int, int]) -> dict[int, np.ndarray]:
    """Heights at which vertical lines over the cells of a grid cross a body, by cell."""
    grid = (body.vertices[:, :2].astype(np.float64) - low) / CELL_M
    heights = body.vertices[:, 2].astype(np.float64)[body.faces]
    _, row, column, z = spans_of(grid[body.faces][:, :, ::-1], heights, shape)
    cells = row * shape[1] + column
    order = np.lexsort((z, cells))
    cells, z = cells[order], z[order]
    if not len(cells):
        return {}
    starts = np.flatnonzero(np.append(True, cells[1:] != cells[:-1]))
    return {int(cells[at]): part for at, part in zip(starts, np.split(z, starts[1:]), strict=True)}


def solid_length(one: np.ndarray, two: np.ndarray) -> float:
    """Length of a vertical line that is inside both bodies: between odd and even crossings."""
    total = 0.0
    for low, high in zip(one[::2], one[1::2], strict=True):
        for low_two, high_two in zip(two[::2], two[1::2], strict=True):
            total += max(0.0, min(high, high_two) - max(low, low_two))
    return total


def shared_share(one: Body, two: Body) -> float:
    """Volume inside both bodies over that of the smaller, by lines every 2 cm that cross both in pairs."""
    low = np.minimum(one.vertices.min(0), two.vertices.min(0))[:2].astype(np.float64)
    high = np.maximum(one.vertices.max(0), two.vertices.max(0))[:2].astype(np.float64)
    shape = tuple(int(side) for side in np.ceil((high - low) / CELL_M))
    lines = [crossings(body, low, (shape[0], shape[1])) for body in (one, two)]
    volumes = [sum(solid_length(z, z) for z in line.values() if len(z) % 2 == 0) for line in lines]
    shared = sum(
        solid_length(z, lines[1][cell])
        for cell, z in lines[0].items()
        if cell in lines[1] and len(z) % 2 == 0 and len(lines[1][cell]) % 2 == 0
    )
    return shared / max(min(volumes), 1e-4)


def boxes_meet(one: Body, two: Body) -> bool:
    low = np.maximum(one.vertices.min(0), two.vertices.min(0))
    high = np.minimum(one.vertices.max(0), two.vertices.max(0))
    return bool((high - low > 1e-3).all())
