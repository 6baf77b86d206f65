"""The training of the network of places: draw, loss, step, average, log; and the shipped file."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from smartmask.model.planner.places import (
    FORMAT,
    FORMAT_VERSION,
    PlacesCard,
    PlacesConfig,
    PlacesNetwork,
    weight_shapes,
)
from smartmask.training.local_run import seeded
from smartmask.training.npz_export import write_npz
from smartmask.training.planner.places_data import PlacesScenes, draw_batch
from smartmask.training.planner.places_network import TrainablePlaces
from smartmask.training.small_network import SmallTrainConfig, train_small

LOG_EVERY_STEPS = 250
LICENCE = (
    "Apache-2.0. Learned from boxes and names alone: of COCO annotations (CC BY 4.0), of VOC label maps and "
    "NYU40 label maps (no formal licence), and of made scenes (meshes of infinigen, BSD-3-Clause; "
    "silhouettes out of VOC, COCO, LVIS and TACO)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacesTrainConfig(SmallTrainConfig):
    """Everything that decides what a run learns.

    Attributes:
        network: Sizes of the network.
    """

    network: PlacesConfig = field(default_factory=PlacesConfig)
    steps: int = 3000
    batch_size: int = 128


def train_places(
    config: PlacesTrainConfig,
    scenes: PlacesScenes,
    run: Path,
    held_out: PlacesScenes | None = None,
    on_log: Callable[[dict[str, float]], None] = lambda record: None,
) -> TrainablePlaces:
    """Train, or go on with, a run on scenes; the averaged network comes back.

    Args:
        config: Decides what is learned.
        scenes: To learn from.
        run: Folder of the state and the log.
        held_out: To log the loss of each data set on.
        on_log: Called with the mean loss since the last call.

    Raises:
        CheckpointError: If the run in the folder was begun with other settings, or its state is damaged.
    """
    torch.manual_seed(config.seed)
    network = TrainablePlaces(config.network)
    table = torch.from_numpy(scenes.words)

    def loss_of(step: int) -> torch.Tensor:
        batch = draw_batch(scenes, config.batch_size, seeded(config.seed, step))
        noise = torch.randn_like(table) * config.word_noise * table.shape[1] ** -0.5
        return network.loss(batch, functional.normalize(table + noise * (table != 0), dim=1))

    def held_out_of(average: TrainablePlaces) -> dict[str, float]:
        return {} if held_out is None else held_out_losses(average, held_out)

    return train_small(config, network, loss_of, run, held_out_of, on_log, LOG_EVERY_STEPS)


def held_out_losses(network: TrainablePlaces, scenes: PlacesScenes, count: int = 256) -> dict[str, float]:
    """Mean loss on always the same things of each data set."""
    table, found = torch.from_numpy(scenes.words), {}
    for source, own in scenes.sets.items():
        if own:
            alone = PlacesScenes({source: own}, scenes.words, scenes.person)
            with torch.no_grad():
                found[f"held_out_{source}"] = network.loss(
                    draw_batch(alone, count, np.random.default_rng(1)), table
                ).item()
    return found


def export_places(network: TrainablePlaces, samples: int, data: dict[str, int], path: Path) -> PlacesNetwork:
    """Write a network as the shipped file, float16, and return it as it will be read.

    Args:
        network: What was trained.
        samples: Boxes it was trained on.
        data: The datasets and how many things of each.
        path: The file.

    Raises:
        OSError: If the file cannot be written.
    """
    card = PlacesCard(network=network.config, samples=samples, data=data, licence=LICENCE)
    weights = {
        name: network.weights[name.replace(".", "_")].detach().numpy()
        for name in weight_shapes(network.config)
    }
    return PlacesNetwork(card, write_npz(path, FORMAT, FORMAT_VERSION, card, weights))
