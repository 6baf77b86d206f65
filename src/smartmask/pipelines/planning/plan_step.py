"""One object of a planned scene: what is refused, how its masks are drawn, where its layer goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from smartmask.arguments import check_kind, is_blank
from smartmask.pipelines.suggest import MAX_PROMPT_CHARACTERS, SuggestPipeline
from smartmask.pipelines.suggestion import Suggestion
from smartmask.protocols import PlannedObject
from smartmask.scene.boxes import BoxXYXY, clip_box
from smartmask.scene.guidance import Box, NoGuidance
from smartmask.scene.layout import Layer, Layout


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


def check_planned(planned: PlannedObject, layout: Layout) -> None:
    """Refuse a planned object that this layout cannot take.

    Raises:
        ValueError: If its words are empty or too long, its box is off the canvas, or its place in the order
        does not exist.
        TypeError: If it is none.
    """
    check_kind("planned", planned, PlannedObject, "a PlannedObject")
    for name, text in (("label", planned.label), ("description", planned.description)):
        if is_blank(text) or len(text) > MAX_PROMPT_CHARACTERS:
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


def is_same(first: str, second: str) -> bool:
    """Whether two labels are the same but for case and blanks."""
    return " ".join(first.lower().split()) == " ".join(second.lower().split())


def moved(planned: PlannedObject, old: Layout, new: Layout, now: Mapping[int, Layer]) -> PlannedObject:
    """A plan made on one layout, for another: it comes behind the first layer in front of it that is there.

    Args:
        planned: The plan.
        old: The layout that it was made on.
        new: The layout that it is for.
        now: `id` of a layer of the old layout -> what it is in the new one.
    """
    if planned.behind is None:
        return planned
    places = {id(layer): place for place, layer in enumerate(new.layers)}
    kept = (now.get(id(layer), layer) for layer in old.layers[planned.behind :])
    return replace(planned, behind=next((places[id(layer)] for layer in kept if id(layer) in places), None))
