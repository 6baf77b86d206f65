"""Several objects, one after the other: what each meets, and doing it all again or without a step."""

import numpy as np
import pytest
from field_parts import field_drawing
from inpainters import Noise, Painting
from rankers import LargerIsBetter
from shapes import disc, rectangle

from smartmask.errors import BackendError
from smartmask.pipelines.insertion.history import (
    InsertionHistory,
    InsertStep,
    RecordedStep,
    digest_of,
    history_of,
    insert_steps,
    replay,
)
from smartmask.pipelines.insertion.insert import InsertPipeline, InsertSettings
from smartmask.pipelines.suggest import SuggestPipeline
from smartmask.scene.guidance import Box
from smartmask.scene.layout import Layer, Layout

SIZE_HW = (80, 100)
ROOM = Layout(
    SIZE_HW,
    (
        Layer("wall", rectangle(SIZE_HW, (0, 0, 100, 50))),
        Layer("floor", rectangle(SIZE_HW, (0, 50, 100, 80))),
        Layer("chair", rectangle(SIZE_HW, (60, 30, 80, 75))),
    ),
)
PHOTO = np.random.default_rng(0).integers(60, 200, (*SIZE_HW, 3), np.uint8)
DOG, CAT, VASE = (disc(SIZE_HW, (x, y), r) for x, y, r in ((40, 50, 16), (52, 52, 14), (64, 40, 12)))
SHARP = InsertSettings(grow_px=0, feather_px=0, padding_px=9)
COLOURS = {"red": (220, 20, 20), "green": (20, 220, 20), "blue": (20, 20, 220)}
STEPS = (
    InsertStep(prompt="a dog", inpainter="red", where=DOG, seed=1, settings=SHARP),
    InsertStep(prompt="a cat", inpainter="noise", where=CAT, seed=2, behind=("a dog",)),
    InsertStep(prompt="a vase", inpainter="blue", where=VASE, seed=3, settings=SHARP, behind=(2, "a cat")),
)


def inpainter_of(name: str) -> Painting:
    return Noise() if name == "noise" else Painting(COLOURS[name])


@pytest.fixture
def suggest(tiny_encoder) -> SuggestPipeline:
    """Suggests the same disc in any window."""

    def disc_field(x: np.ndarray, t: float, conditions: tuple[object, ...]) -> tuple[np.ndarray, ...]:
        rows, columns = np.mgrid[:32, :32] + 0.5
        field = np.clip((9 - np.hypot(rows - 16, columns - 16)) / 5, -1, 1).astype(np.float32)
        return (field[None],) * len(conditions)

    return SuggestPipeline(field_drawing(disc_field, tiny_encoder, 32), LargerIsBetter(), threads=1)


def run(suggest: SuggestPipeline, steps: tuple[InsertStep, ...] = STEPS):
    return insert_steps(PHOTO, ROOM, steps, suggest, inpainter_of)


def test_each_step_meets_what_the_ones_before_it_left(suggest):
    found = run(suggest)
    first, second, third = found.insertions
    assert first.layout.labels == ("wall", "floor", "chair", "a dog")
    assert second.layout.labels == ("wall", "floor", "chair", "a cat", "a dog")
    # The dog overlaps the cat and the chair, and so stays before them both, and before the vase.
    assert third.layout.labels == ("wall", "floor", "a vase", "chair", "a cat", "a dog")
    red = (third.image == COLOURS["red"]).all(2)
    assert np.array_equal(red, DOG)
    blue = (third.image == COLOURS["blue"]).all(2)
    assert np.array_equal(blue, VASE & ~ROOM.layers[2].mask & ~CAT & ~DOG)


def test_steps_equal_single_insertions_one_by_one(suggest):
    photo, layout = PHOTO, ROOM
    for step in STEPS:
        pipeline = InsertPipeline(suggest, inpainter_of(step.inpainter))
        found = pipeline(
            photo, layout, step.prompt, step.where, seed=step.seed, settings=step.settings, behind=step.behind
        )[0]
        photo, layout = found.image, found.layout
    assert np.array_equal(run(suggest).insertions[-1].image, photo)


def test_a_replay_gives_the_same_pictures_layouts_and_history(suggest):
    found = run(suggest)
    again = replay(found.history, PHOTO, inpainter_of)
    for one, other in zip(found.insertions, again.insertions, strict=True):
        assert np.array_equal(one.image, other.image)
        assert one.layout.labels == other.layout.labels
        assert one.seed == other.seed
    assert [step.digest for step in again.history.steps] == [digest_of(one.image) for one in found.insertions]


@pytest.mark.parametrize("gone", [0, 1, 2], ids=lambda gone: f"step {gone}")
def test_undoing_a_step_is_never_having_taken_it(gone, suggest):
    undone = replay(run(suggest).history.without(gone), PHOTO, inpainter_of)
    label = STEPS[gone].prompt
    steps = tuple(
        InsertStep(
            prompt=step.prompt,
            inpainter=step.inpainter,
            where=step.where,
            seed=step.seed,
            settings=step.settings,
            behind=tuple(name for name in step.behind if name != label),
        )
        for number, step in enumerate(STEPS)
        if number != gone
    )
    never = run(suggest, steps)
    assert np.array_equal(undone.insertions[-1].image, never.insertions[-1].image)
    assert undone.insertions[-1].layout.labels == never.insertions[-1].layout.labels
    assert [step.behind for step in undone.history.steps] == [step.behind for step in never.history.steps]
    assert [step.digest for step in undone.history.steps] == [step.digest for step in never.history.steps]


