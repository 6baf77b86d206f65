"""The order in which samples are shown."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from shapes import disc, rectangle

from smartmask.pipelines.shapes.consensus import consensus_order
from smartmask.scene.masks import mask_iou

SIZE = (24, 24)
MASKS = st.integers(1, 6).flatmap(lambda count: arrays(bool, (count, 5, 5)))


def expected_best(masks: np.ndarray, chosen: list[int]) -> float:
    """How well the best of the chosen overlaps with a sample, on average; of an empty one nothing does."""
    best = [max(mask_iou(masks[c], mask) if mask.any() else 0.0 for c in chosen) for mask in masks]
    return float(np.mean(best))


@given(MASKS)
def test_it_is_an_order_and_each_choice_is_the_best_next_one(masks):
    order = consensus_order(masks).tolist()
    assert sorted(order) == list(range(len(masks)))
    for count in range(1, len(order)):
        reached = expected_best(masks, order[:count])
        others = [expected_best(masks, [*order[: count - 1], other]) for other in order[count:]]
        assert reached >= max(others) - 1e-6


def test_the_first_is_the_one_most_like_the_others_not_the_odd_one():
    rng = np.random.default_rng(0)
    alike = [disc(SIZE, (12 + dx, 12 + dy), 8) for dx, dy in rng.integers(-1, 2, (5, 2))]
    odd = rectangle(SIZE, (0, 0, 4, 24))
    assert consensus_order(np.stack([odd, *alike]))[0] != 0


def test_the_second_stands_for_those_that_the_first_is_unlike():
    balls = [disc(SIZE, (12, 12), radius) for radius in (7, 8, 9)]
    bars = [rectangle(SIZE, (2, 9, 22, bottom)) for bottom in (12, 13)]
    order = consensus_order(np.stack([*balls, *bars]))
    assert order[0] in (0, 1, 2)
    assert order[1] in (3, 4)


@pytest.mark.parametrize("count", [1, 4])
def test_empty_masks_keep_their_order(count):
    assert consensus_order(np.zeros((count, 4, 4), bool)).tolist() == list(range(count))
