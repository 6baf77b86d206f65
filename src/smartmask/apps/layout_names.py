"""The names of a layout's regions written into its picture, and a legend of those that found no place."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from jaxtyping import Integer
from PIL import Image, ImageDraw

from smartmask.apps.lettering import FAINT_INK, INK, PAPER, font_of, plain, text_size
from smartmask.apps.names import Place, end_of_line, place_names

Colour = tuple[int, int, int]
Entry = tuple[str, Colour]
"""A name and its colour."""
_FONT_SIZES = ((1.25, 15.0), (0.95, 15.0), (0.75, 14.0), (0.6, 14.0))
"""Sizes of names as multiples of 1/30 of the longer side, each with a least size in pixels."""
_LARGEST_FONT = 72.0
_LONGEST_NAME = 24
_WHITE = (255, 255, 255)


def draw_names(
    picture: Image.Image, index: Integer[np.ndarray, "h w"], grid: float, names: Sequence[str]
) -> list[bool]:
    """Write names into a picture, in white with a dark rim; one beside its region has a line to it.

    Args:
        picture: The picture, written into.
        index: The number of the region at each pixel of a small grid, negative where there is none.
        grid: Size of the grid over that of the picture.
        names: The name of each region.

    Returns:
        For each region whether it has its name.
    """
    base = max(picture.size) / 30
    fonts = [font_of(min(max(base * factor, least), _LARGEST_FONT)) for factor, least in _FONT_SIZES]
    texts = [plain(name, _LONGEST_NAME) for name in names]
    sizes = [[text_size(text, font, grid) for font in fonts] for text in texts]
    places = place_names(index, sizes)
    draw = ImageDraw.Draw(picture)
    for place, offered in zip(places, sizes, strict=True):
        if place is not None and place.anchor is not None:
            _draw_line(draw, place, offered[place.size], grid, fonts[-1].size)
    for text, place in zip(texts, places, strict=True):
        if place is not None:
            font, at = fonts[place.size], (place.x / grid, place.y / grid)
            rim = max(round(font.size / 9), 1)
            draw.text(at, text, _WHITE, font, "mm", stroke_width=rim, stroke_fill=INK)
    return [place is not None for place in places]


def draw_legend(picture: Image.Image, entries: Sequence[Entry]) -> Image.Image:
    """The picture with a strip below it that lists names with their colours and how often each comes.

    Args:
        picture: Any picture.
        entries: Names and their colours, in order.
    """
    font = font_of(min(max(max(picture.size) / 52, 14.0), 34.0))
    line, gap, indent = round(1.7 * font.size), round(font.size), round(1.4 * font.size)
    pieces: list[tuple[str, Colour | None]] = [("Too small for a name:", None)]
    for (name, its_colour), count in Counter(entries).items():
        text = plain(name, _LONGEST_NAME)
        pieces.append((text if count == 1 else f"{text} x {count}", its_colour))
    x, y = gap, gap // 2
    places = []
    for text, colour in pieces:
        length = round(font.getlength(text)) + (0 if colour is None else indent)
        if x > gap and x + length > picture.width - gap:
            x, y = gap, y + line
        places.append((x, y))
        x += length + gap
    page = Image.new("RGB", (picture.width, picture.height + y + line + gap // 2), PAPER)
    page.paste(picture, (0, 0))
    draw = ImageDraw.Draw(page)
    for (text, colour), (x, y) in zip(pieces, places, strict=True):
        middle = picture.height + y + line / 2
        if colour is None:
            draw.text((x, middle), text, FAINT_INK, font, "lm")
            continue
        half = 0.45 * font.size
        draw.rectangle((x, middle - half, x + 2 * half, middle + half), colour, outline=FAINT_INK)
        draw.text((x + indent, middle), text, INK, font, "lm")
    return page


def _draw_line(
    draw: ImageDraw.ImageDraw, place: Place, size_wh: tuple[float, float], grid: float, font_size: float
) -> None:
    """A line from a name to its region, with a dot on the region; both with a dark rim."""
    assert place.anchor is not None, "only a name beside its region has a line"
    ends = [(x / grid, y / grid) for x, y in (place.anchor, end_of_line(place, size_wh))]
    thin = max(round(font_size / 12), 1)
    for colour, rim in ((INK, thin), (_WHITE, 0)):
        draw.line(ends, colour, thin + 2 * rim)
        draw.circle(ends[0], 2 * thin + rim, colour)
