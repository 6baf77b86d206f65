"""A closed-form ranker."""

from collections.abc import Sequence

import numpy as np


class LargerIsBetter:
    """The share of the canvas that a mask covers; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[np.ndarray, tuple[str, ...], str, str | None]] = []

    def score(
        self,
        visible_index: np.ndarray,
        labels: Sequence[str],
        mask: np.ndarray,
        prompt: str,
        scene: str | None,
    ) -> float:
        self.asked.append((visible_index, tuple(labels), prompt, scene))
        return float(mask.mean())
