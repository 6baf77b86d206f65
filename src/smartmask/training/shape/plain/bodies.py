"""Bodies: smooth tubes, ellipsoids and sheets, of which creatures and people are put together.

Places are (right, ahead, up) in metres; ahead is -y.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from trimesh import Trimesh

from smartmask.training.shape.plain.forms import SIDES
from smartmask.training.shape.plain.solids import Outline, Point, ball, moved, rotated, turned

ROUND = 14


def smooth(rows: Iterable[Sequence[float]]) -> np.ndarray:
    """More rows, along a smooth curve through these; the first three numbers of each are its place."""
    knots, share = np.array(list(rows), dtype=float), np.linspace(0, 1, 6, endpoint=False)[:, None]
    along = np.cumsum([0, *np.linalg.norm(np.diff(knots[:, :3], axis=0), axis=1)])
    slopes = np.gradient(knots, along, axis=0)
    filled = [
        (1 + 2 * share) * (1 - share) ** 2 * knots[k] + share**2 * (3 - 2 * share) * knots[k + 1]
        + (share * (1 - share) ** 2 * slopes[k] + share**2 * (share - 1) * slopes[k + 1]) * step
        for k, step in enumerate(np.diff(along))
    ]  # fmt: skip
    return np.concatenate([*filled, knots[-1:]])


def tube(*rows: Sequence[float]) -> Trimesh:
    """A tube with round ends through (right, ahead, up, radius) or (..., half its width, half its height)."""
    line = smooth((x, -ahead, z, radii[0], radii[-1]) for x, ahead, z, *radii in rows)
    centres, radii = line[:, :3], np.abs(line[:, 3:])
    to = np.gradient(centres, axis=0)
    to /= np.linalg.norm(to, axis=1, keepdims=True)
    for end, way in ((0, -1), (-1, 1)):
        caps = [(centres[end] + way * to[end] * radii[end].min() * np.sin(t), radii[end] * np.cos(t))
            for t in (0.5, 1.0, 1.35, np.pi / 2)]  # fmt: skip
        more = [np.array(column) for column in zip(*caps, strict=True)]
        more = [*more, np.repeat(to[end][None], 4, axis=0)]
        centres, radii, to = (
            np.concatenate([extra[::-1], old] if way < 0 else [old, extra])
            for old, extra in zip((centres, radii, to), more, strict=True)
        )
    side, rings = np.array([1.0, 0, 0] if abs(to[0, 0]) < 0.9 else [0, 1.0, 0]), []
    turn = np.linspace(0, 2 * np.pi, ROUND, endpoint=False)[:, None]
    for centre, (wide, high), way in zip(centres, radii, to, strict=True):
        side = side - way * (side @ way)
        side /= np.linalg.norm(side)
        rings.append(centre + wide * np.cos(turn) * side + high * np.sin(turn) * np.cross(way, side))
    spots = np.arange(len(rings) * ROUND).reshape(-1, ROUND)
    a, b = spots[:-1], spots[1:]
    c, d = np.roll(a, -1, axis=1), np.roll(b, -1, axis=1)
    faces = np.concatenate([np.stack(three, axis=-1).reshape(-1, 3) for three in ((a, c, b), (c, d, b))])
    return Trimesh(np.concatenate(rings), faces, process=False)


def spine(*rows: Sequence[float]) -> Trimesh:
    """A tube in the middle, through (ahead, up, half width, half height)."""
    return tube(*((0, *row) for row in rows))


def pair(*rows: Sequence[float]) -> list[Trimesh]:
    """A tube at the right and one at the left."""
    return [tube(*((s * row[0], *row[1:]) for row in rows)) for s in SIDES]


def egg(at: Point, radii: Point, pitch: float = 0.0) -> Trimesh:
    """An ellipsoid of (right, ahead, up), its front lifted."""
    body = ball(1.0)
    body.vertices = body.vertices * np.array(radii)
    return moved(rotated(body, -pitch, (1, 0, 0)), (at[0], -at[1], at[2]))


def fan(points: Sequence[Point], thick: float) -> Trimesh:
    """A sheet that its first point of (right, ahead, up) sees all of."""
    spots, parts = np.array([(x, -ahead, z) for x, ahead, z in points], dtype=float), []
    for a, b in pairwise(spots[1:]):
        normal = np.cross(a - spots[0], b - spots[0])
        off = normal * (thick / 2 / max(float(np.linalg.norm(normal)), 1e-12))
        prism = np.array([spots[0] + off, a + off, b + off, spots[0] - off, a - off, b - off])
        parts.append(prism)
    sides = [(0, 1, 2), (3, 5, 4), (0, 3, 1), (1, 3, 4), (1, 4, 2), (2, 4, 5), (2, 5, 0), (0, 5, 3)]
    faces = np.concatenate([np.array(sides) + 6 * k for k in range(len(parts))])
    return Trimesh(np.concatenate(parts), faces, process=False)


def fans(points: Sequence[Point], thick: float) -> list[Trimesh]:
    """A sheet at the right and one at the left."""
    return [fan([(s * x, ahead, z) for x, ahead, z in points], thick) for s in SIDES]


def fin(outline: Outline, thick: float) -> Trimesh:
    """A sheet in the middle, of (ahead, up)."""
    return fan([(0, ahead, up) for ahead, up in outline], thick)


def put(parts: Sequence[Trimesh], by: float = 1.0, turn: float = 0.0, to: Point = (0, 0, 0)) -> list[Trimesh]:
    """Copies, scaled, turned towards the left of who looks at their front, and moved to (right, ahead,
    up)."""
    copies = [Trimesh(part.vertices * by, part.faces, process=False) for part in parts]
    return [moved(rotated(part, turn), (to[0], -to[1], to[2])) for part in copies]


def joint(start: np.ndarray, end: np.ndarray, long: tuple[float, float], hint: Point) -> np.ndarray:
    """Where a limb of two bones from start to end bends, towards the hint."""
    way, (near, far) = end - start, long
    reach = min(max(float(np.linalg.norm(way)), 1e-6), 0.999 * (near + far))
    way = way / np.linalg.norm(way)
    along = (near**2 - far**2 + reach**2) / (2 * reach)
    out = np.array(hint, dtype=float) - way * (way @ np.array(hint, dtype=float))
    out /= max(float(np.linalg.norm(out)), 1e-6)
    return start + way * along + out * np.sqrt(max(near**2 - along**2, 0))


def person(
    hip: Point = (0, 0, 0.93),
    lean: tuple[float, float, float] = (0, 0, 0),
    hands: Sequence[Point] = ((-0.27, 0.03, 0.84), (0.27, 0.03, 0.84)),
    feet: Sequence[Point] = ((-0.11, 0, 0.08), (0.11, 0, 0.08)),
    elbows: Point = (0.4, -1, -0.3),
    knees: Point = (0.15, 1, 0),
    toes: Point = (0, 0.17, -0.05),
    bulk: float = 1.0,
    head: float = 1.0,
    hat: Sequence[Trimesh] = (),
    skirt: Outline = (),
    legs: float = 1.0,
) -> list[Trimesh]:
    """A person, its left side at the right, who stands on z = 0 if nothing else is said.

    Args:
        hip: Its middle, (right, ahead, up).
        lean: Of the trunk, to the right and ahead, and turn of the shoulders, in radians.
        hands: Where the wrists are; nearer if arms do not reach so far; none for no arms.
        feet: Where the ankles are, likewise.
        elbows: Where elbows point; its right side is mirrored.
        knees: Likewise.
        toes: From the ankles to the toes.
        bulk: Thickness of all but the head.
        head: Size of the head.
        hat: What the head wears, about its middle.
        skirt: Profile of (radius, height) about the waist, which is at 0.
        legs: Length of the legs.
    """
    base, (right, ahead, turn) = np.array(hip, dtype=float), lean
    up = np.array([np.sin(right), np.sin(ahead), np.cos(right) * np.cos(ahead)])
    up /= np.linalg.norm(up)
    side = np.array([np.cos(turn), np.sin(turn), 0.0])
    side -= up * (side @ up)
    side /= np.linalg.norm(side)
    front = np.cross(up, side)
    at = base + up * (0.58 + 0.13 * head) + 0.02 * front
    trunk = [(-0.06, 0.13, 0.1), (0.06, 0.15, 0.11), (0.2, 0.125, 0.095), (0.36, 0.16, 0.11),
        (0.47, 0.15, 0.09), (0.53, 0.075, 0.065)]  # fmt: skip
    parts = [
        tube(*((*(base + up * z), wide * bulk, deep * bulk) for z, wide, deep in trunk)),
        tube((*(base + up * 0.5), 0.055), (*at, 0.055)),
        *put([egg((0, 0, 0), (0.08 * head, 0.1 * head, 0.125 * head))], to=(at[0], at[1], at[2])),
        *put(hat, to=(at[0], at[1], at[2])),
    ]  # fmt: skip
    for s, hand in zip(SIDES, hands, strict=False):
        top, end = base + up * 0.46 + side * (0.175 * s * bulk), np.array(hand, dtype=float)
        mid = joint(top, end, (0.29, 0.27), (elbows[0] * s, elbows[1], elbows[2]))
        end = mid + (end - mid) * min(1, 0.27 / np.linalg.norm(end - mid))
        tip = end + (end - mid) * 0.3
        parts += [tube((*top, 0.06 * bulk), (*(0.5 * (top + mid)), 0.052 * bulk), (*mid, 0.042 * bulk))]
        parts += [
            tube((*mid, 0.042 * bulk), (*end, 0.03 * bulk)),
            tube((*end, 0.036 * bulk), (*tip, 0.03 * bulk)),
        ]
    for s, foot in zip(SIDES, feet, strict=False):
        top, end = base + side * (0.09 * s * bulk), np.array(foot, dtype=float)
        mid = joint(top, end, (0.44 * legs, 0.43 * legs), (knees[0] * s, knees[1], knees[2]))
        end = mid + (end - mid) * min(1, 0.43 * legs / np.linalg.norm(end - mid))
        parts += [tube((*top, 0.095 * bulk), (*(0.5 * (top + mid)), 0.083 * bulk), (*mid, 0.06 * bulk))]
        parts += [tube((*mid, 0.06 * bulk), (*(0.6 * mid + 0.4 * end), 0.06 * bulk), (*end, 0.042 * bulk))]
        heel, ball_of = end - np.array(toes) * 0.25, end + np.array(toes)
        parts += [tube((*heel, 0.045 * bulk), (*end, 0.045 * bulk), (*ball_of, 0.035 * bulk))]
    if skirt:
        parts += put([turned(skirt)], to=(float(base[0]), float(base[1]), float(base[2]) + 0.1))
    return parts


def hair(long: float = 0.0) -> list[Trimesh]:
    """Hair about the middle of a head, hanging down at its back."""
    hair = [egg((0, -0.025, 0.03), (0.1, 0.11, 0.115))]
    return [*hair, tube((0, -0.07, 0, 0.1, 0.06), (0, -0.1, -long, 0.1, 0.04))] if long else hair


def brim(radius: float, profile: Outline, z: float = 0.06) -> list[Trimesh]:
    """A hat with a brim about the middle of a head."""
    return [turned([(radius, z), (radius, z + 0.02)]), turned([(r, z + up) for r, up in profile])]


def horse_trunk() -> list[Trimesh]:
    """A horse without head and neck."""
    return [
        spine((-0.62, 1.3, 0.2, 0.2), (-0.45, 1.26, 0.29, 0.3), (-0.05, 1.2, 0.29, 0.29),
            (0.3, 1.2, 0.27, 0.31), (0.5, 1.27, 0.2, 0.27)),
        spine((-0.78, 1.4, 0.06), (-0.92, 1.3, 0.08), (-0.99, 1.0, 0.1), (-0.98, 0.7, 0.08),
            (-1.02, 0.5, 0.03)),
        *pair((0.16, 0.42, 1.12, 0.16), (0.17, 0.44, 0.8, 0.085), (0.17, 0.45, 0.54, 0.062),
            (0.17, 0.44, 0.3, 0.043), (0.17, 0.45, 0.13, 0.052), (0.17, 0.49, 0.05, 0.062)),
        *pair((0.16, -0.52, 1.2, 0.25), (0.17, -0.46, 0.88, 0.15), (0.17, -0.62, 0.6, 0.075),
            (0.17, -0.62, 0.34, 0.05), (0.17, -0.59, 0.13, 0.055), (0.17, -0.55, 0.05, 0.062)),
    ]  # fmt: skip


def horse_head() -> list[Trimesh]:
    """Neck and head of a horse."""
    return [
        spine((0.4, 1.3, 0.16, 0.3), (0.64, 1.52, 0.11, 0.22), (0.82, 1.8, 0.09, 0.16),
            (0.9, 1.95, 0.08, 0.12)),
        spine((0.86, 1.97, 0.09, 0.11), (1.02, 1.87, 0.1, 0.13), (1.22, 1.66, 0.065, 0.08),
            (1.32, 1.56, 0.065, 0.07)),
        *pair((0.06, 0.86, 2.06, 0.035), (0.075, 0.87, 2.15, 0.028), (0.075, 0.89, 2.2, 0.012)),
        fin([(0.5, 1.65), (0.92, 2.06), (0.8, 2.08), (0.66, 1.95), (0.62, 1.88), (0.52, 1.84), (0.5, 1.74),
            (0.4, 1.68), (0.32, 1.5)], 0.06),
    ]  # fmt: skip
