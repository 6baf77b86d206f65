"""The ranker's training: draw, logits, loss, step, average, log; its calibration, and the shipped file.

The loss of a group asks two things of its logits s, the true mask's first:

    L = -log softmax(s)_0                                        the true mask among the false ones
        + [softplus(-s_0) + mean_j softplus(s_j)] / 2            true or false, each by itself

The first sorts, the second makes scores of different layouts comparable, which calibration needs; its j are
the moved and rescaled masks only.
"""

import copy
import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from types import MappingProxyType

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn import functional

from smartmask.model.npz_weights import read_npz_weights
from smartmask.model.ranker.network import (
    FORMAT,
    FORMAT_VERSION,
    RankerCard,
    RankerConfig,
    RankerNetwork,
    weight_shapes,
)
from smartmask.model.ranker.placement_features import (
    GEOMETRY,
    MIRRORED_CELLS,
    MIRRORED_GEOMETRY,
    MIRRORED_ZONES,
    RELATIONS,
)
from smartmask.protocols import TextEncoder
from smartmask.training.averaged import follow
from smartmask.training.local_run import LocalRun, seeded
from smartmask.training.npz_export import write_npz
from smartmask.training.precision import mixed_precision
from smartmask.training.ranker.data import ALWAYS, RankerGroups
from smartmask.training.ranker.network import RankerBatch, TrainableRanker

LOG_EVERY_STEPS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class RankerTrainConfig:
    """Everything that decides what a run learns.

    Attributes:
        network: Sizes of the network.
        mixture: Share of groups drawn from each dataset.
        groups: Groups made; each is seen `steps * batch_size / groups` times.
        steps: The learning rate falls to zero along a cosine over them.
        batch_size: Groups a step; a group is a true placement and four false ones.
        learning_rate: Its peak, reached after `warmup_steps`.
        dropout: Share of hidden numbers dropped.
        ema_decay: Of the averaged weights, reached after a warm-up of its own.
        seed: Everything random follows from it.
    """

    network: RankerConfig = field(default_factory=RankerConfig)
    mixture: dict[str, float] = field(
        default_factory=lambda: {"made": 0.34, "voc": 0.3, "nyu40": 0.17, "coco": 0.15, "lvis": 0.04}
    )
    groups: int = 24000
    steps: int = 1400
    batch_size: int = 64
    learning_rate: float = 3e-3
    weight_decay: float = 0.1
    warmup_steps: int = 100
    clip_norm: float = 1.0
    dropout: float = 0.3
    ema_decay: float = 0.998
    seed: int = 0

    def __post_init__(self) -> None:
        if min(self.groups, self.steps, self.batch_size, self.learning_rate, self.warmup_steps) <= 0:
            raise ValueError(
                f"groups, steps, batch_size, learning_rate, warmup_steps must be above 0: {self}"
            )


def placement_loss(logits: Float[Tensor, "G K"], is_there: Bool[Tensor, "G K"]) -> Float[Tensor, ""]:
    """The loss above, its mean over groups; masks that are not there do not count."""
    among = -logits.masked_fill(~is_there, -torch.inf).log_softmax(1)[:, 0]
    moved = is_there[:, 1 : 1 + len(ALWAYS)]
    false = functional.softplus(logits[:, 1 : 1 + len(ALWAYS)]) * moved
    false_mean = false.sum(1) / moved.sum(1).clamp(min=1)
    alone = (functional.softplus(-logits[:, 0]) + false_mean) / 2
    return (among + alone).mean()


