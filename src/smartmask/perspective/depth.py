"""Metres to what a layout shows at each pixel, by its camera.

Where layers stand is told by `stands.py`. Their order has the last word: from back to front, nothing may be
deeper than what is behind it, at their common border. Things are moved nearer as a whole for that, regions
give way near the border alone.
"""

import numpy as np
from jaxtyping import Float, Float32

from smartmask.arguments import check_kind
from smartmask.perspective.stands import FARTHEST_M, Crop, Stands
from smartmask.scene.camera import Camera
from smartmask.scene.layout import UNKNOWN, Layout
from smartmask.scene.nearest import nearest_places

HAIR = 0.01
"""By what share things are nearer than what carries them."""
RETURN = 23.0
"""How fast the logarithm of a region's depth returns beside a border that it gave way at, per longer side."""

Map = Float[np.ndarray, "h w"]


def depth_map(layout: Layout, camera: Camera) -> Float32[np.ndarray, "H W"]:
    """Metres along the camera's axis to what is seen at each pixel; infinite where that is sky.

    Pixels about which the layout says nothing are as deep as the nearest ones that it tells of.

    Args:
        layout: What is seen.
        camera: Of the same size: `estimate_camera` gives one.

    Returns:
        Above 0; finite ones at most `FARTHEST_M`. Where a layer borders on one behind it, it is nowhere
        deeper than that one.

    Raises:
        ValueError: If the camera is of another size.
    """
    check_kind("layout", layout, Layout, "a Layout")
    check_kind("camera", camera, Camera, "a Camera; estimate_camera gives one")
    if tuple(camera.size_hw) != tuple(layout.size_hw):
        raise ValueError(
            f"the camera's canvas is {camera.size_hw} (H, W) but the layout is {layout.size_hw}; estimate "
            "the camera of this layout"
        )
    stands = Stands(layout, camera)
    depth = np.full(layout.size_hw, np.inf)
    away = stands.away.copy()
    for number, crop in enumerate(stands.crops):
        if crop is None:
            continue
        seen = stands.index[crop] == number
        limit = np.where(seen, _around(depth, crop), np.inf)
        if stands.is_thing(number):
            carrier = stands.carrier(number)
            if carrier is not None:
                away[number] = away[carrier] * (1 - HAIR)
            field = np.minimum(away[number] * stands.upright[crop[0]], FARTHEST_M) + np.zeros(seen.shape)
        else:
            field = stands.other(number, crop)
        if (limit < field).any():
            if stands.gives_way(number):
                field = np.minimum(field, _giving_way(limit, RETURN / max(layout.size_hw)))
            else:
                moved = float((limit / field).min())
                away[number] *= moved
                field = np.minimum(field * moved, limit)
        depth[crop] = np.where(seen, field, depth[crop])
    unknown = stands.index == UNKNOWN
    if unknown.all():
        return (stands.ground + np.zeros(layout.size_hw)).astype(np.float32)
    depth[unknown] = depth[nearest_places(~unknown, unknown)]
    return depth.astype(np.float32)


def nearness(depth: Float32[np.ndarray, "H W"]) -> Float32[np.ndarray, "H W"]:
    """Inverse depth brought to 0, farthest, to 1, nearest: what depth ControlNets are shown.

    Source: R. Ranftl et al., "Towards Robust Monocular Depth Estimation", PAMI 44 (2022): the networks whose
    answers those are trained on give inverse depth up to scale and shift.

    >>> nearness(np.array([[1, 2, np.inf]], np.float32)).tolist()
    [[1.0, 0.5, 0.0]]
    """
    inverse = 1 / depth
    low, high = inverse.min(), inverse.max()
    if low == high:
        return np.full_like(depth, high > 0)
    return np.asarray((inverse - low) / (high - low), np.float32)


def _around(depth: Float[np.ndarray, "H W"], crop: Crop) -> Map:
    """For each pixel of a crop the least depth of its four neighbours."""
    (y0, y1), (x0, x1) = ((part.start, part.stop) for part in crop)
    inside = depth[max(y0 - 1, 0) : y1 + 1, max(x0 - 1, 0) : x1 + 1]
    rim = ((y0 == 0, y1 == depth.shape[0]), (x0 == 0, x1 == depth.shape[1]))
    wide = np.pad(inside, np.array(rim, int), constant_values=np.inf)
    pairs = np.minimum(wide[:-2, 1:-1], wide[2:, 1:-1]), np.minimum(wide[1:-1, :-2], wide[1:-1, 2:])
    return np.asarray(np.minimum(*pairs))


def _giving_way(limit: Map, slope: float) -> Map:
    """The largest depth below a limit whose logarithm rises by at most `slope` a pixel, along the axes.

    Source: E. McShane, "Extension of range of functions" (1934), theorem 1, in the L1 metric, axis by axis.
    """
    log = np.log(limit)
    for axis in (0, 1):
        steps = slope * np.arange(log.shape[axis]).reshape((-1, 1) if axis == 0 else (1, -1))
        forward = np.minimum.accumulate(log - steps, axis) + steps
        backward = np.flip(np.minimum.accumulate(np.flip(log + steps, axis), axis), axis) - steps
        log = np.minimum(forward, backward)
    least = np.minimum(np.exp(log), limit)
    return np.asarray(np.where(least > FARTHEST_M, np.inf, least))
