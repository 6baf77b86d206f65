"""A scene from nothing, or on top of one: plan -> suggest -> rank -> push, one object at a time.

    session = PlanPipeline(planner, suggest).begin(layout, "a living room with two chairs")
    for step in session:            # each has its mask and is in session.layout
        if not wanted(step):
            session.veto()          # takes it back; the same thing is not put there again
    session.place(PlannedObject("cat", "a sleeping cat", (80, 200, 180, 280)))

The planner decides what and where; masks are those of `suggest`, the best by its score. An object that comes
behind others is drawn on the layers behind it, as in training (S_k), and put in its place in the order.

Two things with the same label may not be in the same place: neither may a plan nor a mask overlap one of the
same label by more than `SAME_PLACE_IOU`. A planner that insists is asked again with other seeds, then the
scene counts as complete.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from smartmask.pipelines.suggest import MAX_PROMPT_CHARACTERS, Suggestion, SuggestPipeline
from smartmask.protocols import PlannedObject, Planner
from smartmask.scene.boxes import BoxXYXY, box_of, clip_box
from smartmask.scene.guidance import Box, NoGuidance
from smartmask.scene.layout import MAX_LAYERS, Layer, Layout
from smartmask.scene.masks import mask_iou

SAME_PLACE_IOU = 0.5
MAX_OBJECTS = 100
MOST_ASKED = 5
"""Answers of the planner that may be refused before the scene counts as complete."""
MASKS_WITH_BOX, MASKS_WITHOUT_BOX = 2, 4
"""Candidates drawn for an object: with a box they differ in shape alone."""


@dataclass(frozen=True, slots=True, eq=False)
class PlanStep:
    """An object that was placed.

    Attributes:
        planned: What was to come.
        suggestion: The mask that was chosen.
        number: The layer that it became; later objects behind it move it up.
        seed: What its masks were drawn with.
        candidates: How many masks were drawn.
        choice: Which of them it is, counted from the best.
        by_planner: Whether the planner asked for it, or the caller.
    """

    planned: PlannedObject
    suggestion: Suggestion
    number: int
    seed: int
    candidates: int
    choice: int
    by_planner: bool


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
    ) -> None:
        """Begin; use `PlanPipeline.begin`, which checks the request."""
        self.start, self.prompt, self.limit, self.seed = start, prompt, limit, seed
        self._planner, self._suggest = planner, suggest
        self._layouts = [start]
        self._steps: list[PlanStep] = []
        self._vetoed: list[tuple[str, BoxXYXY]] = []
        self._asked = 0

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
            planned = self._planner.next_object(self.layout, self.prompt, placed, self._next_seed())
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

    def veto(self) -> PlanStep:
        """Take the last step back; the planner may not put the same thing in the same place again.

        Raises:
            ValueError: If nothing was placed.
        """
        if not self._steps:
            raise ValueError("nothing was placed yet, so nothing can be taken back")
        step = self._steps.pop()
        self._layouts.pop()
        self._vetoed.append((step.planned.label, step.suggestion.box_xyxy))
        return step

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
            if _same(layer.label, planned.label) and layer.mask.any()
        ]
        if vetoed:
            taken += [box for label, box in self._vetoed if _same(label, planned.label)]
        return any(box_iou(planned.box_xyxy, box) > SAME_PLACE_IOU for box in taken)

    def _draw(self, planned: PlannedObject, *, by_planner: bool) -> PlanStep | None:
        """The step of a plan; None if all its masks are where the same thing is."""
        candidates = MASKS_WITHOUT_BOX if planned.box_xyxy is None else MASKS_WITH_BOX
        seed = self._next_seed()
        found = draw_masks(self._suggest, self.layout, planned, self.prompt, candidates, seed)
        alike = [layer.mask for layer in self.layout.layers if _same(layer.label, planned.label)]
        vetoed = [box for label, box in self._vetoed if by_planner and _same(label, planned.label)]
        for choice, suggestion in enumerate(found):
            if any(mask_iou(suggestion.mask, mask) > SAME_PLACE_IOU for mask in alike):
                continue
            if any(box_iou(suggestion.box_xyxy, box) > SAME_PLACE_IOU for box in vetoed):
                continue
            number = len(self.layout) if planned.behind is None else planned.behind
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

    def begin(self, start: Layout, prompt: str, limit: int = 12, seed: int = 0) -> PlanSession:
        """A scene that begins with a layout.

        Args:
            start: What is there: regions, or a photo's layout.
            prompt: What the finished scene shows.
            limit: Objects at the most.
            seed: Same start, prompt, limit, seed and planner: same scene.

        Raises:
            ValueError: If the prompt is empty or too long, or a number is out of range.
        """
        check_plan_request(prompt, limit, seed)
        if len(start) + limit > MAX_LAYERS:
            raise ValueError(f"{len(start)} layers and {limit} objects are more than {MAX_LAYERS} layers")
        return PlanSession(self._planner, self._suggest, start, prompt, limit, seed)

    def __call__(
        self,
        start: Layout,
        prompt: str,
        limit: int = 12,
        seed: int = 0,
        on_step: Callable[[int, int], None] = lambda done, limit: None,
    ) -> PlanSession:
        """The whole scene at once; `on_step` is called with (objects placed, limit).

        Raises:
            ValueError: As `begin`.
        """
        session = self.begin(start, prompt, limit, seed)
        for step in session:
            del step
            on_step(len(session.steps), limit)
        return session


def check_plan_request(prompt: str, limit: int, seed: int) -> None:
    """Refuse what no scene could be planned for.

    Raises:
        ValueError: If the prompt is empty or too long, or a number is out of range.
    """
    if not prompt.strip():
        raise ValueError("the prompt is empty; say in a few words what the scene shows")
    if len(prompt) > MAX_PROMPT_CHARACTERS:
        raise ValueError(
            f"the prompt has {len(prompt)} characters; at most {MAX_PROMPT_CHARACTERS} are read, so say it "
            "shorter"
        )
    if not 1 <= limit <= MAX_OBJECTS:
        raise ValueError(f"the limit must be from 1 to {MAX_OBJECTS} objects, not {limit}")
    if seed < 0:
        raise ValueError(f"the seed must be 0 or more, not {seed}")


def check_planned(planned: PlannedObject, layout: Layout) -> None:
    """Refuse a planned object that this layout cannot take.

    Raises:
        ValueError: If its words are empty or too long, its box is off the canvas, or its place in the order
        does not exist.
    """
    for name, text in (("label", planned.label), ("description", planned.description)):
        if not text.strip() or len(text) > MAX_PROMPT_CHARACTERS:
            raise ValueError(f"a planned object's {name} must have 1 to {MAX_PROMPT_CHARACTERS} characters")
    if planned.box_xyxy is not None:
        clip_box(planned.box_xyxy, layout.size_hw)
    if planned.behind is not None and not 0 <= planned.behind < len(layout):
        raise ValueError(
            f"{planned.label!r} is to come behind layer {planned.behind}, but the layout has {len(layout)} "
            "layers"
        )


def draw_masks(
    suggest: SuggestPipeline,
    layout: Layout,
    planned: PlannedObject,
    prompt: str,
    candidates: int,
    seed: int,
) -> Sequence[Suggestion]:
    """Masks of a planned object, best first; they depend on the arguments alone."""
    behind = layout if planned.behind is None else layout.first(planned.behind)
    guidance = NoGuidance() if planned.box_xyxy is None else Box(clip_box(planned.box_xyxy, layout.size_hw))
    return suggest(behind, planned.description, prompt, guidance, candidates, seed)


def insert_layer(layout: Layout, number: int, layer: Layer) -> Layout:
    """The layout with one more layer, so many layers behind it.

    Raises:
        ValueError: If the mask is not of the layout's size.
    """
    return Layout(layout.size_hw, (*layout.layers[:number], layer, *layout.layers[number:]))


def step_layer(step: PlanStep) -> Layer:
    """The layer that a step adds: the whole object, hidden parts included."""
    return Layer(step.planned.label, step.suggestion.mask, "amodal")


def box_iou(first: BoxXYXY, second: BoxXYXY) -> float:
    """Intersection over union of two boxes.

    >>> box_iou((0, 0, 2, 2), (1, 0, 3, 2))
    0.3333333333333333
    """
    across = max(0.0, min(first[2], second[2]) - max(first[0], second[0]))
    along = max(0.0, min(first[3], second[3]) - max(first[1], second[1]))
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (first, second))
    shared = across * along
    return shared / (areas - shared) if areas > shared else 1.0


def _same(first: str, second: str) -> bool:
    return " ".join(first.lower().split()) == " ".join(second.lower().split())
