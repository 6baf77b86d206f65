"""A library of shapes to furnish worlds with: one folder of meshes, read when they are first drawn.

A shape comes out of the library standing at the origin: the middle of its footprint at x = y = 0, its lowest
point at z = 0, its front towards +x, in metres, as large as its like are in homes (`kinds.py`).

Two forms of folder are read: npz files (`v` vertices in metres z up, `f` triangles) named KIND_NUMBER.npz,
and GLB, OBJ or PLY files, whose kind is given by a `labels.json` (file name -> kind) or by their sub-folder.
"""

import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

import numpy as np
from jaxtyping import Float32, Int32

from smartmask.data.synthesis.stage.kinds import KINDS, Kind, kind_of
from smartmask.errors import AnnotationError

_FOREIGN = (".glb", ".gltf", ".obj", ".ply")
_Y_UP = (".glb", ".gltf")
"""Formats whose standard says that y is up."""
_CELL_M, _LEAST_CELLS, _MOST_CELLS = 0.009, 26, 96
"""Vertices are merged on a grid of this cell, but of so many cells over the longest side: finer is less than
a pixel in a scene."""
_FEW_FACES = 3500
"""Shapes of no more triangles stay as they are: their rods are thin and their triangles large."""
_MOST_CACHED = 700
"""Shapes kept in memory, some 60 kB each."""


@dataclass(frozen=True, eq=False)
class Mesh:
    """A shape at the origin.

    Attributes:
        kind: Name of its kind in the library.
        name: Unique in the library, made of file names.
        vertices: Its corners in metres.
        faces: Triangles, as numbers of corners.
        own_facts: What is known of it, if not what is known of its kind.
    """

    kind: str
    name: str
    vertices: Float32[np.ndarray, "V 3"]
    faces: Int32[np.ndarray, "T 3"]
    own_facts: Kind | None = None

    @cached_property
    def size(self) -> tuple[float, float, float]:
        """Extent along x (depth), y (width) and z (height) in metres."""
        x, y, z = (self.vertices.max(0) - self.vertices.min(0)).tolist()
        return x, y, z

    @property
    def facts(self) -> Kind:
        """What is known of it, or of its kind."""
        return self.own_facts or kind_of(self.kind)

    def scaled(self, x: float, y: float, z: float) -> "Mesh":
        """The shape stretched along its axes."""
        return replace(self, vertices=self.vertices * np.array([x, y, z], np.float32))

    def moved(self, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> "Mesh":
        """The shape off the origin, to be joined to another."""
        return replace(self, vertices=self.vertices + np.array([x, y, z], np.float32))

    def turned(self, yaw: float) -> "Mesh":
        """The shape turned about the z axis by an angle in radians."""
        cos, sin = np.cos(yaw), np.sin(yaw)
        turn = np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]], np.float32)
        return replace(self, vertices=self.vertices @ turn)

    def joined(self, other: "Mesh", kind: str) -> "Mesh":
        """Both shapes as one of another kind, back at the origin."""
        vertices = np.concatenate([self.vertices, other.vertices])
        faces = np.concatenate([self.faces, other.faces + np.int32(len(self.vertices))])
        return Mesh(kind, f"{self.name}+{other.name}", at_origin(vertices), faces)


@dataclass(frozen=True, eq=False)
class MeshLibrary:
    """Shapes by kind.

    Attributes:
        files: For each kind its files, sorted.
    """

    files: Mapping[str, tuple[Path, ...]]
    _cache: "OrderedDict[str, Mesh]" = field(default_factory=OrderedDict, repr=False)

    @staticmethod
    def open(folder: Path) -> "MeshLibrary":
        """List a folder; nothing is read yet.

        Raises:
            AnnotationError: If the folder or its `labels.json` cannot be read, or holds no meshes.
        """
        if not folder.is_dir():
            raise AnnotationError(
                f"{folder}: expected a folder of meshes (npz, GLB, OBJ or PLY); it is not there"
            )
        labels = _labels(folder / "labels.json")
        files: dict[str, list[Path]] = {}
        for path in sorted(folder.rglob("*")):
            kind = _kind_of_file(path, folder, labels)
            if kind is not None:
                files.setdefault(kind, []).append(path)
        if not files:
            raise AnnotationError(
                f"{folder}: found no meshes; expected KIND_NUMBER.npz, or GLB, OBJ or PLY files in folders "
                f"named by kind or listed in labels.json"
            )
        return MeshLibrary(MappingProxyType({kind: tuple(paths) for kind, paths in sorted(files.items())}))

    @property
    def kinds(self) -> tuple[str, ...]:
        """Names of the kinds, sorted."""
        return tuple(self.files)

    def has(self, kind: str) -> bool:
        """Whether there is a shape of a kind."""
        return kind in self.files

    def draw(self, kind: str, rng: np.random.Generator) -> Mesh:
        """A shape of a kind by chance.

        Raises:
            ValueError: If the library has no such kind.
            AnnotationError: If the file is damaged.
        """
        return self.load(kind, int(rng.integers(len(self._of_kind(kind)))))

    def load(self, kind: str, number: int) -> Mesh:
        """The shape of a kind with a number, from 0.

        Raises:
            ValueError: If the library has no such kind.
            AnnotationError: If the file is damaged.
        """
        path = self._of_kind(kind)[number]
        return self.remember(str(path), lambda: _read(path, kind))

    def remember(self, name: str, make: Callable[[], Mesh]) -> Mesh:
        """A shape by name: made on the first call, kept for the next ones."""
        mesh = self._cache.get(name)
        if mesh is None:
            mesh = make()
            self._cache[name] = mesh
            if len(self._cache) > _MOST_CACHED:
                self._cache.popitem(last=False)
        else:
            self._cache.move_to_end(name)
        return mesh

    def _of_kind(self, kind: str) -> tuple[Path, ...]:
        if kind not in self.files:
            raise ValueError(f"no mesh of kind {kind!r}; the library has {', '.join(self.files)}")
        return self.files[kind]


