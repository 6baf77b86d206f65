"""Recipes for paved ground: streets, squares, parking lots, airfields, railway lines.

Each place is a function that draws a ground and a camera, and one that fills the stage. Streets run along x.
"""

import numpy as np

from smartmask.data.synthesis.outdoor import bodies
from smartmask.data.synthesis.outdoor.ground import FAR_M, Ground, Zone
from smartmask.data.synthesis.outdoor.parts import (
    add_buildings,
    add_clutter,
    add_flyers,
    add_horizon,
    add_plants,
    facing,
    people,
    view,
)
from smartmask.data.synthesis.outdoor.stage import ANY, Aspects, Stage
from smartmask.scene.camera import Camera


def plan_street(rng: np.random.Generator, size_hw: tuple[int, int]) -> tuple[Ground, Camera]:
    """A road between two pavements; the camera on a pavement, looking along or across."""
    road, walk = float(rng.uniform(3.2, 6.0)), float(rng.uniform(2.2, 5.0))
    base = str(rng.choice(["pavement", "grass", "ground"], p=[0.5, 0.35, 0.15]))
    zones = [
        Zone.strip("pavement", -road - walk, road + walk),
        Zone.strip("road", -road, road),
    ]
    if rng.random() < 0.3:
        cross = float(rng.uniform(12, 35))
        zones.append(Zone.strip("road", -FAR_M, FAR_M, cross, cross + float(rng.uniform(5, 9))))
    side = float(rng.choice([-1, 1]))
    if rng.random() < 0.6:
        y = side * (road + float(rng.uniform(-1.0, 0.8 * walk)))
        yaw = side * -1 * float(rng.uniform(-0.1, 0.45))
    else:
        y = side * (road + walk + float(rng.uniform(0.0, 4.0)))
        yaw = -side * float(rng.uniform(0.9, 1.57))
    return Ground.of(base, *zones), view(rng, size_hw, (0.0, y), yaw)


def fill_street(stage: Stage) -> None:
    """Houses, parked and moving cars, people on the pavements, lamps, trees, benches."""
    rng = stage.rng
    walk, road = stage.ground.zones[1], stage.ground.zones[2]
    edge, wall = road.corners[2][1], walk.corners[2][1]
    add_horizon(stage, rng.choice(["town", "wood", "hill"], p=[0.6, 0.3, 0.1]))
    for side in (-1.0, 1.0):
        if rng.random() < 0.8:
            add_buildings(stage, side * wall, is_dense=stage.ground.zones[0].label == "pavement")
        kerb = side * (edge + 0.45)
        gap = float(rng.uniform(16, 34))
        lamp = bodies.street_lamp(float(rng.uniform(4.5, 8)), float(rng.choice([0.0, 1.6])))
        for x in np.arange(float(rng.uniform(4, gap)), 70, gap):
            stage.build(
                "street lamp", lamp, (float(x), kerb), 0.0 if side < 0 else np.pi, words=("lamp post",)
            )
        if rng.random() < 0.5:
            add_plants(stage, "tree", int(rng.integers(2, 7)), along=(kerb, 45.0))
    _street_furniture(stage, edge, wall)
    aspects = _aspects_along(stage, (1.0, 1.55), (1.9, 3.3))
    for side in (-1.0, 1.0):
        if rng.random() < 0.75:
            for x in np.arange(float(rng.uniform(3, 8)), 50, float(rng.uniform(5.5, 7.5))):
                if rng.random() < 0.6:
                    stage.stand_at("car", ("road",), (float(x), side * (edge - 1.3)), aspects=aspects)
    for label, chance, most in (("car", 0.9, 4), ("bus", 0.35, 1), ("truck", 0.2, 1), ("motorcycle", 0.4, 2)):
        if rng.random() < chance:
            for _ in range(int(rng.integers(1, most + 1))):
                stage.stand(label, ("road",), aspects=aspects if label == "car" else ANY)
    people(stage, ("pavement",), groups=(2, 6))
    for label, chance in (("bicycle", 0.6), ("dog", 0.35), ("motorcycle", 0.2), ("potted plant", 0.2)):
        if rng.random() < chance:
            stage.stand(label, ("pavement",), count=int(rng.integers(1, 3)))
    add_clutter(stage, ("pavement",), "pavement")
    add_flyers(stage, birds=0.2, airplanes=0.08)


