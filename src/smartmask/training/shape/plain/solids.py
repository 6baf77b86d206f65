"""Boxes, rods, turned profiles and cut boards, of which plain things are put together; metres, z up."""

from collections.abc import Sequence

import numpy as np
import trimesh
from trimesh import Trimesh, creation

Point = tuple[float, float, float]
Outline = Sequence[Sequence[float]]
ROUND = 32
"""Sides of what is turned."""


def box(width: float, depth: float, height: float, x: float = 0, y: float = 0, z: float = 0) -> Trimesh:
    """A box whose bottom is at z."""
    return moved(creation.box((width, depth, height)), (x, y, z + height / 2))


def rod(start: Point, end: Point, radius: float) -> Trimesh:
    """A rod between two points."""
    return creation.cylinder(radius, segment=[start, end], sections=12)


def turned(profile: Outline, x: float = 0, y: float = 0, z: float = 0) -> Trimesh:
    """What a profile of (radius, height), from below to above, sweeps about an upright axis."""
    closed = [(0.0, profile[0][1]), *profile, (0.0, profile[-1][1])]
    return moved(creation.revolve(closed, sections=ROUND), (x, y, z))


def ball(radius: float, x: float = 0, y: float = 0, z: float = 0, squash: float = 1.0) -> Trimesh:
    """A ball about a point, its height squashed."""
    round_one = creation.icosphere(subdivisions=3, radius=radius)
    return moved(round_one.apply_scale((1, 1, squash)), (x, y, z))


def cut(outline: Outline, depth: float, x: float = 0, y: float = 0, z: float = 0) -> Trimesh:
    """A board of an outline of (x, z) that its first point sees all of."""
    count = len(outline)
    near, far = (np.array([(across, side, up) for across, up in outline]) for side in (-depth / 2, depth / 2))
    fan = [(0, k, k + 1) for k in range(1, count - 1)]
    rim = [
        face
        for k in range(count)
        for face in (
            (k, (k + 1) % count, count + k),
            ((k + 1) % count, count + (k + 1) % count, count + k),
        )
    ]
    faces = [*fan, *(tuple(count + k for k in reversed(face)) for face in fan), *rim]
    return moved(Trimesh(np.concatenate([near, far]), faces, process=False), (x, y, z))


def moved(mesh: Trimesh, by: Point) -> Trimesh:
    """The mesh itself, moved."""
    mesh.apply_translation(by)
    return mesh


def rotated(mesh: Trimesh, angle: float, axis: Point = (0.0, 0.0, 1.0)) -> Trimesh:
    """The mesh itself, turned about an axis through the origin, in radians."""
    mesh.apply_transform(trimesh.transformations.rotation_matrix(angle, axis))  # type: ignore[no-untyped-call]
    return mesh


def lying(mesh: Trimesh) -> Trimesh:
    """Turned about the x axis, so that what faced -y faces up, and put on the ground."""
    mesh = rotated(mesh, -np.pi / 2, (1, 0, 0))
    return moved(mesh, (0, 0, -float(mesh.vertices[:, 2].min())))


def oval(width: float, height: float, power: float = 2.0, count: int = 48) -> Outline:
    """A superellipse about (0, 0), upright; at a power of 2 an ellipse, beyond it round at its corners."""
    turn = np.linspace(0, 2 * np.pi, count, endpoint=False)
    x, z = np.cos(turn), np.sin(turn)
    across, up = (np.sign(side) * np.abs(side) ** (2 / power) / 2 for side in (x, z))
    return [(float(width * a), float(height * b)) for a, b in zip(across, up, strict=True)]


def gable(width: float, depth: float, height: float, z: float) -> Trimesh:
    """A roof whose ridge runs away from who looks at its front."""
    return cut([(-width / 2, 0), (width / 2, 0), (0, height)], depth, z=z)


def bars(width: float, height: float, count: int, thick: float, z: float = 0) -> list[Trimesh]:
    """Upright square bars in a row across."""
    return [box(thick, thick, height, x, 0, z) for x in np.linspace(-width / 2, width / 2, count).tolist()]


def legs(width: float, depth: float, height: float, thick: float) -> list[Trimesh]:
    """Four square legs at the corners of a rectangle."""
    return [box(thick, thick, height, x, y) for x in (-width / 2, width / 2) for y in (-depth / 2, depth / 2)]


def handle(length: float, radius: float = 0.015, z: float = 0) -> Trimesh:
    """An upright rod."""
    return rod((0, 0, z), (0, 0, z + length), radius)


def three_legs(height: float, spread: float, radius: float) -> list[Trimesh]:
    """Legs from one point, the first of which comes to the front."""
    return [
        rod((0, 0, height), (spread * np.sin(turn), -spread * np.cos(turn), 0), radius)
        for turn in (0.0, 2.1, -2.1)
    ]


def steps(count: int, width: float, tread: float, rise: float) -> list[Trimesh]:
    """Steps that rise towards the back."""
    return [box(width, tread * (count - k), rise, 0, tread * k / 2, rise * k) for k in range(count)]


def ring(outer: float, inner: float, depth: float, z: float, half: bool = False) -> list[Trimesh]:
    """An upright ring, or its upper half, of short boards."""
    turns = np.linspace(0, np.pi if half else 2 * np.pi, 25)
    rims = [[(r * np.cos(t), r * np.sin(t)) for t in turns] for r in (outer, inner)]
    return [
        cut([rims[0][k], rims[0][k + 1], rims[1][k + 1], rims[1][k]], depth, z=z)
        for k in range(len(turns) - 1)
    ]
