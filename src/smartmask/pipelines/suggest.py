"""Layout + words -> masks of an object that is not there yet.

Two passes. *Place* decides where and how large. A placer draws boxes, a few a candidate, of which the best
scored mask stays; in a region it is boxes within it. A network that was trained to place things itself, as
the base model is, needs no placer: it draws a coarse mask on the whole canvas, or in the window about the
region. *Refine* sees a window round the box or the coarse mask and draws the mask sharply. A box or a
scribble from the user says already where: it goes straight to refine.

For a box, a region or no hint, what is drawn is a real shape wherever the memory knows one of the words: the
refine pass's samples vote for the shapes of the label, and those chosen are fitted to the hint
(`draw_remembered.py`). A scribble says more of its object than any remembered shape could follow, and some
words nobody knows: those are drawn freely by the shape generator (`free_drawing.py`). A pipeline without one
chooses from its samples themselves (`consensus.py`).

Candidate i is a pure function of (layout, words, guidance, seed, i). So results do not depend on how many are
asked for, on threads, or on one another.
"""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache
from threading import Lock

import numpy as np
from jaxtyping import Bool, Float32

from smartmask.model.codec import decode
from smartmask.pipelines.consensus import consensus_order
from smartmask.pipelines.draw_remembered import (
    Chosen,
    choose_for_box,
    choose_freely,
    lay,
    place_for,
)
from smartmask.pipelines.finish import filling_box, without_specks
from smartmask.pipelines.free_drawing import SAMPLES, FreeDrawing, FreelyDrawn
from smartmask.pipelines.generate import MaskGenerator, SamplingConfig, Scene
from smartmask.pipelines.reduced_canvas import SMALLEST_BOX_PX, reduced, reduced_hint, step_of
from smartmask.pipelines.shape_recall import ShapeRecall
from smartmask.pipelines.shape_words import ShapeWords
from smartmask.pipelines.suggestion import Origin, Suggestion
from smartmask.protocols import Placer, Ranker
from smartmask.scene.boxes import BoxXYXY, clip_box
from smartmask.scene.contour import outline_of_field
from smartmask.scene.guidance import Box, Guidance, NoGuidance, Region, Scribble, check_guidance
from smartmask.scene.layout import Layout
from smartmask.scene.masks import mask_iou
from smartmask.scene.outline import Outline
from smartmask.scene.view import REFINE_FILL, View

REGION_FILL = 0.45
"""Share of the place window's side that a region's longer side fills."""
PLACE = SamplingConfig(steps=12, shift=8.0, cfg_scale=2.0)
"""Placements must differ, so the place pass takes small steps near noise."""
REFINE = SamplingConfig(steps=4, shift=2.0)
"""More steps made the chosen masks no better (docs/LOG.md)."""
POOL = 64
"""Samples that candidates with a hint are chosen from; the compact model draws them at one go."""
PLACES = 3
"""Boxes drawn a candidate: more would make candidates alike."""
REGION_SIDES = (0.75, 0.95)
"""A box in a region has from so much to so much of the region's width and height."""
SMALLEST_WINDOW_PX = 16.0
NEAR_DUPLICATE_IOU = 0.9
DRAWS_PER_SUGGESTION = 2
"""Candidates drawn at the most for each suggestion asked for, to replace near-duplicates and empty masks."""
MAX_SUGGESTIONS = 64
MAX_PROMPT_CHARACTERS = 1000


