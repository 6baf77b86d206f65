"""Samplers: integrate the rectified flow from noise to a clean sample.

    dx/dt = (x - x_0(x, t)) / t

They know only the times and a function x_0(x, t), and do plain arithmetic on whatever array they are given,
so the same lines serve NumPy and PyTorch. Every sampler has the same call.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

Array = Any
"""A NumPy array or a PyTorch tensor."""
Denoise = Callable[[Array, float], Array]
"""(x, t) -> estimate of the clean sample."""
Sampler = Callable[[Denoise, Array, Sequence[float]], Array]


def euler(denoise: Denoise, x: Array, times: Sequence[float]) -> Array:
    """First order: one call of the denoiser a step.

    Args:
        denoise: The denoiser.
        x: Noise at times[0].
        times: Falling times; the last is where the sample is wanted.
    """
    for t, t_next in pairwise(times):
        x = x + (t_next - t) * (x - denoise(x, t)) / t
    return x


def heun(denoise: Denoise, x: Array, times: Sequence[float]) -> Array:
    """Second order: two calls a step, one in a last step that ends at 0 (where the velocity has no value)."""
    for t, t_next in pairwise(times):
        velocity = (x - denoise(x, t)) / t
        ahead = x + (t_next - t) * velocity
        if t_next > 0:
            velocity = (velocity + (ahead - denoise(ahead, t_next)) / t_next) / 2
            ahead = x + (t_next - t) * velocity
        x = ahead
    return x
