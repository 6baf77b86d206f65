"""`smartmask train`: a verb for each network."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from smartmask.apps.cli.training.place_scorer import place_scorer
from smartmask.apps.cli.training.remembered import clarity, memory, renders, views
from smartmask.apps.cli.training.scenes import places, planner, planner_lora, ranker, segmenter
from smartmask.apps.cli.training.segment import Segment
from smartmask.apps.cli.training.shapes import chooser, codec, mask, outlines, recogniser

BASE_RECIPES = ("base-sd15", "base-sd15-paper")
CONTROLNET_RECIPES = ("controlnet-inpaint", "controlnet-segmentation")


@click.group()
def train() -> None:
    """Train a network, and write it as the file that ships.

    Most runs keep their state in a folder and go on when the command is given again. `make train-...` calls
    these commands with the folders of `make data`.
    """


def accelerated_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What all that goes through accelerate is told."""
    for option in reversed(_ACCELERATED):
        command = option(command)
    return command


_ACCELERATED = (
    click.option(
        "--data",
        type=click.Path(path_type=Path),
        required=True,
        help="Folder of a dataset folder for each name of the mixture, as `make data` leaves it; for a "
        "ControlNet the folder of a metadata.jsonl.",
    ),
    click.option(
        "--run", type=click.Path(path_type=Path), required=True, help="Folder of the run: state and log."
    ),
    click.option(
        "--minutes",
        type=click.FloatRange(min=0, min_open=True),
        help="Stop after this time.  [default: 60, or none with --steps]",
    ),
    click.option("--steps", type=click.IntRange(min=0), help="Stop after so many steps."),
    click.option("--final", is_flag=True, help="Take the learning rate down to nothing over this segment."),
    click.option(
        "--init",
        metavar="PATH_OR_HUB",
        required=True,
        help="Begin a new run from this Stable Diffusion checkpoint, a folder or a name on the hub.",
    ),
    click.option(
        "--export", type=click.Path(path_type=Path), help="Write the averaged weights to this folder."
    ),
    click.option(
        "--micro-batch",
        type=click.IntRange(min=1),
        help="Items a process works on at a time, if its share of a batch is more than its memory holds.",
    ),
    click.option(
        "--workers",
        type=click.IntRange(min=0),
        default=1,
        show_default=True,
        help="Processes that make examples, for each process that trains.",
    ),
    click.option("--dry-run", is_flag=True, help="Print the full configuration and exit."),
)


@train.command()
@click.option(
    "--recipe",
    type=click.Choice(BASE_RECIPES),
    default=BASE_RECIPES[0],
    show_default=True,
    help="Hints as channels, or blended into the layout as the paper has it.",
)
@accelerated_options
def base(recipe: str, **options: Any) -> None:
    """Train a mask model of the paper's size for a while; the run in its folder goes on.

    It runs wherever accelerate finds itself: on one device, or under `accelerate launch` on many.

    \b
    Example:
      accelerate launch --multi_gpu -m smartmask train base \\
        --init stable-diffusion-v1-5/stable-diffusion-v1-5 --data data --run runs/base --steps 80000
    """
    _train_accelerated(recipe, **options)


@train.command()
@click.option(
    "--recipe", type=click.Choice(CONTROLNET_RECIPES), default=CONTROLNET_RECIPES[0], show_default=True
)
@accelerated_options
def controlnet(recipe: str, **options: Any) -> None:
    """Train a ControlNet for inpainting for a while; the run in its folder goes on.

    It runs wherever accelerate finds itself, as `smartmask train base`.
    """
    _train_accelerated(recipe, **options)


def _train_accelerated(
    recipe: str, minutes: float | None, steps: int | None, final: bool, **options: Any
) -> None:
    segment = Segment(minutes if minutes or steps is not None else 60.0, steps, final)
    from smartmask.backends.hub import Wanted, need_packages

    wanted = Wanted(what=f"training by --recipe {recipe}", example="")
    need_packages(wanted, "torch", "diffusers", "transformers", "accelerate")
    from smartmask.apps.cli.training.accelerated import train_accelerated

    train_accelerated(recipe, segment=segment, **options)


for _command in (
    codec,
    memory,
    renders,
    views,
    clarity,
    mask,
    chooser,
    outlines,
    recogniser,
    planner,
    places,
    place_scorer,
    planner_lora,
    ranker,
    segmenter,
):
    train.add_command(_command)
