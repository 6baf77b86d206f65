from graphlib import CycleError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartmask.scene.linear_extension import linear_extension


@given(st.integers(0, 12), st.randoms(use_true_random=False))
def test_each_comes_after_all_that_it_hides(count, random):
    hidden = list(range(count))
    random.shuffle(hidden)
    rank = {number: place for place, number in enumerate(hidden)}
    pairs = [
        (a, b) for a in range(count) for b in range(count) if rank[a] > rank[b] and random.random() < 0.3
    ]
    order = linear_extension(count, pairs)
    assert sorted(order) == list(range(count))
    assert all(order.index(front) > order.index(behind) for front, behind in pairs)


@given(st.integers(0, 12), st.randoms(use_true_random=False))
def test_what_is_in_order_stays(count, random):
    pairs = [(a, b) for a in range(count) for b in range(a) if random.random() < 0.3]
    assert linear_extension(count, pairs) == list(range(count))


def test_a_circle_is_refused_and_listed():
    with pytest.raises(CycleError) as found:
        linear_extension(4, [(0, 1), (1, 2), (2, 0), (3, 0)])
    circle = found.value.args[1]
    assert set(circle) == {0, 1, 2}
    assert set(zip(circle[1:], circle, strict=False)) == {(0, 1), (1, 2), (2, 0)}
