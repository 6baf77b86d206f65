"""The measure of rankers, with rankers whose answers are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from rankers import LargerIsBetter
from scipy.stats import mannwhitneyu
from shapes import room

from smartmask.evaluation.ranking import (
    KINDS,
    RankingPair,
    calibration_error,
    confidence_interval,
    hole_pairs,
    pair_auc,
    pooled_auc,
    ranking_pairs,
    score_pairs,
    with_other_words,
    without_layout,
)
from smartmask.scene.layout import UNKNOWN

SCENES = [room(number) for number in range(10)]
EXACT = [room(number, is_exact=True) for number in range(10)]
SCORES = arrays(np.float64, st.tuples(st.integers(1, 30), st.just(2)), elements=st.integers(0, 5).map(float))


@given(SCORES)
def test_the_pooled_area_is_that_of_the_rank_sum_test(scores):
    statistic = mannwhitneyu(scores[:, 0], scores[:, 1]).statistic
    assert pooled_auc(scores) == pytest.approx(statistic / len(scores) ** 2)


@given(SCORES)
def test_swapping_true_and_false_turns_the_areas_round(scores):
    for area in (pair_auc, pooled_auc):
        assert area(scores) + area(scores[:, ::-1]) == pytest.approx(1)


def test_pairs_follow_from_their_objects_and_are_spread_over_all():
    first, again = list(ranking_pairs(SCENES, 8)), list(ranking_pairs(SCENES, 8))
    assert {pair.kind for pair in first} == set(KINDS)
    assert len({pair.number for pair in first}) == 8
    assert max(pair.number for pair in first) == 19
    for one, other in zip(first, again, strict=True):
        assert np.array_equal(one.visible_index, other.visible_index)
        assert all(np.array_equal(a, b) for a, b in zip(one.masks, other.masks, strict=True))


def test_a_fill_changes_the_layout_and_nothing_else():
    for one, other in zip(
        ranking_pairs(SCENES, 8, "nearest"), ranking_pairs(SCENES, 8, "unknown"), strict=True
    ):
        assert all(np.array_equal(a, b) for a, b in zip(one.masks, other.masks, strict=True))
        assert one.prompts == other.prompts
        assert (other.visible_index[np.logical_or(*other.masks)] == UNKNOWN).all()
        assert (one.visible_index != UNKNOWN).all()


def test_holes_change_the_layout_of_a_known_scene_and_nothing_else():
    changed = 0
    for known, cut in hole_pairs(EXACT, 12):
        assert all(np.array_equal(a, b) for a, b in zip(known.masks, cut.masks, strict=True))
        changed += not np.array_equal(known.visible_index, cut.visible_index)
    assert changed > 5


def test_a_ranker_by_size_wins_where_the_false_mask_is_the_smaller():
    pairs = list(ranking_pairs(SCENES, 20, kinds=("rescaled",)))
    scores = score_pairs(LargerIsBetter(), pairs)
    smaller = [
        np.count_nonzero(true) > np.count_nonzero(false) for true, false in (pair.masks for pair in pairs)
    ]
    assert pair_auc(scores) == pytest.approx(np.mean(smaller))


def test_other_words_leave_the_geometry_and_the_sameness_of_words():
    pairs = list(ranking_pairs(SCENES, 10))
    for one, other in zip(pairs, with_other_words(pairs), strict=True):
        assert one.masks is other.masks
        assert np.array_equal(one.visible_index, other.visible_index)
        assert (one.prompts[0] == one.prompts[1]) == (other.prompts[0] == other.prompts[1])
    words = [pair.prompts[0] for pair in with_other_words(pairs)]
    assert words != [pair.prompts[0] for pair in pairs]


def test_without_a_layout_nothing_is_known():
    for pair in without_layout(list(ranking_pairs(SCENES, 4))):
        assert (pair.visible_index == UNKNOWN).all()
        assert pair.labels == ()


def test_resamples_draw_objects_not_pairs():
    scores = np.array([[1.0, 0.0]] * 50 + [[0.0, 1.0]] * 50)
    low, high = confidence_interval(scores, range(100))
    assert 0.35 < low < 0.45 < 0.55 < high < 0.65
    assert confidence_interval(scores, [0] * 50 + [1] * 50) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("said", "error"),
    [
        pytest.param((0.8, 0.2), 0.2, id="too modest"),
        pytest.param((1.0, 0.0), 0.0, id="right"),
        pytest.param((0.5, 0.5), 0.0, id="without any knowledge, and saying so"),
    ],
)
def test_calibration_compares_scores_with_shares(said, error):
    assert calibration_error(np.array([said] * 100), bins=2) == pytest.approx(error, abs=1e-9)


def test_a_pair_keeps_what_it_is_given():
    pair = next(iter(ranking_pairs(SCENES, 1)))
    assert isinstance(pair, RankingPair)
    assert pair.masks[0].shape == pair.visible_index.shape
