"""Training of the shape codec: a time budget, a rate that falls toward its end, a state to resume."""

import copy
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from smartmask.model.shape.frame import FRAME_PX
from smartmask.training.averaged import follow
from smartmask.training.local_run import LocalRun, seeded
from smartmask.training.precision import mixed_precision
from smartmask.training.shape.fields import LEVELS, ShapeFields
from smartmask.training.shape.network import ShapeAutoencoder, rounded

SAVE_SECONDS = 60.0
WATCHED = 512
"""Validation shapes that the log's figures are of."""
AVERAGE_OVER = 500.0
"""Steps over which weights are averaged, at the most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeCodecConfig:
    """Settings of a run.

    Attributes:
        minutes: Length of the whole run, segments and all.
        batch: Views a step.
        learning_rate: Before it falls.
        falling: Share of the run, at its end, over which the rate falls to zero.
        drawn_share: Weight of a render or drawing, where a photo's is 1.
        seed: Of the weights and of the order of views.
    """

    minutes: float = 45.0
    batch: int = 64
    learning_rate: float = 2e-3
    falling: float = 0.5
    drawn_share: float = 0.5
    seed: int = 0


def train_shape_codec(
    data: ShapeFields,
    config: ShapeCodecConfig,
    run: Path,
    device: str = "cpu",
    on_log: Callable[[dict[str, Any]], None] = lambda record: None,
) -> tuple[ShapeAutoencoder, int]:
    """Train, or go on with, a codec; the averaged network comes back, and the views it has seen.

    Args:
        data: Shapes; those of the training split are learnt from, those of validation watched.
        config: The settings.
        run: Folder of the state and the log.
        device: Where the network works.
        on_log: Called with each record of the log.

    Raises:
        CheckpointError: If the run in the folder was begun with other settings.
    """
    torch.manual_seed(config.seed)
    network = ShapeAutoencoder().to(device)
    average = copy.deepcopy(network).requires_grad_(False).eval()
    optimizer = torch.optim.AdamW(network.parameters(), config.learning_rate, betas=(0.9, 0.98))
    kept = LocalRun(run, config, weights=network, average=average, optimizer=optimizer)
    seconds, step = kept.resume(seconds=0.0, step=0)
    rows = data.rows("train")
    weights = np.array([1.0 if data.shapes[row].style == "photo" else config.drawn_share for row in rows])
    began = last = time.monotonic()
    total = config.minutes * 60
    losses: list[float] = []
    while (spent := seconds + time.monotonic() - began) < total:
        rate = config.learning_rate * min(1.0, (step + 1) / 200) * _falling(spent / total, config.falling)
        for group in optimizer.param_groups:
            group["lr"] = rate
        chosen = np.sort(seeded(config.seed, step).choice(rows, config.batch, p=weights / weights.sum()))
        fields = _fields(data, chosen, device)
        fields = torch.where(torch.rand(len(fields), 1, 1, 1, device=device) < 0.5, fields, fields.flip(3))
        with mixed_precision(device):
            loss = network.loss(fields)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        step += 1
        losses.append(loss.item())
        follow(average, network, step, 1 - 1 / AVERAGE_OVER)
        if time.monotonic() - last > SAVE_SECONDS:
            record = {"views": step * config.batch, "seconds": round(spent), "loss": float(np.mean(losses))}
            record |= {"iou": codec_iou(average, data, data.rows("validation")[:WATCHED], device)}
            kept.log(record)
            on_log(record)
            losses = []
            kept.save(seconds=seconds + time.monotonic() - began, step=step)
            last = time.monotonic()
    kept.save(seconds=total, step=step)
    return average, step * config.batch


@torch.no_grad()
def codec_iou(network: ShapeAutoencoder, data: ShapeFields, rows: np.ndarray, device: str = "cpu") -> float:
    """Mean IoU, in the frame, of shapes and what comes back of their rounded codes."""
    found = []
    for part in np.array_split(rows, max(1, math.ceil(len(rows) / 128))):
        fields = _fields(data, part, device)
        inside, back = fields > 0, network.decoder(rounded(network.encoder(fields))) > 0
        both = (inside & back).sum((1, 2, 3)) / (inside | back).sum((1, 2, 3)).clamp(min=1)
        found += both.tolist()
    return float(np.mean(found))


def _fields(data: ShapeFields, rows: np.ndarray, device: str) -> torch.Tensor:
    values = torch.from_numpy(np.asarray(data.fields[rows])).to(device).float() / LEVELS
    return values.view(-1, 1, FRAME_PX, FRAME_PX)


def _falling(share: float, falling: float) -> float:
    return min(1.0, max(0.0, (1 - share) / falling))
