"""Clothes and what is worn or carried, as solids that are told in centimetres; what has a front faces -y."""

from collections.abc import Callable, Sequence

import numpy as np
import trimesh

from smartmask.training.shape.plain.forms import (
    SIDES,
    Parts,
    centimetres,
    flattened,
    hoop,
    limb,
    loft,
    mirrored,
    put,
    scaled,
    skin,
    trunk,
)
from smartmask.training.shape.plain.solids import (
    Point,
    box,
    cut,
    rod,
)

# fmt: off
_QUARTER = float(np.pi / 2)
_ACROSS: Point = (0.0, 1.0, 0.0)


def _sleeve(*rows: tuple[float, float, float]) -> Parts:
    """Sleeves through points of (x, z, radius)."""
    return mirrored([scaled(p, (1, 0.75, 1)) for p in limb(*((x, 0, z, r) for x, z, r in rows))])


def _bodice(rows: Sequence[tuple[float, float, float]], neck: float, low: float, top: float) -> Parts:
    """Two halves of a trunk whose collar opens as a V from a height up; the rest is below."""
    below = [row for row in rows if row[0] <= low]
    above = [row for row in rows if row[0] >= low]
    half = [(z, neck * (z - low) / (top - low), wide, deep) for z, wide, deep in above]
    return [trunk(below), *mirrored([loft(half, 2.4)])]


def _apron() -> Parts:
    parts = [trunk([(0, 31, 5), (4, 33, 6), (40, 29, 7), (52, 25, 6), (55, 15, 4), (84, 12, 3), (86, 11,
        2.5)], 4)]
    neck = [(-10.5, 85), (-10, 98), (-6, 107), (0, 110), (6, 107), (10, 98), (10.5, 85)]
    parts += limb(*((x, 0, z, 1.4) for x, z in neck))
    return parts + mirrored(limb((24, 0, 51, 1.5), (34, 1, 53, 1.5), (42, 2, 48, 1.5), (46, 2, 36, 1.5),
        (45, 2, 20, 1.6)))


def _bathrobe() -> Parts:
    rows = [(58, 24, 12), (64, 20, 11), (68, 20, 11), (74, 22, 12), (95, 26, 12), (106, 23, 9), (111, 14,
        7), (115, 9, 6)]
    parts = _bodice(rows, 5.5, 95, 115)
    parts += mirrored([loft([(0, 1.0, 33, 15), (30, 0.4, 29, 14), (58, -1, 24, 12)], 2.6)])
    parts += _sleeve((20, 104, 8), (33, 82, 9), (42, 62, 10.5), (42.6, 60.5, 10.5))
    parts += mirrored(limb((2, -6, 94, 3), (6, -5, 106, 3.4), (8.5, 0, 115, 3.2), (5, 5, 118, 2.6)))
    parts += hoop(20, 11, 66, 2.4)
    return parts + limb((1, -12, 66, 2.6), (4, -17, 58, 1.8), (6, -18, 38, 2)) + limb((0, -12, 66, 2),
        (-6, -17, 60, 1.8), (-8, -18,
        44, 2))


def _belt() -> Parts:
    parts: Parts = []
    for k in range(44):
        t, r = 0.2 + 2 * np.pi * k / 40, 1.0 + 0.0016 * k
        (a, b), (c, d) = ((17 * r * float(np.cos(u)), 12 * r * float(np.sin(u))) for u in (t - 1.75,
            t - 1.58))
        parts.append(trimesh.convex.convex_hull(np.array([(x * f, y * f, z) for x, y in ((a, b), (c, d))
            for f in (1, 1.04)
            for z in (-2, 2)])))
    frame = [box(1.2, 1.4, 8, x, -12.6, -4) for x in (-3.6, 3.6)] + [box(8.2, 1.4, 1.4, 0, -12.6, z)
        for z in (-4, 2.7)]
    parts += [*frame, rod((-3.6, -13, 0), (4, -13, 0), 0.5)]
    parts += limb((6, -12.6, 1.4, 1.0), (13, -13.5, -1, 1.6), (19, -13.5, -5, 1.6), (21, -13.5, -7, 0.8))
    return put(parts, (0, 0, 15.9), -1.15, (-1, 0, 0))


