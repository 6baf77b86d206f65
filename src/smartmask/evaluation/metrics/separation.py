"""How well a score tells two sorts of things apart, and how sure a mean is.

    AUC           the share of all pairs (positive, negative) in which the positive scores higher; a tie
                  counts one half. 1 = all positives above all negatives, 1/2 = chance. It is the area under
                  the ROC curve, and Mann and Whitney's U over the number of pairs (Hanley and McNeil 1982)
    paired AUC    the same with pairs within a task only: the true placement against the others in its own
                  scene, so that easy and hard scenes are never compared; a mean over tasks
    interval      of a mean, by the percentile bootstrap (Efron and Tibshirani 1993, section 13.3): means over
                  values drawn with replacement, many times. Objects of one image are not independent: with
                  `groups` whole images are drawn, and the mean is still one over values

An AUC without positives or negatives is not defined and is refused, as are scores that are not finite. Of
fewer than two groups no interval is known: both ends are NaN.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float


def auc(positive: Float[np.ndarray, " P"], negative: Float[np.ndarray, " N"]) -> float:
    """The share of (positive, negative) pairs in which the positive scores higher, ties one half.

    Raises:
        ValueError: If a side is empty, or a score is not finite.

    >>> auc(np.array([0.9, 0.5]), np.array([0.5, 0.1]))
    0.875
    """
    _check(positive, negative)
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, "left") + np.searchsorted(ordered, positive, "right")
    return float(below.mean() / (2 * len(negative)))


def paired_auc(true: Float[np.ndarray, " T"], others: Float[np.ndarray, "T M"]) -> float:
    """The share of (task, other) pairs in which the true one scores higher than the other, ties one half.

    Args:
        true: The score of the true one of each task.
        others: The scores of the others of that task.

    Raises:
        ValueError: If there is no pair, or a score is not finite.

    >>> paired_auc(np.array([1.0, 9.0]), np.array([[0.0, 2.0], [8.0, 9.0]]))
    0.625
    """
    _check(true, others)
    mine = true[:, None]
    return float(((others < mine) + (others == mine) / 2).mean())


def bootstrap_interval(
    values: Float[np.ndarray, " V"],
    groups: Sequence[object] | None = None,
    level: float = 0.95,
    draws: int = 1000,
    seed: int = 0,
) -> tuple[float, float]:
    """The ends of an interval about the mean of `values`.

    Args:
        values: What is averaged, one number an object.
        groups: The image, or whatever is drawn as a whole, of each value; each its own if None.
        level: Share of the bootstrap's means that lie within.
        draws: How many means are drawn.
        seed: Same seed, same interval.

    Returns:
        The lower and the upper end; both NaN for fewer than two groups.

    Raises:
        ValueError: If a value is not finite, `groups` is of another length, or `level` is not in (0, 1).
    """
    if not np.isfinite(values).all():
        raise ValueError("an interval needs finite values; leave out those that could not be measured")
    if groups is not None and len(groups) != len(values):
        raise ValueError(f"{len(values)} values need as many groups, not {len(groups)}")
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, not {level}")
    names: dict[object, int] = {}
    group_of = np.arange(len(values))
    if groups is not None:
        group_of = np.array([names.setdefault(group, len(names)) for group in groups], np.int64)
    sums = np.bincount(group_of, values)
    sizes = np.bincount(group_of)
    if len(sums) < 2:
        return float("nan"), float("nan")
    times = np.random.default_rng(seed).multinomial(len(sums), np.full(len(sums), 1 / len(sums)), draws)
    low, high = np.quantile((times @ sums) / (times @ sizes), [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _check(first: Float[np.ndarray, "..."], second: Float[np.ndarray, "..."]) -> None:
    if not first.size or not second.size:
        raise ValueError(f"an AUC needs scores on both sides, not {first.size} and {second.size}")
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        raise ValueError("an AUC needs finite scores")
