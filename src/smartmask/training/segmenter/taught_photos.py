"""Files of what networks saw in photos (scripts/label_photos.py), and photos that are labelled by them."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from smartmask.data.atomic import write_files
from smartmask.data.labelled_photos import NO_THING, LabelledPhoto, labelled_photo
from smartmask.data.photos import read_photo
from smartmask.data.segment_classes import CLASSES, TARGETS, THINGS, labels_of
from smartmask.errors import AnnotationError
from smartmask.files import read_arrays
from smartmask.training.segmenter.taught import Taught

PHOTOS, LABELS = "images", "taught"
"""The folders of a set of photos: pictures, and for each a file of labels of its name."""


def write_taught(labels: Taught, path: Path) -> None:
    """Write the labels of a photo; the file is whole or not there."""
    content = io.BytesIO()
    classes = np.array(labels.classes, np.uint8)
    np.savez_compressed(content, targets=labels.targets, things=labels.things, classes=classes)
    write_files({path: content.getvalue()})


def read_taught(path: Path) -> Taught:
    """Read the labels of a photo.

    Raises:
        AnnotationError: If the file is missing, damaged, or names no classes of ours.
    """
    try:
        arrays = read_arrays(path, ("targets", "things", "classes"))
    except (OSError, ValueError, KeyError) as error:
        raise AnnotationError(f"{path}: cannot be read as the labels of a photo ({error})") from error
    targets, things, classes = arrays["targets"], arrays["things"], arrays["classes"]
    if (
        targets.dtype != np.uint8
        or things.dtype != np.int16
        or targets.ndim != 2
        or targets.shape != things.shape
        or targets.size == 0
        or targets.max() >= TARGETS
        or classes.ndim != 1
        or things.max() >= len(classes)
        or not np.isin(classes, np.arange(len(THINGS))).all()
    ):
        raise AnnotationError(f"{path}: does not hold targets and things of one size in known classes")
    return Taught(targets, things, tuple(int(number) for number in classes))


def read_taught_photos(folder: Path, longer_side: int) -> Iterator[LabelledPhoto]:
    """The photos of a set that have labels, of kind `taught`.

    Args:
        folder: Holds `images/NAME.jpg` and `taught/NAME.npz`.
        longer_side: Pixels that photos are shrunk to, so that thousands fit into memory.

    Raises:
        AnnotationError: If the folder has no labels, or one is damaged.
        ImageError: If a photo cannot be read.
    """
    paths = sorted((folder / LABELS).glob("*.npz"))
    if not paths:
        raise AnnotationError(
            f"{folder}: has no labels {LABELS}/NAME.npz; scripts/label_photos.py makes them"
        )
    for path in paths:
        labels, image = read_taught(path), read_photo(folder / PHOTOS / f"{path.stem}.jpg")
        scale = min(1.0, longer_side / max(image.shape[:2]))
        height, width = (max(1, round(side * scale)) for side in image.shape[:2])
        small = np.asarray(Image.fromarray(image).resize((width, height), Image.Resampling.BOX))
        enlarged = _enlarged(labels, (height, width))
        yield labelled_photo(
            f"taught:{path.stem}", "taught", small, enlarged.targets, enlarged.things, list(labels.classes)
        )


def with_taught_stuff(photos: Sequence[LabelledPhoto], folder: Path) -> Iterator[LabelledPhoto]:
    """Annotated photos, with stuff as it was taught wherever annotators named nothing.

    Things are never taken: annotators named all that they saw.

    Args:
        photos: COCO's; pixels whose class is known stay as they are.
        folder: Holds their labels, `000000000009.npz` of the photo `coco:9`.

    Raises:
        AnnotationError: If labels of a photo are missing or damaged.
    """
    stuff = np.array([set(THINGS).isdisjoint(labels_of(target)) for target in range(TARGETS)])
    for photo in photos:
        labels = read_taught(folder / f"{int(photo.key.split(':')[1]):012d}.npz")
        guessed = _enlarged(labels, photo.targets.shape).targets
        unnamed = (photo.targets >= len(CLASSES)) & (photo.things == NO_THING)
        targets = np.where(unnamed & stuff[guessed], guessed, photo.targets).astype(np.uint8)
        yield replace(photo, targets=targets)


def _enlarged(labels: Taught, size_hw: tuple[int, ...]) -> Taught:
    """Labels on the grid of a photo's pixels."""
    rows, columns = (
        np.arange(wanted) * found // wanted
        for wanted, found in zip(size_hw, labels.targets.shape, strict=True)
    )
    places = rows[:, None], columns[None, :]
    return replace(labels, targets=labels.targets[places], things=labels.things[places])
