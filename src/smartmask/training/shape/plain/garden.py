"""Vegetables, flowers, beds and baskets as solids told in centimetres; what has a front faces -y."""

from collections.abc import Callable, Sequence

import numpy as np

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
    lying,
    moved,
    ring,
    rod,
    rotated,
    turned,
)

# fmt: off
_QUARTER = float(np.pi / 2)
_ACROSS: Point = (0.0, 1.0, 0.0)


def _asparagus() -> Parts:
    parts = [turned([(3.9, 9.5), (3.7, 10.5), (3.7, 11.5), (3.9, 12.5)])]
    tip = [(0.95, 0), (0.8, 3), (0.72, 15), (0.8, 17), (0.98, 19), (0.85, 20.5), (0.5, 22), (0.05, 23.6)]
    for count, radius, more in ((1, 0.0, 3.2), (6, 1.9, 2.0), (11, 3.7, 0.0)):
        for k, t in enumerate(around(count, 0.2)):
            x, y = spot(t, radius)
            spear = turned([(r, z * (1 + 0.025 * (k * 7 % 4 - 1))) for r, z in tip])
            lean = 0.05 * radius
            spear = rotated(spear, lean, (-float(np.sin(t)), float(np.cos(t)), 0))
            parts += [moved(spear, (0.8 * x, 0.8 * y, more * 0.6))]
    return parts


def _cauliflower() -> Parts:
    parts = [turned([(2.2, 0), (2.6, 2), (5, 5)]), ball(7.0, z=9.5, squash=0.75)]
    for count, up in ((1, 1.5), (6, 1.0), (10, 0.5), (12, 0.1)):
        for t in around(count, up):
            x, y = spot(t, 6.6 * float(np.cos(up)))
            parts.append(ball(2.0, x, y, 9.6 + 4.9 * float(np.sin(up))))
    for k, t in enumerate(around(7, 0.15)):
        (a, b), (c, d), (e, f) = (spot(t, r) for r in (3.0, 8.4, 10.6 + 0.8 * (k % 2)))
        parts += limb((a, b, 2.0, 1.2), (c, d, 5.5, 2.0), (e, f, 10.5 + k % 3, 0.5))
    return parts


def _radishes() -> Parts:
    parts = [turned([(1.9, 14.0), (1.7, 15), (1.9, 16)])]
    for k, (x, y, z) in enumerate(((-5, 0, 7), (5, -1, 7.4), (0, -3, 5), (-2.6, 3, 8.6), (2.8, 2.6, 8.2))):
        parts += [ball(2.9, x, y, z, 1.05), *limb((x, y, z - 2.4, 0.9), (x * 1.1, y, z - 4, 0.35),
            (x * 1.1 + 0.8 * (-1) ** k, y, z - 6 + k % 2, 0.2))]
        parts += limb((x, y, z + 2.2, 0.8), (0.2 * x, 0.2 * y, 15, 0.6))
    for k, t in enumerate(around(9)):
        (a, b), (c, d), (e, f) = (spot(t, r) for r in (0.8, 4.4, 7.4 if k % 3 else 4.2))
        top = 28 + 3 * (k % 3 == 0) - 2 * (k % 2)
        parts += limb((a, b, 15, 0.5), (0.8 * c, 0.8 * d, 19, 0.6), (c, d, 22, 1.7), (e, f, top - 2, 2.1),
            (1.1 * e, 1.1 * f, top, 1.0))
    return parts


