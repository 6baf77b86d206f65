"""A shape laid into its place: its outline, fitted to a box, and cut where it must not be."""

from typing import Literal

import numpy as np
from jaxtyping import Bool, Float, Float32

from smartmask.model.shape.frame import FRAME_PX, REACH_PX
from smartmask.scene.boxes import BoxXYXY
from smartmask.scene.contour import outline_of_field
from smartmask.scene.distance import signed_field
from smartmask.scene.outline import Outline

Fit = Literal["box", "width", "height"]
SMALLEST_PART = 0.02
"""Parts smaller than that share of the largest are crumbs of decoding."""
JOINING_LEVEL = -0.12
"""Where the field is cut, in place of zero, if that joins parts which a thin rod held together."""


def fitted_box(box_xyxy: BoxXYXY, aspect: float, most_stretch: float) -> tuple[BoxXYXY, Fit]:
    """The part of a box that a shape fills without being stretched more than allowed.

    It stands on the box's foot line, in the middle.

    Args:
        box_xyxy: The box.
        aspect: The shape's own width over height.
        most_stretch: The most by which width over height may change.

    >>> fitted_box((0, 0, 40, 10), 1.0, 1.25)
    ((13.75, 0.0, 26.25, 10.0), 'height')
    """
    x0, y0, x1, y1 = (float(value) for value in box_xyxy)
    width, height = x1 - x0, y1 - y0
    wanted = width / height
    if wanted > aspect * most_stretch:
        middle, width = (x0 + x1) / 2, height * aspect * most_stretch
        return (middle - width / 2, y0, middle + width / 2, y1), "height"
    if wanted < aspect / most_stretch:
        return (x0, y1 - width / (aspect / most_stretch), x1, y1), "width"
    return (x0, y0, x1, y1), "box"


def fitted_outline(
    field: Float32[np.ndarray, "F F"], box_xyxy: BoxXYXY, avoid: Bool[np.ndarray, "H W"] | None = None
) -> Outline:
    """The outline of a frame's field, its tight box laid on a box of the canvas.

    Args:
        field: The shape.
        box_xyxy: Where it goes.
        avoid: Pixels of the canvas that are cut out of it; None = none.

    Returns:
        The outline; without curves if the field is empty.
    """
    x0, y0, x1, y1 = box_xyxy
    outline = _cut(field)
    if not outline.curves:
        return outline
    # Not less than what a mask of the frame's own size would want: ranking looks at small masks too.
    smoothness = max(x1 - x0, y1 - y0, 64.0) / FRAME_PX
    outline = outline.smooth(smoothness)
    a0, b0, a1, b1 = outline.box_xyxy()
    scale = np.array([(x1 - x0) / max(a1 - a0, 1e-6), (y1 - y0) / max(b1 - b0, 1e-6)])
    if avoid is not None:
        barred = _in_frame(avoid, (a0, b0), (x0, y0), scale)
        # A pixel of the frame more, for what smoothing rounds off.
        free = -signed_field(barred, 1, REACH_PX) - 1 / REACH_PX
        outline = _cut(np.minimum(field, free)).smooth(smoothness)
    return outline.mapped(lambda points: (points - (a0, b0)) * scale + (x0, y0))


def _in_frame(
    mask: Bool[np.ndarray, "H W"],
    corner: tuple[float, float],
    place: tuple[float, float],
    scale: Float[np.ndarray, " 2"],
) -> Bool[np.ndarray, "F F"]:
    """A mask of the canvas in a frame whose `corner` lies at `place`; nothing off the canvas."""
    picks = []
    for axis, size in ((1, mask.shape[0]), (0, mask.shape[1])):
        at = (np.arange(FRAME_PX) + 0.5 - corner[axis]) * scale[axis] + place[axis]
        picks.append(np.where((at >= 0) & (at < size), at, -1).astype(int))
    rows, columns = picks
    return mask[np.ix_(rows, columns)] & (rows >= 0)[:, None] & (columns >= 0)


def _cut(field: Float32[np.ndarray, "F F"]) -> Outline:
    """The outline at zero; if it is in pieces and is one where they join, the outline there."""
    outline = outline_of_field(field).without_specks(SMALLEST_PART)
    if _is_one_piece(outline):
        return outline
    joined = outline_of_field(field, JOINING_LEVEL).without_specks(SMALLEST_PART)
    return joined if _is_one_piece(joined) else outline


def is_whole(field: Float32[np.ndarray, "F F"]) -> bool:
    """Whether what a field shows hangs together."""
    return _is_one_piece(_cut(field))


def _is_one_piece(outline: Outline) -> bool:
    return len(outline.without_specks(1.0).curves) == len(outline.curves)
