"""Train the embedded planner and write it to `src/smartmask/weights/planner.npz`.

Reads the scenes once into `RUN/scenes.npz` (a minute), then trains on one core.

    OMP_NUM_THREADS=1 python scripts/train_planner.py --data runs/data --run runs/planner
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, fields
from pathlib import Path

import numpy as np
import torch

from smartmask.backends.text_static import StaticTextEncoder
from smartmask.data.layered_scene import LayeredScene
from smartmask.data.shards import SceneDataset
from smartmask.model.planner.network import load_planner_network
from smartmask.training.planner.data import PlannerScenes, read_scenes
from smartmask.training.planner.loop import PlannerTrainConfig, export_planner, held_out_losses, train_planner
from smartmask.weights import WEIGHTS

SOURCES = ("made", "nyu40", "coco")
REPEATS = {"made": 1, "nyu40": 2, "coco": 1}
"""How often a scene of each source is drawn in proportion to the others."""


def main() -> None:
    """Read, train, export."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the datasets made, nyu40, coco")
    parser.add_argument("--run", type=Path, default=Path("runs/planner"), help="folder of arrays and log")
    parser.add_argument("--out", type=Path, default=WEIGHTS / "planner.npz", help="the file to write")
    parser.add_argument("--steps", type=int, default=PlannerTrainConfig().steps)
    parser.add_argument("--rate", type=float, default=PlannerTrainConfig().rate, help="peak learning rate")
    parser.add_argument("--init", type=Path, help="a planner.npz to go on from")
    parser.add_argument("--heads-alone", action="store_true", help="with --init: leave the rest as it is")
    given = parser.parse_args()
    torch.set_num_threads(1)
    given.run.mkdir(parents=True, exist_ok=True)
    counts: Counter[str] = Counter()
    train = _scenes(given, "train", counts)
    held_out = _scenes(given, "validation", Counter())
    config = PlannerTrainConfig(steps=given.steps, rate=given.rate, heads_alone=given.heads_alone)
    init = None if given.init is None else load_planner_network(given.init)
    (given.run / "config.json").write_text(json.dumps(asdict(config), indent=1))
    print(f"{len(train)} scenes, {len(train.areas)} layers")

    def on_log(record: dict[str, float]) -> None:
        print(" ".join(f"{name} {value:.3f}" for name, value in record.items()), flush=True)

    network = train_planner(config, train, given.run, held_out, init, on_log)
    samples = config.steps * config.batch_size
    if init is not None:
        counts.update({f"{name}, before": count for name, count in init.card.data.items()})
        samples += init.card.samples
    export_planner(network, samples, dict(counts), given.out)
    print(held_out_losses(network, held_out))
    print(f"{given.out}: {given.out.stat().st_size} bytes")


def _scenes(given: argparse.Namespace, split: str, counts: Counter[str]) -> PlannerScenes:
    """The scenes of a split, from the arrays of an earlier run where there are any."""
    path = given.run / f"scenes_{split}.npz"
    if not path.exists():
        encoder = StaticTextEncoder(WEIGHTS / "text.npz")
        scenes = read_scenes(_of_split(given.data, split, counts), encoder)
        arrays = {field.name: np.asarray(getattr(scenes, field.name)) for field in fields(scenes)}
        np.savez(path, counts=json.dumps(counts), **arrays)
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    found = json.loads(str(arrays.pop("counts")))
    counts.clear()
    counts.update(found)
    return PlannerScenes(**{**arrays, "names": tuple(arrays["names"].tolist())})


def _of_split(data: Path, split: str, counts: Counter[str]) -> Iterator[LayeredScene]:
    for name in SOURCES:
        for scene in SceneDataset.open(data / name).of_split(split):
            counts[name] += 1
            for _ in range(REPEATS[name]):
                yield scene


if __name__ == "__main__":
    main()
