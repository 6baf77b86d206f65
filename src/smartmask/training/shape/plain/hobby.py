"""Instruments, chessmen, toys and finery as solids in metres; what has a front faces -y."""

from collections.abc import Callable

import numpy as np
from trimesh import creation

from smartmask.training.shape.plain.forms import (
    SIDES,
    Parts,
    along,
    arc,
    band,
    both,
    circle,
    disc,
    even,
    pipe,
    put,
    stood,
    wire,
)
from smartmask.training.shape.plain.solids import (
    ball,
    box,
    cut,
    oval,
    ring,
    rod,
    rotated,
    three_legs,
    turned,
)

_QUARTER = np.pi / 2
_FOOT = [(1.8, 0), (1.8, 0.7), (1.5, 1), (1.6, 1.4), (1.1, 2), (0.75, 3.2)]


def _knight() -> Parts:
    neck = [(0.6, 4.0), (-1.3, 1.8), (-0.8, 2.8), (-0.35, 3.7), (-0.5, 4.6), (-0.5, 6.2), (0.3, 6.5),
        (1.0, 6.0), (1.45, 5.0), (1.55, 3.6), (1.3, 1.8), (-1.3, 1.8)]  # fmt: skip
    head = [(-0.3, 5.3), (0.2, 6.2), (0.1, 7.2), (-0.35, 6.5), (-0.95, 6.1), (-1.75, 5.0), (-2.1, 4.3),
        (-1.8, 3.8), (-1.35, 3.9), (-1.2, 4.2), (-0.9, 4.4), (-0.3, 4.6), (0.4, 4.8), (0.2, 6.2)]  # fmt: skip
    return stood([turned([*_FOOT[:4], (1.35, 2)]), cut(neck, 1.3), cut(head, 1.2)])


def _marionette() -> Parts:
    parts = [box(34, 2.5, 2, z=74), box(2.5, 20, 2, z=74), box(3, 3, 3, z=73.5)]
    parts += [ball(5.2, z=46), turned([(7, 49), (7, 50), (4.5, 50.5), (4, 56)]), ball(1.2, 0, -5.4, 46)]
    parts += [cut([(-4, 20), (4, 20), (6.5, 38), (3, 40.5), (-3, 40.5), (-6.5, 38)], 6)]
    for s in SIDES:
        parts += pipe([(6 * s, 0, 38), (12 * s, -1, 34), (15 * s, -3, 43)], 1.5)
        parts += [ball(2.2, 15 * s, -3, 44)]
        parts += pipe([(2.6 * s, 0, 20), (4 * s, -2, 11), (5.5 * s, 0, 2.5)], 1.8)
        parts += [box(3.6, 8, 3.2, 6 * s, -2), rod((15 * s, -3, 44), (15.5 * s, 0, 75), 0.5)]
        parts += [rod((4 * s, -2, 11), (9.5 * s, 0, 75), 0.5)]
    return stood([*parts, rod((0, 0, 50), (0, 0, 75), 0.5)])


def _tuba() -> Parts:
    bell = [(4.2, 0), (5, 25), (6.5, 38), (9, 47), (14, 54), (21, 58), (21.5, 59)]
    parts = [along(bell, 7, 34, 0.14)]
    parts += wire(arc(-1, 29, 14, 24, -0.1, -np.pi, 15), 4.6) + wire(arc(-1, 29, 14, 24, np.pi, 1.9, 9),
        3.6)  # fmt: skip
    parts += wire([(7, 50), (8, 30), (11, 20)], 4.6)
    parts += [rod((x, -5, 24), (x, -5, 44), 1.8) for x in (-6, -1.6, 2.8)]
    parts += [rod((x, -5, 44), (x, -5, 47.5), 0.6) for x in (-6, -1.6, 2.8)]
    parts += [*wire([(-7, 52), (-13, 58), (-19, 60)], 1.3), along([(1.2, 0), (2.4, 4)], -19, 60, -1.2)]
    return stood([*parts, *wire(arc(-1.5, 22, 7, 9, 0, 2 * np.pi), 1.5, -4)])


