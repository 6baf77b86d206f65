"""Training of the two readers of silhouettes (`evaluation/recogniser.py`), each on one half of the groups.

A picture is turned, stretched, blurred and cut at another grey each time it is seen, so that neither its
resolution nor the style of its edge says what it is. Words are drawn alike often, but for a power of how many
shapes they have; within a word no mesh or photo outweighs the others by its number of views.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch.nn import functional

from smartmask.data.layered_scene import Split
from smartmask.data.shape_words import common_word, half_of, told_apart
from smartmask.data.whole_shapes import WholeShape
from smartmask.model.shape.picture import PICTURE_PX, silhouette_picture
from smartmask.training.local_run import LocalRun, seeded
from smartmask.training.onnx_export import BATCH, onnx_model, write_onnx
from smartmask.training.precision import mixed_precision
from smartmask.training.recogniser.network import RecogniserNetwork

FORMAT = "smartmask-recogniser"
_TURN, _SCALE, _ASPECT, _SHIFT = 0.15, 0.08, 0.06, 0.06
"""Largest turn in radians, and deviations of log scale, log aspect and place (half pictures)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecogniserConfig:
    """Settings of a training run of one reader.

    Attributes:
        minutes: Length of the whole run, segments and all.
        batch: Pictures of a step.
        learning_rate: The largest, after a warm-up; it falls to nothing along a half cosine.
        smoothing: Share of a label's weight that all words get.
        evenness: Power of a word's number of shapes that it is drawn by; 0 = all words alike.
        seed: Of the weights and the order.
    """

    minutes: float = 4.0
    batch: int = 96
    learning_rate: float = 3e-3
    smoothing: float = 0.05
    evenness: float = 0.3
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class ReadShapes:
    """What a reader learns from.

    Attributes:
        words: What is told apart.
        pictures: Of each shape that has one of the words and is not in the test split.
        targets: The number of each one's word.
        halves: The half of each one's group.
        weights: How often each is drawn, up to a factor, before words are evened out.
    """

    words: list[str]
    pictures: UInt8[np.ndarray, "N 2 S S"]
    targets: np.ndarray
    halves: np.ndarray
    weights: Float[np.ndarray, " N"]

    @staticmethod
    def of(shapes: Sequence[WholeShape], splits: Sequence[Split]) -> "ReadShapes":
        """The pictures of all shapes that are learnt from."""
        words = told_apart(shapes, splits)
        number = {word: place for place, word in enumerate(words)}
        kept = [
            shape
            for shape, split in zip(shapes, splits, strict=True)
            if split != "test" and common_word(shape.label) in number
        ]
        views: dict[str, int] = {}
        for shape in kept:
            views[shape.group] = views.get(shape.group, 0) + 1
        return ReadShapes(
            words,
            np.stack([silhouette_picture(shape.mask()) for shape in kept]),
            np.array([number[common_word(shape.label)] for shape in kept]),
            np.array([half_of(shape.group) for shape in kept]),
            np.array([views[shape.group] ** -0.5 for shape in kept]),
        )


def train_recogniser(
    data: ReadShapes,
    half: int,
    config: RecogniserConfig,
    run: Path,
    on_log: Callable[[dict[str, Any]], None] = lambda record: None,
    clock: Callable[[], float] = time.monotonic,
) -> RecogniserNetwork:
    """Train, or go on with, the reader of a half; the other half is looked at, not learnt from.

    Args:
        data: All shapes.
        half: 0 or 1.
        config: The settings.
        run: Folder of the state and the log.
        on_log: Called with records of views, loss, and top-1 accuracy on the other half.
        clock: Seconds since some moment.

    Raises:
        CheckpointError: If the run in the folder was begun with other settings, or its state is damaged.
    """
    torch.manual_seed(config.seed)
    rng = np.random.default_rng([config.seed, half])
    network = RecogniserNetwork(len(data.words))
    optimizer = torch.optim.AdamW(network.parameters(), config.learning_rate, weight_decay=0.02)
    rows, others = np.flatnonzero(data.halves == half), np.flatnonzero(data.halves != half)
    others = rng.choice(others, min(1500, len(others)), replace=False)
    chance = _chances(data.targets[rows], data.weights[rows], config.evenness)
    kept = LocalRun(run, config, weights=network, optimizer=optimizer)
    step, before = kept.resume(step=0, seconds=0.0)
    began = last = clock()
    losses: list[float] = []
    share = before / (config.minutes * 60)
    while share < 1:
        rate = config.learning_rate * min(1.0, (step + 1) / 100) * (1 + math.cos(math.pi * share)) / 2
        for group in optimizer.param_groups:
            group["lr"] = rate
        chosen = seeded(config.seed, step).choice(rows, config.batch, p=chance)
        pictures = varied(torch.from_numpy(data.pictures[chosen]).float() / 255)
        with mixed_precision("cpu"):
            logits = network(pictures)
        targets = torch.from_numpy(data.targets[chosen])
        loss = functional.cross_entropy(logits.float(), targets, label_smoothing=config.smoothing)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 2.0)
        optimizer.step()
        step += 1
        losses.append(float(loss.detach()))
        now = clock()
        share = (before + now - began) / (config.minutes * 60)
        if now - last > 30 or share >= 1:
            last = now
            read = logits_of(network, data.pictures[others]).argmax(1)
            right = float((read == data.targets[others]).mean())
            record = {
                "half": half,
                "views": step * config.batch,
                "loss": float(np.mean(losses)),
                "top1": right,
            }
            kept.save(step=step, seconds=60 * config.minutes * share)
            kept.log(record)
            on_log(record)
            losses = []
    return network.eval()


