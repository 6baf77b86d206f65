"""Things of gardens, farms, camps and beaches as solids in metres; what has a front faces -y."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from trimesh import Trimesh, creation

from smartmask.training.shape.plain.forms import SIDES, around, convex, resized, side, tube
from smartmask.training.shape.plain.solids import (
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
    steps,
    turned,
)


def _canoe() -> list[Trimesh]:
    """A canoe that lies upside down upon two trestles."""
    stations = []
    for u in np.linspace(-1, 1, 25).tolist():
        wide, low = 0.42 * (1 - abs(u) ** 2.4) + 0.01, 0.87 - 0.3 * abs(u) ** 4
        top = 1.25 - 0.28 * abs(u) ** 8
        turns = np.linspace(0, np.pi, 9)
        stations.append([(2.0 * u, wide * np.cos(t), low + (top - low) * np.sin(t) ** 0.7) for t in turns])
    parts = [convex([*a, *b]) for a, b in pairwise(stations)]
    for x in (-0.9, 0.9):
        parts += [box(0.1, 1.0, 0.1, x, z=0.79)]
        parts += [rod((x, 0.4 * s, 0.82), (x + 0.26 * to, 0.45 * s, 0), 0.045) for s in SIDES
            for to in SIDES]  # fmt: skip
    return parts


def _cockerel(by: float, z: float) -> list[Trimesh]:
    """The outline of a cock that looks to the right."""
    parts = [
        [(0, 0.09), (-0.07, 0.03), (0.03, 0), (0.1, 0.04), (0.13, 0.14), (0.12, 0.24), (0.07, 0.24),
            (0, 0.15)],
        [(-0.03, 0.08), (-0.2, 0.05), (-0.25, 0.1), (-0.2, 0.13), (-0.26, 0.2), (-0.19, 0.2), (-0.2, 0.29),
            (-0.11, 0.26), (0, 0.14)],
        [(0.12, 0.26), (0.19, 0.235), (0.12, 0.22)],
        [(0.1, 0.23), (0.04, 0.3), (0.08, 0.28), (0.09, 0.32), (0.11, 0.285), (0.14, 0.315), (0.145, 0.25)],
        [(0.12, 0.23), (0.15, 0.2), (0.14, 0.16), (0.11, 0.17)],
    ]  # fmt: skip
    return [cut(resized(part, by), 0.03, z=z) for part in parts]


def _treehouse() -> list[Trimesh]:
    trunk = turned([(0.55, 0), (0.34, 0.5), (0.3, 2.6), (0.24, 4.2)], 0.2, 0.2)
    boughs = [rod((0.2, 0.2, 1.7), (x, y, z), 0.13) for x, y, z in ((-1.3, 0, 2.6), (1.7, 0.2, 2.6),
        (2.1, 0.4, 4.2))]  # fmt: skip
    leaves = [(-1.5, 0.9, 4.9, 0.9), (-0.5, 0.8, 5.7, 1.1), (1.0, 0.6, 5.6, 1.2), (2.1, 0.6, 4.7, 0.95)]
    return [
        trunk, *boughs, box(3.0, 2.2, 0.16, z=2.6), box(1.8, 1.6, 1.3, z=2.7), gable(2.4, 1.9, 0.9, 3.95),
        *(box(0.08, 0.08, 0.7, x, -1.05, 2.7) for x in np.linspace(-1.45, 1.45, 7)),
        box(3.0, 0.08, 0.08, y=-1.05, z=3.35),
        *(rod((x, -1.7, 0), (x, -1.1, 2.7), 0.05) for x in (-1.35, -0.8)),
        *(rod((-1.35, y, z), (-0.8, y, z), 0.05) for y, z in ((-1.6 + 0.09 * k, 0.35 + 0.42 * k)
            for k in range(6))),
        *(ball(radius, x, y, z, 0.8) for x, y, z, radius in leaves),
    ]  # fmt: skip


def _greenhouse() -> list[Trimesh]:
    long, wide, eaves, top, thick = 3.2, 2.2, 1.6, 2.4, 0.035
    rows = [*(box(long, 0.07, 0.07, 0, y, z) for y in (-wide / 2, wide / 2) for z in (0, eaves))]
    rows += [box(long, 0.09, 0.09, z=top), box(long, wide, 0.35)]
    for x in np.linspace(-long / 2, long / 2, 6).tolist():
        for s in SIDES:
            rows.append(rod((x, s * wide / 2, 0), (x, s * wide / 2, eaves), thick))
            rows.append(rod((x, s * wide / 2, eaves), (x, 0, top), thick))
    ends = [rod((x, y, 0), (x, y, 2.0), thick) for x in (-long / 2, long / 2) for y in (-0.4, 0.4)]
    return [*rows, *ends, *(box(0.07, wide, 0.07, x, z=eaves) for x in (-long / 2, long / 2))]


def _palm() -> list[Trimesh]:
    parts = [turned([(0.2, 0), (0.28, 0.42), (0.31, 0.42), (0.31, 0.5)])]
    parts += tube([(0, 0, 0.5), (0.03, 0, 0.8), (0, 0, 1.1)], 0.055)
    for k, turn in enumerate(around(8, 0.2)):
        rise, reach = ((0.3, 0.75), (0.8, 0.55))[k % 2]
        along = np.linspace(0, 1, 9).tolist()
        spine = [(reach * t, 0.0, 1.08 + rise * 2 * t - (0.55 + 1.5 * rise) * t * t) for t in along]
        frond = tube(spine, 0.016)
        for t, (x, _, z) in list(zip(along, spine, strict=True))[2:]:
            long = 0.3 * (1.15 - t)
            frond += [cut([(x + 0.5 * long, -0.9 * long), (x - 0.035, 0), (x + 0.035, 0)], 0.015, z=z)]
            for s in SIDES:
                leaf = cut([(0.83 * long, -0.53 * long), (0, 0.1 * long), (0, -0.1 * long)], 0.015)
                frond.append(moved(rotated(leaf, s * 0.9), (x, 0, z)))
        parts += [rotated(part, turn) for part in frond]
    return parts


def _gnome() -> list[Trimesh]:
    return [
        *(ball(0.062, 0.075 * s, y, 0.045, 0.75) for s in SIDES for y in (-0.09, -0.03)),
        *(turned([(0.05, 0), (0.055, 0.06), (0.05, 0.16)], 0.075 * s) for s in SIDES),
        turned([(0.13, 0.12), (0.145, 0.2), (0.11, 0.33), (0.06, 0.37)]),
        *(part for s in SIDES for part in tube([(0.09 * s, 0, 0.34), (0.215 * s, -0.02, 0.27),
            (0.13 * s, -0.12, 0.18)], 0.036)),
        *(ball(0.042, 0.13 * s, -0.12, 0.18) for s in SIDES), ball(0.085, z=0.42),
        ball(0.032, y=-0.1, z=0.43), *(ball(0.024, 0.092 * s, 0, 0.42) for s in SIDES),
        convex([(0.08 * s, y, 0.42) for s in SIDES for y in (-0.07, 0)] + [(0.07 * s, -0.14, 0.32)
            for s in SIDES] + [(0, -0.17, 0.16), (0, -0.1, 0.2)]),
        turned([(0.125, 0.455), (0.115, 0.48), (0.065, 0.62), (0.006, 0.8)]),
    ]  # fmt: skip


def _dreamcatcher() -> list[Trimesh]:
    web = [(0.15 * np.cos(t), 0.15 * np.sin(t)) for t in around(8)]
    mid = [(0.075 * np.cos(t), 0.075 * np.sin(t)) for t in around(8, 0.39)]
    strings = [(web[k], mid[k]) for k in range(8)] + [(web[(k + 1) % 8], mid[k]) for k in range(8)]
    strings += [(mid[k], (0.0, 0.0)) for k in range(0, 8, 2)]
    parts = [*ring(0.165, 0.14, 0.02, 0.6), rod((0, 0, 0.76), (0, 0, 0.88), 0.006)]
    parts += [rod((a[0], 0, 0.6 + a[1]), (b[0], 0, 0.6 + b[1]), 0.0035) for a, b in strings]
    feather = [
        (0, 0.01), (0.02, -0.03), (0.028, -0.11), (0.012, -0.18), (0, -0.2), (-0.014, -0.17), (-0.028, -0.1),
    ]  # fmt: skip
    for x, top, drop in ((-0.11, 0.49, 0.1), (0, 0.44, 0.2), (0.11, 0.49, 0.1)):
        parts += [rod((x, 0, top), (x, 0, top - drop), 0.005), ball(0.014, x, 0, top - drop)]
        parts.append(cut(feather, 0.01, x, 0, top - drop))
    return parts


OUTDOOR: dict[str, Callable[[], list[Trimesh]]] = {
    # Garden.
    "weather vane": lambda: [
        handle(1.0, 0.02), turned([(0.1, 0), (0.03, 0.12)]), ball(0.045, z=0.52),
        *(rod((-x, -y, 0.36), (x, y, 0.36), 0.014) for x, y in ((0.28, 0.1), (-0.1, 0.28))),
        *(box(0.09, 0.02, 0.1, s * x, s * y, 0.31) for s in SIDES for x, y in ((0.3, 0.11), (-0.11, 0.3))),
        rod((-0.42, 0, 0.62), (0.4, 0, 0.62), 0.016), cut([(0.36, 0.7), (0.52, 0.62), (0.36, 0.54)], 0.02),
        cut([(-0.36, 0.62), (-0.42, 0.7), (-0.54, 0.7), (-0.48, 0.62), (-0.54, 0.54), (-0.42, 0.54)], 0.02),
        *_cockerel(1.6, 0.68),
    ],
    "sundial": lambda: [
        box(0.4, 0.4, 0.08),
        turned([(0.17, 0.08), (0.1, 0.16), (0.07, 0.35), (0.13, 0.55), (0.08, 0.7), (0.16, 0.82)]),
        turned([(0.3, 0.82), (0.3, 0.87)]),
        rotated(cut([(-0.2, 0), (0.2, 0), (0.2, 0.32)], 0.035, z=0.87), 0.5),
    ],
    "tombstone": lambda: [
        box(0.8, 0.3, 0.14), box(0.58, 0.12, 0.6, z=0.14), cut(oval(0.58, 0.58), 0.12, z=0.74),
    ],
    "greenhouse": _greenhouse,
    "pergola": lambda: [
        *(box(0.16, 0.16, 2.3, x, y) for x in (-1.5, 1.5) for y in (-1.0, 1.0)),
        *(cut([(-2.0, 0.06), (-1.9, -0.12), (1.9, -0.12), (2.0, 0.06), (2.0, 0.1), (-2.0, 0.1)], 0.09, 0, y,
            2.32) for y in (-1.0, 1.0)),
        *(side([(0, 2.4), (-1.4, 2.44), (-1.3, 2.4), (1.3, 2.4), (1.4, 2.44), (1.4, 2.56), (-1.4, 2.56)],
            0.08, x) for x in np.linspace(-1.7, 1.7, 8)),
        *(rod((x, y, 1.75), (x - 0.5 * np.sign(x), y, 2.3), 0.05) for x in (-1.5, 1.5) for y in (-1.0, 1.0)),
    ],
    "solar panel": lambda: [
        moved(rotated(box(1.7, 0.06, 1.1), -0.9, (1, 0, 0)), (0, -0.4, 0.35)),
        *(part for x in (-0.6, 0.6) for part in (rod((x, -0.5, 0.03), (x, 0.48, 0.03), 0.035),
            rod((x, 0.4, 0), (x, 0.4, 1.0), 0.035), rod((x, -0.38, 0), (x, -0.38, 0.4), 0.035))),
    ],
    "fire pit": lambda: [
        *(rod((0.3 * np.cos(t), 0.3 * np.sin(t), 0.3), (0.42 * np.cos(t), 0.42 * np.sin(t), 0), 0.028)
            for t in around(3, -1.2)),
        turned([(0.1, 0.16), (0.3, 0.22), (0.44, 0.36), (0.52, 0.36), (0.52, 0.4)]),
        *(rod((-0.3 * np.cos(t), -0.3 * np.sin(t), 0.38), (0.44 * np.cos(t), 0.44 * np.sin(t), 0.54), 0.05)
            for t in (0.2, 2.6, 4.4)),
        *(turned([(by * r, 0.4 + by * z) for r, z in ((0.1, 0), (0.16, 0.12), (0.14, 0.25), (0.07, 0.45),
            (0.03, 0.6), (0.005, 0.75))], x, y) for by, x, y in ((1, 0.02, 0), (0.6, 0.2, -0.1),
            (0.7, -0.2, 0.04), (0.5, -0.02, -0.22), (0.5, 0.05, 0.22))),
    ],
    "beehive": lambda: [
        *legs(0.4, 0.36, 0.25, 0.06), box(0.54, 0.66, 0.05, y=-0.08, z=0.22),
        *(part for k in range(3) for part in (box(0.46, 0.46, 0.2, z=0.27 + 0.22 * k),
            box(0.5, 0.5, 0.025, z=0.45 + 0.22 * k))),
        box(0.56, 0.56, 0.07, z=0.92), gable(0.62, 0.6, 0.2, 0.98),
    ],
    "straw beehive": lambda: [
        box(0.62, 0.62, 0.05, z=0.2), *legs(0.5, 0.5, 0.2, 0.06),
        *(moved(creation.torus(0.235 * float(np.cos(0.17 * k)) ** 0.55 - 0.005, 0.032),
            (0, 0, 0.28 + 0.05 * k)) for k in range(9)),
        turned([(0.23, 0.25), (0.22, 0.45), (0.1, 0.68)]), ball(0.045, z=0.73),
    ],
    "bird feeder": lambda: [
        turned([(0.13, 0), (0.15, 0.03)]), turned([(0.06, 0.03), (0.06, 0.26)]),
        turned([(0.16, 0.24), (0.08, 0.32), (0.015, 0.36)]), *ring(0.035, 0.022, 0.01, 0.39),
        *(rod((-0.14, 0, z), (0.14, 0, z), 0.007) for z in (0.1,)),
        rod((0, -0.14, 0.17), (0, 0.14, 0.17), 0.007),
    ],
    "garden gnome": _gnome,
    "potted palm": _palm,
    "potted cactus": lambda: [
        turned([(0.11, 0), (0.15, 0.2), (0.17, 0.2), (0.17, 0.26)]),
        turned([(0.07, 0.25), (0.085, 0.5), (0.08, 0.75), (0.055, 0.82), (0.02, 0.85)]),
        *tube([(0, 0, 0.42), (0.2, 0, 0.44), (0.22, 0, 0.65)], 0.048), ball(0.048, 0.22, 0, 0.65),
        *tube([(0, 0, 0.52), (-0.18, 0, 0.54), (-0.2, 0, 0.7)], 0.043), ball(0.043, -0.2, 0, 0.7),
    ],
    "wind chimes": lambda: [
        *ring(0.03, 0.018, 0.008, 0.68), turned([(0.11, 0.56), (0.1, 0.585)]),
        *(rod((0, 0, 0.66), (0.1 * np.cos(t), 0.1 * np.sin(t), 0.58), 0.005) for t in around(4, 0.3)),
        *(rod((x, y, 0.54 - long), (x, y, 0.54), 0.013) for x, y, long in ((-0.095, 0, 0.4),
            (-0.048, -0.07, 0.34), (0.048, -0.05, 0.28), (0.095, 0, 0.22), (0, 0.09, 0.3))),
        rod((0, 0, 0.05), (0, 0, 0.6), 0.006), turned([(0.045, 0.3), (0.045, 0.32)]),
        cut([(0, 0.08), (0.035, 0.02), (0, -0.06), (-0.035, 0.02)], 0.01),
    ],
    "dreamcatcher": _dreamcatcher,
    "hammock chair": lambda: [
        rod((-0.55, 0, 1.6), (0.55, 0, 1.6), 0.035),
        *(rod((0, 0, 2.0), (0.5 * s, 0, 1.62), 0.016) for s in SIDES), rod((0, 0, 1.98), (0, 0, 2.4), 0.018),
        *(rod((0.5 * s, 0, 1.6), (0.46 * s, y, z), 0.014) for s in SIDES for y, z in ((-0.42, 0.58),
            (-0.25, 0.4))),
        convex([(0.48 * np.cos(t) * a, -0.42 + 0.75 * b, 0.58 - 0.16 * b - 0.42 * np.sin(t) * c)
            for t in np.linspace(0, np.pi, 13) for a, b, c in ((1, 0, 0.35), (1, 0.4, 1), (0.9, 0.7, 0.9))]),
        convex([(0.49 * s, 0.05, 1.58) for s in SIDES] + [(0.46 * s, 0.24, 0.7) for s in SIDES]
            + [(0.42 * s, 0.16, 0.4) for s in SIDES] + [(0.46 * s, 0.0, 0.5) for s in SIDES]),
        *(rod((x, -0.4, 0.5), (x, -0.42, 0.2), 0.012) for x in np.linspace(-0.42, 0.42, 9)),
    ],
    "garden hose coil": lambda: [
        *(moved(creation.torus(0.26 - 0.014 * (k % 2), 0.026), (0.014 * (k % 3 - 1), 0, 0.028 + 0.042 * k))
            for k in range(3)),
        *tube([(0.18, -0.16, 0.03), (0.1, -0.29, 0.03), (-0.1, -0.36, 0.03), (-0.3, -0.34, 0.03),
            (-0.42, -0.3, 0.03)], 0.024),
        rod((-0.42, -0.3, 0.03), (-0.54, -0.26, 0.03), 0.034),
        rod((-0.54, -0.26, 0.03), (-0.6, -0.24, 0.03), 0.02),
    ],
    "coil of rope": lambda: [
        *(ball(0.026, x + 0.5 * wide * np.cos(t) + 0.012 * np.sin(5 * t), y, 0.34 + 0.5 * high * np.sin(t))
            for wide, high, x, y in ((0.34, 0.6, 0, 0), (0.25, 0.5, 0.01, -0.04), (0.3, 0.55, -0.01, 0.04))
            for t in around(44)),
        *(ball(0.03, x, y, 0.46 + 0.045 * row + 0.012 * np.sin(2 * x)) for row in range(3)
            for x in np.linspace(-0.17, 0.17, 12).tolist() for y in (-0.07, 0.07)),
        *(ball(0.024, 0.045 * np.cos(t), 0, 0.7 + 0.07 * np.sin(t)) for t in around(14)),
        *(ball(0.024, 0.18 + 0.05 * np.sin(6 * z), -0.07, z) for z in np.linspace(0.1, 0.46, 16).tolist()),
    ],
    "boulder": lambda: [
        convex([(0.75, 0.1, 0.0), (0.5, -0.5, 0), (-0.3, -0.55, 0), (-0.8, -0.1, 0), (-0.4, 0.5, 0),
            (0.45, 0.45, 0), (0.85, 0.0, 0.3), (0.6, -0.5, 0.35), (-0.2, -0.62, 0.3), (-0.9, -0.1, 0.28),
            (-0.75, 0.4, 0.4), (0.5, 0.5, 0.5), (0.6, -0.1, 0.75), (0.2, -0.35, 0.85), (-0.35, -0.3, 0.95),
            (-0.6, 0.05, 0.8), (-0.1, 0.3, 1.0), (0.3, 0.25, 0.9)]),
        convex([(-1.1, -0.3, 0), (-0.7, -0.5, 0), (-0.6, -0.2, 0), (-1.05, -0.3, 0.18), (-0.75, -0.45, 0.26),
            (-0.65, -0.25, 0.22)]),
    ],
    "water pump": lambda: [
        turned([(0.2, 0), (0.2, 0.04), (0.07, 0.06), (0.06, 0.5), (0.11, 0.55), (0.11, 0.95), (0.13, 0.97),
            (0.05, 1.05), (0.03, 1.1)]),
        *tube([(0, 0, 0.75), (0.24, 0, 0.78), (0.32, 0, 0.72), (0.33, 0, 0.6)], 0.042),
        rod((0, 0, 1.05), (0, 0, 1.25), 0.016), rod((-0.11, 0, 0.95), (-0.16, 0, 1.2), 0.022),
        *tube([(0.02, 0, 1.25), (-0.16, 0, 1.22), (-0.35, 0, 1.0), (-0.46, 0, 0.6), (-0.5, 0, 0.42)], 0.024),
        turned([(0.13, 0), (0.17, 0.28), (0.18, 0.28)], 0.36),
        *(moved(part, (0.36, 0, 0)) for part in ring(0.17, 0.15, 0.015, 0.27, half=True)),
    ],
    "treehouse": _treehouse,
    # Camp and farm.
    "teepee": lambda: [
        turned([(1.7, 0), (0.22, 3.2)]),
        *(rod((1.6 * np.cos(t), 1.6 * np.sin(t), 0.05), (-0.5 * np.cos(t), -0.5 * np.sin(t), 4.25), 0.055)
            for t in around(7, 0.4)),
        rotated(cut([(0, 2.7), (0, 3.5), (0.62, 3.3), (0.5, 2.6)], 0.04), -1.0),
        rotated(cut([(0, 2.7), (0, 3.5), (0.62, 3.3), (0.5, 2.6)], 0.04), -2.1),
    ],
    "milk churn": lambda: [
        turned([(0.16, 0), (0.175, 0.02), (0.175, 0.44), (0.15, 0.5), (0.1, 0.56), (0.1, 0.63), (0.13, 0.67),
            (0.13, 0.7)]),
        turned([(0.09, 0.7), (0.06, 0.74), (0.03, 0.75)]),
        *(part for s in SIDES for part in tube([(0.14 * s, 0, 0.5), (0.22 * s, 0, 0.52), (0.22 * s, 0, 0.6),
            (0.1 * s, 0, 0.61)], 0.014)),
    ],
    "feeding trough": lambda: [
        rotated(cut([(-0.14, 0.3), (0.14, 0.3), (0.3, 0.62), (-0.3, 0.62)], 1.7), np.pi / 2),
        *(rod((x, -0.36 * s, 0), (x, 0.36 * s, 0.74), 0.045) for x in (-0.9, 0.9) for s in SIDES),
        rod((-0.9, 0, 0.36), (0.9, 0, 0.36), 0.04),
    ],
    "hay bale stack": lambda: [
        box(0.98, 0.6, 0.43, 1.03 * x, 0.02 * (-1) ** row,
        0.45 * row) for row, xs in enumerate(((-1.5, -0.5, 0.5, 1.5), (-1, 0, 1), (-0.5, 0.5),
        (0,))) for x in xs
    ],
    "sack of potatoes": lambda: [
        turned([(0.2, 0), (0.25, 0.06), (0.26, 0.25), (0.22, 0.42), (0.19, 0.5), (0.24, 0.54), (0.25, 0.58)]),
        *(ball(r, x, y, z, 0.8) for r, x, y, z in ((0.07, -0.15, -0.05, 0.6), (0.07, 0, -0.14, 0.61),
            (0.075, 0.14, -0.04, 0.6), (0.07, -0.04, 0.1, 0.63), (0.07, 0.07, 0.1, 0.65),
            (0.065, 0.0, -0.02, 0.68))),
        *(ball(r, x, y, 0.75 * r, 0.75) for r, x, y in ((0.07, 0.36, -0.1), (0.06, 0.5, 0.02),
            (0.065, -0.36, -0.14))),
    ],
    "fallen log": lambda: [
        rotated(turned([(0.3, -1.5), (0.27, -0.5), (0.25, 0.5), (0.22, 1.5)], z=0), np.pi / 2,
            (0, 1, 0)).apply_translation((0, 0, 0.27)),
        *tube([(0.3, 0, 0.3), (0.55, 0.05, 0.75), (0.5, 0.05, 1.05)], 0.08),
        rod((0.54, 0.05, 0.72), (0.8, 0.1, 0.95), 0.05), rod((-0.5, 0, 0.4), (-0.62, -0.15, 0.72), 0.08),
        *(rod((-1.4, 0, 0.27), (-1.85, 0.38 * np.cos(t), 0.33 + 0.42 * np.sin(t)), 0.075)
            for t in (0.3, 1.2, 2.1, 2.9, 3.9, 5.4)),
    ],
    "pile of firewood": lambda: [
        *(rod((x, -0.25, z), (x, 0.25, z), 0.075) for k in range(5) for z in (0.13 + 0.135 * k,)
            for x in np.linspace(-0.7 + 0.075 * (k % 2), 0.7 - 0.075 * (k % 2), 10 - k % 2).tolist()),
        *(rod((x, -0.25, 0.8), (x, 0.25, 0.8), 0.075) for x in (-0.5, -0.33, -0.1, 0.3, 0.46)),
        rod((-0.42, -0.25, 0.92), (-0.42, 0.25, 0.92), 0.07),
        *(box(0.07, 0.07, 1.05, x, y) for x in (-0.84, 0.84) for y in (-0.2, 0.2)), box(1.8, 0.4, 0.06),
    ],
    "pile of logs": lambda: [
        rod((0.42 * x, -0.6 + 0.06 * (x * 2 % 3), 0.21 + 0.36 * row), (0.42 * x, 0.6 + 0.06 * (x * 2 % 3),
        0.21 + 0.36 * row), 0.205) for row, xs in enumerate(((-1.5, -0.5, 0.5, 1.5), (-1, 0, 1), (-0.5, 0.5),
        (0,))) for x in xs
    ],
    # Beach and water.
    "lifeguard tower": lambda: [
        *(rod((1.25 * x, 1.1 * y, 0), (x, 0.9 * y, 1.7), 0.09) for x in SIDES for y in SIDES),
        box(2.7, 2.5, 0.14, z=1.65), box(1.7, 1.5, 1.5, 0, 0.3, 1.75),
        cut([(-1.3, 0), (1.3, 0), (0.95, 0.4), (-0.95, 0.4)], 2.4, 0, 0.05, 3.2),
        *(box(0.07, 0.07, 0.8, x, y, 1.7) for x in (-1.3, 1.3) for y in (-1.2, -0.4, 0.5, 1.2)),
        *(box(0.08, 2.4, 0.08, x, z=2.45) for x in (-1.3, 1.3)), box(1.3, 0.08, 0.08, -0.65, -1.2, 2.45),
        *(rod((x, -2.4, 0), (x, -1.2, 1.75), 0.06) for x in (0.5, 1.15)),
        *(box(0.7, 0.12, 0.07, 0.83, -2.4 + 1.2 * k, 1.72 * k) for k in (0.15, 0.32, 0.49, 0.66, 0.83)),
        rod((-1.1, 0, 3.4), (-1.1, 0, 5.0), 0.045),
        cut([(-1.1, 4.4), (-1.1, 5.0), (-0.3, 4.9), (-0.3, 4.35)], 0.03),
    ],
    "beach hut": lambda: [
        *(box(0.14, 0.14, 0.5, x, y) for x in (-0.8, 0.8) for y in (-1.6, -0.9, 0.1, 0.9)),
        box(2.0, 2.7, 0.12, 0, -0.35, 0.45), box(1.8, 1.9, 1.75, z=0.5), gable(2.4, 2.3, 0.95, 2.2),
        *(moved(part, (0, -2.05, 0)) for part in steps(2, 0.9, 0.3, 0.22)),
        *(box(0.08, 0.08, 0.75, x, -1.64, 0.5) for x in (-0.95, -0.5, 0.5, 0.95)),
        *(box(0.55, 0.07, 0.07, x, -1.64, 1.2) for x in (-0.72, 0.72)),
    ],
    "buoy": lambda: [
        turned([(0.7, 0), (1.0, 0.15), (1.0, 0.55), (0.75, 0.75)]),
        *(rod((0.6 * np.cos(t), 0.6 * np.sin(t), 0.7), (0.2 * np.cos(t), 0.2 * np.sin(t), 2.6), 0.06)
            for t in around(4, 0.6)),
        *(turned([(r, z), (r, z + 0.09)]) for r, z in ((0.47, 1.4), (0.32, 2.1))),
        turned([(0.36, 2.55), (0.36, 2.7)]), turned([(0.13, 2.7), (0.16, 3.0), (0.08, 3.1)]),
        turned([(0.3, 3.15), (0.02, 3.6)]), turned([(0.05, 3.0), (0.05, 3.2)]),
        *(turned([(0.035, 0.6), (0.035, 1.2)], 0.85 * s) for s in SIDES),
    ],
    "inflatable ring": lambda: [moved(creation.torus(0.37, 0.105), (0, 0, 0.105))],
    "inflatable flamingo": lambda: [
        moved(creation.torus(0.4, 0.15), (0, 0, 0.15)),
        *tube([(0.42, 0, 0.15), (0.5, 0, 0.4), (0.38, 0, 0.62), (0.36, 0, 0.8), (0.44, 0, 0.97)], 0.085),
        ball(0.12, 0.52, 0, 0.99), rod((0.58, 0, 1.0), (0.7, 0, 0.93), 0.06),
        rod((0.7, 0, 0.93), (0.71, 0, 0.8), 0.045),
        *(cut([(-0.35, 0.2), (-0.62, 0.22), (-0.7, 0.48), (-0.45, 0.35)], 0.1, y=y) for y in (-0.1, 0, 0.1)),
    ],
    "upside down canoe": _canoe,
    "paper boat": lambda: [
        *(convex([(0.2 * s, 0, 0.12), (0.1 * s, 0, 0), (0, -0.03, 0), (0, 0.03, 0), (0, -0.065, 0.055),
            (0, 0.065, 0.055)]) for s in SIDES),
        convex([(-0.1, 0, 0.03), (0.1, 0, 0.03), (0, -0.055, 0.03), (0, 0.055, 0.03), (0, 0, 0.17)]),
    ],
}  # fmt: skip
