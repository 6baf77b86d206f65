import pytest
import torch

from smartmask.model.denoiser import SMALLEST_TIME, denoising_loss

pytestmark = pytest.mark.usefixtures("no_type_check")  # a closed-form object stands for the backbone


class Constant(torch.nn.Module):
    """A backbone that always answers the same."""

    def forward(self, noisy, t, *condition):
        return torch.full_like(noisy, 0.5)


def loss(clean: float, t: list[float], inside: torch.Tensor | None = None) -> float:
    shape = (len(t), 1, 4, 4)
    inside = torch.ones(shape, dtype=torch.bool) if inside is None else inside
    field = torch.full(shape, clean)
    return denoising_loss(Constant(), field, inside, torch.zeros(shape), torch.tensor(t), ()).item()


def test_the_error_of_the_clean_field_is_weighted_as_one_of_the_velocity():
    assert loss(0.9, [0.8]) == pytest.approx((0.4 / 0.8) ** 2)


def test_the_weight_is_limited_at_small_times():
    assert loss(0.9, [0.01]) == pytest.approx((0.4 / SMALLEST_TIME) ** 2)


def test_the_mean_is_over_samples_each_over_its_pixels_on_the_canvas():
    inside = torch.ones(2, 1, 4, 4, dtype=torch.bool)
    inside[0, :, :, 1:] = False
    expected = ((0.4 / 0.5) ** 2 + (0.4 / 1.0) ** 2) / 2
    assert loss(0.9, [0.5, 1.0], inside) == pytest.approx(expected)


def test_pixels_outside_the_canvas_do_not_count():
    inside = torch.zeros(1, 1, 4, 4, dtype=torch.bool)
    assert loss(0.9, [0.5], inside) == 0
