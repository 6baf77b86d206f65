"""Taking an object out of a layout without leaving its shape behind.

With modal annotations the removed target leaves a hole of its exact outline. A model that reads the hole
scores wonderfully and is worthless. So the hole is widened beyond the outline by a random amount, void rims
are part of it, it is filled from its neighbours, and decoy holes are cut elsewhere and filled in the same
way.
"""

from collections.abc import Sequence
from typing import Literal

import cv2
import numpy as np
from jaxtyping import Bool, Integer

from smartmask.data.layered_scene import UNDECIDED
from smartmask.scene.layout import OUTSIDE, UNKNOWN

Fill = Literal["nearest", "rows", "unknown"]
"""How a hole is filled: with the nearest label, along its rows from left and right, or not at all."""


def remove_object(
    index: Integer[np.ndarray, "H W"],
    target: Bool[np.ndarray, "H W"],
    rng: np.random.Generator,
    fill: Fill | None = None,
) -> Integer[np.ndarray, "H W"]:
    """The index without the target, its outline hidden.

    Args:
        index: Number of the label seen at each pixel; may hold `UNDECIDED`, `UNKNOWN` and `OUTSIDE`.
        target: The object to take out.
        rng: Source of the hole's width and of the decoys.
        fill: How to fill holes; None draws one.

    Returns:
        The filled index, without `UNDECIDED`.
    """
    return remove_objects(index, (target,), rng, fill)


def remove_objects(
    index: Integer[np.ndarray, "H W"],
    targets: Sequence[Bool[np.ndarray, "H W"]],
    rng: np.random.Generator,
    fill: Fill | None = None,
) -> Integer[np.ndarray, "H W"]:
    """The index with the same kind of hole under each target, so that none of them stands out.

    Where an object is compared with places that it did not stand at, they must be cut and filled as its own
    place is: else the fill tells them apart.

    Args:
        index: Number of the label seen at each pixel; may hold `UNDECIDED`, `UNKNOWN` and `OUTSIDE`.
        targets: The object to take out, and masks where nothing is taken out.
        rng: Source of the holes' widths and of the decoys.
        fill: How to fill holes; None draws one.

    Returns:
        The filled index, without `UNDECIDED`.
    """
    hole = np.zeros(index.shape, bool)
    for target in targets:
        extent = float(np.count_nonzero(target)) ** 0.5
        hole |= _widened(target, rng.uniform(0.08, 0.4) * extent)
        if rng.random() < 0.5:
            hole |= _ellipse_about(target, rng)
    holes = hole | (index == UNDECIDED)
    for _ in range(int(rng.integers(0, 3))):
        holes |= _decoy(hole, rng)
    holes &= index != OUTSIDE
    # Never "unknown" in training: left open, the widened hole would itself be a drawing of the target.
    fill = fill or ("nearest" if rng.random() < 0.7 else "rows")
    return fill_holes(index, holes, fill)


_FAR = 1 << 20


def fill_holes(
    index: Integer[np.ndarray, "H W"], holes: Bool[np.ndarray, "H W"], fill: Fill
) -> Integer[np.ndarray, "H W"]:
    """The index with the pixels of `holes` filled from the pixels round them."""
    known = ~holes & (index != OUTSIDE)
    result = index.copy()
    if fill == "unknown" or not known.any():
        result[holes] = UNKNOWN
    elif fill == "nearest":
        _, places = cv2.distanceTransformWithLabels(
            (~known).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
        )
        table = np.zeros(int(places.max()) + 1, index.dtype)
        table[places[known]] = index[known]
        result[holes] = table[places[holes]]
    else:
        columns = np.arange(index.shape[1])
        left = np.maximum.accumulate(np.where(known, columns, -1), axis=1)
        right = np.minimum.accumulate(np.where(known, columns, _FAR)[:, ::-1], axis=1)[:, ::-1]
        source = np.where((left >= 0) & (columns - left <= right - columns), left, right)
        found = source < _FAR
        taken = np.take_along_axis(index, np.where(found, source, 0), axis=1)
        result[holes & found] = taken[holes & found]
        if not found[holes].all():  # a hole from border to border: its rows hold nothing to fill it with
            return fill_holes(result, holes & ~found, "nearest")
    return result


def _widened(mask: Bool[np.ndarray, "H W"], radius_px: float) -> Bool[np.ndarray, "H W"]:
    size = 2 * max(2, round(radius_px)) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    return cv2.dilate(mask.astype(np.uint8), kernel) > 0


def _ellipse_about(mask: Bool[np.ndarray, "H W"], rng: np.random.Generator) -> Bool[np.ndarray, "H W"]:
    """A random ellipse that reaches beyond the mask's box."""
    rows, columns = np.nonzero(mask)
    height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
    centre = (
        (columns.min() + columns.max()) / 2 + rng.normal(0, 0.15) * width,
        (rows.min() + rows.max()) / 2 + rng.normal(0, 0.15) * height,
    )
    axes = rng.uniform(0.4, 0.9, 2) * (width, height)
    return _ellipse(mask.shape, centre, axes, float(rng.uniform(0, 180)))


def _decoy(hole: Bool[np.ndarray, "H W"], rng: np.random.Generator) -> Bool[np.ndarray, "H W"]:
    """A hole somewhere else: an ellipse, or the target's own hole mirrored and moved."""
    height, width = hole.shape
    if rng.random() < 0.5:
        axes = rng.uniform(0.04, 0.25, 2) * (width, height)
        centre = tuple(rng.uniform(0, 1, 2) * (width, height))
        return _ellipse(hole.shape, centre, axes, float(rng.uniform(0, 180)))
    shift = rng.uniform(-0.5, 0.5, 2) * (width, height)
    matrix = np.array([[-1, 0, width + shift[0]], [0, 1, shift[1]]], np.float32)
    return cv2.warpAffine(hole.astype(np.uint8), matrix, (width, height), flags=cv2.INTER_NEAREST) > 0


def _ellipse(
    size_hw: tuple[int, ...], centre: tuple[float, ...], axes: np.ndarray, angle: float
) -> Bool[np.ndarray, "H W"]:
    canvas = np.zeros(size_hw, np.uint8)
    box = (centre, (2 * float(axes[0]), 2 * float(axes[1])), angle)
    return cv2.ellipse(canvas, box, 1, -1) > 0
