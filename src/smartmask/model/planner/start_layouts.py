"""The regions that a scene begins with, by its prompt: floor and wall, or sky, ground and what is far.

A camera is drawn first, held as people hold one, then the room about it in metres, or a road on the ground
before it; what it sees of them are the regions (`start_views.py`). What stands along the horizon is drawn as
it looks from afar. All is drawn by one generator, so the same prompt and seed give the same regions.
"""

import zlib
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from smartmask.arguments import check_size
from smartmask.language.scene_prompts import ScenePrompt
from smartmask.language.scene_words import REGIONS
from smartmask.language.start_places import PLACES, Place
from smartmask.model.planner.start_views import Room, ground_seen, room_seen
from smartmask.protocols import TextEncoder
from smartmask.scene.camera import Camera
from smartmask.scene.layout import Layer, Layout

RIDGES = ("mountain", "hill", "forest", "building")
CEILING_RATE = 0.5
"""Share of rooms low enough for their ceiling to be seen, where none is asked for."""
ROOM_MM, OPEN_MM = (18.0, 26.0), (24.0, 35.0)
"""Full-frame focal lengths by which rooms and open places are seen."""
EYE_M = (1.35, 1.7)
"""Heights of the camera."""
LEAST_FLOOR = 0.14
"""Share of the canvas's height that is floor at both of its sides: things need it there, too."""
ROOM_TRIES = 50
SMALLEST_SIDE_PX, LARGEST_SIDE_PX = 32, 4096
Mask = Bool[np.ndarray, "#H #W"]
Part = tuple[str, Mask]
"""A region's material and its pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """What a scene begins with.

    Attributes:
        layout: The regions.
        camera: That sees them; it is known, so it has no spread.
    """

    layout: Layout
    camera: Camera


def start_scene(prompt: ScenePrompt, size_hw: tuple[int, int], seed: int, encoder: TextEncoder) -> Start:
    """The regions of a prompt's place, and the camera that sees them.

    Args:
        prompt: What the scene is to show. If it names no place, that of the nearest meaning is taken.
        size_hw: Of the canvas.
        seed: Same prompt, same seed, same regions.
        encoder: Compares the prompt with the names of places.

    Raises:
        ValueError: If the canvas is too small or too large.
    """
    check_size("size_hw", size_hw)
    if not all(SMALLEST_SIDE_PX <= side <= LARGEST_SIDE_PX for side in size_hw):
        raise ValueError(
            f"a scene needs sides of {SMALLEST_SIDE_PX} to {LARGEST_SIDE_PX} pixels, not "
            f"{size_hw[1]}x{size_hw[0]}"
        )
    kind = prompt.place or nearest_place(prompt, encoder)
    rng = np.random.default_rng([seed, 17, zlib.crc32(prompt.text.encode())])
    called = {REGIONS[item.label]: item.label for item in prompt.named if item.is_region}
    place = PLACES[kind]
    planned = {item.label for item in prompt.things}  # "two buildings" are planned, and counted
    camera, parts = _room(size_hw, rng, called) if place.is_room else _open_place(place, size_hw, rng, called)
    layers = [
        Layer(called.get(name, name), np.broadcast_to(mask, size_hw), "amodal")
        for name, mask in parts
        if name not in planned
    ]
    seen = Layout(size_hw, tuple(layers)).visible()
    shown = tuple(layer for layer, mask in zip(layers, seen, strict=True) if mask.any())
    return Start(Layout(size_hw, shown), camera)


def nearest_place(prompt: ScenePrompt, encoder: TextEncoder) -> str:
    """The kind of place whose typical words are nearest to a prompt that names none.

    Regions decide first ("a boat on a river" is at a lake); else the things named vote by meaning.
    """
    for item in prompt.named:
        if item.is_region and REGIONS[item.label] in _BY_REGION:
            return _BY_REGION[REGIONS[item.label]]
    labels = [item.label for item in prompt.things] or [prompt.text]
    found = encoder.encode([*labels, prompt.text])
    typical = encoder.encode([word for _, words in _TYPICAL for word in words])
    kinds = [kind for kind, words in _TYPICAL for _ in words]
    votes: dict[str, float] = {}
    # The nearest typical words of each thing vote; a cube makes "is a" outweigh "is somewhat like".
    for row in found:
        alike = np.clip(typical @ row, 0, None) ** 3
        for place in np.argsort(-alike)[:3].tolist():
            votes[kinds[place]] = votes.get(kinds[place], 0.0) + float(alike[place])
    return max(votes, key=lambda kind: votes[kind])


_TYPICAL: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("living room", (
        "couch", "sofa", "armchair", "coffee table", "tv", "bookcase", "rug", "floor lamp", "lamp", "chair",
        "cushion", "table", "fireplace", "curtain", "piano", "clock", "painting", "vase", "toy", "furniture",
        "potted plant", "book", "window", "box", "suitcase", "guitar", "cat", "shoe",
    )),
    ("bedroom", ("bed", "pillow", "nightstand", "wardrobe", "blanket", "dresser", "crib")),
    ("kitchen", (
        "refrigerator", "oven", "stove", "sink", "microwave", "dishwasher", "pan", "pot", "bottle", "cup",
        "plate", "knife", "bowl", "food", "fruit", "kettle", "bread",
    )),
    ("dining room", ("dining table", "wine glass", "dinner", "candle")),
    ("office", ("desk", "computer", "monitor", "keyboard", "laptop", "office chair", "printer")),
    ("bathroom", ("toilet", "bathtub", "shower", "towel", "washbasin", "toilet paper", "washing machine")),
    ("street", (
        "car", "bus", "traffic light", "truck", "motorcycle", "street lamp", "taxi", "building", "bicycle",
        "skyscraper", "fire hydrant", "stop sign", "house", "shop window", "police", "bridge", "tower",
    )),
    ("park", (
        "bench", "dog", "tree", "flower", "fountain", "playground", "kite", "picnic", "bush", "child", "bird",
        "ball", "person", "statue", "squirrel", "frisbee", "umbrella",
    )),
    ("meadow", (
        "cow", "sheep", "horse", "fence", "tractor", "barn", "deer", "elephant", "giraffe", "zebra",
        "unicorn",
        "dragon", "castle", "tent", "rabbit", "lion", "bear", "knight", "dinosaur", "balloon", "rainbow",
    )),
    ("lake", ("duck", "swan", "canoe", "fishing", "frog", "boat")),
    ("sea", ("ship", "whale", "dolphin", "shark", "sailboat")),
    ("beach", ("surfboard", "palm tree", "crab", "sunbathing", "seagull", "seashell")),
    ("airfield", ("airplane", "helicopter", "rocket")),
    ("railway", ("train", "locomotive")),
    ("snow", ("ski", "snowman", "penguin", "sled", "snowboard", "polar bear")),
    ("desert", ("camel", "cactus", "pyramid")),
    ("mountains", ("goat", "cliff", "hiker", "eagle")),
)  # fmt: skip
_BY_REGION = {
    "water": "lake", "sand": "beach", "road": "street", "pavement": "square", "grass": "meadow",
    "snow": "snow", "forest": "forest", "mountain": "mountains", "hill": "meadow", "building": "street",
    "dirt": "meadow",
}  # fmt: skip


def _room(
    size_hw: tuple[int, int], rng: np.random.Generator, called: dict[str, str]
) -> tuple[Camera, list[Part]]:
    """A camera, and floor, perhaps a ceiling, and the wall between them."""
    camera = _camera(size_hw, rng, rng.uniform(0.38, 0.46), ROOM_MM)
    is_low = "ceiling" in called or rng.random() < CEILING_RATE
    for _ in range(ROOM_TRIES):
        ahead = camera.depth_at(rng.uniform(0.58, 0.70) * size_hw[0])
        left, right = rng.uniform(0.35, 0.9, 2) * ahead
        turn = rng.uniform(-0.35, 0.35) if rng.random() < 0.6 else 0.0
        high = rng.uniform(2.4, 2.9) if is_low else 2 * ahead
        room = Room(ahead=ahead, left=left, right=right, high=high, turn=turn)
        floor, above = room_seen(room, camera)
        if floor[:, [0, -1]].mean(0).min() >= LEAST_FLOOR:
            break
    layers = [("floor", floor)]
    if above.any():
        layers.append(("ceiling", above))
    return camera, [*layers, ("wall", ~floor & ~above)]


def _camera(
    size_hw: tuple[int, int], rng: np.random.Generator, horizon: float, focal_mm: tuple[float, float]
) -> Camera:
    """One at the height of eyes, whose horizon is at a share of the canvas's height."""
    focal_px = Camera.equivalent_focal_px(rng.uniform(*focal_mm), size_hw)
    return Camera.of_horizon(horizon * size_hw[0], rng.uniform(*EYE_M), focal_px, size_hw)


