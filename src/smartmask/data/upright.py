"""Decoded pictures as upright RGB or RGBA, strip by strip: beside the picture there is but what comes out.

Pixels are turned as EXIF's orientation says. 16-bit grey is divided by 257, other modes are converted by
Pillow; values whose ICC profile is not of RGB, by that profile. What is transparent is what Pillow says, and
of 16-bit grey the value that the PNG's `tRNS` chunk names; of 16-bit colour its high bytes are compared.
"""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from jaxtyping import UInt8
from PIL import ExifTags, Image, PngImagePlugin, TiffImagePlugin

from smartmask.errors import ImageError
from smartmask.scene.colour_profile import MOST_BYTES, in_rgb, space_of

_STRIP_PX = 1 << 20
_SEEN: Mapping[int, Callable[[np.ndarray], np.ndarray]] = {
    2: lambda upright: upright[:, ::-1],
    3: lambda upright: upright[::-1, ::-1],
    4: lambda upright: upright[::-1],
    5: lambda upright: upright.swapaxes(0, 1),
    6: lambda upright: np.rot90(upright),
    7: lambda upright: upright[::-1, ::-1].swapaxes(0, 1),
    8: lambda upright: np.rot90(upright, -1),
}
"""The upright array as it was stored, for each of EXIF's orientations but 1."""
_MODES = {"GRAY": ("L", "LA"), "CMYK": ("CMYK",), "Lab": ("LAB",), "RGB": ("RGB", "RGBA")}
"""The colour modes that a profile of each colour space can be of, the one converted first."""


def mend_transparency(image: Image.Image) -> None:
    """Scale the transparent value of an opened PNG as Pillow scales its pixels: `tRNS` holds it unscaled."""
    if not isinstance(image, PngImagePlugin.PngImageFile) or not image.tile:
        return
    value, stored = image.info.get("transparency"), image.tile[0][3]
    if stored == "1" and isinstance(value, int):
        image.info["transparency"] = 255 if value else 0
    elif stored in ("L;2", "L;4") and isinstance(value, int):
        image.info["transparency"] = value * {"L;2": 85, "L;4": 17}[stored]
    elif stored == "RGB;16B" and isinstance(value, tuple):
        image.info["transparency"] = tuple(one >> 8 for one in value)


def can_be_transparent(image: Image.Image, name: str) -> bool:
    """Whether some of a decoded image may be transparent.

    Raises:
        ImageError: If it is of a palette and has none.
    """
    if image.mode == "P" and image.palette is None:
        raise ImageError(f"{name}: colour mode P cannot be converted (it has no palette); save it as RGB")
    return image.has_transparency_data


def upright_size(image: Image.Image) -> tuple[int, int]:
    """Height and width of an image once it is turned."""
    sides = image.height, image.width
    return sides[::-1] if _orientation(image) > 4 else sides


def upright_pixels(image: Image.Image, name: str) -> tuple[UInt8[np.ndarray, "H W C"], bytes | None]:
    """A decoded image as RGB, or RGBA if some of it could be transparent, and the ICC profile of its values.

    Raises:
        ImageError: If its colours cannot be converted.
    """
    strips, profile = _strips(image, name)
    pixels = np.empty((*upright_size(image), 4 if can_be_transparent(image, name) else 3), np.uint8)
    _fill(pixels, image, strips)
    return pixels, profile


def upright_over_white(image: Image.Image, name: str) -> tuple[UInt8[np.ndarray, "H W 3"], bytes | None]:
    """A decoded image as RGB, what is transparent laid over white, and the ICC profile of its values.

    Raises:
        ImageError: If its colours cannot be converted.
    """
    strips, profile = _strips(image, name)
    pixels = np.empty((*upright_size(image), 3), np.uint8)
    _fill(pixels, image, map(_over_white, strips))
    return pixels, profile


def upright_levels(
    image: Image.Image, name: str
) -> tuple[UInt8[np.ndarray, "H W"], UInt8[np.ndarray, "H W"] | None]:
    """The brightness of a decoded image by its values alone, and its alpha; None if it can have none.

    Raises:
        ImageError: If its colours cannot be converted.
    """
    grey = np.empty(upright_size(image), np.uint8)
    _fill(grey, image, (strip.convert("L") for strip in _plain_strips(image, name)))
    if not can_be_transparent(image, name):
        return grey, None
    alpha = np.empty_like(grey)
    _fill(alpha, image, (strip.getchannel("A") for strip in _plain_strips(image, name)))
    return grey, alpha


