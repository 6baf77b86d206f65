"""What the ranker reads of a mask: shares that add up, and zones that follow its outline."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapes import blob, disc, rectangle

from smartmask.model.ranker.placement_features import (
    CELLS,
    GEOMETRY,
    MIRRORED_CELLS,
    MIRRORED_GEOMETRY,
    MIRRORED_ZONES,
    NEIGHBOURS,
    RELATIONS,
    SPECIAL_LABELS,
    VIEWS,
    ZONES,
    PlacementFeatures,
    placement_features,
)
from smartmask.scene.layout import Layer, Layout

SIZE_HW = (90, 120)
INSIDE, FOOT, BELOW, ABOVE, LEFT, RIGHT = range(CELLS**2, CELLS**2 + ZONES)
WHOLE, WINDOW = range(VIEWS)
OUT, NOTHING, WALL, FLOOR = range(4)


def room(size_hw: tuple[int, int] = SIZE_HW, horizon: float = 0.5) -> Layout:
    height, width = size_hw
    wall = rectangle(size_hw, (0, 0, width, round(horizon * height)))
    return Layout(size_hw, (Layer("wall", wall), Layer("floor", ~wall)))


def features(mask: np.ndarray, layout: Layout | None = None) -> PlacementFeatures:
    layout = room((mask.shape[0], mask.shape[1])) if layout is None else layout
    return placement_features(layout.visible_index(), layout.labels, mask)


def standing(foot_y: int) -> np.ndarray:
    """A box of 20 x 40 pixels."""
    return rectangle(SIZE_HW, (50, foot_y - 40, 70, foot_y))


@given(st.integers(0, 500), st.integers(0, 80), st.integers(0, 60))
def test_shares_add_up_to_one_in_every_cell_and_in_every_zone_that_is_there(seed, x, y):
    mask = np.zeros(SIZE_HW, bool)
    mask[y : y + 30, x : x + 40] = blob((30, 40), seed)[: 90 - y, : 120 - x]
    if not mask.any():
        return
    found = features(mask)
    assert found.labels == ("wall", "floor")
    assert found.shares.shape == (VIEWS, CELLS**2 + ZONES, SPECIAL_LABELS + 2)
    assert found.geometry.shape == (GEOMETRY,)
    assert np.isfinite(found.geometry).all()
    np.testing.assert_allclose(found.shares[:, : CELLS**2].sum(-1), 1, atol=1e-5)
    sums = found.shares[:, CELLS**2 :].sum(-1)
    assert ((np.abs(sums - 1) < 1e-4) | (np.abs(sums) < 1e-4)).all()
    assert (found.shares >= 0).all()
    np.testing.assert_allclose(found.cover[WHOLE].mean(), mask.sum() / 120**2, atol=1e-4)


def test_zones_say_what_a_mask_covers_stands_on_and_touches():
    on_the_line = features(standing(45)).shares[WINDOW]
    np.testing.assert_allclose(on_the_line[INSIDE, [WALL, FLOOR]], [1, 0], atol=0.02)
    np.testing.assert_allclose(on_the_line[BELOW, [WALL, FLOOR]], [0, 1], atol=0.02)
    np.testing.assert_allclose(on_the_line[ABOVE, [WALL, FLOOR]], [1, 0], atol=0.02)
    on_the_floor = features(standing(65)).shares[WINDOW]
    np.testing.assert_allclose(on_the_floor[INSIDE, [WALL, FLOOR]], [0.5, 0.5], atol=0.05)
    np.testing.assert_allclose(on_the_floor[FOOT, [WALL, FLOOR]], [0, 1], atol=0.02)


def test_what_lies_left_and_right_is_told_apart():
    halves = rectangle(SIZE_HW, (0, 0, 60, 90))
    layout = Layout(SIZE_HW, (Layer("wall", halves), Layer("floor", ~halves)))
    found = features(rectangle(SIZE_HW, (50, 30, 70, 60)), layout).shares[WINDOW]
    np.testing.assert_allclose(found[LEFT, [WALL, FLOOR]], [1, 0], atol=0.02)
    np.testing.assert_allclose(found[RIGHT, [WALL, FLOOR]], [0, 1], atol=0.02)


def test_beyond_the_canvas_and_unknown_places_are_labels_of_their_own():
    layout = Layout(SIZE_HW, (Layer("wall", rectangle(SIZE_HW, (0, 0, 120, 45))),))
    found = features(rectangle(SIZE_HW, (40, 60, 80, 90)), layout)
    np.testing.assert_allclose(found.shares[WINDOW, BELOW, OUT], 1, atol=0.05)
    np.testing.assert_allclose(found.shares[WINDOW, INSIDE, NOTHING], 1, atol=0.05)
    # The canvas leaves 15 rows of the square view free above it, half of the first row of cells.
    np.testing.assert_allclose(found.shares[WHOLE, 0, OUT], 0.5, atol=0.05)


@pytest.mark.parametrize("factor", [2, 3, 5], ids="{} times as large".format)
def test_the_size_of_the_canvas_hardly_matters(factor):
    mask = disc(SIZE_HW, (60, 50), 20)
    small = features(mask)
    large = features(np.kron(mask, np.ones((factor, factor), bool)))
    np.testing.assert_allclose(large.shares, small.shares, atol=0.06)
    np.testing.assert_allclose(large.cover, small.cover, atol=1e-5)
    np.testing.assert_allclose(large.geometry, small.geometry, atol=1e-5)


def test_regions_are_compared_with_the_mask_the_largest_first():
    ball = Layer("ball", rectangle(SIZE_HW, (80, 50, 100, 70)))
    found = features(standing(60), Layout(SIZE_HW, (ball, *room().layers)).first(1).push(room().layers[0]))
    assert [found.labels[row] for row in found.neighbours] == ["wall", "ball"]
    wall, ball_told = found.relations
    # Twice as low as the mask, as wide, its foot 10 px further down; the mask is 20 x 40 px.
    np.testing.assert_allclose(ball_told[1], 10 / 800**0.5 / 2, atol=0.06)
    np.testing.assert_allclose(ball_told[3:5], [0, np.log(0.5)], atol=0.15)
    np.testing.assert_allclose(ball_told[7:], 0, atol=0.01)
    np.testing.assert_allclose(wall[7], 25 / 40, atol=0.07)


def test_of_many_regions_the_largest_are_compared():
    stripes = np.repeat(np.arange(60), 2)[None].repeat(90, 0)
    layers = tuple(Layer(f"stripe {number}", stripes == number) for number in range(60))
    found = features(standing(60), Layout(SIZE_HW, (*layers, Layer("big", disc(SIZE_HW, (20, 40), 15)))))
    assert found.relations.shape == (NEIGHBOURS, RELATIONS)
    assert found.labels[found.neighbours[0]] == "big"


def test_layers_of_one_label_count_as_one():
    wall, floor = room().layers
    left = wall.mask & rectangle(SIZE_HW, (0, 0, 60, 90))
    parts = Layout(SIZE_HW, (Layer("wall", left), floor, Layer("wall", wall.mask & ~left)))
    one, other = features(standing(60)), features(standing(60), parts)
    assert one.labels == other.labels
    np.testing.assert_allclose(one.shares, other.shares)


def test_a_mirrored_scene_gives_mirrored_features():
    layout = Layout(SIZE_HW, (*room().layers, Layer("lamp", disc(SIZE_HW, (30, 40), 12))))
    mask = standing(60)
    mirrored = Layout(SIZE_HW, tuple(Layer(layer.label, layer.mask[:, ::-1]) for layer in layout.layers))
    one, other = features(mask, layout), features(mask[:, ::-1], mirrored)
    sign = np.where(np.arange(GEOMETRY) == 0, -1, 1)
    np.testing.assert_allclose(other.shares[:, MIRRORED_ZONES], one.shares, atol=0.03)
    np.testing.assert_allclose(other.cover[:, MIRRORED_CELLS], one.cover, atol=1e-5)
    np.testing.assert_allclose(other.geometry[MIRRORED_GEOMETRY] * sign, one.geometry, atol=1e-6)
    np.testing.assert_allclose(other.relations * sign[:RELATIONS], one.relations, atol=0.2)


@pytest.mark.parametrize(
    "box",
    [
        pytest.param((60, 45, 61, 46), id="a single pixel"),
        pytest.param((0, 0, 1, 1), id="a corner"),
        pytest.param((0, 0, 120, 90), id="the whole canvas"),
        pytest.param((0, 40, 120, 41), id="a line"),
    ],
)
def test_masks_at_the_ends_are_read(box):
    found = features(rectangle(SIZE_HW, box))
    assert np.isfinite(found.shares).all()
    assert np.isfinite(found.geometry).all()


def test_a_layout_of_which_nothing_is_known_is_read():
    found = features(standing(60), Layout(SIZE_HW))
    assert found.labels == ()
    assert found.shares.shape[-1] == SPECIAL_LABELS


def test_an_empty_mask_is_refused():
    with pytest.raises(ValueError, match="an empty mask has no box"):
        features(np.zeros(SIZE_HW, bool))


def test_a_mask_of_another_canvas_is_refused(no_type_check):
    with pytest.raises(ValueError, match=r"the mask is \(90, 120\) but the layout is \(30, 40\)"):
        placement_features(np.zeros((30, 40), np.int16), ["wall"], standing(60))
