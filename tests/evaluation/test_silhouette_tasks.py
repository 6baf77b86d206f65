"""Objects taken out and asked for again, on rooms whose trivial answers are known."""

import numpy as np
import pytest
from conftest import HashEncoder
from shapes import room

from smartmask.evaluation.baselines import ShapeBank
from smartmask.evaluation.silhouettes import Task, measure_all, tasks, trivial_answers
from smartmask.scene.boxes import box_of
from smartmask.scene.layout import UNKNOWN
from smartmask.scene.masks import mask_iou

SCENES = [room(number) for number in range(6)]  # 12 objects: picture, ball, picture, ...
PICTURE, BALL = 2, 3
BOX, ELLIPSE, MEAN, RETRIEVED, BEST = range(5)


@pytest.fixture(scope="module")
def bank() -> ShapeBank:
    return ShapeBank([room(number) for number in range(100, 120)], HashEncoder())


def task_of(label: str) -> Task:
    return next(task for task in tasks(SCENES) if task.label == label)


@pytest.mark.parametrize(
    ("limit", "numbers"),
    [
        pytest.param(None, list(range(12)), id="all of them"),
        pytest.param(1, [0], id="one is the first"),
        pytest.param(2, [0, 11], id="two are the first and the last"),
        pytest.param(4, [0, 3, 7, 11], id="four are spread evenly"),
        pytest.param(99, list(range(12)), id="never more than there are"),
    ],
)
def test_a_limit_spreads_tasks_evenly(limit, numbers):
    assert [task.number for task in tasks(SCENES, limit)] == numbers


def test_a_task_is_the_same_whether_others_are_made_or_not():
    every = {task.number: task for task in tasks(SCENES)}
    for task in tasks(SCENES, 4):
        twin = every[task.number]
        assert task.label == twin.label
        assert np.array_equal(task.target, twin.target)
        assert np.array_equal(task.scene.visible_index, twin.scene.visible_index)
        for rough in (False, True):
            assert np.array_equal(task.scribble(rough).mask, twin.scribble(rough).mask)


def test_the_same_object_of_other_numbers_gets_other_hints():
    copies = [task for task in tasks([SCENES[0]] * 8) if task.label == "picture"]
    assert len({task.target.tobytes() for task in copies}) == 1
    assert len({task.scribble(rough=True).mask.tobytes() for task in copies}) > 1


@pytest.mark.parametrize("fill", [None, "nearest", "rows", "unknown"], ids="fill {}".format)
def test_the_scene_of_a_task_lacks_its_object_and_agrees_with_its_layout(fill):
    for task in tasks(SCENES, fill=fill):
        own = PICTURE if task.label == "picture" else BALL
        index = task.scene.visible_index
        assert not (index == own).any()
        assert (index == UNKNOWN).any() == (fill == "unknown")
        assert np.array_equal(index, task.scene.layout.visible_index())
        assert task.scene.layout.labels == ("wall", "floor", "picture", "ball")


def test_hints_of_a_task_are_about_its_object():
    for task in tasks(SCENES):
        assert task.box().box() == box_of(task.target)
        fine, rough = task.scribble().mask, task.scribble(rough=True).mask
        assert mask_iou(fine, task.target) > 0.6
        assert mask_iou(rough, task.target) > 0.4
        assert (fine & task.target).sum() > 0.95 * task.target.sum()


def test_trivial_answers_of_a_rectangle_are_known(bank):
    found = trivial_answers(task_of("picture"), bank)
    assert found[BOX] == 1.0
    assert found[ELLIPSE] == pytest.approx(np.pi / 4, abs=0.02)
    assert found[[MEAN, RETRIEVED, BEST]].tolist() == [1.0, 1.0, 1.0]


def test_trivial_answers_of_a_disc_are_known(bank):
    found = trivial_answers(task_of("ball"), bank)
    assert found[BOX] == pytest.approx(np.pi / 4, abs=0.04)
    assert (found[[ELLIPSE, MEAN, RETRIEVED]] > 0.93).all()
    assert found[BEST] >= found[RETRIEVED]


def test_the_best_of_four_is_the_best_of_those_retrieved(bank):
    for task in tasks(SCENES):
        rng = np.random.default_rng([task.number, 3])
        shapes = bank.retrieved(task.label, task.box().box(), task.target.shape, 4, rng)
        ious = [mask_iou(shape, task.target) for shape in shapes]
        found = trivial_answers(task, bank)
        assert found[RETRIEVED] == pytest.approx(ious[0])
        assert found[BEST] == pytest.approx(max(ious))


@pytest.mark.parametrize("threads", [1, 4], ids="{} threads".format)
def test_measurements_come_in_the_order_of_the_tasks(threads):
    def measure(task: Task) -> np.ndarray:
        return np.array([task.number, task.target.sum()], np.float32)

    labels, found = measure_all(measure, tasks(SCENES), threads)
    assert labels == ["picture", "ball"] * 6
    assert found[:, 0].tolist() == list(range(12))
    assert found[:, 1].tolist() == [task.target.sum() for task in tasks(SCENES)]
