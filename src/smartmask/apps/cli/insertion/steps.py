"""The file of `smartmask insert --steps`: objects in the order in which they come.

    [{"prompt": "an armchair", "inpainter": "reference:armchair.png", "box": [120, 200, 300, 420]},
     {"prompt": "a cat", "inpainter": "reference:cat.png", "mask": "cat_mask.png", "behind": ["an armchair"],
      "seed": 3, "scene": "a cosy room", "settings": {"feather_px": 6}}]

Only `prompt` and `inpainter` must be there. Where it goes is one of `mask`, `region` and `scribble` (drawings
of the photo's size), `box`, or none; `avoid`, another drawing, goes with `scribble`. Paths are relative to
the file's own folder. In `behind` a text is a label, a number a layer's number at that step.
"""

from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Bool

from smartmask.apps.cli.hint_options import HintOptions
from smartmask.apps.inpainters import below, parse_description
from smartmask.data.layouts.checks import check_keys, checked_label, field, is_int, read_json, short
from smartmask.errors import LayoutFileError
from smartmask.pipelines.insertion.history import InsertStep
from smartmask.pipelines.insertion.history_files import settings_of
from smartmask.pipelines.insertion.insert import InsertSettings, check_insertion
from smartmask.scene.guidance import Guidance

MOST_STEPS = 100
_PLACES = ("mask", "box", "region", "scribble")
_OPTIONAL = (*_PLACES, "avoid", "scene", "seed", "settings", "behind")


def read_steps(path: Path, size_hw: tuple[int, int]) -> list[InsertStep]:
    """The steps of a file.

    Args:
        path: The file.
        size_hw: Size of the photo.

    Raises:
        LayoutFileError: If the file breaks its form; the step is named.
        ImageError: If a drawing cannot be read.
    """
    content = read_json(path)
    if not isinstance(content, list) or not 1 <= len(content) <= MOST_STEPS:
        found = f"{len(content)} of them" if isinstance(content, list) else type(content).__name__
        raise LayoutFileError(f"{path}: expected a JSON list of 1 to {MOST_STEPS} steps, not {found}")
    return [_step(record, f"{path}: step {n}", path.parent, size_hw) for n, record in enumerate(content)]


def _step(record: Any, where: str, folder: Path, size_hw: tuple[int, int]) -> InsertStep:
    check_keys(record, ("prompt", "inpainter"), where, _OPTIONAL)
    behind = field(record, "behind", list, where) if "behind" in record else []
    if not all(isinstance(name, str) or is_int(name) for name in behind):
        raise LayoutFileError(f"{where}: behind must hold labels and numbers, not {short(behind)}")
    seed = field(record, "seed", int, where) if "seed" in record else 0
    settings = (
        settings_of(record["settings"], f"{where}: settings") if "settings" in record else InsertSettings()
    )
    scene = field(record, "scene", str, where) if "scene" in record else None
    prompt = checked_label(record["prompt"], f"{where}: prompt")
    try:
        inpainter = below(folder, field(record, "inpainter", str, where))
        parse_description(inpainter)
        place = _where(record, where, folder, size_hw)
        check_insertion(prompt, place, scene, 1, seed, size_hw)
        return InsertStep(
            prompt=prompt,
            inpainter=inpainter,
            where=place,
            scene=scene,
            seed=seed,
            settings=settings,
            behind=tuple(behind),
        )
    except (TypeError, ValueError) as error:
        raise LayoutFileError(f"{where}: {error}") from error


def _where(
    record: dict[str, Any], where: str, folder: Path, size_hw: tuple[int, int]
) -> Bool[np.ndarray, "H W"] | Guidance:
    given = [name for name in _PLACES if name in record]
    if len(given) > 1:
        raise LayoutFileError(f"{where}: has {' and '.join(given)}; give one of them or none")
    if "avoid" in record and given != ["scribble"]:
        raise LayoutFileError(f"{where}: has avoid without scribble; draw where the object is to be, too")
    hint: dict[str, Any] = {
        name: folder / field(record, name, str, where)
        for name in ("mask", "region", "scribble", "avoid")
        if name in record
    }
    if "box" in record:
        hint["box"] = field(record, "box", list, where)
    return HintOptions(**hint).read_where(size_hw)
