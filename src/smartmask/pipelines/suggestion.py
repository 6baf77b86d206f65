"""One mask to choose: an outline on a canvas, its score, and where its shape came from."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float32

from smartmask.scene.boxes import BoxXYXY
from smartmask.scene.outline import Outline


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The remembered shape that a mask was made from.

    Attributes:
        label: What the shape is.
        similarity: How well the label fits the words, in [0, 1].
        source: Collection that it is from.
        group: What it shares with other shapes of the collection.
        is_mirrored: Whether it was mirrored.
        fit: "box" = it fills the box; "width" or "height" = it fills only that, and stands on the box's foot
            line, since more would stretch it out of shape; "own" = it has its own proportions.
    """

    label: str
    similarity: float
    source: str
    group: str
    is_mirrored: bool
    fit: str


@dataclass(frozen=True, eq=False)
class Suggestion:
    """One mask to choose.

    Attributes:
        outline: Its curves on the canvas.
        size_hw: Height and width of the canvas in pixels.
        score: How likely the mask is where and as large as the object would be, in [0, 1]: what the ranker
            says of it in the layout without the hint.
        label: The words that it was asked for with.
        origin: The remembered shape that it was made from; None = the network drew it freely.
    """

    outline: Outline
    size_hw: tuple[int, int]
    score: float
    label: str
    origin: Origin | None = None

    @cached_property
    def mask(self) -> Bool[np.ndarray, "H W"]:
        """Its pixels: alpha > 0.5."""
        return self.outline.mask(self.size_hw)

    @property
    def alpha(self) -> Float32[np.ndarray, "H W"]:
        """Its anti-aliased coverage in [0, 1], drawn anew at each call: it may be large."""
        return self.outline.alpha(self.size_hw)

    @property
    def box_xyxy(self) -> BoxXYXY:
        """The outline's tight box, as far as it lies on the canvas."""
        x0, y0, x1, y1 = self.outline.box_xyxy()
        height, width = self.size_hw
        return max(x0, 0.0), max(y0, 0.0), min(x1, float(width)), min(y1, float(height))

    def enlarged(self, factor: int, size_hw: tuple[int, int]) -> "Suggestion":
        """The same on a canvas so many times as large, of which every so-manieth pixel was looked at."""
        scaled = self.outline.mapped(lambda points: points * np.float32(factor))
        return Suggestion(scaled, size_hw, self.score, self.label, self.origin)
