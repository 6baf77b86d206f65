"""`smartmask segment`: what is seen in photos, as files."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from smartmask.apps.cli import options
from smartmask.apps.cli.lines import print_line

if TYPE_CHECKING:  # commands import the library when they run, so that --help is quick
    from smartmask.protocols import Segmenter
    from smartmask.scene.layout import Layout

FORMATS = (
    "json",
    "label-map",
    "label-map-csv",
    "coco-panoptic",
    "coco-instances",
    "labelme",
    "layers-zip",
    "psd",
)
"""The names of `layout_formats.FILE_NAMES`, at hand without importing the library."""


@click.command()
@click.argument("photos", nargs=-1, required=True, metavar="PHOTO...", type=options.FILE)
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(FORMATS),
    metavar="FORMAT",
    default=["json", "label-map"],
    show_default=True,
    help=f"One of {', '.join(FORMATS)}; may be given again.",
)
@click.option(
    "--backend",
    default="embedded",
    show_default=True,
    metavar="NAME",
    help="embedded, or transformers:CHECKPOINT, a panoptic one.",
)
@click.option("--words", metavar="A,B,...", help="Things to look for besides, in your own words.")
@click.option("--detector", metavar="CHECKPOINT", help="Grounding DINO for --words.")
@click.option("--outliner", metavar="CHECKPOINT", help="Segment Anything for --words.")
@click.option("--depth", metavar="CHECKPOINT", help="A depth estimator; layers are put in its order.")
@options.device_option("For checkpoints: cpu, cuda, mps, ...")
@options.dtype_option
@options.out_option
@click.option("--strict", is_flag=True, help="Stop at the first photo that cannot be used.")
@options.max_megapixels_option()
def segment(
    photos: tuple[Path, ...],
    formats: tuple[str, ...],
    backend: str,
    words: str | None,
    detector: str | None,
    outliner: str | None,
    depth: str | None,
    device: str,
    dtype: str,
    out: Path,
    strict: bool,
    max_megapixels: float,
) -> None:
    """Find out what is seen in PHOTO, or in every photo of a folder.

    Writes layout.json (all masks, for suggest --layout), labels.png and labels.json (at each pixel the
    number of its layer, as smartmask edit counts, and the names), and overlay.png (a picture to look at).
    Files of the same names are replaced. --format asks for others: instances.json, panoptic.json with its
    PNGs, labelme.json, layers.zip, layout.psd.

    The results of several photos go into a folder each; COCO files hold all photos together. A photo that
    cannot be used is reported, the rest goes on, and the exit code is 1.

    Checkpoints are folders or names on the Hugging Face hub and need: pip install "smartmask-open[torch]".
    What --words finds lies in front of what the backend sees.

    \b
    Examples:
      smartmask segment room.jpg
      smartmask segment room.jpg --out room --format psd --format json
      smartmask segment photos/ more.jpg --out dataset --format coco-panoptic
      smartmask segment room.jpg --words "cat,red lamp"
      smartmask suggest room.jpg "a cat" --layout room/layout.json
    """
    from smartmask.apps.cli.segmenting.photo_paths import find_photos
    from smartmask.arguments import check_limit

    with options.usage_errors():
        check_limit(max_megapixels)
    if words is None and (detector or outliner):
        raise click.UsageError("--detector and --outliner serve --words; give these too")

    def load() -> "Segmenter":
        from smartmask.apps.segmenters import load_segmenter
        from smartmask.errors import SmartMaskError

        asked = [] if words is None else words.split(",")
        try:
            with options.usage_errors():
                return load_segmenter(
                    backend,
                    asked,
                    depth=depth,
                    detector=detector,
                    outliner=outliner,
                    device=device,
                    dtype=dtype,
                )
        except SmartMaskError as error:  # as a click error, so that it is not taken for the fault of a photo
            raise click.ClickException(str(error)) from error

    paths = find_photos(photos, out)
    if len(photos) == 1 and paths == [photos[0]]:
        _segment_one(paths[0], out, formats, max_megapixels, load)
    else:
        _segment_many(paths, out, formats, max_megapixels, load, strict)


def _segment_one(
    path: Path, out: Path, formats: Sequence[str], max_megapixels: float, load: Callable[[], "Segmenter"]
) -> None:
    """Results of one photo, in the folder itself."""
    from smartmask.apps.cli.output import check_folder, write_folder
    from smartmask.apps.cli.progress import progress
    from smartmask.apps.cli.segmenting.files import files_of_one, names_of_one, seen_from
    from smartmask.data.photos import read_picture

    photo_path = seen_from(out, path)
    check_folder(out, names_of_one(photo_path, formats), [path])
    photo = read_picture(path, max_megapixels)
    with progress() as (step, _):
        step("loading the models")
        segmenter = load()
        step("segmenting the photo")
        try:
            layout = segmenter.segment(photo.pixels)
            step("drawing the overlay")
            files = files_of_one(layout, photo, photo_path, formats)
        except ValueError as error:  # too narrow for a checkpoint, too large for a PSD
            raise click.ClickException(f"{path}: {error}") from error
    write_folder(out, files)
    print_line(f"{_summary(layout)} in {path}: {_labels(layout)}")
    for name in files:
        print_line(f"  {out / name}")


def _segment_many(
    paths: Sequence[Path],
    out: Path,
    formats: Sequence[str],
    max_megapixels: float,
    load: Callable[[], "Segmenter"],
    strict: bool,
) -> None:
    """Results of many photos, in a folder each; what is bad is counted."""
    from smartmask.apps.cli.output import Stopped, check_folder, write_folder
    from smartmask.apps.cli.segmenting.files import (
        TOGETHER,
        Together,
        files_of_one,
        names_of_one,
        seen_from,
    )
    from smartmask.apps.cli.segmenting.photo_paths import result_names, root_of
    from smartmask.apps.cli.segmenting.photo_progress import photo_progress
    from smartmask.data.photos import read_picture
    from smartmask.errors import SmartMaskError

    alone = [name for name in formats if name not in TOGETHER]
    together = Together(formats)
    names = result_names(paths, together.reserved)
    inner = names_of_one("", alone)
    results = [f"{name}/{file}" for name in names for file in inner]
    check_folder(out, [*results, *together.names(names)], paths)
    segmenter, done, root = None, 0, root_of(paths)
    try:
        with photo_progress(len(paths)) as (on_progress, say):
            for number, (path, name) in enumerate(zip(paths, names, strict=True)):
                on_progress(number)
                try:
                    photo = read_picture(path, max_megapixels)
                    segmenter = load() if segmenter is None else segmenter
                    layout = segmenter.segment(photo.pixels)
                    found = files_of_one(layout, photo, seen_from(out / name, path), alone)
                except (SmartMaskError, ValueError, MemoryError) as error:
                    fault = _fault(path, error)
                    if strict:
                        raise click.ClickException(
                            f"{fault}; stopped by --strict, {done} of {len(paths)} photos are done"
                        ) from error
                    say(f"Error: {fault}", True)
                    continue
                files = {f"{name}/{file}": content for file, content in found.items()}
                files |= together.add(layout, seen_from(root, path), name)
                write_folder(out, files, is_first=done == 0)
                done += 1
                say(f"{path}: {_summary(layout)} in {out / name}: {_labels(layout)}", False)
    except KeyboardInterrupt as error:
        raise Stopped(f"stopped; {done} of {len(paths)} photos are done, in {out}") from error
    finally:
        if done:
            write_folder(out, together.files(), is_first=False)
    for file in together.files():
        print_line(f"All together: {out / file}")
    if done < len(paths):
        raise click.ClickException(f"{len(paths) - done} of {len(paths)} photos could not be used, see above")


def _fault(path: Path, error: Exception) -> str:
    """What is wrong with a photo, in one line that begins with its path."""
    if isinstance(error, MemoryError):
        return f"{path}: not enough memory for a photo of this size; shrink it"
    text = " ".join(str(error).split())
    return text if text.startswith(str(path)) else f"{path}: {text}"


def _summary(layout: "Layout") -> str:
    return f"{len(layout)} region{'' if len(layout) == 1 else 's'}"


def _labels(layout: "Layout") -> str:
    return ", ".join(dict.fromkeys(layout.labels)) or "nothing known"
