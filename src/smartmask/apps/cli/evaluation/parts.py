"""`smartmask evaluate planner`, `ranker`, `segmenter`, `depth-order`: how good single parts are."""

from pathlib import Path
from typing import Any

import click

from smartmask.apps.cli.evaluation.masks import commit_of_code, out_option
from smartmask.apps.cli.lines import print_block, print_line
from smartmask.weights import WEIGHTS

_PATH = click.Path(path_type=Path, readable=False)
_DATA = click.option(
    "--data",
    type=_PATH,
    default=Path("runs/data"),
    show_default=True,
    help="Folder of the datasets that smartmask data has made, one folder each: made, coco, ...",
)


@click.command()
@_DATA
@out_option("Folder for planner.json and planner.md.")
@click.option(
    "--prompts", type=click.IntRange(1), default=200, show_default=True, help="Of the benchmark's, at most."
)
@click.option(
    "--scenes", type=click.IntRange(16), default=500, show_default=True, help="Held-out scenes, at most."
)
def planner(data: Path, out: Path, prompts: int, scenes: int) -> None:
    """Measure the embedded planner beside two baselines.

    It plans prompts with masks, about a second an object, and the texts of held-out made scenes with boxes.
    """
    from smartmask.apps.cli.output import check_folder
    from smartmask.apps.load import SmartMask
    from smartmask.backends.text_static import StaticTextEncoder
    from smartmask.data.shards import SceneDataset
    from smartmask.evaluation.planner_report import LIMIT, SEED, SIZE_HW, measure_planner, planner_table
    from smartmask.model.planner.embedded import EmbeddedPlanner

    check_folder(out, ["planner.json", "planner.md"], [])
    encoder = StaticTextEncoder(WEIGHTS / "text.npz")
    models, embedded = SmartMask.load(), EmbeddedPlanner.load(WEIGHTS / "planner.npz", encoder)
    result = measure_planner(
        lambda text: models.plan(text, planner=embedded, limit=LIMIT, size_hw=SIZE_HW, seed=SEED),
        embedded,
        encoder,
        SceneDataset.open(data / "made"),
        prompts=prompts,
        scenes=scenes,
        say=lambda line: print_line(line, err=True),
    )
    files = {"planner_sha256": "planner.npz", "mask_sha256": "generator.onnx"}
    _write(out, "planner", result, files, planner_table(result))


@click.command()
@_DATA
@out_option("Folder for ranking.json and ranking.md.")
@click.option("--split", type=click.Choice(["test", "validation"]), default="test", show_default=True)
@click.option(
    "--objects",
    type=click.IntRange(2),
    default=250,
    show_default=True,
    help="Of each dataset, at most; controls take half.",
)
def ranker(data: Path, out: Path, split: str, objects: int) -> None:
    """Measure how well the ranker tells true placements from false ones."""
    from typing import cast

    from smartmask.apps.cli.output import check_folder
    from smartmask.apps.load_suggest import load_ranker
    from smartmask.backends.text_static import StaticTextEncoder
    from smartmask.data.layered_scene import Split
    from smartmask.evaluation.ranker_report import measure_ranker, ranker_tables

    check_folder(out, ["ranking.json", "ranking.md"], [])
    shipped = load_ranker(StaticTextEncoder(WEIGHTS / "text.npz"))
    result = measure_ranker(shipped, data, cast(Split, split), objects)
    _write(out, "ranking", result, {"weights_sha256": "ranker.npz"}, ranker_tables(result))


