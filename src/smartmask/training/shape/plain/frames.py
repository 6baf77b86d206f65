"""Frames, tools, and things of several parts, as solids in metres; what has a front faces -y."""

from collections.abc import Callable

import numpy as np
from trimesh import Trimesh, creation

from smartmask.training.shape.plain.solids import (
    ball,
    bars,
    box,
    cut,
    gable,
    handle,
    legs,
    lying,
    moved,
    oval,
    ring,
    rod,
    rotated,
    three_legs,
    turned,
)

FRAMES: dict[str, Callable[[], list[Trimesh]]] = {
    # Frames and bars.
    "gate": lambda: [
        *bars(1.1, 1.15, 2, 0.1),
        *bars(0.8, 1.0, 6, 0.03, 0.08),
        *(box(1.05, 0.04, 0.06, z=z) for z in (0.12, 1.0)),
    ],
    "field gate": lambda: [
        *bars(3.0, 1.25, 2, 0.16),
        *(box(2.9, 0.05, 0.09, z=0.2 + 0.22 * k) for k in range(5)),
    ],
    "picket fence": lambda: [
        *(
            cut([(-0.065, 0), (0.065, 0), (0.065, 0.83), (0, 0.95), (-0.065, 0.83)], 0.02, x)
            for x in np.linspace(-1.2, 1.2, 11).tolist()
        ),
        *(box(2.5, 0.03, 0.07, y=0.03, z=z) for z in (0.2, 0.65)),
    ],
    "rail fence": lambda: [
        *bars(4.0, 1.2, 3, 0.14),
        *(box(4.2, 0.06, 0.1, z=z) for z in (0.35, 0.7, 1.05)),
    ],
    "hurdle": lambda: [
        box(1.2, 0.03, 0.08, z=0.9),
        *bars(1.1, 0.95, 2, 0.04),
        *(box(0.05, 0.5, 0.05, x) for x in (-0.55, 0.55)),
    ],
    "barricade": lambda: [
        *(box(1.5, 0.04, 0.2, z=z) for z in (0.45, 0.8)),
        *(rod((x, 0, 1.05), (x, y, 0), 0.03) for x in (-0.6, 0.6) for y in (-0.35, 0.35)),
    ],
    "scaffolding": lambda: [
        *(rod((x, y, 0), (x, y, 6.0), 0.09) for x in (-3.0, -1.0, 1.0, 3.0) for y in (-0.5, 0.5)),
        *(box(6.2, 1.1, 0.14, z=z) for z in (1.9, 3.9, 5.8)),
        *(rod((x, -0.5, 0.1), (x + 2.0, -0.5, 1.9), 0.07) for x in (-3.0, 1.0)),
        *(rod((-1.0, -0.5, z), (1.0, -0.5, z + 1.9), 0.07) for z in (2.0,)),
    ],
    "clothes rack": lambda: [
        *bars(1.2, 1.5, 2, 0.03),
        box(1.25, 0.03, 0.03, z=1.5),
        *(box(0.05, 0.5, 0.05, x) for x in (-0.6, 0.6)),
    ],
    "pull up bar": lambda: [*bars(1.4, 2.3, 2, 0.08), rod((-0.7, 0, 2.25), (0.7, 0, 2.25), 0.025)],
    "tripod": lambda: [
        *three_legs(1.35, 0.45, 0.018),
        box(0.09, 0.09, 0.16, z=1.33),
        handle(0.5, 0.02, 0.9),
    ],
    "easel": lambda: [
        *three_legs(1.75, 0.45, 0.02),
        box(0.75, 0.03, 0.6, y=-0.25, z=0.75),
        box(0.6, 0.08, 0.04, y=-0.27, z=0.7),
    ],
    "music stand": lambda: [
        *three_legs(0.45, 0.3, 0.012),
        handle(1.1),
        box(0.5, 0.03, 0.34, y=-0.03, z=1.0),
    ],
    "coat stand": lambda: [
        *three_legs(0.35, 0.3, 0.02),
        handle(1.75, 0.022),
        *(
            rod((0, 0, 1.5), (0.2 * np.cos(t), 0.2 * np.sin(t), 1.72), 0.014)
            for t in np.linspace(0, 2 * np.pi, 6, endpoint=False).tolist()
        ),
    ],
    "cross": lambda: [box(0.15, 0.12, 1.9), box(1.0, 0.12, 0.15, z=1.3)],
    "washing line": lambda: [
        *bars(3.0, 1.9, 2, 0.07),
        rod((-1.5, 0, 1.85), (1.5, 0, 1.85), 0.01),
        *(
            box(w, 0.01, h, x, 0, 1.85 - h)
            for w, h, x in ((0.5, 0.7, -1.0), (0.35, 0.9, -0.2), (0.6, 0.5, 0.6))
        ),
    ],
    # Tools.
    "rake": lambda: [handle(1.4, 0.02, 0.1), box(0.48, 0.04, 0.05, z=0.1), *bars(0.45, 0.11, 8, 0.025)],
    "hoe": lambda: [handle(1.5), box(0.18, 0.1, 0.02, y=-0.05)],
    "shovel": lambda: [
        handle(1.0, 0.018, 0.25),
        cut([(0, 0.3), (-0.11, 0.28), (-0.1, 0.08), (0, 0), (0.1, 0.08), (0.11, 0.28)], 0.02),
        rod((-0.07, 0, 1.27), (0.07, 0, 1.27), 0.018),
    ],
    "pitchfork": lambda: [handle(1.2, z=0.35), box(0.24, 0.03, 0.03, z=0.34), *bars(0.22, 0.36, 4, 0.016)],
    "mop": lambda: [handle(1.2, z=0.12), turned([(0.14, 0.0), (0.12, 0.1), (0.03, 0.2)])],
    "squeegee": lambda: [handle(1.1, 0.02, 0.05), box(0.35, 0.04, 0.06, z=0.02)],
    "dustpan": lambda: [box(0.26, 0.22, 0.05), rod((0, 0.1, 0.04), (0, 0.28, 0.1), 0.015)],
    "oar": lambda: [handle(1.6, 0.022, 0.4), cut(oval(0.15, 0.55, 3), 0.02, z=0.27)],
    "hockey stick": lambda: [
        rod((0, 0, 0.03), (0.45, 0, 1.4), 0.018),
        cut([(0.02, 0), (0.02, 0.07), (-0.28, 0.09), (-0.28, 0.02)], 0.02),
    ],
    "golf club": lambda: [
        rod((0, 0, 0.03), (0.2, 0, 1.05), 0.009),
        cut(oval(0.1, 0.05, 3), 0.05, -0.03, 0, 0.03),
    ],
    "javelin": lambda: [rod((-1.2, 0, 0.03), (1.2, 0, 0.03), 0.025)],
    "stick": lambda: [
        rod((-0.5, 0, 0.02), (0.1, 0, 0.03), 0.016),
        rod((0.1, 0, 0.03), (0.5, 0, 0.1), 0.012),
    ],
    # Of several parts.
    "donut": lambda: [creation.torus(0.033, 0.02)],
    "mobile phone": lambda: [lying(cut(oval(0.075, 0.155, 8), 0.009))],
    "volleyball": lambda: [ball(0.105)],
    "beach ball": lambda: [ball(0.15)],
    "ice cream cone": lambda: [turned([(0.005, 0.0), (0.028, 0.12)]), ball(0.034, z=0.14)],
    "parking meter": lambda: [
        handle(1.1, 0.04),
        box(0.2, 0.14, 0.22, z=1.05),
        cut(oval(0.2, 0.2), 0.14, z=1.27),
    ],
    "paper bag": lambda: [box(0.3, 0.17, 0.36), *(box(0.3, 0.03, 0.06, 0, y, 0.36) for y in (-0.07, 0.07))],
    "shopping bag": lambda: [
        box(0.38, 0.14, 0.32),
        *(moved(part, (0, y, 0)) for y in (-0.06, 0.06) for part in ring(0.11, 0.09, 0.01, 0.32, half=True)),
    ],
    "train carriage": lambda: [
        box(20.0, 2.9, 2.6, z=1.0),
        cut([(-9.9, 0), (9.9, 0), (9.7, 0.35), (-9.7, 0.35)], 2.6, z=3.6),
        *(box(2.6, 2.0, 0.9, x, z=0.1) for x in (-7.5, 7.5)),
    ],
    "wheelbarrow": lambda: [
        cut([(-0.4, 0.62), (-0.22, 0.3), (0.25, 0.3), (0.5, 0.62)], 0.56),
        cut(oval(0.4, 0.4), 0.09, 0.5, 0, 0.2),
        *(rod((-0.85, y, 0.6), (0.5, 0.1 * y, 0.2), 0.022) for y in (-0.26, 0.26)),
        *(rod((-0.3, y, 0.45), (-0.35, y, 0), 0.02) for y in (-0.22, 0.22)),
    ],
    "hand cart": lambda: [
        box(1.1, 0.6, 0.3, z=0.3),
        *(cut(oval(0.44, 0.44), 0.05, x, y, 0.22) for x in (-0.35, 0.35) for y in (-0.32, 0.32)),
        rod((0.55, 0, 0.35), (1.15, 0, 0.8), 0.02),
    ],
    "mailbox": lambda: [
        box(0.1, 0.1, 1.05),
        box(0.22, 0.5, 0.13, z=1.05),
        rod((0, -0.25, 1.18), (0, 0.25, 1.18), 0.11),
        box(0.03, 0.12, 0.2, 0.115, 0.0, 1.15),
    ],
    "pillar box": lambda: [
        turned([(0.25, 0.0), (0.22, 0.1), (0.22, 1.35), (0.26, 1.4), (0.2, 1.5), (0.05, 1.55)])
    ],
    "shed": lambda: [box(2.2, 1.8, 1.9), gable(2.5, 2.0, 0.7, 1.88)],
    "garage": lambda: [box(3.4, 5.0, 2.4), gable(3.8, 5.3, 1.2, 2.38)],
    "dog house": lambda: [box(0.8, 0.9, 0.6), gable(1.0, 1.05, 0.4, 0.58)],
    "bird house": lambda: [
        box(0.15, 0.15, 0.2),
        gable(0.24, 0.22, 0.11, 0.19),
        rod((0, -0.07, 0.06), (0, -0.14, 0.06), 0.012),
    ],
    "kiosk": lambda: [box(2.0, 1.6, 2.2), box(2.5, 2.2, 0.15, z=2.2), box(2.2, 0.5, 0.06, y=-0.95, z=1.0)],
    "market stall": lambda: [
        box(2.0, 0.9, 0.85),
        *legs(2.1, 1.1, 2.1, 0.05),
        cut([(-1.2, 0.0), (1.2, 0.0), (1.1, 0.12), (0, 0.6), (-1.1, 0.12)], 1.5, z=2.0),
        *(ball(0.09, 0.2 * k - 0.8, -0.1 * (k % 3), 0.9) for k in range(9)),
    ],
    "jetty": lambda: [
        box(1.4, 6.0, 0.12, z=0.7),
        *(rod((x, y, 0), (x, y, 1.0), 0.09) for x in (-0.7, 0.7) for y in (-2.9, -1.0, 1.0, 2.9)),
    ],
    "footbridge": lambda: [
        *(box(0.42, 1.3, 0.14, x, 0, 0.55 - 0.11 * x * x) for x in np.linspace(-2.0, 2.0, 11).tolist()),
        *(
            rod((x, y, 0.6 - 0.11 * x * x), (x, y, 1.5 - 0.11 * x * x), 0.04)
            for x in np.linspace(-2.0, 2.0, 7).tolist()
            for y in (-0.6, 0.6)
        ),
        *(
            rod((x, y, 1.5 - 0.11 * x * x), (x + 0.4, y, 1.5 - 0.11 * (x + 0.4) ** 2), 0.04)
            for x in np.linspace(-2.0, 1.6, 10).tolist()
            for y in (-0.6, 0.6)
        ),
    ],
    "sandbox": lambda: [
        *(box(1.6, 0.2, 0.25, 0, y) for y in (-0.8, 0.8)),
        *(box(0.2, 1.8, 0.25, x) for x in (-0.8, 0.8)),
        box(1.5, 1.5, 0.15),
    ],
    "seesaw": lambda: [
        rod((-1.4, 0, 0.3), (1.4, 0, 0.95), 0.06),
        cut([(-0.3, 0), (0.3, 0), (0, 0.65)], 0.3),
        *(rod((x, 0, z), (x, 0, z + 0.3), 0.025) for x, z in ((-1.15, 0.36), (1.15, 0.9))),
    ],
    "soccer goal": lambda: [
        *bars(3.0, 2.0, 2, 0.1),
        box(3.1, 0.1, 0.1, z=2.0),
        *(rod((x, 0, 2.0), (x, 1.0, 0), 0.04) for x in (-1.5, 1.5)),
        rod((-1.5, 1.0, 0), (1.5, 1.0, 0), 0.04),
    ],
    "campfire": lambda: [
        *(
            rod((0.4 * np.cos(t), 0.4 * np.sin(t), 0.04), (-0.1 * np.cos(t), -0.1 * np.sin(t), 0.3), 0.05)
            for t in np.linspace(0, 2 * np.pi, 6, endpoint=False).tolist()
        ),
        cut(
            [
                (0, 0),
                (0.26, 0.1),
                (0.22, 0.4),
                (0.13, 0.3),
                (0.02, 0.75),
                (-0.08, 0.4),
                (-0.2, 0.5),
                (-0.25, 0.1),
            ],
            0.2,
        ),
    ],
    "parasol": lambda: [
        turned([(1.25, 2.0), (0.65, 2.35), (0.05, 2.5)]),
        turned([(1.25, 1.9), (1.25, 2.0)]),
        handle(2.55, 0.03),
    ],
    "beach umbrella": lambda: [
        rotated(part, 0.3, (0.0, 1.0, 0.0))
        for part in (turned([(0.95, 1.75), (0.6, 2.0), (0.05, 2.12)]), handle(2.2, 0.025))
    ],
    "vase of flowers": lambda: [
        turned([(0.06, 0.0), (0.09, 0.1), (0.05, 0.22), (0.065, 0.26)]),
        *(
            part
            for x, y, z in (
                (0, 0, 0.55),
                (0.13, 0.03, 0.47),
                (-0.14, 0, 0.48),
                (0.06, -0.1, 0.52),
                (-0.07, 0.1, 0.5),
            )
            for part in (rod((0.2 * x, 0.2 * y, 0.24), (x, y, z), 0.008), ball(0.055, x, y, z, 0.7))
        ),
        *(cut(oval(0.05, 0.16), 0.01, x, 0, 0.32) for x in (-0.06, 0.05)),
    ],
    "bowl of fruit": lambda: [
        turned([(0.06, 0.0), (0.16, 0.09)]),
        *(
            ball(0.045, x, y, z)
            for x, y, z in ((-0.09, 0, 0.1), (0, -0.06, 0.11), (0.09, 0, 0.1), (0.01, 0.03, 0.15))
        ),
    ],
    "watering can": lambda: [
        turned([(0.11, 0.0), (0.1, 0.24)]),
        rod((0.07, 0, 0.06), (0.3, 0, 0.3), 0.018),
        ball(0.04, 0.31, 0, 0.31),
        *ring(0.1, 0.08, 0.025, 0.24, half=True),
        *(moved(part, (-0.11, 0, 0)) for part in ring(0.09, 0.07, 0.025, 0.14)),
    ],
    "sledge": lambda: [
        box(1.0, 0.36, 0.03, z=0.2),
        *(box(0.95, 0.03, 0.04, -0.02, y) for y in (-0.17, 0.17)),
        *(rod((x, y, 0.02), (x, y, 0.22), 0.02) for x in (-0.35, 0.35) for y in (-0.17, 0.17)),
        *(rod((0.44, y, 0.02), (0.62, y, 0.28), 0.02) for y in (-0.17, 0.17)),
    ],
    "phone booth": lambda: [box(0.9, 0.9, 2.2), box(1.0, 1.0, 0.15, z=2.2), box(0.8, 0.8, 0.12, z=2.35)],
    "high chair": lambda: [
        *(rod((0.27 * a, 0.27 * b, 0), (0.17 * a, 0.17 * b, 0.6), 0.022) for a in (-1, 1) for b in (-1, 1)),
        box(0.38, 0.36, 0.06, z=0.55),
        box(0.36, 0.05, 0.42, y=0.17, z=0.58),
        box(0.46, 0.28, 0.04, y=-0.2, z=0.76),
        *(box(0.04, 0.3, 0.2, x, 0, 0.58) for x in (-0.18, 0.18)),
    ],
    "crib": lambda: [
        *(box(1.3, 0.04, 0.05, 0, y, z) for y in (-0.34, 0.34) for z in (0.25, 0.9)),
        *(moved(part, (0, y, 0.27)) for y in (-0.34, 0.34) for part in bars(1.2, 0.65, 9, 0.03)),
        *(box(0.05, 0.7, 0.95, x) for x in (-0.66, 0.66)),
        box(1.28, 0.66, 0.12, z=0.25),
    ],
    "lawn mower": lambda: [
        box(0.6, 0.45, 0.16, z=0.1),
        box(0.26, 0.26, 0.16, -0.02, 0, 0.26),
        *(cut(oval(0.22, 0.22), 0.06, x, y, 0.11) for x in (-0.26, 0.26) for y in (-0.24, 0.24)),
        *(rod((0.25, y, 0.2), (0.95, y, 0.95), 0.018) for y in (-0.2, 0.2)),
        rod((0.95, -0.2, 0.95), (0.95, 0.2, 0.95), 0.02),
    ],
    "scarecrow": lambda: [
        box(0.07, 0.07, 1.9),
        box(1.6, 0.07, 0.07, z=1.35),
        turned([(0.32, 0.75), (0.2, 1.1), (0.24, 1.4), (0.08, 1.45)]),
        *(cut([(0.2 * s, 1.45), (0.85 * s, 1.48), (0.82 * s, 1.2), (0.2 * s, 1.15)], 0.12) for s in (-1, 1)),
        ball(0.14, z=1.62),
        turned([(0.26, 1.7), (0.26, 1.72)]),
        turned([(0.14, 1.7), (0.1, 1.92)]),
    ],
    "ironing board": lambda: [
        lying(
            cut([(-0.62, -0.17), (0.3, -0.17), (0.68, 0.0), (0.3, 0.17), (-0.62, 0.17)], 0.04)
        ).apply_translation((0, 0, 0.86)),
        *(rod((-0.4 * s, y, 0.02), (0.3 * s, y, 0.87), 0.018) for s in (-1, 1) for y in (-0.13, 0.13)),
    ],
    "tram": lambda: [
        box(14.0, 2.5, 2.9, z=0.35),
        cut([(-6.9, 0), (6.9, 0), (6.6, 0.25), (-6.6, 0.25)], 2.2, z=3.25),
        *(box(2.2, 2.0, 0.4, x) for x in (-4.5, 4.5)),
        rod((-0.8, 0, 3.5), (0.2, 0, 4.6), 0.06),
        rod((0.2, -0.7, 4.6), (0.2, 0.7, 4.6), 0.06),
    ],
    "unicycle": lambda: [
        *ring(0.27, 0.23, 0.04, 0.27),
        *(
            rod((0, 0, 0.27), (0.25 * np.cos(t), 0, 0.27 + 0.25 * np.sin(t)), 0.008)
            for t in (0.3, 1.9, 3.4, 5.0)
        ),
        *(rod((0, y, 0.27), (0, 0, 0.62), 0.02) for y in (-0.06, 0.06)),
        handle(0.3, 0.02, 0.55),
        box(0.28, 0.12, 0.06, z=0.84),
    ],
    "sandcastle": lambda: [
        turned([(0.5, 0.0), (0.4, 0.12)]),
        *(turned([(0.13, 0.0), (0.1, 0.34)], x, y) for x in (-0.25, 0.25) for y in (-0.2, 0.2)),
        turned([(0.2, 0.0), (0.13, 0.5), (0.02, 0.66)]),
    ],
    "water cooler": lambda: [
        box(0.32, 0.32, 0.95),
        turned([(0.06, 0.95), (0.13, 1.03), (0.13, 1.3), (0.1, 1.34)]),
    ],
    "picnic basket": lambda: [
        box(0.42, 0.28, 0.22),
        box(0.45, 0.31, 0.03, z=0.22),
        *ring(0.2, 0.18, 0.04, 0.22, half=True),
    ],
    "lifeguard chair": lambda: [
        *(rod((0.75 * a, 0.75 * b, 0), (0.45 * a, 0.45 * b, 2.0), 0.05) for a in (-1, 1) for b in (-1, 1)),
        box(1.1, 1.0, 0.1, z=1.9),
        box(1.0, 0.08, 0.8, y=0.42, z=1.95),
        *(box(0.08, 0.8, 0.08, x, 0, 2.3) for x in (-0.5, 0.5)),
        *(box(1.5 - 0.3 * z, 0.08, 0.07, 0, -0.75 + 0.15 * z, z) for z in (0.4, 0.9, 1.4)),
    ],
}
