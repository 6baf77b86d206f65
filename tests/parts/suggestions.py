"""Suggestions of masks that tests draw."""

import numpy as np

from smartmask.pipelines.suggestion import Origin, Suggestion
from smartmask.scene.contour import outline_of_field


def suggestion_of(
    mask: np.ndarray, label: str = "dog", score: float = 0.8, origin: Origin | None = None
) -> Suggestion:
    """A suggestion whose outline runs between the mask's pixels and the others; corners are cut a little."""
    height, width = mask.shape
    outline = outline_of_field(np.where(mask, np.float32(1), np.float32(-1)))
    return Suggestion(outline, (height, width), score, label, origin)
