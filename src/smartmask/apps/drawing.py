"""Pictures of layouts and suggestions, drawn with Pillow alone.

Everything is drawn at the size it is shown at. Contours and regions are drawn twice as large and averaged
down, which makes their edges smooth.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float32, UInt8
from PIL import Image, ImageDraw

from smartmask.apps.layout_names import Entry, draw_legend, draw_names
from smartmask.apps.lettering import FAINT_INK, PAPER, font_of, plain, shortened
from smartmask.apps.lettering import INK as INK  # those that draw over layouts take it from here
from smartmask.pipelines.suggestion import Suggestion
from smartmask.scene.boxes import BoxXYXY, clip_box
from smartmask.scene.colours import label_colours
from smartmask.scene.guidance import Box, Guidance, NoGuidance
from smartmask.scene.layout import Layout

PAGE_WIDTH = 1800
PANEL_HEIGHT = 760
MARGIN, GAP = 28, 22
ACCENT = (255, 38, 110)
HINT = (255, 214, 10)
TINT = 0.52
"""How much of the accent colour covers the photo inside a suggestion."""
RING_PX = 28
"""Suggestions shown smaller than half of this are ringed, so that they are found."""
CELL_WIDTH = 190
"""Least width of a panel's cell, for its caption."""
_GRID = 224
_OVERSAMPLING = 2


def draw_layout(
    layout: Layout,
    photo: UInt8[np.ndarray, "H W 3"] | None,
    *,
    longest_px: int | None = None,
    names: Sequence[str] | None = None,
    legend: bool = False,
) -> Image.Image:
    """The layout's visible regions in colour with their names, over the photo if there is one.

    A name lies inside its region or, where that is too small, beside it with a line. Names never cover one
    another; regions for which no place is left stay without one.

    Args:
        layout: What to draw.
        photo: Its photo, or None.
        longest_px: The picture's longer side; by default it is brought to between 1200 and `PAGE_WIDTH`
            pixels, so that names are legible.
        names: What to write on each region; by default its label, which also decides its colour.
        legend: Whether to list the regions that stay without a name in a strip below the picture, which makes
            it taller.

    Raises:
        ValueError: If the photo is of another size.
    """
    _check_photo(photo, layout)
    height, width = layout.size_hw
    longest = max(height, width)
    scale = (longest_px or min(max(longest, 1200), PAGE_WIDTH)) / longest
    size_wh = max(round(width * scale), 1), max(round(height * scale), 1)
    picture, unnamed = _draw_layout(layout, photo, size_wh, layout.labels if names is None else names)
    return draw_legend(picture, unnamed) if legend and unnamed else picture


def draw_suggestion(background: Image.Image, suggestion: Suggestion, guidance: Guidance) -> Image.Image:
    """A suggestion over a picture of its canvas: tinted inside, a crisp contour, a label with its score.

    Args:
        background: The canvas at any scale.
        suggestion: What to draw.
        guidance: The user's hint, outlined below the suggestion.
    """
    picture = background.convert("RGB")
    scale = picture.width / suggestion.size_hw[1]
    draw_hint(picture, guidance, scale)
    alpha = Image.fromarray(suggestion.levels(lambda values: np.floor(values + np.float32(0.5))))
    picture.paste(ACCENT, mask=_fit(alpha, picture.size).point([round(v * TINT) for v in range(256)]))
    draw_contour(picture, alpha, (255, 255, 255), 2)
    x0, y0, x1, y1 = (value * scale for value in suggestion.box_xyxy)
    if max(x1 - x0, y1 - y0) < RING_PX / 2:
        centre_x, centre_y, radius = (x0 + x1) / 2, (y0 + y1) / 2, RING_PX / 2
        x0, y0, x1, y1 = centre_x - radius, centre_y - radius, centre_x + radius, centre_y + radius
        ImageDraw.Draw(picture).ellipse((x0, y0, x1, y1), outline=(255, 255, 255), width=3)
    _draw_tag(picture, f"{plain(suggestion.label, 26)}  {suggestion.score:.2f}", (x0, y0, x1, y1))
    return picture


def overview(
    photo: UInt8[np.ndarray, "H W 3"] | None,
    layout: Layout,
    suggestions: Sequence[Suggestion],
    title: str,
    subtitle: str = "",
    guidance: Guidance = NoGuidance(),
) -> Image.Image:
    """One page: the photo, the layout with names, and each suggestion over the photo.

    Args:
        photo: The photo, or None to draw the suggestions over the layout.
        layout: What was seen in the photo.
        suggestions: The suggestions, best first.
        title: Large text on top: what was asked for.
        subtitle: Small text below it.
        guidance: The user's hint, outlined in every suggestion.

    Raises:
        ValueError: If the photo or a suggestion is not of the layout's size.
    """
    _check_photo(photo, layout)
    for number, suggestion in enumerate(suggestions):
        if suggestion.size_hw != tuple(layout.size_hw):
            raise ValueError(
                f"suggestion {number} is {suggestion.size_hw} (H, W) but the layout is {layout.size_hw}; "
                "draw suggestions with the layout they were made for"
            )
    height, width = layout.size_hw
    count = len(suggestions) + (1 if photo is None else 2)
    columns, size_wh = _grid_of(count, width / height)
    panels: list[tuple[Image.Image, str]] = []
    if photo is not None:
        background = _fit(Image.fromarray(photo), size_wh)
        panels.append((background, f"Photo, {width} x {height}"))
    named, _ = _draw_layout(layout, photo, size_wh, layout.labels)
    panels.append((named, f"Layout, {len(layout)} region{'' if len(layout) == 1 else 's'}"))
    if photo is None:
        background = draw_faded(layout, size_wh)
    panels += [
        (draw_suggestion(background, suggestion, guidance), f"Suggestion {number}: {suggestion.score:.2f}")
        for number, suggestion in enumerate(suggestions)
    ]
    return draw_page(panels, columns, size_wh, title, subtitle)


