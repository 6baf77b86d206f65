"""More shapes like one, and shapes between two: functions of their masks, a seed and little else.

A shape's code is taken part of the way back to noise and drawn from there again (SDEdit, Meng et al. 2022),
by the generator, which knows what shapes of the word look like. Between two shapes it begins from mixtures
of their codes, all with the same noise, so that each step differs little from the one before.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float32

from smartmask.model.generator_inputs import NUMBERS
from smartmask.model.shape_frame import frame_field
from smartmask.model.shape_generator import Begin
from smartmask.pipelines.free_drawing import FreeDrawing
from smartmask.pipelines.generate import Scene
from smartmask.scene.boxes import BoxXYXY, box_of
from smartmask.scene.outline import Outline

LEAST_TIME, MOST_TIME = 0.25, 0.95
"""Times on the flow for the least and the largest change."""
BETWEEN_TIME = 0.65
"""So much noise that a mixture of two shapes becomes one of the kind, and so little that it stays between."""


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
        noise = np.concatenate([_noise(seed, number) for number in numbers])
        codes = np.repeat(self._free.sample_of(frame_field(mask)), len(numbers), 0)
        time = LEAST_TIME + (MOST_TIME - LEAST_TIME) * change
        boxes = [box_of(mask)] * len(numbers)
        return self._drawn(scene, prompt, Begin(codes, time), noise, boxes)

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
        shares = np.arange(1, count + 1) / (count + 1)
        first, last = (self._free.sample_of(frame_field(mask)) for mask in (one, other))
        codes = np.concatenate([_mixed(first, last, float(share)) for share in shares])
        boxes = [box_between(box_of(one), box_of(other), float(share)) for share in shares]
        noise = np.repeat(_noise(seed, 0), count, 0)
        return self._drawn(scene, prompt, Begin(codes, BETWEEN_TIME), noise, boxes)

    def _drawn(
        self,
        scene: Scene,
        prompt: str,
        begin: Begin,
        noise: Float32[np.ndarray, "n N"],
        boxes: Sequence[BoxXYXY],
    ) -> list[Outline]:
        found = []
        for row, box in enumerate(boxes):  # each has proportions of its own
            part = slice(row, row + 1)
            drawn = self._free.again(scene, prompt, box, noise[part], Begin(begin.samples[part], begin.time))
            found.append(self._free.outline(drawn, 0))
        return found


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


def _noise(seed: int, number: int) -> Float32[np.ndarray, "1 N"]:
    return np.random.default_rng([seed, number, 2]).standard_normal((1, NUMBERS), np.float32)


def _mixed(
    one: Float32[np.ndarray, "1 N"], other: Float32[np.ndarray, "1 N"], share: float
) -> Float32[np.ndarray, "1 N"]:
    """A mixture as long as its parts: a mean of two codes would be as dull as a mean of two shapes."""
    mean = (1 - share) * one + share * other
    length = (1 - share) * np.linalg.norm(one) + share * np.linalg.norm(other)
    return np.asarray(mean * length / max(float(np.linalg.norm(mean)), 1e-6), np.float32)