class SuggestPipeline:
    """Draws several candidates, drops near-duplicates, sorts by score."""

    def __init__(
        self,
        generator: MaskGenerator,
        ranker: Ranker,
        threads: int | None = None,
        *,
        placer: Placer | None = None,
        recall: ShapeRecall | None = None,
        free: FreeDrawing | None = None,
        place: SamplingConfig = PLACE,
        refine: SamplingConfig = REFINE,
        pool: int = 1,
    ) -> None:
        """Take the parts.

        Args:
            generator: Samples fields.
            ranker: Scores masks.
            threads: Candidates drawn side by side; None = one a core. The masks do not depend on it.
            placer: Draws boxes where no hint is given; None = the network places objects itself.
            recall: Gives real shapes; None = all is drawn freely.
            free: Draws what the memory cannot, and what somebody scribbles; None = `generator` does.
            place: How a network that places objects itself samples.
            refine: How the refine pass samples; the default suits the shipped model, with a pool of `POOL`.
            pool: Samples of a refine pass that candidates are chosen from; 1 = a candidate is a sample.
        """
        self._generator, self._ranker = generator, ranker
        self._threads = threads or os.cpu_count() or 1
        self._place, self._refine, self._pool = place, refine, pool
        # Candidates of one request read the same layout, and with a hint they are chosen from the same pool.
        self._boxes = lru_cache(maxsize=2)(placer.boxes) if placer else None
        self._fields = lru_cache(maxsize=2)(self._seeded_fields)
        self._recall, self._free = recall, free
        self._drawn = lru_cache(maxsize=2)(self._seeded_drawing)
        self._chosen = lru_cache(maxsize=2)(self._seeded_choice)
        self._lock = Lock()

    def __call__(
        self,
        layout: Layout,
        prompt: str,
        scene: str | None = None,
        guidance: Guidance = NoGuidance(),
        n: int = 4,
        seed: int = 0,
        on_progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> list[Suggestion]:
        """Masks of an object that is not there yet, best first.

        Args:
            layout: What is there.
            prompt: What is to come, in a few words.
            scene: What the finished scene shows, in a sentence.
            guidance: A hint drawn on the layout's canvas.
            n: How many. Fewer come back if no more distinct masks were found among twice as many candidates.
            seed: Same seed, same masks.
            on_progress: Called with (candidates drawn, candidates known to be needed).

        Raises:
            ValueError: If the prompt is empty or too long, n or the seed is out of range, or the hint was
                drawn on another canvas.
        """
        check_request(prompt, scene, guidance, n, seed, layout.size_hw)
        size_hw = layout.size_hw
        step = step_of(guidance, size_hw)
        if step > 1:
            layout, guidance = reduced(layout, step), reduced_hint(guidance, step)
        read = Scene.of(layout)
        kept: list[Suggestion] = []

        def draw(number: int) -> Suggestion | None:
            return self.candidate(read, prompt, scene, guidance, seed, number)

        with ThreadPoolExecutor(self._threads) as pool:
            drawn = 0
            while len(kept) < n and drawn < DRAWS_PER_SUGGESTION * n:
                count = min(n - len(kept), DRAWS_PER_SUGGESTION * n - drawn)
                for done, found in enumerate(pool.map(draw, range(drawn, drawn + count)), drawn + 1):
                    on_progress(done, drawn + count)
                    if found is not None and not _is_near_duplicate(found, kept):
                        kept.append(found)
                drawn += count
        if step > 1:
            kept = [suggestion.enlarged(step, size_hw) for suggestion in kept]
        if (self._recall or self._free) and isinstance(guidance, Box | Scribble):
            return kept  # the place is given; which shape is best the ranker cannot tell
        return sorted(kept, key=lambda suggestion: -suggestion.score)

    def words(self, prompt: str) -> ShapeWords | None:
        """How the words are understood; None if there is no memory to look them up in.

        Raises:
            ValueError: If the prompt is empty.
        """
        return self._recall.words(prompt) if self._recall else None

    def candidate(
        self, scene: Scene, prompt: str, text: str | None, guidance: Guidance, seed: int, number: int
    ) -> Suggestion | None:
        """Candidate `number` of a seed; None if its mask came out empty."""
        if isinstance(guidance, Box | Scribble):
            return self._hinted(scene, prompt, text, guidance, seed, number)
        rng = np.random.default_rng([seed, number])
        if self._boxes is None:
            coarse = self.place(scene, prompt, text, guidance, rng)
            return None if coarse is None else self.refine(scene, prompt, text, Scribble(coarse), rng)
        if isinstance(guidance, Region):
            boxes = [_box_within(guidance.box(), rng) for _ in range(PLACES)]
        else:
            draw = self._boxes(scene.layout, prompt, text)
            boxes = [draw(rng) for _ in range(PLACES)]
        with self._lock:
            chosen = self._chosen(scene, prompt, text, guidance, seed)
        if chosen is not None and len(chosen.order):
            found = [
                self._laid(scene, prompt, text, chosen, place_for(chosen, number, box), box) for box in boxes
            ]
        elif self._free is not None:
            drawn = self._free(scene, prompt, Box(boxes[0]), rng, 1)
            found = [self._freely(scene, prompt, text, drawn.on(box), 0) for box in boxes]
        else:
            count = -(-self._pool // PLACES**2)  # each box gives one mask, so fewer samples do
            found = [self.refine(scene, prompt, text, Box(box), rng, count) for box in boxes]
        return max((one for one in found if one), key=lambda one: one.score, default=None)

    def _hinted(
        self, scene: Scene, prompt: str, text: str | None, guidance: Box | Scribble, seed: int, number: int
    ) -> Suggestion | None:
        """A candidate whose place is given: a remembered shape, and after those one drawn freely."""
        with self._lock:  # else threads would draw the same samples side by side
            chosen = (
                None if isinstance(guidance, Scribble) else self._chosen(scene, prompt, text, guidance, seed)
            )
        remembered = len(chosen.order) if chosen else 0
        if chosen and chosen.box_xyxy and number < remembered:
            return self._laid(scene, prompt, text, chosen, number, chosen.box_xyxy)
        number -= remembered
        if self._free is not None:
            with self._lock:
                drawn = self._drawn(scene, prompt, guidance, seed, number // SAMPLES)
            return self._freely(scene, prompt, text, drawn, number % SAMPLES)
        with self._lock:
            fields = self._fields(scene, prompt, text, guidance, seed, number // self._pool)
        return self._finish(scene, prompt, text, guidance, fields[number % self._pool])

    def _seeded_drawing(
        self, scene: Scene, prompt: str, guidance: Box | Scribble, seed: int, block: int
    ) -> FreelyDrawn:
        """The free drawings of candidates block * SAMPLES and on."""
        assert self._free is not None
        if isinstance(guidance, Box):
            guidance = Box(clip_box(guidance.box_xyxy, scene.layout.size_hw))
        return self._free(scene, prompt, guidance, np.random.default_rng([seed, block, 1]))

    def _freely(
        self, scene: Scene, prompt: str, text: str | None, drawn: FreelyDrawn, number: int
    ) -> Suggestion | None:
        """A free drawing, and its score."""
        assert self._free is not None
        outline = self._free.outline(drawn, number)
        return self._scored(scene, prompt, text, outline, None) if outline.curves else None

    def _seeded_choice(
        self, scene: Scene, prompt: str, text: str | None, guidance: Guidance, seed: int
    ) -> Chosen | None:
        """The remembered shapes for a request in their order; None if there are none."""
        if self._recall is None or isinstance(guidance, Scribble):
            return None
        if not self._recall.words(prompt).is_known:
            return None
        rng = np.random.default_rng([seed, 1 << 31])
        if not isinstance(guidance, Box):
            region = guidance.box() if isinstance(guidance, Region) else None
            return choose_freely(self._recall, prompt, rng, region)
        view = self._window(guidance.box(), REFINE_FILL, scene.layout.size_hw)
        fields = self._fields(scene, prompt, text, guidance, seed, 0)
        box = clip_box(guidance.box_xyxy, scene.layout.size_hw)
        filled = np.stack([filling_box(field, view, box) for field in fields])
        return choose_for_box(self._recall, prompt, box, view, filled, rng)

    def _laid(
        self, scene: Scene, prompt: str, text: str | None, chosen: Chosen, place: int, box_xyxy: BoxXYXY
    ) -> Suggestion | None:
        """A remembered shape on a box, and its score."""
        assert self._recall is not None
        laid = lay(self._recall, chosen, place, box_xyxy)
        return None if laid is None else self._scored(scene, prompt, text, laid.outline, laid.origin)

    def place(
        self,
        scene: Scene,
        prompt: str,
        text: str | None,
        guidance: NoGuidance | Region,
        rng: np.random.Generator,
    ) -> Bool[np.ndarray, "H W"] | None:
        """The network's own first pass: a coarse mask on the whole canvas or in the window about a region."""
        size_hw = scene.layout.size_hw
        if isinstance(guidance, Region):
            view = self._window(guidance.box(), REGION_FILL, size_hw)
        else:
            view = View.whole(size_hw, self._generator.resolution)
        condition = self._generator.condition(scene, prompt, text, guidance, view)
        # Two parts far apart are two places at once: the larger is taken.
        field = self._generator.sample(condition, self._place, rng)[0]
        mask, _ = decode(without_specks(field, smallest=1.0), view)
        return mask if mask.any() else None

    def refine(
        self,
        scene: Scene,
        prompt: str,
        text: str | None,
        guidance: Box | Scribble,
        rng: np.random.Generator,
        count: int = 1,
    ) -> Suggestion | None:
        """The second pass: the mask drawn sharply in a window about the hint, and its score.

        It is chosen from `count` samples.
        """
        fields = self._pooled(scene, prompt, text, guidance, rng, count)
        return self._finish(scene, prompt, text, guidance, fields[0])

    def _seeded_fields(
        self, scene: Scene, prompt: str, text: str | None, guidance: Box | Scribble, seed: int, block: int
    ) -> Float32[np.ndarray, "pool R R"]:
        """The fields of candidates block * pool and on."""
        rng = np.random.default_rng([seed, block])
        return self._pooled(scene, prompt, text, guidance, rng, self._pool)

    def _pooled(
        self,
        scene: Scene,
        prompt: str,
        text: str | None,
        guidance: Box | Scribble,
        rng: np.random.Generator,
        count: int,
    ) -> Float32[np.ndarray, "pool R R"]:
        """A pool of fields in the order in which to show them."""
        view = self._window(guidance.box(), REFINE_FILL, scene.layout.size_hw)
        condition = self._generator.condition(scene, prompt, text, guidance, view)
        fields = self._generator.sample(condition, self._refine, rng, count)
        return fields[consensus_order(fields > 0)]

    def _finish(
        self,
        scene: Scene,
        prompt: str,
        text: str | None,
        guidance: Box | Scribble,
        field: Float32[np.ndarray, "R R"],
    ) -> Suggestion | None:
        """A field as a mask on the canvas, and its score; None if it is empty."""
        view = self._window(guidance.box(), REFINE_FILL, scene.layout.size_hw)
        field = without_specks(field)
        if isinstance(guidance, Box):
            field = filling_box(field, view, guidance.box_xyxy)
        outline = outline_of_field(field)
        if not outline.curves:
            return None
        outline = outline.smooth(max(1 / view.scale, 1.0))
        corner, scale = np.array([view.x0, view.y0], np.float32), np.float32(1 / view.scale)
        return self._scored(scene, prompt, text, outline.mapped(lambda points: points * scale + corner), None)

    def _scored(
        self, scene: Scene, prompt: str, text: str | None, outline: Outline, origin: Origin | None
    ) -> Suggestion | None:
        """The suggestion of an outline; None if it covers no pixel."""
        found = Suggestion(outline, scene.layout.size_hw, 0.0, prompt, origin)
        if not found.mask.any():
            return None
        score = self._ranker.score(scene.visible_index, scene.layout.labels, found.mask, prompt, text)
        return replace(found, score=score)

    def _window(self, box_xyxy: BoxXYXY, fill: float, size_hw: tuple[int, int]) -> View:
        """The window about a box, never smaller than `SMALLEST_WINDOW_PX`."""
        x0, y0, x1, y1 = clip_box(box_xyxy, size_hw)
        fill = min(fill, max(x1 - x0, y1 - y0) / SMALLEST_WINDOW_PX)
        return View.around((x0, y0, x1, y1), fill, size_hw, self._generator.resolution)


def check_request(
    prompt: str, scene: str | None, guidance: Guidance, n: int, seed: int, size_hw: tuple[int, int] | None
) -> None:
    """Refuse what no candidate could be drawn for; without a size, the hint is not compared with the canvas.

    Raises:
        ValueError: As `SuggestPipeline` says.
    """
    for name, text in (("prompt", prompt), ("scene text", scene)):
        if text is not None and not text.strip():
            raise ValueError(f"the {name} is empty; say in a few words what it is")
        if text is not None and len(text) > MAX_PROMPT_CHARACTERS:
            raise ValueError(
                f"the {name} has {len(text)} characters; at most {MAX_PROMPT_CHARACTERS} are read"
            )
    if not 1 <= n <= MAX_SUGGESTIONS:
        raise ValueError(f"n must be from 1 to {MAX_SUGGESTIONS}, not {n}")
    if seed < 0:
        raise ValueError(f"the seed must be 0 or more, not {seed}")
    if isinstance(guidance, Box):
        x0, y0, x1, y1 = guidance.box_xyxy
        if min(x1 - x0, y1 - y0) < SMALLEST_BOX_PX:
            raise ValueError(
                f"the box is {x1 - x0:g} x {y1 - y0:g} px; a shape shows from {SMALLEST_BOX_PX:g} x "
                f"{SMALLEST_BOX_PX:g} px on, so draw it larger"
            )
    if size_hw is not None:
        check_guidance(guidance, size_hw)


def _box_within(region_xyxy: BoxXYXY, rng: np.random.Generator) -> BoxXYXY:
    """A box somewhere in a region's box, a little smaller."""
    x0, y0, x1, y1 = region_xyxy
    width, height = rng.uniform(*REGION_SIDES, 2) * (x1 - x0, y1 - y0)
    left, top = (x0, y0) + rng.random(2) * (x1 - x0 - width, y1 - y0 - height)
    return float(left), float(top), float(left + width), float(top + height)


def _is_near_duplicate(suggestion: Suggestion, kept: Iterable[Suggestion]) -> bool:
    return any(mask_iou(suggestion.mask, other.mask) > NEAR_DUPLICATE_IOU for other in kept)
