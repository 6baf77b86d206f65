"""From where a remembered shape was seen, where that is known: of renders, mostly."""

import re
from dataclasses import dataclass

_TEXT = re.compile(r"azimuth (\d+), pitch (-?\d+), height (\d+\.\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeView:
    """A view of a mesh.

    Attributes:
        azimuth: Degrees that the camera went round the mesh, against the clock as seen from above, below 360.
        pitch: Degrees that it looks down at the middle of the mesh; below 0 it looks up.
        height: How high the mesh comes out in the picture, in diagonals of its box, at the distance of its
            middle.
    """

    azimuth: int
    pitch: int
    height: float

    @staticmethod
    def read(text: str) -> "ShapeView | None":
        """What a memory says of a shape's view; None if that is not all of a view.

        >>> ShapeView.read("azimuth 30, pitch 12, height 0.81")
        ShapeView(azimuth=30, pitch=12, height=0.81)
        """
        found = _TEXT.fullmatch(text)
        if found is None:
            return None
        azimuth, pitch, height = found.groups()
        return ShapeView(azimuth=int(azimuth), pitch=int(pitch), height=float(height))

    def __str__(self) -> str:
        return f"azimuth {self.azimuth}, pitch {self.pitch}, height {self.height:.3f}"
