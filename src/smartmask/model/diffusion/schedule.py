"""Rectified flow: the straight path between a clean sample and noise.

    x_t = (1 - t) x_0 + t e,   e ~ N(0, 1),   t = 1 pure noise        (Liu et al. 2023, equation 1)

The network predicts x_0; the flow's velocity is then (x_t - x_0) / t. Most decisions fall near t = 1, so the
steps of sampling are shifted towards noise by

    t' = s t / (1 + (s - 1) t)                                          (Esser et al. 2024, equation 23)
"""

import numpy as np
from jaxtyping import Float64


def shift_time(t: Float64[np.ndarray, " n"], shift: float) -> Float64[np.ndarray, " n"]:
    """Move times towards noise; 0 and 1 stay.

    >>> shift_time(np.array([0.0, 0.5, 1.0]), 3.0).tolist()
    [0.0, 0.75, 1.0]
    """
    return shift * t / (1 + (shift - 1) * t)


def sampling_times(steps: int, shift: float) -> Float64[np.ndarray, " times"]:
    """Times from 1 down to 0 that bound the sampler's steps.

    Raises:
        ValueError: If there is not at least one step.
    """
    if steps < 1:
        raise ValueError(f"sampling needs at least 1 step, not {steps}")
    return shift_time(np.linspace(1, 0, steps + 1), shift)
