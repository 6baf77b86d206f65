"""`smartmask train codec`, `mask`, `chooser`, `outlines`, `recogniser`: shapes."""

from pathlib import Path
from typing import Any

import click

from smartmask.apps.cli.lines import print_line
from smartmask.apps.cli.training.options import (
    PATH,
    cache_option,
    minutes_option,
    need_training,
    out_option,
    pack_option,
    run_option,
    shape_options,
    tell,
    threads_option,
    usage_errors,
    written,
)
from smartmask.weights import WEIGHTS


@click.command()
@shape_options
@cache_option
@run_option("shape_codec")
@minutes_option(45.0)
@threads_option()
@click.option("--device", default="cpu", show_default=True)
@out_option("codec.npz")
def codec(
    silhouettes: Path,
    library: Path | None,
    cache: Path,
    run: Path,
    minutes: float,
    threads: int,
    device: str,
    out: Path,
) -> None:
    """Train the codec of shapes, and write it.

    Memory, chooser and generator have to be made anew then: codes of one codec mean nothing to another.
    """
    need_training("train codec")
    import torch

    from smartmask.training.shape.export import export_shape_codec
    from smartmask.training.shape.fields import shape_fields
    from smartmask.training.shape.loop import ShapeCodecConfig, train_shape_codec

    torch.set_num_threads(threads)
    data = shape_fields(silhouettes, library, cache, 2)
    network, views = train_shape_codec(data, ShapeCodecConfig(minutes=minutes), run, device, tell)
    difference = export_shape_codec(network.cpu(), views, out)
    written(out, f"{views:,} views, {difference:.2g} from PyTorch")


@click.command()
@pack_option
@run_option("generator")
@click.option("--parts", "out", type=PATH, help="Folder of small files for another machine.")
@click.option("--init", type=PATH, help="Folder of such files to begin a new run with.")
@click.option(
    "--minutes", type=click.FloatRange(0), default=10.0, show_default=True, help="All told, reading included."
)
@click.option("--device", type=click.Choice(["cpu", "cuda"]), default="cpu", show_default=True)
@click.option("--batch", type=click.IntRange(1), help="Views a step.  [default: 256, on a card 4096]")
@click.option("--learning-rate", type=float, default=1e-3, show_default=True, help="Peak.")
@click.option("--variants", type=click.IntRange(1), help="Of each shape.  [default: 1, on a card 8]")
@click.option("--compile", is_flag=True, help="Compile the network.")
@click.option("--final", is_flag=True, help="Let the learning rate fall to nothing over this segment.")
@threads_option()
@click.option("--width", type=click.IntRange(1), default=384, show_default=True, help="Of the network.")
@click.option("--depth", type=click.IntRange(1), default=8, show_default=True, help="Of the network.")
@click.option("--export", type=PATH, help="Write the run's averaged network to this ONNX file.")
def mask(export: Path | None, **options: Any) -> None:
    """Train the shape generator for a while; the run in its folder goes on.

    With --minutes 0 nothing is trained: --export writes the network of --run, which may also be a folder of
    small files from another machine. On a machine without click: scripts/train_generator.py.

    \b
    Examples:
      smartmask train mask --minutes 60 --threads 2
      smartmask train mask --minutes 0 --run runs/generator_gpu --export generator.onnx
    """
    if not options["minutes"] and export is None:
        raise click.UsageError("--minutes 0 trains nothing; give --export FILE to write what was trained")
    need_training("train mask")
    if options["minutes"]:
        from smartmask.training.mask.generator_segment import GeneratorSegment, train_segment

        train_segment(GeneratorSegment(**options), print_line)
    if export is not None:
        from smartmask.training.mask.generator_export import export_run

        views, difference = export_run(options["run"], options["pack"], export)
        written(export, f"{views:,} views, {difference:.2g} from PyTorch")


@click.command()
@pack_option
@run_option("chooser")
@minutes_option(12.0, "Length of the whole run, without the reading.")
@out_option("chooser.npz")
def chooser(pack: Path, run: Path, minutes: float, out: Path) -> None:
    """Train what chooses among the shipped memory's shapes, and write it."""
    need_training("train chooser")
    import torch

    from smartmask.apps.load_suggest import load_recall
    from smartmask.backends.text_static import StaticTextEncoder
    from smartmask.model.shape.codec import SilhouetteCodec
    from smartmask.training.mask.chooser_data import chooser_data
    from smartmask.training.mask.chooser_loop import ChooserTraining, export_chooser, train_chooser
    from smartmask.training.mask.generator_pack import GeneratorPack

    torch.set_num_threads(1)
    config = ChooserTraining(minutes=minutes)
    shipped = SilhouetteCodec.load(WEIGHTS / "codec.npz")
    packed = GeneratorPack.read(pack)
    recall = load_recall(None, StaticTextEncoder(WEIGHTS / "text.npz"), shipped)
    data = chooser_data(packed, recall.memory, recall.candidates, shipped, config.network.picture)
    print_line(f"{len(data.rows)} objects")
    with usage_errors():
        network, views = train_chooser(config, data, run, on_log=tell)
    export_chooser(network, views, out)
    written(out, f"{views:,} views")