def plan_square(rng: np.random.Generator, size_hw: tuple[int, int]) -> tuple[Ground, Camera]:
    """An open pavement, houses at its far side, perhaps a lawn."""
    zones = []
    if rng.random() < 0.35:
        near = float(rng.uniform(7, 15))
        zones.append(Zone.strip("grass", near, near + float(rng.uniform(3, 8)), -40, 40))
    yaw = np.pi / 2 + float(rng.uniform(-0.35, 0.35))
    return Ground.of("pavement", *zones), view(rng, size_hw, (0.0, 0.0), yaw)


def fill_square(stage: Stage) -> None:
    """Many people, benches, bicycles, a statue, trees in a row, birds on the ground."""
    rng = stage.rng
    add_horizon(stage, "town")
    add_buildings(stage, float(rng.uniform(22, 45)), is_dense=True)
    if rng.random() < 0.6:
        add_plants(stage, "tree", int(rng.integers(1, 5)))
    for _ in range(int(rng.integers(0, 4))):
        point = stage.spot(("pavement",), 0.9, 1.2, (24, 130))
        if point is not None:
            stage.build("bench", bodies.bench(float(rng.uniform(1.3, 2.0)), True), point, facing(stage))
    lamp = bodies.street_lamp(float(rng.uniform(3.2, 5)), 0.0)
    for _ in range(int(rng.integers(0, 4))):
        point = stage.spot(("pavement",), 4.0, 0.4, (60, 300))
        if point is not None:
            stage.build("street lamp", lamp, point, words=("lamp post",))
    people(stage, ("pavement",), groups=(3, 8))
    for label, chance, most in (("bicycle", 0.5, 3), ("dog", 0.4, 2), ("bird", 0.4, 5), ("statue", 0.5, 1)):
        if rng.random() < chance:
            stage.stand(label, ("pavement",), count=int(rng.integers(1, most + 1)))
    add_clutter(stage, ("pavement",), "pavement")
    add_flyers(stage, birds=0.3, airplanes=0.05)


def plan_parking(rng: np.random.Generator, size_hw: tuple[int, int]) -> tuple[Ground, Camera]:
    """A field of asphalt in rows, edged by grass."""
    far = float(rng.uniform(25, 60))
    ground = Ground.of("grass", Zone.strip("road", -20, far, -60, 60))
    return ground, view(rng, size_hw, (0.0, 0.0), np.pi / 2 + float(rng.uniform(-0.5, 0.5)))


def fill_parking(stage: Stage) -> None:
    """Rows of cars with gaps, people between them, lamps and trees."""
    rng = stage.rng
    add_horizon(stage, rng.choice(["town", "wood"]))
    far = stage.ground.zones[1].corners[2][1]
    if rng.random() < 0.6:
        add_buildings(stage, far + 3, is_dense=False)
    add_plants(stage, "tree", int(rng.integers(0, 5)))
    lamp = bodies.street_lamp(float(rng.uniform(5, 8)), 1.5)
    for _ in range(int(rng.integers(0, 3))):
        point = stage.spot(("road",), 6.0, 0.4, (70, 300))
        if point is not None:
            stage.build("street lamp", lamp, point, words=("lamp post",))
    is_side = rng.random() < 0.4
    aspects = (1.8, 3.3) if is_side else (1.0, 1.7)
    gap = 5.6 if is_side else 2.8
    fill = float(rng.uniform(0.35, 0.85))
    for y in np.arange(float(rng.uniform(7, 11)), far, float(rng.uniform(7, 10))):
        for x in np.arange(-0.8 * y - 4, 0.8 * y + 4, gap):
            if rng.random() < fill:
                stage.stand_at("car", ("road",), (float(x + rng.normal(0, 0.15)), float(y)), aspects=aspects)
    for _ in range(3):
        stage.stand("car", ("road",), aspects=aspects)
    for label, chance in (("motorcycle", 0.4), ("truck", 0.2), ("bicycle", 0.2), ("bus", 0.15), ("dog", 0.2)):
        if rng.random() < chance:
            stage.stand(label, ("road",))
    people(stage, ("road",), groups=(1, 4))
    add_flyers(stage, birds=0.15, airplanes=0.1)


def plan_airfield(rng: np.random.Generator, size_hw: tuple[int, int]) -> tuple[Ground, Camera]:
    """A runway across grass."""
    near = float(rng.uniform(-6, 10))
    ground = Ground.of("grass", Zone.strip("road", near, near + float(rng.uniform(30, 80))))
    return ground, view(rng, size_hw, (0.0, 0.0), np.pi / 2 + float(rng.uniform(-0.4, 0.4)))


