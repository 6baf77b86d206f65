"""Answers to a word and a box that anybody could give: what the suite `shapes` must tell from real shapes."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from smartmask.data.whole_shapes import WholeShape
from smartmask.evaluation.baselines import NEAR_ASPECTS, ellipse, filled_box, nearest_label
from smartmask.evaluation.benchmark.figures import Row
from smartmask.evaluation.benchmark.protocol import generator_of
from smartmask.evaluation.benchmark.shape_tasks import Mask, ShapeTask, in_box
from smartmask.protocols import TextEncoder

RETRIEVED = 4
MEAN_PX = 128
_RETRIEVAL = 23
"""Purpose of random numbers."""


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """A mask that somebody answered.

    Attributes:
        mask: The mask; None if nothing came.
        group: The group of the one shape that it is a copy of; None if it is nobody's.
    """

    mask: Mask | None
    group: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What was found for one object.

    Attributes:
        task: The object.
        row: Its figures.
        answers: The first answer of each answerer, the first seed's, by name; the truth first.
        features: The shape features of each of them; None of an empty one.
    """

    task: ShapeTask
    row: Row
    answers: dict[str, Answer]
    features: dict[str, np.ndarray | None]


class SillyAnswers:
    """A filled box, its ellipse, the class mean near the aspect, random training shapes near the aspect.

    A label that training lacks takes the place of the nearest one that it has, by the text encoder.
    """

    def __init__(self, training: Sequence[WholeShape], encoder: TextEncoder) -> None:
        """Sort training shapes by label; masks are unpacked when they are asked for."""
        self._encoder = encoder
        self._shapes: dict[str, list[WholeShape]] = defaultdict(list)
        for shape in training:
            self._shapes[shape.label].append(shape)

    def boxed(self, task: ShapeTask) -> dict[str, list[Answer]]:
        """Answers to a task; of several the first counts, and the best of all.

        Raises:
            ValueError: If the label is unknown and has no word that the encoder knows.
        """
        box, size_hw = task.box, task.target.shape
        canvas = size_hw[0], size_hw[1]
        near = self._near(task)
        rng = generator_of(task.entry.number, _RETRIEVAL)
        picks = [near[pick] for pick in rng.choice(len(near), RETRIEVED, replace=len(near) < RETRIEVED)]
        return {
            "filled box": [Answer(filled_box(box, canvas))],
            "ellipse": [Answer(ellipse(box, canvas))],
            "class mean": [Answer(_mean(near, task))],
            "retrieval": [Answer(in_box(shape.mask(), box, canvas), shape.group) for shape in picks],
        }

    def _near(self, task: ShapeTask) -> list[WholeShape]:
        """The training shapes of the label whose aspect is nearest."""
        label = task.label
        if label not in self._shapes:
            label = nearest_label(label, list(self._shapes), self._encoder)
        x0, y0, x1, y1 = task.box
        wanted = np.log((x1 - x0) / (y1 - y0))
        ordered = sorted(self._shapes[label], key=lambda shape: abs(float(np.log(shape.aspect) - wanted)))
        return ordered[:NEAR_ASPECTS]


def _mean(shapes: Sequence[WholeShape], task: ShapeTask) -> Mask:
    """The mean of shapes, each stretched over the box, cut at one half."""
    total = np.zeros((MEAN_PX, MEAN_PX), np.float32)
    for shape in shapes:
        crop = Image.fromarray(shape.mask().astype(np.uint8) * 255)
        total += np.asarray(crop.resize((MEAN_PX, MEAN_PX), Image.Resampling.BILINEAR))
    x0, y0, x1, y1 = (round(v) for v in task.box)
    mean = Image.fromarray(total / (255 * len(shapes)))
    soft = np.asarray(mean.resize((x1 - x0, y1 - y0), Image.Resampling.BICUBIC))
    mask = np.zeros_like(task.target)
    mask[y0:y1, x0:x1] = soft >= min(0.5, float(soft.max()))
    return mask
