"""Meshes of things so plain that a few boxes, rods and turned profiles are all there is to them.

A door, a rug or a tray is a board or a disc, whose outline tells nothing but from where it is seen; so no
collection of silhouettes keeps them, and without one the mask model drew them as lumps. Made here, each view
of them is right. In metres, z up; what has a front faces -y.
"""

from collections.abc import Iterator
from typing import cast

import numpy as np
import trimesh

from smartmask.training.shape.mesh_shapes import LabelledMesh
from smartmask.training.shape.plain_boards import BOARDS
from smartmask.training.shape.plain_frames import FRAMES

STRETCHES = ((1.0, 1.0, 1.0), (1.25, 1.1, 0.85))
"""Of width, depth and height; each makes an object of its own."""
FACING = 270.0


def plain_meshes() -> Iterator[LabelledMesh]:
    """All of them, in alphabetical order of their labels."""
    for label, parts in sorted((BOARDS | FRAMES).items()):
        mesh = cast(trimesh.Trimesh, trimesh.util.concatenate(parts()))
        is_turned = bool(np.isclose(*np.ptp(mesh.vertices[:, :2], axis=0)))
        for number, stretch in enumerate(STRETCHES):
            yield LabelledMesh(
                label=label,
                parent="",
                source="mesh_plain",
                group=f"mesh_plain:{label} {number}",
                licence="Apache-2.0 (made by smartmask)",
                vertices=mesh.vertices * np.array(stretch),
                faces=np.asarray(mesh.faces, np.int64),
                front=None if is_turned else FACING,
            )
