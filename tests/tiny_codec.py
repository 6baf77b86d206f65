"""A shape codec of few numbers, which are cosines; and the space of fields themselves."""

import numpy as np

from smartmask.model.cfg import Branches
from smartmask.model.shape_codec import ShapeCodec
from smartmask.pipelines.generate import MaskGenerator
from smartmask.protocols import TextEncoder

RESOLUTION, COMPONENTS, TEXT_WIDTH, LABEL_WIDTH = 16, 25, 8, 4


def tiny_codec() -> ShapeCodec:
    """The lowest 5 x 5 cosines of a view of 16 pixels; labels brought from 8 numbers to 4."""
    count = round(COMPONENTS**0.5)
    centres = (np.arange(RESOLUTION) + 0.5) / RESOLUTION
    waves = np.cos(np.pi * np.arange(count)[:, None] * centres)
    waves /= np.linalg.norm(waves, axis=1, keepdims=True)
    basis = np.einsum("ai,bj->abij", waves, waves).reshape(COMPONENTS, -1).astype(np.float32)
    spread = np.linspace(2, 0.5, COMPONENTS, dtype=np.float32)
    labels = np.random.default_rng(0).standard_normal((TEXT_WIDTH, LABEL_WIDTH)).astype(np.float32)
    return ShapeCodec(basis, np.full(RESOLUTION**2, -0.1, np.float32), spread, labels)


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
