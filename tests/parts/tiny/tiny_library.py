"""Solids that tests build: boxes, cylinders, spheres, tables and shelves, closed and in metres."""

from pathlib import Path

import numpy as np

Solid = tuple[np.ndarray, np.ndarray]


def box(low: tuple[float, float, float], high: tuple[float, float, float]) -> Solid:
    """The twelve triangles of an upright box."""
    corners = np.array(
        [[(low, high)[(i >> axis) & 1][axis] for axis in range(3)] for i in range(8)], np.float32
    )
    quads = [(0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (2, 6, 7, 3), (0, 4, 6, 2), (1, 3, 7, 5)]
    faces = [(a, b, c) for a, b, c, _ in quads] + [(a, c, d) for a, _, c, d in quads]
    return corners, np.array(faces, np.int32)


def cylinder(radius: float, height: float, sides: int = 24) -> Solid:
    """An upright cylinder on z = 0."""
    turn = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    ring = np.stack([np.cos(turn) * radius, np.sin(turn) * radius], 1)
    low, high = (np.column_stack([ring, np.full(sides, z)]) for z in (0.0, height))
    vertices = np.concatenate([low, high, [[0, 0, 0], [0, 0, height]]]).astype(np.float32)
    faces = []
    for i in range(sides):
        j = (i + 1) % sides
        faces += [
            (i, j, i + sides),
            (j, j + sides, i + sides),
            (i, j, 2 * sides),
            (i + sides, j + sides, 2 * sides + 1),
        ]
    return vertices, np.array(faces, np.int32)


def sphere(radius: float, centre: tuple[float, float, float], steps: int = 96) -> Solid:
    """A sphere of latitudes and longitudes."""
    latitude, longitude = np.meshgrid(
        np.linspace(0, np.pi, steps), np.linspace(0, 2 * np.pi, steps, endpoint=False), indexing="ij"
    )
    points = np.stack(
        [np.sin(latitude) * np.cos(longitude), np.sin(latitude) * np.sin(longitude), np.cos(latitude)], -1
    )
    number = np.arange(steps * steps).reshape(steps, steps)
    a, b = number[:-1], np.roll(number, -1, 1)[:-1]
    c, d = number[1:], np.roll(number, -1, 1)[1:]
    faces = np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([b, d, c], -1).reshape(-1, 3)])
    return points.reshape(-1, 3) * radius + np.array(centre), faces


def joined(*solids: Solid) -> Solid:
    """Several solids as one."""
    starts = np.cumsum([0] + [len(vertices) for vertices, _ in solids])
    faces = [faces + start for (_, faces), start in zip(solids, starts[:-1], strict=True)]
    return np.concatenate([vertices for vertices, _ in solids]), np.concatenate(faces)


def table(depth: float, width: float, height: float) -> Solid:
    """A board on four legs."""
    x, y = depth / 2, width / 2
    legs = [
        box((a - 0.03, b - 0.03, 0), (a + 0.03, b + 0.03, height - 0.03))
        for a in (0.05 - x, x - 0.05)
        for b in (0.05 - y, y - 0.05)
    ]
    return joined(box((-x, -y, height - 0.03), (x, y, height)), *legs)


def chair() -> Solid:
    """A seat on four legs with a back at the least x."""
    return joined(table(0.45, 0.45, 0.45), box((-0.225, -0.225, 0.45), (-0.19, 0.225, 0.95)))


def open_shelf(depth: float, width: float, height: float, boards: int) -> Solid:
    """Boards between two sides, open to the front."""
    x, y = depth / 2, width / 2
    levels = np.linspace(0.0, height - 0.02, boards)
    parts = [box((-x, -y + 0.02, float(z)), (x, y - 0.02, float(z) + 0.02)) for z in levels]
    return joined(*parts, box((-x, -y, 0), (x, -y + 0.02, height)), box((-x, y - 0.02, 0), (x, y, height)))


def couch() -> Solid:
    """A seat with a back and two arms."""
    return joined(
        box((-0.45, -0.9, 0), (0.45, 0.9, 0.42)),
        box((-0.45, -0.9, 0.42), (-0.25, 0.9, 0.85)),
        box((-0.25, -0.9, 0.42), (0.45, -0.75, 0.6)),
        box((-0.25, 0.75, 0.42), (0.45, 0.9, 0.6)),
    )


def _block(depth: float, width: float, height: float) -> Solid:
    return box((-depth / 2, -width / 2, 0), (depth / 2, width / 2, height))


def tiny_solids() -> dict[str, Solid]:
    """One solid for each of the kinds that the plans use most."""
    return {
        "sofa": couch(),
        "armchair": _block(0.8, 0.8, 0.8),
        "chair": chair(),
        "office-chair": chair(),
        "bar-stool": cylinder(0.2, 0.75),
        "dining-table": table(0.9, 1.4, 0.74),
        "coffee-table": table(1.1, 0.7, 0.45),
        "side-table": table(0.5, 0.5, 0.55),
        "desk": table(0.65, 1.3, 0.72),
        "bookcase": open_shelf(0.3, 0.7, 0.9, 3),
        "shelf": open_shelf(0.32, 0.9, 1.8, 6),
        "cabinet": _block(0.4, 0.7, 1.5),
        "kitchen-cabinet": _block(0.6, 1.8, 0.9),
        "tv-stand": open_shelf(0.4, 1.4, 0.5, 2),
        "tv": _block(0.1, 1.1, 0.65),
        "monitor": _block(0.15, 0.55, 0.42),
        "fridge": _block(0.65, 0.7, 1.7),
        "oven": _block(0.6, 0.6, 1.05),
        "bathtub": _block(0.75, 1.7, 0.58),
        "toilet": _block(0.7, 0.4, 0.8),
        "sink": _block(0.5, 0.6, 1.0),
        "bed-frame": joined(box((0, -0.8, 0), (2.1, 0.8, 0.3)), box((-0.06, -0.8, 0), (0, 0.8, 1.0))),
        "mattress": _block(1.4, 2.0, 0.22),
        "pillow": _block(0.4, 0.6, 0.12),
        "door": box((-0.45, -0.04, 0), (0.45, 0.04, 2.05)),
        "floor-lamp": joined(cylinder(0.15, 0.03), box((-0.01, -0.01, 0.03), (0.01, 0.01, 1.4))),
        "table-lamp": cylinder(0.12, 0.45),
        "ceiling-lamp": cylinder(0.25, 0.7),
        "vase": cylinder(0.1, 0.3),
        "bottle": cylinder(0.04, 0.28),
        "cup": cylinder(0.05, 0.1),
        "bowl": cylinder(0.12, 0.08),
        "book": box((0, 0, 0), (0.15, 0.22, 0.03)),
        "book-stack": _block(0.2, 0.28, 0.14),
        "jar": cylinder(0.05, 0.2),
        "food-box": _block(0.08, 0.18, 0.26),
    }


def write_tiny_library(folder: Path) -> None:
    """The solids as npz files in the library's form."""
    for kind, (vertices, faces) in tiny_solids().items():
        np.savez(
            folder / f"{kind}_000.npz",
            v=vertices.astype(np.float16),
            f=faces.astype(np.int32),
            name=np.array(kind),
        )
