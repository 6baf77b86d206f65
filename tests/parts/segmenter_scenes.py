"""Labelled photos that a segmenter can learn by heart: coloured squares on the ground below the sky."""

import numpy as np

from smartmask.data.labelled_photos import NO_THING, Kind, LabelledPhoto, labelled_photo
from smartmask.data.segment_classes import target_of

SKY, GRASS = target_of("sky", False), target_of("grass", False)
CAR, CAT = target_of("car", True), target_of("cat", True)
COLOURS = {SKY: (120, 180, 255), GRASS: (40, 160, 40), CAR: (220, 20, 20), CAT: (250, 220, 60)}


def squares(seed: int, kind: Kind = "panoptic", size_hw: tuple[int, int] = (48, 64)) -> LabelledPhoto:
    """A photo whose colour is a function of its class."""
    rng = np.random.default_rng(seed)
    height, width = size_hw
    targets, things = np.full(size_hw, SKY, np.uint8), np.full(size_hw, NO_THING, np.int16)
    targets[height // 2 :] = GRASS
    for number, label in enumerate((CAR, CAT)):
        side = int(rng.integers(height // 4, height // 2))
        y, x = int(rng.integers(height - side)), int(rng.integers(width - side))
        targets[y : y + side, x : x + side], things[y : y + side, x : x + side] = label, number
    image = np.zeros((*size_hw, 3), np.uint8)
    for label, colour in COLOURS.items():
        image[targets == label] = colour
    return labelled_photo(f"squares:{seed}", kind, image, targets, things, [CAR, CAT])
