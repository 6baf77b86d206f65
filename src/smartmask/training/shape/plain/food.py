"""Food, and what it is served in, as solids that are told in centimetres; what has a front faces -y."""

from collections.abc import Callable

import numpy as np
from trimesh import creation

from smartmask.training.shape.plain.forms import (
    SIDES,
    Parts,
    around,
    centimetres,
    limb,
    loft,
    put,
    scaled,
    spot,
)
from smartmask.training.shape.plain.solids import (
    Point,
    ball,
    box,
    cut,
    gable,
    lying,
    moved,
    oval,
    ring,
    rod,
    rotated,
    turned,
)

# fmt: off
_QUARTER = float(np.pi / 2)
_ACROSS: Point = (0.0, 1.0, 0.0)


def _artichoke() -> Parts:
    parts = [turned([(1.0, 0), (1.1, 4), (2.2, 5)]), ball(4.0, z=8.6, squash=1.1)]
    for row in range(6):
        up = -0.75 + 0.36 * row
        for t in around(9 if row < 5 else 6, 0.35 * (row % 2)):
            out, high = 4.1 * np.cos(up), 8.6 + 4.5 * np.sin(up)
            (x, y), (x1, y1), (x2, y2) = (spot(t, r * out) for r in (0.75, 1.17, 1.12))
            parts += limb((x, y, high - 1.2, 1.0), (x1, y1, high + 0.7, 0.9), (x2, y2, high + 2.6, 0.12))
    return parts


def _celery() -> Parts:
    parts = [turned([(2.4, 0), (3.6, 1), (4.0, 5), (3.6, 9)])]
    rng = np.random.default_rng(4)
    for count, radius, long in ((4, 1.4, 33.0), (8, 3.0, 27.0)):
        for k, t in enumerate(around(count, 0.3)):
            far = radius * 1.9
            (a, b), (c, d) = spot(t, radius), spot(t, far)
            top = long + 1.3 * (k % 3)
            parts += limb((a, b, 6, 1.5), (c, d, top, 0.75))
            for _ in range(6):
                x, y = (rng.uniform(-2.6, 2.6) for _ in range(2))
                z = top + rng.uniform(1, 5.5)
                parts += limb((c, d, top - 0.5, 0.4), (c + 0.7 * x, d + 0.7 * y, z - 1.2, 1.0),
                    (c + 1.5 * x, d + 1.5 * y, z + 1.0, 0.12))
    return parts


def _garlic() -> Parts:
    bulb = [(0.6, 0), (2.4, 0.4), (3.1, 1.6), (2.7, 3.2), (1.3, 4.4), (0.6, 5.4), (0.5, 8)]
    parts = [*limb((0, 0, 4, 0.8), (0, 0, 50, 1.3)), *put(ring(2.6, 1.6, 1.0, 0), (0, 0, 59))]
    parts += [ball(1.5, 0.9 * s, 0, z) for k, z in enumerate(np.arange(44, 57, 1.7).tolist())
        for s in (SIDES[k % 2],)]
    for row in range(7):
        for t in around(3, 1.05 * row):
            x, y = spot(t, 2.2)
            one = rotated(turned(bulb), 0.95, (float(np.sin(t)), -float(np.cos(t)), 0.0))
            parts.append(moved(rotated(one, 0), (2.6 * x, 2.6 * y, 3.0 + 5.9 * row)))
    return parts


def _seashell() -> Parts:
    turns = np.linspace(-0.42 * np.pi, 0.42 * np.pi, 82)
    edge = [(8.0 * (1 + 0.035 * abs(np.cos(5.5 * np.pi * (t / 1.32 + 1)))) * np.sin(t) * 1.02,
        8.4 * (1 + 0.05 * abs(np.cos(5.5 * np.pi * (t / 1.32 + 1)))) * np.cos(t) + 2.2) for t in turns]
    fan = [(0.0, 0.6), (-1.5, 1.0), *((float(x), float(z)) for x, z in edge), (1.5, 1.0)]
    wings = [(0.0, 2.6), (-2.5, 1.7), (-2.9, 0.0), (2.9, 0.0), (2.5, 1.7)]
    return put([cut(fan, 1.2), cut(wings, 1.2)], angle=-0.3, axis=(1, 0, 0))


