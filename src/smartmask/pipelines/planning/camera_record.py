"""A camera as a plan's record keeps it, to the last bit: one that stands above the origin and looks along +x.

    {"pitch": -0.031, "height": 1.52, "focal": 480.0,
     "spread": {"horizon": 4.1, "log_height": 0.09, "log_focal": 0.2, "correlation": -0.3} or null}

Radians, metres and pixels; `spread` is null where the camera is known (`scene/camera.py`).
"""

import math
from typing import Any

from smartmask.data.layouts.checks import check_keys, field, short
from smartmask.errors import LayoutFileError
from smartmask.scene.camera import Camera, Spread

HEIGHTS_M, FOCALS_PX = (1e-3, 1e5), (1e-3, 1e8)
_KEYS = {"pitch", "height", "focal", "spread"}
_SPREAD_KEYS = {"horizon", "log_height", "log_focal", "correlation"}


def camera_record(camera: Camera) -> dict[str, Any]:
    """The camera as JSON."""
    spread = camera.spread
    return {
        "pitch": float(camera.pitch),
        "height": float(camera.height_m),
        "focal": float(camera.focal_px),
        "spread": None
        if spread is None
        else {
            "horizon": float(spread.horizon_px),
            "log_height": float(spread.log_height),
            "log_focal": float(spread.log_focal),
            "correlation": float(spread.correlation),
        },
    }


def parse_camera(record: Any, size_hw: tuple[int, int], where: str) -> Camera:
    """The camera of a record that has been read.

    Args:
        record: What was read.
        size_hw: Of the canvas.
        where: File and record, for messages.

    Raises:
        LayoutFileError: If it breaks the format.
    """
    pitch, height, focal = (_number(record, name, where) for name in ("pitch", "height", "focal"))
    check_keys(record, _KEYS, where)
    (lowest, highest), (shortest, longest) = HEIGHTS_M, FOCALS_PX
    if not (abs(pitch) < math.pi / 2 and lowest <= height <= highest and shortest <= focal <= longest):
        raise LayoutFileError(
            f"{where}: expected a pitch within a right angle, a height of {lowest:g} to {highest:g} m and a "
            f"focal length of {shortest:g} to {longest:g} px, not {pitch:g}, {height:g} and {focal:g}"
        )
    spread = None
    if record["spread"] is not None:
        told = field(record, "spread", dict, where)
        horizon, log_height, log_focal, correlation = (
            _number(told, name, f"{where}: spread")
            for name in ("horizon", "log_height", "log_focal", "correlation")
        )
        check_keys(told, _SPREAD_KEYS, f"{where}: spread")
        if min(horizon, log_height, log_focal) < 0 or abs(correlation) > 1:
            raise LayoutFileError(
                f"{where}: spread must hold deviations of 0 or more and a correlation from -1 to 1, not "
                f"{short(told)}"
            )
        spread = Spread(
            horizon_px=horizon, log_height=log_height, log_focal=log_focal, correlation=correlation
        )
    return Camera(
        position=(0.0, 0.0, height), yaw=0.0, pitch=pitch, focal_px=focal, size_hw=size_hw, spread=spread
    )


def _number(record: Any, name: str, where: str) -> float:
    value = float(field(record, name, (int, float), where))
    if not math.isfinite(value):
        raise LayoutFileError(f"{where}: {name} must be a finite number")
    return value
