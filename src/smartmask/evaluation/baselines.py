"""Answers that know nothing of the scene: what a model must beat.

Boxes come from the request (a hint), or without one from

    class prior    where and how large things of the class were in training. With centre (x, y) as shares of
                   the canvas's sides, s = ln sqrt(box area / canvas area) and a = ln (width / height),

                       p(x, y, s, a) = mean over training things of N(. ; thing, h^2 S)

                   i.e. a smoothed heat map of centres, and at each place the sizes that occur near it. S is
                   diagonal, the variance within the class drawn towards that of all things where there are
                   few (as if `PRIOR_COUNT` of the latter were seen), h = `BANDWIDTH` n^(-1/8) for n things
                   (the rate of Scott 1992; a factor of 1 would suit a Gaussian)
    random         two corners anywhere, nothing thinner than a hundredth of the canvas's shorter side

and masks from boxes by: the filled box, its ellipse, the class-mean shape (mean of the training shapes, each
stretched to a square, cut at one half), retrieval (a training shape of the class among the 50 of nearest
aspect), and for `random` a training shape of any class.

A label that training lacks takes the place of the nearest one that it has, by the text encoder. Everything
random comes from the generator given; boxes are on the canvas, masks are never empty.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from jaxtyping import Bool, Float, Float32

from smartmask.data.examples.example import askable
from smartmask.data.layered_scene import LayeredScene
from smartmask.protocols import TextEncoder
from smartmask.scene.boxes import BoxXYXY

PRIOR_COUNT = 4
BANDWIDTH = 0.25
"""Of 0.12 to 1 tried on held-out boxes; recall at 10 differs by 0.02 between them, the narrow ones lead."""
SHAPE_SIZE = 48
NEAR_ASPECTS = 50
Mask = Bool[np.ndarray, "H W"]
_SMALLEST_SIDE = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class ClassPrior:
    """Where and how large things of each class are.

    Attributes:
        things: For each label one row a training thing: x, y, s, a.
        spread: For each label the standard deviation of the kernel along each of these.
        encoder: Finds the nearest label of those that are unknown.
    """

    things: dict[str, Float[np.ndarray, "K 4"]]
    spread: dict[str, Float[np.ndarray, " 4"]]
    encoder: TextEncoder

    @staticmethod
    def of(scenes: Iterable[LayeredScene], encoder: TextEncoder) -> "ClassPrior":
        """The prior of training scenes; masks are not read.

        Raises:
            ValueError: If no scene has a thing that may be asked for.
        """
        things = ((scene, scene.layers[number]) for scene in scenes for number in askable(scene))
        return ClassPrior.of_boxes(
            ((layer.label, layer.box_xyxy, scene.size_hw) for scene, layer in things), encoder
        )

    @staticmethod
    def of_boxes(boxes: Iterable[tuple[str, BoxXYXY, tuple[int, int]]], encoder: TextEncoder) -> "ClassPrior":
        """The prior of labels, their boxes, and the sizes of the canvases that these are on.

        Raises:
            ValueError: If there is none.
        """
        rows: dict[str, list[tuple[float, float, float, float]]] = {}
        for label, (x0, y0, x1, y1), (height, width) in boxes:
            wide, high = x1 - x0, y1 - y0
            size = np.log(wide * high / (height * width)) / 2
            row = ((x0 + x1) / 2 / width, (y0 + y1) / 2 / height, float(size), float(np.log(wide / high)))
            rows.setdefault(label, []).append(row)
        if not rows:
            raise ValueError("a class prior needs scenes with at least one thing that may be asked for")
        things = {label: np.array(found) for label, found in rows.items()}
        shared = np.concatenate(list(things.values())).var(axis=0)
        spread = {
            label: np.sqrt(
                (len(found) * found.var(axis=0) + PRIOR_COUNT * shared) / (len(found) + PRIOR_COUNT)
            )
            * (BANDWIDTH * len(found) ** (-1 / 8))
            for label, found in things.items()
        }
        return ClassPrior(things, spread, encoder)

    def propose(
        self, label: str, size_hw: tuple[int, int], count: int, rng: np.random.Generator
    ) -> list[BoxXYXY]:
        """Boxes drawn from the prior, cut off at the canvas; each at least a pixel wide and high.

        Raises:
            ValueError: If the label is unknown and has no word that the encoder knows.
        """
        label = nearest_label(label, list(self.things), self.encoder)
        height, width = size_hw
        centres = self.things[label]
        drawn = centres[rng.integers(len(centres), size=count)]
        drawn = drawn + rng.standard_normal((count, 4)) * self.spread[label]
        x, y = (np.clip(drawn[:, :2], 0, 1) * (width, height)).T
        size, aspect = drawn[:, 2:].T
        half = np.exp(size + np.stack([aspect, -aspect]) / 2).T * (height * width) ** 0.5 / 2
        half = np.clip(half, 1, (width, height))
        edges = np.stack([x - half[:, 0], y - half[:, 1], x + half[:, 0], y + half[:, 1]], 1)
        return [_box(row) for row in np.clip(edges, 0, (width, height, width, height))]


class ShapeBank:
    """Training shapes by class, each stretched to a square: class means and retrieval."""

    def __init__(self, scenes: Iterable[LayeredScene], encoder: TextEncoder) -> None:
        """Resample each training object's box to `SHAPE_SIZE` squared, which takes 4.6 kB an object."""
        self._encoder = encoder
        self._mean = cache(lambda label: np.asarray(np.mean(self._shapes[label], 0, dtype=np.float32)))
        self._shapes: dict[str, list[np.ndarray]] = {}
        self._aspects: dict[str, list[float]] = {}
        for scene in scenes:
            for item in (scene.layers[number] for number in askable(scene)):
                x0, y0, x1, y1 = item.box_xyxy
                shape = item.mask(scene.size_hw)[y0:y1, x0:x1].astype(np.float32)
                small = cv2.resize(shape, (SHAPE_SIZE, SHAPE_SIZE), interpolation=cv2.INTER_AREA)
                self._shapes.setdefault(item.label, []).append(small.astype(np.float16))
                self._aspects.setdefault(item.label, []).append(float(np.log((x1 - x0) / (y1 - y0))))

    def mean_shape(self, label: str, box_xyxy: BoxXYXY, size_hw: tuple[int, int]) -> Mask:
        """The mean of the class's shapes cut at one half, in a box.

        Raises:
            ValueError: If the label is unknown and has no word that the encoder knows.
        """
        return shape_in_box(self._mean(self._known(label)), box_xyxy, size_hw)

    def retrieved(
        self, label: str, box_xyxy: BoxXYXY, size_hw: tuple[int, int], count: int, rng: np.random.Generator
    ) -> list[Mask]:
        """Random training shapes among the `NEAR_ASPECTS` of the class whose aspect is nearest, in a box.

        They are different ones as long as the class has enough.

        Raises:
            ValueError: If the label is unknown and has no word that the encoder knows.
        """
        label = self._known(label)
        x0, y0, x1, y1 = box_xyxy
        aspect = np.abs(np.array(self._aspects[label]) - np.log((x1 - x0) / (y1 - y0)))
        near = np.argsort(aspect, kind="stable")[:NEAR_ASPECTS]
        picks = rng.choice(near, count, replace=len(near) < count)
        shapes = self._shapes[label]
        return [shape_in_box(shapes[pick].astype(np.float32), box_xyxy, size_hw) for pick in picks]

    def any_shape(self, box_xyxy: BoxXYXY, size_hw: tuple[int, int], rng: np.random.Generator) -> Mask:
        """A training shape of any class, each shape as likely as the next, in a box."""
        sizes = [len(shapes) for shapes in self._shapes.values()]
        pick = int(rng.integers(sum(sizes)))
        for shapes in self._shapes.values():
            if pick < len(shapes):
                break
            pick -= len(shapes)
        return shape_in_box(shapes[pick].astype(np.float32), box_xyxy, size_hw)

    def _known(self, label: str) -> str:
        return nearest_label(label, list(self._shapes), self._encoder)