def _kebab() -> Parts:
    parts = [rod((-17, 0, 2.4), (13, 0, 2.4), 0.35), *limb((13, 0, 2.4, 0.35), (15.5, 0, 2.4, 0.08)),
        *put(ring(1.5, 0.8, 0.5, 0), (-18.3, 0, 2.4))]
    for k, x in enumerate(np.linspace(-8.5, 9.5, 7).tolist()):
        if k % 2 == 0:
            parts += put([loft([(-1.3, -2.0, 2.0, 2.0), (1.3, -2.1, 1.9, 2.1)], 5)], (x, 0, 2.4), 1.5708)
        else:
            parts += put([turned([(1.2, -0.9), (1.75, -0.5), (1.75, 0.5), (1.2, 0.9)])], (x, 0, 2.4), 1.5708)
    return parts


def _pancakes() -> Parts:
    parts = [turned([(7, 0), (12.5, 0.9), (13, 1.5), (12.6, 1.5), (8, 1.0)])]
    for k in range(7):
        shape = [(8.5, 0), (9.2, 0.4), (9.4, 0.85), (9.2, 1.3), (8.5, 1.7)]
        parts.append(turned(shape, 0.6 * float(np.sin(2.1 * k)), 0.6 * float(np.cos(1.7 * k)), 1 + 1.6 * k))
    parts += [rotated(box(3.6, 3.6, 1.7, z=12.2), 0.3)]
    return parts


_TOAST = [(0, 5), (-5.0, 0.5), (-4.6, 0.1), (4.6, 0.1), (5.0, 0.5), (5.0, 6.6), (5.9, 7.5), (6.2, 8.6),
    (5.9, 9.8),
    (5.0, 10.7), (3.4, 11.3), (0, 11.6), (-3.4, 11.3), (-5.0, 10.7), (-5.9, 9.8), (-6.2, 8.6), (-5.9, 7.5),
    (-5.0, 6.6), (-5.0, 0.5)]


def _gingerbread_man() -> Parts:
    parts = [cut(oval(5.0, 5.0), 0.9, z=13.2), cut(oval(5.6, 7.4, 2.6), 0.9, z=7.4)]
    for s in SIDES:
        for x0, z0, x1, z1, r in ((1.6, 9.4, 5.4, 9.9, 1.35), (1.4, 5.2, 3.1, 1.5, 1.45)):
            flat = limb((s * x0, 0, z0, r), (s * x1, 0, z1, r))
            parts += [scaled(part, (1, 0.4, 1)) for part in flat]
    return put(parts, angle=-0.1, axis=(1, 0, 0))


def _gingerbread_house() -> Parts:
    parts = [box(27, 20, 1), box(17, 16, 10, z=1), gable(17, 16, 11, 11)]
    for s in SIDES:
        slope = [(0, 23.5), (s * 11.2, 9.4), (s * 11.2, 7.9), (0, 22.0)]
        parts += [cut(slope, 19)]
        parts += [ball(0.95, s * 1.6 * k, y, 23.9 - 2.02 * k) for k in range(8) for y in (-9, -4.5, 0, 4.5,
            9)]
        parts += [turned([(0.7, -1.6 - 0.8 * (k % 2)), (0.8, 0.2)], s * 10.6, y, 8.6)
            for k, y in enumerate(np.linspace(-9, 9, 9).tolist())]
        parts += limb((s * 10.5, -9, 1, 0.6), (s * 10.5, -9, 5, 0.6), (s * 11.2, -9, 6, 0.6),
            (s * 12.2, -9, 6, 0.6), (s * 12.7, -9, 4.9, 0.6))
        parts += [turned([(0.3, 0), (2.2, 1), (1.6, 3.2), (1.8, 3.2), (1.1, 5.2), (1.2, 5.2), (0.1, 7.4)],
            12 * s, 6, 1)]
    return [*parts, box(3.2, 3.2, 9, 5.5, 2, 16), box(4.2, 4.2, 1.2, 5.5, 2, 25), ball(1.3, 4.8, 2, 26.6)]


def _candy_floss() -> Parts:
    parts = [turned([(0.5, 0), (0.8, 26)]), ball(11, z=38, squash=1.1), ball(7, z=29)]
    for count, up in ((1, 1.57), (6, 0.9), (9, 0.3), (9, -0.35), (6, -0.95)):
        for k, t in enumerate(around(count, 2 * up)):
            x, y = spot(t, 9.6 * float(np.cos(up)))
            parts.append(ball(4.6 + k % 3, x, y, 38 + 11 * float(np.sin(up))))
    return parts


