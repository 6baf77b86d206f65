"""What a sampled field still needs before it becomes a mask: specks go, and a given box is filled exactly."""

import numpy as np
from jaxtyping import Float, Float32

from smartmask.scene.boxes import BoxXYXY, clip_box
from smartmask.scene.view import View
from smartmask.segmentation.regions import connected_regions

SMALLEST_PART = 0.1
"""Parts of a mask smaller than this share of its largest part are specks; an object that something crosses
has larger ones."""


def without_specks(
    field: Float32[np.ndarray, "R R"], smallest: float = SMALLEST_PART
) -> Float32[np.ndarray, "R R"]:
    """The field with the parts below a share of the largest part's size turned outside."""
    inside = field > 0
    parts = connected_regions(inside.astype(int))
    sizes = np.bincount(parts.ravel(), weights=inside.ravel())
    speck = (sizes > 0) & (sizes < smallest * sizes.max())
    return np.where(speck[parts], -np.abs(field), field)


def filling_box(
    field: Float32[np.ndarray, "R R"], view: View, box_xyxy: BoxXYXY
) -> Float32[np.ndarray, "R R"]:
    """The field stretched along both axes until the part of its mask on the canvas just fills a box.

    Whoever draws a box means the object's own extent, and a sample misses it by a few per cent.

    Args:
        field: Signed distance in [-1, 1].
        view: The window that the field covers.
        box_xyxy: The box on the canvas.

    Returns:
        The stretched field; the same field if its mask is empty on the canvas.
    """
    inside = (field > 0) & view.inside()
    if not inside.any():
        return field
    x0, y0, x1, y1 = clip_box(box_xyxy, view.size_hw)
    strongest = np.where(view.inside(), field, -1.0)
    rows = _stretch(strongest.max(1), (y0 - view.y0) * view.scale, (y1 - view.y0) * view.scale)
    columns = _stretch(strongest.max(0), (x0 - view.x0) * view.scale, (x1 - view.x0) * view.scale)
    is_known = np.outer(rows.sum(1) > 0, columns.sum(1) > 0)
    return np.where(is_known, rows @ field @ columns.T, -1).astype(np.float32)


def _stretch(profile: Float[np.ndarray, " R"], start: float, end: float) -> Float[np.ndarray, "R R"]:
    """The interpolation that moves the ends of a profile's positive stretch to `start` and `end`.

    A row of zeros lies beyond what is known.
    """
    inside = np.flatnonzero(profile > 0)
    first, last = _crossing(profile, int(inside[0]), -1), _crossing(profile, int(inside[-1]), 1)
    centres = np.arange(len(profile)) + 0.5
    sources = first + (centres - start) * (last - first) / (end - start) - 0.5
    is_known = (sources >= -0.5) & (sources <= len(profile) - 0.5)
    sources = np.clip(sources, 0, len(profile) - 1)
    weights = np.clip(1 - np.abs(sources[:, None] - np.arange(len(profile))), 0, None)
    return weights * is_known[:, None]


def _crossing(profile: Float[np.ndarray, " R"], last: int, step: int) -> float:
    """Where a profile falls through zero beyond its last positive entry, in view coordinates."""
    beyond = last + step
    if not 0 <= beyond < len(profile):
        return last + 0.5 + step / 2
    value, outside = float(profile[last]), float(profile[beyond])
    return last + 0.5 + step * value / (value - outside)
