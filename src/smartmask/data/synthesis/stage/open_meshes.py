"""Open meshes of some 850 labels: packs of .npz files, and a table of sizes and supports beside them.

A pack holds many meshes (see `data/mesh_packs.py`) with `label`, `kind` (their parent), `licence` and `iou`
for each; `sizes.csv` says for each label how large it is, how it moves and what supports it. The meshes face
-y; they leave the library as those of `meshes.py` do: at the origin, the front towards +x, in metres.

Every label is as likely as another but for a small root of how many meshes it has, so that rare things do
come up. Sizes vary about the table's by a few per cent, in steps, so that each is made once.
"""

import csv
import math
import zipfile
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import Float32

from smartmask.data.synthesis.stage.kinds import Kind
from smartmask.data.synthesis.stage.meshes import Mesh, at_origin, merged_vertices
from smartmask.data.synthesis.stage.open_kinds import LEFT_OUT, SIZE_FACTORS, UPRIGHT, holds_of, words_of
from smartmask.errors import AnnotationError

_LICENCES = ("CC0", "CC BY ", "MIT")
"""How the licences begin under which a mesh is taken."""
_LEAST_IOU = 0.87
"""Meshes whose outline suffered more when they were made small are left out: leafy trees, mostly."""
_POPULAR_ROOT = 0.35
_MOST_OFF = 1.4
"""A mesh that is larger or smaller than the table says by more than this factor is brought to its size."""
_SPREADS = {"handheld": 0.09, "plant": 0.18, "animal": 0.1, "person": 0.05}
_SPREAD = 0.06
_STEPS = (-1.0, -0.4, 0.4, 1.0)
_SMALL_M, _SMALL_CELLS, _FEW_FACES = 0.6, 48, 900
_CELLS, _MANY_FACES = 96, 3500
"""Small things of many triangles are merged on a grid of so many cells, large ones on a finer one."""
_LEAST_TIP = 0.07
"""What is upright stays so if its middle is over its foot by that share of its height; else it lies."""
_MOST_CACHED = 2500


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """What is known of a label.

    Attributes:
        label: The label.
        parent: The larger kind that it is of.
        size_m: Its largest dimension in metres.
        mobility: "handheld", "furniture", "fixed", "plant", "animal", "person" or "vehicle".
        support: "floor", "ground", "road", "water", "wall", "ceiling", "tabletop" or "air".
        meshes: Numbers of its meshes.
    """

    label: str
    parent: str
    size_m: float
    mobility: str
    support: str
    meshes: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class OpenMeshes:
    """Open meshes by label.

    Attributes:
        records: What is known of each label, in alphabetical order.
    """

    records: dict[str, Record]
    _vertices: list[np.ndarray] = field(repr=False)
    _faces: list[np.ndarray] = field(repr=False)
    _cache: "OrderedDict[tuple[int, float], Mesh]" = field(default_factory=OrderedDict, repr=False)

    @staticmethod
    def open(folder: Path) -> "OpenMeshes":
        """Read all packs of a folder and their table.

        Raises:
            AnnotationError: If the folder holds no packs or no table, or one is damaged.
        """
        table = _table(folder / "sizes.csv")
        vertices: list[np.ndarray] = []
        faces: list[np.ndarray] = []
        found: dict[str, list[int]] = {}
        paths = sorted(folder.glob("*.npz"))
        if not paths:
            raise AnnotationError(
                f"{folder}: holds no packs of open meshes (.npz); give the folder they are in"
            )
        for path in paths:
            for label, points, triangles in _pack(path):
                if label in table and label not in LEFT_OUT:
                    found.setdefault(label, []).append(len(vertices))
                    vertices.append(points)
                    faces.append(triangles)
        records = {label: Record(label, *table[label], tuple(found[label])) for label in sorted(found)}
        return OpenMeshes(records, vertices, faces)

    @cached_property
    def _shares(self) -> dict[str, float]:
        return {label: len(record.meshes) ** _POPULAR_ROOT for label, record in self.records.items()}

    def labels(
        self,
        *parents: str,
        supports: Sequence[str] = (),
        size_m: tuple[float, float] = (0.0, math.inf),
        but: Sequence[str] = (),
    ) -> tuple[str, ...]:
        """The labels of some parents, or of all.

        Args:
            parents: Their parents; any if none is given.
            supports: What holds them; anything if empty.
            size_m: Least and greatest size.
            but: Labels or parents that are left out.
        """
        return tuple(
            label
            for label, record in self.records.items()
            if (not parents or record.parent in parents)
            and (not supports or record.support in supports)
            and size_m[0] <= record.size_m <= size_m[1]
            and label not in but
            and record.parent not in but
        )

    def draw(self, rng: np.random.Generator, labels: Sequence[str]) -> Mesh | None:
        """A shape of one of the labels by chance; None if the library has none of them."""
        there = [label for label in labels if label in self.records]
        if not there:
            return None
        shares = np.array([self._shares[label] for label in there])
        record = self.records[there[int(rng.choice(len(there), p=shares / shares.sum()))]]
        number = record.meshes[int(rng.integers(len(record.meshes)))]
        step = float(rng.choice(_STEPS))
        # Where things stand on a piece is found once a shape, and takes long: pieces have one size each.
        return self._made(record, number, 0.0 if record.mobility == "furniture" else step)

    def _made(self, record: Record, number: int, step: float) -> Mesh:
        """A mesh in one of its sizes: made on the first call, kept for the next ones."""
        mesh = self._cache.get((number, step))
        if mesh is None:
            mesh = self._cache[number, step] = _finished(
                record, number, self._vertices[number], self._faces[number], step
            )
            if len(self._cache) > _MOST_CACHED:
                self._cache.popitem(last=False)
        else:
            self._cache.move_to_end((number, step))
        return mesh


