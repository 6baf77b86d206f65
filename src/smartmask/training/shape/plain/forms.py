"""Tubes, skins and repeated parts, of which plain things are put together; metres, z up."""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import numpy as np
import trimesh
from trimesh import Trimesh, creation

from smartmask.training.shape.plain.solids import Outline, Point, ball, cut, moved, oval, rod, rotated, turned

Parts = list[Trimesh]
SIDES = (-1, 1)
"""Left and right."""


def along(profile: Outline, x: float, z: float, angle: float, y: float = 0) -> Trimesh:
    """A turned thing whose axis leans to the right."""
    return moved(rotated(turned(profile), angle, (0, 1, 0)), (x, y, z))


def arc(x: float, z: float, wide: float, high: float, start: float, end: float, count: int = 17) -> Outline:
    """Points of an ellipse of such half axes."""
    turns = np.linspace(start, end, count).tolist()
    return [(x + wide * float(np.cos(t)), z + high * float(np.sin(t))) for t in turns]


def around(count: int, start: float = 0.0) -> list[float]:
    """Angles evenly about a turn."""
    return [float(start + 2 * np.pi * k / count) for k in range(count)]


def band(points: Outline, widths: Sequence[float], depth: float, y: float = 0) -> Parts:
    """A board along a path, of widths that change evenly from one to the next."""
    path = np.array(points, dtype=float)
    ahead = np.gradient(path, axis=0)
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    wide = np.interp(np.linspace(0, 1, len(path)), np.linspace(0, 1, len(widths)), widths)
    off = np.stack([-ahead[:, 1], ahead[:, 0]], axis=1) * wide[:, None] / 2
    left, right = (path + off).tolist(), (path - off).tolist()
    return [cut([left[k], left[k + 1], right[k + 1], right[k]], depth, y=y) for k in range(len(path) - 1)]


def both(parts: Callable[[int], Parts]) -> Parts:
    """What is made for either side."""
    return [part for s in SIDES for part in parts(s)]


def centimetres(parts: Iterable[Trimesh]) -> Parts:
    """The parts themselves, of centimetres made metres."""
    return [scaled(part, 0.01) for part in parts]


def circle(count: int, start: float = 0.0) -> list[tuple[float, float]]:
    """Cosines and sines evenly about a turn."""
    turns = [start + 2 * np.pi * k / count for k in range(count)]
    return [(float(np.cos(t)), float(np.sin(t))) for t in turns]


def disc(radius: float, depth: float, x: float = 0, z: float = 0, y: float = 0) -> Trimesh:
    """An upright round board about a point."""
    return cut(oval(2 * radius, 2 * radius), depth, x, y, z)


def even(first: float, last: float, count: int) -> list[float]:
    """Numbers evenly from one to another."""
    return [float(x) for x in np.linspace(first, last, count)]


def flattened(parts: Parts, by: float = 0.65) -> Parts:
    """The parts themselves, as flat as what lies or hangs."""
    return [scaled(part, (1, by, 1)) for part in parts]


def hoop(wide: float, deep: float, z: float, thick: float) -> Parts:
    """A round band that lies about the body."""
    turns = [*around(28), 0.0]
    return limb(*((wide * float(np.cos(t)), deep * float(np.sin(t)), z, thick) for t in turns))


def convex(points: Sequence[Point]) -> Trimesh:
    """The convex hull of points."""
    return trimesh.convex.convex_hull(np.array(points, dtype=float))


def axle(profile: Outline, x: float = 0, y: float = 0, z: float = 0) -> Trimesh:
    """What a profile of (radius, x) sweeps about an axis along x."""
    return moved(rotated(turned(profile), np.pi / 2, (0, 1, 0)), (x, y, z))


def limb(*points: tuple[float, float, float, float]) -> Parts:
    """A round limb through points of (x, y, z, radius)."""
    balls = [moved(creation.icosphere(subdivisions=1, radius=p[3]), p[:3]).vertices for p in points]
    return [trimesh.convex.convex_hull(np.concatenate(pair)) for pair in pairwise(balls)]


