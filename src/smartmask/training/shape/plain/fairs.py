"""Fairs, stages, sports, streets, tools, rockets as solids in metres; what has a front faces -y."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from trimesh import Trimesh, creation

from smartmask.training.shape.plain.forms import SIDES, around, convex, resized, side, tilted, tube
from smartmask.training.shape.plain.solids import (
    Outline,
    Point,
    ball,
    box,
    cut,
    handle,
    moved,
    oval,
    ring,
    rod,
    rotated,
    steps,
    turned,
)


def _balloon_arch() -> list[Trimesh]:
    parts = []
    for k, t in enumerate(np.linspace(0, np.pi, 19).tolist()):
        for j, reach in enumerate((1.21, 1.35, 1.49)):
            high = max(0.2, 0.1 + (reach + 0.55) * np.sin(t))
            radius = 0.2 + 0.03 * ((3 * k + j) % 3 - 1)
            parts.append(ball(radius, reach * np.cos(t), 0.16 * (j % 2) - 0.08, high))
    return parts


def _heart(size: float) -> Outline:
    """From its tip."""
    turns = np.linspace(np.pi, 3 * np.pi, 40, endpoint=False)
    z = 13 * np.cos(turns) - 5 * np.cos(2 * turns) - 2 * np.cos(3 * turns) - np.cos(4 * turns)
    return [(float(16 * np.sin(t) ** 3 * size / 32), float(up * size / 32))
        for t, up in zip(turns, z, strict=True)]  # fmt: skip


def _pony(by: float) -> list[Trimesh]:
    """A leaping horse on its pole, that looks to the right."""
    parts = [
        oval(0.95, 0.4, 3), [(0.25, 0.1), (0.45, -0.1), (0.68, 0.45), (0.5, 0.62)],
        [(0.5, 0.62), (0.62, 0.38), (0.9, 0.28), (0.94, 0.38), (0.66, 0.62)],
        [(-0.4, 0.15), (-0.45, 0.02), (-0.75, -0.2), (-0.62, 0.08)],
        [(0.3, 0), (0.45, 0), (0.8, -0.12), (0.72, -0.42), (0.62, -0.4), (0.66, -0.2), (0.3, -0.15)],
        [(0.2, -0.1), (0.4, -0.1), (0.52, -0.32), (0.4, -0.5), (0.36, -0.32)],
        [(-0.45, 0), (-0.2, -0.1), (-0.5, -0.32), (-0.7, -0.52), (-0.6, -0.3)],
        [(-0.4, -0.1), (-0.15, -0.1), (-0.28, -0.34), (-0.36, -0.58), (-0.4, -0.34)],
    ]  # fmt: skip
    return [cut(resized(part, by), 0.2 * by) for part in parts]


def _carousel() -> list[Trimesh]:
    parts = [turned([(2.8, 0), (2.8, 0.2)]), turned([(0.7, 0.2), (0.55, 3.3)]), handle(0.6, 0.08, 5.0)]
    parts += [turned([(3.0, 3.5), (3.1, 3.9), (1.2, 4.6), (0.1, 5.2)]), ball(0.2, z=5.6)]
    for turn in around(16):
        parts.append(ball(0.34, 2.8 * np.cos(turn), 2.8 * np.sin(turn), 3.55))
    for k, turn in enumerate(around(7, -1.57)):
        spot = (2.15 * np.cos(turn), 2.15 * np.sin(turn), 1.3 + 0.3 * (k % 2))
        parts += [moved(rotated(part, turn + np.pi / 2), spot) for part in _pony(0.95)]
        parts.append(rod((spot[0], spot[1], 0.3), (spot[0], spot[1], 3.6), 0.05))
    return parts


def _bouncy_castle() -> list[Trimesh]:
    parts = [
        box(4.0, 4.0, 0.6), *(ball(0.32, 2.0 * s, y, 0.32) for s in SIDES for y in np.linspace(-2, 2, 5)),
    ]  # fmt: skip
    for x in (-1.9, 1.9):
        for y in (-1.9, 1.9):
            parts += [turned([(0.42, 0), (0.46, 1.2), (0.42, 2.6)], x, y), ball(0.5, x, y, 2.65, 0.5)]
            parts.append(turned([(0.52, 2.75), (0.3, 3.3), (0.05, 4.0)], x, y))
    parts += [box(3.8, 0.4, 1.8, y=1.9, z=0.4), *(box(0.4, 3.8, 1.0, x, z=0.4) for x in (-1.9, 1.9))]
    parts += [turned([(0.32, 2.0), (0.28, 2.5)], x, 1.9) for x in (-1.0, 0, 1.0)]
    return [*parts, *(ball(0.26, x, -2.05, 0.3) for x in np.linspace(-1.2, 1.2, 5))]


def _totem_pole() -> list[Trimesh]:
    parts = [turned([(0.34, 0), (0.34, 0.1)]), turned([(0.26, 0.1), (0.26, 3.6)])]
    for z, wide in ((0.1, 0.33), (1.2, 0.31), (2.3, 0.3)):
        parts += [turned([(wide, z), (wide, z + 0.5)]), ball(wide + 0.06, z=z + 0.78, squash=0.9)]
    parts += [cut([(0.1 * s, 3.2), (0.1 * s, 2.75), (1.1 * s, 2.95), (1.25 * s, 3.4), (0.8 * s, 3.3)], 0.1)
        for s in SIDES]  # fmt: skip
    for z, reach in ((0.86, 0.62), (3.15, 0.8)):
        parts.append(rotated(cut([(0.2, z + 0.14), (reach, z - 0.12), (0.2, z - 0.14)], 0.18), -np.pi / 2))
    parts += [ball(0.3, z=3.3), *(cut([(0.1 * s, 3.4), (0.3 * s, 3.3), (0.3 * s, 3.85)], 0.12)
        for s in SIDES)]  # fmt: skip
    parts += [cut([(0.2 * s, 1.55), (0.2 * s, 1.35), (0.62 * s, 1.2), (0.62 * s, 1.4)], 0.2, y=-0.1)
        for s in SIDES]  # fmt: skip
    parts += [cut([(0.2 * s, 2.1), (0.42 * s, 2.05), (0.5 * s, 2.38), (0.3 * s, 2.3)], 0.12) for s in SIDES]
    return parts


def _fruit_stand() -> list[Trimesh]:
    parts = [box(0.07, 0.07, 2.1, x, y) for x in (-0.95, 0.95) for y in (-0.1, 0.45)]
    parts += [rod((-1.1, -0.3, 2.0), (1.1, -0.3, 2.0), 0.05), box(2.1, 0.6, 0.08, y=0.15, z=0.3)]
    parts.append(rotated(cut([(0.6, 2.35), (-0.45, 2.0), (-0.45, 1.9), (0.6, 2.2)], 2.4), np.pi / 2))
    for k, (y, z) in enumerate(((-0.45, 0.5), (-0.05, 0.8), (0.35, 1.1))):
        parts += [box(1.9, 0.4, 0.2, 0, y, z - 0.15), *(box(0.07, 0.07, z, x, y) for x in (-0.85, 0.85))]
        parts += [ball(0.1 - 0.015 * (k % 2), x + 0.05 * row, y - 0.08 + 0.13 * row, z + 0.08 + 0.05 * row)
            for x in np.linspace(-0.85, 0.8, 9).tolist() for row in range(2)]  # fmt: skip
    return parts


def _water_slide() -> list[Trimesh]:
    path = [(1.5 * np.cos(t) + 1.5, 1.5 * np.sin(t), 4.4 - 0.36 * t)
        for t in np.linspace(np.pi, 4.5 * np.pi, 44)]  # fmt: skip
    path = [(x, y, z - 0.36 * -np.pi) for x, y, z in path]
    end = path[-1]
    path += [(end[0] + 0.7, end[1], end[2] - 0.1), (end[0] + 2.0, end[1], end[2] - 0.25)]
    parts = tube(path, 0.3)
    parts += [box(1.5, 1.5, 0.15, -0.9, 0, path[0][2] - 0.3)]
    parts += [box(0.12, 0.12, path[0][2] + 0.6, x, y) for x in (-1.6, -0.25) for y in (-0.7, 0.7)]
    parts += [box(1.5, 0.07, 0.07, -0.9, y, path[0][2] + 0.55) for y in (-0.7, 0.7)]
    parts += [rod((1.5, 0, 0), (1.5, 0, path[0][2] + 0.2), 0.14)]
    parts += [rod((-3.2, y, 0), (-1.6, y, path[0][2] - 0.2), 0.07) for y in (-0.4, 0.4)]
    rungs = np.linspace(0.1, 0.95, 9).tolist()
    return [*parts, *(box(0.12, 0.8, 0.08, -3.2 + 1.6 * k, 0, (path[0][2] - 0.2) * k) for k in rungs)]


def _cell_tower() -> list[Trimesh]:
    def at(k: int, z: float) -> Point:
        wide = 2.6 - 2.0 * z / 30
        return (wide * (1, -1, -1, 1)[k % 4], wide * (1, 1, -1, -1)[k % 4], z)

    levels = [0, 6, 11.5, 16.5, 21, 25.5, 30]
    parts = [rod(at(k, 0), at(k, 30), 0.24) for k in range(4)]
    for low, high in pairwise(levels):
        parts += [rod(at(k, low), at(k + 1, high), 0.16) for k in range(4)]
        parts += [rod(at(k + 1, low), at(k, high), 0.16) for k in range(4)]
        parts += [rod(at(k, high), at(k + 1, high), 0.16) for k in range(4)]
    for z in (27.5, 31.0):
        for turn in around(3, 0.5):
            parts.append(rod((0, 0, z), (2.3 * np.cos(turn), 2.3 * np.sin(turn), z), 0.18))
            parts += [box(0.6, 0.6, 2.6, 2.4 * np.cos(turn) + s * np.sin(turn),
                2.4 * np.sin(turn) - s * np.cos(turn), z - 1.3) for s in SIDES]  # fmt: skip
    drums = [moved(rotated(creation.cylinder(1.0, 0.7), np.pi / 2, (1, 0, 0)), (x, y, z)) for x, y,
        z in ((0.9, -1.5, 22.5), (-1.4, -1.6, 19.0))]  # fmt: skip
    return [*parts, *drums, rod((0, 0, 28), (0, 0, 37), 0.22)]


def _bandstand() -> list[Trimesh]:
    parts = [turned([(2.6, 0), (2.6, 0.6)]), turned([(3.0, 3.3), (2.9, 3.45), (1.6, 4.3), (0.5, 4.75)])]
    parts += [turned([(0.5, 4.7), (0.5, 5.1), (0.7, 5.1), (0.4, 5.5), (0.05, 5.8)]), handle(0.7, 0.06, 5.7)]
    corners = [(2.4 * np.cos(t), 2.4 * np.sin(t)) for t in around(8, 0.39)]
    parts += [rod((x, y, 0.5), (x, y, 3.4), 0.09) for x, y in corners]
    for k in range(8):
        (a, b), (c, d) = corners[k], corners[(k + 1) % 8]
        if k != 5:
            parts += [rod((a, b, 1.4), (c, d, 1.4), 0.06)]
            parts += [rod((a + (c - a) * t, b + (d - b) * t, 0.6), (a + (c - a) * t, b + (d - b) * t, 1.4),
                0.035) for t in (0.2, 0.4, 0.6, 0.8)]  # fmt: skip
        parts.append(rod((a, b, 2.9), (0.75 * a + 0.25 * c, 0.75 * b + 0.25 * d, 3.35), 0.06))
        parts.append(rod((c, d, 2.9), (0.25 * a + 0.75 * c, 0.25 * b + 0.75 * d, 3.35), 0.06))
    return [*parts, *(moved(part, (0, -2.5, 0)) for part in steps(3, 1.3, 0.3, 0.2))]


FAIRS: dict[str, Callable[[], list[Trimesh]]] = {
    # Fairs and stages.
    "carousel": _carousel,
    "bouncy castle": _bouncy_castle,
    "water slide": _water_slide,
    "bandstand": _bandstand,
    "maypole": lambda: [
        handle(4.0, 0.07), turned([(0.3, 0), (0.2, 0.15)]), moved(creation.torus(0.4, 0.09), (0, 0, 3.75)),
        ball(0.16, z=4.1),
        *(rod((-0.4 * a, -0.4 * b, 3.75), (0.4 * a, 0.4 * b, 3.75), 0.04) for a, b in ((1, 0), (0, 1))),
        *(part for t in around(8, 0.2) for part in tube([(r * np.cos(t), r * np.sin(t), z)
            for r, z in ((0.4, 3.75), (0.75, 2.5), (1.25, 1.4), (2.0, 0.4))], 0.035)),
    ],
    "balloon arch": _balloon_arch,
    "heart shaped balloon": lambda: [
        *(cut(_heart(0.45 * by), deep, z=1.0) for by, deep in ((1, 0.05), (0.95, 0.11), (0.84, 0.17),
            (0.66, 0.21), (0.4, 0.235))),
        cut([(0, 0.78), (-0.025, 0.73), (0.025, 0.73)], 0.03),
        *tube([(0, 0, 0.75), (0.02, 0, 0.55), (-0.025, 0, 0.35), (0.02, 0, 0.15), (0, 0, 0)], 0.008),
    ],
    "stage spotlight": lambda: [
        tilted(turned([(0.09, -0.28), (0.13, -0.22), (0.13, 0.0), (0.15, 0.02), (0.15, 0.22)]), 2.2,
            (0, 0, 0.32)),
        *(part for s in SIDES for part in tube([(0, 0.19 * s, 0.32), (0, 0.19 * s, 0.6), (0, 0, 0.62)],
            0.02)),
        rod((0, -0.2, 0.32), (0, 0.2, 0.32), 0.03), rod((0, 0, 0.6), (0, 0, 0.72), 0.03),
        *ring(0.065, 0.035, 0.06, 0.76),
        *(tilted(rotated(moved(rotated(cut([(-0.11, 0), (0.11, 0), (0.16, 0.2), (-0.16, 0.2)], 0.015), -0.35,
            (1, 0, 0)), (0, 0.15, 0.22)), t), 2.2, (0, 0, 0.32)) for t in around(4)),
    ],
    "totem pole": _totem_pole,
    "sarcophagus": lambda: [
        box(0.74, 0.5, 0.12),
        cut([(0, 0.1), (0.27, 0.1), (0.27, 0.3), (0.22, 0.42), (0.43, 1.3), (0.43, 1.43), (0.34, 1.52),
            (-0.34, 1.52), (-0.43, 1.43), (-0.43, 1.3), (-0.22, 0.42), (-0.27, 0.3), (-0.27, 0.1)], 0.3),
        cut([(0, 1.45), (0.16, 1.45), (0.29, 1.62), (0.2, 1.86), (0.12, 1.95), (-0.12, 1.95), (-0.2, 1.86),
            (-0.29, 1.62), (-0.16, 1.45)], 0.26),
        *(cut([(0.12 * s, 1.3), (0.22 * s, 1.28), (0.27 * s, 1.66), (0.12 * s, 1.7)], 0.4) for s in SIDES),
        ball(0.15, y=-0.08, z=1.74),
        side([(-0.1, 0.1), (-0.33, 0.1), (-0.35, 0.34), (-0.26, 0.38), (-0.12, 0.34)], 0.5),
        rod((0, -0.17, 1.62), (0, -0.24, 1.44), 0.03),
        *(part for s in SIDES for part in tube([(0.36 * s, -0.15, 1.3), (0.1 * s, -0.22, 1.14),
            (-0.12 * s, -0.22, 1.22)], 0.055)),
    ],
    # Sports and play.
    "basketball hoop": lambda: [
        box(1.0, 1.2, 0.2, y=0.9), box(0.16, 0.16, 2.9, y=0.8), rod((0, 0.8, 2.7), (0, 0, 3.35), 0.08),
        rod((0, 0.8, 2.9), (0, 0, 3.6), 0.05), box(1.8, 0.05, 1.05, z=2.9),
        moved(creation.torus(0.23, 0.025), (0, -0.3, 3.05)), box(0.12, 0.12, 0.05, y=-0.06, z=3.02),
        *(rod((0.23 * np.cos(t), -0.3 + 0.23 * np.sin(t), 3.05), (0.13 * np.cos(t + s), -0.3
            + 0.13 * np.sin(t + s), 2.62), 0.012) for t in around(8) for s in (0.5, -0.5)),
    ],
    "volleyball net": lambda: [
        *(rod((x, 0, 0), (x, 0, 2.6), 0.08) for x in (-3.8, 3.8)),
        *(turned([(0.3, 0), (0.25, 0.1)], x) for x in (-3.8, 3.8)),
        *(box(7.6, 0.05, h, z=z) for h, z in ((0.15, 2.32), (0.1, 1.35))),
        *(box(0.05, 0.03, 1.0, x, 0, 1.4) for x in np.linspace(-3.5, 3.5, 21)),
        *(box(7.4, 0.03, 0.05, z=z) for z in (1.67, 1.99)),
    ],
    "cricket wicket": lambda: [
        *(turned([(0.019, 0), (0.019, 0.68), (0.015, 0.71)], x) for x in (-0.1, 0, 0.1)),
        *(bail for x in (-0.052, 0.052) for bail in (rod((x - 0.055, 0, 0.72), (x + 0.055, 0, 0.72), 0.01),
            ball(0.014, x, 0, 0.72))),
    ],
    "rugby posts": lambda: [
        *(rod((2.8 * s, 0, 0), (2.8 * s, 0, 9.0), 0.13) for s in SIDES),
        rod((-2.8, 0, 3.0), (2.8, 0, 3.0), 0.13),
        *(turned([(0.32, 0), (0.32, 1.8)], 2.8 * s) for s in SIDES),
    ],
    "monkey bars": lambda: [
        *(rod((x, y, 0), (0.94 * x, 0.8 * y, 2.2), 0.055) for x in (-1.6, 1.6) for y in (-0.8, 0.8)),
        *(rod((-1.5, y, 2.2), (1.5, y, 2.2), 0.055) for y in (-0.64, 0.64)),
        *(rod((x, -0.64, 2.2), (x, 0.64, 2.2), 0.04) for x in np.linspace(-1.35, 1.35, 8)),
        *(rod((x * k, -0.72, z), (x * k, 0.72, z), 0.04) for x in (-1.6, 1.6) for k, z in ((0.99, 0.45),
            (0.975, 0.9), (0.96, 1.35))),
    ],
    # Streets and shops.
    "turnstile": lambda: [
        box(0.24, 0.34, 0.9, -0.15), cut(oval(0.3, 0.16, 4), 0.42, -0.15, 0, 0.92),
        box(0.34, 0.46, 0.06, -0.15), rod((-0.1, 0, 0.82), (0.04, 0, 0.8), 0.09),
        *(rod((0.02, 0, 0.82), (0.02 + 0.55 * a, 0.55 * b, 0.82 + 0.55 * c), 0.026) for a, b,
            c in ((1, 0, 0.03), (0.35, 0.6, -0.72), (0.35, -0.6, -0.72))),
        *tube([(0.8, -0.25, 0), (0.8, -0.25, 0.88), (0.8, -0.17, 0.95), (0.8, 0.17, 0.95), (0.8, 0.25, 0.88),
            (0.8, 0.25, 0)], 0.03),
        rod((0.8, -0.25, 0.5), (0.8, 0.25, 0.5), 0.025),
    ],
    "wooden signpost": lambda: [
        box(0.13, 0.13, 2.5),
        *(moved(rotated(cut([(-0.15 * s, 0), (-0.15 * s, 0.26), (0.75 * s, 0.26), (0.95 * s, 0.13),
            (0.75 * s, 0)], 0.05), turn), (0, -0.08, z)) for s, turn, z in ((1, 0.15, 2.05),
            (-1, -0.25, 1.72), (1, -0.3, 1.39), (-1, 0.2, 1.06))),
    ],
    "cell tower": _cell_tower,
    "bus stop sign": lambda: [
        handle(2.7, 0.045), box(0.55, 0.05, 0.55, 0.28, 0, 2.15), box(0.38, 0.05, 0.55, 0.2, 0, 1.05),
        turned([(0.17, 0), (0.15, 0.06)]),
    ],
    "parking barrier": lambda: [
        box(0.36, 0.36, 1.0), cut(oval(0.42, 0.16, 4), 0.42, 0, 0, 1.0), box(0.6, 0.55, 0.08),
        cut(oval(0.34, 0.34), 0.12, 0, -0.24, 0.86),
        *(moved(rotated(part, -0.6, (0, 1, 0)), (0, -0.26, 0.86))
            for part in (box(3.1, 0.07, 0.15, 1.4, z=-0.07), box(0.34, 0.14, 0.3, -0.42, z=-0.15),
            box(0.4, 0.08, 0.2, -0.1, z=-0.1), cut(oval(0.24, 0.24), 0.06, 2.95))),
    ],
    "fruit stand": _fruit_stand,
    "shop awning": lambda: [
        side([(0.5, 0.95), (-0.55, 0.35), (-0.55, 0.28), (0.5, 0.2)], 2.6),
        box(2.8, 0.12, 0.12, y=0.5, z=0.92),
        *(lobe for x in np.linspace(-1.17, 1.17, 10).tolist()
            for lobe in (box(0.22, 0.04, 0.2, x, -0.55, 0.14), cut(oval(0.24, 0.26), 0.04, x, -0.55, 0.14))),
    ],
    # In the air.
    "space rocket": lambda: [
        turned([(0.55, 0.9), (0.95, 1.8), (1.15, 3.5), (1.1, 5.0), (0.85, 6.5), (0.45, 7.7), (0.02, 8.6)]),
        turned([(0.75, 0.45), (0.5, 0.95)]),
        *(rotated(cut([(0.8, 2.9), (0.75, 1.4), (1.55, 0.9), (1.75, 0.0), (2.1, 0.0), (2.15, 1.2),
            (1.8, 2.1)], 0.16), t) for t in around(4, 0.5)),
    ],
    "ufo": lambda: [
        turned([(1.0, 0.9), (2.6, 1.25), (4.0, 1.75), (4.05, 1.85), (2.8, 2.2), (1.6, 2.45)]),
        turned([(1.55, 2.4), (1.45, 2.9), (1.0, 3.4), (0.4, 3.65), (0.05, 3.7)]), handle(0.5, 0.06, 3.6),
        ball(0.16, z=4.15), *(ball(0.25, 3.0 * np.cos(t), 3.0 * np.sin(t), 1.3) for t in around(8, 0.2)),
        *(part for t in around(3, 0.4) for part in (rod((1.4 * np.cos(t), 1.4 * np.sin(t), 1.0),
            (2.1 * np.cos(t), 2.1 * np.sin(t), 0), 0.1), turned([(0.35, 0), (0.2, 0.14)], 2.1 * np.cos(t),
            2.1 * np.sin(t)))),
    ],
    # Tools.
    "anvil": lambda: [
        cut([(0, 0), (0.17, 0), (0.17, 0.05), (0.11, 0.08), (0.08, 0.16), (0.12, 0.21), (-0.12, 0.21),
            (-0.08, 0.16), (-0.11, 0.08), (-0.17, 0.05), (-0.17, 0)], 0.14),
        box(0.36, 0.14, 0.09, 0.05, 0, 0.21), cut([(0, 0.2), (0.24, 0.24), (0.24, 0.3), (0, 0.3)], 0.13),
        convex([(-0.1, y, z) for y in (-0.06, 0.06) for z in (0.19, 0.28)] + [(-0.22, y, z)
            for y in (-0.04, 0.04) for z in (0.225, 0.285)] + [(-0.36, 0, 0.285), (-0.36, 0, 0.27)]),
    ],
    "sledgehammer": lambda: [
        handle(0.85, 0.02), turned([(0.026, 0), (0.022, 0.1)]),
        cut([(-0.1, -0.05), (0.1, -0.05), (0.115, -0.035), (0.115, 0.035), (0.1, 0.05), (-0.1, 0.05),
            (-0.115, 0.035), (-0.115, -0.035)], 0.09, 0, 0, 0.83),
    ],
    "blowtorch": lambda: [
        turned([(0.05, 0), (0.055, 0.01), (0.055, 0.18), (0.035, 0.225), (0.02, 0.235), (0.02, 0.26)]),
        turned([(0.03, 0.25), (0.03, 0.31)]), box(0.05, 0.04, 0.06, -0.03, 0, 0.25),
        *tube([(0, 0, 0.3), (0.02, 0, 0.36), (0.08, 0, 0.4), (0.14, 0, 0.4)], 0.011),
        tilted(turned([(0.013, 0), (0.02, 0.02), (0.02, 0.09)]), np.pi / 2, (0.12, 0, 0.4)),
        rod((-0.04, 0, 0.28), (-0.09, 0, 0.28), 0.018),
        cut([(0.03, 0.29), (0.07, 0.26), (0.06, 0.31), (0.03, 0.33)], 0.015),
        cut([(0.21, 0.4), (0.24, 0.425), (0.34, 0.4), (0.24, 0.375)], 0.02),
    ],
    "hedge trimmer": lambda: [
        cut([(-0.35, 0.06), (-0.08, 0.04), (0, 0.08), (0, 0.17), (-0.12, 0.22), (-0.2, 0.2)], 0.12),
        *tube([(-0.2, 0, 0.2), (-0.33, 0, 0.25), (-0.48, 0, 0.2), (-0.5, 0, 0.1), (-0.3, 0, 0.07)], 0.024),
        *tube([(-0.06, -0.09, 0.12), (-0.06, -0.09, 0.32), (-0.06, 0.09, 0.32), (-0.06, 0.09, 0.12)], 0.018),
        rod((-0.06, -0.09, 0.31), (-0.16, 0, 0.18), 0.018), box(0.57, 0.02, 0.035, 0.27, 0, 0.085),
        side([(-0.1, 0.02), (0.1, 0.02), (0.12, 0.26), (-0.12, 0.26)], 0.015, 0.02),
        *(cut([(x - 0.022, 0.09), (x - 0.012, 0.045), (x + 0.012, 0.045), (x + 0.022, 0.09)], 0.02)
            for x in np.linspace(0.07, 0.53, 8)),
        *(cut([(x - 0.022, 0.115), (x - 0.012, 0.16), (x + 0.012, 0.16), (x + 0.022, 0.115)], 0.02)
            for x in np.linspace(0.07, 0.53, 8)),
    ],
}  # fmt: skip
