"""Plain things made here: as large as such things are, in one piece, and held by the codec."""

import numpy as np
import pytest
from scipy import ndimage
from shipped import needs_shipped

from smartmask.language.kinds import kind_of
from smartmask.model.shape.codec import SilhouetteCodec
from smartmask.scene.masks import mask_iou
from smartmask.training.shape.fields import field_of
from smartmask.training.shape.mesh_shapes import LabelledMesh, mesh_shapes
from smartmask.training.shape.plain_solids import box, cut, lying, rod
from smartmask.training.shape.plain_things import plain_meshes
from smartmask.weights import WEIGHTS

MESHES = list(plain_meshes())
OF_ANY_SIZE = {"cloud", "cross", "dome", "footbridge", "jetty", "moon", "obelisk", "pyramid", "rainbow"}
FIRST = [mesh for mesh in MESHES if mesh.group.endswith(" 0")]


def sides(mesh: LabelledMesh) -> np.ndarray:
    return np.ptp(mesh.vertices, axis=0)


@pytest.mark.parametrize(
    "mesh", [mesh for mesh in FIRST if mesh.label not in OF_ANY_SIZE], ids=lambda mesh: mesh.label
)
def test_a_thing_is_as_large_as_its_kind(mesh):
    kind = kind_of(mesh.label)
    assert kind is not None, "it has no row in kinds.csv, so nothing could tell its size"
    assert 0.4 < sides(mesh).max() / max(kind.height_m, kind.length_m) < 2


@pytest.mark.parametrize("mesh", FIRST, ids=lambda mesh: mesh.label)
def test_a_thing_is_seen_in_one_piece(mesh):
    for shape in mesh_shapes(mesh, 0):
        pieces, count = ndimage.label(shape.mask(), np.ones((3, 3)))
        largest = np.bincount(pieces.ravel())[1:].max() if count else 0
        assert largest >= 0.97 * shape.mask().sum()


@needs_shipped
def test_codes_hold_them():
    codec = SilhouetteCodec.load(WEIGHTS / "codec.npz")
    for mesh in FIRST:
        fields = np.stack([field_of(shape) for shape in list(mesh_shapes(mesh, 0))[::4]])
        again = codec.decode(codec.encode(fields.astype(np.float32) / 127))
        alike = [mask_iou(one > 0, other > 0) for one, other in zip(fields, again, strict=True)]
        assert np.mean(alike) > 0.7, mesh.label


def test_groups_and_licences_are_said_and_nothing_is_named_twice():
    assert len({mesh.group for mesh in MESHES}) == len(MESHES)
    assert {mesh.licence for mesh in MESHES} == {"Apache-2.0 (made by smartmask)"}
    assert {mesh.source for mesh in MESHES} == {"mesh_plain"}
    assert all(mesh.group.startswith("mesh_plain:") for mesh in MESHES)


def test_a_door_that_is_faced_is_a_door_leaf_and_a_rug_lies():
    door = next(mesh for mesh in FIRST if mesh.label == "door")
    assert door.front == 270
    assert sides(door)[1] < 0.2 < sides(door)[0] < sides(door)[2]
    rug = next(mesh for mesh in FIRST if mesh.label == "rug")
    assert sides(rug)[2] < 0.02


def test_solids_are_where_they_are_said_to_be():
    assert box(1, 2, 3, x=5, z=1).bounds.tolist() == [[4.5, -1, 1], [5.5, 1, 4]]
    assert rod((0, 0, 0), (0, 0, 2), 0.1).bounds[1, 2] == pytest.approx(2)
    board = cut([(0, 0), (1, 0), (1, 2), (0, 2)], 0.4, y=1)
    assert board.bounds.tolist() == [[0, 0.8, 0], [1, 1.2, 2]]
    assert abs(board.volume) == pytest.approx(0.8)
    assert lying(board).bounds[:, 2].tolist() == pytest.approx([0, 0.4])
