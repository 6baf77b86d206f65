"""Runs the suite `boxes` from files to a result in the form of all suites (`runner.py`)."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from smartmask.data.annotations.base import Problems
from smartmask.data.annotations.parquet_boxes import NamedBoxes, read_named_boxes
from smartmask.errors import AnnotationError
from smartmask.evaluation.benchmark.box_answers import BoxAnswers, boxes_of_pictures, boxes_of_scenes
from smartmask.evaluation.benchmark.box_relations import relations_table
from smartmask.evaluation.benchmark.box_tasks import is_copied_from, named_box_tasks, suite_tasks
from smartmask.evaluation.benchmark.boxes_suite import (
    BOXES_ABOUT,
    BOXES_TITLE,
    BoxCollection,
    boxes_tables,
)
from smartmask.evaluation.benchmark.runner import Request, SuiteRun, entries_of, open_dataset, result_of
from smartmask.evaluation.benchmark.suites import SUITES
from smartmask.language.surfaces import SURFACES
from smartmask.model.planner.embedded_placer import EmbeddedPlacer
from smartmask.protocols import TextEncoder

COUNTS = {"flickr30k_entities": 1400, "vrd": 600}
"""Files of named boxes, and how many pictures of each are asked for."""
SENTENCES = "nsr1k"
SENTENCE_COUNT = 400
OTHER_SUITES = ("scenes", "real")


def run_boxes(
    request: Request,
    folder: Path,
    placer: EmbeddedPlacer,
    encoder: TextEncoder,
    weights: dict[str, Any],
    commit: str | None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> SuiteRun:
    """Measure the suite; one seed takes part.

    Args:
        request: How much of it.
        folder: Of the parquet files of named boxes.
        placer: Draws boxes; its planner plans sentences.
        encoder: Its text encoder.
        weights: What the result says of the weights.
        commit: Of the code, if it is known.
        on_progress: Called with (tasks measured, tasks).

    Raises:
        AnnotationError: If a file or a data set cannot be read, or holds nothing to ask for.
    """
    collections = {"boxes": _named(folder, request.limit, encoder)}
    for name in OTHER_SUITES:
        suite = SUITES[name]
        training = (
            scene
            for source in suite.counts
            for scene in open_dataset(request.data, source, suite.shards).of_split("train", with_masks=False)
        )
        tasks = list(suite_tasks(entries_of(suite, request.data, request.split)))[: request.limit]
        collections[name] = BoxCollection(tasks, BoxAnswers.of(boxes_of_scenes(training), encoder))
    found = boxes_tables(collections, placer, request.threads, on_progress)
    sentences = list(read_named_boxes(folder / f"{SENTENCES}.parquet", Problems()))
    found["relations"] = relations_table(placer.planner, sentences, request.limit or SENTENCE_COUNT)
    every = [task for one in collections.values() for task in one.tasks]
    keys = "\n".join(task.key for task in every)
    result = result_of(
        "boxes",
        replace(request, seeds=1),
        about=(BOXES_TITLE, BOXES_ABOUT, COUNTS),
        found=found,
        objects_sha256=hashlib.sha256(keys.encode()).hexdigest(),
        counts={
            "objects": len(every),
            "images": len({task.group for task in every}),
            "groups": len({task.group for task in every}),
            "sources": {name: len(one.tasks) for name, one in collections.items()},
        },
        weights=weights,
        commit=commit,
    )
    return SuiteRun(result, [])


def _named(folder: Path, limit: int | None, encoder: TextEncoder) -> BoxCollection:
    """Pictures of all files of named boxes; with a limit the first of each, so many in all."""
    tasks, copied = [], list[NamedBoxes]()
    for name, count in COUNTS.items():
        pictures = list(read_named_boxes(folder / f"{name}.parquet", Problems()))
        copied += [picture for picture in pictures if is_copied_from(picture)]
        few = count if limit is None else max(1, limit // len(COUNTS))
        tasks += named_box_tasks(
            pictures, few, frozenset(word for words in SURFACES.values() for word in words)
        )
    if not tasks:
        raise AnnotationError(f"{folder}: holds no box that may be asked for; give the folder of named boxes")
    return BoxCollection(tasks, BoxAnswers.of(boxes_of_pictures(copied), encoder))
