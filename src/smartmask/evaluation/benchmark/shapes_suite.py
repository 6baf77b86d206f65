"""The suite `shapes`: whole objects of many labels, asked for by word and box; is the answer a real shape?

IoU is best met by averages, so this suite asks what averages fail: does a network that knows silhouettes see
the word in the answer (`evaluation/recogniser.py`), is its outline as detailed as the truth's, are thin parts
and narrow gaps there, is it one piece, are the answers together as various as the true shapes? Answers that
anybody could give stand in the same tables (`shape_answers.py`).
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from smartmask.data.layered_scene import LayeredScene, Split
from smartmask.data.shape_words import common_word
from smartmask.data.whole_shapes import WholeShape
from smartmask.evaluation.benchmark.figures import Table
from smartmask.evaluation.benchmark.measures import BEST_OF, TOLERANCE_SHARE
from smartmask.evaluation.benchmark.shape_answers import Answer, Measured, SillyAnswers
from smartmask.evaluation.benchmark.shape_tables import shape_tables
from smartmask.evaluation.benchmark.shape_tasks import Mask, ShapeEntry, ShapeTask, shape_entries, shape_task
from smartmask.evaluation.metrics.boundary import boundary_f_score
from smartmask.evaluation.metrics.outline_detail import COMPLEXITY, is_one_piece
from smartmask.evaluation.metrics.shape_features import shape_features
from smartmask.evaluation.metrics.thin_parts import thin_recalls
from smartmask.evaluation.recogniser import Recogniser, recognised
from smartmask.pipelines.suggest import SuggestPipeline
from smartmask.pipelines.suggestion import Suggestion
from smartmask.protocols import TextEncoder
from smartmask.scene.guidance import Box
from smartmask.scene.masks import mask_iou

SHAPES_TITLE = "Whole objects of many labels, by word and box"
SHAPES_ABOUT = (
    "Held-out whole objects: of each label up to 8 renders and drawings, and up to 40 photos. The box "
    "is given; three of four are asked for on an empty canvas with some ground, the others on the "
    "layouts of held-out photos. Recognised are answers that a network for silhouettes reads right, "
    "which has not learnt from what it reads; nothing that draws masks has seen that network. Beside "
    "the model: answers that anybody could give, and the truth."
)
FREQUENT = 200
"""Words of the memory that count as frequent: those with most shapes that may be kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeMaterial:
    """What the suite is made of.

    Attributes:
        shapes: All whole shapes, held-out photos among them.
        splits: Of each shape.
        layouts: Held-out photos whose layouts objects are asked for on; none = the empty canvas only.
        recogniser: Reads answers.
    """

    shapes: Sequence[WholeShape]
    splits: Sequence[Split]
    layouts: Sequence[LayeredScene]
    recogniser: Recogniser

    def of_split(self, split: Split) -> list[WholeShape]:
        """The shapes of a split."""
        return [shape for shape, own in zip(self.shapes, self.splits, strict=True) if own == split]


@dataclass(frozen=True, slots=True, eq=False)
class ShapesRun:
    """What the suite found: the objects in order, and the tables."""

    measured: list[Measured]
    tables: dict[str, Table]

    @property
    def entries(self) -> list[ShapeEntry]:
        """The objects."""
        return [one.task.entry for one in self.measured]


