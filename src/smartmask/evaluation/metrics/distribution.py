"""How like real masks ours are as a set, in a space of features such as `shape_features.py`.

Features are brought to mean 0 and deviation 1 over the real set; one that is constant there is left as it is.
With B(x) the ball about x that reaches to its k-th nearest other neighbour in x's own set (border included),

    precision    share of ours that lie in the ball of any real one: does it look real?
    recall       share of the real ones that lie in the ball of any of ours: is nothing left out?
                 (Kynkaanniemi et al. 2019, arXiv 1904.06991)
    density      mean over ours of how many real balls hold it, over k: precision that outliers among the real
                 ones, whose balls are huge, cannot inflate. May exceed 1
    coverage     share of the real ones whose ball holds any of ours
                 (Naeem et al. 2020, arXiv 2002.09797)

Of two sets from one source density is 1 on average and coverage 1 - (N - 1) ... (N - k) / ((M + N - 1) ... (M
+ N - k)) for N real, M ours; precision and recall depend on the number of features. All four depend on N, M
and k: compare figures of equal ones only, and beside them those of a second real set.

The *two-sample classifier* (Lopez-Paz and Oquab 2017, arXiv 1610.06545) is trained to tell real from ours and
judged on what it has not seen. Here it is a ridge-regularised logistic regression on features and their
squares, judged by AUC in cross-validation: 1/2 = it cannot tell, 1 = it always can. An AUC says how easily,
not by what; `shape_features.NAMES` and the features' means tell that.

Empty sets have no distribution and are refused.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from smartmask.evaluation.metrics.separation import auc

RIDGE = 10.0
"""Weight of the squared coefficients against the summed log-likelihood of standardised features."""
NEWTON_STEPS = 25
_LARGEST = 5.0
"""Deviations at which a standardised feature is clipped, so that its square cannot decide alone."""
_AT_A_TIME = 64


class DistributionScores(NamedTuple):
    """Precision, recall, density and coverage."""

    precision: float
    recall: float
    density: float
    coverage: float


def precision_recall_density_coverage(
    real: Float[np.ndarray, "N F"], fake: Float[np.ndarray, "M F"], k: int = 5
) -> DistributionScores:
    """How like the real set ours is, and how much of it ours holds.

    Args:
        real: Features of real masks, the reference.
        fake: Features of ours.
        k: Which neighbour a ball reaches to.

    Raises:
        ValueError: If a set has no more than k rows, or a feature is not finite.
    """
    if k < 1 or min(len(real), len(fake)) <= k:
        raise ValueError(
            f"balls to neighbour {k} need more rows than that in both sets, not {len(real)} and {len(fake)}"
        )
    one, two = _standardised(real, fake)
    real_radius, fake_radius = _radii(one, k), _radii(two, k)
    apart = _distances(one, two)
    in_real, in_fake = apart <= real_radius[:, None], apart <= fake_radius[None]
    return DistributionScores(
        precision=float(in_real.any(axis=0).mean()),
        recall=float(in_fake.any(axis=1).mean()),
        density=float(in_real.sum(axis=0).mean() / k),
        coverage=float(in_real.any(axis=1).mean()),
    )


def two_sample_auc(
    real: Float[np.ndarray, "N F"],
    fake: Float[np.ndarray, "M F"],
    seed: int = 0,
    folds: int = 5,
    groups: Sequence[object] | None = None,
) -> float:
    """How well a classifier tells real from ours: AUC over pairs of the same held-out fold.

    Args:
        real: Features of real masks.
        fake: Features of ours.
        seed: Decides who falls into which fold.
        folds: Parts; each is judged by a classifier trained on the others.
        groups: The group of each row, those of `real` first, then those of `fake`. A group is held out as a
            whole: a true mask and ours for the same request are alike, and if one is trained on, the other
            is judged wrongly. None: each row by itself.

    Raises:
        ValueError: If there are fewer rows of a set, or groups, than folds, `groups` is of another length, or
            a feature is not finite.
    """
    _check(real, fake)
    count = len(real) + len(fake)
    if folds < 2 or min(len(real), len(fake)) < folds:
        raise ValueError(f"{folds} folds need as many rows of both sets, not {len(real)} and {len(fake)}")
    if groups is not None and len(groups) != count:
        raise ValueError(f"{count} rows need as many groups, not {len(groups)}")
    is_real = np.arange(count) < len(real)
    rows = np.concatenate([real, fake]).astype(np.float64)
    fold_of = _folds(is_real, groups, folds, np.random.default_rng(seed))
    won = pairs = 0.0
    for fold in range(folds):
        held = fold_of == fold
        if not (is_real[held].any() and (~is_real[held]).any()):
            continue
        if not (is_real[~held].any() and (~is_real[~held]).any()):
            raise ValueError("a fold leaves only one of the sets to train on; use smaller groups")
        scores = _fitted_scores(rows[~held], is_real[~held], rows[held])
        mine, others = scores[is_real[held]], scores[~is_real[held]]
        won += auc(mine, others) * len(mine) * len(others)
        pairs += len(mine) * len(others)
    if not pairs:
        raise ValueError("no fold holds rows of both sets; give rows of one request the same group")
    return won / pairs


def _fitted_scores(
    rows: Float[np.ndarray, "N F"], is_real: np.ndarray, asked: Float[np.ndarray, "K F"]
) -> Float[np.ndarray, " K"]:
    """Log-odds of being real, by a logistic regression fitted by Newton's method.

    Both sets weigh the same in the likelihood, however many rows they have.
    """
    mean, scale = rows.mean(0), rows.std(0)
    scale[scale < 1e-9] = 1.0

    def inputs(values: Float[np.ndarray, "K F"]) -> Float[np.ndarray, "K G"]:
        plain = np.clip((values - mean) / scale, -_LARGEST, _LARGEST)
        return np.concatenate([plain, plain**2 - 1, np.ones((len(values), 1))], axis=1)

    design = inputs(rows)
    weight = np.where(is_real, 0.5 / is_real.mean(), 0.5 / (1 - is_real.mean()))
    ridge = np.full(design.shape[1], RIDGE)
    ridge[-1] = 1e-6  # the intercept is free
    beta = np.zeros(design.shape[1])
    for _ in range(NEWTON_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(design @ beta, -30, 30)))
        slope = design.T @ (weight * (chance - is_real)) + ridge * beta
        bend = (design * (weight * chance * (1 - chance))[:, None]).T @ design + np.diag(ridge)
        step = np.linalg.solve(bend, slope)
        beta -= step
        if np.abs(step).max() < 1e-8:
            break
    return inputs(asked) @ beta


def _folds(
    is_real: np.ndarray, groups: Sequence[object] | None, folds: int, rng: np.random.Generator
) -> Int[np.ndarray, " n"]:
    """The fold of each row: groups dealt out in random order, else rows of each set by itself."""
    if groups is not None:
        names: dict[object, int] = {}
        group_of = np.array([names.setdefault(group, len(names)) for group in groups])
        if len(names) < folds:
            raise ValueError(f"{folds} folds need as many groups, not {len(names)}")
        return (rng.permutation(len(names)) % folds)[group_of]
    fold_of = np.empty(len(is_real), np.int64)
    for side in (is_real, ~is_real):
        fold_of[side] = rng.permutation(np.count_nonzero(side)) % folds
    return fold_of


def _standardised(
    real: Float[np.ndarray, "N F"], fake: Float[np.ndarray, "M F"]
) -> tuple[Float[np.ndarray, "N F"], Float[np.ndarray, "M F"]]:
    _check(real, fake)
    mean, scale = real.mean(0, dtype=np.float64), real.std(0, dtype=np.float64)
    scale[scale < 1e-9] = 1.0
    return (real - mean) / scale, (fake - mean) / scale


def _radii(rows: Float[np.ndarray, "N F"], k: int) -> Float[np.ndarray, " N"]:
    """The distance of each row to its k-th nearest other one."""
    return np.partition(_distances(rows, rows), k, axis=1)[:, k]


def _distances(first: Float[np.ndarray, "N F"], second: Float[np.ndarray, "M F"]) -> Float[np.ndarray, "N M"]:
    """Exactly as subtracted: by squares and a product, equal rows would not be at distance 0."""
    found = np.empty((len(first), len(second)))
    for start in range(0, len(first), _AT_A_TIME):
        part = first[start : start + _AT_A_TIME, None] - second[None]
        found[start : start + _AT_A_TIME] = np.sqrt((part**2).sum(-1))
    return found


def _check(real: Float[np.ndarray, "N F"], fake: Float[np.ndarray, "M F"]) -> None:
    if not (np.isfinite(real).all() and np.isfinite(fake).all()):
        raise ValueError("every feature must be a finite number")
