"""Views of renders, found again by rendering their meshes."""

import numpy as np
import pytest
from block_coder import BlockCoder
from drawn_memory import horse, memory_of, seen

from smartmask.data.mesh_packs import PackedMesh
from smartmask.memory.shape_view import ShapeView
from smartmask.training.shape.view_fitting import MeshViews, with_views

BOX = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], np.float32)
SIDES = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))
BOX_FACES = np.array([corners for a, b, c, d in SIDES for corners in ((a, b, c), (a, c, d))], np.int64)


@pytest.fixture(scope="module")
def chair() -> PackedMesh:
    """A seat, a back along one side, and an arm along another: from no two sides alike."""
    parts = [((0, 0, 0), (1, 1, 0.4)), ((0, 0, 0.4), (0.15, 1, 0.9)), ((0.15, 0, 0.4), (0.85, 0.2, 0.3))]
    vertices = [np.array(corner) + BOX * np.array(size) for corner, size in parts]
    faces = [BOX_FACES + 8 * number for number in range(len(parts))]
    return PackedMesh("toys:chair", np.concatenate(vertices).astype(np.float32), np.concatenate(faces))


@pytest.fixture(scope="module")
def views(chair) -> MeshViews:
    return MeshViews(chair)


@pytest.mark.parametrize(
    "place", [(37.0, 12.0, 3.5), (141.0, 28.0, 4.5), (236.0, 3.0, 3.0), (333.0, 21.0, 3.5)]
)
def test_the_view_of_a_render_is_found(views, chair, place):
    shape, log_aspect, height = MeshViews(chair)._render(place)
    view, alike = views.fit(shape, log_aspect)
    assert alike > 0.93
    assert abs((view.azimuth - place[0] + 180) % 360 - 180) <= 4
    assert view.pitch == pytest.approx(place[1], abs=4)
    assert view.height == pytest.approx(height, rel=0.06)


def test_a_memory_is_given_the_views_of_its_meshes_and_nothing_else_changes(chair):
    shapes = []
    for azimuth in (37.0, 141.0):
        square, log_aspect, _ = MeshViews(chair)._render((azimuth, 12.0, 3.5))
        rows = 60
        columns = round(rows * np.exp(log_aspect))
        at = np.ix_(np.arange(rows) * len(square) // rows, np.arange(columns) * len(square) // columns)
        shapes.append(seen("chair", square[at], "chair", view="unknown"))
    unlike = seen("chair", np.ones((20, 200), bool), "chair", view="unknown")
    other = seen("horse", horse(), "horse", view="as it was")
    memory = memory_of([*shapes, other, unlike])
    steps: list[tuple[int, int]] = []
    found = with_views(memory, BlockCoder(), {"drawn:chair": chair}, lambda *at: steps.append(at))
    assert found.rows.texts["view"].texts()[2:] == ["as it was", ""]
    for view, azimuth in zip(map(found.view, range(2)), (37, 141), strict=True):
        assert isinstance(view, ShapeView)
        assert abs(view.azimuth - azimuth) <= 10
        assert abs(view.pitch - 12) <= 10
    assert found.rows.texts["label"].texts() == memory.rows.texts["label"].texts()
    assert np.array_equal(found.codes, memory.codes)
    assert steps[-1] == (2, 2)
