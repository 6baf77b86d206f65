"""Wild plants, shrubs and what is made of them, as solids in metres; what has a front faces -y."""

from collections.abc import Callable, Sequence

import numpy as np

from smartmask.training.shape.plain.forms import SIDES, Parts, around, limb, put, scaled, spot
from smartmask.training.shape.plain.solids import (
    Point,
    ball,
    box,
    cut,
    moved,
    ring,
    rod,
    rotated,
    turned,
)

# fmt: off
_ACROSS: Point = (0.0, 1.0, 0.0)


def _leaf(path: Sequence[Point], wide: float) -> Parts:
    """A blade along a path, widest in its midst and pointed at its end."""
    share = np.linspace(0.12, 0.97, len(path))
    return limb(*((*point, wide * float(np.sin(np.pi * u)) ** 0.8) for point, u in zip(path, share,
        strict=True)))


def _arch(turn: float, start: float, reach: float, top: float, end: float, count: int = 7) -> list[Point]:
    """A path from the ground up to a top and over to an end."""
    share = np.linspace(0, 1, count).tolist()
    high = [4 * u * (1 - u) * (top - end / 4) * (1 - 0.25 * u) + u * u * end for u in share]
    return [(*spot(turn, start + reach * u), z) for u, z in zip(share, high, strict=True)]


def _bamboo() -> Parts:
    rng, parts = np.random.default_rng(5), []
    for x, y, lean, high in ((-0.75, 0, -0.04, 5.0), (-0.4, 0.3, 0.02, 5.7), (0, -0.1, -0.01, 6.3), (0.4,
        0.2, 0.03, 5.4),
        (0.8, 0, 0.06, 4.6)):
        parts += put([turned([(0.075, 0), (0.06, high - 1), (0.02, high)])], (x, y, 0), lean)
        for k, z in enumerate(np.arange(0.45, high, 0.5).tolist()):
            parts += put([turned([(0.06, z - 0.03), (0.1, z), (0.06, z + 0.03)])], (x, y, 0), lean)
            if z < 0.33 * high:
                continue
            t = 2.4 * k + 3 * x
            (a, b), foot = spot(t, 0.5), x + lean * z
            parts += limb((foot, y, z, 0.022), (foot + a, y + b, z + 0.3, 0.018))
            for u in (0.45, 0.75, 1.0, 1.0):
                c, d = spot(t + rng.uniform(-1, 1), 0.42)
                sx, sy, sz = foot + a * u, y + b * u, z + 0.3 * u
                parts += _leaf([(sx, sy, sz), (sx + 0.55 * c, sy + 0.55 * d, sz - 0.02), (sx + c, sy + d,
                    sz - 0.2)], 0.05)
    return parts


def _cattails() -> Parts:
    parts: Parts = []
    for k, (x, y, high) in enumerate(((-0.34, 0, 1.45), (-0.16, 0.12, 1.85), (0.02, -0.1, 1.6), (0.2, 0.1,
        2.0),
        (0.4, -0.05, 1.5))):
        parts += put([turned([(0.014, 0), (0.012, high - 0.4)]), turned([(0.02, high - 0.4), (0.045,
            high - 0.37),
            (0.045, high - 0.14), (0.02, high - 0.11)]), turned([(0.01, high - 0.12), (0.008, high)])], (x,
                y, 0),
            0.09 * x)
        for s, u in ((-1, 0.8), (1, 0.62), (1, 0.95)):
            t = 0.5 * np.pi * (1 - s) + 0.6 * np.sin(3 * k + u)
            path = _arch(float(t), 0.02, 0.42 * u, 0.95 * high * u, 0.8 * high * u)
            parts += put(_leaf(path, 0.026), (x, y, 0))
    return parts


def _reeds() -> Parts:
    rng, parts = np.random.default_rng(8), []
    for k, t in enumerate(around(15, 0.2)):
        x, y = spot(2.4 * t, 0.1 + 0.36 * (k % 4) / 3)
        lean, high = 0.25 * x, 1.7 + 0.12 * (k * 7 % 5)
        top = x + lean * high
        parts += limb((x, y, 0, 0.018), (top, y, high, 0.014))
        side = 1 if x > 0 else -1
        for u in np.linspace(0, 1, 6).tolist():
            a, z = top + side * 0.16 * u * u, high + 0.36 * u - 0.12 * u * u
            parts += limb((a, y, z, 0.02), (a + side * 0.09 * (1 - 0.5 * u), y, z - 0.03, 0.024),
                (a + side * 0.15 * (1 - 0.5 * u), y,
                z - 0.09, 0.01))
        path = _arch(float(t), 0.0, rng.uniform(0.35, 0.6), rng.uniform(0.9, 1.4), rng.uniform(0.5, 1.0))
        parts += put(_leaf(path, 0.026), (x, y, 0))
    return parts


