"""The classes of the embedded segmenter: COCO's 80 things, and its stuff in the words and the number that the
data carry.

Stuff that a few photos show cannot be learnt by itself: `MERGED` gives it the nearest class that many show.
Stuff in neither table (a mirror shows other things, a towel is anywhere) counts as "some stuff".
"""

import numpy as np
from jaxtyping import Bool

THINGS = (
    "person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat", "traffic light",
    "fire hydrant", "stop sign", "parking meter", "bench", "bird", "cat", "dog", "horse", "sheep", "cow",
    "elephant", "bear", "zebra", "giraffe", "backpack", "umbrella", "handbag", "tie", "suitcase", "frisbee",
    "skis", "snowboard", "sports ball", "kite", "baseball bat", "baseball glove", "skateboard", "surfboard",
    "tennis racket", "bottle", "wine glass", "cup", "fork", "knife", "spoon", "bowl", "banana", "apple",
    "sandwich", "orange", "broccoli", "carrot", "hot dog", "pizza", "donut", "cake", "chair", "couch",
    "potted plant", "bed", "dining table", "toilet", "tv", "laptop", "mouse", "remote", "keyboard",
    "cell phone", "microwave", "oven", "toaster", "sink", "refrigerator", "book", "clock", "vase",
    "scissors",
    "teddy bear", "hair drier", "toothbrush",
)  # fmt: skip
STUFF = (
    "tree", "sky", "wall", "table", "grass", "floor", "building", "pavement", "fence", "light", "paper",
    "dirt", "road", "ceiling", "cabinet", "door", "food", "window", "curtain", "playing field", "sea", "rug",
    "mountain", "snow", "water", "counter",
)  # fmt: skip
MERGED = {
    "house": "building",
    "roof": "building",
    "bridge": "building",
    "tent": "building",
    "cardboard": "paper",
    "banner": "paper",
    "shelf": "cabinet",
    "net": "fence",
    "window blind": "curtain",
    "stairs": "floor",
    "platform": "pavement",
    "river": "water",
    "rock": "dirt",
    "gravel": "dirt",
    "sand": "dirt",
    "railroad": "dirt",
    "blanket": "rug",
    "fruit": "food",
}
CLASSES = THINGS + STUFF
GROUPS: dict[str, tuple[str, ...]] = {
    "person": ("person",),
    "cycle": ("bicycle", "motorcycle"),
    "road vehicle": ("car", "bus", "truck"),
    "other vehicle": ("train", "airplane", "boat"),
    "street object": ("traffic light", "fire hydrant", "stop sign", "parking meter", "bench"),
    "bird": ("bird",),
    "pet": ("cat", "dog"),
    "farm animal": ("horse", "sheep", "cow"),
    "wild animal": ("elephant", "bear", "zebra", "giraffe"),
    "accessory": ("backpack", "umbrella", "handbag", "tie", "suitcase"),
    "sports gear": (
        "frisbee", "skis", "snowboard", "sports ball", "kite", "baseball bat", "baseball glove", "skateboard",
        "surfboard", "tennis racket",
    ),
    "tableware": ("bottle", "wine glass", "cup", "fork", "knife", "spoon", "bowl"),
    "dish": (
        "banana", "apple", "sandwich", "orange", "broccoli", "carrot", "hot dog", "pizza", "donut", "cake",
    ),
    "seat": ("chair", "couch"),
    "bed": ("bed",),
    "dining table": ("dining table",),
    "plant or vase": ("potted plant", "vase"),
    "sanitary": ("toilet", "sink"),
    "electronics": ("tv", "laptop", "mouse", "remote", "keyboard", "cell phone"),
    "appliance": ("microwave", "oven", "toaster", "refrigerator"),
    "small thing": ("book", "clock", "scissors", "teddy bear", "hair drier", "toothbrush"),
    "sky": ("sky",),
    "tree": ("tree",),
    "grass": ("grass", "playing field"),
    "structure": ("building", "fence"),
    "wall": ("wall", "ceiling", "window", "door", "curtain"),
    "floor": ("floor", "rug"),
    "ground": ("pavement", "road", "dirt", "mountain", "snow"),
    "water": ("sea", "water"),
    "furnishing": ("table", "cabinet", "counter", "light", "paper", "food"),
}  # fmt: skip
"""Coarse classes that a few dozen held-out photos can judge; none mixes things and stuff."""
IS_THING = (True,) * len(THINGS) + (False,) * len(STUFF)

# A pixel's target is a class, or the number of one of these sets of classes that may be there.
THE_FOUR = ("person", "bicycle", "car", "motorcycle")
SETS: dict[str, tuple[str, ...]] = {
    "anything": CLASSES,
    "some stuff": STUFF,
    "none of the four": tuple(label for label in CLASSES if label not in THE_FOUR),
    # What networks that know fewer classes than ours say of a pixel.
    "floor of a room": ("floor", "rug"),
    "floor outside": ("floor", "pavement", "dirt", "playing field", "road"),
    "street": ("road", "pavement"),
    "open ground": ("dirt", "grass", "pavement", "playing field", "snow", "road"),
    "lawn": ("grass", "playing field"),
    "field": ("grass", "playing field", "dirt"),
    "height": ("mountain", "snow", "dirt"),
    "any water": ("water", "sea"),
    "green": ("tree", "potted plant", "grass"),
    "any table": ("dining table", "table"),
    "any seat": ("chair", "couch"),
    "any vehicle": ("car", "truck", "bus"),
    "shelving": ("cabinet", "wall"),
    "picture": ("wall", "paper", "tv"),
}
TARGETS = len(CLASSES) + len(SETS)


def set_of(name: str) -> int:
    """The target of a set of classes.

    Raises:
        ValueError: If there is none of that name.
    """
    return len(CLASSES) + list(SETS).index(name)


def labels_of(target: int) -> tuple[str, ...]:
    """The classes that a target leaves possible.

    >>> labels_of(set_of("street")), labels_of(0)
    (('road', 'pavement'), ('person',))
    """
    return (CLASSES[target],) if target < len(CLASSES) else tuple(SETS.values())[target - len(CLASSES)]


ANYTHING = set_of("anything")
"""Nobody said what is there."""
SOME_STUFF = set_of("some stuff")
"""None of the things, in a photo where all of them were annotated."""
NOT_THE_FOUR = set_of("none of the four")
"""None of `THE_FOUR`, in a photo where only these were annotated."""


def target_of(label: str, is_thing: bool) -> int:
    """The target of an annotated segment; stuff of no class of ours is some stuff.

    Args:
        label: In plain words.
        is_thing: Whether COCO counts it among the things.

    Raises:
        ValueError: If it is a thing that COCO does not have.

    >>> CLASSES[target_of("river", False)], target_of("towel", False) == SOME_STUFF
    ('water', True)
    """
    if is_thing:
        if label not in THINGS:
            raise ValueError(f"{label!r} is none of COCO's {len(THINGS)} things")
        return THINGS.index(label)
    label = MERGED.get(label, label)
    return len(THINGS) + STUFF.index(label) if label in STUFF else SOME_STUFF


def allowed_classes() -> Bool[np.ndarray, "T C"]:
    """Which classes each target leaves possible."""
    return np.array([[label in labels_of(target) for label in CLASSES] for target in range(TARGETS)])
