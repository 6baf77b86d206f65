"""Insertions: a cut-out laid onto a mask of a photo, all else bit for bit as it was."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from smartmask.apps.serve.layouts import Kept, keep_layout, layout_record
from smartmask.apps.serve.messages import InsertAnswer, InsertRequest, Rle
from smartmask.apps.serve.photos import Photo, keep_photo
from smartmask.apps.serve.recipes import Source, of_insert
from smartmask.apps.serve.strict_json import strict_router
from smartmask.apps.serve.studio import Studio
from smartmask.compositing.reference_composite import ReferenceComposite
from smartmask.data.photos import decode, open_image
from smartmask.pipelines.insertion.insert import Insertion, InsertSettings
from smartmask.scene.picture import png_bytes


def insert_routes(studio: Studio) -> APIRouter:
    """The routes of insertions."""
    router = strict_router("insertions")

    def inserted(body: InsertRequest) -> dict[str, Any]:
        photo = studio.store.get(Photo, body.photo_id, "photo")
        kept = studio.store.get(Kept, body.layout_id, "layout")
        cutout = studio.store.get(Photo, body.cutout_id, "cut-out")
        options = body.settings
        (insertion,) = studio.models.insert(
            photo.picture,
            body.prompt,
            body.rle.mask(kept.layout.size_hw, "mask"),
            inpainter=_composite(cutout.content, options.colour, options.shadow, options.grain),
            seed=body.seed,
            settings=InsertSettings(
                grow_px=options.grow_px, feather_px=options.feather_px, padding_px=options.padding_px
            ),
            layout=kept.layout,
            behind=body.behind,
        )
        return _record(insertion, body, kept)

    def _record(insertion: Insertion, body: InsertRequest, before: Kept) -> dict[str, Any]:
        picture_id, _ = keep_photo(studio, png_bytes(insertion.image, insertion.profile))
        kept = Kept(insertion.layout, picture_id)
        command, python = of_insert(
            Source.of(studio, before), body.prompt, body.behind, body.seed, body.settings
        )
        return {
            "picture_id": picture_id,
            "changed": Rle.of(insertion.alpha > 0),
            "layout": layout_record(keep_layout(studio, kept), kept),
            "command": command,
            "python": python,
        }

    @router.post("/v1/insert", response_model=InsertAnswer)
    async def post_insert(request: Request, body: InsertRequest) -> Response:
        """The photo with a cut-out in it, kept as another photo, and what is there then."""
        return await studio.answer(request, lambda: inserted(body), is_heavy=True)

    return router


def _composite(content: bytes, colour: float, shadow: float, grain: float) -> ReferenceComposite:
    with open_image(content) as image:
        decode(image, "the cut-out")
        pixels = image.copy()
    return ReferenceComposite(pixels, colour=colour, shadow=shadow, grain=grain)
