"""Diversity against its definition, and where it is known."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapes import bool_masks, rectangle

from smartmask.evaluation.metrics.diversity import diversity

SIZE_HW = (8, 12)
EMPTY = np.zeros(SIZE_HW, bool)
LEFT, RIGHT = rectangle(SIZE_HW, (0, 0, 6, 8)), rectangle(SIZE_HW, (6, 0, 12, 8))
FULL = np.ones(SIZE_HW, bool)


@pytest.mark.parametrize(
    ("masks", "expected"),
    [
        pytest.param([LEFT, LEFT, LEFT], 0, id="the same three times"),
        pytest.param([LEFT, RIGHT], 1, id="apart"),
        pytest.param([LEFT, FULL], 0.5, id="half of each other"),
        pytest.param([LEFT, RIGHT, FULL], (1 + 0.5 + 0.5) / 3, id="each pair once"),
        pytest.param([LEFT, LEFT, RIGHT], 2 / 3, id="a copy is no variety"),
        pytest.param([EMPTY, EMPTY], 0, id="two empty masks are the same"),
        pytest.param([EMPTY, LEFT], 1, id="something and nothing are not"),
    ],
)
def test_known_values(masks, expected):
    assert diversity(masks) == pytest.approx(expected)


def test_fewer_than_two_have_no_pair():
    assert math.isnan(diversity([]))
    assert math.isnan(diversity([LEFT]))


@given(st.lists(bool_masks(), min_size=2, max_size=5), st.randoms())
def test_it_is_the_mean_over_pixels_counted_one_by_one_in_any_order(masks, random):
    apart = []
    for one, other in itertools.combinations(masks, 2):
        pixels = list(zip(one.ravel().tolist(), other.ravel().tolist(), strict=True))
        union, both = sum(a or b for a, b in pixels), sum(a and b for a, b in pixels)
        apart.append(1 - both / union if union else 0.0)
    shuffled = list(masks)
    random.shuffle(shuffled)
    assert diversity(masks) == pytest.approx(sum(apart) / len(apart))
    assert diversity(shuffled) == pytest.approx(diversity(masks))
