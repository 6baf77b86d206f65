"""Layout + words -> masks of an object that is not there yet.

A drawer gives candidates: the shipped one whole shapes, remembered or drawn freely, on the hint or on places
that a placer gives (`draw_shapes.py`); a base mask model fields in windows of the photo (`draw_fields.py`).
Here they become masks, are scored, and near-duplicates go.

Candidate i is a pure function of (layout, words, guidance, seed, i). So results do not depend on how many are
asked for, on threads, or on one another.
"""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
from jaxtyping import Bool

from smartmask.arguments import MAX_SEED, check_function, check_number, check_text, check_whole, is_blank
from smartmask.errors import BackendError
from smartmask.pipelines.drawer import Drawer, Drawn
from smartmask.pipelines.generate import Scene
from smartmask.pipelines.reduced_canvas import SMALLEST_BOX_PX, reduced, reduced_hint, step_of
from smartmask.pipelines.shapes.shape_words import ShapeWords
from smartmask.pipelines.shapes.variations import ShapeVariations
from smartmask.pipelines.suggestion import Suggestion
from smartmask.protocols import Ranker
from smartmask.scene.boxes import check_box_size
from smartmask.scene.guidance import Box, Guidance, NoGuidance, Scribble, check_guidance
from smartmask.scene.layout import Layout
from smartmask.scene.masks import mask_iou
from smartmask.scene.outline import Outline

NEAR_DUPLICATE_IOU = 0.9
DRAWS_PER_SUGGESTION = 2
"""Candidates drawn at the most for each suggestion asked for, to replace near-duplicates and empty masks."""
MAX_SUGGESTIONS = 64
MAX_PROMPT_CHARACTERS = 1000


