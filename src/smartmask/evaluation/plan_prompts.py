"""The prompts of the planning benchmark, and whether a layout keeps what one of them says.

    {"format": "smartmask-plan-prompts", "version": 1, "prompts": [
      {"text": "a lamp left of the sofa", "source": "template" or "hand",
       "named": [{"label": "lamp", "count": 1, "at_least": false, "is_region": false}, ...],
       "absent": ["person"],
       "relations": [{"kind": "left of", "subject": "lamp", "references": ["sofa"]}]}]}

The file is frozen. Definitions, all on the finished layout's whole masks:

- a thing is *there* if a tenth of its mask is seen; labels are compared without regard to synonyms
(`canonical`);
- *named*: every named label is there at least once, regions among them;
- *counted*: of each named thing as many are there as said (or more, where the prompt says "several"), and of
  what is ruled out none;
- a *relation* holds if each of its subjects that is there keeps it (`scene/relations.py`, on boxes as shares
of
  the canvas) with one of the references that are there; without subject or reference it does not hold.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path

from smartmask.data.layouts.checks import field, parse_json, read_bytes
from smartmask.errors import AnnotationError, LayoutFileError
from smartmask.language.scene_words import REGIONS, canonical
from smartmask.scene.boxes import BoxXYXY, box_of
from smartmask.scene.layout import Layout
from smartmask.scene.relations import UNARY, RelationKind, holds, holds_in_region

FORMAT = "smartmask-plan-prompts"
VERSION = 1
PROMPTS = Path(__file__).with_name("plan_prompts.json")
LEAST_SEEN = 0.1
_UPRIGHT = ("wall", "sky", "ceiling", "forest", "hill", "mountain", "building")


@dataclass(frozen=True, slots=True)
class Stated:
    """A thing or region that a prompt names."""

    label: str
    count: int
    at_least: bool
    is_region: bool


@dataclass(frozen=True, slots=True)
class StatedRelation:
    """A relation that a prompt states, by labels."""

    kind: RelationKind
    subject: str
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BenchmarkPrompt:
    """A prompt and what it says."""

    text: str
    source: str
    named: tuple[Stated, ...]
    absent: tuple[str, ...]
    relations: tuple[StatedRelation, ...]


@dataclass(frozen=True, slots=True)
class PromptScore:
    """What a layout keeps of a prompt.

    Attributes:
        recall: Share of the named labels that are there.
        is_counted: Whether all counts are right.
        relations: Whether each relation holds.
    """

    recall: float
    is_counted: bool
    relations: tuple[bool, ...]


def read_prompts(path: Path = PROMPTS) -> tuple[BenchmarkPrompt, ...]:
    """The prompts in a file.

    Raises:
        AnnotationError: If it is missing or breaks the format.
    """
    try:
        content = parse_json(read_bytes(path), str(path))
        if field(content, "format", str, str(path)) != FORMAT or content.get("version") != VERSION:
            raise AnnotationError(f"{path}: expected {FORMAT!r} of version {VERSION}")
        records = field(content, "prompts", list, str(path))
        return tuple(_prompt(record, f"{path}: prompt {number}") for number, record in enumerate(records))
    except LayoutFileError as error:
        raise AnnotationError(str(error)) from error


def score_prompt(prompt: BenchmarkPrompt, layout: Layout) -> PromptScore:
    """What a finished layout keeps of a prompt."""
    there = _there(layout)
    counts = Counter(canonical(layout.layers[number].label) for number in there)
    wanted: Counter[str] = Counter()
    for item in prompt.named:
        wanted[canonical(item.label)] += item.count
    present = [counts[canonical(item.label)] > 0 for item in prompt.named]
    is_counted = not any(counts[canonical(label)] for label in prompt.absent)
    for item in prompt.named:
        name = canonical(item.label)
        enough = counts[name] >= wanted[name]
        is_counted &= enough if item.at_least or item.is_region else counts[name] == wanted[name]
    relations = tuple(_keeps(relation, layout, there) for relation in prompt.relations)
    return PromptScore(sum(present) / max(len(present), 1), is_counted, relations)


def keeps(relation: StatedRelation, layout: Layout) -> bool:
    """Whether a layout keeps a relation."""
    return _keeps(relation, layout, _there(layout))


def _there(layout: Layout) -> list[int]:
    """Numbers of the layers of which enough is seen."""
    return [
        number
        for number, (layer, seen) in enumerate(zip(layout.layers, layout.visible(), strict=True))
        if layer.mask.any() and seen.sum() >= LEAST_SEEN * layer.mask.sum()
    ]


def _keeps(relation: StatedRelation, layout: Layout, there: Sequence[int]) -> bool:
    height, width = layout.size_hw

    def box(number: int) -> BoxXYXY:
        x0, y0, x1, y1 = box_of(layout.layers[number].mask)
        return x0 / width, y0 / height, x1 / width, y1 / height

    def called(label: str) -> list[int]:
        return [n for n in there if canonical(layout.layers[n].label) == canonical(label)]

    subjects = called(relation.subject)
    if relation.kind in UNARY:
        return bool(subjects) and all(holds(relation.kind, box(number), ()) for number in subjects)
    references = [called(label) for label in relation.references]
    if not subjects or not all(references):
        return False
    if relation.references[0] in REGIONS:
        is_upright = REGIONS[relation.references[0]] in _UPRIGHT
        return all(
            any(
                holds_in_region(relation.kind, box(s), layout.layers[r].mask, is_upright)
                for r in references[0]
            )
            for s in subjects
        )
    if relation.kind == "between":
        pairs = combinations(references[0], 2) if len(references) == 1 else product(*references)
        found = [(box(a), box(b)) for a, b in pairs]
        return all(any(holds("between", box(s), pair) for pair in found) for s in subjects)
    return all(
        any(holds(relation.kind, box(s), [box(r)], is_in_front=s > r) for r in references[0] if r != s)
        for s in subjects
    )


def _flag(record: Mapping[str, object], name: str, where: str) -> bool:
    value = record.get(name)
    if not isinstance(value, bool):
        raise AnnotationError(f"{where}: {name} must be true or false, not {value!r}")
    return value


def _prompt(record: object, where: str) -> BenchmarkPrompt:
    named = [
        Stated(
            field(item, "label", str, where),
            field(item, "count", int, where),
            _flag(item, "at_least", where),
            _flag(item, "is_region", where),
        )
        for item in field(record, "named", list, where)
    ]
    relations = [
        StatedRelation(
            field(item, "kind", str, where),  # type: ignore[arg-type]  # compared with the known kinds below
            field(item, "subject", str, where),
            tuple(field(item, "references", list, where)),
        )
        for item in field(record, "relations", list, where)
    ]
    labels = {item.label for item in named}
    for relation in relations:
        if not {relation.subject, *relation.references} <= labels:
            raise AnnotationError(f"{where}: a relation of something that is not named")
    return BenchmarkPrompt(
        field(record, "text", str, where),
        field(record, "source", str, where),
        tuple(named),
        tuple(field(record, "absent", list, where)),
        tuple(relations),
    )
