"""Pieces that are made of several shapes of the library: beds, potted plants, rows of books, bed covers."""

import math

import numpy as np

from smartmask.data.synthesis.stage.kinds import Kind
from smartmask.data.synthesis.stage.meshes import Mesh, MeshLibrary, at_origin
from smartmask.data.synthesis.stage.rasterize import spans_of

_TALLEST_BED_M, _LARGEST_BED_M, _THICKEST_MATTRESS_M = 1.6, (2.2, 1.9), 0.26
"""Canopies are cut to a headboard's height; the library's larger beds do not fit into rooms."""
_PER_SIDE = 12
"""Corners of the parts of pots and covers, on each side."""


def bed(library: MeshLibrary, rng: np.random.Generator) -> Mesh | None:
    """A bed frame with a mattress in it, headboard at the back; None if the library lacks one."""
    if not library.has("bed-frame") or not library.has("mattress"):
        return None
    frame_number = int(rng.integers(len(library.files["bed-frame"])))
    mattress_number = int(rng.integers(len(library.files["mattress"])))

    def make() -> Mesh:
        frame = library.load("bed-frame", frame_number)
        height = 1.1 if frame.size[2] > _TALLEST_BED_M else frame.size[2]
        length, width = min(frame.size[0], _LARGEST_BED_M[0]), min(frame.size[1], _LARGEST_BED_M[1])
        frame = frame.scaled(length / frame.size[0], width / frame.size[1], height / frame.size[2])
        mattress = library.load("mattress", mattress_number)
        # The library's mattresses lie along y, its frames along x.
        mattress = mattress.turned(math.pi / 2)
        thickness = min(mattress.size[2], _THICKEST_MATTRESS_M)
        length, width = frame.size[0] - 0.2, frame.size[1] - 0.1
        mattress = mattress.scaled(
            length / mattress.size[0], width / mattress.size[1], thickness / mattress.size[2]
        )
        return frame.joined(mattress.moved(0.06, 0.0, _slats_height(frame)), "bed")

    return library.remember(f"bed {frame_number} {mattress_number}", make)


def mattress_top(piece: Mesh) -> float:
    """Height of the upper face in the middle of a bed."""
    heights = _top_heights(piece, 0.5)
    return float(np.quantile(heights, 0.85)) if len(heights) else piece.size[2]


def potted_plant(library: MeshLibrary, rng: np.random.Generator, *, is_large: bool) -> Mesh:
    """A plant in a pot, to stand on the floor or on a top."""
    kinds = [kind for kind in ("snake-plant" if is_large else "succulent",) if library.has(kind)]
    # The library's spider plants have leaves thinner than a pixel; ours are drawn here.
    kind = str(rng.choice([*kinds, "leaves"]))
    if kind == "leaves":
        plant = _leaves(rng, float(rng.uniform(0.5, 1.0)) if is_large else float(rng.uniform(0.16, 0.28)))
    else:
        grown = float(rng.uniform(1.0, 1.5)) if is_large else float(rng.uniform(0.75, 1.0))
        plant = library.draw(kind, rng).scaled(grown, grown, grown)
    if kind == "succulent":
        radius = max(plant.size[:2]) / 2 + 0.01
        pot = _pot(radius, radius * 0.8, float(rng.uniform(0.06, 0.1)))
    elif is_large:
        radius = float(rng.uniform(0.14, 0.22))
        pot = _pot(radius, radius * float(rng.uniform(0.65, 1.0)), float(rng.uniform(0.22, 0.45)))
    else:
        radius = float(rng.uniform(0.07, 0.1))
        pot = _pot(radius, radius * 0.75, float(rng.uniform(0.1, 0.16)))
    return pot.joined(plant.moved(0.0, 0.0, pot.size[2] - 0.03), "potted-plant")


def book_row(library: MeshLibrary, rng: np.random.Generator, width_m: float, height_m: float) -> Mesh | None:
    """Books upright side by side, their backs to the front; None if the library has no books."""
    if not library.has("book"):
        return None
    parts: list[np.ndarray] = []
    faces: list[np.ndarray] = []
    across = 0.0
    while across < width_m:
        flat = library.draw("book", rng)
        # Upright: its thickness runs along the board, its long side up.
        upright = flat.vertices[:, [0, 2, 1]]
        upright = upright - upright.min(0)
        tall = min(1.2, 0.95 * height_m / float(upright[:, 2].max()))
        upright = upright * np.array([1.0, rng.uniform(1.1, 1.6), tall], np.float32)
        faces.append(flat.faces + np.int32(sum(map(len, parts))))
        parts.append(upright + np.array([-upright[:, 0].max(), across, 0.0], np.float32))
        across += float(upright[:, 1].max()) + 0.001
    return Mesh("book-stack", "books", at_origin(np.concatenate(parts)), np.concatenate(faces))


def board(label: str, size: tuple[float, float, float], words: tuple[str, ...]) -> Mesh:
    """A board that carries: depth, width and thickness in metres."""
    corners = np.array([(x, y, z) for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (0.0, 1.0)], np.float32)
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    faces = [corner for a, b, c, d in quads for corner in ((a, b, c), (a, c, d))]
    vertices = corners * np.array(size, np.float32)
    return Mesh(label, label, vertices, np.array(faces, np.int32), Kind(label, words, holds="top"))


