"""COCO panoptic (`panoptic_*.json` and a folder of PNGs of the same name): each pixel belongs to one segment.

A pixel's segment is R + 256 G + 65536 B of the PNG; 0 is left undecided. Format:
https://cocodataset.org/#format-data
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from jaxtyping import Int32

from smartmask.data.annotations.base import AnnotatedScene, DamageError, Problems
from smartmask.data.annotations.coco_json import CocoFile, ImageRecord, is_crowd, read_coco_file
from smartmask.data.annotations.damage import (
    DAMAGED_FILE,
    DUPLICATE_ID,
    EMPTY_MASK,
    MISSING_FIELD,
    Record,
    check_objects,
    field,
    member,
    read_png,
)
from smartmask.data.annotations.masks import layer_of
from smartmask.data.layered_scene import SceneLayer
from smartmask.errors import AnnotationError
from smartmask.scene.rle import encode_rle


def read_coco_panoptic(path: Path, problems: Problems) -> Iterator[AnnotatedScene]:
    """Scenes of a `panoptic_*.json`, an image each, modal masks that do not overlap.

    Raises:
        AnnotationError: If the file cannot be read or is not of that form, or its folder is missing.
    """
    folder = path.with_suffix("")
    file = read_coco_file(path, problems)
    if not folder.is_dir():
        raise AnnotationError(f"{folder}: no such folder; the PNGs of {path.name} must lie in it")
    for image in file.images:
        for number, (where, annotation) in enumerate(image.annotations):
            with problems.skipping(where):
                if number:
                    raise DamageError(DUPLICATE_ID, f"image_id {image.ident}")
                segments = _segments(member(folder, field(annotation, "file_name", str)), image.size_hw)
                infos = field(annotation, "segments_info", list)
                check_objects(len(infos), image.size_hw, bits=1)
                yield _scene(image, where, segments, infos, file, problems)


def _scene(
    image: ImageRecord,
    where: str,
    segments: Int32[np.ndarray, "H W"],
    infos: list[Record],
    file: CocoFile,
    problems: Problems,
) -> AnnotatedScene:
    undecided = np.ones(image.size_hw, bool)
    objects: list[SceneLayer] = []
    seen: set[int] = set()
    for number, info in enumerate(infos):
        part = f"{where}, segments_info[{number}]"
        with problems.skipping(part):
            ident = field(info, "id", int)
            if ident in seen:
                raise DamageError(DUPLICATE_ID, f"id {ident}")
            seen.add(ident)
            category = file.category_of(info)
            mask = segments == ident
            if ident == 0 or not mask.any():
                raise DamageError(EMPTY_MASK, f"no pixel of the PNG is {ident}")
            is_thing = category.is_thing and not is_crowd(info, problems, part)
            objects.append(layer_of(category.name, mask, extent="visible", is_thing=is_thing))
            undecided &= ~mask
    for ident in np.setdiff1d(segments, [0, *seen]).tolist():
        problems.add(MISSING_FIELD, f"{where}: segment {ident} of the PNG is not in 'segments_info'")
    return AnnotatedScene(
        key=f"coco-panoptic:{image.ident}",
        group=f"coco:{image.ident}",
        size_hw=image.size_hw,
        objects=tuple(objects),
        undecided=encode_rle(undecided) if undecided.any() else None,
        image=image.file_name,
    )


def _segments(path: Path, size_hw: tuple[int, int]) -> Int32[np.ndarray, "H W"]:
    colours = read_png(path, size_hw)
    if colours.ndim != 3 or colours.shape[2] != 3:
        raise DamageError(DAMAGED_FILE, f"{path} must be an RGB image")
    return colours.astype(np.int32) @ np.array([1, 256, 65536], np.int32)
