"""The shadow lies on the ground below the object, soft and without a border."""

import numpy as np
import pytest
from shapes import disc, rectangle

from smartmask.compositing.contact_shadow import cast_shadow

SIZE_HW = (160, 200)
BOARD, LEGS = (60, 60, 140, 70), ((62, 70, 68, 120), (132, 70, 138, 120))
TABLE = np.logical_or.reduce([rectangle(SIZE_HW, box) for box in (BOARD, *LEGS)])


def shadow_of(mask: np.ndarray) -> np.ndarray:
    return cast_shadow(mask.astype(np.float32))


def test_it_is_darkest_where_the_object_touches_the_ground():
    box = rectangle(SIZE_HW, (80, 60, 120, 120))
    shadow = shadow_of(box)
    assert shadow[118:124, 90:110].mean() > 0.6
    assert shadow[60:90].max() < 0.01
    assert shadow[150:].max() < 0.02
    assert np.unravel_index(shadow.argmax(), SIZE_HW)[0] in range(116, 124)


def test_it_is_the_same_on_either_side():
    shadow = shadow_of(rectangle(SIZE_HW, (80, 60, 120, 120)))
    assert np.allclose(shadow, shadow[:, ::-1], atol=1e-6)


def test_under_a_table_it_runs_from_leg_to_leg():
    shadow = shadow_of(TABLE)
    assert shadow[118:122, 95:105].mean() > 0.05
    assert shadow[118:122, 62:68].mean() > shadow[118:122, 95:105].mean()
    assert shadow[72:90].max() < 0.02  # not up in the air under the board


def test_it_follows_wheels_at_different_heights():
    """A car seen from a corner: the ground rises with the wheels."""
    car = rectangle(SIZE_HW, (50, 60, 150, 95)) | disc(SIZE_HW, (65, 95), 14) | disc(SIZE_HW, (135, 88), 14)
    shadow = shadow_of(car)
    left, right = shadow[:, 58:72].sum(1), shadow[:, 128:142].sum(1)
    rows = np.arange(160)
    assert (left * rows).sum() / left.sum() > (right * rows).sum() / right.sum() + 3


def test_the_rear_wheel_of_a_long_bus_stands_on_the_road():
    """It lies a third of the height above the front wheel, but far away from it."""
    size_hw = (160, 300)
    wheels = disc(size_hw, (230, 118), 12) | disc(size_hw, (60, 102), 10)
    bus = rectangle(size_hw, (40, 40, 260, 100)) | wheels
    shadow = shadow_of(bus)
    assert shadow[108:116, 55:65].mean() > 0.4
    assert shadow[126:134, 225:235].mean() > 0.4


def test_a_stretched_arm_casts_none():
    person = rectangle(SIZE_HW, (90, 20, 110, 130)) | rectangle(SIZE_HW, (50, 85, 90, 92))
    assert shadow_of(person)[92:100, 50:75].max() < 0.05


def test_it_has_no_step():
    shadow = shadow_of(rectangle(SIZE_HW, (70, 40, 130, 120)))
    assert max(np.abs(np.diff(shadow, axis=axis)).max() for axis in (0, 1)) < 0.3
    assert shadow.max() <= 1
    assert shadow.min() >= 0


@pytest.mark.parametrize(
    "mask",
    [rectangle(SIZE_HW, (70, 40, 130, 160)), np.zeros(SIZE_HW, bool), np.ones(SIZE_HW, bool)],
    ids=["a foot beyond the photo", "nothing", "everything"],
)
def test_without_ground_there_is_none(mask):
    assert not shadow_of(mask).any()


def test_a_dot_has_a_dot_of_a_shadow():
    shadow = shadow_of(rectangle(SIZE_HW, (50, 50, 51, 51)))
    assert (shadow > 0.02).sum() < 60
