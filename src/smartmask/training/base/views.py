"""Examples -> views, numbered without end. Every view follows from (seed, number).

The numbers are cut into blocks. In each, every dataset of the mixture has its share of the views, in random
order. A dataset's own views run through its objects, each once an epoch: its shards come in random order, as
many together as hold some thousand objects, and the objects of such a group in random order. So consecutive
numbers ask few files, and a batch still mixes what lies far apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
import torch
from jaxtyping import Float32
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]
from torch.utils.data import Dataset

from smartmask.data.examples.example import Example, Passes, askable, make_example
from smartmask.data.layered_scene import LayeredScene, Split, split_of
from smartmask.data.shards import SceneDataset
from smartmask.model.diffusion.condition import Condition, build_condition
from smartmask.protocols import TextEncoder
from smartmask.training.base.signed_distance import encode

BLOCK_VIEWS = 4096
"""Views in which every dataset has its exact share."""
GROUP_OBJECTS = 8192
"""About how many objects of a dataset are in memory and mixed at a time."""
_Item = tuple[LayeredScene, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewSettings:
    """What views are drawn.

    Attributes:
        resolution: R, view pixels along a side.
        mixture: Share of views drawn from each dataset.
        passes: Which passes of inference they show.
        drop_text: Share of views without words.
        drop_layout: Share of views without layout.
        seed: Everything random follows from it and the view's number.
    """

    resolution: int
    mixture: Mapping[str, float]
    passes: Passes
    drop_text: float = 0.0
    drop_layout: float = 0.0
    seed: int = 0


class TrainingView(NamedTuple):
    """One view.

    Attributes:
        condition: What the network is told.
        field: The clean field.
        is_whole: Whether it is the whole object's, or that of what is seen of it.
    """

    condition: Condition
    field: Float32[np.ndarray, "R R"]
    is_whole: bool


class ViewDataset(Dataset[TrainingView]):
    """View number -> view."""

    def __init__(
        self,
        datasets: Mapping[str, SceneDataset],
        settings: ViewSettings,
        encoder: TextEncoder,
        split: Split = "train",
    ) -> None:
        """Count the objects of each dataset of the mixture.

        Raises:
            ValueError: If a dataset of the mixture is not given or has no objects in the split.
            AnnotationError: If a shard is damaged.
        """
        self._settings, self._encoder = settings, encoder
        self._sources: list[_Source] = []
        for name in settings.mixture:
            seed = (settings.seed, 3, len(self._sources))
            source = _Source(datasets[name], split, seed) if name in datasets else None
            if source is None or not source.objects:
                raise ValueError(
                    f"the mixture asks for {name!r} but there are no objects of it in the {split} split"
                )
            self._sources.append(source)
        ends = np.cumsum(list(settings.mixture.values()))
        self._views = np.diff(np.round(ends / ends[-1] * BLOCK_VIEWS), prepend=0).astype(int)
        self._block = (-1, np.zeros(0, int), np.zeros(0, int))

    def object_counts(self) -> dict[str, int]:
        """The objects of each dataset of the mixture that may be asked for."""
        return dict(zip(self._settings.mixture, (source.objects for source in self._sources), strict=True))

    def __getitem__(self, number: int) -> TrainingView:
        """The view of that number; it asks for another object while one leaves nothing in its window."""
        rng = np.random.default_rng([self._settings.seed, 1, number])
        group, place = self._place(number)
        while True:
            scene, layer = group[place]
            example = make_example(scene, layer, self._settings.resolution, rng, self._settings.passes)
            if example is not None:
                return self._view(example, rng)
            place = int(rng.integers(len(group)))

    def _place(self, number: int) -> tuple[list[_Item], int]:
        """The group of objects that a view is drawn from, and its object there."""
        block, offset = divmod(number, BLOCK_VIEWS)
        if block != self._block[0]:
            kinds = np.repeat(np.arange(len(self._views)), self._views)
            kinds = np.random.default_rng([self._settings.seed, 4, block]).permutation(kinds)
            ranks = np.zeros(BLOCK_VIEWS, int)
            for kind, count in enumerate(self._views):
                ranks[kinds == kind] = np.arange(count)
            self._block = (block, kinds, ranks)
        kind = int(self._block[1][offset])
        return self._sources[kind].place(block * int(self._views[kind]) + int(self._block[2][offset]))

    def _view(self, example: Example, rng: np.random.Generator) -> TrainingView:
        condition = build_condition(
            example.visible_index,
            example.labels,
            example.guidance,
            example.view,
            prompt=example.prompt,
            scene=example.scene,
            encoder=self._encoder,
            zoom=example.zoom,
        )
        dropped = condition.null(
            texts=bool(rng.random() < self._settings.drop_text),
            layout=bool(rng.random() < self._settings.drop_layout),
        )
        return TrainingView(dropped, encode(example.target, example.view), example.is_whole)


class _Source:
    """The objects of one dataset in an order that changes from epoch to epoch."""

    def __init__(self, dataset: SceneDataset, split: Split, seed: tuple[int, ...]) -> None:
        self._dataset, self._split, self._seed = dataset, split, seed
        counts = {shard: len(_items(dataset, shard, split, with_masks=False)) for shard in dataset.shards}
        self._counts = {shard: count for shard, count in counts.items() if count}
        self.objects = sum(self._counts.values())
        self._epoch: tuple[int, list[_Group]] = (-1, [])
        self._loaded: dict[tuple[int, ...], list[_Item]] = {}

    def place(self, position: int) -> tuple[list[_Item], int]:
        """The group in memory at a position of the endless order, and the object's place in it."""
        epoch, rest = divmod(position, self.objects)
        if epoch != self._epoch[0]:
            self._epoch = (epoch, self._groups(epoch))
        group = next(group for group in self._epoch[1] if rest < group.stop)
        key = (epoch, group.start)
        if key not in self._loaded:
            while len(self._loaded) > 1:  # a block may straddle two groups, never more are asked in turn
                del self._loaded[next(iter(self._loaded))]
            self._loaded[key] = self._load(group, np.random.default_rng([*self._seed, 1, *key]))
        return self._loaded[key], rest - group.start

    def _groups(self, epoch: int) -> list["_Group"]:
        shards = np.random.default_rng([*self._seed, 0, epoch]).permutation(list(self._counts)).tolist()
        count = max(1, round(self.objects / GROUP_OBJECTS))
        found: dict[int, list[int]] = {}
        done = 0
        for shard in shards:
            found.setdefault(done * count // self.objects, []).append(shard)
            done += self._counts[shard]
        groups, start = [], 0
        for members in found.values():
            stop = start + sum(self._counts[shard] for shard in members)
            groups.append(_Group(start, stop, tuple(members)))
            start = stop
        return groups

    def _load(self, group: "_Group", rng: np.random.Generator) -> list[_Item]:
        found = [item for shard in group.shards for item in _items(self._dataset, shard, self._split)]
        return [found[number] for number in rng.permutation(len(found))]


@dataclass(frozen=True, slots=True)
class _Group:
    """Shards whose objects are mixed, and their positions in the epoch."""

    start: int
    stop: int
    shards: tuple[int, ...]


def _items(dataset: SceneDataset, shard: int, split: Split, with_masks: bool = True) -> list[_Item]:
    scenes = dataset.read_shard(shard, with_masks=with_masks)
    return [(scene, layer) for scene in scenes if split_of(scene.group) == split for layer in askable(scene)]


def one_thread(_: int) -> None:
    """Keep a loader's process to one thread: there is one process a core."""
    cv2.setNumThreads(0)
    torch.set_num_threads(1)
    threadpool_limits(1)
