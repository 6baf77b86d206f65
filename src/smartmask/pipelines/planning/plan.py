"""A scene from nothing, or on top of one: plan -> suggest -> rank -> push, one object at a time.

    session = PlanPipeline(planner, suggest).begin(layout, "a living room with two chairs")
    for step in session:            # each has its mask and is in session.layout
        if not wanted(step):
            session.veto()          # takes it back; the same thing is not put there again
    session.place(PlannedObject("cat", "a sleeping cat", (80, 200, 180, 280)))
    session.veto(0)                 # any earlier step; what came after it is drawn again where it was
    session.edit(1, replace(session.steps[1].planned, description="a red chair"))
    session.insert(2, PlannedObject("rug", "a round rug"))

The planner decides what and where; masks are those of `suggest`, the first of them. An object that comes
behind others is drawn on the layers behind it, as in training (S_k), and put in its place in the order.

Two things with the same label may not be in the same place: neither may a plan nor a mask overlap one of the
same label by more than `SAME_PLACE_IOU`. A planner that insists is asked again with other seeds, then the
scene counts as complete.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from smartmask.arguments import MAX_SEED, check_kind, check_text, check_whole, is_blank
from smartmask.perspective.estimate import estimate_camera
from smartmask.pipelines.planning.plan_step import (
    PlanStep,
    box_iou,
    check_planned,
    draw_masks,
    insert_layer,
    is_same,
    moved,
    step_layer,
)
from smartmask.pipelines.suggest import MAX_PROMPT_CHARACTERS, SuggestPipeline
from smartmask.protocols import PlannedObject, Planner
from smartmask.scene.boxes import BoxXYXY, box_of
from smartmask.scene.camera import Camera
from smartmask.scene.layout import MAX_LAYERS, Layer, Layout
from smartmask.scene.masks import mask_iou

SAME_PLACE_IOU = 0.5
MAX_OBJECTS = 100
MOST_ASKED = 5
"""Answers of the planner that may be refused before the scene counts as complete."""
MASKS_WITH_BOX, MASKS_WITHOUT_BOX = 2, 4
"""Candidates drawn for an object: with a box they differ in shape alone."""


class PlanSession:
    """One scene as it grows. Iterating asks the planner; between two steps the caller may change anything."""

    def __init__(
        self,
        planner: Planner,
        suggest: SuggestPipeline,
        start: Layout,
        prompt: str,
        limit: int,
        seed: int,
        camera: Camera,
        steps: Sequence[PlanStep] = (),
    ) -> None:
        """Begin, or go on after steps; use `PlanPipeline.begin` or `resume`, which check the request."""
        self.start, self.prompt, self.limit, self.seed = start, prompt, limit, seed
        self.camera = camera
        self._planner, self._suggest = planner, suggest
        self._layouts = [start]
        self._steps: list[PlanStep] = []
        self._vetoed: list[tuple[str, BoxXYXY]] = []
        self._asked = 2 * len(steps)  # as if each had been proposed and drawn at once
        for step in steps:
            self._push(step)

    @property
    def layout(self) -> Layout:
        """The scene as it is now."""
        return self._layouts[-1]

    @property
    def steps(self) -> tuple[PlanStep, ...]:
        """What was placed and not taken back, in the order it came."""
        return tuple(self._steps)

    def __iter__(self) -> Iterator[PlanStep]:
        return self

    def __next__(self) -> PlanStep:
        """Place what the planner asks for next.

        Raises:
            StopIteration: If the scene is complete, or the limit is reached.
        """
        for _ in range(MOST_ASKED):
            planned = self.propose()
            step = None if planned is None else self._draw(planned, by_planner=True)
            if step is not None:
                return self._push(step)
            if planned is None:
                break
        raise StopIteration

    def propose(self) -> PlannedObject | None:
        """What the planner would place next, to look at or change before `place`; None if it is done.

        Raises:
            ValueError: If the planner asks for what cannot be placed (a box off the canvas, an unknown
            layer).
        """
        if len(self._steps) >= self.limit:
            return None
        placed = [step.planned for step in self._steps]
        for _ in range(MOST_ASKED):
            planned = self._planner.next_object(
                self.layout, self.prompt, placed, self._next_seed(), self.camera
            )
            if planned is None:
                return None
            check_planned(planned, self.layout)
            if not self._is_there(planned):
                return planned
        return None

    def place(self, planned: PlannedObject) -> PlanStep:
        """Place an object of the caller's own, or a proposal that was changed.

        Raises:
            ValueError: If it cannot be placed, the limit is reached, the same thing is there already, or no
            mask comes out.
        """
        check_planned(planned, self.layout)
        if len(self._steps) >= self.limit:
            raise ValueError(f"the scene holds the {self.limit} objects that it may; raise the limit")
        step = None if self._is_there(planned, vetoed=False) else self._draw(planned, by_planner=False)
        if step is None:
            raise ValueError(
                f"no mask of {planned.label!r} came out beside the same thing in the same place; give "
                "another "
                "box or other words"
            )
        return self._push(step)

    def veto(self, number: int | None = None) -> PlanStep:
        """Take a step back.

        The planner may not put the same thing in the same place again. What came after it is drawn again.

        Args:
            number: Of the step in `steps`; None = the last.

        Raises:
            ValueError: If nothing was placed, there is no such step, or a later one fits no more.
        """
        if not self._steps:
            raise ValueError("nothing was placed yet, so nothing can be taken back")
        number = self._number(len(self._steps) - 1 if number is None else number, 1)
        step = self._steps[number]
        self._redraw(number, self._steps[number + 1 :])
        self._vetoed.append((step.planned.label, step.suggestion.box_xyxy))
        return step

    def edit(self, number: int, planned: PlannedObject) -> PlanStep:
        """Place something else at a step; what came after it is drawn again.

        Args:
            number: Of the step in `steps`.
            planned: What comes instead; its `behind` counts the layers that were there before the step.

        Raises:
            ValueError: As `place`, or if there is no such step, or a later one fits no more.
        """
        number = self._number(number, 1)
        self._redraw(number, [planned, *self._steps[number + 1 :]])
        return self._steps[number]

    def insert(self, number: int, planned: PlannedObject) -> PlanStep:
        """Place something between two steps; what came after it is drawn again.

        Args:
            number: Of the step in `steps` that it comes before.
            planned: What comes; its `behind` counts the layers that were there before that step.

        Raises:
            ValueError: As `place`, or if there is no such step, or a later one fits no more.
        """
        if len(self._steps) >= self.limit:
            raise ValueError(f"the scene holds the {self.limit} objects that it may; raise the limit")
        number = self._number(number, 0)
        self._redraw(number, [planned, *self._steps[number:]])
        return self._steps[number]

    def _number(self, number: int, after: int) -> int:
        check_whole("the number of a step", number)
        last = len(self._steps) - after
        if not 0 <= number <= last:
            raise ValueError(f"there is no step {number}; the scene has {len(self._steps)}, counted from 0")
        return number

    def _redraw(self, number: int, later: Sequence[PlanStep | PlannedObject]) -> None:
        """Keep the steps before a number; place after them what came later, each by its own seed."""
        before, layouts, steps = self._layouts, self._layouts[: number + 1], self._steps[:number]
        now: dict[int, Layer] = {}
        for entry in later:
            if isinstance(entry, PlanStep):
                place = self._steps.index(entry)
                planned = moved(entry.planned, before[place], layouts[-1], now)
                step = self._choose(layouts[-1], planned, entry.seed, entry.by_planner)
            else:
                planned = entry
                check_planned(planned, layouts[-1])
                step = self._choose(layouts[-1], planned, self._next_seed(), by_planner=False)
            if step is None:
                raise ValueError(
                    f"no mask of {planned.label!r} comes out beside the same thing in the same place; give "
                    "another box or other words, or take it back first"
                )
            layer = step_layer(step)
            if isinstance(entry, PlanStep):
                now[id(before[place + 1].layers[entry.number])] = layer
            layouts.append(insert_layer(layouts[-1], step.number, layer))
            steps.append(step)
        self._layouts, self._steps = layouts, steps

    def _next_seed(self) -> int:
        """Another for each question and each drawing, from the session's seed alone."""
        self._asked += 1
        return int(np.random.SeedSequence([self.seed, self._asked]).generate_state(1)[0])

    def _is_there(self, planned: PlannedObject, vetoed: bool = True) -> bool:
        """Whether a box would repeat a thing of the same label, or one that was vetoed."""
        if planned.box_xyxy is None:
            return False
        taken = [
            box_of(layer.mask)
            for layer in self.layout.layers
            if is_same(layer.label, planned.label) and layer.mask.any()
        ]
        if vetoed:
            taken += [box for label, box in self._vetoed if is_same(label, planned.label)]
        return any(box_iou(planned.box_xyxy, box) > SAME_PLACE_IOU for box in taken)

    def _draw(self, planned: PlannedObject, *, by_planner: bool) -> PlanStep | None:
        """The step of a plan; None if all its masks are where the same thing is."""
        return self._choose(self.layout, planned, self._next_seed(), by_planner)

    def _choose(self, layout: Layout, planned: PlannedObject, seed: int, by_planner: bool) -> PlanStep | None:
        """The first of an object's masks, best first, that is not where the same thing is."""
        candidates = MASKS_WITHOUT_BOX if planned.box_xyxy is None else MASKS_WITH_BOX
        found = draw_masks(self._suggest, layout, planned, self.prompt, candidates, seed)
        alike = [layer.mask for layer in layout.layers if is_same(layer.label, planned.label)]
        vetoed = [box for label, box in self._vetoed if by_planner and is_same(label, planned.label)]
        for choice, suggestion in enumerate(found):
            if any(mask_iou(suggestion.mask, mask) > SAME_PLACE_IOU for mask in alike):
                continue
            if any(box_iou(suggestion.box_xyxy, box) > SAME_PLACE_IOU for box in vetoed):
                continue
            number = len(layout) if planned.behind is None else planned.behind
            return PlanStep(planned, suggestion, number, seed, candidates, choice, by_planner)
        return None

    def _push(self, step: PlanStep) -> PlanStep:
        self._layouts.append(insert_layer(self.layout, step.number, step_layer(step)))
        self._steps.append(step)
        return step


