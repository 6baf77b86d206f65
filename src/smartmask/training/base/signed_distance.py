"""From a mask to the signed distance field that the denoiser learns; needs OpenCV (training extra)."""

import cv2
import numpy as np
from jaxtyping import Bool, Float32

from smartmask.model.diffusion.field_codec import TRUNCATION_PX
from smartmask.scene.view import View


def encode(mask: Bool[np.ndarray, "H W"], view: View) -> Float32[np.ndarray, "R R"]:
    """The field of a canvas mask in a view, in [-1, 1]; an object that the canvas cuts goes on beyond it."""
    margin = int(np.ceil(TRUNCATION_PX / view.scale)) + 2
    height, width = mask.shape
    left, top = max(int(view.x0) - margin, 0), max(int(view.y0) - margin, 0)
    right = min(int(view.x0 + view.side) + margin + 1, width)
    bottom = min(int(view.y0 + view.side) + margin + 1, height)
    part = np.ascontiguousarray(mask[top:bottom, left:right]).view(np.uint8)
    distance = _distance(part) - _distance(1 - part)
    distance -= 0.5 * np.sign(distance)
    field = view.sample(distance * (view.scale / TRUNCATION_PX), (left, top))
    return np.clip(field, -1, 1)


def _distance(mask: np.ndarray) -> Float32[np.ndarray, "H W"]:
    """Distance of each true pixel's centre to the nearest false one; far everywhere if there is none."""
    if mask.all():
        return np.full(mask.shape, 1e4, np.float32)
    return np.asarray(cv2.distanceTransform(mask, cv2.DIST_L2, cv2.DIST_MASK_5), np.float32)
