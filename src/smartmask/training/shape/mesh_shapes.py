"""Whole shapes out of meshes: each seen from several sides and heights, its view known.

What lies flat is looked at from above, as things on tables are; what is far wider than deep is looked at
from its front, as things at walls are; all else from its front and both sides, or all round if nobody knows
its front. The name of a mesh turns the sides, so those of a label are seen from different ones, and what is
added later changes none.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int

from smartmask.data.mesh_packs import read_mesh_packs
from smartmask.data.synthesis.stage.kinds import kind_of
from smartmask.data.synthesis.stage.meshes import MeshLibrary
from smartmask.data.whole_shapes import SMALLEST_PX, WholeShape
from smartmask.memory.shape_view import ShapeView
from smartmask.scene.labels import plain_label
from smartmask.scene.rle import encode_rle
from smartmask.training.shape.mesh_rendering import CentredMesh

VIEWS = 16
RENDER_PX = 256
AWAY = 4.0
"""Distance of the camera, in half diagonals of the mesh's box."""
PITCHES = (3.0, 12.0, 22.0, 35.0)
FLAT_PITCHES = (20.0, 30.0, 42.0, 55.0)
PITCHES_OF_THIN = (0.0, 4.0, 9.0, 15.0)
FLAT = 0.3
"""Of its longer side on the ground; lower things lie."""
THIN = 0.4
"""Of its width; what is less deep stands or hangs at a wall."""
SIDES_OF_THIN, SIDES, ALL_ROUND = 40.0, 100.0, 180.0
"""Degrees to either side of the front."""
READABLE = (
    *("bar-stool", "bathtub", "bottle", "bowl", "ceiling-lamp", "chair", "cocktail-table", "coffee-table"),
    *("corner-shelf", "cube-shelf", "cup", "desk", "dining-table", "floor-lamp", "fork", "jar", "knife"),
    *("mirror", "monitor", "office-chair", "pan", "picture", "pillow", "plate", "pot", "side-table", "sink"),
    *("snake-plant", "spatula", "spoon", "table-lamp", "toilet", "tv", "vase", "wine-glass"),
)
"""Kinds of infinigen whose outlines tell what they are; a box or a sheet of cloth could be anything."""


@dataclass(frozen=True, slots=True, eq=False)
class LabelledMesh:
    """A mesh, and what is to be said of shapes of it.

    Attributes:
        label: What it is.
        parent: A wider word for it; "" if there is none.
        source: Collection that it is from.
        group: The mesh, the collection's name first.
        licence: Licence and credit.
        vertices: In metres, z up.
        faces: Numbers of the vertices of each triangle.
        front: Azimuth in degrees from which its front is seen; None if nobody knows.
        views: From how many sides it is looked at.
    """

    label: str
    parent: str
    source: str
    group: str
    licence: str
    vertices: Float[np.ndarray, "V 3"]
    faces: Int[np.ndarray, "T 3"]
    front: float | None
    views: int = VIEWS


def library_meshes(folder: Path) -> Iterator[LabelledMesh]:
    """The meshes of a library made with infinigen, of the kinds that outlines tell apart.

    Raises:
        AnnotationError: If the folder holds no meshes, or one is damaged.
    """
    library = MeshLibrary.open(folder)
    for kind in (kind for kind in library.kinds if kind in READABLE):
        for number in range(len(library.files[kind])):
            mesh = library.load(kind, number)
            yield LabelledMesh(
                label=plain_label(kind_of(kind).label),
                parent="",
                source="mesh_infinigen",
                group=f"mesh_infinigen:{library.files[kind][number].stem}",
                licence="BSD-3-Clause (made with infinigen 1.15)",
                vertices=mesh.vertices,
                faces=mesh.faces,
                front=0.0,
            )


def packed_meshes(folder: Path) -> Iterator[LabelledMesh]:
    """The meshes of packs that say `label`, `kind`, `licence` and `front` of each; fronts face -y.

    Raises:
        AnnotationError: If the folder holds no packs, or one is damaged.
    """
    for mesh in read_mesh_packs(folder, ("label", "kind", "licence", "front")):
        yield LabelledMesh(
            label=plain_label(mesh.facts["label"]),
            parent=plain_label(mesh.facts["kind"]),
            source=mesh.group.partition(":")[0],
            group=mesh.group,
            licence=mesh.facts["licence"],
            vertices=mesh.vertices,
            faces=mesh.faces,
            front=270.0 if mesh.facts["front"] == 1 else None,
        )


def mesh_shapes(mesh: LabelledMesh) -> Iterator[WholeShape]:
    """Outlines of a mesh."""
    depth, width, height = (mesh.vertices.max(0) - mesh.vertices.min(0)).tolist()
    if mesh.front is not None and mesh.front % 180 == 90:
        depth, width = width, depth
    pitches, reach = PITCHES, SIDES
    if height < FLAT * max(depth, width):
        pitches, reach = FLAT_PITCHES, ALL_ROUND
    elif mesh.front is None:
        reach = ALL_ROUND
    elif depth < THIN * width:
        pitches, reach = PITCHES_OF_THIN, SIDES_OF_THIN
    centred = CentredMesh(mesh.vertices, mesh.faces)
    turn = zlib.crc32(mesh.group.encode()) / 2**32
    for view in range(mesh.views):
        share = (turn + (view + 0.5) / mesh.views) % 1
        azimuth = round((mesh.front or 0.0) + reach * (2 * share - 1)) % 360
        pitch = pitches[view % len(pitches)]
        outline = centred.outline((float(azimuth), pitch, AWAY), RENDER_PX)
        if outline is None or min(outline.covered.shape) < SMALLEST_PX:
            continue
        rows, columns = (int(side) for side in outline.covered.shape)
        yield WholeShape(
            label=mesh.label,
            parent=mesh.parent,
            size_hw=(rows, columns),
            counts=encode_rle(outline.covered),
            aspect=columns / rows,
            style="render",
            is_bank=True,
            source=mesh.source,
            group=mesh.group,
            licence=mesh.licence,
            view=str(ShapeView(azimuth=azimuth, pitch=round(pitch), height=outline.height)),
        )
