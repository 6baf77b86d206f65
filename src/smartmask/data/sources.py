"""Where each dataset of the mixture lies in a data folder, and who reads it."""

from collections.abc import Callable, Iterable
from pathlib import Path

from smartmask.data.annotations.base import AnnotatedScene
from smartmask.data.annotations.instances import read_instances
from smartmask.data.annotations.nyu40 import read_nyu40
from smartmask.data.annotations.voc import read_voc
from smartmask.errors import AnnotationError

READERS: dict[str, Callable[[Path], list[AnnotatedScene]]] = {
    "voc": read_voc,
    "coco": lambda path: read_instances(path, "coco"),
    "lvis": lambda path: read_instances(path, "coco"),  # LVIS annotates COCO's images
    "taco": lambda path: read_instances(path, "taco"),
    "nyu40": read_nyu40,
}


def read_sources(folder: Path, names: Iterable[str]) -> dict[str, list[AnnotatedScene]]:
    """The scenes of each named dataset below a data folder, `folder/NAME/scenes.parquet`.

    Raises:
        AnnotationError: If a dataset's file is missing or damaged.
        KeyError: If there is no reader of that name.
    """
    scenes = {}
    for name in names:
        read = READERS[name]
        path = folder / name / "scenes.parquet"
        if not path.is_file():
            raise AnnotationError(f"{path}: no such file; give the folder that holds {name}/scenes.parquet")
        scenes[name] = read(path)
    return scenes
