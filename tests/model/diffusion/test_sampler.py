"""The samplers against data whose exact denoiser is known: one Gaussian."""

import numpy as np
import pytest
import torch

from smartmask.model.diffusion.sampler import euler, heun
from smartmask.model.diffusion.schedule import sampling_times

MEAN, DEVIATION, SHIFT = 0.7, 0.5, 3.0
both = pytest.mark.parametrize("sampler", [euler, heun])
libraries = pytest.mark.parametrize(
    "array", [pytest.param(np.asarray, id="numpy"), pytest.param(torch.from_numpy, id="torch")]
)


def posterior_mean(x, t):
    """E[x_0 | x_t = x] for x_0 ~ N(m, s^2) and x_t = (1 - t) x_0 + t e."""
    gain = (1 - t) * DEVIATION**2 / ((1 - t) ** 2 * DEVIATION**2 + t**2)
    return MEAN + gain * (x - (1 - t) * MEAN)


def noise(count: int = 20_000) -> np.ndarray:
    return np.random.default_rng(0).standard_normal(count)


def error(sampler, steps: int) -> float:
    """Largest difference to the exact flow, which takes noise e to m + s e."""
    e = noise(200)
    return float(
        np.abs(
            sampler(posterior_mean, e, sampling_times(steps, SHIFT).tolist()) - (MEAN + DEVIATION * e)
        ).max()
    )


@libraries
@both
def test_many_steps_recover_mean_and_variance(sampler, array):
    sample = sampler(posterior_mean, array(noise()), sampling_times(200, SHIFT).tolist())
    assert float(sample.mean()) == pytest.approx(MEAN, abs=0.01)
    assert float(sample.std()) == pytest.approx(DEVIATION, abs=0.01)


@both
def test_many_steps_follow_the_exact_flow_of_each_sample(sampler):
    assert error(sampler, 400) < 0.01


@pytest.mark.parametrize("steps", [3, 5, 10, 20, 50])
def test_heun_beats_euler_at_equal_steps(steps):
    assert error(heun, steps) < error(euler, steps)


@both
def test_numpy_and_torch_give_the_same_numbers(sampler):
    times = sampling_times(10, SHIFT).tolist()
    ours = sampler(posterior_mean, noise(), times)
    theirs = sampler(posterior_mean, torch.from_numpy(noise()), times)
    np.testing.assert_allclose(ours, theirs.numpy(), rtol=1e-12)


@libraries
@both
def test_float32_stays_float32(sampler, array):
    x = array(noise().astype(np.float32))
    assert sampler(posterior_mean, x, sampling_times(4, SHIFT).tolist()).dtype == x.dtype


@both
def test_one_step_gives_the_denoisers_first_estimate(sampler):
    np.testing.assert_allclose(sampler(lambda x, t: 3 * x, noise(5), [1.0, 0.0]), 3 * noise(5))


@both
def test_a_denoiser_that_knows_the_answer_is_believed_after_any_number_of_steps(sampler):
    answer = np.linspace(-1, 1, 5)
    found = sampler(lambda x, t: answer, noise(5), sampling_times(7, SHIFT).tolist())
    np.testing.assert_allclose(found, answer, atol=1e-12)


@both
def test_the_starting_noise_is_left_as_it_was(sampler):
    x = noise(5)
    sampler(posterior_mean, x, sampling_times(3, SHIFT).tolist())
    assert np.array_equal(x, noise(5))


def test_euler_calls_the_denoiser_once_a_step_and_heun_twice_but_once_at_the_end():
    calls: list[float] = []

    def counting(x, t):
        calls.append(t)
        return x

    times = sampling_times(5, SHIFT).tolist()
    euler(counting, noise(2), times)
    assert calls == times[:-1]
    calls.clear()
    heun(counting, noise(2), times)
    assert len(calls) == 2 * 5 - 1
    assert min(calls) > 0
