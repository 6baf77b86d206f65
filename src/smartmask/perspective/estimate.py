"""The camera that a layout was seen by: a posterior over horizon, height and focal length.

What people do with cameras is the prior: by kind of scene, the pitch and the logarithms of height and focal
length are normal, the height with a second, wider part for children's and dogs' eyes, and for balconies. The
layout (`evidence.py`) adds:

- a thing m metres high with its foot at row y is, by the pinhole, some pixels high; its logarithm is normal
  with the spread of its kind, or anything (a mask in part, a child, a toy) with a share of `_WRONG_THING`;
- the ground's upper border at row t lies focal height / D below the horizon, D the depth of what stands
  there, log-normal; where ground meets sky it may be the horizon itself;
- borders of walls with floor and ceiling are level lines at right angles, so they vanish on the horizon;
- no sky lies below the horizon, no ground above it, but for some slope.

All is summed on a grid of 7 focal lengths, 33 heights and 49 horizons, which is drawn closer about what is
likely until its steps are finer than the result. The answer is the posterior's mean, its spread the
posterior's deviation.

Source: D. Hoiem, A. Efros, M. Hebert, "Putting Objects in Perspective", IJCV 80 (2008), section 3.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from smartmask.arguments import check_kind, check_number
from smartmask.perspective.evidence import Border, Evidence, Kind, read_evidence
from smartmask.scene.camera import Camera, Spread
from smartmask.scene.layout import Layout

Grid = Float[np.ndarray, "F A E"]
Values = Float[np.ndarray, "..."]
Normal = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Prior:
    """How cameras are held in a kind of place: means and deviations.

    Attributes:
        pitch: In radians.
        log_height: Of the height in metres.
        log_focal: Of the focal length over the picture's longer side.
        log_depth: Of the depth in metres of what bounds the ground.
        unusual: Share of heights from a wider distribution.
    """

    pitch: Normal
    log_height: Normal
    log_focal: Normal
    log_depth: Normal
    unusual: float


_PRIORS: dict[Kind, _Prior] = {
    "indoors": _Prior((-0.19, 0.11), (0.40, 0.14), (-0.2, 0.2), (1.48, 0.25), 0.05),
    "outdoors": _Prior((-0.03, 0.13), (0.45, 0.13), (0.0, 0.3), (4.6, 1.3), 0.25),
    "unknown": _Prior((-0.15, 0.2), (0.35, 0.3), (0.0, 0.3), (2.5, 1.5), 0.3),
}
_UNUSUAL_LOG_HEIGHT = (0.5, 0.75)
_WRONG_THING = 0.12
_WRONG_LOG_SIZE = 0.7
_WRONG_LINE, _LEAST_ANGLE, _YAWS = 0.15, 0.03, 45
"""Share of borders that belong to no wall of a square room, accuracy of the others, directions tried."""
_OUTLINE_PX = 0.6
"""By how much the ends of a mask may be off."""
_SLOPE = 0.012
"""By how much land may rise or fall, in heights of the picture."""
_HILLY = 0.12
"""Share of borders that are no level ground's, and how far off they are, in heights of the picture."""
_HILLY_BY = 0.12
_WATER_LOG_DEPTH = (6.0, 1.2)
_HORIZONS, _LOG_HEIGHTS = (-1.5, 2.0), (np.log(0.15), np.log(25.0))
_STEPS_FEH = (7, 33, 49)
_REACH = 4.5
_PASSES = 4

_FARTHEST = 1000.0
"""Longer sides of the canvas that a horizon may be off it, and that a focal length may have or be part of."""


