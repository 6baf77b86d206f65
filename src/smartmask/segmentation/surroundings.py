"""What a word says about depth: things stand before what surrounds them.

Labels are open vocabulary, so the last word decides: a "brick wall" is a wall, a "floor lamp" is a lamp. A
word in none of the lists is a thing.
"""

from smartmask.scene.labels import plain_label

SKY = frozenset({"sky", "cloud", "clouds", "background", "backdrop", "horizon"})
SURROUNDINGS = frozenset({
    "wall", "walls", "ceiling", "floor", "ground", "earth", "land", "grass", "lawn", "meadow", "field",
    "fields", "dirt", "mud", "gravel", "sand", "beach", "snow", "ice", "road", "street", "pavement",
    "sidewalk", "path", "track", "railroad", "runway", "platform", "court", "pitch", "lot", "water", "sea",
    "ocean", "river", "lake", "pond", "pool", "waterfall", "hill", "hills", "mountain", "mountains", "slope",
    "forest", "fog",
})  # fmt: skip
COVERS = frozenset({"rug", "carpet", "mat", "doormat"})
"""They lie flat, so what stands on them has its lower edge above theirs and still is in front."""
THING_LEVEL = 3


def level_of(label: str) -> int:
    """How far in front a word puts a region: sky 0, other surroundings 1, covers 2, things 3.

    >>> [level_of(label) for label in ("blue sky", "wall-brick", "Rug", "floor lamp")]
    [0, 1, 2, 3]
    """
    last = plain_label(label).split(" ")[-1]
    return 0 if last in SKY else 1 if last in SURROUNDINGS else 2 if last in COVERS else THING_LEVEL