class PlanPipeline:
    """A planner and the pipeline that draws for it."""

    def __init__(self, planner: Planner, suggest: SuggestPipeline) -> None:
        """Take the parts."""
        self._planner, self._suggest = planner, suggest

    def begin(
        self, start: Layout, prompt: str, limit: int = 12, seed: int = 0, camera: Camera | None = None
    ) -> PlanSession:
        """A scene that begins with a layout.

        Args:
            start: What is there: regions, or a photo's layout.
            prompt: What the finished scene shows.
            limit: Objects at the most.
            seed: Same start, prompt, limit, seed, camera and planner: same scene.
            camera: That the start is seen by; None = it is estimated, once. It is kept for all steps.

        Raises:
            ValueError: If the prompt is empty or too long, a number is out of range, or the camera is of
                another size than the start.
        """
        check_kind("planner", self._planner, Planner, "a Planner; load_planner gives one")
        check_kind("start", start, Layout, "a Layout")
        check_plan_request(prompt, limit, seed)
        if camera is not None and tuple(camera.size_hw) != tuple(start.size_hw):
            raise ValueError(
                f"the camera's canvas is {camera.size_hw} (H, W) but the start is {start.size_hw}"
            )
        if len(start) + limit > MAX_LAYERS:
            raise ValueError(f"{len(start)} layers and {limit} objects are more than {MAX_LAYERS} layers")
        return PlanSession(
            self._planner, self._suggest, start, prompt, limit, seed, camera or estimate_camera(start)
        )

    def __call__(
        self,
        start: Layout,
        prompt: str,
        limit: int = 12,
        seed: int = 0,
        on_step: Callable[[int, int], None] = lambda done, limit: None,
        camera: Camera | None = None,
    ) -> PlanSession:
        """The whole scene at once; `on_step` is called with (objects placed, limit).

        Raises:
            ValueError: As `begin`.
        """
        session = self.begin(start, prompt, limit, seed, camera)
        for step in session:
            del step
            on_step(len(session.steps), limit)
        return session


def check_plan_request(prompt: str, limit: int, seed: int) -> None:
    """Refuse what no scene could be planned for.

    Raises:
        TypeError: If one of them is of another type.
        ValueError: If the prompt is empty or too long, or a number is out of range.
    """
    check_text("the prompt", prompt)
    if is_blank(prompt):
        raise ValueError("the prompt is empty; say in a few words what the scene shows")
    if len(prompt) > MAX_PROMPT_CHARACTERS:
        raise ValueError(
            f"the prompt has {len(prompt)} characters; at most {MAX_PROMPT_CHARACTERS} are read, so say it "
            "shorter"
        )
    check_whole("the limit", limit, 1, MAX_OBJECTS)
    check_whole("the seed", seed, 0, MAX_SEED)
