"""What a prompt asks of a thing's place, as tests of boxes: its own relations,
and room for those of others."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32

from smartmask.language.scene_prompts import Named, Related, ScenePrompt
from smartmask.language.scene_words import canonical
from smartmask.language.start_places import PLACES
from smartmask.language.surfaces import carrying_zone
from smartmask.model.planner.boxes import KEPT_SHARE, BoxPredicate
from smartmask.model.planner.metric import MetricScene, MetricSize
from smartmask.model.planner.network import Reading
from smartmask.model.planner.support import PETS, SupportRules, Surfaces, coarse, rests
from smartmask.scene.boxes import BoxXYXY
from smartmask.scene.layout import Layout
from smartmask.scene.relations import UNARY, RelationKind, holds, holds_in_region

CELLS = 96
"""Cells along each side of the grid on which places are tested."""
UNFILLED = 0.2
"""Share of a box's height or width that a shape of other proportions may leave free."""
SLACK = 0.04
"""Share of a box's sides by which a mask may miss it."""
APART = 0.3
"""Distance of the two references of "between", as a share of the canvas."""
UNKNOWN_TOP = (0.0, 0.35)
"""The part of its height that carries, of a thing that nobody listed."""
MOST_APART = 0.25
"""Share of the higher one's height by which the feet of things may differ that stand next to each other."""
NEAR_HEIGHT, SEEN_FROM_AFAR_M = 0.14, 0.4
"""Share of the canvas's height that named things have, at least, which are so many metres high."""
NEAR_WIDTH = 0.3
"""Share of the canvas's width that a table has, at least, if what is to stand on it is to be seen."""
ROOM = 0.16
"""Share of the canvas that a reference leaves free on the side where something is to come."""
BESIDE: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("bedside table", "night stand", "bedside lamp"), ("bed",)),
    **dict.fromkeys(("office chair", "desk chair"), ("desk",)),
    **dict.fromkeys(("chair", "dining chair", "high chair"), ("table", "desk")),
    **dict.fromkeys(("coffee table", "side table", "footstool", "ottoman"), ("couch", "sofa", "armchair")),
    **dict.fromkeys(("bar stool", "stool"), ("bar", "counter", "table", "piano", "desk")),
}
"""What stands next to what (by last words) where both are named, though nobody says so."""
RARE = frozenset((
    "bear", "elephant", "giraffe", "zebra", "airplane", "kite", "baby", "surfboard", "fence", "window",
    "door", "curtain",
    "train", "shirt", "trousers", "alcohol", "garbage bag", "single use carrier bag", "plastic film",
    "meal carton", "drink carton", "corrugated carton",
))  # fmt: skip
"""What comes only if it is named: photos teach that giraffes stand on grass and clothes lie on beds,
and most grass and beds have none; part of a window, a curtain or a fence is worse than none; litter is not
missed."""


ROOMS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(PETS, ("living room", "bedroom")),
    **dict.fromkeys(("toilet", "bathtub"), ("bathroom",)),
    **dict.fromkeys(("sink", "washing machine"), ("bathroom", "kitchen")),
    **dict.fromkeys(("oven", "dishwasher", "refrigerator", "microwave"), ("kitchen",)),
    "bed": ("bedroom",),
    **dict.fromkeys(("laptop", "monitor", "keyboard", "mouse"), ("office", "living room", "bedroom")),
}
"""The rooms in which things come that nobody names, if they do not come in any."""


@dataclass(frozen=True, slots=True, eq=False)
class SeenScene:
    """A layout as the planner sees it: layers with no pixels are left out of everything but the numbers."""

    layout: Layout
    shown: tuple[int, ...]
    boxes: Float32[np.ndarray, "N 4"]
    is_region: Bool[np.ndarray, " N"]
    surfaces: Surfaces
    reading: Reading
    metric: MetricScene

    def boxes_of(self, label: str) -> list[BoxXYXY]:
        """Boxes of what goes by a label."""
        return [
            (float(box[0]), float(box[1]), float(box[2]), float(box[3]))
            for number, box in zip(self.shown, self.boxes, strict=True)
            if canonical(self.layout.layers[number].label) == canonical(label)
        ]

    def is_seated(self, boxes: Float32[np.ndarray, "K 4"]) -> Bool[np.ndarray, " K"]:
        """Whether the foot of a box is on something that carries."""
        return np.asarray(self.surfaces.carried_shares(boxes) >= KEPT_SHARE)


