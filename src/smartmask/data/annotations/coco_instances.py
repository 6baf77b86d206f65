"""COCO instances (`instances_*.json`): what is seen of each thing of 80 classes, as polygons or run lengths.

A crowd (`iscrowd` 1) is one region of many things that are not told apart. Format:
https://cocodataset.org/#format-data
"""

from collections.abc import Iterator
from pathlib import Path

from smartmask.data.annotations.base import AnnotatedScene, Problems
from smartmask.data.annotations.coco_json import CocoFile, ImageRecord, is_crowd, read_coco_file
from smartmask.data.annotations.damage import check_objects, field
from smartmask.data.annotations.masks import layer_of
from smartmask.data.annotations.occlusions import smaller_in_front
from smartmask.data.segmentations import mask_of


def read_coco_instances(path: Path, problems: Problems) -> Iterator[AnnotatedScene]:
    """Scenes of an `instances_*.json`, an image each, modal masks.

    Raises:
        AnnotationError: If the file cannot be read, or is not of that form.
    """
    file = read_coco_file(path, problems)
    for image in file.images:
        with problems.skipping(image.where):
            yield modal_scene(image, file, problems, dataset="coco", photos="coco")


def modal_scene(
    image: ImageRecord, file: CocoFile, problems: Problems, *, dataset: str, photos: str
) -> AnnotatedScene:
    """The scene of an image whose annotations hold modal masks.

    Smaller objects are taken to lie in front of larger ones where the masks overlap.

    Args:
        image: The image and its annotations.
        file: The file that it is in.
        problems: Where damage is counted.
        dataset: First part of the scene's key.
        photos: First part of its group; datasets that share photos share it, so that their splits agree.

    Raises:
        DamageError: If it has more objects than can be ordered.
    """
    check_objects(len(image.annotations), image.size_hw)
    objects, masks = [], []
    for where, annotation in image.annotations:
        with problems.skipping(where):
            category = file.category_of(annotation)
            segmentation = field(annotation, "segmentation", (list, dict))
            mask = mask_of(segmentation, image.size_hw, problems, where)
            layer = layer_of(
                category.name,
                mask,
                extent="visible",
                is_thing=category.is_thing and not is_crowd(annotation, problems, where),
                synonyms=category.synonyms,
            )
            objects.append(layer)
            masks.append(mask)
    return AnnotatedScene(
        key=f"{dataset}:{image.ident}",
        group=f"{photos}:{image.ident}",
        size_hw=image.size_hw,
        objects=tuple(objects),
        occlusions=smaller_in_front(objects, masks),
        image=image.file_name,
    )
