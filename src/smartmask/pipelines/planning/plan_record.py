"""What a planned scene is kept as, and how it is made again.

    {"format": "smartmask-plan", "version": 2, "prompt": "...", "seed": 0, "limit": 12, "planner": "embedded",
     "weights_sha256": "...", "start": {a layout JSON (data/layout_files.py)},
     "camera": {what the start is seen by (camera_record.py)},
     "steps": [{"label": "couch", "description": "a couch", "box_xyxy": [x0, y0, x1, y1] or null,
                "behind": 3 or null, "by": "planner" or "user",
                "seed": 1, "candidates": 2, "choice": 0, "score": 0.52, "counts": "..."}, ...]}

A record holds each mask twice: as what it was drawn from, and as its pixels (COCO run lengths). So the scene
can be had without any model (`PlanRecord.layout`), and made again by the same weights, mask by mask, each
compared with its pixels (`replay`). The planner is not asked again: its answers are in the record. `resume`
makes it again as a session, in which steps can be taken back, changed and put in between, and which goes on.
Records of version 1 hold no camera: where one is needed, it is estimated from the start.
"""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Bool

from smartmask.arguments import check_kind
from smartmask.data.layout_files import layout_to_json, parse_layout
from smartmask.data.layouts.checks import check_layer_count, field, parse_json, read_bytes, short
from smartmask.data.photos import MAX_MEGAPIXELS
from smartmask.errors import LayoutFileError
from smartmask.perspective.estimate import estimate_camera
from smartmask.pipelines.planning.camera_record import camera_record, parse_camera
from smartmask.pipelines.planning.plan import MAX_OBJECTS, PlanSession, check_plan_request
from smartmask.pipelines.planning.plan_step import PlanStep, check_planned, draw_masks, insert_layer
from smartmask.pipelines.suggest import MAX_SUGGESTIONS, SuggestPipeline
from smartmask.protocols import PlannedObject, Planner
from smartmask.scene.camera import Camera
from smartmask.scene.layout import Layer, Layout
from smartmask.scene.rle import decode_rle, encode_rle

