"""Open meshes come out upright or lying, in their size, the front to +x; what may not be taken stays out."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from tiny_open_meshes import OTHER, open_solids, write_tiny_open_meshes

from smartmask.data.synthesis.stage.open_kinds import AS_SOLID, LEFT_OUT, LIKE, words_of
from smartmask.data.synthesis.stage.open_meshes import OpenMeshes
from smartmask.errors import AnnotationError

REAL = Path(__file__).parents[5] / "shared" / "data" / "meshes_open"


@pytest.fixture(scope="module")
def more(tmp_path_factory: pytest.TempPathFactory) -> OpenMeshes:
    return OpenMeshes.open(write_tiny_open_meshes(tmp_path_factory.mktemp("open")))


def test_shapes_stand_at_the_origin_and_look_along_x(more: OpenMeshes) -> None:
    mesh = more.draw(np.random.default_rng(0), ["car"])
    assert mesh is not None
    assert mesh.size[0] > 2 * mesh.size[1]
    low, high = mesh.vertices.min(0), mesh.vertices.max(0)
    assert low[2] == pytest.approx(0, abs=1e-6)
    assert np.allclose((low + high)[:2], 0, atol=1e-5)
    sitter = more.draw(np.random.default_rng(0), ["sitting man"])
    assert sitter is not None
    trunk = sitter.vertices[sitter.vertices[:, 2] > 0.8 * sitter.size[2]]
    assert trunk[:, 0].max() < 0.05  # the trunk is behind, the knees in front


def test_sizes_stay_near_those_of_the_table(more: OpenMeshes) -> None:
    rng = np.random.default_rng(1)
    for label, _, _, _, (vertices, _) in open_solids():
        wanted = float(np.ptp(vertices, axis=0).max())
        for _ in range(4):
            mesh = more.draw(rng, [label])
            assert mesh is not None
            assert abs(np.log(max(mesh.size) / wanted)) < 0.2, label


def test_what_cannot_stand_lies_unless_it_leans(more: OpenMeshes) -> None:
    rng = np.random.default_rng(2)
    pencil, hammer, broom, cup = (more.draw(rng, [label]) for label in ("pencil", "hammer", "broom", "cup"))
    assert pencil is not None
    assert pencil.size[2] < 0.02
    assert hammer is not None
    assert hammer.size[2] < 0.06
    assert broom is not None
    assert broom.size[2] > 1.2
    assert cup is not None
    assert cup.size[2] > 0.08


def test_every_label_is_about_as_likely(more: OpenMeshes) -> None:
    rng = np.random.default_rng(3)
    labels = more.labels("tableware", "food")
    assert labels == ("apple", "cup", "plate")
    drawn = Counter(mesh.kind for _ in range(300) if (mesh := more.draw(rng, labels)) is not None)
    assert min(drawn.values()) > 60
    assert more.draw(rng, ["unicorn"]) is None


def test_other_licences_and_damaged_outlines_are_left_out(tmp_path: Path) -> None:
    extra = (("mug", OTHER, 1.0), ("glass", "MIT-0 (somebody)", 1.0), ("jar", "CC0 (nobody)", 0.5))
    apache = ("pitcher", "Apache-2.0 (somebody)", 1.0)
    found = OpenMeshes.open(write_tiny_open_meshes(tmp_path, (*extra, apache))).records
    assert "glass" in found
    assert not {"mug", "jar", "pitcher"} & set(found)


def test_folders_that_hold_no_packs_are_named(tmp_path: Path) -> None:
    with pytest.raises(AnnotationError, match=r"sizes\.csv: cannot be read as the table"):
        OpenMeshes.open(tmp_path)
    write_tiny_open_meshes(tmp_path)
    (tmp_path / "tiny.npz").write_bytes(b"no zip")
    with pytest.raises(AnnotationError, match=r"tiny\.npz: cannot be read as a pack of open meshes"):
        OpenMeshes.open(tmp_path)
    (tmp_path / "tiny.npz").unlink()
    with pytest.raises(AnnotationError, match="holds no packs of open meshes"):
        OpenMeshes.open(tmp_path)


@pytest.mark.parametrize(
    ("label", "parent", "words"),
    [
        ("man walking", "person", ("walking man", "man", "person")),
        ("sitting woman", "person", ("woman", "person")),
        ("pendant lamp", "lamp", ("lamp",)),
        ("apple", "food", ()),
    ],
)
def test_labels_have_other_words(label: str, parent: str, words: tuple[str, ...]) -> None:
    assert words_of(label, parent) == words


@pytest.mark.data
@pytest.mark.skipif(not REAL.is_dir(), reason="the open meshes are not in the repository")
def test_the_tables_name_labels_that_there_are() -> None:
    more = OpenMeshes.open(REAL)
    assert len(more.records) > 780
    named = {label for labels in (*LIKE.values(), *AS_SOLID.values()) for label in labels}
    assert not named - set(more.records)
    assert not LEFT_OUT & set(more.records)
    rng = np.random.default_rng(0)
    for label in more.records:
        mesh = more.draw(rng, [label])
        assert mesh is not None
        assert len(mesh.faces), label
        assert np.isfinite(mesh.vertices).all(), label
