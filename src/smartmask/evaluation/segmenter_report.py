"""How good the embedded segmenter is, and what it costs in masks."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import UInt8

from smartmask.data.annotations.base import Problems
from smartmask.data.labelled_photos import LabelledPhoto, read_labelled_photos
from smartmask.data.layered_scene import Split
from smartmask.data.shards import SceneDataset
from smartmask.evaluation.layout_cost import SOURCES, LayoutTask, layout_tasks
from smartmask.evaluation.segmenter import PROTOCOL, evaluate_segmenter
from smartmask.pipelines.suggest import SuggestPipeline
from smartmask.protocols import Segmenter
from smartmask.scene.boxes import box_of
from smartmask.scene.guidance import Box, NoGuidance
from smartmask.scene.layout import Layout
from smartmask.scene.masks import mask_iou

SPLITS: tuple[Split, ...] = ("validation", "test")
HIT = 0.5


def measure_segmenter(
    segmenter: Segmenter, photos: Path, dataset: SceneDataset | None, suggest: SuggestPipeline, limit: int
) -> dict[str, Any]:
    """Compare its layouts of all held-out photos with annotated ones, and masks drawn on both.

    Args:
        segmenter: The segmenter.
        photos: Folder of photos and their scenes.parquet.
        dataset: The same photos' layouts; None = what it costs in masks is not measured.
        suggest: Draws the masks.
        limit: Objects drawn, at most.

    Raises:
        AnnotationError: If the photos or the dataset cannot be read.
    """
    segmenter = _Remembering(segmenter)
    problems = Problems()
    labelled = {split: read_labelled_photos(photos, [split], problems) for split in SPLITS}
    scores: dict[str, dict[str, Any]] = {
        split: asdict(evaluate_segmenter(segmenter, found)) for split, found in labelled.items()
    }
    together = [photo for found in labelled.values() for photo in found]
    scores["both"] = asdict(evaluate_segmenter(segmenter, together))
    cost = None if dataset is None else _cost(together, dataset, segmenter, suggest, limit)
    left_out = {"left_out": dict(problems.counts)} if problems.counts else {}
    return {"protocol": PROTOCOL, "scores": scores, "cost": cost, **left_out}


class _Remembering:
    """A segmenter that is asked once for each photo, which must live as long as it."""

    def __init__(self, segmenter: Segmenter) -> None:
        self._segmenter = segmenter
        self._found: dict[int, Layout] = {}

    def segment(self, image: UInt8[np.ndarray, "H W 3"]) -> Layout:
        """The layout of a photo."""
        if id(image) not in self._found:
            self._found[id(image)] = self._segmenter.segment(image)
        return self._found[id(image)]


def _cost(
    photos: list[LabelledPhoto],
    dataset: SceneDataset,
    segmenter: Segmenter,
    suggest: SuggestPipeline,
    limit: int,
) -> dict[str, Any]:
    """How much worse masks are on its layouts than on annotated ones."""
    images = {photo.key: photo.image for photo in photos}
    pairs = [(images[scene.group], scene) for split in SPLITS for scene in dataset.of_split(split)]
    rows = np.array([_measured(suggest, task) for task in layout_tasks(pairs, segmenter, limit)])
    return {
        "objects": len(rows),
        **{
            source: {
                "box_iou": float(rows[:, place, 0].mean()),
                "free_hit": float((rows[:, place, 1] > HIT).mean()),
                "free_iou": float(rows[:, place, 1].mean()),
            }
            for place, source in enumerate(SOURCES)
        },
        "box_iou_lost": _interval(rows[:, 0, 0] - rows[:, 1, 0]),
        "free_iou_lost": _interval(rows[:, 0, 1] - rows[:, 1, 1]),
    }


def _measured(pipeline: SuggestPipeline, task: LayoutTask) -> list[list[float]]:
    """IoU given the box, and the best of four without a hint, on each layout."""
    rows, box = [], Box(box_of(task.target))
    for source in SOURCES:
        scene = task.scenes[source]
        boxed = pipeline.candidate(scene, task.label, None, box, 0, 0)
        free = [pipeline.candidate(scene, task.label, None, NoGuidance(), 0, n) for n in range(4)]
        best = max((mask_iou(found.mask, task.target) for found in free if found), default=0.0)
        rows.append([mask_iou(boxed.mask, task.target) if boxed else 0.0, best])
    return rows


def _interval(differences: np.ndarray) -> list[float]:
    """Mean over objects, and the ends of its 95 % interval from 2,000 resamplings."""
    rng = np.random.default_rng(0)
    picks = rng.integers(0, len(differences), (2000, len(differences)))
    low, high = np.quantile(differences[picks].mean(1), (0.025, 0.975))
    return [float(differences.mean()), float(low), float(high)]


def segmenter_tables(result: dict[str, Any]) -> str:
    """What was measured, as Markdown."""
    scores = result["scores"]
    names = ["photos", "pixel_accuracy", "mean_iou", "grouped_iou", "panoptic_quality"]
    names += ["panoptic_quality_things", "panoptic_quality_stuff"]
    lines = [
        f"The embedded segmenter on held-out COCO photos (protocol {PROTOCOL}); pixels that nobody "
        "annotated are left out, IoU is over pooled pixels.",
        "",
        "| figure | " + " | ".join(scores) + " |",
        "|---|" + "---|" * len(scores),
        *(
            f"| {name} | " + " | ".join(f"{score[name]:.3g}" for score in scores.values()) + " |"
            for name in names
        ),
    ]
    if result["cost"] is not None:
        lines += _cost_tables(result["cost"])
    for title, key in (("group", "iou_of_groups"), ("class", "iou")):
        lines += ["", f"| {title} | IoU |", "|---|---|"]
        lines += [f"| {name} | {iou:.3f} |" for name, iou in sorted(scores["both"][key].items())]
    return "\n".join(lines) + "\n"


def _cost_tables(cost: dict[str, Any]) -> list[str]:
    lines = [
        "",
        f"What it costs in masks: {cost['objects']} objects of these photos asked for again, by a mask model "
        f"of {cost['mask_model_views']:,} views. A hit is IoU > {HIT} of the best of four.",
        "",
        "| layout | box given, IoU | no hint, best of 4, IoU | no hint, hits |",
        "|---|---|---|---|",
    ]
    for source in SOURCES:
        row = cost[source]
        lines.append(f"| {source} | {row['box_iou']:.3f} | {row['free_iou']:.3f} | {row['free_hit']:.0%} |")
    lines += ["", "| lost against the annotated layout | mean and 95 % interval |", "|---|---|"]
    for name, key in (("box given", "box_iou_lost"), ("no hint, best of 4", "free_iou_lost")):
        mean, low, high = cost[key]
        lines.append(f"| {name} | {mean:+.3f} ({low:+.3f} to {high:+.3f}) |")
    return lines
