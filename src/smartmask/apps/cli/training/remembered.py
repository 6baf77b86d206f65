"""`smartmask train memory`, `renders`, `views`, `clarity`: what the shipped memory holds."""

from pathlib import Path
from typing import Any

import click

from smartmask.apps.cli.training.options import (
    PATH,
    Options,
    cache_option,
    need_training,
    out_option,
    shape_options,
    written,
)
from smartmask.weights import WEIGHTS


def report_option(name: str) -> Options:
    """`--report`."""
    return click.option(
        "--report",
        type=PATH,
        default=Path("docs/results") / name,
        show_default=True,
        help="JSON file for what was kept and what was dropped.",
    )


@click.command()
@shape_options
@cache_option
@click.option("--codec", type=PATH, default=WEIGHTS / "codec.npz", help="[default: the shipped one]")
@out_option("memory.npz")
@report_option("memory.json")
def memory(
    silhouettes: Path, library: Path | None, cache: Path, codec: Path, out: Path, report: Path
) -> None:
    """Choose among whole shapes, code them, and write the shipped memory.

    Shapes of your own beside it: `smartmask memory add`.
    """
    need_training("train memory")
    from smartmask.model.shape.codec import SilhouetteCodec
    from smartmask.training.shape.fields import shape_fields
    from smartmask.training.shape.memory_making import make_memory

    made, counts = make_memory(shape_fields(silhouettes, library, cache, 2), SilhouetteCodec.load(codec))
    made.save(out)
    _write_report(report, counts)
    written(out, f"{counts['shapes']} shapes of {counts['labels']} labels; dropped {counts['dropped']}")


@click.command()
@click.option("--meshes", type=PATH, help="Folder of meshes made with infinigen.")
@click.option("--packs", type=PATH, help="Folder of packs of meshes with labels and licences.")
@click.option("--plain", is_flag=True, help="Doors, rugs, trays and the like, whose meshes are made here.")
@shape_options
@cache_option
@click.option("--memory", type=PATH, default=WEIGHTS / "memory.npz", help="[default: the shipped one]")
@out_option("memory.npz")
@report_option("memory_renders.json")
def renders(
    meshes: Path | None,
    packs: Path | None,
    plain: bool,
    silhouettes: Path,
    library: Path | None,
    cache: Path,
    memory: Path,
    out: Path,
    report: Path,
) -> None:
    """Add to a memory what meshes look like from several sides, where their labels have room for more.

    Meshes that it has shapes of already are not looked at again.
    Of --silhouettes the held-out shapes are read, whose doubles stay out.
    """
    need_training("train renders")
    from smartmask.memory.shape_memory import ShapeMemory
    from smartmask.model.shape.codec import SilhouetteCodec
    from smartmask.training.shape.fields import shape_fields
    from smartmask.training.shape.memory_making import with_renders
    from smartmask.training.shape.mesh_shapes import library_meshes, mesh_shapes, packed_meshes
    from smartmask.training.shape.plain.things import plain_meshes

    if meshes is None and packs is None and not plain:
        raise click.UsageError("give --meshes, --packs, --plain or several of them")
    codec = SilhouetteCodec.load(WEIGHTS / "codec.npz")
    found = [
        *(library_meshes(meshes) if meshes is not None else ()),
        *(packed_meshes(packs) if packs is not None else ()),
        *(plain_meshes() if plain else ()),
    ]
    before = ShapeMemory.load(memory, codec.digest)
    known = set(before.rows.texts["group"].words)
    shapes = [shape for mesh in found if mesh.group not in known for shape in mesh_shapes(mesh)]
    if not shapes:
        raise click.ClickException(f"{memory}: knows all {len(found)} meshes already; nothing was written")
    made, counts = with_renders(before, shapes, shape_fields(silhouettes, library, cache, 2), codec)
    made.save(out)
    _write_report(report, counts)
    written(out, f"{counts['shapes']} of {len(shapes)} shapes added; dropped {counts['dropped']}")


@click.command()
@click.option("--meshes", type=PATH, required=True, help="Folder of packs of meshes that shapes are of.")
@click.option("--memory", type=PATH, default=WEIGHTS / "memory.npz", help="[default: the shipped one]")
@out_option("memory.npz")
def views(meshes: Path, memory: Path, out: Path) -> None:
    """Find from where a memory's renders are seen, and write the memory with it.

    Each mesh is rendered anew until it looks like its shapes, about a second a mesh. Shapes without a mesh
    stay as they are.
    """
    need_training("train views")
    from smartmask.data.mesh_packs import read_mesh_packs
    from smartmask.memory.shape_memory import ShapeMemory
    from smartmask.model.shape.codec import SilhouetteCodec
    from smartmask.training.shape.view_fitting import with_views

    codec = SilhouetteCodec.load(WEIGHTS / "codec.npz")
    packed = {mesh.group: mesh for mesh in read_mesh_packs(meshes)}
    found = with_views(ShapeMemory.load(memory, codec.digest), codec, packed)
    found.save(out)
    known = sum(found.view(number) is not None for number in range(len(found)))
    written(out, f"{known} of {len(found)} shapes have a view")


@click.command()
@click.option(
    "--ratings", type=PATH, required=True, help="Table of how plainly each shape shows what it is called."
)
@click.option("--memory", type=PATH, default=WEIGHTS / "memory.npz", help="[default: the shipped one]")
@out_option("memory.npz")
def clarity(ratings: Path, memory: Path, out: Path) -> None:
    """Keep what people who looked at a memory's shapes did not call bad, and write the memory with it.

    docs/results/shapes_by_eye.csv.gz rates the shapes of the shipped memory. Shapes that are not in the table
    stay as they are.
    """
    from smartmask.memory.shape_memory import ShapeMemory
    from smartmask.training.shape.ratings import read_ratings, with_ratings

    known = ShapeMemory.load(memory)
    found = with_ratings(known, read_ratings(ratings))
    found.save(out)
    written(out, f"{len(found)} of {len(known)} shapes kept")


def _write_report(path: Path, counts: dict[str, Any]) -> None:
    import json

    from smartmask.data.atomic import write_files

    write_files({path: (json.dumps(counts, indent=1, sort_keys=True) + "\n").encode()})
