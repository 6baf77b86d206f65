"""The answers of `evaluation/baselines.py` to a task: what a model must beat, in the same tables."""

from collections.abc import Sequence

from smartmask.data.layered_scene import LayeredScene
from smartmask.evaluation.baselines import ClassPrior, ShapeBank, ellipse, filled_box, random_masks
from smartmask.evaluation.benchmark.protocol import generator_of
from smartmask.evaluation.benchmark.tasks import Mask, Task
from smartmask.protocols import TextEncoder
from smartmask.scene.boxes import box_of

RETRIEVED = 4
_RETRIEVAL, _PRIOR, _RANDOM = 3, 11, 12
"""Purposes of random numbers."""


class TrivialAnswers:
    """Answers made of training shapes and places."""

    def __init__(self, training: Sequence[LayeredScene], encoder: TextEncoder) -> None:
        """Read the training scenes.

        Raises:
            ValueError: If they hold nothing that may be asked for.
        """
        self._prior = ClassPrior.of(training, encoder)
        self._bank = ShapeBank(training, encoder)

    def boxed(self, task: Task) -> dict[str, list[Mask]]:
        """Answers to the object's box; of several the first counts, and the best of all."""
        box, size_hw = box_of(task.target), task.scene.layout.size_hw
        rng = generator_of(task.number, _RETRIEVAL)
        return {
            "filled box": [filled_box(box, size_hw)],
            "ellipse": [ellipse(box, size_hw)],
            "class-mean shape": [self._bank.mean_shape(task.label, box, size_hw)],
            "retrieved shape": self._bank.retrieved(task.label, box, size_hw, RETRIEVED, rng),
        }

    def free(self, task: Task, count: int) -> dict[str, list[Mask]]:
        """Answers without a hint, so many of each kind."""
        size_hw, rng = task.scene.layout.size_hw, generator_of(task.number, _PRIOR)
        boxes = self._prior.propose(task.label, size_hw, count, rng)
        retrieved = [self._bank.retrieved(task.label, box, size_hw, 1, rng)[0] for box in boxes]
        return {
            "class prior + retrieval": retrieved,
            "random": random_masks(size_hw, count, self._bank, generator_of(task.number, _RANDOM)),
        }
