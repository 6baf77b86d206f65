"""`smartmask data`: datasets of layered scenes, read from annotations or made, and looked into."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from smartmask.apps.cli.datasets.inspect import inspect
from smartmask.apps.cli.datasets.instructions import instructions
from smartmask.apps.cli.datasets.meshes import meshes as make_meshes
from smartmask.apps.cli.datasets.pack import pack
from smartmask.apps.cli.lines import print_line
from smartmask.apps.cli.output import Stopped

if TYPE_CHECKING:
    from smartmask.data.layered_scene import LayeredScene

_FOLDER = click.Path(path_type=Path, file_okay=False, readable=False)
SCENES_PER_SHARD = 100


@click.group()
def data() -> None:
    """Make datasets of scenes in layers, and look into them.

    A dataset is a folder of shards that is valid at any moment. A command that was stopped goes on where it
    was when it is given again.
    """


@data.command()
@click.argument("format_name", metavar="FORMAT")
@click.argument("path", type=click.Path(path_type=Path, readable=False))
@click.option("--out", type=_FOLDER, required=True, help="Folder of the dataset, new or begun before.")
@click.option("--strict", is_flag=True, help="Stop at the first damaged record instead of leaving it out.")
@click.option(
    "--break-cycles",
    is_flag=True,
    help="Where objects hide each other in a circle, drop the pair that overlaps least instead of the scene.",
)
def read(format_name: str, path: Path, out: Path, strict: bool, break_cycles: bool) -> None:
    """Read annotations at PATH in FORMAT into a dataset.

    Damaged records are left out, counted by kind, and reported at the end. A wrong FORMAT prints the list of
    those there are, and what PATH must be for each.

    \b
    Examples:
      smartmask data read cocoa annotations/COCO_amodal_train2014.json --out runs/data/cocoa
      smartmask data read voc VOCdevkit/VOC2012 --out runs/data/voc --strict
    """
    from smartmask.apps.cli.progress import progress
    from smartmask.data.annotations.base import Problems
    from smartmask.data.building import build_from
    from smartmask.data.shards import DatasetSpec
    from smartmask.data.sources import READERS, read_scenes

    if format_name not in READERS:
        known = "; ".join(f"{name}: {reader.path}" for name, reader in READERS.items())
        raise click.UsageError(f"FORMAT {format_name!r} is none of those that can be read ({known})")
    problems = Problems(strict)
    settings = {"path": str(path.resolve()), "break_cycles": break_cycles, **_version_of(path)}
    spec = DatasetSpec(source=format_name, settings=settings, scenes_per_shard=SCENES_PER_SHARD)
    started = time.monotonic()
    try:
        with progress() as (step, on_progress), _writing(out), _building(out):
            step("reading scenes")
            scenes = _some(
                read_scenes(format_name, path, problems, break_cycles=break_cycles),
                f"{path}: no scenes could be read as {format_name}; is it of another FORMAT?",
            )
            dataset = build_from(out, spec, scenes, on_scene=lambda done: on_progress(done, None))
    finally:
        for line in problems.report():
            print_line(f"left out: {line}", err=True)
        for line in problems.notes():
            print_line(f"noted: {line}", err=True)
    print_line(f"{out}: {dataset.scene_count():,} scenes in {time.monotonic() - started:,.0f} s")


@data.command()
@click.option("--scenes", type=click.IntRange(1), required=True, help="How many scenes.")
@click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, help="Other seeds, other scenes."
)
@click.option("--out", type=_FOLDER, required=True, help="Folder of the dataset, new or begun before.")
@click.option("--meshes", type=_FOLDER, required=True, help="Folder of meshes (smartmask data meshes).")
@click.option(
    "--silhouettes",
    type=click.Path(path_type=Path, dir_okay=False, readable=False),
    help="File of silhouettes (smartmask data silhouettes); without it there are rooms only, and nobody in.",
)
@click.option(
    "--layouts", type=_FOLDER, help="Dataset of photos' layouts (read coco-panoptic) to stand silhouettes in."
)
@click.option(
    "--open-meshes",
    type=_FOLDER,
    help="Folder of packs of open meshes, with sizes.csv, to fill rooms and open places with besides.",
)
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes.")
@click.option(
    "--ray",
    "use_ray",
    is_flag=True,
    help="Build on a Ray cluster that shares this file system (extra ray), instead of local processes.",
)
def synthesize(
    scenes: int,
    seed: int,
    out: Path,
    meshes: Path,
    silhouettes: Path | None,
    layouts: Path | None,
    open_meshes: Path | None,
    workers: int,
    use_ray: bool,
) -> None:
    """Make scenes from meshes and silhouettes: exact, ordered, whole objects.

    \b
    Examples:
      smartmask data synthesize --scenes 30000 --seed 1 --meshes meshes \\
          --silhouettes silhouettes.npz --out runs/data/made --workers 2
    """
    from functools import partial

    from smartmask.apps.cli.progress import progress
    from smartmask.data.building import build
    from smartmask.data.synthesis.scenes import (
        SCENES_PER_SHARD,
        SynthesisSettings,
        synthesis_spec,
        synthetic_shard,
    )

    if silhouettes is None and layouts is not None:
        raise click.UsageError("--layouts needs --silhouettes: the things that are stood in them")
    more = None if open_meshes is None else open_meshes.resolve()
    if silhouettes is None:
        settings = SynthesisSettings(meshes=meshes.resolve(), open_meshes=more, outdoor_share=0)
    else:
        settings = SynthesisSettings(
            meshes=meshes.resolve(),
            silhouettes=silhouettes.resolve(),
            layouts=None if layouts is None else layouts.resolve(),
            open_meshes=more,
        )
    started = time.monotonic()
    with progress() as (step, on_progress), _writing(out), _building(out):
        step("making shards")
        spec = synthesis_spec(scenes, seed, settings)
        make_shard = partial(synthetic_shard, scenes=scenes, seed=seed, settings=settings)
        count = -(-scenes // SCENES_PER_SHARD)
        if use_ray:
            try:
                from smartmask.apps.build_ray import build_on_ray
            except ImportError as error:
                raise click.UsageError("--ray needs Ray: pip install 'smartmask-open[ray]'") from error
            dataset = build_on_ray(out, spec, count, make_shard, on_progress=on_progress)
        else:
            dataset = build(out, spec, count, make_shard, workers=workers, on_progress=on_progress)
    print_line(f"{out}: {dataset.scene_count():,} scenes in {time.monotonic() - started:,.0f} s")


@data.command()
@click.argument("datasets", type=click.Path(path_type=Path, readable=False), nargs=-1, required=True)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="File to write, .npz."
)
def silhouettes(datasets: tuple[Path, ...], out: Path) -> None:
    """Collect the complete objects in the training splits of DATASETS, to stand in made scenes.

    \b
    Examples:
      smartmask data silhouettes runs/data/voc runs/data/coco --out silhouettes.npz
    """
    from itertools import chain

    from smartmask.apps.cli.progress import progress
    from smartmask.data.building import counted
    from smartmask.data.shards import SceneDataset
    from smartmask.data.synthesis.stage.silhouettes import SilhouetteLibrary

    found = [SceneDataset.open(folder) for folder in datasets]
    total = sum(dataset.scene_count() for dataset in found)
    with progress() as (step, on_progress), _writing(out):
        step("reading scenes")
        scenes = counted(chain.from_iterable(found), lambda done: on_progress(done, total))
        library = SilhouetteLibrary.from_scenes(scenes)
        if not library.silhouettes:
            raise click.ClickException(
                f"{', '.join(map(str, datasets))}: none of these scenes holds a complete object of a known "
                "size; give datasets that do, such as one read from parquet-voc"
            )
        out.parent.mkdir(parents=True, exist_ok=True)
        library.save(out)
    print_line(f"{out}: {len(library.silhouettes):,} silhouettes of {len(library.by_label):,} labels")


@data.command()
@click.argument("dataset", type=click.Path(path_type=Path, readable=False))
def stats(dataset: Path) -> None:
    """Print the figures of DATASET: scenes, objects, labels, and how much of them is hidden.

    \b
    Examples:
      smartmask data stats runs/data/rooms
    """
    from smartmask.apps.cli.progress import progress
    from smartmask.data.building import counted
    from smartmask.data.shards import SceneDataset
    from smartmask.data.statistics import (
        COCOA_MEAN_HIDDEN_SHARE,
        COCOA_MEDIAN_HIDDEN_SHARE,
        COCOA_OCCLUDED_SHARE,
        scene_statistics,
    )

    found = SceneDataset.open(dataset)
    total = found.scene_count()
    if not total:
        raise click.ClickException(f"{dataset}: holds no scenes yet; continue its build")
    with progress() as (step, on_progress):
        step("reading scenes")
        scenes = counted(found, lambda done: on_progress(done, total))
        figures = scene_statistics(scenes, found.size_bytes())
    frequent = ", ".join(f"{label} {count:,}" for label, count in list(figures.label_counts.items())[:8])
    each = figures.bytes_per_layer
    lines = [
        ("scenes", f"{figures.scenes:,} in {len(found.shards):,} shards, from {found.spec.source}"),
        ("layers", f"{figures.layers:,}" + (f", {each:,.0f} bytes each" if each is not None else "")),
        ("objects", f"{figures.things:,} that may be asked for, of {figures.thing_labels:,} classes"),
        ("labels", f"{figures.labels:,}" + (f"; most frequent: {frequent}" if frequent else "")),
    ]
    if (hidden := figures.occlusion) is not None:
        lines += [
            ("occluded", f"{hidden.occluded_share:.1%} of whole layers (COCOA {COCOA_OCCLUDED_SHARE:.0%})"),
            ("hidden share", f"mean {hidden.mean_hidden_share:.3f} (COCOA {COCOA_MEAN_HIDDEN_SHARE:.2f}), "
             f"median {hidden.median_hidden_share:.3f} (COCOA {COCOA_MEDIAN_HIDDEN_SHARE:.2f})"),
        ]  # fmt: skip
    for name, value in lines:
        print_line(f"{name:<14}{value}")


def _version_of(path: Path) -> dict[str, int]:
    """What tells that a file is another than it was; of a folder nothing does."""
    if not path.is_file():
        return {}
    found = path.stat()
    return {"bytes": found.st_size, "modified": found.st_mtime_ns}


def _some(scenes: "Iterator[LayeredScene]", complaint: str) -> "Iterator[LayeredScene]":
    """The scenes, of which there must be one."""
    first = next(scenes, None)
    if first is None:
        raise click.ClickException(complaint)
    yield first
    yield from scenes


data.add_command(make_meshes)
data.add_command(pack)
data.add_command(inspect)
data.add_command(instructions)


@contextmanager
def _writing(out: Path) -> Iterator[None]:
    """Says in a line why something cannot be written."""
    try:
        yield
    except OSError as error:
        raise click.ClickException(f"--out {out}: cannot be written ({error.strerror or error})") from error


@contextmanager
def _building(out: Path) -> Iterator[None]:
    """Says that a build that the user stopped can go on."""
    try:
        yield
    except KeyboardInterrupt as error:
        raise Stopped(f"stopped; {out} keeps its whole shards, the same command goes on") from error
