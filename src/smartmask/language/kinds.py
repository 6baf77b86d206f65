"""How large things are and what carries them: a table of some 5,700 labels, and ways to all other words.

`kinds.csv` has a row a label, of everyday knowledge (body heights, catalogues, norms): the median height in
metres of the thing as it usually stands, lies or hangs; its largest horizontal extent; the standard deviation
of the logarithm of the height over things of that label; and its *hold*, what keeps it in place:

    floor, ground, road   the floor of a room, any open ground, where one drives
    top, seat             tops of furniture, or the ground; seats too (people, pets, cushions, clothes)
    wall, ceiling, water, air

A thing that lies in the table may be drawn standing (a sword, a carrot): the larger of both sides is metric
then. `Kinds.find` answers for other words, and says how:

    label     the words are a label, or one with adjectives that say nothing of what it is ("a red car")
    synonym   the singular of the words, or another word for the same ("sneaker", "birches")
    head      their last words are a label ("an alder chair"): nearly an octave more doubt
    near      the labels nearest by meaning: the median height of 16, weighted by exp(8 cosine)

With all labels that share its head noun left out, *near* misses a label's height by 1.1 octaves in the median
(standard deviation 1.7) and finds 61 of 100 holds; the neighbours' own disagreement says how far off it may
be. Adjectives of size change what was found by the factors in `SIZE_FACTORS`.
"""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from math import hypot
from pathlib import Path
from typing import Literal, cast, get_args

import numpy as np
from jaxtyping import Float32

from smartmask.language.label_synonyms import synonyms_of
from smartmask.language.prompt_nouns import singular
from smartmask.language.scene_words import canonical
from smartmask.language.shape_phrases import ShapePhrase, read_shape_phrase

Hold = Literal["floor", "ground", "road", "top", "seat", "wall", "ceiling", "water", "air"]
How = Literal["label", "synonym", "head", "near"]
Encode = Callable[[Sequence[str]], Float32[np.ndarray, "N D"]]
"""Gives words embeddings of unit length, a zero row for a text with no known word."""

NEIGHBOURS = 16
SHARPNESS = 8.0
HEAD_SPREAD = 0.6
"""What a word before the head adds to the spread: two thirds of the table's own compounds are within it."""
NEAR_SPREAD = 0.6
"""What is to be added to the neighbours' own disagreement for it to be the deviation that is measured."""
SIZE_SPREAD = 0.25
SIZE_FACTORS: dict[str, tuple[float, float]] = {
    **dict.fromkeys(("newborn",), (0.35, 0.35)),
    **dict.fromkeys(("tiny",), (0.4, 0.4)),
    **dict.fromkeys(("baby", "mini", "dwarf", "infant"), (0.5, 0.5)),
    **dict.fromkeys(("small", "little"), (0.7, 0.7)),
    **dict.fromkeys(("big", "large"), (1.4, 1.4)),
    **dict.fromkeys(("huge", "massive"), (2.0, 2.0)),
    **dict.fromkeys(("giant", "enormous", "gigantic", "colossal"), (2.5, 2.5)),
    **dict.fromkeys(("tall", "high"), (1.35, 1.0)),
    **dict.fromkeys(("short", "low"), (0.75, 1.0)),
    **dict.fromkeys(("long", "wide", "broad"), (1.0, 1.4)),
    **dict.fromkeys(("narrow", "slim", "thin"), (1.0, 0.7)),
}
"""What an adjective does to height and length."""
TOYS = frozenset(("toy", "miniature", "model", "plush", "lego"))
"""What makes a toy of a thing: its larger side becomes 0.2 m times the fourth root of its metres."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What is known of the size and place of things of a label.

    Attributes:
        label: The label in the table.
        height_m: Median of the vertical extent as the thing usually stands, lies or hangs, in metres.
        length_m: Largest horizontal extent, in metres.
        spread: Standard deviation of ln(height).
        hold: What keeps it in place.
    """

    label: str
    height_m: float
    length_m: float
    spread: float
    hold: Hold

    def __post_init__(self) -> None:
        if not (self.height_m > 0 and self.length_m > 0 and self.spread > 0 and self.hold in _HOLDS):
            raise ValueError(
                f"{self.label!r}: expected metres and a spread above 0 and a hold of {', '.join(_HOLDS)}, "
                f"not {self.height_m}, {self.length_m}, {self.spread} and {self.hold!r}"
            )


@dataclass(frozen=True, slots=True)
class FoundKind:
    """A kind for some words, and which way of finding it answered."""

    kind: Kind
    how: How


_HOLDS: tuple[Hold, ...] = get_args(Hold)


def kind_of(label: str) -> Kind | None:
    """The row of the table for a label as it is written there, or None.

    >>> kind_of("person")
    Kind(label='person', height_m=1.7, length_m=0.5, spread=0.1, hold='seat')
    """
    row = _rows().get(label)
    if row is None:
        return None
    height, length, spread, hold = row
    return Kind(label, float(height), float(length), float(spread), cast(Hold, hold))


