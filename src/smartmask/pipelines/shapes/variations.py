"""More shapes like one, and shapes between two: functions of their masks, a seed and little else.

A shape's code is taken part of the way back to noise and drawn from there again (SDEdit, Meng et al. 2022),
by the generator, which knows what shapes of the word look like. Between two shapes it begins from mixtures
of their codes, all with the same noise, so that each step differs little from the one before. Of several
tries that is taken which looks most like a real shape; on the way between two, whose worst step does.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float32

from smartmask.model.mask.generator import Begin
from smartmask.model.mask.generator_inputs import NUMBERS
from smartmask.model.shape.frame import frame_field
from smartmask.pipelines.generate import Scene
from smartmask.pipelines.shapes.free_drawing import FreeDrawing, FreelyDrawn
from smartmask.scene.boxes import BoxXYXY, box_of
from smartmask.scene.outline import Outline

LEAST_TIME, MOST_TIME = 0.25, 0.95
"""Times on the flow for the least and the largest change."""
ENDS_TIME, MIDDLE_TIME = 0.5, 0.85
"""Of mixtures that are nearly one of two shapes, and of even ones, which are least like any of the kind."""
TRIES = 3

Mask = Bool[np.ndarray, "H W"]


class ShapeVariations:
    """Draws shapes from others; safe to call from several threads at once."""

    def __init__(self, free: FreeDrawing) -> None:
        """Take what draws."""
        self._free = free

    def more_like(
        self, scene: Scene, prompt: str, mask: Mask, change: float, numbers: Sequence[int], seed: int
    ) -> list[Outline]:
        """Shapes like one, in its box.

        Args:
            scene: What is there.
            prompt: What the shape shows.
            mask: The shape.
            change: From 0, hardly any, to 1, another shape.
            numbers: Which; each is a function of the other arguments and of its number.
            seed: Same seed, same shapes.
        """
        sample, box = self._free.sample_of(frame_field(mask)), box_of(mask)
        begin = Begin(sample, LEAST_TIME + (MOST_TIME - LEAST_TIME) * change)
        found = []
        for number in numbers:
            drawn = self._free.again(scene, prompt, box, _noise(seed, number), begin)
            best = int(self._looks(prompt, drawn).argmax())
            found.append(self._free.outline(drawn, best))
        return found

    def between(
        self, scene: Scene, prompt: str, one: Mask, other: Mask, count: int, seed: int
    ) -> list[Outline]:
        """Shapes on the way from one to another, without the two.

        Args:
            scene: What is there.
            prompt: What they show.
            one: Where the way begins.
            other: Where it ends.
            count: How many.
            seed: Same seed, same shapes.
        """
        first, last = (self._free.sample_of(frame_field(mask)) for mask in (one, other))
        steps, noise = [], _noise(seed, 0)
        for share in (np.arange(1, count + 1) / (count + 1)).tolist():
            time = ENDS_TIME + (MIDDLE_TIME - ENDS_TIME) * 4 * share * (1 - share)
            box = box_between(box_of(one), box_of(other), share)
            begin = Begin(_mixed(first, last, share), time)
            steps.append(self._free.again(scene, prompt, box, noise, begin))
        best = int(np.min([self._looks(prompt, drawn) for drawn in steps], 0).argmax())
        return [self._free.outline(drawn, best) for drawn in steps]

    def _looks(self, prompt: str, drawn: FreelyDrawn) -> Float32[np.ndarray, " n"]:
        x0, y0, x1, y1 = drawn.boxes_xyxy[0]
        return self._free.looks(prompt, drawn.codes, (x1 - x0) / (y1 - y0))


def box_between(one: BoxXYXY, other: BoxXYXY, share: float) -> BoxXYXY:
    """A box on the way: its foot point on a line, its sides in even ratios.

    >>> box_between((0, 0, 10, 10), (20, 0, 60, 40), 0.5)
    (12.5, 5.0, 32.5, 25.0)
    """
    (a0, b0, a1, b1), (c0, d0, c1, d1) = one, other
    middle = (1 - share) * (a0 + a1) / 2 + share * (c0 + c1) / 2
    foot = (1 - share) * b1 + share * d1
    width = (a1 - a0) ** (1 - share) * (c1 - c0) ** share
    height = (b1 - b0) ** (1 - share) * (d1 - d0) ** share
    return middle - width / 2, foot - height, middle + width / 2, foot


def _noise(seed: int, number: int) -> Float32[np.ndarray, "n N"]:
    return np.random.default_rng([seed, number, 2]).standard_normal((TRIES, NUMBERS), np.float32)


def _mixed(
    one: Float32[np.ndarray, "1 N"], other: Float32[np.ndarray, "1 N"], share: float
) -> Float32[np.ndarray, "1 N"]:
    """A mixture as long as its parts: a mean of two codes would be as dull as a mean of two shapes."""
    mean = (1 - share) * one + share * other
    length = (1 - share) * np.linalg.norm(one) + share * np.linalg.norm(other)
    return np.asarray(mean * length / max(float(np.linalg.norm(mean)), 1e-6), np.float32)