FORMAT = "smartmask-plan"
VERSION = 2
VERSIONS = (1, VERSION)
"""Those that are read."""
_KEYS = (
    "format", "version", "prompt", "seed", "limit", "planner", "weights_sha256", "start", "camera", "steps",
)  # fmt: skip
_STEP_KEYS = (
    "label", "description", "box_xyxy", "behind", "by", "seed", "candidates", "choice", "score", "counts",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class RecordedStep:
    """An object of a recorded scene; see `PlanStep`."""

    planned: PlannedObject
    mask: Bool[np.ndarray, "H W"]
    score: float
    seed: int
    candidates: int
    choice: int
    by_planner: bool


@dataclass(frozen=True, slots=True, eq=False)
class PlanRecord:
    """A planned scene.

    Attributes:
        prompt: What it shows.
        seed: That it was planned with.
        limit: Objects that it could have had.
        planner: Who planned it ("embedded", "vlm:...").
        weights_sha256: Of the mask model's file.
        start: What was there.
        camera: That it is seen by, at every step.
        steps: What came, in order.
    """

    prompt: str
    seed: int
    limit: int
    planner: str
    weights_sha256: str
    start: Layout
    camera: Camera
    steps: tuple[RecordedStep, ...]

    @staticmethod
    def of(session: PlanSession, planner: str, weights_sha256: str) -> "PlanRecord":
        """The record of a session as it is now."""
        steps = [
            RecordedStep(
                step.planned,
                step.suggestion.mask,
                step.suggestion.score,
                step.seed,
                step.candidates,
                step.choice,
                step.by_planner,
            )
            for step in session.steps
        ]
        return PlanRecord(
            session.prompt,
            session.seed,
            session.limit,
            planner,
            weights_sha256,
            session.start,
            session.camera,
            tuple(steps),
        )

    def layouts(self) -> list[Layout]:
        """The start, and the scene after each step, from the recorded masks."""
        layouts = [self.start]
        for step in self.steps:
            layouts.append(_with(layouts[-1], step.planned, step.mask))
        return layouts

    def layout(self) -> Layout:
        """The finished scene, from the recorded masks."""
        return self.layouts()[-1]

    def to_json(self) -> bytes:
        """The content of a record file."""
        steps = [
            {
                "label": step.planned.label,
                "description": step.planned.description,
                "box_xyxy": None
                if step.planned.box_xyxy is None
                else [float(v) for v in step.planned.box_xyxy],
                "behind": step.planned.behind,
                "by": "planner" if step.by_planner else "user",
                "seed": step.seed,
                "candidates": step.candidates,
                "choice": step.choice,
                "score": float(step.score),
                "counts": encode_rle(step.mask),
            }
            for step in self.steps
        ]
        values = (
            FORMAT, VERSION, self.prompt, self.seed, self.limit, self.planner, self.weights_sha256,
            json.loads(layout_to_json(self.start)), camera_record(self.camera), steps,
        )  # fmt: skip
        return (json.dumps(dict(zip(_KEYS, values, strict=True)), indent=1, allow_nan=False) + "\n").encode()


def replay(
    record: PlanRecord,
    suggest: SuggestPipeline,
    on_step: Callable[[int, int], None] = lambda done, total: None,
) -> Layout:
    """Make a recorded scene again, every mask from its seed, and make sure that it is the same bit for bit.

    Args:
        record: The scene.
        suggest: Draws masks, with the weights of the record.
        on_step: Called with (objects drawn, objects).

    Raises:
        LayoutFileError: If a mask differs from the recorded one; the object and the pixels are named.
    """
    for _ in _steps_again(record, suggest, on_step):
        pass
    return record.layout()


def resume(
    record: PlanRecord,
    planner: Planner,
    suggest: SuggestPipeline,
    on_step: Callable[[int, int], None] = lambda done, total: None,
) -> PlanSession:
    """The session of a recorded scene, every mask made again, to change and to go on with.

    Args:
        record: The scene.
        planner: Is asked if the session goes on.
        suggest: Draws masks, with the weights of the record.
        on_step: Called with (objects drawn, objects).

    Raises:
        LayoutFileError: If a mask differs from the recorded one; the object and the pixels are named.
    """
    steps = list(_steps_again(record, suggest, on_step))
    return PlanSession(
        planner, suggest, record.start, record.prompt, record.limit, record.seed, record.camera, steps
    )


def _steps_again(
    record: PlanRecord, suggest: SuggestPipeline, on_step: Callable[[int, int], None]
) -> Iterator[PlanStep]:
    """The steps of a record, each drawn again and compared."""
    check_kind("record", record, PlanRecord, "a PlanRecord; read_plan_record gives one")
    layout = record.start
    for number, step in enumerate(record.steps):
        found = draw_masks(suggest, layout, step.planned, record.prompt, step.candidates, step.seed)
        name = f"step {number} ({short(step.planned.label)})"
        advice = "use the weights and the release that it was made with"
        if step.choice >= len(found):
            raise LayoutFileError(
                f"{name}: {len(found)} masks were drawn, but the record took number {step.choice}; {advice}"
            )
        differing = int(np.count_nonzero(found[step.choice].mask != step.mask))
        if differing:
            raise LayoutFileError(
                f"{name}: the mask differs from the recorded one in {differing} pixels; {advice}"
            )
        place = len(layout) if step.planned.behind is None else step.planned.behind
        chosen = found[step.choice]
        yield PlanStep(step.planned, chosen, place, step.seed, step.candidates, step.choice, step.by_planner)
        layout = _with(layout, step.planned, step.mask)
        on_step(number + 1, len(record.steps))


def read_plan_record(path: Path, max_megapixels: float = MAX_MEGAPIXELS) -> PlanRecord:
    """The record in a file.

    Args:
        path: The file.
        max_megapixels: The largest canvas accepted, in millions of pixels.

    Raises:
        LayoutFileError: If the file is missing or breaks the format.
    """
    return parse_plan_record(parse_json(read_bytes(path), str(path)), path, max_megapixels)


def parse_plan_record(content: Any, path: Path, max_megapixels: float = MAX_MEGAPIXELS) -> PlanRecord:
    """The record of a file that has been read, with a canvas of so many millions of pixels at the most.

    Raises:
        LayoutFileError: If it breaks the format; `path` is named.
    """
    where = str(path)
    if not isinstance(content, Mapping) or content.get("format") != FORMAT:
        raise LayoutFileError(
            f'{where}: is not a plan record; expected a JSON object with "format": "{FORMAT}"'
        )
    version = content.get("version")
    if version not in VERSIONS or isinstance(version, bool):
        known = " and ".join(map(str, VERSIONS))
        raise LayoutFileError(
            f"{where}: has version {short(version)} but this program reads versions {known}"
        )
    _check_keys(content, _KEYS if version == VERSION else tuple(k for k in _KEYS if k != "camera"), where)
    prompt, seed, limit = (
        field(content, "prompt", str, where),
        field(content, "seed", int, where),
        field(content, "limit", int, where),
    )
    try:
        check_plan_request(prompt, limit, seed)
    except ValueError as error:
        raise LayoutFileError(f"{where}: {error}") from error
    start = parse_layout(content["start"], path, max_megapixels)
    entries = field(content, "steps", list, where)
    if len(entries) > MAX_OBJECTS:
        raise LayoutFileError(f"{where}: has {len(entries)} steps; a scene has at most {MAX_OBJECTS} objects")
    check_layer_count(len(start) + len(entries), start.size_hw, where)
    layout, steps = start, []
    for number, entry in enumerate(entries):
        step = _step(entry, layout, f"{where}: step {number}")
        layout = _with(layout, step.planned, step.mask)
        steps.append(step)
    return PlanRecord(
        prompt,
        seed,
        limit,
        field(content, "planner", str, where),
        field(content, "weights_sha256", str, where),
        start,
        parse_camera(content["camera"], start.size_hw, f"{where}: camera")
        if version == VERSION
        else estimate_camera(start),
        tuple(steps),
    )


def _step(entry: Any, layout: Layout, where: str) -> RecordedStep:
    label = field(entry, "label", str, where)
    _check_keys(entry, _STEP_KEYS, where)
    box = entry["box_xyxy"]
    if box is not None and not (isinstance(box, list) and len(box) == 4 and all(_is_number(v) for v in box)):
        raise LayoutFileError(f"{where}: box_xyxy must be four numbers or null, not {short(box)}")
    behind = None if entry["behind"] is None else field(entry, "behind", int, where)
    by = field(entry, "by", str, where)
    if by not in ("planner", "user"):
        raise LayoutFileError(f"{where}: by must be 'planner' or 'user', not {short(by)}")
    seed, candidates = field(entry, "seed", int, where), field(entry, "candidates", int, where)
    choice = field(entry, "choice", int, where)
    if seed < 0 or not 1 <= candidates <= MAX_SUGGESTIONS or not 0 <= choice < candidates:
        found = f"seed {short(seed)}, candidates {short(candidates)}, choice {short(choice)}"
        raise LayoutFileError(
            f"{where}: {found}; expected a seed of 0 or more, 1 to {MAX_SUGGESTIONS} candidates, one of "
            "them chosen"
        )
    score = float(field(entry, "score", (int, float), where))
    if not 0 <= score <= 1:
        raise LayoutFileError(f"{where}: score must be from 0 to 1, not {short(score)}")
    planned = PlannedObject(
        label,
        field(entry, "description", str, where),
        None if box is None else (float(box[0]), float(box[1]), float(box[2]), float(box[3])),
        behind,
    )
    try:
        label.encode()
        planned.description.encode()
        check_planned(planned, layout)
        mask = decode_rle(field(entry, "counts", str, where), layout.size_hw)
    except ValueError as error:
        raise LayoutFileError(f"{where} ({short(label)}): {error}") from error
    if not mask.any():
        raise LayoutFileError(f"{where} ({short(label)}): its mask is empty")
    return RecordedStep(planned, mask, score, seed, candidates, choice, by == "planner")


def _with(layout: Layout, planned: PlannedObject, mask: Bool[np.ndarray, "H W"]) -> Layout:
    number = len(layout) if planned.behind is None else planned.behind
    return insert_layer(layout, number, Layer(planned.label, mask, "amodal"))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _check_keys(content: Mapping[str, Any], expected: tuple[str, ...], where: str) -> None:
    missing, unknown = sorted(set(expected) - set(content)), sorted(set(content) - set(expected))
    if missing:
        raise LayoutFileError(f"{where}: lacks {', '.join(missing)}")
    if unknown:
        raise LayoutFileError(f"{where}: has unknown keys {short(unknown)}; expected {', '.join(expected)}")