def fill_airfield(stage: Stage) -> None:
    """Airplanes on the ground and in the air, a few cars and people."""
    rng = stage.rng
    add_horizon(stage, rng.choice(["wood", "hill", "town"]))
    for _ in range(int(rng.integers(1, 4))):
        stage.stand("airplane", ("road",), px=(25, 0.3 * stage.camera.size_hw[0]))
    for label, chance, most in (("truck", 0.5, 2), ("car", 0.5, 2), ("bus", 0.25, 1)):
        if rng.random() < chance:
            stage.stand(label, ("road",), aspects=(1.5, 4.0), count=int(rng.integers(1, most + 1)))
    people(stage, ("road", "grass"), groups=(1, 3))
    add_plants(stage, "bush", int(rng.integers(0, 3)))
    add_flyers(stage, birds=0.2, airplanes=0.6)


def plan_railway(rng: np.random.Generator, size_hw: tuple[int, int]) -> tuple[Ground, Camera]:
    """A platform, the track before it, and land beyond."""
    near = float(rng.uniform(5, 12))
    zones = (
        Zone.strip("platform", -20, near),
        Zone.strip("railroad", near, near + float(rng.uniform(4, 10))),
    )
    ground = Ground.of("grass", *zones)
    return ground, view(rng, size_hw, (0.0, 0.0), np.pi / 2 + float(rng.uniform(-0.7, 0.7)))


def fill_railway(stage: Stage) -> None:
    """A train, people who wait with luggage, benches."""
    rng = stage.rng
    add_horizon(stage, rng.choice(["wood", "hill", "town"]))
    add_plants(stage, "tree", int(rng.integers(0, 6)))
    add_plants(stage, "bush", int(rng.integers(0, 4)))
    stage.stand("train", ("railroad",), px=(60, 0.6 * stage.camera.size_hw[0]))
    for _ in range(int(rng.integers(0, 3))):
        point = stage.spot(("platform",), 0.9, 1.2, (24, 130))
        if point is not None:
            stage.build("bench", bodies.bench(float(rng.uniform(1.3, 2.0)), True), point, facing(stage))
    people(stage, ("platform",), groups=(2, 6))
    for label, chance in (("suitcase", 0.6), ("backpack", 0.4), ("bicycle", 0.3), ("trash can", 0.3)):
        if rng.random() < chance:
            stage.stand(label, ("platform",))
    add_flyers(stage, birds=0.2, airplanes=0.05)


def _aspects_along(stage: Stage, front: Aspects, side: Aspects) -> Aspects:
    """The shapes of vehicles on a street along x, as seen from where the camera looks."""
    turn = abs(np.sin(stage.camera.yaw))
    return front if turn < 0.5 else (front[0] + 0.5, side[1]) if turn < 0.8 else side


def _street_furniture(stage: Stage, edge: float, wall: float) -> None:
    """A traffic light, signs, bins and benches along the kerbs and walls."""
    rng = stage.rng
    for side in (-1.0, 1.0):
        kerb, face = side * (edge + 0.5), np.pi if side > 0 else 0.0
        if rng.random() < 0.4:
            shape, where = bodies.traffic_light(float(rng.uniform(2.8, 4.0))), float(rng.uniform(4, 25))
            stage.build("traffic light", shape, (where, kerb), face)
        if rng.random() < 0.5:
            corners = int(rng.choice([3, 4, 8, 12]))
            shape = bodies.street_sign(float(rng.uniform(2.1, 2.9)), float(rng.uniform(0.5, 0.8)), corners)
            where = float(rng.uniform(3, 20))
            stage.build("street sign", shape, (where, kerb), words=("traffic sign", "sign"))
        if rng.random() < 0.45:
            shape = bodies.bench(float(rng.uniform(1.3, 2.0)), True)
            stage.build(
                "bench", shape, (float(rng.uniform(3, 20)), side * (wall - 0.5)), face, labels=("pavement",)
            )
        if rng.random() < 0.45:
            shape = bodies.trash_can(float(rng.uniform(0.7, 1.05)))
            stage.build("trash can", shape, (float(rng.uniform(3, 20)), kerb), words=("bin", "litter bin"))
