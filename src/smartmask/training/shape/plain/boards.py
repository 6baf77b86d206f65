"""Boards, boxes, and what is round or pointed, as solids in metres; what has a front faces -y."""

from collections.abc import Callable

import numpy as np
from trimesh import Trimesh, creation

from smartmask.training.shape.plain.solids import (
    ball,
    box,
    cut,
    legs,
    lying,
    moved,
    oval,
    ring,
    rod,
    rotated,
    steps,
    three_legs,
    turned,
)

_LEAF = 0.01
BOARDS: dict[str, Callable[[], list[Trimesh]]] = {
    # Boards that stand or hang.
    "door": lambda: [box(0.9, 0.05, 2.05), rod((0.36, -0.02, 1.0), (0.36, -0.09, 1.0), 0.03)],
    "double door": lambda: [box(1.6, 0.06, 2.1)],
    "garage door": lambda: [box(2.6, 0.06, 2.2)],
    "window": lambda: [box(1.1, 0.08, 1.2, z=0.04), box(1.25, 0.18, 0.04, y=-0.05)],
    "window blind": lambda: [box(1.1, 0.06, 1.3)],
    "curtain": lambda: (
        [
            box(0.1, 0.1 + 0.05 * (k % 2), 2.1, 0.1 * k - 0.75 + 0.3 * (k > 7), 0.03 * (k % 2))
            for k in range(14)
        ]
        + [box(2.0, 0.04, 0.06, 0.05, 0, 2.1)]
    ),
    "poster": lambda: [box(0.6, _LEAF, 0.85)],
    "whiteboard": lambda: [box(1.8, 0.04, 1.1), box(1.6, 0.1, 0.02, y=-0.05)],
    "blackboard": lambda: [box(2.0, 0.04, 1.0), box(2.0, 0.1, 0.03, y=-0.05)],
    "projector screen": lambda: [box(2.1, 0.02, 1.5), box(2.25, 0.1, 0.1, z=1.5)],
    "billboard": lambda: [box(4.0, 0.2, 2.2, z=2.5), *(box(0.2, 0.2, 2.5, x) for x in (-1.2, 1.2))],
    "folding screen": lambda: [
        moved(rotated(box(0.5, 0.03, 1.7), turn), (0.46 * (k - 1), 0, 0))
        for k, turn in enumerate((0.4, -0.4, 0.4))
    ],
    "target": lambda: [cut(oval(0.9, 0.9), 0.12, z=1.1), *three_legs(1.4, 0.5, 0.03)],
    "dartboard": lambda: [cut(oval(0.45, 0.45), 0.05)],
    "disco ball": lambda: [ball(0.18), rod((0, 0, 0.15), (0, 0, 0.3), 0.02)],
    "snowboard": lambda: [cut(oval(0.28, 1.5, 4), 0.02)],
    "skis": lambda: [cut(oval(0.09, 1.7, 6), 0.02, x) for x in (-0.043, 0.043)],
    "surfboard": lambda: [cut(oval(0.52, 2.1, 2.3), 0.07)],
    "bodyboard": lambda: [cut(oval(0.5, 1.05, 4), 0.06)],
    "necktie": lambda: [
        cut([(0, 0.1), (0.05, 0.08), (0.025, 0.46), (-0.025, 0.46), (-0.05, 0.08), (0, 0)], 0.01),
        cut([(0, 0.45), (0.022, 0.46), (0.035, 0.52), (-0.035, 0.52), (-0.022, 0.46)], 0.02),
    ],
    "bow tie": lambda: [
        cut([(0, 0), (0.06, -0.035), (0.06, 0.035)], 0.02),
        cut([(0, 0), (-0.06, 0.035), (-0.06, -0.035)], 0.02),
        ball(0.014),
    ],
    "skirt": lambda: [turned([(0.34, 0.0), (0.3, 0.2), (0.19, 0.55), (0.18, 0.6)])],
    "sweater": lambda: [
        box(0.46, 0.06, 0.62),
        *(
            cut([(0.2 * s, 0.62), (0.24 * s, 0.4), (0.5 * s, 0.02), (0.62 * s, 0.08), (0.36 * s, 0.58)], 0.07)
            for s in (-1, 1)
        ),
        box(0.2, 0.05, 0.05, z=0.62),
    ],
    # What lies.
    "rug": lambda: [box(2.0, 1.4, _LEAF)],
    "round rug": lambda: [turned([(0.9, 0.0), (0.9, _LEAF)])],
    "doormat": lambda: [box(0.75, 0.45, 0.015)],
    "yoga mat": lambda: [box(1.75, 0.6, _LEAF)],
    "picnic blanket": lambda: [box(1.6, 1.5, _LEAF)],
    "blanket": lambda: [box(0.55, 0.45, 0.1), box(0.52, 0.44, 0.05, z=0.1)],
    "newspaper": lambda: [box(0.4, 0.3, _LEAF)],
    "magazine": lambda: [box(0.21, 0.28, 0.006)],
    "letter": lambda: [box(0.22, 0.11, 0.003)],
    "playing card": lambda: [box(0.06, 0.09, 0.001)],
    "tray": lambda: [
        lying(cut(oval(0.46, 0.32, 6), 0.025)),
        *(box(0.02, 0.14, 0.025, x, 0, 0.02) for x in (-0.22, 0.22)),
    ],
    "serving tray": lambda: [turned([(0.17, 0.0), (0.19, 0.025)])],
    "frisbee": lambda: [turned([(0.137, 0.0), (0.135, 0.02), (0.11, 0.032)])],
    "hockey puck": lambda: [turned([(0.038, 0.0), (0.038, 0.025)])],
    "puddle": lambda: [lying(cut([(x + 0.04 * np.sin(9 * x), z) for x, z in oval(1.3, 0.8)], 0.005))],
    "manhole cover": lambda: [turned([(0.35, 0.0), (0.35, 0.02)])],
    "chessboard": lambda: [box(0.4, 0.4, 0.025)],
    "plank": lambda: [box(1.8, 0.2, 0.03)],
    "tile": lambda: [box(0.3, 0.3, 0.01)],
    "wallet": lambda: [box(0.11, 0.09, 0.02)],
    "swimming pool": lambda: [lying(cut(oval(8.0, 4.0, 5), 0.1))],
    "paddling pool": lambda: [turned([(0.8, 0.0), (0.85, 0.12), (0.8, 0.25)])],
    # Boxes.
    "dishwasher": lambda: [box(0.6, 0.6, 0.85), rod((-0.2, -0.33, 0.75), (0.2, -0.33, 0.75), 0.015)],
    "brick": lambda: [box(0.22, 0.11, 0.07)],
    "soap": lambda: [lying(cut(oval(0.09, 0.06, 3), 0.025))],
    "cube": lambda: [box(0.06, 0.06, 0.06)],
    "safe": lambda: [box(0.5, 0.5, 0.6, z=0.03), *legs(0.4, 0.4, 0.03, 0.06)],
    "cooler": lambda: [box(0.6, 0.35, 0.33), box(0.63, 0.38, 0.06, z=0.33)],
    "hay bale": lambda: [box(1.0, 0.5, 0.45)],
    "round hay bale": lambda: [rod((-0.6, 0, 0.7), (0.6, 0, 0.7), 0.7)],
    "kitchen island": lambda: [box(1.6, 0.8, 0.86), box(1.75, 0.95, 0.05, z=0.86)],
    "plinth": lambda: [box(0.5, 0.5, 0.1), box(0.38, 0.38, 0.9, z=0.1), box(0.46, 0.46, 0.08, z=1.0)],
    "stage": lambda: [box(5.0, 3.0, 0.6)],
    "lectern": lambda: [
        box(0.5, 0.4, 0.05),
        box(0.36, 0.28, 0.95, z=0.05),
        cut([(-0.3, 0), (0.3, 0), (0.3, 0.06), (-0.3, 0.06)], 0.45, y=-0.03, z=1.02),
    ],
    "steps": lambda: steps(4, 1.2, 0.3, 0.17),
    "ramp": lambda: [cut([(-1.0, 0), (1.0, 0), (1.0, 0.6)], 1.2)],
    # Round and pointed.
    "pillar": lambda: [box(0.8, 0.8, 0.2), turned([(0.3, 0.2), (0.26, 3.0)]), box(0.8, 0.8, 0.2, z=3.0)],
    "obelisk": lambda: [
        box(1.2, 1.2, 0.5),
        moved(creation.cone(1.0, 7.0, sections=4), (0, 0, 0.5)),
    ],
    "pyramid": lambda: [rotated(creation.cone(1.4, 1.25, sections=4), np.pi / 4)],
    "dome": lambda: [turned([(np.cos(t), np.sin(t)) for t in np.linspace(0, 1.55, 12)])],
    "igloo": lambda: [
        turned([(1.5 * np.cos(t), 1.5 * np.sin(t)) for t in np.linspace(0, 1.55, 12)]),
        cut([(x, max(z, -0.1)) for x, z in oval(1.2, 1.6)], 0.8, y=-1.6),
    ],
    "metal pipe": lambda: [rod((-1.0, 0, 0.12), (1.0, 0, 0.12), 0.12)],
    "bubble": lambda: [ball(0.05)],
    "moon": lambda: [ball(1.0)],
    "snowball": lambda: [ball(0.06)],
    "disc": lambda: [cut(oval(0.3, 0.3), 0.01)],
    "cloud": lambda: [
        ball(r, x, 0, z) for r, x, z in ((1.0, 0, 0.3), (0.7, -1.1, 0), (0.75, 1.1, 0.05), (0.5, 1.9, -0.2))
    ],
    "rainbow": lambda: ring(10.0, 8.6, 0.1, 0.0, half=True),
    "hula hoop": lambda: ring(0.45, 0.42, 0.03, 0.45),
    "lifebuoy": lambda: ring(0.38, 0.22, 0.12, 0.38),
}