def labels() -> tuple[str, ...]:
    """All labels of the table, in alphabetical order."""
    return tuple(_rows())


@lru_cache(maxsize=1)
def _rows() -> dict[str, list[str]]:
    """The table as text, read once: few of its rows are ever asked for."""
    with Path(__file__).with_name("kinds.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        return {label: row for label, *row in rows}


class Kinds:
    """Finds the kind of any words."""

    def __init__(self, encode: Encode | None = None) -> None:
        """Take what compares words; without it only those that hold a label have a kind."""
        self._encode = encode

    def find(self, phrase: str) -> FoundKind | None:
        """The kind of a phrase; None if nothing is like it.

        >>> found = Kinds().find("a tiny horse")
        >>> found.kind.label, round(found.kind.height_m, 2), found.how
        ('horse', 0.7, 'label')
        """
        name = " ".join(phrase.lower().split())
        known = _named(name)
        if known is not None:
            return known
        said = read_shape_phrase(phrase)
        known = _portion(said)
        if known is not None:
            return known
        run = said.run or tuple(name.split())
        dull = said.dull | SIZE_FACTORS.keys() | TOYS
        for start in range(len(run)):
            known = _named(" ".join(run[start:]))
            if known is not None:
                before = run[:start]
                if not dull.issuperset(before):
                    known = _doubted(known)
                return replace(known, kind=_resized(known.kind, before))
        before = tuple(word for word in run if word in SIZE_FACTORS or word in TOYS)
        kind = self.near(" ".join(word for word in run if word not in before) or name)
        return None if kind is None else FoundKind(_resized(kind, before), "near")

    def near(self, name: str) -> Kind | None:
        """What the labels nearest by meaning are like, under the nearest one's label; None if none is."""
        if self._encode is None:
            return None
        cosines = self._embeddings @ self._encode([name])[0]
        rows = np.argsort(-cosines, kind="stable")[:NEIGHBOURS]
        if cosines[rows[0]] <= 0:
            return None
        weights = np.exp(SHARPNESS * (cosines[rows] - cosines[rows[0]])).astype(np.float64)
        weights /= weights.sum()
        near = [kind for row in rows.tolist() if (kind := kind_of(self._labels[row])) is not None]
        heights = np.log([kind.height_m for kind in near])
        lengths = np.log([kind.length_m for kind in near])
        height, length = (
            float(np.quantile(logs, 0.5, weights=weights, method="inverted_cdf"))
            for logs in (heights, lengths)
        )
        disagreement = float(np.sqrt(weights @ (heights - height) ** 2))
        votes = {hold: sum(weights[n] for n in range(len(near)) if near[n].hold == hold) for hold in _HOLDS}
        return Kind(
            near[0].label,
            float(np.exp(height)),
            float(np.exp(length)),
            hypot(disagreement, NEAR_SPREAD),
            max(votes, key=lambda hold: votes[hold]),
        )

    @cached_property
    def _labels(self) -> tuple[str, ...]:
        return labels()

    @cached_property
    def _embeddings(self) -> Float32[np.ndarray, "N D"]:
        assert self._encode is not None
        return self._encode(self._labels)


def _named(name: str) -> FoundKind | None:
    """The kind of a name that is a label or another word for one."""
    one = singular(name)
    for other in (name, one, canonical(one), *synonyms_of(name), *synonyms_of(one)):
        kind = kind_of(other)
        if kind is not None:
            return FoundKind(kind, "label" if other == name else "synonym")
    return None


def _portion(said: ShapePhrase) -> FoundKind | None:
    """The kind of "a slice of pizza": that of "pizza slice", or of the whole."""
    if not said.is_portion:
        return None
    whole = " ".join(said.holds)
    known = _named(f"{whole} {said.run[-1]}")
    if known is None and (known := _named(whole)) is not None:
        known = _doubted(known)
    return known


def _doubted(known: FoundKind) -> FoundKind:
    """The kind of a head, for words that say more than it does."""
    return FoundKind(replace(known.kind, spread=hypot(known.kind.spread, HEAD_SPREAD)), "head")


def _resized(kind: Kind, adjectives: Sequence[str]) -> Kind:
    """The kind as adjectives of size leave it."""
    for word in adjectives:
        high, long = SIZE_FACTORS.get(word, (1.0, 1.0))
        if word in TOYS:
            largest = max(kind.height_m, kind.length_m)
            high = long = 0.2 * largest**0.25 / largest
            kind = replace(kind, hold="top")
        if (high, long) != (1.0, 1.0):
            kind = replace(
                kind,
                height_m=kind.height_m * high,
                length_m=kind.length_m * long,
                spread=hypot(kind.spread, SIZE_SPREAD),
            )
    return kind
