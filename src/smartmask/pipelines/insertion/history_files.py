"""A history of insertions on disk.

    {"format": "smartmask-insertions", "version": 1, "photo_digest": "9f2c...",
     "layout": {a layout JSON, see data/layout_files.py},
     "steps": [{"prompt": "a dog", "inpainter": "reference:dog.png", "counts": "...", "behind": [3],
                "seed": 17, "settings": {"grow_px": 3, "feather_px": 3, "padding_px": 64},
                "digest": "04d1..."}, ...]}

`counts` is a compressed COCO RLE of the whole object on the layout's canvas (`scene/rle.py`); `behind` holds
identities and `digest` may be null (`pipelines/insertion/history.py`).
"""

import json
import re
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from smartmask.arguments import MAX_SEED, check_kind, path_of
from smartmask.data.atomic import write_files
from smartmask.data.layout_files import layout_to_json, parse_layout
from smartmask.data.layouts.checks import (
    check_header,
    check_keys,
    check_layer_count,
    checked_label,
    field,
    is_int,
    read_json,
    short,
)
from smartmask.data.photos import MAX_MEGAPIXELS
from smartmask.errors import LayoutFileError
from smartmask.pipelines.insertion.history import InsertionHistory, RecordedStep
from smartmask.pipelines.insertion.insert import InsertSettings
from smartmask.scene.rle import decode_rle, encode_rle

FORMAT = "smartmask-insertions"
VERSION = 1
_KEYS = ("format", "version", "photo_digest", "layout", "steps")
_STEP_KEYS = ("prompt", "inpainter", "counts", "behind", "seed", "settings", "digest")


def history_to_json(history: InsertionHistory) -> bytes:
    """The history as the content of a JSON file."""
    steps = [
        {
            "prompt": step.prompt,
            "inpainter": step.inpainter,
            "counts": encode_rle(step.mask),
            "behind": list(step.behind),
            "seed": step.seed,
            "settings": asdict(step.settings),
            "digest": step.digest,
        }
        for step in history.steps
    ]
    content = {
        "format": FORMAT,
        "version": VERSION,
        "photo_digest": history.photo_digest,
        "layout": json.loads(layout_to_json(history.layout)),
        "steps": steps,
    }
    return (json.dumps(content, indent=1, allow_nan=False) + "\n").encode()


def write_history(path: Path | str, history: InsertionHistory) -> None:
    """Write a history, whole or not at all.

    Raises:
        OSError: If it cannot be written.
    """
    check_kind("history", history, InsertionHistory, "an InsertionHistory")
    write_files({path_of("path", path): history_to_json(history)})


def read_history(path: Path | str, max_megapixels: float = MAX_MEGAPIXELS) -> InsertionHistory:
    """The history of a JSON file.

    Args:
        path: The file.
        max_megapixels: The largest canvas accepted, in millions of pixels.

    Raises:
        LayoutFileError: If the file is missing or breaks the format.
    """
    path = path_of("path", path)
    content = read_json(path)
    check_header(content, FORMAT, VERSION, "a history of insertions", str(path))
    check_keys(content, _KEYS, str(path))
    layout = parse_layout(content["layout"], Path(f"{path}: layout"), max_megapixels)
    steps = field(content, "steps", list, str(path))
    check_layer_count(len(layout) + len(steps), layout.size_hw, str(path), max_megapixels)
    recorded = [_step(step, f"{path}: step {number}", layout.size_hw) for number, step in enumerate(steps)]
    try:
        digest = _digest(content["photo_digest"], "photo_digest", str(path))
        return InsertionHistory(digest, layout, tuple(recorded))
    except ValueError as error:
        raise LayoutFileError(f"{path}: {error}") from error


def settings_of(record: Any, where: str) -> InsertSettings:
    """Settings as JSON has them; those left out are the defaults.

    Raises:
        LayoutFileError: If a setting is unknown, no number, or out of range.
    """
    names = tuple(setting.name for setting in fields(InsertSettings))
    check_keys(record, (), where, names)
    for name, value in record.items():
        if not is_int(value) and (name == "padding_px" or not isinstance(value, float)):
            kind = "a whole number" if name == "padding_px" else "a number"
            raise LayoutFileError(f"{where}: {name} must be {kind}, not {short(value)}")
    try:
        return InsertSettings(**record)
    except ValueError as error:
        raise LayoutFileError(f"{where}: {error}") from error


def _step(record: Any, where: str, size_hw: tuple[int, int]) -> RecordedStep:
    check_keys(record, _STEP_KEYS, where)
    behind, seed = field(record, "behind", list, where), field(record, "seed", int, where)
    if not all(is_int(identity) for identity in behind):
        raise LayoutFileError(f"{where}: behind must hold whole numbers, not {short(behind)}")
    if not 0 <= seed <= MAX_SEED:
        raise LayoutFileError(f"{where}: seed must be from 0 to {MAX_SEED}, not {short(seed)}")
    settings = record["settings"]
    check_keys(settings, tuple(setting.name for setting in fields(InsertSettings)), f"{where}: settings")
    try:
        mask = decode_rle(field(record, "counts", str, where), size_hw)
    except ValueError as error:
        raise LayoutFileError(f"{where}: {error}") from error
    digest = record["digest"]
    return RecordedStep(
        prompt=checked_label(record["prompt"], f"{where}: prompt"),
        inpainter=field(record, "inpainter", str, where),
        mask=mask,
        behind=tuple(behind),
        seed=seed,
        settings=settings_of(settings, f"{where}: settings"),
        digest=None if digest is None else _digest(digest, "digest", where),
    )


def _digest(value: Any, name: str, where: str) -> str:
    if not isinstance(value, str) or not re.fullmatch("[0-9a-f]{64}", value):
        found = short(value)
        raise LayoutFileError(f"{where}: {name} must be a SHA-256 of 64 hexadecimal digits, not {found}")
    return value
