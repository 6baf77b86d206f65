"""Stable Diffusion's noise levels, and where they lie on the flow's path.

    DDPM   z_n = alpha_n z_0 + sigma_n e,   alpha_n^2 = 1 - sigma_n^2 = abar_n    (Ho et al. 2020, equation 4)
    flow   x_t = (1 - t) z_0 + t e                                              (model/diffusion/schedule.py)

One is the other times a factor: x_t / sqrt((1 - t)^2 + t^2) has DDPM's form, and timestep n lies at the time
t_n = sigma_n / (alpha_n + sigma_n) where both have the same ratio of noise to signal. So a network that was
trained on integer timesteps answers at any t, and Euler's method on the flow is DDIM (Song et al. 2021,
equation 12). The flow's end has no signal at all; the last timestep still has a little (alpha 0.07 in SD
1.5), and stands for every time beyond it.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import torch
from diffusers.schedulers.scheduling_ddpm import DDPMScheduler
from jaxtyping import Float, Float64, Int
from torch import Tensor

Prediction = Literal["epsilon", "v_prediction"]


@dataclass(frozen=True, slots=True, eq=False)
class DdpmSchedule:
    """The levels of a checkpoint, and what its network predicts at them.

    Attributes:
        signal: abar of each timestep, falling.
        prediction: The noise e, or the velocity alpha e - sigma z_0 (Salimans and Ho 2022, appendix D).
    """

    signal: Float64[np.ndarray, " timesteps"]
    prediction: Prediction

    def __post_init__(self) -> None:
        if self.prediction not in get_args(Prediction):
            expected = " or ".join(map(repr, get_args(Prediction)))
            raise ValueError(f"the network must predict {expected}, not {self.prediction!r}")
        if not ((np.diff(self.signal) < 0).all() and self.signal[-1] > 0 and self.signal[0] < 1):
            raise ValueError("a noise schedule's signal must fall from below 1 to above 0")

    @staticmethod
    def of(scheduler: DDPMScheduler) -> "DdpmSchedule":
        """The levels of a checkpoint's scheduler.

        Raises:
            ValueError: If the network predicts something else.
        """
        return DdpmSchedule(scheduler.alphas_cumprod.double().numpy(), scheduler.config["prediction_type"])

    @property
    def timesteps(self) -> int:
        """How many there are; timestep 0 is nearly clean."""
        return len(self.signal)

    def times(self) -> Float64[np.ndarray, " timesteps"]:
        """t_n of each timestep."""
        alpha, sigma = np.sqrt(self.signal), np.sqrt(1 - self.signal)
        return sigma / (alpha + sigma)

    def timestep(self, t: float) -> int:
        """The timestep nearest to a time."""
        return int(np.abs(self.times() - t).argmin())

    def levels(self, t: float) -> tuple[float, float]:
        """alpha and sigma at a time; those of the last timestep beyond it."""
        t = min(t, float(self.times()[-1]))
        length = float(np.hypot(1 - t, t))
        return (1 - t) / length, t / length

    def noisy(
        self, clean: Float[Tensor, "B C h w"], noise: Float[Tensor, "B C h w"], timesteps: Int[Tensor, " B"]
    ) -> Float[Tensor, "B C h w"]:
        """z_n."""
        alpha, sigma = self._levels_of(timesteps)
        return alpha * clean + sigma * noise

    def target(
        self, clean: Float[Tensor, "B C h w"], noise: Float[Tensor, "B C h w"], timesteps: Int[Tensor, " B"]
    ) -> Float[Tensor, "B C h w"]:
        """What the network should answer to z_n."""
        if self.prediction == "epsilon":
            return noise
        alpha, sigma = self._levels_of(timesteps)
        return alpha * noise - sigma * clean

    def clean(
        self, x: Float[Tensor, "B C h w"], t: float, predicted: Float[Tensor, "B C h w"]
    ) -> Float[Tensor, "B C h w"]:
        """The estimate of z_0 that a prediction for `network_input(x, t)` means."""
        alpha, sigma = self.levels(t)
        z = network_input(x, t)
        return (
            (z - sigma * predicted) / alpha if self.prediction == "epsilon" else alpha * z - sigma * predicted
        )

    def _levels_of(self, timesteps: Int[Tensor, " B"]) -> tuple[Tensor, Tensor]:
        signal = torch.as_tensor(self.signal, dtype=torch.float32, device=timesteps.device)[timesteps]
        signal = signal[:, None, None, None]
        return signal.sqrt(), (1 - signal).sqrt()


def network_input(x: Float[Tensor, "B C h w"], t: float) -> Float[Tensor, "B C h w"]:
    """The flow's x_t as DDPM has it: with unit variance, if the clean sample has."""
    return x / float(np.hypot(1 - t, t))
