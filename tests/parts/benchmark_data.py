"""Data sets of rooms as the benchmark finds them on disk, and what draws masks for it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from field_parts import field_drawing
from rankers import LargerIsBetter
from shapes import dataset_of, room, scene_of

from smartmask.data.layered_scene import LayeredScene, Split, split_of
from smartmask.evaluation.benchmark.measures import Parts
from smartmask.model.diffusion.cfg import Branches
from smartmask.pipelines.suggest import SuggestPipeline
from smartmask.protocols import TextEncoder


def rooms(split: Split, count: int, prefix: str = "room", is_exact: bool = False) -> list[LayeredScene]:
    """Rooms whose groups fall into a split."""
    found: list[LayeredScene] = []
    number = 0
    while len(found) < count:
        key = f"{prefix}:{number}"
        if split_of(key) == split:
            found.append(replace(room(number, is_exact=is_exact), key=key, group=key))
        number += 1
    return found


def benchmark_data(folder: Path) -> Path:
    """Every data set that a suite reads: three held-out scenes each among training scenes."""
    for source in ("voc", "coco", "lvis", "nyu40"):
        dataset_of(folder / source, [*rooms("train", 6, source), *rooms("test", 3, source)])
    for source in ("made", "codraw"):
        scenes = [*rooms("train", 6, source, is_exact=True), *rooms("test", 3, source, is_exact=True)]
        dataset_of(folder / source, scenes)
    return folder


def parts_of(branches: Branches, encoder: TextEncoder, resolution: int) -> Parts:
    """The pipeline round a denoiser."""
    ranker = LargerIsBetter()
    pipeline = SuggestPipeline(field_drawing(branches, encoder, resolution), ranker, 1)
    return Parts(pipeline=pipeline, ranker=ranker, encoder=encoder)


def with_labels(labels: Sequence[str], key: str, **masks: np.ndarray) -> LayeredScene:
    """A scene of masks under labels that may come twice."""
    scene = scene_of(masks, key=key)
    layers = tuple(replace(layer, label=label) for layer, label in zip(scene.layers, labels, strict=True))
    return replace(scene, layers=layers)
