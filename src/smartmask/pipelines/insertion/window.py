"""The window of a photo that an inpainter sees, and the way there and back without a shift.

A window is a rectangle of whole photo pixels. It is brought to the inpainter's size by resampling in
continuous coordinates (a pixel is a unit square), so that going there and back moves nothing, whatever the
factor. The rectangle is widened until its sides fit multiples of what the inpainter wants; where it reaches
beyond the photo, the photo is mirrored into it.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int64, UInt8
from PIL import Image

from smartmask.scene.boxes import BoxXYXY
from smartmask.scene.layout import Layer, Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A rectangle of a photo and the size at which it is shown.

    Attributes:
        x0, y0: Top left corner in photo pixels; may be negative.
        extent_hw: Height and width in photo pixels.
        shown_hw: Height and width as the inpainter gets it.
        size_hw: Size of the photo.
    """

    x0: int
    y0: int
    extent_hw: tuple[int, int]
    shown_hw: tuple[int, int]
    size_hw: tuple[int, int]

    @staticmethod
    def around(
        box_xyxy: BoxXYXY,
        padding_px: int,
        size_hw: tuple[int, int],
        working_side: int | None,
        size_multiple: int,
    ) -> "Window":
        """The window about a box with some of its surroundings.

        Args:
            box_xyxy: The box, in whole pixels of the photo.
            padding_px: Photo pixels added on each side, as far as the photo goes.
            size_hw: Size of the photo.
            working_side: What the longer side is brought to, and as far as the photo goes the other one, too:
                networks are trained on squares and draw badly on strips. None = left as it is.
            size_multiple: Both sides are brought to a multiple of this.

        >>> window = Window.around((10, 0, 20, 5), 2, (480, 640), None, 8)
        >>> window.x0, window.y0, window.extent_hw, window.shown_hw
        (7, 0, (8, 16), (8, 16))
        """
        x0, y0 = max(int(box_xyxy[0]) - padding_px, 0), max(int(box_xyxy[1]) - padding_px, 0)
        x1, y1 = (min(int(box_xyxy[2 + axis]) + padding_px, size_hw[1 - axis]) for axis in (0, 1))
        height, width = y1 - y0, x1 - x0
        longer = max(height, width)
        if working_side:
            x0, width = _widened(x0, width, longer, size_hw[1])
            y0, height = _widened(y0, height, longer, size_hw[0])
        side = _multiple(working_side or longer, size_multiple)
        scale = side / longer if working_side else 1.0
        shown = _multiple(height * scale, size_multiple), _multiple(width * scale, size_multiple)
        extent = max(round(shown[0] / scale), height), max(round(shown[1] / scale), width)
        return Window(
            x0=_start(x0, width, extent[1], size_hw[1]),
            y0=_start(y0, height, extent[0], size_hw[0]),
            extent_hw=extent,
            shown_hw=shown,
            size_hw=size_hw,
        )

    @property
    def on_photo(self) -> tuple[slice, slice]:
        """The rows and columns of the photo that the window shows."""
        spans = zip((self.y0, self.x0), self.extent_hw, self.size_hw, strict=True)
        rows, columns = (slice(max(start, 0), min(start + extent, side)) for start, extent, side in spans)
        return rows, columns

    @property
    def _of_photo(self) -> tuple[slice, slice]:
        """The rows and columns of the window that show the photo."""
        rows, columns = self.on_photo
        return (
            slice(rows.start - self.y0, rows.stop - self.y0),
            slice(columns.start - self.x0, columns.stop - self.x0),
        )

    def image(self, photo: UInt8[np.ndarray, "H W 3"]) -> UInt8[np.ndarray, "h w 3"]:
        """The window as the inpainter gets it."""
        rows = _mirrored(self.y0, self.extent_hw[0], self.size_hw[0])
        columns = _mirrored(self.x0, self.extent_hw[1], self.size_hw[1])
        return _resized(photo[rows[:, None], columns], self.shown_hw)

    def touched(self, mask: Bool[np.ndarray, "H W"]) -> Bool[np.ndarray, "h w"]:
        """The pixels of the window that show any part of a mask."""
        return self._covered(mask) > 0

    def layout(self, layout: Layout, number: int) -> tuple[Layout, int]:
        """The layers seen in the window, each pixel by majority, and what layer `number` is among them.

        That layer is there even if it is too fine for any majority: with every pixel that it touches.
        """
        layers: list[Layer] = []
        found = 0
        for index, layer in enumerate(layout.layers):
            covered = self._covered(layer.mask)
            mask = covered > 127
            if index == number:
                found = len(layers)
                mask = mask if mask.any() else covered > 0
            if mask.any():
                layers.append(Layer(layer.label, mask, layer.extent))
        return Layout(self.shown_hw, tuple(layers)), found

    def back(self, shown: UInt8[np.ndarray, "h w 3"]) -> UInt8[np.ndarray, "rows columns 3"]:
        """What the inpainter returned, at the photo's scale: the pixels of `on_photo`."""
        whole = _resized(shown, self.extent_hw)
        return whole[self._of_photo]

    def _covered(self, mask: Bool[np.ndarray, "H W"]) -> UInt8[np.ndarray, "h w"]:
        """The share of each shown pixel that a mask covers, above 0 if any of it; 0 beyond the photo."""
        whole = np.zeros(self.extent_hw, np.float32)
        whole[self._of_photo] = mask[self.on_photo]
        if self.shown_hw != self.extent_hw:
            size_wh = self.shown_hw[1], self.shown_hw[0]
            whole = np.asarray(Image.fromarray(whole).resize(size_wh, Image.Resampling.BOX))
        return np.ceil(np.clip(whole, 0, 1) * 255).astype(np.uint8)


def _multiple(length: float, unit: int) -> int:
    """The least multiple of a unit that holds a length, up to rounding errors."""
    return max(int(np.ceil(length / unit - 1e-6)), 1) * unit


def _widened(start: int, length: int, wanted: int, limit: int) -> tuple[int, int]:
    """A stretch on the photo with as much of a wanted length as the photo has, and where it begins."""
    extent = max(length, min(wanted, limit))
    return _start(start, length, extent, limit), extent


def _start(start: int, length: int, extent: int, limit: int) -> int:
    """Where a stretch begins that is widened on both sides, moved onto the photo as far as it fits."""
    start -= (extent - length) // 2
    if extent >= limit:
        return (limit - extent) // 2
    return min(max(start, 0), limit - extent)


def _mirrored(start: int, length: int, limit: int) -> Int64[np.ndarray, " n"]:
    """Positions in a stretch that reaches beyond 0..limit and is mirrored at both ends."""
    positions = np.arange(start, start + length, dtype=np.int64) % (2 * limit)
    return np.minimum(positions, 2 * limit - 1 - positions)


def _resized(image: UInt8[np.ndarray, "H W 3"], size_hw: tuple[int, int]) -> UInt8[np.ndarray, "h w 3"]:
    if image.shape[:2] == size_hw:
        return np.ascontiguousarray(image)
    size_wh = size_hw[1], size_hw[0]
    return np.asarray(Image.fromarray(image).resize(size_wh, Image.Resampling.BICUBIC))
