"""Whole shapes of meshes: from which sides they are seen, what is said of them, and what a memory takes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from block_coder import BlockCoder
from drawn_memory import lamp, memory_of, seen
from tiny_library import Solid, box, chair, cylinder, write_tiny_library
from whole_shape_parts import whole

from smartmask.data.whole_shapes import WholeShape
from smartmask.errors import AnnotationError
from smartmask.memory.remembered import TextColumn
from smartmask.memory.shape_view import ShapeView
from smartmask.scene.masks import mask_iou
from smartmask.training.shape import memory_curation
from smartmask.training.shape.fields import ShapeFields, field_of
from smartmask.training.shape.memory_making import with_renders
from smartmask.training.shape.mesh_rendering import CentredMesh
from smartmask.training.shape.mesh_shapes import (
    AWAY,
    FLAT_PITCHES,
    PITCHES,
    PITCHES_OF_THIN,
    RENDER_PX,
    SIDES,
    SIDES_OF_THIN,
    VIEWS,
    LabelledMesh,
    library_meshes,
    mesh_shapes,
    packed_meshes,
)


def labelled(
    solid: Solid, label: str = "chair", front: float | None = 0.0, group: str = "m:1"
) -> LabelledMesh:
    vertices, faces = solid
    return LabelledMesh(
        label=label,
        parent="",
        source="m",
        group=group,
        licence="CC0",
        vertices=vertices,
        faces=faces,
        front=front,
    )


def views(mesh: LabelledMesh) -> list[ShapeView]:
    found = [ShapeView.read(shape.view) for shape in mesh_shapes(mesh)]
    assert len(found) == VIEWS
    return [view for view in found if view]


def turns(found: list[ShapeView], front: float) -> np.ndarray:
    """Degrees off the front of each view."""
    return np.array([(view.azimuth - front + 180) % 360 - 180 for view in found])


def test_a_view_that_is_known_gives_the_outline_again():
    mesh = labelled(chair())
    centred = CentredMesh(mesh.vertices, mesh.faces)
    for shape in mesh_shapes(mesh):
        view = ShapeView.read(shape.view)
        again = centred.outline((float(view.azimuth), float(view.pitch), AWAY), RENDER_PX)
        assert mask_iou(again.covered, shape.mask()) == 1
        assert shape.aspect == pytest.approx(shape.size_hw[1] / shape.size_hw[0])


@pytest.mark.parametrize(
    ("solid", "front", "pitches", "reach"),
    [
        pytest.param(chair(), 0.0, PITCHES, SIDES, id="what stands"),
        pytest.param(chair(), None, PITCHES, 180, id="what stands and has no front"),
        pytest.param(box((0, 0, 0), (0.05, 1, 0.8)), 0.0, PITCHES_OF_THIN, SIDES_OF_THIN, id="what hangs"),
        pytest.param(box((0, 0, 0), (1, 0.05, 0.8)), 270.0, PITCHES_OF_THIN, SIDES_OF_THIN, id="facing -y"),
        pytest.param(cylinder(0.1, 0.02), 0.0, FLAT_PITCHES, 180, id="what lies"),
    ],
)
def test_meshes_are_seen_from_where_such_things_are_looked_at(solid, front, pitches, reach):
    found = views(labelled(solid, front=front))
    assert {view.pitch for view in found} == set(pitches)
    off = np.abs(turns(found, front or 0.0))
    assert reach * 0.8 < off.max() <= reach + 1


def test_two_meshes_are_seen_from_other_sides():
    one, other = (views(labelled(chair(), group=group)) for group in ("m:1", "m:2"))
    assert not {view.azimuth for view in one} & {view.azimuth for view in other}


def test_a_mesh_may_be_seen_from_fewer_sides():
    mesh = replace(labelled(chair()), views=5)
    assert len(list(mesh_shapes(mesh))) == 5


def test_a_library_gives_its_readable_kinds_under_their_words(tmp_path):
    write_tiny_library(tmp_path)
    found = list(library_meshes(tmp_path))
    labels = {mesh.label for mesh in found}
    assert "chair" in labels
    assert "oven" not in labels
    assert "refrigerator" not in labels, "a box"
    assert all(mesh.source == "mesh_infinigen" and "BSD-3" in mesh.licence for mesh in found)
    assert len({mesh.group for mesh in found}) == len(found)


def write_pack(folder: Path, **columns: np.ndarray) -> Path:
    vertices, faces = chair()
    content = {
        "v": vertices,
        "f": faces,
        "v_off": np.array([0, len(vertices)]),
        "f_off": np.array([0, len(faces)]),
        "id": np.array(["a/chair.obj"]),
        "label": np.array(["Chair"]),
        "kind": np.array(["seat"]),
        "licence": np.array(["CC0; by me"]),
        "front": np.array([1]),
        **columns,
    }
    np.savez(folder / "mine.npz", **content)
    return folder


def test_packs_say_what_their_meshes_are(tmp_path):
    mesh = next(packed_meshes(write_pack(tmp_path)))
    assert (mesh.label, mesh.parent, mesh.source) == ("chair", "seat", "mesh_mine")
    assert (mesh.group, mesh.licence, mesh.front) == ("mesh_mine:a/chair.obj", "CC0; by me", 270.0)
    assert next(packed_meshes(write_pack(tmp_path, front=np.array([2])))).front is None


def test_a_pack_without_licences_is_refused(tmp_path):
    vertices, faces = chair()
    offsets = {"v_off": np.array([0, len(vertices)]), "f_off": np.array([0, len(faces)])}
    np.savez(tmp_path / "bare.npz", v=vertices, f=faces, id=np.array(["a"]), **offsets)
    with pytest.raises(AnnotationError, match=r"bare\.npz.*label"):
        list(packed_meshes(tmp_path))


def fields_of(shapes: list[WholeShape], split: str = "train") -> ShapeFields:
    return ShapeFields(shapes, [split] * len(shapes), np.stack([field_of(shape) for shape in shapes]))


def test_a_memory_keeps_its_own_and_takes_renders_but_no_double_of_what_is_held_out():
    known = memory_of([seen("lamp", lamp(n), f"lamp{n}") for n in range(3)])
    chairs = list(mesh_shapes(labelled(chair())))
    held = whole("stool", chairs[5].mask(), "other:stool")
    found, report = with_renders(known, chairs, fields_of([held], "test"), BlockCoder())
    dropped = report["dropped"]
    assert np.array_equal(found.codes[:3], known.codes)
    assert found.rows.texts["group"].texts()[:3] == known.rows.texts["group"].texts()
    added = [found.entry(number) for number in range(3, len(found))]
    assert report["shapes"] == len(added) == len(chairs) - sum(dropped.values())
    assert report["labels"] == {"chair": len(added)}
    assert dropped["held-out double"] >= 1
    assert chairs[5].view not in {entry.view for entry in added}
    assert {entry.view for entry in added} <= {shape.view for shape in chairs}
    assert all((entry.label, entry.licence, entry.style) == ("chair", "CC0", "render") for entry in added)


def test_nothing_is_added_where_a_label_has_no_room(monkeypatch):
    monkeypatch.setattr(memory_curation, "MOST_OF_A_LABEL", 3)
    monkeypatch.setattr(memory_curation, "ROOM", 0)
    known = memory_of([seen("chair", lamp(n), f"chair{n}") for n in range(4)])
    chairs = list(mesh_shapes(labelled(chair())))
    held = fields_of([whole("ball", np.ones((9, 9), bool), "ball")], "test")
    found, report = with_renders(known, chairs, held, BlockCoder())
    assert len(found) == 4
    assert sum(report["dropped"].values()) == report["considered"] == len(chairs)


def test_what_nobody_can_read_goes():
    known = memory_of([seen("boat", lamp(1), "hull"), seen("boat", lamp(2), "sail")])
    groups = ["coco:1", "drawn:sail"]
    known.rows.texts["group"] = TextColumn.of(groups)
    held = fields_of([whole("ball", np.ones((9, 9), bool), "ball")], "test")
    found, report = with_renders(known, list(mesh_shapes(labelled(chair()))), held, BlockCoder())
    assert found.entry(0).group == "drawn:sail"
    assert (report["known and unreadable"], report["shapes"]) == (1, len(found) - 1)
    assert "coco:1" not in found.rows.texts["group"].words