_IVY = [(0, 0), (0.5, -0.35), (1.0, 0.1), (0.55, 0.35), (0, 1.2), (-0.55, 0.35), (-1.0, 0.1), (-0.5, -0.35)]


def _trellis() -> Parts:
    rng = np.random.default_rng(11)
    parts = [box(0.05, 0.04, 2.0, x) for x in np.linspace(-0.6, 0.6, 5).tolist()]
    parts += [box(1.35, 0.04, 0.05, z=z) for z in np.linspace(0.3, 1.85, 6).tolist()]
    for start, wave in ((-0.45, 0.25), (0.3, -0.3), (0.5, 0.1)):
        up = np.linspace(0, 1.9 if wave > 0.15 else 1.3, 15).tolist()
        path = [(start + wave * float(np.sin(2.6 * z)), -0.04, z) for z in up]
        parts += limb(*((*point, 0.022) for point in path))
        for x, y, z in path[1:]:
            for _ in range(3):
                a, b, size = rng.uniform(-0.16, 0.16), rng.uniform(-0.1, 0.08), rng.uniform(0.085, 0.115)
                leaf = rotated(cut([(size * p, size * q) for p, q in _IVY], 0.012), rng.uniform(1.6, 4.7),
                    _ACROSS)
                parts.append(moved(rotated(leaf, rng.uniform(-0.7, 0.7)), (x + a, y - 0.04, z + b)))
    return parts


def _lavender() -> Parts:
    rng, parts = np.random.default_rng(12), []
    for count, lean in ((3, 0.05), (8, 0.22), (12, 0.42), (14, 0.6)):
        for t in around(count, 3 * lean):
            high = 0.62 - 0.12 * lean + rng.uniform(-0.04, 0.04)
            (a, b), (c, d) = spot(t, 0.04), spot(t, 0.04 + high * float(np.sin(lean)))
            tip = high * float(np.cos(lean))
            parts += limb((a, b, 0, 0.006), (c, d, tip, 0.005))
            for u in np.linspace(0.74, 1.06, 6).tolist():
                x, y = a + (c - a) * u, b + (d - b) * u
                parts += [ball(0.017 if u < 1 else 0.01, x, y, tip * u, 1.1)]
    for t in around(14):
        (a, b), (c, d) = spot(t, 0.08), spot(t, 0.21)
        parts += _leaf([(0.3 * a, 0.3 * b, 0), (a, b, 0.12), (c, d, 0.17 + 0.04 * np.sin(5 * t))], 0.022)
    return parts


def _thistle() -> Parts:
    parts = [*limb((0, 0, 0, 0.014), (0.01, 0, 0.4, 0.012), (0, 0, 0.62, 0.012))]
    for x, y, z, size in ((0, 0, 0.6, 1.0), (0.2, 0.02, 0.5, 0.7), (-0.19, 0, 0.42, 0.62)):
        parts += limb((0, 0, z - 0.2, 0.009), (0.8 * x, y, z - 0.08, 0.009), (x, y, z, 0.009))
        head = [ball(0.062, z=0.06, squash=0.95)]
        for up in (-0.5, 0.0, 0.5):
            for t in around(10, up):
                (a, b), (c, d) = spot(t, 0.055 * float(np.cos(up))), spot(t, 0.09 * float(np.cos(up)))
                head += limb((a, b, 0.05 + 0.06 * up, 0.012), (c, d, 0.08 + 0.09 * up, 0.002))
        head += [turned([(0.035, 0.1), (0.06, 0.16), (0.065, 0.17)])]
        for count, out in ((9, 0.075), (6, 0.035)):
            head += [p for t in around(count, out * 50) for p in limb((*spot(t, 0.03), 0.12, 0.015),
                (*spot(t, out), 0.215, 0.005))]
        parts += put([scaled(p, size) for p in head], (x, y, z), 1.2 * x)
    for t, z, reach in ((0.2, 0.05, 0.3), (3.0, 0.09, 0.28), (1.7, 0.05, 0.24), (4.6, 0.08, 0.24), (0.5,
        0.26, 0.2),
        (3.4, 0.22, 0.22), (2.3, 0.32, 0.14), (5.4, 0.3, 0.16)):
        for u in np.linspace(0.2, 1, 6).tolist():
            (x, y), (a, b) = spot(t, reach * u), spot(t, reach * (u - 0.2))
            high = z + 0.32 * reach * u
            parts += limb((a, b, high - 0.03, 0.016), (x, y, high, 0.015 if u < 1 else 0.002))
            for s in SIDES:
                c, d = spot(t + 0.9 * s, 0.26 * reach * (1.2 - 0.6 * u))
                parts += limb((x, y, high, 0.013), (x + c, y + d, high + 0.022 * (1 + s), 0.002))
    return parts


