"""Layouts: seen in photos, begun from a sentence, read from files, edited; a change gives another layout."""

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from smartmask.apps.serve.imports import check_import
from smartmask.apps.serve.messages import (
    Delete,
    Edit,
    EditsRequest,
    Id,
    LayoutAnswer,
    LayoutRequest,
    Merge,
    Move,
    Push,
    Rename,
    Rle,
)
from smartmask.apps.serve.photos import Photo
from smartmask.apps.serve.problems import Problem
from smartmask.apps.serve.store import content_id
from smartmask.apps.serve.strict_json import strict_router
from smartmask.apps.serve.studio import Studio
from smartmask.data.layout_files import layout_to_json
from smartmask.data.layout_formats import read_any_layout
from smartmask.errors import SmartMaskError
from smartmask.pipelines.insertion.place_behind import put_behind
from smartmask.scene import editing
from smartmask.scene.boxes import box_of
from smartmask.scene.colours import label_colours
from smartmask.scene.layout import Layer, Layout


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """A layout that is kept.

    Attributes:
        layout: The layers.
        photo_id: The photo that it is of, if it is of one.
        start: Words that a scene began with, if it is untouched since; its seed is in `seed`.
        seed: Of that scene.
        is_seen: Whether it is just what is seen in the photo.
    """

    layout: Layout
    photo_id: str | None = None
    start: str | None = None
    seed: int = 0
    is_seen: bool = False


@dataclass(frozen=True, slots=True)
class _Seen:
    """The id of the layout that was seen in a photo."""

    layout_id: str


def keep_layout(studio: Studio, kept: Kept) -> str:
    """Keep a layout, and say its id.

    Raises:
        Problem: If it has too many layers or pixels.
    """
    layout, limits = kept.layout, studio.limits
    pixels = len(layout) * layout.size_hw[0] * layout.size_hw[1]
    if len(layout) > limits.layers or pixels > limits.mask_megapixels * 1e6:
        raise Problem(
            "too-large",
            f"a layout of {len(layout)} layers of {layout.size_hw[1]}x{layout.size_hw[0]} pixels; at most "
            f"{limits.layers} layers and {limits.mask_megapixels:g} megapixels of masks are kept; merge some",
        )
    origin = f"{kept.photo_id} {kept.start} {kept.seed} {kept.is_seen}"
    name = content_id(layout_to_json(layout), origin.encode())
    studio.store.put(name, kept, pixels)
    return name


def layout_record(name: str, kept: Kept) -> dict[str, Any]:
    """A layout's answer."""
    layout = kept.layout
    colours = label_colours(layout.labels)
    layers = []
    index = layout.visible_index()
    for number, layer in enumerate(layout.layers):
        seen = index == number
        record = {
            "number": number,
            "label": layer.label,
            "box": list(box_of(seen)) if seen.any() else None,
            "rle": Rle.of(seen),
            "whole": layer.extent == "amodal",
            "colour": "#" + bytes(colours[number].tolist()).hex(),
        }
        if (layer.mask != seen).any():
            record["mask"] = Rle.of(layer.mask)
        layers.append(record)
    height, width = layout.size_hw
    return {"layout_id": name, "size": [width, height], "photo_id": kept.photo_id, "layers": layers}


def seen_in(studio: Studio, photo_id: str) -> tuple[str, Kept]:
    """The layout seen in a photo, segmented once while it is kept.

    Raises:
        Problem: If the photo is not kept.
    """
    photo = studio.store.get(Photo, photo_id, "photo")
    seen = studio.store.find(_Seen, photo_id)
    kept = None if seen is None else studio.store.find(Kept, seen.layout_id)
    if seen is not None and kept is not None:
        return seen.layout_id, kept
    kept = Kept(studio.models.segment(photo.image), photo_id, is_seen=True)
    name = keep_layout(studio, kept)
    studio.store.put(photo_id, _Seen(name), 100)
    return name, kept


def start_of(studio: Studio, scene: str, size_wh: tuple[int, int], seed: int) -> Kept:
    """What a scene from nothing begins with.

    Raises:
        ValueError: If the words or the size do not fit.
        Problem: If the canvas is too large.
    """
    check_canvas(studio, size_wh)
    session = studio.models.plan(scene, planner=studio.planner, size_hw=(size_wh[1], size_wh[0]), seed=seed)
    return Kept(session.start, start=scene, seed=seed)


