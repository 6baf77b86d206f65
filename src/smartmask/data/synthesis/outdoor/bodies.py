"""Solid things of open places, built from boxes: houses, fences, lamps, signs, benches, rocks, hills.

Each function returns a shape that stands on the ground about the origin, its front towards +y.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from jaxtyping import Float, Int

_BOX_FACES = np.array(
    [
        *([0, 1, 2], [0, 2, 3], [4, 5, 6], [4, 6, 7], [0, 1, 5], [0, 5, 4]),
        *([1, 2, 6], [1, 6, 5], [2, 3, 7], [2, 7, 6], [3, 0, 4], [3, 4, 7]),
    ],
    np.int64,
)


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """Triangles that belong together.

    Attributes:
        vertices: Corners in metres, z up.
        faces: Triangles, as numbers of corners.
    """

    vertices: Float[np.ndarray, "V 3"]
    faces: Int[np.ndarray, "T 3"]

    def placed(self, point: tuple[float, float], angle: float = 0.0) -> "Shape":
        """The shape turned about the upright axis by an angle in radians, then moved to a ground point."""
        cos, sin = np.cos(angle), np.sin(angle)
        turn = np.array([[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]])
        return Shape(self.vertices @ turn + np.array([point[0], point[1], 0.0]), self.faces)

    @property
    def half_sides(self) -> tuple[float, float]:
        """Half the extents along x and y."""
        low, high = self.vertices.min(0), self.vertices.max(0)
        return float(high[0] - low[0]) / 2, float(high[1] - low[1]) / 2


def joined(*shapes: Shape) -> Shape:
    """Several shapes as one."""
    starts = np.cumsum([0] + [len(shape.vertices) for shape in shapes[:-1]])
    faces = [shape.faces + start for shape, start in zip(shapes, starts, strict=True)]
    return Shape(np.concatenate([shape.vertices for shape in shapes]), np.concatenate(faces))


def box(low: tuple[float, float, float], high: tuple[float, float, float]) -> Shape:
    """The box between two corners."""
    (x0, y0, z0), (x1, y1, z1) = low, high
    plan = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    corners = [(x, y, z0) for x, y in plan] + [(x, y, z1) for x, y in plan]
    return Shape(np.array(corners, np.float64), _BOX_FACES)


def building(width: float, depth: float, height: float, gable: float) -> Shape:
    """A block, with a gable roof of that height along its front if it is above 0."""
    block = box((-width / 2, -depth / 2, 0.0), (width / 2, depth / 2, height))
    if gable <= 0:
        return block
    half, deep = width / 2 + 0.3, depth / 2 + 0.3
    roof = np.array(
        [
            *((-half, -deep, height), (half, -deep, height), (half, deep, height), (-half, deep, height)),
            *((-half, 0.0, height + gable), (half, 0.0, height + gable)),
        ]
    )
    faces = np.array([[0, 1, 5], [0, 5, 4], [2, 3, 4], [2, 4, 5], [1, 2, 5], [3, 0, 4]], np.int64)
    return joined(block, Shape(roof, faces))


def post(radius: float, low: float, high: float, x: float = 0.0, y: float = 0.0) -> Shape:
    """An upright bar of square section."""
    return box((x - radius, y - radius, low), (x + radius, y + radius, high))


def street_lamp(height: float, arm: float) -> Shape:
    """A pole whose lamp hangs over +y on an arm; without an arm the lamp sits on top."""
    pole = post(0.07, 0.0, height)
    foot = post(0.13, 0.0, 0.8)
    if arm <= 0:
        return joined(pole, foot, box((-0.22, -0.22, height - 0.1), (0.22, 0.22, height + 0.45)))
    beam = box((-0.05, 0.0, height - 0.1), (0.05, arm, height))
    head = box((-0.14, arm - 0.5, height - 0.22), (0.14, arm + 0.2, height - 0.05))
    return joined(pole, foot, beam, head)


def traffic_light(height: float) -> Shape:
    """Three lamps in a case on a pole."""
    case = box((-0.17, -0.14, height - 0.95), (0.17, 0.14, height))
    return joined(post(0.06, 0.0, height - 0.5), case)


def street_sign(height: float, size: float, corners: int) -> Shape:
    """A plate of so many corners on a pole, facing both along +x and -x."""
    angles = np.linspace(0, 2 * np.pi, corners, endpoint=False) + np.pi / 2 + np.pi / corners
    rim = np.stack([np.full(corners, 0.045), np.cos(angles), np.sin(angles)], 1) * (1.0, size / 2, size / 2)
    rim[:, 2] += height - size / 2
    last = np.arange(2, corners)
    plate = Shape(rim, np.stack([np.zeros_like(last), last - 1, last], 1))
    return joined(post(0.035, 0.0, height - size * 0.2), plate)


def bench(length: float, has_back: bool) -> Shape:
    """A seat on two feet, its back towards -y."""
    parts = [box((-length / 2, -0.22, 0.40), (length / 2, 0.22, 0.46))]
    for x in (-length * 0.4, length * 0.4):
        parts.append(box((x - 0.04, -0.2, 0.0), (x + 0.04, 0.2, 0.40)))
    if has_back:
        parts.append(box((-length / 2, -0.26, 0.55), (length / 2, -0.22, 0.88)))
        for x in (-length * 0.4, length * 0.4):
            parts.append(box((x - 0.04, -0.26, 0.4), (x + 0.04, -0.22, 0.6)))
    return joined(*parts)


def trash_can(height: float) -> Shape:
    """An eight-sided bin, wider at the rim."""
    return _prism(8, height * 0.28, height * 0.34, height)


def fence(length: float, height: float, planks: int, rails: int) -> Shape:
    """Posts along x with rails between them, and so many upright planks to a post."""
    posts = max(2, round(length / 2.2) + 1)
    places = np.linspace(-length / 2, length / 2, posts)
    parts = [post(0.05, 0.0, height, x=float(x)) for x in places]
    for rail in range(rails):
        level = height * (rail + 1) / (rails + 0.3)
        parts.append(box((-length / 2, -0.02, level - 0.08), (length / 2, 0.02, level)))
    for start, end in pairwise(places):
        for x in np.linspace(start, end, planks + 2)[1:-1]:
            parts.append(box((x - 0.05, -0.05, 0.0), (x + 0.05, -0.02, height * 0.95)))
    return joined(*parts)


def boulder(rng: np.random.Generator, size: float) -> Shape:
    """A rock: a lumpy half ball on the ground."""
    rings, spokes = 4, 9
    points = [(0.0, 0.0, size * float(rng.uniform(0.45, 0.7)))]
    for ring in range(1, rings + 1):
        lift = np.cos(ring / rings * np.pi / 2)
        reach = np.sin(ring / rings * np.pi / 2)
        for spoke in range(spokes):
            lump = float(rng.uniform(0.8, 1.15)) * size / 2
            angle = 2 * np.pi * spoke / spokes
            points.append((lump * reach * np.cos(angle), lump * reach * np.sin(angle), points[0][2] * lift))
    faces = [(0, 1 + s, 1 + (s + 1) % spokes) for s in range(spokes)]
    for ring in range(rings - 1):
        for s in range(spokes):
            a, b = 1 + ring * spokes + s, 1 + ring * spokes + (s + 1) % spokes
            faces += [(a, b, b + spokes), (a, b + spokes, a + spokes)]
    vertices = np.array(points)
    vertices[-spokes:, 2] = 0.0
    return Shape(vertices, np.array(faces, np.int64))


def ridge(ends: tuple[tuple[float, float], tuple[float, float]], heights: Float[np.ndarray, " K"]) -> Shape:
    """An upright sheet between two ground points whose rim has these heights: hills, or a wood, far away."""
    share = np.linspace(0, 1, len(heights))[:, None]
    plan = np.array(ends[0]) * (1 - share) + np.array(ends[1]) * share
    foot = np.column_stack([plan, np.zeros(len(heights))])
    top = np.column_stack([plan, heights])
    count = len(heights)
    number = np.arange(count - 1)
    faces = [np.stack([number, number + 1, number + 1 + count], 1)]
    faces.append(np.stack([number, number + 1 + count, number + count], 1))
    return Shape(np.concatenate([foot, top]), np.concatenate(faces))


def panel(width: float, height: float, level: float) -> Shape:
    """A thin upright sheet that stands off a wall at y = 0 by a centimetre: a window or a door."""
    return box((-width / 2, 0.01, level), (width / 2, 0.05, level + height))


def _prism(sides: int, low_radius: float, high_radius: float, height: float) -> Shape:
    angles = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    ring = np.stack([np.cos(angles), np.sin(angles)], 1)
    low = np.column_stack([ring * low_radius, np.zeros(sides)])
    high = np.column_stack([ring * high_radius, np.full(sides, height)])
    number = np.arange(sides)
    after = (number + 1) % sides
    walls = [
        np.stack([number, after, after + sides], 1),
        np.stack([number, after + sides, number + sides], 1),
    ]
    last = np.arange(2, sides)
    lid = np.stack([np.full(sides - 2, sides), last - 1 + sides, last + sides], 1)
    return Shape(np.concatenate([low, high]), np.concatenate([*walls, lid]))
