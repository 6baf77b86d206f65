"""How true to scale planned things are: metres of their kind, through the camera that the scene began with.

For a thing whose label has metres in the table (`language/kinds.py`, read as a label or a synonym), m high
and d deep, with its foot on row y of the ground, the camera sees it so many pixels high: from y up to its top
edge in front, or the one d farther back if that is higher in the picture. Its error, in octaves:

    |log2(drawn height / that)|,  `MOST` at the most, which is what stands where no ground is

The pose goes by width over height where the poses of a kind are known (`perspective/scales.py`): who is as
wide as high sits. What something carries stands where that does. Not judged: what hangs or flies, what lies
flat, and what the canvas cuts off above or below, whose height or foot nobody sees.

A scene of few things, or all of one size at random places, can have no error at all: so the number of things
that were judged stands beside it, and a row of such scenes (`sized_anywhere`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from smartmask.evaluation.plan_statistics import Things
from smartmask.language.kinds import Kind, Kinds
from smartmask.model.planner.footprints import DEPTH_SHARE
from smartmask.model.planner.metric import posed_heights
from smartmask.perspective.stands import FLAT_M, Stands
from smartmask.pipelines.planning.plan import PlanSession
from smartmask.scene.boxes import box_of
from smartmask.scene.camera import Camera
from smartmask.scene.layout import Layout

MOST = 5.0
_HANGING = frozenset(("wall", "ceiling", "air"))
_KNOWN = frozenset(("label", "synonym"))


@dataclass(frozen=True, slots=True)
class PerspectiveSummary:
    """Errors of a set of things, in octaves.

    Attributes:
        judged: How many things.
        median: Their median error.
        over_octave: Share of them whose error is above 1.
    """

    judged: int
    median: float
    over_octave: float

    @staticmethod
    def of(errors: Sequence[float]) -> "PerspectiveSummary":
        """The summary of errors; 0 of none."""
        found = np.array(errors or [0.0])
        return PerspectiveSummary(len(errors), float(np.median(found)), float((found > 1).mean()))


def perspective_errors(layout: Layout, camera: Camera, words: Mapping[int, str]) -> dict[int, float]:
    """The error of each thing that can be judged, by its layer's number.

    Args:
        layout: The finished scene.
        camera: That it is seen by.
        words: The layers to judge, and what is known of each: its label or a description.
    """
    find, stands, height = Kinds().find, Stands(layout, camera), layout.size_hw[0]
    errors = {}
    for number, told in words.items():
        mask, found = layout.layers[number].mask, find(told)
        if found is None or found.how not in _KNOWN or not mask.any():
            continue
        kind = found.kind
        x0, y0, x1, y1 = (int(value) for value in box_of(mask))
        if kind.hold in _HANGING or kind.height_m <= FLAT_M or y0 <= 0 or y1 >= height:
            continue
        foot = y1
        if stands.crops[number] is not None and (carrier := stands.carrier(number)) is not None:
            foot = max(foot, int(box_of(layout.layers[carrier].mask)[3]))
        if foot >= height:
            continue
        expected = seen_height(kind, camera, foot, (x1 - x0) / (y1 - y0))
        error = abs(np.log2((y1 - y0) / expected)) if expected > 0 else MOST
        errors[number] = float(min(error, MOST))
    return errors


def seen_height(kind: Kind, camera: Camera, foot: float, aspect: float) -> float:
    """How many pixels high a camera sees a thing of a kind; 0 where no ground is.

    Args:
        kind: What it is.
        camera: That sees it.
        foot: The row that its foot is on.
        aspect: Its width over height, which tells the pose.
    """
    if foot <= camera.horizon:
        return 0.0
    posed = float(posed_heights(kind, np.array([aspect]))[0])
    metres = kind.height_m if np.isnan(posed) else posed
    along = camera.depth_at(foot) / np.cos(camera.pitch) + camera.height_m * np.tan(camera.pitch)
    depths = np.array([along, along + DEPTH_SHARE * kind.length_m])
    tops = camera.project(np.stack([depths, np.zeros(2), np.full(2, metres)], 1))[:, 1]
    return float(foot - tops.min())


def session_words(session: PlanSession) -> dict[int, str]:
    """The layers that a session placed, by their numbers now, and what each was described as."""
    words: dict[int, str] = {}
    for step in session.steps:
        words = {number + (number >= step.number): told for number, told in words.items()}
        words[step.number] = step.planned.description
    return words


def sized_anywhere(things: Things, camera: Camera, rng: np.random.Generator) -> Things:
    """Things of a scene at feet drawn at random on the ground, each exactly as high as its kind is there.

    That wins by scale alone, and says what scale does not tell: nothing of the prompt's places is kept, and
    nothing of what holds things up.
    """
    find, (height, width) = Kinds().find, camera.size_hw
    labels: list[str] = []
    boxes: list[Float[np.ndarray, 4]] = []
    for label, (x0, y0, x1, y1) in zip(things.labels, things.boxes.tolist(), strict=True):
        found = find(label)
        aspect = (x1 - x0) * width / max((y1 - y0) * height, 1e-6)
        foot = rng.uniform(max(camera.horizon + 0.05 * height, 0), 0.98 * height)
        tall = seen_height(found.kind, camera, foot, aspect) if found else (y1 - y0) * height
        middle = rng.uniform(0.1, 0.9) * width
        box = middle - aspect * tall / 2, foot - tall, middle + aspect * tall / 2, foot
        boxes.append(np.clip(np.array(box) / np.array([width, height] * 2), 0, 1))
        labels.append(label)
    return Things.of(labels, np.array(boxes, np.float32).reshape(-1, 4))
