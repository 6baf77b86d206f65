"""Classifier-free guidance: a denoiser that holds a denoiser (Ho and Salimans 2022, equation 6).

    x_0 = x_0(null) + cfg_scale (x_0(condition) - x_0(null))

`cfg_scale` 1 is the conditional branch alone, 0 the unconditional one. The layout may have a strength of its
own (Brooks et al. 2023, "InstructPix2Pix", equation 3, with our layout for their image):

    x_0 = x_0(null, null) + layout_scale (x_0(layout, null) - x_0(null, null))
                          + cfg_scale (x_0(layout, words) - x_0(layout, null))
"""

from collections.abc import Callable

from smartmask.model.diffusion.condition import Condition
from smartmask.model.diffusion.sampler import Array, Denoise

Branches = Callable[[Array, float, tuple[Condition, ...]], tuple[Array, ...]]
"""(x, t, conditions) -> a clean estimate of the same x under each condition, in one call."""


def guided(
    branches: Branches,
    condition: Condition,
    cfg_scale: float,
    until: float = 0.0,
    layout_scale: float = 1.0,
) -> Denoise:
    """A denoiser under one condition, steered away from the same condition without words.

    Args:
        branches: The denoiser.
        condition: What is told.
        cfg_scale: Strength of the words.
        until: Steer only at times above this; below it the conditional branch alone is called. Late steps
            only sharpen contours, so they need no steering and cost half.
        layout_scale: Strength of the layout; 1 leaves its own term out, and with it the third call.
    """
    wordless = condition.null()
    bare = condition.null(layout=True)

    def denoise(x: Array, t: float) -> Array:
        if cfg_scale == layout_scale == 1.0 or t <= until:
            return branches(x, t, (condition,))[0]
        if layout_scale == 1.0:
            conditional, unworded = branches(x, t, (condition, wordless))
            return unworded + cfg_scale * (conditional - unworded)
        conditional, unworded, unconditional = branches(x, t, (condition, wordless, bare))
        in_layout = layout_scale * (unworded - unconditional)
        return unconditional + in_layout + cfg_scale * (conditional - unworded)

    return denoise
