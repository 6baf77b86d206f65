"""Guidance: the hint a user draws, and the map the network sees of it.

Four kinds, as in the method (docs/METHOD.md, section 1). Each rasterises itself into a view, so a hint drawn
on the canvas and one made for training become a map in the same lines of code.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32

from smartmask.arguments import check_kind, check_unmasked
from smartmask.errors import kind_of
from smartmask.scene.boxes import BoxXYXY, FourNumbers, as_box, box_of, clip_box
from smartmask.scene.rebuilt import Rebuilt
from smartmask.scene.view import View

REGION_SPREAD = 0.12
"""Softness of a region: the deviation of its Gaussian blur as a share of the region's longer side."""


@dataclass(frozen=True, slots=True)
class NoGuidance:
    """No hint: the model chooses place and scale."""

    def rasterize(self, view: View) -> Float32[np.ndarray, "R R"]:
        """Zero everywhere."""
        return np.zeros((view.resolution, view.resolution), np.float32)


@dataclass(frozen=True, slots=True)
class Box:
    """The object's tight box: xyxy in canvas pixels, half-open."""

    box_xyxy: BoxXYXY

    def __init__(self, box_xyxy: FourNumbers) -> None:
        """Take four numbers; see `as_box` for what is refused."""
        object.__setattr__(self, "box_xyxy", as_box(box_xyxy))

    def rasterize(self, view: View) -> Float32[np.ndarray, "R R"]:
        """The share of each view pixel that the box covers, clipped to the canvas."""
        check_kind("view", view, View, "a View")
        x0, y0, x1, y1 = clip_box(self.box_xyxy, view.size_hw)
        columns = _overlap(x0, x1, view.x0, view)
        rows = _overlap(y0, y1, view.y0, view)
        return (rows[:, None] * columns[None]).astype(np.float32)

    def box(self) -> BoxXYXY:
        """The box itself."""
        return self.box_xyxy


@dataclass(frozen=True, slots=True, eq=False)
class Scribble(Rebuilt):
    """A rough drawing of the object's own shape, and of where it must not be; copies are kept, read-only.

    Attributes:
        mask: The drawing, as a canvas mask.
        avoid: Pixels that the object leaves free; None = none.
    """

    mask: Bool[np.ndarray, "H W"]
    avoid: Bool[np.ndarray, "H W"] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "mask", _drawn(self.mask, "scribble"))
        if self.avoid is None:
            return
        object.__setattr__(self, "avoid", _drawn(self.avoid, "drawing of what to avoid"))
        if self.avoid.shape != self.mask.shape:
            found, expected = (f"{one.shape[1]}x{one.shape[0]}" for one in (self.avoid, self.mask))
            raise ValueError(f"the drawing of what to avoid is {found} but the scribble is {expected}")
        if not self.wanted.any():
            raise ValueError("the scribble is to be avoided altogether; leave some of it free")

    def __repr__(self) -> str:
        """Its size, without its pixels."""
        height, width = self.mask.shape
        return f"Scribble({width}x{height}{'' if self.avoid is None else ', with pixels to avoid'})"

    @property
    def wanted(self) -> Bool[np.ndarray, "H W"]:
        """The drawing without what is to be avoided."""
        return self.mask if self.avoid is None else self.mask & ~self.avoid

    def rasterize(self, view: View) -> Float32[np.ndarray, "R R"]:
        """The share of each view pixel that the drawing covers."""
        return view.coverage(self.wanted)

    def box(self) -> BoxXYXY:
        """The tight box of the drawing."""
        return box_of(self.wanted)


@dataclass(frozen=True, slots=True, eq=False)
class Region(Rebuilt):
    """A part of the canvas that the object should lie about, as a mask; a copy is kept, read-only."""

    mask: Bool[np.ndarray, "H W"]

    def __post_init__(self) -> None:
        object.__setattr__(self, "mask", _drawn(self.mask, "region"))

    def __repr__(self) -> str:
        """Its size, without its pixels."""
        return f"Region({self.mask.shape[1]}x{self.mask.shape[0]})"

    def rasterize(self, view: View) -> Float32[np.ndarray, "R R"]:
        """The region's coverage under a Gaussian blur of `REGION_SPREAD` times its longer side, peak 1."""
        x0, y0, x1, y1 = self.box()
        soft = _blur(view.coverage(self.mask), REGION_SPREAD * max(x1 - x0, y1 - y0) * view.scale)
        peak = float(soft.max())
        return (soft / peak).astype(np.float32) if peak > 0 else soft

    def box(self) -> BoxXYXY:
        """The tight box of the region."""
        return box_of(self.mask)


Guidance = NoGuidance | Box | Region | Scribble
GUIDANCE_KINDS: tuple[Callable[..., Guidance], ...] = (NoGuidance, Box, Region, Scribble)
"""The kinds in the order of the network's table; the order is part of the weights."""


def kind_index(guidance: Guidance) -> int:
    """The row of a guidance's kind in the network's table."""
    return GUIDANCE_KINDS.index(type(guidance))


def check_guidance(guidance: object, size_hw: tuple[int, int]) -> None:
    """Make sure that a hint was drawn on a canvas of this size.

    Raises:
        TypeError: If it is no hint.
        ValueError: If a box does not touch the canvas, or a drawing has another size.
    """
    if not isinstance(guidance, Guidance):
        raise TypeError(
            f"a hint must be a Box, Region, Scribble or NoGuidance, not {kind_of(guidance)}; four numbers "
            "become a hint by Box(...), a bool mask by Scribble(...)"
        )
    if isinstance(guidance, Box):
        clip_box(guidance.box_xyxy, size_hw)
    elif isinstance(guidance, Region | Scribble) and guidance.mask.shape != tuple(size_hw):
        drawn = f"{guidance.mask.shape[1]}x{guidance.mask.shape[0]}"
        name = type(guidance).__name__.lower()
        raise ValueError(
            f"the {name} is {drawn} but the canvas is {size_hw[1]}x{size_hw[0]}; draw it at that size"
        )


def _drawn(mask: Bool[np.ndarray, "H W"], name: str) -> Bool[np.ndarray, "H W"]:
    check_unmasked(f"a {name}", mask)
    mask = np.asarray(mask)
    if mask.ndim != 2 or mask.dtype != bool:
        raise ValueError(f"a {name} must be a bool mask (H, W), not {mask.dtype} {mask.shape}")
    if not mask.any():
        raise ValueError(f"the {name} is empty; draw at least one pixel")
    mask = mask.copy()
    mask.flags.writeable = False
    return mask


def _overlap(start: float, stop: float, corner: float, view: View) -> Float[np.ndarray, " R"]:
    """Share of each view pixel along one axis that the canvas interval covers."""
    edges = (np.arange(view.resolution + 1)) / view.scale + corner
    return np.clip(np.minimum(edges[1:], stop) - np.maximum(edges[:-1], start), 0, None) * view.scale


def _blur(values: Float32[np.ndarray, "R R"], deviation: float) -> Float32[np.ndarray, "R R"]:
    """Gaussian blur, zero beyond the border: K V K^T with a banded kernel matrix K."""
    offsets = np.subtract.outer(np.arange(len(values)), np.arange(len(values)))
    kernel = np.exp(-0.5 * (offsets / max(deviation, 0.3)) ** 2)
    kernel /= kernel[len(values) // 2].sum()
    return np.asarray(kernel @ values @ kernel.T, np.float32)