def run_objects(
    material: ShapeMaterial,
    pipelines: Mapping[str, SuggestPipeline],
    encoder: TextEncoder,
    split: Split,
    limit: int | None,
    seeds: int,
    threads: int,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> ShapesRun:
    """Measure pipelines and silly answers on the objects of a split.

    Args:
        material: Shapes and what reads them.
        pipelines: What is measured, by the name of its rows.
        encoder: Finds the nearest label where training lacks one.
        split: The split that objects are of.
        limit: At most so many objects, from the list's beginning.
        seeds: Seeds of the sampler, from 0 on.
        threads: Objects measured side by side.
        on_progress: Called with (objects measured, objects).
    """
    entries = shape_entries(material.shapes, material.splits, split)[:limit]
    silly = SillyAnswers(material.of_split("train"), encoder)
    measured: list[Measured] = []

    def run(entry: ShapeEntry) -> Measured:
        task = shape_task(entry, material.layouts)
        drawn = {name: _drawn(pipeline, task, seeds) for name, pipeline in pipelines.items()}
        return measure(task, drawn, silly.boxed(task), material.recogniser, is_learnt=split != "test")

    with ThreadPoolExecutor(threads) as pool:
        for one in pool.map(run, entries):
            measured.append(one)
            on_progress(len(measured), len(entries))
    frequent = frequent_words(material.of_split("train"))
    return ShapesRun(measured, shape_tables(measured, frequent))


def measure(
    task: ShapeTask,
    drawn: Mapping[str, Sequence[Sequence[Answer]]],
    silly: Mapping[str, Sequence[Answer]],
    recogniser: Recogniser,
    is_learnt: bool,
) -> Measured:
    """All figures of one object.

    Args:
        task: The object.
        drawn: By name, for each seed the answers of a pipeline, first one first.
        silly: By name, answers that no seed takes part in.
        recogniser: Reads the first answers.
        is_learnt: Whether the object may be among what the recogniser has learnt from; then its true mask is
            read as a training shape is.
    """
    first = {"truth": [Answer(task.target, task.entry.shape.group if is_learnt else None)]}
    first |= {name: [answers[0] for answers in each] for name, each in drawn.items()}
    first |= {name: [answers[0]] for name, answers in silly.items()}
    features = {name: [_features(answer.mask) for answer in each] for name, each in first.items()}
    row: dict[str, float | Sequence[float]] = {}
    for name, found in _outlines(task, first, features).items():
        row |= {f"{name}, {what}": found[what] if name in drawn else found[what][0] for what in found}
    if recogniser.knows(task.label):
        flat = [(name, answer) for name, each in first.items() for answer in each]
        ranks = recogniser.ranks(
            [answer.mask for _, answer in flat], task.label, [answer.group for _, answer in flat]
        )
        for within in (1, 5):
            hits: dict[str, list[float]] = {}
            for (name, _), found_ranks in zip(flat, ranks, strict=True):
                hits.setdefault(name, []).append(recognised(found_ranks, within))
            row |= {f"{name}, top {within}": v if name in drawn else v[0] for name, v in hits.items()}
    for name, each in drawn.items():
        row[f"{name}, best of {BEST_OF}, IoU"] = [_best(answers, task.target) for answers in each]
    for name, answers in silly.items():
        row[f"{name}, best of {BEST_OF}, IoU"] = _best(answers, task.target)
    return Measured(
        task,
        row,
        {name: each[0] for name, each in first.items()},
        {name: each[0] for name, each in features.items()},
    )


def origin_group(suggestion: Suggestion) -> str | None:
    """The group of the memory's shape that an answer is a copy of; None if it was drawn freely."""
    return suggestion.origin.group if suggestion.origin else None


def frequent_words(training: Sequence[WholeShape]) -> frozenset[str]:
    """The words that a memory of the training shapes holds most shapes of."""
    counts = Counter(common_word(shape.label) for shape in training if shape.is_bank)
    ordered = sorted(counts, key=lambda word: (-counts[word], word))
    return frozenset(ordered[:FREQUENT])


def _drawn(pipeline: SuggestPipeline, task: ShapeTask, seeds: int) -> list[list[Answer]]:
    """The first candidates of each seed."""
    return [
        [
            Answer(None) if found is None else Answer(found.mask, origin_group(found))
            for number in range(BEST_OF)
            for found in [pipeline.candidate(task.scene, task.label, None, Box(task.box), seed, number)]
        ]
        for seed in range(seeds)
    ]


def _outlines(
    task: ShapeTask,
    first: Mapping[str, Sequence[Answer]],
    features: Mapping[str, Sequence[np.ndarray | None]],
) -> dict[str, dict[str, list[float]]]:
    """What is measured against the true mask, for each answerer and seed."""
    target = task.target
    tolerance = TOLERANCE_SHARE * float(np.hypot(*target.shape))
    true = features["truth"][0]
    assert true is not None  # no shape is empty
    found: dict[str, dict[str, list[float]]] = {}
    for name, each in first.items():
        masks = [np.zeros_like(target) if answer.mask is None else answer.mask for answer in each]
        thin = thin_recalls(masks, target)
        found[name] = {
            "complexity": [
                float("nan") if own is None else float(own[COMPLEXITY] - true[COMPLEXITY])
                for own in features[name]
            ],
            "thin parts": [recall.parts for recall in thin],
            "narrow gaps": [recall.gaps for recall in thin],
            "one piece": [float(is_one_piece(mask)) for mask in masks],
            "IoU": [mask_iou(mask, target) for mask in masks],
            "F": [boundary_f_score(mask, target, tolerance) for mask in masks],
        }
    return found


def _features(mask: Mask | None) -> np.ndarray | None:
    return None if mask is None or not mask.any() else shape_features(mask)


def _best(answers: Sequence[Answer], target: Mask) -> float:
    return max(0.0 if answer.mask is None else mask_iou(answer.mask, target) for answer in answers)
