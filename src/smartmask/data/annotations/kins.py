"""KINS: amodal masks of vehicles and people on KITTI photos (`update_{train,test}_2020.json`), COCO's form.

Each annotation has an amodal mask (`a_segm`) and an inmodal, that is visible, one (`i_segm`); the files of
2019 call them `segmentation` and `inmodal_seg`. Order comes from who hides whom: `ico_id` counts only within
a cluster (`oco_id`), and is 0 for all that overlap nothing. Format:
https://github.com/qqlu/Amodal-Instance-Segmentation-through-KINS-Dataset
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from jaxtyping import Bool

from smartmask.data.annotations.base import AnnotatedScene, DamageError, Problems
from smartmask.data.annotations.coco_json import CocoFile, ImageRecord, is_crowd, read_coco_file
from smartmask.data.annotations.damage import MISSING_FIELD, Record, check_objects
from smartmask.data.annotations.masks import layer_of
from smartmask.data.annotations.occlusions import occlusions_of_hidden
from smartmask.data.layered_scene import SceneLayer
from smartmask.data.segmentations import mask_of


def read_kins(path: Path, problems: Problems) -> Iterator[AnnotatedScene]:
    """Scenes of a KINS file, an image each, amodal masks.

    Keys hold the file's name, since training and test number their images alike.

    Raises:
        AnnotationError: If the file cannot be read, or is not of that form.
    """
    file = read_coco_file(path, problems)
    for image in file.images:
        with problems.skipping(image.where):
            check_objects(len(image.annotations), image.size_hw, bits=16)
            yield _scene(image, file, problems, path.stem)


def _scene(image: ImageRecord, file: CocoFile, problems: Problems, name: str) -> AnnotatedScene:
    objects: list[SceneLayer] = []
    amodal: list[Bool[np.ndarray, "H W"]] = []
    visible: list[Bool[np.ndarray, "H W"]] = []
    for where, annotation in image.annotations:
        with problems.skipping(where):
            amodal_part = _first_of(annotation, "a_segm", "segmentation")
            whole = mask_of(amodal_part, image.size_hw, problems, where)
            part = _first_of(annotation, "i_segm", "inmodal_seg")
            # An object that is hidden altogether has no visible polygon, which is no damage.
            is_hidden = part == []
            seen = (
                np.zeros(image.size_hw, bool) if is_hidden else mask_of(part, image.size_hw, problems, where)
            )
            category = file.category_of(annotation)
            is_thing = category.is_thing and not is_crowd(annotation, problems, where)
            objects.append(layer_of(category.name, whole, extent="amodal", is_thing=is_thing))
            amodal.append(whole)
            visible.append(seen)
    index = np.full(image.size_hw, -1, np.int16)
    for number, seen in enumerate(visible):
        index[seen] = number
    hidden = (whole & ~seen for whole, seen in zip(amodal, visible, strict=True))
    key = f"kins:{name}:{image.ident}"
    return AnnotatedScene(
        key=key,
        group=key,
        size_hw=image.size_hw,
        objects=tuple(objects),
        occlusions=occlusions_of_hidden(index, hidden, len(objects)),
        image=image.file_name,
    )


def _first_of(annotation: Record, *names: str) -> object:
    for name in names:
        if name in annotation:
            return annotation[name]
    raise DamageError(MISSING_FIELD, f"none of the fields {', '.join(names)}")
