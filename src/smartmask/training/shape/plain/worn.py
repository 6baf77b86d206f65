"""Hats, footwear, jewels and what is carried, told in centimetres; what has a front faces -y."""

from collections.abc import Callable

import numpy as np
from trimesh import creation

from smartmask.training.shape.plain.forms import (
    SIDES,
    Parts,
    around,
    centimetres,
    flattened,
    limb,
    loft,
    mirrored,
    put,
    scaled,
    spot,
    trunk,
)
from smartmask.training.shape.plain.solids import (
    Point,
    ball,
    cut,
    ring,
    turned,
)

# fmt: off
_QUARTER = float(np.pi / 2)
_ACROSS: Point = (0.0, 1.0, 0.0)


def _mittens() -> Parts:
    one = limb((0, 0, 8, 4.4), (0.4, 0, 14, 5.6), (0.2, 0, 20, 4.9)) + limb((2, 0, 10, 2.6), (7.2, 0,
        15.4, 2.4))
    one += [trunk([(0, 4.6, 4.6), (0.5, 5.2, 5.0), (6.4, 5.2, 5.0), (7, 4.4, 4.4)])]
    one = [scaled(part, (1, 0.55, 1)) for part in one]
    right = put(one, (0, 0, 0), np.pi, _ACROSS)
    pair = mirrored(put(right, (10.5, 0, 25), -0.12, _ACROSS))
    cord = [(-10.5, 24), (-9, 30), (-4.5, 33.5), (0, 34.5), (4.5, 33.5), (9, 30), (10.5, 24)]
    return [*pair, *limb(*((x, 0, z, 0.7) for x, z in cord))]


def _wig() -> Parts:
    parts = [ball(10.6, z=46, y=1, squash=1.0)]
    parts += limb((-8, -6, 50, 3.5), (0, -8.5, 49, 3.8), (8, -6, 50, 3.5))
    for k, t in enumerate(np.linspace(-0.42, np.pi + 0.42, 15).tolist()):
        a, b = spot(t, 9.4)
        path = [(a * g, b * g, z, r) for g, z, r in ((0.8, 50, 3), (1.05, 42, 2.8), (1.0, 34, 2.8), (1.28,
            26, 2.8), (1.08, 18, 2.8),
            (1.42, 10, 2.5), (1.3, 4 + 2 * (k % 3), 0.9))]
        if abs(a) > 3.2:
            parts += limb(*path)
    return parts


def _wellingtons() -> Parts:
    parts: Parts = []
    for x, y in ((-14, 3), (14, -3)):
        boot = [loft([(2, -5.5, 6, 4.4), (8, -5.4, 5.4, 4.4), (14, -5, 4.4, 4.2), (24, -6, 5.6, 5), (35,
            -6.6, 6.6, 5.6), (36, -7, 7,
            5.9), (37.5, -7, 7, 5.9)])]
        boot += limb((2, 0, 6.4, 4.2), (9, 0, 5.2, 4.0), (15.5, 0, 5, 4.3), (16.5, 0, 4.6, 4.0))
        boot += [loft([(0, -6.4, -0.4, 4.4), (3, -6.2, 0.5, 4.4)], 3), loft([(0, 4.6, 20, 4.6), (1.8, 3.8,
            21, 4.8)], 3)]
        boot += [loft([(1.7, -6.4, 21, 4.8), (3.0, -6.4, 20.6, 4.6)], 3)]
        parts += put(boot, (x, y, 0))
    return parts


def _ribbon_bow() -> Parts:
    parts = [ball(2.6, z=14, squash=1.1)]
    for s in SIDES:
        loop = [(0, 0), (5, 4.6), (9, 6.4), (12.5, 5.8), (13.6, 2), (13, -2.6), (10.5, -4.6), (6, -4)]
        tail = [(0, 0), (2.5, -2), (6.5, -6.5), (11.5, -13.6), (8.2, -12.4), (7, -15.6), (3.6, -9), (0.6, -4)]
        parts += [cut([(s * x, 14 + 1.15 * z) for x, z in outline], deep) for outline, deep in ((loop, 5),
            (tail, 2))]
    return put(parts, (0, 0, 4))


def _necklace() -> Parts:
    parts = [*put([turned([(0.2, 0), (2.0, 1.4), (2.2, 2.6), (1.2, 4.6), (0.4, 5.4)])], (0, 0, 0))]
    for k, t in enumerate(np.linspace(-np.pi / 2, 1.5 * np.pi, 46, endpoint=False).tolist()):
        r = 0.95 - 0.35 * abs(np.sin(t / 2 + np.pi / 4))
        x, z = 7.6 * float(np.cos(t)), 15.6 + 9.4 * float(np.sin(t))
        x *= 1 - 0.18 * float(np.sin(t))
        parts.append(ball(max(r, 0.55) + 0.0 * k, x, 0, z))
    return parts


