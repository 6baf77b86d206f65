"""What relations mean: examples a person would agree with, and the properties that hold for any boxes."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from smartmask.scene.relations import UNARY, holds, holds_in_region

SOFA = (0.4, 0.5, 0.8, 0.9)


@pytest.mark.parametrize(
    ("kind", "box", "expected"),
    [
        ("left of", (0.1, 0.5, 0.2, 0.9), True),
        ("left of", (0.5, 0.5, 0.7, 0.9), False),
        ("right of", (0.85, 0.2, 0.95, 0.9), True),
        ("above", (0.5, 0.1, 0.7, 0.3), True),
        ("above", (0.0, 0.1, 0.2, 0.3), False),
        ("below", (0.5, 0.75, 0.6, 0.88), True),
        ("below", (0.5, 0.5, 0.6, 0.6), False),
        ("on", (0.5, 0.45, 0.6, 0.65), True),
        ("on", (0.5, 0.1, 0.6, 0.3), False),
        ("in front of", (0.5, 0.7, 0.7, 0.97), True),
        ("in front of", (0.5, 0.3, 0.7, 0.6), False),
        ("next to", (0.82, 0.6, 0.95, 0.9), True),
        ("next to", (0.5, 0.6, 0.6, 0.7), False),
        ("inside", (0.5, 0.6, 0.6, 0.7), True),
        ("inside", (0.3, 0.4, 0.9, 0.95), False),
    ],
)
def test_boxes_about_a_sofa(kind, box, expected):
    assert holds(kind, box, [SOFA]) is expected


def test_behind_needs_the_order_and_the_foot():
    plant = (0.5, 0.2, 0.6, 0.7)
    assert holds("behind", plant, [SOFA], is_in_front=False)
    assert not holds("behind", plant, [SOFA], is_in_front=True)
    assert not holds("behind", (0.5, 0.2, 0.6, 0.99), [SOFA], is_in_front=False)


def test_between_lies_between_the_middles():
    left, right = (0.0, 0.4, 0.2, 0.8), (0.7, 0.4, 0.9, 0.8)
    assert holds("between", (0.4, 0.5, 0.5, 0.8), [right, left])
    assert not holds("between", (0.9, 0.5, 1.0, 0.8), [left, right])
    with pytest.raises(ValueError, match="'between' needs 2 references, not 1"):
        holds("between", SOFA, [left])
    with pytest.raises(ValueError, match="'on' needs 1 references, not 0"):
        holds("on", SOFA, [])


def test_what_is_said_of_a_thing_alone():
    held = {kind for kind in UNARY if holds(kind, (0.0, 0.2, 0.2, 0.9), ())}
    assert held == {"at left", "in foreground"}
    assert {kind for kind in UNARY if holds(kind, (0.45, 0.2, 0.55, 0.5), ())} == {
        "in middle",
        "in background",
    }


_SIDES = st.tuples(*[st.floats(0, 1, width=32)] * 4)


@given(_SIDES, _SIDES)
def test_left_and_right_are_mirrored(one, two):
    first, second = _box(one), _box(two)
    assert holds("left of", first, [second]) == holds("right of", _mirrored(first), [_mirrored(second)])
    assert holds("next to", first, [second]) == holds("next to", _mirrored(first), [_mirrored(second)])


@given(_SIDES, _SIDES)
def test_nothing_is_both_above_and_below(one, two):
    assume(one != two)
    first, second = _box(one), _box(two)
    assert not (holds("above", first, [second]) and holds("below", first, [second]))
    assert not (holds("in front of", first, [second], True) and holds("behind", first, [second], True))


def test_regions_are_asked_by_their_mask():
    lake = np.zeros((10, 10), bool)
    lake[5:8, :6] = True
    assert holds_in_region("on", (0.2, 0.4, 0.4, 0.7), lake, is_upright=False)
    assert not holds_in_region("on", (0.7, 0.4, 0.9, 0.7), lake, is_upright=False)
    assert holds_in_region("above", (0.2, 0.1, 0.4, 0.3), lake, is_upright=False)
    wall = ~lake
    wall[8:] = False
    assert holds_in_region("on", (0.2, 0.1, 0.4, 0.3), wall, is_upright=True)
    assert not holds_in_region("on", (0.2, 0.6, 0.4, 0.7), wall, is_upright=True)
    assert not holds_in_region("on", (0.2, 0.6, 0.4, 0.7), np.zeros((4, 4), bool), is_upright=True)


def _box(sides):
    x0, x1 = sorted(sides[:2])
    y0, y1 = sorted(sides[2:])
    return float(x0), float(y0), float(x1) + 0.05, float(y1) + 0.05


def _mirrored(box):
    return 1 - box[2], box[1], 1 - box[0], box[3]
