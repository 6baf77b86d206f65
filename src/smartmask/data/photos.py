"""Photos and drawn masks from files: whatever came in, one form goes out.

A photo becomes uint8 RGB, upright, of its first frame:

- turned as its EXIF orientation says;
- transparent pixels laid over white, those that a PNG's `tRNS` chunk names at any depth among them;
- 16-bit grey divided by 257; palettes, CMYK and other colour modes converted by Pillow, by their ICC profile
  if they have one;
- RGB values as they are: their ICC profile comes beside them in a `Picture`, and goes out with every picture
  made of them, so that what is not changed looks as it did.

A drawn mask is a bool array as it is. Of pictures, and of arrays with values 0..255, it is the opaque part if
some of it is transparent (alpha above one half of its own maximum), otherwise what is brighter than mid-grey
(127).
"""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from jaxtyping import Bool, UInt8
from PIL import ExifTags, Image, UnidentifiedImageError

from smartmask.arguments import check_limit, check_unmasked
from smartmask.data.decoding import check_decoding
from smartmask.data.pillow_rules import OWN_RULES
from smartmask.data.upright import mend_transparency, upright_levels, upright_over_white, upright_size
from smartmask.errors import ImageError, kind_of
from smartmask.scene.colour_profile import Picture

MAX_MEGAPIXELS = 100.0
MAX_JUDGED_MEGAPIXELS = 25.0
"""Of a picture of an insertion that is judged: three of them are held at a time."""
FORMATS = ("PNG", "JPEG", "WEBP", "TIFF", "GIF", "BMP", "AVIF", "JPEG2000", "PPM")
"""The file formats read; Pillow's others include PostScript, whose reader starts a program."""
_FARTHEST = 100.0
"""Longer sides that a focal length has at most, or is a part of at least; else its EXIF is damaged."""
CONTENT = "the picture"
"""What errors call a file that came without a name."""
_FILM_DIAGONAL_MM = 43.27
_UNIT_MM = {2.0: 25.4, 3.0: 10.0, 4.0: 1.0, 5.0: 0.001}
"""Millimetres in EXIF's units of the resolution on the sensor."""
_SAME_SHAPE = 0.02
"""By how much the proportions of a photo that was merely resized may be off."""

PhotoSource = Path | str | bytes | Image.Image | np.ndarray | Picture


def read_photo(source: PhotoSource, max_megapixels: float = MAX_MEGAPIXELS) -> UInt8[np.ndarray, "H W 3"]:
    """A photo as upright RGB, without its ICC profile; all else as in `read_picture`."""
    return read_picture(source, max_megapixels).pixels


def read_picture(source: PhotoSource, max_megapixels: float = MAX_MEGAPIXELS) -> Picture:
    """A photo as upright RGB, and its ICC profile.

    Args:
        source: A file or its content, a Pillow image, or an RGB array; an array is returned as it is, without
            a profile, and so is a picture.
        max_megapixels: The largest photo decoded, in millions of pixels; the size is read before any pixel.
            WebP, JPEG 2000, AVIF and progressive JPEG, whose decoders take more memory, may have fewer. An
            array has been decoded already, so it has no limit.

    Raises:
        ImageError: If the file is missing, damaged, empty, of an unknown format, or too large.
        ValueError: If an array is not (H, W, 3), an image has no pixel, or `max_megapixels` is not positive.
        TypeError: If the source is none of these, or an array is not uint8.
    """
    check_limit(max_megapixels)
    if isinstance(source, Picture):
        return source
    if isinstance(source, np.ndarray):
        return Picture(_checked_array(source))
    if isinstance(source, Image.Image):
        if 0 in source.size:
            raise ValueError(f"a photo needs at least 1x1 pixels, not {source.width}x{source.height}")
        with OWN_RULES:
            return _picture(source, "the image", max_megapixels)
    if not isinstance(source, Path | str | bytes):
        raise TypeError(
            f"a photo must be a path, a Pillow image or a uint8 array, not {type(source).__name__}"
        )
    name = CONTENT if isinstance(source, bytes) else str(source)
    with open_image(source if isinstance(source, bytes) else Path(source)) as image:
        return _picture(image, name, max_megapixels)


