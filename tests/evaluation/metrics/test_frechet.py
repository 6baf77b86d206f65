"""The Frechet distance against closed forms, against scipy, and where scipy's way breaks down."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import sqrtm

from smartmask.evaluation.metrics.frechet import Gaussian, frechet_distance, gaussian_of


def features(seed: int, count: int, width: int) -> np.ndarray:
    """Correlated features with a mean of their own."""
    rng = np.random.default_rng(seed)
    mixing = rng.standard_normal((width, width))
    return (rng.standard_normal((count, width)) @ mixing + rng.standard_normal(width)).astype(np.float32)


def by_scipy(first: np.ndarray, second: np.ndarray) -> float:
    """As pytorch-fid and its kin compute it."""
    covariances = np.cov(first, rowvar=False), np.cov(second, rowvar=False)
    root = sqrtm(covariances[0] @ covariances[1]).real
    shift = ((first.mean(0) - second.mean(0)) ** 2).sum()
    return float(shift + np.trace(covariances[0]) + np.trace(covariances[1]) - 2 * np.trace(root))


def by_singular_values(first: np.ndarray, second: np.ndarray) -> float:
    """Another way: tr (C C')^(1/2) is the sum of the singular values of X X'^T, X the centred samples."""
    centred = [(rows - rows.mean(0)) / np.sqrt(len(rows) - 1) for rows in (first, second)]
    shared = np.linalg.svd(centred[0] @ centred[1].T, compute_uv=False).sum()
    spread = sum((rows**2).sum() for rows in centred)
    return float(((first.mean(0) - second.mean(0)) ** 2).sum() + spread - 2 * shared)


def distance(first: np.ndarray, second: np.ndarray) -> float:
    return frechet_distance(gaussian_of(first), gaussian_of(second))


@pytest.mark.parametrize("width", [2, 3, 40])
def test_it_is_what_scipys_matrix_root_gives(width):
    first, second = features(0, 300, width).astype(float), features(1, 200, width).astype(float)
    assert distance(first, second) == pytest.approx(by_scipy(first, second), rel=1e-9)


@pytest.mark.parametrize(("counts", "width"), [((10, 12), 64), ((2, 300), 32), ((2, 2), 200)])
def test_fewer_samples_than_features_are_no_hazard(counts, width):
    """The covariances are singular; the singular values of the samples tell what is true."""
    first, second = features(2, counts[0], width).astype(float), features(3, counts[1], width).astype(float)
    assert distance(first, second) == pytest.approx(by_singular_values(first, second), rel=1e-7)


@given(st.integers(0, 1000), st.integers(2, 30), st.integers(1, 20))
def test_it_is_zero_of_a_set_and_itself_symmetric_and_never_negative(seed, count, width):
    first, second = features(seed, count, width), features(seed + 1, count + 3, width)
    scale = float(np.trace(gaussian_of(first).covariance)) + 1
    assert 0 <= distance(first, first) <= 1e-6 * scale
    assert distance(first, second) == pytest.approx(distance(second, first), rel=1e-6)
    assert distance(first, second) >= 0


def test_a_shift_adds_its_square_and_a_turn_of_the_axes_nothing():
    first, second = features(4, 100, 6).astype(float), features(5, 100, 6).astype(float)
    turn, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((6, 6)))
    assert distance(first, first + np.arange(6)) == pytest.approx(55, rel=1e-9)
    assert distance(first @ turn, second @ turn) == pytest.approx(distance(first, second), rel=1e-9)


def test_covariances_that_commute_have_a_closed_form():
    first = Gaussian(np.zeros(3), np.diag([1.0, 4.0, 0.0]))
    second = Gaussian(np.zeros(3), np.diag([9.0, 4.0, 16.0]))
    assert frechet_distance(first, second) == pytest.approx((1 - 3) ** 2 + 0 + 4**2)


def test_a_gaussian_is_numpys_mean_and_covariance():
    rows = features(6, 50, 4)
    gaussian = gaussian_of(rows)
    np.testing.assert_allclose(gaussian.mean, rows.astype(float).mean(0))
    np.testing.assert_allclose(gaussian.covariance, np.cov(rows.astype(float), rowvar=False))


def test_what_has_no_distance_is_refused():
    with pytest.raises(ValueError, match="a covariance needs at least 2 samples, not 1"):
        gaussian_of(np.zeros((1, 3)))
    with pytest.raises(ValueError, match="every feature must be a finite number"):
        gaussian_of(np.array([[0.0], [np.nan]]))
    with pytest.raises(ValueError, match="one set has 2 features a sample, the other 3"):
        frechet_distance(Gaussian(np.zeros(2), np.eye(2)), Gaussian(np.zeros(3), np.eye(3)))
