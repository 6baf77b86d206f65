"""An object made as soft and as grainy as the photo it is put into, or it looks pasted.

Both are measured on small tiles, in brightness. Softness is the width of the sharpest edges: re-blurring an
edge of width s by s0 weakens its slope by

    R = sqrt(s^2 + s0^2) / s,       so       s = s0 / sqrt(R^2 - 1)                                  (1)

An edge that is too sharp is blurred by sqrt(t^2 - s^2), t the photo's. One that is too soft, as resampling
leaves it, gets what a re-blur takes, a times over, so that its slope comes to be that of the photo:

    (1 + a) / s - a / sqrt(s^2 + s0^2) = 1 / t,       a at most `MOST_SHARPENED`                     (2)

Grain is what remains of a tile of an even surface without its plane; a photo in which no surface is even has
none that could be told from texture. The photo's own tile is the pattern of the grain that is added,

    grain = white noise * tile / sqrt(pixels of the tile)                                            (3)

so it has the photo's strength, size and colour. An object that is grainier than the photo stays so.

Sources: Zhuo and Sim 2011, "Defocus map estimation from a single image", section 3 (1); Immerkaer 1996, "Fast
noise variance estimation" (the level of grain); Galerne, Gousseau and Morel 2011, "Random phase textures",
section III (3).
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Float64, UInt8
from numpy.lib.stride_tricks import sliding_window_view

TILE_PX = 16
MOST_TILES = 2048
"""So many tiles, evenly chosen, tell as much as all."""
FEWEST_TILES = 4
REBLUR_PX = 1.0
"""s0."""
STRONG_EDGE = 10.0
"""Levels a pixel from which on a slope is an edge and not grain."""
FEWEST_EDGE_PIXELS = 60
MOST_BLUR_PX = 2.0
MOST_SHARPENED = 0.8
"""Beyond it, sharpening shows what nobody saw."""
EVEN = 5.0
"""A tile that deviates from its plane by more levels shows a texture or an edge, no grain."""
LEAST_GRAIN, MOST_GRAIN = 1.0, 3.0
"""Levels; less is not seen, and more is rather the texture of a road or a lawn."""
GRAIN_SIDE = 512
"""The grain repeats after so many pixels, without a seam."""
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_IMMERKAER = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Texture:
    """How soft and how grainy a picture is.

    Attributes:
        softness_px: Width s of its sharpest edges; None if there are too few edges.
        noise: Deviation of its fine grain, in levels; None if there are too few tiles.
        grain: An even tile without its plane, whose grain is typical; None if no tile is even.
    """

    softness_px: float | None
    noise: float | None
    grain: Float32[np.ndarray, "T T 3"] | None


def texture_of(
    picture: UInt8[np.ndarray, "H W 3"] | Float32[np.ndarray, "H W 3"], where: Bool[np.ndarray, "H W"]
) -> Texture:
    """Measure part of a picture.

    Args:
        picture: RGB, 0 to 255.
        where: The part; tiles that lie in it whole are looked at.
    """
    tiles = _tiles(picture, where)
    if len(tiles) < FEWEST_TILES:
        return Texture(None, None, None)
    brightness = tiles @ _LUMA
    noise = _noise(brightness)
    means = brightness.mean((1, 2))
    residues = tiles - _planes(tiles)
    is_even = (residues @ _LUMA).std((1, 2)) < np.minimum(3 + 1.5 * noise, EVEN)
    is_even &= (means > 16) & (means < 239)  # where light is cut off, so is the grain
    even = np.flatnonzero(is_even)
    grain = None
    if len(even) >= FEWEST_TILES:
        # Grain is everywhere, texture is not: so it is told where there is least, but for a few outliers.
        typical = even[np.argsort(noise[even], kind="stable")[len(even) // 10]]
        grain = residues[typical]
        noise = noise[even]
    level = float(np.percentile(noise, 10))
    return Texture(_softness(brightness, level), level, grain)


def blur_to_match(own: Texture, there: Texture) -> float:
    """Deviation in pixels of the Gaussian that makes an object as soft as its surroundings; 0 for none."""
    if own.softness_px is None or there.softness_px is None:
        return 0.0
    missing = there.softness_px**2 - own.softness_px**2
    return min(float(np.sqrt(max(missing, 0.0))), MOST_BLUR_PX)


def sharpening_to_match(own: Texture, there: Texture) -> float:
    """a of (2): how often over an object gets what a re-blur by `REBLUR_PX` takes; 0 for never."""
    if own.softness_px is None or there.softness_px is None:
        return 0.0
    slope, soft = 1 / own.softness_px, 1 / float(np.hypot(own.softness_px, REBLUR_PX))
    return float(np.clip((1 / there.softness_px - slope) / (slope - soft), 0, MOST_SHARPENED))


def grain_to_match(
    own: Texture, there: Texture, blur_px: float, size_hw: tuple[int, int], seed: int
) -> Float32[np.ndarray, "H W 3"] | None:
    """The grain that an object lacks; None if it lacks none.

    Args:
        own: The object, as it was before its blur.
        there: Its surroundings.
        blur_px: Deviation of its blur, which takes grain away.
        size_hw: Size of what comes back.
        seed: Same seed, same grain.
    """
    if there.grain is None or there.noise is None or own.noise is None:
        return None
    # A Gaussian leaves that share of white grain's deviation.
    kept = min(1.0, 1 / (2 * float(np.sqrt(np.pi)) * max(blur_px, 1e-6)))
    left = min(own.noise * kept / max(there.noise, 1e-6), 1.0)
    strength = float((there.grain @ _LUMA).std())
    share = float(np.sqrt(1 - left**2)) * min(MOST_GRAIN / max(strength, 1e-6), 1.0)
    if share * strength < LEAST_GRAIN:
        return None
    white = np.random.default_rng(seed).standard_normal((GRAIN_SIDE, GRAIN_SIDE))
    pattern = np.zeros((GRAIN_SIDE, GRAIN_SIDE, 3))
    pattern[:TILE_PX, :TILE_PX] = there.grain
    spectrum = np.fft.rfft2(white)[..., None] * np.fft.rfft2(pattern, axes=(0, 1))
    grain = np.fft.irfft2(spectrum, (GRAIN_SIDE, GRAIN_SIDE), axes=(0, 1)) * (share / TILE_PX)
    rows, columns = (np.arange(side) % GRAIN_SIDE for side in size_hw)
    return grain.astype(np.float32)[rows[:, None], columns]


def blurred(values: Float32[np.ndarray, "H W C"], deviation_px: float) -> Float32[np.ndarray, "H W C"]:
    """A Gaussian blur; borders repeat. One channel at a time, which bounds the memory."""
    reach = int(np.ceil(3 * deviation_px))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / max(deviation_px, 1e-6)) ** 2)
    kernel = (kernel / kernel.sum()).astype(np.float32)
    soft = np.empty_like(values)
    height, width = values.shape[:2]
    for channel in range(values.shape[2]):
        padded = np.pad(values[..., channel], ((reach, reach), (0, 0)), "edge")
        down = sum(weight * padded[start : start + height] for start, weight in enumerate(kernel))
        padded = np.pad(np.asarray(down), ((0, 0), (reach, reach)), "edge")
        soft[..., channel] = sum(
            weight * padded[:, start : start + width] for start, weight in enumerate(kernel)
        )
    return soft


def _tiles(picture: np.ndarray, where: Bool[np.ndarray, "H W"]) -> Float32[np.ndarray, "n T T 3"]:
    """Tiles that lie in a part whole, every other one by half a tile, at most `MOST_TILES`."""
    if min(where.shape) < TILE_PX:
        return np.zeros((0, TILE_PX, TILE_PX, 3), np.float32)
    step = TILE_PX // 2
    whole = sliding_window_view(where, (TILE_PX, TILE_PX))[::step, ::step].all((2, 3))
    corners = np.argwhere(whole) * step
    corners = corners[:: max(-(-len(corners) // MOST_TILES), 1)]
    found = [picture[row : row + TILE_PX, column : column + TILE_PX] for row, column in corners]
    return np.asarray(found, np.float32).reshape(-1, TILE_PX, TILE_PX, 3)


def _noise(brightness: Float32[np.ndarray, "n T T"]) -> Float64[np.ndarray, " n"]:
    """The deviation of each tile's fine grain."""
    windows = sliding_window_view(brightness, (3, 3), (1, 2))
    response = np.einsum("nyxab,ab->nyx", windows, _IMMERKAER)
    return np.asarray(np.sqrt(np.pi / 2) / 6 * np.abs(response).mean((1, 2)), np.float64)


