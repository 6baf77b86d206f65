"""A large canvas as it is looked at: every so-manieth pixel. What is drawn is a curve and loses nothing."""

from dataclasses import replace

import numpy as np
from jaxtyping import Bool

from smartmask.scene.boxes import clip_box
from smartmask.scene.guidance import Box, Guidance, NoGuidance, Region, Scribble
from smartmask.scene.layout import Layout

WORK_PX = 1024
"""Longer side at which layouts are looked at; what is drawn is a curve, as sharp on a canvas of any size."""
SMALLEST_BOX_PX = 2.0
"""A box with a shorter side shows no shape."""


def step_of(guidance: Guidance, size_hw: tuple[int, int]) -> int:
    """How many pixels apart those are that are looked at: no more than lets a small box show a shape."""
    step = min(-(-max(size_hw) // WORK_PX), 2 * min(size_hw) - 1)  # a thin canvas keeps a row
    if isinstance(guidance, Box):
        x0, y0, x1, y1 = clip_box(guidance.box_xyxy, size_hw)
        step = min(step, int(min(x1 - x0, y1 - y0) / SMALLEST_BOX_PX))
    return max(step, 1)


def reduced(layout: Layout, step: int) -> Layout:
    """A layout of every `step`-th pixel."""
    layers = [replace(layer, mask=_every(layer.mask, step)) for layer in layout.layers]
    height, width = _every_shape(layout.size_hw, step)
    return Layout((height, width), tuple(layer for layer in layers if layer.mask.any()))


def reduced_hint(guidance: Guidance, step: int) -> Guidance:
    """A hint on such a canvas."""
    if isinstance(guidance, Box):
        x0, y0, x1, y1 = guidance.box_xyxy
        return Box((x0 / step, y0 / step, x1 / step, y1 / step))
    if isinstance(guidance, NoGuidance):
        return guidance
    if isinstance(guidance, Region):
        return Region(_every_drawn(guidance.mask, step))
    wanted = _every_drawn(guidance.wanted, step)
    avoid = None if guidance.avoid is None else _every_drawn(guidance.avoid, step) & ~wanted
    return Scribble(wanted, avoid if avoid is not None and avoid.any() else None)


def _every_drawn(mask: Bool[np.ndarray, "H W"], step: int) -> Bool[np.ndarray, "h w"]:
    """Every `step`-th pixel of a drawing, of which something is left however thin it is."""
    found = _every(mask, step)
    if not found.any():
        rows, columns = np.nonzero(mask)
        found[np.minimum(rows // step, len(found) - 1), np.minimum(columns // step, found.shape[1] - 1)] = (
            True
        )
    return found


def _every(mask: Bool[np.ndarray, "H W"], step: int) -> Bool[np.ndarray, "h w"]:
    return np.ascontiguousarray(mask[step // 2 :: step, step // 2 :: step])


def _every_shape(size_hw: tuple[int, int], step: int) -> tuple[int, ...]:
    return tuple(len(range(step // 2, side, step)) for side in size_hw)
