"""A mask in hand, moved, scaled, turned or mirrored: of a mask that was suggested, its exact outline is."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from smartmask.apps.serve.layouts import check_canvas
from smartmask.apps.serve.messages import Rle, TransformAnswer, TransformRequest
from smartmask.apps.serve.strict_json import strict_router
from smartmask.apps.serve.studio import Studio
from smartmask.apps.serve.suggestions import Drawn, keep_outline, mask_id, rings
from smartmask.scene.affine import affine_mask, affine_outline
from smartmask.scene.boxes import box_of


def transformed(studio: Studio, body: TransformRequest) -> dict[str, Any]:
    """A mapped mask's answer.

    Raises:
        ValueError: If nothing of the mask is left on the canvas, or the map is flat.
        Problem: If the canvas is above the limit.
    """
    height, width = body.rle.size
    check_canvas(studio, (width, height))
    mask = body.rle.mask((height, width), "mask")
    drawn = studio.store.find(Drawn, mask_id(mask))
    outline = None if drawn is None else affine_outline(drawn.outline, body.matrix)
    mapped = affine_mask(mask, body.matrix) if outline is None else outline.mask((height, width))
    if not mapped.any():
        raise ValueError("nothing of the mask is left in the picture; move it less far")
    if outline is not None:
        keep_outline(studio, mapped, outline)
    return {
        "rle": Rle.of(mapped),
        "box": list(box_of(mapped)),
        "outline": None if outline is None else rings(outline),
    }


def transform_routes(studio: Studio) -> APIRouter:
    """The route of masks in hand."""
    router = strict_router("masks")

    @router.post("/v1/transform", response_model=TransformAnswer)
    async def post_transform(request: Request, body: TransformRequest) -> Response:
        """A mask moved, scaled, turned or mirrored on its canvas."""
        return await studio.answer(request, lambda: transformed(studio, body))

    return router
