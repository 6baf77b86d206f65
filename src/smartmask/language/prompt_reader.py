"""Reads a scene prompt by rule.

Reading is by rule, without a model, so it is the same everywhere and says what it does. The text is cut into
marks (numbers, relations, separators: `scene_words.py`) and runs of other words; a run is a noun with its
adjectives. A noun that no list knows is a thing all the same. What follows a relation is its reference;
"the sofa" means a sofa named before, or else names one. A relation belongs to the noun before it, and after
a separator ("..., and right of the bed") to the same noun as the last one. What is negated is absent.
"""

import re
from dataclasses import replace

from smartmask.language import scene_words as words
from smartmask.language.poses import POSES
from smartmask.language.prompt_nouns import (
    Mark,
    Phrase,
    compound_number,
    is_verb,
    marks,
    noun,
    singular,
    without_opening,
)
from smartmask.language.scene_prompts import Named, Related, ScenePrompt, clean_prompt
from smartmask.language.start_places import BEGINNINGS
from smartmask.language.surfaces import SEATS
from smartmask.scene.relations import RelationKind

MAX_COUNT = 100
MAX_NAMED = 64
"""Different things that are read; the rest of a longer list is left out."""


def read_scene_prompt(text: str) -> ScenePrompt:
    """What a prompt names.

    Raises:
        ValueError: If it is empty, too long, or no text.

    >>> found = read_scene_prompt("a cat on a red bench, no people")
    >>> [item.label for item in found.named], found.relations[0].kind, found.absent
    (['cat', 'bench'], 'on', ('person',))
    """
    cleaned = clean_prompt(text)
    reader = _Reader()
    for sentence in re.split(r"[.;!?\n]+", cleaned.lower()):
        reader.read(sentence)
    return ScenePrompt(
        cleaned,
        reader.place,
        tuple(reader.named),
        tuple(dict.fromkeys(reader.relations)),
        tuple(dict.fromkeys(reader.absent)),
    )


