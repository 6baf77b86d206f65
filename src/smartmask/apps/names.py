"""Where the names of a layout's regions go: inside where there is room, else beside, with a line to it.

All lengths are pixels of a small grid on which the layout is sampled, so the cost does not grow with the
photo.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Integer

SMALLEST_SHARE = 0.0004
"""Regions below this share of the canvas stay without a name."""
INSIDE = 0.9
"""Share of a name that lies in its region, to be inside."""
JUTTING, COVERED = 0.55, 0.3
"""A name at least so far inside may jut out of a region of which it covers no more than that share."""
LONGEST_LINE = 0.25
"""The longest line to a name beside its region, as a share of the canvas's longer side."""
_APART = 0.8
"""How far a name beside its region keeps from it: half of this, in heights of the name."""
_TRIES = 400
"""Places beside a region that are looked at, the nearest first."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a name goes.

    Attributes:
        x: Its centre from the left.
        y: Its centre from the top.
        size: Which of the offered sizes it takes.
        anchor: The point (x, y) of the region that a line leads to; None if the name lies in its region.
    """

    x: float
    y: float
    size: int
    anchor: tuple[float, float] | None = None


def place_names(
    index: Integer[np.ndarray, "h w"], sizes_wh: Sequence[Sequence[tuple[float, float]]]
) -> list[Place | None]:
    """A place for the name of each region; None where none is free.

    Args:
        index: The number of the region at each grid pixel, negative where there is none.
        sizes_wh: For each region the sizes its name may have, largest first.

    >>> place_names(np.zeros((9, 21), int), [[(8.0, 4.0)]])
    [Place(x=10.5, y=4.5, size=0, anchor=None)]
    """
    depth = depths(index)
    taken = np.zeros(index.shape, bool)
    areas = np.bincount(index[index >= 0].ravel(), minlength=len(sizes_wh))
    places: list[Place | None] = [None] * len(sizes_wh)
    ascending = np.argsort(areas, kind="stable").tolist()
    named = [number for number in ascending if areas[number] >= max(SMALLEST_SHARE * index.size, 1)]
    for number in named:  # small regions have the least choice
        places[number] = _inside(index == number, depth, taken, sizes_wh[number])
        _take(taken, places[number], sizes_wh[number])
    small = np.isin(index, [number for number in ascending if areas[number] < 0.03 * index.size])
    for number in reversed(named):
        if places[number] is None:
            places[number] = _beside(index == number, depth, taken, small, sizes_wh[number])
            _take(taken, places[number], sizes_wh[number])
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


def _inside(
    region: Bool[np.ndarray, "h w"],
    depth: Float[np.ndarray, "h w"],
    taken: Bool[np.ndarray, "h w"],
    sizes_wh: Sequence[tuple[float, float]],
) -> Place | None:
    """The best place of the first size that has one in the region, clear of other names."""
    rows, columns = np.nonzero(region)
    down = np.arange(region.shape[0])[:, None] - rows.mean()
    across = np.arange(region.shape[1])[None] - columns.mean()
    central = 1 - np.hypot(down, across) / np.hypot(*region.shape)
    deep = np.where(region, depth, 0) / depth[region].max()
    for size, (width, height) in enumerate(sizes_wh):
        if width > region.shape[1] or height > region.shape[0]:
            continue
        inside = _share(region, width, height)
        is_free = region & (_share(taken, width, height) == 0)
        score = np.where(is_free, inside + 0.35 * deep + 0.5 * central, -np.inf)
        y, x = divmod(int(np.argmax(score)), score.shape[1])
        covers_little = width * height <= COVERED * len(rows)
        if is_free[y, x] and inside[y, x] >= (JUTTING if covers_little else INSIDE):
            return Place(*_centre(x, y, width, height, region.shape), size)
    return None


def _beside(
    region: Bool[np.ndarray, "h w"],
    depth: Float[np.ndarray, "h w"],
    taken: Bool[np.ndarray, "h w"],
    small: Bool[np.ndarray, "h w"],
    sizes_wh: Sequence[tuple[float, float]],
) -> Place | None:
    """The nearest place outside a region for the smallest size, with a free line to it."""
    size = len(sizes_wh) - 1
    width, height = sizes_wh[size]
    if width > region.shape[1] or height > region.shape[0]:
        return None
    top, left = divmod(int(np.argmax(depth * region)), region.shape[1])
    anchor = left + 0.5, top + 0.5
    rows, columns = np.arange(region.shape[0])[:, None], np.arange(region.shape[1])[None]
    gap = np.hypot(
        np.maximum(abs(columns - left) - width / 2, 0), np.maximum(abs(rows - top) - height / 2, 0)
    )
    longest = LONGEST_LINE * max(region.shape)
    is_apart = _share(region, width + _APART * height, height + _APART * height) == 0
    is_free = (_share(taken, width, height) == 0) & is_apart
    cost = np.where(is_free & (gap <= longest), gap + longest * _share(small, width, height), np.inf)
    for number in np.argsort(cost, axis=None, kind="stable")[:_TRIES].tolist():
        y, x = divmod(number, region.shape[1])
        if not np.isfinite(cost[y, x]):
            return None
        place = Place(*_centre(x, y, width, height, region.shape), size, anchor)
        if not taken[_line(place, (width, height), region.shape)].any():
            return place
    return None


def end_of_line(place: Place, size_wh: tuple[float, float]) -> tuple[float, float]:
    """The point of a name's box that is nearest to its anchor.

    >>> end_of_line(Place(10, 5, 0, (2, 5)), (4, 2))
    (8.0, 5)
    """
    assert place.anchor is not None, "only a name beside its region has a line"
    x, y = place.anchor
    half_width, half_height = size_wh[0] / 2, size_wh[1] / 2
    return (
        min(max(x, place.x - half_width), place.x + half_width),
        min(max(y, place.y - half_height), place.y + half_height),
    )


def _line(
    place: Place, size_wh: tuple[float, float], shape: tuple[int, ...]
) -> tuple[Integer[np.ndarray, " n"], Integer[np.ndarray, " n"]]:
    """The grid pixels (rows, columns) under the line of a name."""
    assert place.anchor is not None, "only a name beside its region has a line"
    (x0, y0), (x1, y1) = place.anchor, end_of_line(place, size_wh)
    steps = int(max(abs(x1 - x0), abs(y1 - y0))) + 2
    rows = np.clip(np.linspace(y0, y1, steps).astype(int), 0, shape[0] - 1)
    return rows, np.clip(np.linspace(x0, x1, steps).astype(int), 0, shape[1] - 1)


def _take(
    taken: Bool[np.ndarray, "h w"], place: Place | None, sizes_wh: Sequence[tuple[float, float]]
) -> None:
    """Mark where a name and its line lie."""
    if place is None:
        return
    width, height = sizes_wh[place.size]
    top, left = max(round(place.y - height / 2), 0), max(round(place.x - width / 2), 0)
    taken[top : round(place.y + height / 2) + 1, left : round(place.x + width / 2) + 1] = True
    if place.anchor is not None:
        taken[_line(place, (width, height), taken.shape)] = True


def _centre(x: int, y: int, width: float, height: float, shape: tuple[int, ...]) -> tuple[float, float]:
    """The centre of a box at a grid pixel, moved inward as far as it takes to stay on the canvas."""
    return (
        min(max(float(x) + 0.5, width / 2), shape[1] - width / 2),
        min(max(float(y) + 0.5, height / 2), shape[0] - height / 2),
    )


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
