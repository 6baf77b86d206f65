"""An open place that is being filled: what stands where, and what still fits into the camera's view.

A thing of height h metres that shall be p pixels high stands at the depth focal h / p. So the builder asks
for sizes on the canvas, spread evenly over their logarithms, and the stage finds a free spot on the right
ground at the depth that follows: whatever the place, near things are large, far ones small, and feet and
horizon agree.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from smartmask.data.synthesis.outdoor.bodies import Shape
from smartmask.data.synthesis.outdoor.ground import Ground, Point
from smartmask.data.synthesis.stage.open_meshes import OpenMeshes
from smartmask.data.synthesis.stage.silhouettes import Silhouette, SilhouetteLibrary
from smartmask.data.synthesis.stage.world import Billboard, Body, Support
from smartmask.perspective.scales import draw_height
from smartmask.scene.camera import Camera

_TRIES = 25
_CAMERA_ROOM_M = 1.8
"""Nearer to the camera than that even a lamp post would fill the picture."""
_LEAST_PX = 22.0
_MOST_CANVAS_SHARE = 0.45
_LEAST_INSIDE_SHARE = 0.2
_MOST_WIDTH_SHARE = 0.6
"""A car or bus that is wider on the canvas hides the place that it stands in."""
_FLYING_FILL = 0.45
"""A bird that fills more of its box has its wings folded."""

Aspects = tuple[float, float]
ANY: Aspects = (0.0, float("inf"))
StandIn = Callable[["Stage", str, Collection[str], Aspects, int, Point | None], int]


@dataclass(frozen=True, slots=True)
class Footprint:
    """A rectangle on the ground that is taken: its middle, half its sides, and its turn in radians."""

    middle: Point
    half: tuple[float, float]
    angle: float = 0.0

    def gap(self, point: Point) -> float:
        """Metres from a point to the rectangle, 0 inside."""
        dx, dy = point[0] - self.middle[0], point[1] - self.middle[1]
        cos, sin = np.cos(self.angle), np.sin(self.angle)
        along, across = abs(dx * cos + dy * sin) - self.half[0], abs(dy * cos - dx * sin) - self.half[1]
        return float(np.hypot(max(along, 0.0), max(across, 0.0)))


class Stage:
    """A camera, the ground before it, and all that has been put there."""

    def __init__(
        self,
        rng: np.random.Generator,
        library: SilhouetteLibrary,
        camera: Camera,
        ground: Ground,
        more: OpenMeshes | None = None,
        stand_in: StandIn | None = None,
    ) -> None:
        """An empty place.

        Args:
            rng: Source of everything that is random in it.
            library: Silhouettes to fill it with.
            camera: Who looks.
            ground: What things stand on.
            more: Open meshes to fill it with besides.
            stand_in: What may put a solid body where a silhouette was asked for; it returns how many it put.
        """
        self.rng, self.library, self.camera, self.ground, self.more = rng, library, camera, ground, more
        self._stand_in = stand_in
        self.bodies: list[Body] = []
        self.billboards: list[Billboard] = []
        self._taken: list[Footprint] = []

    def point(self, depth: float, across: float) -> Point:
        """The ground point so far ahead of the camera, and so far to its right."""
        x, y, _ = self.camera.position
        cos, sin = np.cos(self.camera.yaw), np.sin(self.camera.yaw)
        return float(x + depth * cos + across * sin), float(y + depth * sin - across * cos)

    def is_free(self, point: Point, radius_m: float) -> bool:
        """Whether nothing stands within a distance of a point, the camera included."""
        here = self.camera.position
        if np.hypot(point[0] - here[0], point[1] - here[1]) < radius_m + 0.5:
            return False
        return all(taken.gap(point) >= radius_m for taken in self._taken)

    def spot(
        self, labels: Collection[str], height_m: float, radius_m: float, px: tuple[float, float]
    ) -> Point | None:
        """A free point in view on ground of these labels.

        Args:
            labels: What the ground may be.
            height_m: Height of what shall stand there.
            radius_m: Room that it needs.
            px: Least and most height on the canvas in pixels.
        """
        canvas_height, canvas_width = self.camera.size_hw
        for _ in range(_TRIES):
            size_px = float(np.exp(self.rng.uniform(np.log(px[0]), np.log(px[1]))))
            depth = self.camera.focal_px * height_m / size_px
            reach = depth * canvas_width / 2 / self.camera.focal_px
            point = self.point(depth, float(self.rng.uniform(-reach, reach)))
            x, y, ahead = self.camera.project(np.array([(*point, 0.0)]))[0]
            is_seen = ahead > 0 and 0.02 * canvas_width < x < 0.98 * canvas_width and y < canvas_height - 2
            is_right = self.ground.is_all(labels, point, min(radius_m, 1.0))
            if is_seen and is_right and self.is_free(point, radius_m):
                return point
        return None

    def stand(
        self,
        label: str,
        labels: Collection[str],
        *,
        aspects: Aspects = ANY,
        px: tuple[float, float] | None = None,
        count: int = 1,
    ) -> int:
        """Stand silhouettes of a label close together on ground of these labels; returns how many."""
        if self._stand_in and (solid := self._stand_in(self, label, labels, aspects, count, None)):
            return solid
        middle: Point | None = None
        done = 0
        for _ in range(count):
            drawn = self._drawn(label, aspects)
            if drawn is None:
                continue
            silhouette, height_m = drawn
            radius = footprint_radius(height_m * silhouette.aspect)
            if middle is None:
                middle = self.spot(labels, height_m, radius, self._fit_px(px, silhouette.aspect, height_m))
                point = middle
            else:
                point = self._beside(middle, labels, radius)
            if point is not None:
                self.add_billboard(silhouette, height_m, point)
                done += 1
        return done

    def stand_at(self, label: str, labels: Collection[str], point: Point, *, aspects: Aspects = ANY) -> bool:
        """Stand a silhouette at a point, if it is free and the ground is right."""
        if self._stand_in and self._stand_in(self, label, labels, aspects, 1, point):
            return True
        drawn = self._drawn(label, aspects)
        if drawn is None:
            return False
        silhouette, height_m = drawn
        radius = footprint_radius(height_m * silhouette.aspect)
        x, y, depth = self.camera.project(np.array([(*point, 0.0)]))[0]
        least, most = self._fit_px((_LEAST_PX, 0.8 * self.camera.size_hw[0]), silhouette.aspect, height_m)
        is_small_or_huge = depth <= 0 or not least < self.camera.focal_px * height_m / depth < most
        is_right = self.ground.is_all(labels, point, 0.2) and self.is_free(point, radius)
        if (
            is_small_or_huge
            or y >= self.camera.size_hw[0]
            or not 0 < x < self.camera.size_hw[1]
            or not is_right
        ):
            return False
        self.add_billboard(silhouette, height_m, point)
        return True

    def fly(self, label: str, angles: tuple[float, float], px: tuple[float, float]) -> bool:
        """Put a silhouette into the sky, so many radians above the horizon and so many pixels large."""
        drawn = self._drawn(label, (1.1, np.inf))
        if drawn is None or (label == "bird" and drawn[0].mask().mean() > _FLYING_FILL):
            return False
        silhouette, height_m = drawn
        size_px = float(np.exp(self.rng.uniform(np.log(px[0]), np.log(px[1]))))
        depth = self.camera.focal_px * height_m * silhouette.aspect / size_px
        reach = depth * self.camera.size_hw[1] / 2 / self.camera.focal_px * 0.9
        point = self.point(depth, float(self.rng.uniform(-reach, reach)))
        height = self.camera.position[2] + depth * np.tan(float(self.rng.uniform(*angles)))
        if height < 2.5:
            return False
        self._hang(silhouette, height_m, (*point, float(height)))
        return True

    def plant(
        self,
        label: str,
        mask: Bool[np.ndarray, "h w"],
        height_m: float,
        point: Point,
        words: Sequence[str] = (),
    ) -> bool:
        """Stand a drawn plant at a point, if there is room for its trunk and it leaves enough to be seen."""
        radius = 0.35 if label == "tree" else min(1.5, 0.4 * height_m * mask.shape[1] / mask.shape[0])
        _, _, depth = self.camera.project(np.array([(*point, 0.0)]))[0]
        width_m = height_m * mask.shape[1] / mask.shape[0]
        most = 0.3 if label == "tree" else 0.12
        if depth <= 1 or not self.is_free(point, radius) or self._share(depth, width_m, height_m) > most:
            return False
        self._taken.append(Footprint(point, (radius, radius)))
        is_mirrored = bool(self.rng.integers(2))
        foot = (*point, 0.0)
        self.billboards.append(Billboard(label, mask, foot, height_m, "floor", is_mirrored, tuple(words)))
        return True

    def build(
        self,
        label: str,
        shape: Shape,
        point: Point,
        angle: float = 0.0,
        *,
        labels: Collection[str] = (),
        words: Sequence[str] = (),
        is_thing: bool = True,
        support: Support = "floor",
    ) -> int | None:
        """Put a solid thing on the ground, if it is in view, not over too much of it, and free of others.

        Args:
            label: What it is.
            shape: Its shape about the origin.
            point: Where it stands.
            angle: How far it is turned, in radians.
            labels: What the ground under its middle may be; anything if empty.
            words: Other wordings.
            is_thing: Whether it may be asked for.
            support: What holds it; its place is checked only if that is the floor.

        Returns:
            Its number among the bodies, or None.
        """
        half, placed = shape.half_sides, shape.placed(point, angle)
        footprint = Footprint(point, half, angle)
        if support == "floor":
            if labels and self.ground.label_at(point) not in labels:
                return None
            if self._collides(footprint) or not self._is_fit(placed.vertices):
                return None
            self._taken.append(footprint)
        self.bodies.append(Body(label, placed.vertices, placed.faces, support, tuple(words), is_thing))
        return len(self.bodies) - 1

    def add_billboard(self, silhouette: Silhouette, height_m: float, point: Point) -> None:
        """Stand a silhouette at a point without asking, and take its room."""
        radius = footprint_radius(height_m * silhouette.aspect)
        self._taken.append(Footprint(point, (radius, radius)))
        self._stand(silhouette, height_m, (*point, 0.0), "floor")

    def take(self, footprint: Footprint) -> None:
        """Keep a rectangle free."""
        self._taken.append(footprint)

    def _fit_px(self, px: tuple[float, float] | None, aspect: float, height_m: float) -> tuple[float, float]:
        """Least and most height on the canvas: by default from what can be told apart to half the canvas.

        What is wide stays within a share of the canvas's width.
        """
        height, width = self.camera.size_hw
        small = max(_LEAST_PX, 12.0 * height_m)
        least, most = px or (small, max(small * 1.5, (0.35 + 0.1 * min(height_m, 3.0)) * height))
        most = min(most, _MOST_WIDTH_SHARE * width / aspect)
        return min(least, 0.8 * most), most

    def _drawn(self, label: str, aspects: Aspects) -> tuple[Silhouette, float] | None:
        """A silhouette of a label and a height for it."""
        silhouette = self.library.draw(self.rng, label, aspects)
        if silhouette is None:
            return None
        height_m = draw_height(self.rng, label, silhouette.aspect)
        return None if height_m is None else (silhouette, height_m)

    def _beside(self, middle: Point, labels: Collection[str], radius: float) -> Point | None:
        """A free point near another, rather beside it than behind it as the camera sees it."""
        _, _, depth = self.camera.project(np.array([(*middle, 0.0)]))[0]
        right, ahead = self.camera.axes()[0][:2], np.array([np.cos(self.camera.yaw), np.sin(self.camera.yaw)])
        for _ in range(8):
            across = float(self.rng.choice([-1, 1]) * self.rng.uniform(1.7, 4.0)) * radius
            along = float(self.rng.uniform(-1.5, 2.0)) * radius
            offset = across * right + along * ahead
            point = (middle[0] + float(offset[0]), middle[1] + float(offset[1]))
            if along + depth > 1.5 and self.ground.is_all(labels, point, 0.2) and self.is_free(point, radius):
                return point
        return None

    def _stand(
        self, silhouette: Silhouette, height_m: float, foot: tuple[float, float, float], support: Support
    ) -> None:
        is_mirrored = bool(self.rng.integers(2))
        self.billboards.append(
            Billboard(silhouette.label, silhouette.mask(), foot, height_m, support, is_mirrored)
        )

    def _hang(self, silhouette: Silhouette, height_m: float, foot: tuple[float, float, float]) -> None:
        self._stand(silhouette, height_m, foot, "air")

    def _share(self, depth: float, width_m: float, height_m: float) -> float:
        """Share of the canvas that an upright rectangle covers at most."""
        scale = self.camera.focal_px / depth
        height, width = self.camera.size_hw
        return float(min(width_m * scale, width) * min(height_m * scale, height) / (height * width))

    def _is_fit(self, vertices: Float[np.ndarray, "V 3"]) -> bool:
        """Whether enough of a body's box is in view, and it leaves enough of the view to others."""
        low, high = vertices.min(0), vertices.max(0)
        steps = np.stack(np.meshgrid(*[np.linspace(0, 1, 5)] * 3, indexing="ij"), -1).reshape(-1, 3)
        x, y, depth = self.camera.project(low + steps * (high - low)).T
        height, width = self.camera.size_hw
        inside = (depth > 0.3) & (x >= 0) & (x < width) & (y >= 0) & (y < height)
        if inside.mean() < _LEAST_INSIDE_SHARE:
            return False
        ahead = depth > 0.3
        left, right = np.clip([x[ahead].min(), x[ahead].max()], 0, width)
        top, bottom = np.clip([y[ahead].min(), y[ahead].max()], 0, height)
        return bool((right - left) * (bottom - top) <= _MOST_CANVAS_SHARE * height * width)

    def _collides(self, footprint: Footprint) -> bool:
        """Whether a rectangle comes within 5 cm of a taken one, or too near the camera."""
        points = _grid(footprint)
        here = self.camera.position
        if footprint.gap((here[0], here[1])) < _CAMERA_ROOM_M:
            return True
        for taken in self._taken:
            if any(taken.gap(point) < 0.05 for point in points):
                return True
            if any(footprint.gap(point) < 0.05 for point in _grid(taken)):
                return True
        return False


def footprint_radius(width_m: float) -> float:
    """Room that a silhouette of a width needs around its foot in metres: it has no depth of its own."""
    return float(np.clip(0.42 * width_m, 0.12, 3.0))


def _grid(footprint: Footprint) -> list[Point]:
    """Points over a rectangle: its corners, the middles of its sides, and its middle."""
    cos, sin = np.cos(footprint.angle), np.sin(footprint.angle)
    found = []
    for a in (-1.0, 0.0, 1.0):
        for b in (-1.0, 0.0, 1.0):
            along, across = a * footprint.half[0], b * footprint.half[1]
            x = footprint.middle[0] + along * cos - across * sin
            found.append((float(x), float(footprint.middle[1] + along * sin + across * cos)))
    return found