def _agave() -> Parts:
    parts = [ball(0.14, z=0.12)]
    for count, reach, top in ((9, 0.62, 0.2), (9, 0.52, 0.48), (8, 0.36, 0.7), (6, 0.18, 0.85), (3, 0.05,
        0.92)):
        for t in around(count, 3 * reach):
            (a, b), (c, d), (e, f) = (spot(t, r) for r in (0.07, 0.45 * reach + 0.03, reach))
            parts += limb((a, b, 0.1, 0.06), (c, d, 0.1 + 0.42 * top, 0.07), (0.85 * e, 0.85 * f,
                0.86 * top, 0.03), (e, f, top,
                0.004))
    return parts


def _saguaro() -> Parts:
    parts = limb((0, 0, 0, 0.3), (0, 0, 2, 0.36), (0, 0, 5.2, 0.32), (0, 0, 5.7, 0.2))
    for path in ([(0, 0, 2.2), (0.95, 0, 2.25), (1.3, 0, 2.7), (1.35, 0, 4.2), (1.34, 0, 4.35)],
        [(0, 0, 1.7), (-0.9, 0.1, 1.75), (-1.15, 0.1, 2.1), (-1.2, 0.1, 3.3), (-1.2, 0.1, 3.45)],
        [(0, 0, 3.1), (-0.1, -0.7, 3.15), (-0.1, -0.85, 3.4), (-0.1, -0.85, 4.3), (-0.1, -0.85, 4.4)]):
        parts += limb(*((*p, r) for p, r in zip(path, (0.2, 0.22, 0.24, 0.22, 0.14), strict=True)))
    return parts


def _pot(size: float) -> Parts:
    rows = [(0.7, 0), (0.92, 1.35), (1.05, 1.35), (1.05, 1.7), (0.9, 1.7)]
    return [turned([(size * r, size * z) for r, z in rows])]


def _spiral() -> Parts:
    parts = [*_pot(0.2), rod((0, 0, 0.3), (0, 0, 1.75), 0.035)]
    spots = []
    for u in np.linspace(0, 1, 64).tolist():
        r = 0.27 * (1 - u) + 0.015
        spots.append((*spot(8.5 * np.pi * u, r), 0.55 + 1.22 * u**0.92, 0.115 * (1 - 0.6 * u)))
    return [*parts, *limb(*spots), ball(0.06, z=1.83)]


def _tumbleweed() -> Parts:
    rng, parts = np.random.default_rng(14), []
    for _ in range(34):
        way = rng.normal(size=3)
        way /= np.linalg.norm(way)
        side = np.cross(way, rng.normal(size=3))
        side /= np.linalg.norm(side)
        path, size = [], rng.uniform(0.34, 0.42)
        for t in np.linspace(-0.5, 1.3, 9).tolist():
            r = size * (1 + 0.12 * np.sin(5 * t + way[0] * 9))
            path.append((*(r * (np.cos(t) * way + np.sin(t) * side)).tolist(), 0.009))
        parts += limb(*path)
        end = np.array(path[-1][:3])
        for k in (2, 5, 8):
            at = np.array(path[k][:3])
            twig = at * rng.uniform(1.15, 1.32) + rng.normal(size=3) * 0.05
            parts += limb((*at.tolist(), 0.008), (*twig.tolist(), 0.004))
        parts += limb((0, 0, 0, 0.01), (*(0.95 * end).tolist(), 0.008))
    return [moved(part, (0, 0, 0.46)) for part in parts]


def _mistletoe() -> Parts:
    parts = limb((0, 0, 0.5, 0.006), (0, 0, 0.34, 0.008))
    for t in np.linspace(-1.25, 1.25, 5).tolist():
        for y in (-0.06, 0.06):
            mid = (0.13 * float(np.sin(t)), y, 0.35 - 0.12 * float(np.cos(t)))
            parts += limb((0, 0, 0.35, 0.007), (*mid, 0.006))
            for turn in (t - 0.55, t + 0.55):
                a, b = float(np.sin(turn)), float(np.cos(turn))
                parts += limb((*mid, 0.006), (mid[0] + 0.05 * a, y, mid[2] - 0.05 * b, 0.015),
                    (mid[0] + 0.1 * a, 1.3 * y,
                    mid[2] - 0.1 * b, 0.017), (mid[0] + 0.14 * a, 1.5 * y, mid[2] - 0.14 * b, 0.007))
            parts += [ball(0.017, mid[0] + 0.014 * s, y, mid[2] - 0.034) for s in SIDES]
    return [*parts, *_bow(0.11, 0.38)]


