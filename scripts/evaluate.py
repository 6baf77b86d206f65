"""The figures in README and docs/LOG.md: held-out VOC silhouettes, from the shipped weights.

    make evaluate        (or: python scripts/evaluate.py --data runs/data --out docs/results)

Writes silhouettes.json and silhouettes.md. Every candidate runs the pipeline that users run.
"""

import hashlib
import json
import subprocess
from pathlib import Path

import click
import numpy as np

from smartmask.apps.load import WEIGHTS, load_ranker
from smartmask.backends.text_static import StaticTextEncoder
from smartmask.data.shards import SceneDataset
from smartmask.evaluation.metrics.boundary import boundary_f_score
from smartmask.evaluation.silhouettes import PROTOCOL, ShapeBank, Task, measure_all, tasks, trivial_answers
from smartmask.model.onnx_denoiser import OnnxDenoiser
from smartmask.pipelines.generate import MaskGenerator
from smartmask.pipelines.suggest import SuggestPipeline
from smartmask.scene.guidance import Guidance, Scribble
from smartmask.scene.masks import mask_iou

FILLS = ("nearest", "rows", "unknown")
NAMES = (
    "box",
    "box, best of 4",
    "scribble",
    "(the scribble itself)",
    "rough scribble",
    "(the rough scribble itself)",
    "filled box",
    "ellipse",
    "class-mean shape",
    "retrieved shape",
    "retrieved shapes, best of 4",
)
SMALL_SHARE = 0.1
"""An object is small if it covers less than this share of the canvas."""
TOLERANCE_SHARE = 0.004
"""Boundary tolerance as a share of the canvas's diagonal: 2.5 px at 500x375."""


@click.command()
@click.option("--data", type=click.Path(path_type=Path), required=True, help="Folder of the dataset voc/.")
@click.option("--out", type=click.Path(path_type=Path), required=True)
@click.option("--weights", type=click.Path(path_type=Path), default=WEIGHTS / "mask.onnx")
@click.option("--split", type=click.Choice(["validation", "test"]), default="test", show_default=True)
@click.option("--limit", type=int, help="At most so many objects, spread evenly; for a quick look.")
@click.option("--threads", type=int, default=2, show_default=True)
def main(data: Path, out: Path, weights: Path, split: str, limit: int | None, threads: int) -> None:
    """Measure and write the tables."""
    scenes = SceneDataset.open(data / "voc")
    bank = ShapeBank(scenes.of_split("train"))
    held_out = list(scenes.of_split("validation" if split == "validation" else "test"))
    denoiser = OnnxDenoiser(weights)
    encoder = StaticTextEncoder(WEIGHTS / "text.npz")
    generator = MaskGenerator(denoiser, encoder, denoiser.card.resolution)
    pipeline = SuggestPipeline(generator, load_ranker(encoder), threads)

    def iou(task: Task, guidance: Guidance, number: int) -> float:
        found = pipeline.candidate(task.scene, task.label, None, guidance, 0, number)
        return mask_iou(found.mask, task.target) if found else 0.0

    def measure(task: Task) -> np.ndarray:
        boxed = [iou(task, task.box(), number) for number in range(4)]
        drawn, rough = task.scribble(), task.scribble(rough=True)
        hints = [iou(task, drawn, 0), mask_iou(drawn.mask, task.target)]
        hints += [iou(task, rough, 0), mask_iou(rough.mask, task.target)]
        return np.array([boxed[0], max(boxed), *hints, *trivial_answers(task, bank)], np.float32)

    labels, rows = measure_all(measure, tasks(held_out, limit), threads)
    result = {
        "protocol": PROTOCOL,
        "split": split,
        "objects": len(labels),
        "views": denoiser.card.views,
        "weights_sha256": hashlib.sha256(weights.read_bytes()).hexdigest(),
        "commit": subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True).stdout.strip(),
        "iou": {name: float(value) for name, value in zip(NAMES, rows.mean(0), strict=True)},
        "classes": {
            label: {"objects": labels.count(label)}
            | {
                name: float(rows[[found == label for found in labels], column].mean())
                for column, name in enumerate(NAMES[:4])
            }
            for label in sorted(set(labels))
        },
        "passes": _passes(pipeline, held_out, limit, threads),
        "leak": {
            fill: float(
                measure_all(
                    lambda task: np.array([iou(task, task.box(), 0)], np.float32),
                    tasks(held_out, min(limit or 200, 200), fill),
                    threads,
                )[1].mean()
            )
            for fill in FILLS
        },
    }
    out.mkdir(parents=True, exist_ok=True)
    (out / "silhouettes.json").write_text(json.dumps(result, indent=1) + "\n")
    (out / "silhouettes.md").write_text(_tables(result))
    click.echo(_tables(result))


def _passes(pipeline, held_out, limit, threads):  # type: ignore[no-untyped-def]
    """Boundary F-score of small objects given their box: seen in the whole canvas, and refined from there."""

    def measure(task: Task) -> np.ndarray:
        tolerance = TOLERANCE_SHARE * float(np.hypot(*task.target.shape))
        rng = np.random.default_rng([0, 0])
        coarse = pipeline.place(task.scene, task.label, None, task.box(), rng)
        refined = (
            None if coarse is None else pipeline.refine(task.scene, task.label, None, Scribble(coarse), rng)
        )
        direct = pipeline.candidate(task.scene, task.label, None, task.box(), 0, 0)
        masks = [coarse, refined and refined.mask, direct and direct.mask]
        scores = [0.0 if mask is None else boundary_f_score(mask, task.target, tolerance) for mask in masks]
        return np.array(scores, np.float32)

    small = (task for task in tasks(held_out, limit) if task.target.mean() < SMALL_SHARE)
    labels, rows = measure_all(measure, small, threads)
    names = ("place (whole canvas)", "refine, from the place pass's mask", "refine, straight from the box")
    scores = {name: float(value) for name, value in zip(names, rows.mean(0), strict=True)}
    return {"objects": len(labels), "boundary_f_score": scores}


def _tables(result: dict) -> str:  # type: ignore[type-arg]
    about = (
        f"Held-out VOC objects ({result['split']} split, {result['objects']} objects, protocol {PROTOCOL});"
        f" weights of {result['views']:,} views. Mean IoU, one candidate an object unless said."
    )
    count = result["passes"]["objects"]
    small = f"Small objects (< {SMALL_SHARE:.0%} of the canvas, {count} of them), box given:"
    classes = [
        f"| {label} | {row['objects']} | " + " | ".join(f"{row[name]:.3f}" for name in NAMES[:3]) + " |"
        for label, row in result["classes"].items()
    ]
    lines = [about, "", *_rows("answer", "IoU", result["iou"]), ""]
    lines += [
        "| class | objects | box | best of 4 | scribble |",
        "|---|---|---|---|---|",
        *classes,
        "",
        small,
        "",
    ]
    lines += [*_rows("pass", "boundary F-score", result["passes"]["boundary_f_score"]), ""]
    lines += _rows("how the removed object's hole is filled", "box IoU", result["leak"])
    return "\n".join(lines) + "\n"


def _rows(name: str, value: str, entries: dict[str, float]) -> list[str]:
    return [
        f"| {name} | {value} |",
        "|---|---|",
        *(f"| {key} | {entry:.3f} |" for key, entry in entries.items()),
    ]


if __name__ == "__main__":
    main()
