import pytest
import torch

from smartmask.model.denoiser import PARTIAL_WEIGHT, SMALLEST_TIME, denoising_loss

pytestmark = pytest.mark.usefixtures("no_type_check")  # a closed-form object stands for the backbone


class Constant(torch.nn.Module):
    """A backbone that always answers the same."""

    def forward(self, noisy, t, *condition):
        return torch.full_like(noisy, 0.5)


def loss(clean: list[float], t: list[float], is_whole: list[bool] | None = None) -> float:
    shapes = torch.tensor(clean)[:, None].expand(-1, 6)
    whole = torch.tensor(is_whole or [True] * len(t))
    return denoising_loss(Constant(), shapes, torch.zeros(shapes.shape), torch.tensor(t), (), whole).item()


def test_the_error_of_the_clean_shape_is_weighted_as_one_of_the_velocity():
    assert loss([0.9], [0.8]) == pytest.approx((0.4 / 0.8) ** 2)


def test_the_weight_is_limited_at_small_times():
    assert loss([0.9], [0.01]) == pytest.approx((0.4 / SMALLEST_TIME) ** 2)


def test_the_mean_is_over_samples():
    assert loss([0.9, 0.9], [0.5, 1.0]) == pytest.approx(((0.4 / 0.5) ** 2 + (0.4 / 1.0) ** 2) / 2)


def test_what_is_seen_in_part_weighs_less():
    whole, part = 0.4**2, 0.2**2
    expected = (whole + PARTIAL_WEIGHT * part) / (1 + PARTIAL_WEIGHT)
    assert loss([0.9, 0.7], [1.0, 1.0], [True, False]) == pytest.approx(expected)
