"""Frechet distance between two sets of features, each taken for a Gaussian (Heusel et al. 2017, equation 6).

    d^2 = |m - m'|^2 + tr(C + C' - 2 (C C')^(1/2))                        (Dowson and Landau 1982, equation 4)

The trace of (C C')^(1/2) is that of the symmetric (C^(1/2) C' C^(1/2))^(1/2), the sum of the roots of its
eigenvalues. So no root of a matrix without symmetry is needed, which is where the usual code meets complex
numbers and divergence as soon as there are fewer samples than features.

With Inception-v3's pooled features d^2 is the FID. Other networks give other numbers, and few samples larger
ones: compare figures of the same network and the same number of samples only.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64


@dataclass(frozen=True, slots=True, eq=False)
class Gaussian:
    """What is kept of a set of features.

    Attributes:
        mean: m.
        covariance: C, unbiased (divided by the number of samples less one).
    """

    mean: Float64[np.ndarray, " D"]
    covariance: Float64[np.ndarray, "D D"]


def gaussian_of(features: Float[np.ndarray, "N D"]) -> Gaussian:
    """The mean and covariance of a set of features, one row a sample.

    Raises:
        ValueError: If there are fewer than two samples, or a feature is not a finite number.
    """
    count = len(features)
    if count < 2:
        raise ValueError(f"a covariance needs at least 2 samples, not {count}")
    if not np.isfinite(features).all():
        raise ValueError("every feature must be a finite number; is the network loaded in float16?")
    values = features.astype(np.float64)
    mean = values.mean(0)
    centred = values - mean
    return Gaussian(mean, centred.T @ centred / (count - 1))


def frechet_distance(first: Gaussian, second: Gaussian) -> float:
    """d^2, 0 or more; 0 for equal Gaussians.

    Raises:
        ValueError: If they have another number of features.

    >>> one, other = Gaussian(np.zeros(1), np.eye(1)), Gaussian(np.array([3.0]), 4 * np.eye(1))
    >>> frechet_distance(one, other)
    10.0
    """
    if first.mean.shape != second.mean.shape:
        raise ValueError(f"one set has {len(first.mean)} features a sample, the other {len(second.mean)}")
    root = _root(first.covariance)
    product = root @ second.covariance @ root
    of_product = np.sqrt(_above_rounding(np.linalg.eigvalsh((product + product.T) / 2))).sum()
    shift = float(((first.mean - second.mean) ** 2).sum())
    spread = float(np.trace(first.covariance) + np.trace(second.covariance) - 2 * of_product)
    return shift + max(spread, 0.0)


def _root(covariance: Float64[np.ndarray, "D D"]) -> Float64[np.ndarray, "D D"]:
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2)
    return (vectors * np.sqrt(_above_rounding(values))) @ vectors.T


def _above_rounding(values: Float64[np.ndarray, " D"]) -> Float64[np.ndarray, " D"]:
    """Eigenvalues without those that rounding makes of zeros: under a root they would add up."""
    least = len(values) * np.finfo(np.float64).eps * max(float(values.max()), 0.0)
    return np.where(values > least, values, 0.0)
