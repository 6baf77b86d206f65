"""Suggestions: words and a hint in, masks with their outlines out; masks like one, and between two."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from fastapi import APIRouter, Request
from jaxtyping import Bool, Float32
from starlette.responses import Response

from smartmask.apps.serve.layouts import Kept
from smartmask.apps.serve.messages import (
    BetweenRequest,
    Rle,
    SuggestAnswer,
    SuggestRequest,
    TurnRequest,
    VariationsRequest,
)
from smartmask.apps.serve.recipes import Source, of_between, of_suggest, of_turn, of_variations
from smartmask.apps.serve.store import content_id
from smartmask.apps.serve.strict_json import strict_router
from smartmask.apps.serve.studio import Studio
from smartmask.pipelines.suggestion import Suggestion
from smartmask.scene.boxes import clip_box
from smartmask.scene.guidance import Box, Guidance, NoGuidance, Region, Scribble
from smartmask.scene.outline import Outline
from smartmask.scene.rle import encode_rle

MOST_POINTS = 300
"""Points of a ring as a screen is sent it; masks are drawn from all points."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """The outline that a suggested mask was drawn from, for its soft edge."""

    outline: Outline


def mask_id(mask: Bool[np.ndarray, "H W"]) -> str:
    """The id of a mask's outline."""
    return content_id(str(mask.shape).encode(), encode_rle(mask).encode())


def guidance_of(body: SuggestRequest, size_hw: tuple[int, int]) -> Guidance:
    """The hint of a request; boxes are cut to the canvas, as on the command line.

    Raises:
        ValueError: If there are several, or one does not fit the layout.
    """
    hints = {"box": body.box, "region": body.region, "scribble": body.scribble}
    given = [name for name, hint in hints.items() if hint is not None]
    if len(given) > 1:
        raise ValueError(f"{' and '.join(given)} were given; give one hint or none")
    if body.box is not None:
        return Box(clip_box(body.box, size_hw))
    if isinstance(body.region, Rle):
        return Region(body.region.mask(size_hw, "region"))
    if body.region is not None:
        x0, y0, x1, y1 = clip_box(body.region, size_hw)
        mask = np.zeros(size_hw, bool)
        mask[int(y0) : int(np.ceil(y1)), int(x0) : int(np.ceil(x1))] = True
        return Region(mask)
    if body.scribble is not None:
        avoid = body.scribble.avoid
        return Scribble(
            body.scribble.wanted.mask(size_hw, "scribble"),
            None if avoid is None else avoid.mask(size_hw, "drawing of what to avoid"),
        )
    return NoGuidance()


def suggestion_record(studio: Studio, suggestion: Suggestion) -> dict[str, Any]:
    """A suggestion's answer; its outline is kept for exports."""
    outline, origin = suggestion.outline, suggestion.origin
    keep_outline(studio, suggestion.mask, outline)
    return {
        "score": float(suggestion.score),
        "box": [round(value, 2) for value in suggestion.box_xyxy],
        "rle": Rle.of(suggestion.mask),
        "origin": "drawn" if origin is None else "memory",
        "shape": "" if origin is None else f"a {origin.label} of {origin.source}",
        "turn": origin.shape if origin is not None and origin.views > 1 else "",
        "behind": list(suggestion.behind),
        "visible": Rle.of(suggestion.visible_mask) if suggestion.behind else None,
        "outline": rings(outline),
    }


def keep_outline(studio: Studio, mask: Bool[np.ndarray, "H W"], outline: Outline) -> None:
    """Keep the outline that a mask was drawn from."""
    size_bytes = sum(curve.nbytes for curve in outline.curves) + 500
    studio.store.put(mask_id(mask), Drawn(outline), size_bytes)


def rings(outline: Outline) -> list[list[list[float]]]:
    """An outline's curves as a screen needs them."""
    return [_ring(curve) for curve in outline.curves]


