"""Libraries open from npz and foreign files, bring shapes to the origin, and name what is wrong."""

import json
from pathlib import Path

import numpy as np
import pytest
import trimesh
from tiny_library import box, cylinder, joined, sphere

from smartmask.data.synthesis.stage.kinds import KINDS
from smartmask.data.synthesis.stage.meshes import Mesh, MeshLibrary, merged_vertices
from smartmask.errors import AnnotationError


def write(path: Path, vertices: np.ndarray, faces: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, v=vertices, f=faces, name=np.array("x"))


def test_shapes_stand_at_the_origin(tiny_library: MeshLibrary) -> None:
    for kind in tiny_library.kinds:
        mesh = tiny_library.load(kind, 0)
        low, high = mesh.vertices.min(0), mesh.vertices.max(0)
        np.testing.assert_allclose(low[:2] + high[:2], 0, atol=1e-4)
        assert low[2] == pytest.approx(0, abs=1e-6)


def test_kinds_come_in_life_size(tiny_library: MeshLibrary) -> None:
    low, high = KINDS["fridge"].size_m[2] or (0, 0)
    assert low <= tiny_library.load("fridge", 0).size[2] <= high


def test_a_door_is_turned_to_face_its_room(tiny_library: MeshLibrary) -> None:
    depth, width, height = tiny_library.load("door", 0).size
    assert depth < 0.1 < width < height


def test_foreign_files_take_their_kind_from_folder_or_label_map(tmp_path: Path) -> None:
    vertices, faces = joined(box((0, 0, 0), (1, 2, 3)), box((0, 0, 3), (0.2, 0.2, 4)))
    upright = trimesh.Trimesh(vertices, faces)
    (tmp_path / "chair").mkdir()
    upright.export(tmp_path / "chair" / "one.obj")
    upright.export(tmp_path / "two.ply")
    y_up = upright.copy()
    y_up.vertices = np.stack([vertices[:, 0], vertices[:, 2], -vertices[:, 1]], 1)
    y_up.export(tmp_path / "three.glb")
    (tmp_path / "labels.json").write_text(json.dumps({"two.ply": "statue", "three.glb": "statue"}))
    library = MeshLibrary.open(tmp_path)
    assert library.kinds == ("chair", "statue")
    for kind, number in (("chair", 0), ("statue", 0), ("statue", 1)):
        np.testing.assert_allclose(library.load(kind, number).size, (1, 2, 4), atol=1e-4)


def test_words_of_the_table_name_its_kinds(tmp_path: Path) -> None:
    (tmp_path / "couch").mkdir()
    trimesh.Trimesh(*box((0, 0, 0), (1, 2, 1))).export(tmp_path / "couch" / "a.obj")
    assert MeshLibrary.open(tmp_path).kinds == ("sofa",)


def test_merging_keeps_the_shape_and_drops_collapsed_triangles() -> None:
    vertices, faces = sphere(0.5, (0, 0, 0.5))
    few, left = merged_vertices(vertices.astype(np.float32), faces.astype(np.int32), 0.05)
    assert len(left) < len(faces) / 3
    assert np.abs(np.linalg.norm(few - np.array([0, 0, 0.5]), axis=1) - 0.5).max() < 1e-5
    assert left.max() < len(few)


def test_turning_moves_the_front() -> None:
    mesh = Mesh("a", "a", *cylinder(0.1, 1.0)).moved(x=1.0)
    np.testing.assert_allclose(mesh.turned(np.pi / 2).vertices.mean(0)[:2], (0, 1), atol=1e-5)


def test_loads_are_remembered(tiny_library: MeshLibrary) -> None:
    assert tiny_library.load("chair", 0) is tiny_library.load("chair", 0)


@pytest.mark.parametrize(
    ("vertices", "faces", "message"),
    [
        (np.zeros((3, 3)), np.zeros((0, 3), int), "0 triangles"),
        (np.full((3, 3), np.nan), np.array([[0, 1, 2]]), "finite"),
        (np.zeros((3, 3)), np.array([[0, 1, 7]]), "vertices that exist"),
    ],
    ids=["no triangles", "not numbers", "a vertex that is not there"],
)
def test_damaged_shapes_are_named(
    tmp_path: Path, vertices: np.ndarray, faces: np.ndarray, message: str
) -> None:
    write(tmp_path / "chair_000.npz", vertices, faces)
    with pytest.raises(AnnotationError, match=rf"chair_000.npz.*{message}"):
        MeshLibrary.open(tmp_path).load("chair", 0)


def test_files_that_are_no_meshes_are_named(tmp_path: Path) -> None:
    (tmp_path / "chair_000.npz").write_bytes(b"not a mesh")
    with pytest.raises(AnnotationError, match="cannot be read as a mesh"):
        MeshLibrary.open(tmp_path).load("chair", 0)


@pytest.mark.parametrize(
    "content", ["{", "[" * 100_000, "[1]", '{"a": 1}'], ids=["no JSON", "nested", "a list", "numbers"]
)
def test_a_damaged_label_map_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "labels.json").write_text(content)
    with pytest.raises(AnnotationError, match=r"labels\.json: expected"):
        MeshLibrary.open(tmp_path)


def test_missing_or_empty_folders_say_what_they_should_hold(tmp_path: Path) -> None:
    with pytest.raises(AnnotationError, match="found no meshes"):
        MeshLibrary.open(tmp_path)
    with pytest.raises(AnnotationError, match="it is not there"):
        MeshLibrary.open(tmp_path / "absent")


def test_an_unknown_kind_is_the_callers_mistake(tiny_library: MeshLibrary) -> None:
    with pytest.raises(ValueError, match="no mesh of kind 'unicorn'"):
        tiny_library.load("unicorn", 0)
