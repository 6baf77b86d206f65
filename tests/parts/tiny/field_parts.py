"""What closed-form denoisers draw with: the space of fields themselves, and a few steps of the sampler."""

import numpy as np

from smartmask.model.diffusion.cfg import Branches
from smartmask.pipelines.draw_fields import FieldDrawing
from smartmask.pipelines.generate import MaskGenerator, SamplingConfig
from smartmask.protocols import TextEncoder

PLACE, REFINE = SamplingConfig(steps=4, shift=8.0, cfg_scale=2.0), SamplingConfig(steps=4, shift=2.0)


class FieldSpace:
    """The `SampleSpace` of closed-form denoisers, which work on fields themselves."""

    def __init__(self, resolution: int) -> None:
        self.resolution = resolution
        self.shape: tuple[int, ...] = (resolution, resolution)

    def decode(self, sample: np.ndarray) -> np.ndarray:
        return np.asarray(np.clip(sample, -1, 1), np.float32)


def field_generator(branches: Branches, encoder: TextEncoder, resolution: int) -> MaskGenerator:
    """The generator round a closed-form denoiser."""
    return MaskGenerator(branches, encoder, resolution, FieldSpace(resolution))


def field_drawing(branches: Branches, encoder: TextEncoder, resolution: int) -> FieldDrawing:
    """The drawer round a closed-form denoiser, of few steps."""
    return FieldDrawing(field_generator(branches, encoder, resolution), PLACE, REFINE)