def _ring(curve: Float32[np.ndarray, "P 2"]) -> list[list[float]]:
    """Some of a curve's points, rounded."""
    step = -(-len(curve) // MOST_POINTS)
    kept = curve[::step] if len(curve) >= 3 * step else curve
    return kept.astype(np.float64).round(1).tolist()


def suggest_routes(studio: Studio) -> APIRouter:
    """The routes of suggestions."""
    router = strict_router("suggestions")

    def record(
        prompt: str, draw: Callable[[], Sequence[Suggestion]], recipe: tuple[str, str], began: float
    ) -> dict[str, Any]:
        words = studio.models.words(prompt)
        suggestions = [suggestion_record(studio, one) for one in draw()]
        return {
            "suggestions": suggestions,
            "said": "" if words is None else words.say(),
            "command": recipe[0],
            "python": recipe[1],
            "milliseconds": round((time.perf_counter() - began) * 1000, 1),
        }

    @router.post("/v1/suggest", response_model=SuggestAnswer)
    async def post_suggest(request: Request, body: SuggestRequest) -> Response:
        """Masks of what is not there yet, best first."""

        def drawn() -> dict[str, Any]:
            began = time.perf_counter()
            kept = studio.store.get(Kept, body.layout_id, "layout")
            guidance = guidance_of(body, kept.layout.size_hw)
            source = Source.of(studio, kept)
            recipe = of_suggest(source, body.prompt, body.scene, guidance, body.n, body.seed)
            return record(
                body.prompt,
                lambda: studio.models.suggest(
                    kept.layout, body.prompt, body.scene, guidance, body.n, body.seed
                ),
                recipe,
                began,
            )

        return await studio.answer(request, drawn, stream=body.stream, is_heavy=body.n > 1)

    @router.post("/v1/variations", response_model=SuggestAnswer)
    async def post_variations(request: Request, body: VariationsRequest) -> Response:
        """Masks like one, in its place."""

        def drawn() -> dict[str, Any]:
            began = time.perf_counter()
            kept = studio.store.get(Kept, body.layout_id, "layout")
            like = body.rle.mask(kept.layout.size_hw, "mask")
            recipe = of_variations(Source.of(studio, kept), body.prompt, body.change, body.n, body.seed)
            return record(
                body.prompt,
                lambda: studio.models.more_like(
                    kept.layout, body.prompt, like, body.change, body.n, body.seed
                ),
                recipe,
                began,
            )

        return await studio.answer(request, drawn, stream=body.stream, is_heavy=body.n > 1)

    @router.post("/v1/between", response_model=SuggestAnswer)
    async def post_between(request: Request, body: BetweenRequest) -> Response:
        """Masks on the way from one to another, in their order."""

        def drawn() -> dict[str, Any]:
            began = time.perf_counter()
            kept = studio.store.get(Kept, body.layout_id, "layout")
            one = body.one.mask(kept.layout.size_hw, "first mask")
            other = body.other.mask(kept.layout.size_hw, "other mask")
            recipe = of_between(Source.of(studio, kept), body.prompt, body.n, body.seed)
            return record(
                body.prompt,
                lambda: studio.models.between(kept.layout, body.prompt, one, other, body.n, body.seed),
                recipe,
                began,
            )

        return await studio.answer(request, drawn, stream=body.stream, is_heavy=body.n > 1)

    @router.post("/v1/turn", response_model=SuggestAnswer)
    async def post_turn(request: Request, body: TurnRequest) -> Response:
        """The mesh that a mask was drawn from, seen from another side."""

        def drawn() -> dict[str, Any]:
            began = time.perf_counter()
            kept = studio.store.get(Kept, body.layout_id, "layout")
            like = body.rle.mask(kept.layout.size_hw, "mask")
            recipe = of_turn(Source.of(studio, kept), body.prompt, body.shape, body.steps)
            return record(
                body.prompt,
                lambda: [studio.models.turn(kept.layout, body.prompt, like, body.steps, body.shape)],
                recipe,
                began,
            )

        return await studio.answer(request, drawn)

    return router
