"""The space in which the compact model draws: a shape is some hundred numbers, the coordinates of its field.

    z = B^T (field - mean) / spread        field = mean + B (spread z)

B holds the principal components of the fields of training objects in windows about them (Turk and Pentland
1991, "Eigenfaces for recognition", section 2). Fields are smooth and redundant, so a tenth of as many numbers
as pixels holds them, and a network that reads and writes these numbers alone needs no convolutions.

`spread` is a component's deviation to the power of `SPREAD_POWER`, so coarse components stand out from the
noise before fine ones do, but not by as much as in pixels.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, Float32

from smartmask.errors import CheckpointError
from smartmask.model.npz_weights import read_npz_weights

FORMAT = "smartmask-shape-codec"
FORMAT_VERSION = 1
SPREAD_POWER = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeCodecCard:
    """What a codec's file says of itself.

    Attributes:
        resolution: R, view pixels along a side.
        components: K, numbers of a shape.
        text_width: D of the label embeddings.
        label_width: L, numbers that a label embedding is brought down to.
    """

    resolution: int
    components: int
    text_width: int
    label_width: int


class ShapeCodec:
    """Fields and their coordinates, both ways; and label embeddings brought down to few numbers."""

    def __init__(
        self,
        basis: Float[np.ndarray, "K pixels"],
        mean: Float[np.ndarray, " pixels"],
        spread: Float[np.ndarray, " K"],
        label_basis: Float[np.ndarray, "D L"],
    ) -> None:
        """Take the parts; the rows of `basis` are orthonormal."""
        self.resolution = round(basis.shape[1] ** 0.5)
        self.shape: tuple[int, ...] = (len(basis),)
        self.label_basis = label_basis
        self._basis, self._mean, self._spread = basis, mean, spread

    @staticmethod
    def load(path: Path) -> "ShapeCodec":
        """Read a codec.

        Raises:
            CheckpointError: If the file is missing, damaged, of another version, or holds unknown settings.
        """
        values, arrays = read_npz_weights(path, FORMAT, FORMAT_VERSION, ShapeCodecCard, "shape codec")
        card = ShapeCodecCard(**{name: values[name] for name in ShapeCodecCard.__slots__})
        shapes = {
            "basis": (card.components, card.resolution**2),
            "basis_scale": (card.components, 1),
            "mean": (card.resolution**2,),
            "spread": (card.components,),
            "label_basis": (card.text_width, card.label_width),
        }
        if {name: value.shape for name, value in arrays.items()} != shapes:
            raise CheckpointError(f"{path}: its arrays are not those that its card describes; fetch it again")
        basis = arrays["basis"] * arrays["basis_scale"]
        return ShapeCodec(basis, arrays["mean"], arrays["spread"], arrays["label_basis"])

    def digest(self) -> str:
        """Tells codecs apart."""
        parts = (self._basis, self._mean, self._spread, self.label_basis)
        return hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()

    def encode(self, field: Float[np.ndarray, "*n R R"]) -> Float32[np.ndarray, "*n K"]:
        """The coordinates of fields."""
        flat = field.reshape(*field.shape[:-2], -1)
        return np.asarray(((flat - self._mean) @ self._basis.T) / self._spread, np.float32)

    def decode(self, sample: Float[np.ndarray, "*n K"]) -> Float32[np.ndarray, "*n R R"]:
        """The fields of coordinates, clipped to [-1, 1]."""
        field = (sample * self._spread) @ self._basis + self._mean
        side = self.resolution
        return np.clip(field, -1, 1).reshape(*sample.shape[:-1], side, side).astype(np.float32)
