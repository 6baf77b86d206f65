"""Recipes for soft ground: parks, meadows with herds, beaches and lakes.

Each place is a function that draws a ground and a camera, and one that fills the stage.
"""

import numpy as np

from smartmask.data.synthesis.outdoor import bodies
from smartmask.data.synthesis.outdoor.ground import FAR_M, Ground, Zone
from smartmask.data.synthesis.outdoor.parts import (
    add_boulders,
    add_clutter,
    add_flyers,
    add_horizon,
    add_plants,
    facing,
    people,
    view,
)
from smartmask.data.synthesis.outdoor.stage import Stage
from smartmask.perspective.scales import WILD
from smartmask.scene.camera import Camera

_HERDS = ("cow", "sheep", "horse")


def plan_park(rng: np.random.Generator, size_hw: tuple[int, int]) -> tuple[Ground, Camera]:
    """Grass, a path that bends off, perhaps a pond."""
    zones = []
    if rng.random() < 0.75:
        zones.append(_path(rng, str(rng.choice(["pavement", "path", "dirt"]))))
    if rng.random() < 0.3:
        zones.append(_pond(rng))
    yaw = float(rng.uniform(-0.5, 0.5))
    return Ground.of("grass", *zones), view(rng, size_hw, (0.0, 0.0), yaw)


def fill_park(stage: Stage) -> None:
    """Trees, bushes and benches, people in groups, dogs, a ball, birds."""
    rng = stage.rng
    add_horizon(stage, rng.choice(["wood", "hill", "town"], p=[0.55, 0.25, 0.2]))
    add_plants(stage, "tree", int(rng.integers(3, 10)))
    add_plants(stage, "bush", int(rng.integers(1, 6)))
    ground = ("grass", "path", "pavement", "dirt")
    for _ in range(int(rng.integers(0, 4))):
        shape = bodies.bench(float(rng.uniform(1.3, 2.0)), bool(rng.random() < 0.7))
        point = stage.spot(ground, 0.9, 1.2, (24, 130))
        if point is not None:
            stage.build("bench", shape, point, facing(stage), words=("park bench",))
    people(stage, ground, groups=(2, 6))
    for label, chance, most in (
        ("dog", 0.7, 3),
        ("bicycle", 0.4, 2),
        ("bird", 0.4, 4),
        ("sports ball", 0.3, 1),
    ):
        if rng.random() < chance:
            stage.stand(label, ground, count=int(rng.integers(1, most + 1)))
    add_boulders(stage, ("grass",), 0.3)
    add_clutter(stage, ground, "ground")
    add_flyers(stage, birds=0.35, airplanes=0.1)


def plan_meadow(rng: np.random.Generator, size_hw: tuple[int, int]) -> tuple[Ground, Camera]:
    """Grass or dry earth with a track."""
    base = str(rng.choice(["grass", "field", "dirt"], p=[0.7, 0.15, 0.15]))
    zones = [_path(rng, "dirt" if base != "dirt" else "road")] if rng.random() < 0.4 else []
    return Ground.of(base, *zones), view(rng, size_hw, (0.0, 0.0), float(rng.uniform(-np.pi, np.pi)))


def fill_meadow(stage: Stage) -> None:
    """Herds before hills or a wood, a fence, a farm house, or wild animals."""
    rng = stage.rng
    ground = (stage.ground.zones[0].label, "dirt", "road")
    add_horizon(stage, rng.choice(["wood", "hill", "mountain"], p=[0.35, 0.4, 0.25]))
    wild = [label for label in sorted(WILD) if label in stage.library.by_label]
    is_wild = bool(wild) and rng.random() < 0.2
    if not is_wild and rng.random() < 0.5:
        _add_fence(stage)
    if not is_wild and rng.random() < 0.4:
        for _ in range(int(rng.integers(1, 4))):
            point = stage.spot(ground, 5.0, 6.0, (30, 150))
            if point is not None:
                shape = bodies.building(float(rng.uniform(8, 16)), 8.0, float(rng.uniform(2.6, 5)), 3.0)
                words = ("barn", "farm house") if rng.random() < 0.5 else ("cottage",)
                stage.build("house", shape, point, float(rng.uniform(0, np.pi)), words=words)
    add_plants(stage, "tree", int(rng.integers(1, 7)))
    add_plants(stage, "bush", int(rng.integers(0, 4)))
    herd = wild if is_wild else list(_HERDS)
    for _ in range(int(rng.integers(1, 4))):
        stage.stand(str(rng.choice(herd)), ground, count=int(rng.integers(1, 7)))
    if not is_wild and rng.random() < 0.6:
        people(stage, ground, groups=(1, 2))
    if not is_wild and rng.random() < 0.4:
        stage.stand("dog", ground)
    add_boulders(stage, ground, 0.4)
    add_flyers(stage, birds=0.4, airplanes=0.05)


