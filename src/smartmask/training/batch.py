"""Examples -> batches of tensors. Every view follows from (seed, number), so a run resumes exactly."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from smartmask.data.annotations.base import AnnotatedScene
from smartmask.data.examples import Example, make_example
from smartmask.model.condition import SPECIAL_ROWS, Condition, ConditionBatch, build_condition
from smartmask.model.denoiser import condition_tensors
from smartmask.model.schedule import training_times
from smartmask.model.signed_distance import encode
from smartmask.protocols import TextEncoder
from smartmask.scene.layout import OUTSIDE
from smartmask.scene.view import View
from smartmask.training.config import TrainConfig


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
        self, scenes: Mapping[str, Sequence[AnnotatedScene]], config: TrainConfig, encoder: TextEncoder
    ) -> None:
        """Index the objects of each dataset of the mixture.

        Raises:
            ValueError: If a dataset of the mixture has no scenes or no objects.
        """
        self._config, self._encoder = config, encoder
        self._sources = []
        for name in config.mixture:
            items = [(scene, item) for scene in scenes.get(name, ()) for item in scene.objects]
            if not items:
                raise ValueError(
                    f"the mixture asks for {name!r} but there are no objects of it in the training split"
                )
            self._sources.append(items)
        shares = np.array(list(config.mixture.values()))
        self._shares = shares / shares.sum()

    def __getitem__(self, number: int) -> tuple[Condition, np.ndarray]:
        """The view of that number; it draws again while an object leaves nothing in its window."""
        rng = np.random.default_rng([self._config.seed, 1, number])
        while True:
            source = self._sources[int(rng.choice(len(self._sources), p=self._shares))]
            scene, item = source[int(rng.integers(len(source)))]
            example = make_example(scene, item, self._config.backbone.resolution, rng)
            if example is not None:
                return self._tensors(example, rng)

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
        worker_init_fn=_one_thread,
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


def _one_thread(_: int) -> None:
    cv2.setNumThreads(0)
    torch.set_num_threads(1)
