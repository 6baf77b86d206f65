"""Where a new object stands in a layout's order, and what hides it.

An object behind some layers is hidden by them and by whatever the layout shows in front of those. The layers
that hide it keep their order and come to lie before it; all others come to lie behind it. A layer that
changes sides with another overlaps it nowhere, or it would have been kept in front: so what is seen of the
layers among themselves stays as it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool

from smartmask.arguments import check_all
from smartmask.scene.layout import Layer, Layout


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A layout with a new object in its place.

    Attributes:
        layout: The layers, the new one among them.
        number: The new layer's number.
        hidden: The pixels where something stands in front of it.
        order: The old number of each layer; the new one has the number of layers there were.
    """

    layout: Layout
    number: int
    hidden: Bool[np.ndarray, "H W"]
    order: tuple[int, ...]


def put_behind(layout: Layout, layer: Layer, behind: Sequence[int | str] = ()) -> Placed:
    """Put a new object behind some layers, or in front of all.

    Args:
        layout: What is there.
        layer: The new object, its amodal mask.
        behind: Numbers or labels of the layers that hide it; a label stands for all layers that bear it.

    Raises:
        ValueError: If no layer has such a number or label.

    >>> cat, vase = (Layer(label, np.ones((1, 1), bool)) for label in ("cat", "vase"))
    >>> put_behind(Layout((1, 1), (cat,)), vase, ["cat"]).layout.labels
    ('vase', 'cat')
    """
    named = layer_numbers(layout, behind)
    hidden = np.zeros(layout.size_hw, bool)
    front = []
    for number, other in enumerate(layout.layers):
        if number in named or (hidden & other.mask).any():
            front.append(number)
            hidden |= other.mask
    rear = [number for number in range(len(layout)) if number not in front]
    order = (*rear, len(layout), *front)
    layers = (*layout.layers, layer)
    placed = Layout(layout.size_hw, tuple(layers[number] for number in order))
    return Placed(placed, len(rear), hidden, order)


def layer_numbers(layout: Layout, names: Sequence[int | str]) -> tuple[int, ...]:
    """The numbers of layers given by number or label; a label stands for all layers that bear it.

    Raises:
        ValueError: If no layer has such a number or label.
    """
    numbers: set[int] = set()
    check_all("behind", names, (int, str), "a layer's number or label")
    for name in names:
        if isinstance(name, int) and not isinstance(name, bool):
            found = [name] if 0 <= name < len(layout) else []
        else:
            found = [number for number, label in enumerate(layout.labels) if label == name]
        if not found:
            known = ", ".join(f"{number} {label}" for number, label in enumerate(layout.labels)) or "no layer"
            raise ValueError(f"behind {name!r}: there is no such layer; the layout has {known}")
        numbers.update(found)
    return tuple(sorted(numbers))
