"""What a planner must beat: drawing things one by one from what is usual,
and copying a whole training scene."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from smartmask.data.layered_scene import LayeredScene
from smartmask.evaluation.plan_statistics import Things
from smartmask.protocols import TextEncoder


@dataclass(frozen=True, slots=True, eq=False)
class ClassPriors:
    """One-shot sampling: how many from the training counts, each label by its frequency,
    a box of that label."""

    counts: tuple[int, ...]
    labels: tuple[str, ...]
    boxes: dict[str, Float32[np.ndarray, "K 4"]]

    @staticmethod
    def of(scenes: Sequence[Things]) -> "ClassPriors":
        """The priors of training scenes."""
        boxes = defaultdict(list)
        for things in scenes:
            for label, box in zip(things.labels, things.boxes, strict=True):
                boxes[label].append(box)
        labels = tuple(label for things in scenes for label in things.labels)
        return ClassPriors(
            tuple(len(things.labels) for things in scenes),
            labels,
            {label: np.stack(found) for label, found in boxes.items()},
        )

    def plan(self, rng: np.random.Generator) -> Things:
        """A layout, whatever the prompt."""
        count = self.counts[int(rng.integers(len(self.counts)))]
        labels = [self.labels[int(rng.integers(len(self.labels)))] for _ in range(count)]
        boxes = [self.boxes[label][int(rng.integers(len(self.boxes[label])))] for label in labels]
        return Things.of(labels, np.array(boxes, np.float32).reshape(-1, 4))


@dataclass(frozen=True, slots=True, eq=False)
class Retrieval:
    """The training scene one of whose texts is nearest to the prompt."""

    scenes: tuple[Things, ...]
    texts: Float32[np.ndarray, "T D"]
    owners: tuple[int, ...]

    @staticmethod
    def of(scenes: Sequence[LayeredScene], encoder: TextEncoder) -> "Retrieval":
        """Look at training scenes; those without a text cannot be found."""
        texts = [(text, number) for number, scene in enumerate(scenes) for text in scene.texts]
        return Retrieval(
            tuple(Things.of_scene(scene) for scene in scenes),
            encoder.encode([text for text, _ in texts]),
            tuple(number for _, number in texts),
        )

    def plan(self, prompt: str, encoder: TextEncoder) -> Things:
        """A layout for a prompt."""
        return self.scenes[self.owners[int(np.argmax(self.texts @ encoder.encode([prompt])[0]))]]
