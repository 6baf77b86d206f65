"""How large a metre is where in a photo, told by the things in it whose size is known.

On level ground, seen by a camera without roll, a thing that stands at row y of the photo is
h = a (y - y0) pixels high for each metre of its height: y0 is the row of the horizon, and 1 / a the height
of the camera in metres. Both are fitted to the things that stand on visible ground. Half of what a photo
shows is partly hidden or in an odd pose, so the fit takes absolute errors, cut off at three deviations, and
leans on how people hold cameras where the things leave it open.

Source: D. Hoiem, A. Efros, M. Hebert, "Putting Objects in Perspective", IJCV 80 (2008), eq. 4.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from smartmask.data.layered_scene import LayeredScene, SceneLayer
from smartmask.data.synthesis.stage.scales import Support, scale_of

GROUNDS: dict[str, tuple[Support, ...]] = {
    "road": ("road", "pavement"),
    "street": ("road", "pavement"),
    "pavement": ("pavement",),
    "sidewalk": ("pavement",),
    "platform": ("pavement",),
    "grass": ("ground",),
    "dirt": ("ground",),
    "sand": ("ground",),
    "snow": ("ground",),
    "gravel": ("ground",),
    "ground": ("ground",),
    "earth": ("ground",),
    "field": ("ground",),
    "playing field": ("ground",),
    "path": ("ground", "pavement"),
    "floor": ("floor",),
    "rug": ("floor",),
    "carpet": ("floor",),
}
"""Labels of ground in photos, and what they can carry."""
_MOST_SPREAD = 0.25
_STANDS_ON: frozenset[Support] = frozenset({"ground", "pavement", "road", "floor"})
_LEAST_PX = 16
_CUT = 3.0
_INLIER = 2.0
_HORIZON = (0.4, 0.25)
"""Usual row of the horizon in heights of the photo, and its deviation."""
_EYE_M = (1.6, 0.5)
"""Usual height of the camera, and the deviation of its logarithm."""
_PLAUSIBLE_HORIZON = (-0.6, 0.8)
_PLAUSIBLE_EYE_M = (0.4, 12.0)


@dataclass(frozen=True, slots=True)
class GroundScale:
    """Pixels to a metre by the row of the foot.

    Attributes:
        horizon_row: Row of the horizon in pixels, perhaps above the photo.
        eye_m: Height of the camera above the ground in metres.
        foot_rows: Least and greatest row of the feet that it was fitted to.
    """

    horizon_row: float
    eye_m: float
    foot_rows: tuple[float, float]

    def pixels_per_metre(self, foot_row: float) -> float:
        """Height in pixels of one metre that stands at a row; 0 or less at and above the horizon."""
        return (foot_row - self.horizon_row) / self.eye_m


def ground_mask(scene: LayeredScene) -> Bool[np.ndarray, "H W"]:
    """The pixels at which ground is seen."""
    index = scene.visible_index()
    numbers = [number for number, layer in enumerate(scene.layers) if layer.label in GROUNDS]
    return np.isin(index, numbers)


def estimate_ground_scale(scene: LayeredScene) -> GroundScale | None:
    """The scale that a scene's things imply; None if fewer than two agree, or no camera is held like that."""
    ground = ground_mask(scene)
    found = [_witness(layer, ground) for layer in scene.layers]
    witnesses = np.array([witness for witness in found if witness is not None]).reshape(-1, 3)
    if len(witnesses) < 2:
        return None
    return fit_ground_scale(witnesses[:, 0], witnesses[:, 1], witnesses[:, 2], scene.size_hw[0])


def fit_ground_scale(
    foot_row: Float[np.ndarray, " N"],
    pixels_per_metre: Float[np.ndarray, " N"],
    spread: Float[np.ndarray, " N"],
    height: int,
) -> GroundScale | None:
    """The horizon and eye height that agree best with things of known size.

    Args:
        foot_row: Row at which each thing stands.
        pixels_per_metre: Its height in pixels over that in metres.
        spread: Deviation of the logarithm of its height in metres.
        height: Height of the photo in pixels.

    Returns:
        None if fewer than two things agree with the best fit, or not more than half of them.
    """
    best, best_cost = None, np.inf
    top = min(_PLAUSIBLE_HORIZON[1] * height, float(np.min(foot_row)) - 0.02 * height)
    for horizon in np.arange(_PLAUSIBLE_HORIZON[0] * height, top, height / 240):
        below = foot_row - horizon
        logs = np.log(pixels_per_metre / below)
        # Sums of absolute values are least at one of the points.
        for log in logs:
            eye_m = float(np.exp(-log))
            if not _PLAUSIBLE_EYE_M[0] <= eye_m <= _PLAUSIBLE_EYE_M[1]:
                continue
            errors = np.abs(logs - log) / spread
            usual = ((horizon / height - _HORIZON[0]) / _HORIZON[1]) ** 2
            usual += (np.log(eye_m / _EYE_M[0]) / _EYE_M[1]) ** 2
            cost = float(np.minimum(errors, _CUT).sum() + 0.25 * usual)
            if cost < best_cost:
                agree = errors < _INLIER
                best, best_cost = (float(horizon), eye_m, agree), cost
    if best is None or best[2].sum() < 2 or best[2].mean() <= 0.5:
        return None
    rows = foot_row[best[2]]
    return GroundScale(best[0], best[1], (float(rows.min()), float(rows.max())))


def _witness(layer: SceneLayer, ground: Bool[np.ndarray, "H W"]) -> tuple[float, float, float] | None:
    """Foot row, pixels per metre and spread of a whole thing of known size that stands on visible ground."""
    x0, y0, x1, y1 = layer.box_xyxy
    height, width = ground.shape
    scale = scale_of(layer.label)
    if not layer.is_thing or scale is None or not set(scale.supports) <= _STANDS_ON or not scale.supports:
        return None
    if x0 == 0 or y0 == 0 or x1 == width or y1 == height or y1 - y0 < _LEAST_PX:
        return None
    aspect = (x1 - x0) / (y1 - y0)
    pose = scale.pose(aspect)
    if pose is None or pose.spread > _MOST_SPREAD:
        return None
    # Annotated outlines leave a rim of a few pixels between a thing and its ground.
    below = ground[y1 : min(height, y1 + max(3, (y1 - y0) // 25)), x0:x1]
    if not below.any():
        return None
    return float(y1), (y1 - y0) / pose.height(aspect), max(pose.spread, 0.05)
