"""Text in pictures: one font, one ink, and what of a text can be drawn."""

import unicodedata

from PIL import ImageFont

PAPER, INK, FAINT_INK = (250, 250, 248), (28, 30, 36), (105, 110, 120)


def font_of(size: float) -> ImageFont.FreeTypeFont:
    """The font that Pillow brings along."""
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont), "only without a size is the bitmap font given"
    return font


def text_size(name: str, font: ImageFont.FreeTypeFont, grid: float) -> tuple[float, float]:
    """Width and height of a name on the grid, with a little air."""
    return (font.getlength(name) + 0.5 * font.size) * grid, 1.3 * font.size * grid


def plain(text: str, longest: int) -> str:
    """A text in one line of letters that Pillow's font has: without accents, cut at a length."""
    letters = unicodedata.normalize("NFKD", " ".join(text.split()))
    letters = "".join(
        letter for letter in letters if letter.isprintable() and not unicodedata.combining(letter)
    )
    return letters if len(letters) <= longest else letters[: longest - 1].rstrip() + "…"


def shortened(text: str, font: ImageFont.FreeTypeFont, room_px: int) -> str:
    """As much of a text as fits."""
    longest = len(text) + 1
    while longest > 1 and font.getlength(plain(text, longest)) > room_px:
        longest -= max(longest // 20, 1)
    return plain(text, longest)
