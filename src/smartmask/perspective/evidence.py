"""What a layout shows of its camera: the border of the ground, the foot of the sky, things of known size.

Rows and heights are in pixels of the layout. A mask that is whole is read whole; of one that shows what is
seen, only such things count whose head and feet nothing stands before.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float, Int16

from smartmask.perspective.standing import GROUNDS, INDOORS, LEVEL_EDGED, OUTDOORS, WATERS, Standing, standing
from smartmask.scene.layout import UNKNOWN, Layer, Layout

Kind = Literal["indoors", "outdoors", "unknown"]
_LARGEST_PX = 800
"""Larger layouts are read at every so-manieth pixel."""
_LEAST_PX = 12
_LEAST_LINE_SHARE = 0.04
"""Of the layout's width, the length of a border that tells its direction."""
_STRAIGHT_PX = 1.5
_MOST_LINES = 12
_LEAST_OPEN_SHARE = 0.05
"""Of the columns, those in which ground must meet sky for the border to count as the horizon."""
CEILING = Standing(2.6, 0.06)
"""The usual height of rooms."""


@dataclass(frozen=True, slots=True)
class Border:
    """The upper border of the ground.

    Attributes:
        row: Its row; the topmost ground where something stands behind it.
        scatter_px: How uneven it is where it meets the sky.
        is_open: Whether it meets the sky.
        is_water: Whether it is water's.
    """

    row: float
    scatter_px: float
    is_open: bool
    is_water: bool


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What speaks for a camera.

    Attributes:
        kind: Whether the layout shows a room or an open place.
        size_hw: Height and width of the layout.
        pixel: Side of the pixels it was read at, in the layout's.
        border: The ground's upper border; None if no ground is seen, or it goes on above the picture.
        ground_row: The topmost row of ground; None if there is none.
        sky_row: The lowest row of sky; None if there is none.
        things: Foot row, height, metres, spread of the metres' logarithm and depth of each thing.
        lines: A point x, y, the slope and the slope's deviation of each straight border of a wall with floor,
            ceiling, or what has level edges.
    """

    kind: Kind
    size_hw: tuple[int, int]
    pixel: int
    border: Border | None
    ground_row: float | None
    sky_row: float | None
    things: Float[np.ndarray, "N 5"]
    lines: Float[np.ndarray, "L 4"]


def read_evidence(layout: Layout) -> Evidence:
    """What a layout shows of its camera."""
    step = -(-max(layout.size_hw) // _LARGEST_PX)
    layers = [(layer, layer.mask[::step, ::step]) for layer in layout.layers]
    index = np.full(layout.size_hw, UNKNOWN, np.int16)[::step, ::step]
    for number, (_, mask) in enumerate(layers):
        index[mask] = number
    masks = [
        mask if layer.extent == "amodal" else mask & (index == k) for k, (layer, mask) in enumerate(layers)
    ]
    labels = layout.labels
    kind = _kind(index, labels)
    ground = _union(masks, labels, GROUNDS.keys(), index.shape)
    water = _union(masks, labels, WATERS, index.shape)
    sky = _union(masks, labels, {"sky"}, index.shape)
    ceiling = _union(masks, labels, {"ceiling"}, index.shape)
    wall = _union(masks, labels, {"wall"}, index.shape)
    level = ground | water
    border = _border(level, sky, water)
    # Where no ground is labelled at all, what stands on nothing that is known stands on ground.
    footing = ground if ground.any() else index == UNKNOWN
    things = [
        found
        for number, (layer, mask) in enumerate(zip(layout.layers, masks, strict=True))
        if (found := _thing(number, layer, mask, index, footing)) is not None
    ]
    if kind == "indoors" and border is not None and ceiling.any():
        low = float(np.quantile(_ends(ceiling), 0.98))
        if border.row - low >= _LEAST_PX:
            things.append((border.row, border.row - low, CEILING.metres, CEILING.spread, 0.0))
    measures = np.array(things, float).reshape(-1, 5)
    measures[:, :2] *= step
    flat = [mask for mask, label in zip(masks, labels, strict=True) if label in LEVEL_EDGED]
    below = [_lines(mask, wall) for mask in (ground, *flat)]
    above = [
        _lines(mask[::-1], wall[::-1]) * (1, -1, -1, 1) + (0, len(index), 0, 0) for mask in (ceiling, *flat)
    ]
    lines = np.concatenate([*below, *above])
    lines = lines[np.argsort(lines[:, 3], kind="stable")[:_MOST_LINES]] * (step, step, 1, 1)
    return Evidence(
        kind,
        layout.size_hw,
        step,
        None
        if border is None
        else Border(border.row * step, border.scatter_px * step, border.is_open, border.is_water),
        float(np.argmax(level.any(1))) * step if level.any() else None,
        float(np.quantile(_ends(sky), 0.98)) * step if sky.any() else None,
        measures,
        lines,
    )


def _kind(index: Int16[np.ndarray, "h w"], labels: tuple[str, ...]) -> Kind:
    """By the pixels of labels that are found in one of the two alone."""
    areas = np.bincount(index.ravel() + 1, minlength=len(labels) + 1)[1:]
    indoors, outdoors = (
        sum(int(area) for area, label in zip(areas, labels, strict=True) if label in words)
        for words in (INDOORS, OUTDOORS)
    )
    if max(indoors, outdoors) < 0.05 * index.size:
        return "unknown"
    return "indoors" if indoors > outdoors else "outdoors"


def _union(
    masks: list[Bool[np.ndarray, "h w"]],
    labels: tuple[str, ...],
    words: Collection[str],
    shape: tuple[int, ...],
) -> Bool[np.ndarray, "h w"]:
    found = np.zeros(shape, bool)
    for mask, label in zip(masks, labels, strict=True):
        if label in words:
            found |= mask
    return found


def _ends(mask: Bool[np.ndarray, "h w"]) -> Float[np.ndarray, " C"]:
    """The row below the lowest pixel of each column that has any."""
    columns = mask.any(0)
    return mask.shape[0] - np.argmax(mask[::-1, columns], axis=0).astype(float)


def _border(
    level: Bool[np.ndarray, "h w"], sky: Bool[np.ndarray, "h w"], water: Bool[np.ndarray, "h w"]
) -> Border | None:
    columns = np.flatnonzero(level.any(0))
    if not len(columns):
        return None
    tops = np.argmax(level[:, columns], axis=0)
    is_open = (tops > 0) & sky[np.maximum(tops - 1, 0), columns]
    if is_open.mean() * len(columns) >= _LEAST_OPEN_SHARE * level.shape[1]:
        rows, wet = tops[is_open], water[tops[is_open], columns[is_open]]
        low, high = np.quantile(rows, (0.16, 0.84))
        return Border(float(np.median(rows)), float(high - low) / 2, True, bool(wet.mean() > 0.5))
    top = float(np.quantile(tops, 0.02))
    return (
        None if top < 1 else Border(top, 0.0, False, bool(water[tops, columns][tops <= top + 1].mean() > 0.5))
    )


def _lines(level: Bool[np.ndarray, "h w"], wall: Bool[np.ndarray, "h w"]) -> Float[np.ndarray, "L 4"]:
    """Point, slope and its deviation of the straight parts of the border that a wall has below it."""
    columns = np.flatnonzero(level.any(0))
    tops = np.argmax(level[:, columns], axis=0)
    # Annotated outlines leave a rim between regions.
    rim = max(1, max(level.shape) // 100)
    is_wall = (tops > 0) & np.any([wall[np.maximum(tops - k, 0), columns] for k in range(1, rim + 1)], axis=0)
    columns, tops = columns[is_wall], tops[is_wall]
    runs = np.split(np.arange(len(columns)), np.flatnonzero(np.diff(columns) > 2) + 1)
    found = [
        line
        for run in runs
        for line in _straight(columns[run].astype(float), tops[run].astype(float), level.shape[1])
    ]
    return np.array(found, float).reshape(-1, 4)


def _straight(
    x: Float[np.ndarray, " K"], y: Float[np.ndarray, " K"], width: int
) -> list[tuple[float, float, float, float]]:
    """A curve cut where it is farthest from its chord until the parts are straight (Douglas and Peucker)."""
    if len(x) < _LEAST_LINE_SHARE * width:
        return []
    off = np.abs(y - np.interp(x, x[[0, -1]], y[[0, -1]]))
    worst = int(off.argmax())
    if off[worst] > _STRAIGHT_PX:
        return _straight(x[: worst + 1], y[: worst + 1], width) + _straight(x[worst:], y[worst:], width)
    slope = float(np.polyfit(x, y, 1)[0])
    return [(float(x.mean()) + 0.5, float(y.mean()), slope, 1.0 / (float(x[-1]) - float(x[0])))]


def _thing(
    number: int,
    layer: Layer,
    mask: Bool[np.ndarray, "h w"],
    index: Int16[np.ndarray, "h w"],
    ground: Bool[np.ndarray, "h w"],
) -> tuple[float, float, float, float, float] | None:
    """Foot row, height, metres, spread and depth of a thing of known size that stands whole on ground."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return None
    y0, y1, x0, x1 = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    tall = y1 - y0
    size = standing(layer.label, (x1 - x0) / tall)
    is_cut = y0 == 0 or x0 == 0 or y1 == mask.shape[0] or x1 == mask.shape[1]
    if size is None or is_cut or tall < _LEAST_PX:
        return None
    # Annotated outlines leave a rim of a few pixels between a thing and its ground.
    rim = max(3, tall // 25)
    feet, head = mask[y1 - rim : y1].any(0), mask[y0 : y0 + rim].any(0)
    if not ground[y1 - 1 : y1 + rim, feet].any():
        return None
    if layer.extent == "visible":
        below, above = index[y1 : y1 + rim, feet], index[max(y0 - rim, 0) : y0, head]
        if (below > number).mean() > 0.2 or (above > number).mean() > 0.2:
            return None
    return float(y1), float(tall), size.metres, size.spread, size.depth_m