def _roast_turkey() -> Parts:
    plate = [moved(lying(cut(oval(52, 34), 1.2)), (0, 0, 0.8)), moved(lying(cut(oval(30, 20), 1)), (0, 0, 0))]
    body = [ball(10, -3, 0, 10.5), ball(9.5, 3, 0, 10.0), ball(7.5, -9, 0, 8.5)]
    parts = [*plate, *body]
    for s in SIDES:
        parts += limb((5, 8.0 * s, 8, 4.6), (9, 7.5 * s, 11, 4.6), (15.5, 5.5 * s, 16.5, 1.7),
            (18.5, 4.5 * s, 19, 1.1))
        parts += [ball(1.5, 19.2, 4.5 * s - 0.9, 19.6), ball(1.5, 18.8, 4.5 * s + 0.9, 20)]
        parts += limb((-7, 8.5 * s, 11.5, 2.6), (1, 11.5 * s, 8.5, 2.4), (-8, 10.5 * s, 6.5, 1.6))
    for t in around(18, 0.1):
        x, y = spot(t, 1.0)
        parts += limb((19.5 * x, 12.5 * y, 1.5, 1.6), (23.5 * x, 15.5 * y, 4.0 + 1.2 * np.sin(7 * t), 0.5))
    return parts


def _bread_basket() -> Parts:
    parts = [loft([(0, -11, 11, 8), (3, -13, 13, 10), (9, -16, 16, 12)], 2.5)]
    parts += [moved(scaled(part, (1, 0.75, 1)), (0, 0, z))
        for r, z in ((16.0, 9), (14.6, 5.5), (12.6, 1.5)) for part in [creation.torus(r, 0.9)]]
    for x, y, lean, long in ((-9, 4, 0.3, 20), (-4, 5, 0.42, 24), (2, 4, 0.55, 23)):
        parts += put(limb((0, 0, 0, 1.5), (0, 0, 3, 2.5), (0, 0, long - 3, 2.3), (0, 0, long, 1.2)), (x, y,
            5),
            lean)
    loaves = ((8, -3, 11, 5.4), (-1, -3, 12.5, 5.6), (-10, -3, 11, 4.8))
    return [*parts, *(ball(r, x, y, z, 0.75) for x, y, z, r in loaves)]


_BOTTLE = [(4.2, 0), (4.4, 0.5), (4.4, 14), (3.8, 17.5), (2.2, 21.5), (1.5, 24), (1.4, 27.5), (1.75, 27.6),
    (1.75, 28.6), (1.35, 28.7), (1.8, 30), (1.7, 31.4), (1.1, 32.2)]


def _champagne() -> Parts:
    parts = [turned([(5.5, 0), (6.5, 0.6), (7.6, 1.2), (9.0, 10), (9.8, 19), (10.8, 19.6), (10.8, 20.6),
        (9.7, 20.6),
        (9.3, 18)])]
    parts += put([turned(_BOTTLE)], (-2.5, 1, 6.5), 0.32)
    for s in SIDES:
        parts += [ball(1.1, s * 9.6, 0, 16.6), *put(ring(2.6, 1.7, 1.0, 0), (s * 11.4, 0, 14.6))]
    ice = ((-5, -4, 0.4), (-1, -6, 1), (4, -5, 0.2), (-6, 3, 0.7), (6.4, 0, 0.9))
    return [*parts, *(part for x, y, t in ice for part in put([box(3, 3, 3)], (x, y, 18.9), t, (1, 1, 0)))]


def _cocktail() -> Parts:
    parts = [turned([(3.9, 0), (3.6, 0.4), (0.7, 1.2), (0.5, 7.2), (1.2, 8.0), (3.6, 9.5), (4.3, 12), (3.9,
        15),
        (3.7, 17), (4.4, 21)])]
    parts += limb((1.5, 0, 12, 0.35), (3.6, 0.5, 26, 0.35), (6.6, 0.7, 28.2, 0.35))
    parts += put(
        [turned([(4.6, 8.6), (2.3, 10.0), (0.3, 10.8)]), turned([(0.3, -6), (0.3, 12)])],
        (-2.6, -0.5, 19),
        -0.5,
    )
    return [*parts, *put(ring(2.7, 0, 0.7, 0), (4.6, -0.6, 20.6))]


