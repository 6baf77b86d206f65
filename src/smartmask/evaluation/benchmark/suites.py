"""The suites that ask for held-out objects: which ones, what is measured on each, and the tables of it.

Every suite is a value; `runner.py` runs any of them. `words.py` holds the one that asks with other words.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from smartmask.evaluation.benchmark.answers import TrivialAnswers
from smartmask.evaluation.benchmark.figures import Row, Table, figure_of
from smartmask.evaluation.benchmark.measures import (
    BEST_OF,
    HINTS,
    RECALL_AT,
    TOLERANCE_SHARE,
    Drawn,
    Parts,
    box_use,
    free,
    free_use,
    guided,
    mask_figures,
    placed,
    ranked,
    truth_violations,
)
from smartmask.evaluation.benchmark.protocol import Rule, absent_classes, exact_objects, whole_objects
from smartmask.evaluation.benchmark.tasks import Mask, Task

Measured = tuple[Row, list[Drawn]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """A list of objects and what is asked of them.

    Attributes:
        title: What it is, in a line.
        about: What it holds and how, in a few sentences.
        counts: Objects of each data set at the most.
        rule: Which objects belong to it.
        hints: The hints it gives; without a hint it asks if `is_free`.
        is_free: Whether it also asks without a hint.
        is_modal: Whether holes are hidden, so that they may leak.
        shards: Only so many shards of each data set are read, so that growing ones stay the same; None = all.
    """

    title: str
    about: str
    counts: Mapping[str, int]
    rule: Rule
    hints: tuple[str, ...] = ()
    is_free: bool = False
    is_modal: bool = False
    shards: int | None = None


_EXACT = (
    "Whole objects, hidden parts included, of scenes that are known exactly. Shown are the layers behind the "
    "object and, for every other one, those in front that nothing links to it."
)
SUITES: dict[str, Suite] = {
    "silhouettes": Suite(
        title="Complete objects of photos, given a hint",
        about="Held-out objects of VOC, COCO and LVIS whose annotation says that they are complete: neither "
        "hidden nor cut off (VOC: not occluded and not truncated; COCO and LVIS: the data's own mark). The "
        "object is taken out of the annotated layout and its hole is hidden as in training.",
        counts={"voc": 110, "coco": 30, "lvis": 10},
        rule=whole_objects,
        hints=tuple(HINTS),
        is_modal=True,
    ),
    "scenes": Suite(
        title="Made scenes, with every hint and with none",
        about=f"Held-out made scenes. {_EXACT}",
        counts={"made": 44},
        rule=exact_objects,
        hints=tuple(HINTS),
        is_free=True,
        shards=40,
    ),
    "codraw": Suite(
        title="Clip-art scenes that people composed",
        about=f"Held-out groups of CoDraw (ten scenes of one sentence are a group). {_EXACT} The shipped weights "
        "have never seen clip art; weights trained on it are not shipped.",
        counts={"codraw": 44},
        rule=exact_objects,
        hints=tuple(HINTS),
        is_free=True,
    ),
    "real": Suite(
        title="Fully annotated photos, without a hint",
        about="Held-out photos that are annotated throughout, stuff and things: COCO panoptic and NYU-40. All "
        "things of one class are taken out, the holes hidden, and each of them is a right answer. NYU-40 maps "
        "are semantic: its things are connected parts, which may hold several.",
        counts={"coco": 20, "nyu40": 44},
        rule=absent_classes,
        is_free=True,
        is_modal=True,
    ),
}


def measure(suite: Suite, task: Task, parts: Parts, answers: TrivialAnswers, seeds: int) -> Measured:
    """All that a suite measures on one object."""
    row: dict[str, float | Sequence[float]] = {}
    pictures: list[Drawn] = []
    for hint in suite.hints:
        found, drawn = guided(parts, task, hint, seeds, BEST_OF if hint == "box" else 1)
        row |= found
        pictures.append(drawn)
        if "scribble" in hint:
            row |= mask_figures(f"({hint})", HINTS[hint](task).mask, task.target)  # type: ignore[union-attr]
    if "box" in suite.hints:
        for name, masks in answers.boxed(task).items():
            row |= _answer(name, masks, task.target)
        row |= box_use(parts, task, _first(row["box, IoU"]))
    if suite.is_free:
        found, drawn = free(parts, task, seeds)
        row |= (
            found
            | truth_violations(task, parts.encoder)
            | free_use(parts, task, _first(found["model, best IoU"]))
        )
        pictures.append(drawn)
        for name, masks in answers.free(task, RECALL_AT[-1]).items():
            row |= placed(name, masks, task, parts.encoder)
    return row | ranked(parts, task), pictures


def tables(
    suite: Suite, rows: Sequence[Row], groups: Sequence[str], sources: Sequence[str]
) -> dict[str, Table]:
    """The tables of what was measured, by key."""
    found: dict[str, Table] = {}
    if suite.hints:
        found["hints"] = _hint_table(rows, groups, sources)
    if suite.is_free:
        found["free"] = _free_table(rows, groups)
        if len(set(sources)) > 1:
            found["free_sources"] = _free_source_table(rows, groups, sources)
    found["use"] = _use_table(suite, rows, groups)
    found["ranking"] = _ranking_table(rows, groups)
    return found


def _first(value: float | Sequence[float]) -> float:
    return value if isinstance(value, float) else value[0]


def _answer(name: str, masks: Sequence[Mask], target: Mask) -> Row:
    """A trivial answer's figures; of several masks the first, and the best of all."""
    each = [mask_figures(name, mask, target) for mask in masks]
    found = dict(each[0])
    if len(each) > 1:
        for kind in ("IoU", "F"):
            found[f"{name}, best of {len(each)}, {kind}"] = max(
                _first(entry[f"{name}, {kind}"]) for entry in each
            )
    return found


