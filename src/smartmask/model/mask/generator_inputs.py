"""What the shape generator reads and draws, in NumPy; the same sizes for training and for inference.

It draws in the frame of a hint, as the codec does (`model/shape/frame.py`), and not in a window of the photo:

    code        8 x 8 cells of 8 numbers, the codec's, brought to deviation 1
    place       how far the object's box lies from the hint's at its left, top, right and bottom, in sides of
                the hint's box: zero for a box, small for a drawing, which is mostly wider than its object
    drawing     where the hint is drawn, 32 x 32 shares of its frame; all zero for a box
    extent      ln(width / height) of the hint's box, and how far its window is zoomed in
    layout      for each of 8 x 8 cells of the window the label that most of it shows
    neighbours  codes of shapes that the words may mean
"""

from dataclasses import dataclass, fields

import numpy as np
from jaxtyping import Bool, Float32, Int16, Integer

from smartmask.model.diffusion.condition import SPECIAL_ROWS
from smartmask.model.shape.frame import CELLS, CHANNELS, FRAME_PX, MARGIN_PX

CODE_NUMBERS = CELLS * CELLS * CHANNELS
PLACE_NUMBERS = 4
NUMBERS = CODE_NUMBERS + PLACE_NUMBERS
"""Numbers of a sample: its code's, then its place."""
PLACE_UNIT = 0.15
"""Sides of the hint's box that count as deviation 1 of a place."""
NEIGHBOURS = 4
DRAWING_PX = 32
LAYOUT_CELLS = 8
"""Cells of the layout along a side of the window."""
STYLES = ("photo", "render", "drawing")
CHANGES = 3
"""Numbers that tell the network how a training view was changed: zero at inference."""


@dataclass(frozen=True, slots=True, eq=False)
class GeneratorInputs:
    """The network's inputs after (noisy, t, previous), in their order; B = 1; E = as many as samples.

    Attributes:
        text: Embedding of the words; zero = not given.
        extent: ln(width / height) of the hint's box; ln(window side / longer canvas side).
        style: 1 for the style wanted, 0 for the others.
        changes: How a training view was sheared, stretched and turned.
        drawing: Shares of the hint's frame that are drawn on.
        layout: Of each cell, row by row: the embedding of its label, whether it is off the canvas, whether it
            is unknown.
        neighbours: Codes at deviation 1; zero rows = none.
    """

    text: Float32[np.ndarray, "B D"]
    extent: Float32[np.ndarray, "B 2"]
    style: Float32[np.ndarray, "B 3"]
    changes: Float32[np.ndarray, "B 3"]
    drawing: Float32[np.ndarray, "B G G"]
    layout: Float32[np.ndarray, "B cells L"]
    neighbours: Float32[np.ndarray, "E K N"]

    def arrays(self) -> dict[str, np.ndarray]:
        """Each input under its name, in their order."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def cell_rows(regions: Integer[np.ndarray, "R R"]) -> Int16[np.ndarray, " cells"]:
    """Of each cell of a window, row by row, the row of the label table that most of its pixels have."""
    side = len(regions) // LAYOUT_CELLS
    cells = regions.reshape(LAYOUT_CELLS, side, LAYOUT_CELLS, side).swapaxes(1, 2)
    flat = cells.reshape(LAYOUT_CELLS**2, -1)
    return np.array([np.bincount(cell).argmax() for cell in flat], np.int16)


def layout_of(
    rows: Integer[np.ndarray, " cells"], embeddings: Float32[np.ndarray, "N D"]
) -> Float32[np.ndarray, "cells L"]:
    """What the network reads of a layout's cells.

    Args:
        rows: Of each cell; those below `SPECIAL_ROWS` are off the canvas, or unknown.
        embeddings: Of labels, row `SPECIAL_ROWS` first.
    """
    return label_table(embeddings)[rows]


def label_table(embeddings: Float32[np.ndarray, "N D"]) -> Float32[np.ndarray, "M L"]:
    """Embeddings of labels, before them one row each for what is off the canvas and for what is unknown."""
    width = embeddings.shape[1]
    table = np.zeros((SPECIAL_ROWS + len(embeddings), width + SPECIAL_ROWS), np.float32)
    table[:SPECIAL_ROWS, width:] = np.eye(SPECIAL_ROWS)
    table[SPECIAL_ROWS:, :width] = embeddings
    return table


def drawing_map(inside: Bool[np.ndarray, "h w"]) -> Float32[np.ndarray, "G G"]:
    """A drawing's map: its tight box is stretched to the frame's, with the frame's margin about it.

    Args:
        inside: The drawing, cropped to its box.
    """
    edge = MARGIN_PX / FRAME_PX * DRAWING_PX
    rows, columns = (_spread(size, edge) for size in inside.shape)
    return np.asarray(rows @ inside.astype(np.float32) @ columns.T, np.float32)


def _spread(size: int, edge: float) -> Float32[np.ndarray, "G size"]:
    """Of each row of the map, the shares of it that fall on each row of a crop."""
    bounds = (np.arange(DRAWING_PX + 1) - edge) / (DRAWING_PX - 2 * edge) * size
    starts = np.arange(size)
    overlap = np.minimum(bounds[1:, None], starts + 1) - np.maximum(bounds[:-1, None], starts)
    return np.asarray(np.clip(overlap, 0, None) / (bounds[1] - bounds[0]), np.float32)