def read_mask(
    source: Path | str | Image.Image | np.ndarray, size_hw: tuple[int, int]
) -> Bool[np.ndarray, "H W"]:
    """A region, a scribble or a mask that someone drew, as a mask.

    Args:
        source: A file, a Pillow image, or an array: bool (H, W) is the mask itself; uint8, grey (H, W), RGB
            or RGBA, is a picture like the others: opaque strokes on nothing, or white on black.
        size_hw: Size of the canvas that it was drawn on.

    Raises:
        ImageError: If a file is missing, damaged or of an unknown format.
        TypeError: If the source is none of these.
        ValueError: If it has another size, or nothing is drawn in it.
    """
    if isinstance(source, Path | str):
        with open_image(Path(source)) as image:
            return _drawn(image, str(source), size_hw)
    if isinstance(source, Image.Image):
        with OWN_RULES:
            return _drawn(source, "the mask", size_hw)
    if not isinstance(source, np.ndarray):
        raise TypeError(
            "a mask must be a bool array (H, W), a picture (a path, a Pillow image, a uint8 array 0..255) of "
            f"the canvas's size, not {kind_of(source)}"
        )
    is_picture = source.dtype == np.uint8 and (
        source.ndim == 2 or (source.ndim == 3 and source.shape[2] in (3, 4))
    )
    if not is_picture and (source.dtype != bool or source.ndim != 2):
        raise TypeError(
            "a mask array must be bool (H, W), or uint8 0..255 (H, W), (H, W, 3) or (H, W, 4), not "
            f"{kind_of(source)}"
        )
    if source.shape[:2] != tuple(size_hw):
        raise ValueError(_other_size("the mask", source.shape[1::-1], size_hw))
    if is_picture:
        return _drawn(Image.fromarray(source), "the mask", size_hw)
    if not source.any():
        raise ValueError("the mask is empty; it must hold at least one pixel")
    return source


def _drawn(image: Image.Image, name: str, size_hw: tuple[int, int]) -> Bool[np.ndarray, "H W"]:
    """What is drawn in a picture of a canvas."""
    # Turning a picture keeps its pixel count, so most wrong sizes are met before a pixel is decoded.
    if image.width * image.height != size_hw[0] * size_hw[1]:
        raise ValueError(_other_size(name, image.size, size_hw))
    decode(image, name, max(MAX_MEGAPIXELS, size_hw[0] * size_hw[1] / 1e6))
    if upright_size(image) != tuple(size_hw):
        raise ValueError(_other_size(name, upright_size(image)[::-1], size_hw))
    grey, alpha = upright_levels(image, name)
    opaque = np.ones(size_hw, bool) if alpha is None else alpha > alpha.max() // 2
    mask: np.ndarray = grey > 127 if opaque.all() else opaque
    if not mask.any():
        found = f"its brightest pixel is {grey.max()} of 255" if opaque.all() else "all of it is transparent"
        raise ValueError(
            f"{name}: nothing is drawn ({found}); draw in white on black, or opaque on transparent"
        )
    return mask


def read_focal_px(source: PhotoSource) -> float | None:
    """The focal length in pixels that a photo's EXIF tells, for the photo as large as it is.

    The equivalent for 35 mm film counts by the picture's diagonal (CIPA DCG-001), else the focal length in
    millimetres where the pixels on the sensor are measured too.

    Returns:
        None if EXIF does not tell it for certain: it is missing, as arrays have none, or damaged, or the
        photo was cropped since.

    Raises:
        ImageError: If the file is missing or no image.
    """
    if isinstance(source, np.ndarray | Picture):
        return None
    if isinstance(source, Image.Image):
        return _focal_px(source)
    with open_image(source if isinstance(source, bytes) else Path(source)) as image:
        return _focal_px(image)


def _focal_px(image: Image.Image) -> float | None:
    tags = ExifTags.Base
    names = (
        tags.FocalLengthIn35mmFilm, tags.ExifImageWidth, tags.ExifImageHeight, tags.FocalLength,
        tags.FocalPlaneXResolution, tags.FocalPlaneResolutionUnit,
    )  # fmt: skip
    try:
        exif = image.getexif().get_ifd(ExifTags.IFD.Exif)
        film_mm, *taken, focal_mm, per_unit, unit = (float(exif.get(name, 0)) for name in names)
    except Exception:  # damaged EXIF brings almost any exception, and a photo without is as good
        return None
    shorter, longer = sorted(image.size)
    taken_shorter, taken_longer = sorted(taken)
    if taken_shorter > 0 and abs(taken_longer * shorter / (taken_shorter * longer) - 1) > _SAME_SHAPE:
        return None
    if film_mm > 0:
        focal = film_mm / _FILM_DIAGONAL_MM * float(np.hypot(shorter, longer))
    else:
        per_mm = per_unit / _UNIT_MM.get(unit, np.inf)
        focal = focal_mm * per_mm * longer / taken_longer if taken_longer > 0 else 0.0
    return focal if 1 / _FARTHEST <= focal / longer <= _FARTHEST else None


