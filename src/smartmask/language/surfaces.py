"""Which labels are ground, water, upright or above, and which things carry others: words alone.

The planner keeps things on what holds them by these, the depth of a layout is told by them.
"""

from typing import Literal

Surface = Literal["ground", "water", "upright", "above"]
FOOT_SHARE = 0.06
"""Share of a thing's rows, the lowest, that is its foot."""
LEAST_HELD = 0.5
"""Share of a foot that must lie on what holds it."""
MOST_CARRIED_M = 0.8
"""Height of a thing above which a seat or table at its foot is taken to stand before or behind it."""

SURFACES: dict[Surface, tuple[str, ...]] = {
    "ground": (
        "floor", "grass", "meadow", "field", "lawn", "sand", "beach", "shore", "desert", "road", "street",
        "highway", "path", "pavement", "sidewalk", "square", "dirt", "ground", "soil", "snow", "ice",
        "platform",
        "railroad", "rug", "carpet", "floor mat", "playing field", "runway", "gravel",
    ),
    "water": ("water", "lake", "sea", "ocean", "river", "pond", "stream", "harbor"),
    "upright": (
        "wall", "building", "skyline", "forest", "hill", "mountain", "jungle", "window",
        "door", "fence",
    ),
    "above": ("sky", "ceiling", "air"),
}  # fmt: skip
CARRIERS: dict[str, tuple[float, float]] = {
    **dict.fromkeys(("table", "desk", "counter"), (0.0, 0.4)),
    **dict.fromkeys(("nightstand", "sideboard", "drawers", "trunk", "crate", "barrel"), (0.0, 0.3)),
    **dict.fromkeys(("stand", "dresser", "oven", "box", "refrigerator", "dishwasher"), (0.0, 0.25)),
    "cabinet": (0.0, 0.15),
    **dict.fromkeys(("piano", "fireplace", "washing machine", "suitcase", "wall", "rock"), (0.0, 0.3)),
    **dict.fromkeys(("couch", "sofa", "armchair", "chair", "bench", "stool"), (0.2, 0.75)),
    "bed": (0.1, 0.75),
    **dict.fromkeys(("bookcase", "shelf", "bookshelf", "tv stand"), (0.0, 0.95)),
    **dict.fromkeys(("horse", "bicycle", "motorcycle", "cow", "elephant", "boat", "stairs"), (0.05, 0.8)),
    **dict.fromkeys(("fence", "street lamp", "house", "barn"), (0.0, 0.15)),
    "swing": (0.5, 0.85),
}
"""Things that others may stand on, by their name or its last word; and which part of their height carries."""
SEATS = frozenset(("couch", "sofa", "armchair", "chair", "bench", "stool", "bed"))
RIDDEN = frozenset(("horse", "bicycle", "motorcycle", "cow", "elephant", "boat", "swing"))
"""What carries people, and pets, but no things: nobody puts a lamp on a horse."""


def surface_named(label: str) -> Surface | None:
    """What a region of that label is to things, by the label or its last word; None if neither says it.

    >>> surface_named("playing field"), surface_named("brick wall"), surface_named("dog")
    ('ground', 'upright', None)
    """
    for name in (label, *label.split()[-1:]):
        for surface, words in SURFACES.items():
            if name in words:
                return surface
    return None


def carrying_zone(label: str) -> tuple[float, float] | None:
    """Which part of such a thing's height carries others, from the top; None if it carries nothing."""
    return CARRIERS.get(label) or CARRIERS.get(label.split()[-1])
