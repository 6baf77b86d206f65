"""`smartmask train` for all that goes through accelerate: the base mask model and ControlNets."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from pprint import pformat
from typing import Any

import click
from accelerate import PartialState  # type: ignore[import-untyped]
from torch import Tensor

from smartmask.apps.cli.lines import print_block, print_line
from smartmask.apps.cli.progress import bar, set_to
from smartmask.apps.cli.training.segment import Segment
from smartmask.backends.base.checkpoint import CONDITIONING_FILE, initial_base, write_base
from smartmask.backends.controlnet_parts import load_controlnet_parts
from smartmask.backends.text_static import StaticTextEncoder
from smartmask.data.annotations.base import Problems
from smartmask.data.atomic_folder import check_place
from smartmask.data.inpaint_folder import InpaintFolder
from smartmask.data.shards import SceneDataset
from smartmask.training.base.batch import base_loader
from smartmask.training.base.config import BaseTrainConfig, LoopConfig, base_sd15, base_sd15_paper
from smartmask.training.base.controlnet_config import (
    ControlNetTrainConfig,
    controlnet_inpaint,
    controlnet_segmentation,
)
from smartmask.training.base.controlnet_loop import (
    CARD_FILE,
    ControlNetObjective,
    controlnet_loader,
    write_controlnet,
)
from smartmask.training.base.loop import Objective, train
from smartmask.training.base.objective import BaseObjective, averaged_model
from smartmask.training.base.step_parts import StepParts
from smartmask.training.local_run import as_json
from smartmask.weights import WEIGHTS

RECIPES: dict[str, Callable[[str], BaseTrainConfig | ControlNetTrainConfig]] = {
    "base-sd15": base_sd15,
    "base-sd15-paper": base_sd15_paper,
    "controlnet-inpaint": controlnet_inpaint,
    "controlnet-segmentation": controlnet_segmentation,
}


@dataclass(frozen=True, slots=True)
class Job:
    """What one recipe hands to the loop, and how its result is written."""

    objective: Objective[Any]
    load: Callable[[StepParts, int], Iterator[Any]]
    loop: LoopConfig
    write: Callable[[Path, dict[str, Tensor], int], None]


def train_accelerated(
    recipe: str,
    init: str,
    data: Path,
    run: Path,
    segment: Segment,
    export: Path | None,
    micro_batch: int | None,
    workers: int,
    dry_run: bool,
) -> None:
    """Train a segment, and export what it leaves; every process of a launch calls it.

    Args:
        recipe: One of `RECIPES`.
        init: A Stable Diffusion checkpoint.
        data: Folder of datasets, or of pictures for a ControlNet.
        run: Folder of the run.
        segment: How long.
        export: Folder to write.
        micro_batch: Items that a process works on at a time.
        workers: Processes that make examples, for each process that trains.
        dry_run: Print the configuration and do nothing.

    Raises:
        SmartMaskError: If a file or model cannot be used.
        click.UsageError: If the batch does not fall into equal parts, the data lack a dataset's objects, or
            something else stands where the export should go.
    """
    config = RECIPES[recipe](init)
    if dry_run:
        print_block(pformat(as_json(config), sort_dicts=False))
        return
    state = PartialState()
    try:
        StepParts.of(config.loop.batch_size, micro_batch, state.process_index, state.num_processes)
        if export is not None:
            check_place(export, CONDITIONING_FILE if isinstance(config, BaseTrainConfig) else CARD_FILE)
        job = (
            _base(config, data, workers)
            if isinstance(config, BaseTrainConfig)
            else _controlnet(config, data, workers)
        )
    except (ValueError, FileExistsError) as error:
        raise click.UsageError(str(error)) from error

    def say(line: str) -> None:
        if state.is_main_process:
            print_line(line, err=True)

    with bar("training", 1.0, bar_format="{desc} {percentage:3.0f}% {bar} {elapsed}") as shown:

        def factor(step: int) -> float | None:
            set_to(shown, segment.done(step))
            return segment.factor(step)

        def show(record: dict[str, float]) -> None:
            items, speed = record["items"], record["items_per_second"]
            shown.clear()
            say(f"{items:>12,.0f} items   loss {record['loss']:.4f}   {speed:.1f} items/s")

        trained = train(
            job.objective,
            job.load,
            job.loop,
            run,
            settings=as_json(config),
            should_stop=factor,
            micro_batch=micro_batch,
            on_log=show,
        )
    if trained is not None and export is not None:
        weights, steps = trained
        job.write(export, weights, steps)
        say(f"{export}: {steps * job.loop.batch_size:,} items")


def _base(config: BaseTrainConfig, data: Path, workers: int) -> Job:
    datasets = {name: SceneDataset.open(data / name) for name in config.mixture}
    encoder = StaticTextEncoder(WEIGHTS / "text.npz")
    model = initial_base(config.init, config.network, config.loop.seed)

    def write(folder: Path, weights: dict[str, Tensor], steps: int) -> None:
        averaged = averaged_model(config, weights, steps * config.loop.batch_size)
        write_base(folder, averaged, as_json(config))

    return Job(
        BaseObjective(model, config.loop),
        base_loader(datasets, config, encoder, model, workers),
        config.loop,
        write,
    )


def _controlnet(config: ControlNetTrainConfig, data: Path, workers: int) -> Job:
    problems = Problems()
    folder = InpaintFolder(data, needs_segmentation=config.control == "segmentation", problems=problems)
    for line in problems.report():
        print_line(f"Left out: {line}", err=True)
    parts = load_controlnet_parts(config.init)

    def write(place: Path, weights: dict[str, Tensor], steps: int) -> None:
        items = steps * config.loop.batch_size
        write_controlnet(place, weights, parts, {"items": items, "settings": as_json(config)})

    return Job(
        ControlNetObjective(parts, config.loop),
        controlnet_loader(folder, config, parts, workers),
        config.loop,
        write,
    )
