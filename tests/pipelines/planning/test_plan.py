"""The loop of planning: what it refuses, what a caller may change, and that a record replays bit for bit."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from field_parts import field_drawing
from rankers import LargerIsBetter

from smartmask.errors import LayoutFileError
from smartmask.perspective.estimate import estimate_camera
from smartmask.pipelines.planning.plan import PlanPipeline, PlanSession
from smartmask.pipelines.planning.plan_record import (
    PlanRecord,
    parse_plan_record,
    read_plan_record,
    replay,
    resume,
)
from smartmask.pipelines.planning.plan_step import box_iou, insert_layer
from smartmask.pipelines.suggest import SuggestPipeline
from smartmask.protocols import PlannedObject
from smartmask.scene.camera import Camera
from smartmask.scene.layout import Layer, Layout

SIZE_HW = (48, 64)
CHAIR = PlannedObject("chair", "a chair", (4, 20, 24, 44))
CAT = PlannedObject("cat", "a cat", (30, 22, 50, 40))


class Disc:
    """A denoiser whose clean field is always the same disc, seen through a little of the noise."""

    def __call__(self, x: np.ndarray, t: float, conditions: Sequence[object]) -> tuple[np.ndarray, ...]:
        rows, columns = np.mgrid[:16, :16] - 7.5
        clean = np.clip((5 - np.hypot(rows, columns)) / 5, -1, 1).astype(np.float32)[None]
        return (np.clip(clean + 0.2 * x, -1, 1).astype(np.float32),) * len(conditions)


class Listed:
    """A planner that says what is on a list, then stops; it keeps what it was asked, and by which camera."""

    def __init__(self, *objects: PlannedObject | None) -> None:
        self.objects, self.questions, self.cameras = list(objects), [], []

    def next_object(self, layout, prompt, placed, seed, camera):
        self.cameras.append(camera)
        self.questions.append((layout, prompt, tuple(placed), seed))
        return self.objects.pop(0) if self.objects else None


@pytest.fixture
def suggest(tiny_encoder) -> SuggestPipeline:
    return SuggestPipeline(field_drawing(Disc(), tiny_encoder, 16), LargerIsBetter(), threads=1)


@pytest.fixture
def start() -> Layout:
    floor = np.zeros(SIZE_HW, bool)
    floor[24:] = True
    return Layout(SIZE_HW, (Layer("floor", floor, "amodal"), Layer("wall", ~floor, "amodal")))


def begin(suggest, start, *objects, limit=12, seed=0) -> tuple[PlanSession, Listed]:
    planner = Listed(*objects)
    return PlanPipeline(planner, suggest).begin(start, "a room", limit, seed), planner


def test_places_one_after_another_until_the_planner_stops(suggest, start):
    session, planner = begin(suggest, start, CHAIR, CAT)
    assert [step.planned for step in session] == [CHAIR, CAT]
    assert session.layout.labels == ("floor", "wall", "chair", "cat")
    assert [len(question[0]) for question in planner.questions] == [2, 3, 4]
    assert [question[2] for question in planner.questions] == [(), (CHAIR,), (CHAIR, CAT)]
    assert len({question[3] for question in planner.questions}) == 3
    x0, y0, x1, y1 = session.steps[0].suggestion.box_xyxy
    assert np.abs(np.array([x0, y0, x1, y1]) - CHAIR.box_xyxy).max() <= 2


def test_behind_takes_its_place_in_the_order(suggest, start):
    session, _ = begin(suggest, start, CHAIR, PlannedObject("plant", "a plant", (2, 10, 20, 40), behind=2))
    list(session)
    assert session.layout.labels == ("floor", "wall", "plant", "chair")
    assert session.steps[1].number == 2


def test_the_limit_ends_it(suggest, start):
    session, _ = begin(suggest, start, CHAIR, CAT, limit=1)
    assert len(list(session)) == 1
    with pytest.raises(ValueError, match="holds the 1 objects that it may"):
        session.place(CAT)


def test_never_twice_the_same_thing_in_the_same_place(suggest, start):
    near = PlannedObject("Chair ", "another chair", (5, 20, 25, 44))
    elsewhere = PlannedObject("chair", "a chair", (40, 20, 60, 44))
    session, planner = begin(suggest, start, CHAIR, near, near, elsewhere)
    assert [step.planned.box_xyxy for step in session] == [CHAIR.box_xyxy, elsewhere.box_xyxy]
    assert len({question[3] for question in planner.questions}) == 5
    with pytest.raises(ValueError, match="no mask of 'Chair ' came out beside the same thing"):
        session.place(near)


def test_a_planner_that_insists_ends_the_scene(suggest, start):
    session, planner = begin(suggest, start, *[CHAIR] * 20)
    assert len(list(session)) == 1
    assert len(planner.questions) == 1 + 5


def test_a_planner_whose_things_never_fit_ends_the_scene(suggest, start):
    class Insists:
        def next_object(self, layout, prompt, placed, seed, camera):
            return PlannedObject("ball", "a ball")

    session = PlanPipeline(Insists(), suggest).begin(start, "a room")
    assert len(list(session)) == 1


def test_two_things_without_a_box_cannot_share_a_place(suggest, start):
    session, _ = begin(suggest, start, *[PlannedObject("ball", "a ball")] * 3)
    assert len(list(session)) == 1


def test_a_veto_takes_back_and_stays(suggest, start):
    session, planner = begin(suggest, start, CHAIR, CHAIR, CAT)
    step = next(session)
    assert session.veto() is step
    assert session.layout is start
    assert [step.planned.label for step in session] == ["cat"]
    assert session.steps[0].planned is CAT
    assert planner.questions[-1][2] == (CAT,)
    session.veto()
    with pytest.raises(ValueError, match="nothing was placed yet"):
        session.veto()


def test_a_caller_may_insert_and_change_between_steps(suggest, start):
    session, planner = begin(suggest, start, CHAIR, CAT)
    next(session)
    lamp = session.place(PlannedObject("lamp", "a lamp", (50, 2, 60, 24)))
    assert not lamp.by_planner
    proposed = session.propose()
    assert proposed is CAT
    session.place(PlannedObject(proposed.label, "a black cat", (28, 20, 48, 40)))
    assert [step.planned.description for step in session.steps] == ["a chair", "a lamp", "a black cat"]
    assert planner.questions[1][2] == (CHAIR, lamp.planned)


def test_an_earlier_step_may_be_taken_back_and_the_rest_stays(suggest, start):
    plant = PlannedObject("plant", "a plant", (2, 10, 20, 40), behind=2)  # behind the chair
    session, _ = begin(suggest, start, CHAIR, CAT, plant, CHAIR)
    for _ in range(3):
        next(session)
    kept = session.steps[1]
    taken = session.veto(0)
    assert taken.planned is CHAIR
    assert [step.planned.label for step in session.steps] == ["cat", "plant"]
    assert session.layout.labels == ("floor", "wall", "plant", "cat")  # behind what is in front of the chair
    assert (session.steps[0].seed, session.steps[0].planned) == (kept.seed, CAT)
    assert next(session, None) is None  # the planner asks for the chair again, and is not heard


def test_an_earlier_step_may_be_changed(suggest, start):
    session, _ = begin(suggest, start, CHAIR, CAT)
    list(session)
    before = session.steps[1]
    stool = PlannedObject("stool", "a red stool", (6, 26, 22, 44))
    assert session.edit(0, stool).planned is stool
    assert [step.planned.label for step in session.steps] == ["stool", "cat"]
    assert [step.by_planner for step in session.steps] == [False, True]
    assert session.layout.labels == ("floor", "wall", "stool", "cat")
    assert session.steps[1].seed == before.seed


def test_something_may_come_between_two_steps(suggest, start):
    session, _ = begin(suggest, start, CHAIR, PlannedObject("plant", "a plant", (2, 10, 20, 40), behind=2))
    list(session)
    rug = PlannedObject("rug", "a rug", (10, 38, 60, 46), behind=2)
    session.insert(1, rug)
    assert [step.planned.label for step in session.steps] == ["chair", "rug", "plant"]
    assert session.layout.labels == ("floor", "wall", "rug", "plant", "chair")
    session.insert(3, PlannedObject("lamp", "a lamp", (50, 2, 60, 24)))
    assert session.steps[-1].planned.label == "lamp"


def test_a_change_that_cannot_be_leaves_the_scene_as_it_was(suggest, start):
    session, _ = begin(suggest, start, CHAIR, CAT, limit=2)
    list(session)
    layout, steps = session.layout, session.steps
    with pytest.raises(ValueError, match="no mask of 'cat' comes out beside the same thing"):
        session.edit(0, CAT)
    with pytest.raises(ValueError, match="lies outside the 64x48 canvas"):
        session.edit(0, PlannedObject("cat", "a cat", (70, 2, 80, 9)))
    with pytest.raises(ValueError, match="holds the 2 objects that it may"):
        session.insert(0, PlannedObject("lamp", "a lamp"))
    for change in (session.veto, lambda number: session.edit(number, CHAIR)):
        with pytest.raises(ValueError, match=r"there is no step 2; the scene has 2, counted from 0"):
            change(2)
    assert session.layout is layout
    assert session.steps == steps


@pytest.mark.usefixtures("no_type_check")
def test_a_text_is_no_planned_object(suggest, start):
    session, _ = begin(suggest, start, CAT)
    for placed in (lambda: session.place("a cat"), lambda: session.insert(0, "a cat")):
        with pytest.raises(TypeError, match="planned must be a PlannedObject, not str"):
            placed()


@pytest.mark.parametrize(
    ("planned", "message"),
    [
        (PlannedObject("", "a cat"), "a planned object's label must have 1 to 1000 characters"),
        (PlannedObject("cat", "c" * 1001), "a planned object's description must have"),
        (PlannedObject("cat", "a cat", (70, 2, 80, 9)), "lies outside the 64x48 canvas"),
        (PlannedObject("cat", "a cat", behind=2), "is to come behind layer 2, but the layout has 2 layers"),
    ],
    ids=["no label", "long description", "off the canvas", "no such layer"],
)
def test_refuses_what_cannot_be_placed(suggest, start, planned, message):
    session, _ = begin(suggest, start, planned)
    with pytest.raises(ValueError, match=message):
        next(session)
    with pytest.raises(ValueError, match=message):
        session.place(planned)


@pytest.mark.parametrize(
    ("prompt", "limit", "seed", "message"),
    [
        (" ", 12, 0, "the prompt is empty"),
        ("a" * 1001, 12, 0, "the prompt has 1001 characters; at most 1000"),
        ("a room", 0, 0, "the limit must be from 1 to 100, not 0"),
        ("a room", 12, -1, "the seed must be from 0 to 18446744073709551615, not -1"),
    ],
)
def test_refuses_a_request(suggest, start, prompt, limit, seed, message):
    with pytest.raises(ValueError, match=message):
        PlanPipeline(Listed(), suggest).begin(start, prompt, limit, seed)


def test_the_seed_decides_the_masks(suggest, start):
    def masks(seed: int) -> list[np.ndarray]:
        session, _ = begin(suggest, start, CHAIR, CAT, seed=seed)
        return [step.suggestion.mask for step in session]

    first, same, other = masks(1), masks(1), masks(2)
    assert all(np.array_equal(a, b) for a, b in zip(first, same, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(first, other, strict=True))


def test_whole_scene_at_once(suggest, start):
    seen = []
    pipeline = PlanPipeline(Listed(CHAIR, CAT), suggest)
    session = pipeline(start, "a room", on_step=lambda done, limit: seen.append((done, limit)))
    assert len(session.steps) == 2
    assert seen == [(1, 12), (2, 12)]


def test_one_camera_sees_every_step(suggest, start):
    """The one given, as it is; else the one that the start tells of, whatever is placed later."""
    known = Camera.of_horizon(20.0, 1.5, 60.0, SIZE_HW)
    planner = Listed(CHAIR, CAT)
    session = PlanPipeline(planner, suggest).begin(start, "a room", camera=known)
    list(session)
    session.veto(0)
    session.propose()
    assert session.camera is known
    assert planner.cameras == [known] * 4

    session, planner = begin(suggest, start, CHAIR, CAT)
    list(session)
    assert session.camera == estimate_camera(start)
    assert planner.cameras == [session.camera] * 3

    with pytest.raises(
        ValueError, match=r"the camera's canvas is \(9, 9\) \(H, W\) but the start is \(48, 64\)"
    ):
        PlanPipeline(Listed(), suggest).begin(start, "a", camera=Camera.of_horizon(4.0, 1.5, 9.0, (9, 9)))


def test_boxes_and_layers():
    assert box_iou((0, 0, 2, 2), (0, 0, 2, 2)) == 1
    assert box_iou((0, 0, 2, 2), (5, 5, 6, 6)) == 0
    layer = Layer("cat", np.ones((2, 2), bool))
    layout = insert_layer(Layout((2, 2), (Layer("wall", np.ones((2, 2), bool)),)), 0, layer)
    assert layout.labels == ("cat", "wall")


class TestRecord:
    """What is written is what is read, nothing else is read, and a replay is the scene bit for bit."""

    @pytest.fixture
    def record(self, suggest, start) -> PlanRecord:
        plant = PlannedObject("plant", "a plant", (2, 10, 20, 40), behind=2)
        session, _ = begin(suggest, start, CHAIR, CAT, plant, PlannedObject("ball", "a ball"))
        next(session)
        session.veto()
        list(session)
        session.place(PlannedObject("lamp", "a lamp", (50, 2, 60, 24)))
        self.layout = session.layout
        return PlanRecord.of(session, "listed", "0" * 64)

    @pytest.fixture
    def path(self, record, tmp_path) -> Path:
        path = tmp_path / "plan.json"
        path.write_bytes(record.to_json())
        return path

    def test_round_trip(self, record, path):
        found = read_plan_record(path)
        assert found.to_json() == record.to_json()
        assert found.layout().labels == self.layout.labels
        for one, other in zip(found.layout().layers, self.layout.layers, strict=True):
            assert np.array_equal(one.mask, other.mask)
            assert one.extent == other.extent

    def test_a_canvas_above_the_limit_is_refused_and_the_limit_may_be_raised(self, path):
        with pytest.raises(LayoutFileError, match="above the limit"):
            read_plan_record(path, 1e-4)
        assert read_plan_record(path, 200).start.size_hw == self.layout.size_hw

    def test_replays_bit_for_bit(self, path, suggest):
        seen = []
        layout = replay(read_plan_record(path), suggest, lambda done, total: seen.append((done, total)))
        assert layout.labels == self.layout.labels
        assert all(
            np.array_equal(a.mask, b.mask) for a, b in zip(layout.layers, self.layout.layers, strict=True)
        )
        assert seen[-1] == (4, 4)

    def test_goes_on_from_a_file_and_what_was_changed_replays(self, path, suggest, record):
        session = resume(read_plan_record(path), Listed(CHAIR), suggest)
        assert PlanRecord.of(session, "listed", "0" * 64).to_json() == record.to_json()
        session.veto(0)
        session.insert(1, PlannedObject("rug", "a rug", (10, 38, 60, 46)))
        assert next(session).planned is CHAIR
        changed = PlanRecord.of(session, "listed", "0" * 64)
        path.write_bytes(changed.to_json())
        layout = replay(read_plan_record(path), suggest)
        assert layout.labels == session.layout.labels
        assert all(
            np.array_equal(a.mask, b.mask) for a, b in zip(layout.layers, session.layout.layers, strict=True)
        )

    def test_a_scene_that_was_stopped_goes_on_as_if_it_had_not(self, suggest, start):
        whole, _ = begin(suggest, start, CHAIR, CAT)
        list(whole)
        half, planner = begin(suggest, start, CHAIR, CAT)
        next(half)
        again = resume(PlanRecord.of(half, "listed", ""), planner, suggest)
        list(again)
        assert PlanRecord.of(again, "", "").to_json() == PlanRecord.of(whole, "", "").to_json()

    def test_a_known_camera_comes_back_to_the_last_bit(self, suggest, start):
        known = Camera.of_horizon(20.1, 1.53, 61.7, SIZE_HW)
        session = PlanPipeline(Listed(CHAIR), suggest).begin(start, "a room", camera=known)
        list(session)
        content = json.loads(PlanRecord.of(session, "listed", "").to_json())
        assert content["camera"]["spread"] is None
        found = parse_plan_record(content, Path("plan.json"))
        assert found.camera == known
        assert resume(found, Listed(), suggest).camera == known

    def test_a_record_without_a_camera_is_read_and_goes_on(self, record, path, suggest, start):
        """Version 1 knew none: the planner told one at every step; now the start tells it once."""
        content = json.loads(path.read_text())
        del content["camera"]
        content["version"] = 1
        found = parse_plan_record(content, path)
        assert found.camera == estimate_camera(start)
        planner = Listed(CAT)
        session = resume(found, planner, suggest)
        next(session, None)
        assert planner.cameras[0] == estimate_camera(start)
        assert json.loads(PlanRecord.of(session, "listed", "").to_json())["version"] == 2

    def test_a_mask_that_differs_is_named(self, path, suggest):
        content = json.loads(path.read_text())
        content["steps"][1]["seed"] += 1
        with pytest.raises(LayoutFileError, match=r"step 1 \('plant'\): the mask differs .* in \d+ pixels"):
            replay(parse_plan_record(content, path), suggest)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            (lambda c: c.pop("format"), "is not a plan record"),
            (lambda c: c.update(version=3), "has version 3 but this program reads versions 1 and 2"),
            (lambda c: c.update(version=1), r"has unknown keys \['camera'\]"),
            (lambda c: c.pop("camera"), "lacks camera"),
            (lambda c: c["camera"].update(height=0), "camera: expected a pitch within a right angle"),
            (lambda c: c["camera"].update(height=1e-300), "a height of 0.001 to 100000 m"),
            (lambda c: c["camera"].update(focal=1e308), r"a focal length of 0\.001 to 1e\+08 px"),
            (lambda c: c["camera"].update(focal="1"), "camera: focal must be"),
            (lambda c: c["camera"].update(pitch=float("nan")), "camera: pitch must be a finite number"),
            (lambda c: c["camera"].update(yaw=0), r"camera: has unknown keys \['yaw'\]"),
            (lambda c: c["camera"]["spread"].update(correlation=2), "camera: spread must hold deviations"),
            (lambda c: c["camera"]["spread"].pop("horizon"), "camera: spread: .*horizon"),
            (lambda c: c.update(version=True), "has version True but"),
            (lambda c: c.update(extra=1), r"has unknown keys \['extra'\]"),
            (lambda c: c.pop("seed"), "lacks seed"),
            (lambda c: c.update(seed="1"), "seed must be a whole number, not '1'"),
            (lambda c: c.update(prompt=" "), "the prompt is empty"),
            (lambda c: c.update(limit=101), "the limit must be from 1 to 100"),
            (lambda c: c["start"].pop("layers"), "lacks layers"),
            (lambda c: c.update(steps={}), "steps must be a list"),
            (lambda c: c.update(steps=c["steps"] * 50), "a scene has at most 100 objects"),
            (
                lambda c: c["steps"][0].update(box_xyxy=[1, 2, 3]),
                "step 0: box_xyxy must be four numbers or null",
            ),
            (lambda c: c["steps"][0].update(box_xyxy=[99, 1, 100, 2]), "lies outside the 64x48 canvas"),
            (lambda c: c["steps"][0].update(behind=9), "behind layer 9, but the layout has 2 layers"),
            (lambda c: c["steps"][0].update(by="me"), "step 0: by must be 'planner' or 'user'"),
            (lambda c: c["steps"][0].update(choice=7), "expected a seed of 0 or more, 1 to 64 candidates"),
            (lambda c: c["steps"][0].update(score=2), "score must be from 0 to 1, not 2"),
            (lambda c: c["steps"][0].update(counts="zz"), "step 0 .* damaged RLE|RLE runs cover"),
            (lambda c: c["steps"][0].update(label=" "), "a planned object's label must have"),
            (lambda c: c["steps"][0].update(surprise=1), r"has unknown keys \['surprise'\]"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_strict(self, path, change, message):
        content = json.loads(path.read_text())
        change(content)
        with pytest.raises(LayoutFileError, match=message):
            parse_plan_record(content, path)

    def test_no_json(self, tmp_path):
        (tmp_path / "a.json").write_text("{")
        with pytest.raises(LayoutFileError, match=r"a\.json: is not valid JSON"):
            read_plan_record(tmp_path / "a.json")
