"""The files that `smartmask insert` writes."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from smartmask.apps.drawing import ACCENT, draw_contour, draw_page, grey, png_bytes
from smartmask.data.layout_files import layout_to_json
from smartmask.pipelines.insert import Insertion
from smartmask.pipelines.insertion_history import InsertionHistory
from smartmask.pipelines.insertion_history_files import history_to_json

PANEL_PX = 560


def file_names(images: int, steps: int) -> list[str]:
    """The names of the files of so many pictures, each with so many objects."""
    names = [f"image_{number}.png" for number in range(images)]
    names += [f"history_{number}.json" for number in range(images)]
    names += [f"{kind}_{number}.png" for number in range(steps) for kind in ("mask", "changed")]
    return [*names, "layout.json", "overview.png"]


def insertion_files(
    photo: UInt8[np.ndarray, "H W 3"],
    histories: Sequence[InsertionHistory],
    pictures: Sequence[UInt8[np.ndarray, "H W 3"]],
    steps: Sequence[Insertion],
) -> dict[str, bytes]:
    """The content of each file.

    Args:
        photo: What was there.
        histories: How each picture came about.
        pictures: The finished pictures.
        steps: An insertion for each object, the last with all in it.
    """
    files = {"layout.json": layout_to_json(steps[-1].layout)}
    for number, (history, picture) in enumerate(zip(histories, pictures, strict=True)):
        files[f"image_{number}.png"] = png_bytes(Image.fromarray(picture))
        files[f"history_{number}.json"] = history_to_json(history)
    for number, step in enumerate(steps):
        files[f"mask_{number}.png"] = png_bytes(Image.fromarray(step.mask.astype(np.uint8) * np.uint8(255)))
        files[f"changed_{number}.png"] = png_bytes(grey(step.alpha))
    files["overview.png"] = png_bytes(_overview(photo, pictures, steps))
    return files


def _overview(
    photo: UInt8[np.ndarray, "H W 3"],
    pictures: Sequence[UInt8[np.ndarray, "H W 3"]],
    steps: Sequence[Insertion],
) -> Image.Image:
    """The photo with the outlines of what came, then each picture."""
    scale = PANEL_PX / max(photo.shape[:2])
    size_wh = max(round(photo.shape[1] * scale), 1), max(round(photo.shape[0] * scale), 1)
    first = Image.fromarray(photo).resize(size_wh, Image.Resampling.BICUBIC, reducing_gap=3.0)
    for step in steps:
        draw_contour(first, grey(step.mask), ACCENT, 2)
    panels = [(first, "Photo, and where it went")]
    for number, picture in enumerate(pictures):
        shown = Image.fromarray(picture).resize(size_wh, Image.Resampling.BICUBIC, reducing_gap=3.0)
        panels.append((shown, f"Picture {number}"))
    title = ", ".join(step.layout.labels[step.layer_number] for step in steps)
    return draw_page(panels, min(len(panels), 3), size_wh, title, "")
