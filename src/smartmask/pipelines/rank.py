"""How plausible is a mask here? Asked of the model itself.

The mask's field is noised and denoised twice: told the layout and the words, and told neither. The more the
context
helps to restore it, the better it fits:

    score = e_blind / (e_blind + e_told)            0.5: the context says nothing for it

a monotone form of the likelihood ratio that denoising errors bound (Li et al. 2023, "Your Diffusion Model is
Secretly a Zero-Shot Classifier"). It orders suggestions; it is not a calibrated probability.
"""

import numpy as np
from jaxtyping import Float32

from smartmask.model.cfg import Branches
from smartmask.model.condition import Condition

TIMES = (0.6, 0.75, 0.87)


def plausibility(branches: Branches, field: Float32[np.ndarray, "*shape"], condition: Condition) -> float:
    """The score of a field under a condition, in [0, 1].

    Args:
        branches: The denoiser.
        field: Signed distance of the mask in the condition's view, as the denoiser has it.
        condition: Layout, words and no guidance: a hint would explain the mask by itself.
    """
    blind = condition.null(texts=True, layout=True)
    rng = np.random.default_rng(0)
    told_error = blind_error = 0.0
    for t in TIMES:
        noise = rng.standard_normal((1, *field.shape), np.float32)
        told, untold = branches((1 - t) * field[None] + t * noise, t, (condition, blind))
        told_error += float(np.square(told - field).mean())
        blind_error += float(np.square(untold - field).mean())
    total = told_error + blind_error
    return blind_error / total if total > 0 else 0.5