@click.command()
@pack_option
@click.option(
    "--run", type=PATH, default=Path("runs/outlines"), show_default=True, help="Folder of what was drawn."
)
@click.option("--requests", type=click.IntRange(1), default=3000, show_default=True, help="Shapes drawn for.")
@click.option("--steps", type=click.IntRange(1), default=2500, show_default=True)
@out_option("outlines.npz")
def outlines(pack: Path, run: Path, requests: int, steps: int, out: Path) -> None:
    """Train what tells drawn shapes from real ones, and write it.

    The shipped generator draws for words of the pack first, four shapes a request, into RUN; files that are
    there already are read.
    """
    need_training("train outlines")
    import numpy as np
    import torch

    from smartmask.evaluation.metrics.separation import auc
    from smartmask.evaluation.ranking import calibration_error
    from smartmask.model.mask.generator import ShapeGenerator
    from smartmask.model.shape.codec import SilhouetteCodec
    from smartmask.training.mask.generator_pack import GeneratorPack
    from smartmask.training.ranker.outline_drawing import DrawnRows, draw_rows
    from smartmask.training.ranker.outline_loop import (
        OutlineData,
        OutlineTraining,
        export_outlines,
        fitted_slopes,
        held_out_logits,
        train_outlines,
    )

    torch.set_num_threads(1)
    packed, shipped = GeneratorPack.read(pack), SilhouetteCodec.load(WEIGHTS / "codec.npz")
    run.mkdir(parents=True, exist_ok=True)
    drawn = {}
    for part, count in (("train", requests), ("validation", max(1, requests // 6))):
        path = run / f"drawn_{part}.npz"
        if not path.exists():
            generator = ShapeGenerator(WEIGHTS / "generator.onnx", shipped.digest)
            draw_rows(packed, generator, part, count).write(path)
        drawn[part] = DrawnRows.read(path)
        print_line(f"{path}: {len(drawn[part].rows)} drawn shapes")
    data = OutlineData(packed, drawn)
    network, views = train_outlines(OutlineTraining(), data, steps, tell)
    logits = held_out_logits(network, data)
    slopes = fitted_slopes(logits)
    export_outlines(network, slopes, shipped.digest, views, out)
    real, fake, other = torch.sigmoid(logits / torch.tensor(slopes)).double().numpy().reshape(3, -1, 2)
    for name, no, column in (("drawn", fake, 0), ("others' words", other, 1)):
        pairs = np.column_stack([real[:, column], no[:, column]])
        tell({f"AUC against {name}": auc(*pairs.T), "calibration error": calibration_error(pairs)})
    written(out, f"{views:,} views")


@click.command()
@shape_options
@click.option(
    "--run",
    "out",
    type=PATH,
    default=Path("runs/recogniser"),
    show_default=True,
    help="Folder of both runs, and of what is written: half_0.onnx, half_1.onnx.",
)
@minutes_option(4.0, "Length of each of the two runs.")
@threads_option()
def recogniser(silhouettes: Path, library: Path | None, out: Path, minutes: float, threads: int) -> None:
    """Train the two readers of silhouettes, and write them.

    They measure masks (`smartmask evaluate masks shapes`); nothing that draws, chooses or ranks may use them.
    """
    need_training("train recogniser")
    import torch

    from smartmask.data.shape_splits import split_shapes
    from smartmask.data.shape_words import HALVES
    from smartmask.training.recogniser.loop import (
        ReadShapes,
        RecogniserConfig,
        save_recogniser,
        train_recogniser,
    )
    from smartmask.training.shape.fields import read_shapes

    torch.set_num_threads(threads)
    shapes = read_shapes(silhouettes, library)
    data = ReadShapes.of(shapes, split_shapes(shapes))
    print_line(f"{len(data.words)} words, {len(data.targets)} shapes")
    config = RecogniserConfig(minutes=minutes)
    networks = [train_recogniser(data, half, config, out / f"half_{half}", tell) for half in HALVES]
    save_recogniser(networks, data.words, out)
    print_line(f"{out}: {', '.join(f'half_{half}.onnx' for half in HALVES)}")
