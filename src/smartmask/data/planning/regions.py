"""The regions of a layout as a planner is told of them: number, name, box.

Only what is seen counts: a segmented photo has no hidden parts, so a planner must never come to expect them.
"""

from dataclasses import dataclass

import numpy as np

from smartmask.scene.boxes import box_of
from smartmask.scene.layout import Layout

BoxPermille = tuple[float, float, float, float]
"""x0, y0, x1, y1 in thousandths of the canvas's width and height."""
MAX_REGIONS = 48
"""Of the up to thousand layers of a layout; so many take about 1,500 tokens of LLaVA-1.5's 4,096."""
MAX_NAME_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Region:
    """A region of a layout.

    Attributes:
        number: Of its layer in the layout.
        name: The layer's label on one line, shortened.
        box: Round what is seen of it, in whole thousandths.
    """

    number: int
    name: str
    box: tuple[int, int, int, int]


def seen_regions(layout: Layout) -> list[Region]:
    """The layers that are seen, rearmost first; of more than `MAX_REGIONS` the largest.

    >>> from smartmask.scene.layout import Layer
    >>> wall, cat = np.ones((4, 8), bool), np.eye(4, 8, dtype=bool)
    >>> seen_regions(Layout((4, 8), (Layer("wall", wall), Layer("cat", cat))))[1]
    Region(number=1, name='cat', box=(0, 0, 500, 1000))
    """
    index = layout.visible_index()
    areas = np.bincount(index[index >= 0], minlength=len(layout))
    largest = np.argsort(-areas, kind="stable")[:MAX_REGIONS]
    numbers = sorted(number for number in largest.tolist() if areas[number])
    return [Region(number, region_name(layout.labels[number]), _box(index == number)) for number in numbers]


def region_name(label: str) -> str:
    """A label on one line, at most `MAX_NAME_CHARACTERS` long."""
    name = " ".join(label.split())
    return name if len(name) <= MAX_NAME_CHARACTERS else name[: MAX_NAME_CHARACTERS - 1] + "…"


def _box(mask: np.ndarray) -> tuple[int, int, int, int]:
    return whole_box(permille(box_of(mask), mask.shape))


def permille(box_xyxy: tuple[float, float, float, float], size_hw: tuple[int, ...]) -> BoxPermille:
    """A box in pixels as thousandths of its canvas."""
    height, width = size_hw
    x0, y0, x1, y1 = box_xyxy
    return 1000 * x0 / width, 1000 * y0 / height, 1000 * x1 / width, 1000 * y1 / height


def whole_box(box: BoxPermille) -> tuple[int, int, int, int]:
    """A box in thousandths, each of them rounded."""
    x0, y0, x1, y1 = (round(value) for value in box)
    return x0, y0, x1, y1