def told(
    scene: SeenScene, said: ScenePrompt, number: int | None, rules: SupportRules
) -> tuple[tuple[BoxPredicate, ...], tuple[BoxPredicate, ...], int, int]:
    """Tests for what the prompt says of a thing and for what it means, and the range of its place."""
    regions = np.flatnonzero(scene.is_region)
    lowest, highest = (int(regions[-1]) + 1 if len(regions) else 0), len(scene.shown)
    tests: list[BoxPredicate] = []
    shoulds: list[BoxPredicate] = []
    for relation in said.relations if number is not None else ():
        if relation.subject != number:
            continue
        if relation.kind in UNARY:
            tests.append(_unary_test(relation.kind))
            continue
        named = [said.named[reference] for reference in relation.references]
        if named[0].is_region:
            tests += _region_tests(scene, relation.kind, named[0], rules)
            continue
        test = _reference_test(scene, relation, named)
        if test is None:
            continue
        tests.append(test)
        if relation.kind == "on":
            shoulds.append(_top_test(scene, named[0].label))
        elif relation.kind == "next to":
            shoulds.append(_level_test(scene, named[0].label))
        places = [
            place
            for place, layer in enumerate(scene.shown)
            if canonical(scene.layout.layers[layer].label) == canonical(named[0].label)
        ]
        if relation.kind in ("in front of", "on", "inside"):
            lowest = max(lowest, places[-1] + 1)
        elif relation.kind == "behind":
            highest = min(highest, places[0])
    if number is not None:
        shoulds += _beside_tests(scene, said, number)
    return tuple(tests), tuple(shoulds), min(lowest, highest), highest


def is_out_of_place(label: str, place: str) -> bool:
    """Whether a thing that nobody names has nothing to do in a kind of room.

    >>> is_out_of_place("toilet", "bedroom"), is_out_of_place("toilet", "street")
    (True, False)
    """
    return place in PLACES and PLACES[place].is_room and place not in ROOMS.get(label, (place,))


def goes_beside(said: ScenePrompt, number: int) -> tuple[int, ...]:
    """Numbers of the named things that a named thing stands next to, though nobody says so."""
    if any(relation.subject == number for relation in said.relations):
        return ()
    owners = BESIDE.get(canonical(said.named[number].label), ())
    return tuple(other for other, item in enumerate(said.named) if item.label.split()[-1] in owners)


def _beside_tests(scene: SeenScene, said: ScenePrompt, number: int) -> list[BoxPredicate]:
    """Tests for what goes without saying: a chair is by a table that is named."""
    named = {said.named[other].label for other in goes_beside(said, number)}
    others = [box for label in sorted(named) for box in scene.boxes_of(label)]
    if not others:
        return []
    return [lambda box: any(holds("next to", box, [other]) for other in others)]


def _region_tests(
    scene: SeenScene, kind: RelationKind, region: Named, rules: SupportRules
) -> list[BoxPredicate]:
    """Tests for "on the lake"; none if the layout has no such region."""
    masks = [layer.mask for layer in scene.layout.layers if canonical(layer.label) == canonical(region.label)]
    if not masks:
        return []
    mask = coarse(np.logical_or.reduce(masks), CELLS)
    is_upright = rules.surface(region.label) in ("upright", "above")
    return [_firm(lambda box: holds_in_region(kind, box, mask, is_upright))]


def _unary_test(kind: RelationKind) -> BoxPredicate:
    return _firm(lambda box: holds(kind, box, ()))


def _reference_test(scene: SeenScene, relation: Related, named: Sequence[Named]) -> BoxPredicate | None:
    """Whether a relation holds to any of the things that its references may be; None while there are none."""
    options = [scene.boxes_of(item.label) for item in named]
    if relation.kind == "between":
        if len(options) == 1:
            pairs = [(a, b) for place, a in enumerate(options[0]) for b in options[0][place + 1 :]]
        else:
            pairs = [(a, b) for a in options[0] for b in options[1]]
        if not pairs:
            return None
        return _firm(lambda box: any(holds("between", box, pair) for pair in pairs))
    if not options[0]:
        return None
    is_in_front = relation.kind != "behind"
    return _firm(lambda box: any(holds(relation.kind, box, [other], is_in_front) for other in options[0]))