def _ring() -> Parts:
    parts = ring(1.05, 0.85, 0.22, 1.05)
    parts += mirrored([*limb((0.1, 0, 2.05, 0.1), (0.42, 0.2, 2.5, 0.06)), *limb((0.1, 0, 2.05, 0.1),
        (0.42, -0.2, 2.5, 0.06))])
    stone = [(0.05, 2.05), (0.62, 2.62), (0.62, 2.68), (0.36, 2.9)]
    return [*parts, creation.revolve([(0, 2.05), *stone, (0, 2.9)], sections=8)]


def _folded_umbrella() -> Parts:
    parts = [turned([(0.5, 0), (0.7, 6), (1.9, 7), (3.4, 20), (4.3, 40), (4.6, 56), (4.2, 58), (1.2, 60),
        (0.7, 61), (0.7, 84)])]
    parts += [turned([(2.9, 34), (4.6, 34.2), (4.6, 36), (2.9, 36.2)])]
    parts += [p for t in around(8) for p in limb((*spot(t, 1.4), 8, 0.5), (*spot(t, 4.4), 50, 0.9),
        (*spot(t, 4.9), 57, 0.5))]
    hook = [(5 - 5 * float(np.cos(t)), 84 + 6 * float(np.sin(t))) for t in np.linspace(0, np.pi, 9)]
    return [*parts, *limb((0, 0, 78, 1.4), *((x, 0, z, 1.4) for x, z in hook), (9.8, 0, 80.5, 1.5))]


def _crutches() -> Parts:
    one = limb((0, 0, 1, 1.9), (0, 0, 3, 1.5)) + limb((0, 0, 2, 1.4), (0, 0, 42, 1.4))
    one += mirrored(limb((0, 0, 38, 1.3), (5.4, 0, 62, 1.3), (6.6, 0, 124, 1.3)))
    one += limb((-5.8, 0, 82, 1.7), (5.8, 0, 82, 1.7))
    one += limb((-9.6, 0, 126.5, 2.4), (-4, 0, 124.8, 2.8), (4, 0, 124.8, 2.8), (9.6, 0, 126.5, 2.4))
    return [*put([p.copy() for p in one], (-13, 0, 0), -0.07), *put(one, (13, 0, 0), 0.07)]


def _chef_hat() -> Parts:
    parts = [turned([(10, 0), (10.2, 10), (9.6, 11), (10, 13)]), ball(12, z=20, squash=0.6)]
    for count, far, up, r in ((9, 10.5, 18.5, 5.2), (6, 6.5, 23.5, 5.4), (1, 0, 25, 5.6)):
        parts += [ball(r, *spot(t, far), up, 0.95) for t in around(count, far)]
    return parts


WORN: dict[str, Callable[[], Parts]] = {
    # For the head.
    "wig": lambda: centimetres(flattened(_wig(), 0.45)),
    "witch hat": lambda: centimetres([
        turned([(25, 1.5), (26, 2.2), (20, 2.4), (11, 3.4)]), turned([(11, 2), (10.4, 6), (7.6, 17), (5.2,
            27)]),
        *limb((0, 0, 26, 5.2), (2, 0, 34, 3.4), (6.4, 0, 39.5, 2.0), (12.4, 0, 40.5, 0.4))]),
    "party hat": lambda: centimetres([
        turned([(8.2, 0), (8.2, 0.6), (0.7, 20.5)]), ball(2.2, z=21.5),
        *limb(*((2.6 * x, 2.6 * y, 21.5 + 2.6 * z, 0.7) for x, y,
            z in creation.icosphere(subdivisions=1).vertices)),
    ]),
    "straw hat": lambda: centimetres([
        turned([(20.5, 0.4), (21.5, 0.9), (20.5, 1.5), (10, 2.4)]), turned([(10.4, 2), (10.3, 5.6)]),
        turned([(9.8, 1), (9.4, 12.4), (8.6, 13.6), (5, 14)])]),
    "chef hat": lambda: centimetres(_chef_hat()),
    "beret": lambda: centimetres(put([
        turned([(8.6, 0), (8.9, 1.8), (12.4, 3.4), (14.2, 5.2), (13.4, 7), (8, 8.6), (0.9, 9)]), *limb((0,
            0, 8.6, 0.8), (0.7, 0,
            11.6, 0.55))], (0, 0, 1.5), 0.2)),
    # For hands and feet.
    "pair of mittens": lambda: centimetres(_mittens()),
    "wellington boots": lambda: centimetres(_wellingtons()),
    # Worn for show, and carried.
    "ribbon bow": lambda: centimetres(_ribbon_bow()),
    "pearl necklace": lambda: centimetres(_necklace()),
    "diamond ring": lambda: centimetres(_ring()),
    "folded umbrella": lambda: centimetres(_folded_umbrella()),
    "walking stick": lambda: centimetres([
        turned([(1.4, 0), (1.4, 2), (1.1, 2.2), (1.3, 84)]),
        *limb(*((5.2 - 5.2 * float(np.cos(t)), 0, 82 + 7 * float(np.sin(t)), 1.4) for t in np.linspace(0,
            np.pi, 9)),
            (10.3, 0, 78, 1.4))]),
    "pair of crutches": lambda: centimetres(_crutches()),
}
# fmt: on
