"""A mask in its layout as the ranker reads it: which labels lie where, seen from the mask.

Two views are looked at, both cut into a grid of cells: the *whole* canvas says what is there and where the
mask lies in it, the *window* about the mask says what it covers and what is round it. Beside the cells there
are zones that follow the mask's outline: what lies inside, under its foot, just below, above, left and right.
Of each cell and zone it is known which share of it shows which label. Of each of the largest regions it is
known besides what it is and how it lies to the mask's box, how large and how far off. Training and inference
read masks here and nowhere else.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32, Int16, Int64, Integer

from smartmask.scene.boxes import BoxXYXY, box_of
from smartmask.scene.layout import OUTSIDE
from smartmask.scene.view import View

SPECIAL_LABELS = 2
"""Rows of the label table that the ranker owns: beyond the canvas, and nothing known."""
RESOLUTION = 48
CELLS = 4
"""Cells along a side of a view; 8 did worse with ten thousand objects to learn from."""
ZONES = 6
"""Zones of a view: inside, foot, below, above, left, right."""
VIEWS = 2
WINDOW_FILL = 0.5
"""Share of the window's side that the mask's longer side fills."""
SMALLEST_WINDOW_PX = 8.0
RING_PX = 3
GEOMETRY = 13
NEIGHBOURS = 24
"""Regions that are compared with the mask at the most."""
RELATIONS = 9
MIRRORED_CELLS = np.arange(CELLS**2).reshape(CELLS, CELLS)[:, ::-1].ravel()
MIRRORED_ZONES = np.concatenate([MIRRORED_CELLS, CELLS**2 + np.array([0, 1, 2, 3, 5, 4])])
MIRRORED_GEOMETRY = np.array([0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 10, 9, 12])
"""Where each number comes from if left and right are swapped; the first of the geometry and of the relations
change their sign besides."""


@dataclass(frozen=True, slots=True, eq=False)
class PlacementFeatures:
    """What the ranker is told of a mask, but for the words.

    Attributes:
        labels: The labels that the layout shows, each once.
        shares: Of each view's cells, then of its zones, the share of each label: beyond the canvas, nothing
            known, then `labels`.
        cover: Share of each cell that the mask covers.
        geometry: Place, size and touched borders of the mask on its canvas.
        neighbours: Row of each region's label in `labels`, the largest region first.
        relations: How each region's box lies to the mask's.
    """

    labels: tuple[str, ...]
    shares: Float32[np.ndarray, "2 Z L"]
    cover: Float32[np.ndarray, "2 C"]
    geometry: Float32[np.ndarray, " F"]
    neighbours: Int64[np.ndarray, " M"]
    relations: Float32[np.ndarray, "M r"]


def placement_features(
    visible_index: Integer[np.ndarray, "H W"], labels: Sequence[str], mask: Bool[np.ndarray, "H W"]
) -> PlacementFeatures:
    """What the ranker is told of a mask.

    Args:
        visible_index: Number of the layer seen at each canvas pixel, `UNKNOWN` where nothing is known.
        labels: The label of each layer.
        mask: The mask to judge, on the same canvas.

    Raises:
        ValueError: If the mask is empty or of another size than the layout.
    """
    size_hw = (mask.shape[0], mask.shape[1])
    if visible_index.shape != size_hw:
        raise ValueError(f"the mask is {size_hw} but the layout is {visible_index.shape}")
    box = box_of(mask)
    side = max(box[2] - box[0], box[3] - box[1])
    names = tuple(dict.fromkeys(labels))
    rows = {name: row for row, name in enumerate(names)}
    row_of = np.array([0, 1, *(rows[label] + SPECIAL_LABELS for label in labels)], np.int64)
    whole = View.whole(size_hw, RESOLUTION)
    seen = whole.pick(visible_index, OUTSIDE)
    layers, boxes = _largest(seen)
    fill = min(WINDOW_FILL, side / SMALLEST_WINDOW_PX)
    shares, cover = [], []
    for view in (whole, View.around(box, fill, size_hw, RESOLUTION)):
        picked = seen if view is whole else view.pick(visible_index, OUTSIDE)
        regions = row_of[picked - OUTSIDE]
        covered = view.coverage(mask)
        shares.append(_label_shares(regions, covered, SPECIAL_LABELS + len(names)))
        cover.append(_cells(covered).mean(1))
    in_view = (np.array(box) - [whole.x0, whole.y0] * 2) / whole.side
    return PlacementFeatures(
        labels=names,
        shares=np.stack(shares),
        cover=np.stack(cover),
        geometry=_geometry(mask, box),
        neighbours=row_of[layers - OUTSIDE] - SPECIAL_LABELS,
        relations=_relations(in_view, boxes),
    )


def _label_shares(
    regions: Int64[np.ndarray, "R R"], covered: Float32[np.ndarray, "R R"], count: int
) -> Float32[np.ndarray, "Z L"]:
    cells = _cells(regions)
    numbered = cells + count * np.arange(len(cells))[:, None]
    in_cells = np.bincount(numbered.ravel(), minlength=len(cells) * count).reshape(len(cells), count)
    shows = np.eye(count, dtype=np.float32)[regions.ravel()]
    in_zones = _zones(covered).reshape(ZONES, -1) @ shows
    in_zones /= np.maximum(in_zones.sum(1, keepdims=True), np.float32(1e-6))
    return np.concatenate([in_cells / np.float32(cells.shape[1]), in_zones]).astype(np.float32)


def _cells(values: np.ndarray) -> np.ndarray:
    """The pixels of each cell, row by row: (R, R) -> (cells, pixels)."""
    step = RESOLUTION // CELLS
    return values.reshape(CELLS, step, CELLS, step).transpose(0, 2, 1, 3).reshape(CELLS**2, step**2)


def _zones(covered: Float32[np.ndarray, "R R"]) -> Float32[np.ndarray, "Z R R"]:
    """Weights of the pixels of each zone."""
    zones = np.zeros((ZONES, *covered.shape), np.float32)
    inside, foot, below, above, left, right = zones
    inside[:] = covered
    foot[:] = covered
    foot[:-RING_PX] -= covered[RING_PX:]
    for step in range(1, RING_PX + 1):
        np.maximum(below[step:], covered[:-step], out=below[step:])
        np.maximum(above[:-step], covered[step:], out=above[:-step])
        np.maximum(left[:, :-step], covered[:, step:], out=left[:, :-step])
        np.maximum(right[:, step:], covered[:, :-step], out=right[:, step:])
    zones[2:] -= covered
    return np.maximum(zones, 0)


def _largest(
    seen: Int16[np.ndarray, "R R"],
) -> tuple[Int64[np.ndarray, " M"], Float[np.ndarray, "M 4"]]:
    """The layers of which most is seen, and their boxes as shares of the view."""
    found, places, sizes = np.unique(seen, return_inverse=True, return_counts=True)
    low, high = np.full((2, len(found)), RESOLUTION), np.zeros((2, len(found)), int)
    for axis, positions in enumerate(np.indices(seen.shape)):
        np.minimum.at(low[axis], places.ravel(), positions.ravel())
        np.maximum.at(high[axis], places.ravel(), positions.ravel() + 1)
    boxes = np.stack([low[1], low[0], high[1], high[0]], 1) / RESOLUTION
    order = np.argsort(-sizes, kind="stable")
    kept = order[found[order] >= 0][:NEIGHBOURS]
    return found[kept].astype(np.int64), boxes[kept]


def _relations(box: Float[np.ndarray, " 4"], others: Float[np.ndarray, "M 4"]) -> Float32[np.ndarray, "M r"]:
    x0, y0, x1, y1 = others.T
    width, height = box[2] - box[0], box[3] - box[1]
    size = (width * height) ** 0.5
    across = np.clip(np.minimum(x1, box[2]) - np.maximum(x0, box[0]), 0, None)
    along = np.clip(np.minimum(y1, box[3]) - np.maximum(y0, box[1]), 0, None)
    shared = across * along
    told = [
        np.clip(((x0 + x1) - (box[0] + box[2])) / 2 / size, -4, 4) / 2,
        np.clip((y1 - box[3]) / size, -4, 4) / 2,
        (y1 - box[3]) * 3,
        np.log((x1 - x0) / width),
        np.log((y1 - y0) / height),
        np.log((x1 - x0) * (y1 - y0)) / 2 + 1,
        y1 * 2 - 1,
        shared / (width * height),
        shared / ((x1 - x0) * (y1 - y0)),
    ]
    return np.stack(told, 1).astype(np.float32)


def _geometry(mask: Bool[np.ndarray, "H W"], box_xyxy: BoxXYXY) -> Float32[np.ndarray, " F"]:
    height, width = mask.shape
    x0, y0, x1, y1 = box_xyxy
    across, along = (x1 - x0) / width, (y1 - y0) / height
    area = np.count_nonzero(mask) / mask.size
    touched = (x0 <= 0, y0 <= 0, x1 >= width, y1 >= height)
    middle = (x0 + x1) / width - 1
    places: tuple[float, ...] = (middle, middle * middle, 2 * y0 / height - 1, 2 * y1 / height - 1)
    sizes = np.log([across, along, area])
    shape = (area / (across * along), float(np.log(width / height)))
    return np.array([*places, *(sizes / 2 + 1), *shape, *touched], np.float32)
