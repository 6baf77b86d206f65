"""Masks and scenes that tests draw."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.ndimage import gaussian_filter

from smartmask.data.building import build_from
from smartmask.data.layered_scene import LayeredScene, SceneLayer
from smartmask.data.shards import DatasetSpec, SceneDataset


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


def room(number: int = 0, size_hw: tuple[int, int] = (72, 96), is_exact: bool = False) -> LayeredScene:
    """A wall, a floor, a picture on the one and a ball on the other; each number gives another room."""
    rng = np.random.default_rng(number)
    height, width = size_hw
    x, y = int(rng.integers(4, width // 2)), int(rng.integers(2, height // 4))
    picture = rectangle(size_hw, (x, y, x + 24, y + 18))
    ball = disc(size_hw, (rng.uniform(16, width - 16), height * 0.75), float(rng.uniform(10, 14)))
    return scene_of(
        {
            "wall": np.ones(size_hw, bool),
            "floor": rectangle(size_hw, (0, height // 2, width, height)),
            "picture": picture,
            "ball": ball,
        },
        key=f"room:{number}",
        is_exact=is_exact,
        regions=("wall", "floor"),
    )


def scene_of(
    masks: Mapping[str, np.ndarray],
    key: str = "scene",
    is_exact: bool = False,
    regions: Sequence[str] = ("wall", "floor"),
    texts: Sequence[str] = (),
) -> LayeredScene:
    """A scene of whole objects by their labels, rearmost first; `regions` may not be asked for."""
    layers = tuple(
        SceneLayer.of(label, mask, extent="amodal", is_thing=label not in regions)
        for label, mask in masks.items()
    )
    height, width = next(iter(masks.values())).shape
    return LayeredScene(key, key, (height, width), layers, is_exact, tuple(texts))


def dataset_of(folder: Path, scenes: Iterable[LayeredScene], scenes_per_shard: int = 2) -> SceneDataset:
    """Scenes as a dataset on disk."""
    return build_from(folder, DatasetSpec(source="tests", scenes_per_shard=scenes_per_shard), scenes)
