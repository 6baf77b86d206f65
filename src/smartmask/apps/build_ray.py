"""Datasets built on many machines through Ray Data: the same shards, made by the same function.

All machines write to one folder that they share. `ray.init` is the caller's: it knows the cluster.
"""

from functools import partial
from pathlib import Path
from typing import Any

import ray

from smartmask.data.building import MakeShard, OnProgress, begun, make_one
from smartmask.data.shards import DatasetSpec, SceneDataset


def build_on_ray(
    out: Path,
    spec: DatasetSpec,
    shard_count: int,
    make_shard: MakeShard,
    *,
    on_progress: OnProgress = lambda done, total: None,
) -> SceneDataset:
    """Make the shards that are missing on the machines of the running Ray, and return the dataset.

    Args:
        out: Its folder, new or begun before, at the same path on every machine.
        spec: What makes it.
        shard_count: How many shards there shall be.
        make_shard: Shard number -> its scenes; a function of a module, or a `functools.partial` of one.
        on_progress: Called with the number of whole shards and of all, at first and after each.

    Raises:
        AnnotationError: If the folder holds a dataset of another spec.
        ray.exceptions.RayError: If a shard cannot be made.
    """
    with begun(out, spec) as existing:
        missing = sorted(set(range(shard_count)) - existing)
        kept = shard_count - len(missing)
        on_progress(kept, shard_count)
        if missing:
            # A block a shard: a machine that dies loses the shards at work, no others.
            numbers = ray.data.range(len(missing), override_num_blocks=len(missing))
            made = numbers.map(partial(_make, missing=missing, out=out, make_shard=make_shard))
            for done, _ in enumerate(made.iter_rows(), kept + 1):
                on_progress(done, shard_count)
    return SceneDataset.open(out)


def _make(row: dict[str, Any], missing: list[int], out: Path, make_shard: MakeShard) -> dict[str, Any]:
    return {"number": make_one(out, missing[row["id"]], make_shard)}
