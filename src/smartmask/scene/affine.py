"""Affine maps of shapes: moved, scaled, rotated, mirrored, sheared.

A map is (a, b, c, d, e, f), as SVG and canvases write it: x' = a x + c y + e, y' = b x + d y + f, in pixels
of the canvas with y downwards. Outlines are mapped exactly; of a mask, each pixel of the result is what the
mask is at the place that its centre comes from, so maps of pixels onto pixels lose nothing.
"""

import numpy as np
from jaxtyping import Bool

from smartmask.scene.boxes import box_of
from smartmask.scene.masks import check_masks
from smartmask.scene.outline import Outline

Affine = tuple[float, float, float, float, float, float]

_LEAST_AREA = 1e-9
"""Below this share of the area that was, a map counts as flat."""


def affine_outline(outline: Outline, by: Affine) -> Outline:
    """The outline with all its points mapped.

    Raises:
        ValueError: If the map flattens everything, or is not finite.

    >>> square = Outline((np.array([[0, 0], [1, 0], [1, 1]], np.float32),))
    >>> affine_outline(square, (0, 2, -2, 0, 5, 0)).box_xyxy()  # a quarter turn clockwise, twice as large
    (3.0, 0.0, 5.0, 2.0)
    """
    linear, offset = _parts(by)
    return outline.mapped(lambda points: points @ linear.T + offset)


def affine_mask(mask: Bool[np.ndarray, "H W"], by: Affine) -> Bool[np.ndarray, "H W"]:
    """The mask mapped, on a canvas of its own size; what leaves the canvas is lost.

    Raises:
        TypeError: If it is not bool.
        ValueError: If the map flattens everything, or is not finite.

    >>> affine_mask(np.array([[1, 1, 0]], bool), (1, 0, 0, 1, 1, 0)).astype(int).tolist()
    [[0, 1, 1]]
    """
    check_masks(mask)
    linear, offset = _parts(by)
    mapped = np.zeros_like(mask)
    if not mask.any():
        return mapped
    x0, y0, x1, y1 = box_of(mask)
    corners = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)]) @ linear.T + offset
    size_wh = np.array(mask.shape[::-1])
    left, top = np.floor(corners.min(0)).clip(0, size_wh).astype(np.int64)
    right, bottom = np.ceil(corners.max(0)).clip(0, size_wh).astype(np.int64)
    columns, rows = np.meshgrid(np.arange(left, right), np.arange(top, bottom))
    centres = np.stack((columns, rows), -1) + 0.5 - offset
    # Rounded, so that a centre that comes from a border between pixels does so on every machine.
    places = np.floor(np.round(centres @ np.linalg.inv(linear).T, 9)).astype(np.int64)
    is_inside = ((places >= 0) & (places < size_wh)).all(-1)
    x, y = places[is_inside].T
    mapped[rows[is_inside], columns[is_inside]] = mask[y, x]
    return mapped


def _parts(by: Affine) -> tuple[np.ndarray, np.ndarray]:
    """The linear part and the offset of a map."""
    a, b, c, d, e, f = by
    if not np.isfinite(by).all() or abs(a * d - b * c) < _LEAST_AREA:
        raise ValueError(f"the map {tuple(by)} must be finite and not flat: a d - b c must not be 0")
    return np.array([[a, c], [b, d]]), np.array([e, f])
