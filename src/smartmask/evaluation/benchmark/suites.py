"""The suites that ask for held-out objects: which ones, and what is measured on each.

Every suite is a value; `runner.py` runs any of them, `suite_tables.py` makes tables of what was measured.
`words.py` holds the suite that asks with other words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from smartmask.evaluation.benchmark.answers import TrivialAnswers
from smartmask.evaluation.benchmark.figures import Row
from smartmask.evaluation.benchmark.measures import (
    BEST_OF,
    HINTS,
    RECALL_AT,
    Drawn,
    Parts,
    box_use,
    free,
    free_use,
    guided,
    mask_figures,
    placed,
    ranked,
    truth_violations,
)
from smartmask.evaluation.benchmark.protocol import Rule, absent_classes, exact_objects, whole_objects
from smartmask.evaluation.benchmark.tasks import Mask, Task
from smartmask.scene.guidance import Scribble

Measured = tuple[Row, list[Drawn]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """A list of objects and what is asked of them.

    Attributes:
        title: What it is, in a line.
        about: What it holds and how, in a few sentences.
        counts: Objects of each data set at the most.
        rule: Which objects belong to it.
        hints: The hints it gives; without a hint it asks if `is_free`.
        is_free: Whether it also asks without a hint.
        is_modal: Whether holes are hidden, so that they may leak.
        shards: Only so many shards of each data set are read, so that growing ones stay the same; None = all.
    """

    title: str
    about: str
    counts: Mapping[str, int]
    rule: Rule
    hints: tuple[str, ...] = ()
    is_free: bool = False
    is_modal: bool = False
    shards: int | None = None


_EXACT = (
    "Whole objects, hidden parts included, of scenes that are known exactly. Shown are the layers behind the "
    "object and, for every other one, those in front that nothing links to it."
)
SUITES: dict[str, Suite] = {
    "silhouettes": Suite(
        title="Complete objects of photos, given a hint",
        about="Held-out objects of VOC, COCO and LVIS whose annotation says that they are complete: neither "
        "hidden nor cut off (VOC: not occluded and not truncated; COCO and LVIS: the data's own mark). The "
        "object is taken out of the annotated layout and its hole is hidden as in training.",
        counts={"voc": 110, "coco": 30, "lvis": 10},
        rule=whole_objects,
        hints=tuple(HINTS),
        is_modal=True,
    ),
    "scenes": Suite(
        title="Made scenes, with every hint and with none",
        about=f"Held-out made scenes. {_EXACT}",
        counts={"made": 64},
        rule=exact_objects,
        hints=tuple(HINTS),
        is_free=True,
        shards=40,
    ),
    "codraw": Suite(
        title="Clip-art scenes that people composed",
        about=f"Held-out groups of CoDraw (ten scenes of one sentence are a group). {_EXACT} The shipped "
        "weights have never seen clip art; weights trained on it are not shipped.",
        counts={"codraw": 64},
        rule=exact_objects,
        hints=tuple(HINTS),
        is_free=True,
    ),
    "real": Suite(
        title="Fully annotated photos, without a hint",
        about="Held-out photos that are annotated throughout, stuff and things: COCO panoptic and NYU-40. "
        "All things of one class are taken out, the holes hidden, and each of them is a right answer. "
        "NYU-40 maps are semantic: its things are connected parts, which may hold several.",
        counts={"coco": 20, "nyu40": 44},
        rule=absent_classes,
        is_free=True,
        is_modal=True,
    ),
}


def measure(suite: Suite, task: Task, parts: Parts, answers: TrivialAnswers, seeds: int) -> Measured:
    """All that a suite measures on one object."""
    row: dict[str, float | Sequence[float]] = {}
    pictures: list[Drawn] = []
    for hint in suite.hints:
        found, drawn = guided(parts, task, hint, seeds, BEST_OF if hint == "box" else 1)
        row |= found
        pictures.append(drawn)
        if isinstance(drawn.guidance, Scribble):
            row |= mask_figures(f"({hint})", drawn.guidance.mask, task.target)
    if "box" in suite.hints:
        for name, masks in answers.boxed(task).items():
            row |= _answer(name, masks, task.target)
        row |= box_use(parts, task, _first(row["box, IoU"]))
    if suite.is_free:
        found, drawn = free(parts, task, seeds)
        row |= (
            found
            | truth_violations(task, parts.encoder)
            | free_use(parts, task, _first(found["model, best IoU"]))
        )
        pictures.append(drawn)
        for name, masks in answers.free(task, RECALL_AT[-1]).items():
            row |= placed(name, masks, task, parts.encoder)
        if row["true, violation"] == 0:
            row |= {f"{name}, fair violation": value for name, value in _named(row, ", violation").items()}
    return row | ranked(parts, task), pictures


def _first(value: float | Sequence[float]) -> float:
    return value if isinstance(value, float) else value[0]


def _named(row: Row, ending: str) -> dict[str, float | Sequence[float]]:
    """What was measured under names of an ending, by the names without it."""
    return {name.removesuffix(ending): value for name, value in row.items() if name.endswith(ending)}


def _answer(name: str, masks: Sequence[Mask], target: Mask) -> Row:
    """A trivial answer's figures; of several masks the first, and the best of all."""
    each = [mask_figures(name, mask, target) for mask in masks]
    found = dict(each[0])
    if len(each) > 1:
        for kind in ("IoU", "F"):
            found[f"{name}, best of {len(each)}, {kind}"] = max(
                _first(entry[f"{name}, {kind}"]) for entry in each
            )
    return found