def _carrots() -> Parts:
    rng, parts = np.random.default_rng(2), [turned([(2.2, 20.2), (1.9, 21), (2.2, 21.8)])]
    root = [(0.1, 0), (0.5, 3), (1.3, 9), (2.0, 15), (2.1, 16.6), (1.4, 17.6), (0.5, 18)]
    for x, y, lean, z in ((-1.8, 0, 0.42, 1.2), (1.8, 0, -0.42, 0.8), (0, -1.6, 0.06, 0), (-0.8, 1.6, 0.2,
        0.6),
        (0.9, 1.6, -0.22, 0.2)):
        parts += put([moved(turned(root), (0, 0, -18))], (x, y, 18.6 + z), lean)
        parts += limb((x, y, 18 + z, 0.6), (0.3 * x, 0.3 * y, 22, 0.6))
    for t in around(9, 0.2):
        far = rng.uniform(3, 9)
        (a, b), (c, d) = spot(t, 0.7), spot(t, far)
        top = 41 - 0.6 * far
        parts += limb((a, b, 21, 0.55), (0.75 * c, 0.75 * d, 31, 0.5), (c, d, top, 0.4))
        for u in np.linspace(0.35, 1.0, 6).tolist():
            for s in SIDES:
                x, y, z = a + (c - a) * u, b + (d - b) * u, 21 + (top - 21) * u
                dx, dy = (rng.uniform(-1, 1) + 1.4 * s) * 1.6, rng.uniform(-2, 2)
                parts += limb((x, y, z - 1, 0.35), (x + dx, y + dy, z + 1.2, 0.75), (x + 1.4 * dx, y + dy,
                    z + 2.2, 0.2))
    return parts


def _pumpkin(size: float, x: float, y: float, z: float, lean: float) -> Parts:
    ribs = [moved(ball(0.62, squash=1.15), (*spot(t, 0.5), 0.7)) for t in around(9)]
    stem = limb((0, 0, 1.3, 0.2), (0.03, 0, 1.6, 0.12), (0.2, 0, 1.85, 0.13))
    return put([scaled(p, size) for p in [*ribs, *stem]], (x, y, z), lean)


def _pumpkins() -> Parts:
    low = [part for k, (x, y) in enumerate(((-34, 0), (0, -8), (34, 2), (-17, 26), (18, 27)))
        for part in _pumpkin(15 + k % 2, x, y, 0, 0.15 * (k % 3 - 1))]
    high = [part for x, y, lean in ((-17, 6, -0.15), (17, 8, 0.2)) for part in _pumpkin(14, x, y, 19, lean)]
    return [*low, *high, *_pumpkin(12, 0, 8, 38, 0.1), *_pumpkin(8, -60, -8, 0, -0.2)]


def _leaf(path: Sequence[Point], wide: float, thick: float = 0.15) -> Parts:
    """A blade along a path, widest in its midst and pointed at its end."""
    count = len(path) - 1
    radii = [max(wide * float(np.sin(np.pi * (0.12 + 0.88 * k / count))) ** 0.8, thick) for k in range(count)]
    return limb(*((*point, r) for point, r in zip(path, [*radii, thick], strict=True)))


def _arch(turn: float, start: float, reach: float, low: float, top: float, end: float) -> list[Point]:
    """A path that rises from the middle and bends outward."""
    return [(*spot(turn, start + reach * u), low + (top - low) * float(np.sin(u * np.pi / 2)) * (1 - u * u)
        + u * u * (end - low) + low * u * u * 0) for u in np.linspace(0, 1, 7).tolist()]


def _flower(x: float, y: float, z: float, size: float, petals: int = 8) -> Parts:
    """A flower of round petals that looks up and to all sides."""
    parts = [ball(0.42 * size, x, y, z + 0.1 * size)]
    for t in around(petals, x + y):
        (a, b), (c, d) = spot(t, 0.5 * size), spot(t, size)
        parts += limb((x + a, y + b, z, 0.16 * size), (x + c, y + d, z + 0.3 * size, 0.24 * size))
    return parts


def _tulip_head(x: float, y: float, z: float, size: float, lean: float = 0.0) -> Parts:
    cup = [(0.25, 0), (0.75, 0.25), (0.88, 0.8), (0.72, 1.5)]
    parts = [turned(cup), *(part for t in around(5, 0.3) for part in limb((*spot(t, 0.6), 1.2, 0.3),
        (*spot(t, 0.72), 2.2, 0.04)))]
    return put([scaled(part, size) for part in parts], (x, y, z), lean)


