"""One view, one seed, one mask: condition -> noise -> sampler -> signed distance field.

Denoisers work in a space of their own: the compact one on fields themselves, the base one on the latents of a
VAE.
"""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float, Float32, Integer

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


class FieldSpace:
    """The `SampleSpace` of a denoiser that works on fields themselves."""

    def __init__(self, resolution: int) -> None:
        """Take R."""
        self.shape: tuple[int, ...] = (resolution, resolution)

    def decode(self, sample: Float[np.ndarray, "R R"]) -> Float32[np.ndarray, "R R"]:
        """The field, clipped."""
        return np.asarray(np.clip(sample, -1, 1), np.float32)


class MaskGenerator:
    """Samples fields from a denoiser; safe to call from several threads."""

    def __init__(
        self, branches: Branches, encoder: TextEncoder, resolution: int, space: SampleSpace | None = None
    ) -> None:
        """Take the parts.

        Args:
            branches: The denoiser.
            encoder: The text encoder it was trained with.
            resolution: R of its views.
            space: What it samples; None = fields.
        """
        self.resolution = resolution
        self._branches, self._encoder = branches, encoder
        self._space = space or FieldSpace(resolution)

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
        noise = rng.standard_normal((1, *self._space.shape), np.float32)
        denoise = guided(
            self._branches, condition, settings.cfg_scale, settings.cfg_until, settings.layout_scale
        )
        sample = settings.sampler(denoise, noise, sampling_times(settings.steps, settings.shift).tolist())
        return self._space.decode(np.asarray(sample[0], np.float32))