class Embedded:
    """Groups with their texts embedded, to draw batches from."""

    def __init__(self, groups: RankerGroups, encoder: TextEncoder) -> None:
        """Embed all texts once; the last row stands for none."""
        self._groups = groups
        words = encoder.encode(groups.texts.tolist())
        self._words = torch.from_numpy(np.concatenate([words, np.zeros((1, encoder.width), np.float32)]))

    def batch(self, rows: Int[np.ndarray, " B"], is_mirrored: bool = False) -> RankerBatch:
        """The groups of some rows, or what they would be with left and right swapped."""
        found = self._groups
        batch = RankerBatch(
            shares=torch.from_numpy(found.shares[rows]).float() / 255,
            cover=torch.from_numpy(found.cover[rows]).float() / 255,
            geometry=torch.from_numpy(found.geometry[rows]),
            neighbours=torch.from_numpy(found.neighbours[rows]).long(),
            relations=torch.from_numpy(found.relations[rows]).float(),
            labels=self._words[found.labels[rows]],
            prompts=self._words[found.prompts[rows]],
            scenes=self._words[found.scenes[rows]],
            is_there=torch.from_numpy(found.is_there[rows]),
        )
        return mirrored(batch) if is_mirrored else batch


def mirrored(batch: RankerBatch) -> RankerBatch:
    """The batch with left and right swapped, but for its words."""
    sign = torch.ones(GEOMETRY)
    sign[0] = -1
    return replace(
        batch,
        shares=batch.shares[..., MIRRORED_ZONES, :],
        cover=batch.cover[..., MIRRORED_CELLS],
        geometry=batch.geometry[..., MIRRORED_GEOMETRY] * sign,
        relations=batch.relations * sign[:RELATIONS],
    )


def train_ranker(
    config: RankerTrainConfig,
    groups: RankerGroups,
    encoder: TextEncoder,
    run: Path,
    held_out: RankerGroups | None = None,
    initial: Mapping[str, Tensor] = MappingProxyType({}),
    on_log: Callable[[dict[str, float]], None] = lambda record: None,
) -> TrainableRanker:
    """Train, or go on with, a run on groups; the averaged network comes back.

    Args:
        config: The settings.
        groups: What to train on.
        encoder: Embeds the words.
        run: Folder of the state and the log.
        held_out: What to measure on now and then.
        initial: Weights to begin with, by name; the others are drawn.
        on_log: Called with each record of the log.

    Raises:
        CheckpointError: If the run in the folder was begun with other settings, or its state is damaged.
    """
    torch.manual_seed(config.seed)
    network = TrainableRanker(config.network, config.dropout)
    with torch.no_grad():
        for name, value in initial.items():
            network.weights[name].copy_(value)
    average = copy.deepcopy(network).requires_grad_(False).eval()
    optimizer = torch.optim.AdamW(
        network.parameters(), config.learning_rate, betas=(0.9, 0.98), weight_decay=config.weight_decay
    )
    source = Embedded(groups, encoder)
    kept = LocalRun(run, config, weights=network, average=average, optimizer=optimizer)
    (first,) = kept.resume(step=0)
    started, total = time.monotonic(), 0.0
    for step, rows in enumerate(islice(_rows(len(groups), config), first, None), first):
        seeded(config.seed, step)
        factor = min(1.0, (step + 1) / config.warmup_steps)
        factor *= 0.5 * (1 + math.cos(math.pi * step / config.steps))
        optimizer.param_groups[0]["lr"] = config.learning_rate * factor
        # Words of left and right are rare enough to be left as they are.
        batch = source.batch(rows, is_mirrored=step % 2 == 1)
        with mixed_precision("cpu"):
            logits = network(batch)
        loss = placement_loss(logits.float(), batch.is_there)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), config.clip_norm)
        optimizer.step()
        follow(average, network, step + 1, config.ema_decay)
        total += loss.item() / LOG_EVERY_STEPS
        if (step + 1) % LOG_EVERY_STEPS == 0:
            record = {"step": step + 1.0, "seconds": time.monotonic() - started, "loss": total}
            if held_out is not None and (step + 1) % (5 * LOG_EVERY_STEPS) == 0:
                logits = all_logits(average, held_out, encoder)
                is_there = torch.from_numpy(held_out.is_there)
                record["held_out_loss"] = placement_loss(torch.from_numpy(logits), is_there).item()
                record["held_out_auc"] = pair_auc(logits, held_out.is_there)
            kept.save(step=step + 1)
            kept.log(record)
            on_log(record)
            total = 0.0
    kept.save(step=config.steps)
    return average


