"""`smartmask segment`: what is seen in a photo, as files."""

from pathlib import Path

import click

_NAMES = ("layout.json", "labels.png", "labels.json", "overlay.png")


@click.command()
@click.argument("photo", type=click.Path(path_type=Path, readable=False))
@click.option(
    "--out",
    type=click.Path(path_type=Path, readable=False),
    default=Path("out"),
    show_default=True,
    help="Folder for the results.",
)
@click.option(
    "--max-megapixels",
    type=click.FloatRange(min=0, min_open=True),
    default=100.0,
    show_default=True,
    help="Refuse larger photos.",
)
def segment(photo: Path, out: Path, max_megapixels: float) -> None:
    """Find out what is seen in PHOTO.

    Writes layout.json (all masks, for suggest --layout), labels.png and labels.json (a number at each
    pixel, and the names of the numbers), and overlay.png (a picture to look at). Files of the same names
    are replaced.

    \b
    Examples:
      smartmask segment room.jpg
      smartmask segment room.jpg --out room
      smartmask suggest room.jpg "a cat" --layout room/layout.json
    """
    from smartmask.apps.cli.output import check_folder, write_folder
    from smartmask.apps.cli.progress import progress
    from smartmask.apps.drawing import draw_layout, png_bytes
    from smartmask.data.layout_files import label_map_files, layout_to_json
    from smartmask.data.photos import read_photo

    check_folder(out, _NAMES, [photo])
    try:
        image = read_photo(photo, max_megapixels)
    except ValueError as error:
        raise click.UsageError(str(error)) from error

    from smartmask.apps.load import SmartMask

    with progress() as (step, _):
        step("loading the models")
        models = SmartMask.load()
        step("segmenting the photo")
        layout = models.segment(image)
        step("drawing the overlay")
        labels, names = label_map_files(layout)
        contents = (layout_to_json(layout), labels, names, png_bytes(draw_layout(layout, image)))
    write_folder(out, dict(zip(_NAMES, contents, strict=True)))
    click.echo(
        f"{len(layout)} regions in {photo}: {', '.join(dict.fromkeys(layout.labels)) or 'nothing known'}"
    )
    for name in _NAMES:
        click.echo(f"  {out / name}")
