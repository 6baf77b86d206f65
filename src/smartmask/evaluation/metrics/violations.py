"""Which rules of where things can be a mask breaks, judged from the layout alone.

A label's hold and its rule are those of `model/planner/support.py` (floor, top, seat, wall, ceiling, water,
air); a broken rule is one of two:

    floating          of what needs something below it (floor, top, seat, water): less than half of its foot
                      is on anything that carries: ground, water, the carrying part of a thing
    outside support   it is on something, but not on what holds such things (a car on a lake, a chair on a
                      table), or it hangs where nothing holds it (a picture on the floor)

The third rule is about depth:

    through nearer    new object and a visible thing both stand on the ground, the thing's foot is lower in
                      the image by more than `FOOT_MARGIN` of its height, so it is nearer, and yet the object
                      covers at least `COVERED_SHARE` of what is seen of it. Only things whose foot is below
                      the object's could be cut through; an object cut off by the canvas's lower border has no
                      foot, so it is not judged

Feet are the lowest rows, as in the rule of holds; of a visible thing what is seen right below them counts.
Whatever stands on a carrier (a person on a bench) is not on the ground, so it may cover the bench.

Limits. A layout says neither how deep a thing is nor what a region is made of: things on a slope, behind a
window, in the air by a jump, seen from above, all break these rules rightly. Rugs and floors are told from
things by their labels. Where the layout says nothing (`UNKNOWN`), nothing is held against a mask: that pixel
counts as whatever the mask needs, and as ground where things stand on it. The hole that a removed object left
is filled from its neighbours, so a thing may seem to reach further than it did. For all these reasons a
benchmark reports beside each rate that at which true objects break the same rules: only what exceeds it is
a fault of the suggestions. An empty mask is nowhere and breaks no rule.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from jaxtyping import Bool, Integer

from smartmask.language.surfaces import FOOT_SHARE, SURFACES
from smartmask.model.planner.support import SupportRules, Surfaces, coarse
from smartmask.protocols import TextEncoder
from smartmask.scene.boxes import box_of
from smartmask.scene.layout import UNKNOWN, Layout

CELLS = 96
"""Cells along each side of the grid on which surfaces are judged, as the planner does."""
FOOT_MARGIN = 0.03
"""Share of the canvas's height by which a nearer thing's foot is lower: less is no difference in depth."""
COVERED_SHARE = 0.2
"""Share of what is seen of a nearer thing that is covered: less is the slack of a drawn outline."""
_REGIONS = frozenset(word for words in SURFACES.values() for word in words) - {"window", "door", "fence"}
_ON_FEET = frozenset(("floor", "top", "seat"))


@dataclass(frozen=True, slots=True)
class Violations:
    """Which rules a mask breaks.

    Attributes:
        floating: Nothing is under its foot.
        outside_support: It is on or against something that does not hold such things.
        through_nearer: It covers a thing that stands nearer to the camera.
    """

    floating: bool
    outside_support: bool
    through_nearer: bool

    @property
    def any(self) -> bool:
        """Whether any rule is broken."""
        return self.floating or self.outside_support or self.through_nearer


def violations(
    layout: Layout,
    visible_index: Integer[np.ndarray, "H W"],
    mask: Bool[np.ndarray, "H W"],
    label: str,
    encoder: TextEncoder,
) -> Violations:
    """Which rules a new object in front of a layout breaks.

    Args:
        layout: What is there without the object.
        visible_index: The layer seen at each pixel, `UNKNOWN` where the layout says nothing.
        mask: The new object.
        label: What it is.
        encoder: Finds the hold of labels that the table of holds does not have.
    """
    if not mask.any():
        return Violations(False, False, False)
    rules, surfaces = _read(encoder, layout)  # type: ignore[arg-type]  # encoders are hashable by identity
    unknown = coarse(visible_index == UNKNOWN, CELLS)
    lenient = replace(
        surfaces,
        ground=surfaces.ground | unknown,
        upright=surfaces.upright | unknown,
        above=surfaces.above | unknown,
    )
    is_held = rules.is_held(label, mask, lenient)
    carries = lenient.ground | surfaces.water | surfaces.top | surfaces.seat
    anything = replace(surfaces, ground=carries, standing=np.zeros_like(carries))
    needs_foot = rules.hold(label) in _ON_FEET | {"water"}
    is_floating = not is_held and needs_foot and not rules.is_held(label, mask, anything)
    return Violations(
        floating=is_floating,
        outside_support=not is_held and not is_floating,
        through_nearer=_cuts_nearer(layout, visible_index, mask, label, rules, lenient),
    )


def _cuts_nearer(
    layout: Layout,
    visible_index: Integer[np.ndarray, "H W"],
    mask: Bool[np.ndarray, "H W"],
    label: str,
    rules: SupportRules,
    surfaces: Surfaces,
) -> bool:
    """Whether the mask covers much of a standing thing whose foot is clearly lower."""
    nearer = box_of(mask)[3] + FOOT_MARGIN * len(mask)
    return any(
        box_of(seen)[3] > nearer
        and _stands_on_ground(mask, label, rules, surfaces)
        and _stands_on_ground(_moved_below(seen), name, rules, surfaces)
        for name, seen in _covered(layout, visible_index, mask)
    )


def _covered(
    layout: Layout, visible_index: Integer[np.ndarray, "H W"], mask: Bool[np.ndarray, "H W"]
) -> Iterator[tuple[str, Bool[np.ndarray, "H W"]]]:
    """Label and visible mask of each thing that the mask covers enough of."""
    under = visible_index[mask]
    for number, covered_px in enumerate(np.bincount(under[under >= 0]).tolist()):
        if covered_px and layout.labels[number] not in _REGIONS:
            seen = visible_index == number
            if covered_px >= COVERED_SHARE * np.count_nonzero(seen):
                yield layout.labels[number], seen


def _stands_on_ground(
    mask: Bool[np.ndarray, "H W"], label: str, rules: SupportRules, surfaces: Surfaces
) -> bool:
    """Whether a thing's foot is on the ground itself, not on what another thing carries."""
    nothing = np.zeros_like(surfaces.ground)
    bare = surfaces.ground & ~surfaces.top & ~surfaces.seat
    ground = replace(surfaces, ground=bare, top=nothing, seat=nothing, standing=nothing)
    return rules.hold(label) in _ON_FEET and rules.is_held(label, mask, ground)


def _moved_below(mask: Bool[np.ndarray, "H W"]) -> Bool[np.ndarray, "H W"]:
    """The mask with its foot where the ground below it is, beyond its own pixels and their cells."""
    _, y0, _, y1 = box_of(mask)
    shift = max(1, round(FOOT_SHARE * (y1 - y0))) + -(-len(mask) // CELLS)
    moved = np.zeros_like(mask)
    moved[shift:] = mask[:-shift]
    moved[-1] |= mask[-shift:].any(0)  # what the border cuts off stays there
    return moved


@lru_cache(maxsize=8)
def _read(encoder: TextEncoder, layout: Layout) -> tuple[SupportRules, Surfaces]:
    """Kept, since many masks are judged in one layout."""
    rules = _rules(encoder)  # type: ignore[arg-type]
    return rules, rules.surfaces(layout, [name in _REGIONS for name in layout.labels], CELLS)


@lru_cache(maxsize=8)
def _rules(encoder: TextEncoder) -> SupportRules:
    """The rules of an encoder, which remember the words they were asked for."""
    return SupportRules(encoder)
