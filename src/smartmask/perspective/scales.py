"""How large things are, and what carries them: one table from a label to metres.

A silhouette has no size of its own. Its pose, told by its width over its height, says which size of its
label is meant: a person narrower than 0.6 of the height stands, a wider one sits. A silhouette whose shape
fits no pose of its label (a lying bottle, a portrait) is not used at all.

Sizes are medians with a log-normal spread. They are everyday knowledge (body heights, vehicle catalogues,
furniture norms), rounded; the spread covers breeds, models and the error of the pose.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

Support = Literal["ground", "pavement", "road", "rail", "water", "sky", "floor", "top"]
"""What may carry an object: any open ground, a pavement or square, a road, rails, water, the air, the floor
of a room, or the top of a piece of furniture."""

_LARGEST_DEVIATION = 2.0
"""Sizes beyond two standard deviations look wrong however rare they are."""


@dataclass(frozen=True, slots=True)
class Pose:
    """A way in which a label appears, told by the silhouette's shape.

    Attributes:
        aspects: Lowest and highest width over height, half-open.
        metres: Median of the metric side.
        spread: Standard deviation of its logarithm.
        side: Which side of the silhouette's box is metric.
    """

    aspects: tuple[float, float]
    metres: float
    spread: float
    side: Literal["height", "width"] = "height"

    def __post_init__(self) -> None:
        low, high = self.aspects
        if not (0 <= low < high and self.metres > 0 and self.spread >= 0):
            raise ValueError(
                f"a pose needs aspects low < high, metres above 0 and a spread of at least 0, not {self}"
            )

    def height(self, aspect: float, deviation: float = 0.0) -> float:
        """Height in metres of a silhouette of this pose, `deviation` standard deviations from the median."""
        metres = self.metres * float(np.exp(self.spread * deviation))
        return metres if self.side == "height" else metres / aspect


@dataclass(frozen=True, slots=True)
class Scale:
    """The sizes of a label, and what carries it.

    Attributes:
        poses: Its poses, their aspects disjoint.
        supports: What may carry it; none if a flat picture of it cannot stand (a fork, an open umbrella).
    """

    poses: tuple[Pose, ...]
    supports: tuple[Support, ...]

    def pose(self, aspect: float) -> Pose | None:
        """The pose of a silhouette of that width over height, or None if it fits none."""
        for pose in self.poses:
            if pose.aspects[0] <= aspect < pose.aspects[1]:
                return pose
        return None


def scale_of(label: str) -> Scale | None:
    """The scale of a label in plain words, or None if the table has no such label.

    >>> scale_of("person").pose(0.4).metres
    1.7
    """
    return SCALES.get(_SAME_AS.get(label, label))


def draw_height(rng: np.random.Generator, label: str, aspect: float) -> float | None:
    """A height in metres for a label's silhouette, or None if the label or the shape is not known."""
    pose = _pose(label, aspect)
    if pose is None:
        return None
    return pose.height(aspect, float(np.clip(rng.standard_normal(), -_LARGEST_DEVIATION, _LARGEST_DEVIATION)))


def _pose(label: str, aspect: float) -> Pose | None:
    scale = scale_of(label)
    return None if scale is None else scale.pose(aspect)


def _upright(metres: float, spread: float, low: float, high: float, *supports: Support) -> Scale:
    """A label of one pose whose height is metric."""
    return Scale((Pose((low, high), metres, spread),), supports)


def _long(metres: float, spread: float, low: float, high: float, *supports: Support) -> Scale:
    """A label of one pose whose width is metric."""
    return Scale((Pose((low, high), metres, spread, "width"),), supports)


def _animal(standing: float, lying: float, spread: float, turn: float, *supports: Support) -> Scale:
    """An animal: wider than `turn` times its height it lies, or stretches with the head down."""
    return Scale((Pose((0.3, turn), standing, spread), Pose((turn, 3.2), lying, spread)), supports)


