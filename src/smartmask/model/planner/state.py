"""What the planner's network sees of a layout, and the bins it answers in; training and inference share both.

A layout becomes one row a layer: the embedding of its label, and its shape (box, area, where its pixels lie
on a coarse grid, its rank in the order). Lengths are shares of the canvas, so the size does not matter.

A box is four bins, in the order they are decided: where its foot is, how high it is, how wide, and where its
middle is. Scale follows from the foot (perspective), so the foot comes first. Sizes are binned by their
logarithm: a cup and a couch are drawn with the same relative error.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float32, Int64

from smartmask.scene.boxes import box_of
from smartmask.scene.layout import Layout

GRID = 4
"""Cells along each side of the grid that says where a layer's pixels lie."""
BINS = 40
"""Bins of each number of a box."""
SMALLEST_SIDE = 0.015
"""Share of the canvas that the first bin of a height or width begins at."""
SHAPE_WIDTH = 17 + GRID * GRID
_LOG_RANGE = float(-np.log(SMALLEST_SIDE))


def canvas_shares(
    mask: Bool[np.ndarray, "H W"],
) -> tuple[Float32[np.ndarray, "4"], float, Float32[np.ndarray, " g"]]:
    """A mask's box, area and share of each grid cell, all as shares of the canvas.

    Raises:
        ValueError: If the mask is empty.
    """
    height, width = mask.shape
    box = np.array(box_of(mask), np.float32) / np.array([width, height, width, height], np.float32)
    rows = np.linspace(0, height, GRID + 1).round().astype(int)
    columns = np.linspace(0, width, GRID + 1).round().astype(int)
    cells = [
        mask[rows[r] : rows[r + 1], columns[c] : columns[c + 1]] for r in range(GRID) for c in range(GRID)
    ]
    grid = np.array([cell.mean() if cell.size else 0.0 for cell in cells], np.float32)
    return box, float(mask.mean()), grid


def shape_features(
    boxes: Float32[np.ndarray, "N 4"],
    areas: Float32[np.ndarray, " N"],
    grids: Float32[np.ndarray, "N g"],
) -> Float32[np.ndarray, "N F"]:
    """The shape rows of layers, rearmost first.

    Args:
        boxes: Boxes as shares of the canvas.
        areas: Pixels as shares of the canvas.
        grids: Share of each grid cell, row by row.
    """
    x0, y0, x1, y1 = boxes.T
    wide, high = np.maximum(x1 - x0, 1e-3), np.maximum(y1 - y0, 1e-3)
    count = max(len(boxes), 1)
    ends = np.stack([x0 <= 0.004, y0 <= 0.004, x1 >= 0.996, y1 >= 0.996], 1)
    columns = [
        boxes,
        np.stack([(x0 + x1) / 2, (y0 + y1) / 2, wide, high], 1),
        np.stack([np.log(wide), np.log(high)], 1) / 3,
        np.stack([np.sqrt(areas), np.minimum(areas / (wide * high), 1)], 1),
        ends,
        (np.arange(len(boxes), dtype=np.float32) / count)[:, None],
        grids,
    ]
    return np.concatenate(columns, 1, dtype=np.float32)


def layout_shapes(layout: Layout, shown: Sequence[int]) -> Float32[np.ndarray, "N F"]:
    """The shape rows of some layers of a layout; none of them may be empty."""
    rows = [canvas_shares(layout.layers[number].mask) for number in shown]
    boxes = np.array([row[0] for row in rows], np.float32).reshape(-1, 4)
    areas = np.array([row[1] for row in rows], np.float32)
    grids = np.array([row[2] for row in rows], np.float32).reshape(-1, GRID * GRID)
    return shape_features(boxes, areas, grids)


def box_bins(boxes: Float32[np.ndarray, "N 4"]) -> Int64[np.ndarray, "N 4"]:
    """The bins (foot, height, width, middle) of boxes given as shares of the canvas.

    >>> box_bins(np.array([[0.4, 0.5, 0.6, 1.0]], np.float32)).tolist()
    [[39, 33, 24, 20]]
    """
    x0, y0, x1, y1 = boxes.T
    sides = np.stack([y1 - y0, x1 - x0])
    by_log = 1 + np.log(np.maximum(sides, SMALLEST_SIDE)) / _LOG_RANGE
    numbers = np.stack([y1, by_log[0], by_log[1], (x0 + x1) / 2], 1)
    return np.clip((numbers * BINS).astype(np.int64), 0, BINS - 1)


def boxes_of_bins(
    bins: Int64[np.ndarray, "N 4"], places: Float32[np.ndarray, "N 4"]
) -> Float32[np.ndarray, "N 4"]:
    """Boxes as shares of the canvas, cut off at its border.

    Args:
        bins: Foot, height, width and middle.
        places: Where within its bin each number lies, in [0, 1).

    A foot in the last bin is on the canvas's lower border: things cut off by it end there exactly.
    """
    numbers = (bins + places) / BINS
    foot = np.where(bins[:, 0] == BINS - 1, 1.0, numbers[:, 0])
    high, wide = np.exp((numbers[:, 1:3].T - 1) * _LOG_RANGE)
    edges = [numbers[:, 3] - wide / 2, foot - high, numbers[:, 3] + wide / 2, foot]
    return np.clip(np.stack(edges, 1), 0, 1).astype(np.float32)