def _bikini() -> Parts:
    parts = [*hoop(14, 8.5, 42, 0.9)]
    for s in SIDES:
        cup = [(1.2 * s, -8.6, 42), (12 * s, -6, 42), (6.5 * s, -9, 55), (6.4 * s, -12.5, 46), (7 * s, -4.5,
            44)]
        parts += [trimesh.convex.convex_hull(np.array(cup))]
        parts += limb((6.5 * s, -9, 54.5, 0.8), (5.5 * s, -3, 66, 0.8), (2 * s, 3, 70, 0.8), (0, 4, 70, 0.8))
        parts += limb((0, 9, 42, 0.8), (3 * s, 10.5, 36, 0.8))
    parts += [trunk([(0, 2.6, 4.5), (3, 4.2, 7), (7, 8.5, 9), (11, 14.4, 9.6), (13.5, 16, 9.8), (15.5, 15.8,
        9.6)])]
    for s in SIDES:
        parts += limb((15.8 * s, 0, 14.4, 1.2), (19.5 * s, 0, 16.4, 1.0), (19, 0, 13,
            0.6) if s > 0 else (-19, 0, 13, 0.6))
        parts += limb((15.8 * s, 0, 14, 0.9), (18.4 * s, 0, 6, 0.8))
    return parts


def _bra() -> Parts:
    parts = [*hoop(14.5, 8.5, 4, 1.7)]
    for s in SIDES:
        parts += [scaled(p, (1, 0.9, 0.95)) for p in limb((7.2 * s, -7.5, 7.5, 6.6), (8.2 * s, -5, 9.5,
            5.8))]
        parts += limb((9.4 * s, -7, 12, 2.4), (10.4 * s, -4, 21, 1.1), (10.2 * s, 0, 27.5, 1.0), (9 * s, 6,
            20, 1.0),
            (8 * s, 8.5, 5, 1.2))
    return parts


def _swimsuit() -> Parts:
    parts = [trunk([(0, 2.8, 5), (4, 4.6, 7.5), (9, 9, 9.5), (15, 15.5, 10), (19, 17, 10), (32, 13, 8.2),
        (42, 15, 10),
        (49, 15.4, 10.5), (53, 14, 8.5), (54.5, 12.5, 7.5)])]
    for s in SIDES:
        parts += limb((9 * s, -6.5, 52, 2.8), (9.4 * s, -4, 60, 1.6), (9.4 * s, 0, 67, 1.5), (8.6 * s, 4.5,
            60, 1.6),
            (7 * s, 5.5, 52, 2))
    return parts


def _tank_top() -> Parts:
    parts = [trunk([(0, 21, 11), (18, 19.5, 10), (34, 22, 11), (40, 23, 11), (44, 20, 10)])]
    for s in SIDES:
        for y in (-6, 6):
            parts += limb((13.8 * s, y, 42, 5.6), (12.4 * s, y, 49, 3.6), (11.6 * s, 0.5 * y, 60, 3),
                (11.5 * s, 0, 63, 2.8))
    return parts


def _legs(rows: Sequence[tuple[float, float, float]], splay: float) -> Parts:
    """Trouser legs of (height, half width, middle)."""
    return mirrored([loft([(z, mid + splay - wide, mid + splay + wide, 0.95 * wide) for z, wide,
        mid in rows], 2.2)])


