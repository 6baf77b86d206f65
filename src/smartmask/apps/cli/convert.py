"""`smartmask convert`: a layout from one format into another."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from smartmask.apps.cli import options
from smartmask.apps.cli.lines import print_line
from smartmask.apps.cli.segmenting.segment import FORMATS

if TYPE_CHECKING:  # commands import the library when they run, so that --help is quick
    from smartmask.scene.layout import Layout


@click.command()
@options.layout_argument
@click.option(
    "--to",
    "format_name",
    required=True,
    type=click.Choice(FORMATS),
    metavar="FORMAT",
    help=f"One of {', '.join(FORMATS)}.",
)
@click.option("--out", type=options.FILE, required=True, help="File for the result, or a folder for it.")
@options.file_option("--photo", "PATH", "The layout's photo: layers-zip and psd cut the layers out of it.")
@options.image_option
@options.names_option
@options.max_megapixels_option("layouts")
def convert(
    layout_path: Path,
    format_name: str,
    out: Path,
    photo: Path | None,
    image: str | None,
    names: Path | None,
    max_megapixels: float,
) -> None:
    """Turn LAYOUT into another format.

    LAYOUT is a file in any of the formats, known by its content: a layout JSON, the PNG of a label map, a
    COCO or LabelMe JSON, a zip of layers, or a PSD. Label maps and coco-panoptic keep only what is seen;
    the others keep hidden parts too. Polygons of COCO need: pip install "smartmask-open[data]"; PSD needs:
    pip install "smartmask-open[psd]".

    \b
    Examples:
      smartmask convert room/layout.json --to psd --photo room.jpg --out room.psd
      smartmask convert edited.psd --to json --out room
      smartmask convert instances.json --image 000000000139.jpg --to labelme --out room.json
      smartmask convert labels.png --to coco-instances --out instances.json
    """
    from smartmask.apps.cli.output import check_folder, write_folder
    from smartmask.apps.cli.segmenting.files import seen_from
    from smartmask.data.layout_formats import FILE_NAMES, SEEN_ONLY, layout_files_as
    from smartmask.data.photos import read_picture
    from smartmask.scene.layout import Layout

    folder, name = (
        (out, FILE_NAMES[format_name]) if out.is_dir() or not out.suffix else (out.parent, out.name)
    )
    photo_path = "" if photo is None else seen_from(folder, photo)
    with options.usage_errors():
        # The names are known only by writing, so an empty layout is written to nowhere first.
        results = layout_files_as(format_name, Layout((1, 1)), name, photo_path=photo_path)
        check_folder(folder, results, [layout_path, names, photo])
        layout = options.read_layout_file(
            layout_path, image=image, names=names, max_megapixels=max_megapixels
        )
        picture = None if photo is None else read_picture(photo, max_megapixels)
        files = layout_files_as(format_name, layout, name, photo=picture, photo_path=photo_path)
    write_folder(folder, files)
    if format_name in SEEN_ONLY:
        _tell_of_loss(layout, format_name)
    count = f"{len(layout)} layer{'' if len(layout) == 1 else 's'}"
    print_line(f"{count} of {layout_path} as {format_name}:")
    for file in files:
        print_line(f"  {folder / file}")


def _tell_of_loss(layout: "Layout", format_name: str) -> None:
    """Say how many layers are not as they were."""
    index = layout.visible_index()
    cut = sum(bool((layer.mask & (index != number)).any()) for number, layer in enumerate(layout.layers))
    if cut:
        whole = "is" if cut == 1 else "are"
        print_line(
            f"Note: {format_name} keeps only what is seen; {cut} of {len(layout)} layers {whole} partly or "
            "wholly hidden.",
            err=True,
        )