def _tulips() -> Parts:
    parts = [turned([(2.6, 12), (2.2, 13.2), (2.6, 14.4)])]
    for count, far, top in ((1, 0.0, 34.0), (5, 6.0, 31.0), (7, 11.5, 26.5)):
        for k, t in enumerate(around(count, 0.4 * far)):
            x, y = spot(t, far)
            high = top + 1.4 * (k % 2)
            parts += limb((-0.35 * x, -0.35 * y, 0, 0.5), (0.08 * x, 0.08 * y, 13, 0.5), (x, y, high, 0.5))
            parts += _tulip_head(x, y, high - 0.3, 2.6, 0.04 * x)
    for t in around(6, 0.2):
        (a, b), (c, d), (e, f) = (spot(t, r) for r in (0.8, 7, 13))
        parts += _leaf([(a, b, 13), (c, d, 20), (e, f, 23)], 1.5)
    return parts


def _lily_pad() -> Parts:
    turns = np.linspace(0.16, 2 * np.pi - 0.16, 40).tolist()
    rim = [(13 * float(np.cos(t)), 13 * float(np.sin(t))) for t in turns]
    parts = put([lying(cut([(0, 0), *rim], 0.9))], (0, 0, 0), -0.6, (0, 0, 1))
    other = [(0.62 * a, 0.62 * b) for a, b in rim]
    parts += put([lying(cut([(0, 0), *other], 0.9))], (-19, 5, 0), 2.4, (0, 0, 1))
    for count, reach, top, start in ((8, 6.5, 4.0, 0.0), (8, 4.8, 6.6, 0.4), (6, 2.4, 8.0, 0.2)):
        for t in around(count, start):
            (a, b), (c, d), (e, f) = (spot(t, r * reach) for r in (0.25, 0.75, 1.0))
            parts += limb((a, b, 1.4, 0.6), (c, d, 0.55 * top, 1.15), (e, f, top, 0.1))
    return put(parts, (5, 0, 0))


def _hanging_basket() -> Parts:
    parts = [turned([(3, 0), (9, 2.5), (13.5, 7), (15.5, 13), (15.5, 14)]), ball(14, z=15, squash=0.55)]
    rng = np.random.default_rng(3)
    for t in around(3, 0.5):
        parts += [rod((*spot(t, 14.5), 14), (0, 0, 46), 0.6)]
    parts += [*put(ring(2.6, 1.5, 0.9, 0), (0, 0, 48))]
    for k, t in enumerate(around(13, 0.1)):
        far, up = (15.5, 17.0) if k % 2 else (11.0, 22.0)
        parts += _flower(*spot(t, far), up, 3.0, 5)
    for t in around(9):
        (a, b), (c, d), (e, f) = (spot(t + 0.1 * k, r) for k, r in enumerate((13, 19, 20.5)))
        end = rng.uniform(-14, -3)
        parts += limb((a, b, 15, 0.6), (c, d, 12, 0.6), (e, f, end, 0.5))
        for u in np.linspace(0.05, 1, 6).tolist():
            x, y, z = c + (e - c) * u, d + (f - d) * u, 12 + (end - 12) * u
            parts += limb((x, y, z, 0.4), (x + rng.uniform(-1.8, 1.8), y + rng.uniform(-1.8, 1.8), z - 1.4,
                1.2))
    return parts


def _plant_row(box_width: float, box_depth: float, low: float, count: int, seed: int) -> Parts:
    """Flowers and leaves over a box."""
    rng, parts = np.random.default_rng(seed), []
    for k, x in enumerate(np.linspace(-0.46, 0.46, count).tolist()):
        y = (0.3 * (k % 3 - 1)) * box_depth
        up = low + rng.uniform(9, 21)
        x0 = x * box_width
        x1 = x0 + rng.uniform(-2, 2)
        parts += [*limb((x0, y, low - 2, 0.5), (x1, y, up, 0.5)), *_flower(x1, y, up, 2.9, 6)]
        for s in SIDES:
            parts += _leaf([(x0, y, low - 1), (x0 + 2.6 * s, y + 1.5 * s, low + 5), (x0 + 4.6 * s,
                y + 2 * s, low + 7)],
                1.3)
    return parts


