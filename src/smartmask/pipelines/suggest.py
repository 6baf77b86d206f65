"""Layout + words -> masks of an object that is not there yet.

Two passes. *Place* decides where and how large. A placer draws boxes, a few a candidate, of which the best
scored mask stays; in a region it is boxes within it. A network that was trained to place things itself, as
the base model is, needs no placer: it draws a coarse mask on the whole canvas, or in the window about the
region. *Refine* sees a window round the box or the coarse mask and draws the mask sharply. A box or a
scribble from the user says already where: it goes straight to refine.

A refine pass draws a pool of samples, and candidates are chosen from it (`consensus.py`).

Candidate i is a pure function of (layout, words, guidance, seed, i). So results do not depend on how many are
asked for, on threads, or on one another.
"""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

import numpy as np
from jaxtyping import Bool, Float32

from smartmask.model.codec import decode
from smartmask.pipelines.consensus import consensus_order
from smartmask.pipelines.finish import filling_box, without_specks
from smartmask.pipelines.generate import MaskGenerator, SamplingConfig, Scene
from smartmask.protocols import Placer, Ranker
from smartmask.scene.boxes import BoxXYXY, box_of, clip_box
from smartmask.scene.guidance import Box, Guidance, NoGuidance, Region, Scribble, check_guidance
from smartmask.scene.layout import Layout
from smartmask.scene.masks import mask_iou
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


@dataclass(frozen=True, slots=True, eq=False)
class Suggestion:
    """One mask to choose.

    Attributes:
        mask: Its pixels.
        alpha: Its anti-aliased coverage in [0, 1]; mask = alpha > 0.5.
        box_xyxy: The mask's tight box.
        score: How likely the mask is where and as large as the object would be, in [0, 1]: what the ranker
            says of it in the layout without the hint.
        label: The words that it was asked for with.
    """

    mask: Bool[np.ndarray, "H W"]
    alpha: Float32[np.ndarray, "H W"]
    box_xyxy: BoxXYXY
    score: float
    label: str


class SuggestPipeline:
    """Draws several candidates, drops near-duplicates, sorts by score."""

    def __init__(
        self,
        generator: MaskGenerator,
        ranker: Ranker,
        threads: int | None = None,
        *,
        placer: Placer | None = None,
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
        return sorted(kept, key=lambda suggestion: -suggestion.score)

    def candidate(
        self, scene: Scene, prompt: str, text: str | None, guidance: Guidance, seed: int, number: int
    ) -> Suggestion | None:
        """Candidate `number` of a seed; None if its mask came out empty."""
        if isinstance(guidance, Box | Scribble):
            with self._lock:  # else threads would draw the same pool side by side
                fields = self._fields(scene, prompt, text, guidance, seed, number // self._pool)
            return self._finish(scene, prompt, text, guidance, fields[number % self._pool])
        rng = np.random.default_rng([seed, number])
        if self._boxes is None:
            coarse = self.place(scene, prompt, text, guidance, rng)
            return None if coarse is None else self.refine(scene, prompt, text, Scribble(coarse), rng)
        if isinstance(guidance, Region):
            boxes = [_box_within(guidance.box(), rng) for _ in range(PLACES)]
        else:
            draw = self._boxes(scene.layout, prompt, text)
            boxes = [draw(rng) for _ in range(PLACES)]
        count = -(-self._pool // PLACES**2)  # each box gives one mask, so fewer samples do
        found = [self.refine(scene, prompt, text, Box(box), rng, count) for box in boxes]
        return max((one for one in found if one), key=lambda one: one.score, default=None)

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
        mask, alpha = decode(field, view)
        if not mask.any():
            return None
        score = self._ranker.score(scene.visible_index, scene.layout.labels, mask, prompt, text)
        return Suggestion(mask, alpha, box_of(mask), score, prompt)

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
