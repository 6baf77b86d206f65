"""Where the regions of a map touch."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int16, Int64


@dataclass(frozen=True, slots=True, eq=False)
class Borders:
    """The borders between the pixels of a map of regions.

    Attributes:
        across: Rows and columns of the pixels unlike the one to their right.
        down: Rows and columns of the pixels unlike the one below.
        is_across: Whether a pixel is of `across`.
        is_down: Whether it is of `down`.
        pairs: The numbers of two regions that touch, the lower one first; ascending, each pair once.
    """

    across: Int64[np.ndarray, "2 A"]
    down: Int64[np.ndarray, "2 D"]
    is_across: Bool[np.ndarray, "H V"]
    is_down: Bool[np.ndarray, "U W"]
    pairs: Int64[np.ndarray, "P 2"]

    @staticmethod
    def of(index: Int16[np.ndarray, "H W"]) -> "Borders":
        """The borders of a map; pixels of a negative number belong to no region."""
        is_across, is_down = index[:, 1:] != index[:, :-1], index[1:] != index[:-1]
        across, down = np.argwhere(is_across).T, np.argwhere(is_down).T
        one = np.concatenate([index[*across], index[*down]])
        other = np.concatenate([index[across[0], across[1] + 1], index[down[0] + 1, down[1]]])
        keys = np.unique(_key(one, other)[np.minimum(one, other) >= 0])
        return Borders(across, down, is_across, is_down, np.stack(np.divmod(keys, _MOST), axis=1))

    def sums(
        self, one: Int16[np.ndarray, " M"], other: Int16[np.ndarray, " M"], values: Float[np.ndarray, " M"]
    ) -> Float[np.ndarray, " P"]:
        """For each pair the sum of the values that speak for its first region less those for its second.

        Args:
            one: The region that a value speaks for.
            other: The region that it speaks against, which touches the other one.
            values: The values.
        """
        keys = self.pairs[:, 0] * _MOST + self.pairs[:, 1]
        place = np.searchsorted(keys, _key(one, other))
        found = np.bincount(place, np.where(one < other, values, -values), minlength=len(keys))
        return found.astype(np.float64)  # of nothing, NumPy counts in whole numbers


_MOST = 1 << 15
"""More than any number of a region."""


def _key(one: Int16[np.ndarray, " M"], other: Int16[np.ndarray, " M"]) -> Int64[np.ndarray, " M"]:
    return np.minimum(one, other).astype(np.int64) * _MOST + np.maximum(one, other)
