"""Packs of meshes: many in one .npz file, named as the whole shapes that were rendered of them are grouped.

A pack holds `v` (vertices in metres, z up) and `f` (triangles, numbered within their mesh) of all its meshes,
`v_off` and `f_off` (where each begins, and the end), and `id`.
"""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

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
    """

    group: str
    vertices: Float32[np.ndarray, "V 3"]
    faces: Int64[np.ndarray, "T 3"]


def read_mesh_packs(folder: Path) -> Iterator[PackedMesh]:
    """The meshes of all packs of a folder, files in alphabetical order.

    Raises:
        AnnotationError: If there is no pack, or one is damaged.
    """
    paths = sorted(folder.glob("*.npz"))
    if not paths:
        raise AnnotationError(f"{folder}: holds no packs of meshes (.npz); give the folder that they are in")
    for path in paths:
        try:
            with np.load(path, allow_pickle=False) as file:
                vertices, faces = file["v"].astype(np.float32), file["f"].astype(np.int64)
                ids, starts = file["id"].tolist(), (file["v_off"].tolist(), file["f_off"].tolist())
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise AnnotationError(f"{path}: cannot be read as a pack of meshes ({error})") from error
        for number, name in enumerate(ids):
            (first, last), (begin, end) = (start[number : number + 2] for start in starts)
            yield PackedMesh(f"mesh_{path.stem}:{name}", vertices[first:last], faces[begin:end])
