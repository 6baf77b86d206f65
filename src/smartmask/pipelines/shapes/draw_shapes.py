"""Masks from whole shapes in the frame of a hint: remembered ones, and those that the generator draws.

For a box, a region or no hint, what is drawn is a real shape wherever the memory knows one of the words
(`draw_remembered.py`); after those, and where nobody knows the words, it is drawn freely. A scribble says
more of its object than any remembered shape could follow: it is always drawn freely (`free_drawing.py`).

Without a box a placer draws some for each candidate, at a place of its own; in a region boxes within it.
"""

from collections.abc import Sequence
from functools import lru_cache
from threading import Lock

import numpy as np

from smartmask.pipelines.drawer import Drawn
from smartmask.pipelines.generate import Scene
from smartmask.pipelines.shapes.draw_remembered import Chosen, RememberedDrawing, place_for
from smartmask.pipelines.shapes.free_drawing import SAMPLES, FreeDrawing, FreelyDrawn
from smartmask.pipelines.shapes.shape_words import ShapeWords
from smartmask.pipelines.shapes.turning import ShapeTurning
from smartmask.pipelines.shapes.variations import ShapeVariations
from smartmask.protocols import Placer
from smartmask.scene.boxes import BoxXYXY, clip_box
from smartmask.scene.guidance import Box, Guidance, NoGuidance, Region, Scribble

PLACES = 3
"""Boxes drawn a candidate, all at one place of those that lie apart."""
REGION_SIDES = (0.75, 0.95)
"""A box in a region has from so much to so much of the region's width and height."""


class ShapeDrawing:
    """A `Drawer` round a memory, a generator and a placer."""

    def __init__(self, remembered: RememberedDrawing, free: FreeDrawing, placer: Placer) -> None:
        """Take the parts.

        Args:
            remembered: Draws real shapes.
            free: Draws what the memory cannot, and what somebody scribbles.
            placer: Draws boxes where no hint is given.
        """
        self._remembered, self._free = remembered, free
        self._variations = ShapeVariations(free)
        self._turning = ShapeTurning(remembered.recall)
        # Candidates of one request read the same layout, and with a hint they are chosen together.
        self._boxes = lru_cache(maxsize=2)(placer.boxes)
        self._chosen = lru_cache(maxsize=2)(self._seeded_choice)
        self._drawn = lru_cache(maxsize=4)(self._seeded_drawing)
        self._lock = Lock()

    @property
    def variations(self) -> ShapeVariations:
        """What draws shapes from others."""
        return self._variations

    @property
    def turning(self) -> ShapeTurning:
        """What turns remembered shapes."""
        return self._turning

    def words(self, prompt: str) -> ShapeWords:
        """How the memory understands the words.

        Raises:
            ValueError: If the prompt is empty.
        """
        return self._remembered.recall.words(prompt)

    def is_ordered(self, guidance: Guidance) -> bool:
        """Yes where the place is given: which shape is best the scores cannot tell."""
        return isinstance(guidance, Box | Scribble)

    def candidate(
        self, scene: Scene, prompt: str, text: str | None, guidance: Guidance, seed: int, number: int
    ) -> Sequence[Drawn]:
        """See `Drawer`."""
        if isinstance(guidance, Box):
            guidance = Box(clip_box(guidance.box_xyxy, scene.layout.size_hw))
        with self._lock:  # else threads would choose the same shapes side by side
            chosen = self._chosen(scene, prompt, guidance, seed)
        if isinstance(guidance, Box | Scribble):
            count = len(chosen.order)
            if chosen.box_xyxy and number < count:
                laid = self._remembered.lay(chosen, number, chosen.box_xyxy, scene.layout)
                return () if laid is None else (laid,)
            number -= count
            with self._lock:
                drawn = self._drawn(scene, prompt, guidance, seed, number // SAMPLES)
            return self._freely(drawn, number % SAMPLES)
        rng = np.random.default_rng([seed, number])
        if isinstance(guidance, Region):
            boxes = [_box_within(guidance.box(), rng) for _ in range(PLACES)]
            places = [place_for(chosen, number, box) for box in boxes] if len(chosen.order) else []
        else:
            draw = self._boxes(scene.layout, prompt, text, seed)
            places = [number % len(chosen.order)] * PLACES if len(chosen.order) else []
            aspect = chosen.aspect(places[0]) if places else None
            boxes = [draw(number, rng, aspect) for _ in range(PLACES)]
        if places:
            pairs = zip(places, boxes, strict=True)
            found = [self._remembered.lay(chosen, place, box, scene.layout) for place, box in pairs]
            return [laid for laid in found if laid]
        sample = self._free(scene, prompt, Box(boxes[0]), rng, 1)
        return [drawn for box in boxes for drawn in self._freely(sample.on(box), 0)]

    def _freely(self, drawn: FreelyDrawn, number: int) -> Sequence[Drawn]:
        outline = self._free.outline(drawn, number)
        return (Drawn(outline),) if outline.curves else ()

    def _seeded_drawing(
        self, scene: Scene, prompt: str, guidance: Box | Scribble, seed: int, block: int
    ) -> FreelyDrawn:
        """The free drawings numbered block * SAMPLES and on."""
        return self._free(scene, prompt, guidance, np.random.default_rng([seed, block, 1]))

    def _seeded_choice(self, scene: Scene, prompt: str, guidance: Guidance, seed: int) -> Chosen:
        """The remembered shapes for a request in their order; none for a scribble."""
        rng = np.random.default_rng([seed, 1 << 31])
        if isinstance(guidance, Scribble) or not self.words(prompt).is_known:
            return Chosen.none(prompt)
        if isinstance(guidance, Box):
            return self._remembered.for_box(prompt, scene, guidance.box_xyxy, rng)
        region = None if isinstance(guidance, NoGuidance) else guidance.box()
        return self._remembered.freely(prompt, rng, region)


def _box_within(region_xyxy: BoxXYXY, rng: np.random.Generator) -> BoxXYXY:
    """A box somewhere in a region's box, a little smaller."""
    x0, y0, x1, y1 = region_xyxy
    width, height = rng.uniform(*REGION_SIDES, 2) * (x1 - x0, y1 - y0)
    left, top = (x0, y0) + rng.random(2) * (x1 - x0 - width, y1 - y0 - height)
    return float(left), float(top), float(left + width), float(top + height)
