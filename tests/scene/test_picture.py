"""The small pictures that values show of themselves."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from shapes import rectangle

from smartmask.scene.colours import label_colours
from smartmask.scene.layout import Layer, Layout
from smartmask.scene.picture import LONGEST_PX, preview_hw, preview_png

SIZE_HW = (30, 40)
WALL = Layer("wall", rectangle(SIZE_HW, (0, 0, 40, 20)))
CAT = Layer("cat", rectangle(SIZE_HW, (10, 10, 20, 20)))


def opened(content: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.format == "PNG"
        return np.asarray(picture)


@given(st.tuples(st.integers(1, 9000), st.integers(1, 9000)))
def test_a_preview_is_never_large_and_small_pictures_keep_their_size(size_hw):
    height, width = preview_hw(size_hw)
    assert 1 <= min(height, width) <= max(height, width) <= LONGEST_PX
    if max(size_hw) <= LONGEST_PX:
        assert (height, width) == size_hw
    else:
        assert max(height, width) == LONGEST_PX


@pytest.mark.parametrize("shape", [(20, 30), (20, 30, 3)], ids=["grey", "in colours"])
def test_a_small_picture_is_shown_as_it_is(shape):
    pixels = np.random.default_rng(0).integers(0, 255, shape, np.uint8)
    assert np.array_equal(opened(preview_png(pixels)), pixels)


def test_a_large_picture_is_averaged():
    pixels = np.zeros((4, 2 * LONGEST_PX), np.uint8)
    pixels[:, ::2] = 200
    assert np.array_equal(opened(preview_png(pixels)), np.full((2, LONGEST_PX), 100, np.uint8))


def test_a_layout_shows_what_is_seen_in_the_colours_of_its_labels():
    shown = opened(Layout(SIZE_HW, (WALL, CAT))._repr_png_())
    wall, cat = label_colours(["wall", "cat"])
    assert shown.shape == (*SIZE_HW, 3)
    assert np.array_equal(shown[5, 5], wall)
    assert np.array_equal(shown[15, 15], cat)
    assert len(set(map(tuple, [shown[5, 5], shown[15, 15], shown[25, 25]]))) == 3


def test_a_layout_without_layers_shows_one_grey():
    shown = opened(Layout(SIZE_HW)._repr_png_())
    assert (shown == shown[0, 0]).all()


@pytest.mark.parametrize("size_hw", [(3000, 4001), (1, 9000), (2500, 2)], ids=["large", "flat", "narrow"])
def test_a_large_layout_is_shown_small(size_hw):
    height, width = size_hw
    left = np.zeros(size_hw, bool)
    left[:, : max(width // 2, 1)] = True
    shown = opened(Layout(size_hw, (Layer("wall", left), Layer("cat", ~left)))._repr_png_())
    assert shown.shape[:2] == preview_hw((-(-height // _step(size_hw)), -(-width // _step(size_hw))))
    wall, cat = label_colours(["wall", "cat"])
    assert np.array_equal(shown[0, 0], wall)
    assert np.array_equal(shown[-1, -1], cat) or shown.shape[1] == 1


def _step(size_hw: tuple[int, int]) -> int:
    return max(max(size_hw) // (2 * LONGEST_PX), 1)


def test_equal_layouts_show_the_same_bytes():
    first, second = (Layout(SIZE_HW, (WALL, CAT))._repr_png_() for _ in range(2))
    assert first == second
