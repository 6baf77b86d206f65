"""One view, one seed, some masks: condition -> noise -> sampler -> signed distance fields.

Denoisers work in a space of their own: that of the base mask model is the latents of a VAE.
"""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float32, Integer

from smartmask.model.diffusion.cfg import Branches, guided
from smartmask.model.diffusion.condition import Condition, build_condition
from smartmask.model.diffusion.sampler import Sampler, euler
from smartmask.model.diffusion.schedule import sampling_times
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
        layout_scale: Strength of the layout; 1.0 = as the denoiser itself has it.
        sampler: The integrator.
    """

    steps: int
    shift: float
    cfg_scale: float = 1.0
    cfg_until: float = 0.5
    layout_scale: float = 1.0
    sampler: Sampler = euler

    def __post_init__(self) -> None:
        scales = min(self.cfg_scale, self.layout_scale)
        if self.steps < 1 or self.shift <= 0 or scales < 0 or not 0 <= self.cfg_until <= 1:
            raise ValueError(
                "steps must be >= 1, shift > 0, cfg_scale >= 0, cfg_until in [0, 1], layout_scale >= 0, not "
                f"{self}"
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


@runtime_checkable
class SampleSpace(Protocol):
    """What a denoiser's samples are, and the fields that they stand for."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one sample."""
        ...

    def decode(self, sample: Float32[np.ndarray, "*shape"]) -> Float32[np.ndarray, "R R"]:
        """The field, in [-1, 1]."""
        ...


class MaskGenerator:
    """Samples fields from a denoiser; safe to call from several threads."""

    def __init__(self, branches: Branches, encoder: TextEncoder, resolution: int, space: SampleSpace) -> None:
        """Take the parts.

        Args:
            branches: The denoiser.
            encoder: The text encoder it was trained with.
            resolution: R of its views.
            space: What it samples.
        """
        self.resolution = resolution
        self._branches, self._encoder = branches, encoder
        self._space = space

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
        self, condition: Condition, settings: SamplingConfig, rng: np.random.Generator, count: int = 1
    ) -> Float32[np.ndarray, "count R R"]:
        """Signed distance fields in [-1, 1]; they depend on the arguments alone."""
        noise = rng.standard_normal((count, *self._space.shape), np.float32)
        denoise = guided(
            self._branches, condition, settings.cfg_scale, settings.cfg_until, settings.layout_scale
        )
        samples = settings.sampler(denoise, noise, sampling_times(settings.steps, settings.shift).tolist())
        return np.stack([self._space.decode(np.asarray(sample, np.float32)) for sample in samples])