def plan_beach(rng: np.random.Generator, size_hw: tuple[int, int]) -> tuple[Ground, Camera]:
    """Sand, then water to the horizon; the shore across the view or into it."""
    shore = float(rng.uniform(6, 30))
    ground = Ground.of(str(rng.choice(["sand", "grass"], p=[0.75, 0.25])), Zone.strip("water", shore, FAR_M))
    turn = (
        float(rng.uniform(-0.5, 0.5))
        if rng.random() < 0.6
        else float(rng.choice([-1, 1]) * rng.uniform(0.9, 1.3))
    )
    return ground, view(rng, size_hw, (0.0, 0.0), np.pi / 2 + turn)


def fill_beach(stage: Stage) -> None:
    """Boats on the water, people and dogs on the sand, palms, rocks."""
    rng = stage.rng
    land = (stage.ground.zones[0].label,)
    if rng.random() < 0.6:
        add_horizon(stage, rng.choice(["hill", "mountain"]), share=float(rng.uniform(0.3, 1.0)))
    for _ in range(int(rng.integers(1, 6))):
        most = 0.35 * stage.camera.size_hw[0]
        stage.stand("boat", ("water",), px=(24, most), count=int(rng.integers(1, 3)))
    people(stage, land, groups=(2, 6))
    kind = "palm" if land[0] == "sand" and rng.random() < 0.7 else None
    add_plants(stage, "tree", int(rng.integers(0, 4)), kind=kind)
    for label, chance, most in (("dog", 0.45, 2), ("bird", 0.4, 3), ("surfboard", 0.3, 1)):
        if rng.random() < chance:
            stage.stand(label, land, count=int(rng.integers(1, most + 1)))
    add_boulders(stage, land, 0.6)
    add_clutter(stage, land, "ground")
    add_flyers(stage, birds=0.6, airplanes=0.1, kites=0.4)


def _add_fence(stage: Stage) -> None:
    """A fence across the view at one depth, so that it stands before all or behind all of a herd."""
    rng = stage.rng
    depth = float(rng.uniform(7, 28))
    length = depth * stage.camera.size_hw[1] / stage.camera.focal_px * float(rng.uniform(0.4, 1.1))
    planks = int(rng.choice([0, 0, 8, 14]))
    shape = bodies.fence(max(3.0, length), float(rng.uniform(0.9, 1.4)), planks, int(rng.integers(2, 4)))
    point = stage.point(depth, float(rng.uniform(-0.3, 0.3)) * length)
    angle = stage.camera.yaw + np.pi / 2 + float(rng.normal(0, 0.08))
    stage.build("fence", shape, point, float(angle), words=("wooden fence",) if planks else ())


def _path(rng: np.random.Generator, label: str) -> Zone:
    """A straight path across the ground that passes near the camera."""
    angle, half = float(rng.uniform(-0.7, 0.7)), float(rng.uniform(0.7, 2.0))
    along = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-along[1], along[0]])
    start = np.array([0.0, float(rng.uniform(-5, 5))]) - 40 * along
    end = start + FAR_M / 4 * along
    corners = (start - half * across, end - half * across, end + half * across, start + half * across)
    return Zone(label, tuple((float(x), float(y)) for x, y in corners))


def _pond(rng: np.random.Generator) -> Zone:
    """A round pond ahead."""
    middle, half = (float(rng.uniform(18, 45)), float(rng.uniform(-12, 12))), rng.uniform(5, 14, 2)
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    return Zone(
        "water",
        tuple(
            (float(middle[0] + half[0] * np.cos(a)), float(middle[1] + half[1] * np.sin(a))) for a in angles
        ),
    )
