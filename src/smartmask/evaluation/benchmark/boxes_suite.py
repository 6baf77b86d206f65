"""The suite `boxes`: boxes asked of the placer alone, by the word alone, without masks.

Three collections: pictures that are known by named boxes (`box_tasks.py`), and the objects of the suites
`scenes` and `real`. Beside the placer stand answers that know nothing of the scene, and *oracles*: the
placer's boxes with one thing of theirs made true, which say where recall is lost.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from jaxtyping import Float32

from smartmask.evaluation.benchmark.box_answers import PRIOR, BoxAnswers
from smartmask.evaluation.benchmark.box_tasks import BoxTask
from smartmask.evaluation.benchmark.figures import Row, Table, figure_of
from smartmask.evaluation.metrics.box_density import box_bits, box_points
from smartmask.protocols import Placer
from smartmask.scene.boxes import box_ious

BOXES_TITLE = "Boxes without a hint: where, and how large"
BOXES_ABOUT = (
    "Ten boxes are asked of the placer with the word alone. `boxes`: pictures of Flickr30k Entities and VRD, "
    "never learnt from, one named box taken out and the others given as a layout of filled boxes, which is "
    "coarse: no outlines, little ground. `scenes` and `real`: the objects and layouts of these suites. Boxes "
    "are copied from other pictures of the same collection, none of which is asked for."
)
TEN = 10
HIT = 0.5
DRAWN = 200
"""Boxes that bits are told by."""
BITS_OF = 400
"""Bits are told of so many objects of a collection at the most, the first ones."""
_BOXES, _BITS, _ANSWERS = 41, 42, 43
"""Purposes of random numbers."""
_COLUMNS = ("recall@1", "recall@10", "best IoU", "scale error", "bits over the prior")


@dataclass(frozen=True, slots=True, eq=False)
class BoxCollection:
    """Tasks, and what answers them without looking."""

    tasks: Sequence[BoxTask]
    answers: BoxAnswers


def boxes_tables(
    collections: Mapping[str, BoxCollection],
    placer: Placer,
    threads: int,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, Table]:
    """Measure the placer; a table a collection.

    Args:
        collections: By name.
        placer: Draws boxes.
        threads: Tasks measured side by side.
        on_progress: Called with (tasks measured, tasks).
    """
    total, done = sum(len(one.tasks) for one in collections.values()), 0
    found: dict[str, Table] = {}
    with ThreadPoolExecutor(threads) as pool:
        for name, collection in collections.items():
            rows: list[Row] = []
            tasks, one = collection.tasks, partial(_measured, placer, collection.answers)
            for row in pool.map(one, tasks, [number < BITS_OF for number in range(len(tasks))]):
                rows.append(row)
                done += 1
                on_progress(done, total)
            found[name] = _table(name, rows, collection.tasks)
    return found


def _measured(placer: Placer, answers: BoxAnswers, task: BoxTask, has_bits: bool) -> dict[str, float]:
    """All that is measured on a task, by row and column."""
    height, width = task.layout.size_hw
    scale = np.array([width, height, width, height], np.float32)
    draw = placer.boxes(task.layout, task.label, None, 0)

    def drawn(numbers: Sequence[int | None], purpose: int) -> Float32[np.ndarray, "K 4"]:
        rng = np.random.default_rng([task.number, purpose])
        return np.array([draw(number, rng, None) for number in numbers], np.float32) / scale

    rng = np.random.default_rng([task.number, _ANSWERS])
    others = answers.draw(task, DRAWN if has_bits else TEN, rng)
    boxes = drawn(range(TEN), _BOXES)
    by_row = {"placer": boxes} | {name: found[:TEN] for name, found in others.items()}
    row: dict[str, float] = {}
    for name, found in (by_row | _oracles(boxes, task.truths[0])).items():
        row |= {f"{name}, {column}": value for column, value in _figures(found, task).items()}
    if has_bits:
        told = {"placer": drawn([None] * DRAWN, _BITS)} | others
        bits = {name: float(box_bits(found, task.truths).max()) for name, found in told.items()}
        row |= {f"{name}, bits over the prior": value - bits[PRIOR] for name, value in bits.items()}
    return row


def _figures(boxes: Float32[np.ndarray, "K 4"], task: BoxTask) -> dict[str, float]:
    ious = box_ious(boxes, task.truths).max(1)
    points, true = box_points(boxes), box_points(task.truths)
    nearest = np.hypot(*(points[:, None, :2] - true[None, :, :2]).T).T.argmin(1)
    octaves = np.abs((points[:, 2:] - true[nearest][:, 2:]).sum(1)) / (2 * np.log(2))
    return {
        "recall@1": float(ious[0] > HIT),
        f"recall@{TEN}": float((ious > HIT).any()),
        "best IoU": float(ious.max()),
        "scale error": float(octaves.mean()),
    }


def _oracles(
    boxes: Float32[np.ndarray, "K 4"], true: Float32[np.ndarray, "4"]
) -> dict[str, Float32[np.ndarray, "K 4"]]:
    """The boxes with the true foot point, the true area, or the true proportions."""
    points, right = box_points(boxes), box_points(true[None])[0]
    own, wanted = points[:, 2:], right[2:]
    half = (wanted.sum() - own.sum(1, keepdims=True)) / 2
    turned = (wanted[0] - wanted[1] - (own[:, :1] - own[:, 1:])) / 2
    return {
        "placer, true foot point": _of_points(np.concatenate([np.tile(right[:2], (len(points), 1)), own], 1)),
        "placer, true size": _of_points(np.concatenate([points[:, :2], own + half], 1)),
        "placer, true proportions": _of_points(
            np.concatenate([points[:, :2], own + turned * np.array([1, -1])], 1)
        ),
    }


def _of_points(points: np.ndarray) -> Float32[np.ndarray, "K 4"]:
    middle, foot, wide, high = points[:, 0], points[:, 1], np.exp(points[:, 2]), np.exp(points[:, 3])
    return np.stack([middle - wide / 2, foot - high, middle + wide / 2, foot], 1).astype(np.float32)


def _table(name: str, rows: Sequence[Row], tasks: Sequence[BoxTask]) -> Table:
    names = [entry.removesuffix(", best IoU") for entry in rows[0] if entry.endswith(", best IoU")]
    sources = sorted({task.source for task in tasks})
    found = {
        who: tuple(figure_of(rows, f"{who}, {column}", [task.group for task in tasks]) for column in _COLUMNS)
        for who in names
    }
    for source in sources if len(sources) > 1 else ():
        own = [number for number, task in enumerate(tasks) if task.source == source]
        for who in names[:3]:
            found[f"{who}: {source}"] = tuple(
                figure_of([rows[n] for n in own], f"{who}, {column}", [tasks[n].group for n in own])
                for column in _COLUMNS
            )
    return Table(
        title=f"Ten boxes: {name}",
        note=f"Recall@k: the share of objects of whose first k boxes one has IoU > {HIT} with the true box. "
        "Best IoU: of the ten. Scale error: octaves of the root of the area, mean over the ten, from the "
        f"nearest true box. Bits: log2 of the density of the true box, told by {DRAWN} boxes drawn "
        "(`metrics/box_density.py`), above that of the class prior, of the first "
        f"{BITS_OF} objects. Rows with a comma are oracles: the ten with that made true.",
        columns=_COLUMNS,
        rows=found,
        chart=f"recall@{TEN}",
    )