def _top_test(scene: SeenScene, label: str) -> BoxPredicate:
    """Whether a thing's foot is on the part of one of those references that carries, not merely over it."""
    zone = carrying_zone(label) or UNKNOWN_TOP
    tops = [(y0 + zone[0] * (y1 - y0), y0 + zone[1] * (y1 - y0)) for _, y0, _, y1 in scene.boxes_of(label)]
    return lambda box: any(upper - SLACK / 2 <= box[3] <= lower for upper, lower in tops)


def _level_test(scene: SeenScene, label: str) -> BoxPredicate:
    """Whether a thing stands about as near as one of those references, not far before or behind it."""
    feet = [(y1, y1 - y0) for _, y0, _, y1 in scene.boxes_of(label)]
    return lambda box: any(
        abs(box[3] - foot) <= MOST_APART * max(high, box[3] - box[1]) for foot, high in feet
    )


def room_tests(scene: SeenScene, said: ScenePrompt, number: int) -> tuple[BoxPredicate, ...]:
    """What a thing must leave free for those that are said to be beside it."""
    tests: list[BoxPredicate] = []
    for relation in said.relations:
        if number not in relation.references:
            continue
        if relation.kind == "between":
            others = [
                box
                for reference in relation.references
                for box in scene.boxes_of(said.named[reference].label)
            ]
            tests.append(
                lambda box, others=tuple(others): all(  # type: ignore[misc]
                    abs(box[0] + box[2] - other[0] - other[2]) / 2 > APART for other in others
                )
            )
        elif relation.kind in _ROOM_TESTS:
            tests.append(_ROOM_TESTS[relation.kind])
    return tuple(tests)


def near_tests(said: ScenePrompt, number: int, size: MetricSize | None) -> tuple[BoxPredicate, ...]:
    """What is named is near enough to be seen, and what carries small things near enough for them to be."""
    if any(item.subject == number and item.kind == "in background" for item in said.relations):
        return ()
    tests: list[BoxPredicate] = []
    if size and size.kind.height_m >= SEEN_FROM_AFAR_M:
        tests.append(lambda box: box[3] - box[1] >= NEAR_HEIGHT)
    label = said.named[number].label
    if carrying_zone(label) and not rests(label) and any(rests(item.label) for item in said.things):
        tests.append(lambda box: box[2] - box[0] >= NEAR_WIDTH)
    return tuple(tests)


_ROOM_TESTS: dict[RelationKind, BoxPredicate] = {
    "left of": lambda box: box[0] >= ROOM,
    "right of": lambda box: box[2] <= 1 - ROOM,
    "above": lambda box: box[1] >= ROOM,
    "below": lambda box: box[3] - box[1] >= ROOM,
    "on": lambda box: box[3] - box[1] >= ROOM / 2 and box[1] >= ROOM and box[2] - box[0] >= ROOM / 2,
    "in front of": lambda box: box[3] <= 1 - ROOM / 2,
    "behind": lambda box: box[1] >= ROOM,
    "next to": lambda box: box[0] >= ROOM or box[2] <= 1 - ROOM,
    "inside": lambda box: min(box[2] - box[0], box[3] - box[1]) >= ROOM,
}


def _firm(test: BoxPredicate) -> BoxPredicate:
    """The test for a box and ones a little smaller and larger: a mask misses its box by a few pixels.

    A shape that is not stretched enough is lower or narrower than its box.
    """

    def is_kept(box: BoxXYXY) -> bool:
        x0, y0, x1, y1 = box
        across, along = SLACK * (x1 - x0), SLACK * (y1 - y0)
        inner = x0 + across, y0 + along, x1 - across, y1 - along
        outer = x0 - across, y0 - along, x1 + across, y1 + along
        lower = x0, y0 + UNFILLED * (y1 - y0), x1, y1
        narrower = x0 + UNFILLED / 2 * (x1 - x0), y0, x1 - UNFILLED / 2 * (x1 - x0), y1
        return all(map(test, (box, inner, outer, lower, narrower)))

    return is_kept
