"""Buildings, ruins, towers and other works as solids in metres; what has a front faces -y."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from trimesh import Trimesh, creation

from smartmask.training.shape.plain.forms import SIDES, around, convex, even, tube
from smartmask.training.shape.plain.solids import (
    Point,
    ball,
    box,
    cut,
    gable,
    handle,
    legs,
    moved,
    oval,
    ring,
    rod,
    rotated,
    turned,
)


def _over(x: float, z: float, radius: float, top: float, depth: float, y: float = 0) -> list[Trimesh]:
    """The wall above a round arch that springs at z, up to the top."""
    return [
        cut([(x + radius * a, top), (x + radius * a, z + radius * (1 - a * a) ** 0.5),
            (x + radius * b, z + radius * (1 - b * b) ** 0.5), (x + radius * b, top)], depth, y=y)
        for a, b in pairwise([-np.cos(t) for t in np.linspace(0, np.pi, 17)])
    ]  # fmt: skip


def _arcade(count: int, pitch: float, radius: float, low: float, spring: float, top: float,
    depth: float) -> list[Trimesh]:  # fmt: skip
    """Piers and round arches in a row across."""
    parts = [box(pitch - 2 * radius, depth, top - low, (k - count / 2) * pitch, z=low)
        for k in range(count + 1)]  # fmt: skip
    return [*parts, *(part for k in range(count)
        for part in _over((k - (count - 1) / 2) * pitch, spring, radius, top, depth))]  # fmt: skip


def _holed(x: float, z: float, radius: float, wide: float, high: float, depth: float) -> list[Trimesh]:
    """A board with a round hole in its middle."""
    turns = np.linspace(np.pi / 4, 2.25 * np.pi, 33)
    rim = [(x + radius * np.cos(t), z + radius * np.sin(t)) for t in turns]
    by = [1 / max(abs(np.cos(t)), abs(np.sin(t))) for t in turns]
    edge = [(x + wide / 2 * k * np.cos(t), z + high / 2 * k * np.sin(t)) for k, t in zip(by, turns,
        strict=True)]  # fmt: skip
    return [cut([rim[k], rim[k + 1], edge[k + 1], edge[k]], depth) for k in range(32)]


def _lattice(corners: Sequence[tuple[float, float]], thick: float) -> list[Trimesh]:
    """A square tower of (half width, height) levels with crossed braces."""

    def at(k: int, level: tuple[float, float]) -> Point:
        return (level[0] * (1, -1, -1, 1)[k % 4], level[0] * (1, 1, -1, -1)[k % 4], level[1])

    parts = []
    for low, high in pairwise(corners):
        for k in range(4):
            parts += [rod(at(k, low), at(k, high), thick), rod(at(k, high), at(k + 1, high), 0.7 * thick)]
            parts += [rod(at(k, low), at(k + 1, high), 0.6 * thick)]
            parts += [rod(at(k + 1, low), at(k, high), 0.6 * thick)]
    return parts


def _pylon() -> list[Trimesh]:
    parts = _lattice([(3.4, 0), (2.5, 6.5), (1.75, 12), (1.1, 17), (1.0, 21.5), (0.9, 26)], 0.3)
    parts += [rod((0.9 * x, 0.9 * y, 26), (0, 0, 30), 0.27) for x in SIDES for y in SIDES]
    for reach, z in ((5.6, 17), (7.2, 21.5), (5.2, 26)):
        for s in SIDES:
            tip = (reach * s, 0.0, z + 0.2)
            parts += [rod((s, y, z + up), tip, 0.22) for y in SIDES for up in (0, 1.9)]
            parts += [rod((0.55 * reach * s, 0, z), (0.55 * reach * s, 0, z + 1.1), 0.2)]
            parts += [turned([(0.18, -2.0), (0.3, -1.8), (0.3, -0.3), (0.15, 0)], *tip)]
    return parts


def _fort() -> list[Trimesh]:
    def log(x: float, y: float, high: float) -> Trimesh:
        return turned([(0.22, 0), (0.22, high), (0.01, high + 0.5)], x, y)

    parts = [log(x, y, 3.0) for x in even(-5.2, 5.2, 25) for y in (-4, 4) if abs(x) > 1.2 or y > 0]
    parts += [log(x, y, 3.0) for y in even(-3.6, 3.6, 17) for x in (-5.4, 5.4)]
    for x in (-5.2, 5.2):
        for y in (-4, 4):
            parts += [*(moved(part, (x, y, 0)) for part in legs(2.0, 2.0, 5.6, 0.22))]
            parts += [box(2.6, 2.6, 1.1, x, y, 3.6), moved(rotated(creation.cone(2.3, 1.7, sections=4),
                np.pi / 4), (x, y, 5.6))]  # fmt: skip
    parts += [rod((x, -4, 0), (x, -4, 4.6), 0.2) for x in (-1.3, 1.3)]
    parts += [box(3.4, 0.5, 0.4, 0, -4, 4.2), rod((0, -4, 4.5), (0, -4, 7.4), 0.09)]
    return [*parts, cut([(0, 7.3), (1.7, 7.1), (1.4, 6.75), (1.7, 6.3), (0, 6.3)], 0.08, y=-4)]


def _dome_gym() -> list[Trimesh]:
    rows = [(1.8, 0.0, 10, 0.0), (1.62, 0.75, 10, 0.314), (1.1, 1.4, 5, 0.0), (0.0, 1.8, 1, 0.0)]
    dots = [[(r * np.cos(t), r * np.sin(t), z) for t in around(n, start)] for r, z, n, start in rows]
    parts = [rod(row[k], row[(k + 1) % len(row)], 0.035) for row in dots[1:3] for k in range(len(row))]
    parts += [rod(dots[0][k], dots[1][(k + j) % 10], 0.035) for k in range(10) for j in (0, -1)]
    parts += [rod(dots[1][(2 * k + j) % 10], dots[2][k], 0.035) for k in range(5) for j in (0, -1, 1, -2)]
    return [*parts, *(rod(dot, dots[3][0], 0.035) for dot in dots[2]), *(ball(0.06, *d) for row in dots
        for d in row)]  # fmt: skip


def _playground() -> list[Trimesh]:
    parts = [box(0.12, 0.12, 2.6, x, y) for x in (-0.65, 0.65) for y in (-0.6, 0.6)]
    parts += [box(1.5, 1.4, 0.1, z=1.25), moved(rotated(creation.cone(1.25, 0.9, sections=4), np.pi / 4),
        (0, 0, 2.6)), *(box(1.3, 0.07, 0.07, 0, y, 1.85) for y in (-0.6, 0.6))]  # fmt: skip
    parts += [box(0.07, 0.07, 0.55, x, y, 1.3) for x in (-0.3, 0, 0.3) for y in (-0.6, 0.6)]
    slide = [(0.6, 1.3), (0.9, 1.28), (2.2, 0.3), (2.8, 0.25), (2.8, 0.18), (2.15, 0.2), (0.9, 1.15)]
    parts += [cut([(x, z + 0.22) for x, z in slide[:4]] + [(x, z) for x, z in slide[4:]], 0.05, y=y)
        for y in (-0.28, 0.28)]  # fmt: skip
    parts += [rod((x, y, 0), (x, y, 0.25 if x > 2 else 0.8), 0.04) for x in (1.5, 2.6) for y in (-0.2, 0.2)]
    parts += [rod((-3.6, 0, 2.3), (-0.6, 0, 2.3), 0.07)]
    parts += [rod((-3.6, 0, 2.3), (-3.75, 0.9 * s, 0), 0.06) for s in SIDES]
    for x in (-2.9, -1.6):
        parts += [rod((x + 0.2 * s, 0, 0.5), (x + 0.2 * s, 0, 2.3), 0.025) for s in SIDES]
        parts += [box(0.5, 0.22, 0.06, x, z=0.46)]
    return parts


def _oil_rig() -> list[Trimesh]:
    parts = [rod((x, y, 0), (x, y, 20), 1.1) for x in (-13, 13) for y in (-9, 9)]
    parts += [rod((-13 * s, y, 2), (13 * s, y, 15), 0.5) for s in SIDES for y in (-9, 9)]
    parts += [rod((x, -9 * s, 2), (x, 9 * s, 15), 0.5) for s in SIDES for x in (-13, 13)]
    parts += [box(36, 24, 2.2, z=17), box(38, 26, 2.0, z=22), box(12, 14, 6, -10, 0, 24)]
    parts += [box(6, 10, 3.5, 10, 0, 24), *(box(1, 1, 4, x, y, 19) for x in even(-17, 17, 6)
        for y in (-11, 11))]  # fmt: skip
    parts += [turned([(5.5, 0), (6.2, 0.8)], -19, -6, 31), *(rod((-12, -6 + y, 27), (-19, -6 + y, 31), 0.5)
        for y in (-3, 3))]  # fmt: skip
    derrick = _lattice([(3.6, 0), (3.0, 6), (2.4, 12), (1.8, 18), (1.2, 24)], 0.42)
    parts += [moved(part, (3, 0, 24)) for part in [*derrick, box(3, 3, 1.4, z=24)]]
    parts += [rod((14, 0, 23), (27, 0, 35), 0.6), rod((14, 0, 27), (27, 0, 35), 0.45), turned([(0.6, 0),
        (1.2, 1.2), (0.9, 2.6), (0.05, 4.5)], 27, 0, 35), rod((12, 6, 24), (12, 6, 32), 0.8)]  # fmt: skip
    return [*parts, rod((12, 6, 30), (22, 8, 45), 0.5), rod((22, 8, 45), (22, 8, 36), 0.3)]


def _sphinx() -> list[Trimesh]:
    body = [(x, y * s, z) for x, y, z in ((-6.5, 1.6, 0), (-6.8, 1.2, 2.2), (-5.5, 1.3, 3.9), (2.5, 1.5, 4.4),
        (3.2, 1.4, 0), (3.4, 1.0, 3.6)) for s in SIDES]  # fmt: skip
    parts = [convex(body), *(convex([(x, 1.5 * s + y, z) for x, z in ((-6.6, 0), (-2.4, 0), (-2.9, 1.8),
        (-4.5, 3.6), (-6.4, 3.2)) for y in (-0.5, 0.6)]) for s in SIDES)]  # fmt: skip
    parts += [box(6.2, 1.1, 1.15, 5.2, 1.1 * s) for s in SIDES]
    parts += [cut(oval(1.2, 1.15, 3), 1.2, 8.2, 1.1 * s, 0.6) for s in SIDES]
    parts += [cut([(-6.5, 0.4), (-6.3, 0), (-7.6, 0.1), (-7.9, 1.0), (-7.5, 1.7), (-7.3, 1.0)], 0.5, y=-1.5)]
    parts += [convex([(2.0, 1.0 * s, 4.0) for s in SIDES] + [(3.5, 0.9 * s, 3.4) for s in SIDES]
        + [(2.6, 0.8 * s, 5.6) for s in SIDES] + [(3.6, 0.7 * s, 5.6) for s in SIDES])]  # fmt: skip
    nemes = [(2.2, 3.9), (3.5, 3.7), (3.55, 5.4), (3.7, 7.3), (3.0, 7.8), (2.0, 7.5), (1.3, 6.2), (1.1, 4.6)]
    parts += [convex([(x, s * y, z) for s in SIDES for (x, z), y in zip(nemes, (1.75, 1.75, 1.5, 0.8, 0.6,
        0.8,
        1.4, 1.7), strict=True)])]  # fmt: skip
    face = [(3.4, 5.2), (3.95, 5.15), (4.1, 5.6), (4.05, 5.85), (4.3, 6.05), (4.0, 6.45), (3.95, 7.2),
        (3.5, 7.3)]  # fmt: skip
    return [*parts, cut(face, 1.3), cut([(3.8, 5.2), (3.7, 4.3), (4.0, 4.3), (4.05, 5.2)], 0.4)]


def _watermill() -> list[Trimesh]:
    parts = [box(5, 4.2, 3.6, -1.5), rotated(gable(4.9, 5.8, 2.6, 3.5), np.pi / 2).apply_translation(
        (-1.5, 0, 0)), box(0.7, 0.7, 2.2, -3, 0.6, 5.0)]  # fmt: skip
    at, y = (2.7, 2.35), -1.2
    wheel = [*ring(2.15, 1.9, 0.9, 0), *ring(0.35, 0.01, 1.2, 0)]
    for k, t in enumerate(around(16)):
        wheel.append(rotated(box(0.55, 0.9, 0.12, 2.05, z=-0.06), -t, (0, 1, 0)))
        if k % 2:
            wheel.append(rotated(box(2.0, 0.3, 0.16, 1.0, z=-0.08), -t, (0, 1, 0)))
    parts += [moved(part, (at[0], y, at[1])) for part in wheel]
    parts += [rod((0, y, at[1]), (at[0], y, at[1]), 0.12), box(0.3, 0.5, 2.5, at[0], -0.4)]
    return [*parts, box(3.2, 0.9, 0.2, 4.1, y, 4.75), *(box(0.2, 0.2, 4.75, 5.4, y + 0.35 * s) for s
        in SIDES)]  # fmt: skip


def _observatory() -> list[Trimesh]:
    dots = creation.icosphere(subdivisions=4, radius=3.0).vertices
    halves = [[(x, y, max(z, 0) + 2.6) for x, y, z in dots if s * x > 0.6] for s in SIDES]
    rear = [(x, y, max(z, 0) + 2.6) for x, y, z in dots if y > 0.8 and z < 1.6]
    tele = [rod((0, 0.5, 3.4), (0, -2.9, 6.8), 0.36), rod((0, -2.6, 6.5), (0, -3.2, 7.1), 0.46)]
    return [
        *(convex(half) for half in halves), convex(rear), *tele, turned([(2.9, 0), (2.9, 2.2), (3.3, 2.3),
            (3.3, 2.7)]), box(1.3, 1.2, 1.8, 0, -3.0), box(8.4, 7.4, 0.3),
    ]  # fmt: skip


def _fire_escape() -> list[Trimesh]:
    parts = []
    for k, z in enumerate((2.6, 5.6, 8.6)):
        parts += [box(5, 1.1, 0.14, z=z), box(5, 0.09, 0.09, 0, -0.5, z + 1.0)]
        parts += [box(0.07, 0.07, 1.0, x, -0.5, z) for x in even(-2.46, 2.46, 11)]
        parts += [box(0.09, 1.0, 0.09, x, 0, z + 1.0) for x in (-2.46, 2.46)]
        parts += [rod((x, -0.4, z), (x, 0.5, z - 0.8), 0.06) for x in (-2.2, 2.2)]
        if k < 2:
            s = 1 - 2 * (k % 2)
            parts += [rod((-1.7 * s, y, z), (1.4 * s, y, z + 3.0), 0.1) for y in (-0.35, 0.2)]
            parts += [rod((-1.7 * s, -0.4, z + 0.9), (0.5 * s, -0.4, z + 3.0), 0.05)]
            parts += [box(0.36, 0.6, 0.07, (-1.7 + 3.1 * t) * s, -0.07, z + 3 * t) for t in even(0.08,
                0.95, 11)]  # fmt: skip
    parts += [rod((x, -0.4, 0.6), (x, -0.4, 3.4), 0.06) for x in (1.5, 2.1)]
    return [*parts, *(rod((1.5, -0.4, z), (2.1, -0.4, z), 0.045) for z in even(0.8, 2.4, 6))]


def _organ() -> list[Trimesh]:
    parts = [box(3.6, 1.1, 1.5, z=0), box(4.0, 1.2, 0.2, z=1.5), box(1.5, 0.9, 0.9, y=-0.8)]
    tops = [3.9, 3.6, 3.3, 3.1, 2.8, 2.6, 2.9, 3.4, 4.3, 3.4, 2.9, 2.6, 2.8, 3.1, 3.3, 3.6, 3.9]
    for x, top in zip(even(-1.8, 1.8, 17), tops, strict=True):
        parts += [turned([(0.02, 1.65), (0.085, 2.05), (0.085, top)], x)]
    parts += [box(3.8, 0.3, 0.12, z=2.15), box(0.5, 0.6, 0.06, y=-0.75, z=1.1), box(0.9, 0.36, 0.06,
        y=-1.7, z=0.55)]  # fmt: skip
    return [*parts, *(box(0.06, 0.3, 0.55, x, -1.7) for x in (-0.4, 0.4)), *(box(0.12, 0.3, high, x)
        for x, high in ((-1.95, 4.1), (1.95, 4.1)))]  # fmt: skip


def _ruins() -> list[Trimesh]:
    parts = [box(9 - 0.6 * k, 5 - 0.6 * k, 0.3, z=0.3 * k) for k in range(2)]

    def column(x: float, y: float, top: float, whole: bool = False) -> list[Trimesh]:
        shaft = [turned([(0.52, 0.6), (0.52, 0.8), (0.4, 0.85), (0.35, top - 0.35)], x, y)]
        crown = turned([(0.34, top - 0.4), (0.55, top - 0.1), (0.55, top)], x, y)
        return [*shaft, crown if whole else convex([(x + 0.36 * np.cos(t), y + 0.36 * np.sin(t), top - 0.4
            + (0.45 * np.cos(t + x) + 0.1 * np.cos(3 * t) if up else 0)) for t in around(12)
            for up in (0, 1)])]  # fmt: skip

    for x, top in ((-3.6, 5), (-1.9, 5), (-0.2, 3.6), (1.6, 2.1), (3.5, 4.4)):
        parts += column(x, -1.6, top, top == 5)
    parts += column(3.5, 1.6, 3.0) + column(-3.6, 1.6, 4.6)
    parts += [cut([(-4.2, 5.0), (-1.3, 5.0), (-1.0, 5.3), (-1.5, 5.65), (-2.1, 5.8), (-4.2, 5.8)], 0.9,
        y=-1.6)]  # fmt: skip
    return [*parts, rod((5.0, -2.2, 0.42), (6.3, -1.8, 0.42), 0.42), box(0.8, 0.7, 0.5, -5.3, -1.5)]


STRUCTURES: dict[str, Callable[[], list[Trimesh]]] = {
    # Ways and walls.
    "aqueduct": lambda: [
        *_arcade(5, 6.4, 2.5, 0, 5.4, 8.8, 3), *_arcade(10, 3.2, 1.15, 8.8, 10.8, 12.8, 2.4),
        box(33.6, 3.3, 0.4, z=8.6), box(34, 2.8, 1.1, z=12.7),
    ],
    "viaduct": lambda: [
        *_arcade(6, 9, 3.6, 0, 13, 18, 4), box(56, 5, 0.6, z=18), *(box(56, 0.4, 1.3, 0, y, 18)
        for y in (-2.3, 2.3)), *(box(2.6, 5, 1.2, 9 * (k - 3)) for k in range(7)),
    ],
    "fire escape": _fire_escape,
    "icicles": lambda: [
        box(2.0, 0.1, 0.09, z=1.0), *(turned([(0.006, 1.0 - long), (0.45 * wide, 1.0 - 0.4 * long), (wide,
            1.02)], x)
        for x, long, wide in zip(even(-0.95, 0.95, 15), (0.3, 0.55, 0.38, 0.8, 0.45, 0.95, 0.5, 0.7, 0.35,
            0.6,
        0.85, 0.4, 0.65, 0.3, 0.42), (0.04, 0.055, 0.05, 0.065, 0.05, 0.07, 0.055, 0.06, 0.045, 0.055,
            0.065, 0.05,
        0.06, 0.045, 0.05), strict=True)),
    ],
    # Grim things.
    "guillotine": lambda: [
        *(box(0.16, 0.2, 3.6, x) for x in (-0.42, 0.42)), box(1.2, 0.3, 0.2, z=3.5), box(1.5, 0.2, 0.16),
        *(box(0.16, 2.6, 0.16, x, 0.4) for x in (-0.42, 0.42)), *(rod((x, y, 0.1), (x, 0, 1.5), 0.06)
        for x in (-0.42, 0.42) for y in (-0.8, 1.2)), cut([(-0.36, 2.65), (0.36, 2.3), (0.36, 3.1), (-0.36,
            3.1)],
        0.06), *_holed(0, 0.75, 0.13, 0.76, 0.6, 0.12), box(0.4, 1.5, 0.08, 0, 0.85, 0.62),
        *(box(0.1, 0.1, 0.62, x, 1.5) for x in (-0.15, 0.15)), rod((0, 0, 3.1), (0, 0, 3.5), 0.03),
    ],
    "gallows": lambda: [
        box(3.2, 2.2, 0.16, z=1.5), *(moved(part, (0, 0, 0)) for part in legs(2.9, 1.9, 1.5, 0.16)),
        *(rod((-1.4 * s, y, 0.1), (1.4 * s, y, 1.5), 0.05) for s in SIDES for y in (-0.95, 0.95)),
        box(0.2, 0.2, 3.2, -1.1, z=1.6), box(2.6, 0.2, 0.2, -0.1, z=4.6), rod((-1.1, 0, 3.8), (-0.3, 0,
            4.65), 0.08),
        rod((0.7, 0, 3.7), (0.7, 0, 4.65), 0.045), rod((0.7, 0, 3.45), (0.7, 0, 3.85), 0.075),
        *(moved(part, (0.7, 0, 0)) for part in ring(0.24, 0.16, 0.06, 3.25)),
        *(box(0.3, 0.9, 0.1, 1.75 + 0.28 * k, 0, 1.3 - 0.28 * k) for k in range(5)),
        *(rod((1.6, 0.42 * s, 1.5), (3.05, 0.42 * s, 0), 0.07) for s in SIDES),
    ],
    "pillory": lambda: [
        box(1.6, 1.3, 0.2), *(box(0.16, 0.16, 1.75, x, z=0.2) for x in (-0.62, 0.62)), box(1.5, 0.2, 0.1,
            z=1.9),
        *_holed(0, 1.5, 0.11, 0.44, 0.5, 0.1), *(part for s in SIDES for part in _holed(0.37 * s, 1.5, 0.06,
            0.3, 0.5, 0.1)), *(rod((x, 0.5 * s, 0.15), (x, 0, 0.9), 0.05) for x in (-0.62, 0.62) for s
                in SIDES),
    ],
    # Towers.
    "electricity pylon": _pylon,
    "flagpole": lambda: [
        turned([(0.5, 0), (0.45, 0.15), (0.25, 0.3)]), handle(9.0, 0.09), ball(0.2, z=9.1),
        *(cut([(a, 8.8 - 0.12 * np.sin(2.2 * a)), (b, 8.8 - 0.12 * np.sin(2.2 * b)), (b, 6.9
            - 0.18 * np.sin(2.2 * b)), (a, 6.9 - 0.18 * np.sin(2.2 * a))], 0.06, 0, 0.25 * np.sin(2.2 * a))
            for a, b in pairwise(even(0.05, 3.2, 16))),
    ],
    "minaret": lambda: [
        box(3.6, 3.6, 5), turned([(2.0, 5), (1.5, 6.2), (1.45, 17), (1.7, 17.3), (2.4, 18.2), (2.4, 19.2),
            (2.3, 19.2), (2.3, 18.4), (1.2, 18.4), (1.15, 25), (1.4, 25.3), (1.9, 26), (1.9, 26.9), (1.8,
                26.9),
            (1.8, 26.2), (0.9, 26.2), (0.9, 29.5), (1.2, 29.6), (0.08, 36), (0.06, 36.8)]), ball(0.3, z=36.6),
        *(cut([(0.75 * np.sin(t), 37.8 - 0.75 * np.cos(t)), (0.75 * np.sin(u), 37.8 - 0.75 * np.cos(u)),
            (0.55 * np.sin(u), 38.0 - 0.6 * np.cos(u)), (0.55 * np.sin(t), 38.0 - 0.6 * np.cos(t))], 0.25)
            for t, u in pairwise(even(-2.5, 2.5, 17))),
    ],
    "skyscraper": lambda: [
        *(box(wide, deep, high) for wide, deep, high in ((60, 50, 30), (46, 40, 95), (36, 32, 250), (28,
            36, 240),
            (26, 24, 290), (18, 17, 312), (12, 12, 328))), turned([(4.5, 328), (4.5, 360), (3, 366), (2, 380),
            (1.2, 382), (0.8, 440)]),
    ],
    "oil derrick": lambda: [
        *_lattice([(3.0, 0), (2.5, 5), (2.0, 10), (1.5, 15), (1.0, 20), (0.65, 24)], 0.24), box(2.4, 2.4,
            0.4, z=24),
        *(rod((0.6 * s, 0, 24.3), (0, 0, 26), 0.16) for s in SIDES), box(7, 7, 0.8), box(4, 3.4, 2.4, 5),
        rotated(gable(3.8, 4.4, 1.2, 2.4), np.pi / 2).apply_translation((5, 0, 0)), rod((0, 0, 0), (0, 0,
            24), 0.14),
    ],
    "oil rig": _oil_rig,
    # Houses and sights.
    "fort": _fort,
    "watermill": _watermill,
    "observatory": _observatory,
    "stupa": lambda: [
        *(box(13 - 1.6 * k, 13 - 1.6 * k, 0.8, z=0.8 * k) for k in range(3)),
        turned([(4.4, 2.4), (4.4, 2.9), (4.1, 3.0), (4.3, 4.2), (3.9, 5.6), (3.0, 6.8), (1.6, 7.5), (0.5,
            7.7)]),
        box(2.2, 2.2, 1.3, z=7.5), box(2.7, 2.7, 0.3, z=8.8), *(turned([(1.0 - 0.085 * k, 9.1 + 0.42 * k),
        (0.8 - 0.07 * k, 9.4 + 0.42 * k), (0.7 - 0.06 * k, 9.52 + 0.42 * k)]) for k in range(9)),
        turned([(0.6, 12.9), (0.5, 13.1), (0.08, 13.3), (0.06, 14.2)]), ball(0.2, z=14.0),
    ],
    "volcano": lambda: [
        turned([(70, 0), (52, 6), (34, 19), (23, 32), (17, 42), (13, 42), (9, 38)]),
        *(ball(r, x, 0, z, 0.9) for x, z, r in ((0, 48, 5), (-3, 55, 6.5), (4, 60, 8), (-4, 68, 9.5), (6,
            74, 10.5),
            (-9, 77, 9), (15, 78, 8.5), (1, 82, 10))),
        *(ball(1.6, x, 0, z) for x, z in ((-17, 54), (-22, 48), (17, 53), (23, 47), (13, 61), (-13, 63))),
        *tube([(15, -3, 41), (21, -4, 35.5), (32, -6, 21.5), (45, -8, 11)], 1.8),
    ],
    "ruins": _ruins,
    "sphinx": _sphinx,
    # Play and shows.
    "ski gate": lambda: [
        *(rod((x, 0, 0), (x, 0, 1.9), 0.035) for x in (-0.42, 0.42)),
        box(0.9, 0.03, 0.6, z=1.05),
    ],
    "ski jump": lambda: [
        *(convex([(x, y, z - d) for x, z in pair for y in (-2.5, 2.5) for d in (0, 1.6)])
            for pair in pairwise([(-34, 46), (-26, 40), (-16, 30), (-6, 21.5), (2, 16.5), (8, 14.5),
                (13, 14)])),
        *(rod((x, y, 0), (x, y, z), 0.8) for x, z in ((-24, 37), (-12, 26), (0, 17)) for y in (-2, 2)),
        *(rod((a, -2, 0), (b, -2, z), 0.5) for a, b, z in ((-24, -12, 25), (-12, 0, 16), (-12, -24, 36),
            (0, -12, 25))),
        box(5, 6, 48, -36.5), box(9, 8, 5, -36, 0, 47), box(10, 9, 0.8, -36, 0, 52),
        *(convex([(x, y, z) for x, top in pair for y in (-4, 4) for z in (0, top)]) for pair in pairwise(
            [(4, 12.5), (13, 12), (20, 11), (30, 7), (40, 3), (50, 0.8), (62, 0.3)])),
    ],
    "jungle gym": _dome_gym,
    "playground": _playground,
    "pipe organ": _organ,
}  # fmt: skip
