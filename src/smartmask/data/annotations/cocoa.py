"""COCO-Amodal (COCOA): each region's whole extent as a polygon, and an order that says who hides whom.

`order` 1 is the nearest. Painting from the highest to the lowest reproduces the stored `visible_mask`s. A
released file (`COCO_amodal_train2014.json`) holds `images` and `annotations`; the files of single images hold
one annotation, and their size is that of their run lengths or of the photo beside them. Format: Zhu et al.,
Semantic Amodal Segmentation, CVPR 2017; https://github.com/Wakeupbuddy/amodalAPI
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from jaxtyping import Bool

from smartmask.data.annotations.base import AnnotatedScene, DamageError, Problems
from smartmask.data.annotations.coco_json import read_coco_file
from smartmask.data.annotations.damage import (
    DUPLICATE_ID,
    MISSING_FIELD,
    NO_SIZE,
    check_objects,
    field,
    id_field,
    member,
    read_json,
    read_whole_json,
    size_field,
)
from smartmask.data.annotations.masks import layer_of
from smartmask.data.annotations.occlusions import nearer_in_front
from smartmask.data.layered_scene import SceneLayer
from smartmask.data.layouts.checks import short, whole
from smartmask.data.photos import open_image
from smartmask.data.segmentations import mask_of
from smartmask.errors import AnnotationError, ImageError


def read_cocoa(path: Path, problems: Problems) -> Iterator[AnnotatedScene]:
    """Scenes of a COCOA file, or of a folder of files of single images; amodal masks.

    Raises:
        AnnotationError: If the file cannot be read or is not of that form, or the folder holds no JSON file.
    """
    if not path.is_dir():
        yield from _read_file(path, problems)
        return
    files = sorted(path.glob("*.json"))
    if not files:
        raise AnnotationError(f"{path}: holds no *.json; give a COCOA file or a folder of them")
    seen: set[str] = set()
    for file in files:
        with problems.skipping(str(file)):
            record = read_json(member(path, file.name))
            scene = _scene(record, _size_of(record, file), str(file), None, problems)
            if scene.key in seen:
                raise DamageError(DUPLICATE_ID, scene.key)
            seen.add(scene.key)
            yield scene


def _read_file(path: Path, problems: Problems) -> Iterator[AnnotatedScene]:
    content = read_whole_json(path)
    if isinstance(content, dict) and "regions" in content:
        with problems.skipping(str(path)):
            yield _scene(content, _size_of(content, path), str(path), None, problems)
        return
    for image in read_coco_file(path, problems, has_categories=False).images:
        for where, annotation in image.annotations:
            with problems.skipping(where):
                yield _scene(annotation, image.size_hw, where, image.file_name, problems)


def _scene(
    record: object, size_hw: tuple[int, int], where: str, photo: str | None, problems: Problems
) -> AnnotatedScene:
    objects: list[SceneLayer] = []
    masks: list[Bool[np.ndarray, "H W"]] = []
    orders: list[float] = []
    regions = field(record, "regions", list)
    check_objects(len(regions), size_hw)
    for number, region in enumerate(regions):
        part = f"{where}, regions[{number}]"
        with problems.skipping(part):
            order = field(region, "order", (int, float))
            mask = mask_of(field(region, "segmentation", (list, dict)), size_hw, problems, part)
            is_thing = not region.get("isStuff", 0)
            objects.append(layer_of(field(region, "name", str), mask, extent="amodal", is_thing=is_thing))
            masks.append(mask)
            orders.append(order)
    assert isinstance(record, dict)
    image = id_field(record, "image_id")
    url = record.get("url")
    return AnnotatedScene(
        # Several people annotated some of the images, so the annotation's id is the name.
        key=f"cocoa:{id_field(record, 'id') if 'id' in record else image}",
        group=f"coco:{image}",
        size_hw=size_hw,
        objects=tuple(objects),
        occlusions=nearer_in_front(objects, masks, orders, problems, where),
        image=photo or (str(url).rsplit("/", 1)[-1] if url else None),
    )


def _size_of(record: object, path: Path) -> tuple[int, int]:
    """The image's size: as said, that of the first region's run lengths, or that of the photo beside it."""
    if isinstance(record, dict) and "height" in record:
        return size_field(record)
    for region in field(record, "regions", list):
        for name in ("visible_mask", "invisible_mask"):
            lengths = region.get(name) if isinstance(region, dict) else None
            if isinstance(lengths, dict) and lengths.get("size"):
                return _checked_size(lengths["size"])
    photo = path.with_suffix(".jpg")
    try:
        with open_image(photo) as image:
            return size_field({"height": image.height, "width": image.width})
    except ImageError as error:
        raise DamageError(NO_SIZE, f"neither run lengths nor {photo.name} give it") from error


def _checked_size(size: object) -> tuple[int, int]:
    if not isinstance(size, list) or len(size) != 2 or not all(isinstance(whole(side), int) for side in size):
        raise DamageError(MISSING_FIELD, f"'size' must be [height, width], not {short(size)}")
    return size_field({"height": size[0], "width": size[1]})
