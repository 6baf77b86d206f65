"""The labels of a memory, made ready to be found by words: as written, by synonym, or by meaning.

Meaning is told by the angle between embeddings, and only between words that the encoder was taught as a
whole. A word that it merely spells ("xqzt", but "moped" too) lies near whatever is spelled alike: "hatchet"
has 0.76 to "hatchback", "chien" 0.75 to "chiton". So such words and labels take no part; synonyms name the
frequent ones. Nor does a label in which the word only says what kind it is: "love letter" is near "love".

Measured on 2,078 labels and words that are neither a label nor a listed synonym, how many have a label of a
similarity of at least that (and of how many it is a sound answer):

    similarity          0.5        0.6        0.7
    79 names of things  24 (16)    15 (13)    10 (10)
    162 abstract words  20         11          4
    32 made up or foreign words    0 at any, for none was taught
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool

from smartmask.language.label_synonyms import synonyms_of
from smartmask.language.poses import FACING, split_poses
from smartmask.language.prompt_nouns import singular
from smartmask.language.scene_words import ALWAYS_PLURAL, COMPOUNDS
from smartmask.memory.shape_memory import ShapeMemory
from smartmask.protocols import WordEncoder

NEAR = 0.6
"""Least similarity of a word's meaning to a label's: between 0.5 and 0.6 only a third is sound."""
_PAIRS = ALWAYS_PLURAL | {"glasses", "eyeglasses", "goggles", "skis", "spectacles"}


class LabelIndex:
    """Finds labels; a label of more shapes goes before one that is spelled alike."""

    def __init__(self, memory: ShapeMemory, encoder: WordEncoder) -> None:
        """Look at every word of a memory, which takes a tenth of a millisecond each."""
        self.memory, self._encoder = memory, encoder
        self._words = sorted(memory.words, key=lambda word: -len(memory.of_label(word)))
        self._known = frozenset(self._words)
        self._word_is_taught: dict[str, bool] = {}
        self._by_key: dict[str, str] = {}
        self._by_set: dict[tuple[str, ...], str] = {}
        self._posed: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
        for word in self._words:
            self._by_key.setdefault(_key(word), word)
            if " " in word:
                self._by_set.setdefault(_word_set(word), word)
            base, poses = split_poses(word)
            if poses:
                self._posed[_key(base)].append((word, poses))
        self._is_taught = np.array([self._taught(word) for word in self._words], bool)
        self._matrix = encoder.encode(self._words)

    def exact(self, phrase: str, *, is_counted: bool = False) -> str | None:
        """The label that is written so, or so but for plural, spaces and the order of its words.

        Args:
            phrase: Plain words, in lower case.
            is_counted: Whether a number stands before it: then "apples" are many of "apple".
        """
        forms = _forms(phrase, is_counted)
        return (
            next((form for form in forms if form in self._known), None)
            or next((self._by_key[_key(form)] for form in forms if _key(form) in self._by_key), None)
            or (self._by_set.get(_word_set(phrase)) if " " in phrase else None)
        )

    def posed(self, phrase: str, poses: Sequence[str]) -> str | None:
        """The label of a thing that says as much as can be of the wanted pose, and nothing else."""
        wanted = {_pose_kind(pose) for pose in poses}
        found = [
            (len(held), -len(label), label)
            for form in _forms(phrase, True)
            for label, has in self._posed.get(_key(form), ())
            if (held := {_pose_kind(pose) for pose in has}) <= wanted
        ]
        return max(found)[2] if found else None

    def in_any_pose(self, phrase: str) -> str | None:
        """The label of a thing that is only known in some pose."""
        posed = (self._posed.get(_key(form), ()) for form in _forms(phrase, True))
        return next((labels[0][0] for labels in posed if labels), None)

    def synonym(self, phrase: str) -> str | None:
        """The label of the nearest synonym that is known."""
        tried = [other for form in _forms(phrase, True) for other in synonyms_of(form)]
        return next((other for other in tried if other in self._known), None)

    def near(self, phrase: str, most: int) -> list[tuple[str, float]]:
        """Labels of a meaning near a phrase's, the nearest first, each with its similarity.

        A phrase is as near as it and its last word are on average; words that the encoder only spells do not
        count, and if the last word is one, nothing is near.
        """
        last = phrase.split()[-1] if phrase else ""
        head = last if last in _PAIRS else singular(last)
        if not head or not self._taught(head):
            return []
        said = " ".join([*(word for word in phrase.split()[:-1] if self._taught(word)), head])
        scores = self._matrix @ self._encoder.encode([said, head]).mean(0)
        scores = np.where(self._is_taught & ~self._has_as_kind(head), scores, -1)
        order = np.argsort(-scores, kind="stable")[:most]
        return [(self._words[n], float(scores[n])) for n in order.tolist() if scores[n] >= NEAR]

    def _has_as_kind(self, head: str) -> Bool[np.ndarray, " N"]:
        """Labels in which a word stands before the noun, or that are names of something else ("hot dog")."""
        forms = {head, f"{head}s"}
        return np.array(
            [
                not forms.isdisjoint(word.split()[:-1]) or (word in COMPOUNDS and word.split()[-1] == head)
                for word in self._words
            ],
            bool,
        )

    def _taught(self, text: str) -> bool:
        for word in text.split():
            if word not in self._word_is_taught:
                self._word_is_taught[word] = self._encoder.tokens(word) == [word]
        return all(self._word_is_taught[word] for word in text.split())


def _forms(phrase: str, is_counted: bool) -> tuple[str, ...]:
    """The spellings to look up, the likeliest first."""
    if phrase.split()[-1:] and phrase.split()[-1] in _PAIRS:
        return (phrase,)
    one = singular(phrase)
    return tuple(dict.fromkeys((one, phrase) if is_counted else (phrase, one)))


def _key(text: str) -> str:
    return text.replace(" ", "").replace("'", "")


def _word_set(text: str) -> tuple[str, ...]:
    return tuple(sorted(singular(word) for word in text.split()))


def _pose_kind(pose: str) -> str:
    """Which way something faces is settled by mirroring."""
    return "facing" if pose in FACING else pose
