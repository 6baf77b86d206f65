"""Photos and drawn masks from files: whatever came in, one form goes out.

A photo becomes uint8 RGB, upright, of its first frame:

- turned as its EXIF orientation says;
- transparent pixels laid over white;
- 16-bit grey divided by 257; palettes, CMYK and other colour modes converted by Pillow, by their ICC profile
  if they have one;
- RGB values as they are: their ICC profile comes beside them in a `Picture`, and goes out with every picture
  made of them, so that what is not changed looks as it did.

A drawn mask is a bool array as it is. Of pictures, and of arrays with values 0..255, it is the opaque part if
some of it is transparent (alpha above one half of its own maximum), otherwise what is brighter than mid-grey
(127).
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from jaxtyping import Bool, UInt8
from PIL import ExifTags, Image, UnidentifiedImageError

from smartmask.data.pillow_rules import OWN_RULES
from smartmask.errors import ImageError, kind_of
from smartmask.scene.colour_profile import MOST_BYTES, Picture, in_rgb, space_of

MAX_MEGAPIXELS = 100.0
FORMATS = ("PNG", "JPEG", "WEBP", "TIFF", "GIF", "BMP", "AVIF", "JPEG2000", "PPM")
"""The file formats read; Pillow's others include PostScript, whose reader starts a program."""
CONTENT = "the picture"
"""What errors call a file that came without a name."""
_FILM_DIAGONAL_MM = 43.27
_UNIT_MM = {2.0: 25.4, 3.0: 10.0, 4.0: 1.0, 5.0: 0.001}
"""Millimetres in EXIF's units of the resolution on the sensor."""
_STRIP = 256
_SAME_SHAPE = 0.02
"""By how much the proportions of a photo that was merely resized may be off."""
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


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
            An array has been decoded already, so it has no limit.

    Raises:
        ImageError: If the file is missing, damaged, empty, of an unknown format, or too large.
        ValueError: If an array is not (H, W, 3), an image has no pixel, or `max_megapixels` is not positive.
        TypeError: If the source is none of these, or an array is not uint8.
    """
    if not max_megapixels > 0:
        raise ValueError(f"max_megapixels must be above 0, not {max_megapixels}")
    if isinstance(source, Picture):
        return source
    if isinstance(source, np.ndarray):
        return Picture(_checked_array(source))
    if isinstance(source, Image.Image):
        if 0 in source.size:
            raise ValueError(f"a photo needs at least 1x1 pixels, not {source.width}x{source.height}")
        _check_pixels(source.size, max_megapixels, "the image")
        with OWN_RULES:
            return _picture(source, "the image")
    if not isinstance(source, Path | str | bytes):
        raise TypeError(
            f"a photo must be a path, a Pillow image or a uint8 array, not {type(source).__name__}"
        )
    name = CONTENT if isinstance(source, bytes) else str(source)
    with open_image(source if isinstance(source, bytes) else Path(source)) as image:
        _check_pixels(image.size, max_megapixels, name)
        return _picture(image, name)


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
    upright = _upright(image, name)
    if upright.size != (size_hw[1], size_hw[0]):
        raise ValueError(_other_size(name, upright.size, size_hw))
    grey, opaque = np.asarray(upright.convert("L")), np.ones(size_hw, bool)
    if upright.mode == "RGBA":
        alpha = np.asarray(upright.getchannel("A"))
        opaque = alpha > alpha.max() // 2
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
        return film_mm / _FILM_DIAGONAL_MM * float(np.hypot(shorter, longer))
    per_mm = per_unit / _UNIT_MM.get(unit, np.inf)
    focal = focal_mm * per_mm * longer / taken_longer if taken_longer > 0 else 0.0
    return focal if 0 < focal < np.inf else None


@contextmanager
def open_image(source: Path | bytes) -> Iterator[Image.Image]:
    """An image file, or its content, of which only the header is read yet.

    Raises:
        ImageError: If the file is missing, empty, not an image, or its header is damaged.
    """
    with OWN_RULES, _opened(source) as image:
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


def _picture(image: Image.Image, name: str) -> Picture:
    """The first frame upright in RGB, and the profile of its values."""
    decode(image, name)
    upright, profile = upright_rgb(image, name)
    return Picture(_over_white(upright), profile)


def upright_rgb(image: Image.Image, name: str) -> tuple[Image.Image, bytes | None]:
    """A decoded image turned upright, in mode RGB or RGBA, and the ICC profile of its values.

    Raises:
        ImageError: If its colours cannot be converted.
    """
    profile: bytes = image.info.get("icc_profile") or b""
    space = space_of(profile)
    if space == "RGB" and len(profile) <= MOST_BYTES:
        return _upright(image, name), profile
    colours = {"GRAY": ("L", "LA"), "CMYK": ("CMYK",), "Lab": ("LAB",), "RGB": ("RGB", "RGBA")}
    if space is None or image.mode not in colours.get(space, ()):
        return _upright(image, name), None  # a profile that is damaged, or of other values, says nothing
    turned = _turned(image)
    alpha = turned.getchannel("A") if turned.mode.endswith("A") else None
    try:
        rgb = in_rgb(turned.convert(colours[space][0]), profile)
    except ImageError as error:
        raise ImageError(f"{name}: {error}") from error
    if alpha is not None:
        rgb.putalpha(alpha)
    return rgb, None


def _turned(image: Image.Image) -> Image.Image:
    turn = _TURNS.get(_orientation(image))
    return image if turn is None else image.transpose(turn)


def _upright(image: Image.Image, name: str) -> Image.Image:
    """The first frame turned upright, in mode RGB or RGBA."""
    decode(image, name)
    image = _turned(image)
    if image.mode.startswith("I"):
        image = _eight_bits(np.asarray(image), name)
    if image.mode == "F":
        raise ImageError(f"{name}: holds 32-bit floats, whose range is not known; save it with 8 or 16 bits")
    try:
        mode = "RGBA" if image.has_transparency_data else "RGB"
        return image if image.mode == mode else image.convert(mode)
    except Exception as error:  # a palette that is missing or cut short brings almost any exception
        raise ImageError(
            f"{name}: colour mode {image.mode} cannot be converted ({_one_line(error)}); save it as RGB"
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
    pixels = np.empty((image.height, image.width, 3), np.uint8)
    # In strips: a large photo as a whole is copied twice on the way.
    for top in range(0, image.height, _STRIP):
        strip = image.crop((0, top, image.width, min(top + _STRIP, image.height)))
        pixels[top : top + strip.height] = np.asarray(strip)
    return pixels


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


def _other_size(name: str, size_wh: tuple[int, ...], size_hw: tuple[int, int]) -> str:
    drawn, canvas = f"{size_wh[0]}x{size_wh[1]}", f"{size_hw[1]}x{size_hw[0]}"
    return f"{name} is {drawn} but the photo is {canvas}; draw it at the photo's size"


def _one_line(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(f"{type(error).__name__}: {error}".split())
