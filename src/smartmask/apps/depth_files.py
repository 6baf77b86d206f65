"""A layout's camera and depth as files: JSON; metres as float32 in .npy; inverse depth in 16 bits in .png."""

import io
import json
from typing import Any

import numpy as np
from jaxtyping import Float32
from PIL import Image

from smartmask.perspective.depth import depth_map, nearness
from smartmask.scene.camera import Camera
from smartmask.scene.layout import Layout
from smartmask.scene.picture import png_bytes

CAMERA, METRES, PICTURE = "camera.json", "depth.npy", "depth.png"
WHITE = (1 << 16) - 1


def depth_files(layout: Layout, camera: Camera) -> dict[str, bytes]:
    """The content of camera.json, depth.npy and depth.png of a layout that a camera sees."""
    depth = depth_map(layout, camera)
    return {CAMERA: camera_json(camera), METRES: depth_npy(depth), PICTURE: depth_png(depth)}


def camera_json(camera: Camera) -> bytes:
    """A camera as JSON: pixels, metres, radians, and standard deviations if it was estimated."""
    spread = camera.spread
    record: dict[str, Any] = {
        "horizon": round(camera.horizon, 2),
        "pitch": round(camera.pitch, 5),
        "focal": round(camera.focal_px, 2),
        "height": round(camera.height_m, 4),
        "size_hw": [int(side) for side in camera.size_hw],
        "spread": None
        if spread is None
        else {
            "horizon": round(spread.horizon_px, 2),
            "log_height": round(spread.log_height, 4),
            "log_focal": round(spread.log_focal, 4),
            "correlation": round(spread.correlation, 4),
        },
    }
    return (json.dumps(record, indent=1, allow_nan=False) + "\n").encode()


def depth_npy(depth: Float32[np.ndarray, "H W"]) -> bytes:
    """Metres as the content of a NumPy file; the sky is infinite there."""
    buffer = io.BytesIO()
    np.save(buffer, depth)
    return buffer.getvalue()


def depth_png(depth: Float32[np.ndarray, "H W"]) -> bytes:
    """Inverse depth as the content of a 16-bit PNG: the nearest white, the farthest black."""
    return png_bytes(Image.fromarray(np.round(nearness(depth) * WHITE).astype(np.uint16)))
