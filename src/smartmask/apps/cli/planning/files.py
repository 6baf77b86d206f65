"""The files of `smartmask plan`: the record, a picture a step, the build-up, the final layout, its depth."""

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image

from smartmask.apps.depth_files import CAMERA, METRES, PICTURE, depth_files
from smartmask.apps.drawing import draw_layout
from smartmask.data.layout_formats import FILE_NAMES, layout_files_as
from smartmask.errors import LayoutFileError
from smartmask.scene.camera import Camera
from smartmask.scene.colour_profile import Picture
from smartmask.scene.layout import Layer, Layout
from smartmask.scene.picture import png_bytes

RECORD = "plan.json"
ANIMATION = "plan.gif"
PANOPTIC = "panoptic"
"""The folder that COCO's panoptic format keeps its PNG in."""
GIF_LONGEST_PX = 640
FRAME_MS, LAST_FRAME_MS = 700, 3000


def plan_file_names(steps: int) -> list[str]:
    """The names of the files of a scene of at most so many steps."""
    layouts = [*FILE_NAMES.values(), "labels.json", "labels.csv", f"{PANOPTIC}/panoptic.png"]
    pictures = (step_name(number) for number in range(steps + 1))
    return [RECORD, ANIMATION, CAMERA, METRES, PICTURE, *dict.fromkeys(layouts), *pictures]


def step_name(number: int) -> str:
    """The picture after so many steps."""
    return f"step_{number:02d}.png"


def plan_files(
    layouts: Sequence[Layout], record: bytes, camera: Camera, photo: Picture | None
) -> tuple[dict[str, bytes], list[str]]:
    """The content of each file, and what was left out and why.

    Args:
        layouts: The start, and the scene after each step.
        record: The record's content.
        camera: That the scene is seen by.
        photo: Drawn below the layouts, if there is one.
    """
    pixels, profile = (None, None) if photo is None else (photo.pixels, photo.profile)
    pictures = [draw_layout(frame, pixels) for frame in growing(layouts)]
    files = {RECORD: record, ANIMATION: gif_bytes(pictures)}
    files |= {step_name(number): png_bytes(picture, profile) for number, picture in enumerate(pictures)}
    files |= depth_files(layouts[-1], camera)
    left_out = []
    for name in FILE_NAMES:
        try:
            files |= layout_files_as(name, layouts[-1], photo=photo)
        except (LayoutFileError, ValueError) as error:
            if name != "psd":  # needs an extra, and cannot hold every size
                raise
            left_out.append(f"{FILE_NAMES[name]} was not written: {error}")
    return files, left_out


def growing(layouts: Sequence[Layout]) -> list[Layout]:
    """The layouts with the layers of the last one, those to come empty: so no colour changes on the way."""
    last = layouts[-1]
    frames = []
    for layout in layouts:
        there = {id(layer) for layer in layout.layers}
        layers = [
            layer if id(layer) in there else Layer(layer.label, np.zeros_like(layer.mask), layer.extent)
            for layer in last.layers
        ]
        frames.append(Layout(last.size_hw, tuple(layers)))
    return frames


def gif_bytes(pictures: Sequence[Image.Image]) -> bytes:
    """The pictures as an animated GIF in the colours of the last one, which stays longest."""
    scale = GIF_LONGEST_PX / max(pictures[-1].size)
    size = max(round(pictures[-1].width * scale), 1), max(round(pictures[-1].height * scale), 1)
    small = [picture.convert("RGB").resize(size, Image.Resampling.LANCZOS) for picture in pictures]
    palette = small[-1].quantize(255, dither=Image.Dither.NONE)
    frames = [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in small]
    buffer = io.BytesIO()
    frames[0].save(
        buffer,
        "GIF",
        save_all=True,
        append_images=frames[1:],
        duration=[FRAME_MS] * (len(frames) - 1) + [LAST_FRAME_MS],
        loop=0,
        disposal=1,
    )
    return buffer.getvalue()