def estimate_camera(layout: Layout, *, horizon: float | None = None, focal: float | None = None) -> Camera:
    """The camera that a layout was seen by, with how sure that is in `Camera.spread`.

    Args:
        layout: What is seen. One that shows nothing of its camera gives what is usual, with a large spread.
        horizon: The row of the horizon in pixels, if it is known.
        focal: The focal length in pixels, if it is known.

    Raises:
        TypeError: If the layout is none, or one of the numbers is none.
        ValueError: If the horizon or the focal length is not finite, or beyond what any camera has.
    """
    check_kind("layout", layout, Layout, "a Layout")
    farthest = _FARTHEST * max(layout.size_hw)
    if horizon is not None:
        check_number("horizon (a row in pixels)", horizon, -farthest, farthest)
    if focal is not None:
        check_number("focal (a length in pixels)", focal, max(layout.size_hw) / _FARTHEST, farthest)
    evidence = read_evidence(layout)
    prior = _PRIORS[evidence.kind]
    height, longest = layout.size_hw[0], max(layout.size_hw)
    mean, deviation = prior.log_focal
    offsets = np.linspace(-2, 2, _STEPS_FEH[0])
    log_focals, focal_weights = np.log(longest) + mean + deviation * offsets, -0.5 * offsets**2
    if focal is not None:
        log_focals, focal_weights = np.array([np.log(focal)]), np.zeros(1)
    rows = (horizon, horizon) if horizon is not None else (_HORIZONS[0] * height, _HORIZONS[1] * height)
    logs: tuple[float, float] = _LOG_HEIGHTS
    for _ in range(_PASSES):
        row = np.linspace(*rows, 1 if horizon is not None else _STEPS_FEH[2])
        log = np.linspace(*logs, _STEPS_FEH[1])
        row_step = float(row[1] - row[0]) if len(row) > 1 else 0.0
        log_step = float(log[1] - log[0])
        focals, heights, horizons = np.meshgrid(log_focals, log, row, indexing="ij")
        grid = focals, heights, horizons
        total = _log_posterior(evidence, prior, grid, row_step, log_step) + focal_weights[:, None, None]
        share = np.exp(total - total.max())
        share /= share.sum()
        (row_mean, row_deviation), (log_mean, log_deviation) = (
            _moments(share, grid[axis]) for axis in (2, 1)
        )
        if row_step <= 0.5 * row_deviation and log_step <= 0.5 * log_deviation:
            break
        rows = _closer(rows, row_mean, row_deviation + row_step)
        logs = _closer(logs, log_mean, log_deviation + log_step)
    focal_mean, focal_deviation = _moments(share, grid[0])
    both = float((share * (grid[2] - row_mean) * (grid[1] - log_mean)).sum())
    scale = row_deviation * log_deviation
    spread = Spread(
        horizon_px=row_deviation,
        log_height=log_deviation,
        log_focal=focal_deviation,
        correlation=float(np.clip(both / scale, -1, 1)) if scale > 0 else 0.0,
    )
    return Camera.of_horizon(
        row_mean, float(np.exp(log_mean)), float(np.exp(focal_mean)), layout.size_hw, spread
    )


def _log_posterior(
    evidence: Evidence, prior: _Prior, grid: tuple[Grid, Grid, Grid], row_step: float, log_step: float
) -> Grid:
    """The logarithm of prior times likelihood; the grid's own steps count as inaccuracy."""
    log_focal, log_height, horizon = grid
    focal, eye = np.exp(log_focal), np.exp(log_height)
    canvas = evidence.size_hw[0]
    pitch = np.arctan((horizon - canvas / 2) / focal)
    usual = _normal(log_height, *prior.log_height)
    unusual = _normal(log_height, *_UNUSUAL_LOG_HEIGHT)
    total = np.log((1 - prior.unusual) * usual + prior.unusual * unusual)
    # The pitch is normal; per row of horizon that is a factor of its derivative.
    total += np.log(_normal(pitch, *prior.pitch) * np.cos(pitch) ** 2 / focal + 1e-300)
    blur = 0.5 * row_step + 0.5 * evidence.pixel
    if evidence.border is not None:
        total += np.log(_border(evidence.border, prior, grid, canvas, blur) + 1e-300)
    elif evidence.ground_row is not None:
        total += _below(horizon, evidence.ground_row, canvas, blur)
    if evidence.sky_row is not None:
        total += _below(-horizon, -evidence.sky_row, canvas, blur)
    for foot, tall, metres, spread, depth_m in evidence.things:
        expected = _tall(foot, metres, depth_m, horizon, eye, pitch, focal)
        below = np.maximum(foot - horizon, 1e-6)
        off = np.hypot((blur + _OUTLINE_PX * evidence.pixel) / below, _OUTLINE_PX * evidence.pixel / tall)
        deviation = np.sqrt(spread**2 + off**2 + (0.5 * log_step) ** 2)
        error = np.log(tall / np.maximum(expected, 1e-6))
        right = np.where(expected > 0, _normal(error, 0.0, deviation), 0.0)
        wrong = _normal(np.clip(error, -3, 3), 0.0, _WRONG_LOG_SIZE)
        total += np.log((1 - _WRONG_THING) * right + _WRONG_THING * wrong + 1e-9)
    if evidence.kind == "indoors" and len(evidence.lines) > 1:
        # The lines say nothing of the height, so one layer of the grid stands for all.
        middle = evidence.size_hw[1] / 2
        total += _right_angles(evidence.lines, horizon[:, :1], pitch[:, :1], focal[:, :1], middle)
    return total