def _planes(tiles: Float32[np.ndarray, "n T T 3"]) -> Float32[np.ndarray, "n T T 3"]:
    """The plane that fits each tile best."""
    slope = np.linspace(-1, 1, TILE_PX, dtype=np.float32)
    down, across = slope[:, None, None] * np.ones((1, TILE_PX, 1), np.float32), slope[:, None]
    across = across[None] * np.ones((TILE_PX, 1, 1), np.float32)
    plane = tiles.mean((1, 2), keepdims=True) * np.ones_like(tiles)
    for direction in (down, across):
        weight = (tiles * direction).sum((1, 2), keepdims=True) / (direction**2).sum()
        plane += weight * direction
    return np.asarray(plane, np.float32)


def _softness(brightness: Float32[np.ndarray, "n T T"], noise: float) -> float | None:
    """The width of the sharpest edges, by (1)."""
    slope = _slope(brightness)
    soft = _slope(blurred(brightness.transpose(1, 2, 0), REBLUR_PX).transpose(2, 0, 1))
    inner = np.zeros(slope.shape, bool)
    inner[:, 4:-4, 4:-4] = True  # the re-blur knows nothing beyond the tile
    strong = inner & (slope >= max(STRONG_EDGE, 4 * noise))
    if np.count_nonzero(strong) < FEWEST_EDGE_PIXELS:
        return None
    # The upper quarter: on the flanks of an edge a re-blur weakens slopes less than on its ridge.
    sharp = float(np.percentile(slope[strong] / np.maximum(soft[strong], 1e-6), 75))
    return REBLUR_PX / float(np.sqrt(max(sharp, 1.02) ** 2 - 1))


def _slope(brightness: Float32[np.ndarray, "n T T"]) -> Float32[np.ndarray, "n T T"]:
    down, across = np.gradient(brightness, axis=(1, 2))
    return np.asarray(np.hypot(down, across), np.float32)
