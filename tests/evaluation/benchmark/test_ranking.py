"""Misplaced copies of a mask, and a score that knows which one is true."""

from dataclasses import replace

import numpy as np
import pytest
from benchmark_data import parts_of, rooms
from shapes import disc, rectangle

from smartmask.evaluation.benchmark.measures import ranked
from smartmask.evaluation.benchmark.protocol import frozen, whole_objects
from smartmask.evaluation.benchmark.ranking import SHIFTS, misplaced, moved, rescaled
from smartmask.evaluation.benchmark.tasks import task_of
from smartmask.model.signed_distance import encode
from smartmask.pipelines.suggest import REFINE_FILL
from smartmask.scene.boxes import box_of
from smartmask.scene.masks import mask_iou
from smartmask.scene.view import View

SIZE = (72, 96)
ENTRIES = frozen("voc", rooms("test", 6), "test", whole_objects, 100)
RESOLUTION = 32


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


class ExpectsDiscs:
    """A denoiser that, told of words, expects a disc that fills a window as the refine pass shows it."""

    def __call__(self, x, t, conditions):
        view = View.whole((RESOLUTION, RESOLUTION), RESOLUTION)
        radius = REFINE_FILL * RESOLUTION / 2
        told = encode(disc((RESOLUTION, RESOLUTION), (RESOLUTION / 2, RESOLUTION / 2), radius), view)
        return tuple((told if condition.object_text.any() else 0 * told)[None] for condition in conditions)


def test_the_ranking_asks_the_score_that_it_is_given(tiny_encoder):
    task = task_of(ENTRIES, 0)
    parts = parts_of(ExpectsDiscs(), tiny_encoder, RESOLUTION)
    right = ranked(replace(parts, score=lambda scene, label, mask: mask_iou(mask, task.target)), task)
    wrong = ranked(replace(parts, score=lambda scene, label, mask: -mask_iou(mask, task.target)), task)
    assert right["rank, all"] == 1.0
    assert wrong["rank, all"] == 0.0
    assert {"rank, moved", "rank, rescaled", "rank, another scene's"} <= set(right)


def test_the_score_sees_a_mask_in_the_window_of_the_refine_pass(tiny_encoder):
    parts = parts_of(ExpectsDiscs(), tiny_encoder, RESOLUTION)
    scene = task_of(ENTRIES, 0).scene
    small, large = (parts.score(scene, "ball", disc(SIZE, (40, 36), radius)) for radius in (12, 30))
    bar = parts.score(scene, "ball", rectangle(SIZE, (10, 30, 80, 36)))
    assert small > 0.9
    assert large > 0.9
    assert bar < 0.7
