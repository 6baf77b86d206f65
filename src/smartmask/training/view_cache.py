"""Views as the compact network reads them, made once and kept: it learns faster than views can be made.

    RUN/views/cache.json          what the views are made from
    RUN/views/part-000000.npz     views 0 to PART_VIEWS - 1, in half precision

A part appears whole or not at all, and follows from the settings and its number, so a run goes on with the
parts that are there. Noise, times, and what is dropped for guidance are drawn anew whenever a view is used.
"""

import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Bool, Float16, Int64
from torch.utils.data import DataLoader, Dataset

from smartmask.data.atomic import write_files
from smartmask.errors import CheckpointError
from smartmask.model.shape_codec import ShapeCodec
from smartmask.model.shape_inputs import ShapeInputs
from smartmask.training.views import ViewDataset, one_thread

PART_VIEWS = 4096
_ITEMS = 32
"""Views that a loader's process makes at a time."""
_PART_NAME = "part-{:06d}.npz"
_PART = re.compile(r"part-(\d{6})\.npz")


@dataclass(frozen=True, slots=True, eq=False)
class CachedViews:
    """Views in memory, in the order of their numbers.

    Attributes:
        clean: Coordinates of the shapes.
        is_whole: Whether each is a whole object's.
        inputs: The network's inputs; the numbers among them are in half precision, too.
    """

    clean: Float16[np.ndarray, "N K"]
    is_whole: Bool[np.ndarray, " N"]
    inputs: ShapeInputs

    def __len__(self) -> int:
        """How many views."""
        return len(self.clean)

    def take(self, numbers: Int64[np.ndarray, " B"]) -> "CachedViews":
        """Some of the views."""
        inputs = ShapeInputs(**{name: values[numbers] for name, values in self.inputs.arrays().items()})
        return CachedViews(self.clean[numbers], self.is_whole[numbers], inputs)

    @staticmethod
    def joined(parts: Sequence["CachedViews"]) -> "CachedViews":
        """Several as one."""
        return CachedViews(
            np.concatenate([part.clean for part in parts]),
            np.concatenate([part.is_whole for part in parts]),
            ShapeInputs.stack([part.inputs for part in parts]),
        )


def make_parts(
    views: ViewDataset,
    codec: ShapeCodec,
    folder: Path,
    made_from: dict[str, object],
    count: int,
    workers: int,
    should_stop: Callable[[], bool],
) -> Iterator[int]:
    """Make the parts that are missing; first and after each, tell how many views are there.

    Args:
        views: View number -> view.
        codec: Gives shapes their coordinates.
        folder: Where the parts are.
        made_from: What the views follow from; as JSON it must equal that of the parts that are there.
        count: Views wanted; the last part has what is left of them.
        workers: Processes that make views; 0 = this one does.
        should_stop: Asked before each part that must be made.

    Raises:
        CheckpointError: If the parts that are there were made from something else.
        AnnotationError: If a shard is damaged.
    """
    card = json.dumps(made_from, indent=1, sort_keys=True)
    place = folder / "cache.json"
    if place.exists() and place.read_text() != card:
        raise CheckpointError(
            f"{folder}: its views were made from other data or settings; delete the folder, or use a new run"
        )
    folder.mkdir(parents=True, exist_ok=True)
    write_files({place: card.encode()})
    firsts = range(0, count, PART_VIEWS)
    missing = [first for first in firsts if not _part(folder, first).exists()]
    if len(missing) < len(firsts):
        yield count - sum(min(PART_VIEWS, count - first) for first in missing)
    # One loader for all: its processes keep the shards that they have read.
    steps = [
        list(range(start, min(start + _ITEMS, first + PART_VIEWS, count)))
        for first in missing
        for start in range(first, min(first + PART_VIEWS, count), _ITEMS)
    ]
    loader = DataLoader(
        _Shapes(views, codec),
        batch_sampler=steps,
        num_workers=workers,
        collate_fn=CachedViews.joined,
        worker_init_fn=one_thread,
        prefetch_factor=4 if workers else None,
    )
    made = iter(loader)
    for number, first in enumerate(missing, 1):
        if should_stop():
            return
        size = min(PART_VIEWS, count - first)
        _write(_part(folder, first), CachedViews.joined(list(islice(made, -(-size // _ITEMS)))))
        yield count - sum(min(PART_VIEWS, count - later) for later in missing[number:])


def read_parts(folder: Path) -> CachedViews | None:
    """The views of all parts in a folder; None if there are none.

    Raises:
        CheckpointError: If one is damaged.
    """
    found = sorted(int(match[1]) for file in folder.iterdir() if (match := _PART.fullmatch(file.name)))
    parts = [_read(folder / _PART_NAME.format(number)) for number in found]
    return CachedViews.joined(parts) if parts else None


class _Shapes(Dataset[CachedViews]):
    """View number -> the view as the network reads it."""

    def __init__(self, views: ViewDataset, codec: ShapeCodec) -> None:
        self._views, self._codec = views, codec

    def __getitem__(self, number: int) -> CachedViews:
        view = self._views[number]
        inputs = ShapeInputs.of(view.condition, self._codec)
        clean = self._codec.encode(view.field)[None]
        halved = ShapeInputs(**{name: _half(values) for name, values in inputs.arrays().items()})
        return CachedViews(_half(clean), np.array([view.is_whole]), halved)


def _half(values: np.ndarray) -> np.ndarray:
    return values.astype(np.float16) if values.dtype == np.float32 else values


def _part(folder: Path, first: int) -> Path:
    return folder / _PART_NAME.format(first // PART_VIEWS)


def _write(path: Path, views: CachedViews) -> None:
    content = io.BytesIO()
    arrays: dict[str, Any] = {"clean": views.clean, "is_whole": views.is_whole} | views.inputs.arrays()
    np.savez(content, **arrays)
    write_files({path: content.getvalue()})


def _read(path: Path) -> CachedViews:
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            inputs = ShapeInputs(*(file[field.name] for field in fields(ShapeInputs)))
            return CachedViews(file["clean"], file["is_whole"], inputs)
    except Exception as error:
        raise CheckpointError(f"{path}: damaged ({error}); delete it, and it is made again") from error
