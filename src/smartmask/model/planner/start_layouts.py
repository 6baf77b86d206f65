"""The regions that a scene begins with, by its prompt: floor and wall, or sky, ground and what is far.

Shapes are those that a camera at eye height sees: a room's floor meets its walls along a line with one or
two corners, a road narrows towards the horizon, water lies as a band below it. All is drawn by one generator,
so the same prompt and seed give the same regions.
"""

import zlib

import numpy as np
from jaxtyping import Bool, Float

from smartmask.language.scene_prompts import ScenePrompt
from smartmask.language.scene_words import REGIONS
from smartmask.language.start_places import PLACES, Place
from smartmask.protocols import TextEncoder
from smartmask.scene.layout import Layer, Layout

RIDGES = ("mountain", "hill", "forest", "building")
CEILING_RATE = 0.5
MOST_RISE = 0.2
"""How far the floor's edge falls, as a share of the canvas: things need floor on both sides."""
SMALLEST_SIDE_PX, LARGEST_SIDE_PX = 32, 4096
Mask = Bool[np.ndarray, "#H #W"]
Part = tuple[str, Mask]
"""A region's material and its pixels."""


def start_layout(prompt: ScenePrompt, size_hw: tuple[int, int], seed: int, encoder: TextEncoder) -> Layout:
    """The regions of a prompt's place.

    Args:
        prompt: What the scene is to show. If it names no place, that of the nearest meaning is taken.
        size_hw: Of the canvas.
        seed: Same prompt, same seed, same regions.
        encoder: Compares the prompt with the names of places.

    Raises:
        ValueError: If the canvas is too small or too large.
    """
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
    parts = _room(size_hw, rng, called) if place.is_room else _open_place(place, size_hw, rng, called)
    layers = [
        Layer(called.get(name, name), np.broadcast_to(mask, size_hw), "amodal")
        for name, mask in parts
        if name not in planned
    ]
    seen = Layout(size_hw, tuple(layers)).visible()
    return Layout(size_hw, tuple(layer for layer, mask in zip(layers, seen, strict=True) if mask.any()))


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


def _room(size_hw: tuple[int, int], rng: np.random.Generator, called: dict[str, str]) -> list[Part]:
    """Floor, perhaps a ceiling, and the wall between them."""
    x, y = _pixels(size_hw)
    back = rng.uniform(0.58, 0.70)
    corners = (
        sorted(rng.uniform(-0.25, 1.25, 2))
        if rng.random() < 0.6
        else [rng.uniform(-0.3, 0.1), rng.uniform(0.9, 1.3)]
    )
    # Walls to the left and right come towards the viewer: their foot falls away from the corners.
    away = np.maximum(corners[0] - x, 0) + np.maximum(x - corners[1], 0)
    rise = min(rng.uniform(0.25, 0.6), MOST_RISE / max(float(away.max()), 1e-6))
    floor = y > back + rise * away
    layers = [("floor", floor)]
    above = np.zeros_like(floor)
    if "ceiling" in called or rng.random() < CEILING_RATE:
        above = y < rng.uniform(0.06, 0.14) - rise * 0.9 * away
        layers.append(("ceiling", above))
    return [*layers, ("wall", ~floor & ~above)]


def _open_place(
    place: Place, size_hw: tuple[int, int], rng: np.random.Generator, called: dict[str, str]
) -> list[Part]:
    """Sky and ground, then what lies on the ground and what stands along the horizon."""
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
    if strip:
        layers.append((strip, _strip(strip, x, y, horizon, rng)))
    ridge = str(rng.choice(place.ridges))
    named = [name for name in RIDGES if name in called]
    for name in named or ([ridge] if ridge else []):
        layers.append((name, _ridge(name, x, y, horizon, rng)))
    return layers


def _strip(
    name: str,
    x: Float[np.ndarray, "1 W"],
    y: Float[np.ndarray, "H 1"],
    horizon: float,
    rng: np.random.Generator,
) -> Mask:
    """A road or path; a railroad runs across."""
    near = np.clip((y - horizon) / (1 - horizon), 0, 1)
    if name == "railroad":
        top, bottom = sorted(rng.uniform(0.12, 0.45, 2))
        return (near > top) & (near < max(bottom, top + 0.12)) & (x >= 0)
    middle = rng.uniform(0.3, 0.7) + rng.uniform(-0.35, 0.35) * near
    wide = rng.uniform(0.28, 0.42) if name == "road" else rng.uniform(0.12, 0.2)
    return (near > 0) & (np.abs(x - middle) < 0.015 + wide * near)


def _ridge(
    name: str,
    x: Float[np.ndarray, "1 W"],
    y: Float[np.ndarray, "H 1"],
    horizon: float,
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
        return foot & (y > horizon - np.maximum(bumps.max(0)[None], 0.05))
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
