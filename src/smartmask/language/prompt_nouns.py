"""The words of a scene prompt: cut into marks, and runs of plain words turned into nouns."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from smartmask.language import scene_words as words
from smartmask.language.scene_prompts import Named
from smartmask.language.start_places import PLACE_NAMES
from smartmask.language.wording import with_article

_LONGEST_PHRASE = 5
_MOST_WORDS = 3
"""Of a label; of a longer run of words the last are the noun."""
_LONGEST_LABEL = 40


def singular(noun: str) -> str:
    """A noun's singular, by rule and a table of exceptions; the last word of several is the one that counts.

    >>> singular("coffee tables"), singular("children"), singular("buses"), singular("glass")
    ('coffee table', 'child', 'bus', 'glass')
    """
    head, _, last = noun.rpartition(" ")
    return f"{head} {_singular_word(last)}".strip()


def _singular_word(word: str) -> str:
    if word in words.IRREGULAR:
        return words.IRREGULAR[word]
    keeps = words.ALWAYS_PLURAL | words.SINGULAR_IN_S
    if word in keeps or not word.endswith("s") or word.endswith(("ss", "us", "is")) or len(word) < 3:
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes", "zzes", "oes")):
        return word[:-2]
    return word[:-1]


@dataclass(slots=True)
class Phrase:
    """A run of words between marks, with the number and article, and what it is doing, before it."""

    content: list[str] = field(default_factory=list)
    poses: list[str] = field(default_factory=list)
    count: int | None = None
    at_least: bool = False
    is_definite: bool = False


Mark = tuple[str, str]
"""A kind of mark ("relation", "separator", ...) and its words; a plain word is a mark of kind "word"."""


def marks(sentence: str) -> Iterator[Mark]:
    """Words and phrases that mean something, longest first."""
    told_apart = re.sub(r"\s-+\s|[/|:()\[\]\u2013\u2014]", ",", re.sub("[&+]", " and ", sentence))
    tokens = re.findall(r"[^\W_]+(?:['\u2019-][^\W_]+)*|,", told_apart)
    place = 0
    while place < len(tokens):
        for length in range(min(_LONGEST_PHRASE, len(tokens) - place), 0, -1):
            phrase = " ".join(tokens[place : place + length])
            kind = _KINDS.get(phrase)
            if kind is None and length == 1:
                kind = "number" if phrase.isdecimal() or compound_number(phrase) is not None else "word"
            following = tokens[place + length : place + length + 1]
            if kind == "unary" and following and _KINDS.get(following[0]) in (None, "joiner"):
                continue  # "on the left of", "on the left shelf"
            if kind is not None:
                yield kind, phrase
                place += length
                break


def compound_number(word: str) -> int | None:
    """25 for "twenty-five"."""
    tens, _, ones = word.partition("-")
    both = words.NUMBERS.get(tens, 0), words.NUMBERS.get(ones, 0)
    return sum(both) if both[0] >= 20 and 0 < both[1] < 10 else None


def without_opening(sentence: str) -> str:
    """The sentence without "a photo of" and the like at its start."""
    sentence = sentence.strip()
    for opening in sorted(words.OPENINGS, key=len, reverse=True):
        if sentence.startswith(opening + " "):
            return sentence[len(opening) :].strip()
    return sentence


def is_verb(word: str, following: Mark) -> bool:
    """Whether a plain word is one that things do ("sleeping"), and not part of a name ("dining table")."""
    if word in words.VERBS:
        return True
    if len(word) < 5 or not word.endswith("ing") or word in words.NOUNS_IN_ING:
        return False
    return f"{word} {singular(following[1])}" not in words.COMPOUNDS


def noun(phrase: Phrase) -> tuple[Named, str | None] | None:
    """What a run of words names, and the kind of place if it is one; None if it names nothing."""
    content = phrase.content
    while len(content) > 1 and _is_adjective(content):
        content = content[1:]
    if not content or (len(content) == 1 and content[0] in words.ADJECTIVES | words.NOTHINGS):
        return None
    if content[-1] in words.TIMES:
        return None
    if content[-1] in words.SETTINGS:
        content = content[:-1]
    run = " ".join(content[-_MOST_WORDS:])[-_LONGEST_LABEL:].strip()
    label = singular(run)
    place = PLACE_NAMES.get(label)
    if place is None and " " in label:
        ends = (" ".join(label.split()[-count:]) for count in (2, 1))
        place = next((PLACE_NAMES[end] for end in ends if end in PLACE_NAMES), None)
    material = words.REGIONS.get(label.split()[-1]) if label not in words.COMPOUNDS else None
    is_many = label != run or label.split()[-1] in words.SAME_IN_PLURAL
    count, at_least = phrase.count, phrase.at_least
    if count is None:
        count, at_least = (2, True) if label != run else (1, False)
    elif at_least and not is_many:
        count, at_least = 1, False  # "some fruit"
    if label.split()[-1] in words.ALWAYS_PLURAL and count == 2:
        count = 1  # "a pair of scissors"
    if label in words.GROUPS:
        label, count, at_least = words.GROUPS[label]
    if material is not None:
        place = place or PLACE_NAMES.get(label.rpartition(" ")[0])  # "a forest path" is in a forest
        return Named(label.split()[-1], label, is_region=True, count=min(count, 1)), place
    kept = [word for word in phrase.content if word in words.ADJECTIVES and word not in content]
    description = with_article(" ".join([*phrase.poses, *kept, label]))
    named = Named(label, description, count, at_least)
    return named, place


def _is_adjective(content: Sequence[str]) -> bool:
    """Whether the first of several words tells only what the others are like."""
    if f"{content[0]} {singular(content[1])}" in words.COMPOUNDS:
        return False
    return content[0] in words.ADJECTIVES or content[0] in words.NOTHINGS


_KINDS: dict[str, str] = {
    ",": "separator",
    **dict.fromkeys(words.DETERMINERS, "determiner"),
    **dict.fromkeys(words.NUMBERS, "number"),
    **dict.fromkeys(words.AMOUNTS, "amount"),
    **dict.fromkeys(words.RELATIONS, "relation"),
    **dict.fromkeys(words.INVERSE, "inverse"),
    **dict.fromkeys(words.UNARY_PHRASES, "unary"),
    **dict.fromkeys(words.MIDDLE_OF, "middle"),
    **dict.fromkeys(words.ITS_SIDE, "side"),
    **dict.fromkeys(words.SEPARATORS, "separator"),
    **dict.fromkeys(words.JOINERS, "joiner"),
    **dict.fromkeys(words.NEGATIONS, "negation"),
    **dict.fromkeys(words.FILLERS, "filler"),
}
