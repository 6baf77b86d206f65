"""A soft shadow on the ground at an object's foot, for light of unknown direction.

Two parts, both at the line where the object stands. A column of the silhouette touches the ground if no other
reaches lower by more than the ground may rise on the way there: the rear wheels of a bus seen from a corner
do, a belly between paws and a stretched arm do not. Where it touches, little light gets between: a narrow
dark line under the lowest edge of the column. Round it the object hides part of the sky: a wide faint pool
along the line through the touching columns, so that it runs from paw to paw, and askew under that bus.
"""

import numpy as np
from jaxtyping import Float, Float32

from smartmask.scene.boxes import box_of

STEEPEST = 0.4
"""How far the ground may rise in a picture along a step to the side."""
HIGHEST = 0.45
"""Nothing touches it further above the foot than this share of the height."""
LIFTED = 0.15
"""Nor what lies above the ground, so told, by this share."""
LINE_PX, POOL_PX = 0.025, 0.08
"""Softness of line and pool up and down, as shares of the object's size; across it is twice as much."""
LINE, POOL = 0.9, 0.8
"""How dark each is where it is darkest."""
FAINTEST = 0.02
"""A shadow below this share is not seen."""


def cast_shadow(alpha: Float32[np.ndarray, "H W"]) -> Float32[np.ndarray, "H W"]:
    """How dark the ground gets: 0 no shadow, 1 no light.

    Args:
        alpha: The object's coverage. If its foot is cut by the lower border, the ground is out of the picture
            and there is no shadow.
    """
    shadow = np.zeros(alpha.shape, np.float32)
    inside = alpha > 0.5
    if not inside.any() or inside[-1].any():
        return shadow
    x0, y0, x1, y1 = (int(value) for value in box_of(inside))
    size = float(np.sqrt((x1 - x0) * (y1 - y0)))
    reach = int(np.ceil(6 * POOL_PX * size)) + 2
    top, bottom = max(int(y1 - HIGHEST * (y1 - y0)) - reach, 0), min(y1 + reach, len(alpha))
    left, right = max(x0 - reach, 0), min(x1 + reach, alpha.shape[1])
    part = inside[:, left:right]
    is_there = part.any(0)
    edge = np.where(is_there, len(alpha) - np.argmax(part[::-1], 0), 0.0)
    lifted = np.maximum(_lowest_within_reach(edge) - edge, (y1 - edge) * (LIFTED / HIGHEST))
    touch = np.where(is_there, np.clip(1 - lifted / max(LIFTED * (y1 - y0), 1), 0, 1), 0) ** 2
    ground = _blur(touch * edge, 0.12 * (x1 - x0)) / np.maximum(_blur(touch, 0.12 * (x1 - x0)), 1e-9)
    near = is_there * np.exp(-np.maximum(ground - edge, 0) / (0.6 * (y1 - y0)))
    rows = np.arange(top, bottom)[:, None] + 0.5
    line = _band(rows - edge, touch, LINE_PX * size)
    pool = _band(rows - ground, near, POOL_PX * size)
    shadow[top:bottom, left:right] = 1 - (1 - LINE * line) * (1 - POOL * pool)
    return shadow


def _lowest_within_reach(edge: Float[np.ndarray, " w"]) -> Float[np.ndarray, " w"]:
    """How low the ground must lie at each column for the lowest edge of any other to stand on it."""
    rise = STEEPEST * np.arange(len(edge))
    from_left = np.maximum.accumulate(edge + rise) - rise
    from_right = np.maximum.accumulate((edge - rise)[::-1])[::-1] + rise
    return np.maximum(from_left, from_right)


def _band(
    offset: Float[np.ndarray, "h w"], weight: Float[np.ndarray, " w"], softness: float
) -> Float32[np.ndarray, "h w"]:
    """A soft stripe about offset 0, as strong as its weight, which is softened across."""
    softness = max(softness, 0.7)
    stripe = np.exp(-0.5 * (offset / softness) ** 2) * weight
    return np.asarray(np.minimum(_blur(stripe, 2 * softness), 1), np.float32)


def _blur(values: Float[np.ndarray, "*rows w"], deviation: float) -> Float[np.ndarray, "*rows w"]:
    """A Gaussian along the last axis, zero beyond the border, as three running means (Wells 1986)."""
    half = max(round((np.sqrt(4 * deviation**2 + 1) - 1) / 2), 0)
    pad = [(0, 0)] * (values.ndim - 1) + [(half + 1, half)]
    for _ in range(3):
        sums = np.cumsum(np.pad(np.asarray(values, np.float64), pad), axis=-1)
        values = (sums[..., 2 * half + 1 :] - sums[..., : -(2 * half + 1)]) / (2 * half + 1)
    return values
