"""A layout: the layers of a scene, back to front.

S_k, the k rearmost layers, is `layout.first(k)`; the method draws the mask of the next one (docs/METHOD.md,
section 1). A photo gives visible masks only, annotations may give amodal ones; `Layer.extent` says which.
Whoever needs to know what the camera sees reads `visible_index()`, which both supply.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from jaxtyping import Bool, Int16

from smartmask.arguments import (
    check_all,
    check_kind,
    check_number,
    check_size,
    check_text,
    check_unmasked,
    check_whole,
)
from smartmask.scene.picture import LONGEST_PX, index_png
from smartmask.scene.rebuilt import Rebuilt

Extent = Literal["visible", "amodal"]
MAX_LAYERS = 1024
UNKNOWN = -1
"""Visible index of a pixel about which the layout says nothing."""
OUTSIDE = -2
"""Visible index of a pixel beyond the canvas."""
_LABELS_SHOWN = 5
_LABEL_LETTERS = 32


@dataclass(frozen=True, slots=True, eq=False)
class Layer(Rebuilt):
    """One object or region of a scene.

    Attributes:
        label: What it is, in plain words.
        mask: Its pixels (H, W); a copy is kept, read-only.
        extent: Whether `mask` is the whole object ("amodal") or what is seen of it ("visible").
        confidence: How sure whoever found it was of the label, in [0, 1]; None where nobody guessed.
    """

    label: str
    mask: Bool[np.ndarray, "H W"]
    extent: Extent = "visible"
    confidence: float | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.label, str) or not self.label.strip():
            raise ValueError(f"a layer's label must be a non-empty text, not {self.label!r}")
        check_text("a layer's label", self.label)
        if self.extent not in ("visible", "amodal"):
            raise ValueError(
                f"layer {self.label!r}: extent must be 'visible' or 'amodal', not {self.extent!r}"
            )
        if self.confidence is not None:
            check_number(f"layer {self.label!r}: confidence", self.confidence, 0, 1)
        check_unmasked(f"layer {self.label!r}: mask", self.mask)
        mask = np.asarray(self.mask)
        if mask.ndim != 2 or mask.dtype != bool:
            raise ValueError(f"layer {self.label!r}: mask must be bool (H, W), not {mask.dtype} {mask.shape}")
        mask = mask.copy()
        mask.flags.writeable = False
        object.__setattr__(self, "mask", mask)

    def __repr__(self) -> str:
        """Its label, size and extent, without its pixels."""
        height, width = self.mask.shape
        sure = "" if self.confidence is None else f", confidence {self.confidence:.2f}"
        return f"Layer({self.label!r}, {width}x{height}, {self.extent}{sure})"


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Layers on one canvas, rearmost first.

    Attributes:
        size_hw: Height and width of the canvas in pixels.
        layers: The layers; layer 0 is the rearmost.
    """

    size_hw: tuple[int, int]
    layers: tuple[Layer, ...] = ()

    def __post_init__(self) -> None:
        check_size("the size_hw of a layout", self.size_hw)
        height, width = self.size_hw
        check_all("layers", self.layers, Layer, "a Layer")
        object.__setattr__(self, "layers", tuple(self.layers))
        if len(self.layers) > MAX_LAYERS:
            raise ValueError(
                f"a layout holds at most {MAX_LAYERS} layers, not {len(self.layers)}; merge some"
            )
        for number, layer in enumerate(self.layers):
            if layer.mask.shape != tuple(self.size_hw):
                found = f"{layer.mask.shape[1]}x{layer.mask.shape[0]}"
                raise ValueError(
                    f"layer {number} ({layer.label!r}): mask is {found} but the layout is {width}x{height}; "
                    "resize masks before Layout(...)"
                )

    def __len__(self) -> int:
        return len(self.layers)

    def __repr__(self) -> str:
        """Its size and the rearmost labels, without any pixels.

        >>> Layout((1, 2), (Layer("wall", np.ones((1, 2), bool)), Layer("cat", np.ones((1, 2), bool))))
        Layout(2x1, 2 layers: wall, cat)
        """
        shown = ", ".join(_short(label) for label in self.labels[:_LABELS_SHOWN])
        more = f" and {len(self) - _LABELS_SHOWN} more" if len(self) > _LABELS_SHOWN else ""
        count = {0: "no layers", 1: "1 layer: "}.get(len(self), f"{len(self)} layers: ")
        return f"Layout({self.size_hw[1]}x{self.size_hw[0]}, {count}{shown}{more})"

    def _repr_png_(self) -> bytes:
        """What is seen of it, each label in its colour, small, for notebooks."""
        # Every so-manieth pixel, so that a large canvas costs little; twice as fine as shown, for soft edges.
        step = max(max(self.size_hw) // (2 * LONGEST_PX), 1)
        masks = [layer.mask[::step, ::step] for layer in self.layers]
        layers = tuple(replace(layer, mask=mask) for layer, mask in zip(self.layers, masks, strict=True))
        size_hw = -(-self.size_hw[0] // step), -(-self.size_hw[1] // step)
        return index_png(Layout(size_hw, layers).visible_index(), self.labels)

    @property
    def labels(self) -> tuple[str, ...]:
        """The label of each layer, rearmost first."""
        return tuple(layer.label for layer in self.layers)

    def first(self, count: int) -> "Layout":
        """S_k: the `count` rearmost layers.

        Raises:
            ValueError: If there are fewer layers than that, or `count` is negative.
        """
        check_whole("count", count)
        if not 0 <= count <= len(self.layers):
            raise ValueError(f"first({count}) of a layout with {len(self.layers)} layers")
        return Layout(self.size_hw, self.layers[:count])

    def push(self, layer: Layer) -> "Layout":
        """This layout with one more layer in front.

        Raises:
            ValueError: If the layer's mask is not of the layout's size.
        """
        check_kind("layer", layer, Layer, "a Layer")
        return Layout(self.size_hw, (*self.layers, layer))

    def visible_index(self) -> Int16[np.ndarray, "H W"]:
        """The number of the layer seen at each pixel, `UNKNOWN` where there is none.

        >>> back, front = np.array([[1, 1, 0, 0]], bool), np.array([[0, 1, 1, 0]], bool)
        >>> Layout((1, 4), (Layer("wall", back), Layer("cat", front))).visible_index().tolist()
        [[0, 1, 1, -1]]
        """
        index = np.full(self.size_hw, UNKNOWN, np.int16)
        for number, layer in enumerate(self.layers):
            index[layer.mask] = number
        return index

    def visible(self) -> tuple[Bool[np.ndarray, "H W"], ...]:
        """What is seen of each layer: its mask less everything in front of it, rearmost first."""
        index = self.visible_index()
        return tuple(index == number for number in range(len(self.layers)))


def _short(label: str) -> str:
    """A label on one line, its end left out if it is long."""
    words = " ".join(label.split())
    return words if len(words) <= _LABEL_LETTERS else f"{words[: _LABEL_LETTERS - 3]}..."
