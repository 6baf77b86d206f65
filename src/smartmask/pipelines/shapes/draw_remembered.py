"""Masks from remembered shapes: chosen by how likely each is here, fitted to the hint.

box        the shape fills it; stretched no more than `MOST_STRETCH`, else it stands on its foot line
region     the shape keeps its proportions, and stands in a box within the region
none       the shape keeps its proportions, at the place and size that a placer gives

In their own proportions renders are seen from as high up as the camera sees their place (`seen_from.py`).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from jaxtyping import Int

from smartmask.errors import CheckpointError
from smartmask.memory.candidates import Candidates
from smartmask.model.mask.chooser import ChoiceContext, ShapeChooser
from smartmask.model.ranker.outlines import OutlineJudge
from smartmask.perspective.estimate import estimate_camera
from smartmask.pipelines.drawer import Drawn
from smartmask.pipelines.generate import Scene
from smartmask.pipelines.shapes.asked import Surroundings, thing_asked_for
from smartmask.pipelines.shapes.seen_from import Fall, view_for
from smartmask.pipelines.shapes.shape_choice import choose
from smartmask.pipelines.shapes.shape_fit import fitted_box, fitted_outline
from smartmask.pipelines.shapes.shape_recall import MOST_STRETCH, OTHER_PRICE, ShapeRecall
from smartmask.scene.boxes import BoxXYXY
from smartmask.scene.layout import Layout

REGION_STRETCH = 1.15
"""The most that a thing in a region leaves its own proportions by."""
LATER_PRICE = 0.02
"""What each place down the order costs where a shape is sought for a box, in ln(width / height)."""
ENOUGH_CLEAR = 4
"""So many shapes that are plainly what they are called leave no room for others where places are free."""
ORDERED = 16
"""Shapes of a request that are put in order; further candidates are drawn freely."""
SEED_NOISE = 0.02
"""Deviation, in IoU, of the choice between shapes that are nearly as good: seeds differ by it."""


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """The shapes of a request in the order in which to show them.

    Attributes:
        prompt: What was asked for.
        box_xyxy: What is to be filled; None = shapes have their own proportions, at places still to come.
        shapes: The candidates.
        order: Places among them.
        is_within: Whether shapes in their own proportions stay within the boxes that they are laid on; else
            they take the boxes' foot points and areas.
    """

    prompt: str
    box_xyxy: BoxXYXY | None
    shapes: Candidates
    order: Int[np.ndarray, " c"]
    is_within: bool = False

    def aspect(self, place: int) -> float:
        """Width over height of the shape at a place of the order."""
        return float(np.exp(self.shapes.log_aspects[self.order[place]]))

    @staticmethod
    def none(prompt: str) -> "Chosen":
        """Of no shapes."""
        return Chosen(prompt, None, Candidates.none(), np.zeros(0, np.int64))


class RememberedDrawing:
    """Draws from a memory; safe to call from several threads at once."""

    def __init__(self, recall: ShapeRecall, chooser: ShapeChooser, judge: OutlineJudge) -> None:
        """Take the parts.

        Args:
            recall: Asks the memory.
            chooser: Tells which shapes are likely where.
            judge: Tells which are known by their outlines, wherever they are.

        Raises:
            CheckpointError: If the chooser was trained with another text encoder.
        """
        width = chooser.card.network.text_width
        if width != recall.encoder.width:
            raise CheckpointError(
                f"the chooser was trained with embeddings of {width} numbers, this encoder's have "
                f"{recall.encoder.width}; use the files of one release"
            )
        self.recall, self._chooser, self._judge = recall, chooser, judge
        self._camera = lru_cache(maxsize=2)(estimate_camera)

    def for_box(self, prompt: str, scene: Scene, box_xyxy: BoxXYXY, rng: np.random.Generator) -> Chosen:
        """Shapes for a box.

        Args:
            prompt: What is wanted.
            scene: What is there.
            box_xyxy: The box to fill, on the canvas.
            rng: Decides between equals.
        """
        recall = self.recall
        about = Surroundings.of(scene, box_xyxy, recall.encoder)
        shapes = recall.candidates(prompt, about.log_aspect)
        text = thing_asked_for(prompt, recall.encoder, recall)
        context = ChoiceContext(text, about.log_aspect, about.zoom, about.layout)
        return Chosen(prompt, box_xyxy, shapes, self._order(shapes, context, rng))

    def freely(self, prompt: str, rng: np.random.Generator, region_xyxy: BoxXYXY | None = None) -> Chosen:
        """Shapes in their own proportions; about a region those that are like it in aspect.

        Of many only that half is asked which looks most like things of the words: nobody sees a car in a view
        from its front, drawn small.
        """
        middle = None
        if region_xyxy is not None:
            x0, y0, x1, y1 = region_xyxy
            middle = float(np.log((x1 - x0) / (y1 - y0)))
        shapes = _some(self.recall.candidates(prompt, middle), rng)
        text = thing_asked_for(prompt, self.recall.encoder, self.recall)
        context = ChoiceContext.of_words(text)
        own = np.flatnonzero(shapes.handicaps < OTHER_PRICE)
        if len(own):  # one balloon at several places is better than balloons of another kind
            shapes = shapes.taken(own)
        clear = np.flatnonzero(self.recall.memory.rows.clarities[shapes.numbers] > 0.5)
        if len(set(shapes.numbers[clear].tolist())) >= ENOUGH_CLEAR:
            shapes = shapes.taken(clear)
        if len(shapes) > ORDERED:
            codes = self.recall.memory.codes[shapes.numbers]
            known = self._judge.probabilities(codes, text, shapes.log_aspects)[:, 1]
            shapes = shapes.taken(np.flatnonzero(known >= np.median(known)))
        order = self._order(shapes, context, rng)
        return Chosen(prompt, None, shapes, order, is_within=region_xyxy is not None)

    def lay(self, chosen: Chosen, place: int, box_xyxy: BoxXYXY, layout: Layout) -> Drawn | None:
        """The shape at a place of the order, laid on a box; None if nothing of it is left.

        Args:
            chosen: The order.
            place: Which one.
            box_xyxy: Where it goes.
            layout: What is there; it tells from where the box is seen.
        """
        row = int(chosen.order[place])
        number, is_mirrored = int(chosen.shapes.numbers[row]), bool(chosen.shapes.is_mirrored[row])
        if chosen.box_xyxy is None:
            number = view_for(self.recall.memory, number, Fall.of(self._camera(layout), box_xyxy))
            target, fit = _own_box(chosen, box_xyxy, float(self.recall.memory.aspects[number])), "own"
        else:
            target, fit = fitted_box(box_xyxy, chosen.aspect(place), MOST_STRETCH)
        outline = fitted_outline(self.recall.field(number, is_mirrored), target)
        if not outline.curves:
            return None
        return Drawn(outline, self.recall.origin(chosen.prompt, number, is_mirrored, fit))

    def _order(
        self, shapes: Candidates, context: ChoiceContext, rng: np.random.Generator
    ) -> Int[np.ndarray, " c"]:
        likely = self._chooser.probabilities(context, shapes.sketches, shapes.log_aspects)
        return choose(shapes, likely, ORDERED, rng, SEED_NOISE)


def place_for(chosen: Chosen, number: int, box_xyxy: BoxXYXY) -> int:
    """The place of the shape for a candidate's box: its own, unless another one is more like the box."""
    x0, y0, x1, y1 = box_xyxy
    away = np.abs(chosen.shapes.log_aspects[chosen.order] - np.log((x1 - x0) / (y1 - y0)))
    later = (np.arange(len(chosen.order)) - number) % len(chosen.order)
    return int(np.argmin(np.maximum(away - np.log(MOST_STRETCH), 0) + LATER_PRICE * later))