def loft(rows: Sequence[tuple[float, float, float, float]], power: float = 2.0) -> Trimesh:
    """Rounds one above another, each of (height, left, right, half its depth)."""
    round_one = np.array(oval(1, 1, power, 24))
    rings = [
        [((a + b) / 2 + (b - a) * x, 2 * deep * y, z) for x, y in round_one.tolist()]
        for z, a, b, deep in rows
    ]
    return skin(rings)


def mirrored(parts: Parts) -> Parts:
    """The parts and what they look like in a mirror, left and right."""
    return parts + [scaled(part.copy(), (-1, 1, 1)) for part in parts]


def pipe(points: Sequence[Point], radius: float) -> Parts:
    """A round tube along a path."""
    bends = [moved(creation.icosphere(subdivisions=2, radius=radius), point) for point in points]
    return bends + [rod(a, b, radius) for a, b in pairwise(points)]


def put(parts: Iterable[Trimesh], by: Point = (0, 0, 0), angle: float = 0, axis: Point = (0, 1, 0)) -> Parts:
    """The parts themselves, turned about an axis and moved."""
    return [moved(rotated(part, angle, axis), by) for part in parts]


def resized(outline: Outline, by: float) -> Outline:
    """An outline so many times as large."""
    return [(by * x, by * z) for x, z in outline]


def scaled(mesh: Trimesh, by: float | Point) -> Trimesh:
    """The mesh itself, scaled; mirrored where that is negative."""
    mesh.apply_scale(by)  # type: ignore[no-untyped-call]
    return mesh


def side(outline: Outline, depth: float, x: float = 0, y: float = 0, z: float = 0) -> Trimesh:
    """A board whose outline of (y, z) is seen from the side."""
    return moved(rotated(cut(outline, depth), np.pi / 2), (x, y, z))


def skin(rings: Sequence[Sequence[Point]]) -> Trimesh:
    """What rings of equally many points, one above another, enclose."""
    count, last = len(rings[0]), len(rings) - 1
    faces = [(0, k + 1, k) for k in range(1, count - 1)]
    faces += [(last * count, last * count + k, last * count + k + 1) for k in range(1, count - 1)]
    for low in range(last):
        for k in range(count):
            a, b = low * count + k, low * count + (k + 1) % count
            faces += [(a, b, a + count), (b, b + count, a + count)]
    return Trimesh(np.concatenate(rings), faces, process=False)


def spot(turn: float, radius: float) -> tuple[float, float]:
    """A point at an angle and a distance."""
    return radius * float(np.cos(turn)), radius * float(np.sin(turn))


def squashed(mesh: Trimesh, by: float) -> Trimesh:
    """The mesh itself, made so much less deep."""
    return scaled(mesh, (1, by, 1))


def stood(parts: Iterable[Trimesh]) -> Parts:
    """Parts told in centimetres, put on the ground."""
    made = centimetres(parts)
    low = min(float(part.vertices[:, 2].min()) for part in made)
    return [moved(part, (0, 0, -low)) for part in made]


def tilted(mesh: Trimesh, lean: float, to: Point) -> Trimesh:
    """Leaned to the right and moved."""
    return moved(rotated(mesh, lean, (0, 1, 0)), to)


def tube(points: Sequence[Point], radius: float) -> list[Trimesh]:
    """A round tube along a path."""
    return [
        *(rod(a, b, radius) for a, b in pairwise(points)),
        *(ball(radius, *point) for point in points[1:-1]),
    ]


def trunk(rows: Sequence[tuple[float, float, float]], power: float = 2.4) -> Trimesh:
    """A loft of (height, half its width, half its depth)."""
    return loft([(z, -wide, wide, deep) for z, wide, deep in rows], power)


def wheels(radius: float, thick: float, track: float, *xs: float) -> list[Trimesh]:
    """Wheels on both sides of what drives along x."""
    return [cut(oval(2 * radius, 2 * radius), thick, x, s * track / 2, radius) for x in xs for s in SIDES]


def wire(points: Outline, radius: float, y: float = 0) -> Parts:
    """A thin pipe through points of (x, z)."""
    return pipe([(x, y, z) for x, z in points], radius)
