"""Packs of meshes: which mesh is which, and what is said of a file that is none."""

import numpy as np
import pytest

from smartmask.data.mesh_packs import read_mesh_packs
from smartmask.errors import AnnotationError


def test_each_mesh_of_a_pack_comes_out_under_the_group_of_its_renders(tmp_path):
    corners = np.arange(24, dtype=np.float16).reshape(8, 3)
    np.savez(
        tmp_path / "toys.npz",
        v=corners,
        f=np.array([[0, 1, 2], [2, 1, 0], [0, 1, 3]], np.uint16),
        v_off=np.array([0, 3, 8], np.int32),
        f_off=np.array([0, 1, 3], np.int32),
        id=np.array(["a/one", "two"]),
    )
    one, two = read_mesh_packs(tmp_path)
    assert (one.group, two.group) == ("mesh_toys:a/one", "mesh_toys:two")
    assert np.array_equal(one.vertices, corners[:3])
    assert np.array_equal(two.vertices, corners[3:])
    assert one.faces.tolist() == [[0, 1, 2]]
    assert two.faces.tolist() == [[2, 1, 0], [0, 1, 3]]


def test_a_folder_without_packs_and_a_damaged_pack_are_named(tmp_path):
    with pytest.raises(AnnotationError, match="holds no packs of meshes"):
        list(read_mesh_packs(tmp_path))
    (tmp_path / "toys.npz").write_bytes(b"no zip")
    with pytest.raises(AnnotationError, match=r"toys\.npz: cannot be read as a pack of meshes"):
        list(read_mesh_packs(tmp_path))
