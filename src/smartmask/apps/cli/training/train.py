"""`smartmask train`: one segment of training, of base mask models and of ControlNets."""

from pathlib import Path

import click

from smartmask.apps.cli.training.segment import Segment

RECIPES = ("base-sd15", "base-sd15-paper", "controlnet-inpaint", "controlnet-segmentation")


@click.command()
@click.option(
    "--recipe",
    metavar="NAME",
    type=click.Choice(RECIPES),
    required=True,
    help="base-sd15, base-sd15-paper: the mask model of the paper's size, hints as channels or blended into "
    "the layout. "
    "controlnet-inpaint, controlnet-segmentation: a ControlNet for inpainting.",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    required=True,
    help="Folder of a dataset folder for each name of the mixture, as `make data` leaves it; for a "
    "ControlNet the folder of a metadata.jsonl.",
)
@click.option(
    "--run", type=click.Path(path_type=Path), required=True, help="Folder of the run: state and log."
)
@click.option(
    "--minutes",
    type=click.FloatRange(min=0, min_open=True),
    help="Stop after this time.  [default: 60, or none with --steps]",
)
@click.option("--steps", type=click.IntRange(min=0), help="Stop after so many steps.")
@click.option("--final", is_flag=True, help="Take the learning rate down to nothing over this segment.")
@click.option(
    "--init",
    metavar="PATH_OR_HUB",
    required=True,
    help="Begin a new run from this Stable Diffusion checkpoint, a folder or a name on the hub.",
)
@click.option(
    "--export",
    type=click.Path(path_type=Path),
    help="Write the averaged weights to this folder.",
)
@click.option(
    "--micro-batch",
    type=click.IntRange(min=1),
    help="Items a process works on at a time, if its share of a batch is more than its memory holds.",
)
@click.option(
    "--workers",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="Processes that make examples, for each process that trains.",
)
@click.option("--dry-run", is_flag=True, help="Print the full configuration and exit.")
def train(
    recipe: str,
    data: Path,
    run: Path,
    minutes: float | None,
    steps: int | None,
    final: bool,
    init: str,
    export: Path | None,
    micro_batch: int | None,
    workers: int,
    dry_run: bool,
) -> None:
    """Train for a while; resumes the run in its folder, and stops by itself.

    Training runs wherever accelerate finds itself: on one device, or under `accelerate launch` on many. The
    shipped shape generator is trained by `make train-segment` and `make train-gpu`.

    \b
    Example:
      accelerate launch --multi_gpu -m smartmask.apps.cli.main train --recipe base-sd15 \\
        --init stable-diffusion-v1-5/stable-diffusion-v1-5 --data data --run runs/base --steps 80000
    """
    segment = Segment(minutes if minutes or steps is not None else 60.0, steps, final)
    from smartmask.backends.hub import Wanted, need_packages

    wanted = Wanted(what=f"training by --recipe {recipe}", example="")
    need_packages(wanted, "torch", "diffusers", "transformers", "accelerate")
    from smartmask.apps.cli.training.accelerated import train_accelerated

    train_accelerated(recipe, init, data, run, segment, export, micro_batch, workers, dry_run)
