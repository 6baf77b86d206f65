"""`smartmask train`: one segment of training of the mask model."""

import time
from pathlib import Path

import click


@click.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    required=True,
    help="Folder of a dataset folder for each name of the mixture, as `make data` leaves it.",
)
@click.option(
    "--run", type=click.Path(path_type=Path), required=True, help="Folder of the run: state and log."
)
@click.option("--minutes", type=click.FloatRange(min=0, min_open=True), default=60.0, show_default=True)
@click.option("--final", is_flag=True, help="Take the learning rate down to nothing over this segment.")
@click.option(
    "--init", type=click.Path(path_type=Path), help="Begin a new run from the weights in this ONNX file."
)
@click.option(
    "--export", type=click.Path(path_type=Path), help="Write the averaged weights to this ONNX file."
)
@click.option("--dry-run", is_flag=True, help="Print the full configuration and exit.")
def train(
    data: Path, run: Path, minutes: float, final: bool, init: Path | None, export: Path | None, dry_run: bool
) -> None:
    """Train the compact mask model for a while on the CPU; resumes the run in its folder, and stops by
    itself.

    \b
    Examples:
      smartmask train --data runs/data --run runs/compact --minutes 100
      smartmask train --data runs/data --run runs/compact --minutes 20 --final --export mask.onnx
    """
    # Imported here: PyTorch takes seconds, and the other commands do without it.
    from dataclasses import asdict

    from rich.console import Console
    from rich.pretty import pprint
    from rich.progress import Progress

    from smartmask.apps.load import WEIGHTS
    from smartmask.backends.text_static import StaticTextEncoder
    from smartmask.data.shards import SceneDataset
    from smartmask.training.config import compact
    from smartmask.training.export import export_mask_model, load_weights
    from smartmask.training.loop import STATE_FILE, load_average
    from smartmask.training.loop import train as train_segment

    config = compact()
    console = Console(stderr=True)
    if dry_run:
        pprint(asdict(config), console=Console())
        return
    initial = load_weights(init) if init else None
    datasets = {name: SceneDataset.open(data / name) for name in config.mixture}
    encoder = StaticTextEncoder(WEIGHTS / "text.npz")
    started = time.monotonic()
    with Progress(console=console) as progress:
        bar = progress.add_task("training", total=minutes)

        def factor(step: int) -> float | None:
            done = (time.monotonic() - started) / 60
            progress.update(bar, completed=min(done, minutes))
            if done >= minutes:
                return None
            return max(0.02, 1 - done / minutes) if final else 1.0

        def show(record: dict[str, float]) -> None:
            views, speed = record["views"], record["views_per_second"]
            progress.console.print(f"{views:>10,.0f} views   loss {record['loss']:.4f}   {speed:.1f} views/s")

        train_segment(config, datasets, encoder, run, should_stop=factor, initial=initial, on_log=show)
    if export:
        backbone, views = load_average(run / STATE_FILE)
        difference = export_mask_model(backbone, views, export)
        console.print(f"{export}: {views:,} views, largest difference to PyTorch {difference:.1e}")
