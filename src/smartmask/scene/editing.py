"""Changes to a layout by hand; each gives a new layout.

A layer is named by its number, 0 for the rearmost, or by its label if no other layer bears it. All layers
that a change does not concern stay as they are, in the order that they have.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from smartmask.scene.layout import UNKNOWN, Layer, Layout
from smartmask.scene.nearest import nearest_places

Name = int | str


def find_layer(layout: Layout, name: Name, numbers: Sequence[int] | None = None) -> int:
    """The place of the layer of a number or label.

    Args:
        layout: Where to look.
        name: Its number or label.
        numbers: What the layers are numbered by, if not by their places.

    Raises:
        ValueError: If there is none, or several bear the label.
    """
    numbers = range(len(layout)) if numbers is None else numbers
    listed = ", ".join(f"{n} {label!r}" for n, label in zip(numbers, layout.labels, strict=True)) or "none"
    if isinstance(name, int):
        if name in numbers:
            return numbers.index(name)
        raise ValueError(f"there is no layer {name}; there are {listed}")
    places = [place for place, label in enumerate(layout.labels) if label == name]
    if len(places) == 1:
        return places[0]
    if places:
        found = ", ".join(str(numbers[place]) for place in places)
        raise ValueError(f"{len(places)} layers are called {name!r}; give a number: {found}")
    raise ValueError(f"no layer is called {name!r}; there are {listed}")


def rename(layout: Layout, layer: Name, label: str) -> Layout:
    """The layout with another label on a layer, which is then nobody's guess.

    Raises:
        ValueError: If there is no such layer, or the label is blank.
    """
    number = find_layer(layout, layer)
    return _with(layout, {number: replace(layout.layers[number], label=label, confidence=None)})


def merge(layout: Layout, layers: Sequence[Name]) -> Layout:
    """The layout with several layers made one, at the place and with the label of the first that is named.

    It is amodal if all of them are.

    Raises:
        ValueError: If there is no such layer, one is named twice, or fewer than two are.
    """
    numbers = [find_layer(layout, layer) for layer in layers]
    if len(numbers) < 2 or len(set(numbers)) < len(numbers):
        raise ValueError("merge takes two or more different layers; the first keeps its label and place")
    parts = [layout.layers[number] for number in numbers]
    is_amodal = all(part.extent == "amodal" for part in parts)
    mask = np.logical_or.reduce([part.mask for part in parts])
    whole = Layer(parts[0].label, mask, "amodal" if is_amodal else "visible")
    return _with(layout, {numbers[0]: whole, **dict.fromkeys(numbers[1:])})


def delete(layout: Layout, layer: Name) -> Layout:
    """The layout without a layer: what is known behind it shows, elsewhere its pixels become unknown.

    Raises:
        ValueError: If there is no such layer.
    """
    return _with(layout, {find_layer(layout, layer): None})


def delete_and_fill(layout: Layout, layer: Name) -> Layout:
    """The layout without a layer, its hole filled from the regions round it.

    What is known behind it shows. Each pixel that would become unknown goes to the layer that is seen at the
    nearest pixel outside the hole (of equally near ones the leftmost column, in it the upper row).

    Raises:
        ValueError: If there is no such layer, or nothing else is seen that could fill its hole.
    """
    number = find_layer(layout, layer)
    rest = delete(layout, number)
    index = rest.visible_index()
    hole = layout.layers[number].mask & (index == UNKNOWN)
    if not hole.any():
        return rest
    if (index == UNKNOWN).all():
        label = layout.labels[number]
        raise ValueError(f"nothing but {label!r} is seen, so nothing can fill its hole; delete it without")
    source = index[nearest_places(index != UNKNOWN, hole)]
    filled = {}
    for other in np.unique(source).tolist():
        mask = rest.layers[other].mask.copy()
        mask[hole] |= source == other
        filled[other] = replace(rest.layers[other], mask=mask)
    return _with(rest, filled)


def move_to_front(layout: Layout, layer: Name) -> Layout:
    """The layout with a layer in front of all others.

    Raises:
        ValueError: If there is no such layer.
    """
    return _moved(layout, find_layer(layout, layer), len(layout))


def move_to_back(layout: Layout, layer: Name) -> Layout:
    """The layout with a layer behind all others.

    Raises:
        ValueError: If there is no such layer.
    """
    return _moved(layout, find_layer(layout, layer), 0)


def move_in_front_of(layout: Layout, layer: Name, other: Name) -> Layout:
    """The layout with a layer right in front of another.

    Raises:
        ValueError: If there is no such layer, or both are the same.
    """
    return _moved(layout, *_two(layout, layer, other, after=1))


def move_behind(layout: Layout, layer: Name, other: Name) -> Layout:
    """The layout with a layer right behind another.

    Raises:
        ValueError: If there is no such layer, or both are the same.
    """
    return _moved(layout, *_two(layout, layer, other, after=0))


def add(layout: Layout, layer: Layer, *, behind: Name | None = None) -> Layout:
    """The layout with one more layer: right behind another, or in front of all.

    A polygon becomes a mask by `data.layouts.polygons.fill_polygon`.

    Raises:
        ValueError: If there is no such layer, or the new one's mask is empty or of another size.
    """
    place = len(layout) if behind is None else find_layer(layout, behind)
    if not layer.mask.any():
        raise ValueError(f"the new layer {layer.label!r} is empty; its mask must have at least one pixel")
    return Layout(layout.size_hw, (*layout.layers[:place], layer, *layout.layers[place:]))


def _with(layout: Layout, changes: dict[int, Layer | None]) -> Layout:
    """The layout with some layers replaced, or left out."""
    layers = (changes.get(number, layer) for number, layer in enumerate(layout.layers))
    return Layout(layout.size_hw, tuple(layer for layer in layers if layer is not None))


def _two(layout: Layout, layer: Name, other: Name, after: int) -> tuple[int, int]:
    """The number of a layer and the place `after` another one that it goes to."""
    number, place = find_layer(layout, layer), find_layer(layout, other)
    if number == place:
        raise ValueError(f"{layout.labels[number]!r} cannot go in front of or behind itself")
    return number, place + after


def _moved(layout: Layout, number: int, place: int) -> Layout:
    """The layout with a layer moved to before the one that is at a place now."""
    order = [other for other in range(len(layout)) if other != number]
    order.insert(place - (place > number), number)
    return Layout(layout.size_hw, tuple(layout.layers[other] for other in order))
