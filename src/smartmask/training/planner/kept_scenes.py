"""The scenes that the planner learns from, read once (a minute) and kept as arrays in the run's folder."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from smartmask.data.layered_scene import LayeredScene, Split
from smartmask.data.shards import SceneDataset
from smartmask.protocols import TextEncoder
from smartmask.training.planner.data import PlannerScenes, read_scenes

REPEATS = {"made": 1, "nyu40": 2, "coco": 1}
"""The datasets, and how often a scene of each is drawn in proportion to the others."""


def kept_scenes(
    data: Path, run: Path, split: Split, encoder: TextEncoder
) -> tuple[PlannerScenes, dict[str, int]]:
    """The scenes of a split, and how many there are of each dataset.

    Args:
        data: Folder of the datasets.
        run: Folder where they are kept; those that are there are not read again.
        split: The split.
        encoder: Embeds their words.

    Raises:
        AnnotationError: If a dataset cannot be read.
    """
    path = run / f"scenes_{split}.npz"
    if not path.exists():
        counts: Counter[str] = Counter()
        scenes = read_scenes(_of_split(data, split, counts), encoder)
        made: dict[str, Any] = {
            field.name: np.asarray(getattr(scenes, field.name)) for field in fields(scenes)
        }
        run.mkdir(parents=True, exist_ok=True)
        passing = path.with_suffix(".tmp.npz")
        np.savez(passing, counts=json.dumps(counts), **made)
        passing.replace(path)
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    found: dict[str, int] = json.loads(str(arrays.pop("counts")))
    return PlannerScenes(**{**arrays, "names": tuple(arrays["names"].tolist())}), found


def _of_split(data: Path, split: Split, counts: Counter[str]) -> Iterator[LayeredScene]:
    for name, repeats in REPEATS.items():
        for scene in SceneDataset.open(data / name).of_split(split):
            counts[name] += 1
            for _ in range(repeats):
                yield scene
