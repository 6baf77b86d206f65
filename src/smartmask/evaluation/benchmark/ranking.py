"""Does the score tell where an object truly is from where it is not?

The object's own mask is scored against copies of itself in its own scene: moved away, shrunk and enlarged on
the spot, and against the places of objects of other images.
"""

import cv2
import numpy as np
from jaxtyping import Bool

from smartmask.evaluation.benchmark.protocol import generator_of
from smartmask.evaluation.benchmark.tasks import Task
from smartmask.scene.boxes import box_of
from smartmask.scene.masks import mask_iou

Mask = Bool[np.ndarray, "H W"]
SHIFTS = 3
SCALES = (0.5, 2.0)
"""Factors of length, about the middle of the foot: what stood on the ground still does."""
INSIDE_SHARE = 0.6
"""A moved object keeps at least this share of its pixels on the canvas, if any place does."""
_TRIES, _MOVES = 40, 9


def misplaced(task: Task) -> dict[str, list[Mask]]:
    """Where the object is not, by kind; none of the masks is empty."""
    foreign = task.foreign_target()
    return {
        "moved": moved(task.target, generator_of(task.number, _MOVES)),
        "rescaled": [rescaled(task.target, factor) for factor in SCALES],
        "another scene's": [foreign] if foreign.any() else [],
    }


def moved(mask: Mask, rng: np.random.Generator) -> list[Mask]:
    """Copies of a mask elsewhere, each the one of several tries that overlaps it least and is mostly seen."""
    x0, y0, x1, y1 = box_of(mask)
    height, width = mask.shape
    found = []
    for _ in range(SHIFTS):
        best: tuple[float, Mask] | None = None
        for _ in range(_TRIES // SHIFTS):
            centre = rng.uniform((0, 0), (width, height))
            copy = _warped(mask, 1.0, (centre[0] - (x0 + x1) / 2, centre[1] - (y0 + y1) / 2))
            is_seen = np.count_nonzero(copy) >= INSIDE_SHARE * np.count_nonzero(mask)
            cost = mask_iou(copy, mask) + (0 if is_seen else 1)
            if copy.any() and (best is None or cost < best[0]):
                best = cost, copy
        assert best is not None, "a copy about a pixel of the canvas is seen"
        found.append(best[1])
    return found


def rescaled(mask: Mask, factor: float) -> Mask:
    """The mask larger or smaller about the middle of its foot."""
    x0, _, x1, y1 = box_of(mask)
    x, y = (x0 + x1) / 2, y1
    return _warped(mask, factor, (x - factor * x, y - factor * y))


def _warped(mask: Mask, factor: float, shift_xy: tuple[float, float]) -> Mask:
    # Half a pixel: OpenCV's pixel centres lie on whole numbers.
    x, y = (shift + (factor - 1) / 2 for shift in shift_xy)
    matrix = np.array([[factor, 0, x], [0, factor, y]], np.float64)
    drawn = cv2.warpAffine(mask.astype(np.float32), matrix, mask.shape[::-1], flags=cv2.INTER_LINEAR)
    return np.asarray(drawn > 0.5)
