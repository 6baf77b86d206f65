"""The way back onto the photo: the inpainter's colours set right, the original pixels kept.

Whatever an inpainter does, the photo changes only where `alpha` is above 0:

    photo' = alpha (picture + c) + (1 - alpha) photo.

c mends the drift of colours that autoencoders bring. Off the mask an inpainter is to leave all as it was, so
the difference to the photo in a ring about the mask *is* the drift there. It is averaged over cells and
carried inwards by inverse-distance weights, which give back a constant drift exactly:

    c(x) = sum over ring cells y of w(x, y) drift(y) / sum of w(x, y),        w = pixels in y / |x - y|^3.

Source: Shepard 1968, "A two-dimensional interpolation function for irregularly-spaced data", eq. 1 (the
weights); Farbman et al. 2009, "Coordinates for instant image cloning" (a smooth membrane instead of Poisson's
equation).
"""

import numpy as np
from jaxtyping import Float, Float32, UInt8

from smartmask.scene.distance import distance_to

RING_PX = 24
"""Width of the ring about the mask in which the drift is measured."""
MOST_DRIFT = 32.0
"""A pixel that differs by more levels than this shows another thing, not the same in other colours."""
_CELLS = 64


def paste_back(
    photo: UInt8[np.ndarray, "H W 3"],
    picture: UInt8[np.ndarray, "h w 3"],
    part: tuple[slice, slice],
    alpha: Float32[np.ndarray, "H W"],
) -> UInt8[np.ndarray, "H W 3"]:
    """The photo with a picture of part of it blended in, bit for bit as before where alpha is 0.

    Args:
        photo: What was there.
        picture: The inpainter's picture of the part, at the photo's scale.
        part: The rows and columns that it shows.
        alpha: How much of the picture each pixel takes, in [0, 1]; 0 beyond the part.
    """
    result = photo.copy()
    old, share = photo[part], alpha[part]
    new = picture + colour_drift(old, picture, share)
    blended = old + share[..., None] * (new - old)
    result[part] = np.where(share[..., None] > 0, np.clip(np.rint(blended), 0, 255).astype(np.uint8), old)
    return result


def colour_drift(
    photo: UInt8[np.ndarray, "H W 3"], picture: UInt8[np.ndarray, "H W 3"], alpha: Float32[np.ndarray, "H W"]
) -> Float32[np.ndarray, "H W 3"]:
    """What is to be added to a picture so that its colours go on from the photo's about the mask.

    Args:
        photo: What was there.
        picture: The same window as an inpainter returned it.
        alpha: Above 0 where the picture was to change.

    Returns:
        The smooth field c; zero if there is no ring, or if most of the ring shows another thing than before.
    """
    height, width = alpha.shape
    cell = max(-(-max(height, width) // _CELLS), 4)
    away = distance_to(alpha > 0, max(RING_PX, cell))
    ring = np.isfinite(away) & (away > 0)
    difference = photo.astype(np.float32) - picture
    is_same = ring & (np.abs(difference).max(2) <= MOST_DRIFT)
    if 2 * np.count_nonzero(is_same) <= np.count_nonzero(ring):
        return np.zeros_like(difference)
    counts = _cell_sums(is_same[..., None].astype(np.float32), cell)[..., 0]
    sums = _cell_sums(np.where(is_same[..., None], difference, 0), cell)
    cells = np.argwhere(counts > 0).astype(np.float32)
    drift = sums[counts > 0] / counts[counts > 0][:, None]
    rows, columns = np.indices(counts.shape, np.float32).reshape(2, -1, 1)
    squared = (rows - cells[:, 0]) ** 2 + (columns - cells[:, 1]) ** 2
    weights = counts[counts > 0] / (squared + np.float32(0.25)) ** np.float32(1.5)
    field = (weights @ drift / weights.sum(1, keepdims=True)).reshape(*counts.shape, 3)
    return _enlarged(_enlarged(field, cell, height, 0), cell, width, 1)


def _cell_sums(values: Float32[np.ndarray, "H W C"], cell: int) -> Float32[np.ndarray, "h w C"]:
    rows, columns = (np.arange(0, side, cell) for side in values.shape[:2])
    return np.asarray(np.add.reduceat(np.add.reduceat(values, rows, 0), columns, 1))


def _enlarged(
    field: Float[np.ndarray, "h w C"], cell: int, length: int, axis: int
) -> Float32[np.ndarray, "H W C"]:
    """Linear interpolation from cell centres to pixels along an axis; the border cells go on outward."""
    positions = np.clip((np.arange(length) + 0.5) / cell - 0.5, 0, field.shape[axis] - 1)
    base = np.minimum(positions.astype(int), max(field.shape[axis] - 2, 0))
    shape = [1, 1, 1]
    shape[axis] = length
    fraction = (positions - base).astype(np.float32).reshape(shape)
    following = np.minimum(base + 1, field.shape[axis] - 1)
    low, high = np.take(field, base, axis), np.take(field, following, axis)
    return np.asarray(low + (high - low) * fraction, np.float32)
