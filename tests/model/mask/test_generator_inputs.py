"""What the shape generator reads of a hint and of the layout behind it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapes import bool_masks, rectangle
from thin_shapes import ellipse, four_legged_table

from smartmask.model.diffusion.condition import SPECIAL_ROWS
from smartmask.model.mask.generator import INPUTS
from smartmask.model.mask.generator_inputs import (
    DRAWING_PX,
    LAYOUT_CELLS,
    GeneratorInputs,
    cell_rows,
    drawing_map,
    label_table,
    layout_of,
)
from smartmask.model.shape.frame import FRAME_PX, MARGIN_PX, frame_field
from smartmask.scene.layout import OUTSIDE, UNKNOWN

EDGE = MARGIN_PX / FRAME_PX * DRAWING_PX
INNER = DRAWING_PX - 2 * EDGE
"""Sides, in pixels of the map, of the margin and of the drawing's box."""
WINDOW_PX = 64


def box_share() -> np.ndarray:
    """Of each row of the map, the share that lies in the box."""
    edges = np.arange(DRAWING_PX + 1).clip(EDGE, DRAWING_PX - EDGE)
    return np.diff(edges)


@pytest.mark.parametrize("size_hw", [(1, 1), (5, 90), (29, 29), (300, 7), (400, 600)])
def test_a_full_box_fills_the_frame_but_for_its_margin(size_hw):
    found = drawing_map(np.ones(size_hw, bool))
    assert found.shape == (DRAWING_PX, DRAWING_PX)
    np.testing.assert_allclose(found, np.outer(box_share(), box_share()), atol=1e-5)


def test_the_map_is_a_coarse_picture_of_the_frame():
    for mask in (ellipse(90, 40), four_legged_table()):
        inside = (frame_field(mask) > 0).astype(np.float32)
        step = FRAME_PX // DRAWING_PX
        coarse = inside.reshape(DRAWING_PX, step, DRAWING_PX, step).mean((1, 3))
        assert np.abs(drawing_map(mask) - coarse).mean() < 0.02


@given(bool_masks(st.integers(1, 40), st.integers(1, 40)))
def test_shares_lie_between_zero_and_one_and_add_up_to_what_is_drawn(mask):
    found = drawing_map(mask)
    assert found.min() >= 0
    assert found.max() <= 1 + 1e-5
    height, width = mask.shape
    assert found.sum() * (height / INNER) * (width / INNER) == pytest.approx(mask.sum(), rel=1e-4, abs=1e-4)


@given(bool_masks(st.integers(1, 20), st.integers(1, 20)), st.integers(2, 4))
def test_a_drawing_enlarged_or_mirrored_gives_the_same_map_or_its_mirror_image(mask, scale):
    found = drawing_map(mask)
    larger = mask.repeat(scale, 0).repeat(scale, 1)
    np.testing.assert_allclose(drawing_map(larger), found, atol=1e-5)
    np.testing.assert_allclose(drawing_map(mask[:, ::-1]), found[:, ::-1], atol=1e-5)
    np.testing.assert_allclose(drawing_map(mask[::-1]), found[::-1], atol=1e-5)


def test_a_cell_has_the_row_that_most_of_its_pixels_have():
    side = WINDOW_PX // LAYOUT_CELLS
    regions = np.full((WINDOW_PX, WINDOW_PX), 2, np.int16)
    regions[rectangle(regions.shape, (0, 0, WINDOW_PX, 2 * side + side // 2 + 1))] = 5
    regions[:side, -side : -side // 2 - 1] = 0
    regions[-side:, -side : -side // 2 + 1] = 1
    found = cell_rows(regions).reshape(LAYOUT_CELLS, LAYOUT_CELLS)
    expected = np.full((LAYOUT_CELLS, LAYOUT_CELLS), 2)
    expected[:3] = 5
    expected[-1, -1] = 1
    assert found.tolist() == expected.tolist()


def test_the_cells_are_read_row_by_row():
    cells = np.random.default_rng(0).integers(0, 9, (LAYOUT_CELLS, LAYOUT_CELLS)).astype(np.int16)
    side = WINDOW_PX // LAYOUT_CELLS
    assert cell_rows(cells.repeat(side, 0).repeat(side, 1)).tolist() == cells.ravel().tolist()


def test_a_cell_is_its_labels_embedding_and_what_is_off_the_canvas_or_unknown_has_a_number_of_its_own():
    table = np.random.default_rng(0).standard_normal((3, 4)).astype(np.float32)
    rows = np.array([OUTSIDE, UNKNOWN, 0, 2, 1, UNKNOWN]) + SPECIAL_ROWS
    found = layout_of(rows, table)
    assert found.shape == (6, 4 + SPECIAL_ROWS)
    assert found.dtype == np.float32
    assert found[0].tolist() == [0, 0, 0, 0, 1, 0]
    assert found[1].tolist() == found[5].tolist() == [0, 0, 0, 0, 0, 1]
    assert np.array_equal(found[2:5, :4], table[[0, 2, 1]])
    assert not found[2:5, 4:].any()


def test_a_layout_is_rows_of_the_label_table():
    embeddings = np.random.default_rng(1).standard_normal((3, 4)).astype(np.float32)
    table = label_table(embeddings)
    assert table.shape == (3 + SPECIAL_ROWS, 4 + SPECIAL_ROWS)
    assert table.dtype == np.float32
    rows = np.array([4, 0, 1, 2, 3, 3])
    assert np.array_equal(layout_of(rows, embeddings), table[rows])


def test_a_layout_without_labels_is_read_too():
    found = layout_of(np.array([UNKNOWN + SPECIAL_ROWS] * 2), np.zeros((0, 4), np.float32))
    assert found.tolist() == [[0, 0, 0, 0, 0, 1]] * 2


def test_one_condition_may_have_other_neighbours_for_each_sample_and_keeps_the_networks_order():
    inputs = GeneratorInputs(
        text=np.zeros((1, 4), np.float32),
        extent=np.zeros((1, 2), np.float32),
        style=np.zeros((1, 3), np.float32),
        changes=np.zeros((1, 3), np.float32),
        drawing=np.zeros((1, DRAWING_PX, DRAWING_PX), np.float32),
        layout=np.zeros((1, LAYOUT_CELLS**2, 6), np.float32),
        neighbours=np.zeros((5, 4, 512), np.float32),
    )
    assert ("noisy", "t", "previous", *inputs.arrays()) == INPUTS
    assert inputs.arrays()["neighbours"] is inputs.neighbours
