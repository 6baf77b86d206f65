"""Every format that can be read, by name."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from smartmask.data.annotations.ade20k import read_ade20k
from smartmask.data.annotations.base import AnnotatedScene, Problems
from smartmask.data.annotations.coco_instances import read_coco_instances
from smartmask.data.annotations.coco_panoptic import read_coco_panoptic
from smartmask.data.annotations.cocoa import read_cocoa
from smartmask.data.annotations.codraw import read_codraw
from smartmask.data.annotations.damage import CYCLE
from smartmask.data.annotations.kins import read_kins
from smartmask.data.annotations.lvis import read_lvis
from smartmask.data.annotations.parquet_codraw import read_parquet_codraw
from smartmask.data.annotations.parquet_instances import (
    read_parquet_coco,
    read_parquet_lvis,
    read_parquet_taco,
)
from smartmask.data.annotations.parquet_nyu40 import read_parquet_nyu40
from smartmask.data.annotations.parquet_voc import read_parquet_voc
from smartmask.data.annotations.voc import read_voc
from smartmask.data.layered_scene import LayeredScene
from smartmask.data.ordering import layered
from smartmask.errors import AnnotationError


@dataclass(frozen=True, slots=True)
class Reader:
    """How a format is read.

    Attributes:
        read: The reader; it streams, so a damaged file is met at the first scene.
        path: What its path must be, in a line.
        is_amodal: Whether its masks are whole objects, hidden parts included.
        is_exact: Whether its objects are all there is (`LayeredScene.is_exact`); of photos nobody drew all.
    """

    read: Callable[[Path, Problems], Iterator[AnnotatedScene]]
    path: str
    is_amodal: bool
    is_exact: bool = False


READERS: dict[str, Reader] = {
    "cocoa": Reader(read_cocoa, "COCO_amodal_*.json, or a folder of JSON files of single images", True),
    "ade20k": Reader(read_ade20k, "a folder of ADE20K-2021 (NAME.json and NAME/instance_*.png)", True),
    "kins": Reader(read_kins, "update_train_2020.json or update_test_2020.json", True),
    "coco-instances": Reader(read_coco_instances, "instances_*.json", False),
    "coco-panoptic": Reader(
        read_coco_panoptic, "panoptic_*.json, with the folder of PNGs of its name beside it", False
    ),
    "lvis": Reader(read_lvis, "lvis_v1_*.json", False),
    "voc": Reader(read_voc, "the folder VOCdevkit/VOC2012", False),
    "codraw": Reader(read_codraw, "CoDraw_1_0.json, with the folder Pngs beside it", True, is_exact=True),
    "parquet-coco": Reader(read_parquet_coco, "coco/scenes.parquet", False),
    "parquet-voc": Reader(read_parquet_voc, "voc/scenes.parquet", False),
    "parquet-nyu40": Reader(read_parquet_nyu40, "nyu40/scenes.parquet, with classes.json beside it", False),
    "parquet-lvis": Reader(read_parquet_lvis, "lvis/scenes.parquet", False),
    "parquet-taco": Reader(read_parquet_taco, "taco/scenes.parquet", False),
    "parquet-codraw": Reader(read_parquet_codraw, "codraw/scenes.parquet", True, is_exact=True),
}


def read_scenes(
    format_name: str, path: Path, problems: Problems, *, break_cycles: bool = False
) -> Iterator[LayeredScene]:
    """The scenes of a file or folder in order, one at a time.

    Args:
        format_name: A key of `READERS`.
        path: What that reader's `path` says.
        problems: Where damage is counted, each kind once. A scene whose occlusions form a cycle is left out
            and counted too, with the objects named.
        break_cycles: Whether to drop the weakest pair of a cycle instead (`ordering.layered`).

    Raises:
        AnnotationError: If the path is missing, cannot be read or is not of that format, or `problems` is
            strict and meets one.
        KeyError: If there is no such format.
    """
    reader = READERS[format_name]
    if not path.exists():
        raise AnnotationError(f"{path}: no such file or folder; {format_name} is read from {reader.path}")
    for scene in reader.read(path, problems):
        try:
            result = layered(scene, on_cycle="break" if break_cycles else "error", is_exact=reader.is_exact)
        except AnnotationError as error:
            problems.add(CYCLE, str(error))
            continue
        yield result