def merged_vertices(
    vertices: Float32[np.ndarray, "V 3"], faces: Int32[np.ndarray, "T 3"], cell_m: float
) -> tuple[Float32[np.ndarray, "U 3"], Int32[np.ndarray, "S 3"]]:
    """A mesh whose vertices within a cell of a grid are one; triangles that collapse are gone."""
    cells = np.floor((vertices - vertices.min(0)) / cell_m).astype(np.int64)
    width = cells.max(0) + 1
    code = (cells[:, 0] * width[1] + cells[:, 1]) * width[2] + cells[:, 2]
    _, first, place = np.unique(code, return_index=True, return_inverse=True)
    # A cell's vertex is one of those in it, not their mean: straight edges stay straight.
    faces = place[faces].astype(np.int32)
    is_whole = (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 0] != faces[:, 2])
    faces = faces[is_whole]
    ordered = np.sort(faces, 1).astype(np.int64)
    count = len(first)
    _, kept = np.unique((ordered[:, 0] * count + ordered[:, 1]) * count + ordered[:, 2], return_index=True)
    return vertices[first], faces[np.sort(kept)]


def _labels(path: Path) -> dict[str, str] | None:
    """The label map beside the meshes, if there is one."""
    if not path.exists():
        return None
    try:
        labels = json.loads(path.read_text())
    except (OSError, ValueError, RecursionError) as error:
        raise AnnotationError(f"{path}: expected JSON of file name -> kind; {error}") from error
    if not isinstance(labels, dict) or not all(isinstance(value, str) for value in labels.values()):
        raise AnnotationError(f"{path}: expected one JSON object of file name -> kind")
    return labels


def _kind_of_file(path: Path, folder: Path, labels: dict[str, str] | None) -> str | None:
    """The kind of a file in the library's words, or None if it is not one of ours."""
    if path.suffix == ".npz":
        return path.stem.rpartition("_")[0] or None
    if path.suffix.lower() not in _FOREIGN:
        return None
    label = (labels or {}).get(path.name) or (path.parent.name if path.parent != folder else None)
    if label is None:
        return None
    named = [name for name, kind in KINDS.items() if label in (name, kind.label, *kind.words)]
    return named[0] if named else label


def _read(path: Path, kind: str) -> Mesh:
    """A file's shape, at the origin, in size, and no finer than a scene shows."""
    try:
        vertices, faces = _read_npz(path) if path.suffix == ".npz" else _read_foreign(path)
    except MemoryError:
        raise
    except Exception as error:  # trimesh and NumPy raise almost anything on damaged files
        raise AnnotationError(f"{path}: cannot be read as a mesh; {error}") from error
    if not len(faces) or not np.isfinite(vertices).all() or faces.min() < 0 or faces.max() >= len(vertices):
        raise AnnotationError(
            f"{path}: {len(faces)} triangles on {len(vertices)} vertices; expected at least one triangle, "
            f"finite vertices, and numbers of vertices that exist"
        )
    facts = kind_of(kind)
    vertices = at_origin(_turned(vertices, facts.front_degrees))
    size = vertices.max(0) - vertices.min(0)
    scale = facts.scale_for(size, path.stem)
    if len(faces) > _FEW_FACES:
        cells = np.clip(float((size * scale).max()) / _CELL_M, _LEAST_CELLS, _MOST_CELLS)
        vertices, faces = merged_vertices(vertices, faces, float(size.max()) / cells)
    vertices = vertices * scale
    return Mesh(kind, path.stem, at_origin(vertices.astype(np.float32)), faces)


def _read_npz(path: Path) -> tuple[np.ndarray, np.ndarray]:
    with np.load(path) as file:
        return file["v"].astype(np.float32), file["f"].astype(np.int32)


def _read_foreign(path: Path) -> tuple[np.ndarray, np.ndarray]:
    import trimesh  # only these formats need it, and it is slow to import

    mesh = trimesh.load_mesh(path)
    vertices = np.asarray(mesh.vertices, np.float32)
    if path.suffix.lower() in _Y_UP:
        vertices = np.stack([vertices[:, 0], -vertices[:, 2], vertices[:, 1]], 1)
    return vertices, np.asarray(mesh.faces, np.int32)


def _turned(vertices: Float32[np.ndarray, "V 3"], front_degrees: int) -> Float32[np.ndarray, "V 3"]:
    """The vertices with the side at `front_degrees` turned to +x."""
    angle = np.deg2rad(-front_degrees)
    cos, sin = np.cos(angle), np.sin(angle)
    turn = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]], np.float32)
    return vertices @ turn.T


def at_origin(vertices: Float32[np.ndarray, "V 3"]) -> Float32[np.ndarray, "V 3"]:
    """The vertices standing on z = 0, the middle of the footprint at x = y = 0."""
    low, high = vertices.min(0), vertices.max(0)
    middle = (low + high) / 2
    return vertices - np.array([middle[0], middle[1], low[2]], np.float32)
