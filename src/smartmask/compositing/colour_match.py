"""An object's colours brought towards the light of the photo it is put into, its own hue kept.

In CIE Lab, as Reinhard et al. match means and deviations; but an object is not to look like its surroundings,
only lit like them. So each part is matched in part and within limits:

- tones: its darkest are no darker and its brightest no brighter than the photo's, and its middle moves a
  little towards the photo's;
- saturation: no more than the photo's allows; none in a photo without colours;
- cast: the mean colour of the photo's greyer half, a share of it, at most a few units.

Sources: Reinhard et al. 2001, "Color transfer between images", section 3; CIE 15:2004 (Lab, white D65);
IEC 61966-2-1 (sRGB).
"""

import numpy as np
from jaxtyping import Float32, UInt8

WHITE = np.array([0.95047, 1.0, 1.08883], np.float32)
_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]],
    np.float32,
)
MOST_SHIFT = 12.0
"""How far the middle tone may move, in units of L."""
MOST_CAST = 5.0
"""Length of the largest shift of a and b."""
LEAST_SATURATION = 0.7
"""Share of its saturation that an object keeps in a photo with colours."""
ENOUGH = 1 << 16
"""So many pixels tell the light of a photo as well as all of them."""
COLOURLESS = 8.0
"""A photo whose most saturated pixels have less chroma than this has no colours."""


def match_colours(
    colours: Float32[np.ndarray, "n 3"],
    surroundings: UInt8[np.ndarray, "m 3"],
    strength: float,
) -> Float32[np.ndarray, "n 3"]:
    """An object's colours in the light of its surroundings.

    Args:
        colours: RGB of the object's pixels, 0 to 255.
        surroundings: RGB of the photo round it.
        strength: 0 leaves the colours as they are, 1 matches them as far as the limits go.

    Returns:
        RGB, 0 to 255, not rounded.
    """
    if strength == 0 or len(colours) == 0 or len(surroundings) == 0:
        return colours
    every = max(len(surroundings) // ENOUGH, 1)
    own, there = to_lab(colours), to_lab(surroundings[::every].astype(np.float32))
    matched = np.concatenate(
        [_matched_tones(own[:, :1], there[:, :1], strength), _matched_chroma(own, there, strength)], 1
    )
    return to_rgb(matched)


def _matched_tones(
    own: Float32[np.ndarray, "n 1"], there: Float32[np.ndarray, "m 1"], strength: float
) -> Float32[np.ndarray, "n 1"]:
    low, middle, high = (float(value) for value in np.percentile(own, (3, 50, 97)))
    dark, mean, bright = (float(value) for value in np.percentile(there, (2, 50, 98)))
    new_low = low + strength * max(dark - low, 0) * 0.6
    new_high = high + strength * min(bright - high, 0) * 0.8
    # Contrast is flattened by at most half: beyond that an object looks like fog.
    gain = max((new_high - new_low) / max(high - low, 1), 0.5)
    pivot = (new_low + new_high) / 2
    tones = pivot + (own - (low + high) / 2) * np.float32(gain)
    shift = np.clip(0.35 * strength * (mean - middle), -MOST_SHIFT, MOST_SHIFT)
    return np.asarray(np.clip(tones + np.float32(shift), 0, 100), np.float32)


def _matched_chroma(
    own: Float32[np.ndarray, "n 3"], there: Float32[np.ndarray, "m 3"], strength: float
) -> Float32[np.ndarray, "n 2"]:
    chroma = np.hypot(there[:, 1], there[:, 2])
    vivid, own_vivid = np.percentile(chroma, 95), np.percentile(np.hypot(own[:, 1], own[:, 2]), 95)
    share = min(float(vivid / max(own_vivid, 1)), 1.0)
    factor = max(1 - strength * (1 - share) * 0.6, LEAST_SATURATION)
    colourless = float(np.clip(2 - np.percentile(chroma, 99) / (COLOURLESS / 2), 0, 1))
    factor *= 1 - colourless
    greyer = there[chroma <= np.median(chroma), 1:].mean(0)
    cast = greyer * np.float32(max(0.5 * strength, colourless))
    cast *= np.float32(min(1.0, MOST_CAST / max(float(np.hypot(*cast)), 1e-6)))
    return np.asarray(own[:, 1:] * np.float32(factor) + cast, np.float32)


def to_lab(rgb: Float32[np.ndarray, "n 3"]) -> Float32[np.ndarray, "n 3"]:
    """CIE Lab of sRGB values from 0 to 255."""
    share = rgb / np.float32(255)
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** np.float32(2.4))
    relative = (linear @ _TO_XYZ.T / WHITE).astype(np.float32)
    root = np.where(relative > 216 / 24389, np.cbrt(relative), (24389 / 27 * relative + 16) / 116)
    x, y, z = root.T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], 1).astype(np.float32)


def to_rgb(lab: Float32[np.ndarray, "n 3"]) -> Float32[np.ndarray, "n 3"]:
    """sRGB from 0 to 255 of CIE Lab; colours that no screen shows are cut at the ends."""
    y = (lab[:, 0] + 16) / 116
    root = np.stack([y + lab[:, 1] / 500, y, y - lab[:, 2] / 200], 1)
    relative = np.where(root > 6 / 29, root**3, (116 * root - 16) / (24389 / 27))
    linear = np.clip((relative * WHITE) @ np.linalg.inv(_TO_XYZ).T, 0, 1)
    share = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray(share * 255, np.float32)