def _bassoon() -> Parts:
    parts = [rod((-2, 0, 2), (-2, 0, 46), 3), rod((3, 0, 2), (3, 0, 46), 3), box(5, 5.8, 44, 0.5, z=2)]
    parts += [turned([(2.2, 46), (2.4, 60), (2, 88), (2.4, 89), (2.4, 92)], -2.6)]
    parts += [turned([(2.6, 46), (2.3, 90), (3, 91), (3, 94), (2.2, 95), (2.2, 124), (3, 126), (3, 130)],
        3.2)]  # fmt: skip
    parts += wire([(-2.6, 91), (-2.8, 97), (-5, 103), (-11, 106), (-17, 103), (-21, 97)], 0.9)
    parts += [rod((-21, 0, 97), (-24, 0, 91), 1.3), turned([(3.6, 0), (3.6, 3)], 0.5)]
    parts += wire([(5.5, 10), (8.2, 12), (8.2, 30), (5.5, 32)], 0.9)
    parts += wire([(5, 58), (7.4, 60), (7.4, 82), (5, 84)], 0.8)
    parts += [rod((-3, 0, z), (-6.8, 0, z + 1.5), 1) for z in (16, 24, 58, 66, 74)]
    return stood(put(parts, (0, 0, 0), 0.12))


def _double_bass() -> Parts:
    half = [(0.1, 0.2), (0.25, 0.24), (0.335, 0.36), (0.335, 0.52), (0.29, 0.64), (0.29, 0.7), (0.22, 0.72),
        (0.2, 0.82), (0.22, 0.92), (0.27, 0.94), (0.26, 1.06), (0.2, 1.2), (0.09, 1.33),
            (0.04, 1.4)]  # fmt: skip
    outline = [(0, 0.8), *half, *((-x, z) for x, z in reversed(half))]
    pegs = [rod((-0.1 * s, 0, z), (0.02 * s, 0, z), 0.013) for s in SIDES for z in (1.72, 1.79)]
    return [
        cut([*outline, half[0]], 0.18), box(0.05, 0.05, 0.42, z=1.36), *pegs, box(0.065, 0.06, 0.17, z=1.67),
        disc(0.045, 0.06, 0, 1.87), rod((0, 0, 0), (0, 0, 0.25), 0.014),
    ]  # fmt: skip


def _nutcracker() -> Parts:
    parts = [box(11, 9, 2.5), box(7.4, 5.4, 14, z=18), box(5.6, 5, 7.5, z=32), box(3.5, 5, 4, 0, -0.6, 29)]
    parts += [turned([(3.9, 39), (3.6, 40), (3.3, 48), (3.6, 49)]), box(5.6, 3, 1, 0, -3, 39)]
    for s in SIDES:
        parts += [rod((2.2 * s, 0, 2.5), (2.2 * s, 0, 19), 1.7), box(3.8, 6.5, 2.4, 2.2 * s, -1, 2.5)]
        parts += [ball(2.2, 5 * s, 0, 30.4, 0.8), rod((5.3 * s, 0, 30), (6.6 * s, 0, 19), 1.25)]
        parts += [ball(1.5, 6.7 * s, 0, 18.4), box(1.6, 3, 5, 3.1 * s, 0.5, 33)]
    return stood([*parts, turned([(1.2, 49), (1.3, 51), (0.2, 53)]), box(2.4, 1, 3, 0, -2.6, 30)])


def _bagpipes() -> Parts:
    parts = [ball(10, 0, 0, 0, 0.66).apply_scale((1.45, 0.75, 1))]  # type: ignore[no-untyped-call]
    parts = put(parts, (0, 0, 34), 0.35)
    drone = [(1.5, 0), (1.5, 9), (2.2, 10), (2.2, 12), (1.4, 13), (1.4, 24), (2.3, 25), (2.3, 28), (1.2, 29)]
    for x, angle, more in ((-5, -0.45, 20), (0, -0.15, 8), (5, 0.15, 8)):
        top = [(1.2, 29 + more - 4), (2.6, 29 + more), (2.6, 32 + more), (1.4, 34 + more)]
        parts.append(along([*drone, *top], x, 37, angle, 0.8 * x / 5))
    parts += [*wire([(-9, 38), (-20, 46), (-27, 50)], 1.3), rod((-27, 0, 50), (-31, 0, 52), 0.8)]
    chanter = [(1.8, 0), (1.8, 5), (1.2, 6), (1.4, 24), (2.6, 28)]
    return stood([*parts, along(chanter, 11, 27, 2.7)])


