"""Open places that only open meshes can fill: villages, farms, camps, gardens, planets, the sea.

Each is a ground, a camera, and a list of what stands there, how often, and how many together.
"""

from dataclasses import dataclass

import numpy as np

from smartmask.data.synthesis.outdoor.ground import Ground, Zone
from smartmask.data.synthesis.outdoor.open_fill import add_flying
from smartmask.data.synthesis.outdoor.parts import add_boulders, add_horizon, add_plants, people, view
from smartmask.data.synthesis.outdoor.solids import hang_solid, set_solids
from smartmask.data.synthesis.outdoor.stage import Stage
from smartmask.data.synthesis.stage.meshes import Mesh
from smartmask.scene.camera import Camera


@dataclass(frozen=True, slots=True)
class Some:
    """Groups of things.

    Attributes:
        labels: Labels that a group may be of; "any PARENT" is all of a parent's.
        mean: Mean number of groups.
        most: Most things in a group.
    """

    labels: tuple[str, ...]
    mean: float
    most: int = 1


@dataclass(frozen=True, slots=True)
class OpenPlace:
    """A place.

    Attributes:
        names: What people call it.
        share: How often it comes, in proportion to the others.
        grounds: What the ground may be.
        groups: What is there, the largest first.
        horizon: What may be seen far away.
        is_close: Whether somebody crouches to look at small things on the ground.
        people: Least and most groups of people.
        has_trees: Whether drawn trees stand about.
    """

    names: tuple[str, ...]
    share: float
    grounds: tuple[str, ...]
    groups: tuple[Some, ...]
    horizon: tuple[str, ...] = ("wood", "hill")
    is_close: bool = False
    people: tuple[int, int] = (0, 2)
    has_trees: bool = True