def _right_angles(
    lines: Float[np.ndarray, "L 4"], horizon: Grid, pitch: Grid, focal: Grid, middle: float
) -> Grid:
    """The logarithm of how likely it is that walls stand at right angles, in one of all directions.

    A level line through (x, y) with slope s meets the horizon where its direction vanishes, at an angle of
    atan((horizon - y + s (x - middle)) / (s focal / cos(pitch))) from straight ahead.
    """
    yaws = np.arange(_YAWS) * (np.pi / 2 / _YAWS)
    total = np.zeros((*horizon.shape, _YAWS))
    for x, y, slope, deviation in lines:
        angle, other = (
            np.arctan2(horizon - y + s * (x - middle), s * focal / np.cos(pitch))
            for s in (slope, slope + deviation)
        )
        unsure = np.hypot(_LEAST_ANGLE, np.abs(np.sin(angle - other)))
        off = (angle[..., None] - yaws + np.pi / 4) % (np.pi / 2) - np.pi / 4
        right = _normal(off, 0.0, unsure[..., None])
        total += np.log((1 - _WRONG_LINE) * right + _WRONG_LINE / (np.pi / 2))
    likely: Grid = np.logaddexp.reduce(total, axis=-1) - np.log(_YAWS)
    return likely


def _tall(
    foot: float, metres: float, depth_m: float, horizon: Grid, eye: Grid, pitch: Grid, focal: Grid
) -> Grid:
    """Height in pixels of an upright thing; 0 where none could stand there."""
    sin, cos = np.sin(pitch), np.cos(pitch)
    below = foot - horizon
    depth = focal * eye / (cos * np.maximum(below, 1e-6))
    ahead = (depth + eye * sin) / cos
    tops = []
    for far in (0.0, depth_m) if depth_m else (0.0,):
        top_depth = (ahead + far) * cos + (metres - eye) * sin
        rise = (metres - eye) * cos - (ahead + far) * sin
        tops.append(np.where(top_depth > 0.1, focal * rise / np.maximum(top_depth, 0.1), np.inf))
    middle = horizon - focal * np.tan(pitch)
    tall = foot - middle + np.max(tops, axis=0)
    return np.where((below > 0) & (ahead > 0) & np.isfinite(tall), tall, 0.0)


def _border(border: Border, prior: _Prior, grid: tuple[Grid, Grid, Grid], canvas: int, blur: float) -> Grid:
    """The density of the ground's upper border."""
    log_focal, log_height, horizon = grid
    gap = border.row - horizon
    slope = 0.0 if border.is_water else _SLOPE * canvas
    level = _normal(gap, 0.0, np.hypot(blur, border.scatter_px + slope))
    hilly = _normal(gap, 0.0, _HILLY_BY * canvas)
    mean, deviation = _WATER_LOG_DEPTH if border.is_water else prior.log_depth
    # The depth's logarithm is normal, so the gap's is: per row, a factor of 1 / gap.
    below = np.maximum(gap, blur)
    bounded = _normal(np.log(below), log_focal + log_height - mean, np.hypot(deviation, blur / below)) / below
    bounded = np.where(gap > 0, bounded, 0.0)
    ends_at_sky = 0.75 if border.is_open else 0.0
    right = ends_at_sky * level + (1 - ends_at_sky) * bounded
    return (1 - _HILLY) * right + _HILLY * hilly


def _below(horizon: Grid, row: float, canvas: int, blur: float) -> Grid:
    """The logarithm of how likely a row is below the horizon, but for some slope."""
    over = np.maximum(horizon - row, 0.0) / np.hypot(blur, _SLOPE * canvas)
    far = np.maximum(horizon - row, 0.0) / (_HILLY_BY * canvas)
    return np.log((1 - _HILLY) * np.exp(-0.5 * over**2) + _HILLY * np.exp(-0.5 * far**2) + 1e-12)


def _normal(value: Values, mean: Values | float, deviation: Values | float) -> Values:
    density: Values = np.exp(-0.5 * ((value - mean) / deviation) ** 2) / (deviation * np.sqrt(2 * np.pi))
    return density


def _moments(share: Grid, value: Grid) -> tuple[float, float]:
    """Mean and standard deviation."""
    mean = float((share * value).sum())
    return mean, float(np.sqrt(max(float((share * (value - mean) ** 2).sum()), 0.0)))


def _closer(limits: tuple[float, float], mean: float, deviation: float) -> tuple[float, float]:
    """The part of a range in which nearly all is."""
    return max(limits[0], mean - _REACH * deviation), min(limits[1], mean + _REACH * deviation)
