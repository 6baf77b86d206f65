"""A camera over what it sees: the horizon, and people's height on the ground at several depths."""

import numpy as np
from jaxtyping import UInt8
from PIL import Image, ImageDraw

from smartmask.apps.drawing import ACCENT, HINT, INK, draw_layout
from smartmask.apps.lettering import font_of
from smartmask.scene.camera import Camera
from smartmask.scene.layout import Layout

POLE_M = 1.7
_DEPTHS_M = (2.0, 3.0, 4.0, 6.0, 9.0, 14.0, 22.0, 35.0)


def draw_camera(layout: Layout, photo: UInt8[np.ndarray, "H W 3"] | None, camera: Camera) -> Image.Image:
    """The layout, the horizon with a standard deviation to both sides, and poles of 1.7 m on the ground.

    Args:
        layout: What the camera sees.
        photo: Its photo, or None.
        camera: The camera, of the layout's size.

    Raises:
        ValueError: If the photo or the camera is of another size.
    """
    if tuple(camera.size_hw) != tuple(layout.size_hw):
        raise ValueError(f"the camera's canvas is {camera.size_hw} (H, W) but the layout is {layout.size_hw}")
    picture = draw_layout(layout, photo)
    scale = picture.width / layout.size_hw[1]
    draw, font = ImageDraw.Draw(picture), font_of(15.0)
    spread_px = 0.0 if camera.spread is None else camera.spread.horizon_px
    for off, width in ((-spread_px, 1), (0.0, 3), (spread_px, 1)):
        row = (camera.horizon + off) * scale
        draw.line((0, row, picture.width, row), HINT, width)
    for number, depth in enumerate(_DEPTHS_M):
        foot_row = camera.row_at(depth)
        if not 0 <= foot_row < layout.size_hw[0]:
            continue
        # Side by side, so that near poles do not hide far ones.
        column = (0.1 + 0.8 * (number * 3 % len(_DEPTHS_M)) / (len(_DEPTHS_M) - 1)) * layout.size_hw[1]
        foot = camera.ground_points(np.array([[column, foot_row]]))
        (x0, y0), (x1, y1) = camera.project(foot + np.outer((0, POLE_M), (0, 0, 1)))[:, :2] * scale
        draw.line((x0, y0, x1, y1), INK, 7)
        draw.line((x0, y0, x1, y1), ACCENT, 4)
        draw.ellipse((x0 - 8, y0 - 4, x0 + 8, y0 + 4), outline=ACCENT, width=2)
        draw.text(
            (x0 + 8, y0 - 4), f"{depth:g} m", (255, 255, 255), font, "ls", stroke_width=2, stroke_fill=INK
        )
    return picture