def _punch_bowl() -> Parts:
    parts = [turned([(9, 0), (8, 1), (4, 2.5), (4, 4), (9, 6), (14.5, 11), (17, 18), (17.6, 22), (18.6, 23),
        (17, 23)])]
    parts += limb((3, -2, 14, 0.7), (12, -4, 25, 0.75), (19, -5, 35.5, 0.8), (21.5, -5, 36.8, 0.8),
        (23, -5, 35.2, 0.8))
    for t in (0.1, 2.2, 3.3, 5.4):
        x, y = spot(t, 21.2)
        cup = [turned([(1.8, 0), (3.2, 1.5), (3.7, 5.5)], z=0), *put(ring(2.2, 1.3, 0.8, 0), (4.7, 0, 3))]
        parts += put(put(cup, (0, 0, 0), t + 0.5, (0, 0, 1)), (x, y, 15.5))
        (a, b), (c, d) = spot(t, 17.5), spot(t, 20)
        parts += limb((a, b, 23, 0.4), (c, d, 22.5, 0.4), (c, d, 20.5, 0.4))
    return parts


def _fondue() -> Parts:
    parts = [turned([(7.5, 0), (7.5, 0.8), (7, 1)]), turned([(2.6, 1), (2.8, 4), (1.2, 4.6)]),
        turned([(0.7, 4.6), (0.9, 6), (0.1, 8)])]
    for t in around(3, 0.55):
        (a, b), (c, d), (e, f) = (spot(t, r) for r in (12, 8.2, 9.4))
        parts += limb((a, b, 0.6, 0.6), (c, d, 10, 0.6), (e, f, 14, 0.6))
    parts += [*put([creation.torus(8.6, 0.6)], (0, 0, 10.2))]
    parts += [turned([(6.5, 10.4), (9.2, 11.2), (10.2, 14), (9.8, 18), (10.4, 19), (9.5, 19)])]
    parts += limb((9.5, 0, 17.4, 1.0), (20, 0, 19.6, 1.3))
    for x, y, a, b in ((-3, 1, -14, 3), (-1, -2, -7, -4), (1, 3, 3, 6), (2, -1, 9, -5)):
        parts += limb((x, y, 14, 0.35), (a * 0.9, b * 0.9, 28, 0.35), (a * 1.15, b * 1.15, 34, 0.75))
    return parts


def _gravy_boat() -> Parts:
    parts = [loft([(1.4, -5, 5, 3), (2.2, -3.6, 3.6, 2.2), (3.2, -3.6, 3.4, 2.4), (5, -8, 6.2, 4.4),
        (8, -11.5, 7.2, 5.2), (9.6, -13, 7.6, 5.2)])]
    parts += [loft([(9.6, -13, 0.5, 3.4), (10.6, -14.2, -5, 2.2), (11.6, -15.4, -10.5, 1.2)])]
    parts += limb((6.8, 0, 9.0, 0.8), (10, 0, 11.6, 0.8), (12.8, 0, 10.6, 0.8), (13, 0, 8, 0.8),
        (10.4, 0, 5.4, 0.8), (5.8, 0, 4.6, 0.8))
    return [*parts, loft([(0, -8, 8, 5), (0.5, -12.5, 12.5, 7.5), (1.5, -14, 14, 8.6)])]


def _noodles() -> Parts:
    parts = [turned([(4.5, 0), (4.5, 1.4), (8, 3.5), (10.5, 8.5), (10.9, 8.8), (9, 8)])]
    rng = np.random.default_rng(1)
    for _ in range(12):
        x, y = rng.uniform(-5, 5, 2).tolist()
        loop = creation.torus(rng.uniform(2, 3.4), 0.5)
        parts += put([loop], (x, y, 8.6), rng.uniform(-0.7, 0.7), (1, 0, 0))
    for y in (-1.0, 1.4):
        parts += limb((-3, y, 8, 0.45), (16, 2 * y + 1, 21 - y, 0.6))
    return parts


