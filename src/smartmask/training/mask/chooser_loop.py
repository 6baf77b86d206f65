"""The chooser's training, and the shipped file.

    L = -sum_i softmax(IoU / temperature)_i log softmax(scores)_i

over the shapes beside an object (Cao et al. 2007, "listwise"). Objects are drawn by the pack's weights. It
takes minutes of one core, so it does not resume.
"""

import copy
import io
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from smartmask.data.atomic import write_files
from smartmask.model.mask.chooser import ChooserCard, ChooserConfig, ShapeChooser, chooser_header
from smartmask.training.mask.chooser_data import ChooserData
from smartmask.training.mask.chooser_network import ChooserBatch, TrainableChooser

LOG_EVERY_STEPS = 500
WATCHED = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooserTraining:
    """Settings of a run.

    Attributes:
        network: Sizes of the network.
        temperature: IoU by which a shape must be better than another to be e times as right.
        batch: Objects a step.
        beside: Shapes beside each.
        learning_rate: Its peak; it falls to zero over the second half.
        ema_decay: Of the averaged weights, reached after a warm-up of its own.
        seed: Everything random follows from it.
    """

    network: ChooserConfig = field(default_factory=ChooserConfig)
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
    share_done: Callable[[int], float],
    on_log: Callable[[dict[str, float]], None] = lambda record: None,
) -> tuple[TrainableChooser, int]:
    """Train; the averaged network comes back, and the objects it was shown.

    Args:
        config: The settings.
        data: What to learn from.
        share_done: Step -> how much of the run is done, in [0, 1].
        on_log: Called with each record of the log.

    Raises:
        ValueError: If there is nothing to learn from.
    """
    torch.manual_seed(config.seed)
    rng = np.random.default_rng(config.seed)
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
    began, step, total = time.monotonic(), 0, 0.0
    while (share := share_done(step)) < 1:
        optimizer.param_groups[0]["lr"] = config.learning_rate * min(1, 2 * (1 - share))
        objects = rng.choice(learnt, config.batch, p=weights / weights.sum())
        batch = data.batch(objects, rng, config.beside)
        loss = listwise_loss(network(batch), batch, config.temperature)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        decay = min(config.ema_decay, (1 + step) / (10 + step))
        with torch.no_grad():
            torch._foreach_lerp_(list(average.parameters()), list(network.parameters()), 1 - decay)
        step += 1
        total += loss.item() / LOG_EVERY_STEPS
        if step % LOG_EVERY_STEPS == 0:
            record = {"step": float(step), "seconds": time.monotonic() - began, "loss": total}
            on_log(record | watched(average, data, config))
            total = 0.0
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
    halves = {name: value.astype(np.float16) for name, value in weights.items()}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, card=np.frombuffer(chooser_header(card), np.uint8), **halves)
    write_files({path: buffer.getvalue()})
    return ShapeChooser(card, {name: value.astype(np.float32) for name, value in halves.items()})


LICENCE = (
    "Apache-2.0. Learned from masks and names alone, of the collections that NOTICE names under the shape "
    "generator; their licences let models be trained"
)
