"""Layouts to send through files, and how two of them are compared."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from smartmask.scene.layout import Layer, Layout

NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8).filter(str.strip)


@st.composite
def layouts(draw: st.DrawFn, names: st.SearchStrategy[str] = NAMES) -> Layout:
    """Layouts of 1x1 to 12x12 pixels: overlapping, hidden, empty and full layers, any names."""
    size_hw = draw(st.tuples(st.integers(1, 12), st.integers(1, 12)))
    masks = arrays(bool, size_hw) | st.booleans().map(lambda full: np.full(size_hw, full))
    sure = st.none() | st.floats(0, 1)
    layers = st.builds(Layer, names, masks, st.sampled_from(["visible", "amodal"]), sure)
    return Layout(size_hw, tuple(draw(st.lists(layers, max_size=5))))


def room(size_hw: tuple[int, int] = (6, 8)) -> Layout:
    """A wall, an amodal cat before it, and a whole layer that the cat hides."""
    wall, cat, mouse = (np.zeros(size_hw, bool) for _ in range(3))
    wall[:4], cat[2:5, 3:6], mouse[3, 4] = True, True, True
    layers = Layer("wall", wall), Layer("mouse", mouse, "amodal"), Layer("cat", cat, "amodal")
    return Layout(size_hw, layers)


def many(count: int = 300) -> Layout:
    """A layer for each pixel of 15 x 20, each named."""
    pixels = np.arange(count).reshape(15, -1)
    return Layout(pixels.shape, tuple(Layer(f"label {n}", pixels == n) for n in range(count)))


def photo_of(layout: Layout) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (*layout.size_hw, 3), np.uint8)


def same(first: Layout, second: Layout) -> bool:
    """Whether two layouts agree in everything."""
    pairs = zip(first.layers, second.layers, strict=True)
    return first.size_hw == second.size_hw and all(
        (a.label, a.extent, a.confidence) == (b.label, b.extent, b.confidence)
        and np.array_equal(a.mask, b.mask)
        for a, b in pairs
    )


def without_confidence(layout: Layout) -> Layout:
    layers = (Layer(layer.label, layer.mask, layer.extent) for layer in layout.layers)
    return Layout(layout.size_hw, tuple(layers))


def seen_of(layout: Layout) -> Layout:
    """A layout of what is seen: no hidden parts, no hidden layers."""
    pairs = zip(layout.labels, layout.visible(), strict=True)
    return Layout(layout.size_hw, tuple(Layer(label, mask) for label, mask in pairs if mask.any()))
