"""Exact Euclidean distances to a mask, as far as they are asked for, and what follows: grow, shrink, feather.

Distances run from pixel centre to pixel centre. The squared distance separates into axes,

    d^2(x, y) = min over x' of (x - x')^2 + g^2(x', y),      g = distance along the column x' alone,

and within a reach r only the 2 r + 1 nearest columns can hold the minimum, so each is tried.

Source: Saito and Toriwaki 1994, "New algorithms for Euclidean distance transformation of an n-dimensional
digitized picture", section 3 (the separation).
"""

import numpy as np
from jaxtyping import Bool, Float32, Int32

_FAR = 1 << 15
"""More rows than any distance asked for; its square and a reach squared still fit 32 bits."""


def distance_to(mask: Bool[np.ndarray, "H W"], reach_px: float) -> Float32[np.ndarray, "H W"]:
    """The distance from each pixel to the nearest true pixel of a mask: 0 inside, infinite beyond the reach.

    Args:
        mask: What to measure to; beyond its border nothing is known, so nothing is near there.
        reach_px: The largest distance of interest; time grows with it.

    >>> distance_to(np.array([[1, 0, 0, 0]], bool), 2.5).tolist()
    [[0.0, 1.0, 2.0, inf]]
    """
    distance = np.full(mask.shape, np.inf, np.float32)
    if not mask.any() or reach_px < 0:
        return distance
    reach = int(reach_px)
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    top, bottom = max(int(rows[0]) - reach, 0), int(rows[-1]) + reach + 1
    left, right = max(int(columns[0]) - reach, 0), int(columns[-1]) + reach + 1
    part = mask[top:bottom, left:right]
    along = np.minimum(_above(part), _above(part[::-1])[::-1]) ** 2
    nearest = along.copy()
    for step in range(1, min(reach, part.shape[1] - 1) + 1):
        np.minimum(nearest[:, step:], along[:, :-step] + step**2, out=nearest[:, step:])
        np.minimum(nearest[:, :-step], along[:, step:] + step**2, out=nearest[:, :-step])
    distance[top:bottom, left:right] = np.where(nearest <= reach_px**2, np.sqrt(nearest), np.inf)
    return distance


def signed_field(inside: Bool[np.ndarray, "S S"], finer: int, reach_px: float) -> Float32[np.ndarray, "s s"]:
    """The signed distance to an outline, positive inside, over its reach and clipped to [-1, 1].

    Args:
        inside: A map `finer` times as fine as the field, along each side.
        finer: Pixels of the map to a pixel of the field.
        reach_px: Distance, in pixels of the field, that becomes 1.
    """
    farthest = finer * (reach_px + 1)
    out, within = (np.minimum(distance_to(part, farthest), farthest) for part in (~inside, inside))
    field = out - within
    field -= 0.5 * np.sign(field)
    size = len(inside) // finer
    means = field.reshape(size, finer, size, finer).mean((1, 3)) / (finer * reach_px)
    return np.clip(means, -1, 1).astype(np.float32)


def grow(mask: Bool[np.ndarray, "H W"], grow_px: float) -> Bool[np.ndarray, "H W"]:
    """The mask and all within `grow_px` of it; below 0, the mask less all within `-grow_px` of its outside.

    What the canvas cuts goes on beyond it: shrinking takes nothing away at the border.

    >>> grow(np.array([[0, 0, 1, 0, 0]], bool), 1).astype(int).tolist()
    [[0, 1, 1, 1, 0]]
    >>> grow(np.array([[1, 1, 1, 0, 0]], bool), -1).astype(int).tolist()
    [[1, 1, 0, 0, 0]]
    """
    if grow_px == 0:
        return mask
    if grow_px > 0:
        return np.isfinite(distance_to(mask, grow_px))
    return mask & ~np.isfinite(distance_to(~mask, -grow_px))


def feather(mask: Bool[np.ndarray, "H W"], feather_px: float) -> Float32[np.ndarray, "H W"]:
    """1 on the mask, falling smoothly outside it to exactly 0 beyond `feather_px`.

    >>> feather(np.array([[1, 0, 0, 0, 0]], bool), 3).tolist()
    [[1.0, 0.84375, 0.5, 0.15625, 0.0]]
    """
    if feather_px == 0:
        return mask.astype(np.float32)
    share = np.clip(1 - distance_to(mask, feather_px) / np.float32(feather_px + 1), 0, 1)
    return np.asarray(share * share * (3 - 2 * share), np.float32)


def _above(mask: Bool[np.ndarray, "H W"]) -> Int32[np.ndarray, "H W"]:
    """Rows from each pixel up to the nearest true one in its column."""
    rows = np.arange(len(mask), dtype=np.int32)[:, None]
    last = np.maximum.accumulate(np.where(mask, rows, np.int32(-_FAR)), axis=0)
    return np.minimum(rows - last, np.int32(_FAR))
