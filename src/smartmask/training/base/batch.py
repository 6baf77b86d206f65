"""Views -> batches for the base model. Item i is the same for every number of processes and parts of a step.

Noise and timestep follow from (seed, view's number), so a batch split over processes is the batch of one.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset
from transformers import PreTrainedTokenizerBase

from smartmask.backends.base.checkpoint import BaseModel
from smartmask.backends.base.text import token_ids
from smartmask.data.examples.example import PASSES
from smartmask.data.shards import SceneDataset
from smartmask.model.diffusion.condition import SPECIAL_ROWS, Condition, ConditionBatch
from smartmask.protocols import TextEncoder
from smartmask.scene.layout import OUTSIDE
from smartmask.training.base.config import BaseTrainConfig
from smartmask.training.base.step_parts import StepParts, load_parts
from smartmask.training.base.views import ViewDataset, ViewSettings


@dataclass(frozen=True, slots=True)
class BaseBatch:
    """Tensors of one part of a step, in the order of `BaseObjective.inputs`."""

    clean: Tensor
    inside: Tensor
    noise: Tensor
    timesteps: Tensor
    object_ids: Tensor
    scene_ids: Tensor
    layout: tuple[Tensor, ...]


Item = tuple[Condition, np.ndarray, np.ndarray, int]


class BaseViews(Dataset[Item]):
    """View number -> (condition, clean field, noise, timestep)."""

    def __init__(
        self,
        datasets: Mapping[str, SceneDataset],
        config: BaseTrainConfig,
        encoder: TextEncoder,
        model: BaseModel,
    ) -> None:
        """Count the objects of each dataset of the mixture.

        Raises:
            ValueError: If a dataset of the mixture is not given or has no objects in the training split.
            AnnotationError: If a shard is damaged.
        """
        views = ViewSettings(
            resolution=model.resolution,
            mixture=config.mixture,
            passes=PASSES,
            seed=config.loop.seed,
            drop_text=config.drop_text,
            drop_layout=config.drop_layout,
        )
        self._views = ViewDataset(datasets, views, encoder)
        self._seed = config.loop.seed
        vae = model.frozen.vae.config
        side = model.resolution // model.frozen.codec.factor
        self._latent = (int(vae["latent_channels"]), side, side)
        self._timesteps = model.frozen.schedule.timesteps

    def __getitem__(self, number: int) -> Item:
        """The view of that number."""
        condition, field, _ = self._views[number]
        rng = np.random.default_rng([self._seed, 5, number])
        noise = rng.standard_normal(self._latent, np.float32)
        return condition, field, noise, int(rng.integers(self._timesteps))


def base_loader(
    datasets: Mapping[str, SceneDataset],
    config: BaseTrainConfig,
    encoder: TextEncoder,
    model: BaseModel,
    workers: int,
) -> Callable[[StepParts, int], Iterator[BaseBatch]]:
    """What the loop draws its batches from.

    Args:
        datasets: Each dataset of the mixture; scenes of the training split are used.
        config: The settings.
        encoder: Embeds the labels.
        model: What is trained.
        workers: Processes that make views; 0 = this one does.

    Raises:
        ValueError: If a dataset of the mixture is not given or has no objects in the training split.
        AnnotationError: If a shard is damaged.
    """
    views = BaseViews(datasets, config, encoder, model)
    stack = partial(collate, tokenizer=model.frozen.texts.tokenizer)
    return lambda parts, first_step: load_parts(views, stack, parts, first_step, workers)


def collate(items: Sequence[Item], tokenizer: PreTrainedTokenizerBase) -> BaseBatch:
    """Stack items; the words become token numbers here, in the loader's processes."""
    conditions, fields, noises, timesteps = zip(*items, strict=True)
    batch = ConditionBatch.stack(conditions)
    names = ("regions", "label_table", "guidance", "guidance_kind", "zoom")
    return BaseBatch(
        clean=torch.from_numpy(np.stack(fields))[:, None],
        inside=torch.from_numpy(batch.regions != OUTSIDE + SPECIAL_ROWS)[:, None],
        noise=torch.from_numpy(np.stack(noises)),
        timesteps=torch.tensor(timesteps),
        object_ids=token_ids(tokenizer, [condition.prompt for condition in conditions]),
        scene_ids=token_ids(tokenizer, [condition.scene for condition in conditions]),
        layout=tuple(torch.from_numpy(getattr(batch, name)) for name in names),
    )
