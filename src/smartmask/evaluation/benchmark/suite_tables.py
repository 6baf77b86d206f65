"""The tables of the suites that ask for objects: their titles, definitions and rows."""

from collections.abc import Sequence

import numpy as np

from smartmask.evaluation.benchmark.figures import Figure, Row, Table, figure_of
from smartmask.evaluation.benchmark.measures import RECALL_AT, TOLERANCE_SHARE
from smartmask.evaluation.benchmark.protocol import Entry
from smartmask.evaluation.benchmark.suites import Suite
from smartmask.evaluation.metrics.distribution import precision_recall_density_coverage, two_sample_auc

ANSWERED = ("model", "class-mean shape", "retrieved shape")
"""Whose shapes are compared with the true ones."""
FEWEST_IMAGES = 10
"""Fewer say nothing about shapes taken together."""


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


def distribution_table(features: Sequence[Sequence[np.ndarray | None]], groups: Sequence[str]) -> Table:
    """How like the true shapes the drawn ones are, taken together.

    Args:
        features: For each object the features of its true mask and of each answer of `ANSWERED`.
        groups: The image of each object.
    """
    columns = ("precision", "recall", "density", "coverage", "two-sample AUC")
    rows: dict[str, tuple[Figure | None, ...]] = {}
    for place, name in enumerate(ANSWERED, 1):
        kept = [n for n, row in enumerate(features) if row[place] is not None]
        images = [groups[n] for n in kept]
        if len(set(images)) < FEWEST_IMAGES:
            continue
        real = np.stack([features[n][0] for n in kept])  # type: ignore[misc]
        fake = np.stack([features[n][place] for n in kept])  # type: ignore[misc]
        near = precision_recall_density_coverage(real, fake, k=5)
        told = two_sample_auc(real, fake, groups=images * 2)
        values = (near.precision, near.recall, near.density, near.coverage, told)
        rows[name] = tuple(Figure(mean=float(value), count=len(kept)) for value in values)
    return Table(
        title="Shapes taken together, box given",
        note="In the space of shape features (`metrics/shape_features.py`), k = 5, first seed: precision "
        "and density say whether drawn shapes look like true ones, recall and coverage whether they are as "
        "various. Two-sample AUC: how well a classifier tells drawn from true; 0.5 is best.",
        columns=columns,
        rows=rows,
    )


def class_table(suite: Suite, rows: Sequence[Row], entries: Sequence[Entry]) -> Table:
    """The chief figures of each class."""
    columns: dict[str, str] = {}
    if suite.hints:
        columns |= {"box": "box, IoU", "best of 4": "box, best of 4, IoU", "scribble": "scribble, IoU"}
    if suite.is_free:
        columns |= {"no hint, recall@4": "model, recall@4", "no hint, best IoU": "model, best IoU"}
    found = {}
    for label in sorted({entry.label for entry in entries}):
        own = [n for n, entry in enumerate(entries) if entry.label == label]
        groups = [entries[n].scene.key for n in own]
        found[label] = tuple(figure_of([rows[n] for n in own], name, groups) for name in columns.values())
    return Table(title="By class", note="Few objects a class.", columns=tuple(columns), rows=found)


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
        f"{TOLERANCE_SHARE:.1%} of the canvas's diagonal: 2.5 px at 500x375, 1.6 px at 320x240). One "
        "candidate for each seed, none chosen; best of 4 takes the best of candidates 0 to 3. In brackets: "
        "the hint itself taken for the answer. Below: answers without a model, given the same box.",
        columns=("IoU", "boundary F", *(f"IoU, {source}" for source in kinds if len(kinds) > 1)),
        rows=result,
        chart="IoU",
    )


_FREE = (
    *(f"recall@{count}" for count in RECALL_AT),
    "best IoU",
    "scale error",
    "violation",
    "fair violation",
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
        note="Recall@k: the share of requests of whose first k candidates one has IoU > 0.5 with a true "
        "object of the class; @10 with the first seed alone. Best IoU of the first four with any true "
        "object. Scale error: octaves of length from the nearest true object. Violation: the share of "
        "masks that break a rule of where things can be (floating, outside their support, through "
        "something nearer); true objects break the rules as often as their row says, since they are "
        "cut off, hidden, or truly so. Fair violation: the same, of the requests whose true objects "
        "keep every rule. Diversity: mean of 1 - IoU over pairs of the first four. Empty: candidates "
        "without a pixel.",
        columns=_FREE,
        rows={
            title: tuple(figure_of(rows, f"{name}, {column}", groups) for column in _FREE)
            for name, title in who.items()
        },
        chart="recall@10",
    )


def _free_source_table(rows: Sequence[Row], groups: Sequence[str], sources: Sequence[str]) -> Table:
    columns = ("recall@1", "recall@4", "recall@10", "best IoU", "violation", "fair violation", "diversity")
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
        note="AUC: how often the true mask scores above a misplaced copy of it in the same scene (moved, "
        "half and twice as long on its foot, or where an object of another image is). 0.5 is chance.",
        columns=("AUC",),
        rows={name.removeprefix("rank, "): (figure_of(rows, name, groups),) for name in kinds},
        chart="AUC",
    )
