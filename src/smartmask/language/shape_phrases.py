"""The one thing that a request for a shape names, and all that is said of its outline.

"a small old dog sleeping on the left, at sunset" names a dog that sleeps. The first run of plain words that
nothing is said of beforehand is the noun and what stands before it; a verb ends it; of "a glass of beer" the
glass is the thing, of "a slice of pizza" the pizza. What colour or age something has is no matter of outlines
and passes without a word; any other adjective is given back, so that whoever draws can say so.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from smartmask.language import scene_words as words
from smartmask.language.poses import OUTLINES, POSES, SIZES
from smartmask.language.prompt_nouns import Mark, is_verb, marks, singular, without_opening


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_MERE_PORTIONS = _words("kind type sort breed piece model copy set pair number lot")
"""Portions that nobody misses when the thing is drawn."""
_PORTIONS = _MERE_PORTIONS | _words(
    "slice pack bunch pile stack half portion group row herd flock swarm school litter couple dozen heap "
    "lump chunk bit part"
)
"""Of "a slice of pizza", the pizza is the thing, unless slices of it are known."""
_ADJECTIVES = words.ADJECTIVES | SIZES | set(OUTLINES) | set(POSES)
_ONE_THING = frozenset(("1", "one", "a pair of"))
_BEFORE_NOUN = ("determiner", "number", "amount")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapePhrase:
    """A request for one thing, taken apart.

    Attributes:
        run: The noun and the words before it, as written.
        tail: A verb after it and what follows that at once: "lifting weights".
        rest: All other plain words of the sentence, in order, with prepositions.
        holds: What the thing holds or is a portion of: the beer of "a glass of beer".
        is_portion: Whether the thing is only a portion of that.
        is_counted: Whether a number was said, so that a plural is many of one thing.
        poses: What it is doing, how it is seen, which way it faces.
        opening: What is said before it that one thing cannot be: "seven", "no".
        besides: What is asked for beside it: "and a cat", "without a hat".
    """

    run: tuple[str, ...]
    tail: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()
    is_portion: bool = False
    is_counted: bool = False
    poses: tuple[str, ...] = ()
    opening: tuple[str, ...] = ()
    besides: tuple[str, ...] = ()

    def outlines(self, before: int) -> tuple[str, ...]:
        """What the adjectives among the first words of the run say of width over height."""
        return tuple(dict.fromkeys(OUTLINES[word] for word in self.run[:before] if word in OUTLINES))

    @property
    def dull(self) -> frozenset[str]:
        """The words of the run that do not help to say what it is: adjectives, and whose it is."""
        return frozenset(word for word in self.run if word in _ADJECTIVES or word.endswith(("'", "'s")))

    def unread(self, before: int) -> tuple[str, ...]:
        """Of the first words of the run those that are neither outline, size, pose nor looks."""
        return tuple(
            word
            for word in self.run[:before]
            if word not in _ADJECTIVES | words.TIMES | _MERE_PORTIONS and not word.endswith(("'", "'s"))
        )

    def unread_after(self) -> tuple[str, ...]:
        """The verb after the noun, if it is no pose ("juggling"), and what is asked for besides."""
        verb = tuple(
            word
            for word in (*self.tail, *self.rest)[:1]
            if word == "riding" or (self.tail and word not in POSES)
        )
        return (*verb, *self.besides)


def read_shape_phrase(prompt: str) -> ShapePhrase:
    """What a prompt asks for; an empty run if it names nothing.

    >>> phrase = read_shape_phrase("a small old dog sleeping on the left, at sunset")
    >>> phrase.run, phrase.poses
    (('small', 'old', 'dog'), ('sleeping',))
    """
    sentence, *others = [part for part in re.split(r"[.;!?\n]+", prompt.lower()) if part.strip()] or [""]
    sentence = without_opening(" ".join(sentence.replace("\u2019", "'").split()))
    sentence, poses = _without_long_poses(sentence)
    found = _joined_adjectives(list(_split_marks(sentence)))
    start, stop, is_counted = _first_run(found)
    run = [text for _, text in found[start:stop]]
    verb = next((n for n in range(1, len(run)) if _is_action(run, n)), len(run))
    if verb > 1 and run[verb - 1].endswith("ing") and found[stop : stop + 1] == [("determiner", "a")]:
        verb -= 1  # "kids building a sandcastle"
    rest = [text for kind, text in found[stop:] if kind not in ("determiner", "number", "amount", "filler")]
    # "a cat that is asleep", "a dog, sitting".
    said = [text for kind, text in found[stop : stop + 3] if kind == "word" and text in POSES]
    poses += [POSES[word] for word in [*run, *said[:1]] if word in POSES]
    holds: list[str] = []
    if found[stop : stop + 1] == [("joiner", "of")]:
        after, until, _ = _first_run(found[stop + 1 :])
        holds = [text for _, text in found[stop + 1 + after : stop + 1 + until]]
    return ShapePhrase(
        run=tuple(run[:verb]),
        tail=tuple(run[verb:]),
        rest=tuple(rest),
        holds=tuple(holds),
        is_portion=bool(holds and run) and singular(run[verb - 1]) in _PORTIONS,
        is_counted=is_counted,
        poses=tuple(dict.fromkeys(poses)),
        opening=tuple(
            text
            for kind, text in found[:start]
            if kind in ("number", "amount", "negation") and text not in _ONE_THING
        ),
        besides=(*_besides(found[stop:]), *(other.strip() for other in others if _names_more(other))),
    )


def _split_marks(sentence: str) -> Iterator[Mark]:
    """The marks of a sentence, its hyphened words as several."""
    for kind, text in marks(sentence):
        yield from ((kind, part) for part in (text.split("-") if kind == "word" else [text]))


def _joined_adjectives(found: Sequence[Mark]) -> list[Mark]:
    """Without the commas and the "and" between adjectives: "a tall, red and white tower"."""
    kept: list[Mark] = []
    for number, mark in enumerate(found):
        before, after = found[number - 1 : number], found[number + 1 : number + 2]
        is_between = bool(before and after) and before[0][0] == after[0][0] == "word"
        if not (mark[1] in (",", "and") and is_between and before[0][1] in _ADJECTIVES):
            kept.append(mark)
    return kept


def _first_run(found: Sequence[Mark]) -> tuple[int, int, bool]:
    """Where the first run of plain words begins and ends that is no place; whether a number is before it."""
    start, is_place, is_counted = 0, False, False
    first = (0, 0, False)
    while start < len(found):
        kind = found[start][0]
        if kind != "word":
            is_place = is_place or kind in ("relation", "inverse", "middle", "joiner", "negation")
            is_place = is_place and kind != "separator"
            is_counted = kind == "number" or (is_counted and kind != "separator")
            start += 1
            continue
        stop = start
        while stop < len(found) and found[stop][0] == "word":
            stop += 1
        if first[1] == 0:
            first = start, stop, is_counted
        if not is_place:
            return start, stop, is_counted
        start, is_place = stop, False  # "in the forest a deer"
    return first


def _names_more(sentence: str) -> bool:
    """Whether a further sentence begins with another thing ("a cat"), not with what the first is like."""
    kind, text = next(marks(sentence), ("", ""))
    return kind in ("number", "amount") or text in ("a", "an")


def _besides(found: Sequence[Mark]) -> Iterator[str]:
    """What a sentence goes on to ask for after its thing, until it says where that is."""
    start = 0
    while start < len(found) and found[start][0] in (
        "separator",
        "negation",
        "joiner",
        "filler",
        "word",
        *_BEFORE_NOUN,
    ):
        kind, opening = found[start]
        start += 1
        if kind not in ("separator", "negation") and opening != "with":
            continue
        first = start
        while start < len(found) and found[start][0] in _BEFORE_NOUN:
            start += 1
        noun = start
        while start < len(found) and found[start][0] == "word":
            start += 1
        named = [text for _, text in found[noun:start]]
        is_thing = bool(named) and named[-1] not in _ADJECTIVES and not is_verb(named[0], ("end", ""))
        is_named = is_thing or (bool(named) and kind == "negation")  # "that is not brown"
        if is_named and (opening != "," or noun > first):  # "a dog, photo, sharp" asks for no photo
            yield " ".join((opening, *(text for _, text in found[first:start]))).removeprefix(", ")


def _is_action(run: Sequence[str], number: int) -> bool:
    """Whether a word after the noun says what it does."""
    following: Mark = ("word", run[number + 1]) if number + 1 < len(run) else ("end", "")
    return (run[number] in POSES and run[number] not in words.ADJECTIVES) or is_verb(run[number], following)


def _without_long_poses(sentence: str) -> tuple[str, list[str]]:
    """The sentence without poses of several words, and those; "lying down" would end in a preposition."""
    poses = []
    for wording in sorted((text for text in POSES if " " in text), key=len, reverse=True):
        shorter = re.sub(rf"\b{wording.replace(' ', '[ -]')}\b", " ", sentence)
        if shorter != sentence:
            poses.append(POSES[wording])
            sentence = " ".join(shorter.split())
    return sentence, poses
