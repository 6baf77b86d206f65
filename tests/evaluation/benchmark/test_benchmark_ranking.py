"""Misplaced copies of a mask, and a score that knows which one is true."""

from dataclasses import replace

import numpy as np
import pytest
from benchmark_data import parts_of, rooms
from shapes import disc, rectangle

from smartmask.evaluation.benchmark.measures import ranked
from smartmask.evaluation.benchmark.protocol import exact_objects, frozen, whole_objects
from smartmask.evaluation.benchmark.ranking import SHIFTS, misplaced, moved, rescaled
from smartmask.evaluation.benchmark.tasks import task_of
from smartmask.scene.boxes import box_of
from smartmask.scene.masks import mask_iou

SIZE = (72, 96)
ENTRIES = frozen("voc", rooms("test", 6), "test", whole_objects, 100)


def test_rescaled_masks_stand_where_the_object_stood():
    mask = rectangle(SIZE, (40, 30, 50, 60))
    half, twice = rescaled(mask, 0.5), rescaled(mask, 2.0)
    assert box_of(half) == pytest.approx((42.5, 45, 47.5, 60), abs=0.51)
    assert box_of(twice) == (35.0, 0.0, 55.0, 60.0)
    assert np.array_equal(rescaled(mask, 1.0), mask)


def test_moved_masks_are_copies_elsewhere_that_are_seen():
    mask = disc(SIZE, (20, 20), 9)
    copies = moved(mask, np.random.default_rng(0))
    assert len(copies) == SHIFTS
    for copy in copies:
        assert mask_iou(copy, mask) < 0.2
        assert copy.sum() > 0.55 * mask.sum()


def test_even_what_fills_the_canvas_can_be_moved():
    mask = np.ones(SIZE, bool)
    for copy in moved(mask, np.random.default_rng(0)):
        assert copy.any()
        assert mask_iou(copy, mask) < 1


def test_misplaced_masks_follow_from_the_object_alone():
    first, again = (misplaced(task_of(ENTRIES, 0)) for _ in range(2))
    assert list(first) == ["moved", "rescaled", "another scene's"]
    for kind, masks in first.items():
        assert all(mask.any() for mask in masks)
        assert all(np.array_equal(one, two) for one, two in zip(masks, again[kind], strict=True))


class Knows:
    """Scores by the overlap with the mask that is true, or against it."""

    def __init__(self, target: np.ndarray, sign: float) -> None:
        self.target, self.sign = target, sign
        self.seen: list[np.ndarray] = []

    def score(self, visible_index, labels, mask, prompt, scene) -> float:
        self.seen.append(visible_index)
        return 0.5 + self.sign * mask_iou(mask, self.target) / 2


def test_the_ranking_asks_the_ranker_that_it_is_given(tiny_encoder):
    task = task_of(ENTRIES, 0)
    parts = parts_of(lambda x, t, conditions: (x,) * len(conditions), tiny_encoder, 32)
    right = ranked(replace(parts, ranker=Knows(task.target, 1)), task)
    wrong = ranked(replace(parts, ranker=Knows(task.target, -1)), task)
    assert right["rank, all"] == 1.0
    assert wrong["rank, all"] == 0.0
    assert {"rank, moved", "rank, rescaled", "rank, another scene's"} <= set(right)


def test_both_masks_of_a_pair_are_scored_in_one_layout_with_a_hole_under_each(tiny_encoder):
    task = task_of(ENTRIES, 0)
    ranker = Knows(task.target, 1)
    parts = parts_of(lambda x, t, conditions: (x,) * len(conditions), tiny_encoder, 32)
    ranked(replace(parts, ranker=ranker), task)
    for one, other in zip(ranker.seen[::2], ranker.seen[1::2], strict=True):
        assert one is other
    assert any(not np.array_equal(seen, task.scene.visible_index) for seen in ranker.seen)


def test_nothing_is_cut_out_of_an_exact_scene():
    entries = frozen("made", rooms("test", 6, is_exact=True), "test", exact_objects, 100)
    task = task_of(entries, 0)
    assert all(task.with_hole(mask) is task.scene for masks in misplaced(task).values() for mask in masks)
