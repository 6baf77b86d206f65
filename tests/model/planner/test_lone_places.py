"""Places lie apart, the one that covers most comes first, and what breaks rules is not drawn."""

import numpy as np
import pytest

from smartmask.model.planner.lone_places import LonePlaces

LEFT, RIGHT = np.array([0.1, 0.2, 0.3, 0.8], np.float32), np.array([0.6, 0.2, 0.8, 0.8], np.float32)
EVEN, NO_RULES = np.zeros(40), np.zeros(40)


def cluster(box, count, rng):
    return (box + rng.normal(0, 0.004, (count, 4))).astype(np.float32)


def as_drawn(boxes, aspect, rng):
    return boxes, np.zeros(len(boxes))


def right_alone(boxes, aspect, rng):
    return boxes, np.where(boxes[:, 0] > 0.5, 0.0, -6.0)


@pytest.fixture
def boxes():
    rng = np.random.default_rng(0)
    return np.concatenate([cluster(LEFT, 30, rng), cluster(RIGHT, 10, rng)])


def test_the_place_that_covers_most_comes_first_and_the_next_lies_apart(boxes):
    found = LonePlaces.of(boxes, boxes, NO_RULES, EVEN, as_drawn)
    assert len(found.places) == 2
    first, second = (found.draw(number, np.random.default_rng(1), None) for number in (0, 1))
    assert np.abs(first - LEFT).max() < 0.03
    assert np.abs(second - RIGHT).max() < 0.03


def test_a_place_that_is_far_less_likely_is_none(boxes):
    assert len(LonePlaces.of(boxes, boxes, NO_RULES, EVEN, as_drawn, 0.3).places) == 2
    found = LonePlaces.of(boxes, boxes, NO_RULES, EVEN, as_drawn, 0.4)
    assert len(found.places) == 1
    rng = np.random.default_rng(0)  # then any box comes, as likely as it is
    assert np.mean([found.draw(1, rng, None)[0] > 0.5 for _ in range(300)]) == pytest.approx(0.25, abs=0.08)


def test_weights_say_what_comes_first_and_boxes_anywhere_come_as_likely_as_they_are(boxes):
    likely = np.log(np.repeat([0.2 / 30, 0.8 / 10], [30, 10]))
    found = LonePlaces.of(boxes, boxes, NO_RULES, likely, as_drawn)
    rng = np.random.default_rng(2)
    drawn = np.array([found.draw(None, rng, None) for _ in range(300)])
    assert (drawn[:, 0] > 0.5).mean() == pytest.approx(0.8, abs=0.08)
    assert found.draw(0, rng, None)[0] > 0.5
    assert found.draw(99, rng, None).shape == (4,)


def test_what_breaks_a_rule_is_drawn_only_where_all_do(boxes):
    rules = right_alone(boxes, 1.0, None)[1]
    found = LonePlaces.of(boxes, boxes, rules, EVEN, right_alone)
    assert len(found.places) == 1
    assert found.draw(0, np.random.default_rng(0), 1.0)[0] > 0.5
    worst = LonePlaces.of(boxes, boxes, np.full(40, -6.0), EVEN, as_drawn)
    assert len(worst.places) == 2


def test_the_only_boxes_that_keep_the_rules_are_drawn_however_unlikely_they_are(boxes):
    rules = right_alone(boxes, 1.0, None)[1]
    unlikely = np.where(boxes[:, 0] > 0.5, -800.0, 0.0)  # too unlikely to be told from nothing
    found = LonePlaces.of(boxes, boxes, rules, unlikely, right_alone)
    for place, aspect in ((0, None), (0, 1.0), (None, None)):
        assert found.draw(place, np.random.default_rng(0), aspect)[0] > 0.5
