"""PNG pictures inside layout files: bytes in, numbers out, with the size known before a pixel is decoded."""

import io

import numpy as np
from jaxtyping import Bool, Shaped
from PIL import Image, PngImagePlugin

from smartmask.data.pillow_rules import OWN_RULES
from smartmask.data.upright import alpha_of, mend_transparency
from smartmask.errors import ImageError, LayoutFileError


def read_png(
    content: bytes, size_hw: tuple[int, int] | None, max_megapixels: float, where: str
) -> Image.Image:
    """The decoded picture of a PNG file.

    Args:
        content: The bytes of the file.
        size_hw: The size it must have, or None.
        max_megapixels: The most pixels it may have, in millions.
        where: Its name, for messages.

    Raises:
        LayoutFileError: If it is not a PNG, damaged, of another size, or too large.
    """
    image = opened_png(content, where)
    if size_hw is not None and (image.height, image.width) != tuple(size_hw):
        found, expected = f"{image.width}x{image.height}", f"{size_hw[1]}x{size_hw[0]}"
        raise LayoutFileError(f"{where}: is {found} but the canvas is {expected}")
    if image.width * image.height > max_megapixels * 1e6:
        found = f"{image.width}x{image.height}"
        raise LayoutFileError(f"{where}: {found} is above the limit of {max_megapixels:g} megapixels")
    try:
        with OWN_RULES:
            image.load()
    except MemoryError:
        raise
    except Exception as error:  # and damaged data likewise
        raise LayoutFileError(
            f"{where}: the picture is damaged or cut short ({type(error).__name__}: {error}); copy it again"
        ) from error
    return image


def opened_png(content: bytes, where: str) -> Image.Image:
    """A PNG of which only the header is read yet.

    Raises:
        LayoutFileError: If it is not a PNG, or its header is damaged.
    """
    try:
        # Not `Image.open`: the format is known, and the limit of pixels is the caller's.
        with OWN_RULES:
            image = PngImagePlugin.PngImageFile(io.BytesIO(content))
    except MemoryError:
        raise
    except Exception as error:  # Pillow's readers meet damaged headers with almost any exception
        raise LayoutFileError(f"{where}: is not a PNG, or its header is damaged ({error})") from error
    mend_transparency(image)
    return image


def mask_of_picture(image: Image.Image, by_alpha: bool, where: str) -> Bool[np.ndarray, "H W"]:
    """The opaque part of a picture of which some is transparent, else its bright part; above 127 of 255.

    Args:
        image: The picture.
        by_alpha: Whether one that could be transparent, and nowhere is, is all mask.
        where: Its name, for messages.

    Raises:
        LayoutFileError: If its colours cannot be converted.
    """
    try:
        alpha = alpha_of(image, where)
    except ImageError as error:
        raise LayoutFileError(str(error)) from error
    if alpha is not None and (by_alpha or alpha.min() < 255):
        return alpha > 127
    values: Shaped[np.ndarray, "H W"] = np.asarray(image)
    if image.mode.startswith("I"):
        return values > 127 * 257
    return np.asarray(image.convert("L")) > 127