def words_of(weights_file: Path) -> dict[str, Tensor]:
    """What a ranker has learned of words, as another one's first weights.

    Raises:
        CheckpointError: If the file is missing, damaged, of another version, or holds unknown settings.
    """
    _, weights = read_npz_weights(weights_file, FORMAT, FORMAT_VERSION, RankerCard, "ranker")
    return {name: torch.from_numpy(weights[name]) for name in ("labels", "special_labels", "object")}


def all_logits(
    network: TrainableRanker, groups: RankerGroups, encoder: TextEncoder, batch_size: int = 250
) -> Float[np.ndarray, "G K"]:
    """The uncalibrated logit of every mask."""
    source, network = Embedded(groups, encoder), network.eval()
    with torch.no_grad():
        starts = range(0, len(groups), batch_size)
        rows = [np.arange(start, min(start + batch_size, len(groups))) for start in starts]
        return np.concatenate([network(source.batch(part)).numpy() for part in rows])


def pair_auc(logits: Float[np.ndarray, "G K"], is_there: Bool[np.ndarray, "G K"]) -> float:
    """Share of pairs of a true mask and one moved or rescaled in which the true one has the higher logit."""
    moved = slice(1, 1 + len(ALWAYS))
    above = (logits[:, :1] > logits[:, moved]) + 0.5 * (logits[:, :1] == logits[:, moved])
    return float(above[is_there[:, moved]].mean())


def calibration(logits: Float[np.ndarray, "G K"], is_there: Bool[np.ndarray, "G K"]) -> tuple[float, float]:
    """Gain and offset that make logits those of the probability of being true (Platt 1999).

    True masks weigh as much as those moved or rescaled together: even odds.
    """
    moved = slice(1, 1 + len(ALWAYS))
    false = logits[:, moved][is_there[:, moved]]
    x = np.concatenate([logits[:, 0], false]).astype(np.float64)
    y = np.concatenate([np.ones(len(logits)), np.zeros(len(false))])
    weight = np.where(y > 0, 1 / len(logits), 1 / len(false)) / 2
    columns, found = np.stack([x, np.ones_like(x)], 1), np.array([1.0, 0.0])
    for _ in range(50):  # Newton's method on a convex function of two numbers
        p = 1 / (1 + np.exp(-columns @ found))
        slope = columns.T @ (weight * (p - y))
        curvature = (columns * (weight * p * (1 - p))[:, None]).T @ columns
        found -= np.linalg.solve(curvature + 1e-9 * np.eye(2), slope)
    return float(found[0]), float(found[1])


def export_ranker(
    network: TrainableRanker, gain_offset: tuple[float, float], groups: int, data: dict[str, int], path: Path
) -> RankerNetwork:
    """Write a network as the shipped file, float16, and return it as it will be read.

    Args:
        network: The (averaged) network.
        gain_offset: Its calibration.
        groups: Groups it was trained on.
        data: Groups of each dataset.
        path: Where to; replaced only when complete.

    Raises:
        OSError: If the file cannot be written.
    """
    card = RankerCard(network=network.config, groups=groups, data=data, licence=LICENCE)
    weights = {"calibration": np.array(gain_offset)}
    for name in weight_shapes(network.config):
        if name != "calibration":
            weights[name] = network.weights[name].detach().numpy()
    return RankerNetwork(card, write_npz(path, FORMAT, FORMAT_VERSION, card, weights))


def _rows(count: int, config: RankerTrainConfig) -> Iterator[Int[np.ndarray, " B"]]:
    """The rows of each step: all groups in random order, again and again."""
    rng = np.random.default_rng(config.seed)
    order = np.zeros(0, np.int64)
    for _ in range(config.steps):
        while len(order) < config.batch_size:
            order = np.concatenate([order, rng.permutation(count)])
        yield order[: config.batch_size]
        order = order[config.batch_size :]


LICENCE = (
    "Apache-2.0. Learned from masks and names alone: of made scenes (meshes of infinigen, BSD-3-Clause; "
    "silhouettes out of VOC, COCO, LVIS and TACO), of Pascal VOC and NYU40 label maps (no formal licence), "
    "and of COCO and LVIS annotations (CC BY 4.0)"
)
