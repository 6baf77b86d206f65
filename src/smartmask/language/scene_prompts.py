"""What a scene in words says: things with counts, regions, relations, a kind of place.

    "a living room with two chairs and a lamp left of the sofa"
    place "living room"; 2 x chair, lamp, sofa; lamp left of sofa

`prompt_reader.py` reads it.
"""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from smartmask.arguments import check_text
from smartmask.language.scene_words import canonical
from smartmask.scene.relations import RelationKind

MAX_PROMPT_CHARACTERS = 1000


@dataclass(frozen=True, slots=True)
class Named:
    """A thing or region that a prompt names.

    Attributes:
        label: What it is, in the singular and without adjectives.
        description: The same with its adjectives, for the mask model.
        count: How many.
        at_least: Whether more will do ("several").
        is_region: Whether it is a part of the place (a lake, a wall), which is drawn and not planned.
    """

    label: str
    description: str
    count: int = 1
    at_least: bool = False
    is_region: bool = False


@dataclass(frozen=True, slots=True)
class Related:
    """Where a prompt puts something.

    Attributes:
        kind: The relation.
        subject: Number of the named thing it is said of.
        references: Numbers of what it refers to: none for "on the left", two for "between".
    """

    kind: RelationKind
    subject: int
    references: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ScenePrompt:
    """What a prompt says.

    Attributes:
        text: The prompt without control characters.
        place: The kind of place, one of `start_places.PLACES`; None if it names none.
        named: Things and regions, in the order they are named.
        relations: Where they are.
        absent: Labels that are not to come.
    """

    text: str
    place: str | None = None
    named: tuple[Named, ...] = ()
    relations: tuple[Related, ...] = ()
    absent: tuple[str, ...] = ()

    @property
    def things(self) -> tuple[Named, ...]:
        """What is named and planned."""
        return tuple(item for item in self.named if not item.is_region)


def missing_things(prompt: ScenePrompt, labels: Sequence[str]) -> list[tuple[int, int]]:
    """What a prompt names and a layout of these labels lacks: its number in `named`, and how many of it."""
    there = Counter(canonical(label) for label in labels)
    missing = []
    for number, item in enumerate(prompt.named):
        if item.is_region:
            continue
        name = canonical(item.label)
        present = min(there[name], item.count)
        there[name] -= present
        if present < item.count:
            missing.append((number, item.count - present))
    return missing


def clean_prompt(text: str) -> str:
    """The prompt in one line, without control characters.

    Raises:
        TypeError: If it is no text.
        ValueError: If nothing that can be read is left, or it is too long.
    """
    check_text("the prompt", text)
    if len(text) > MAX_PROMPT_CHARACTERS:
        raise ValueError(
            f"the prompt has {len(text)} characters; at most {MAX_PROMPT_CHARACTERS} are read, so say it "
            "shorter"
        )
    text = unicodedata.normalize("NFKC", text)
    text = "".join(" " if unicodedata.category(c).startswith("C") else c for c in text)
    text = " ".join(text.split())
    if not any(c.isalnum() for c in text):
        raise ValueError("the prompt is empty; say in a few words what the scene shows")
    return text[:MAX_PROMPT_CHARACTERS]
