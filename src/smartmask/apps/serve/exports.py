"""Exports: masks, cut-outs and layouts as files, by the writers that the commands use."""

import re
import unicodedata
from pathlib import PurePosixPath

import numpy as np
from fastapi import APIRouter, Request
from jaxtyping import Bool, Float32
from starlette.responses import Response

from smartmask.apps.drawing import grey
from smartmask.apps.serve.layouts import Kept, check_canvas
from smartmask.apps.serve.messages import ExportRequest, Format
from smartmask.apps.serve.photos import Photo
from smartmask.apps.serve.strict_json import strict_router
from smartmask.apps.serve.studio import Studio
from smartmask.apps.serve.suggestions import Drawn, mask_id
from smartmask.data.layout_formats import FILE_NAMES, layout_files_as
from smartmask.pipelines.insertion.place_behind import put_behind
from smartmask.pipelines.suggestion import Suggestion
from smartmask.scene.distance import feather, grow
from smartmask.scene.layout import Layer, Layout
from smartmask.scene.picture import png_bytes

_LAYOUT_FORMATS: dict[Format, str] = {
    "json": "json",
    "coco": "coco-instances",
    "labelme": "labelme",
    "zip": "layers-zip",
    "psd": "psd",
}
_MEMBERS = {
    "grow": ("grown",), "feather": ("grown", "alpha", "cutout"), "behind": tuple(_LAYOUT_FORMATS)
}  # fmt: skip
"""Members of a request that say something of some formats alone."""
_TYPES = {".png": "image/png", ".json": "application/json", ".zip": "application/zip"}
_UNKNOWN = "application/octet-stream"


def export_file(studio: Studio, body: ExportRequest) -> tuple[str, bytes]:
    """The name and the content of a file.

    Raises:
        ValueError: If what the format needs was not given, or does not fit.
        Problem: If an id is not kept, or the canvas is above the limit.
        LayoutFileError: If a PSD is asked for and psd-tools is not installed.
    """
    if body.rle is not None:
        check_canvas(studio, (body.rle.size[1], body.rle.size[0]))
    kept = None if body.layout_id is None else studio.store.get(Kept, body.layout_id, "layout")
    photo = None if body.photo_id is None else studio.store.get(Photo, body.photo_id, "photo")
    for name, formats in _MEMBERS.items():
        if name in body.model_fields_set and body.format not in formats:
            raise ValueError(f"{name} goes with format {' or '.join(formats)}, not with {body.format}")
    if body.format in _LAYOUT_FORMATS:
        if "behind" in body.model_fields_set and body.rle is None:
            raise ValueError("behind says something of a mask; give its rle")
        return _layout_file(body, kept, photo)
    if body.rle is None:
        raise ValueError(f"format {body.format!r} needs a mask; give its rle")
    mask = body.rle.mask(body.rle.size if kept is None else kept.layout.size_hw, "mask")
    name = f"{plain(body.label)}_{body.format}.png"
    if body.format == "mask":
        return name, png_bytes(mask)
    if body.format == "inverted":
        return name, png_bytes(~mask)
    if body.format == "grown":
        area = grow(mask, body.grow)
        return name, png_bytes(area if body.feather == 0 else np.asarray(grey(feather(area, body.feather))))
    drawn = studio.store.find(Drawn, mask_id(mask))
    if body.format == "alpha":
        # As `smartmask suggest` writes alpha_0.png.
        return name, png_bytes(np.rint(_alpha(mask, drawn, body.feather) * 255).astype(np.uint8))
    if photo is None:
        raise ValueError("a cut-out needs the photo; give its photo_id")
    if photo.image.shape[:2] != mask.shape:
        found, expected = (f"{shape[1]}x{shape[0]}" for shape in (photo.image.shape, mask.shape))
        raise ValueError(f"the photo is {found} but the mask is {expected}; give the mask's own photo")
    if drawn is not None and body.feather == 0:
        suggestion = Suggestion(drawn.outline, (mask.shape[0], mask.shape[1]), 0.0, body.label)
        return name, png_bytes(suggestion.cutout(photo.image), photo.picture.profile)
    pixels = np.dstack([photo.image, np.asarray(grey(_alpha(mask, drawn, body.feather)))])
    return name, png_bytes(pixels, photo.picture.profile)


def _layout_file(body: ExportRequest, kept: Kept | None, photo: Photo | None) -> tuple[str, bytes]:
    """A layout's file, with the mask as one more layer if there is one."""
    if kept is not None:
        layout = kept.layout
    elif body.rle is not None:
        layout = Layout(body.rle.size)
    else:
        raise ValueError(f"format {body.format!r} needs a layout or a mask; give layout_id or rle")
    if "label" in body.model_fields_set and body.rle is None:
        raise ValueError("label names the mask that goes in as a layer; give its rle too, or no label")
    if body.rle is not None:
        layer = Layer(body.label, body.rle.mask(layout.size_hw, "mask"), "amodal")
        layout = put_behind(layout, layer, body.behind).layout
    format_name = _LAYOUT_FORMATS[body.format]
    files = layout_files_as(format_name, layout, photo=None if photo is None else photo.picture)
    return FILE_NAMES[format_name], next(iter(files.values()))


def _alpha(
    mask: Bool[np.ndarray, "H W"], drawn: Drawn | None, feather_px: float
) -> Float32[np.ndarray, "H W"]:
    """A mask's soft edge: of the outline that it was drawn from, else faded out over so many pixels."""
    if drawn is not None and feather_px == 0:
        return drawn.outline.alpha((mask.shape[0], mask.shape[1]))
    return feather(mask, feather_px)


def plain(label: str) -> str:
    """A label as a part of a file name that every system takes.

    >>> plain("a red chair"), plain("../..")
    ('a-red-chair', 'object')
    """
    letters = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", letters).strip("-")[:40] or "object"


def export_routes(studio: Studio) -> APIRouter:
    """The routes of exports."""
    router = strict_router("exports")
    file = {"schema": {"type": "string", "format": "binary"}}
    content = {kind: file for kind in (*_TYPES.values(), _UNKNOWN)}

    @router.post("/v1/export", response_class=Response, responses={200: {"content": content}})
    async def post_export(request: Request, body: ExportRequest) -> Response:
        """A mask, a cut-out or a layout as a file."""
        name, content = await studio.work.run(
            lambda: export_file(studio, body), is_heavy=True, is_gone=request.is_disconnected
        )
        return Response(
            content,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
            media_type=_TYPES.get(PurePosixPath(name).suffix, _UNKNOWN),
        )

    return router