SCALES: dict[str, Scale] = {
    # People and animals.
    "person": Scale(
        (Pose((0.18, 0.6), 1.70, 0.06), Pose((0.6, 0.9), 1.25, 0.08), Pose((0.9, 1.2), 1.05, 0.08)),
        ("ground", "pavement", "floor"),
    ),
    "baby": _upright(0.70, 0.12, 0.3, 1.0, "floor", "ground"),
    "dog": _animal(0.55, 0.34, 0.22, 1.6, "ground", "pavement", "floor"),
    "cat": _animal(0.34, 0.22, 0.12, 1.5, "floor", "ground", "pavement"),
    "horse": _animal(1.70, 1.50, 0.06, 1.7, "ground"),
    "cow": _animal(1.45, 1.25, 0.08, 1.9, "ground"),
    "sheep": _animal(0.80, 0.60, 0.10, 1.7, "ground"),
    "goat": _animal(0.80, 0.60, 0.12, 1.7, "ground"),
    "deer": _animal(1.30, 0.90, 0.12, 1.7, "ground"),
    "pig": _animal(0.75, 0.60, 0.12, 2.0, "ground"),
    "elephant": _animal(2.90, 2.60, 0.10, 2.0, "ground"),
    "bear": _animal(1.05, 0.90, 0.12, 1.8, "ground"),
    "zebra": _animal(1.55, 1.30, 0.06, 1.7, "ground"),
    "giraffe": _upright(4.30, 0.10, 0.2, 1.4, "ground"),
    "bird": Scale(
        (Pose((0.3, 1.2), 0.28, 0.25), Pose((1.2, 4.0), 0.45, 0.25, "width")), ("ground", "pavement", "sky")
    ),
    "duck": _long(0.50, 0.12, 0.8, 2.5, "water", "ground"),
    "goose": _upright(0.75, 0.12, 0.5, 1.6, "water", "ground"),
    "swan": _upright(0.80, 0.12, 0.7, 2.0, "water"),
    "teddy bear": _upright(0.40, 0.30, 0.4, 1.3, "floor", "top"),
    # Vehicles.
    "car": _upright(1.48, 0.06, 1.0, 3.3, "road", "pavement"),
    "bus": _upright(3.10, 0.06, 0.7, 4.2, "road"),
    "truck": _upright(2.90, 0.15, 0.7, 3.6, "road"),
    "train": _upright(3.90, 0.06, 0.7, 6.0, "rail"),
    "motorcycle": _upright(1.15, 0.08, 0.4, 2.2, "road", "pavement"),
    "bicycle": _upright(1.05, 0.06, 0.35, 2.0, "pavement", "road", "ground"),
    "airplane": Scale(
        (Pose((1.4, 2.0), 14.0, 0.30, "width"), Pose((2.0, 6.0), 26.0, 0.35, "width")), ("sky", "road")
    ),
    "helicopter": _long(12.0, 0.15, 1.3, 4.5, "sky"),
    "boat": Scale(
        (
            Pose((0.3, 1.1), 8.5, 0.25),
            Pose((1.1, 2.2), 6.0, 0.25, "width"),
            Pose((2.2, 7.0), 9.0, 0.35, "width"),
        ),
        ("water",),
    ),
    "canoe": _long(4.8, 0.10, 3.0, 9.0, "water"),
    "skateboard": _long(0.80, 0.06, 2.0, 6.0, "pavement", "road"),
    "wheelchair": _upright(0.95, 0.06, 0.6, 1.4, "pavement", "floor"),
    "stroller": _upright(1.02, 0.06, 0.5, 1.3, "pavement", "floor"),
    # What stands in streets.
    "traffic light": _upright(0.95, 0.12, 0.2, 0.7),  # the lamps alone: a pole must be added
    "fire hydrant": _upright(0.75, 0.10, 0.3, 0.9, "pavement", "ground"),
    "parking meter": _upright(1.40, 0.08, 0.1, 0.6, "pavement"),
    "bench": _long(1.60, 0.15, 1.3, 4.0, "pavement", "ground"),
    "trash can": _upright(0.90, 0.15, 0.4, 1.1, "pavement", "floor"),
    "flowerpot": _upright(0.35, 0.25, 0.6, 1.6, "pavement", "floor", "top"),
    "statue": _upright(1.90, 0.15, 0.2, 0.9, "pavement", "ground"),
    "traffic cone": _upright(0.60, 0.15, 0.4, 1.0, "road", "pavement"),
    "kite": _upright(1.00, 0.25, 0.3, 4.0, "sky"),
    "umbrella": _long(1.90, 0.15, 1.3, 4.5),
    "surfboard": _long(2.10, 0.12, 3.0, 9.0, "ground"),
    "sports ball": _upright(0.22, 0.05, 0.85, 1.2, "ground", "pavement", "floor"),
    "suitcase": _upright(0.62, 0.12, 0.5, 1.2, "pavement", "floor"),
    "backpack": _upright(0.48, 0.10, 0.5, 1.2, "floor", "pavement"),
    "handbag": _upright(0.32, 0.12, 0.7, 1.7, "floor", "top"),
    "shopping bag": _upright(0.40, 0.12, 0.6, 1.3, "floor", "pavement"),
    # Furniture and appliances.
    "chair": _upright(0.90, 0.06, 0.4, 1.15, "floor"),
    "stool": _upright(0.60, 0.15, 0.4, 1.2, "floor"),
    "sofa": _upright(0.85, 0.06, 1.2, 3.2, "floor"),
    "bed": _long(1.90, 0.10, 1.2, 3.0, "floor"),
    "dining table": _upright(0.75, 0.03, 1.0, 3.0, "floor"),
    "toilet": _upright(0.75, 0.05, 0.4, 1.0, "floor"),
    "refrigerator": _upright(1.70, 0.08, 0.3, 0.75, "floor"),
    "oven": _upright(0.88, 0.04, 0.6, 1.3, "floor"),
    "potted plant": Scale(
        (Pose((0.3, 0.9), 0.65, 0.35), Pose((0.9, 1.6), 0.45, 0.30)), ("floor", "top", "pavement")
    ),
    "tv monitor": _upright(0.48, 0.12, 0.9, 1.8, "top"),
    "laptop": _long(0.34, 0.06, 0.9, 2.0, "top"),
    "microwave": _long(0.50, 0.06, 1.3, 2.2, "top"),
    "toaster": _long(0.30, 0.08, 1.1, 2.0, "top"),
    "blender": _upright(0.38, 0.08, 0.3, 0.7, "top"),
    "printer": _long(0.45, 0.10, 1.1, 2.5, "top"),
    "lamp": _upright(0.45, 0.18, 0.3, 0.9, "top"),
    "clock": _upright(0.20, 0.25, 0.6, 1.3, "top"),
    # Small things on tops.
    "bottle": _upright(0.27, 0.12, 0.18, 0.55, "top"),
    "wine glass": _upright(0.20, 0.10, 0.3, 0.75, "top"),
    "glass": _upright(0.13, 0.12, 0.45, 1.1, "top"),
    "cup": _upright(0.10, 0.12, 0.6, 1.5, "top"),
    "bowl": _long(0.18, 0.20, 1.2, 3.0, "top"),
    "vase": _upright(0.28, 0.25, 0.25, 0.9, "top"),
    "pitcher": _upright(0.24, 0.12, 0.5, 1.2, "top"),
    "teapot": _long(0.24, 0.10, 1.0, 1.9, "top"),
    "kettle": _upright(0.24, 0.10, 0.7, 1.3, "top"),
    "jar": _upright(0.15, 0.18, 0.5, 1.0, "top"),
    "book": _upright(0.23, 0.12, 0.4, 1.1, "top"),
    "cake": _long(0.24, 0.15, 0.9, 2.5, "top"),
    "apple": _upright(0.08, 0.08, 0.8, 1.3, "top"),
    "orange": _upright(0.08, 0.08, 0.8, 1.3, "top"),
    "banana": _long(0.19, 0.10, 1.0, 3.0, "top"),
    "sandwich": _long(0.15, 0.15, 1.0, 3.0, "top"),
    "pizza": _long(0.32, 0.10, 1.8, 5.0, "top"),
    "donut": _long(0.09, 0.08, 1.0, 2.5, "top"),
    "hot dog": _long(0.18, 0.10, 1.2, 4.0, "top"),
    "telephone": _long(0.20, 0.12, 0.9, 2.2, "top"),
    "camera": _long(0.13, 0.12, 0.9, 1.8, "top"),
    "computer mouse": _long(0.11, 0.08, 1.0, 2.5, "top"),
    "keyboard": _long(0.44, 0.06, 2.2, 7.0, "top"),
    "remote": _long(0.18, 0.10, 2.0, 6.0, "top"),
    "cell phone": _long(0.14, 0.06, 1.2, 4.0, "top"),
    # Never stood up: held, worn, lying flat, or built in.
    "fork": _long(0.19, 0.06, 0.0, 99.0),
    "knife": _long(0.22, 0.10, 0.0, 99.0),
    "spoon": _long(0.18, 0.10, 0.0, 99.0),
    "scissors": _long(0.18, 0.15, 0.0, 99.0),
    "toothbrush": _long(0.19, 0.06, 0.0, 99.0),
    "hair drier": _long(0.22, 0.10, 0.0, 99.0),
    "tie": _upright(0.55, 0.15, 0.0, 0.6),
    "skis": _long(1.70, 0.10, 0.0, 99.0),
    "snowboard": _long(1.50, 0.06, 0.0, 99.0),
    "baseball bat": _long(0.84, 0.05, 0.0, 99.0),
    "baseball glove": _long(0.30, 0.08, 0.0, 99.0),
    "tennis racket": _long(0.69, 0.03, 0.0, 99.0),
    "frisbee": _long(0.26, 0.05, 0.0, 99.0),
    "broccoli": _long(0.15, 0.20, 0.0, 99.0),
    "carrot": _long(0.17, 0.15, 0.0, 99.0),
    "sink": _long(0.55, 0.12, 0.0, 99.0),
    "stop sign": _upright(0.75, 0.06, 0.6, 1.3),
    # Litter, as it lies about (TACO).
    "can": _upright(0.12, 0.10, 0.4, 0.85, "top", "pavement", "ground"),
    "plastic bottle": Scale(
        (Pose((0.2, 0.6), 0.24, 0.12), Pose((1.6, 4.0), 0.24, 0.12, "width")),
        ("pavement", "ground", "top"),
    ),
    "carton": _upright(0.22, 0.20, 0.5, 1.8, "pavement", "ground"),
    "plastic bag": _long(0.35, 0.20, 0.8, 2.5, "pavement", "ground"),
    "garbage bag": _long(0.60, 0.15, 0.8, 1.8, "pavement"),
    "wrapper": _long(0.16, 0.20, 0.8, 2.5, "pavement", "ground"),
    "shoe": _long(0.28, 0.06, 1.3, 3.0, "floor", "ground"),
}  # fmt: skip

