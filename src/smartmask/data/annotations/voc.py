"""Pascal VOC as released (`VOCdevkit/VOC2012`): object and class PNGs, and flags of each object in XML.

Pixel k of `SegmentationObject/ID.png` is the k-th object of `Annotations/ID.xml`; 0 is background, and 255 is
the void rim, which is left undecided. Format: http://host.robots.ox.ac.uk/pascal/VOC/voc2012/htmldoc/
"""

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from jaxtyping import UInt8

from smartmask.data.annotations.base import AnnotatedScene, DamageError, Problems
from smartmask.data.annotations.damage import (
    DAMAGED_FILE,
    EMPTY_MASK,
    MISSING_FIELD,
    UNKNOWN_CATEGORY,
    member,
    read_png,
    read_xml,
    size_field,
    whole_number,
)
from smartmask.data.annotations.masks import layer_of
from smartmask.data.layered_scene import SceneLayer
from smartmask.errors import AnnotationError
from smartmask.scene.rle import encode_rle

CLASSES = (
    "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow",
    "diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train",
    "tvmonitor",
)  # fmt: skip
"""Class n of a class map is `CLASSES[n - 1]`."""
VOID = 255


def read_voc(path: Path, problems: Problems) -> Iterator[AnnotatedScene]:
    """Scenes of the segmented images of a VOC folder; modal masks, amodal where an object is whole.

    An object is whole if it is flagged neither occluded nor truncated. What the class map names and no object
    covers is a region.

    Raises:
        AnnotationError: If the folder has no `SegmentationObject/*.png`.
    """
    files = sorted((path / "SegmentationObject").glob("*.png"))
    if not files:
        raise AnnotationError(f"{path}: has no SegmentationObject/*.png; give the folder VOCdevkit/VOC2012")
    for file in files:
        with problems.skipping(f"{path}: image {file.stem}"):
            yield _scene(path, file, problems)


def _scene(path: Path, file: Path, problems: Problems) -> AnnotatedScene:
    root = read_xml(member(path / "Annotations", f"{file.stem}.xml"))
    size_hw = size_field({side: _number(root, f"size/{side}") for side in ("height", "width")})
    numbers, classes = (
        _map(member(path / folder, file.name), size_hw)
        for folder in ("SegmentationObject", "SegmentationClass")
    )
    if classes[classes != VOID].max(initial=0) > len(CLASSES):
        raise DamageError(UNKNOWN_CATEGORY, f"a class map beyond class {len(CLASSES)}")
    things: list[SceneLayer] = []
    covered = classes == VOID
    items = root.findall("object")
    for number in np.setdiff1d(numbers, [0, VOID]).tolist():
        with problems.skipping(f"{path}: image {file.stem}, object {number}"):
            if number > len(items):
                raise DamageError(MISSING_FIELD, f"the XML has {len(items)} objects")
            mask = numbers == number
            things.append(_thing(items[number - 1], mask, classes))
            covered |= mask
    regions = [
        layer_of(CLASSES[value - 1], (classes == value) & ~covered, extent="visible", is_thing=False)
        for value in np.unique(classes[~covered]).tolist()
        if value
    ]
    key = f"voc:{file.stem}"
    undecided = (numbers == VOID) | (classes == VOID)
    return AnnotatedScene(
        key=key,
        group=key,
        size_hw=size_hw,
        objects=(*regions, *things),
        undecided=encode_rle(undecided) if undecided.any() else None,
        image=root.findtext("filename"),
    )


def _thing(item: ElementTree.Element, mask: np.ndarray, classes: UInt8[np.ndarray, "H W"]) -> SceneLayer:
    name = (item.findtext("name") or "").strip()
    if name not in CLASSES:
        raise DamageError(UNKNOWN_CATEGORY, f"class {name!r}")
    named = classes[mask & (classes != VOID)]
    if not len(named):
        raise DamageError(EMPTY_MASK, f"{name}: the class map is void there")
    if int(np.bincount(named).argmax()) != CLASSES.index(name) + 1:
        raise DamageError(
            MISSING_FIELD, f"the XML says {name!r}, but the class map names another class there"
        )
    is_whole = not (_number(item, "occluded", 0) or _number(item, "truncated", 0))
    return layer_of(name, mask, extent="amodal" if is_whole else "visible", is_thing=True)


def _map(file: Path, size_hw: tuple[int, int]) -> UInt8[np.ndarray, "H W"]:
    values = read_png(file, size_hw)
    if values.ndim != 2:
        raise DamageError(DAMAGED_FILE, f"{file} must be a PNG with a palette")
    return values


def _number(element: ElementTree.Element, name: str, absent: int | None = None) -> int:
    text = element.findtext(name)
    return absent if text is None and absent is not None else whole_number(text, f"<{name}>")
