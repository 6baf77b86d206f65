"""Photos and drawn masks from files: whatever came in, one form goes out.

A photo becomes uint8 RGB, upright, of its first frame:

- turned as its EXIF orientation says;
- transparent pixels laid over white;
- 16-bit grey divided by 257; palettes, CMYK and other colour modes converted by Pillow (ICC profiles are
  not applied).

A drawn mask is the opaque part of the picture if some of it is transparent, otherwise the part brighter than
mid-grey (127).
"""

import io
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from jaxtyping import Bool, UInt8
from PIL import ExifTags, Image, UnidentifiedImageError

from smartmask.errors import ImageError

MAX_MEGAPIXELS = 100.0
FORMATS = ("PNG", "JPEG", "WEBP", "TIFF", "GIF", "BMP", "AVIF", "JPEG2000", "PPM")
"""The file formats read; Pillow's others include PostScript, whose reader starts a program."""
CONTENT = "the picture"
"""What errors call a file that came without a name."""
_ONE_AT_A_TIME = threading.Lock()
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def read_photo(
    source: Path | str | bytes | Image.Image | np.ndarray, max_megapixels: float = MAX_MEGAPIXELS
) -> UInt8[np.ndarray, "H W 3"]:
    """A photo as upright RGB.

    Args:
        source: A file or its content, a Pillow image, or an RGB array; an array is returned as it is.
        max_megapixels: The largest photo decoded, in millions of pixels; the size is read before any pixel.
            An array has been decoded already, so it has no limit.

    Raises:
        ImageError: If the file is missing, damaged, empty, of an unknown format, or too large.
        ValueError: If an array is not (H, W, 3), an image has no pixel, or `max_megapixels` is not positive.
        TypeError: If the source is none of these, or an array is not uint8.
    """
    if not max_megapixels > 0:
        raise ValueError(f"max_megapixels must be above 0, not {max_megapixels}")
    if isinstance(source, np.ndarray):
        return _checked_array(source)
    if isinstance(source, Image.Image):
        if 0 in source.size:
            raise ValueError(f"a photo needs at least 1x1 pixels, not {source.width}x{source.height}")
        _check_pixels(source.size, max_megapixels, "the image")
        with _own_rules():
            return _over_white(_upright(source, "the image"))
    if not isinstance(source, Path | str | bytes):
        raise TypeError(
            f"a photo must be a path, a Pillow image or a uint8 array, not {type(source).__name__}"
        )
    name = CONTENT if isinstance(source, bytes) else str(source)
    with open_image(source if isinstance(source, bytes) else Path(source)) as image:
        _check_pixels(image.size, max_megapixels, name)
        return _over_white(_upright(image, name))


def read_mask(path: Path | str, size_hw: tuple[int, int]) -> Bool[np.ndarray, "H W"]:
    """A region or scribble that someone drew, as a mask.

    Args:
        path: A picture of the canvas: opaque strokes on nothing, or white on black.
        size_hw: Size of the canvas that it was drawn on.

    Raises:
        ImageError: If the file is missing, damaged or of an unknown format.
        ValueError: If the picture has another size, or nothing is drawn in it.
    """
    with open_image(Path(path)) as image:
        # Turning a picture keeps its pixel count, so most wrong sizes are met before a pixel is decoded.
        if image.width * image.height != size_hw[0] * size_hw[1]:
            raise ValueError(_other_size(path, image.size, size_hw))
        upright = _upright(image, str(path))
        if upright.size != (size_hw[1], size_hw[0]):
            raise ValueError(_other_size(path, upright.size, size_hw))
        grey = np.asarray(upright.convert("L"))
        opaque = (
            np.asarray(upright.getchannel("A")) > 127 if upright.mode == "RGBA" else np.ones(size_hw, bool)
        )
    mask: np.ndarray = grey > 127 if opaque.all() else opaque
    if not mask.any():
        found = f"its brightest pixel is {grey.max()} of 255" if opaque.all() else "all of it is transparent"
        raise ValueError(
            f"{path}: nothing is drawn ({found}); draw in white on black, or opaque on transparent"
        )
    return mask


