"""Packs of meshes: many in one .npz file, named as the whole shapes that were rendered of them are grouped.

A pack holds `v` (vertices in metres, z up) and `f` (triangles, numbered within their mesh) of all its meshes,
`v_off` and `f_off` (where each begins, and the end), and `id`.
"""

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32, Int64

from smartmask.errors import AnnotationError


@dataclass(frozen=True, slots=True, eq=False)
class PackedMesh:
    """One mesh of a pack.

    Attributes:
        group: As whole shapes of it are grouped: "mesh_PACK:ID".
        vertices: In metres, z up.
        faces: Numbers of the vertices of each triangle.
        facts: What the wanted columns of the pack say of it.
    """

    group: str
    vertices: Float32[np.ndarray, "V 3"]
    faces: Int64[np.ndarray, "T 3"]
    facts: dict[str, Any] = field(default_factory=dict)


def read_mesh_packs(folder: Path, columns: Sequence[str] = ()) -> Iterator[PackedMesh]:
    """The meshes of all packs of a folder, files in alphabetical order.

    Args:
        folder: The folder.
        columns: What is wanted besides, such as "label" and "licence".

    Raises:
        AnnotationError: If there is no pack, or one is damaged or lacks a column.
    """
    paths = sorted(folder.glob("*.npz"))
    if not paths:
        raise AnnotationError(f"{folder}: holds no packs of meshes (.npz); give the folder that they are in")
    for path in paths:
        try:
            with np.load(path, allow_pickle=False) as file:
                vertices, faces = file["v"].astype(np.float32), file["f"].astype(np.int64)
                ids, starts = file["id"].tolist(), (file["v_off"].tolist(), file["f_off"].tolist())
                facts = {name: file[name].tolist() for name in columns}
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise AnnotationError(f"{path}: cannot be read as a pack of meshes ({error})") from error
        for number, name in enumerate(ids):
            (first, last), (begin, end) = (start[number : number + 2] for start in starts)
            said = {column: values[number] for column, values in facts.items()}
            yield PackedMesh(f"mesh_{path.stem}:{name}", vertices[first:last], faces[begin:end], said)