def _finished(record: Record, number: int, points: np.ndarray, triangles: np.ndarray, step: float) -> Mesh:
    """A mesh at the origin, in its size, lying if it cannot stand, no finer than a scene shows."""
    vertices = points.astype(np.float32)[:, [1, 0, 2]] * np.array([-1, 1, 1], np.float32)
    faces = triangles.astype(np.int32)
    largest = float(np.ptp(vertices, axis=0).max())
    off = record.size_m * SIZE_FACTORS.get(record.label, 1.0) / max(largest, 1e-6)
    scale = off if max(off, 1 / off) > _MOST_OFF else 1.0
    vertices = vertices * np.float32(scale * math.exp(step * _SPREADS.get(record.mobility, _SPREAD)))
    largest = float(np.ptp(vertices, axis=0).max())
    cells = _SMALL_CELLS if largest < _SMALL_M else _CELLS
    if len(faces) > (_FEW_FACES if largest < _SMALL_M else _MANY_FACES):
        vertices, faces = merged_vertices(vertices, faces, largest / cells)
    vertices = at_origin(vertices)
    if record.mobility == "handheld" and record.label not in UPRIGHT and not _stands(vertices):
        vertices = at_origin(_laid(vertices))
    facts = Kind(record.label, words_of(record.label, record.parent), holds=holds_of(record.label))
    return Mesh(record.label, f"{record.label} {number} {step}", vertices, faces, facts)


def _stands(vertices: Float32[np.ndarray, "V 3"]) -> bool:
    """Whether a shape on the ground would stay as it is."""
    size = np.ptp(vertices, axis=0)
    if min(size[0], size[1]) > 0.45 * size[2]:
        return True
    foot = vertices[vertices[:, 2] < 0.02 * size[2] + 0.002, :2]
    hull = cv2.convexHull(np.ascontiguousarray(foot))
    middle = (vertices.max(0) + vertices.min(0)) / 2
    margin = cv2.pointPolygonTest(hull, (float(middle[0]), float(middle[1])), True)
    return bool(margin > _LEAST_TIP * size[2])


def _laid(vertices: Float32[np.ndarray, "V 3"]) -> Float32[np.ndarray, "V 3"]:
    """A shape turned so that it is lowest: its longest axis along y, its shortest upright."""
    centred = (vertices - vertices.mean(0)).astype(np.float64)
    _, axes = np.linalg.eigh(centred.T @ centred)
    turned = centred @ axes[:, [1, 2, 0]]
    if np.linalg.det(axes[:, [1, 2, 0]]) < 0:
        turned[:, 2] *= -1
    return turned.astype(np.float32)


def _table(path: Path) -> dict[str, tuple[str, float, str, str]]:
    """Parent, size, mobility and support of each label."""
    try:
        with path.open(newline="") as file:
            return {
                row["label"]: (
                    row["kind"],
                    float(row["largest_dimension_m"]),
                    row["mobility"],
                    row["support"],
                )
                for row in csv.DictReader(file)
            }
    except (OSError, ValueError, KeyError) as error:
        raise AnnotationError(
            f"{path}: cannot be read as the table of sizes of open meshes ({error})"
        ) from error


def _pack(path: Path) -> list[tuple[str, np.ndarray, np.ndarray]]:
    """Label, vertices and triangles of a pack's meshes whose licence and outline allow them."""
    try:
        with np.load(path, allow_pickle=False) as file:
            columns = {name: file[name] for name in ("v", "f", "v_off", "f_off", "label", "licence", "iou")}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise AnnotationError(f"{path}: cannot be read as a pack of open meshes ({error})") from error
    starts, begins = columns["v_off"], columns["f_off"]
    return [
        (str(label), columns["v"][starts[i] : starts[i + 1]], columns["f"][begins[i] : begins[i + 1]])
        for i, label in enumerate(columns["label"])
        if str(columns["licence"][i]).startswith(_LICENCES) and columns["iou"][i] >= _LEAST_IOU
    ]