def _wreath() -> Parts:
    parts = ring(0.2, 0.13, 0.06, 0)
    for k, (c, s) in enumerate(circle(34)):
        for r, tilt in ((0.19, (0.9, -0.3, 0.3, -0.8)[k % 4]), (0.14, np.pi + (0.7, -0.9, 0.4)[k % 3])):
            tall = 0.07 + 0.012 * (k % 3) if r > 0.15 else 0.035
            leaf = cut([(0, -0.02), (0.026, 0.02), (0, tall), (-0.026, 0.02)], 0.02)
            turn = _QUARTER - 2 * np.pi * k / 34 + tilt
            parts += put([leaf], (r * c, 0.0, r * s), turn)
    for s in SIDES:
        parts += [cut([(0, -0.2), (0.11 * s, -0.14), (0.12 * s, -0.19), (0.11 * s, -0.25)], 0.12, y=-0.02)]
        parts += band([(0, -0.2), (0.04 * s, -0.27), (0.07 * s, -0.36)], [0.03, 0.05], 0.03, -0.03)
    return put(parts, (0, 0, 0.36))


def _timpani(x: float) -> Parts:
    bowl = [(0.04, 0.27), (0.17, 0.31), (0.27, 0.42), (0.32, 0.6), (0.33, 0.76), (0.355, 0.76), (0.355, 0.82)]
    parts = [turned(bowl, x), turned([(0.05, 0.1), (0.05, 0.3)], x), turned([(0.16, 0.05), (0.16, 0.1)], x)]
    for c, s in circle(4, 0.6):
        parts += pipe([(x + 0.35 * c, 0.35 * s, 0.72), (x + 0.33 * c, 0.33 * s, 0.4),
            (x + 0.12 * c, 0.12 * s, 0.2),
            (x + 0.26 * c, 0.26 * s, 0.04)], 0.02)  # fmt: skip
    parts += [rod((x + 0.36 * c, 0.36 * s, 0.68), (x + 0.36 * c, 0.36 * s, 0.88), 0.014) for c,
        s in circle(8, 0.3)]  # fmt: skip
    return [*parts, box(0.1, 0.26, 0.05, x, -0.28)]


def _gongs() -> Parts:
    parts = [disc(0.42, 0.06, 0, 0.72), disc(0.1, 0.14, 0, 0.72), box(1.5, 0.08, 0.08, z=1.32)]
    for s in SIDES:
        parts += [box(0.08, 0.08, 1.42, 0.6 * s), box(0.1, 0.6, 0.08, 0.6 * s), box(0.1, 0.16, 0.16, 0.6 * s)]
        parts += [rod((0.24 * s, 0, 1.34), (0.24 * s, 0, 1.04), 0.014),
            box(0.06, 0.1, 0.16, 0.74 * s, 0, 1.28)]  # fmt: skip
    return parts


def _tiara() -> Parts:
    turns = even(-1.45, 1.45, 23)
    rim = [(8 * np.sin(t), -8 * np.cos(t), 0.8 + 0.8 * np.cos(t)) for t in turns]
    parts = pipe(rim, 0.55)
    tops = [(8.4 * np.sin(t), -8.4 * np.cos(t), 1.6 + 5.4 * np.cos(t) ** 2.2) for t in turns]
    for k in range(3, 20, 2):
        parts += [*pipe([rim[k - 1], tops[k], rim[k + 1]], 0.3), ball(0.6 + 0.3 * (k == 11), *tops[k])]
    return stood([*parts, ball(0.6, *[c + (0, 0, 1.6)[i] for i, c in enumerate(tops[11])])])