def alpha_of(image: Image.Image, name: str) -> UInt8[np.ndarray, "H W"] | None:
    """The alpha of a decoded image as it is stored; None if it can have none.

    Raises:
        ImageError: If its colours cannot be converted.
    """
    if not can_be_transparent(image, name):
        return None
    alpha = np.empty((image.height, image.width), np.uint8)
    _fill_stored(alpha, (strip.getchannel("A") for strip in _plain_strips(image, name)))
    return alpha


def _fill(upright: np.ndarray, image: Image.Image, strips: Iterator[Image.Image]) -> None:
    seen = _SEEN.get(_orientation(image))
    _fill_stored(upright if seen is None else seen(upright), strips)


def _fill_stored(stored: np.ndarray, strips: Iterator[Image.Image]) -> None:
    top = 0
    for strip in strips:
        stored[top : top + strip.height] = strip
        top += strip.height


def _strips(image: Image.Image, name: str) -> tuple[Iterator[Image.Image], bytes | None]:
    """An image as it is stored, in strips of RGB or RGBA, and the ICC profile of their values."""
    profile: bytes = image.info.get("icc_profile") or b""
    space = space_of(profile)
    if space == "RGB" and len(profile) <= MOST_BYTES:
        return _plain_strips(image, name), profile
    if space is None or image.mode not in _MODES.get(space, ()):
        return _plain_strips(image, name), None  # a profile that is damaged, or of other values, says nothing
    return _converted_strips(image, name, profile, _MODES[space][0]), None


def _plain_strips(image: Image.Image, name: str) -> Iterator[Image.Image]:
    if image.mode == "F":
        raise ImageError(f"{name}: holds 32-bit floats, whose range is not known; save it with 8 or 16 bits")
    if image.mode == "I":
        low, high = (int(value) for value in np.ravel(image.getextrema()))
        if low < 0 or high > 65535:
            # Pillow reads unsigned values of 32 bits as signed ones.
            found = (
                "are of 32 bits" if _tiff_tag(image, 339, 0) == 1 and low < 0 else f"go from {low} to {high}"
            )
            raise ImageError(f"{name}: grey values {found}, beyond 16 bits; save it with 8 or 16 bits")
    mode = "RGBA" if can_be_transparent(image, name) else "RGB"
    is_negative = _tiff_tag(image, 262, 1) == 0  # Pillow heeds it of 8 bits alone
    try:
        for strip in _cut(image):
            grey = _eight_bits(strip, is_negative) if image.mode.startswith("I") else strip
            yield grey if grey.mode == mode else grey.convert(mode)
    except MemoryError:
        raise
    except Exception as error:  # a palette that is missing or cut short brings almost any exception
        found = " ".join(f"{type(error).__name__}: {error}".split())
        raise ImageError(
            f"{name}: colour mode {image.mode} cannot be converted ({found}); save it as RGB"
        ) from error


def _converted_strips(image: Image.Image, name: str, profile: bytes, mode: str) -> Iterator[Image.Image]:
    for strip in _cut(image):
        try:
            rgb = in_rgb(strip.convert(mode), profile)
        except ImageError as error:
            raise ImageError(f"{name}: {error}") from error
        if image.has_transparency_data:
            rgb.putalpha(strip.convert("RGBA").getchannel("A"))
        yield rgb


def _cut(image: Image.Image) -> Iterator[Image.Image]:
    rows = max(_STRIP_PX // image.width, 1)
    for top in range(0, image.height, rows):
        yield image.crop((0, top, image.width, min(top + rows, image.height)))


def _tiff_tag(image: Image.Image, number: int, missing: int) -> int:
    """The value of a tag of a TIFF; `missing` where there is none, and of other files."""
    if not isinstance(image, TiffImagePlugin.TiffImageFile):
        return missing
    value = np.ravel(image.tag_v2.get(number, missing))[0]
    return int(value) if np.issubdtype(value.dtype, np.integer) else missing


def _eight_bits(strip: Image.Image, is_negative: bool) -> Image.Image:
    """16-bit grey in 8 bits, 0 white where it is negative; with an alpha if a value of it is transparent."""
    values = np.asarray(strip).astype(np.uint32)
    if is_negative:
        values = 65535 - values
    grey = Image.fromarray(((values + 128) // 257).astype(np.uint8))
    if "transparency" not in strip.info:
        return grey
    alpha = np.where(values == strip.info["transparency"], np.uint8(0), np.uint8(255))
    return Image.merge("LA", (grey, Image.fromarray(alpha)))


def _over_white(strip: Image.Image) -> Image.Image:
    if strip.mode != "RGBA":
        return strip
    return Image.alpha_composite(Image.new("RGBA", strip.size, "white"), strip).convert("RGB")


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation, 1 to 8; 1 where EXIF is missing or damaged, as every viewer takes it."""
    try:
        found = int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # damaged EXIF brings almost any exception, and the pixels are whole
        return 1
    return found if found in _SEEN else 1
