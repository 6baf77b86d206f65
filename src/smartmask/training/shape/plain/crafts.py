"""Boats, aircraft, spacecraft and things of the sky as solids in metres; what moves goes along x."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from trimesh import Trimesh, creation

from smartmask.training.shape.plain.forms import SIDES, around, axle, convex, even, tube
from smartmask.training.shape.plain.solids import (
    Outline,
    ball,
    box,
    cut,
    handle,
    moved,
    oval,
    ring,
    rod,
    rotated,
    turned,
)


def _both(outline: Outline, half: float) -> Trimesh:
    """What spans the outlines of (x, z) at both sides."""
    return convex([(x, half * s, z) for x, z in outline for s in SIDES])


def _launch_pad() -> list[Trimesh]:
    parts = [box(34, 22, 3, 3), box(16, 12, 3, 8, 0, 3), *(box(3, 2.4, 3, x, y, 3) for x in (-6,) for y
        in (0,))]  # fmt: skip
    parts += [turned([(2.6, 8), (2.6, 42), (2.9, 43), (2.9, 52), (1.4, 58), (0.05, 61)], 8), turned([(1.6, 6),
        (1.1, 8.2)], 8)]  # fmt: skip
    for s in SIDES:
        parts += [turned([(1.8, 6), (1.3, 8), (1.5, 8), (1.5, 32), (0.05, 37)], 8 + 4.4 * s), box(1.2, 0.8,
            1, 8
            + 2.8 * s, 0, 12), box(1.2, 0.8, 1, 8 + 2.8 * s, 0, 29)]  # fmt: skip
    corners = [(-7 + 2.6 * x, 2.6 * y) for x, y in ((1, 1), (-1, 1), (-1, -1), (1, -1))]
    parts += [rod((x, y, 3), (x, y, 60), 0.55) for x, y in corners]
    for low in range(3, 60, 8):
        for k in range(4):
            (a, b), (c, d) = corners[k], corners[(k + 1) % 4]
            parts += [rod((a, b, low), (c, d, low + 8 if low < 59 else 60), 0.4), rod((a, b, low), (c, d,
                low), 0.4)]  # fmt: skip
    parts += [box(9, 1.4, 1.5, -0.5, 0, z) for z in (24, 36, 48)] + [rod((-7, 0, 60), (-7, 0, 72), 0.4)]
    return [*parts, box(7, 7, 1, -7, 0, 60), rod((-10, 0, 63), (2, 0, 63), 0.5), rod((-7, 0, 66), (2, 0,
        63), 0.35)]  # fmt: skip


def _station() -> list[Trimesh]:
    parts = [box(50, 1.8, 1.8, z=12), *(axle([(0.6, -1), (2, -0.2), (2, 6), (0.7, 7)], x, 0, z)
        for x, z in ((-7, 9.6), (0.5, 9.6)))]  # fmt: skip
    parts += [turned([(0.8, 0), (1.9, 0.8), (1.9, 6), (1.0, 7)], 0, 0, 2.8), turned([(1.0, 0), (1.8, 0.6),
        (1.8, 4),
        (0.6, 5)], 3, 0, 14)]  # fmt: skip
    parts += [rod((0, y, 9.6), (0, 3 * y, 9.6), 1.6) for y in (-3, 3)]
    for x in (-23, -15.5, 15.5, 23):
        parts += [rod((x, 0, 1), (x, 0, 25), 0.4), *(box(4.6, 0.3, 9.6, x, 0, z) for z in (0.6, 15.6))]
    return [*parts, *(box(2.6, 0.3, 6, x, 0.5, 4.5) for x in (-9.5, 9.5)), rod((-9.5, 0.5, 10), (-9.5, 0.5,
        13), 0.3),
        rod((9.5, 0.5, 10), (9.5, 0.5, 13), 0.3)]  # fmt: skip


def _lander() -> list[Trimesh]:
    parts = [turned([(2.0, 1.6), (2.0, 3.1)]), turned([(0.9, 0.75), (0.5, 1.6)])]
    for t in around(4, np.pi / 4):
        x, y = float(np.cos(t)), float(np.sin(t))
        parts += [rod((1.9 * x, 1.9 * y, 2.9), (4.2 * x, 4.2 * y, 0.2), 0.13), turned([(0.5, 0), (0.55, 0.2)],
            4.2 * x, 4.2 * y)]  # fmt: skip
        parts += [rod((2.0 * np.cos(t + k), 2.0 * np.sin(t + k), 1.7), (3.2 * x, 3.2 * y, 1.3), 0.08)
            for k in (-0.4, 0.4)]  # fmt: skip
    parts += [convex([(x * a, y, z) for a in SIDES for x, y, z in ((1.1, -1.6, 3.6), (1.5, -1.2, 5.0),
        (0.8, -1.3, 5.6),
        (1.1, 1.4, 3.5), (1.4, 1.2, 5.1), (0.7, 0.9, 5.8))])]  # fmt: skip
    parts += [ball(0.75, 1.5, 0.3, 4.1), ball(0.75, -1.5, 0.3, 4.1), turned([(0.5, 5.7), (0.5, 6.1), (0.35,
        6.2)])]  # fmt: skip
    parts += [box(0.36, 0.36, 0.36, 1.75 * x, 1.2 * y, 4.7) for x in SIDES for y in SIDES]
    parts += [rod((0.9, 0, 5.6), (1.5, 0, 6.4), 0.06), moved(rotated(turned([(0.06, 0), (0.36, 0.12), (0.5,
        0.3)]), 0.9,
        (0, 1, 0)), (1.5, 0, 6.4)), rod((-0.8, 0.4, 5.6), (-0.8, 0.4, 7.0), 0.05)]  # fmt: skip
    return [*parts, *(box(0.16, 0.06, 2.4, x, -2.2, 0.8) for x in (-0.3, 0.3))]


def _snowflake() -> list[Trimesh]:
    parts = []
    for t in around(6, np.pi / 2):
        c, s = float(np.cos(t)), float(np.sin(t))
        parts.append(rod((0, 0, 0.5), (0.48 * c, 0, 0.5 + 0.48 * s), 0.024))
        for at, long in ((0.15, 0.1), (0.27, 0.16), (0.39, 0.1)):
            parts += [rod((at * c, 0, 0.5 + at * s), (at * c + long * np.cos(t + turn), 0, 0.5 + at * s
                + long * np.sin(t + turn)), 0.018) for turn in (-0.95, 0.95)]  # fmt: skip
    return parts


def _fireworks() -> list[Trimesh]:
    parts = []
    for x, z, r, n in ((-9, 20, 8, 18), (8, 27, 10, 22), (5, 11, 5.5, 16)):
        for k, t in enumerate(around(n, x)):
            for wave, by in ((0, 1.0), (0.5, 0.66)):
                y = float(r * by * 0.5 * np.sin(2.4 * k + wave))
                a, b = (float(r * by * f(t + wave * 6.28 / n)) for f in (np.cos, np.sin))
                parts += [rod((x + 0.3 * a, 0.3 * y, z + 0.3 * b), (x + a, y, z + b), 0.13), ball(0.3, x
                    + a, y, z + b)]  # fmt: skip
    return [*parts, *tube([(5.5, 0, 0), (5.6, 0, 4), (5.1, 0, 10)], 0.14), *tube([(-6, 0, 0), (-6.8, 0,
        7), (-9, 0, 19)],
        0.14)]  # fmt: skip


def _paraglider() -> list[Trimesh]:
    turns = even(-1.05, 1.05, 15)
    rim = [(4.6 * np.sin(t), 2.6 + 4.0 * np.cos(t), 1.0 - 0.45 * (t / 1.05) ** 4) for t in turns]
    parts = [convex([(x, y, z + up) for x, z, deep in pair for y, up in ((-0.9 * deep, 0), (-0.8 * deep, 0.3),
        (0, 0.34), (1.3 * deep, 0.0))]) for pair in pairwise(rim)]  # fmt: skip
    parts += [rod((x, y, z), (0.3 * np.sign(x), 0, 1.5), 0.022) for x, z, deep in rim[::2] for y
        in (-0.6 * deep, 0.7 * deep)]  # fmt: skip
    parts += [ball(0.16, 0, -0.02, 1.75), convex([(0.22 * s, y, z) for s in SIDES for y, z in ((0.2, 1.5),
        (0.3, 0.9),
        (-0.1, 0.8), (-0.05, 1.5))]), *(rod((0.12 * s, 0, 0.9), (0.15 * s, -0.6, 0.85), 0.1) for s
            in SIDES)]  # fmt: skip
    parts += [rod((0.15 * s, -0.6, 0.85), (0.16 * s, -0.75, 0.35), 0.08) for s in SIDES]
    return [*parts, *(part for s in SIDES for part in tube([(0.2 * s, 0, 1.5), (0.45 * s, -0.1, 1.6),
        (0.36 * s, 0, 2.0)],
        0.06))]  # fmt: skip


CRAFTS: dict[str, Callable[[], list[Trimesh]]] = {
    # On the water.
    "airboat": lambda: [
        _both([(-2.2, 0), (1.6, 0), (2.6, 0.45), (2.6, 0.55), (-2.3, 0.5)], 1.1), *(moved(rotated(part,
            np.pi / 2),
        (-1.5, 0, 0)) for part in ring(1.0, 0.9, 0.5, 1.75)), *(moved(rotated(part, np.pi / 2), (-1.5, 0,
            0)) for part in
        ring(0.5, 0.44, 0.5, 1.75)), *(rod((-1.7, 0, 1.75), (-1.7, 0.95 * np.cos(t), 1.75
            + 0.95 * np.sin(t)), 0.05)
        for t in around(4, 0.6)), box(0.9, 0.5, 0.5, -1.1, 0, 1.5), *(rod((x, 0.4 * s, 0.5), (-1.2,
            0.3 * s, 1.6), 0.05)
        for x in (-1.8, -0.5) for s in SIDES), *(cut([(-1.9, 0.9), (-2.5, 0.9), (-2.5, 2.6), (-1.9, 2.6)],
            0.06, y=y)
        for y in (-0.4, 0.4)), box(0.6, 0.7, 0.12, 0.0, 0, 1.35), cut([(-0.3, 1.4), (-0.15, 1.4), (-0.35,
            2.1),
        (-0.48, 2.1)], 0.7), *(rod((x, 0.3 * s, 0.5), (x, 0.3 * s, 1.4), 0.04) for x in (-0.25, 0.28)
            for s in SIDES),
        box(0.5, 1.2, 0.1, 1.0, 0, 0.85), box(0.1, 1.2, 0.5, 0.75, 0, 0.9), box(0.4, 0.8, 0.3, 1.0, 0, 0.5),
    ],
    "outrigger canoe": lambda: [
        *(convex([(x, 0.28 * w * s, z) for x, w, z in ((a, u, 0.05 + 0.1 * (1 - u)), (a, u, 0.55
            + 0.6 * (1 - u) ** 2),
        (b, v, 0.05 + 0.1 * (1 - v)), (b, v, 0.55 + 0.6 * (1 - v) ** 2)) for s in SIDES]) for (a, u), (b,
            v) in
        pairwise([(3.4 * t, 1.02 - abs(t) ** 2.5) for t in even(-1, 1, 21)])), *(part for x in (-1.1, 1.1)
        for part in tube([(x, 0.3, 0.6), (x, -1.0, 0.8), (x, -1.9, 0.7), (x, -2.1, 0.2)], 0.06)),
        *tube([(-2.0, -2.1, 0.15), (1.6, -2.1, 0.15), (2.2, -2.1, 0.35)], 0.14), rod((0.3, 0, 0.1), (0.3,
            0, 3.4), 0.06),
        cut([(0.4, 0.9), (2.4, 2.6), (1.2, 3.5), (0.1, 3.6)], 0.05, y=-0.08),
    ],
    "windsurf board": lambda: [
        convex([(1.3 * np.cos(t), 0.36 * np.sin(t), z + 0.12 * max(0.0, np.cos(t)) ** 4) for t in around(28)
        for z in (0, 0.1)]), rod((0.1, 0, 0.08), (-0.3, 0, 4.4), 0.045), cut([(0.08, 0.35), (-1.9, 1.05),
            (-2.15, 1.6),
        (-1.75, 2.6), (-1.0, 3.7), (-0.42, 4.4), (-0.26, 4.4)], 0.06), *tube([(0.05, 0, 1.35), (-0.5,
            -0.28, 1.4),
        (-1.5, -0.22, 1.45), (-2.15, 0, 1.5)], 0.035), cut([(-1.1, 0.05), (-0.9, 0.05), (-1.2, -0.3),
            (-1.3, -0.25)], 0.04),
    ],
    "tugboat": lambda: [
        convex([(x, y * s, z) for s in SIDES for x, y, z in ((-5.2, 1.2, 0), (4.0, 0.5, 0), (5.6, 0.1,
            2.7), (3.6, 1.7, 2.2),
        (-5.4, 1.6, 1.5))]), cut([(3, 1.8), (5.8, 2.7), (5.9, 3.0), (3.0, 2.4), (-5.5, 1.7), (-5.5, 1.4)],
            2.4),
        *(cut(oval(0.7, 0.7), 0.25, x, -1.7 + 0.05 * abs(x), 1.4) for x in (-4, -2.4, -0.8, 0.8, 2.4)),
        box(4.4, 2.3, 1.5, -0.1, 0, 1.9), box(2.0, 2.0, 0.35, 0.9, 0, 3.4), box(2.4, 2.3, 0.2, 0.9, 0, 4.9),
        *(box(0.2, 0.2, 1.2, x, y, 3.7) for x in (0.05, 0.9, 1.75) for y in (-0.9, 0.9)), turned([(0.6,
            3.3), (0.55, 5.2),
        (0.65, 5.2), (0.65, 5.5)], -1.3), rod((0.6, 0, 5.0), (0.6, 0, 7.4), 0.09), rod((0.6, -0.7, 6.4),
            (0.6, 0.7, 6.4),
        0.07), rod((-3.4, 0, 1.5), (-3.4, 0, 2.6), 0.2), rod((-3.4, -0.6, 2.3), (-3.4, 0.6, 2.3), 0.13),
    ],
    "gondola": lambda: [
        *(convex([(x, w * s, z) for x, w, z in ((a, 0.65 * u, 0.02 + f), (a, 0.7 * u, 0.5 + g), (b,
            0.65 * v, 0.02 + h),
        (b, 0.7 * v, 0.5 + i)) for s in SIDES]) for (a, u, f, g), (b, v, h, i) in pairwise([(5.2 * t,
            1.03 - abs(t) ** 2.2,
        1.1 * abs(t) ** 4, 0.9 * abs(t) ** 3) for t in even(-1, 1, 25)])), cut([(5.3, 1.2), (5.0, 1.1),
            (5.15, 2.3),
        (5.4, 2.55), (5.75, 2.3), (5.5, 2.15), (5.45, 1.3)], 0.08), *(box(0.42, 0.08, 0.1, 5.62, 0, z)
            for z in (1.3, 1.5,
        1.7, 1.9)), cut([(-5.2, 1.2), (-4.9, 1.2), (-5.5, 2.1), (-5.6, 2.0)], 0.1), box(0.6, 0.9, 0.9,
            -0.4, 0, 0.4),
        box(0.5, 0.9, 0.55, 0.9, 0, 0.4), rod((-3.1, -0.6, 0.7), (-3.0, -0.6, 1.4), 0.07),
        *tube([(-4.3, -0.5, 2.4), (-1.4, -1.2, -0.1)], 0.05), cut([(-1.9, 0.4), (-1.0, -0.6), (-0.8,
            -0.35), (-1.7, 0.5)],
        0.05, y=-1.2),
    ],
    "submarine": lambda: [
        axle([(0.05, -9.4), (0.6, -8.2), (1.3, -5.5), (1.65, -2), (1.65, 5), (1.45, 7), (0.9, 8.4), (0.1,
            8.9)], z=1.7),
        cut([(1.6, 3.2), (0.4, 3.2), (0.6, 5.2), (2.6, 5.2), (2.9, 4.9), (3.1, 3.2)], 0.8), box(10, 0.9,
            0.3, 0, 0, 3.2),
        *(rod((x, 0, 5), (x, 0, z), 0.1) for x, z in ((1.1, 6.6), (1.6, 7.2), (2.0, 6.2))), rod((1.6, 0,
            7.15), (1.9, 0, 7.15),
        0.12), box(0.9, 3.4, 0.14, 1.9, 0, 4.2), cut([(-8, 1.7), (-8.6, 1.7), (-8.5, 4.0), (-7.7, 4.0),
            (-7.1, 2.2)], 0.2),
        cut([(-8, 1.7), (-7.1, 1.2), (-7.7, -0.4), (-8.5, -0.4), (-8.6, 1.7)], 0.2), box(1.0, 4.0, 0.2, -8,
            0, 1.6),
        *(rod((-9.3, 0, 1.7), (-9.3, np.cos(t), 1.7 + np.sin(t)), 0.16) for t in around(5, 0.3)),
    ],
    "iceberg": lambda: [
        convex([(-14, -5, 0), (14, -6, 0), (13, 6, 0), (-13, 6, 0), (-15, 0, 2.4), (15, 0, 1.5), (0, -7, 1),
            (9, 0, 4.5)]),
        convex([(-11, -4, 0), (3, -4, 0), (2, 5, 0), (-10, 5, 0), (-8, 0, 9), (-4.5, 1, 17), (-3.4, -0.6,
            16.2), (0.5, 0, 8)]),
        convex([(0, -4, 0), (11, -3, 0), (9, 4, 0), (1, 4, 0), (4.2, 0, 10.2), (5.2, 0.5, 9.6), (8.5, 0, 5)]),
    ],
    # In the air.
    "airship": lambda: [
        axle([(0.1, -32), (3.2, -27), (6.0, -18), (7.6, -5), (7.8, 6), (6.9, 18), (4.6, 26), (2.2, 30),
            (0.1, 31.3)], z=12),
        cut([(7, 1.6), (-5, 1.4), (-6.5, 4.4), (8, 4.4), (9.4, 3.2), (8.8, 1.9)], 3), *(rod((x, 0, 3.5),
            (x, 0, 5.5), 1)
        for x in (-4, 6)), *(moved(rotated(cut([(-19, 3), (-24, 2), (-31, 2.5), (-31.5, 8.5), (-27, 9),
            (-20, 6)], 0.6), t,
        (1, 0, 0)), (0, 0, 12)) for t in around(4)), *(axle([(0.2, -1.6), (0.8, -1), (0.9, 0.6), (0.3,
            1.4)], -5, y, 3.4)
        for y in (-3, 3)), rod((-5, -3, 3.4), (-5, 3, 3.4), 0.3),
    ],
    "paraglider": _paraglider,
    "hang glider": lambda: [
        *(convex([(0, -1.5, 2.5), (0, 0.7, 2.55), (4.8 * s, 1.6, 2.75), (4.85 * s, 1.2, 2.75), (2.2 * s,
            0.6, 2.62),
        (0, -1.45, 2.6)]) for s in SIDES), rod((0, -1.5, 2.5), (0, 1.2, 2.5), 0.05), rod((0, -0.2, 2.5),
            (0, -0.2, 3.5),
        0.04), *(rod((0, -0.2, 3.45), (2.9 * s, 0.3, 2.7), 0.02) for s in SIDES), *(rod((0.05 * s, -0.3,
            2.5),
        (0.75 * s, -0.8, 0.9), 0.04) for s in SIDES), rod((-0.75, -0.8, 0.9), (0.75, -0.8, 0.9), 0.04),
        rod((0, 0.1, 2.5), (0, 0.2, 1.4), 0.025), rod((0, -0.5, 1.25), (0, 1.5, 1.2), 0.2), ball(0.17, 0,
            -0.75, 1.4),
        *(rod((0.2 * s, -0.4, 1.3), (0.45 * s, -0.8, 0.95), 0.06) for s in SIDES),
    ],
    "gyrocopter": lambda: [
        convex([(2.0, 0, 0.75), *((x, y * s, z) for s in SIDES for x, y, z in ((1.4, 0.3, 0.45), (0, 0.42,
            0.4),
        (0.2, 0.4, 1.0), (1.3, 0.25, 1.05), (-0.7, 0.25, 0.6)))]), cut([(1.25, 1.0), (0.95, 1.5), (1.05,
            1.5), (1.4, 1.0)],
        0.5), rod((-0.3, 0, 0.6), (-0.2, 0, 2.55), 0.09), ball(0.16, -0.2, 0, 2.6), box(7.4, 0.24, 0.07,
            -0.2, 0, 2.68),
        ball(0.2, 0.15, 0, 1.4), convex([(0.1 + x, y, z) for x in (-0.2, 0.2) for y in (-0.2, 0.2) for z
            in (0.8, 1.25)]),
        box(0.8, 0.5, 0.5, -0.8, 0, 0.85), rod((-1.25, -0.1, 0.3), (-1.25, 0.1, 1.95), 0.07), rod((-1.25,
            0, 1.1),
        (-0.9, 0, 1.1), 0.08), rod((-0.5, 0, 0.5), (-3.0, 0, 0.6), 0.07), cut([(-2.5, 0.6), (-3.2, 0.6),
            (-3.4, 1.7),
        (-2.8, 1.7)], 0.08), box(0.5, 1.6, 0.07, -2.9, 0, 0.62), *(cut(oval(0.44, 0.44), 0.14, x, y, 0.22)
        for x, y in ((1.5, 0), (-0.6, -0.85), (-0.6, 0.85))), *(rod((-0.5, 0.2 * s, 0.6), (-0.6, 0.85 * s,
            0.22), 0.05)
        for s in SIDES), rod((1.4, 0, 0.6), (1.5, 0, 0.22), 0.05),
    ],
    "windsock": lambda: [
        handle(5.3, 0.07), turned([(0.3, 0), (0.25, 0.15)]), ball(0.12, z=5.3),
        *(rod((0, 0, 4.7), (0.55, 0.5 * np.cos(t), 4.7 + 0.55 * np.sin(t)), 0.035) for t in around(4,
            np.pi / 2)),
        *(convex([(x, r * np.cos(t), z + r * np.sin(t)) for x, z, r in pair for t in around(20)]) for pair in
            pairwise([(0.55, 4.7, 0.6), (1.4, 4.68, 0.5), (2.2, 4.6, 0.41), (2.9, 4.45, 0.33), (3.5, 4.2,
                0.25)])),
    ],
    # In space.
    "radio telescope": lambda: [
        turned([(3.4, 0), (3.4, 2.2), (2.0, 2.4), (1.5, 8.0), (2.1, 8.4), (2.1, 9.4)]), *(box(0.8, 2.2,
            3.0, x, 0.3, 9)
        for x in (-1.6, 1.6)), *(moved(rotated(part, 0.8, (1, 0, 0)), (0, 0, 12.4)) for part
            in (turned([(1.4, -0.8),
        (1.8, 0.6), (4.5, 1.6), (7.2, 3.5), (8.2, 4.6), (8.2, 4.8), (4, 2.4), (1, 1.9)]),
            *(rod((5.6 * np.cos(t),
        5.6 * np.sin(t), 2.6), (0.3 * np.cos(t), 0.3 * np.sin(t), 8.6), 0.2) for t in around(4, 0.78)),
        turned([(0.9, 8.2), (0.7, 9.4)]), box(2.4, 2.4, 1.8, 0, 0, -2.2))),
    ],
    "jetpack": lambda: [
        *(turned([(0.1, 0.1), (0.06, 0.22), (0.06, 0.26), (0.13, 0.32), (0.14, 0.36), (0.14, 0.78), (0.12,
            0.86), (0.06, 0.93),
            (0.01, 0.97)], 0.17 * s) for s in SIDES), *(turned([(0.02, -0.35), (0.075, -0.12), (0.07,
                0.08)], 0.17 * s)
            for s in SIDES), box(0.2, 0.16, 0.4, 0, -0.02, 0.4), *(cut([(0.28 * s, 0.66), (0.28 * s,
                0.46), (0.6 * s, 0.36),
            (0.6 * s, 0.44)], 0.03) for s in SIDES), *(part for s in SIDES for part in tube([(0.1 * s,
                -0.08, 0.85),
            (0.12 * s, -0.24, 0.84), (0.12 * s, -0.3, 0.6), (0.1 * s, -0.1, 0.4)], 0.022)), *(part for s
                in SIDES
            for part in tube([(0.22 * s, -0.1, 0.5), (0.3 * s, -0.45, 0.48), (0.3 * s, -0.48, 0.6)], 0.022)),
    ],
    "lunar lander": _lander,
    "space station": _station,
    "launch pad": _launch_pad,
    "saturn": lambda: [
        ball(1.0), moved(rotated(creation.annulus(1.35, 2.15, 0.05, sections=64), 0.42, (0.5, 1, 0)), (0,
            0, 0)),
    ],
    "comet": lambda: [
        ball(0.5), *(cut([(0.45 * np.cos(t + 1.57), 0.45 * np.sin(t + 1.57)), (long * np.cos(u),
            long * np.sin(u)),
        (0.45 * np.cos(t - 1.57), 0.45 * np.sin(t - 1.57))], 0.3) for t, u, long in ((0.45, 0.45, 3.6),
            (0.45, 0.28, 2.7),
        (0.45, 0.62, 2.9), (0.45, 0.1, 1.6), (0.45, 0.8, 1.8))),
    ],
    # Weather and lights.
    "lightning bolt": lambda: [
        cut([(-0.1, 1.0), (0.42, 2.0), (-0.15, 2.0), (-0.5, 0.85), (-0.1, 0.85)], 0.08), cut([(0.1, 0.98),
            (-0.5, 0.85),
        (-0.05, 0.85), (-0.35, 0), (0.5, 1.12), (0.05, 1.12)], 0.08),
    ],
    "snowflake": _snowflake,
    "sun": lambda: [
        cut(oval(1.0, 1.0), 0.12, 0, 0, 1), *(moved(rotated(cut([(-0.14, 0.6), (0.14, 0.6), (0,
            1.0 - 0.12 * (k % 2))], 0.1), t,
        (0, 1, 0)), (0, 0, 1)) for k, t in enumerate(around(12))),
    ],
    "tornado": lambda: [
        *(convex([(4.0 * np.sin(0.13 * z) * (1 - z / 60) + r * np.cos(t), r * np.sin(t), z) for z in pair
            for r in (1.0 + 15 * (z / 52) ** 1.9 * (1 + 0.1 * np.sin(1.5 * z)),) for t in around(20)])
            for pair in pairwise(even(0, 50, 34))),
        *(ball(r, x, 0, z, 0.7) for x, z, r in ((-3.4, 1.2, 2.0), (4.2, 1.2, 2), (-1, 2, 2.4), (2, 2, 2.4),
            (7.2, 0.8, 1.2), (-6.6, 0.8, 1.3), (6.5, 5, 0.7), (-6, 6, 0.7))),
    ],
    "fireworks": _fireworks,
}  # fmt: skip