def random_masks(
    size_hw: tuple[int, int], count: int, bank: ShapeBank, rng: np.random.Generator
) -> list[Mask]:
    """Training shapes of any class in boxes anywhere."""
    return [bank.any_shape(box, size_hw, rng) for box in random_boxes(size_hw, count, rng)]


def random_boxes(size_hw: tuple[int, int], count: int, rng: np.random.Generator) -> list[BoxXYXY]:
    """Boxes between two corners anywhere on the canvas."""
    height, width = size_hw
    least = _SMALLEST_SIDE * min(size_hw)
    boxes: list[BoxXYXY] = []
    while len(boxes) < count:
        x0, x1 = np.sort(rng.uniform(0, width, 2))
        y0, y1 = np.sort(rng.uniform(0, height, 2))
        if min(x1 - x0, y1 - y0) >= least:
            boxes.append(_box(np.array([x0, y0, x1, y1])))
    return boxes


def filled_box(box_xyxy: BoxXYXY, size_hw: tuple[int, int]) -> Mask:
    """All of a box."""
    return shape_in_box(np.ones((SHAPE_SIZE, SHAPE_SIZE), np.float32), box_xyxy, size_hw)


def ellipse(box_xyxy: BoxXYXY, size_hw: tuple[int, int]) -> Mask:
    """The ellipse that touches a box's sides."""
    steps = (np.arange(SHAPE_SIZE) + 0.5) / SHAPE_SIZE * 2 - 1
    return shape_in_box((steps[:, None] ** 2 + steps[None] ** 2 <= 1).astype(np.float32), box_xyxy, size_hw)


def shape_in_box(shape: Float32[np.ndarray, "S S"], box_xyxy: BoxXYXY, size_hw: tuple[int, int]) -> Mask:
    """A square shape, from 0 to 1, stretched to a box and cut at one half.

    The box is taken in whole pixels, at least one, on the canvas. If nothing of the shape reaches one half
    there (a thin thing in a tiny box), it is cut at its largest value.
    """
    height, width = size_hw
    x0, y0 = min(max(round(box_xyxy[0]), 0), width - 1), min(max(round(box_xyxy[1]), 0), height - 1)
    x1, y1 = min(max(round(box_xyxy[2]), x0 + 1), width), min(max(round(box_xyxy[3]), y0 + 1), height)
    stretched = cv2.resize(shape, (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR)
    mask = np.zeros(size_hw, bool)
    mask[y0:y1, x0:x1] = stretched >= min(0.5, float(stretched.max()))
    return mask


def nearest_label(label: str, known: Sequence[str], encoder: TextEncoder) -> str:
    """The label itself if it is known, else the known one whose meaning is nearest.

    Raises:
        ValueError: If it is not known and has no word that the encoder knows.
    """
    if label in known:
        return label
    vector = encoder.encode([label])[0]
    if not vector.any():
        raise ValueError(f"nothing is known of {label!r}, nor has it a word that the text encoder knows")
    return known[int(np.argmax(encoder.encode(known) @ vector))]


def _box(row: Float[np.ndarray, "4"]) -> BoxXYXY:
    x0, y0, x1, y1 = row.tolist()
    return x0, y0, x1, y1
