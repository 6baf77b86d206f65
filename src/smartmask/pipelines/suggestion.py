"""One mask to choose: an outline on a canvas, its score, and where its shape came from."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float32, UInt8

from smartmask.arguments import check_function
from smartmask.data.picture_files import write_png
from smartmask.language.wording import with_article
from smartmask.scene.boxes import BoxXYXY, span_text
from smartmask.scene.outline import Outline
from smartmask.scene.picture import preview_hw, preview_png


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The remembered shape that a mask was made from.

    Attributes:
        number: Its place in the memory.
        label: What the shape is.
        similarity: How well the label fits the words, in [0, 1].
        source: Collection that it is from.
        group: What it shares with other shapes of the collection.
        is_mirrored: Whether it was mirrored.
        fit: "box" = it fills the box; "width" or "height" = it fills only that, and stands on the box's foot
            line, since more would stretch it out of shape; "own" = it has its own proportions.
        views: From how many sides the memory knows the mesh that it shows; 0 if nobody knows from where it
            is seen. From two on it can be turned.
    """

    number: int
    label: str
    similarity: float
    source: str
    group: str
    is_mirrored: bool
    fit: str
    views: int

    @property
    def shape(self) -> str:
        """Names the shape, and whether it was mirrored, for who wants to turn it: "120", "120 mirrored"."""
        return f"{self.number}{' mirrored' if self.is_mirrored else ''}"


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
        behind: Numbers of the layers that stand before it and hide some of it (`hidden_parts.py`).
        hidden: What they, and what is in front of them, hide of its mask, in `crop`; None = nothing.
    """

    outline: Outline
    size_hw: tuple[int, int]
    score: float
    label: str
    origin: Origin | None = None
    behind: tuple[int, ...] = ()
    hidden: Bool[np.ndarray, "h w"] | None = None

    def __repr__(self) -> str:
        """Its words, place, score and origin, without drawing it."""
        place = f"box {span_text(self.box_xyxy)}" if self.outline.curves else "empty"
        shape = self.origin
        origin = "drawn freely" if shape is None else f"from {with_article(shape.label)} of {shape.source}"
        return f"Suggestion({self.label!r}, {place}, score {self.score:.2f}, {origin})"

    def _repr_png_(self) -> bytes:
        """Its shape, white on black, small, for notebooks."""
        size_hw = preview_hw(self.size_hw)
        share_xy = np.array([size_hw[1] / self.size_hw[1], size_hw[0] / self.size_hw[0]], np.float32)
        outline = self.outline.mapped(lambda points: points * share_xy)
        return preview_png(Suggestion(outline, size_hw, self.score, self.label).levels(_half_down))

    @property
    def mask(self) -> Bool[np.ndarray, "H W"]:
        """All its pixels, hidden ones too: alpha > 0.5.

        Only bits in its box are kept: each call makes a canvas of them.
        """
        canvas = np.zeros(self.size_hw, bool)
        canvas[self.crop] = np.unpackbits(self._bits[0], axis=1, count=self._bits[1])
        return canvas

    @property
    def visible_mask(self) -> Bool[np.ndarray, "H W"]:
        """What is seen of it: its mask without the pixels of what stands before it."""
        canvas = self.mask
        if self.hidden is not None:
            canvas[self.crop] &= ~self.hidden
        return canvas

    @property
    def crop(self) -> tuple[slice, slice]:
        """Rows and columns of the canvas that its mask lies in."""
        bits, width, (top, left) = self._bits
        return slice(top, top + len(bits)), slice(left, left + width)

    @cached_property
    def _bits(self) -> tuple[UInt8[np.ndarray, "h b"], int, tuple[int, int]]:
        """The mask in its box, eight pixels a byte; the box's width and corner."""
        crop, corner = self.outline.crop(self.size_hw)
        return np.packbits(crop > 0.5, axis=1), crop.shape[1], corner

    @property
    def alpha(self) -> Float32[np.ndarray, "H W"]:
        """Its anti-aliased coverage in [0, 1], drawn anew at each call: it may be large."""
        return self.outline.alpha(self.size_hw)

    def levels(
        self, rounded: Callable[[Float32[np.ndarray, "h w"]], Float32[np.ndarray, "h w"]]
    ) -> UInt8[np.ndarray, "H W"]:
        """Its coverage in whole numbers, made in its box alone.

        Args:
            rounded: Makes whole numbers from 0 to 255 of values in that range, 0 of 0.
        """
        check_function("rounded", rounded)
        crop, (top, left) = self.outline.crop(self.size_hw)
        canvas = np.zeros(self.size_hw, np.uint8)
        canvas[top : top + crop.shape[0], left : left + crop.shape[1]] = rounded(crop * np.float32(255))
        return canvas

    @property
    def box_xyxy(self) -> BoxXYXY:
        """The outline's tight box, as far as it lies on the canvas."""
        x0, y0, x1, y1 = self.outline.box_xyxy()
        height, width = self.size_hw
        return max(x0, 0.0), max(y0, 0.0), min(x1, float(width)), min(y1, float(height))

    def cutout(self, photo: UInt8[np.ndarray, "H W 3"]) -> UInt8[np.ndarray, "H W 4"]:
        """What the photo shows within it: the photo's colours, and its coverage as their opacity.

        Args:
            photo: A photo of the canvas's size.

        Returns:
            RGBA, the colours not multiplied by the opacity; above 127 that is the mask.

        Raises:
            ValueError: If the photo is not uint8 RGB of the canvas's size.
        """
        height, width = self.size_hw
        is_array = isinstance(photo, np.ndarray)
        if not is_array or photo.dtype != np.uint8 or photo.shape != (height, width, 3):
            found = f"{photo.dtype} {photo.shape}" if is_array else type(photo).__name__
            raise ValueError(f"the photo must be uint8 {(height, width, 3)}, as the canvas, not {found}")
        return np.dstack([photo, self.levels(_half_down)])

    def save(self, path: Path | str) -> None:
        """Write its mask as a PNG file, 255 inside and 0 outside, whole or not at all.

        Raises:
            ValueError: If the name does not end in .png.
            OSError: If it cannot be written.
        """
        write_png(path, self.mask)

    def enlarged(self, factor: int, size_hw: tuple[int, int]) -> "Suggestion":
        """The same on a canvas so many times as large, of which every so-manieth pixel was looked at."""
        scaled = self.outline.mapped(lambda points: points * np.float32(factor))
        return Suggestion(scaled, size_hw, self.score, self.label, self.origin)


def _half_down(values: Float32[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
    """Whole numbers, a half rounded down: above 127 exactly where the coverage is above a half."""
    return np.ceil(values - np.float32(0.5))
