"""Cached views -> batches of tensors. Every batch follows from (seed, step), so a run resumes exactly."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from smartmask.model.condition import SPECIAL_ROWS
from smartmask.model.schedule import training_times
from smartmask.model.shape_inputs import CELLS
from smartmask.training.config import TrainConfig
from smartmask.training.view_cache import CachedViews


@dataclass(frozen=True, slots=True)
class Batch:
    """Tensors of one step, in the order of `denoising_loss`."""

    clean: Tensor
    noise: Tensor
    t: Tensor
    condition: tuple[Tensor, ...]
    is_whole: Tensor


def batches(views: CachedViews, config: TrainConfig, first_step: int) -> Iterator[Batch]:
    """Batches from a step on, without end; every view comes once an epoch, each epoch in another order."""
    step = first_step
    epoch, order = -1, np.zeros(0, np.int64)
    size = min(config.batch_size, len(views))
    steps = len(views) // size
    while True:
        if step // steps != epoch:
            epoch = step // steps
            order = np.random.default_rng([config.seed, 6, epoch]).permutation(len(views))
        place = step % steps * size
        yield _batch(views.take(np.sort(order[place : place + size])), config, step)
        step += 1


def _batch(views: CachedViews, config: TrainConfig, step: int) -> Batch:
    rng = np.random.default_rng([config.seed, 2, step])
    count = len(views)
    told = torch.from_numpy(rng.random(count) >= config.drop_text)
    shown = torch.from_numpy(rng.random(count) >= config.drop_layout)
    inputs = {name: _float(values) for name, values in views.inputs.arrays().items()}
    inputs["layout"] = torch.where(shown[:, None], inputs["layout"], _unknown(inputs["layout"]))
    for name in ("object_text", "scene_text"):
        inputs[name] = inputs[name] * told[:, None]
    return Batch(
        clean=_float(views.clean),
        noise=torch.from_numpy(rng.standard_normal(views.clean.shape, np.float32)),
        t=torch.from_numpy(training_times(count, rng).astype(np.float32)),
        condition=tuple(inputs.values()),
        is_whole=torch.from_numpy(views.is_whole),
    )


def _unknown(layout: Tensor) -> Tensor:
    """A layout of which only the canvas's border is known, as `Condition.null` makes it."""
    cells = layout.view(len(layout), CELLS * CELLS, -1).clone()
    cells[..., :-SPECIAL_ROWS] = 0
    cells[..., -1] = 1 - cells[..., -SPECIAL_ROWS]
    return cells.flatten(1)


def _float(values: np.ndarray) -> Tensor:
    tensor = torch.from_numpy(values)
    return tensor.float() if tensor.dtype == torch.float16 else tensor
