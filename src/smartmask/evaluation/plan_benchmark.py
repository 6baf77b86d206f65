"""The planning benchmark: prompts kept, things held up, scenes like real ones. Receives built pipelines.

Two parts. *Prompts*: each prompt of `plan_prompts.json` is planned with masks, and the finished layout is
scored (`plan_prompts.py`, `model/planner/support.py`). *Statistics*: the texts of held-out scenes are planned
with the boxes alone, each thing as its filled box, and the set is compared with the held-out scenes
(`plan_statistics.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from smartmask.data.layered_scene import LayeredScene
from smartmask.evaluation.plan_prompts import BenchmarkPrompt, PromptScore, score_prompt
from smartmask.evaluation.plan_statistics import Things
from smartmask.model.planner.support import SupportRules
from smartmask.protocols import PlannedObject, Planner
from smartmask.scene.boxes import BoxXYXY
from smartmask.scene.camera import Camera
from smartmask.scene.layout import Layer, Layout

PROTOCOL = 2
CELLS = 96


@dataclass(frozen=True, slots=True)
class PromptResult:
    """How one prompt came out.

    Attributes:
        score: What was kept of it.
        things: Things placed.
        unsupported: Those of them that break the rule of their hold.
        labels: What they are, in the order of the layout.
    """

    score: PromptScore
    things: int
    unsupported: int
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """Shares over prompts, relations and things; counts beside them.

    Attributes:
        prompts: How many.
        all_named: Of the prompts, those all of whose labels are there.
        recall: Of the named labels, those that are there.
        all_counted: Of the prompts, those with all counts right.
        relations: How many relations.
        relations_kept: Of them, those that hold.
        things: Things placed.
        unsupported: Of them, those that nothing holds.
    """

    prompts: int
    all_named: float
    recall: float
    all_counted: float
    relations: int
    relations_kept: float
    things: int
    unsupported: float


def score_layout(prompt: BenchmarkPrompt, layout: Layout, start: Layout, rules: SupportRules) -> PromptResult:
    """Score a finished layout."""
    placed = placed_layers(layout, start)
    unsupported = count_unsupported(layout, placed, rules)
    labels = tuple(layout.layers[number].label for number in placed)
    return PromptResult(score_prompt(prompt, layout), len(placed), unsupported, labels)


def placed_layers(layout: Layout, start: Layout) -> list[int]:
    """Numbers of the layers that were not there at the start."""
    there = {id(layer) for layer in start.layers}
    return [number for number, layer in enumerate(layout.layers) if id(layer) not in there]


def count_unsupported(layout: Layout, things: Sequence[int], rules: SupportRules) -> int:
    """How many of these layers break the rule of their hold; all that is behind them may hold them."""
    broken = 0
    placed = set(things)
    for number in things:
        behind = layout.first(number)
        surfaces = rules.surfaces(behind, [place not in placed for place in range(number)], CELLS)
        layer = layout.layers[number]
        if layer.mask.any() and not rules.is_held(layer.label, layer.mask, surfaces):
            broken += 1
    return broken


def summarize(prompts: Sequence[BenchmarkPrompt], results: Sequence[PromptResult]) -> Summary:
    """The shares of a set of prompts."""
    relations = [held for result in results for held in result.score.relations]
    things = sum(result.things for result in results)
    named = [result.score.recall * len(prompt.named) for prompt, result in zip(prompts, results, strict=True)]
    return Summary(
        prompts=len(results),
        all_named=float(np.mean([result.score.recall == 1 for result in results])),
        recall=float(sum(named) / max(sum(len(prompt.named) for prompt in prompts), 1)),
        all_counted=float(np.mean([result.score.is_counted for result in results])),
        relations=len(relations),
        relations_kept=float(np.mean(relations)) if relations else 1.0,
        things=things,
        unsupported=sum(result.unsupported for result in results) / max(things, 1),
    )


def things_as_layout(things: Things, start: Layout) -> Layout:
    """A baseline's things on a start, rearmost first by where their feet are, each as its filled box."""
    layout = start
    for number in np.argsort(things.boxes[:, 3], kind="stable").tolist():
        layout = layout.push(
            Layer(things.labels[number], box_mask(things.boxes[number].tolist(), start), "amodal")
        )
    return layout


def plan_boxes(
    planner: Planner, start: Layout, prompt: str, limit: int, seed: int, camera: Camera | None = None
) -> Layout:
    """A planned scene without masks: each thing fills its box. Things without a box are left out."""
    layout = start
    placed: list[PlannedObject] = []
    for number in range(limit):
        planned = planner.next_object(layout, prompt, placed, seed + number, camera)
        if planned is None:
            break
        if planned.box_xyxy is None:
            continue
        height, width = layout.size_hw
        x0, y0, x1, y1 = planned.box_xyxy
        mask = box_mask((x0 / width, y0 / height, x1 / width, y1 / height), layout)
        place = len(layout) if planned.behind is None else planned.behind
        layers = (*layout.layers[:place], Layer(planned.label, mask, "amodal"), *layout.layers[place:])
        layout = Layout(layout.size_hw, layers)
        placed.append(planned)
    return layout


def box_mask(box: Sequence[float] | BoxXYXY, canvas: Layout) -> np.ndarray:
    """A box in shares of the canvas, filled as far as it lies on it; at least one pixel."""
    height, width = canvas.size_hw
    x0, y0, x1, y1 = box
    left, top = min(max(round(x0 * width), 0), width - 1), min(max(round(y0 * height), 0), height - 1)
    mask = np.zeros((height, width), bool)
    mask[top : max(round(y1 * height), top + 1), left : max(round(x1 * width), left + 1)] = True
    return mask


def scene_unsupported(scenes: Sequence[LayeredScene], rules: SupportRules) -> tuple[int, int]:
    """Things of real scenes, and those of them that break the rule: what the rule itself gets wrong."""
    things = broken = 0
    for scene in scenes:
        layout = scene.layout()
        numbers = [number for number, layer in enumerate(scene.layers) if layer.is_thing]
        things += len(numbers)
        broken += count_unsupported(layout, numbers, rules)
    return things, broken