def _window_box() -> Parts:
    parts = [loft([(0, -34, 34, 7), (15, -36, 36, 9)], 9), box(76, 20, 2.4, z=14)]
    parts += [*_plant_row(74, 14, 16, 15, 5)]
    for k, x in enumerate(np.linspace(-33, 33, 8).tolist()):
        drop = 6 + 4 * (k * 5 % 3)
        parts += limb((x, -9, 16, 0.7), (x, -11.5, 14, 0.9), (x + 1, -11.5, 14 - drop, 1.2))
        parts += [ball(1.5, x + s * 1.6, -11.5, 13 - drop * u) for s, u in ((-1, 0.3), (1, 0.6), (-1, 0.9))]
    return parts


def _flower_bed() -> Parts:
    parts = [scaled(turned([(92, 0), (92, 5), (80, 9)]), (1, 0.6, 1))]
    parts += [ball(8.5, *(_at_oval(t, 95, 57)), 3.5, 0.75) for t in around(32)]
    rng = np.random.default_rng(7)
    for radius, count in ((0.1, 3), (0.45, 9), (0.82, 15)):
        for k, t in enumerate(around(count, radius)):
            x, y = _at_oval(t, 95 * radius, 57 * radius)
            up = 52 - 26 * radius + rng.uniform(-5, 5)
            parts += limb((x, y, 5, 1.0), (x, y, up, 1.0))
            parts += _flower(x, y, up, 7.5, 7) if k % 2 else _tulip_head(x, y, up, 4.8)
            for s in SIDES:
                parts += _leaf([(x, y, 6), (x + 6 * s, y, 16), (x + 10 * s, y, 19)], 2.2)
    return parts


def _at_oval(turn: float, a: float, b: float) -> tuple[float, float]:
    return a * float(np.cos(turn)), b * float(np.sin(turn))


def _vegetable_bed() -> Parts:
    parts = [box(190, 90, 15, z=9), *(box(7, 7, 26, x, y, 4) for x in (-95, 95) for y in (-45, 45))]
    rng = np.random.default_rng(6)
    for x in (-78, -52):
        for y in (-24, 0, 24):
            for t in around(7, 0.1 * x):
                parts += put(_leaf(_arch(t, 1, 9 + rng.uniform(0, 3), 23, 36, 38), 3.4, 0.6), (x, y, 0))
    for x in (-22, 0, 22):
        for y in (-28, -9, 9, 28):
            parts += [ball(4.2, x, y, 24, 0.8)]
            for t in around(5, 0.2 * x + y):
                (a, b), (c, d) = spot(t, 3), spot(t, 8)
                parts += limb((x, y, 25, 0.9), (x + a, y + b, 40, 0.8), (x + c, y + d, 50 + 4 * (x == 0),
                    0.5))
                parts += [ball(2.0, x + 0.8 * c, y + 0.8 * d, 45), ball(1.8, x + c, y + d, 50)]
    for x, y in ((56, -22), (56, 22), (80, 0), (84, -30), (84, 30)):
        parts += [rod((x, y, 22), (x, y, 98), 1.2)]
        for k in range(7):
            t, z = 2.4 * k + x, 32 + 9 * k
            a, b = spot(t, 11 - 0.8 * k)
            parts += _leaf([(x, y, z), (x + 0.6 * a, y + 0.6 * b, z + 4), (x + a, y + b, z + 1)], 2.8, 0.5)
            parts += [ball(2.9, x - 0.55 * a, y - 0.55 * b, z)]
    return put(parts, (0, 0, -4))


def _mushrooms() -> Parts:
    cap = [(0.35, -0.12), (0.95, -0.22), (1.0, 0.0), (0.85, 0.4), (0.5, 0.68), (0.1, 0.78)]
    parts: Parts = []
    for x, y, high, size, lean in ((0, 0, 13, 5.4, 0.05), (-7.5, -1, 8, 4.0, -0.35), (7, 1, 9, 3.9, 0.32),
        (3.2, -4, 5, 2.6, 0.2), (-2.8, -4, 4.2, 2.2, -0.2), (11.5, -2, 3.6, 2.0, 0.55)):
        stem = scaled(turned([(1.25, 0), (0.95, 0.3 * high), (0.8, high)]), (size / 4.4, size / 4.4, 1))
        top = turned([(size * r, high + size * z) for r, z in cap])
        parts += put([stem, top], (0.55 * x, 0.55 * y, 0), lean)
    for t in around(9, 0.2):
        parts += limb((*spot(t, 5), 0, 0.5), (*spot(t, 7.5), 2.4, 0.1))
    return parts


