"""Pictures of layered scenes, one by one and many on a page, and of the examples drawn from them.

In a scene every layer bears its number, 0 for the rearmost, and its name; a dotted line shows where a thing
goes on behind the layers in front of it. In an example yellow is the hint and red the outline to be drawn.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from jaxtyping import Bool
from PIL import Image

from smartmask.apps.drawing import (
    ACCENT,
    GAP,
    HINT,
    INK,
    MARGIN,
    PAGE_WIDTH,
    draw_contour,
    draw_hint,
    draw_layout,
    draw_page,
    grey,
)
from smartmask.data.examples.example import Example
from smartmask.data.layered_scene import LayeredScene
from smartmask.scene.layout import OUTSIDE, Layer, Layout
from smartmask.scene.view import View

TILE_WH = (416, 320)
"""Room for a scene on the sheet: four fill the page's width and their names are still legible."""
_HINT_TINT = 0.35
_DOT_PX = 4
"""Length of a dot and of the gap after it."""


def contact_sheet(scenes: Sequence[LayeredScene], title: str, subtitle: str = "") -> Image.Image:
    """A page of scenes in rows, each with its key below it.

    Args:
        scenes: What to show, in order.
        title: Large text on top.
        subtitle: Small text below it.
    """
    room_px, _ = TILE_WH
    columns = max(min((PAGE_WIDTH - 2 * MARGIN + GAP) // (room_px + GAP), len(scenes)), 1)
    panels = [(draw_scene(scene, _fitted(scene.size_hw)), _caption(scene)) for scene in scenes]
    tallest = max((picture.height for picture, _ in panels), default=0)
    return draw_page(panels, columns, (room_px, tallest), title, subtitle)


def draw_scene(scene: LayeredScene, longest_px: int) -> Image.Image:
    """What is seen of each layer in its label's colour, with numbers, names and hidden outlines.

    Args:
        scene: The scene.
        longest_px: The picture's longer side.
    """
    layout = scene.layout()
    names = [f"{number} {label}" for number, label in enumerate(layout.labels)]
    picture = draw_layout(layout, None, longest_px=longest_px, names=names)
    picture.paste(INK, mask=_hidden_outlines(scene, picture.size))
    return picture


def draw_example(example: Example, side_px: int) -> Image.Image:
    """The layout that an example shows, its hint as the network sees it, and the outline of its target.

    What lies beyond the canvas is black.

    Args:
        example: The example.
        side_px: Side of the picture.
    """
    size_hw = example.target.shape[0], example.target.shape[1]
    present = np.unique(example.visible_index)
    layers = [
        Layer(example.labels[number], example.visible_index == number) for number in present[present >= 0]
    ]
    picture = draw_layout(Layout(size_hw, tuple(layers)), None, longest_px=side_px)
    picture.paste(INK, mask=_enlarged(grey(example.visible_index == OUTSIDE), side_px))
    seen = example.guidance.rasterize(View.whole(size_hw, size_hw[0]))
    picture.paste(HINT, mask=_enlarged(grey(np.clip(seen, 0, 1) * np.float32(_HINT_TINT)), side_px))
    draw_hint(picture, example.guidance, side_px / size_hw[0])
    draw_contour(picture, grey(example.target), ACCENT, 2)
    return picture


def _enlarged(mask: Image.Image, side_px: int) -> Image.Image:
    return mask.resize((side_px, side_px), Image.Resampling.BOX)


def _fitted(size_hw: tuple[int, int]) -> int:
    """The longer side of the largest picture of a canvas that fits a tile."""
    return max(round(max(size_hw) * min(TILE_WH[0] / size_hw[1], TILE_WH[1] / size_hw[0])), 1)


def _caption(scene: LayeredScene) -> str:
    count = len(scene.layers)
    return f"{scene.key}: {count} layer{'' if count == 1 else 's'}"


def _hidden_outlines(scene: LayeredScene, size_wh: tuple[int, int]) -> Image.Image:
    """Dotted outlines of things where other layers hide them, at the size of the picture."""
    width, height = size_wh
    rows = ((np.arange(height) + 0.5) * scene.size_hw[0] / height).astype(int)[:, None]
    columns = ((np.arange(width) + 0.5) * scene.size_hw[1] / width).astype(int)[None]
    index = scene.visible_index()[rows, columns]
    outlines = np.zeros((height, width), bool)
    for number, layer in enumerate(scene.layers):
        if layer.is_thing and layer.extent == "amodal":
            mask = np.ascontiguousarray(layer.mask(scene.size_hw)[rows, columns])
            outlines |= _dotted_outline(mask) & (index != number)
    return Image.fromarray(np.where(outlines, np.uint8(200), np.uint8(0)))


def _dotted_outline(mask: Bool[np.ndarray, "h w"]) -> Bool[np.ndarray, "h w"]:
    """Dots along the edge of a mask; the canvas's border is no edge."""
    dots = np.zeros(mask.shape, bool)
    lines, _ = cv2.findContours(mask.view(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    for line in lines:
        columns, rows = line[np.arange(len(line)) % (2 * _DOT_PX) < _DOT_PX, 0].T
        dots[rows, columns] = True
    dots[[0, -1]] = dots[:, [0, -1]] = False
    return dots
