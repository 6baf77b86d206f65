"""Words for what a thing is doing, how it is seen and which way it faces, as far as an outline shows it."""

import re

FACING = ("facing left", "facing right")
_POSES: dict[str, str] = {
    "sitting": "sitting|seated|sitting down|sits",
    "standing": "standing|standing up|stands",
    "lying": "lying|lying down|reclining|laying down|lies",
    "sleeping": "sleeping|asleep|napping|sleeps|curled up",
    "running": "running|galloping|sprinting|jogging|runs",
    "walking": "walking|strolling|walks",
    "flying": "flying|in flight|soaring|flies",
    "swimming": "swimming|swims",
    "jumping": "jumping|leaping|jumps|in mid air|mid air|mid jump|mid leap",
    "kneeling": "kneeling|on his knees|on her knees|on its knees",
    "dancing": "dancing|dances",
    "climbing": "climbing|climbs",
    "eating": "eating|grazing|eats|grazes",
    "waving": "waving|waves",
    "looking up": "looking up",
    "open": "open|opened",
    "closed": "closed|shut",
    "side view": "side view|in side view|from the side|seen from the side|in profile|profile|side on",
    "front view": "front view|in front view|from the front|seen from the front|front facing|facing the camera"
    "|facing us|facing me|facing forward|facing forwards|frontal|oncoming|head on",
    "back view": "back view|from behind|seen from behind|from the back|rear view|seen from the back",
    "facing left": "facing left|facing to the left|looking left|looking to the left|heading left|left facing"
    "|turned left|turned to the left|pointing left",
    "facing right": "facing right|facing to the right|looking right|looking to the right|heading right"
    "|right facing|turned right|turned to the right|pointing right",
}
POSES: dict[str, str] = {wording: pose for pose, text in _POSES.items() for wording in text.split("|")}
"""The pose that each wording means."""
OUTLINES: dict[str, str] = {
    **dict.fromkeys(("tall", "narrow", "slim", "slender", "thin", "upright"), "tall"),
    **dict.fromkeys(("wide", "broad", "low", "flat"), "wide"),
    **dict.fromkeys(("long", "elongated", "lengthy"), "long"),
    **dict.fromkeys(("round", "circular", "square", "cubic"), "round"),
}
"""What adjectives say of width over height: less than the label's others have, more, far from 1, near 1."""
SIZES = frozenset(
    "small little tiny miniature mini big large huge giant enormous massive short".split()  # noqa: SIM905
)
"""Adjectives of size; they say how large a box is, not what is drawn in it."""
_NAMES = frozenset((
    "standing lamp", "lamp standing", "running shoe", "running shirt", "walking stick", "sleeping bag",
    "jumping mouse", "flying fish", "guitar profile", "standing desk", "climbing frame", "flying saucer",
    "dancing shoe", "walking frame", "running shorts", "swimming pool", "eating apple",
))  # fmt: skip
"""What is called so whatever it is doing."""
_AT_START = re.compile(rf"(?:{'|'.join(sorted(POSES, key=len, reverse=True))})(?= )")
_AT_END = re.compile(rf"(?<= )(?:{'|'.join(sorted(POSES, key=len, reverse=True))})$")


def split_poses(label: str) -> tuple[str, tuple[str, ...]]:
    """A label without the poses that it begins or ends with, and those.

    >>> split_poses("woman running facing right"), split_poses("open book"), split_poses("standing lamp")
    (('woman', ('facing right', 'running')), ('book', ('open',)), ('standing lamp', ()))
    """
    poses: list[str] = []
    while label not in _NAMES and (found := _AT_START.match(label) or _AT_END.search(label)):
        poses.append(POSES[found[0]])
        label = (label[: found.start()] + label[found.end() :]).strip()
    return label, tuple(sorted(set(poses)))


def is_name(phrase: str) -> bool:
    """Whether a phrase with a pose in it is the name of a thing."""
    return phrase in _NAMES
