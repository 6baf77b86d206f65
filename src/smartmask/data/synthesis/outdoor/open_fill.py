"""What open meshes add to the open places that there are: on the ground, on water and in the air."""

import numpy as np

from smartmask.data.synthesis.outdoor.solids import fly_solid, put_solid, set_solids
from smartmask.data.synthesis.outdoor.stage import Stage

_FURNITURE = (
    *("fire hydrant", "mailbox", "postbox", "trash can", "wheelie bin", "dumpster", "bench", "traffic cone"),
    *("construction barrel", "jersey barrier", "stop sign", "speed limit sign", "no parking sign"),
    *(
        "warning sign",
        "telephone pole",
        "street light",
        "traffic light",
        "flower box",
        "parasol",
        "kick scooter",
    ),
    *("market stand", "market cart", "potted tree", "stroller", "wheelchair", "signpost", "bicycle"),
    *("motor scooter", "recycling bin", "statue", "fountain", "potted bush", "mailbox", "flag pole"),
    *("cardboard box", "suitcase", "tricycle", "solar panel"),
)
_CARS = (
    *("car", "hatchback car", "sedan car", "sports car", "station wagon", "suv", "taxi", "police car"),
    *("small car", "van", "old van", "police suv", "pickup truck", "ambulance", "delivery truck"),
    *("ice cream truck", "race car"),
)
_LARGE = (
    "bus",
    "city bus",
    "school bus",
    "fire truck",
    "garbage truck",
    "truck",
    "semi truck",
    "tractor",
    "tank",
)
_TWO_WHEELS = ("bicycle", "motorcycle", "motor scooter", "kick scooter", "child bicycle")
_PARK = (
    *("bench", "playground", "seesaw", "swing set", "spring rider", "trampoline", "football goal", "gazebo"),
    *(
        "fountain",
        "statue",
        "trash can",
        "parasol",
        "tent",
        "canopy tent",
        "doghouse",
        "well",
        "stone lantern",
    ),
    *("soccer ball", "bicycle", "child bicycle", "tricycle", "skateboard", "deck chair", "sun lounger"),
    *("garden chair", "lawn mower", "stroller", "snowman", "log pile", "firewood", "campfire", "garden shed"),
    *("basketball", "picnic table", "hose reel", "wheelchair", "flag pole", "signpost"),
)
_FARM = (
    *("barn", "silo", "silo with barn", "mill", "windmill", "well", "chicken coop", "hay bale", "fence"),
    *("tractor", "cabin", "stable", "log pile", "crate", "barrel", "water tower", "wind turbine", "house"),
    *("market cart", "telephone pole", "sawmill", "storehouse", "doghouse"),
)
_FARM_ANIMALS = (
    *("cow", "bull", "sheep", "pig", "horse", "donkey", "chicken", "alpaca", "llama", "dog", "cat", "chick"),
    "rabbit",
)
_WILD_ANIMALS = ("deer", "stag", "elk", "fox", "wolf", "rabbit", "zebra")
_PETS = ("dog", "bulldog", "husky", "pug", "shiba inu", "cat", "siamese cat", "rabbit")
_BEACH = (
    *("parasol", "deck chair", "sun lounger", "tent", "canopy tent", "rowboat", "raft", "oar", "bucket"),
    *("coconut palm", "log", "signpost", "life raft", "barrel", "treasure chest", "basketball", "stroller"),
)
_AFLOAT = ("boat", "rowboat", "sailboat", "raft", "life raft", "viking ship", "sailing ship", "cruise ship")
_SWIMMING = ("dolphin", "whale", "shark")
_RAIL = ("bench", "trash can", "stroller", "suitcase", "backpack", "kiosk terminal", "wheelchair", "signpost")
_AIRFIELD = (
    "helicopter",
    "biplane",
    "private jet",
    "military airplane",
    "fire truck",
    "airplane",
    "traffic cone",
)
_SOFT = ("grass", "dirt", "field", "ground")