def _bow(size: float, z: float, y: float = 0) -> Parts:
    parts = [ball(0.24 * size, 0, y, z)]
    for s in SIDES:
        loop = [(0, 0), (0.5, 0.5), (1.0, 0.55), (1.15, 0.1), (1.0, -0.3), (0.5, -0.28)]
        tail = [(0, 0.1), (0.35, -0.2), (0.95, -1.25), (0.6, -1.2), (0.42, -1.5), (0.02, -0.3)]
        for outline in (loop, tail):
            parts.append(cut([(s * size * p, z + size * q) for p, q in outline], 0.35 * size, y=y))
    return parts


def _wreath() -> Parts:
    rng = np.random.default_rng(15)
    parts = [part for r in (0.2, 0.25) for part in ring(r + 0.035, r - 0.035, 0.07, 0.33)]
    for t in around(150):
        r, y = rng.uniform(0.16, 0.29), rng.uniform(-0.05, 0.05)
        x, z = spot(t, r)
        swing = t + (1.1 if r > 0.225 else 1.9) + rng.uniform(-0.3, 0.3)
        a, b = spot(swing, 0.085)
        parts += limb((x, y, 0.33 + z, 0.012), (x + a, y * 1.4, 0.33 + z + b, 0.004))
    parts += [ball(0.028, *(spot(t, 0.275)[0], -0.05, 0.33 + spot(t, 0.275)[1])) for t in around(7, -0.9)]
    return [*parts, *_bow(0.12, 0.1, -0.06)]


def _grapevine() -> Parts:
    rng = np.random.default_rng(16)
    parts = [box(0.08, 0.08, 1.75, x) for x in (-1.25, 1.25)]
    parts += [rod((-1.35, 0, z), (1.35, 0, z), 0.018) for z in (1.0, 1.6)]
    parts += limb((0, 0, 0, 0.1), (0.06, 0, 0.35, 0.07), (-0.05, 0, 0.7, 0.075), (0, 0, 0.98, 0.08))
    for s in SIDES:
        parts += limb((0, 0, 0.95, 0.07), (0.5 * s, 0, 1.05, 0.05), (1.2 * s, 0, 1.0, 0.03))
        for x in (0.2, 0.48, 0.76, 1.02):
            parts += limb((x * s, 0, 1.0, 0.025), ((x + 0.06) * s, 0.02, 1.7 + 0.06 * (x > 0.5), 0.018))
            for z in (1.18, 1.36, 1.52, 1.68):
                size, turn = rng.uniform(0.15, 0.19), rng.uniform(0, 6.3)
                leaf = rotated(cut([(size * p, size * q) for p, q in _IVY], 0.02), turn, _ACROSS)
                parts.append(moved(leaf, ((x + rng.uniform(-0.1, 0.1)) * s, -0.03, z)))
        for x, low in ((0.3, 0.06), (0.62, 0.0), (0.92, 0.08)):
            for row, count in enumerate((4, 5, 4, 3, 2, 1)):
                parts += [ball(0.05, x * s + 0.055 * (k - (count - 1) / 2), 0.03 * (k % 2),
                    0.9 - 0.068 * row - low)
                    for k in range(count)]
            parts += [rod((x * s, 0, 0.85), (x * s, 0, 1.0), 0.016)]
    return parts


def _fern() -> Parts:
    parts: Parts = []
    for k, t in enumerate(around(13, 0.1)):
        inner = k % 3 == 0
        path = _arch(t, 0.02, 0.3 if inner else 0.58, 0.72 if inner else 0.5,
            0.6 if inner else 0.1 + 0.08 * (k % 2), 15)
        parts += limb(*((*p, 0.008) for p in path))
        for n, (x, y, z) in enumerate(path[2:-1]):
            long = 0.125 * float(np.sin(np.pi * (0.25 + 0.75 * n / 12)))
            for s in SIDES:
                a, b = spot(t + 1.1 * s, long)
                parts += limb((x, y, z, 0.014), (x + a, y + b, z - 0.25 * long, 0.003))
    return parts