_VILLAGE = (
    *("cabin", "house", "inn", "blacksmith", "bell tower", "watch tower", "stable", "mill", "tower house"),
    *("barracks", "temple", "library", "storehouse", "sawmill", "windmill"),
)
_TOWN = (
    *("apartment building", "bank", "building", "fire station", "gas station", "grocery store", "hospital"),
    *("office building", "police station", "post office", "school", "shop", "water tower", "radio tower"),
)
_CROPS = (
    *("corn plant", "tomato plant", "pumpkin plant", "lettuce", "carrot plant", "beet plant", "wheat"),
    *("rice plant", "watermelon plant", "seedling", "flower", "plant"),
)
OPEN_PLACES: dict[str, OpenPlace] = {
    "village": OpenPlace(
        ("village", "old village"), 0.16, ("grass", "dirt"),
        (Some(_VILLAGE, 4.5), Some(("well", "market stand", "market stalls", "market cart", "fence"), 1.5),
         Some(("campfire", "barrel", "crate", "hay bale", "log pile", "signpost", "cannon", "statue"), 2, 2),
         Some(("chicken", "horse", "donkey", "dog", "cat", "pig", "sheep"), 1.5, 3)),
        people=(1, 3),
    ),
    "town": OpenPlace(
        ("town", "suburb"), 0.12, ("grass", "pavement"),
        (Some(_TOWN, 4.5), Some(("any car", "any bus", "any truck", "any motorcycle", "any bicycle"), 2.5),
         Some(("street light", "mailbox", "bench", "flag pole", "telephone pole", "satellite dish"), 2)),
        people=(1, 3),
    ),
    "farm": OpenPlace(
        ("farm", "farmyard"), 0.14, ("grass", "dirt", "field"),
        (Some(("barn", "silo", "silo with barn", "windmill", "mill", "stable", "house", "wind turbine"), 2.5),
         Some(("tractor", "hay bale", "fence", "chicken coop", "well", "market cart", "log pile"), 2.5, 2),
         Some(("cow", "bull", "sheep", "pig", "horse", "donkey", "chicken", "alpaca", "llama"), 2.5, 5),
         Some(_CROPS, 1.5, 6)),
        people=(0, 2),
    ),
    "camp": OpenPlace(
        ("campsite", "camp in the woods"), 0.1, ("grass", "dirt"),
        (Some(("tent", "canopy tent", "cabin", "gazebo"), 2), Some(("pine tree", "tree", "birch tree"), 2, 3),
         Some(("campfire", "log", "tree stump", "firewood", "deck chair", "bicycle"), 2.5, 2),
         Some(("deer", "fox", "wolf", "rabbit", "dog", "stag"), 1, 2), Some(("backpack", "barrel"), 0.7)),
        people=(1, 3),
    ),
    "building site": OpenPlace(
        ("construction site", "building site"), 0.1, ("dirt", "ground"),
        (Some(("tower crane", "building", "shipping container", "water tower"), 2),
         Some(("forklift", "truck", "dumpster", "garbage truck", "pickup truck", "semi truck"), 2),
         Some(("traffic cone", "construction barrel", "jersey barrier", "step ladder", "barrel"), 3, 3),
         Some(("gas cylinder", "crate stack", "railing", "sack pile"), 1.5, 2)),
        horizon=("town", "wood"), people=(0, 2), has_trees=False,
    ),
    "playground": OpenPlace(
        ("playground",), 0.1, ("grass", "sand"),
        (Some(("playground", "seesaw", "swing set", "trampoline", "football goal", "gazebo"), 3.5),
         Some(("bench", "spring rider", "tricycle", "soccer ball", "trash can", "stroller", "fountain"), 3),
         Some(("boy", "girl", "woman", "man", "boy", "girl"), 3, 3), Some(("dog",), 0.5)),
        horizon=("town", "wood"), people=(0, 2),
    ),
    "garden": OpenPlace(
        ("garden", "vegetable garden", "garden bed"), 0.18, ("grass", "dirt", "ground"),
        (Some((*_CROPS, "bush", "mushroom", "cactus", "flower", "palm seedling", "tree stump"), 6, 6),
         Some(("bucket", "shovel", "flower box", "potted bush", "doghouse", "lawn mower"), 2),
         Some(("chicken", "chick", "cat", "frog", "rabbit", "pug", "siamese cat", "rat", "snake"), 2.5, 3),
         Some(("garden chair", "stone lantern", "deer statue", "soccer ball", "firewood", "log"), 1.5)),
        is_close=True,
    ),
    "graveyard": OpenPlace(
        ("graveyard", "cemetery"), 0.05, ("grass", "dirt"),
        (Some(("gravestone", "grave"), 4, 4), Some(("coffin", "statue", "bare tree", "bell"), 2),
         Some(("stone lantern", "fence", "shovel", "flower", "cat"), 1.5, 2)),
    ),
    "desert": OpenPlace(
        ("desert",), 0.08, ("sand", "dirt"),
        (Some(("cactus", "acacia tree", "palm tree", "coconut palm", "bare tree"), 3, 2),
         Some(("tent", "utility vehicle", "tank", "well", "tower house", "barrel", "snake", "skull"), 2),
         Some(("horse", "zebra", "llama", "fox", "donkey"), 1.2, 3)),
        horizon=("hill", "mountain"), has_trees=False,
    ),
    "prehistoric": OpenPlace(
        ("land of dinosaurs", "prehistoric landscape"), 0.05, ("grass", "dirt"),
        (Some(("apatosaurus", "parasaurolophus", "stegosaurus", "triceratops", "tyrannosaurus"), 2.5, 2),
         Some(("velociraptor",), 0.7, 3), Some(("palm tree", "coconut palm", "tree", "bush"), 3, 2)),
        horizon=("mountain", "hill"), people=(0, 0),
    ),
    "planet": OpenPlace(
        ("planet", "space base"), 0.06, ("sand", "ground"),
        (Some(("space habitat", "geodesic dome", "spaceship", "radio tower", "satellite dish"), 2.5),
         Some(("mars rover", "space rover", "mech robot", "solar panel"), 2.5),
         Some(("barrel", "crate", "solar panel"), 1.5, 3)),
        horizon=("mountain", "hill"), people=(0, 0), has_trees=False,
    ),
    "winter": OpenPlace(
        ("snow field", "winter landscape"), 0.05, ("snow",),
        (Some(("igloo", "cabin", "pine tree", "bare tree"), 2.5, 2), Some(("snowman", "log pile"), 1.5),
         Some(("husky", "wolf", "fox", "elk", "stag", "rabbit"), 1.5, 3)),
        horizon=("mountain", "wood"), has_trees=False,
    ),
}  # fmt: skip
UNDER_WATER, UNDER_WATER_SHARE = "under water", 0.07
"""The bottom of the sea, and how many of these places it is."""


def plan_open(rng: np.random.Generator, size_hw: tuple[int, int], place: OpenPlace) -> tuple[Ground, Camera]:
    """The ground of a place and who looks at it."""
    base = str(rng.choice(place.grounds))
    ground = Ground.of(base)
    if base != "snow" and not place.is_close and rng.random() < 0.4:
        half, off = float(rng.uniform(1.0, 2.5)), float(rng.uniform(-6, 6))
        ground = Ground.of(base, Zone.strip("dirt" if base != "dirt" else "path", off - half, off + half))
    yaw = float(rng.uniform(-0.9, 0.9))
    if not place.is_close:
        return ground, view(rng, size_hw, (0.0, 0.0), yaw)
    focal_px = Camera.equivalent_focal_px(float(rng.uniform(24, 40)), size_hw)
    position = (0.0, 0.0, float(rng.uniform(0.4, 1.0)))
    pitch = float(rng.uniform(-0.22, -0.06))
    return ground, Camera(position=position, yaw=yaw, pitch=pitch, focal_px=focal_px, size_hw=size_hw)


