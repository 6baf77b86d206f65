"""`smartmask data inspect`: a dataset as pictures and figures."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from smartmask.apps.cli.lines import print_line

if TYPE_CHECKING:
    from smartmask.data.layered_scene import LayeredScene

_NAMES = ("contact_sheet.png", "report.html")


@click.command()
@click.argument("dataset", type=click.Path(path_type=Path, readable=False))
@click.option(
    "--out",
    type=click.Path(path_type=Path, readable=False),
    default=Path("inspect"),
    show_default=True,
    help="Folder for the results.",
)
@click.option(
    "--scenes",
    "shown",
    type=click.IntRange(1, 400),
    default=24,
    show_default=True,
    help="How many scenes to show.",
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Decides which scenes and examples are shown.",
)
def inspect(dataset: Path, out: Path, shown: int, seed: int) -> None:
    """Look into DATASET, a folder that another command of smartmask data has made.

    Writes contact_sheet.png, scenes with the names and the order of their layers, and report.html: the
    figures of the whole dataset beside those of COCOA, labels, scenes, and training examples with every kind
    of guidance. Files of the same names are replaced.

    \b
    Examples:
      smartmask data inspect scenes
      smartmask data inspect scenes --out look --scenes 48 --seed 7
    """
    import json

    import numpy as np

    from smartmask.apps.cli.output import check_folder, write_folder
    from smartmask.apps.cli.progress import progress
    from smartmask.apps.contact_sheet import contact_sheet
    from smartmask.apps.inspect_report import inspect_report
    from smartmask.data.building import counted
    from smartmask.data.shards import SceneDataset
    from smartmask.data.statistics import scene_statistics
    from smartmask.scene.picture import png_bytes

    check_folder(out, _NAMES, [])
    found = SceneDataset.open(dataset)
    total = found.scene_count()
    if not total:
        raise click.ClickException(f"{dataset}: holds no scenes yet; continue its build")
    rng = np.random.default_rng(seed)
    wanted = set(rng.choice(total, min(shown, total), replace=False).tolist())
    with progress() as (step, on_progress):
        step("reading the scenes")
        chosen: list[LayeredScene] = []
        scenes = counted(_tapped(found, wanted, chosen), lambda done: on_progress(done, total))
        statistics = scene_statistics(scenes, bytes_on_disk=found.size_bytes())
        step("drawing the contact sheet")
        title = dataset.resolve().name
        subtitle = f"{len(chosen)} of {total:,} scenes; layers are numbered from the rearmost"
        sheet = png_bytes(contact_sheet(chosen, title, subtitle))
        step("drawing the report")
        made = {
            "Source": found.spec.source,
            **{
                name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
                for name, value in found.spec.settings.items()
            },
            "Shards": f"{len(found.shards):,} of up to {found.spec.scenes_per_shard:,} scenes",
        }
        report = inspect_report(title, made, statistics, chosen, rng).encode()
    write_folder(out, dict(zip(_NAMES, (sheet, report), strict=True)))
    print_line(f"{total:,} scenes, {statistics.layers:,} layers, {statistics.labels:,} labels in {dataset}")
    for name in _NAMES:
        print_line(f"  {out / name}")


def _tapped(
    scenes: "Iterable[LayeredScene]", wanted: set[int], chosen: "list[LayeredScene]"
) -> "Iterator[LayeredScene]":
    """All scenes, those of the wanted numbers put aside on the way, so that the files are read once."""
    for number, scene in enumerate(scenes):
        if number in wanted:
            chosen.append(scene)
        yield scene