@contextmanager
def open_image(source: Path | bytes) -> Iterator[Image.Image]:
    """An image file, or its content, of which only the header is read yet; until it is closed, others wait.

    Raises:
        ImageError: If the file is missing, empty, not an image, or its header is damaged.
    """
    with _own_rules(), _opened(source) as image:
        yield image


def decode(image: Image.Image, name: str) -> None:
    """Read the pixels of an opened image.

    Raises:
        ImageError: If they are damaged or incomplete.
    """
    try:
        image.load()
    except Exception as error:  # Pillow's decoders meet damaged data with almost any exception
        raise ImageError(
            f"{name}: the image is damaged or cut short ({_one_line(error)}); copy it again"
        ) from error


@contextmanager
def _own_rules() -> Iterator[None]:
    """Pillow without its size limit and warnings: both are switches of the whole process, hence the lock."""
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
        try:
            yield
        finally:
            Image.MAX_IMAGE_PIXELS = limit


def _opened(source: Path | bytes) -> Image.Image:
    path = CONTENT if isinstance(source, bytes) else source
    try:
        if isinstance(source, Path):
            if not source.exists():
                raise ImageError(f"{path}: no such file; check the path")
            if not source.is_file():
                raise ImageError(f"{path}: is not a file; give the path of an image file")
        if (len(source) if isinstance(source, bytes) else source.stat().st_size) == 0:
            raise ImageError(f"{path}: the file is empty (0 bytes); copy or export it again")
        image = Image.open(io.BytesIO(source) if isinstance(source, bytes) else source, formats=FORMATS)
    except ImageError:
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
    return image


def _upright(image: Image.Image, name: str) -> Image.Image:
    """The first frame turned upright, in mode RGB or RGBA."""
    decode(image, name)
    turn = _TURNS.get(_orientation(image))
    if turn is not None:
        image = image.transpose(turn)
    if image.mode.startswith("I"):
        image = _eight_bits(np.asarray(image), name)
    if image.mode == "F":
        raise ImageError(f"{name}: holds 32-bit floats, whose range is not known; save it with 8 or 16 bits")
    try:
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    except ValueError as error:
        raise ImageError(
            f"{name}: colour mode {image.mode} cannot be converted ({error}); save it as RGB"
        ) from error


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation, 1 to 8; 1 where EXIF is missing or damaged, as every viewer takes it."""
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # damaged EXIF brings almost any exception, and the pixels are whole
        return 1


def _eight_bits(values: np.ndarray, name: str) -> Image.Image:
    low, high = int(values.min()), int(values.max())
    if low < 0 or high > 65535:
        raise ImageError(
            f"{name}: grey values go from {low} to {high}, beyond 16 bits; save it with 8 or 16 bits"
        )
    return Image.fromarray(((values.astype(np.uint32) + 128) // 257).astype(np.uint8))


def _over_white(image: Image.Image) -> UInt8[np.ndarray, "H W 3"]:
    if image.mode == "RGBA":
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    return np.array(image)


def _checked_array(array: np.ndarray) -> UInt8[np.ndarray, "H W 3"]:
    if array.dtype != np.uint8:
        raise TypeError(
            f"a photo array must be uint8 with values 0..255, not {array.dtype}; scale and convert it"
        )
    if array.ndim != 3 or array.shape[2] != 3 or 0 in array.shape:
        raise ValueError(f"a photo array must be RGB (H, W, 3) with at least one pixel, not {array.shape}")
    return array


def _check_pixels(size_wh: tuple[int, int], limit: float, name: str) -> None:
    """Refuse a photo above the limit, from its size alone."""
    width, height = size_wh
    millions = width * height / 1e6
    if millions > limit:
        raise ImageError(
            f"{name}: {width}x{height} is {millions:.1f} megapixels, above the limit of {limit:g}; "
            "shrink it, or raise max_megapixels (--max-megapixels on the command line)"
        )


def _other_size(path: Path | str, size_wh: tuple[int, int], size_hw: tuple[int, int]) -> str:
    drawn, canvas = f"{size_wh[0]}x{size_wh[1]}", f"{size_hw[1]}x{size_hw[0]}"
    return f"{path}: the drawing is {drawn} but the photo is {canvas}; draw it at the photo's size"


def _one_line(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(f"{type(error).__name__}: {error}".split())