@contextmanager
def open_image(source: Path | bytes) -> Iterator[Image.Image]:
    """An image file, or its content, of which only the header is read yet.

    Raises:
        ImageError: If the file is missing, empty, not an image, or its header is damaged.
    """
    name = CONTENT if isinstance(source, bytes) else source
    with OWN_RULES, _file(source) as file, _opened(file, name) as image:
        yield image


def decode(image: Image.Image, name: str, max_megapixels: float = MAX_MEGAPIXELS) -> None:
    """Read the pixels of an opened image.

    Args:
        image: The image.
        name: Its name, for messages.
        max_megapixels: The largest one decoded, in millions of pixels.

    Raises:
        ImageError: If they are more than that or take too much to decode, or are damaged or incomplete.
        MemoryError: If there is not enough memory for them.
    """
    check_decoding(image, name, max_megapixels, MAX_MEGAPIXELS)
    try:
        image.load()
    except MemoryError:
        raise
    except Exception as error:  # Pillow's decoders meet damaged data with almost any exception
        if str(error) == "Operation on closed image":
            raise ImageError(f"{name}: was closed before it was read; open it again") from error
        raise ImageError(
            f"{name}: the image is damaged or cut short ({_one_line(error)}); copy it again"
        ) from error


class _ToItsEnd(io.BufferedReader):
    """A file that is never asked for more than it has: Python takes memory for all that is asked, and a
    damaged PNG asks for gigabytes."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size >= 0:
            size = min(size, max(os.fstat(self.fileno()).st_size - self.tell(), 0))
        return super().read(size)


def _file(source: Path | bytes) -> io.BytesIO | io.BufferedReader:
    if isinstance(source, bytes):
        if not source:
            raise ImageError(f"{CONTENT}: the file is empty (0 bytes); copy or export it again")
        return io.BytesIO(source)
    try:
        if not source.exists():
            raise ImageError(f"{source}: no such file; check the path")
        if not source.is_file():
            raise ImageError(f"{source}: is not a file; give the path of an image file")
        if source.stat().st_size == 0:
            raise ImageError(f"{source}: the file is empty (0 bytes); copy or export it again")
        return _ToItsEnd(io.FileIO(source))
    except OSError as error:
        raise ImageError(f"{source}: cannot be opened ({_one_line(error)})") from error


def _opened(file: io.BytesIO | io.BufferedReader, path: Path | str) -> Image.Image:
    try:
        image = Image.open(file, formats=FORMATS)
    except MemoryError:
        raise
    except UnidentifiedImageError as error:
        names = ", ".join(FORMATS)
        raise ImageError(
            f"{path}: not an image this can read ({names}); convert it to PNG or JPEG"
        ) from error
    except Exception as error:  # Pillow's readers meet damaged headers with almost any exception
        raise ImageError(f"{path}: cannot be opened ({_one_line(error)})") from error
    if 0 in image.size:
        image.close()
        raise ImageError(
            f"{path}: the image is {image.width}x{image.height} pixels; it must have at least one"
        )
    mend_transparency(image)
    return image


def _picture(image: Image.Image, name: str, max_megapixels: float) -> Picture:
    """The first frame upright in RGB, and the profile of its values."""
    decode(image, name, max_megapixels)
    return Picture(*upright_over_white(image, name))


def _checked_array(array: np.ndarray) -> UInt8[np.ndarray, "H W 3"]:
    check_unmasked("a photo array", array)
    if array.dtype != np.uint8:
        raise TypeError(
            f"a photo array must be uint8 with values 0..255, not {array.dtype}; scale and convert it"
        )
    if array.ndim != 3 or array.shape[2] != 3 or 0 in array.shape:
        raise ValueError(f"a photo array must be RGB (H, W, 3) with at least one pixel, not {array.shape}")
    return array


def _other_size(name: str, size_wh: tuple[int, ...], size_hw: tuple[int, int]) -> str:
    drawn, canvas = f"{size_wh[0]}x{size_wh[1]}", f"{size_hw[1]}x{size_hw[0]}"
    return f"{name} is {drawn} but the photo is {canvas}; draw it at the photo's size"


def _one_line(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(f"{type(error).__name__}: {error}".split())
