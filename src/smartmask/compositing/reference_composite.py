"""An inpainter without weights: the user's own cut-out, laid onto the mask, lit like the photo, shaded below,
and made as soft and as grainy.

It shows what a mask is worth before any model is installed, and it keeps the object that the user has: the
cut-out is scaled, mirrored and bent a little (`cutout_fit`), never redrawn.
"""

from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float32, UInt8
from PIL import Image

from smartmask.compositing.colour_match import match_colours
from smartmask.compositing.contact_shadow import FAINTEST, cast_shadow
from smartmask.compositing.cutout import read_cutout
from smartmask.compositing.cutout_fit import SLACK, fit_cutout, interpolate
from smartmask.compositing.grain_match import (
    REBLUR_PX,
    blur_to_match,
    blurred,
    grain_to_match,
    sharpening_to_match,
    texture_of,
)
from smartmask.protocols import Footprint, InpaintTask
from smartmask.scene.boxes import box_of
from smartmask.scene.colour_profile import converted
from smartmask.scene.distance import grow

STRIP_PX = 1 << 20
"""Pixels drawn at a time: bounds the memory on a photo of any size."""


class ReferenceComposite:
    """An `Inpainter` that `HasFootprint` and that puts in one cut-out; the seed decides its grain alone."""

    def __init__(
        self,
        cutout: Path | str | Image.Image | UInt8[np.ndarray, "H W 4"],
        *,
        colour: float = 0.6,
        shadow: float = 0.7,
        grain: float = 1.0,
    ) -> None:
        """Read a cut-out.

        Args:
            cutout: The object on a transparent background: a file, a Pillow image or an RGBA array.
            colour: How far its colours are brought to the photo's light, 0 to 1.
            shadow: How dark its shadow on the ground is, 0 to 1; 0 for what flies or hangs.
            grain: How far it is made as soft and as grainy as the photo, 0 to 1.

        Raises:
            ImageError: If the file cannot be read, has no transparency, or nothing in it is opaque.
            ValueError: If an image or array has such a fault, or a strength is not from 0 to 1.
            TypeError: If the cut-out is none of these.
        """
        for name, value in (("colour", colour), ("shadow", shadow), ("grain", grain)):
            if not 0 <= value <= 1:
                raise ValueError(f"{name} must be from 0 to 1, not {value}")
        self._cutout = read_cutout(cutout)
        self._colour, self._shadow, self._grain = colour, shadow, grain

    @property
    def working_side(self) -> int | None:
        """None: it draws at the photo's own scale."""
        return None

    @property
    def size_multiple(self) -> int:
        """Any size will do."""
        return 1

    def footprint(self, mask: Bool[np.ndarray, "H W"]) -> Footprint:
        """The fitted cut-out, as far as it does not stick out too much, and its shadow."""
        part, margin_px = _surroundings(mask)
        _, alpha = self._drawn(mask[part])
        within = grow(mask[part], 2 * SLACK * margin_px)
        changed = within & (alpha > 0)
        if self._shadow > 0:
            changed |= cast_shadow(alpha) > FAINTEST
        covered, beside = np.zeros_like(mask), np.zeros_like(mask)
        covered[part] = within & (alpha > 0.5)
        beside[part] = changed & ~mask[part]
        return Footprint(covered if covered.any() else mask, beside, margin_px)

    def inpaint(self, task: InpaintTask) -> UInt8[np.ndarray, "H W 3"]:
        """The window with the cut-out in it."""
        mask = task.layout.layers[task.layer_number].mask
        part, _ = _surroundings(mask)
        colours, alpha = self._drawn(mask[part])
        if self._cutout.profile != task.profile:
            whole = np.clip(np.rint(colours), 0, 255).astype(np.uint8)
            colours = converted(whole, self._cutout.profile, task.profile).astype(np.float32)
        inside = alpha > 0
        free = ~mask
        free[part] &= ~inside
        colours[inside] = match_colours(colours[inside], task.image[free], self._colour)
        lit = 1 - np.float32(self._shadow) * cast_shadow(alpha)
        if self._grain > 0:
            colours, alpha = self._weathered(colours, alpha, task.image[part], free[part], task.seed)
        ground = task.image[part] * lit[..., None]
        drawn = ground + alpha[..., None] * (colours - ground)
        picture = task.image.copy()
        # Off the mask all stays, to the last bit: a difference there would be taken for a drift of colours.
        may_change = task.mask[part]
        picture[part][may_change] = np.clip(np.rint(drawn[may_change]), 0, 255)
        return picture

    def _weathered(
        self,
        colours: Float32[np.ndarray, "H W 3"],
        alpha: Float32[np.ndarray, "H W"],
        photo: UInt8[np.ndarray, "H W 3"],
        free: Bool[np.ndarray, "H W"],
        seed: int,
    ) -> tuple[Float32[np.ndarray, "H W 3"], Float32[np.ndarray, "H W"]]:
        """The cut-out as soft and as grainy as the free part of a photo."""
        own, there = texture_of(colours, alpha > 0.95), texture_of(photo, free)
        blur_px = self._grain * blur_to_match(own, there)
        sharpened = self._grain * sharpening_to_match(own, there)
        if blur_px > 0 or sharpened > 0:
            # Weighted by coverage: what lies beyond the object is to have no part in its colours.
            layers = np.concatenate([colours * alpha[..., None], alpha[..., None]], 2)
            soft = blurred(layers, blur_px or REBLUR_PX)
            softened = soft[..., :3] / np.maximum(soft[..., 3:], 1e-6)
            if blur_px > 0:
                colours, alpha = softened, soft[..., 3]
            else:
                share = np.float32(sharpened)
                colours = colours + share * (colours - softened)
                alpha = np.clip(alpha + share * (alpha - soft[..., 3]), 0, 1)
        grain = grain_to_match(own, there, blur_px, alpha.shape, seed)
        return (colours if grain is None else colours + np.float32(self._grain) * grain), alpha

    def _drawn(
        self, mask: Bool[np.ndarray, "H W"]
    ) -> tuple[Float32[np.ndarray, "H W 3"], Float32[np.ndarray, "H W"]]:
        """The cut-out's colours and alpha, fitted to a mask."""
        fit, (height, width) = fit_cutout(self._cutout.alpha, mask), mask.shape
        factor = 1 / np.sqrt(abs(np.linalg.det(fit.matrix[:, :2])))
        pixels, scale_xy = self._shrunk(float(factor))
        drawn = np.empty((height, width, 4), np.float32)
        rows_at_once = max(STRIP_PX // width, 1)
        for top in range(0, height, rows_at_once):
            rows = slice(top, min(top + rows_at_once, height))
            y, x = np.mgrid[rows, :width].astype(np.float32) + np.float32(0.5)
            u, v = fit.source_of(x, y)
            u, v = u * scale_xy[0] - np.float32(0.5), v * scale_xy[1] - np.float32(0.5)
            drawn[rows] = interpolate(pixels, u, v)
        drawn[..., 3] /= 255
        return drawn[..., :3], drawn[..., 3]

    def _shrunk(self, factor: float) -> tuple[UInt8[np.ndarray, "h w 4"], tuple[np.float32, np.float32]]:
        """Colours and alpha, no more than one and a half times as fine as they will be shown."""
        pixels = self._cutout.pixels
        height, width = pixels.shape[:2]
        share = min(1.0, 1.5 * factor)
        if share == 1.0:
            return pixels, (np.float32(1), np.float32(1))
        size_wh = max(round(width * share), 1), max(round(height * share), 1)
        channels = (Image.fromarray(np.ascontiguousarray(pixels[..., c])) for c in range(4))
        shrunk = [np.asarray(channel.resize(size_wh, Image.Resampling.HAMMING)) for channel in channels]
        return np.stack(shrunk, 2), (np.float32(size_wh[0] / width), np.float32(size_wh[1] / height))


def _surroundings(mask: Bool[np.ndarray, "H W"]) -> tuple[tuple[slice, slice], int]:
    """The part about a mask in which all happens, and how far it goes: half the mask's longer side and more.

    It is the same part of the photo whether it is found there or in a window, so what is drawn is the same.
    """
    x0, y0, x1, y1 = (int(value) for value in box_of(mask))
    margin_px = (max(x1 - x0, y1 - y0) + 1) // 2 + 8
    rows, columns = (
        slice(max(y0 - margin_px, 0), y1 + margin_px),
        slice(max(x0 - margin_px, 0), x1 + margin_px),
    )
    return (rows, columns), margin_px
