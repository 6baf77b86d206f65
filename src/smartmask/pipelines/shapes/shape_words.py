"""What of a memory a request asks for: labels, poses, outlines, and what cannot be honoured.

The request's one thing is read by rule (`language/shape_phrases.py`). Of its words the longest run that ends
the noun and is a label, or a synonym of one, wins: "the neighbour's red sports car" is a sports car, not a
car. If there is none, labels of a near meaning are taken (`label_index.py`); last comes the label's wider
word.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from smartmask.arguments import check_text, is_blank
from smartmask.language.foreign_words import foreign_guess
from smartmask.language.label_synonyms import synonyms_of
from smartmask.language.poses import POSES, SIZES, split_poses
from smartmask.language.prompt_nouns import singular
from smartmask.language.scene_words import NOTHINGS
from smartmask.language.shape_phrases import ShapePhrase, read_shape_phrase
from smartmask.pipelines.shapes.label_index import LabelIndex
from smartmask.pipelines.shapes.wanted_shapes import wanted_shapes
from smartmask.scene.labels import plain_label

How = Literal["label", "synonym", "near", "wider"]
SIMILARITY: dict[How, float] = {"label": 1.0, "synonym": 0.9, "wider": 0.5}
"""What stands for the similarity of labels that are not found by meaning."""
MOST_LABELS = 6
PERSON = "person"
"""Who does what a person is known to do: "a boy in a kayak"."""
LONGEST_LABEL = 6
"""Words of a label up to its noun."""
MOST_FOLLOWING = 4
"""Words after the noun that a label may hold, such as three of "person with white cane"."""
BESIDE = 0.7
"""Least similarity of a label that is given beside one that was said outright, if it ends in another noun."""


@dataclass(frozen=True, slots=True)
class LabelMatch:
    """A label of the memory, or a wider word, that a request may mean.

    Attributes:
        label: The label.
        similarity: In [0, 1]: that of the meanings if it was found so, else by `SIMILARITY`.
        how: How it was found.
    """

    label: str
    similarity: float
    how: How


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeWords:
    """A request, as far as shapes are concerned.

    Attributes:
        prompt: What was asked for.
        phrase: The words of it that name the thing.
        matches: What they may mean, the best first; empty if nothing is known of it.
        poses: What it should be doing and how it should be seen, as far as the best match can.
        outlines: What its outline should be like, as far as the best match can: "tall", "wide", ...
        sizes: What is said of its size; whoever chooses the box may heed it.
        ignored: What is said of its shape and cannot be honoured.
        language: What the prompt is in if it is not English, else "".
    """

    prompt: str
    phrase: str
    matches: tuple[LabelMatch, ...] = ()
    poses: tuple[str, ...] = ()
    outlines: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    language: str = ""

    @property
    def is_known(self) -> bool:
        """Whether the memory has shapes of it."""
        return bool(self.matches)

    @property
    def is_english(self) -> bool:
        """Whether it was read at all."""
        return not self.language

    def say(self) -> str:
        """How it was understood, in a line.

        >>> match = LabelMatch("dog", 0.72, "near")
        >>> ShapeWords(prompt="a puppy", phrase="puppy", matches=(match,), ignored=("lying",)).say()
        'puppy -> dog, 0.72; not honoured: lying'
        """
        if self.language:
            what = "has no Latin script" if self.language == "no Latin script" else f"looks {self.language}"
            return f'only English is read; "{self.prompt}" {what}'
        if not self.matches:
            return f'no shape is known for "{self.phrase or self.prompt}": drawn freely'
        best = self.matches[0]
        is_same = best.label in (self.phrase, singular(self.phrase))
        said = best.label if is_same else f"{self.phrase} -> {best.label}"
        if best.how != "label":
            said += f", {best.similarity:.2f}"
        if honoured := [word for word in (*self.poses, *self.outlines) if word not in said]:
            said += f" ({', '.join(honoured)})"
        return said + (f"; not honoured: {', '.join(self.ignored)}" if self.ignored else "")


def read_shape_words(prompt: str, index: LabelIndex) -> ShapeWords:
    """What a request means to a memory.

    Args:
        prompt: What is to be drawn, one thing, in English.
        index: The labels of the memory.

    Raises:
        ValueError: If the prompt is empty.
    """
    check_text("the prompt", prompt)
    if is_blank(prompt):
        raise ValueError("the prompt is empty; say what to draw, such as 'a brown horse'")
    plain = unicodedata.normalize("NFKC", prompt)
    whole = index.exact(plain_label(plain))
    phrase = ShapePhrase(run=tuple(plain_label(plain).split())) if whole else read_shape_phrase(plain)
    guess = None if whole else foreign_guess(plain)
    if guess is not None and guess.is_sure:
        return ShapeWords(prompt=prompt, phrase=prompt.strip(), language=guess.language)
    found = _found(phrase, index)
    if found is None or (guess is not None and found.matches[0].how == "near"):
        if guess is not None:
            return ShapeWords(prompt=prompt, phrase=prompt.strip(), language=guess.language)
        return ShapeWords(prompt=prompt, phrase=" ".join(phrase.run + phrase.tail))
    best = found.matches[0]
    before = len(phrase.run) - found.taken
    poses = [pose for pose in phrase.poses if pose not in found.named]
    outlines = phrase.outlines(before)
    wanted = wanted_shapes(index.memory, best.label, poses, outlines)
    ignored = [wish for wish in (*poses, *outlines) if wish not in wanted.honoured]
    return ShapeWords(
        prompt=prompt,
        phrase=found.phrase,
        matches=found.matches,
        poses=tuple(pose for pose in poses if pose in wanted.honoured),
        outlines=tuple(outline for outline in outlines if outline in wanted.honoured),
        sizes=tuple(word for word in phrase.run[:before] if word in SIZES),
        ignored=tuple(dict.fromkeys([*phrase.opening, *phrase.unread(before), *ignored, *found.unread])),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """Labels, and what of the phrase they took: how many words of the run, which poses for a name."""

    phrase: str
    matches: tuple[LabelMatch, ...]
    taken: int
    named: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


def _found(phrase: ShapePhrase, index: LabelIndex) -> _Found | None:
    for text, taken, unread in _readings(phrase):
        if (match := _said(text, phrase, index)) is not None:
            named = {POSES[word] for word in text.split() if word in POSES} - set(split_poses(match.label)[1])
            found = _Found(text, (match,), taken, tuple(named), unread)
            return replace(found, matches=_with_others(match, text, index))
    for words in filter(None, (phrase.holds if phrase.is_portion else (), phrase.run)):
        kept = [word for word in words if word not in phrase.dull]
        text = " ".join(kept)
        near = index.near(text, MOST_LABELS) if kept and kept[-1] not in NOTHINGS else ()
        if near:
            matches = tuple(LabelMatch(label, similarity, "near") for label, similarity in near)
            taken = len(kept) if words is phrase.run else 0
            return _Found(text, _with_wider(matches, index), taken, (), phrase.unread_after())
    return None


def _readings(phrase: ShapePhrase) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    """Wordings, the longest first; how many words of the run each takes; what it leaves unread."""
    run, tail = phrase.run, phrase.tail
    head = range(max(0, len(run) - LONGEST_LABEL), len(run))
    verb = phrase.unread_after()
    following = (*tail, *phrase.rest)[:MOST_FOLLOWING]
    for size in range(len(following), 0, -1):
        for start in head:
            yield " ".join((*run[start:], *following[:size])), len(run) - start, ()
        if run and PERSON in (singular(run[-1]), *synonyms_of(singular(run[-1]))):
            yield " ".join((PERSON, *following[:size])), 1, ()
    if phrase.holds and run:
        for start in range(len(phrase.holds)):
            yield " ".join((*phrase.holds[start:], run[-1])), 1, ()
    for start in head:
        if not phrase.is_portion:
            yield " ".join(run[start:]), len(run) - start, verb
    if phrase.is_portion:
        for start in range(len(phrase.holds)):
            yield " ".join(phrase.holds[start:]), 0, verb
        for start in head:
            yield " ".join(run[start:]), len(run) - start, verb


def _said(text: str, phrase: ShapePhrase, index: LabelIndex) -> LabelMatch | None:
    """The label that a wording says outright or by synonym."""
    synonym = index.synonym(text)
    if phrase.poses:
        if label := index.posed(split_poses(text)[0], phrase.poses):
            return LabelMatch(label, SIMILARITY["label"], "label")
        if synonym and index.exact(text) is None and (label := index.posed(synonym, phrase.poses)):
            return LabelMatch(label, SIMILARITY["synonym"], "synonym")
    if label := index.exact(text, is_counted=phrase.is_counted):
        return LabelMatch(label, SIMILARITY["label"], "label")
    if synonym:
        return LabelMatch(synonym, SIMILARITY["synonym"], "synonym")
    label = index.in_any_pose(text)
    return LabelMatch(label, SIMILARITY["label"], "label") if label else None


def _with_others(best: LabelMatch, text: str, index: LabelIndex) -> tuple[LabelMatch, ...]:
    """A label, those of near meaning after it, and its wider word."""
    base = split_poses(best.label)[0]
    plain = index.exact(base)
    others = [LabelMatch(plain, best.similarity, best.how)] if plain else []
    head = singular(base).split()[-1]
    others += [
        LabelMatch(label, similarity, "near")
        for label, similarity in index.near(base, 3 * MOST_LABELS)
        if label in index.memory.labels and (similarity >= BESIDE or label.split()[-1] == head)
    ]
    kept = {match.label: match for match in reversed([best, *others])}
    ordered = sorted(kept.values(), key=lambda match: (match is not best, -match.similarity))
    return _with_wider(ordered[:MOST_LABELS], index)


def _with_wider(matches: Sequence[LabelMatch], index: LabelIndex) -> tuple[LabelMatch, ...]:
    wider = index.memory.parents.get(matches[0].label)
    known = {match.label for match in matches}
    if wider is None or wider in known or wider not in index.memory.words:
        return tuple(matches)
    return (*matches, LabelMatch(wider, SIMILARITY["wider"], "wider"))