def bed_cover(piece: Mesh, rng: np.random.Generator) -> Mesh:
    """A blanket over the foot part of a bed, hanging down outside of it."""
    top = mattress_top(piece)
    half = piece.size[1] / 2 + 0.015
    drop = float(rng.uniform(0.12, min(0.35, top - 0.08))) if top > 0.25 else 0.1
    back = float(rng.uniform(-0.25, 0.35)) * piece.size[0] / 2
    front = piece.size[0] / 2 - float(rng.uniform(0.1, 0.4))
    rim = max(top, _side_height(piece)) + 0.012
    profile = [(-half, rim - drop), (-half, rim), (half, rim), (half, rim - drop)]
    points = [(x, y, z) for x in (back, front) for y, z in profile]
    faces = [(i, i + 1, i + 4) for i in range(3)] + [(i + 1, i + 5, i + 4) for i in range(3)]
    return Mesh("blanket", "cover", np.array(points, np.float32), np.array(faces, np.int32))


def _pot(top_radius: float, foot_radius: float, height: float) -> Mesh:
    """A plain flower pot, filled to the rim."""
    turn = np.linspace(0, 2 * math.pi, _PER_SIDE, endpoint=False)
    ring = np.stack([np.cos(turn), np.sin(turn)], 1)
    foot = np.column_stack([ring * foot_radius, np.zeros(_PER_SIDE)])
    rim = np.column_stack([ring * top_radius, np.full(_PER_SIDE, height)])
    middles = np.array([[0, 0, 0], [0, 0, height * 0.97]])
    vertices = np.concatenate([foot, rim, middles]).astype(np.float32)
    here = np.arange(_PER_SIDE)
    there = (here + 1) % _PER_SIDE
    bottom, top = np.full(_PER_SIDE, 2 * _PER_SIDE), np.full(_PER_SIDE, 2 * _PER_SIDE + 1)
    faces = np.concatenate(
        [
            np.stack([here, there, here + _PER_SIDE], 1),
            np.stack([there, there + _PER_SIDE, here + _PER_SIDE], 1),
            np.stack([here, there, bottom], 1),
            np.stack([here + _PER_SIDE, there + _PER_SIDE, top], 1),
        ]
    ).astype(np.int32)
    return Mesh("potted-plant", "pot", vertices, faces)


def _leaves(rng: np.random.Generator, height: float) -> Mesh:
    """A tuft of arching leaves, broad in the middle, on a short stem."""
    count, steps = int(rng.integers(14, 30)), 7
    breadth = height * float(rng.uniform(0.09, 0.17))
    share = np.linspace(0, 1, steps)
    vertices, faces = [], []
    for number in range(count):
        azimuth = number * 2.4 + float(rng.uniform(-0.3, 0.3))
        length = height * float(rng.uniform(0.7, 1.15))
        lean, bend = float(rng.uniform(0.1, 0.6)), float(rng.uniform(0.3, 1.3))
        angle = lean + bend * share
        out = np.cumsum(np.sin(angle)) * length / steps
        up = np.cumsum(np.cos(angle)) * length / steps
        half = breadth * np.sin(np.pi * (0.08 + 0.92 * share)) / 2 * float(rng.uniform(0.8, 1.2))
        cos, sin = math.cos(azimuth), math.sin(azimuth)
        for side in (-1, 1):
            x, y = out * cos - side * half * sin, out * sin + side * half * cos
            vertices.append(np.stack([x, y, up], 1))
        first = number * 2 * steps
        here = np.arange(steps - 1) + first
        faces += [np.stack([here, here + 1, here + steps], 1)]
        faces += [np.stack([here + 1, here + steps + 1, here + steps], 1)]
    points = np.concatenate(vertices)
    points[:, 2] -= points[:, 2].min()
    return Mesh("potted-plant", "leaves", points.astype(np.float32), np.concatenate(faces).astype(np.int32))


def _slats_height(frame: Mesh) -> float:
    """Height at which a mattress lies on a bed frame."""
    heights = _top_heights(frame, 0.6)
    return float(np.median(heights)) if len(heights) else 0.3 * frame.size[2]


def _side_height(piece: Mesh) -> float:
    """Height of a bed at its two long sides, away from head and foot."""
    half = piece.size[1] / 2
    middle = np.abs(piece.vertices[:, 0]) < 0.3 * piece.size[0]
    rail = piece.vertices[middle & (np.abs(piece.vertices[:, 1]) > 0.8 * half)]
    return float(rail[:, 2].max()) if len(rail) else 0.0


def _top_heights(piece: Mesh, share: float) -> np.ndarray:
    """Highest points of the middle part of a shape, seen from above."""
    cells = 48
    reach = np.array(piece.size[:2]) * share / 2
    grid = (piece.vertices[:, :2].astype(np.float64) + reach) / (2 * reach) * cells
    heights = piece.vertices[:, 2].astype(np.float64)[piece.faces]
    _, row, column, z = spans_of(grid[piece.faces][:, :, ::-1], heights, (cells, cells))
    top = np.full(cells * cells, -np.inf)
    np.maximum.at(top, row * cells + column, z)
    return top[np.isfinite(top)]