def varied(pictures: Float[torch.Tensor, "B 2 S S"]) -> Float[torch.Tensor, "B 2 S S"]:
    """Pictures as they might have come from elsewhere: turned, stretched, blurred, thinner or thicker."""
    count = len(pictures)
    mirror = torch.where(torch.rand(count, 1) < 0.5, -1.0, 1.0)
    turn = (torch.rand(count, 2) * 2 - 1) * _TURN
    scale = (torch.randn(count, 2) * _SCALE).exp()
    aspect = (torch.randn(count, 2) * _ASPECT).exp()
    across, down = scale * aspect, scale / aspect
    shift = torch.randn(count, 2, 2) * _SHIFT
    first = torch.stack([mirror * across * turn.cos(), -down * turn.sin(), shift[..., 0]], -1)
    second = torch.stack([mirror * across * turn.sin(), down * turn.cos(), shift[..., 1]], -1)
    matrix = torch.stack([first, second], -2).flatten(0, 1)
    flat = pictures.flatten(0, 1)[:, None]
    grid = functional.affine_grid(matrix, list(flat.shape), align_corners=False)
    moved = functional.grid_sample(flat, grid, align_corners=False).view_as(pictures)
    soft = functional.avg_pool2d(functional.pad(moved, (1, 1, 1, 1)), 3, 1)
    softer = functional.avg_pool2d(functional.pad(soft, (1, 1, 1, 1)), 3, 1)
    much = torch.rand(count, 1, 1, 1) * 2
    blurred = torch.where(
        much < 1, moved.lerp(soft, much.clamp(max=1)), soft.lerp(softer, (much - 1).clamp(0))
    )
    cut = 0.3 + 0.4 * torch.rand(count, 1, 1, 1)
    steep = 1 + 3 * torch.rand(count, 1, 1, 1)
    return ((blurred - cut) * steep + 0.5).clamp(0, 1)


def save_recogniser(networks: Sequence[RecogniserNetwork], words: Sequence[str], folder: Path) -> None:
    """Write the readers of both halves, as `Recogniser.load` reads them."""
    folder.mkdir(parents=True, exist_ok=True)
    for half, network in enumerate(networks):
        model = onnx_model(
            network.eval(),
            (torch.zeros(2, 2, PICTURE_PX, PICTURE_PX),),
            ["pictures"],
            ["logits"],
            ({0: BATCH},),
            is_small=False,
        )
        card = {"format": FORMAT, "version": 1, "half": half, "words": list(words)}
        write_onnx(model, card, folder / f"half_{half}.onnx")


def _chances(targets: np.ndarray, weights: np.ndarray, evenness: float) -> np.ndarray:
    """How likely each shape is drawn."""
    totals, counts = np.bincount(targets, weights), np.bincount(targets)
    chance = weights / totals[targets] * counts[targets].astype(np.float64) ** evenness
    return np.asarray(chance / chance.sum())


@torch.no_grad()
def logits_of(network: RecogniserNetwork, pictures: UInt8[np.ndarray, "N 2 S S"]) -> Float[np.ndarray, "N L"]:
    """What a network that is being trained says of pictures."""
    network.eval()
    found = [
        network(torch.from_numpy(part).float() / 255).numpy()
        for part in np.array_split(pictures, max(1, len(pictures) // 256))
    ]
    network.train()
    return np.concatenate(found)
