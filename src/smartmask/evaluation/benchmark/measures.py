"""What is measured on one object, by name; suites choose from it, and `figures.py` makes means of it.

One candidate is drawn for each seed unless "best of" says otherwise, and none is chosen. A candidate that
came out empty has IoU 0 and boundary F-score 0 and hits nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool

from smartmask.evaluation.benchmark.ranking import misplaced
from smartmask.evaluation.benchmark.tasks import Task
from smartmask.evaluation.metrics.boundary import boundary_f_score
from smartmask.evaluation.metrics.diversity import diversity
from smartmask.evaluation.metrics.placement import location_recall, scale_error
from smartmask.evaluation.metrics.separation import paired_auc
from smartmask.evaluation.metrics.violations import violations
from smartmask.pipelines.generate import Scene
from smartmask.pipelines.suggest import SuggestPipeline
from smartmask.pipelines.suggestion import Suggestion
from smartmask.protocols import Ranker, TextEncoder
from smartmask.scene.guidance import Guidance, NoGuidance
from smartmask.scene.masks import mask_iou

TOLERANCE_SHARE = 0.004
"""Boundary tolerance as a share of the canvas's diagonal: 2.5 px at 500x375, 1.6 px at 320x240."""
BEST_OF = 4
RECALL_AT = (1, 4, 10)
"""The last one is measured with the first seed alone, the others with each."""
HINTS: dict[str, Callable[[Task], Guidance]] = {
    "box": Task.box,
    "region": Task.region,
    "scribble": Task.scribble,
    "rough scribble": lambda task: task.scribble(rough=True),
}
Mask = Bool[np.ndarray, "H W"]
Measured = dict[str, float | list[float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What is measured, built.

    Attributes:
        pipeline: Draws masks.
        ranker: Scores them.
        encoder: Its text encoder, for the rules of where things can be.
    """

    pipeline: SuggestPipeline
    ranker: Ranker
    encoder: TextEncoder


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """What one request brought.

    Attributes:
        hint: Its name, "" if there was none.
        guidance: What was drawn for the model.
        found: The candidates of the first seed, in the order of their numbers; None if one is empty.
    """

    hint: str
    guidance: Guidance
    found: tuple[Suggestion | None, ...]


def draw(
    parts: Parts, scene: Scene, label: str, guidance: Guidance, seed: int, count: int
) -> list[Suggestion | None]:
    """The first candidates of a seed."""
    return [parts.pipeline.candidate(scene, label, None, guidance, seed, number) for number in range(count)]


def guided(parts: Parts, task: Task, hint: str, seeds: int, best_of: int = 1) -> tuple[Measured, Drawn]:
    """IoU and boundary F-score of what a hint brought, with each seed."""
    guidance = HINTS[hint](task)
    drawn = [draw(parts, task.scene, task.label, guidance, seed, best_of) for seed in range(seeds)]
    ious = [[iou_of(item, task.target) for item in found] for found in drawn]
    measured: Measured = {
        f"{hint}, IoU": [row[0] for row in ious],
        f"{hint}, F": [boundary_f(found[0], task.target) for found in drawn],
    }
    if best_of > 1:
        measured[f"{hint}, best of {best_of}, IoU"] = [max(row) for row in ious]
        measured[f"{hint}, best of {best_of}, F"] = [
            max(boundary_f(item, task.target) for item in found) for found in drawn
        ]
    return measured, Drawn(hint, guidance, tuple(drawn[0]))


def mask_figures(name: str, mask: Mask, target: Mask) -> Measured:
    """IoU and boundary F-score of a mask that no seed takes part in."""
    return {f"{name}, IoU": mask_iou(mask, target), f"{name}, F": _f_score(mask, target)}


def free(parts: Parts, task: Task, seeds: int) -> tuple[Measured, Drawn]:
    """Place and scale of what came without a hint, with each seed."""
    drawn = [
        draw(parts, task.scene, task.label, NoGuidance(), seed, RECALL_AT[-1] if seed == 0 else BEST_OF)
        for seed in range(seeds)
    ]
    rows = [placed("model", [mask_of(item) for item in found], task, parts.encoder) for found in drawn]
    measured: Measured = {name: [row[name] for row in rows if name in row] for name in rows[0]}
    tops = [_top(found[:BEST_OF]) for found in drawn]
    measured["top, recall@1"] = [float(_hits(mask, task)) for mask in tops]
    measured["top, violation"] = [
        float("nan") if mask is None else _violation(mask, task, parts.encoder)["violation"] for mask in tops
    ]
    return measured, Drawn("", NoGuidance(), tuple(drawn[0]))


def placed(name: str, masks: Sequence[Mask | None], task: Task, encoder: TextEncoder) -> dict[str, float]:
    """What is measured of masks that somebody placed without a hint; the first `BEST_OF` but for recall."""
    kept = [mask for mask in masks if mask is not None and mask.any()]
    first = [mask for mask in masks[:BEST_OF] if mask is not None and mask.any()]
    counts = [count for count in RECALL_AT if count <= len(masks)]
    ordered = [np.zeros_like(task.target) if mask is None else mask for mask in masks]
    found = {
        f"{name}, recall@{count}": float(hit)
        for count, hit in zip(counts, location_recall(ordered, task.truths, counts), strict=True)
    }
    found[f"{name}, best IoU"] = best_iou(first, task)
    found[f"{name}, scale error"] = _mean([scale_error(mask, task.truths) for mask in first])
    found[f"{name}, diversity"] = diversity(first)
    found[f"{name}, empty"] = 1 - len(kept) / max(len(masks), 1)
    broken = [_violation(mask, task, encoder) for mask in first]
    for rule in ("violation", "floating", "outside support", "through nearer"):
        found[f"{name}, {rule}"] = _mean([entry[rule] for entry in broken])
    return found


def truth_violations(task: Task, encoder: TextEncoder) -> Measured:
    """How often the true objects themselves break the rules."""
    broken = [_violation(mask, task, encoder) for mask in task.truths]
    return {f"true, {rule}": _mean([entry[rule] for entry in broken]) for rule in broken[0]}


def box_use(parts: Parts, task: Task, boxed: float) -> Measured:
    """What the layout and the words add to the IoU given the box, with the first seed.

    Args:
        parts: What is measured.
        task: The object.
        boxed: The IoU with the true layout and the right label.
    """
    box = task.box()
    astray = parts.pipeline.candidate(task.other_scene(), task.label, None, box, 0, 0)
    misnamed = parts.pipeline.candidate(task.scene, task.wrong_label, None, box, 0, 0)
    return {
        "box, context use": boxed - iou_of(astray, task.target),
        "box, text use": boxed - iou_of(misnamed, task.target),
    }


def free_use(parts: Parts, task: Task, best: float) -> Measured:
    """What the layout and the words add to the best IoU of four without a hint, with the first seed.

    Args:
        parts: What is measured.
        task: The object.
        best: The best IoU with the true layout and the right label.
    """
    astray = draw(parts, task.other_scene(), task.label, NoGuidance(), 0, BEST_OF)
    misnamed = draw(parts, task.scene, task.wrong_label, NoGuidance(), 0, BEST_OF)
    return {
        "free, context use": best - best_iou([item.mask for item in astray if item], task),
        "free, text use": best - best_iou([item.mask for item in misnamed if item], task),
    }


def ranked(parts: Parts, task: Task) -> Measured:
    """How often the true mask's score is above that of a misplaced one, by kind and over all of them.

    Both are scored in a layout with the same kind of hole under each (`Task.with_hole`).
    """

    def wins(other: Mask) -> float:
        scene = task.with_hole(other)
        true, false = (
            parts.ranker.score(scene.visible_index, scene.layout.labels, mask, task.label, None)
            for mask in (task.target, other)
        )
        return paired_auc(np.array([true]), np.array([[false]]))

    kinds = {kind: [wins(mask) for mask in masks] for kind, masks in misplaced(task).items()}
    found: Measured = {f"rank, {kind}": _mean(won) for kind, won in kinds.items() if won}
    found["rank, all"] = _mean([one for won in kinds.values() for one in won])
    return found


def mask_of(found: Suggestion | None) -> Mask | None:
    """The mask of a candidate; None if it is empty."""
    return None if found is None else found.mask


def iou_of(found: Suggestion | None, target: Mask) -> float:
    """IoU of a candidate; 0 if it is empty."""
    return 0.0 if found is None else mask_iou(found.mask, target)


def boundary_f(found: Suggestion | None, target: Mask) -> float:
    """Boundary F-score of a candidate; 0 if it is empty."""
    return 0.0 if found is None else _f_score(found.mask, target)


def best_iou(masks: Sequence[Mask], task: Task) -> float:
    """The best IoU of any mask with any true object; 0 without masks."""
    return max((mask_iou(mask, truth) for mask in masks for truth in task.truths), default=0.0)


def _f_score(mask: Mask, target: Mask) -> float:
    return boundary_f_score(mask, target, TOLERANCE_SHARE * float(np.hypot(*target.shape)))


def _violation(mask: Mask, task: Task, encoder: TextEncoder) -> dict[str, float]:
    found = violations(task.scene.layout, task.scene.visible_index, mask, task.label, encoder)
    return {
        "violation": float(found.any),
        "floating": float(found.floating),
        "outside support": float(found.outside_support),
        "through nearer": float(found.through_nearer),
    }


def _top(found: Sequence[Suggestion | None]) -> Mask | None:
    """The candidate with the highest score."""
    best = max((item for item in found if item), key=lambda item: item.score, default=None)
    return mask_of(best)


def _hits(mask: Mask | None, task: Task) -> bool:
    return mask is not None and location_recall([mask], task.truths, (1,))[0]


def _mean(values: Sequence[float]) -> float:
    """The mean of the values that are defined; NaN if there is none."""
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")
