"""The training of the scorer of places: draw, loss, step, average, log; and the shipped file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Int64
from torch.nn import functional

from smartmask.model.planner.candidates import LEFT_SIDE, RIGHT_SIDE, own_features
from smartmask.model.planner.place_scorer import (
    FORMAT,
    FORMAT_VERSION,
    PlaceScorer,
    ScorerCard,
    ScorerConfig,
    weight_shapes,
)
from smartmask.protocols import TextEncoder
from smartmask.training.local_run import seeded
from smartmask.training.npz_export import write_npz
from smartmask.training.planner.places_data import OTHERWISE_NAMED, PEOPLE
from smartmask.training.planner.scorer_examples import ScorerExamples
from smartmask.training.planner.scorer_network import ScorerBatch, TrainableScorer
from smartmask.training.small_network import SmallTrainConfig, train_small

MIXTURE: dict[str, float] = {"nyu40": 0.2, "coco": 0.15, "segmented": 0.25, "voc": 0.2, "made": 0.2}
"""Share of each kind of layout in a batch."""
LOG_EVERY_STEPS = 250
LICENCE = (
    "Apache-2.0. Learned from annotations of COCO (CC BY 4.0) and their layouts by the shipped segmenter, of "
    "VOC and NYU40 label maps (no formal licence), and of made scenes (meshes of infinigen, BSD-3-Clause; "
    "silhouettes out of VOC, COCO, LVIS and TACO)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorerTrainConfig(SmallTrainConfig):
    """Everything that decides what a run learns.

    Attributes:
        network: Sizes of the network.
    """

    network: ScorerConfig = field(default_factory=ScorerConfig)
    steps: int = 4000
    batch_size: int = 48
    weight_decay: float = 0.05
    warmup_steps: int = 100
    ema_decay: float = 0.998


def train_scorer(
    config: ScorerTrainConfig,
    examples: ScorerExamples,
    encoder: TextEncoder,
    run: Path,
    held_out: ScorerExamples | None = None,
    on_log: Callable[[dict[str, float]], None] = lambda record: None,
) -> TrainableScorer:
    """Train, or go on with, a run on examples; the averaged network comes back.

    Args:
        config: Decides what is learned.
        examples: To learn from; their kinds are those of `MIXTURE`.
        encoder: Embeds their words.
        run: Folder of the state and the log.
        held_out: To log the loss of each kind on.
        on_log: Called with the mean loss since the last call.

    Raises:
        CheckpointError: If the run in the folder was begun with other settings, or its state is damaged.
    """
    torch.manual_seed(config.seed)
    network = TrainableScorer(config.network)
    table, people = _table(examples, encoder), len(examples.names)
    rows = [np.flatnonzero(examples.kinds == kind) for kind in range(len(MIXTURE))]
    shares = np.array(list(MIXTURE.values())) * [len(own) > 0 for own in rows]

    def loss_of(step: int) -> torch.Tensor:
        rng = seeded(config.seed, step)
        kinds = rng.choice(len(rows), config.batch_size, p=shares / shares.sum())
        drawn = np.array([rng.choice(rows[kind]) for kind in kinds])
        batch = _otherwise_named(scorer_batch(examples, drawn, rng), examples, people, rng)
        noise = torch.randn_like(table) * config.word_noise * table.shape[1] ** -0.5
        return network.loss(batch, functional.normalize(table + noise * (table != 0), dim=1))

    def held_out_of(average: TrainableScorer) -> dict[str, float]:
        return {} if held_out is None else held_out_losses(average, held_out, encoder)

    return train_small(config, network, loss_of, run, held_out_of, on_log, LOG_EVERY_STEPS)


def held_out_losses(
    network: TrainableScorer, examples: ScorerExamples, encoder: TextEncoder
) -> dict[str, float]:
    """Mean loss of each kind of layout."""
    table, found = _table(examples, encoder), {}
    for kind, name in enumerate(MIXTURE):
        rows = np.flatnonzero(examples.kinds == kind)
        if len(rows):
            with torch.no_grad():
                losses = [
                    network.loss(scorer_batch(examples, part, None), table).item() * len(part)
                    for part in np.array_split(rows, -(-len(rows) // 64))
                ]
            found[f"held_out_{name}"] = sum(losses) / len(rows)
    return found


def scorer_batch(
    examples: ScorerExamples, rows: Int64[np.ndarray, " B"], rng: np.random.Generator | None
) -> ScorerBatch:
    """Examples as a batch, half of them mirrored if there is chance."""
    own, pairs = [], []
    for row in rows.tolist():
        boxes, sides = examples.boxes[row].copy(), examples.pairs[row].astype(np.float32)
        if rng is not None and rng.random() < 0.5:
            boxes[:, [0, 2]] = 1 - boxes[:, [2, 0]]
            sides[..., [LEFT_SIDE, RIGHT_SIDE]] = sides[..., [RIGHT_SIDE, LEFT_SIDE]]
        known = examples.own[row].astype(np.float32)
        own.append(own_features(known, boxes, float(examples.aspects[row])))
        pairs.append(sides)
    return ScorerBatch(
        own=torch.from_numpy(np.stack(own)),
        pairs=torch.from_numpy(np.stack(pairs)),
        gains=torch.from_numpy(examples.gains[rows].astype(np.float32)),
        asked=torch.from_numpy(examples.asked[rows].astype(np.int64)),
        layers=torch.from_numpy(examples.layers[rows].astype(np.int64)),
    )


def export_scorer(network: TrainableScorer, samples: int, data: Mapping[str, int], path: Path) -> PlaceScorer:
    """Write a network as the shipped file, float16, and return it as it will be read.

    Args:
        network: What was trained.
        samples: Things it was trained on, counted each time.
        data: The kinds of layouts and how many things of each.
        path: The file.

    Raises:
        OSError: If the file cannot be written.
    """
    card = ScorerCard(network=network.config, samples=samples, data=dict(data), licence=LICENCE)
    weights = {name: network.weights[name].detach().numpy() for name in weight_shapes(network.config)}
    return PlaceScorer(card, write_npz(path, FORMAT, FORMAT_VERSION, card, weights))


def _table(examples: ScorerExamples, encoder: TextEncoder) -> torch.Tensor:
    """Embeddings of the examples' words, then of those for people; the first is no word."""
    words = encoder.encode([*examples.names.tolist(), *PEOPLE])
    words[0] = 0
    return torch.from_numpy(words)


def _otherwise_named(
    batch: ScorerBatch, examples: ScorerExamples, people: int, rng: np.random.Generator
) -> ScorerBatch:
    """A batch, some people in it called by another word for one."""
    named = []
    person = np.flatnonzero(examples.names == "person")
    for rows in (batch.asked, batch.layers):
        old = rows.numpy()
        is_other = np.isin(old, person) & (rng.random(old.shape) < OTHERWISE_NAMED)
        new = people + rng.integers(0, len(PEOPLE), old.shape)
        named.append(torch.from_numpy(np.where(is_other, new, old)))
    return ScorerBatch(batch.own, batch.pairs, batch.gains, *named)
