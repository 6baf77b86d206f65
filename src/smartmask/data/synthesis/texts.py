"""What people would call a made-up scene and the things in it, from the geometry that the camera sees."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from smartmask.data.synthesis.stage.meshes import Mesh
from smartmask.data.synthesis.stage.rasterize import Patch
from smartmask.language.wording import SYNONYMS, listed, with_article

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six")
_LEAST_NEIGHBOUR = 1.2
"""A neighbour that names a thing's place is so many times larger on the canvas."""
_LARGE_M = 0.5
"""Nobody calls a plate low or a bottle round."""
_MOST_SENTENCE = 4
"""Kinds of things named in the scene's short texts."""
_PLURALS = {
    "knife": "knives",
    "shelf": "shelves",
    "bookshelf": "bookshelves",
    "sheep": "sheep",
    "fish": "fish",
    "person": "people",
}
_IS_PLURAL = ("trousers", "books", "stairs")


@dataclass(frozen=True, slots=True)
class Seen:
    """A thing or region as the camera sees it.

    Attributes:
        label: What it is.
        words: Other wordings.
        centre_xy: Middle of its pixels.
        half_wh: Half the width and height of its box in pixels.
        area_px: Its pixels.
        depth_m: Median depth.
        is_thing: Whether it may be asked for.
        carrier: Number of the thing it stands on, in the same sequence; None if it is not seen.
    """

    label: str
    words: tuple[str, ...]
    centre_xy: tuple[float, float]
    half_wh: tuple[float, float]
    area_px: int
    depth_m: float
    is_thing: bool
    carrier: int | None

    @staticmethod
    def of(label: str, words: tuple[str, ...], patch: Patch, is_thing: bool, carrier: int | None) -> "Seen":
        """What the texts need to know of a patch."""
        height, width = patch.inverse_depth.shape
        covered = patch.inverse_depth[patch.inverse_depth > 0]
        return Seen(
            label,
            words,
            (patch.x0 + width / 2, patch.y0 + height / 2),
            (width / 2, height / 2),
            len(covered),
            float(1 / np.median(covered)),
            is_thing,
            carrier,
        )


def object_texts(number: int, seen: Sequence[Seen]) -> tuple[str, ...]:
    """Wordings for one of the things seen: its own, and where it is from a larger neighbour.

    Args:
        number: Which one.
        seen: All of them, rearmost first.

    Returns:
        Without the label itself and without doubles; empty for what may not be asked for.
    """
    this = seen[number]
    if not this.is_thing:
        return ()
    names = [this.label, *SYNONYMS.get(this.label, ())]
    texts = list(this.words) + names[1:]
    place = _place(number, seen)
    if place is not None:
        texts.append(f"{this.label} {place}")
        texts.append(f"the {(*this.words, *names)[0]} {place}")
    alike = [other for other in seen if other.label == this.label]
    if len(alike) > 1:
        texts += _among_alike(this, alike)
    return tuple(dict.fromkeys(text for text in texts if text != this.label))


def scene_texts(kind: str, seen: Sequence[Seen]) -> tuple[str, ...]:
    """Sentences for the whole scene, the large things first.

    >>> chair = Seen("chair", (), (0, 0), (1, 1), 9, 1.0, True, None)
    >>> scene_texts("kitchen", [chair, chair])
    ('a kitchen with two chairs', 'kitchen, two chairs', 'a photo of a kitchen')
    """
    things = [item for item in seen if item.is_thing]
    counts = Counter(item.label for item in things)
    size: Counter[str] = Counter()
    for item in things:
        size[item.label] += item.area_px
    labels = [label for label, _ in size.most_common()]
    named = [_counted(label, counts[label]) for label in labels]
    texts = []
    if named:
        texts.append(f"{with_article(kind)} with {listed(named[:_MOST_SENTENCE])}")
        texts.append(", ".join([kind, *named[: _MOST_SENTENCE + 2]]))
    if len(named) > _MOST_SENTENCE:
        texts.append(f"{with_article(kind)} with {listed(named)}")
        texts.append(f"{listed(named[:2])} in {with_article(kind)}")
    texts.append(f"a photo of {with_article(kind)}")
    return tuple(dict.fromkeys(texts))


