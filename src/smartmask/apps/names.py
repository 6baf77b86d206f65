"""Where the names of a layout's regions go: each inside its region, as deep as it can, clear of the others.

All lengths are pixels of a small grid on which the layout is sampled, so the cost does not grow with the
photo.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float, Integer

Place = tuple[float, float, int]
"""Centre x and y of a name, and which of the offered sizes it takes."""
SMALLEST_SHARE = 0.0004
"""Regions below this share of the canvas stay without a name."""
WORST_OVERLAP = 0.1
"""A name that others would cover by more than this share is left out: a pile of names tells nothing."""


def place_names(
    index: Integer[np.ndarray, "h w"], sizes_wh: Sequence[Sequence[tuple[float, float]]]
) -> list[Place | None]:
    """A place for the name of each region; None where none is free.

    Args:
        index: The number of the region at each grid pixel, negative where there is none.
        sizes_wh: For each region the sizes its name may have, largest first.

    >>> place_names(np.zeros((9, 21), int), [[(8.0, 4.0)]])
    [(10.5, 4.5, 0)]
    """
    depth = depths(index)
    taken = np.zeros(index.shape, bool)
    areas = np.bincount(index[index >= 0].ravel(), minlength=len(sizes_wh))
    places: list[Place | None] = [None] * len(sizes_wh)
    for number in np.argsort(areas, kind="stable").tolist():  # small regions have the least choice
        if areas[number] < max(SMALLEST_SHARE * index.size, 1):
            continue
        places[number] = _best(index == number, depth, taken, sizes_wh[number])
        place = places[number]
        if place is not None:
            width, height = sizes_wh[number][place[2]]
            top, left = max(round(place[1] - height / 2), 0), max(round(place[0] - width / 2), 0)
            taken[top : round(place[1] + height / 2) + 1, left : round(place[0] + width / 2) + 1] = True
    return places


def depths(index: Integer[np.ndarray, "h w"]) -> Float[np.ndarray, "h w"]:
    """Distance of each pixel to the nearest one of another region, or beyond the border.

    >>> depths(np.array([[0, 0, 0, 1, 1]] * 5))[2].tolist()
    [1.0, 2.0, 1.0, 1.0, 1.0]
    """
    padded = np.pad(index, 1, constant_values=-9)
    vertical = np.minimum(_run(padded), _run(padded[::-1])[::-1]).astype(np.float64)
    columns = np.arange(padded.shape[1])
    across = (columns[:, None] - columns[None]) ** 2
    squared = np.empty(padded.shape)
    for number, row in enumerate(padded):
        nearest = np.where(row[:, None] == row[None], vertical[number][None] ** 2, 0)
        squared[number] = (across + nearest).min(1)
    return np.asarray(np.sqrt(squared[1:-1, 1:-1]))


def _run(index: Integer[np.ndarray, "h w"]) -> Integer[np.ndarray, "h w"]:
    """Distance to the nearest pixel above that belongs to another region."""
    rows = np.arange(len(index))[:, None]
    starts = np.ones(index.shape, bool)
    starts[1:] = index[1:] != index[:-1]
    return rows - np.maximum.accumulate(np.where(starts, rows, 0), axis=0) + 1


def _best(
    region: Bool[np.ndarray, "h w"],
    depth: Float[np.ndarray, "h w"],
    taken: Bool[np.ndarray, "h w"],
    sizes_wh: Sequence[tuple[float, float]],
) -> Place | None:
    """The first size that lies inside the region, clear of others, or else the smallest at its best."""
    rows, columns = np.nonzero(region)
    down = np.arange(region.shape[0])[:, None] - rows.mean()
    across = np.arange(region.shape[1])[None] - columns.mean()
    central = 1 - np.hypot(down, across) / np.hypot(*region.shape)
    deep = np.where(region, depth, 0) / depth[region].max()
    place = None
    for size, (width, height) in enumerate(sizes_wh):
        if width > region.shape[1] or height > region.shape[0]:
            continue
        inside, overlap = _share(region, width, height), _share(taken, width, height)
        score = np.where(region, inside + 0.35 * deep + 0.5 * central - 3 * overlap, -np.inf)
        y, x = np.unravel_index(int(np.argmax(score)), score.shape)
        centre_x = _within(float(x) + 0.5, width / 2, region.shape[1])
        centre_y = _within(float(y) + 0.5, height / 2, region.shape[0])
        place = (centre_x, centre_y, size) if overlap[y, x] <= WORST_OVERLAP else None
        if place is not None and inside[y, x] > 0.97 and overlap[y, x] == 0:
            break
    return place


def _share(mask: Bool[np.ndarray, "h w"], width: float, height: float) -> Float[np.ndarray, "h w"]:
    """The share of true pixels under a box centred at each pixel and pushed inside the canvas."""
    integral = np.zeros((mask.shape[0] + 1, mask.shape[1] + 1))
    np.cumsum(np.cumsum(mask, 0), 1, out=integral[1:, 1:])
    top, bottom = _edges(mask.shape[0], height)
    left, right = _edges(mask.shape[1], width)
    inner = (
        integral[bottom][:, right]
        - integral[top][:, right]
        - integral[bottom][:, left]
        + integral[top][:, left]
    )
    return np.asarray(inner / ((bottom - top)[:, None] * (right - left)[None]))


def _edges(length: int, extent: float) -> tuple[Integer[np.ndarray, " n"], Integer[np.ndarray, " n"]]:
    """Start and stop of a box along one axis for each centre."""
    whole = min(max(round(extent), 1), length)
    start = np.clip(np.arange(length) - whole // 2, 0, length - whole)
    return start, start + whole


def _within(centre: float, half: float, length: int) -> float:
    """The centre, moved inward as far as it takes for the name to stay on the canvas."""
    return min(max(centre, half), length - half)
