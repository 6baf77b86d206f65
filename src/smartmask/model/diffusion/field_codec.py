"""A mask as the denoiser sees it: its signed distance field in view pixels, clipped to +-T and scaled to [-1,
1].

The field is positive inside. It is smooth, so cutting it at zero after interpolation gives contours finer
than a view pixel, and its slope at the contour gives an anti-aliased alpha. `signed_distance.py` holds the
way in, this file the way back.
"""

import numpy as np
from jaxtyping import Bool, Float, Float32

from smartmask.scene.view import View

TRUNCATION_PX = 5.0
"""T: distances beyond this many view pixels are all alike."""


def decode(
    field: Float[np.ndarray, "R R"], view: View
) -> tuple[Bool[np.ndarray, "H W"], Float32[np.ndarray, "H W"]]:
    """The mask and its anti-aliased alpha on the canvas.

    Args:
        field: Signed distance in [-1, 1], as the denoiser returns it.
        view: The window that the field covers.

    Returns:
        The mask, and alpha in [0, 1]: a ramp across the contour, one canvas pixel wide, or as wide as the
        field reaches where a canvas pixel is more than that. The mask is where alpha > 0.5.
    """
    reach_px = TRUNCATION_PX / view.scale
    alpha = view.paste(field, outside=-1.0) * max(reach_px, 0.5) + 0.5
    alpha = np.clip(alpha, 0, 1)
    return alpha > 0.5, alpha