def _place(number: int, seen: Sequence[Seen]) -> str | None:
    """Where a thing is, from what carries it or the nearest larger thing."""
    this = seen[number]
    if this.carrier is not None:
        return f"on the {seen[this.carrier].label}"
    larger = [
        other
        for place, other in enumerate(seen)
        if place != number
        and other.is_thing
        and other.label != this.label
        and other.area_px > _LEAST_NEIGHBOUR * this.area_px
        and other.carrier is None
    ]
    if not larger:
        return None
    other = min(larger, key=lambda item: _distance(this, item))
    dx = this.centre_xy[0] - other.centre_xy[0]
    dy = this.centre_xy[1] - other.centre_xy[1]
    is_beside = abs(dx) > 0.8 * other.half_wh[0]
    if is_beside and abs(dx) > abs(dy):
        return f"{'left' if dx < 0 else 'right'} of the {other.label}"
    if abs(dy) > 0.8 * (this.half_wh[1] + other.half_wh[1]):
        return f"{'above' if dy < 0 else 'below'} the {other.label}"
    if this.depth_m < 0.9 * other.depth_m:
        return f"in front of the {other.label}"
    if this.depth_m > 1.1 * other.depth_m:
        return f"behind the {other.label}"
    return f"next to the {other.label}"


def _distance(one: Seen, two: Seen) -> float:
    """Pixels between two boxes, or 0, with a share of the distance of their middles to part equals."""
    dx, dy = abs(one.centre_xy[0] - two.centre_xy[0]), abs(one.centre_xy[1] - two.centre_xy[1])
    gap_x = max(0.0, dx - one.half_wh[0] - two.half_wh[0])
    gap_y = max(0.0, dy - one.half_wh[1] - two.half_wh[1])
    return gap_x + gap_y + 0.1 * (dx + dy)


def _among_alike(this: Seen, alike: Sequence[Seen]) -> list[str]:
    """What tells a thing from its like: the first or last of them in a direction, or by size."""
    texts = []
    others = [item for item in alike if item is not this]
    if all(this.centre_xy[0] < item.centre_xy[0] for item in others):
        texts.append(f"the {this.label} on the left")
    if all(this.centre_xy[0] > item.centre_xy[0] for item in others):
        texts.append(f"the {this.label} on the right")
    if all(this.depth_m < 0.85 * item.depth_m for item in others):
        texts.append(f"the nearest {this.label}")
    if all(this.depth_m > 1.15 * item.depth_m for item in others):
        texts.append(f"the {this.label} at the back")
    if all(this.area_px > 1.5 * item.area_px for item in others):
        texts.append(f"the largest {this.label}")
    return texts


def _counted(label: str, count: int) -> str:
    """A number and a noun: "two lamps"."""
    if label in _IS_PLURAL:
        return label if count == 1 else f"some {label}"
    if count == 1:
        return with_article(label)
    number = _NUMBERS[count] if count < len(_NUMBERS) else "many"
    return f"{number} {_plural(label)}"


def _plural(label: str) -> str:
    head, _, last = label.rpartition(" ")
    if last in _PLURALS:
        last = _PLURALS[last]
    elif last.endswith(("s", "sh", "ch", "x")):
        last += "es"
    else:
        last += "s"
    return f"{head} {last}".strip()


def shape_words(mesh: Mesh) -> tuple[str, ...]:
    """Other names of a shape, and its name with what its proportions say: "tall vase", "round side table"."""
    depth, width, height = mesh.size
    facts = mesh.facts
    attributes = []
    if height > 2.4 * max(depth, width):
        attributes.append("tall")
    elif height < 0.4 * max(depth, width) and max(depth, width) > _LARGE_M:
        attributes.append("low")
    if width > 2.0 * max(height, depth):
        attributes.append("wide")
    elif width < 0.5 * height and depth < 0.5 * height:
        attributes.append("narrow")
    if width > _LARGE_M / 2 and _is_round(mesh):
        attributes.append("round")
    named = [f"{attribute} {facts.label}" for attribute in attributes]
    return (*facts.words, *named)


def _is_round(mesh: Mesh) -> bool:
    """Whether the footprint is a disc: as deep as wide, and filling pi / 4 of its box."""
    depth, width, _ = mesh.size
    if min(depth, width) < 0.93 * max(depth, width):
        return False
    hull = cv2.convexHull(np.ascontiguousarray(mesh.vertices[:, :2]))
    return abs(cv2.contourArea(hull) / (depth * width) - np.pi / 4) < 0.03