def fill_open(stage: Stage, place: OpenPlace) -> None:
    """Everything in its place, the largest first."""
    rng, more = stage.rng, stage.more
    if more is None:
        return
    ground = tuple({zone.label for zone in stage.ground.zones})
    if not place.is_close or rng.random() < 0.3:
        add_horizon(stage, str(rng.choice(place.horizon)))
    for group in place.groups:
        labels = [label for label in group.labels if not label.startswith("any ")]
        parents = [label.removeprefix("any ") for label in group.labels if label.startswith("any ")]
        labels += more.labels(*parents, supports=("ground", "road")) if parents else ()
        px = (22.0, 0.5 * stage.camera.size_hw[0]) if place.is_close else None
        for _ in range(int(rng.poisson(group.mean))):
            set_solids(stage, labels, ground, count=int(rng.integers(1, group.most + 1)), px=px)
    if place.has_trees and not place.is_close:
        add_plants(stage, "tree", int(rng.integers(0, 4)))
        add_plants(stage, "bush", int(rng.integers(0, 3)))
    if place.people[1] and not place.is_close:
        people(stage, ground, groups=place.people)
    add_boulders(stage, ground, 0.35)
    if not place.is_close:
        add_flying(stage, 0.25)


def plan_under_water(rng: np.random.Generator, size_hw: tuple[int, int]) -> tuple[Ground, Camera]:
    """Sand below, water all round; the camera of a diver."""
    focal_px = Camera.equivalent_focal_px(float(rng.uniform(22, 35)), size_hw)
    position = (0.0, 0.0, float(rng.uniform(0.8, 2.0)))
    pitch = float(rng.uniform(-0.25, 0.05))
    return Ground.of("sand"), Camera(
        position=position, yaw=0.0, pitch=pitch, focal_px=focal_px, size_hw=size_hw
    )


def fill_under_water(stage: Stage) -> None:
    """Fish in shoals and alone, now and then something large, rocks, a sunken chest."""
    rng, more = stage.rng, stage.more
    if more is None:
        return
    height, width = stage.camera.size_hw
    add_boulders(stage, ("sand",), 0.4)
    for _ in range(int(rng.poisson(1.3))):
        set_solids(stage, ("treasure chest", "barrel", "cannon", "skull", "urn", "plant"), ("sand",))
    fish = more.labels("animal", supports=("water",))
    for _ in range(int(rng.integers(9, 17))):
        first = more.draw(rng, fish)
        if first is None:
            continue
        largest = max(first.size)
        most = 0.16 if largest < 1 else 0.4
        size_px = float(np.exp(rng.uniform(np.log(20), np.log(most * width))))
        depth = max(stage.camera.focal_px * largest / size_px, 0.5 + largest)
        reach = depth * width / 2 / stage.camera.focal_px
        point, turn = (
            stage.point(depth, float(rng.uniform(-0.9, 0.9) * reach)),
            float(rng.choice([1.57, -1.57])),
        )
        level = stage.camera.position[2] + depth * (
            np.tan(stage.camera.pitch) + float(rng.uniform(-0.8, 0.9)) * height / 2 / stage.camera.focal_px
        )
        for _ in range(int(rng.choice([1, 1, 2, 4])) if largest < 1.5 else 1):
            mesh = more.draw(rng, (first.kind,)) or first
            off = rng.uniform(-2.8, 2.8, 3) * largest
            foot = (
                point[0] + float(off[0]),
                point[1] + float(off[1]),
                max(level + float(off[2]) * 0.6, 0.15),
            )
            if foot[0] > 0.4 + largest and all(_is_apart(mesh, foot, body.vertices) for body in stage.bodies):
                hang_solid(stage, mesh, foot, turn + float(rng.uniform(-0.6, 0.6)))


def _is_apart(mesh: Mesh, foot: tuple[float, float, float], other: np.ndarray) -> bool:
    """Whether a shape in a place keeps out of the box of another."""
    half = max(mesh.size[:2]) / 2
    low, high = other.min(0), other.max(0)
    is_beside = any(foot[axis] + half < low[axis] or foot[axis] - half > high[axis] for axis in (0, 1))
    return bool(is_beside or foot[2] > high[2] or foot[2] + mesh.size[2] < low[2])