def _open_place(
    place: Place, size_hw: tuple[int, int], rng: np.random.Generator, called: dict[str, str]
) -> tuple[Camera, list[Part]]:
    """A camera, and sky and ground, then what lies on the ground and what stands along the horizon."""
    x, y = _pixels(size_hw)
    horizon = rng.uniform(0.38, 0.48)
    material = str(rng.choice(place.ground))
    material = next((name for name in ("snow", "sand", "dirt", "grass") if name in called), material)
    layers = [
        ("sky", y < horizon + 0.01),
        (material, y >= horizon),
    ]
    water = place.water if place.water != "none" else "far" if "water" in called else "none"
    if water == "far":
        shore = (
            horizon + rng.uniform(0.14, 0.24) + _wave(x, rng, 0.015) + rng.uniform(-0.08, 0.08) * (x - 0.5)
        )
        layers.append(("water", (y >= horizon) & (y < shore)))
    strip = place.strip or ("road" if "road" in called and material != "road" else "")
    camera = _camera(size_hw, rng, horizon, OPEN_MM) if strip else None
    if camera is not None:
        is_path = strip == "road" and called.get("road") in ("path", "trail")
        layers.append((strip, _strip("pavement" if is_path else strip, camera, rng)))
    ridge = str(rng.choice(place.ridges))
    named = [name for name in RIDGES if name in called]
    for name in named or ([ridge] if ridge else []):
        layers.append((name, _ridge(name, x, y, horizon, place.tallness, rng)))
    # Drawn last where no road shows it, so that a seed gives the regions that it always gave.
    return camera or _camera(size_hw, rng, horizon, OPEN_MM), layers