def enrich_place(stage: Stage, kind: str) -> None:
    """Add what the recipe of a place knows nothing of."""
    if kind == "street":
        _enrich_street(stage)
    elif kind == "square":
        _some(stage, 2.5, _FURNITURE, ("pavement",))
        _some(stage, 0.4, _PETS, ("pavement",))
    elif kind == "parking lot":
        _some(stage, 2.5, _CARS + _LARGE, ("road",), angle=float(stage.rng.choice([0, np.pi / 2])))
        _some(stage, 1.0, ("traffic cone", "trash can", "dumpster", "kick scooter", "forklift"), ("road",))
    elif kind == "airfield":
        _some(stage, 1.5, _AIRFIELD, ("road", "grass"))
    elif kind == "railway":
        _some(stage, 1.5, _RAIL, ("platform",))
        _some(stage, 1.0, _plants(stage), ("grass",))
    elif kind == "park":
        _some(stage, 3.0, _PARK, ("grass", "path", "pavement", "dirt"))
        _some(stage, 2.0, _plants(stage), _SOFT, most=3)
        _some(stage, 0.7, _PETS, ("grass", "path", "pavement", "dirt"))
    elif kind == "meadow":
        is_wild = stage.rng.random() < 0.3
        _some(stage, 2.0, _WILD_ANIMALS if is_wild else _FARM_ANIMALS, _SOFT, most=4)
        if not is_wild:
            _some(stage, 1.5, _FARM, _SOFT)
        _some(stage, 2.0, _plants(stage), _SOFT, most=4)
    elif kind == "beach":
        land = (stage.ground.zones[0].label,)
        _some(stage, 1.8, _BEACH, land)
        _some(stage, 1.5, _AFLOAT, ("water",))
        _some(stage, 0.4, _SWIMMING, ("water",), most=3)
    add_flying(stage, 0.3)


def add_flying(stage: Stage, chance: float) -> None:
    """An aircraft or some birds in the sky."""
    height, width = stage.camera.size_hw
    top = float(np.arctan(height / 2 / stage.camera.focal_px)) + stage.camera.pitch
    if top < 0.15 or stage.rng.random() > chance:
        return
    if stage.rng.random() < 0.55:
        craft = ("airplane", "biplane", "helicopter", "private jet", "military airplane", "quadcopter drone")
        fly_solid(stage, craft, (0.4 * top, 0.85 * top), (24, 0.25 * width))
    else:
        for _ in range(int(stage.rng.integers(1, 5))):
            fly_solid(stage, ("seagull", "bird"), (0.25 * top, 0.9 * top), (16, 0.12 * width))


def _plants(stage: Stage) -> tuple[str, ...]:
    """What grows on soft ground."""
    return () if stage.more is None else stage.more.labels("plant", supports=("ground",))


def _some(
    stage: Stage,
    mean: float,
    labels: tuple[str, ...],
    ground: tuple[str, ...],
    *,
    most: int = 1,
    angle: float | None = None,
) -> None:
    """Groups of things, a number of groups by chance."""
    for _ in range(int(stage.rng.poisson(mean))):
        set_solids(stage, labels, ground, count=int(stage.rng.integers(1, most + 1)), angle=angle)


def _enrich_street(stage: Stage) -> None:
    """Traffic in its lanes, street furniture at the kerbs and walls."""
    rng, more = stage.rng, stage.more
    if more is None:
        return
    walk, road = stage.ground.zones[1], stage.ground.zones[2]
    edge, wall = road.corners[2][1], walk.corners[2][1]
    for side in (-1.0, 1.0):
        # Traffic keeps to the right: what is right of the middle looks along +x.
        ahead = 0.0 if side < 0 else np.pi
        for _ in range(int(rng.poisson(1.1))):
            kinds = (_CARS, _LARGE, _TWO_WHEELS)[int(rng.choice(3, p=[0.6, 0.2, 0.2]))]
            mesh = more.draw(rng, kinds)
            if mesh is not None:
                where = (float(4 + 45 * rng.random() ** 1.5), side * edge * float(rng.uniform(0.35, 0.6)))
                put_solid(stage, mesh, where, ahead + float(rng.normal(0, 0.04)), ())
        for _ in range(int(rng.poisson(1.6))):
            mesh = more.draw(rng, _FURNITURE)
            if mesh is None or max(mesh.size[:2]) > 0.9 * (wall - edge):
                continue
            half = mesh.size[0] / 2 + 0.15
            y = side * (edge + half if rng.random() < 0.5 else wall - half)
            face = np.pi / 2 if side < 0 else -np.pi / 2
            turn = face + float(rng.choice([0.0, 0.0, np.pi / 2])) + float(rng.normal(0, 0.05))
            put_solid(stage, mesh, (float(rng.uniform(3, 28)), y), turn, ("pavement",))