def _leggings() -> Parts:
    legs = _legs([(0, 4.6, 7), (4, 5, 7), (22, 6.6, 7.5), (40, 6.2, 7.6), (48, 7, 7.8), (66, 9.4, 8.4), (70,
        9.8, 8.6)], 1.6)
    return [*legs, trunk([(67, 19.2, 10), (76, 19.4, 11), (86, 16.5, 9.5), (95, 14.5, 8.5), (97, 14.8,
        8.6)], 2.6)]


def _dungarees() -> Parts:
    parts = _legs([(0, 10.5, 11), (5, 10.2, 11), (5.2, 9.6, 11), (45, 10.4, 10.4), (66, 11, 10)], 1.2)
    parts += [trunk([(64, 21.8, 11), (76, 21.5, 11.5), (92, 19, 10), (96, 18.5, 10), (98, 17, 9)], 2.8)]
    parts += [box(25, 2.5, 26, 0, -9, 95), *(box(4.4, 2.5, 4.4, x, -9, 119) for x in (-10, 10))]
    for s in SIDES:
        parts += limb((10 * s, -9, 121, 1.7), (11.4 * s, -4, 134, 1.7), (11 * s, 1, 138, 1.7), (7 * s, 8,
            122, 1.7), (3 * s, 10,
            97, 1.8))
    return parts


def _wedding_dress() -> Parts:
    skirt = [(0, 62, 56), (3, 61, 55), (30, 50, 45), (60, 35, 31), (80, 22, 19), (92, 14, 11)]
    parts = [trunk([*skirt, (97, 13, 9.5), (110, 15.5, 11), (122, 17, 12), (127, 16, 10), (128, 15, 9)], 2)]
    parts += mirrored(limb((8, -9, 124, 3.4), (9, -8.5, 131, 1.0)))
    parts += mirrored(limb((15, 0, 124, 3), (21, 0, 126, 4.4), (23.5, 0, 120, 4.2), (20, 0, 114, 1.6)))
    for x in (-40, -20, 0, 20, 40):
        parts += limb((0.6 * x, 30, 30, 14), (x, 72, 5, 9), (1.15 * x, 104 - 0.012 * x * x, 1.5, 3))
    parts += limb((0, 14, 94, 4), (-11, 17, 99, 5), (-12, 17, 91, 5), (0, 14, 94, 4), (11, 17, 99, 5), (12,
        17, 91, 5))
    return parts + limb((0, 14, 92, 3), (-6, 22, 62, 3.4)) + limb((0, 14, 92, 3), (6, 22, 60, 3.4))


def _raincoat() -> Parts:
    parts = [trunk([(0, 33, 18), (3, 33, 18), (40, 27, 14), (62, 23.5, 12.5), (72, 20, 10), (77, 12, 8),
        (79, 10, 8)], 2.5)]
    parts += _sleeve((17, 71, 7), (30, 50, 7.4), (39, 28, 7.8), (39.6, 26.6, 7.8))
    hood = [(76, 11, 9), (82, 13.5, 11.5), (91, 14.5, 13), (99, 12, 11.5), (104, 7, 7.5), (107.5, 1.2, 1.5)]
    return [*parts, *put([trunk(hood, 2.1)], (0, 2, 0)), *limb((0, -9, 98, 4), (0, -14, 101, 1.5))]


def _cape() -> Parts:
    rings = []
    for z, wide, wave in ((0, 52, 0.07), (30, 44, 0.06), (65, 33, 0.04), (95, 25, 0.02), (108, 20, 0.01),
        (115, 11, 0)):
        turns = np.linspace(0, 2 * np.pi, 96, endpoint=False)
        r = wide * (1 + wave * np.cos(11 * turns))
        rings.append([(float(a), float(0.55 * b), float(z)) for a, b in zip(r * np.cos(turns),
            r * np.sin(turns), strict=True)])
    parts = [skin(rings)]
    for s in SIDES:
        flap = [(0, 112), (9 * s, 111), (15 * s, 117), (23 * s, 135), (13 * s, 130), (6 * s, 122)]
        parts += put([cut(flap, 2.5)], (0, 2, 0), 0.35 * s, (0, 0, 1))
    return [*parts, *mirrored(limb((0, -7, 112, 1.6), (4, -9, 108, 1.2), (6, -10, 99, 1.6)))]


