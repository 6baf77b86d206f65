"""One view, one seed, one mask: condition -> noise -> sampler -> signed distance field."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Integer

from smartmask.model.cfg import Branches, guided
from smartmask.model.condition import Condition, build_condition
from smartmask.model.sampler import Sampler, euler
from smartmask.model.schedule import sampling_times
from smartmask.protocols import TextEncoder
from smartmask.scene.guidance import Guidance
from smartmask.scene.layout import Layout
from smartmask.scene.view import View


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingConfig:
    """How a field is sampled.

    Attributes:
        steps: Steps of the sampler.
        shift: How densely the steps lie near noise, where a field's large shape is decided. A small shift
            takes a long first step, so that the large shape is the likely one; a large one gives variety.
        cfg_scale: Strength of the words; 1.0 = conditional only.
        cfg_until: Words are strengthened only at times above this (late steps only sharpen contours).
        sampler: The integrator.
    """

    steps: int
    shift: float
    cfg_scale: float = 1.0
    cfg_until: float = 0.5
    sampler: Sampler = euler

    def __post_init__(self) -> None:
        if self.steps < 1 or self.shift <= 0 or self.cfg_scale < 0 or not 0 <= self.cfg_until <= 1:
            raise ValueError(
                f"steps must be >= 1, shift > 0, cfg_scale >= 0, cfg_until in [0, 1], not {self}"
            )


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A layout as the generator reads it: computed once, asked many times."""

    layout: Layout
    visible_index: Integer[np.ndarray, "H W"]

    @staticmethod
    def of(layout: Layout) -> "Scene":
        """Find out once what is visible."""
        return Scene(layout, layout.visible_index())


class MaskGenerator:
    """Samples fields from a denoiser; safe to call from several threads."""

    def __init__(self, branches: Branches, encoder: TextEncoder, resolution: int) -> None:
        """Take the parts.

        Args:
            branches: The denoiser.
            encoder: The text encoder it was trained with.
            resolution: R of its views.
        """
        self.branches, self.resolution = branches, resolution
        self._encoder = encoder

    def condition(
        self, scene: Scene, prompt: str, text: str | None, guidance: Guidance, view: View
    ) -> Condition:
        """What the denoiser is told."""
        return build_condition(
            scene.visible_index,
            scene.layout.labels,
            guidance,
            view,
            prompt=prompt,
            scene=text,
            encoder=self._encoder,
        )

    def sample(
        self, condition: Condition, settings: SamplingConfig, rng: np.random.Generator
    ) -> Float32[np.ndarray, "R R"]:
        """A signed distance field in [-1, 1]; it depends on the arguments alone."""
        noise = rng.standard_normal((1, self.resolution, self.resolution), np.float32)
        denoise = guided(self.branches, condition, settings.cfg_scale, settings.cfg_until)
        field = settings.sampler(denoise, noise, sampling_times(settings.steps, settings.shift).tolist())
        return np.asarray(np.clip(field[0], -1, 1), np.float32)
