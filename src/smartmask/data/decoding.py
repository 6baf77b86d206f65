"""What decoding a picture file takes, told by its header alone, and which files take too much.

A plain decoder fills the picture row by row: with the pixels that come out that is `PLAIN_BYTES` a pixel at
the most. Others hold the picture several times over, so fewer pixels of theirs are decoded; a TIFF may be one
strip, which is held beside the picture. A JPEG of several scans keeps the coefficients of all its blocks, two
bytes each, and goes over all of them once a scan; its file may hold thousands of scans of a few bytes each.
"""

import re
import struct
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from PIL import Image, ImageFile, TiffImagePlugin

from smartmask.errors import ImageError

PLAIN_BYTES = 9.0
"""Bytes a pixel that a picture may take while it is decoded, at the limit of megapixels."""
MAX_SCANS = 2000
"""Scans of a JPEG times its megapixels; a photo has up to twenty, each taking 1 to 5 ms a megapixel."""
_DECODER_BYTES: Mapping[str, Callable[[int], float]] = {
    "WEBP": lambda bands: 16.0,
    "AVIF": lambda bands: 16.0,
    "JPEG2000": lambda bands: 6.0 * bands + 1,
}
"""Bytes a pixel, by colour bands, of decoders that hold more than the picture; as measured."""
_FEWEST_MEGAPIXELS = 0.1
"""Smaller JPEGs have no more scans than one of this size: each costs something by itself."""
_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd8\xff]")
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
"""Markers of a frame's head, `SOFn`, in ITU-T T.81, table B.1."""
_SCAN, _END = 0xDA, 0xD9
_PIECE = 1 << 16


def check_decoding(image: Image.Image, name: str, max_megapixels: float, plain_megapixels: float) -> None:
    """Refuse a picture above the limits, before any of its pixels is decoded.

    Args:
        image: Opened; its pixels may have been decoded already.
        name: Its name, for messages.
        max_megapixels: The largest picture decoded, in millions of pixels.
        plain_megapixels: Millions of pixels whose plain decoding sets the memory where that is more.

    Raises:
        ImageError: If it has too many pixels, for any file or for its kind, or too many scans.
    """
    millions = image.width * image.height / 1e6
    found = f"{name}: {image.width}x{image.height} is {millions:.1f} megapixels"
    raising = "raise max_megapixels (--max-megapixels on the command line)"
    if millions > max_megapixels:
        raise ImageError(f"{found}, above the limit of {max_megapixels:g}; shrink it, or {raising}")
    taken = _bytes_a_pixel(image, name)
    allowed = PLAIN_BYTES * max(max_megapixels, plain_megapixels) / taken
    if millions > allowed:
        raise ImageError(
            f"{found}, above the limit of {allowed:.0f} for files of its kind ({image.format}), which take "
            f"{taken:.0f} bytes a pixel; shrink it, save it as PNG or plain JPEG, or {raising}"
        )


def _bytes_a_pixel(image: Image.Image, name: str) -> float:
    """The memory that decoding takes; that of a plain decoder for what was decoded already."""
    bands = len(image.getbands())
    if decoder := _DECODER_BYTES.get(image.format or ""):
        return decoder(bands)
    if not isinstance(image, ImageFile.ImageFile) or not image.tile or image.fp is None:
        return PLAIN_BYTES
    held, millions = (1 if bands == 1 else 4), image.width * image.height / 1e6
    if image.format in ("JPEG", "MPO"):
        most = MAX_SCANS / max(millions, _FEWEST_MEGAPIXELS)
        scans, kept = _jpeg_scans(image.fp, most)
        if scans > most:
            found = f"{image.width}x{image.height} in more than {most:.0f} scans"
            raise ImageError(
                f"{name}: a JPEG of {found}, above the limit of {MAX_SCANS} scans times megapixels; "
                "save it anew"
            )
        return max(PLAIN_BYTES, held + kept)
    if isinstance(image, TiffImagePlugin.TiffImageFile) and image.tile[0][0] == "libtiff":
        return max(PLAIN_BYTES, held + _strip_bytes(image, bands) / (image.width * image.height))
    return PLAIN_BYTES


def _strip_bytes(image: TiffImagePlugin.TiffImageFile, bands: int) -> float:
    """Bytes of the largest strip or tile of a TIFF, compressed and not; both are held beside the picture."""
    tags = {name: np.atleast_1d(image.tag_v2.get(name, 0)) for name in (258, 278, 279, 322, 323, 325)}
    if not all(np.issubdtype(values.dtype, np.number) for values in tags.values()):
        return 0.0  # damaged; libtiff refuses it
    bits, rows, strip, across, down, tile = (float(values.max(initial=0)) for values in tags.values())
    pixels = across * down if across * down > 0 else image.width * min(rows or image.height, image.height)
    return min(pixels, image.width * image.height) * bands * max(bits, 1) / 8 + max(strip, tile)


def _jpeg_scans(file: Any, most: float) -> tuple[int, float]:
    """The scans of a JPEG, counted until they are more than `most`, and the bytes a pixel that they keep.

    A JPEG that is decoded in one go has one scan and keeps nothing. Damaged ones have what was found.
    """
    before = file.tell()
    try:
        return _count_scans(file, most)
    finally:
        file.seek(before)


def _count_scans(file: Any, most: float) -> tuple[int, float]:
    scans, components, kept, position = 0, 0, 0.0, 2
    is_progressive = False
    while scans <= most and (found := _next_marker(file, position)):
        marker, position = found
        if marker == _END:
            break
        head = file.read(2)
        length = struct.unpack(">H", head)[0] if len(head) == 2 else 0
        body = file.read(max(length - 2, 0))
        if marker in _FRAMES and not components and len(body) > 5:
            is_progressive, components = marker & 3 == 2, body[5]
            sampling = [(value >> 4) * (value & 15) for value in body[7::3][:components]]
            across = max((value >> 4 for value in body[7::3][:components]), default=0)
            down = max((value & 15 for value in body[7::3][:components]), default=0)
            kept = 2 * sum(sampling) / max(across * down, 1)
        if marker == _SCAN:
            scans += 1
            if not is_progressive and body[:1] == bytes([components]):
                return 1, 0.0
        position += max(length, 2)
    return scans, kept


def _next_marker(file: Any, position: int) -> tuple[int, int] | None:
    """The next marker from a place in the file on, and the place behind it, where the file then stands."""
    while True:
        file.seek(position)
        piece = file.read(_PIECE)
        found = _MARKER.search(piece)
        if found:
            file.seek(position + found.end())
            return piece[found.start() + 1], position + found.end()
        if len(piece) < _PIECE:
            return None
        position += len(piece) - 1  # a marker may lie across the end of the piece
