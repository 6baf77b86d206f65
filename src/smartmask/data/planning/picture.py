"""The picture of a layout that a vision-language model is shown.

A square: networks that cut a picture to a square then cut nothing off. Flat colours, a number on each region,
and a legend in the strip that the canvas leaves free. Same layout, same pixels (of one Pillow release).

Numbers on regions let a model speak of them exactly.

Source: Yang et al. 2023, "Set-of-Mark Prompting Unleashes Extraordinary Visual Grounding in GPT-4V", arXiv
2310.11441 (numbers); docs/METHOD.md, section 8 (the colours).
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Int16, UInt8
from PIL import Image, ImageDraw, ImageFont

from smartmask.data.planning.regions import Region
from smartmask.scene.colours import label_colours
from smartmask.scene.distance import distance_to
from smartmask.scene.layout import Layout

SIDE_PX = 672
"""Two of CLIP's 336 pixels, which LLaVA-1.5 halves it to and LLaVA-NeXT sees whole; 24 of Qwen-VL's 28."""
LEGEND_PX = 144
"""Least height or width of the strip for the legend."""
_PAPER, _INK, _UNKNOWN, _BORDER = (255, 255, 255), (20, 20, 24), (222, 222, 222), (255, 255, 255)
_MARGIN = 8
_NUMBER_PX = 20.0
_TEXT_SIZES_PX = (24.0, 20.0, 17.0, 15.0, 13.0)
"""Of the legend: the largest at which every region has a line, for networks that shrink the picture."""
_CELL_PX = 3
"""Places for numbers are sought on every third pixel, which takes a thirtieth of the time."""
_SMALLEST_DEPTH_CELLS = 2.0
"""A number on a thinner region would hide it."""


def draw_map(layout: Layout, regions: Sequence[Region]) -> UInt8[np.ndarray, "S S 3"]:
    """The picture of a layout, `SIDE_PX` on each side.

    Args:
        layout: What is there.
        regions: Those that get a number and a line of the legend, from `seen_regions(layout)`.
    """
    width, height = _canvas_size(layout.size_hw)
    index = _sampled(layout.visible_index(), (height, width))
    colours = np.concatenate([label_colours(layout.labels), np.array([_UNKNOWN], np.uint8)])
    canvas = colours[index]
    canvas[_borders(index)] = _BORDER
    picture = Image.new("RGB", (SIDE_PX, SIDE_PX), _PAPER)
    picture.paste(Image.fromarray(canvas), (0, 0))
    draw = ImageDraw.Draw(picture)
    font = _font(_NUMBER_PX)
    for region in regions:
        place = _deep_inside(index[::_CELL_PX, ::_CELL_PX] == region.number)
        if place is not None:
            half = font.getlength(str(region.number)) / 2 + 2
            x = min(max(place[0] * _CELL_PX, half), max(width - half, half))
            y = min(max(place[1] * _CELL_PX, half), max(height - half, half))
            draw.text((x, y), str(region.number), "white", font, "mm", stroke_width=2, stroke_fill=_INK)
    _draw_legend(draw, layout, regions, (width, height))
    return np.asarray(picture)


def _canvas_size(size_hw: tuple[int, int]) -> tuple[int, int]:
    """Width and height of the canvas in the picture, beside or above the legend."""
    height, width = size_hw
    room = (SIDE_PX, SIDE_PX - LEGEND_PX) if width >= height else (SIDE_PX - LEGEND_PX, SIDE_PX)
    scale = min(room[0] / width, room[1] / height)
    return max(round(width * scale), 1), max(round(height * scale), 1)


def _sampled(index: Int16[np.ndarray, "H W"], size_hw: tuple[int, int]) -> Int16[np.ndarray, "h w"]:
    rows, columns = (
        np.minimum(((np.arange(count) + 0.5) * length / count).astype(int), length - 1)
        for count, length in zip(size_hw, index.shape, strict=True)
    )
    return index[rows[:, None], columns[None]]


def _borders(index: Int16[np.ndarray, "h w"]) -> Bool[np.ndarray, "h w"]:
    """A line two pixels wide between regions."""
    borders = np.zeros(index.shape, bool)
    for first, second in ((np.s_[1:], np.s_[:-1]), (np.s_[:, 1:], np.s_[:, :-1])):
        differs = index[first] != index[second]
        borders[first] |= differs
        borders[second] |= differs
    return borders


def _deep_inside(cells: Bool[np.ndarray, "h w"]) -> tuple[float, float] | None:
    """Of the places where a number has room, else of the deepest, the one nearest to the centre of mass."""
    rows, columns = np.nonzero(cells)
    if not len(rows):
        return None
    top, left = rows.min(), columns.min()
    part = np.pad(cells[top : rows.max() + 1, left : columns.max() + 1], 1)
    reach = _NUMBER_PX / _CELL_PX
    depth = np.minimum(distance_to(~part, reach), reach)
    deepest = depth.max()
    if deepest < _SMALLEST_DEPTH_CELLS:
        return None
    y, x = np.nonzero(depth >= deepest)
    y, x = y + top - 0.5, x + left - 0.5  # centres of cells; one cell is padding
    nearest = int(np.argmin((y - rows.mean() - 0.5) ** 2 + (x - columns.mean() - 0.5) ** 2))
    return float(x[nearest]), float(y[nearest])


def _draw_legend(
    draw: ImageDraw.ImageDraw, layout: Layout, regions: Sequence[Region], canvas_wh: tuple[int, int]
) -> None:
    """A chip of colour, the number and the name of each region, as many as there is room for."""
    left, top = (0, canvas_wh[1]) if canvas_wh[1] <= canvas_wh[0] else (canvas_wh[0], 0)
    for size in _TEXT_SIZES_PX:
        row_px, font = round(size * 1.5), _font(size)
        rows, columns = (SIDE_PX - top - _MARGIN) // row_px, max(int((SIDE_PX - left) / (size * 9)), 1)
        column_px = (SIDE_PX - left) // columns
        room_px = column_px - 1.3 * size - 2 * _MARGIN
        longest_px = max((font.getlength(_line(region)) for region in regions), default=0)
        if len(regions) <= rows * columns and longest_px <= room_px:
            break
    shown = regions if len(regions) <= rows * columns else regions[: rows * columns - 1]
    lines = [(_line(region), region.number) for region in shown]
    if len(shown) < len(regions):
        lines.append((f"and {len(regions) - len(shown)} more", -1))
    chip_px = round(size)
    colours = label_colours(layout.labels)
    for place, (line, number) in enumerate(lines):
        x, y = left + _MARGIN + place // rows * column_px, top + _MARGIN + place % rows * row_px
        if number >= 0:
            fill = tuple(colours[number].tolist())
            draw.rectangle((x, y, x + chip_px, y + chip_px), fill=fill, outline=_INK)
        draw.text((x + 1.3 * chip_px, y + chip_px / 2), _fitting(line, font, room_px), _INK, font, "lm")


def _line(region: Region) -> str:
    """A region's line of the legend, without letters that cannot be printed."""
    return "".join(letter for letter in f"{region.number} {region.name}" if letter.isprintable())


def _fitting(text: str, font: ImageFont.FreeTypeFont, room_px: float) -> str:
    """As much of a text as fits."""
    if font.getlength(text) <= room_px:
        return text
    while text and font.getlength(text + "…") > room_px:
        text = text[:-1]
    return text.rstrip() + "…"


def _font(size: float) -> ImageFont.FreeTypeFont:
    """The font that Pillow brings along."""
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont), "only without a size is the bitmap font given"
    return font