def test_steps_may_be_undone_one_after_another_down_to_none(suggest):
    history = run(suggest).history
    assert np.array_equal(replay(history.without(2).without(0), PHOTO, inpainter_of).insertions[-1].mask, CAT)
    assert replay(history.without(0).without(0).without(0), PHOTO, inpainter_of).insertions == ()


def test_the_first_steps_are_the_steps_before(suggest):
    found = run(suggest)
    again = replay(found.history.first(2), PHOTO, inpainter_of)
    assert np.array_equal(again.insertions[-1].image, found.insertions[1].image)


def test_identities_last_while_layers_move(suggest):
    steps = run(suggest).history.steps
    assert [step.behind for step in steps] == [(), (3,), (2, 4)]  # the dog is layer 3, the cat 4


def test_a_hint_is_found_in_the_layout_of_its_step_and_the_mask_recorded(suggest):
    hint = Box((20, 20, 60, 60))
    step = InsertStep(prompt="a ball", inpainter="green", where=hint, seed=4, scene="a room")
    found = run(suggest, (STEPS[0], step))
    mask = suggest(found.insertions[0].layout, "a ball", "a room", hint, 4, 4)[0].mask
    assert np.array_equal(found.history.steps[1].mask, mask)
    assert np.array_equal(replay(found.history, PHOTO, inpainter_of).insertions[1].mask, mask)


def test_the_history_of_one_insertion_replays_each_of_its_samples(suggest):
    step = STEPS[1]
    samples = InsertPipeline(suggest, Noise())(PHOTO, ROOM, "a cat", CAT, n=3, seed=2, behind=["chair"])
    asked = InsertStep(prompt="a cat", inpainter="noise", where=CAT, seed=2, behind=("chair",))
    for sample in samples:
        history = history_of(PHOTO, ROOM, sample, asked)
        assert history.steps[0].behind == (2,)
        assert np.array_equal(replay(history, PHOTO, inpainter_of).insertions[0].image, sample.image)
    assert step.prompt == "a cat"


def test_each_inpainter_is_asked_for_once_and_progress_is_told(suggest):
    asked, seen = [], []

    def counting(name: str) -> Painting:
        asked.append(name)
        return inpainter_of(name)

    steps = (STEPS[0], InsertStep(prompt="a hen", inpainter="red", where=VASE))
    insert_steps(PHOTO, ROOM, steps, suggest, counting, lambda *step: seen.append(step))
    assert asked == ["red"]
    assert seen == [(1, 2), (2, 2)]


def test_another_photo_is_refused(suggest):
    history = run(suggest).history
    other = PHOTO.copy()
    other[3, 4, 1] ^= 1
    with pytest.raises(ValueError, match=r"the photo \(digest \w{12}\) is not the one of this history"):
        replay(history, other, inpainter_of)


def test_an_inpainter_that_draws_something_else_now_is_named(suggest):
    history = run(suggest).history

    def other(name: str) -> Painting:
        return Painting((1, 2, 3)) if name == "blue" else inpainter_of(name)

    with pytest.raises(BackendError, match=r"step 2 \('a vase'\): blue draws another picture than it did"):
        replay(history, PHOTO, other)


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (InsertStep(prompt="", inpainter="red", where=DOG), r"step 1 \(''\): the prompt is empty"),
        (InsertStep(prompt="a hen", inpainter="red", where=DOG, behind=("cow",)), "step 1 .*behind 'cow'"),
        (
            InsertStep(prompt="a hen", inpainter="red", where=DOG, behind=("a dog",), settings=SHARP),
            "step 1 .*the layers in front hide it",
        ),
        (InsertStep(prompt="a hen", inpainter="red", where=DOG[:9]), "step 1 .*the mask is 100x9"),
    ],
    ids=["no words", "behind nothing known", "wholly hidden", "a mask of another size"],
)
def test_a_step_that_cannot_be_done_is_named(step, message, suggest):
    with pytest.raises(ValueError, match=message):
        run(suggest, (STEPS[0], step))


def recorded(**changes: object) -> RecordedStep:
    values = {"prompt": "a", "inpainter": "red", "mask": DOG, "behind": (), "seed": 0, "settings": SHARP}
    return RecordedStep(**(values | {"digest": None} | changes))


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (recorded(mask=DOG[:5]), "step 0: its mask is empty or of another size than the layout"),
        (recorded(mask=np.zeros(SIZE_HW, bool)), "step 0: its mask is empty"),
        (recorded(behind=(3,)), r"step 0: is behind \(3,\), but there are 0 to 2"),
        (recorded(behind=(-1,)), r"step 0: is behind \(-1,\)"),
    ],
    ids=["another size", "empty", "behind itself", "behind no layer"],
)
def test_a_history_that_contradicts_itself_cannot_be_made(step, message):
    with pytest.raises(ValueError, match=message):
        InsertionHistory("0" * 64, ROOM, (step,))


@pytest.mark.parametrize("number", [-1, 3])
def test_a_step_that_is_not_there_cannot_be_undone(number, suggest):
    history = run(suggest).history
    with pytest.raises(ValueError, match=f"step {number} cannot be undone: the history has steps 0 to 2"):
        history.without(number)
    with pytest.raises(ValueError, match="of a history with 3 steps"):
        history.first(number if number < 0 else 4)