def _stump() -> Parts:
    parts = [turned([(0.38, 0), (0.31, 0.1), (0.28, 0.25), (0.28, 0.5)])]
    parts += [p for t in around(6, 0.4) for p in limb((*spot(t, 0.22), 0.14, 0.09), (*spot(t, 0.5), 0.0,
        0.04))]
    axe = [*limb((0, 0, -0.02, 0.022), (0.06, 0, 0.3, 0.024), (0.03, 0, 0.62, 0.022), (-0.02, 0, 0.72,
        0.03))]
    blade = [(0.0, 0.06), (-0.03, -0.06), (-0.1, -0.09), (-0.21, -0.13), (-0.24, 0.0), (-0.2, 0.14), (-0.1,
        0.07),
        (0.08, 0.06), (0.09, -0.05), (-0.03, -0.06)]
    return [*parts, *put([cut(blade, 0.05), *axe], (0.08, -0.05, 0.57), 0.95)]


def _bonsai() -> Parts:
    parts = [box(0.46, 0.3, 0.07, z=0.03), box(0.5, 0.34, 0.025, z=0.09), *(box(0.07, 0.26, 0.03, x)
        for x in (-0.16, 0.16))]
    parts += limb((-0.04, 0, 0.1, 0.055), (-0.02, 0, 0.16, 0.038), (0.07, 0, 0.25, 0.034), (0.03, 0, 0.36,
        0.03),
        (-0.05, 0, 0.44, 0.024), (-0.02, 0, 0.54, 0.016))
    pads = ((0.24, 0.0, 0.34, 0.13), (-0.22, 0.03, 0.42, 0.14), (0.15, -0.05, 0.5, 0.1), (-0.03, 0, 0.58,
        0.14))
    for x, y, z, r in pads:
        parts += limb((0.03, 0, z - 0.07, 0.018), (x, y, z, 0.014))
        parts += [ball(0.34 * r, x + a, y + b, z + 0.02, 0.85) for t in around(9) for a, b in (spot(t,
            0.78 * r),)]
        parts += [ball(0.8 * r, x, y, z + 0.03, 0.5)]
    return parts


def _dandelion() -> Parts:
    parts = [*limb((0, 0, 0, 0.008), (0.012, 0, 0.15, 0.007), (0, 0, 0.3, 0.007)), ball(0.018, z=0.31)]
    for row, up in enumerate(np.linspace(-1.2, 1.5, 8).tolist()):
        for t in around(max(1, round(15 * float(np.cos(up)))), 0.3 * row):
            ways = (*spot(t, float(np.cos(up))), float(np.sin(up)))
            tip = [0.072 * w for w in ways]
            parts += limb((0, 0, 0.31, 0.0025), (tip[0], tip[1], 0.31 + tip[2], 0.0025))
            parts += [ball(0.0085, tip[0], tip[1], 0.31 + tip[2])]
    for t in around(7, 0.2):
        for u in np.linspace(0.25, 1, 5).tolist():
            (x, y), (a, b) = spot(t, 0.17 * u), spot(t, 0.17 * (u - 0.25))
            parts += limb((a, b, 0.045 * u, 0.007), (x, y, 0.05 * u + 0.01, 0.008 if u < 1 else 0.002))
            parts += [p for s in SIDES for p in limb((x, y, 0.05 * u, 0.008), (x + spot(t + 1.9 * s,
                0.034)[0], y
                + spot(t + 1.9 * s, 0.034)[1], 0.05 * u + 0.004, 0.002))]
    return parts


PLANTS: dict[str, Callable[[], Parts]] = {
    # Wild plants.
    "bamboo": _bamboo,
    "cattails": _cattails,
    "clump of reeds": _reeds,
    "lavender": _lavender,
    "thistle": _thistle,
    "agave": _agave,
    "saguaro": _saguaro,
    "tumbleweed": _tumbleweed,
    "fern": _fern,
    "dandelion": _dandelion,
    # In gardens and at Christmas.
    "ivy on a trellis": _trellis,
    "topiary": lambda: [
        *_pot(0.2), rod((0, 0, 0.3), (0, 0, 1.2), 0.035), ball(0.34, z=1.4),
        *(ball(0.06, *spot(t, 0.31 * float(np.cos(up))), 1.4 + 0.31 * float(np.sin(up)))
            for up in np.linspace(-1.3, 1.5, 8).tolist() for t in around(12, 3 * up)),
    ],
    "spiral topiary": _spiral,
    "grapevine": _grapevine,
    "bonsai": _bonsai,
    "tree stump with axe": _stump,
    "mistletoe": _mistletoe,
    "christmas wreath": _wreath,
}
# fmt: on
