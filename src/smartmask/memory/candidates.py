"""Shapes of a memory to choose from, as they would be drawn."""

from dataclasses import dataclass, fields

import numpy as np
from jaxtyping import Bool, Float32, Int


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Shapes to choose from.

    Attributes:
        numbers: The place of each in the memory.
        is_mirrored: Whether it is drawn mirrored.
        sketches: Small fields, stretched to the frame.
        log_aspects: ln(width / height).
        groups: A number for the object that each shows.
        handicaps: What each costs beforehand, in IoU: its words fit less well, or its style is a drawing's.
    """

    numbers: Int[np.ndarray, " n"]
    is_mirrored: Bool[np.ndarray, " n"]
    sketches: Float32[np.ndarray, "n S S"]
    log_aspects: Float32[np.ndarray, " n"]
    groups: Int[np.ndarray, " n"]
    handicaps: Float32[np.ndarray, " n"]

    def __len__(self) -> int:
        return len(self.numbers)

    @staticmethod
    def none() -> "Candidates":
        """No shapes."""
        numbers, values = np.zeros(0, np.int64), np.zeros(0, np.float32)
        return Candidates(
            numbers, np.zeros(0, bool), np.zeros((0, 1, 1), np.float32), values, numbers, values
        )

    def taken(self, rows: Int[np.ndarray, " m"]) -> "Candidates":
        """Some of them, in the order given."""
        return Candidates(*(getattr(self, field.name)[rows] for field in fields(self)))
