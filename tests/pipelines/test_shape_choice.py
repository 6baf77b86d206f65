"""Which shapes come first: those that the votes want, of several objects, and not the plain ones."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from thin_shapes import ellipse, small_field
from whole_shape_parts import bar, comb

from smartmask.model.shape_frame import frame_field
from smartmask.model.shape_sketch import complexity, pairwise_iou
from smartmask.pipelines.shape_choice import DISTINCT_GROUPS, Candidates, choose

SIDE = 32
OWN, PRICE = 0.5, 0.06


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


def order(candidates: Candidates, votes: list[np.ndarray], count: int = 16, noise: float = 0, seed: int = 0):
    masks = np.stack(votes) > 0 if votes else np.zeros((0, SIDE, SIDE), bool)
    rng = np.random.default_rng(seed)
    return choose(candidates, masks, 0.0, count, rng, own_share=OWN, plain_price=PRICE, noise=noise).tolist()


def test_each_next_one_covers_the_most_votes_that_are_left():
    left, middle, right = strip(3), strip(12), strip(21)
    votes = [right] * 3 + [left] * 5 + [middle]
    assert order(of_sketches(left, middle, right), votes) == [0, 2, 1]
    twin = strip(4)  # covers what the first one covers, so the others go before
    assert order(of_sketches(left, twin, middle, right), votes)[:3] == [0, 3, 2]


def test_the_order_is_that_of_the_definition():
    rng = np.random.default_rng(3)
    fields = [
        strip(int(left), int(width))
        for left, width in zip(rng.integers(2, 18, 9), rng.integers(5, 12, 9), strict=True)
    ]
    votes = [fields[number] for number in rng.integers(0, 9, 12)]
    candidates = of_sketches(*fields, groups=[0, 0, 1, 1, 2, 2, 3, 3, 4])
    found = order(candidates, votes, 1)
    inside = candidates.sketches.reshape(9, -1) > 0
    voted = pairwise_iou(inside, np.stack(votes).reshape(12, -1) > 0).mean(1)
    own = pairwise_iou(inside, inside).mean(1)
    detail = complexity(candidates.sketches, candidates.log_aspects)
    price = PRICE * np.maximum(0, np.median(detail) - detail)
    assert found == [int(((1 - OWN) * voted + OWN * own - price).argmax())]


def test_the_first_four_are_of_different_objects_if_there_are_as_many():
    fields = [strip(left) for left in (3, 4, 5, 6, 12, 21)]
    votes = [strip(4)] * 20 + [strip(12), strip(21)]
    found = order(of_sketches(*fields, groups=[0, 0, 0, 1, 2, 3]), votes)
    assert sorted(found) == list(range(6))
    assert {[0, 0, 0, 1, 2, 3][row] for row in found[:DISTINCT_GROUPS]} == {0, 1, 2, 3}
    two = order(of_sketches(*fields, groups=[0, 0, 0, 0, 7, 7]), votes)
    assert {[0, 0, 0, 0, 7, 7][row] for row in two[:2]} == {0, 7}
    assert sorted(two) == list(range(6))


def test_of_two_that_are_as_likely_the_plain_one_comes_last():
    plain, detailed = sketch(ellipse(60, 60)), sketch(comb(2))
    for fields in ((plain, detailed), (detailed, plain)):
        first = order(of_sketches(*fields), [plain, detailed])[0]
        assert fields[first] is detailed


def test_a_handicap_pays_too():
    fields = [strip(3), strip(21)]
    assert order(of_sketches(*fields), fields)[0] == 0
    assert order(of_sketches(*fields, handicaps=[0.05, 0.0]), fields)[0] == 1


def test_without_votes_the_shapes_of_a_like_aspect_decide():
    fields = [strip(3), strip(4), strip(20), strip(21)]
    candidates = of_sketches(*fields)
    aspects = np.array([0, 0, 1.5, 1.5], np.float32)
    candidates = Candidates(
        candidates.numbers, candidates.is_mirrored, candidates.sketches, aspects, candidates.groups,
        candidates.handicaps,
    )  # fmt: skip
    none = np.zeros((0, SIDE, SIDE), bool)
    for wanted, expected in ((0.0, {0, 1}), (1.5, {2, 3})):
        assert int(choose(candidates, none, wanted, 4, np.random.default_rng(0))[0]) in expected


def test_of_no_shapes_there_is_no_order():
    assert order(of_sketches(), []) == []
    assert order(of_sketches(), [strip(3)]) == []


@given(st.integers(1, 20), st.integers(0, 6), st.integers(1, 16), st.integers(0, 9))
def test_it_is_an_order_of_as_many_as_are_wanted_and_the_same_again(count, votes, wanted, seed):
    rng = np.random.default_rng(seed)
    fields = rng.standard_normal((count + votes, SIDE, SIDE)).astype(np.float32)
    candidates = of_sketches(*fields[:count], groups=rng.integers(0, 3, count).tolist())
    found = order(candidates, list(fields[count:]), wanted, 0.02, seed)
    assert len(set(found)) == len(found) == min(count, wanted)
    assert set(found) <= set(range(count))
    assert found == order(candidates, list(fields[count:]), wanted, 0.02, seed)
    assert found == order(candidates, list(fields[count:]), 16, 0.02, seed)[:wanted], (
        "a start of the whole order"
    )


def test_seeds_decide_between_near_equals_and_between_no_others():
    near = [sketch(bar(number)) for number in range(5)]
    firsts = {order(of_sketches(*near), near, 1, noise=0.01, seed=seed)[0] for seed in range(30)}
    assert len(firsts) > 1
    far = of_sketches(strip(3), strip(21))
    assert {order(far, [strip(3)] * 9, 1, noise=0.01, seed=seed)[0] for seed in range(30)} == {0}


def test_without_noise_seeds_change_nothing():
    near = [sketch(bar(number)) for number in range(5)]
    assert len({tuple(order(of_sketches(*near), near, seed=seed)) for seed in range(8)}) == 1
