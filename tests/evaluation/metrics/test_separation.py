"""AUC against a count of all pairs; the bootstrap against what it is an estimate of."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartmask.evaluation.metrics.separation import auc, bootstrap_interval, paired_auc

SCORES = st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0, -3.0]), min_size=1, max_size=12)


def by_counting(positive, negative) -> float:
    wins = sum((p > n) + 0.5 * (p == n) for p in positive for n in negative)
    return wins / (len(positive) * len(negative))


@given(SCORES, SCORES)
def test_auc_is_the_share_of_pairs(positive, negative):
    found = auc(np.array(positive), np.array(negative))
    assert found == pytest.approx(by_counting(positive, negative))
    assert found + auc(np.array(negative), np.array(positive)) == pytest.approx(1)


@given(SCORES, SCORES)
def test_auc_depends_on_ranks_alone(positive, negative):
    scores = np.array(positive), np.array(negative)
    assert auc(*(np.exp(7 * side) - 2 for side in scores)) == auc(*scores)


@pytest.mark.parametrize(
    ("positive", "negative", "expected"),
    [
        pytest.param([2.0, 3.0], [0.0, 1.0], 1, id="parted"),
        pytest.param([0.0], [1.0, 2.0], 0, id="the wrong way round"),
        pytest.param([1.0, 1.0], [1.0], 0.5, id="all equal"),
    ],
)
def test_known_auc(positive, negative, expected):
    assert auc(np.array(positive), np.array(negative)) == expected


@given(st.integers(1, 6), st.integers(1, 5), st.integers(0, 999))
def test_paired_auc_is_the_mean_of_each_tasks_own(tasks, count, seed):
    rng = np.random.default_rng(seed)
    true, others = rng.integers(0, 4, tasks) / 4, rng.integers(0, 4, (tasks, count)) / 4
    each = [by_counting([mine], row.tolist()) for mine, row in zip(true, others, strict=True)]
    assert paired_auc(true, others) == pytest.approx(np.mean(each))


def test_paired_auc_does_not_compare_tasks_with_one_another():
    true, others = np.array([0.1, 0.9]), np.array([[0.0], [0.8]])
    assert paired_auc(true, others) == 1
    assert auc(true, others.ravel()) == 0.75


@pytest.mark.parametrize("function", [auc, lambda one, other: paired_auc(one, other[:, None])])
def test_what_has_no_auc_is_refused(function):
    with pytest.raises(ValueError, match="finite scores"):
        function(np.array([np.nan]), np.array([0.0]))
    with pytest.raises(ValueError, match="finite scores"):
        function(np.array([0.0]), np.array([np.inf]))
    with pytest.raises(ValueError, match="scores on both sides, not 0 and 0"):
        function(np.zeros(0), np.zeros(0))


def test_one_empty_side_is_refused():
    with pytest.raises(ValueError, match="scores on both sides, not 2 and 0"):
        auc(np.zeros(2), np.zeros(0))
    with pytest.raises(ValueError, match="scores on both sides, not 2 and 0"):
        paired_auc(np.zeros(2), np.zeros((2, 0)))


def test_the_interval_is_as_wide_as_the_normal_one_of_many_values():
    values = np.random.default_rng(1).normal(3, 2, 400)
    low, high = bootstrap_interval(values, draws=4000)
    error = values.std() / 20
    assert low == pytest.approx(values.mean() - 1.96 * error, abs=0.15 * error)
    assert high == pytest.approx(values.mean() + 1.96 * error, abs=0.15 * error)


def test_the_interval_holds_the_true_mean_as_often_as_it_says():
    rng = np.random.default_rng(2)
    held = 0
    for trial in range(300):
        low, high = bootstrap_interval(rng.normal(0, 1, 40), level=0.8, draws=300, seed=trial)
        held += low <= 0 <= high
    assert 0.72 < held / 300 < 0.86


def test_copies_within_an_image_make_no_interval_narrower():
    values = np.random.default_rng(3).normal(0, 1, 50)
    images = [f"image {number}" for number in range(50)]
    alone = bootstrap_interval(values)
    copied = bootstrap_interval(np.repeat(values, 9), [name for name in images for _ in range(9)])
    naive = bootstrap_interval(np.repeat(values, 9))
    assert copied == pytest.approx(alone)
    assert naive[1] - naive[0] < 0.5 * (alone[1] - alone[0])


def test_groups_of_any_size_weigh_by_their_values():
    values, groups = np.array([0.0] * 99 + [1.0] * 99 + [5.0]), ["a"] * 99 + ["b"] * 99 + ["c"]
    drawn = np.random.default_rng(0).integers(0, 3, (200_000, 3))
    sums, sizes = np.array([0.0, 99.0, 5.0]), np.array([99, 99, 1])
    means = sums[drawn].sum(1) / sizes[drawn].sum(1)
    found = bootstrap_interval(values, groups, level=0.5, draws=20_000)
    assert found == pytest.approx(np.quantile(means, [0.25, 0.75]), abs=0.02)


def test_an_interval_is_seeded_and_a_wider_level_holds_a_narrower():
    values = np.random.default_rng(4).random(30)
    assert bootstrap_interval(values, seed=5) == bootstrap_interval(values, seed=5)
    assert bootstrap_interval(values, seed=5) != bootstrap_interval(values, seed=6)
    narrow, wide = bootstrap_interval(values, level=0.5), bootstrap_interval(values, level=0.99)
    assert wide[0] < narrow[0] < values.mean() < narrow[1] < wide[1]


@pytest.mark.parametrize(
    ("values", "groups"),
    [([], None), ([1.0], None), ([1.0, 2.0], ["same", "same"]), ([], [])],
    ids=["none", "one", "one image", "none in none"],
)
def test_fewer_than_two_groups_tell_no_interval(values, groups):
    assert all(math.isnan(end) for end in bootstrap_interval(np.array(values), groups))


def test_what_has_no_interval_is_refused():
    with pytest.raises(ValueError, match="finite values"):
        bootstrap_interval(np.array([1.0, np.nan]))
    with pytest.raises(ValueError, match="2 values need as many groups, not 3"):
        bootstrap_interval(np.array([1.0, 2.0]), [1, 2, 3])
    with pytest.raises(ValueError, match="level must lie between 0 and 1, not 95"):
        bootstrap_interval(np.array([1.0, 2.0]), level=95)