def _own_box(chosen: Chosen, box_xyxy: BoxXYXY, aspect: float) -> BoxXYXY:
    """Where a shape goes that has its own proportions, or nearly."""
    if chosen.is_within:
        return fitted_box(box_xyxy, aspect, REGION_STRETCH)[0]
    x0, y0, x1, y1 = box_xyxy
    nearest = np.clip((x1 - x0) / (y1 - y0), aspect / MOST_STRETCH, aspect * MOST_STRETCH)
    return of_aspect(box_xyxy, float(nearest))


def of_aspect(box_xyxy: BoxXYXY, aspect: float) -> BoxXYXY:
    """A box of the same foot point and area, and of another width over height.

    >>> of_aspect((0, 0, 40, 10), 1.0)
    (10.0, -10.0, 30.0, 10.0)
    """
    x0, y0, x1, y1 = (float(value) for value in box_xyxy)
    area, middle = (x1 - x0) * (y1 - y0), (x0 + x1) / 2
    width, height = float(np.sqrt(area * aspect)), float(np.sqrt(area / aspect))
    return middle - width / 2, y1 - height, middle + width / 2, y1


def _some(shapes: Candidates, rng: np.random.Generator, most: int = 160) -> Candidates:
    """A random part of many shapes."""
    if len(shapes) <= most:
        return shapes
    kept = np.sort(rng.choice(len(shapes), most, replace=False))
    return shapes.taken(kept)