def check_canvas(studio: Studio, size_wh: tuple[int, int]) -> None:
    """Refuse a canvas above the limit.

    Raises:
        Problem: If it is.
    """
    if size_wh[0] * size_wh[1] > studio.limits.megapixels * 1e6:
        found = f"{size_wh[0]}x{size_wh[1]}"
        raise Problem("too-large", f"a canvas of {found} is above {studio.limits.megapixels:g} megapixels")


def edited(layout: Layout, edits: list[Edit]) -> tuple[Layout, int | None]:
    """A layout after changes, and the number of the object that was put in last, if it is the last change.

    Raises:
        ValueError: If a change does not fit; it is named.
    """
    pushed = None
    for number, edit in enumerate(edits):
        try:
            layout, pushed = _edited(layout, edit)
        except ValueError as error:
            raise ValueError(f"edits[{number}] ({edit.do}): {error}") from error
    return layout, pushed


def _edited(layout: Layout, edit: Edit) -> tuple[Layout, int | None]:
    match edit:
        case Rename():
            return editing.rename(layout, edit.layer, edit.label), None
        case Delete():
            leave = editing.delete_and_fill if edit.fill else editing.delete
            return leave(layout, edit.layer), None
        case Merge():
            return editing.merge(layout, edit.layers), None
        case Move():
            if edit.to == editing.find_layer(layout, edit.layer):
                return layout, None
            move = editing.move_in_front_of if edit.to > edit.layer else editing.move_behind
            return move(layout, edit.layer, edit.to), None
        case Push():
            layer = Layer(edit.label, edit.rle.mask(layout.size_hw, "new layer"), "amodal")
            if not layer.mask.any():
                raise ValueError("the mask is empty; it must have at least one pixel")
            placed = put_behind(layout, layer, edit.behind)
            return placed.layout, placed.number


def _imported(studio: Studio, content: bytes) -> tuple[str, Kept]:
    check_import(content, studio.limits)
    with tempfile.TemporaryDirectory(prefix="smartmask-") as folder:
        path = Path(folder) / "layout"
        path.write_bytes(content)
        try:
            layout = read_any_layout(path, max_megapixels=studio.limits.megapixels)
        except SmartMaskError as error:  # the path is the server's own and tells nothing
            raise type(error)(str(error).replace(str(path), "the layout file")) from error
    kept = Kept(layout)
    return keep_layout(studio, kept), kept


def layout_routes(studio: Studio) -> APIRouter:
    """The routes of layouts."""
    router = strict_router("layouts")
    upload = {
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    }

    @router.post("/v1/layouts", response_model=LayoutAnswer)
    async def post_layout(request: Request, body: LayoutRequest) -> Response:
        """What is seen in a photo, or what a scene from nothing begins with."""
        if (body.photo_id is None) == (body.scene is None):
            raise Problem("invalid", "give either photo_id or scene")
        if body.photo_id is not None and body.model_fields_set & {"size", "seed"}:
            raise Problem("invalid", "size and seed are of a scene from nothing; with photo_id give neither")

        def made() -> dict[str, Any]:
            if body.photo_id is not None:
                return layout_record(*seen_in(studio, body.photo_id))
            assert body.scene is not None, "see above"
            kept = start_of(studio, body.scene, body.size, body.seed)
            return layout_record(keep_layout(studio, kept), kept)

        return await studio.answer(request, made, is_heavy=True)

    @router.post("/v1/layouts/import", response_model=LayoutAnswer, openapi_extra=upload)
    async def post_import(request: Request) -> Response:
        """The layout in a file: our JSON, COCO instances, LabelMe or a zip of layers."""
        content = await request.body()
        return await studio.answer(request, lambda: layout_record(*_imported(studio, content)), is_heavy=True)

    @router.get("/v1/layouts/{name}", response_model=LayoutAnswer)
    async def get_layout(request: Request, name: Id) -> Response:
        """A layout that is kept."""
        return await studio.answer(
            request, lambda: layout_record(name, studio.store.get(Kept, name, "layout"))
        )

    @router.post("/v1/layouts/{name}/edits", response_model=LayoutAnswer)
    async def post_edits(request: Request, name: Id, body: EditsRequest) -> Response:
        """A layout with changes made, kept as another."""

        def made() -> dict[str, Any]:
            before = studio.store.get(Kept, name, "layout")
            layout, pushed = edited(before.layout, body.edits)
            kept = replace(before, layout=layout, start=None, seed=0, is_seen=False)
            record = layout_record(keep_layout(studio, kept), kept)
            return record if pushed is None else {**record, "pushed": pushed}

        return await studio.answer(request, made)

    return router
