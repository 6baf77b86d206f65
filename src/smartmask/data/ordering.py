"""From who hides whom to layers in order: a linear extension of the occlusion pairs, rearmost first.

Pairs seldom fix the whole order. Among the objects that nothing unplaced lies behind of, the next is a region
before a thing, then the larger, then the one of the lower number. So the result depends on the scene alone.
"""

from collections.abc import Sequence
from graphlib import CycleError
from itertools import pairwise
from typing import Literal

import numpy as np

from smartmask.data.annotations.base import AnnotatedScene
from smartmask.data.layered_scene import LayeredScene
from smartmask.errors import AnnotationError
from smartmask.scene.linear_extension import linear_extension

Pair = tuple[int, int]


def layered(
    scene: AnnotatedScene, *, on_cycle: Literal["error", "break"] = "error", is_exact: bool = False
) -> LayeredScene:
    """The scene with its objects in an order in which each lies in front of all that it hides.

    Args:
        scene: The scene.
        on_cycle: What to do with objects that hide each other in a circle: "error" refuses the scene; "break"
            drops the pair of the circle whose masks share the fewest pixels, until none is left.
        is_exact: Whether the objects are all there is (`LayeredScene.is_exact`).

    Raises:
        AnnotationError: If objects hide each other in a circle and `on_cycle` is "error"; it names them.
        ValueError: If a pair names an object that is not there.
    """
    count = len(scene.objects)
    for pair in scene.occlusions:
        if not all(0 <= number < count for number in pair):
            raise ValueError(f"{scene.key}: occlusion {pair} names none of its {count} objects")
    free = sorted(range(count), key=lambda number: _first_rearmost(scene, number))
    # From here on objects are counted in that order, so that cycles too are found in the same order always.
    rank = {number: position for position, number in enumerate(free)}
    pairs = sorted({(rank[front], rank[behind]) for front, behind in scene.occlusions})
    while True:
        try:
            order = linear_extension(count, pairs)
            break
        except CycleError as error:
            circle = [free[position] for position in error.args[1]]
            if on_cycle == "error":
                raise AnnotationError(
                    f"{scene.key}: objects hide each other in a circle: {_named(scene, circle)}; "
                    "mend the file or break cycles, which drops the pair that overlaps least"
                ) from error
            weakest = _weakest(scene, circle)
            pairs.remove((rank[weakest[0]], rank[weakest[1]]))
    return LayeredScene(
        key=scene.key,
        group=scene.group,
        size_hw=scene.size_hw,
        layers=tuple(scene.objects[free[position]] for position in order),
        is_exact=is_exact,
        texts=scene.texts,
        undecided=scene.undecided,
    )


def _first_rearmost(scene: AnnotatedScene, number: int) -> tuple[bool, int, int]:
    item = scene.objects[number]
    return item.is_thing, -item.area_px, number


def _weakest(scene: AnnotatedScene, circle: Sequence[int]) -> Pair:
    """The pair (front, behind) of a circle whose masks share the fewest pixels; the first of equals."""
    masks = {number: scene.objects[number].mask(scene.size_hw) for number in circle}
    # graphlib lists a circle so that each object lies behind the next.
    pairs = [(front, behind) for behind, front in pairwise(circle)]
    return min(pairs, key=lambda pair: int(np.count_nonzero(masks[pair[0]] & masks[pair[1]])))


def _named(scene: AnnotatedScene, circle: Sequence[int]) -> str:
    return " hides ".join(f"{scene.objects[number].label} {number}" for number in reversed(circle))
