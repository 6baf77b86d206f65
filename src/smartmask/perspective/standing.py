"""What stands on the ground with a height that is known, and which labels are ground, water, and indoors."""

from dataclasses import dataclass

from smartmask.perspective.scales import Support, scale_of

GROUNDS: dict[str, tuple[Support, ...]] = {
    "road": ("road", "pavement"),
    "street": ("road", "pavement"),
    "runway": ("road",),
    "parking lot": ("road", "pavement"),
    "railroad": (),
    "pavement": ("pavement",),
    "sidewalk": ("pavement",),
    "platform": ("pavement",),
    "square": ("pavement",),
    "grass": ("ground",),
    "lawn": ("ground",),
    "meadow": ("ground",),
    "dirt": ("ground",),
    "soil": ("ground",),
    "sand": ("ground",),
    "beach": ("ground",),
    "snow": ("ground",),
    "ice": ("ground",),
    "gravel": ("ground",),
    "ground": ("ground",),
    "earth": ("ground",),
    "field": ("ground",),
    "playing field": ("ground",),
    "path": ("ground", "pavement"),
    "floor": ("floor",),
    "rug": ("floor",),
    "carpet": ("floor",),
    "floor mat": ("floor",),
}
"""Labels of level ground, and what they can carry."""
WATERS = frozenset(("water", "sea", "ocean", "lake", "river", "pond", "harbor"))
INDOORS = frozenset((
    "floor", "rug", "carpet", "floor mat", "ceiling", "wall", "bed", "couch", "sofa", "cabinet",
    "kitchen cabinet", "counter", "curtain", "window blind", "blinds", "shelf", "bookshelf", "bookcase",
    "desk", "refrigerator", "oven", "toilet", "bathtub", "sink", "tv", "tv monitor", "dresser", "armchair",
    "ceiling lamp",
))  # fmt: skip
OUTDOORS = frozenset((
    *GROUNDS, *WATERS, "sky", "tree", "forest", "bush", "hill", "mountain", "rock", "building", "house",
    "bridge", "street lamp", "car", "bus", "truck", "train", "boat", "airplane", "roof",
)) - INDOORS  # fmt: skip
LEVEL_EDGED = frozenset((
    "window", "door", "picture", "mirror", "whiteboard", "cabinet", "kitchen cabinet", "dresser",
    "refrigerator", "shelf", "bookshelf", "bookcase", "counter", "window blind", "blinds", "tv stand",
))  # fmt: skip
"""What hangs on walls or stands along them, with level edges."""
_STANDS_ON: frozenset[Support] = frozenset({"ground", "pavement", "road", "rail", "floor"})
_MOST_SPREAD = 0.25


@dataclass(frozen=True, slots=True)
class Standing:
    """The size of a thing that stands on the ground.

    Attributes:
        metres: Its height.
        spread: Standard deviation of the height's logarithm.
        depth_m: How far its top goes back: low things seen from above show it.
    """

    metres: float
    spread: float
    depth_m: float = 0.0


_KINDS: dict[str, Standing] = {
    "door": Standing(2.05, 0.03),
    "chair": Standing(0.92, 0.06, 0.48),
    "armchair": Standing(0.86, 0.08, 0.8),
    "office chair": Standing(1.05, 0.09, 0.48),
    "bar stool": Standing(0.76, 0.08, 0.38),
    "couch": Standing(0.82, 0.08, 0.85),
    "desk": Standing(0.72, 0.07, 0.65),
    "table": Standing(0.74, 0.10, 0.9),
    "dining table": Standing(0.75, 0.05, 1.2),
    "coffee table": Standing(0.44, 0.12, 0.9),
    "side table": Standing(0.56, 0.10, 0.55),
    "night stand": Standing(0.56, 0.15, 0.42),
    "bar table": Standing(1.06, 0.05, 0.5),
    "dresser": Standing(0.95, 0.20, 0.45),
    "tv stand": Standing(0.52, 0.18, 0.42),
    "kitchen cabinet": Standing(0.90, 0.06, 0.55),
    "refrigerator": Standing(1.72, 0.07, 0.65),
    "oven": Standing(0.97, 0.10, 0.6),
    "dishwasher": Standing(0.86, 0.04, 0.6),
    "washing machine": Standing(0.85, 0.04, 0.6),
    "toilet": Standing(0.80, 0.12, 0.65),
    "bathtub": Standing(0.60, 0.06, 0.8),
    "floor lamp": Standing(1.40, 0.12, 0.25),
    "bench": Standing(0.85, 0.12, 0.45),
    "street sign": Standing(2.45, 0.12),
}
"""Furniture and the like by their height, whichever way they are turned."""
_SAME_AS = {"sofa": "couch", "wooden chair": "chair", "fridge": "refrigerator", "nightstand": "night stand"}


def standing(label: str, aspect: float) -> Standing | None:
    """The size of a thing of that label and width over height; None if it is not known or need not stand.

    >>> standing("person", 0.4)
    Standing(metres=1.7, spread=0.06, depth_m=0.0)
    """
    known = _KINDS.get(_SAME_AS.get(label, label))
    if known is not None:
        return known
    scale = scale_of(label)
    pose = None if scale is None or not scale.supports else scale.pose(aspect)
    if scale is None or pose is None or not set(scale.supports) <= _STANDS_ON:
        return None
    if pose.side == "width" or pose.spread > _MOST_SPREAD:
        return None
    return Standing(pose.metres, max(pose.spread, 0.05))
