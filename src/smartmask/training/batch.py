"""Examples -> batches of tensors. Every view follows from (seed, number), so a run resumes exactly.

The numbers are cut into blocks. In each, every dataset of the mixture has its share of the views, in random
order. A dataset's own views run through its objects, each once an epoch: its shards come in random order, as
many together as hold some thousand objects, and the objects of such a group in random order. So consecutive
numbers ask few files, and a batch still mixes what lies far apart.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from smartmask.data.examples import Example, askable, make_example
from smartmask.data.layered_scene import LayeredScene, Split, split_of
from smartmask.data.shards import SceneDataset
from smartmask.model.condition import SPECIAL_ROWS, Condition, ConditionBatch, build_condition
from smartmask.model.denoiser import condition_tensors
from smartmask.model.schedule import training_times
from smartmask.model.signed_distance import encode
from smartmask.protocols import TextEncoder
from smartmask.scene.layout import OUTSIDE
from smartmask.scene.view import View
from smartmask.training.config import TrainConfig

BLOCK_VIEWS = 4096
"""Views in which every dataset has its exact share."""
GROUP_OBJECTS = 8192
"""About how many objects of a dataset are in memory and mixed at a time."""
_Item = tuple[LayeredScene, int]


@dataclass(frozen=True, slots=True)
class Batch:
    """Tensors of one step, in the order of `denoising_loss`."""

    clean: Tensor
    inside: Tensor
    noise: Tensor
    t: Tensor
    condition: tuple[Tensor, ...]


class ViewDataset(Dataset[tuple[Condition, np.ndarray]]):
    """View number -> (condition, clean field)."""

    def __init__(
        self,
        datasets: Mapping[str, SceneDataset],
        config: TrainConfig,
        encoder: TextEncoder,
        split: Split = "train",
    ) -> None:
        """Count the objects of each dataset of the mixture.

        Raises:
            ValueError: If a dataset of the mixture is not given or has no objects in the split.
            AnnotationError: If a shard is damaged.
        """
        self._config, self._encoder = config, encoder
        self._sources: list[_Source] = []
        for name in config.mixture:
            seed = (config.seed, 3, len(self._sources))
            source = _Source(datasets[name], split, seed) if name in datasets else None
            if source is None or not source.objects:
                raise ValueError(
                    f"the mixture asks for {name!r} but there are no objects of it in the {split} split"
                )
            self._sources.append(source)
        ends = np.cumsum(list(config.mixture.values()))
        self._views = np.diff(np.round(ends / ends[-1] * BLOCK_VIEWS), prepend=0).astype(int)
        self._block = (-1, np.zeros(0, int), np.zeros(0, int))

    def object_counts(self) -> dict[str, int]:
        """The objects of each dataset of the mixture that may be asked for."""
        return dict(zip(self._config.mixture, (source.objects for source in self._sources), strict=True))

    def __getitem__(self, number: int) -> tuple[Condition, np.ndarray]:
        """The view of that number; it asks for another object while one leaves nothing in its window."""
        rng = np.random.default_rng([self._config.seed, 1, number])
        group, place = self._place(number)
        while True:
            scene, layer = group[place]
            example = make_example(scene, layer, self._config.backbone.resolution, rng)
            if example is not None:
                return self._tensors(example, rng)
            place = int(rng.integers(len(group)))

    def _place(self, number: int) -> tuple[list[_Item], int]:
        """The group of objects that a view is drawn from, and its object there."""
        block, offset = divmod(number, BLOCK_VIEWS)
        if block != self._block[0]:
            kinds = np.repeat(np.arange(len(self._views)), self._views)
            kinds = np.random.default_rng([self._config.seed, 4, block]).permutation(kinds)
            ranks = np.zeros(BLOCK_VIEWS, int)
            for kind, count in enumerate(self._views):
                ranks[kinds == kind] = np.arange(count)
            self._block = (block, kinds, ranks)
        kind = int(self._block[1][offset])
        return self._sources[kind].place(block * int(self._views[kind]) + int(self._block[2][offset]))

    def _tensors(self, example: Example, rng: np.random.Generator) -> tuple[Condition, np.ndarray]:
        height, width = example.target.shape
        view = View(
            x0=0, y0=0, side=width, resolution=self._config.backbone.resolution, size_hw=(height, width)
        )
        condition = build_condition(
            example.visible_index,
            example.labels,
            example.guidance,
            view,
            prompt=example.prompt,
            scene=example.scene,
            encoder=self._encoder,
            zoom=example.zoom,
        )
        dropped = condition.null(
            texts=bool(rng.random() < self._config.drop_text),
            layout=bool(rng.random() < self._config.drop_layout),
        )
        return dropped, encode(example.target, view)


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


def collate(views: Sequence[tuple[Condition, np.ndarray]]) -> tuple[ConditionBatch, np.ndarray]:
    """Stack views."""
    return ConditionBatch.stack([condition for condition, _ in views]), np.stack(
        [field for _, field in views]
    )


def batches(dataset: ViewDataset, config: TrainConfig, first_step: int, workers: int) -> Iterator[Batch]:
    """Batches from a step on, without end; the same step always gives the same batch."""
    loader = DataLoader(
        dataset,
        batch_sampler=_Steps(config.batch_size, first_step),
        num_workers=workers,
        collate_fn=collate,
        worker_init_fn=one_thread,
        prefetch_factor=4 if workers else None,
    )
    for step, (condition, fields) in enumerate(loader, first_step):
        rng = np.random.default_rng([config.seed, 2, step])
        clean = torch.from_numpy(fields)[:, None]
        outside = torch.from_numpy(condition.regions == OUTSIDE + SPECIAL_ROWS)
        yield Batch(
            clean=clean,
            inside=~outside[:, None],
            noise=torch.from_numpy(rng.standard_normal(clean.shape, np.float32)),
            t=torch.from_numpy(training_times(len(fields), rng).astype(np.float32)),
            condition=condition_tensors(condition),
        )


class _Steps:
    """The view numbers of each step from a first one on."""

    def __init__(self, batch_size: int, first_step: int) -> None:
        self._batch_size, self._step = batch_size, first_step

    def __iter__(self) -> Iterator[list[int]]:
        step = self._step
        while True:
            yield list(range(step * self._batch_size, (step + 1) * self._batch_size))
            step += 1


def one_thread(_: int) -> None:
    """Keep a loader's process to one thread: there is one process a core."""
    cv2.setNumThreads(0)
    torch.set_num_threads(1)
