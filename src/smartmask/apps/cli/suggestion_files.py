"""The files that `smartmask suggest` writes.

`suggestions.json` holds the request and the masks, so the same request can be made again and the masks read
without the PNGs: `counts` is a compressed COCO RLE on a canvas of `size_hw` (`scene/rle.py`), hidden parts
included; `behind` holds the numbers of the layers that hide some of it.
"""

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from smartmask.apps.drawing import overview
from smartmask.data.layout_files import layout_to_json
from smartmask.pipelines.shapes.shape_words import ShapeWords
from smartmask.pipelines.suggestion import Origin, Suggestion
from smartmask.scene.colour_profile import Picture
from smartmask.scene.guidance import Box, Guidance, NoGuidance, Scribble
from smartmask.scene.layout import Layout
from smartmask.scene.picture import png_bytes
from smartmask.scene.rle import encode_rle

FORMAT = "smartmask-suggestions"
VERSION = 3


def file_names(count: int, with_layout: bool) -> list[str]:
    """The names of the files of so many suggestions."""
    names = [f"{kind}_{number}.png" for number in range(count) for kind in ("mask", "visible", "alpha")]
    return [*names, "overview.png", "suggestions.json", *(["layout.json"] if with_layout else [])]


def suggestion_files(
    suggestions: Sequence[Suggestion],
    request: Mapping[str, Any],
    *,
    photo: Picture,
    layout: Layout,
    layout_path: Path | None,
    guidance: Guidance,
    guidance_path: Path | None,
    mask_model: Mapping[str, str],
    words: ShapeWords | None = None,
    memory: Path | None = None,
) -> dict[str, bytes]:
    """The content of each file.

    Args:
        suggestions: What came out, best first.
        request: Photo, prompt, scene, n and seed as they were given.
        photo: The photo.
        layout: Its layout.
        layout_path: Where the layout was read from; None = it was made here and becomes a file too.
        guidance: The user's hint.
        guidance_path: Where the hint was read from, if it was drawn.
        mask_model: Its name and its digest.
        words: How the prompt was understood; None = the mask model reads it itself.
        memory: Where shapes beside the shipped ones were read from.
    """
    record = {
        "format": FORMAT,
        "version": VERSION,
        **request,
        "size_hw": [int(side) for side in layout.size_hw],
        "layout": str(layout_path or "layout.json"),
        "guidance": _guidance_record(guidance, guidance_path),
        "weights": dict(mask_model),
        "memory": None if memory is None else str(memory),
        "words": None if words is None else _words_record(words),
        "suggestions": [_record(suggestion, number) for number, suggestion in enumerate(suggestions)],
    }
    files = {"suggestions.json": (json.dumps(record, indent=1, allow_nan=False) + "\n").encode()}
    for number, suggestion in enumerate(suggestions):
        files[f"mask_{number}.png"] = png_bytes(suggestion.mask)
        files[f"visible_{number}.png"] = png_bytes(suggestion.visible_mask)
        files[f"alpha_{number}.png"] = png_bytes(suggestion.levels(np.rint))
    page = overview(
        photo.pixels, layout, suggestions, str(request["prompt"]), _settings(request, guidance), guidance
    )
    files["overview.png"] = png_bytes(page, photo.profile)
    if layout_path is None:
        files["layout.json"] = layout_to_json(layout)
    return files


def _record(suggestion: Suggestion, number: int) -> dict[str, Any]:
    return {
        "mask": f"mask_{number}.png",
        "visible": f"visible_{number}.png",
        "alpha": f"alpha_{number}.png",
        "label": suggestion.label,
        "score": float(suggestion.score),
        "box_xyxy": [float(value) for value in suggestion.box_xyxy],
        "counts": encode_rle(suggestion.mask),
        "behind": list(suggestion.behind),
        "origin": _origin_record(suggestion.origin),
    }


def _origin_record(origin: Origin | None) -> dict[str, Any] | None:
    return None if origin is None else {"shape": origin.shape, **asdict(origin)}


def _words_record(words: ShapeWords) -> dict[str, Any]:
    return {"said": words.say(), "is_known": words.is_known, **asdict(words)}


def drawn_from(origin: Origin | None) -> str:
    """What a mask was drawn from, in a few words."""
    if origin is None:
        return "drawn freely"
    fits = {"width": ", fills the width only", "height": ", fills the height only"}
    turns = f", --shape {shlex.quote(origin.shape)} to turn it" if origin.views > 1 else ""
    return f"from a {origin.label} of {origin.source}{fits.get(origin.fit, '')}{turns}"


def _guidance_record(guidance: Guidance, path: Path | None) -> dict[str, Any]:
    if isinstance(guidance, NoGuidance):
        return {"kind": "none"}
    if isinstance(guidance, Box):
        return {"kind": "box", "box_xyxy": [float(value) for value in guidance.box_xyxy]}
    record = {"kind": type(guidance).__name__.lower(), "file": str(path), "counts": encode_rle(guidance.mask)}
    if isinstance(guidance, Scribble) and guidance.avoid is not None:
        record["avoid"] = encode_rle(guidance.avoid)
    return record


def _settings(request: Mapping[str, Any], guidance: Guidance) -> str:
    """One line about how the suggestions came about."""
    parts = [f"scene: {request['scene']}"] if request["scene"] else []
    if not isinstance(guidance, NoGuidance):
        parts.append(f"hint (yellow): {type(guidance).__name__.lower()}")
    return "   |   ".join([f"seed {request['seed']}", *parts])