WILD = frozenset({"giraffe", "elephant", "zebra", "bear", "deer"})
"""Animals that do not mix with people."""

_SAME_AS: dict[str, str] = {
    "man": "person", "woman": "person", "boy": "person", "girl": "person", "aeroplane": "airplane",
    "motorbike": "motorcycle", "couch": "sofa", "tv": "tv monitor", "television set": "tv monitor",
    "monitor": "tv monitor", "mouse": "computer mouse", "laptop computer": "laptop",
    "computer keyboard": "keyboard", "cellular telephone": "cell phone", "fireplug": "fire hydrant",
    "school bus": "bus", "pickup truck": "truck", "minivan": "car", "jeep": "car", "taxi": "car",
    "cab": "car", "puppy": "dog", "kitten": "cat", "pony": "horse", "lamb": "sheep", "calf": "cow",
    "ball": "sports ball", "soccer ball": "sports ball", "sculpture": "statue", "table lamp": "lamp",
    "armchair": "chair", "mug": "cup", "teacup": "cup", "water bottle": "bottle", "wine bottle": "bottle",
    "beer bottle": "bottle", "alcohol": "bottle", "wineglass": "wine glass", "doughnut": "donut",
    "wheeled cart": "stroller", "baby buggy": "stroller", "garbage can": "trash can",
    "trash bin": "trash can", "bin": "trash can", "cone": "traffic cone", "seagull": "bird",
    "pigeon": "bird", "gull": "bird", "rowboat": "boat", "sailboat": "boat", "yacht": "boat", "ship": "boat",
    "tote bag": "handbag", "plant": "potted plant", "drink can": "can", "food can": "can",
    "clear plastic bottle": "plastic bottle", "other plastic bottle": "plastic bottle",
    "glass bottle": "plastic bottle", "disposable plastic cup": "cup", "paper cup": "cup",
    "foam cup": "cup", "other plastic cup": "cup", "glass jar": "jar", "drink carton": "carton",
    "other carton": "carton", "meal carton": "carton", "corrugated carton": "carton", "paper bag": "carton",
    "single use carrier bag": "plastic bag", "other plastic wrapper": "wrapper", "crisp packet": "wrapper",
    "plastic film": "wrapper", "plastic wrapper": "wrapper", "plastic cup": "cup",
}  # fmt: skip
"""Names of datasets and plain synonyms that share a row of the table."""