class SuggestPipeline:
    """Draws several candidates, drops near-duplicates, sorts by score."""

    def __init__(self, drawer: Drawer, ranker: Ranker, threads: int | None = None) -> None:
        """Take the parts.

        Args:
            drawer: Draws candidates.
            ranker: Scores masks.
            threads: Candidates drawn side by side; None = one a core. The masks do not depend on it.
        """
        self._drawer, self._ranker = drawer, ranker
        self._threads = threads or os.cpu_count() or 1

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
            TypeError: If an argument is of another type.
            ValueError: If the prompt is empty or too long, n or the seed is out of range, or the hint was
                drawn on another canvas.
        """
        check_request(prompt, scene, guidance, n, seed, layout.size_hw)
        check_function("on_progress", on_progress)
        size_hw = layout.size_hw
        step = step_of(guidance, size_hw)
        if step > 1:
            layout, guidance = reduced(layout, step), reduced_hint(guidance, step)
        read = Scene.of(layout)
        kept: list[Suggestion] = []
        masks: list[Bool[np.ndarray, "h w"]] = []

        def draw(number: int) -> Suggestion | None:
            return self.candidate(read, prompt, scene, guidance, seed, number)

        with ThreadPoolExecutor(self._threads) as pool:
            drawn = 0
            while len(kept) < n and drawn < DRAWS_PER_SUGGESTION * n:
                count = min(n - len(kept), DRAWS_PER_SUGGESTION * n - drawn)
                for done, found in enumerate(pool.map(draw, range(drawn, drawn + count)), drawn + 1):
                    on_progress(done, drawn + count)
                    if found is not None and not _is_near_duplicate(mask := found.mask, masks):
                        kept.append(found)
                        masks.append(mask)
                drawn += count
        if step > 1:
            kept = [suggestion.enlarged(step, size_hw) for suggestion in kept]
        if self._drawer.is_ordered(guidance):
            return kept
        return sorted(kept, key=lambda suggestion: -suggestion.score)

    def words(self, prompt: str) -> ShapeWords | None:
        """How the words are understood; None if there is no memory to look them up in.

        Raises:
            ValueError: If the prompt is empty.
        """
        check_text("the prompt", prompt)
        return self._drawer.words(prompt)

    def candidate(
        self, scene: Scene, prompt: str, text: str | None, guidance: Guidance, seed: int, number: int
    ) -> Suggestion | None:
        """Candidate `number` of a seed; None if its mask came out empty."""
        drawn = self._drawer.candidate(scene, prompt, text, guidance, seed, number)
        scored = (self._scored(scene, prompt, text, one) for one in drawn)
        return max((one for one in scored if one), key=lambda one: one.score, default=None)

    def more_like(
        self,
        layout: Layout,
        prompt: str,
        like: Bool[np.ndarray, "H W"],
        change: float = 0.5,
        n: int = 4,
        seed: int = 0,
    ) -> list[Suggestion]:
        """Masks like one, in its place, all changed as much as is asked for.

        Args:
            layout: What is there.
            prompt: What the mask shows.
            like: The mask, on the canvas.
            change: From 0, hardly any, to 1, another shape.
            n: How many.
            seed: Same seed, same masks.

        Raises:
            ValueError: As `__call__` says, or if the change is out of range, or the mask is empty or of
                another canvas.
            BackendError: If it is a base mask model that draws.
        """
        check_request(prompt, None, NoGuidance(), n, seed, layout.size_hw)
        check_number("the change", change, 0, 1)
        scene = Scene.of(layout)
        drawn = self._variations(layout, like).more_like(scene, prompt, like, change, range(n), seed)
        return self._suggestions(scene, prompt, drawn)

    def between(
        self,
        layout: Layout,
        prompt: str,
        one: Bool[np.ndarray, "H W"],
        other: Bool[np.ndarray, "H W"],
        n: int = 4,
        seed: int = 0,
    ) -> list[Suggestion]:
        """Masks on the way from one to another, without the two, in their order.

        Args:
            layout: What is there.
            prompt: What they show.
            one: Where the way begins, a mask on the canvas.
            other: Where it ends.
            n: How many.
            seed: Same seed, same masks.

        Raises:
            ValueError: As `__call__` says, or if a mask is empty or of another canvas.
            BackendError: If it is a base mask model that draws.
        """
        check_request(prompt, None, NoGuidance(), n, seed, layout.size_hw)
        scene = Scene.of(layout)
        drawn = self._variations(layout, one, other).between(scene, prompt, one, other, n, seed)
        return self._suggestions(scene, prompt, drawn)

    def turn(
        self,
        layout: Layout,
        prompt: str,
        mask: Bool[np.ndarray, "H W"],
        shape: str,
        steps: int = 1,
    ) -> Suggestion:
        """What a mask was drawn from, seen from another side, in the mask's place and as large.

        Args:
            layout: What is there.
            prompt: What the mask shows.
            mask: What is turned, on the canvas.
            shape: What it was drawn from, as `Origin.shape` tells.
            steps: Views to go on, or back where below 0; after the last comes the first.

        Raises:
            ValueError: As `__call__` says, or if the mask is empty, of another canvas or not of that shape,
                or the shape is known from one side only.
            BackendError: If it is a base mask model that draws.
        """
        check_request(prompt, None, Scribble(mask), 1, 0, layout.size_hw)
        check_text("shape", shape)
        check_whole("steps", steps)
        if self._drawer.turning is None:
            raise BackendError("a base mask model cannot turn masks; use the shipped one for that")
        drawn = Drawn(*self._drawer.turning(prompt, mask, shape, steps))
        found = self._scored(Scene.of(layout), prompt, None, drawn)
        if found is None:
            raise ValueError("nothing of the turned mask lies on the canvas; move it inwards first")
        return found

    def _suggestions(self, scene: Scene, prompt: str, outlines: Iterable[Outline]) -> list[Suggestion]:
        """The suggestions of outlines, in their order, without those that cover no pixel."""
        scored = (self._scored(scene, prompt, None, Drawn(outline)) for outline in outlines)
        return [one for one in scored if one]

    def _variations(self, layout: Layout, *masks: Bool[np.ndarray, "H W"]) -> ShapeVariations:
        """What draws shapes from others, if masks suit a canvas."""
        for mask in masks:
            check_guidance(Scribble(mask), layout.size_hw)
        if self._drawer.variations is None:
            raise BackendError("a base mask model cannot draw from masks; use the shipped one for that")
        return self._drawer.variations

    def _scored(self, scene: Scene, prompt: str, text: str | None, drawn: Drawn) -> Suggestion | None:
        """The suggestion of a drawing; None if it covers no pixel."""
        found = Suggestion(drawn.outline, scene.layout.size_hw, 0.0, prompt, drawn.origin)
        if not (mask := found.mask).any():
            return None
        score = self._ranker.score(scene.visible_index, scene.layout.labels, mask, prompt, text)
        return replace(found, score=score)


def check_request(
    prompt: str, scene: str | None, guidance: Guidance, n: int, seed: int, size_hw: tuple[int, int]
) -> None:
    """Refuse what no candidate could be drawn for on a canvas of this size.

    Raises:
        TypeError: If the hint is none, or another argument is of another type.
        ValueError: As `SuggestPipeline` says.
    """
    check_text("the prompt", prompt)
    if scene is not None:
        check_text("the scene text", scene)
    for name, text in (("prompt", prompt), ("scene text", scene)):
        if text is not None and is_blank(text):
            raise ValueError(f"the {name} is empty; say in a few words what it is")
        if text is not None and len(text) > MAX_PROMPT_CHARACTERS:
            raise ValueError(
                f"the {name} has {len(text)} characters; at most {MAX_PROMPT_CHARACTERS} are read"
            )
    check_whole("n", n, 1, MAX_SUGGESTIONS)
    check_whole("the seed", seed, 0, MAX_SEED)
    check_guidance(guidance, size_hw)
    if isinstance(guidance, Box):
        check_box_size(guidance.box_xyxy, size_hw, SMALLEST_BOX_PX)


def _is_near_duplicate(mask: Bool[np.ndarray, "h w"], kept: Iterable[Bool[np.ndarray, "h w"]]) -> bool:
    return any(mask_iou(mask, other) > NEAR_DUPLICATE_IOU for other in kept)
