"""Open meshes in open places: on ground that carries them, afloat, or in the air.

As for silhouettes the size on the canvas is drawn first and the depth follows, so near things are large and
far ones small. A boat or a whale lies in the water: what would be below its surface is cut level with it.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from smartmask.data.synthesis.outdoor.bodies import Shape
from smartmask.data.synthesis.outdoor.ground import Point
from smartmask.data.synthesis.outdoor.stage import Aspects, Stage
from smartmask.data.synthesis.stage.meshes import Mesh
from smartmask.data.synthesis.stage.open_kinds import AS_SOLID
from smartmask.data.synthesis.stage.world import Body
from smartmask.data.synthesis.texts import shape_words

_LEAST_PX, _LEAST_SMALL_PX, _SMALL_M = 24.0, 13.0, 0.5
_MOST_SHARE = (0.5, 0.55)
"""Of the canvas's height and width, what a thing covers at most."""
_DRAUGHT = {"boat": 0.1, "animal": 0.5}
_DEEP_M = 2.5
_BESIDE_TRIES = 8
_SOLID_SHARE, _SOLID_SHARES = 0.6, {"person": 0.3, "boat": 0.6, "train": 0.7, "dog": 0.45}
"""How often a solid body comes in place of a silhouette."""
_ON_ROADS = ("car", "bus", "truck", "motorcycle", "train")


def set_solids(
    stage: Stage,
    labels: Sequence[str],
    ground: Collection[str],
    *,
    count: int = 1,
    angle: float | None = None,
    px: tuple[float, float] | None = None,
) -> int:
    """Stand shapes of one of the labels close together on such ground; returns how many there is room for.

    Args:
        stage: The place.
        labels: What they may be; one is drawn for all.
        ground: What the ground may be.
        count: How many at most.
        angle: Where their fronts look, in radians; more or less at the camera if None.
        px: Least and most size on the canvas in pixels; by default from what can be told to half of it.
    """
    if stage.more is None:
        return 0
    first = stage.more.draw(stage.rng, labels)
    if first is None:
        return 0
    done, middle = 0, None
    for number in range(count):
        alike = labels if _parent(stage, first) == "person" else (first.kind,)
        mesh = first if number == 0 else stage.more.draw(stage.rng, alike)
        if mesh is None:
            break
        radius = float(np.hypot(*mesh.size[:2])) / 2
        if middle is None:
            point = stage.spot(ground, max(mesh.size), radius, px or _fit_px(stage, mesh))
            middle = point
        else:
            point = _beside(stage, middle, ground, radius)
        if point is None:
            break
        turn = _looks(stage) if angle is None else angle + float(stage.rng.normal(0, 0.03))
        done += put_solid(stage, mesh, point, turn, ground)
    return done


def put_solid(stage: Stage, mesh: Mesh, point: Point, angle: float, ground: Collection[str]) -> bool:
    """Stand a shape at a point, if there is room and the ground under all of it is right."""
    parent = _parent(stage, mesh)
    if ground and not stage.ground.is_all(ground, point, max(mesh.size[:2]) / 2.2):
        return False
    if "water" in ground and parent in _DRAUGHT:
        mesh = _afloat(mesh, _DRAUGHT[parent])
    shape = Shape(mesh.vertices.astype(np.float64), mesh.faces.astype(np.int64))
    number = stage.build(mesh.facts.label, shape, point, angle, words=shape_words(mesh))
    return number is not None


def fly_solid(
    stage: Stage, labels: Sequence[str], angles: tuple[float, float], px: tuple[float, float]
) -> bool:
    """Put a shape into the air, so many radians above the horizon and so many pixels large."""
    mesh = None if stage.more is None else stage.more.draw(stage.rng, labels)
    if mesh is None:
        return False
    size_px = float(np.exp(stage.rng.uniform(np.log(px[0]), np.log(px[1]))))
    depth = stage.camera.focal_px * max(mesh.size) / size_px
    reach = depth * stage.camera.size_hw[1] / 2 / stage.camera.focal_px * 0.85
    point = stage.point(depth, float(stage.rng.uniform(-reach, reach)))
    height = stage.camera.position[2] + depth * np.tan(float(stage.rng.uniform(*angles)))
    if height < 2.5:
        return False
    hang_solid(stage, mesh, (*point, float(height)), float(stage.rng.uniform(-np.pi, np.pi)))
    return True