class _Reader:
    """Goes through marks and collects; `subject` is what the next relation is said of."""

    def __init__(self) -> None:
        self.place: str | None = None
        self.named: list[Named] = []
        self.relations: list[Related] = []
        self.absent: list[str] = []
        self._reset()

    def _reset(self) -> None:
        self.phrase = Phrase()
        self.subject: int | None = None
        self.last: int | None = None
        self.relation: RelationKind | None = None
        self.relation_word = ""
        self.is_inverse = self.is_negated = self.is_joined = self.is_fresh = self.is_chained = False
        self.references: list[int] = []

    def read(self, sentence: str) -> None:
        self._reset()
        found = list(marks(without_opening(sentence)))
        for number, (kind, text) in enumerate(found):
            following = found[number + 1] if number + 1 < len(found) else ("end", "")
            getattr(self, f"_{kind}")(text, following)
        self._finish()

    def _word(self, text: str, following: Mark) -> None:
        if text in words.PRONOUNS and not self.phrase.content and self.relation is not None:
            self._refer_back()
        elif is_verb(text, following):
            # A verb before its noun is an adjective ("a sleeping dog"); after it, it ends the noun.
            if self.phrase.content:
                self._finish_noun()
                self.is_joined = True  # "a man holding a cup on ...": what follows is said of the man
            elif text in POSES:
                self.phrase.poses.append(text)
        else:
            self.phrase.content.append(text)

    def _determiner(self, text: str, following: Mark) -> None:
        if self.phrase.content:
            self._finish_noun()
        self.phrase.is_definite = text not in ("a", "an", "any", "each", "every", "other", "all")
        if text in ("a", "an"):
            self.phrase.count = 1

    def _number(self, text: str, following: Mark) -> None:
        if self.phrase.content:
            self._finish_noun()
        amount = words.NUMBERS.get(text)
        amount = compound_number(text) if amount is None else amount
        value = amount if amount is not None else int(text[:9])
        self.phrase.count, self.phrase.at_least = min(value, MAX_COUNT), value > MAX_COUNT

    def _amount(self, text: str, following: Mark) -> None:
        if self.phrase.content:
            self._finish_noun()
        count, at_least = words.AMOUNTS[text]
        self.phrase.count, self.phrase.at_least = min(count, MAX_COUNT), at_least

    def _separator(self, text: str, following: Mark) -> None:
        if self.relation == "between" and len(self.references) < 2:
            self._finish_noun()
            return
        self._finish_noun()
        self.relation, self.is_inverse, self.is_joined, self.is_fresh = None, False, False, True
        # "no people or cars", "without people and cars", but "no people, a car".
        goes_on = text == "or" or (text == "and" and following[0] == "word")
        self.is_negated = self.is_negated and goes_on

    def _joiner(self, text: str, following: Mark) -> None:
        if text == "of" and self.phrase.content:
            if self.phrase.content[-1] in words.HOLDERS or singular(self.phrase.content[-1]) in words.HOLDERS:
                known = len(self.named)
                self._finish_noun()
                self.phrase.content, self.is_joined = [], True
                self._is_held = True
                self._holder = self.last if len(self.named) > known else None
            return
        self._finish_noun()
        self.relation, self.is_joined = None, not self.is_fresh

    def _relation(self, text: str, following: Mark) -> None:
        self._finish_noun()
        self.relation, self.relation_word, self.references = words.RELATIONS[text], text, []
        self.is_chained = not self.is_fresh
        if self.relation == "between" and self.is_joined:
            self.subject = self.last  # "a table with a vase between two candles"

    def _side(self, text: str, following: Mark) -> None:
        self._finish_noun()
        self.relation, self.relation_word = words.ITS_SIDE[text], text
        self._refer_back()

    def _inverse(self, text: str, following: Mark) -> None:
        self._finish_noun()
        self.relation, self.relation_word, self.is_inverse = words.INVERSE[text], text, True
        self.references = []

    def _unary(self, text: str, following: Mark) -> None:
        self._finish_noun()
        if self.last is not None:
            self.relations.append(Related(words.UNARY_PHRASES[text], self.last))

    def _middle(self, text: str, following: Mark) -> None:
        self._finish_noun()
        if self.last is not None:
            self.relations.append(Related("in middle", self.last))
        self.relation, self.relation_word = "inside", "in"

    def _negation(self, text: str, following: Mark) -> None:
        self._finish_noun()
        self.relation, self.is_negated = None, True

    def _filler(self, text: str, following: Mark) -> None:
        if self.phrase.content:
            self._finish_noun()

    def _finish(self) -> None:
        self._finish_noun()

    def _finish_noun(self) -> None:
        """Turn the words collected so far into a named thing, a place, an absence or a reference."""
        phrase, self.phrase = self.phrase, Phrase()
        is_held, self._is_held = self._is_held, False
        if is_held:
            self._say_what_is_held(phrase)
            return
        found = noun(phrase)
        if found is None or len(self.named) >= MAX_NAMED:
            return
        item, place = found
        if self.is_negated or item.count == 0:
            self.absent.append(item.label)
            self.relation = None
            return
        if item.label in BEGINNINGS and (self.place is not None or self.named):
            place = None
        is_setting = self.relation_word in ("in", "inside", "at", "on", "by") or self.relation is None
        if place is not None and is_setting and not item.is_region:
            self.place = self.place or place
            self.relation = None
            return
        if place is not None and self.place is None and self.relation in (None, "inside", "on"):
            self.place = place
        number = self.last = self._number_of(item, phrase.is_definite)
        self.is_fresh = False
        if self.relation is not None:
            self._refer(number)
        elif self.subject is None or not self.is_joined or self.named[self.subject].is_region:
            self.subject = number

    _is_held = False
    _holder: int | None = None

    def _say_what_is_held(self, phrase: Phrase) -> None:
        """A vase of flowers is one thing, called a vase; its description says of what."""
        held = " ".join(phrase.content)
        if self._holder is not None and held:
            item = self.named[self._holder]
            self.named[self._holder] = replace(item, description=f"{item.description} of {held}")

    def _number_of(self, item: Named, is_definite: bool) -> int:
        """The thing named before that "the ..." means, or a new one."""
        if is_definite or item.is_region:
            for number, other in enumerate(self.named):
                same = words.canonical(item.label) == words.canonical(other.label)
                if same or (is_definite and other.label.split()[-1] == item.label):
                    return number
        self.named.append(item)
        return len(self.named) - 1

    def _refer_back(self) -> None:
        """What "it" means: the head of "a table with a vase on it", a reference, or what was named before."""
        if self.is_joined and self.last is not None and self.subject not in (None, self.last):
            head, self.subject = self.subject, self.last
            self._refer(head)
            return
        references = [item.references[0] for item in self.relations if item.references]
        earlier = [number for number in range(len(self.named)) if number != self.subject]
        found = [number for number in references[-1:] if number != self.subject] or earlier[-1:]
        self._refer(found[0] if found else None)

    def _refer(self, number: int | None) -> None:
        kind = self.relation
        if number is None or kind is None:
            return
        if kind == "between":
            self.references.append(number)
            wanted = 1 if self.named[number].count > 1 else 2
            if len(self.references) < wanted:
                return
            references = tuple(self.references)
        else:
            references = (number,)
        if kind == "inside" and self.named[number].label.split()[-1] in SEATS:
            kind = "on"  # "a man in an armchair"
        subject, self.relation = self.subject, None
        if subject is None or subject in references:
            self.subject = number if subject is None else subject
            return
        if self.is_inverse:
            subject, references, self.is_inverse = number, (subject,), False
        is_beside = kind not in ("on", "inside", "between") and self.is_chained
        if is_beside or self.named[references[0]].is_region:
            # "a woman on a horse on a beach", "a globe on a desk behind a chair": horse and desk are there.
            carriers = [
                item.references[0]
                for item in self.relations
                if item.subject == subject and item.kind in ("on", "inside")
            ]
            subject = next((c for c in carriers if not self.named[c].is_region), subject)
        if not self.named[subject].is_region:
            self.relations.append(Related(kind, subject, references))