def draw_faded(layout: Layout, size_wh: tuple[int, int]) -> Image.Image:
    """The layout's regions in pale colours without names, to draw over."""
    return Image.blend(_tinted(layout, None, size_wh), Image.new("RGB", size_wh, PAPER), 0.45)


def draw_page(
    panels: Sequence[tuple[Image.Image, str]],
    columns: int,
    size_wh: tuple[int, int],
    title: str,
    subtitle: str,
) -> Image.Image:
    """Panels, pictures of at most `size_wh` with captions, row by row in a grid below a title."""
    title_font, text_font = font_of(30.0), font_of(18.0)
    cell_width, cell_height = max(size_wh[0], CELL_WIDTH), size_wh[1] + 34
    rows = -(-len(panels) // columns)
    top = MARGIN + 44 + (30 if subtitle else 0)
    page_width = max(2 * MARGIN + columns * (cell_width + GAP) - GAP, 640)
    page = Image.new("RGB", (page_width, top + rows * (cell_height + GAP) - GAP + MARGIN), PAPER)
    draw = ImageDraw.Draw(page)
    room = page_width - 2 * MARGIN
    draw.text((MARGIN, MARGIN - 8), shortened(title, title_font, room), INK, title_font)
    draw.text((MARGIN, MARGIN + 32), shortened(subtitle, text_font, room), FAINT_INK, text_font)
    for number, (picture, caption) in enumerate(panels):
        row, column = divmod(number, columns)
        x, y = MARGIN + column * (cell_width + GAP), top + row * (cell_height + GAP)
        page.paste(picture, (x, y))
        draw.rectangle((x - 1, y - 1, x + picture.width, y + picture.height), outline=(205, 205, 205))
        draw.text((x, y + picture.height + 8), shortened(caption, text_font, cell_width), INK, text_font)
    return page


def _grid_of(count: int, aspect: float) -> tuple[int, tuple[int, int]]:
    """The number of columns that makes the page nearest to a landscape sheet, and the size of a panel."""
    best: tuple[float, int, tuple[int, int]] | None = None
    for columns in range(1, min(count, 8) + 1):
        room = (PAGE_WIDTH - 2 * MARGIN - (columns - 1) * GAP) // columns
        width = min(room, round(PANEL_HEIGHT * aspect), 760)
        size_wh = max(width, 8), max(min(round(width / aspect), PANEL_HEIGHT), 8)
        rows = -(-count // columns)
        page_aspect = columns * (max(size_wh[0], CELL_WIDTH) + GAP) / (rows * (size_wh[1] + 34 + GAP) + 80)
        cost = abs(np.log(page_aspect / 1.3)) + 3 * (rows * columns - count) / count
        if best is None or cost < best[0]:
            best = float(cost), columns, size_wh
    assert best is not None
    return best[1], best[2]


def _draw_layout(
    layout: Layout,
    photo: UInt8[np.ndarray, "H W 3"] | None,
    size_wh: tuple[int, int],
    labels: Sequence[str],
) -> tuple[Image.Image, list[Entry]]:
    """The picture, and the names and colours of the regions seen in it that have no name there."""
    picture = _tinted(layout, photo, size_wh)
    index = layout.visible_index()
    grid = min(1.0, _GRID / max(size_wh))
    small = _picked(index, (max(round(size_wh[0] * grid), 1), max(round(size_wh[1] * grid), 1)))
    is_named = draw_names(picture, small, grid, labels)
    seen = np.isin(np.arange(len(layout)), index)
    colours = label_colours(layout.labels).tolist()
    return picture, [
        (label, (red, green, blue))
        for label, (red, green, blue), named, is_seen in zip(labels, colours, is_named, seen, strict=True)
        if is_seen and not named
    ]


def _tinted(
    layout: Layout, photo: UInt8[np.ndarray, "H W 3"] | None, size_wh: tuple[int, int]
) -> Image.Image:
    """The regions in their colours with thin pale borders."""
    large_wh = size_wh[0] * _OVERSAMPLING, size_wh[1] * _OVERSAMPLING
    index = _picked(layout.visible_index(), large_wh)
    colours = np.concatenate([label_colours(layout.labels), np.array([[200, 200, 198]], np.uint8)])
    if photo is None:
        colours = (0.7 * colours + 0.3 * 255).astype(np.uint8)
    picture = Image.fromarray(colours[index]).resize(size_wh, Image.Resampling.BOX)
    if photo is not None:
        below = _fit(Image.fromarray(photo), size_wh)
        picture = Image.composite(picture, below, _smooth(index >= 0, 140, size_wh))
    borders = np.zeros(index.shape, bool)
    borders[1:] |= index[1:] != index[:-1]
    borders[:, 1:] |= index[:, 1:] != index[:, :-1]
    borders[:-1] |= borders[1:]
    borders[:, :-1] |= borders[:, 1:]
    picture.paste((255, 255, 255), mask=_smooth(borders, 200, size_wh))
    return picture


def draw_hint(picture: Image.Image, guidance: Guidance, scale: float) -> None:
    """Draw the outline of what the user drew on a canvas that the picture shows `scale` times as large."""
    if isinstance(guidance, NoGuidance):
        return
    if isinstance(guidance, Box):
        size_hw = round(picture.height / scale), round(picture.width / scale)
        x0, y0, x1, y1 = (value * scale for value in clip_box(guidance.box_xyxy, size_hw))
        corners = (x0, y0, max(x1 - 1, x0), max(y1 - 1, y0))
        ImageDraw.Draw(picture).rectangle(corners, outline=HINT, width=2)
    else:
        draw_contour(picture, grey(guidance.mask), HINT, 2)


def draw_contour(picture: Image.Image, alpha: Image.Image, colour: tuple[int, int, int], width: int) -> None:
    """Draw a line along a mask's edge, with a thin dark line outside that parts it from bright photos."""
    large_wh = picture.width * _OVERSAMPLING, picture.height * _OVERSAMPLING
    inside = np.asarray(_fit(alpha, large_wh)) > 127
    line = _grown(inside, width * _OVERSAMPLING)
    halo = _grown(line, _OVERSAMPLING) & ~inside
    picture.paste(INK, mask=_smooth(halo, 128, picture.size))
    picture.paste(colour, mask=_smooth(line & ~inside, 255, picture.size))


def _smooth(mask: Bool[np.ndarray, "h w"], value: int, size_wh: tuple[int, int]) -> Image.Image:
    """An oversampled mask averaged down, `value` where it is full."""
    return Image.fromarray(np.where(mask, np.uint8(value), np.uint8(0))).resize(size_wh, Image.Resampling.BOX)


def _grown(mask: Bool[np.ndarray, "h w"], distance: int) -> Bool[np.ndarray, "h w"]:
    """The mask and all near it; crosses and squares in turn make an octagon, nearly a disc."""
    grown = mask.copy()
    for step in range(distance):
        before = grown.copy()
        grown[1:] |= before[:-1]
        grown[:-1] |= before[1:]
        across = grown.copy() if step % 2 else before
        grown[:, 1:] |= across[:, :-1]
        grown[:, :-1] |= across[:, 1:]
    return grown


def _draw_tag(picture: Image.Image, text: str, box_xyxy: BoxXYXY) -> None:
    """White text on a dark plate above a box, below it, or in its corner; none in a picture too small."""
    font = font_of(min(max(picture.width / 30, 13.0), 20.0))
    width, height = font.getlength(text) + 14, font.size * 1.25 + 6
    if width + 8 > picture.width or height + 8 > picture.height:
        return
    x = min(max(box_xyxy[0], 4), picture.width - width - 4)
    above, below = box_xyxy[1] - height - 6, box_xyxy[3] + 6
    y = above if above >= 4 else below if below + height + 4 <= picture.height else max(box_xyxy[1], 4)
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((x, y, x + width, y + height), 5, INK)
    draw.text((x + 7, y + height / 2), text, (255, 255, 255), font, "lm")


def grey(values: Float32[np.ndarray, "H W"] | Bool[np.ndarray, "H W"]) -> Image.Image:
    """Values from 0 to 1 as a picture from black to white."""
    return Image.fromarray((values * np.float32(255) + np.float32(0.5)).astype(np.uint8))


def _fit(image: Image.Image, size_wh: tuple[int, int]) -> Image.Image:
    """The image at another size, without moire."""
    return image.resize(size_wh, Image.Resampling.BICUBIC, reducing_gap=3.0)


def _picked(index: np.ndarray, size_wh: tuple[int, int]) -> np.ndarray:
    """The nearest pixel of an index for each pixel of another size."""
    width, height = size_wh
    rows = (np.arange(height) + 0.5) * index.shape[0] / height
    columns = (np.arange(width) + 0.5) * index.shape[1] / width
    return np.asarray(index[rows.astype(int)[:, None], columns.astype(int)])


def _check_photo(photo: UInt8[np.ndarray, "H W 3"] | None, layout: Layout) -> None:
    if photo is not None and photo.shape[:2] != tuple(layout.size_hw):
        found, expected = f"{photo.shape[1]}x{photo.shape[0]}", f"{layout.size_hw[1]}x{layout.size_hw[0]}"
        raise ValueError(
            f"the photo is {found} but the layout is {expected}; draw a layout over its own photo"
        )
