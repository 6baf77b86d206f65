"""`smartmask evaluate insertions`: originals, results, masks and words in, the paper's three figures out."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from smartmask.apps.cli import options
from smartmask.apps.cli.lines import print_line
from smartmask.data.photos import MAX_JUDGED_MEGAPIXELS

if TYPE_CHECKING:  # commands import the library when they run, so that --help is quick
    from smartmask.evaluation.insertions import InsertionRecord

_PATH = click.Path(path_type=Path, readable=False)
FORMAT = "smartmask-insertion-scores"
VERSION = 1
ROWS = (
    ("local_frechet", "local Frechet distance", "lower is better"),
    ("clip", "CLIP score", "higher is better"),
    ("background_l2", "background L2, pasted back", "lower is better"),
    ("background_l2_raw", "background L2, as drawn", "lower is better"),
)


@click.command()
@click.argument("folder", type=_PATH)
@click.option(
    "--features", metavar="PATH_OR_HUB", required=True, help="An image network for the Frechet distance."
)
@click.option("--clip", metavar="PATH_OR_HUB", required=True, help="A CLIP for the CLIP score.")
@click.option("--out", metavar="FILE", type=_PATH, required=True, help="JSON file for the figures.")
@click.option("--device", default="cpu", show_default=True, help="cpu, cuda, cuda:1, mps, ...")
@click.option(
    "--dtype",
    type=click.Choice(["float32", "bfloat16", "float16"]),
    default="float32",
    show_default=True,
    help="Number format of the networks.",
)
@options.max_megapixels_option("pictures", MAX_JUDGED_MEGAPIXELS)
def insertions(
    folder: Path, features: str, clip: str, out: Path, device: str, dtype: str, max_megapixels: float
) -> None:
    """Judge the insertions of FOLDER as the paper does.

    FOLDER holds metadata.jsonl, a line of JSON an insertion, paths relative to it: "image" (the original),
    "mask", "text" (what was asked for), "result", and, of all or of none, "raw" (what `smartmask insert
    --raw` keeps: the picture before the original pixels were pasted back).

    \b
    Local Frechet distance: of the network's features, between originals and results, of squares about the
      masks. It is the local FID if the originals show real objects there and the network is Inception-v3;
      figures of different networks, or of different numbers of insertions, do not compare.
    CLIP score: cosine of a result's square and its text, mean.
    Background L2: |result - original| / |original| off the mask, mean.

    \b
    Example:
      smartmask insert room.jpg "a dog" --inpainter reference:dog.png --raw --out set/room
      smartmask evaluate insertions set --features microsoft/resnet-50 \\
        --clip openai/clip-vit-large-patch14 --out scores.json
    """
    from dataclasses import asdict

    from smartmask.apps.cli.output import check_folder, write_folder
    from smartmask.apps.cli.progress import progress
    from smartmask.backends.features_transformers import TransformersClip, TransformersFeatures
    from smartmask.data.annotations.base import Problems
    from smartmask.data.inpaint_folder import METADATA_FILE
    from smartmask.evaluation.insertion_folder import InsertionFolder
    from smartmask.evaluation.insertions import evaluate_insertions

    if out.is_dir():
        raise click.UsageError(f"--out {out}: is a folder; give a file")
    check_folder(out.parent, [out.name], [folder / METADATA_FILE])
    problems = Problems()
    records = InsertionFolder(folder, problems, max_megapixels)
    with progress() as (step, on_progress):
        try:
            step("loading the networks")
            network, both = (
                TransformersFeatures(features, device, dtype),
                TransformersClip(clip, device, dtype),
            )
            step("judging")

            def counted() -> "Iterator[InsertionRecord]":
                for number, record in enumerate(records):
                    on_progress(number, len(records))
                    yield record

            score = evaluate_insertions(counted(), network, both)
        except ValueError as error:
            raise click.UsageError(str(error)) from error
    for line in problems.report():
        print_line(f"Left out: {line}", err=True)
    figures = {name: value for name, value in asdict(score).items() if value is not None}
    record = {
        "format": FORMAT,
        "version": VERSION,
        "folder": str(folder),
        "networks": {"features": features, "clip": clip},
    }
    if problems.counts:
        record["left_out"] = dict(problems.counts)
    record |= {name: value if math.isfinite(value) else "infinite" for name, value in figures.items()}
    write_folder(out.parent, {out.name: (json.dumps(record, indent=1, allow_nan=False) + "\n").encode()})
    print_line(f"{score.records} insertions of {folder}:")
    for name, title, direction in ROWS:
        if name in figures:
            print_line(f"  {title:28}{figures[name]:10.4f}   {direction}")
    print_line(f"Written: {out}")
