"""Runs the suite `shapes` from files to a result in the form of all suites (`runner.py`)."""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from smartmask.data.layered_scene import LayeredScene, Split
from smartmask.data.shape_splits import split_shapes
from smartmask.data.shards import SceneDataset
from smartmask.data.synthesis.stage.silhouettes import SilhouetteLibrary
from smartmask.data.whole_shapes import STYLES, read_whole_shapes, whole_shapes_of_library
from smartmask.errors import AnnotationError
from smartmask.evaluation.benchmark.measures import Parts
from smartmask.evaluation.benchmark.runner import Request, SuiteRun, result_of
from smartmask.evaluation.benchmark.shape_tasks import (
    MOST_OF_A_LABEL,
    MOST_PHOTOS,
    held_out_layouts,
    photographed,
)
from smartmask.evaluation.benchmark.shapes_suite import SHAPES_ABOUT, SHAPES_TITLE, ShapeMaterial, run_objects
from smartmask.evaluation.recogniser import Recogniser
from smartmask.pipelines.suggest import SuggestPipeline

PHOTOS = ("voc", "coco", "lvis", "taco")
"""Data sets whose held-out whole objects are asked for, and whose training ones are retrieved."""
LAYOUTS = ("coco", "nyu40")
"""Data sets whose held-out layouts objects are asked for on."""


def shape_material(silhouettes: Path, data: Path, recogniser: Recogniser, split: Split) -> ShapeMaterial:
    """All that the suite is made of.

    Args:
        silhouettes: Folder of parquet files of whole shapes.
        data: Folder of the data sets that `smartmask data` has made; those that are not there are left out.
        recogniser: Reads answers.
        split: The held-out split.

    Raises:
        AnnotationError: If a file cannot be read.
    """
    shapes = list(read_whole_shapes(silhouettes))
    scenes: dict[str, list[LayeredScene]] = {
        source: list(SceneDataset.open(data / source))
        for source in dict.fromkeys((*PHOTOS, *LAYOUTS))
        if (data / source).is_dir()
    }
    for source in PHOTOS:
        shapes += photographed(scenes.get(source, []), split)
        shapes += whole_shapes_of_library(SilhouetteLibrary.from_scenes(scenes.get(source, [])))
    layouts = [scene for source in LAYOUTS for scene in held_out_layouts(scenes.get(source, []), split)]
    return ShapeMaterial(shapes=shapes, splits=split_shapes(shapes), layouts=layouts, recogniser=recogniser)


def run_shapes(
    request: Request,
    parts: Parts,
    material: ShapeMaterial,
    weights: dict[str, Any],
    commit: str | None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    beside: Mapping[str, SuggestPipeline] = MappingProxyType({}),
) -> SuiteRun:
    """Measure the suite.

    Args:
        request: How much of it.
        parts: What is measured.
        material: What it is made of.
        weights: What the result says of the weights.
        commit: Of the code, if it is known.
        on_progress: Called with (objects measured, objects).
        beside: Other pipelines, by the name of their rows.

    Raises:
        AnnotationError: If fewer than two objects are held out.
    """
    run = run_objects(
        material,
        {"model": parts.pipeline, **beside},
        parts.encoder,
        request.split,
        request.limit,
        request.seeds,
        request.threads,
        on_progress,
    )
    if len(run.entries) < 2:
        raise AnnotationError(
            f"{len(run.entries)} {request.split} shapes are held out; give more silhouettes"
        )
    styles = Counter(entry.shape.style for entry in run.entries)
    most = {style: MOST_PHOTOS if style == "photo" else MOST_OF_A_LABEL for style in STYLES}
    keys = "\n".join(entry.key for entry in run.entries)
    result = result_of(
        "shapes",
        request,
        about=(SHAPES_TITLE, SHAPES_ABOUT, {f"{style}, a label": count for style, count in most.items()}),
        found=run.tables,
        objects_sha256=hashlib.sha256(keys.encode()).hexdigest(),
        counts={
            "objects": len(run.entries),
            "images": len({entry.shape.group for entry in run.entries}),
            "groups": len({entry.shape.group for entry in run.entries}),
            "sources": {style: styles[style] for style in STYLES},
        },
        weights=weights,
        commit=commit,
    )
    result["labels"] = len({entry.shape.label for entry in run.entries})
    return SuiteRun(result, [])