HOBBY: dict[str, Callable[[], Parts]] = {
    # Games and toys.
    "chess knight": _knight,
    "chess queen": lambda: stood([
        turned([*_FOOT, (0.55, 5.4), (1.15, 5.6), (0.7, 5.9), (0.9, 6.2), (0.6, 6.5), (1.3, 7.9), (0.8, 7.9),
            (0.5, 8.3)]), ball(0.32, z=8.5), *(ball(0.24, 1.2 * c, 1.2 * s, 8.05) for c, s in circle(8)),
    ]),
    "chess king": lambda: stood([
        turned([*_FOOT, (0.6, 5.8), (1.2, 6), (0.75, 6.3), (1, 6.6), (0.65, 7), (1.2, 8.4), (0.5, 8.8)]),
        box(0.36, 0.36, 1.5, z=8.7), box(1.1, 0.36, 0.36, z=9.4),
    ]),
    "chess rook": lambda: stood([
        turned([(1.8, 0), (1.8, 0.7), (1.5, 1), (1.6, 1.4), (1.2, 2), (0.95, 3.6), (1, 4.2),
            (1.5, 4.5), (1.5, 5.3)]),
        *(rotated(box(0.5, 0.7, 0.75, 1.24, 0, 5.2), 2 * np.pi * k / 6) for k in range(6)),
    ]),
    "chess bishop": lambda: stood([
        turned([*_FOOT, (0.55, 4.6), (1.1, 4.8), (0.7, 5), (0.9, 5.3), (0.6, 5.5), (1, 6), (1, 6.4),
            (0.75, 6.6)]),
        cut([(-0.7, 6.5), (0.25, 6.4), (0.1, 7.6), (0, 7.8), (-0.4, 7.3)], 0.8), ball(0.27, z=7.85),
        cut([(0.95, 6.4), (0.86, 6.9), (0.5, 7.4), (0.3, 7.4), (0.62, 6.4)], 0.7),
    ]),
    "gamepad": lambda: stood([
        cut(oval(14.5, 6.4, 2.8), 3, z=7), *(cut(oval(3.6, 2), 2, 4.4 * s, 0, 9.9) for s in SIDES),
        *both(lambda s: band([(5 * s, 8), (6.2 * s, 5), (6.8 * s, 1.6)], [5, 4.6, 3], 3.6)),
        *(disc(1.5, 3.4, 6.8 * s, 1.6) for s in SIDES),
    ]),
    "marionette": _marionette,
    "nutcracker": _nutcracker,
    "pacifier": lambda: stood([
        along([(0.75, 0), (0.6, 0.8), (1.05, 2), (1, 2.6), (0.5, 3.1)], -0.2, 2.2, -_QUARTER),
        rotated(cut(oval(3, 4.2, 2.6), 0.5), _QUARTER).apply_translation((0, 0, 2.2)),
        along([(0.9, 0), (0.9, 0.8)], 0.1, 2.2, _QUARTER), *put(ring(1.9, 1.3, 0.5, 0), (2.5, 0, 1.9)),
    ]),
    "magic wand": lambda: stood(put([
        rod((0, 0, 0), (0, 0, 26), 0.6), cut([(0, 30), *((r * np.cos(t), 30 + r * np.sin(t)) for r, t in (
            ((6.5, 2.6)[k % 2], _QUARTER + k * np.pi / 5) for k in range(11)))], 1.4), ball(0.9, z=0)],
        (0, 0, 0), 0.35)),
    "slingshot": lambda: stood([
        *band([(0, 0), (0, 5), (0, 9.4)], [2.6, 2, 2.6], 2.2),
        *both(lambda s: band([(0, 8.4), (3 * s, 10.4), (4.8 * s, 13), (5 * s, 17.4)], [2, 1.6], 1.8)),
        *wire([(-5, 16.6), (-1, 12.8), (1, 12.8), (5, 16.6)], 0.35, -1), box(2.6, 0.6, 1.3, 0, -1, 12.1),
    ]),
    "vinyl record": lambda: ring(0.152, 0.009, 0.004, 0.152),
    # Music.
    "conga": lambda: stood([
        turned([(9.4, 0), (10, 1), (13, 20), (17.6, 42), (17.6, 50), (14.4, 70), (15.6, 70), (15.6, 74)]),
        *(rod((17.8 * c, 17.8 * s, 52), (15.8 * c, 15.8 * s, 73), 0.7) for c, s in circle(6, 0.5)),
        turned([(17.7, 44), (17.7, 48)]), turned([(14.8, 20), (14.8, 23)]),
    ]),
    "cymbal": lambda: [
        *three_legs(0.42, 0.34, 0.016), rod((0, 0, 0.12), (0, 0, 1.02), 0.014),
            turned([(0.03, 0.4), (0.03, 0.48)]),
        along([(0.25, 0), (0.25, 0.012), (0.07, 0.045), (0.06, 0.07), (0.02, 0.08)], 0, 0.97, -0.22),
        rod((-0.02, 0, 1.0), (-0.035, 0, 1.09), 0.012), box(0.06, 0.02, 0.025, -0.03, 0, 1.07),
    ],
    "drumsticks": lambda: stood(along([(0.5, 0), (0.9, 0.6), (0.9, 28), (0.45, 36.5), (0.8, 38), (0.75, 39.4),
        (0.2, 40.4)], -9 * s, 0, 0.46 * s, 0.9 * s) for s in SIDES),
    "gong": _gongs,
    "lyre": lambda: stood([
        cut([(0, 6), (-6, 0), (6, 0), (9, 5), (8, 11), (4, 13), (-4, 13), (-8, 11), (-9, 5), (-6, 0)], 5),
        *both(lambda s: band([(7 * s, 8), (10.5 * s, 15), (12 * s, 23), (9.6 * s, 31), (9.4 * s, 37),
            (12.5 * s, 42)], [4, 2.6, 1.8], 2.4)), *(ball(1.6, 12.6 * s, 0, 42) for s in SIDES),
        rod((-12, 0, 36), (12, 0, 36), 0.9), *(rod((x, 0, 8), (x, 0, 36.5), 0.32) for x in even(-5, 5, 6)),
    ]),
    "metronome": lambda: stood([
        rotated(creation.revolve([(0, 2), (8.4, 2), (3.4, 23), (0, 23)], sections=4), np.pi / 4),
        box(13, 13, 1.6, z=1), *(box(2, 2, 1, x, y) for x in (-5, 5) for y in (-5, 5)),
            box(5.4, 5.4, 1, z=22.6),
        rod((0, -6, 4), (14, -5, 25), 0.5), rotated(box(3, 1.4, 2.4), 0.59,
            (0, 1, 0)).apply_translation((9, -5, 17.5)),
    ]),
    "tuba": _tuba,
    "bassoon": _bassoon,
    "double bass": _double_bass,
    "whistle": lambda: stood([
        disc(2.2, 2.2, 0.7, 2.2), box(4.8, 2.2, 0.9, -3, 0, 2.5), box(4.2, 2.2, 1, -3.8, 0, 3.3),
            box(1.6, 2.2, 2, -0.4, 0, 0.9),
        *put(ring(1.1, 0.6, 0.5, 0), (3.7, 0, 3)),
    ]),
    "boombox": lambda: [
        box(0.6, 0.15, 0.26, z=0.02), *(box(0.1, 0.12, 0.02, x) for x in (-0.2, 0.2)),
        *wire([(-0.24, 0.27), (-0.24, 0.35), (-0.21, 0.37), (0.21, 0.37), (0.24, 0.35), (0.24, 0.27)],
            0.014),
        *(box(0.035, 0.06, 0.014, x, z=0.28) for x in even(-0.13, 0.13, 6)),
            rod((0.27, 0.05, 0.27), (0.4, 0.05, 0.62), 0.006),
        *(rod((x, -0.09, 0.14), (x, 0, 0.14), 0.1) for x in (-0.19, 0.19)), ball(0.012, 0.4, 0.05, 0.62),
    ],
    "tambourine": lambda: stood([
        *ring(12.6, 11, 4.5, 14), *(disc(2.3, d, 12 * c, 14 + 12 * s) for c, s in circle(6, 0.2)
            for d in (1, 3)),
    ]),
    "bagpipes": _bagpipes,
    "panpipes": lambda: stood([
        *(rod((1.9 * k - 9, 0, 24 - (21 - 1.6 * k)), (1.9 * k - 9, 0, 24), 0.92) for k in range(10)),
        box(19.4, 2.6, 1.6, -0.4, 0, 18.2),
    ]),
    "maracas": lambda: stood(along([(0.9, 0), (1.3, 1), (1, 6), (1.1, 13), (2.4, 15), (4.2, 18.5),
        (4.6, 21.5), (3.8, 25), (1.8, 27), (0.3, 27.4)], -6 * s, 0, 0.82 * s, 0.9 * s) for s in SIDES),
    "marimba": lambda: [
        *(box(0.085, 0.72 - 0.022 * k, 0.03, -0.9 + 0.12 * k, 0, 0.86) for k in range(16)),
        *(rod((-0.9 + 0.12 * k, -0.1, 0.84), (-0.9 + 0.12 * k, -0.1, 0.2 + 0.036 * k), 0.036)
            for k in range(16)),
        box(1.95, 0.05, 0.05, 0, 0.2, 0.8), box(1.95, 0.05, 0.05, 0, -0.2, 0.8),
        *(box(0.06, 0.06, 0.86, 1.0 * s, y) for s in SIDES for y in (-0.27, 0.27)),
        *(box(0.07, 0.7, 0.07, 1.0 * s, 0, 0.02) for s in SIDES),
            *(box(0.07, 0.6, 0.07, 1.0 * s, 0, 0.78) for s in SIDES),
    ],
    "theremin": lambda: [
        box(0.46, 0.26, 0.13, z=0.92), rod((0, 0, 0.3), (0, 0, 0.93), 0.018), *three_legs(0.42, 0.36, 0.016),
        rod((0.26, 0, 0.96), (0.26, 0, 1.55), 0.013), rod((0.2, 0, 0.98), (0.26, 0, 0.98), 0.02),
        *wire([(-0.22, 1.0), (-0.34, 1.0), *arc(-0.42, 1.04, 0.13, 0.06, -1.2, 4.4, 15), (-0.3, 0.95),
            (-0.22, 0.95)], 0.012),
    ],
    "timpani": lambda: [*_timpani(-0.42), *_timpani(0.42)],
    # To wear and to carry.
    "handcuffs": lambda: stood([
        *both(lambda s: [*put(ring(4.2, 3.2, 1.2, 0), (7.2 * s, 0, 4.6)), disc(1.9, 1.6, 3.9 * s, 4.8),
            box(2.6, 1.6, 4, 3.8 * s, 0, 3),
            *put(ring(1.1, 0.6, 0.5, 0), (1.7 * s, 0, 4.4))]), *put(ring(1.3, 0.75, 0.5, 0), (0, 0, 4.2)),
    ]),
    "tiara": _tiara,
    "necklace": lambda: stood([
        *(ball(0.45 + 0.4 * (1 - abs(t)) ** 1.2, 8.6 * np.sin(2.75 * t) * (0.8 + 0.2 * abs(t)), 0,
            14 - 10.5 * np.cos(2.6 * t))
            for t in even(-1, 1, 43)), cut([(0, 0.8), (1.2, -0.6), (0, -2.6), (-1.2, -0.6)], 0.8, z=2),
                ball(0.5, z=3),
    ]),
    "medal": lambda: stood([
        disc(3.2, 0.6, 0, 3.2), *put(ring(1, 0.5, 0.5, 0), (0, 0, 6.8)),
        *both(lambda s: band([(0.6 * s, 7.2), (4.4 * s, 16)], [2.6, 2.8], 0.4)),
            box(3, 0.6, 1.2, 0, 0, 6.8),
    ]),
    "wreath": _wreath,
    "walkie talkie": lambda: stood([
        cut([(0, 5), (-2.8, 0), (2.8, 0), (3.2, 12), (2.6, 14), (-2.6, 14), (-3.2, 12), (-2.8, 0)], 3.6),
            turned([(0.75, 14), (0.7, 26), (0.4, 27)], -1.7),
        turned([(0.9, 14), (0.8, 15.8)], 1.5), box(0.6, 2, 3.4, -3.3, 0, 7.4), box(2.4, 0.6, 6, 0, 2.6, 5),
            box(2.4, 1, 0.8, 0, 2.2, 10.4),
    ]),
    "hookah": lambda: stood([
        turned([(7.5, 0), (10, 2), (11, 7), (9, 13), (4, 19), (2.6, 24), (3.4, 25)]),
            turned([(1.4, 24), (1.4, 30), (2.4, 31), (2.4, 33),
            (1.2, 34), (1.4, 42), (2.2, 43), (1.3, 44), (1.2, 54), (2, 55), (1.2, 56), (1.2, 60)]),
                turned([(2, 58), (8, 59), (8.4, 60.4)]),
        turned([(1.4, 60), (1.8, 63), (4.4, 66), (4.8, 69), (3.4, 71)]), rod((0, 0, 27), (-5, 0, 30), 0.8),
        *wire([(0, 27), (5, 29), (10, 34), (17, 35), (22, 28), (23, 14), (26, 4), (33, 2), (38, 8), (41, 20),
            (44, 32)], 1), rod((43.4, 0, 30), (46, 0, 42), 1.5),
    ]),
}  # fmt: skip
