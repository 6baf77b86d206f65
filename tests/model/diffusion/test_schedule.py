import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartmask.model.diffusion.schedule import (
    sampling_times,
    shift_time,
)

SHIFT = 3.0
shifts = st.floats(0.2, 10)


@given(shifts)
def test_a_shift_leaves_0_and_1_and_keeps_the_order_of_times(shift):
    times = shift_time(np.linspace(0, 1, 21), shift)
    assert times[0] == 0
    assert times[-1] == pytest.approx(1)
    assert (np.diff(times) > 0).all()


@given(shifts, shifts)
def test_one_shift_after_another_is_the_shift_by_their_product(first, second):
    times = np.linspace(0, 1, 11)
    np.testing.assert_allclose(
        shift_time(shift_time(times, first), second), shift_time(times, first * second)
    )


def test_a_shift_multiplies_the_ratio_of_noise_to_signal():
    times = np.linspace(0.1, 0.9, 9)
    moved = shift_time(times, 3.0)
    np.testing.assert_allclose(moved / (1 - moved), 3 * times / (1 - times))


@pytest.mark.parametrize("steps", [1, 2, 20])
def test_sampling_times_fall_from_1_to_0(steps):
    times = sampling_times(steps, SHIFT)
    assert len(times) == steps + 1
    assert (times[0], times[-1]) == (1, 0)
    assert (np.diff(times) < 0).all()


def test_sampling_without_a_step_is_an_error():
    with pytest.raises(ValueError, match="at least 1 step, not 0"):
        sampling_times(0, SHIFT)