def _names(rows: Sequence[Row], ending: str) -> list[str]:
    """The names measured with an ending, in the order they came, without it."""
    names = dict.fromkeys(name for row in rows for name in row if name.endswith(ending))
    return [name[: -len(ending)] for name in names]


def _hint_table(rows: Sequence[Row], groups: Sequence[str], sources: Sequence[str]) -> Table:
    kinds = sorted(set(sources))
    by_source = {source: [n for n, other in enumerate(sources) if other == source] for source in kinds}
    result: dict[str, tuple] = {}  # type: ignore[type-arg]
    for name in _names(rows, ", IoU"):
        cells = [figure_of(rows, f"{name}, IoU", groups), figure_of(rows, f"{name}, F", groups)]
        if len(kinds) > 1:
            cells += [
                figure_of(
                    [rows[n] for n in by_source[source]],
                    f"{name}, IoU",
                    [groups[n] for n in by_source[source]],
                )
                for source in kinds
            ]
        result[name] = tuple(cells)
    return Table(
        title="Given a hint",
        note="Mean over objects of the IoU with the true mask, and of the boundary F-score (tolerance "
        f"{TOLERANCE_SHARE:.1%} of the canvas's diagonal: 2.5 px at 500x375, 1.6 px at 320x240). One candidate "
        "for each seed, none chosen; best of 4 takes the best of candidates 0 to 3. In brackets: the hint itself "
        "taken for the answer. Below: answers without a model, given the same box.",
        columns=("IoU", "boundary F", *(f"IoU, {source}" for source in kinds if len(kinds) > 1)),
        rows=result,
        chart="IoU",
    )


_FREE = (
    *(f"recall@{count}" for count in RECALL_AT),
    "best IoU",
    "scale error",
    "violation",
    "floating",
    "outside support",
    "through nearer",
    "diversity",
    "empty",
)


def _free_table(rows: Sequence[Row], groups: Sequence[str]) -> Table:
    who = {"model": "model", "top": "model, best-scored of 4"}
    who |= {name: name for name in _names(rows, ", best IoU") if name != "model"} | {
        "true": "the true objects"
    }
    return Table(
        title="Without a hint",
        note="Recall@k: the share of requests of whose first k candidates one has IoU > 0.5 with a true object of "
        "the class; @10 with the first seed alone. Best IoU of the first four with any true object. Scale error: "
        "octaves of length from the nearest true object. Violation: the share of masks that break a rule of where "
        "things can be (floating, outside their support, through something nearer); the true objects break the "
        "rules as often as their row says. Diversity: mean of 1 - IoU over pairs of the first four. Empty: "
        "candidates without a pixel.",
        columns=_FREE,
        rows={
            title: tuple(figure_of(rows, f"{name}, {column}", groups) for column in _FREE)
            for name, title in who.items()
        },
        chart="recall@10",
    )


def _free_source_table(rows: Sequence[Row], groups: Sequence[str], sources: Sequence[str]) -> Table:
    columns = ("recall@1", "recall@4", "recall@10", "best IoU", "violation", "diversity")
    result = {}
    for source in sorted(set(sources)):
        own = [n for n, other in enumerate(sources) if other == source]
        result[source] = tuple(
            figure_of([rows[n] for n in own], f"model, {column}", [groups[n] for n in own])
            for column in columns
        )
    return Table(
        title="Without a hint, by data set",
        note="The model's row above, divided.",
        columns=columns,
        rows=result,
    )


def _use_table(suite: Suite, rows: Sequence[Row], groups: Sequence[str]) -> Table:
    asked = {"box": "box given, IoU"} if "box" in suite.hints else {}
    asked |= {"free": "no hint, best IoU of 4"} if suite.is_free else {}
    return Table(
        title="Use of the layout and of the words",
        note="What is lost if the same object is asked for on the layout of another image (stretched to the "
        "canvas), or by the label of another object; same hint, same seed. Above zero: it is used.",
        columns=("layout", "words"),
        rows={
            title: tuple(figure_of(rows, f"{name}, {what} use", groups) for what in ("context", "text"))
            for name, title in asked.items()
        },
    )


def _ranking_table(rows: Sequence[Row], groups: Sequence[str]) -> Table:
    kinds = [
        name for name in dict.fromkeys(name for row in rows for name in row) if name.startswith("rank, ")
    ]
    return Table(
        title="Ranking",
        note="AUC: how often the true mask scores above a misplaced copy of it in the same scene (moved, half and "
        "twice as long on its foot, or where an object of another image is). 0.5 is chance.",
        columns=("AUC",),
        rows={name.removeprefix("rank, "): (figure_of(rows, name, groups),) for name in kinds},
        chart="AUC",
    )


Progress = Callable[[int, int], None]
