"""The files that `smartmask insert` writes."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from smartmask.apps.cli.insertion.job import Drawn
from smartmask.apps.drawing import ACCENT, draw_contour, draw_page, grey
from smartmask.data.layout_files import layout_to_json
from smartmask.pipelines.insertion.history_files import history_to_json
from smartmask.pipelines.insertion.insert import Insertion
from smartmask.scene.colour_profile import Picture
from smartmask.scene.picture import png_bytes

PANEL_PX = 560


def file_names(images: int, steps: int, with_raw: bool) -> list[str]:
    """The names of the files of so many pictures, each with so many objects."""
    kinds = ("image", "raw") if with_raw else ("image",)
    names = [f"{kind}_{number}.png" for number in range(images) for kind in kinds]
    names += [f"history_{number}.json" for number in range(images)]
    names += [f"{kind}_{number}.png" for number in range(steps) for kind in ("mask", "changed")]
    return [*names, "layout.json", "overview.png"]


def insertion_files(photo: Picture, drawn: Drawn, with_raw: bool) -> dict[str, bytes]:
    """The content of each file.

    Args:
        photo: What was there.
        drawn: What came of it.
        with_raw: Whether each picture is wanted also as it was before the photo was pasted back.
    """
    files = {"layout.json": layout_to_json(drawn.objects[-1].layout)}
    for number, (history, insertion) in enumerate(zip(drawn.histories, drawn.last, strict=True)):
        files[f"image_{number}.png"] = png_bytes(insertion.image, photo.profile)
        files[f"history_{number}.json"] = history_to_json(history)
        if with_raw:
            files[f"raw_{number}.png"] = png_bytes(insertion.raw, photo.profile)
    for number, step in enumerate(drawn.objects):
        files[f"mask_{number}.png"] = png_bytes(step.mask)
        files[f"changed_{number}.png"] = png_bytes(grey(step.alpha))
    pictures = [insertion.image for insertion in drawn.last]
    files["overview.png"] = png_bytes(_overview(photo.pixels, pictures, drawn.objects), photo.profile)
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