def _strip(name: str, camera: Camera, rng: np.random.Generator) -> Mask:
    """A road or path, which leads away; a railroad runs across."""
    ahead, aside = ground_seen(camera)
    turn = rng.uniform(-0.12, 0.12)
    if name == "railroad":
        near = rng.uniform(5, 10)
        along = ahead - turn * aside
        return (along > near) & (along < near + 3.5)
    wide = rng.uniform(5, 8) if name == "road" else rng.uniform(1.6, 2.6)
    middle = rng.uniform(-0.35, 0.35) * wide
    return np.isfinite(ahead) & (
        np.abs(aside - middle - turn * np.where(np.isfinite(ahead), ahead, 0)) < wide / 2
    )


def _ridge(
    name: str,
    x: Float[np.ndarray, "1 W"],
    y: Float[np.ndarray, "H 1"],
    horizon: float,
    tallness: float,
    rng: np.random.Generator,
) -> Mask:
    """What stands along the horizon: houses in steps, trees in bumps, hills in waves, mountains in peaks."""
    foot = y < horizon + 0.015
    if name == "building":
        edges = np.sort(rng.uniform(0, 1, int(rng.integers(4, 8))))
        tops = rng.uniform(0.06, 0.24, len(edges) + 1)
        return foot & (y > horizon - tops[np.searchsorted(edges, x[0])][None])
    if name == "mountain":
        peaks = rng.uniform(0, 1, 4)
        tops = rng.uniform(0.10, 0.26, 4)
        slope = rng.uniform(0.5, 0.9, 4)
        rise = np.max(tops[:, None] - slope[:, None] * np.abs(x - peaks[:, None]), 0)[None]
        return foot & (y > horizon - np.maximum(rise + _wave(x, rng, 0.006, 40), 0.03))
    if name == "forest":
        trees = rng.uniform(0, 1, 40)
        crowns, wide = rng.uniform(0.07, 0.15, 40), rng.uniform(0.03, 0.07, 40)
        bumps = crowns[:, None] * np.sqrt(np.clip(1 - ((x - trees[:, None]) / wide[:, None]) ** 2, 0, None))
        return foot & (y > horizon - tallness * np.maximum(bumps.max(0)[None], 0.05))
    return foot & (y > horizon - np.maximum(0.09 + _wave(x, rng, 0.05, 3), 0.02))


def _wave(
    x: Float[np.ndarray, "1 W"], rng: np.random.Generator, high: float, pace: float = 4
) -> Float[np.ndarray, "1 W"]:
    """A random smooth line: three sines."""
    paces = pace * rng.uniform(0.5, 2, 3)
    phases = rng.uniform(0, 2 * np.pi, 3)
    return high * sum(np.sin(2 * np.pi * p * x + phase) for p, phase in zip(paces, phases, strict=True)) / 1.5


def _pixels(size_hw: tuple[int, int]) -> tuple[Float[np.ndarray, "1 W"], Float[np.ndarray, "H 1"]]:
    """Middles of the columns and rows, as shares of the canvas."""
    height, width = size_hw
    return (np.arange(width)[None] + 0.5) / width, (np.arange(height)[:, None] + 0.5) / height
