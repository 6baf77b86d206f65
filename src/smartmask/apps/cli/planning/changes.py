"""The changes that `smartmask plan --replay` makes: steps taken back, changed, put in between."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from smartmask.apps.cli.hint_options import read_box
from smartmask.apps.cli.options import check_unicode

if TYPE_CHECKING:  # commands import the library when they run, so that --help is quick
    from smartmask.pipelines.planning.plan import PlanSession
    from smartmask.scene.boxes import BoxXYXY


@dataclass(frozen=True, slots=True)
class PlanChange:
    """One change.

    Attributes:
        kind: "veto", "edit" or "insert".
        number: Of the object as the pictures count it, from 1.
        words: What it is now; "" = as before.
        box_xyxy: Where it is now; None = as before.
    """

    kind: str
    number: int
    words: str = ""
    box_xyxy: "BoxXYXY | None" = None


def read_changes(vetoes: Sequence[int], edits: Sequence[str], inserts: Sequence[str]) -> list[PlanChange]:
    """The changes of a command line, those of the last objects first, so that no number moves.

    Raises:
        ValueError: If one is malformed, or an object is changed twice.
        click.UsageError: If a box is.
    """
    changes = [PlanChange("veto", number) for number in dict.fromkeys(vetoes)]
    changes += [_read("edit", text) for text in edits]
    numbers = [change.number for change in changes]
    if twice := sorted({number for number in numbers if numbers.count(number) > 1}):
        raise ValueError(f"object {twice[0]} is to be changed twice; say once what becomes of it")
    # Of two that come before the same object, the one given first comes first.
    changes += [_read("insert", text) for text in reversed(inserts)]
    return sorted(changes, key=lambda change: -change.number)


def change_plan(session: "PlanSession", changes: Sequence[PlanChange]) -> None:
    """Make the changes.

    Raises:
        ValueError: If an object does not exist, or something cannot be placed; the object is named.
    """
    from smartmask.protocols import PlannedObject

    count = len(session.steps)
    for change in changes:
        last = count + (change.kind == "insert")
        if not 1 <= change.number <= last:
            raise ValueError(
                f"--{change.kind} {change.number}: the record holds {count} objects; give a number from 1 to "
                f"{last}"
            )
        try:
            if change.kind == "veto":
                session.veto(change.number - 1)
                continue
            if change.kind == "insert":
                session.insert(change.number - 1, PlannedObject(*_named(change.words), change.box_xyxy))
                continue
            planned = session.steps[change.number - 1].planned
            if change.words:
                label, description = _named(change.words)
                planned = replace(planned, label=label, description=description)
            session.edit(change.number - 1, replace(planned, box_xyxy=change.box_xyxy or planned.box_xyxy))
        except ValueError as error:
            raise ValueError(f"--{change.kind} {change.number}: {error}") from error


def _read(kind: str, text: str) -> PlanChange:
    """The change in "3=a red chair@80,200,180,280"."""
    number, equals, what = text.partition("=")
    words, at, box = what.partition("@")
    if not (equals and number.isascii() and number.isdigit() and (words.strip() or box.strip())):
        raise ValueError(
            f'--{kind} {text!r} must be like 3="a red chair", 3=@80,200,180,280 or 3="a red chair@80,..."'
        )
    if kind == "insert" and not words.strip():
        raise ValueError(f'--{kind} {text!r} must say what comes, like 3="a red chair"')
    check_unicode(words, None)
    place = read_box(f"--{kind}: the box", box) if at else None
    return PlanChange(kind, int(number[:9]), words.strip(), place)


def _named(words: str) -> tuple[str, str]:
    """The label in words, and the words: "a red chair" is a chair."""
    from smartmask.language.prompt_reader import read_scene_prompt

    said = read_scene_prompt(words)
    return (said.named[0].label if said.named else said.text), said.text