def hang_solid(stage: Stage, mesh: Mesh, foot: tuple[float, float, float], angle: float) -> None:
    """Put a shape somewhere above the ground without asking."""
    vertices = mesh.turned(angle).vertices + np.array(foot, np.float32)
    stage.bodies.append(Body(mesh.facts.label, vertices, mesh.faces, "air", shape_words(mesh)))


def stand_in(
    stage: Stage, label: str, ground: Collection[str], aspects: Aspects, count: int, point: Point | None
) -> int:
    """Solid bodies where silhouettes of a label were asked for, by chance; returns how many there are.

    Args:
        stage: The place.
        label: What was asked for.
        ground: What the ground may be.
        aspects: Width over height of the silhouette that was wanted: it tells fronts and sides of vehicles.
        count: How many were asked for.
        point: Where; None for anywhere.
    """
    labels = AS_SOLID.get(label, ())
    if not labels or stage.more is None or stage.rng.random() > _SOLID_SHARES.get(label, _SOLID_SHARE):
        return 0
    angle = _along_road(stage, aspects) if label in _ON_ROADS else None
    if point is None:
        return set_solids(stage, labels, ground, count=count, angle=angle)
    mesh = stage.more.draw(stage.rng, labels)
    if mesh is None or not _is_in_size(stage, mesh, point):
        return 0
    return int(put_solid(stage, mesh, point, _looks(stage) if angle is None else angle, ground))


def _along_road(stage: Stage, aspects: Aspects) -> float:
    """The direction of the two axes that shows a vehicle's front or back, or its side, as was asked for."""
    is_side = aspects[0] >= 1.6
    is_across = abs(np.sin(stage.camera.yaw)) > 0.7
    along = 0.0 if is_side == is_across or not is_across else np.pi / 2
    return along + float(stage.rng.choice([0.0, np.pi])) + float(stage.rng.normal(0, 0.03))


def _is_in_size(stage: Stage, mesh: Mesh, point: Point) -> bool:
    """Whether a shape at a point is in view, neither too small to be told nor over most of the canvas."""
    x, y, depth = stage.camera.project(np.array([(*point, 0.0)]))[0]
    height, width = stage.camera.size_hw
    if depth <= 1.5 or not (0 < x < width and y < height):
        return False
    least, most = _fit_px(stage, mesh)
    return bool(0.6 * least < stage.camera.focal_px * max(mesh.size) / depth < 1.1 * most)


def _looks(stage: Stage) -> float:
    """A turn that shows a thing's front (+x) to the camera, its side, or something between them."""
    return float(stage.camera.yaw + np.pi + stage.rng.uniform(-1.7, 1.7))


def _fit_px(stage: Stage, mesh: Mesh) -> tuple[float, float]:
    """Least and most of its largest side on the canvas."""
    height, width = stage.camera.size_hw
    largest = max(mesh.size)
    wide = max(mesh.size[:2])
    most = min(
        _MOST_SHARE[0] * height * largest / max(mesh.size[2], 0.2 * largest),
        _MOST_SHARE[1] * width * largest / wide,
    )
    most = min(most, (0.25 + 0.15 * min(largest, 3.0)) * height * largest / max(mesh.size[2], 0.4 * largest))
    least = _LEAST_SMALL_PX if largest < _SMALL_M else min(max(_LEAST_PX, 9.0 * largest), 0.3 * height)
    return min(least, 0.7 * most), most


def _beside(stage: Stage, middle: Point, ground: Collection[str], radius: float) -> Point | None:
    """A free point near another."""
    for _ in range(_BESIDE_TRIES):
        turn, off = stage.rng.uniform(-np.pi, np.pi), float(stage.rng.uniform(2.1, 5.0)) * max(radius, 0.15)
        point = (middle[0] + off * float(np.cos(turn)), middle[1] + off * float(np.sin(turn)))
        x, _, depth = stage.camera.project(np.array([(*point, 0.0)]))[0]
        is_seen = depth > 1.5 and 0 < x < stage.camera.size_hw[1]
        if is_seen and stage.ground.is_all(ground, point, 0.2) and stage.is_free(point, radius):
            return point
    return None


def _parent(stage: Stage, mesh: Mesh) -> str:
    records = {} if stage.more is None else stage.more.records
    return records[mesh.kind].parent if mesh.kind in records else ""


def _afloat(mesh: Mesh, draught: float) -> Mesh:
    """A shape lowered into the water, level with it below."""
    vertices = mesh.vertices.copy()
    vertices[:, 2] = np.maximum(vertices[:, 2] - min(draught * mesh.size[2], _DEEP_M), 0.0)
    return replace(mesh, vertices=vertices)