def _leaves_pile() -> Parts:
    rng = np.random.default_rng(9)
    parts = [turned([(62, 0), (52, 9), (34, 24), (16, 36), (4, 40)])]
    star = [(0, -0.1), (0.35, -0.45), (0.5, -0.2), (1.0, -0.1), (0.75, 0.25), (0.85, 0.6), (0.4, 0.5), (0,
        1.15),
        (-0.4, 0.5), (-0.85, 0.6), (-0.75, 0.25), (-1.0, -0.1), (-0.5, -0.2), (-0.35, -0.45)]
    for _ in range(170):
        t, u = rng.uniform(0, 2 * np.pi), rng.uniform(0, 1) ** 0.6
        size = rng.uniform(5, 7.5)
        one = rotated(cut([(size * a, size * b) for a, b in star], 0.8), rng.uniform(0, 6.3), _ACROSS)
        one = rotated(rotated(one, rng.uniform(-1.2, 1.2), (1, 0, 0)), rng.uniform(0, 6.3))
        parts.append(moved(one, (*spot(t, 64 * u), max(3.0, 44 * (1 - u) ** 0.9))))
    for t in around(11, 0.3):
        far = rng.uniform(70, 88)
        one = rotated(lying(cut([(6 * a, 6 * b) for a, b in star], 0.8)), t * 3)
        parts.append(moved(one, (*spot(t, far), 0.3)))
    return parts


def _holly() -> Parts:
    edge: list[tuple[float, float]] = [(0.0, 0.0)]
    for s in (1, -1):
        side = [(0.5, 0), (2.9, 1.4), (2.0, 2.7), (3.8, 4.6), (2.4, 6.0), (3.5, 8.4), (1.4, 9.4)]
        edge += [(s * x, z) for x, z in (side if s > 0 else side[::-1])]
        edge += [(0.0, 13.0)] if s > 0 else []
    leaf = [(x, z - 5.5) for x, z in edge]
    parts: Parts = []
    for lean in (-1.15, 1.15, 0.0):
        parts += put([cut([(0, 0), *leaf[1:], (0, -5.5), leaf[1]], 1.0, z=7.5 if lean else 8.5)], (0, 0, 6),
            lean)
    berries = [ball(2.0, x, -1.2, z) for x, z in ((-2.0, 5.0), (2.0, 5.0), (0, 2.0), (0, 7.4))]
    return [*parts, *berries, *limb((0, 0, 6, 0.6), (1.0, 0, -3.6, 0.7))]


GARDEN: dict[str, Callable[[], Parts]] = {
    # Vegetables.
    "bunch of asparagus": lambda: centimetres(_asparagus()),
    "cauliflower": lambda: centimetres(_cauliflower()),
    "bunch of radishes": lambda: centimetres(_radishes()),
    "bunch of carrots": lambda: centimetres(_carrots()),
    "pile of pumpkins": lambda: centimetres(_pumpkins()),
    "vegetable bed": lambda: centimetres(_vegetable_bed()),
    # Flowers and leaves.
    "bunch of tulips": lambda: centimetres(_tulips()),
    "lily pad": lambda: centimetres(_lily_pad()),
    "hanging flower basket": lambda: centimetres(_hanging_basket()),
    "window box": lambda: centimetres(_window_box()),
    "flower bed": lambda: centimetres(_flower_bed()),
    "pile of leaves": lambda: centimetres(put(_leaves_pile(), (0, 0, 3.9))),
    "holly": lambda: centimetres(put(_holly(), (0, 0, 4.3))),
    "cluster of mushrooms": lambda: centimetres(_mushrooms()),
}
# fmt: on
