"""From where the memory's renders are seen: their meshes are rendered anew, until they look the same.

A shape and a render are compared as they are coded: stretched to a square, by IoU, less the difference of
their ln(width / height). All azimuths and pitches are tried on a coarse grid; the best view is then moved,
nearer and farther too, as long as that helps.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

import cv2
import numpy as np
from jaxtyping import Bool, Float

from smartmask.data.mesh_packs import PackedMesh
from smartmask.memory.remembered import TextColumn
from smartmask.memory.shape_memory import ShapeMemory
from smartmask.memory.shape_view import ShapeView
from smartmask.model.shape.frame import FRAME_PX, MARGIN_PX
from smartmask.protocols import ShapeCoder
from smartmask.scene.masks import mask_iou
from smartmask.training.shape.mesh_rendering import CentredMesh, Place

LEAST_ALIKE = 0.8
"""IoU less difference of ln(width / height), from which on a view counts as found."""
AZIMUTHS, PITCHES = range(0, 360, 15), range(-5, 46, 10)
USUAL_AWAY = 3.5
"""Distance of the camera that the grid is rendered from, in half diagonals of the mesh's box."""
AWAY = (2.0, 8.0)
STEPS = (8.0, 4.0, 2.0, 1.0)
"""Degrees of the moves; distances change by a quarter for eight degrees."""
RENDER_PX = 96
COMPARED_PX = (FRAME_PX - 2 * MARGIN_PX) // 2

Square = Bool[np.ndarray, "P P"]


class MeshViews:
    """Renders of one mesh, each made once."""

    def __init__(self, mesh: PackedMesh) -> None:
        """Take the mesh."""
        self._mesh = CentredMesh(mesh.vertices, mesh.faces)
        self._made: dict[Place, tuple[Square, float, float] | None] = {}
        self._grid = [(float(a), float(p), USUAL_AWAY) for a in AZIMUTHS for p in PITCHES]

    def fit(self, shape: Square, log_aspect: float) -> tuple[ShapeView, float]:
        """The view in which the mesh looks most like a shape, and how much."""
        best = max(self._grid, key=lambda place: self._alike(place, shape, log_aspect))
        score = self._alike(best, shape, log_aspect)
        for step in STEPS:
            for moved in _moves(best, step):
                found = self._alike(moved, shape, log_aspect)
                if found > score:
                    best, score = moved, found
        made = self._made[best]
        height = 0.0 if made is None else made[2]
        return ShapeView(azimuth=round(best[0]) % 360, pitch=round(best[1]), height=round(height, 3)), score

    def _alike(self, place: Place, shape: Square, log_aspect: float) -> float:
        if place not in self._made:
            self._made[place] = self._render(place)
        made = self._made[place]
        if made is None:
            return -np.inf
        square, log_own, _ = made
        return mask_iou(square, shape) - abs(log_own - log_aspect)

    def _render(self, place: Place) -> tuple[Square, float, float] | None:
        """A render stretched to a square, its ln(width / height), and its height in diagonals."""
        outline = self._mesh.outline(place, RENDER_PX)
        if outline is None:
            return None
        rows, columns = (int(side) for side in outline.covered.shape)
        size = (COMPARED_PX, COMPARED_PX)
        square = cv2.resize(outline.covered.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.5
        return square, float(np.log(columns / rows)), outline.height


def with_views(
    memory: ShapeMemory,
    coder: ShapeCoder,
    meshes: Mapping[str, PackedMesh],
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> ShapeMemory:
    """The memory with the views of the shapes whose mesh is there; those of other shapes stay as they are.

    Args:
        memory: Renders, and whatever else.
        coder: The codec that made its codes.
        meshes: By the group that shapes of them are of.
        on_progress: Called with (groups looked at, groups).
    """
    texts = memory.rows.texts["view"].texts()
    groups = memory.rows.texts["group"]
    for number, group in enumerate(groups.words):
        if group in meshes:
            rows = np.flatnonzero(groups.rows == number)
            views = MeshViews(meshes[group])
            shapes = _squares(coder.decode(memory.codes[rows]))
            logs = np.log(memory.aspects[rows])
            for row, shape, log_aspect in zip(rows.tolist(), shapes, logs.tolist(), strict=True):
                view, alike = views.fit(shape, log_aspect)
                texts[row] = str(view) if alike >= LEAST_ALIKE else ""
        on_progress(number + 1, len(groups.words))
    known = replace(memory.rows, texts={**memory.rows.texts, "view": TextColumn.of(texts)})
    return ShapeMemory(known, lambda: memory.codes, memory.codec, memory.parents)


def _squares(fields: Float[np.ndarray, "n F F"]) -> Bool[np.ndarray, "n P P"]:
    """Shapes within their frames' margins, at half the size."""
    inside = fields[:, MARGIN_PX : FRAME_PX - MARGIN_PX, MARGIN_PX : FRAME_PX - MARGIN_PX] > 0
    return inside.reshape(len(fields), COMPARED_PX, 2, COMPARED_PX, 2).mean((2, 4)) >= 0.5


def _moves(place: Place, step: float) -> list[Place]:
    azimuth, pitch, away = place
    ratio = 1 + step / 32
    nearer, farther = (float(np.clip(value, *AWAY)) for value in (away / ratio, away * ratio))
    return [
        ((azimuth + step) % 360, pitch, away),
        ((azimuth - step) % 360, pitch, away),
        (azimuth, min(pitch + step, 89.0), away),
        (azimuth, max(pitch - step, -89.0), away),
        (azimuth, pitch, nearer),
        (azimuth, pitch, farther),
    ]
