"""Shapes drawn freely: the generator is asked for codes in the frame of a hint, and told what is known.

Told are the words, what is behind the hint, what is drawn, and some of the shapes that the memory has for the
words, other ones for each sample, so that samples differ as these do. In a box those come first that look
most like real shapes of the words; for a scribble, which says itself what is right, those that most are like.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32, UInt8

from smartmask.model.mask.generator import Begin, ShapeGenerator
from smartmask.model.mask.generator_inputs import (
    CHANGES,
    CODE_NUMBERS,
    DRAWING_PX,
    NEIGHBOURS,
    NUMBERS,
    STYLES,
    GeneratorInputs,
    drawing_map,
)
from smartmask.model.ranker.outlines import OutlineJudge
from smartmask.model.shape.frame import FRAME_PX, MARGIN_PX
from smartmask.pipelines.generate import Scene
from smartmask.pipelines.shapes.asked import Surroundings, thing_asked_for
from smartmask.pipelines.shapes.consensus import consensus_order
from smartmask.pipelines.shapes.shape_fit import fitted_box, fitted_outline, is_whole
from smartmask.pipelines.shapes.shape_recall import MOST_STRETCH, ShapeRecall
from smartmask.protocols import ShapeCoder, TextEncoder
from smartmask.scene.boxes import BoxXYXY
from smartmask.scene.guidance import Box, Scribble
from smartmask.scene.outline import Outline

LEAST_SIDE = 0.05
"""Of a sample's box, in sides of the hint's."""
NEAREST = 12
"""Shapes of different objects that neighbours are taken from."""
SAMPLES = 8
"""Samples drawn at one go, the best of which are shown first."""
BOX_STRENGTH, SCRIBBLE_STRENGTH = 3.0, 1.5
"""A drawing says more of its object than a box does, so the words need less help."""
BROKEN_PRICE = 10.0
"""What it costs a shape in looks to be in pieces: it goes after all that hang together."""
_ORDER_PX = 48
_ORDER_ROOM = 0.25
"""Samples are compared in a picture of the hint's box and so much about it, in its sides."""


@dataclass(frozen=True, slots=True, eq=False)
class FreelyDrawn:
    """Samples of the generator, the best first.

    Attributes:
        codes: The shape codec's.
        boxes_xyxy: Where the tight box of each lies on the canvas.
        avoid: Where none of them may be; None = they may be anywhere.
    """

    codes: UInt8[np.ndarray, "n bytes"]
    boxes_xyxy: list[BoxXYXY]
    avoid: Bool[np.ndarray, "H W"] | None = None

    def on(self, box_xyxy: BoxXYXY) -> "FreelyDrawn":
        """The same samples in another box, on its foot line, hardly stretched."""
        sizes = [(x1 - x0) / (y1 - y0) for x0, y0, x1, y1 in self.boxes_xyxy]
        return FreelyDrawn(self.codes, [fitted_box(box_xyxy, aspect, MOST_STRETCH)[0] for aspect in sizes])


