"""What the pipelines need from outside: one or two methods each."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float32, UInt8

from smartmask.scene.layout import Layout


@runtime_checkable
class TextEncoder(Protocol):
    """Turns words into vectors whose angle says how near their meanings are."""

    @property
    def width(self) -> int:
        """D, the length of an embedding."""
        ...

    def encode(self, texts: Sequence[str]) -> Float32[np.ndarray, "N D"]:
        """Embeddings of unit length, one row a text; a text with no known word gives a zero row."""
        ...


@runtime_checkable
class Segmenter(Protocol):
    """Turns a photo into a layout."""

    def segment(self, image: UInt8[np.ndarray, "H W 3"]) -> Layout:
        """The layout that is seen in an RGB photo, of the photo's own size."""
        ...
