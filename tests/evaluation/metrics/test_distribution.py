"""Precision, recall, density, coverage against a count by hand; the classifier where the answer is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartmask.evaluation.metrics.distribution import (
    DistributionScores,
    precision_recall_density_coverage,
    two_sample_auc,
)


def normal(seed: int, count: int, width: int = 4, shift: float = 0.0, scale: float = 1.0) -> np.ndarray:
    return (np.random.default_rng(seed).normal(0, scale, (count, width)) + shift).astype(np.float32)


def by_counting(real: np.ndarray, fake: np.ndarray, k: int) -> DistributionScores:
    """The definitions, a pair at a time."""
    mean, scale = real.astype(float).mean(0), real.astype(float).std(0)
    scale[scale == 0] = 1
    one, two = (real - mean) / scale, (fake - mean) / scale

    def radius(rows, row):
        return sorted(float(np.linalg.norm(rows[row] - rows[o])) for o in range(len(rows)) if o != row)[k - 1]

    real_radius = [radius(one, row) for row in range(len(one))]
    fake_radius = [radius(two, row) for row in range(len(two))]
    apart = [[float(np.linalg.norm(a - b)) for b in two] for a in one]
    n, m = range(len(one)), range(len(two))
    return DistributionScores(
        sum(any(apart[i][j] <= real_radius[i] for i in n) for j in m) / len(two),
        sum(any(apart[i][j] <= fake_radius[j] for j in m) for i in n) / len(one),
        sum(apart[i][j] <= real_radius[i] for i in n for j in m) / (k * len(two)),
        sum(any(apart[i][j] <= real_radius[i] for j in m) for i in n) / len(one),
    )


@given(st.integers(0, 999), st.integers(4, 14), st.integers(4, 14), st.integers(1, 3), st.floats(0, 2))
def test_they_are_their_definitions(seed, real, fake, k, shift):
    sets = normal(seed, real), normal(seed + 1, fake, shift=shift)
    assert precision_recall_density_coverage(*sets, k=k) == pytest.approx(by_counting(*sets, k))


def test_a_set_against_itself():
    rows = normal(0, 150)
    found = precision_recall_density_coverage(rows, rows, k=5)
    assert (found.precision, found.recall, found.coverage) == (1, 1, 1)
    # Each ball holds its own centre and the k nearest others.
    assert found.density == pytest.approx(6 / 5)


def test_sets_far_apart_share_nothing():
    found = precision_recall_density_coverage(normal(0, 50), normal(1, 50, shift=100.0))
    assert found == (0, 0, 0, 0)


def test_few_shapes_drawn_again_and_again_are_precise_and_cover_little():
    real = normal(0, 300)
    found = precision_recall_density_coverage(real, np.repeat(real[:3], 40, axis=0))
    assert found.precision == 1
    assert found.recall < 0.05
    assert found.coverage < 0.2


def test_an_outlier_inflates_precision_and_not_density():
    real = np.concatenate([normal(0, 100, scale=0.1), normal(1, 1, shift=30.0)])
    fake = normal(2, 100, scale=3.0, shift=8.0)
    found = precision_recall_density_coverage(real, fake)
    assert found.precision > 0.7
    assert found.density < 0.25


def test_two_sets_of_one_source_have_the_density_and_coverage_that_are_expected():
    k, n, m = 5, 100, 140
    scores = [
        precision_recall_density_coverage(normal(2 * seed, n), normal(2 * seed + 1, m), k=k)
        for seed in range(40)
    ]
    coverage = 1 - np.prod([(n - i) / (m + n - i) for i in range(1, k + 1)])
    assert np.mean([found.coverage for found in scores]) == pytest.approx(coverage, abs=0.01)
    assert np.mean([found.density for found in scores]) == pytest.approx(1, abs=0.04)


def test_the_units_of_features_do_not_matter():
    real, fake = normal(0, 60), normal(1, 50, shift=0.5)
    units, origin = np.array([1e-3, 1.0, 50.0, 1e4], np.float32), np.float32(7)
    found = precision_recall_density_coverage(real * units + origin, fake * units + origin)
    assert found == pytest.approx(precision_recall_density_coverage(real, fake), abs=0.021)


def test_a_feature_that_is_constant_in_the_real_set_still_tells():
    real, fake = normal(0, 60), normal(1, 60)
    real[:, 0], fake[:, 0] = 1.0, 90.0
    assert precision_recall_density_coverage(real, fake).precision == 0


@pytest.mark.parametrize(("real", "fake", "k"), [(5, 9, 5), (9, 5, 5), (9, 9, 0), (0, 9, 1)])
def test_too_small_sets_are_refused(real, fake, k):
    with pytest.raises(ValueError, match=f"not {real} and {fake}"):
        precision_recall_density_coverage(normal(0, real), normal(1, fake), k=k)


def test_features_that_are_no_numbers_are_refused():
    bad = normal(0, 20)
    bad[3, 1] = np.nan
    for function in (precision_recall_density_coverage, two_sample_auc):
        with pytest.raises(ValueError, match="every feature must be a finite number"):
            function(bad, normal(1, 20))


class TestTwoSampleAuc:
    def test_sets_of_one_source_cannot_be_told_apart(self):
        aucs = [two_sample_auc(normal(2 * s, 120, 20), normal(2 * s + 1, 120, 20), seed=s) for s in range(12)]
        assert np.mean(aucs) == pytest.approx(0.5, abs=0.03)

    @pytest.mark.parametrize(
        ("fake", "least"),
        [
            pytest.param({"shift": 6.0}, 0.999, id="shifted far"),
            pytest.param({"shift": 1.0}, 0.85, id="shifted"),
            pytest.param({"scale": 0.3}, 0.85, id="of the same mean but less spread"),
        ],
    )
    def test_sets_that_differ_are_told_apart(self, fake, least):
        assert two_sample_auc(normal(0, 200), normal(1, 200, **fake)) > least

    def test_it_is_near_the_best_that_can_be(self):
        """Two Gaussians a shift of d apart: no classifier beats Phi(d / sqrt 2) = 0.760 at d = 1."""
        real, fake = normal(0, 1500, 6), normal(1, 1500, 6)
        fake[:, 2] += 1
        assert two_sample_auc(real, fake) == pytest.approx(0.760, abs=0.02)

    def test_sets_of_unlike_size_are_no_hint(self):
        aucs = [two_sample_auc(normal(2 * s, 60, 8), normal(2 * s + 1, 400, 8), seed=s) for s in range(12)]
        assert np.mean(aucs) == pytest.approx(0.5, abs=0.04)

    def test_a_group_is_held_out_as_a_whole(self):
        """Real and ours of one request are alike: told apart only by what differs within requests."""
        requests = np.random.default_rng(0).normal(0, 10, (40, 30)).astype(np.float32)
        real, fake = requests + normal(1, 40, 30), requests + normal(2, 40, 30)
        apart = two_sample_auc(real, fake, groups=[*range(40), *range(40)])
        assert apart == pytest.approx(0.5, abs=0.12)
        assert (
            two_sample_auc(real, fake) < 0.35
        )  # the twin of what is asked was trained on, with the other answer

    def test_it_is_seeded(self):
        sets = normal(0, 40), normal(1, 40)
        assert two_sample_auc(*sets, seed=3) == two_sample_auc(*sets, seed=3)
        assert two_sample_auc(*sets, seed=3) != two_sample_auc(*sets, seed=4)

    def test_what_cannot_be_folded_is_refused(self):
        with pytest.raises(ValueError, match="5 folds need as many rows of both sets, not 4 and 9"):
            two_sample_auc(normal(0, 4), normal(1, 9))
        with pytest.raises(ValueError, match="18 rows need as many groups, not 9"):
            two_sample_auc(normal(0, 9), normal(1, 9), groups=range(9))
        with pytest.raises(ValueError, match="5 folds need as many groups, not 2"):
            two_sample_auc(normal(0, 9), normal(1, 9), groups=[0, 1] * 9)
        with pytest.raises(ValueError, match="no fold holds rows of both sets"):
            two_sample_auc(normal(0, 5), normal(1, 5), folds=10 // 2, groups=[0, 1, 2, 3, 4, *[5] * 5])
