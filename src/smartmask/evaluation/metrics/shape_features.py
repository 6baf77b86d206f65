"""A mask's shape as `FEATURES` numbers, the same wherever it lies and however large it is.

The mask is cropped to its box. Two pictures of the crop are read:

    stretched    the box brought to 32 x 32, each cell the share of it that is covered (or interpolated if the
                 box is smaller). Of its two-dimensional orthonormal DCT-II c(u, v), u half cycles down and v
                 across, the 35 coefficients with 0 < u + v < 8, divided by 32 (the mean is the extent below).
                 They say where within its box the object has mass: legs, a head, a keel
    in aspect    the box brought to `SIDE` pixels along its longer side and cut at one half, a canonical
                 resolution, so that outlines of large and small objects are drawn with the same pen

and these numbers follow the coefficients:

    log aspect         ln (width / height)
    extent             area / area of the box, from the stretched picture
    solidity           area / area of its convex hull: 1 for what is convex
    complexity         ln (perimeter^2 / (4 pi area)), over outer and inner outlines, smoothed over 6 %
                       of the longer side: 0 for a disc
    spread             ln (sigma_x / sqrt(area)) and ln (sigma_y / sqrt(area))
    tilt               correlation of x and y over the mask's pixels
    skewness           mean of x^3, x^2 y, x y^2, y^3 with x, y about their means in units of sigma_x,
                       sigma_y: which side is heavier. With spread and tilt they are the normalised central
                       moments of order 2 and 3 of Hu 1962, without his invariance to turning: a chair upside
                       down is a fault
    parts              ln of the number of 8-connected parts of at least 1 % of the area, and the largest
                       one's share of the area: 0 and 1 for a whole object

Features are raw; who measures distances divides by the deviation in the reference set (`distribution.py`).
The coefficients are then most of the distance, since they are most of the features. Shapes that were drawn at
a low resolution have smoother outlines than annotated polygons: complexity and high coefficients see that,
and should. An empty mask has no shape and is refused.
"""

import cv2
import numpy as np
from jaxtyping import Bool, Float, Float32

from smartmask.scene.boxes import box_of

GRID = 32
ORDERS = 8
SIDE = 96
_LEAST_PART = 0.01
_SMOOTHED = 8
"""Outline pixels to either side that are averaged, at thrice `SIDE`: 3 % of the longer side."""
_ORDER_PAIRS = [(u, v) for u in range(ORDERS) for v in range(ORDERS) if 0 < u + v < ORDERS]
NAMES = (
    *(f"dct {u},{v}" for u, v in _ORDER_PAIRS),
    "log aspect",
    "extent",
    "solidity",
    "complexity",
    "spread x",
    "spread y",
    "tilt",
    "skewness xxx",
    "skewness xxy",
    "skewness xyy",
    "skewness yyy",
    "log parts",
    "largest part",
)
"""What each feature is; u counts down, v across."""
FEATURES = len(NAMES)


def shape_features(mask: Bool[np.ndarray, "H W"]) -> Float32[np.ndarray, " F"]:
    """The features of a mask, in the order of `NAMES`.

    Raises:
        ValueError: If the mask is empty.
    """
    x0, y0, x1, y1 = (int(v) for v in box_of(mask))
    crop = mask[y0:y1, x0:x1].astype(np.float32)
    stretched = _resized(crop, (GRID, GRID))
    coefficients = _BASIS @ stretched.astype(np.float64) @ _BASIS.T / GRID
    shape = _in_aspect(crop)
    numbers = [
        *(coefficients[pair] for pair in _ORDER_PAIRS),
        np.log(crop.shape[1] / crop.shape[0]),
        float(stretched.mean()),
        *_outline(shape),
        *_moments(shape),
        *_parts(shape),
    ]
    return np.array(numbers, np.float32)


def _outline(shape: Bool[np.ndarray, "h w"]) -> tuple[float, float]:
    """Solidity and complexity."""
    padded = np.pad(shape, 1).astype(np.uint8)
    # Outlines run through pixel centres; drawn at thrice the size they run round the pixels but for a sixth.
    large = np.kron(padded, np.ones((3, 3), np.uint8))
    outlines, _ = cv2.findContours(large, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    hull = float(cv2.contourArea(cv2.convexHull(np.concatenate(outlines)))) / 9
    perimeter = sum(_length(outline[:, 0].astype(np.float64)) for outline in outlines) / 3
    area = float(np.count_nonzero(shape))
    return min(area / max(hull, area), 1.0), float(np.log(perimeter**2 / (4 * np.pi * area)))


def _length(points: Float[np.ndarray, "P 2"]) -> float:
    """Length of a closed outline, smoothed: else stairs count instead of the slope."""
    reach = min(_SMOOTHED, len(points) // 8)
    smooth = np.mean([np.roll(points, step, axis=0) for step in range(-reach, reach + 1)], axis=0)
    return float(np.hypot(*(smooth - np.roll(smooth, 1, axis=0)).T).sum())


def _moments(shape: Bool[np.ndarray, "h w"]) -> list[float]:
    """Spread along x and y, tilt, and the four kinds of skewness."""
    rows, columns = (place.astype(np.float64) for place in np.nonzero(shape))
    x, y = columns - columns.mean(), rows - rows.mean()
    # A pixel is a square, with a spread of its own: a line one pixel wide has one too.
    sigma_x, sigma_y = np.sqrt((x**2).mean() + 1 / 12), np.sqrt((y**2).mean() + 1 / 12)
    x, y = x / sigma_x, y / sigma_y
    root = np.sqrt(len(x))
    third = [(x**3).mean(), (x * x * y).mean(), (x * y * y).mean(), (y**3).mean()]
    return [float(v) for v in (np.log(sigma_x / root), np.log(sigma_y / root), (x * y).mean(), *third)]


def _parts(shape: Bool[np.ndarray, "h w"]) -> tuple[float, float]:
    """Log of the number of parts that count, and the share of the largest."""
    _, _, parts, _ = cv2.connectedComponentsWithStats(shape.astype(np.uint8), connectivity=8)
    shares = parts[1:, cv2.CC_STAT_AREA] / np.count_nonzero(shape)
    return float(np.log(np.maximum(np.count_nonzero(shares >= _LEAST_PART), 1))), float(shares.max())


def _in_aspect(crop: Float32[np.ndarray, "h w"]) -> Bool[np.ndarray, "H W"]:
    """The crop at the canonical resolution; what is thin all over is cut at half its largest value."""
    scale = SIDE / max(crop.shape)
    height, width = (max(1, round(side * scale)) for side in crop.shape)
    soft = _resized(crop, (height, width))
    return np.asarray(soft >= min(0.5, float(soft.max()) / 2))


def _resized(crop: Float32[np.ndarray, "h w"], size_hw: tuple[int, int]) -> Float32[np.ndarray, "H W"]:
    """Averaged along an axis that shrinks, interpolated along one that grows."""
    for size_wh in ((crop.shape[1], size_hw[0]), (size_hw[1], size_hw[0])):
        shrinks = size_wh[0] < crop.shape[1] or size_wh[1] < crop.shape[0]
        crop = cv2.resize(crop, size_wh, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    return crop


def _dct_basis() -> Float[np.ndarray, "G G"]:
    """Row k is the k-th vector of the orthonormal DCT-II."""
    steps = np.arange(GRID)
    basis = np.cos(np.pi * steps[:, None] * (2 * steps[None] + 1) / (2 * GRID)) * np.sqrt(2 / GRID)
    basis[0] /= np.sqrt(2)
    return basis


_BASIS = _dct_basis()
