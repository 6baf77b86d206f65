"""LVIS (`lvis_v1_*.json`): COCO's form and COCO's photos, 1,203 classes with synonyms.

Photos are named by `coco_url` only, and the splits of LVIS mix those of COCO, so a scene's group is that of
the COCO photo. Format: https://www.lvisdataset.org/dataset
"""

from collections.abc import Iterator
from pathlib import Path

from smartmask.data.annotations.base import AnnotatedScene, Problems
from smartmask.data.annotations.coco_instances import modal_scene
from smartmask.data.annotations.coco_json import read_coco_file


def read_lvis(path: Path, problems: Problems) -> Iterator[AnnotatedScene]:
    """Scenes of a `lvis_v1_*.json`, an image each, modal masks.

    Raises:
        AnnotationError: If the file cannot be read, or is not of that form.
    """
    file = read_coco_file(path, problems)
    for image in file.images:
        with problems.skipping(image.where):
            yield modal_scene(image, file, problems, dataset="lvis", photos="coco")
