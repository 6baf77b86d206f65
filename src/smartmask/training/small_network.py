"""The loop of networks that learn in minutes on one core: step, average, log; it goes on where it stopped."""

import copy
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor, nn

from smartmask.training.averaged import follow
from smartmask.training.local_run import LocalRun

Network = TypeVar("Network", bound=nn.Module)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallTrainConfig:
    """What decides, beside the network's sizes, what a run learns.

    Attributes:
        steps: Batches; where photos are few more of them are learnt by heart.
        batch_size: Things a batch.
        rate: Peak learning rate, after a warm-up; it falls to zero along a cosine.
        word_noise: Length of what is added to each word, of unit length, in each step.
        seed: Everything random follows from it.
    """

    steps: int
    batch_size: int
    rate: float = 2e-3
    weight_decay: float = 0.1
    warmup_steps: int = 200
    clip_norm: float = 1.0
    ema_decay: float = 0.997
    word_noise: float = 0.4
    seed: int = 0

    def __post_init__(self) -> None:
        if min(self.steps, self.batch_size, self.rate) <= 0:
            raise ValueError(f"steps, batch_size and rate must be positive: {self}")


def train_small(
    config: SmallTrainConfig,
    network: Network,
    loss_of: Callable[[int], Tensor],
    run: Path,
    held_out: Callable[[Network], dict[str, float]],
    on_log: Callable[[dict[str, float]], None],
    every: int,
) -> Network:
    """Train, or go on with, a run; the averaged network comes back.

    Args:
        config: Decides what is learned; a run goes on under the same one only.
        network: What learns.
        loss_of: The loss of the batch of a step, of that network.
        run: Folder of the state and the log.
        held_out: What is logged of the average besides.
        on_log: Called with the mean loss since the last call.
        every: Steps between two of these.

    Raises:
        CheckpointError: If the run in the folder was begun with other settings, or its state is damaged.
    """
    average = copy.deepcopy(network).requires_grad_(False).eval()
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=config.rate, weight_decay=config.weight_decay, betas=(0.9, 0.98)
    )
    kept = LocalRun(run, config, weights=network, average=average, optimizer=optimizer)
    (first,) = kept.resume(step=0)
    started, total = time.monotonic(), 0.0
    for step in range(first, config.steps):
        factor = min(1.0, (step + 1) / config.warmup_steps)
        factor *= 0.5 * (1 + math.cos(math.pi * step / config.steps))
        optimizer.param_groups[0]["lr"] = config.rate * factor
        loss = loss_of(step)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), config.clip_norm)
        optimizer.step()
        follow(average, network, step + 1, config.ema_decay)
        total += loss.item() / every
        if (step + 1) % every == 0:
            record = {"step": step + 1.0, "seconds": time.monotonic() - started, "loss": total}
            record |= held_out(average)
            kept.save(step=step + 1)
            kept.log(record)
            on_log(record)
            total = 0.0
    kept.save(step=config.steps)
    return average
