"""Annotated label maps of photos -> labels for `smartmask train segmenter --taught`, as label_photos.py's.

    python scripts/label_maps.py nyu40 PHOTOS MAPS OUT
    python scripts/label_maps.py stanford PHOTOS MAPS OUT

PHOTOS holds NAME.jpg or NAME.png, MAPS for each a map NAME.png of class numbers, 255 where nobody said what
is there. OUT gets images/SOURCE_NAME.jpg and taught/SOURCE_NAME.npz; a second run makes them anew.

nyu40     NYU Depth v2 (Silberman and others, ECCV 2012) in the 40 classes of Gupta and others (CVPR 2013)
stanford  Stanford Background (Gould and others, ICCV 2009)

Single things are told apart only where few stand beside others of their kind; else they are a crowd.
"""

import sys
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from smartmask.data.labelled_photos import CROWD, NO_THING
from smartmask.data.photos import read_photo
from smartmask.data.segment_classes import ANYTHING, CLASSES, THINGS, labels_of, set_of
from smartmask.training.segmenter.taught import Taught
from smartmask.training.segmenter.taught_photos import LABELS, PHOTOS, write_taught

SOURCES: dict[str, tuple[str, ...]] = {
    "nyu40": (
        "wall", "floor", "cabinet", "bed", "chair", "couch", "any table", "door", "window", "shelving",
        "picture", "counter", "curtain", "any table", "shelving", "curtain", "cabinet", "anything",
        "anything", "rug", "anything", "ceiling", "book", "refrigerator", "tv", "paper", "anything",
        "curtain", "anything", "picture", "person", "cabinet", "toilet", "sink", "light", "anything",
        "anything", "anything", "anything", "anything",
    ),
    "stanford": ("sky", "green", "floor outside", "field", "any water", "building", "height", "anything"),
}  # fmt: skip
"""The class, or set of classes, of ours for each number."""
TOLD_APART = ("bed", "couch", "refrigerator", "tv", "toilet", "sink", "person")
LEAST_SHARE = 0.004
"""Of the photo, what a single thing covers at least."""


def main(source: str, photos: Path, maps: Path, out: Path) -> None:
    """Convert every photo of a folder."""
    names = SOURCES[source]
    table = np.full(256, ANYTHING, np.uint8)
    table[: len(names)] = [CLASSES.index(name) if name in CLASSES else set_of(name) for name in names]
    (out / PHOTOS).mkdir(parents=True, exist_ok=True)
    (out / LABELS).mkdir(exist_ok=True)
    for path in sorted(photos.iterdir()):
        name = f"{source}_{path.stem}"
        found = np.asarray(Image.open(maps / f"{path.stem}.png"))
        write_taught(labels(table[found]), out / LABELS / f"{name}.npz")
        Image.fromarray(read_photo(path)).save(out / PHOTOS / f"{name}.jpg", quality=92)


def labels(targets: np.ndarray) -> Taught:
    """Targets with the things among them numbered."""
    things = np.full(targets.shape, NO_THING, np.int16)
    classes: list[int] = []
    for target in np.unique(targets).tolist():
        here = targets == target
        if target == ANYTHING or set(THINGS).isdisjoint(labels_of(target)):
            continue
        things[here] = CROWD
        if target < len(CLASSES) and CLASSES[target] in TOLD_APART:
            _, pieces, measures, _ = cv2.connectedComponentsWithStats(here.astype(np.uint8))
            for piece in np.flatnonzero(measures[1:, cv2.CC_STAT_AREA] >= LEAST_SHARE * targets.size) + 1:
                things[pieces == piece] = len(classes)
                classes.append(target)
    return Taught(targets, things, tuple(classes))


if __name__ == "__main__":
    main(sys.argv[1], *map(Path, sys.argv[2:]))