@click.command()
@_DATA
@out_option("Folder for segmenter.json and segmenter.md.")
@click.option("--photos", type=_PATH, required=True, help="Folder of COCO's photos and their scenes.parquet.")
@click.option(
    "--weights", type=_PATH, default=WEIGHTS / "segmenter.onnx", help="ONNX file.  [default: the shipped one]"
)
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=100,
    show_default=True,
    help="Objects drawn on its layouts, six seconds each; 0 = the segmenter itself is measured alone.",
)
def segmenter(data: Path, out: Path, photos: Path, weights: Path, limit: int) -> None:
    """Measure the segmenter on held-out photos, and what it costs in masks."""
    from smartmask.apps.cli.output import check_folder
    from smartmask.apps.load_suggest import load_ranker, load_shapes
    from smartmask.backends.text_static import StaticTextEncoder
    from smartmask.data.shards import SceneDataset
    from smartmask.evaluation.segmenter_report import measure_segmenter, segmenter_tables
    from smartmask.model.segmenter.embedded import EmbeddedSegmenter

    check_folder(out, ["segmenter.json", "segmenter.md"], [weights])
    encoder = StaticTextEncoder(WEIGHTS / "text.npz")
    suggest, card = load_shapes(WEIGHTS / "generator.onnx", encoder, load_ranker(encoder))
    dataset = SceneDataset.open(data / "coco") if limit else None
    result = measure_segmenter(EmbeddedSegmenter(weights), photos, dataset, suggest, limit)
    if result["cost"] is not None:
        result["cost"] |= {"mask_model_views": card.views}
    _write(out, "segmenter", result, {"weights_sha256": weights}, segmenter_tables(result))


@click.command("depth-order")
@click.option("--made", type=_PATH, help="Dataset of made scenes.")
@click.option("--codraw", type=_PATH, help="CoDraw's scenes.parquet.")
@click.option("--cocoa", type=_PATH, help="COCOA file or folder.")
@click.option("--ade20k", type=_PATH, help="Folder of ADE20K-2021.")
@click.option("--meshes", type=_PATH, help="Shapes for new scenes whose nearness is known.")
@click.option("--silhouettes", type=_PATH, help="Silhouettes for the same.")
@click.option("--fit", is_flag=True, help="Fit weights on the other half of them, too.")
def depth_order(
    made: Path | None,
    codraw: Path | None,
    cocoa: Path | None,
    ade20k: Path | None,
    meshes: Path | None,
    silhouettes: Path | None,
    fit: bool,
) -> None:
    """Print how often the depth order of a layout's visible regions is right, where the truth is known.

    \b
    Examples:
      smartmask evaluate depth-order --made runs/data/made --cocoa annotations/cocoa
      smartmask evaluate depth-order --meshes data/meshes --silhouettes runs/silhouettes.npz
    """
    from smartmask.evaluation.depth_order_report import annotated_table, made_tables, new_tables

    annotated = {"parquet-codraw": codraw, "cocoa": cocoa, "ade20k": ade20k}
    if (meshes is None) != (silhouettes is None):
        raise click.UsageError("new scenes need both --meshes and --silhouettes")
    if made is None and meshes is None and not any(annotated.values()):
        raise click.UsageError("nothing to measure; give --made, --codraw, --cocoa, --ade20k or --meshes")
    if made is not None:
        for table in made_tables(made, fit):
            print_block(table)
    for name, path in annotated.items():
        if path is not None:
            print_block(annotated_table(name, path))
    if meshes is not None and silhouettes is not None:
        for table in new_tables(meshes, silhouettes, fit):
            print_block(table)


def _write(
    out: Path, name: str, result: dict[str, Any], weights: dict[str, str] | dict[str, Path], text: str
) -> None:
    """Write what was measured with the digests of the weights and the commit, and print its tables."""
    import hashlib
    import json

    from smartmask.apps.cli.output import write_folder

    about = {key: hashlib.sha256((WEIGHTS / file).read_bytes()).hexdigest() for key, file in weights.items()}
    record = {**about, "commit": commit_of_code(), **result}
    contents = {f"{name}.json": json.dumps(record, indent=1) + "\n", f"{name}.md": text}
    write_folder(out, {file: content.encode() for file, content in contents.items()})
    print_block(text)