def _waistcoat() -> Parts:
    rows = [(9, 21, 11), (20, 19, 10), (42, 23, 11.5), (43, 21, 11), (50, 18.5, 8.5), (60, 18, 6.5), (63,
        15, 5.5)]
    parts = _bodice(rows, 7.5, 30, 63)
    parts[0] = trunk([(9, 21, 11), (20, 19, 10), (30, 20.7, 10.6)])
    half = [(30, 0, 20.7, 10.6), (42, 2.7, 23, 11.5), (44, 3.2, 20, 10.5), (52, 5, 17.4, 8), (60, 6.8, 17.6,
        6.5), (63, 7.5, 15, 5)]
    parts = [parts[0], *mirrored([loft(half, 2.4)])]
    for s in SIDES:
        parts += [cut([(10 * s, 10), (0.6 * s, 10), (8.5 * s, 0.5), (21 * s, 10)], 15)]
    return parts


def _tutu() -> Parts:
    parts = [trunk([(0, 3, 5), (4, 7, 8), (8, 12, 10), (16, 13, 9), (20, 11.5, 8), (30, 14, 10), (38, 14,
        10), (41, 11, 7)])]
    for z, out, rise in ((7.5, 40, 2.5), (9.5, 42, 5), (11.5, 41, 8)):
        turns = np.linspace(0, 2 * np.pi, 120, endpoint=False)
        wave = 1 + 0.035 * np.cos(20 * turns)
        rings = [[(float(r * w * np.cos(t)), float(r * w * np.sin(t)), up) for t, w in zip(turns, wave**p,
            strict=True)]
            for r, up, p in ((11, z - 1, 0), (out, z + rise - 1, 1), (out, z + rise + 0.6, 1), (11, z + 1,
                0))]
        parts.append(skin(rings))
    return parts + mirrored(limb((8.5, -5, 39, 1.2), (9, -2, 50, 0.9), (8.8, 1, 53, 0.9), (8, 5, 39, 1.2)))


CLOTHES: dict[str, Callable[[], Parts]] = {
    # About the body.
    "apron": lambda: centimetres(_apron()),
    "bathrobe": lambda: centimetres(_bathrobe()),
    "raincoat": lambda: centimetres(_raincoat()),
    "cape": lambda: centimetres(flattened(_cape())),
    "wedding dress": lambda: centimetres(_wedding_dress()),
    "tutu": lambda: centimetres(_tutu()),
    "dungarees": lambda: centimetres(flattened(_dungarees())),
    "leggings": lambda: centimetres(flattened(_leggings())),
    "waistcoat": lambda: centimetres(flattened(_waistcoat())),
    "tank top": lambda: centimetres(flattened(_tank_top())),
    "swimsuit": lambda: centimetres(flattened(_swimsuit(), 0.5)),
    "bikini": lambda: centimetres(flattened(_bikini())),
    "bra": lambda: centimetres(flattened(_bra(), 0.5)),
    "underpants": lambda: centimetres(flattened([
        trunk([(0, 4.5, 6), (3, 7, 8), (8, 13, 10), (13, 18.5, 11), (20, 18.5, 11), (22, 18, 10.5), (22.2,
            18.6, 11), (25, 18.4, 11)])])),
    "boxer shorts": lambda: centimetres(flattened([
        *_legs([(0, 13.2, 13), (1, 13.2, 13), (18, 11.6, 11.4)], 1.8),
        trunk([(15, 25, 12), (24, 23, 12), (36, 18.6, 10), (36.2, 19.4, 10.6), (40, 19.2, 10.6)], 2.8)])),
    "belt": lambda: centimetres(flattened(_belt(), 0.5)),
}
# fmt: on
