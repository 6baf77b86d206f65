"""A run of the tiny base model as a program, so that tests can launch it twice at once or kill it.

python base_run.py CHECKPOINT DATASET RUN STEPS [--micro-batch N] [--save-every N]
"""

import argparse
from functools import cache
from pathlib import Path

import torch
from accelerate import PartialState
from accelerate.utils import DistributedType

from smartmask.backends.base.backbone import BaseConfig
from smartmask.backends.base.checkpoint import initial_base
from smartmask.backends.text_static import StaticTextEncoder
from smartmask.data.shards import SceneDataset
from smartmask.training.base.batch import base_loader
from smartmask.training.base.config import BaseTrainConfig, LoopConfig
from smartmask.training.base.loop import train
from smartmask.training.base.objective import BaseObjective
from smartmask.training.local_run import as_json
from smartmask.weights import WEIGHTS


@cache
def encoder() -> StaticTextEncoder:
    """The shipped label embeddings."""
    return StaticTextEncoder(WEIGHTS / "text.npz")


def config_of(checkpoint: Path, **loop: object) -> BaseTrainConfig:
    """Four views a step in float32; the learning rate reaches its peak after five steps."""
    settings = {"batch_size": 4, "learning_rate": 1e-3, "warmup_steps": 5, "precision": "no", **loop}
    return BaseTrainConfig(
        init=str(checkpoint),
        network=BaseConfig(),
        mixture={"rooms": 1.0},
        loop=LoopConfig(**settings),
    )


def run_base(config: BaseTrainConfig, dataset: Path, run: Path, steps: int, **more: object) -> object:
    """Train for some steps in all, those of earlier segments included; what `train` returns."""
    model = initial_base(config.init, config.network, config.loop.seed)
    load = base_loader({"rooms": SceneDataset.open(dataset)}, config, encoder(), model, workers=0)
    objective = BaseObjective(model, config.loop)

    def still(step: int) -> float | None:
        return 1.0 if step < steps else None

    return train(
        objective, load, config.loop, run, settings=as_json(config), should_stop=still, log_every=1, **more
    )


if __name__ == "__main__":
    torch.set_num_threads(1)
    parser = argparse.ArgumentParser()
    for name in ("checkpoint", "dataset", "run"):
        parser.add_argument(name, type=Path)
    parser.add_argument("steps", type=int)
    parser.add_argument("--save-every", type=int, default=1000)
    parser.add_argument("--as-if-on-gpus", action="store_true")
    given = vars(parser.parse_args())
    if given.pop("as_if_on_gpus"):
        # accelerate shards on GPUs only, but what it calls works on processes of a CPU as well.
        PartialState(cpu=True)
        PartialState._shared_state["distributed_type"] = DistributedType.MULTI_GPU
    config = config_of(given.pop("checkpoint"))
    run_base(config, given.pop("dataset"), given.pop("run"), given.pop("steps"), **given)
