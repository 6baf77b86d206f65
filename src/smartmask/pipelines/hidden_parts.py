"""What nearer things hide of an object that is not there yet: its place in the depth order of a layout.

A suggestion's mask is the whole object. Where it reaches behind things that stand nearer, less of it is seen:

- words say so: all that an object is said to be behind hides it, what it is said to be in front of, on or
  inside of does not ("a dog behind the car", "a cat on the sofa");
- else the ground does: through the layout's camera each thing stands at a distance (`perspective/stands.py`),
  and so does the object, at its foot; what stands nearer, by more than `LEAST_NEARER` of the canvas's height
  at their feet, hides it. What hangs on a wall is hidden by all that stands before the wall.

Nothing is guessed of what flies or hangs from above, nor of small things whose foot is on another thing: they
stand on it, or belong to it (a hat, a cup), and only what is nearer than that hides them.

Whatever the layout shows in front of what hides the object hides it too (`insertion/place_behind.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from jaxtyping import Bool

from smartmask.language.kinds import Kind, Kinds
from smartmask.language.prompt_reader import read_scene_prompt
from smartmask.language.scene_words import canonical
from smartmask.language.surfaces import LEAST_HELD, MOST_CARRIED_M, carrying_zone
from smartmask.perspective.estimate import estimate_camera
from smartmask.perspective.stands import Stands, foot_pixels
from smartmask.pipelines.insertion.place_behind import put_behind
from smartmask.pipelines.suggestion import Suggestion
from smartmask.scene.boxes import box_of
from smartmask.scene.layout import UNKNOWN, Layer, Layout
from smartmask.scene.relations import RelationKind

LEAST_NEARER = 0.02
"""Share of the canvas's height by which the foot of what is nearer is lower: less is no difference."""
LEAST_SEEN = 0.1
"""Share of an object that the ground's order leaves to be seen; one that would leave less is not heeded."""
_LONGEST_PX = 800
"""Larger layouts are looked at at every so-manieth pixel to tell where things stand."""
_NOT_HIDDEN_BY: frozenset[RelationKind] = frozenset(("in front of", "on", "inside", "above"))


def with_order(layout: Layout, suggestions: Sequence[Suggestion]) -> list[Suggestion]:
    """Suggestions that know what stands in front of them, and what is seen of them.

    Args:
        layout: What they were drawn for.
        suggestions: Masks on its canvas.
    """
    return [_with_order(layout, suggestion) for suggestion in suggestions]


def _with_order(layout: Layout, suggestion: Suggestion) -> Suggestion:
    mask, inside = suggestion.mask, suggestion.crop
    whole = mask[inside]
    covering = [number for number, layer in enumerate(layout.layers) if (layer.mask[inside] & whole).any()]
    said = _Said.of(suggestion.label)
    named = [number for number in covering if canonical(layout.labels[number]) in said.behind]
    asked = [
        number for number in covering if canonical(layout.labels[number]) not in said.behind | said.before
    ]
    kind = found.kind if (found := Kinds().find(said.label)) else None
    nearer = _Standing.of(layout).nearer(asked, mask, kind) if kind and asked else []
    for behind in (sorted({*named, *nearer}), named) if nearer else (named,):
        if not behind:
            break
        placed = put_behind(layout, Layer(suggestion.label, mask, "amodal"), behind)
        hidden = placed.hidden[inside] & whole
        # Whoever draws a box on a nearer thing, and does not say behind it, wants to see something.
        if behind == named or hidden.sum() <= (1 - LEAST_SEEN) * whole.sum():
            return replace(suggestion, behind=tuple(behind), hidden=hidden)
    return replace(suggestion, behind=(), hidden=None)


@dataclass(frozen=True, slots=True)
class _Said:
    """What words say of an object: its name, what it is behind, and what it is not behind."""

    label: str
    behind: frozenset[str]
    before: frozenset[str]

    @staticmethod
    @lru_cache(maxsize=64)
    def of(prompt: str) -> "_Said":
        try:
            said = read_scene_prompt(prompt)
        except ValueError:  # words that are no scene ("???") are a name all the same
            return _Said(prompt, frozenset(), frozenset())
        if not said.named or said.named[0].is_region:
            return _Said(prompt, frozenset(), frozenset())
        behind, before = (
            frozenset(
                canonical(said.named[reference].label)
                for relation in said.relations
                if relation.subject == 0 and relation.kind in kinds
                for reference in relation.references
            )
            for kinds in ({"behind"}, _NOT_HIDDEN_BY)
        )
        return _Said(said.named[0].description, behind, before)


@dataclass(frozen=True, slots=True, eq=False)
class _Standing:
    """Where the layers of a layout stand.

    Attributes:
        layout: The layers.
        rows: The row of the ground below each, in pixels; None for what does not stand.
        is_ground: Which are ground; the last entry is for what is unknown.
    """

    layout: Layout
    rows: tuple[float | None, ...]
    is_ground: Bool[np.ndarray, " M"]

    @staticmethod
    @lru_cache(maxsize=2)
    def of(layout: Layout) -> "_Standing":
        """Look at a layout; kept, since many masks are drawn for one."""
        step = -(-max(layout.size_hw) // _LONGEST_PX)
        layers = tuple(replace(layer, mask=layer.mask[::step, ::step]) for layer in layout.layers)
        height, width = (-(-side // step) for side in layout.size_hw)
        small = Layout((height, width), layers)
        stands, numbers = Stands(small, estimate_camera(small)), range(len(layout))
        rows = tuple(None if (row := stands.foot_row(number)) is None else row * step for number in numbers)
        return _Standing(layout, rows, np.array([*map(stands.is_ground, numbers), True]))

    def nearer(self, asked: Sequence[int], mask: Bool[np.ndarray, "H W"], kind: Kind) -> list[int]:
        """Which of some layers stand nearer than an object of that mask and kind."""
        standing = [(number, row) for number in asked if (row := self.rows[number]) is not None]
        if kind.hold == "wall":
            return [number for number, _ in standing]
        if not standing or kind.hold in ("air", "ceiling"):
            return []
        foot = self._foot_row(mask, kind) + LEAST_NEARER * len(mask)
        return [number for number, row in standing if row > foot]

    def _foot_row(self, mask: Bool[np.ndarray, "H W"], kind: Kind) -> float:
        """The row of the ground where an object stands, or what it stands on."""
        rows, columns = foot_pixels(mask)
        under = np.full(len(rows), UNKNOWN)
        for number, layer in enumerate(self.layout.layers):
            under[layer.mask[rows, columns]] = number
        foot = float(rows.max() + 1)
        if kind.hold not in ("top", "seat") or self.is_ground[under].mean() >= LEAST_HELD:
            return foot
        found = [number for number in set(under.tolist()) - {UNKNOWN} if self._carries(number, foot, kind)]
        return max([foot, *(row for number in found if (row := self.rows[number]) is not None)])

    def _carries(self, number: int, foot: float, kind: Kind) -> bool:
        """Whether an object whose foot is on a layer is on it, or before it at the most: small ones are."""
        if kind.height_m <= MOST_CARRIED_M:
            return True
        zone, mask = carrying_zone(self.layout.labels[number]), self.layout.layers[number].mask
        if zone is None:
            return False
        _, top, _, bottom = box_of(mask)
        return zone[0] <= (foot - top) / (bottom - top) <= zone[1]
