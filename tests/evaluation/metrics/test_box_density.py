"""The density of boxes: it sums to one, and who draws near the truth has more bits."""

import numpy as np
import pytest

from smartmask.evaluation.metrics.box_density import ANYWHERE, box_bits


def test_it_is_a_density():
    rng = np.random.default_rng(0)
    drawn = np.array([[0.4, 0.4, 0.6, 0.8], [0.1, 0.5, 0.3, 0.9]])
    points = ANYWHERE[0] + 2 * ANYWHERE[1] * rng.standard_normal((200_000, 4))
    proposed = -0.5 * (((points - ANYWHERE[0]) / (2 * ANYWHERE[1])) ** 2).sum(1)
    proposed -= np.log(2 * ANYWHERE[1] * np.sqrt(2 * np.pi)).sum()
    half, high = np.exp(points[:, 2]) / 2, np.exp(points[:, 3])
    boxes = np.stack([points[:, 0] - half, points[:, 1] - high, points[:, 0] + half, points[:, 1]], 1)
    wide = (half > 0.002) & (high > 0.004)
    found = np.exp(box_bits(drawn, boxes[wide]) * np.log(2) - proposed[wide]).sum() / len(points)
    assert found == pytest.approx(1, abs=0.15)


def test_who_draws_near_the_truth_has_more_bits():
    true = np.array([[0.4, 0.4, 0.6, 0.8]])
    near, far = (box_bits(true + shift, true)[0] for shift in (0.02, 0.3))
    assert near > far + 2


def test_nothing_drawn_is_refused():
    with pytest.raises(ValueError, match="at least one box"):
        box_bits(np.zeros((0, 4)), np.zeros((1, 4)))
