"""Stable Diffusion's noise levels on the flow's path, compared with diffusers."""

import numpy as np
import pytest
import torch
from diffusers import DDIMScheduler, DDPMScheduler
from hypothesis import given
from hypothesis import strategies as st

from smartmask.backends.base.schedule import DdpmSchedule, network_input
from smartmask.model.diffusion.sampler import euler

SD15 = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
EPSILON = DdpmSchedule.of(DDPMScheduler(**SD15))
VELOCITY = DdpmSchedule.of(DDPMScheduler(**SD15, prediction_type="v_prediction"))
BOTH = pytest.mark.parametrize("schedule", [EPSILON, VELOCITY], ids=["noise", "velocity"])


def random(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_times_rise_with_the_timestep_and_each_time_finds_its_own():
    times = EPSILON.times()
    assert EPSILON.timesteps == 1000
    assert (np.diff(times) > 0).all()
    assert 0 < times[0] < 0.05
    assert 0.9 < times[-1] < 1
    assert [EPSILON.timestep(float(times[n])) for n in (0, 1, 500, 998, 999)] == [0, 1, 500, 998, 999]
    assert (EPSILON.timestep(0.0), EPSILON.timestep(1.0)) == (0, 999)


@given(st.floats(0, 1))
def test_levels_hold_the_flows_ratio_and_ddpms_length(t):
    alpha, sigma = EPSILON.levels(t)
    assert alpha**2 + sigma**2 == pytest.approx(1)
    last = float(EPSILON.times()[-1])
    assert sigma * (1 - min(t, last)) == pytest.approx(alpha * min(t, last))


def test_beyond_the_last_timestep_its_own_levels_hold():
    assert EPSILON.levels(1.0) == pytest.approx((EPSILON.signal[-1] ** 0.5, (1 - EPSILON.signal[-1]) ** 0.5))


@BOTH
def test_noise_and_target_are_those_of_diffusers(schedule):
    scheduler = DDPMScheduler(**SD15)
    clean, noise, timesteps = random(3, 4, 2, 2), random(3, 4, 2, 2, seed=1), torch.tensor([0, 400, 999])
    torch.testing.assert_close(
        schedule.noisy(clean, noise, timesteps), scheduler.add_noise(clean, noise, timesteps)
    )
    expected = noise if schedule is EPSILON else scheduler.get_velocity(clean, noise, timesteps)
    torch.testing.assert_close(schedule.target(clean, noise, timesteps), expected)


@BOTH
@pytest.mark.parametrize("timestep", [0, 300, 999])
def test_the_true_prediction_gives_the_clean_sample_back(schedule, timestep):
    clean, noise, t = random(1, 4, 2, 2), random(1, 4, 2, 2, seed=1), float(schedule.times()[timestep])
    x = (1 - t) * clean + t * noise
    n = torch.tensor([timestep])
    torch.testing.assert_close(network_input(x, t), schedule.noisy(clean, noise, n), atol=1e-5, rtol=1e-5)
    found = schedule.clean(x, t, schedule.target(clean, noise, n))
    torch.testing.assert_close(found, clean, atol=1e-4, rtol=1e-4)


@BOTH
def test_euler_on_the_flow_is_ddim(schedule):
    """The same network and levels, one step after the other, as diffusers takes them."""
    prediction = "epsilon" if schedule is EPSILON else "v_prediction"
    ddim = DDIMScheduler(
        **SD15,
        prediction_type=prediction,
        clip_sample=False,
        timestep_spacing="trailing",
        set_alpha_to_one=True,
    )
    ddim.set_timesteps(10)

    def network(z: torch.Tensor, timestep: int) -> torch.Tensor:
        return torch.tanh(z) * (0.2 + timestep / 1500)

    def denoise(x: torch.Tensor, t: float) -> torch.Tensor:
        return schedule.clean(x, t, network(network_input(x, t), schedule.timestep(t)))

    start = random(1, 4, 3, 3)
    expected = start
    for timestep in ddim.timesteps:
        expected = ddim.step(network(expected, int(timestep)), timestep, expected).prev_sample
    times = [float(schedule.times()[timestep]) for timestep in ddim.timesteps]
    begun = start * float(np.hypot(1 - times[0], times[0]))
    torch.testing.assert_close(euler(denoise, begun, [*times, 0.0]), expected, atol=1e-4, rtol=1e-4)


@pytest.mark.usefixtures("no_type_check")
def test_a_network_that_predicts_something_else_is_refused():
    with pytest.raises(ValueError, match="must predict 'epsilon' or 'v_prediction', not 'sample'"):
        DdpmSchedule.of(DDPMScheduler(**SD15, prediction_type="sample"))


@pytest.mark.parametrize("signal", [[0.9, 0.9], [0.5, 0.7], [0.9, 0.0], [1.0, 0.5]], ids=str)
def test_a_signal_that_does_not_fall_within_0_and_1_is_refused(signal):
    with pytest.raises(ValueError, match="must fall from below 1 to above 0"):
        DdpmSchedule(np.array(signal), "epsilon")
