"""Masks and scenes that tests draw."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.ndimage import gaussian_filter

from smartmask.data.annotations.base import AnnotatedObject, AnnotatedScene


def bool_masks(height: int | st.SearchStrategy = 7, width: int | st.SearchStrategy = 9) -> st.SearchStrategy:
    """Random masks; a side may itself be random."""
    sides = [side if isinstance(side, st.SearchStrategy) else st.just(side) for side in (height, width)]
    return st.tuples(*sides).flatmap(lambda size: arrays(bool, size))


def disc(size_hw: tuple[int, int], centre_xy: tuple[float, float], radius: float) -> np.ndarray:
    """The pixels whose centres lie in a disc."""
    rows, columns = np.ogrid[: size_hw[0], : size_hw[1]]
    return (columns + 0.5 - centre_xy[0]) ** 2 + (rows + 0.5 - centre_xy[1]) ** 2 < radius**2


def rectangle(size_hw: tuple[int, int], box_xyxy: tuple[int, int, int, int]) -> np.ndarray:
    """The pixels of a box in whole pixels."""
    mask = np.zeros(size_hw, bool)
    x0, y0, x1, y1 = box_xyxy
    mask[y0:y1, x0:x1] = True
    return mask


def blob(size_hw: tuple[int, int], seed: int) -> np.ndarray:
    """A random smooth shape about the middle of the canvas, its features an eighth of the canvas wide."""
    noise = gaussian_filter(np.random.default_rng(seed).standard_normal(size_hw), max(size_hw) / 16)
    rows, columns = (np.linspace(-1, 1, side) for side in size_hw)
    hill = np.exp(-2 * (rows[:, None] ** 2 + columns[None] ** 2)) - 0.45
    mask: np.ndarray = noise / noise.std() * 0.12 + hill > 0
    return mask


def overlaps(start: float, cell: float, cells: int, pixels: int) -> np.ndarray:
    """Length that interval i of a row of cells shares with canvas pixel j, one pair at a time."""
    table = np.zeros((cells, pixels))
    for i in range(cells):
        for j in range(pixels):
            table[i, j] = max(0.0, min(start + (i + 1) * cell, j + 1) - max(start + i * cell, j))
    return table


def room(number: int = 0, size_hw: tuple[int, int] = (72, 96)) -> AnnotatedScene:
    """A wall, a floor, a picture on the one and a ball on the other; each number gives another room."""
    rng = np.random.default_rng(number)
    height, width = size_hw
    index = np.zeros(size_hw, np.int8)
    index[height // 2 :] = 1
    x, y = int(rng.integers(4, width // 2)), int(rng.integers(2, height // 4))
    picture = rectangle(size_hw, (x, y, x + 24, y + 18))
    ball = disc(size_hw, (rng.uniform(16, width - 16), height * 0.75), float(rng.uniform(10, 14)))
    index[picture], index[ball] = 2, 3
    items = (AnnotatedObject.of("picture", picture, True), AnnotatedObject.of("ball", ball, True))
    objects = tuple(item for item in items if item is not None)
    return AnnotatedScene(
        f"room:{number}", f"room:{number}", index, ("wall", "floor", "picture", "ball"), objects
    )
