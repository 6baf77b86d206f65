"""What a placer must beat where boxes are asked for: the word's boxes elsewhere, and silly answers."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from smartmask.data.annotations.parquet_boxes import NamedBoxes
from smartmask.data.examples.example import askable
from smartmask.data.layered_scene import LayeredScene
from smartmask.evaluation.baselines import ClassPrior, nearest_label
from smartmask.evaluation.benchmark.box_tasks import BoxTask
from smartmask.protocols import TextEncoder
from smartmask.scene.boxes import BoxXYXY, as_box

LabelledBox = tuple[str, BoxXYXY, tuple[int, int]]
"""A label, its box in pixels, and the canvas's height and width."""

PRIOR, COPIED = "class prior heat map", "boxes of the word, copied"
SILLY: dict[str, Float32[np.ndarray, "1 4"]] = {
    "a box in the middle": np.array([[0.25, 0.25, 0.75, 0.75]], np.float32),
    "one enormous box": np.array([[0, 0, 1, 1]], np.float32),
}


@dataclass(frozen=True, slots=True, eq=False)
class BoxAnswers:
    """Answers made of other pictures of the same collection, none of which is asked for.

    Attributes:
        prior: Where and how large things of each class are, smoothed.
        boxes: Those of each word, as shares of the canvas.
        encoder: Finds the nearest of words that are unknown.
    """

    prior: ClassPrior
    boxes: dict[str, Float32[np.ndarray, "K 4"]]
    encoder: TextEncoder

    @staticmethod
    def of(boxes: Iterable[LabelledBox], encoder: TextEncoder) -> "BoxAnswers":
        """Of labels, boxes in pixels, and the heights and widths of their canvases.

        Raises:
            ValueError: If there is none.
        """
        rows = list(boxes)
        words: dict[str, list[np.ndarray]] = {}
        for label, box, (height, width) in rows:
            words.setdefault(label, []).append(np.array(box) / (width, height, width, height))
        shares = {label: np.array(found, np.float32) for label, found in words.items()}
        return BoxAnswers(ClassPrior.of_boxes(rows, encoder), shares, encoder)

    def draw(
        self, task: BoxTask, count: int, rng: np.random.Generator
    ) -> dict[str, Float32[np.ndarray, "K 4"]]:
        """So many boxes of each kind, as shares of the canvas; of silly ones there is one."""
        height, width = task.layout.size_hw
        drawn = np.array(self.prior.propose(task.label, task.layout.size_hw, count, rng), np.float32)
        boxes = self.boxes[nearest_label(task.label, list(self.boxes), self.encoder)]
        picks = rng.choice(len(boxes), count, replace=len(boxes) < count)
        scale = np.array([width, height, width, height], np.float32)
        return {PRIOR: drawn / scale, COPIED: boxes[picks], **SILLY}


def boxes_of_pictures(pictures: Iterable[NamedBoxes]) -> Iterator[LabelledBox]:
    """The boxes that have an area, of pictures that are known by boxes."""
    for picture in pictures:
        height, width = picture.size_hw
        scale = np.array([width, height, width, height])
        for label, box in zip(picture.labels, picture.boxes, strict=True):
            if (box[2:] > box[:2]).all():
                yield label, as_box(box * scale), picture.size_hw


def boxes_of_scenes(scenes: Iterable[LayeredScene]) -> Iterator[LabelledBox]:
    """The boxes of things that may be asked for."""
    for scene in scenes:
        for layer in (scene.layers[number] for number in askable(scene)):
            yield layer.label, layer.box_xyxy, scene.size_hw
