"""A remembered shape laid into its place: warped a little toward what is likely, then fitted to a box.

The warp is smooth and bounded, so a leg stays a leg: a displacement on the frame, found step by step where
the shape's field and the wanted one differ, along the shape's own gradient, and blurred after each step
(Thirion 1998, "Image matching as a diffusion process: an analogy with Maxwell's demons", section 3).
"""

from typing import Literal

import numpy as np
from jaxtyping import Float, Float32

from smartmask.model.shape_frame import FRAME_PX
from smartmask.scene.boxes import BoxXYXY
from smartmask.scene.contour import outline_of_field
from smartmask.scene.outline import Outline

Fit = Literal["box", "width", "height"]
SMALLEST_PART = 0.02
"""Parts smaller than that share of the largest are crumbs of decoding."""
LEVELS = (0.0, -0.12, -0.25)
"""Where the field is cut: at zero, or lower where that joins parts which a thin rod held together."""
STEPS = 10
BLUR = 2.0
"""Deviation of the blur after each step, in pixels of a sketch."""


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
    field: Float32[np.ndarray, "F F"], box_xyxy: BoxXYXY, warp: Float32[np.ndarray, "2 S S"] | None = None
) -> Outline:
    """The outline of a frame's field, its tight box laid on a box of the canvas.

    Args:
        field: The shape.
        box_xyxy: Where it goes.
        warp: Displacements x, y of the frame, in shares of its side; None = none.

    Returns:
        The outline; without curves if the field is empty.
    """
    x0, y0, x1, y1 = box_xyxy
    outline = _cut(field)
    if not outline.curves:
        return outline
    # Not less than what a mask of the frame's own size would want: ranking looks at small masks too.
    outline = outline.smooth(max(x1 - x0, y1 - y0, 64.0) / FRAME_PX)
    if warp is not None:
        outline = outline.mapped(lambda points: _moved(points, warp))
    a0, b0, a1, b1 = outline.box_xyxy()
    scale = np.array([(x1 - x0) / max(a1 - a0, 1e-6), (y1 - y0) / max(b1 - b0, 1e-6)])
    return outline.mapped(lambda points: (points - (a0, b0)) * scale + (x0, y0))


def _cut(field: Float32[np.ndarray, "F F"]) -> Outline:
    """The outline at the first level at which it is one piece; at zero if there is none such."""
    cuts = [outline_of_field(field, LEVELS[0]).without_specks(SMALLEST_PART)]
    for level in LEVELS[1:]:
        if len(cuts[-1].without_specks(1.0).curves) == len(cuts[-1].curves):
            return cuts[-1]
        cuts.append(outline_of_field(field, level).without_specks(SMALLEST_PART))
    return cuts[0]


def warp_toward(
    sketch: Float32[np.ndarray, "S S"], wanted: Float[np.ndarray, "S S"], most: float
) -> Float32[np.ndarray, "2 S S"]:
    """The displacements x, y, in shares of the frame's side, that bring a shape nearer to a wanted one.

    Args:
        sketch: The shape's small field.
        wanted: What is wanted, in [-1, 1], positive inside.
        most: Longest displacement, as a share of the side.
    """
    side = len(sketch)
    kernel = _blur(side)
    shift = np.zeros((2, side, side))
    for _ in range(STEPS):
        moved = _sampled(sketch, shift)
        missing = wanted - moved
        slope_y, slope_x = np.gradient(moved)
        force = missing / (slope_x**2 + slope_y**2 + 0.25 * missing**2 + 1e-3)
        shift = kernel @ (shift + np.stack([force * slope_x, force * slope_y])) @ kernel.T
        length = np.hypot(*shift)
        shift *= most * side * np.tanh(length / (most * side)) / np.maximum(length, 1e-6)
    return (shift / side).astype(np.float32)


def _moved(
    points: Float32[np.ndarray, "P 2"], warp: Float32[np.ndarray, "2 S S"]
) -> Float[np.ndarray, "P 2"]:
    """Where the warped shape has a point: x with x + shift(x) = point."""
    found = points.astype(np.float64)
    for _ in range(3):
        places = found / FRAME_PX * warp.shape[1] - 0.5
        shift = np.stack([_picked(axis, places) for axis in warp], 1) * FRAME_PX
        found = points - shift
    return found


def _sampled(
    field: Float32[np.ndarray, "S S"], shift: Float[np.ndarray, "2 S S"]
) -> Float[np.ndarray, "S S"]:
    rows, columns = np.indices(field.shape)
    places = np.stack([(columns + shift[0]).ravel(), (rows + shift[1]).ravel()], 1)
    return _picked(field, places).reshape(field.shape)


def _picked(values: Float[np.ndarray, "S S"], places: Float[np.ndarray, "P 2"]) -> Float[np.ndarray, " P"]:
    """Linear interpolation at x, y; borders repeat."""
    x, y = np.clip(places, 0, len(values) - 1.001).T
    column, row = x.astype(int), y.astype(int)
    right, down = x - column, y - row
    top = values[row, column] * (1 - right) + values[row, column + 1] * right
    foot = values[row + 1, column] * (1 - right) + values[row + 1, column + 1] * right
    return np.asarray(top * (1 - down) + foot * down)


def _blur(side: int) -> Float[np.ndarray, "S S"]:
    steps = np.subtract.outer(np.arange(side), np.arange(side))
    kernel = np.exp(-0.5 * (steps / BLUR) ** 2)
    return np.asarray(kernel / kernel.sum(1, keepdims=True))
