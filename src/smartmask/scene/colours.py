"""Readable colours for labels, alike in every picture and file: a label keeps its colour where it can."""

import colorsys
import zlib
from collections.abc import Sequence

import numpy as np
from jaxtyping import UInt8

_HUES = 18
_TONES = ((0.58, 0.86), (0.42, 0.62), (0.30, 0.95), (0.75, 0.70))
"""Saturation and value of each ring of hues; the later rings serve layouts that have used up the first."""


def label_colours(labels: Sequence[str]) -> UInt8[np.ndarray, "N 3"]:
    """An RGB colour for each label, in order; equal labels share one, others differ as long as colours last.

    A label's place on the colour wheel comes from its letters; where another label already sits within a step
    of it, the free place farthest from all used ones is taken.

    >>> bool((label_colours(["cat", "wall"])[0] == label_colours(["sky", "cat"])[1]).all())
    True
    """
    places: dict[str, int] = {}
    for label in dict.fromkeys(labels):
        places[label] = _place(zlib.crc32(label.encode("utf-8", "replace")) % _HUES, list(places.values()))
    rows = [_colour(places[label]) for label in labels]
    return np.array(rows, np.uint8).reshape(len(rows), 3)


def _place(wanted: int, used: list[int]) -> int:
    """The wanted place, or the one farthest from those used in the first ring that has room."""
    count = _HUES * len(_TONES)
    if len(used) >= count:
        return (wanted + _HUES * (len(used) % len(_TONES))) % count
    ring = len(used) // _HUES * _HUES
    taken = [place - ring for place in used if ring <= place < ring + _HUES]
    distance = [min((_apart(hue, other) for other in taken), default=_HUES) for hue in range(_HUES)]
    return ring + (wanted if distance[wanted] > 1 else int(np.argmax(distance)))


def _apart(first: int, second: int) -> int:
    """Steps between two hues round the wheel."""
    steps = abs(first - second)
    return min(steps, _HUES - steps)


def _colour(place: int) -> tuple[int, int, int]:
    ring, hue = divmod(place, _HUES)
    saturation, value = _TONES[ring]
    red, green, blue = colorsys.hsv_to_rgb(hue / _HUES, saturation, value)
    return round(red * 255), round(green * 255), round(blue * 255)