class FreeDrawing:
    """Asks the generator; safe to call from several threads at once."""

    def __init__(
        self,
        generator: ShapeGenerator,
        judge: OutlineJudge,
        coder: ShapeCoder,
        encoder: TextEncoder,
        recall: ShapeRecall | None,
    ) -> None:
        """Take the parts.

        Args:
            generator: Draws codes.
            judge: Tells which look real.
            coder: The codec of them.
            encoder: The text encoder that it was trained with.
            recall: Gives shapes to draw like; None = none are shown.
        """
        self._generator, self._judge, self._coder = generator, judge, coder
        self._encoder, self._recall = encoder, recall

    def __call__(
        self,
        scene: Scene,
        prompt: str,
        hint: Box | Scribble,
        rng: np.random.Generator,
        count: int = SAMPLES,
    ) -> FreelyDrawn:
        """Draw samples.

        Args:
            scene: What is there.
            prompt: What is wanted.
            hint: Where.
            rng: Source of the noise and of the neighbours.
            count: How many.
        """
        noise = rng.standard_normal((count, NUMBERS), np.float32)
        box = hint.box()
        x0, y0, x1, y1 = box
        width, height = x1 - x0, y1 - y0
        neighbours = self._neighbours(prompt, float(np.log(width / height)), rng, count)
        drawing = np.zeros((DRAWING_PX, DRAWING_PX), np.float32)
        avoid = None
        if isinstance(hint, Scribble):
            a0, b0, a1, b1 = (int(value) for value in box)
            drawing, avoid = drawing_map(hint.wanted[b0:b1, a0:a1]), hint.avoid
        inputs = self._inputs(scene, prompt, box, drawing, neighbours)
        strength = BOX_STRENGTH if isinstance(hint, Box) else SCRIBBLE_STRENGTH
        drawn = self._generator.draw(inputs, noise, strength=strength)
        moved = np.array(box) + isinstance(hint, Scribble) * drawn.places * (width, height, width, height)
        moved[:, 2:] = np.maximum(moved[:, 2:], moved[:, :2] + LEAST_SIDE * np.array([width, height]))
        if isinstance(hint, Box):
            order = np.argsort(-self.looks(prompt, drawn.codes, width / height), kind="stable")
        else:
            shares = (moved - (x0, y0, x0, y0)) / (width, height, width, height)
            order = consensus_order(self._pictures(drawn.codes, shares))
        boxes = [(float(a), float(b), float(c), float(d)) for a, b, c, d in moved[order]]
        return FreelyDrawn(drawn.codes[order], boxes, avoid)

    def again(
        self,
        scene: Scene,
        prompt: str,
        box_xyxy: BoxXYXY,
        noise: Float32[np.ndarray, "n N"],
        begin: Begin,
    ) -> FreelyDrawn:
        """Draw in a box from a sample that was partly turned to noise, with each noise once.

        Args:
            scene: What is there.
            prompt: What is wanted.
            box_xyxy: Where.
            noise: Of deviation 1.
            begin: The sample.
        """
        drawing = np.zeros((DRAWING_PX, DRAWING_PX), np.float32)
        none = np.zeros((len(noise), NEIGHBOURS, CODE_NUMBERS), np.float32)
        inputs = self._inputs(scene, prompt, box_xyxy, drawing, none)
        drawn = self._generator.draw(inputs, noise, strength=BOX_STRENGTH, begin=begin)
        return FreelyDrawn(drawn.codes, [box_xyxy] * len(noise))

    def looks(
        self, prompt: str, codes: UInt8[np.ndarray, "n bytes"], aspect: float
    ) -> Float32[np.ndarray, " n"]:
        """How much shapes look like real ones of the words (`OutlineJudge.scores`), whole ones first.

        Args:
            prompt: What is wanted.
            codes: The shape codec's.
            aspect: Width over height of what they fill.
        """
        text = thing_asked_for(prompt, self._encoder, self._recall)
        scores = self._judge.scores(codes, text, np.full(len(codes), np.log(aspect), np.float32))
        is_broken = np.array([not is_whole(field) for field in self._coder.decode(codes)], bool)
        return scores - np.float32(BROKEN_PRICE) * is_broken

    def sample_of(self, field: Float32[np.ndarray, "F F"]) -> Float32[np.ndarray, "1 N"]:
        """A shape's field as the generator would draw it in a box that it fills."""
        sample = np.zeros((1, NUMBERS), np.float32)
        sample[:, :CODE_NUMBERS] = self._generator.normal(self._coder.encode(field[None]))
        return sample

    def outline(self, drawn: FreelyDrawn, number: int) -> Outline:
        """The outline of a sample on the canvas, without what is to be avoided; without curves if nothing of
        it is left."""
        field = self._coder.decode(drawn.codes[number : number + 1])[0]
        return fitted_outline(field, drawn.boxes_xyxy[number], drawn.avoid)

    def _inputs(
        self,
        scene: Scene,
        prompt: str,
        box_xyxy: BoxXYXY,
        drawing: Float32[np.ndarray, "G G"],
        neighbours: Float32[np.ndarray, "n K N"],
    ) -> GeneratorInputs:
        about = Surroundings.of(scene, box_xyxy, self._encoder)
        return GeneratorInputs(
            text=thing_asked_for(prompt, self._encoder, self._recall)[None],
            extent=np.array([[about.log_aspect, about.zoom]], np.float32),
            style=np.eye(len(STYLES), dtype=np.float32)[:1],
            changes=np.zeros((1, CHANGES), np.float32),
            drawing=drawing[None],
            layout=about.layout[None],
            neighbours=neighbours,
        )

    def _pictures(
        self, codes: UInt8[np.ndarray, "n bytes"], boxes: Float[np.ndarray, "n 4"]
    ) -> Bool[np.ndarray, "n P P"]:
        """Small pictures of samples, whose boxes are given in sides of the hint's box."""
        sketches = self._coder.sketch(codes)
        side, margin = sketches.shape[1], MARGIN_PX / FRAME_PX
        line = (np.arange(_ORDER_PX) + 0.5) / _ORDER_PX * (1 + 2 * _ORDER_ROOM) - _ORDER_ROOM
        found = np.zeros((len(codes), _ORDER_PX, _ORDER_PX), bool)
        for picture, sketch, (x0, y0, x1, y1) in zip(found, sketches, boxes, strict=True):
            picks = []
            for low, high in ((y0, y1), (x0, x1)):
                shares = margin + (line - low) / (high - low) * (1 - 2 * margin)
                picks.append(np.clip((shares * side).astype(int), 0, side - 1))
            picture[:] = (sketch > 0)[np.ix_(*picks)]
        return found

    def _neighbours(
        self, prompt: str, log_aspect: float, rng: np.random.Generator, count: int
    ) -> Float32[np.ndarray, "n K N"]:
        found = np.zeros((count, NEIGHBOURS, CODE_NUMBERS), np.float32)
        if self._recall is None:
            return found
        shapes = self._recall.candidates(prompt, log_aspect)
        if not len(shapes):
            return found
        away = np.abs(shapes.log_aspects - log_aspect) + shapes.handicaps
        order = np.argsort(np.where(shapes.is_mirrored, np.inf, away), kind="stable")
        order = order[: int((~shapes.is_mirrored).sum())]
        first = np.sort(np.unique(shapes.groups[order], return_index=True)[1])[:NEAREST]
        codes = self._generator.normal(self._recall.memory.codes[shapes.numbers[order[first]]])
        for row in found:
            chosen = rng.permutation(len(codes))[:NEIGHBOURS]
            row[: len(chosen)] = codes[chosen]
        return found
