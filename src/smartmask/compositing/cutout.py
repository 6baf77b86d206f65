"""A cut-out: an object's colours and its alpha, free of what it was cut out of.

A cut-out's edge pixels are mixed from the object and its old background; pasted elsewhere they show as a
halo. So the colours of a narrow rim are thrown away and grown anew from inside, and go on outwards beyond the
edge, where resampling will want them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float32, UInt8
from PIL import Image

from smartmask.data.photos import decode, open_image
from smartmask.data.upright import can_be_transparent, upright_pixels
from smartmask.errors import ImageError
from smartmask.scene.distance import distance_to

RIM_PX = 3.0
"""Pixels so near to the edge are taken for mixed."""
_GROWN_PX = 6
"""How far colours grow: over the rim and as far beyond."""
_SOLID = 0.95 * 255
"""Alpha from which on a pixel is the object's alone."""
_TILE_PX, _REACH_PX = 512, 2 * _GROWN_PX + 2 * int(RIM_PX)
"""Rims are mended in tiles, each with all about it that has a part in it."""


@dataclass(frozen=True, slots=True, eq=False)
class Cutout:
    """An object without its background.

    Attributes:
        pixels: RGB, whose colours go on beyond the object's edge, and alpha.
        profile: The ICC profile of the colours; None = sRGB.
    """

    pixels: UInt8[np.ndarray, "H W 4"]
    profile: bytes | None = None

    @property
    def alpha(self) -> UInt8[np.ndarray, "H W"]:
        """Coverage, 255 = all."""
        return self.pixels[..., 3]


def read_cutout(source: Path | str | Image.Image | UInt8[np.ndarray, "H W 4"]) -> Cutout:
    """The cut-out in a picture with transparency, cropped to its object.

    Args:
        source: A file (PNG, WebP, ...), a Pillow image, or an RGBA array.

    Raises:
        ImageError: If a file cannot be read, is too large, or no background is transparent in it, or nothing
            is opaque.
        ValueError: If an array is not (H, W, 4) or an image or array has the same faults as such a file.
        TypeError: If the source is none of these, or an array is not uint8.
    """
    if isinstance(source, np.ndarray):
        return _of_pixels(_checked(source), None, "the cut-out", ValueError)
    if isinstance(source, Image.Image):
        return _of_pixels(*_pixels(source, "the cut-out", ValueError), "the cut-out", ValueError)
    if not isinstance(source, Path | str):
        raise TypeError(
            f"a cut-out must be a path, a Pillow image or a uint8 RGBA array, not {type(source).__name__}"
        )
    with open_image(Path(source)) as image:
        decode(image, str(source))
        pixels, profile = _pixels(image, str(source), ImageError)
    return _of_pixels(pixels, profile, str(source), ImageError)


def _pixels(
    image: Image.Image, name: str, error: type[Exception]
) -> tuple[UInt8[np.ndarray, "H W 4"], bytes | None]:
    if not can_be_transparent(image, name):
        raise error(
            f"{name}: has no transparency (mode {image.mode}), so what is the object cannot be told; save it "
            "as a PNG whose background is transparent"
        )
    return upright_pixels(image, name)


def _checked(array: np.ndarray) -> UInt8[np.ndarray, "H W 4"]:
    if array.dtype != np.uint8:
        raise TypeError(f"a cut-out array must be uint8 with values 0..255, not {array.dtype}")
    if array.ndim != 3 or array.shape[2] != 4 or 0 in array.shape:
        raise ValueError(f"a cut-out array must be RGBA (H, W, 4), not {array.shape}; the fourth is alpha")
    return array


def _of_pixels(
    pixels: UInt8[np.ndarray, "H W 4"], profile: bytes | None, name: str, error: type[Exception]
) -> Cutout:
    alpha = pixels[..., 3]
    if alpha.max() < 128:
        raise error(f"{name}: nothing in it is opaque (largest alpha {alpha.max()} of 255); was it erased?")
    rows, columns = np.flatnonzero((alpha > 0).any(1)), np.flatnonzero((alpha > 0).any(0))
    part = pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    part = np.pad(part, ((_GROWN_PX, _GROWN_PX), (_GROWN_PX, _GROWN_PX), (0, 0)))
    rims = [*_rims(part)]
    for place, colours in rims:
        part[(*place, slice(3))] = colours
    return Cutout(part, profile)


def _rims(
    pixels: UInt8[np.ndarray, "H W 4"],
) -> Iterator[tuple[tuple[slice, slice], UInt8[np.ndarray, "h w 3"]]]:
    """The tiles of a picture that have a rim, and their colours without it."""
    height, width = pixels.shape[:2]
    for top in range(0, height, _TILE_PX):
        for left in range(0, width, _TILE_PX):
            rows, columns = (max(start - _REACH_PX, 0) for start in (top, left))
            about = pixels[rows : top + _TILE_PX + _REACH_PX, columns : left + _TILE_PX + _REACH_PX]
            solid = about[..., 3] > _SOLID
            if solid.all() or not solid.any():
                continue
            mended = _without_rim(about[..., :3].astype(np.float32), solid)
            inner = mended[top - rows :, left - columns :][:_TILE_PX, :_TILE_PX]
            place = slice(top, top + inner.shape[0]), slice(left, left + inner.shape[1])
            yield place, np.rint(inner).astype(np.uint8)


def _without_rim(
    colours: Float32[np.ndarray, "H W 3"], solid: Bool[np.ndarray, "H W"]
) -> Float32[np.ndarray, "H W 3"]:
    """Colours of the rim and beyond grown from inside; where the object is all rim it keeps its own."""
    known = solid & ~np.isfinite(distance_to(~solid, RIM_PX))
    fine = solid & ~np.isfinite(distance_to(known, _GROWN_PX))
    return _spread(colours, known | fine, _GROWN_PX + int(RIM_PX))


def _spread(
    colours: Float32[np.ndarray, "H W 3"], known: Bool[np.ndarray, "H W"], steps: int
) -> Float32[np.ndarray, "H W 3"]:
    """Known colours grown outwards, a pixel a step: each new pixel is the mean of its known neighbours."""
    total = np.where(known[..., None], colours, 0)
    for _ in range(steps):
        sums = _neighbour_sums(np.concatenate([total, known[..., None]], 2).astype(np.float32))
        new = ~known & (sums[..., 3] > 0)
        if not new.any():
            break
        total[new] = sums[new, :3] / sums[new, 3:]
        known = known | new
    return np.asarray(np.where(known[..., None], total, colours), np.float32)


def _neighbour_sums(values: Float32[np.ndarray, "H W C"]) -> Float32[np.ndarray, "H W C"]:
    """The sum over the 3 x 3 pixels round each pixel."""
    padded = np.pad(values, ((1, 1), (1, 1), (0, 0)))
    across = padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:]
    return np.asarray(across[:-2] + across[1:-1] + across[2:])
