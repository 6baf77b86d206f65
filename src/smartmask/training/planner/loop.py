"""The planner's training: draw, loss, step, average, log; and the shipped file."""

import copy
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from smartmask.model.planner.network import (
    FORMAT,
    FORMAT_VERSION,
    PlannerCard,
    PlannerConfig,
    PlannerNetwork,
    weight_shapes,
)
from smartmask.training.averaged import follow
from smartmask.training.local_run import LocalRun, seeded
from smartmask.training.npz_export import write_npz
from smartmask.training.planner.data import PlannerScenes, draw_batch
from smartmask.training.planner.network import TrainablePlanner

LOG_EVERY_STEPS = 50
HEADS = ("label", "stop", "fit")
"""Beginnings of the names of the weights that only `heads_alone` learns."""
WEIGHTS_OF = {"label": 1.0, "box": 0.5, "order": 0.5, "fit": 0.5}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannerTrainConfig:
    """Everything that decides what a run learns.

    Attributes:
        network: Sizes of the network.
        steps: Batches.
        batch_size: Parts of scenes a batch.
        rate: Peak learning rate, after a warm-up; it falls to zero along a cosine.
        heads_alone: Learn only what comes next, when to stop and what fits: a third of the work, and little
            to forget where scenes are few.
        least_seen: A label is proposed only if so many things of the training scenes have it.
        seed: Everything random follows from it.
    """

    network: PlannerConfig = field(default_factory=PlannerConfig)
    steps: int = 3000
    batch_size: int = 128
    rate: float = 2.5e-3
    weight_decay: float = 0.02
    warmup_steps: int = 100
    clip_norm: float = 1.0
    ema_decay: float = 0.998
    heads_alone: bool = False
    least_seen: int = 30
    seed: int = 0

    def __post_init__(self) -> None:
        if min(self.steps, self.batch_size, self.rate, self.least_seen) <= 0:
            raise ValueError(f"steps, batch_size, rate and least_seen must be positive: {self}")


def train_planner(
    config: PlannerTrainConfig,
    scenes: PlannerScenes,
    run: Path,
    held_out: PlannerScenes | None = None,
    init: PlannerNetwork | None = None,
    on_log: Callable[[dict[str, float]], None] = lambda record: None,
) -> TrainablePlanner:
    """Train, or go on with, a run on scenes; the averaged network comes back.

    Args:
        config: Decides what is learned.
        scenes: To learn from.
        run: Folder of the state and the log.
        held_out: To log losses on.
        init: Begins with its weights and its labels, as far as the scenes have them.
        on_log: Called with the mean losses since the last call.

    Raises:
        ValueError: If no label comes often enough to be proposed, or `init` has other sizes.
        CheckpointError: If the run in the folder was begun with other settings, or its state is damaged.
    """
    torch.manual_seed(config.seed)
    if init is None:
        labels = scenes.proposable(config.least_seen)
    else:
        labels = tuple(label for label in init.card.labels if label in scenes.names)
    if not labels:
        raise ValueError(f"no label comes {config.least_seen} times; lower least_seen or give more scenes")
    rows = [scenes.names.index(name) for name in labels]
    network = TrainablePlanner(config.network, labels, torch.from_numpy(scenes.words[rows]))
    if init is not None:
        network.take(init)
    if config.heads_alone:
        for name, weight in network.weights.items():
            weight.requires_grad_(name.startswith(HEADS))
    average = copy.deepcopy(network).requires_grad_(False)
    optimizer = torch.optim.AdamW(
        [weight for weight in network.parameters() if weight.requires_grad],
        lr=config.rate,
        weight_decay=config.weight_decay,
        betas=(0.9, 0.98),
    )
    kept = LocalRun(run, config, weights=network, average=average, optimizer=optimizer)
    (first,) = kept.resume(step=0)
    started, sums = time.monotonic(), dict.fromkeys(WEIGHTS_OF, 0.0)
    for step in range(first, config.steps):
        factor = min(1.0, (step + 1) / config.warmup_steps)
        factor *= 0.5 * (1 + math.cos(math.pi * step / config.steps))
        optimizer.param_groups[0]["lr"] = config.rate * factor
        rng = seeded(config.seed, step)
        losses = network.losses(draw_batch(scenes, labels, config.batch_size, rng), rng)
        optimizer.zero_grad()
        torch.stack([WEIGHTS_OF[name] * loss for name, loss in losses.items()]).sum().backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), config.clip_norm)
        optimizer.step()
        follow(average, network, step + 1, config.ema_decay)
        for name, loss in losses.items():
            sums[name] += loss.item() / LOG_EVERY_STEPS
        if (step + 1) % LOG_EVERY_STEPS == 0:
            record = {"step": step + 1.0, "seconds": time.monotonic() - started, **sums}
            if held_out is not None and (step + 1) % (10 * LOG_EVERY_STEPS) == 0:
                found = held_out_losses(average, held_out)
                record |= {f"held_out_{name}": value for name, value in found.items()}
            kept.save(step=step + 1)
            kept.log(record)
            on_log(record)
            sums = dict.fromkeys(sums, 0.0)
    kept.save(step=config.steps)
    return average.eval()


def held_out_losses(network: TrainablePlanner, scenes: PlannerScenes, batches: int = 8) -> dict[str, float]:
    """Mean losses on always the same parts of held-out scenes."""
    rng = np.random.default_rng(1)
    with torch.no_grad(), torch.random.fork_rng([]):
        torch.manual_seed(1)
        found = [network.losses(draw_batch(scenes, network.labels, 128, rng), rng) for _ in range(batches)]
    return {name: float(np.mean([losses[name].item() for losses in found])) for name in found[0]}


def export_planner(
    network: TrainablePlanner, samples: int, data: dict[str, int], path: Path
) -> PlannerNetwork:
    """Write a network as the shipped file, float16, and return it as it will be read.

    Args:
        network: What was trained.
        samples: Parts of scenes it was trained on.
        data: The datasets and how many scenes of each.
        path: The file.

    Raises:
        OSError: If the file cannot be written.
    """
    card = PlannerCard(
        labels=network.labels, network=network.config, samples=samples, data=data, licence=LICENCE
    )
    weights = {
        name: network.weights[name.replace(".", "_")].detach().numpy()
        for name in weight_shapes(network.config, len(network.labels))
    }
    return PlannerNetwork(card, write_npz(path, FORMAT, FORMAT_VERSION, card, weights))


LICENCE = (
    "Apache-2.0. Learned from boxes, areas, order and names alone: of made scenes (meshes of infinigen, "
    "BSD-3-Clause; silhouettes out of VOC, COCO, LVIS and TACO), of COCO annotations (CC BY 4.0) and of "
    "NYU40 label maps (no formal licence)"
)
