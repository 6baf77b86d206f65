"""Builds datasets shard by shard: in parallel, and going on where a killed build stopped.

A shard is a pure function of its number and of the dataset's spec. So shards that exist are kept, the others
are made in any order by any process, and the result is the same bytes.
"""

import json
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from smartmask.data.layered_scene import LayeredScene
from smartmask.data.shards import (
    SPEC_FILE,
    DatasetSpec,
    SceneDataset,
    read_spec,
    shard_name,
    whole_shards,
    write_shard,
    write_spec,
)
from smartmask.errors import AnnotationError

MakeShard = Callable[[int], Iterable[LayeredScene]]
OnProgress = Callable[[int, int], None]


@contextmanager
def begun(out: Path, spec: DatasetSpec) -> Iterator[set[int]]:
    """A dataset begun or gone on with; one that fails before its first shard leaves no trace.

    So a mistake in a setting can be mended and the command given again for the same folder. A stop by the
    user is no failure.

    Raises:
        AnnotationError: If the folder holds a dataset of another spec, or other files.
        OSError: If it cannot be written to.
    """
    is_new_folder, is_new = not out.exists(), not (out / SPEC_FILE).exists()
    existing = _begin(out, spec)
    try:
        yield existing
    except Exception:
        if is_new and not whole_shards(out):
            (out / SPEC_FILE).unlink(missing_ok=True)
            if is_new_folder and not any(out.iterdir()):
                out.rmdir()
        raise


def build(
    out: Path,
    spec: DatasetSpec,
    shard_count: int,
    make_shard: MakeShard,
    *,
    workers: int = 1,
    on_progress: OnProgress = lambda done, total: None,
) -> SceneDataset:
    """Make the shards that are missing, and return the dataset.

    Args:
        out: Its folder, new or begun before.
        spec: What makes it.
        shard_count: How many shards there shall be.
        make_shard: Shard number -> its scenes. With several workers it must be picklable: a function of a
            module, or a `functools.partial` of one.
        workers: Processes that make shards; 1 makes them in this one.
        on_progress: Called with the number of whole shards and of all, at first and after each.

    Raises:
        AnnotationError: If the folder holds a dataset of another spec, or a worker process ended.
        OSError: If a shard cannot be written.
    """
    with begun(out, spec) as existing:
        missing = sorted(set(range(shard_count)) - existing)
        kept = shard_count - len(missing)
        on_progress(kept, shard_count)
        for done, _ in enumerate(_each_made(out, missing, make_shard, workers), kept + 1):
            on_progress(done, shard_count)
    return SceneDataset.open(out)


def build_from(
    out: Path,
    spec: DatasetSpec,
    scenes: Iterable[LayeredScene],
    *,
    on_scene: Callable[[int], None] = lambda done: None,
) -> SceneDataset:
    """Store scenes that come one by one, always in the same order; shards that exist are not written again.

    Args:
        out: The dataset's folder, new or begun before.
        spec: What makes it; it says how many scenes a shard holds.
        scenes: All scenes, from the first on.
        on_scene: Called with the number of scenes so far, after each.

    Raises:
        AnnotationError: If the folder holds a dataset of another spec, or whatever `scenes` raises.
        OSError: If a shard cannot be written.
    """
    with begun(out, spec) as existing:
        for number, part in enumerate(_parts(counted(scenes, on_scene), spec.scenes_per_shard)):
            if number not in existing:
                write_shard(out / shard_name(number), part)
    return SceneDataset.open(out)


def counted(scenes: Iterable[LayeredScene], on_scene: Callable[[int], None]) -> Iterator[LayeredScene]:
    """The scenes as they come; `on_scene` hears how many there were after each."""
    for done, scene in enumerate(scenes, 1):
        yield scene
        on_scene(done)


def make_one(out: Path, number: int, make_shard: MakeShard) -> int:
    """Make a shard, write it, and return its number.

    Raises:
        OSError: If it cannot be written; also whatever `make_shard` raises.
    """
    write_shard(out / shard_name(number), make_shard(number))
    return number


def _begin(out: Path, spec: DatasetSpec) -> set[int]:
    """Begin a dataset, or go on with one, and return the numbers of the shards that it has.

    Raises:
        AnnotationError: If the folder holds a dataset of another spec, or other files.
        OSError: If it cannot be written to.
    """
    if not (out / SPEC_FILE).exists():
        if out.is_dir() and any(not path.name.startswith(".") for path in out.iterdir()):
            raise AnnotationError(f"{out}: holds other files and no {SPEC_FILE}; give a new folder")
        out.mkdir(parents=True, exist_ok=True)
        write_spec(out, spec)
    found = read_spec(out)
    if found.source != spec.source:
        raise AnnotationError(
            f"{out}: was begun with source {found.source!r}, now {spec.source!r}; give a new folder"
        )
    differences = _differences(found, spec)
    if differences:
        raise AnnotationError(
            f"{out}: was begun with other settings ({'; '.join(differences)}); give a new folder"
        )
    return set(whole_shards(out))


def _each_made(out: Path, missing: list[int], make_shard: MakeShard, workers: int) -> Iterator[int]:
    """The numbers of the missing shards as they are made."""
    if workers <= 1 or len(missing) <= 1:
        for number in missing:
            yield make_one(out, number, make_shard)
        return
    # A fork would copy the threads' locks of PyArrow and OpenCV in whatever state they are.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(min(workers, len(missing)), context, _end_with_parent)
    try:
        for future in as_completed([pool.submit(make_one, out, number, make_shard) for number in missing]):
            yield future.result()
    except BrokenProcessPool as error:
        raise AnnotationError(
            f"{out}: a worker process ended (out of memory?); whole shards are kept, run it again to go on, "
            "perhaps with fewer workers"
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _end_with_parent() -> None:
    """Let this worker end when its parent is gone: if that is killed, idle workers would wait for ever."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    # A terminal sends Ctrl-C to all processes: a worker ends at once, rather than with its shard.
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _parts(scenes: Iterator[LayeredScene], size: int) -> Iterator[list[LayeredScene]]:
    while part := list(islice(scenes, size)):
        yield part


def _differences(found: DatasetSpec, wanted: DatasetSpec) -> list[str]:
    """What differs, as "name before, now after"."""
    settings = json.loads(json.dumps(wanted.settings))  # a tuple becomes a list there
    pairs: list[tuple[str, Any, Any]] = [
        ("scenes_per_shard", found.scenes_per_shard, wanted.scenes_per_shard)
    ]
    names = sorted({*found.settings, *settings})
    pairs += [(name, found.settings.get(name), settings.get(name)) for name in names]
    return [f"{name} {before!r}, now {now!r}" for name, before, now in pairs if before != now]