FOOD: dict[str, Callable[[], Parts]] = {
    # Vegetables, fruit and shells.
    "artichoke": lambda: centimetres(_artichoke()),
    "celery": lambda: centimetres(_celery()),
    "garlic braid": lambda: centimetres(_garlic()),
    "fig": lambda: centimetres([
        turned([(0.6, 0), (2.0, 0.4), (2.7, 1.6), (2.6, 2.8), (1.7, 4.2), (0.75, 5.3), (0.45, 6.0)]),
        *limb((0, 0, 5.8, 0.42), (0.15, 0, 6.8, 0.36)),
    ]),
    "seashell": lambda: centimetres(_seashell()),
    # Sweet things.
    "ice lolly": lambda: centimetres([
        loft([(5, -2.5, 2.5, 1.1), (5.3, -2.7, 2.7, 1.2), (12, -2.6, 2.6, 1.2), (13.6, -2.3, 2.3, 1.1),
            (14.7, -1.5, 1.5, 0.8), (15.1, -0.5, 0.5, 0.3)], 3), cut(oval(1.1, 6, 4), 0.4, z=2.9),
    ]),
    "stack of pancakes": lambda: centimetres(_pancakes()),
    "sundae": lambda: centimetres([
        turned([(3.6, 0), (3.2, 0.6), (0.8, 1.6), (0.8, 3), (2.4, 5), (3.2, 10), (4.2, 15), (5, 16)]),
        ball(3.1, -2, 0, 17.6), ball(3.1, 2.1, 0.3, 17.6), ball(3.0, 0.1, 0, 21),
        turned([(2.4, 22.4), (1.9, 23.6), (1.5, 23.8), (1.0, 25)]), ball(1.15, 0, 0, 25.6),
        *limb((0, 0, 26.4, 0.22), (1.0, 0, 29, 0.22)), *put([box(3.2, 0.6, 9)], (3.6, 1, 18), 0.4),
        *limb((-3, 1, 18, 0.25), (-7.4, 1.4, 27, 0.5)),
    ]),
    "waffle": lambda: centimetres(put([
        *(box(1.7, 1.6, 15.4 if abs(x) > 6 else 16.4, x, z=0.5 if abs(x) > 6 else 0)
            for x in np.linspace(-6.9, 6.9, 5).tolist()),
        *(box(15.4 if abs(z - 7.4) > 6 else 16.4, 1.6, 1.7, z=z) for z in np.linspace(0.5, 14.3, 5).tolist()),
    ], (0, 0, 0), -0.1, (1, 0, 0))),
    "toast": lambda: centimetres(put([cut(_TOAST, 1.5)], (0, 0, 0), -0.1, (1, 0, 0))),
    "gingerbread man": lambda: centimetres(_gingerbread_man()),
    "gingerbread house": lambda: centimetres(_gingerbread_house()),
    "candy floss": lambda: centimetres(_candy_floss()),
    # Dishes.
    "kebab skewer": lambda: centimetres(put(_kebab(), (0, 0, -0.4))),
    "roast turkey": lambda: centimetres(_roast_turkey()),
    "bread basket": lambda: centimetres(_bread_basket()),
    "bowl of noodles": lambda: centimetres(_noodles()),
    "tagine": lambda: centimetres([
        turned([(10, 0), (13.6, 2.5), (14.4, 5.2), (13.2, 5.2)]), turned([(12.8, 5), (12.4, 7), (9, 11), (5,
            17),
            (2.2, 22), (1.8, 24), (2.8, 25.2), (2.8, 26.6), (1.6, 27.6)]),
    ]),
    "fondue set": lambda: centimetres(_fondue()),
    "gravy boat": lambda: centimetres(_gravy_boat()),
    "butter dish": lambda: centimetres([
        loft([(0, -9, 9, 5), (0.6, -11, 11, 6.6), (1.4, -12, 12, 7.4)], 5),
        loft([(1.4, -8.8, 8.8, 4.6), (6.2, -8.4, 8.4, 4.3), (7.2, -7.6, 7.6, 3.6)], 6),
        turned([(0.8, 7.1), (0.7, 7.8), (1.4, 8.6), (1.3, 9.4), (0.6, 9.9)]),
    ]),
    # Drinks.
    "champagne bucket": lambda: centimetres(_champagne()),
    "cocktail with umbrella": lambda: centimetres(_cocktail()),
    "punch bowl": lambda: centimetres(_punch_bowl()),
}
# fmt: on
