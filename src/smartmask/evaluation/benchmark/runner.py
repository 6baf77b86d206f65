"""Runs a suite from beginning to end: objects, measurements, tables, and what is needed to draw its sheets.

A result is a JSON value that follows from the data, the weights, the split, the limit and the seeds alone; it
holds no time and no path. Threads change nothing.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, get_args

import numpy as np

from smartmask.data.examples.removal import Fill
from smartmask.data.layered_scene import Split
from smartmask.data.shards import SceneDataset
from smartmask.errors import AnnotationError
from smartmask.evaluation.benchmark.answers import TrivialAnswers
from smartmask.evaluation.benchmark.figures import Row, Table, figure_of
from smartmask.evaluation.benchmark.measures import Drawn, Parts, iou_of, mask_of
from smartmask.evaluation.benchmark.protocol import PROTOCOL, Entry, frozen, in_order, list_digest
from smartmask.evaluation.benchmark.suite_tables import ANSWERED, class_table, distribution_table, tables
from smartmask.evaluation.benchmark.suites import SUITES, Suite, measure
from smartmask.evaluation.benchmark.tasks import Task, task_of
from smartmask.evaluation.benchmark.words import WORDS_ABOUT, WORDS_COUNTS, WORDS_TITLE, words_tables
from smartmask.evaluation.metrics.shape_features import shape_features
from smartmask.model.mask.generator import SHIFT, STEPS
from smartmask.pipelines.shapes.free_drawing import BOX_STRENGTH, SCRIBBLE_STRENGTH
from smartmask.scene.boxes import box_of
from smartmask.scene.guidance import Box

FORMAT = "smartmask-benchmark"
NAMES = (*SUITES, "words", "shapes", "boxes")
"""All suites that results may be of; `shapes_runner.py` and `boxes_runner.py` run the last two."""
LEAK_OBJECTS = 60
LEAK_LIMIT = 0.04
"""Means of the three fills that lie further apart than this say that holes are read."""
PICTURED = 12
"""Objects of a sheet: the first of the list."""
JUDGED = 50
"""Pairs of photo and class to be judged by eye: the first of the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is run.

    Attributes:
        data: Folder of the data sets.
        split: Which held-out split; "test" for figures, "validation" for choices.
        limit: At most so many objects, from the beginning of the list; None = all of it.
        seeds: Seeds of the sampler, from 0 on.
        threads: Objects measured side by side.
    """

    data: Path
    split: Split = "test"
    limit: int | None = None
    seeds: int = 3
    threads: int = 2


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """An object and what was drawn for it.

    Attributes:
        task: The object.
        drawn: One entry a hint.
    """

    task: Task
    drawn: list[Drawn]


@dataclass(frozen=True, slots=True, eq=False)
class SuiteRun:
    """A result and what its sheets show."""

    result: dict[str, Any]
    pictures: list[Picture]


def run_suite(
    name: str,
    request: Request,
    parts: Parts,
    weights: dict[str, Any],
    commit: str | None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> SuiteRun:
    """Measure one suite.

    Args:
        name: One of `NAMES` but "shapes" and "boxes".
        request: How much of it.
        parts: What is measured.
        weights: What the result says of the weights: file, sha256, views.
        commit: Of the code, if it is known.
        on_progress: Called with (objects measured, objects).

    Raises:
        AnnotationError: If a data set is missing or damaged, or holds too few held-out objects.
    """
    if name == "words":
        measured = words_tables(
            lambda source: open_dataset(request.data, source, SUITES["scenes"].shards),
            request.split,
            request.limit,
            request.seeds,
            request.threads,
            parts,
            on_progress,
        )
        entries, found = measured.entries, measured.tables
        pictures: list[Picture] = []
        about = WORDS_TITLE, WORDS_ABOUT, dict(WORDS_COUNTS)
    else:
        suite = SUITES[name]
        about = suite.title, suite.about, dict(suite.counts)
        entries, found, pictures = _run(suite, request, parts, on_progress)
    return SuiteRun(
        result_of(
            name,
            request,
            about=about,
            found=found,
            objects_sha256=list_digest(entries),
            counts={
                "objects": len(entries),
                "images": len({entry.scene.key for entry in entries}),
                "groups": len({entry.scene.group for entry in entries}),
                "sources": {source: sum(e.source == source for e in entries) for source in about[2]},
            },
            weights=weights,
            commit=commit,
        ),
        pictures,
    )


def result_of(
    name: str,
    request: Request,
    *,
    about: tuple[str, str, dict[str, int]],
    found: Mapping[str, Table],
    objects_sha256: str,
    counts: dict[str, Any],
    weights: dict[str, Any],
    commit: str | None,
) -> dict[str, Any]:
    """What a suite found as JSON.

    Args:
        name: The suite.
        request: How much of it was run.
        about: Its title, what it holds, and how many objects at the most of each source.
        found: Its tables.
        objects_sha256: Digest of the list.
        counts: Objects, images and groups, and objects by source.
        weights: What is to be said of the weights.
        commit: Of the code, if it is known.
    """
    config = {
        "protocol": PROTOCOL,
        "suite": name,
        "split": request.split,
        "limit": request.limit,
        "seeds": list(range(request.seeds)),
        "counts": about[2],
        "generator": {"steps": STEPS, "shift": SHIFT, "strengths": [BOX_STRENGTH, SCRIBBLE_STRENGTH]},
    }
    return {
        "format": FORMAT,
        "protocol": PROTOCOL,
        "suite": name,
        "title": about[0],
        "about": about[1],
        "split": request.split,
        "limit": request.limit,
        "seeds": request.seeds,
        **counts,
        "objects_sha256": objects_sha256,
        "config": config,
        "config_sha256": hashlib.sha256(json.dumps(config, sort_keys=True).encode()).hexdigest(),
        "commit": commit,
        "weights": weights,
        "tables": {key: table.as_json() for key, table in found.items()},
        "sheets": [],
    }


def entries_of(suite: Suite, data: Path, split: Split) -> list[Entry]:
    """The whole frozen list of a suite.

    Raises:
        AnnotationError: If a data set is missing or damaged.
    """
    return in_order(
        entry
        for source, count in suite.counts.items()
        for entry in frozen(source, open_dataset(data, source, suite.shards), split, suite.rule, count)
    )


def _run(
    suite: Suite, request: Request, parts: Parts, on_progress: Callable[[int, int], None]
) -> tuple[list[Entry], dict[str, Table], list[Picture]]:
    every = entries_of(suite, request.data, request.split)
    if len({entry.scene.group for entry in every}) < 2 or len({entry.label for entry in every}) < 2:
        folders = ", ".join(str(request.data / source) for source in suite.counts)
        raise AnnotationError(
            f"{folders}: {len(every)} {request.split} objects of this suite; it needs two images and two "
            "labels at least; build more of the data"
        )
    entries = every[: request.limit]
    training = [
        scene
        for source in suite.counts
        for scene in open_dataset(request.data, source, suite.shards).of_split("train")
    ]
    answers = TrivialAnswers(training, parts.encoder)
    kept = JUDGED if suite.is_free and not suite.hints else PICTURED
    total = len(entries) + (min(len(entries), LEAK_OBJECTS) * len(get_args(Fill)) if suite.is_modal else 0)
    rows: list[Row] = []
    pictures: list[Picture] = []
    features: list[list[np.ndarray | None]] = []

    def run(place: int) -> tuple[Row, Picture]:
        task = task_of(every, place)
        row, drawn = measure(suite, task, parts, answers, request.seeds)
        return row, Picture(task, drawn)

    with ThreadPoolExecutor(request.threads) as pool:
        for done, (row, picture) in enumerate(pool.map(run, range(len(entries))), 1):
            rows.append(row)
            if "box" in suite.hints:
                features.append(_features(picture, answers))
            if len(pictures) < kept:
                pictures.append(picture)
            on_progress(done, total)
        groups = [entry.scene.key for entry in entries]
        found = tables(suite, rows, groups, [entry.source for entry in entries])
        if "box" in suite.hints:
            shapes = distribution_table(features, groups)
            found |= {"distribution": shapes} if shapes.rows else {}
        if suite.is_modal:
            found["leak"] = _leak_table(
                every, entries, parts, pool, lambda done: on_progress(len(entries) + done, total)
            )
    found["classes"] = class_table(suite, rows, entries)
    return entries, found, pictures


def _features(picture: Picture, answers: TrivialAnswers) -> list[np.ndarray | None]:
    task, boxed = picture.task, answers.boxed(picture.task)
    drawn = next(entry for entry in picture.drawn if entry.hint == "box").found[0]
    masks = [task.target, mask_of(drawn), *(boxed[name][0] for name in ANSWERED[1:])]
    return [None if mask is None or not mask.any() else shape_features(mask) for mask in masks]


def _leak_table(
    every: Sequence[Entry],
    entries: Sequence[Entry],
    parts: Parts,
    pool: ThreadPoolExecutor,
    on_progress: Callable[[int], None],
) -> Table:
    asked = [(place, fill) for fill in get_args(Fill) for place in range(min(len(entries), LEAK_OBJECTS))]

    def run(asked: tuple[int, Fill]) -> Row:
        task = task_of(every, *asked)
        guidance = Box(box_of(task.target))
        found = parts.pipeline.candidate(task.scene, task.label, None, guidance, 0, 0)
        return {asked[1]: iou_of(found, task.target)}

    rows: list[Row] = []
    for row in pool.map(run, asked):
        rows.append(row)
        on_progress(len(rows))
    groups = [entries[place].scene.key for place, _ in asked]
    found = {fill: figure_of(rows, fill, groups) for fill in get_args(Fill)}
    means = [figure.mean for figure in found.values() if figure and figure.mean is not None]
    apart = max(means) - min(means)
    verdict = "holes are read" if apart > LEAK_LIMIT else "no hole is read"
    return Table(
        title="Leak",
        note=f"Box IoU of the first {len(asked) // 3} objects, first seed, by how the object's hole is "
        "filled: with the nearest label, along rows, or left open. A model that reads holes gains where "
        f"the hole is open. The means lie {apart:.3f} apart, limit {LEAK_LIMIT}: {verdict}.",
        columns=("box IoU",),
        rows={name: (figure,) for name, figure in found.items()},
    )


def open_dataset(data: Path, source: str, shards: int | None) -> SceneDataset:
    """A data set, of some shards only.

    Raises:
        AnnotationError: If it is missing or damaged.
    """
    dataset = SceneDataset.open(data / source)
    return SceneDataset(dataset.folder, dataset.spec, dataset.shards[:shards])


def _settings(settings: Any) -> dict[str, Any]:
    return {name: getattr(value, "__name__", value) for name, value in asdict(settings).items()}
