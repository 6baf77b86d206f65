"""`smartmask evaluate`: a verb for all that is measured."""

from pathlib import Path
from typing import Any

import click

from smartmask.apps.cli.evaluation.insertions import insertions
from smartmask.apps.cli.evaluation.masks import (
    SHIPPED_SUITES,
    mask_options,
    masks,
    measure_masks,
    report,
    write_report,
)
from smartmask.apps.cli.evaluation.parts import depth_order, planner, ranker, segmenter


@click.group()
def evaluate() -> None:
    """Measure the models on held-out data, and report what was measured."""


@evaluate.command("all")
@mask_options
@click.option("--photos", type=click.Path(path_type=Path, readable=False), help="Measure the segmenter, too.")
@click.pass_context
def everything(context: click.Context, /, out: Path, photos: Path | None, **options: Any) -> None:
    """Measure masks, planner and ranker, and report.

    With --silhouettes the suite shapes as well, with --boxes the suite boxes, with --photos the segmenter;
    with --limit a look at everything, by as many objects, prompts and scenes.

    \b
    Example:
      smartmask evaluate all --silhouettes data/silhouettes --photos data/coco
    """
    data, limit = options["data"], options["limit"]
    shapes = ("shapes",) if options["silhouettes"] else ()
    boxes = ("boxes",) if options["boxes"] else ()
    measure_masks((*SHIPPED_SUITES, *shapes, *boxes), out, **options)
    few = {} if limit is None else {"prompts": limit, "scenes": max(16, limit)}
    context.invoke(planner, data=data, out=out, **few)
    some = {} if limit is None else {"objects": limit}
    context.invoke(ranker, data=data, out=out, split=options["split"], **some)
    if photos is not None:
        drawn = {} if limit is None else {"limit": limit}
        context.invoke(segmenter, data=data, out=out, photos=photos, **drawn)
    write_report(out)


for _command in (masks, segmenter, planner, ranker, depth_order, insertions, report):
    evaluate.add_command(_command)
