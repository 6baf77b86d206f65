"""The chooser's training, and the shipped file.

    L = -sum_i softmax(IoU / temperature)_i log softmax(scores)_i

over the shapes beside an object (Cao et al. 2007, "listwise"). Objects are drawn by the pack's weights.
"""

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from smartmask.model.mask.chooser import FORMAT, FORMAT_VERSION, ChooserCard, ChooserConfig, ShapeChooser
from smartmask.training.averaged import follow
from smartmask.training.local_run import LocalRun, seeded
from smartmask.training.mask.chooser_data import ChooserData
from smartmask.training.mask.chooser_network import ChooserBatch, TrainableChooser
from smartmask.training.npz_export import write_npz

LOG_EVERY_STEPS = 500
WATCHED = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooserTraining:
    """Settings of a run.

    Attributes:
        network: Sizes of the network.
        minutes: Length of the whole run, segments and all.
        temperature: IoU by which a shape must be better than another to be e times as right.
        batch: Objects a step.
        beside: Shapes beside each.
        learning_rate: Its peak; it falls to zero over the second half.
        ema_decay: Of the averaged weights, reached after a warm-up of its own.
        seed: Everything random follows from it.
    """

    network: ChooserConfig = field(default_factory=ChooserConfig)
    minutes: float = 12.0
    temperature: float = 0.05
    batch: int = 64
    beside: int = 48
    learning_rate: float = 1e-3
    weight_decay: float = 0.02
    dropout: float = 0.1
    ema_decay: float = 0.999
    seed: int = 0


def listwise_loss(scores: Float[Tensor, "B K"], batch: ChooserBatch, temperature: float) -> Tensor:
    """The loss above, its mean over objects."""
    wanted = (batch.ious / temperature).masked_fill(~batch.is_there, -torch.inf).softmax(1)
    logs = scores.log_softmax(1).masked_fill(~batch.is_there, 0)
    return -(wanted * logs).sum(1).mean()


def train_chooser(
    config: ChooserTraining,
    data: ChooserData,
    run: Path,
    clock: Callable[[], float] = time.monotonic,
    on_log: Callable[[dict[str, float]], None] = lambda record: None,
) -> tuple[TrainableChooser, int]:
    """Train, or go on with, a run; the averaged network comes back, and the objects it was shown.

    Args:
        config: The settings.
        data: What to learn from.
        run: Folder of the state and the log.
        clock: Seconds since some moment.
        on_log: Called with each record of the log.

    Raises:
        ValueError: If there is nothing to learn from.
        CheckpointError: If the run in the folder was begun with other settings, or its state is damaged.
    """
    torch.manual_seed(config.seed)
    axes, bias = torch.from_numpy(data.axes), torch.from_numpy(data.bias)
    network = TrainableChooser(config.network, axes, bias, config.dropout)
    average = copy.deepcopy(network).requires_grad_(False).eval()
    optimizer = torch.optim.AdamW(
        network.parameters(), config.learning_rate, betas=(0.9, 0.98), weight_decay=config.weight_decay
    )
    learnt = data.of_part("train")
    if not len(learnt):
        raise ValueError("no object of the pack stands beside enough shapes; make it, or the memory, of more")
    weights = data.pack.weights[data.rows[learnt]].astype(np.float64)
    kept = LocalRun(run, config, weights=network, average=average, optimizer=optimizer)
    step, before = kept.resume(step=0, seconds=0.0)
    began, total, length = clock(), 0.0, 60 * config.minutes
    while (seconds := before + clock() - began) < length:
        optimizer.param_groups[0]["lr"] = config.learning_rate * min(1, 2 * (1 - seconds / length))
        rng = seeded(config.seed, step)
        objects = rng.choice(learnt, config.batch, p=weights / weights.sum())
        batch = data.batch(objects, rng, config.beside)
        loss = listwise_loss(network(batch), batch, config.temperature)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        step += 1
        follow(average, network, step, config.ema_decay)
        total += loss.item() / LOG_EVERY_STEPS
        if step % LOG_EVERY_STEPS == 0:
            record = {"step": float(step), "seconds": seconds, "loss": total}
            record |= watched(average, data, config)
            kept.save(step=step, seconds=seconds)
            kept.log(record)
            on_log(record)
            total = 0.0
    kept.save(step=step, seconds=length)
    return average, step * config.batch


def watched(network: TrainableChooser, data: ChooserData, config: ChooserTraining) -> dict[str, float]:
    """Held-out loss; and the IoU of the shape that scores best, of any one, and of the best there is."""
    held_out = data.of_part("validation")
    if not len(held_out):
        return {}
    rng = np.random.default_rng(1)
    weights = data.pack.weights[data.rows[held_out]].astype(np.float64)
    objects = rng.choice(held_out, WATCHED, p=weights / weights.sum())
    batch = data.batch(objects, None)
    with torch.no_grad():
        scores = network(batch)
    ious = batch.ious.masked_fill(~batch.is_there, 0)
    return {
        "held_out_loss": listwise_loss(scores, batch, config.temperature).item(),
        "iou_first": ious.gather(1, scores.argmax(1, keepdim=True)).mean().item(),
        "iou_any": (ious.sum(1) / batch.is_there.sum(1)).mean().item(),
        "iou_best": ious.max(1).values.mean().item(),
    }


def export_chooser(network: TrainableChooser, views: int, path: Path) -> ShapeChooser:
    """Write a network as the shipped file, float16, and return it as it will be read.

    Args:
        network: The (averaged) network.
        views: Objects it was shown.
        path: Where to; replaced only when complete.

    Raises:
        OSError: If the file cannot be written.
    """
    card = ChooserCard(network=network.config, views=views, licence=LICENCE)
    weights = {name: value.detach().numpy() for name, value in network.weights.items()}
    weights |= {name: value.numpy() for name, value in network.named_buffers()}
    return ShapeChooser(card, write_npz(path, FORMAT, FORMAT_VERSION, card, weights))


LICENCE = (
    "Apache-2.0. Learned from masks and names alone, of the collections that NOTICE names under the shape "
    "generator; their licences let models be trained"
)
