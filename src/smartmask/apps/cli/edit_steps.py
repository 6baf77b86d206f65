"""The steps of `smartmask edit`: words of the command line in, changes by `scene/editing.py` out."""

import numpy as np
from jaxtyping import Bool

from smartmask.data.layouts.polygons import check_outline, fill_polygon
from smartmask.data.photos import read_mask
from smartmask.errors import LayoutFileError
from smartmask.scene import editing
from smartmask.scene.layout import Layer, Layout
from smartmask.segmentation.depth_order import order_by_depth


class Editing:
    """A layout under way, whose layers keep the numbers that they had when it was read.

    Attributes:
        layout: The layout so far.
        numbers: The number of each of its layers; added layers are numbered on.
    """

    def __init__(self, layout: Layout) -> None:
        """Begin with a layout as it was read."""
        self.layout = layout
        self.numbers = list(range(len(layout)))
        self._next = len(layout)
        self._steps = {
            "rename": self._rename,
            "merge": self._merge,
            "delete": lambda text: self._leave(self._place(text), fill=False),
            "fill": lambda text: self._leave(self._place(text), fill=True),
            "front": lambda text: self._order(editing.move_to_front(self.layout, self._place(text))),
            "back": lambda text: self._order(editing.move_to_back(self.layout, self._place(text))),
            "in-front": lambda text: self._order(editing.move_in_front_of(self.layout, *self._two(text))),
            "behind": lambda text: self._order(editing.move_behind(self.layout, *self._two(text))),
            "by-depth": lambda text: self._order(order_by_depth(self.layout)),
            "add-polygon": self._add_polygon,
            "add-mask": self._add_mask,
        }

    def apply(self, step: str, text: str) -> None:
        """Do one step.

        Args:
            step: Its option without dashes, such as "rename".
            text: The option's value, such as "3=sofa"; "" for a flag.

        Raises:
            ValueError: If the value is no such text, or cannot be done.
            ImageError: If the picture of a mask cannot be read.
        """
        try:
            text.encode()
            self._steps[step](text)
        except UnicodeEncodeError as error:
            raise ValueError(f"--{step}: is not valid Unicode; check the terminal's encoding") from error
        except (ValueError, LayoutFileError) as error:
            raise ValueError(f"--{step} {text}: {error}") from error

    def _place(self, name: str) -> int:
        name = name.strip()
        return editing.find_layer(self.layout, int(name) if name.isdecimal() else name, self.numbers)

    def _two(self, text: str) -> tuple[int, int]:
        first, colon, second = text.partition(":")
        if not colon:
            raise ValueError("expected two layers, as in 3:1")
        return self._place(first), self._place(second)

    def _rename(self, text: str) -> None:
        name, equals, label = text.partition("=")
        if not equals:
            raise ValueError("expected a layer and its new label, as in 3=sofa")
        self.layout = editing.rename(self.layout, self._place(name), label.strip())

    def _merge(self, text: str) -> None:
        places = [self._place(name) for name in text.split(",")]
        self.layout = editing.merge(self.layout, places)
        for place in sorted(places[1:], reverse=True):
            del self.numbers[place]

    def _leave(self, place: int, fill: bool) -> None:
        leave = editing.delete_and_fill if fill else editing.delete
        self.layout = leave(self.layout, place)
        del self.numbers[place]

    def _order(self, layout: Layout) -> None:
        number_of = {id(layer): n for layer, n in zip(self.layout.layers, self.numbers, strict=True)}
        self.numbers = [number_of[id(layer)] for layer in layout.layers]
        self.layout = layout

    def _add_polygon(self, text: str) -> None:
        label, _, corners = text.rpartition(":")
        try:
            points = [(float(x), float(y)) for x, y in (corner.split(",") for corner in corners.split())]
        except ValueError:
            points = []
        if not label.strip() or len(points) < 3:
            raise ValueError('expected a label and at least three corners, as in "lamp:10,10 40,10 25,60"')
        check_outline(points, self.layout.size_hw, "the drawing")
        self._add(label, fill_polygon(points, self.layout.size_hw))

    def _add_mask(self, text: str) -> None:
        label, _, path = text.partition(":")
        if not label.strip() or not path:
            raise ValueError("expected a label and a picture, as in cat:cat.png")
        self._add(label, read_mask(path, self.layout.size_hw))

    def _add(self, label: str, mask: Bool[np.ndarray, "H W"]) -> None:
        # Whoever draws an object draws all of it; what is in front of it hides a part.
        self.layout = editing.add(self.layout, Layer(label.strip(), mask, "amodal"))
        self.numbers.append(self._next)
        self._next += 1
