"""Which shapes come first: those that are likely, of several objects, and not the plain ones."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from thin_shapes import ellipse, small_field
from whole_shape_parts import bar, comb

from smartmask.memory.candidates import Candidates
from smartmask.model.shape.frame import frame_field
from smartmask.model.shape.sketch import complexity, pairwise_iou
from smartmask.pipelines.shapes.shape_choice import DISTINCT_GROUPS, PLAIN_PRICE, TELLING, choose

SIDE = 32
LEFT, MIDDLE, RIGHT = 3, 12, 21
"""Where strips stand that do not overlap."""


def sketch(mask: np.ndarray) -> np.ndarray:
    return small_field(frame_field(mask))


def strip(left: int, width: int = 8) -> np.ndarray:
    """An upright strip of a sketch; all of one width are equally plain."""
    field = np.full((SIDE, SIDE), -1, np.float32)
    field[4:28, left : left + width] = 1
    return field


def of_sketches(
    *sketches: np.ndarray, groups: list[int] | None = None, handicaps: object = 0.0
) -> Candidates:
    count = len(sketches)
    return Candidates(
        np.arange(count),
        np.zeros(count, bool),
        np.stack(sketches).astype(np.float32) if count else np.zeros((0, 1, 1), np.float32),
        np.zeros(count, np.float32),
        np.arange(count) if groups is None else np.array(groups, np.int64),
        np.broadcast_to(np.float32(handicaps), count).copy(),
    )


def order(
    candidates: Candidates, odds: list[float], count: int = 16, noise: float = 0, seed: int = 0
) -> list[int]:
    likely = np.array(odds, np.float32) / np.float32(max(sum(odds), 1e-9))
    return choose(candidates, likely, count, np.random.default_rng(seed), noise).tolist()


@pytest.mark.parametrize("odds", list(permutations([1, 3, 5])))
def test_shapes_that_have_nothing_in_common_come_as_likely_as_they_are(odds):
    found = order(of_sketches(strip(LEFT), strip(MIDDLE), strip(RIGHT)), list(odds))
    assert [odds[row] for row in found] == [5, 3, 1]


def test_what_is_like_a_shown_one_comes_after_what_is_not():
    twins = of_sketches(strip(LEFT), strip(LEFT + 1), strip(MIDDLE), strip(RIGHT))
    assert order(twins, [5, 4, 1, 3]) == [0, 3, 2, 1]


def test_a_shape_like_many_likely_ones_comes_before_a_likelier_one_that_stands_alone():
    fields = [strip(LEFT - 1), strip(LEFT), strip(LEFT + 1), strip(RIGHT)]
    assert order(of_sketches(*fields), [2, 2, 2, 3])[0] == 1
    assert order(of_sketches(*fields), [0, 2, 0, 3])[0] == 3, "the others count as much as they are likely"


@given(st.integers(0, 99))
def test_the_first_is_that_of_the_definition(seed):
    rng = np.random.default_rng(seed)
    fields = [
        strip(int(left), int(width))
        for left, width in zip(rng.integers(2, 18, 9), rng.integers(5, 12, 9), strict=True)
    ]
    handicaps = rng.uniform(0, 0.1, 9).astype(np.float32)
    odds = rng.random(9).astype(np.float32)
    candidates = of_sketches(*fields, groups=[0, 0, 1, 1, 2, 2, 3, 3, 4], handicaps=handicaps)
    inside = candidates.sketches.reshape(9, -1) > 0
    expected = pairwise_iou(inside, inside) @ (odds / odds.sum())
    detail = complexity(candidates.sketches, candidates.log_aspects)
    price = PLAIN_PRICE * np.maximum(0, np.quantile(detail, TELLING) - detail) + handicaps
    values = expected - price
    assert values[order(candidates, odds.tolist(), 1)[0]] == pytest.approx(values.max(), abs=1e-6)


def test_the_first_four_are_of_different_objects_if_there_are_as_many():
    fields = [strip(left) for left in (3, 4, 5, 6, 12, 21)]
    odds = [5.0, 5, 5, 5, 1, 1]
    found = order(of_sketches(*fields, groups=[0, 0, 0, 1, 2, 3]), odds)
    assert sorted(found) == list(range(6))
    assert {[0, 0, 0, 1, 2, 3][row] for row in found[:DISTINCT_GROUPS]} == {0, 1, 2, 3}
    two = order(of_sketches(*fields, groups=[0, 0, 0, 0, 7, 7]), odds)
    assert {[0, 0, 0, 0, 7, 7][row] for row in two[:2]} == {0, 7}
    assert sorted(two) == list(range(6))


def test_of_two_that_are_as_likely_the_plain_one_comes_last():
    plain, detailed = sketch(ellipse(60, 60)), sketch(comb(2))
    for fields in ((plain, detailed), (detailed, plain)):
        first = order(of_sketches(*fields), [1, 1])[0]
        assert fields[first] is detailed
        assert order(of_sketches(*fields), [float(field is plain) for field in fields])[0] == 1 - first


def test_a_handicap_pays_too():
    fields = (
        of_sketches(strip(LEFT), strip(RIGHT)),
        of_sketches(strip(LEFT), strip(RIGHT), handicaps=[0.1, 0.0]),
    )
    assert [order(one, [0.52, 0.48])[0] for one in fields] == [0, 1]


def test_of_no_shapes_there_is_no_order():
    assert order(of_sketches(), []) == []
    assert order(Candidates.none(), []) == []


def test_what_is_not_likely_at_all_is_shown_too():
    fields = [strip(LEFT), strip(MIDDLE), strip(RIGHT)]
    assert order(of_sketches(*fields), [0, 0, 1])[0] == 2
    assert sorted(order(of_sketches(*fields), [0, 0, 1])) == [0, 1, 2]


@given(st.integers(1, 20), st.integers(1, 16), st.integers(0, 9))
def test_it_is_an_order_of_as_many_as_are_wanted_and_the_same_again(count, wanted, seed):
    rng = np.random.default_rng(seed)
    fields = rng.standard_normal((count, SIDE, SIDE)).astype(np.float32)
    candidates = of_sketches(*fields, groups=rng.integers(0, 3, count).tolist())
    odds = rng.random(count).tolist()
    found = order(candidates, odds, wanted, 0.02, seed)
    assert len(set(found)) == len(found) == min(count, wanted)
    assert set(found) <= set(range(count))
    assert found == order(candidates, odds, wanted, 0.02, seed)
    assert found == order(candidates, odds, 16, 0.02, seed)[:wanted], "a start of the whole order"


def test_seeds_decide_between_near_equals_and_between_no_others():
    near = of_sketches(*(sketch(bar(number)) for number in range(5)))
    firsts = {order(near, [1] * 5, 1, noise=0.01, seed=seed)[0] for seed in range(30)}
    assert len(firsts) > 1
    far = of_sketches(strip(LEFT), strip(RIGHT))
    assert {order(far, [1, 0], 1, noise=0.01, seed=seed)[0] for seed in range(30)} == {0}


def test_without_noise_seeds_change_nothing():
    near = of_sketches(*(sketch(bar(number)) for number in range(5)))
    assert len({tuple(order(near, [1] * 5, seed=seed)) for seed in range(8)}) == 1
