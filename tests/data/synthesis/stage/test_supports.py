"""Places to stand are found on tops and inner boards, and nowhere inside a closed shape."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_library import Solid, box, cylinder, joined, open_shelf, table

from smartmask.data.synthesis.stage.meshes import Mesh
from smartmask.data.synthesis.stage.supports import shelves_of


def mesh_of(solid: Solid) -> Mesh:
    return Mesh("thing", "thing", solid[0].astype(np.float32), solid[1].astype(np.int32))


@given(st.floats(0.3, 1.5), st.floats(0.3, 2.0), st.floats(0.2, 2.0))
def test_a_closed_box_holds_on_its_top_only(depth: float, width: float, height: float) -> None:
    mesh = mesh_of(box((-depth / 2, -width / 2, 0), (depth / 2, width / 2, height)))
    (top,) = shelves_of(mesh, only_top=False)
    assert top.z == pytest.approx(height, abs=1e-3)
    assert math.isinf(top.clearance_m)
    assert top.area_m2 == pytest.approx(depth * width, rel=0.12)


def test_a_shelf_holds_on_every_board() -> None:
    levels = shelves_of(mesh_of(open_shelf(0.3, 0.9, 1.2, 4)), only_top=False)
    heights = sorted({round(level.z, 3) for level in levels})
    assert heights == pytest.approx([0.02, 0.413, 0.807, 1.2], abs=0.003)
    inner = [level for level in levels if level.z < 1.1]
    assert all(level.clearance_m == pytest.approx(0.373, abs=0.01) for level in inner)
    assert all(level.low_xy[1] >= -0.44 and level.high_xy[1] <= 0.46 for level in inner)


def test_only_top_leaves_the_inner_boards_out() -> None:
    levels = shelves_of(mesh_of(open_shelf(0.3, 0.9, 1.2, 4)), only_top=True)
    assert {round(level.z, 2) for level in levels} == {1.2}


def test_a_table_has_one_top() -> None:
    assert [round(level.z, 2) for level in shelves_of(mesh_of(table(0.9, 1.4, 0.74)), only_top=True)][:1] == [
        0.74
    ]


def test_a_round_top_is_cut_to_a_rectangle_inside_it() -> None:
    top = shelves_of(mesh_of(cylinder(0.4, 0.6, sides=60)), only_top=True)[0]
    corners = [
        math.hypot(x, y) for x in (top.low_xy[0], top.high_xy[0]) for y in (top.low_xy[1], top.high_xy[1])
    ]
    assert max(corners) < 0.43


def test_boards_too_close_together_hold_nothing_between_them() -> None:
    solid = joined(box((-0.4, -0.4, 0), (0.4, 0.4, 0.02)), box((-0.4, -0.4, 0.1), (0.4, 0.4, 0.12)))
    assert {round(level.z, 2) for level in shelves_of(mesh_of(solid), only_top=False)} == {0.12}
