"""A scene in order, taken apart into questions of a planner and their right answers.

Asked for is a thing; shown is what would be there before it comes:

- in an exact scene S_k, all layers behind it, as in the paper. One time in four it comes between things
  instead: half of those in front of it are there already, and the answer says which of them it comes just
  behind. Things that stand on what is missing are missing too, else they would float;
- in any other scene S_k with the things from k on taken out and their outlines hidden (`removal.py`), or
  boxes could be read off the holes.

Regions such as wall and sky are always there: plans begin with them. Only an exact scene can ask whether it
is complete; of a photo's annotations nobody knows.

Source: docs/METHOD.md, section 8.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool

from smartmask.data.examples.example import askable
from smartmask.data.examples.removal import remove_object
from smartmask.data.layered_scene import UNDECIDED, LayeredScene, SceneLayer
from smartmask.data.planning.answer import MAX_DESCRIPTION_CHARACTERS, NextObject
from smartmask.data.planning.question import MAX_PROMPT_CHARACTERS, Question, ask
from smartmask.data.planning.regions import permille, whole_box
from smartmask.language.wording import scene_text
from smartmask.scene.layout import UNKNOWN, Layer, Layout
from smartmask.scene.rle import decode_rle

WORK_PX = 384
"""Longer side of the canvas that questions are drawn from; most of a larger one would not be seen."""
BETWEEN_SHARE = 0.25
_Masks = Sequence[Bool[np.ndarray, "h w"]]


@dataclass(frozen=True, slots=True, eq=False)
class SceneQuestion:
    """A question about a scene.

    Attributes:
        step: Number of the layer that the answer names; the number of all layers if the scene is complete.
        question: What is asked.
        answer: What is right; None is to stop.
    """

    step: int
    question: Question
    answer: NextObject | None


def scene_questions(scene: LayeredScene, count: int, rng: np.random.Generator) -> list[SceneQuestion]:
    """At most `count` of the questions that a scene can ask, all of them as likely, in order.

    Args:
        scene: The scene.
        count: How many at most.
        rng: Source of the choice, the words and what is shown.

    Raises:
        AnswerError: If the label of a thing is none that an answer can give.
        ValueError: If a mask of the scene is damaged.
    """
    steps = list(askable(scene))
    if not steps:
        return []
    prompt = _prompt(scene, rng)
    if scene.is_exact:
        steps.append(len(scene.layers))
    chosen = rng.choice(len(steps), min(count, len(steps)), replace=False)
    masks = [_shrunk(layer.mask(scene.size_hw)) for layer in scene.layers]
    return [_question(scene, masks, steps[number], prompt, rng) for number in sorted(chosen.tolist())]


def _question(
    scene: LayeredScene, masks: _Masks, step: int, prompt: str, rng: np.random.Generator
) -> SceneQuestion:
    if scene.is_exact:
        in_front = _front_things(scene, masks, step, rng) if rng.random() < BETWEEN_SHARE else set()
        shown = [
            number
            for number, layer in enumerate(scene.layers)
            if number != step and (number < step or not layer.is_thing or number in in_front)
        ]
        layers = [Layer(scene.layers[number].label, masks[number], "amodal") for number in shown]
    else:
        shown, layers = _without_front(scene, masks, step, rng)
    layout = Layout(masks[0].shape, tuple(layers))
    added = [scene.layers[number].label for number in shown if scene.layers[number].is_thing]
    question = ask(layout, prompt, added)
    if step == len(scene.layers):
        return SceneQuestion(step, question, None)
    listed = {region.number for region in question.regions}
    behind = None
    if scene.is_exact:
        behind = next(
            (
                place
                for place, number in enumerate(shown)
                if number > step and place in listed and (masks[number] & masks[step]).any()
            ),
            None,
        )
    item = scene.layers[step]
    box = whole_box(permille(item.box_xyxy, scene.size_hw))
    return SceneQuestion(step, question, NextObject(item.label, _description(item, rng), box, behind))


def _front_things(scene: LayeredScene, masks: _Masks, step: int, rng: np.random.Generator) -> set[int]:
    """About half of the things in front of a thing, those that may be there before it."""
    gone, there = [step], set()
    for number in range(step + 1, len(masks)):
        if scene.layers[number].is_thing:
            if rng.random() < 0.5 or any(_rests_on(scene, masks, number, other) for other in gone):
                gone.append(number)
            else:
                there.add(number)
    return there


def _rests_on(scene: LayeredScene, masks: _Masks, upper: int, lower: int) -> bool:
    """Whether a thing may stand on one behind it: it overlaps it and ends higher up in the picture.

    What stands on the ground before another thing ends lower down than that.
    """
    ends_higher = scene.layers[upper].box_xyxy[3] <= scene.layers[lower].box_xyxy[3]
    return ends_higher and bool((masks[upper] & masks[lower]).any())


def _without_front(
    scene: LayeredScene, masks: _Masks, step: int, rng: np.random.Generator
) -> tuple[list[int], list[Layer]]:
    """The layers that are there before a thing comes, grown over the things that are not there yet."""
    index = np.full(masks[0].shape, UNKNOWN, np.int16)
    if scene.undecided is not None:
        index[_shrunk(decode_rle(scene.undecided, scene.size_hw))] = UNDECIDED
    for number, mask in enumerate(masks):
        index[mask] = number
    shown = list(range(len(masks)))
    for number in range(len(masks) - 1, step - 1, -1):
        if scene.layers[number].is_thing:
            shown.remove(number)
            if (index == number).any():
                index = remove_object(index, index == number, rng, "nearest")
    return shown, [Layer(scene.layers[number].label, index == number) for number in shown]


def _shrunk(mask: Bool[np.ndarray, "H W"]) -> Bool[np.ndarray, "h w"]:
    """Every n-th pixel of a mask."""
    step = -(-max(mask.shape) // WORK_PX)
    return mask[step // 2 :: step, step // 2 :: step]


def _prompt(scene: LayeredScene, rng: np.random.Generator) -> str:
    """One of the scene's texts, else one made of what is in it."""
    texts = [text for text in scene.texts if text.strip() and len(text) <= MAX_PROMPT_CHARACTERS]
    things = [layer.label for layer in scene.layers if layer.is_thing]
    return scene_text(things, things[int(rng.integers(len(things)))], rng, texts)


def _description(item: SceneLayer, rng: np.random.Generator) -> str:
    """The label or one of the thing's texts."""
    texts = [text for text in item.texts if text.isprintable() and len(text) <= MAX_DESCRIPTION_CHARACTERS]
    wordings = [item.label, *texts]
    return wordings[int(rng.integers(len(wordings)))]
