"""Train the ranker and write it to `src/smartmask/weights/ranker.npz`.

Makes groups of placements once, in parts kept in the run's folder, then trains on one core, from what the
shipped mask model knows of words, and calibrates the score on the validation split. Stopped while it makes
groups, it goes on from the parts that are there.

    OMP_NUM_THREADS=1 python scripts/train_ranker.py --data runs/data --run runs/ranker
"""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch

from smartmask.backends.text_static import StaticTextEncoder
from smartmask.data.layered_scene import LayeredScene, Split
from smartmask.data.shards import SceneDataset
from smartmask.training.ranker.data import RankerGroups, read_or_make_groups
from smartmask.training.ranker.loop import (
    RankerTrainConfig,
    all_logits,
    calibration,
    export_ranker,
    pair_auc,
    train_ranker,
    words_of,
)
from smartmask.weights import WEIGHTS

MOST_SCENES = 8000
"""Scenes of a dataset held in memory while groups are made; of all but the made ones that is every one."""
HELD_OUT_GROUPS, HELD_OUT_SEED = 2000, 7


def main() -> None:
    """Make groups, train, calibrate, export."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the datasets of the mixture")
    parser.add_argument("--run", type=Path, default=Path("runs/ranker"), help="folder of groups and log")
    parser.add_argument("--out", type=Path, default=WEIGHTS / "ranker.npz", help="the file to write")
    parser.add_argument("--minutes", type=float, help="stop making groups after so long, to go on later")
    given = parser.parse_args()
    torch.set_num_threads(1)
    started, config = time.monotonic(), RankerTrainConfig()
    encoder = StaticTextEncoder(WEIGHTS / "text.npz")

    def should_stop() -> bool:
        return given.minutes is not None and time.monotonic() - started > 60 * given.minutes

    groups = _groups(given, config.mixture, "train", config.groups, config.seed, should_stop)
    # LVIS is 93 photos, too few for a validation split of its own.
    mixture = {name: share for name, share in config.mixture.items() if name != "lvis"}
    held_out = _groups(given, mixture, "validation", HELD_OUT_GROUPS, HELD_OUT_SEED, should_stop)
    if groups is None or held_out is None:
        print("stopped before all groups were made; run it again to go on")
        return
    (given.run / "config.json").write_text(json.dumps(asdict(config), indent=1))

    def on_log(record: dict[str, float]) -> None:
        print(" ".join(f"{name} {value:.3f}" for name, value in record.items()), flush=True)

    initial = words_of(WEIGHTS / "ranker.npz")
    network = train_ranker(config, groups, encoder, given.run, held_out, initial, on_log)
    logits = all_logits(network, held_out, encoder)
    found = calibration(logits, held_out.is_there)
    counts = np.bincount(groups.sources, minlength=len(config.mixture)).tolist()
    data = dict(zip(config.mixture, counts, strict=True))
    export_ranker(network, found, len(groups), data, given.out)
    print(f"held-out AUC {pair_auc(logits, held_out.is_there):.3f}, gain and offset {found}")
    print(f"{given.out}: {given.out.stat().st_size} bytes")


def _groups(
    given: argparse.Namespace,
    mixture: dict[str, float],
    split: Split,
    count: int,
    seed: int,
    should_stop: Callable[[], bool],
) -> RankerGroups | None:
    def scenes() -> dict[str, list[LayeredScene]]:
        return {name: _scenes(given.data / name, split) for name in mixture}

    folder = given.run / split
    folder.mkdir(parents=True, exist_ok=True)
    return read_or_make_groups(folder, scenes, mixture, count, seed, should_stop=should_stop)


def _scenes(folder: Path, split: Split) -> list[LayeredScene]:
    found: list[LayeredScene] = []
    for scene in SceneDataset.open(folder).of_split(split):
        if len(found) == MOST_SCENES:
            break
        found.append(scene)
    return found


if __name__ == "__main__":
    main()
