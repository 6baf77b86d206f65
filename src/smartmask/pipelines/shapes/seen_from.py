"""From how high up a thing is looked at where it stands, and the shapes that are seen so.

A camera h metres up sees a boat on the horizon from its side and one before its feet from above: the ray
through a thing's middle at row y falls by

    atan((y - H / 2) / focal) - pitch

below the level. Renders of a mesh know that angle (`ShapeView.pitch`), so of one mesh the view is taken that
fits its place, turned about no more than is needed.
"""

from dataclasses import dataclass

import numpy as np

from smartmask.memory.shape_memory import ShapeMemory
from smartmask.scene.boxes import BoxXYXY
from smartmask.scene.camera import Camera

FREE_DEGREES = 5.0
"""So far off nobody sees it."""
PITCH_UNIT, TURN_UNIT, ASPECT_UNIT = 8.0, 30.0, 0.5
"""Degrees of pitch, degrees of azimuth, and ln(width / height) that make views of a mesh equally unlike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fall:
    """The ray through the middle of a thing.

    Attributes:
        degrees: How far it falls below the level; below 0 it rises.
        free: By how many degrees a shape may be seen otherwise: nobody sees it, or nobody knows better.
    """

    degrees: float
    free: float

    @staticmethod
    def of(camera: Camera, box_xyxy: BoxXYXY) -> "Fall":
        """At the middle of a box on a camera's canvas.

        >>> camera = Camera.of_horizon(100.0, 1.6, 300.0, (200, 300))
        >>> round(Fall.of(camera, (0, 180, 10, 220)).degrees, 1)
        18.4
        """
        middle = (box_xyxy[1] + box_xyxy[3]) / 2
        below = np.arctan((middle - camera.size_hw[0] / 2) / camera.focal_px)
        doubt = np.arctan(camera.spread.horizon_px / camera.focal_px) if camera.spread else 0.0
        degrees, doubt = np.degrees([below - camera.pitch, doubt]).tolist()
        return Fall(degrees=degrees, free=max(FREE_DEGREES, doubt))

    def off(self, pitch: float) -> float:
        """Degrees by which a view from a pitch is seen to be wrong."""
        return max(abs(pitch - self.degrees) - self.free, 0.0)


def view_for(memory: ShapeMemory, number: int, fall: Fall) -> int:
    """The shape of the same mesh that is seen as its place is, and is else most like a shape.

    Args:
        memory: The shapes.
        number: The shape; it stays if nobody knows its view.
        fall: At its middle, where it is to stand.
    """
    views = memory.views_beside(number)
    if number not in views:
        return number

    def unlike(other: int) -> tuple[float, int]:
        turn = abs((views[other].azimuth - views[number].azimuth + 180) % 360 - 180)
        aspect = abs(float(np.log(memory.aspects[other] / memory.aspects[number])))
        off = fall.off(views[other].pitch)
        return off / PITCH_UNIT + turn / TURN_UNIT + aspect / ASPECT_UNIT, other

    return min(views, key=unlike)
