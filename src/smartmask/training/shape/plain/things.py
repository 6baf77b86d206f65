"""Meshes of things so plain that a few boxes, rods and turned profiles are all there is to them.

A door, a rug or a tray is a board or a disc, whose outline tells nothing but from where it is seen; so no
collection of silhouettes keeps them, and without one the mask model drew them as lumps. Made here, each view
of them is right. As large as `language/kinds.csv` says; z up; what has a front faces -y.
"""

from collections.abc import Iterable, Iterator
from typing import cast

import numpy as np
import trimesh

from smartmask.language.kinds import kind_of
from smartmask.training.shape.mesh_shapes import LabelledMesh
from smartmask.training.shape.plain.boards import BOARDS
from smartmask.training.shape.plain.clothes import CLOTHES
from smartmask.training.shape.plain.crafts import CRAFTS
from smartmask.training.shape.plain.creatures import CREATURES
from smartmask.training.shape.plain.fairs import FAIRS
from smartmask.training.shape.plain.figures import FIGURES
from smartmask.training.shape.plain.food import FOOD
from smartmask.training.shape.plain.forms import scaled
from smartmask.training.shape.plain.frames import FRAMES
from smartmask.training.shape.plain.garden import GARDEN
from smartmask.training.shape.plain.herds import HERDS
from smartmask.training.shape.plain.hobby import HOBBY
from smartmask.training.shape.plain.household import HOUSEHOLD
from smartmask.training.shape.plain.machines import MACHINES
from smartmask.training.shape.plain.outdoor import OUTDOOR
from smartmask.training.shape.plain.plants import PLANTS
from smartmask.training.shape.plain.players import PLAYERS
from smartmask.training.shape.plain.sports import SPORTS
from smartmask.training.shape.plain.structures import STRUCTURES
from smartmask.training.shape.plain.tools import TOOLS
from smartmask.training.shape.plain.vehicles import VEHICLES
from smartmask.training.shape.plain.worn import WORN

STRETCHES = ((1.0, 1.0, 1.0), (1.25, 1.1, 0.85))
"""Of width, depth and height; each makes an object of its own."""
FACING = 270.0
VIEWS = 10
"""Of each object: twenty of a label."""
THINGS = (
    BOARDS
    | CLOTHES
    | CRAFTS
    | CREATURES
    | FAIRS
    | FIGURES
    | FOOD
    | FRAMES
    | GARDEN
    | HERDS
    | HOBBY
    | HOUSEHOLD
    | MACHINES
    | OUTDOOR
    | PLANTS
    | PLAYERS
    | SPORTS
    | STRUCTURES
    | TOOLS
    | VEHICLES
    | WORN
)
"""Parts of each thing, by its label."""


def plain_labels() -> tuple[str, ...]:
    """What there is, in alphabetical order."""
    return tuple(sorted(THINGS))


def plain_meshes(labels: Iterable[str] | None = None) -> Iterator[LabelledMesh]:
    """The meshes of labels; None = of all.

    Raises:
        KeyError: If there is no such thing.
    """
    for label in plain_labels() if labels is None else labels:
        mesh = cast(trimesh.Trimesh, trimesh.util.concatenate(THINGS[label]()))
        kind = kind_of(label)
        assert kind is not None, f"{label}: kinds.csv has no row for it, so nothing could tell its size"
        scaled(mesh, max(kind.height_m, kind.length_m) / float(np.ptp(mesh.vertices, axis=0).max()))
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
                views=VIEWS,
            )
