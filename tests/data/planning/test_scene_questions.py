"""Scenes taken apart into questions: what is shown, what is right, and that no box can be read off a hole."""

import numpy as np
import pytest
from shapes import disc, rectangle, room, scene_of

from smartmask.data.layered_scene import LayeredScene
from smartmask.data.planning.answer import AnswerError, NextObject
from smartmask.data.planning.question import ask
from smartmask.data.planning.scene_questions import SceneQuestion, scene_questions
from smartmask.scene.layout import Layer, Layout

SIZE = (80, 120)
TEXTS = ["a kitchen with a table"]


def kitchen(is_exact: bool = True) -> LayeredScene:
    """A table, a cup that stands on it, and a stool before it, which ends lower down."""
    masks = {
        "wall": np.ones(SIZE, bool),
        "floor": rectangle(SIZE, (0, 40, 120, 80)),
        "table": rectangle(SIZE, (20, 30, 90, 65)),
        "cup": rectangle(SIZE, (30, 20, 50, 40)),
        "stool": rectangle(SIZE, (60, 45, 80, 78)),
    }
    return scene_of(masks, is_exact=is_exact, texts=TEXTS)


def all_questions(scene: LayeredScene, seed: int = 0) -> dict[int, SceneQuestion]:
    asked = scene_questions(scene, 99, np.random.default_rng(seed))
    return {question.step: question for question in asked}


def names(question: SceneQuestion) -> list[str]:
    return [region.name for region in question.question.regions]


def plain_questions() -> dict[int, SceneQuestion]:
    """Of a seed that has none between things."""
    found = (all_questions(kitchen(), seed) for seed in range(100))
    return next(asked for asked in found if all(len(asked[step].question.regions) == step for step in asked))


def test_every_thing_is_asked_for_behind_everything_in_front_and_at_the_end_to_stop():
    asked = plain_questions()
    assert list(asked) == [2, 3, 4, 5]
    answers = {step: question.answer for step, question in asked.items()}
    assert answers == {
        2: NextObject("table", "table", (167, 375, 750, 812)),
        3: NextObject("cup", "cup", (250, 250, 417, 500)),
        4: NextObject("stool", "stool", (500, 562, 667, 975)),
        5: None,
    }
    scene = kitchen()
    for step, question in asked.items():
        layout = Layout(
            SIZE, tuple(Layer(one.label, one.mask(SIZE), "amodal") for one in scene.layers[:step])
        )
        expected = ask(layout, TEXTS[0], [one.label for one in scene.layers[2:step]])
        assert question.question.text == expected.text, "the same as a planner asks at that point"
        assert np.array_equal(question.question.picture, expected.picture)


def test_between_things_the_answer_says_behind_which_and_nothing_floats():
    shown_with_table: set[tuple[str, ...]] = set()
    behind: set[str] = set()
    for seed in range(40):
        question = all_questions(kitchen(), seed)[2]
        there = names(question)
        shown_with_table.add(tuple(there))
        if question.answer.behind is not None:
            behind.add(question.question.regions[question.answer.behind].name)
            assert there[question.answer.behind] == "stool"
        else:
            assert "stool" not in there
    assert shown_with_table == {("wall", "floor"), ("wall", "floor", "stool")}, "no cup without its table"
    assert behind == {"stool"}


def test_a_region_that_the_thing_does_not_touch_is_not_in_front_of_it():
    masks = {"wall": np.ones(SIZE, bool), "ball": disc(SIZE, (30, 30), 12), "curtain": np.zeros(SIZE, bool)}
    masks["curtain"][:, 100:] = True
    scene = scene_of(masks, is_exact=True, regions=("wall", "curtain"), texts=TEXTS)
    for seed in range(20):
        question = all_questions(scene, seed)[1]
        assert names(question) == ["wall", "curtain"]
        assert question.answer.behind is None


def test_a_region_in_front_of_a_thing_is_there_before_it():
    masks = {
        "wall": np.ones(SIZE, bool),
        "ball": disc(SIZE, (30, 30), 12),
        "grass": rectangle(SIZE, (0, 35, 120, 80)),
    }
    scene = scene_of(masks, is_exact=True, regions=("wall", "grass"), texts=TEXTS)
    question = all_questions(scene)[1]
    assert (names(question), question.answer.behind) == (["wall", "grass"], 1)


def test_of_a_photo_nobody_asks_whether_it_is_complete_nor_what_comes_between():
    for seed in range(10):
        asked = all_questions(kitchen(is_exact=False), seed)
        assert list(asked) == [2, 3, 4]
        assert all(question.answer.behind is None for question in asked.values())
        assert all(set(names(question)) <= {"wall", "floor", "table", "cup"} for question in asked.values())


def test_the_box_of_a_thing_cannot_be_read_off_the_hole_it_leaves():
    """A photo's annotations show only what is seen: under the table the wall and the floor are not known."""
    masks = {"wall": np.ones(SIZE, bool), "floor": rectangle(SIZE, (0, 40, 120, 80))}
    table = disc(SIZE, (55, 45), 25)
    seen = {label: mask & ~table for label, mask in masks.items()}
    seen["wall"] &= ~masks["floor"]
    scene = scene_of({**seen, "table": table}, is_exact=False, texts=TEXTS)
    pictures = []
    for seed in range(8):
        question = all_questions(scene, seed)[2]
        assert set(names(question)) <= {"wall", "floor"}
        canvas = question.question.picture[: 672 * 80 // 120]
        pictures.append(canvas)
        assert not (canvas == 222).all(-1).any(), "nothing is left unknown"
    assert not all(np.array_equal(pictures[0], picture) for picture in pictures[1:])


def test_the_goal_is_one_of_the_scenes_texts_or_names_what_is_in_it():
    assert '"goal": "a kitchen with a table"' in all_questions(kitchen())[5].question.text
    asked = all_questions(room(3, is_exact=True))
    goals = {
        question.question.text.split('"goal": ')[1].split(', "regions"')[0] for question in asked.values()
    }
    assert len(goals) == 1, "one goal from the first step to the last"
    assert "ball" in goals.pop() or "picture" in goals


def test_the_same_numbers_give_the_same_questions_and_fewer_are_a_part_of_all():
    first, again = all_questions(kitchen(), 3), all_questions(kitchen(), 3)
    assert [(q.step, q.question.text, q.answer) for q in first.values()] == [
        (q.step, q.question.text, q.answer) for q in again.values()
    ]
    steps = {
        tuple(q.step for q in scene_questions(kitchen(), 2, np.random.default_rng(seed)))
        for seed in range(40)
    }
    assert steps == {(a, b) for a in (2, 3, 4, 5) for b in (2, 3, 4, 5) if a < b}


def test_a_large_scene_is_asked_about_in_the_small():
    size = (1200, 1600)
    masks = {"wall": np.ones(size, bool), "ball": disc(size, (400, 600), 200)}
    question = all_questions(scene_of(masks, is_exact=True, texts=TEXTS))[1]
    assert question.answer.box == (125, 333, 375, 667)
    assert names(question) == ["wall"]


def test_a_scene_without_things_asks_nothing():
    assert scene_questions(scene_of({"wall": np.ones(SIZE, bool)}), 4, np.random.default_rng(0)) == []


def test_a_label_that_no_answer_can_give_is_refused():
    masks = {"wall": np.ones(SIZE, bool), "a" * 61: disc(SIZE, (55, 45), 25)}
    with pytest.raises(AnswerError, match='"label" has 61 characters'):
        all_questions(scene_of(masks, is_exact=True, texts=TEXTS))
