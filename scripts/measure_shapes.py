"""The headline figures of the suite `shapes` in a few minutes, to choose by: python scripts/measure_shapes.py
--silhouettes FOLDER --limit 300 --split validation. Figures to report come from smartmask evaluate shapes.
"""

import argparse
import json
import time
from pathlib import Path

from smartmask.apps.load_suggest import load_ranker, load_suggest
from smartmask.backends.text_static import StaticTextEncoder
from smartmask.evaluation.benchmark.shapes_runner import shape_material
from smartmask.evaluation.benchmark.shapes_suite import run_objects
from smartmask.evaluation.recogniser import Recogniser
from smartmask.weights import WEIGHTS

HEADLINES = (
    ("recognised", "top 1"),
    ("recognised", "top 5"),
    ("recognised", "top 1, frequent words"),
    ("recognised", "top 1, photos"),
    ("recognised", "top 1, renders"),
    ("recognised", "top 1, drawings"),
    *(("outline", name) for name in ("complexity", "thin parts", "narrow gaps", "one piece")),
    ("outline", "two-sample AUC"),
    ("outline", "shape recall"),
    *(("overlap", name) for name in ("IoU", "best of 4, IoU", "boundary F")),
)


def main() -> None:
    """Measure and print a table; with --out keep all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--silhouettes", type=Path, required=True, help="folder of parquet files")
    parser.add_argument("--recogniser", type=Path, default=Path("runs/recogniser"))
    parser.add_argument("--data", type=Path, default=Path("runs/data"))
    parser.add_argument(
        "--weights", type=Path, nargs="*", default=[], help="mask models beside the shipped one"
    )
    parser.add_argument("--split", choices=("validation", "test"), default="validation")
    parser.add_argument("--limit", type=int, default=300)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, help="JSON file of all tables")
    given = parser.parse_args()
    began = time.monotonic()
    encoder = StaticTextEncoder(WEIGHTS / "text.npz")
    ranker = load_ranker(encoder)
    pipelines = {
        str(path) if path else "model": load_suggest(path, encoder, ranker, threads=1)
        for path in (None, *given.weights)
    }
    recogniser = Recogniser.load(given.recogniser)
    material = shape_material(given.silhouettes, given.data, recogniser, given.split)
    read = time.monotonic()
    run = run_objects(material, pipelines, encoder, given.split, given.limit, given.seeds, given.threads)
    tables = {key: table.as_json() for key, table in run.tables.items()}
    print(f"{len(run.entries)} objects of {len({e.shape.label for e in run.entries})} labels;", end=" ")
    print(f"{read - began:.0f} s to read, {time.monotonic() - read:.0f} s to measure\n")
    print("| | " + " | ".join(column for _, column in HEADLINES) + " |")
    print("|---" * (len(HEADLINES) + 1) + "|")
    for name in tables["recognised"]["rows"]:
        print(
            f"| {name} | " + " | ".join(_cell(tables[key], name, column) for key, column in HEADLINES) + " |"
        )
    if given.out:
        given.out.write_text(json.dumps(tables, indent=1) + "\n")


def _cell(table: dict[str, dict[str, list[dict[str, float] | None]]], row: str, column: str) -> str:
    found = table["rows"].get(row)
    value = found[list(table["columns"]).index(column)] if found else None
    return f"{value['mean']:.3f}" if value and value["mean"] is not None else ""


if __name__ == "__main__":
    main()
