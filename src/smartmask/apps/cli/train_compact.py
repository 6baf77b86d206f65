"""`smartmask train` for the compact mask model, on the CPU."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.pretty import pprint
from rich.progress import Progress

from smartmask.apps.cli.train_segment import Segment
from smartmask.apps.load import WEIGHTS
from smartmask.backends.text_static import StaticTextEncoder
from smartmask.data.shards import SceneDataset
from smartmask.model.onnx_denoiser import card_of
from smartmask.model.shape_codec import ShapeCodec
from smartmask.training.config import TrainConfig, compact, compact_codraw
from smartmask.training.export import export_mask_model, load_weights
from smartmask.training.loop import STATE_FILE, load_average, train

RECIPES: dict[str, Callable[[], TrainConfig]] = {"compact": compact, "compact-codraw": compact_codraw}


def train_compact(
    recipe: str,
    data: Path,
    run: Path,
    segment: Segment,
    init: Path | None,
    export: Path | None,
    workers: int,
    dry_run: bool,
) -> None:
    """Train a segment, and export what it leaves.

    Args:
        recipe: One of `RECIPES`.
        data: Folder of a dataset folder for each name of the mixture.
        run: Folder of the run.
        segment: How long.
        init: An ONNX file to begin a new run from.
        export: An ONNX file to write.
        workers: Processes that make views.
        dry_run: Print the configuration and do nothing.

    Raises:
        SmartMaskError: If a file cannot be used.
    """
    config = RECIPES[recipe]()
    console = Console(stderr=True)
    if dry_run:
        pprint(asdict(config), console=Console())
        return
    codec = ShapeCodec.load(WEIGHTS / "shapes.npz")
    initial = load_weights(init) if init else None
    initial_views = card_of(init).views if init else 0
    datasets = {name: SceneDataset.open(data / name) for name in config.mixture}
    encoder = StaticTextEncoder(WEIGHTS / "text.npz")
    with Progress(console=console) as progress:
        making = progress.add_task("views", total=config.cached_views)
        bar = progress.add_task("training", total=1.0)

        def factor(step: int) -> float | None:
            progress.update(bar, completed=segment.done(step))
            return segment.factor(step)

        def show(record: dict[str, float]) -> None:
            views, speed = record["views"], record["views_per_second"]
            progress.console.print(f"{views:>10,.0f} views   loss {record['loss']:.4f}   {speed:.1f} views/s")

        train(
            config,
            datasets,
            encoder,
            codec,
            run,
            should_stop=factor,
            initial=initial,
            initial_views=initial_views,
            workers=workers,
            on_views=lambda made, _: progress.update(making, completed=made),
            on_log=show,
        )
    if export:
        backbone, views = load_average(run / STATE_FILE)
        difference = export_mask_model(backbone, views, export)
        console.print(f"{export}: {views:,} views, largest difference to PyTorch {difference:.1e}")
