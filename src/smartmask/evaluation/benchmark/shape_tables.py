"""The tables of the suite `shapes`: a row for each answerer, the truth first."""

from collections.abc import Callable, Collection, Sequence

import numpy as np

from smartmask.data.shape_words import common_word
from smartmask.data.whole_shapes import STYLES, Style
from smartmask.evaluation.benchmark.figures import Figure, Row, Table, figure_of
from smartmask.evaluation.benchmark.measures import BEST_OF, TOLERANCE_SHARE
from smartmask.evaluation.benchmark.shape_answers import Measured
from smartmask.evaluation.benchmark.shape_tasks import ShapeTask
from smartmask.evaluation.benchmark.suite_tables import FEWEST_IMAGES
from smartmask.evaluation.metrics.distribution import precision_recall_density_coverage, two_sample_auc
from smartmask.evaluation.metrics.thin_parts import RADIUS_SHARE


def shape_tables(measured: Sequence[Measured], frequent: Collection[str]) -> dict[str, Table]:
    """The tables of what was measured, by key.

    Args:
        measured: The objects.
        frequent: The words that count as frequent.
    """
    return {
        "recognised": _recognised(measured, frequent),
        "outline": _outline(measured),
        "overlap": _overlap(measured),
        "classes": _classes(measured),
    }


def _recognised(measured: Sequence[Measured], frequent: Collection[str]) -> Table:
    is_frequent = _of(measured, lambda task: common_word(task.label) in frequent)
    kinds = [_of(measured, _is_of(style)) for style in STYLES]
    on_layouts = _of(measured, lambda task: not task.is_plain)
    columns = (
        *("top 1", "top 5", "top 1 of truth's", "top 5 of truth's", "top 1, frequent words"),
        *(f"top 1, {style}s" for style in STYLES),
        "top 1, on layouts",
    )
    rows = {}
    for name in _names(measured):
        top = [_figure(measured, f"{name}, top {within}") for within in (1, 5)]
        cells = [
            *top,
            *(_ratio(own, _figure(measured, f"truth, top {n}")) for own, n in zip(top, (1, 5), strict=True)),
        ]
        some = (is_frequent, *kinds, on_layouts)
        rows[name] = tuple([*cells, *(_figure(part, f"{name}, top 1") for part in some)])
    return Table(
        title="Recognised",
        note="Share of first answers in which a network for silhouettes reads the word (top 1) or has it "
        "among its first five, of the objects whose word it knows; then that as a share of the truth's. "
        "Frequent words are the 200 of which the memory could keep most shapes.",
        columns=columns,
        rows=rows,
        chart="top 1",
    )


def _outline(measured: Sequence[Measured]) -> Table:
    columns = ("complexity", "thin parts", "narrow gaps", "one piece", "two-sample AUC", "shape recall")
    rows: dict[str, tuple[Figure | None, ...]] = {}
    for name in _names(measured):
        complexity = _exponential(_figure(measured, f"{name}, complexity"))
        rest = [_figure(measured, f"{name}, {what}") for what in columns[1:4]]
        rows[name] = (complexity, *rest, *_together(measured, name))
    return Table(
        title="Outline",
        note="Complexity: perimeter^2 / (4 pi area) over the truth's, as exp of the mean log; 1 is best. "
        "Thin parts: share covered of what an opening by a disc takes from the truth; narrow gaps: "
        f"share left open of what a closing fills (radius {RADIUS_SHARE:.0%} of the box's diagonal). A "
        "filled box has every thin part and no gap. One piece: share of answers of which 99 % hang "
        "together. Of all first answers, first seed, in the space of shape features: two-sample AUC, "
        "how well a classifier tells them from the truths (0.5 is best), and shape recall, how many "
        "of the truths have an answer like them.",
        columns=columns,
        rows=rows,
    )


def _overlap(measured: Sequence[Measured]) -> Table:
    plain = _of(measured, lambda task: task.is_plain)
    on_layouts = _of(measured, lambda task: not task.is_plain)
    best = f"best of {BEST_OF}, IoU"
    rows: dict[str, tuple[Figure | None, ...]] = {
        name: (
            _figure(measured, f"{name}, IoU"),
            _figure(measured, f"{name}, {best}"),
            _figure(measured, f"{name}, F"),
            _figure(plain, f"{name}, IoU"),
            _figure(on_layouts, f"{name}, IoU"),
        )
        for name in _names(measured)
        if name != "truth"
    }
    return Table(
        title="Overlap with the truth",
        note="IoU of the first answer with the true mask, of the best of the first four, and the boundary "
        f"F-score of the first (tolerance {TOLERANCE_SHARE:.1%} of the canvas's diagonal). A guard, not the "
        "aim: averages meet it best.",
        columns=("IoU", best, "boundary F", "IoU, empty canvas", "IoU, on layouts"),
        rows=rows,
        chart="IoU",
    )


def _classes(measured: Sequence[Measured]) -> Table:
    names = [name for name in _names(measured) if name in ("truth", "model")]
    wanted = [
        f"{name}, {what}" for name in names for what in ("top 1", "IoU") if (name, what) != ("truth", "IoU")
    ]
    rows = {}
    for label in sorted({one.task.label for one in measured}):
        own = [one for one in measured if one.task.label == label]
        rows[label] = tuple(_figure(own, name) for name in wanted)
    return Table(title="By label", note="Few objects a label.", columns=tuple(wanted), rows=rows)


def _together(measured: Sequence[Measured], name: str) -> tuple[Figure | None, Figure | None]:
    """Two-sample AUC and recall of the shape space; None of too few groups, and of the truth itself."""
    kept = [one for one in measured if one.features[name] is not None]
    groups = [one.task.entry.shape.group for one in kept]
    if name == "truth" or len(set(groups)) < FEWEST_IMAGES:
        return None, None
    real = np.stack([_features(one, "truth") for one in kept])
    fake = np.stack([_features(one, name) for one in kept])
    told = two_sample_auc(real, fake, groups=groups * 2)
    recall = precision_recall_density_coverage(real, fake, k=5).recall
    return Figure(mean=told, count=len(kept)), Figure(mean=recall, count=len(kept))


def _features(one: Measured, name: str) -> np.ndarray:
    found = one.features[name]
    assert found is not None
    return found


def _names(measured: Sequence[Measured]) -> list[str]:
    return list(measured[0].answers) if measured else []


def _of(measured: Sequence[Measured], rule: Callable[[ShapeTask], bool]) -> list[Measured]:
    return [one for one in measured if rule(one.task)]


def _is_of(style: Style) -> Callable[[ShapeTask], bool]:
    return lambda task: task.entry.shape.style == style


def _figure(measured: Sequence[Measured], name: str) -> Figure | None:
    rows: list[Row] = [one.row for one in measured]
    return figure_of(rows, name, [one.task.entry.shape.group for one in measured])


def _ratio(own: Figure | None, other: Figure | None) -> Figure | None:
    if own is None or other is None or own.mean is None or not other.mean:
        return None
    return Figure(mean=own.mean / other.mean, count=own.count)


def _exponential(found: Figure | None) -> Figure | None:
    if found is None or found.mean is None:
        return found
    low, high = (None if end is None else float(np.exp(end)) for end in (found.low, found.high))
    seeds = tuple(float(np.exp(seed)) for seed in found.seeds)
    return Figure(mean=float(np.exp(found.mean)), low=low, high=high, count=found.count, seeds=seeds)
