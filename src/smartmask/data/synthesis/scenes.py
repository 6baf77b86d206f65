"""Scenes without end: scene i of a seed is the same wherever and whenever it is made."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from smartmask.data.layered_scene import LayeredScene
from smartmask.data.shards import DatasetSpec, SceneDataset
from smartmask.data.synthesis.compose import Limits, compose
from smartmask.data.synthesis.indoor import world as indoor_world
from smartmask.data.synthesis.indoor.furnish import Density
from smartmask.data.synthesis.indoor.view import canvas_size
from smartmask.data.synthesis.outdoor import scene as outdoor
from smartmask.data.synthesis.real_layouts import stand_in_layout, sure_camera
from smartmask.data.synthesis.stage.meshes import MeshLibrary
from smartmask.data.synthesis.stage.open_meshes import OpenMeshes
from smartmask.data.synthesis.stage.silhouettes import SilhouetteLibrary
from smartmask.data.synthesis.stage.world import World
from smartmask.errors import AnnotationError
from smartmask.scene.camera import Camera

_MOST_TRIES = 60
"""Most scenes take one or two attempts; a library from which no room can be made must end."""
SCENES_PER_SHARD = 100
_NEEDED = ("sofa", "chair", "dining-table", "bookcase")


@dataclass(frozen=True, slots=True, kw_only=True)
class SynthesisSettings:
    """What scenes are made from and what they are like.

    Attributes:
        meshes: Folder of shapes (`meshes.py`).
        silhouettes: File of silhouettes of real things (`silhouettes.py`); None for rooms without any.
        layouts: Folder of a dataset of real photos' layouts that silhouettes are stood in; None for none.
        outdoor_share: Share of scenes in the open; they are made of silhouettes.
        layout_share: Share of scenes that are real layouts with things stood in them, where there are any.
        open_meshes: Folder of open meshes (`open_meshes.py`) that rooms and open places are filled with
            besides; None for none, and the scenes that there were before there were any.
        density: How full rooms are.
        limits: What is left out of a scene.
    """

    meshes: Path
    silhouettes: Path | None = None
    layouts: Path | None = None
    outdoor_share: float = 0.2
    layout_share: float = 0.03
    open_meshes: Path | None = None
    density: Density = field(default_factory=Density)
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        """Check the shares.

        Raises:
            ValueError: If one is none, or open places or layouts are asked for without silhouettes.
        """
        shares = self.outdoor_share, self.layout_share
        if not (min(shares) >= 0 and sum(shares) <= 1):
            raise ValueError(
                f"outdoor_share is {shares[0]}, layout_share {shares[1]}; expected a share from 0 to 1 "
                "each, and no more than 1 together"
            )
        if (self.outdoor_share or self.layouts is not None) and self.silhouettes is None:
            raise ValueError(
                "open places and real layouts are filled with silhouettes; give a file of them, or "
                "outdoor_share=0 and no layouts"
            )


def synthesis_spec(scenes: int, seed: int, settings: SynthesisSettings) -> DatasetSpec:
    """What makes a dataset of so many scenes of a seed.

    It holds marks of what the libraries contain, so that a build does not go on with others.

    Raises:
        OSError: If a library cannot be read.
    """
    paths = {
        "meshes": settings.meshes,
        "silhouettes": settings.silhouettes,
        "layouts": settings.layouts,
        "open_meshes": settings.open_meshes,
    }
    marks = {f"{name}_mark": _mark(path) for name, path in paths.items() if path is not None}
    values = json.loads(json.dumps({"scenes": scenes, "seed": seed, **asdict(settings)}, default=str))
    if settings.open_meshes is None:  # so that datasets begun before there were any go on
        del values["open_meshes"]
    return DatasetSpec(source="synthesis", settings=values | marks, scenes_per_shard=SCENES_PER_SHARD)


def synthetic_shard(
    number: int, *, scenes: int, seed: int, settings: SynthesisSettings
) -> list[LayeredScene]:
    """The scenes of a shard of such a dataset; any process makes the same, by its number alone.

    Raises:
        AnnotationError: As `make_scenes`.
    """
    first = number * SCENES_PER_SHARD
    return list(make_scenes(first, min(SCENES_PER_SHARD, scenes - first), seed, settings))


def make_scenes(first: int, count: int, seed: int, settings: SynthesisSettings) -> Iterator[LayeredScene]:
    """Scenes `first` to `first + count` of a seed, each made of its own random numbers.

    Raises:
        AnnotationError: If the meshes, the silhouettes or the layouts cannot be read, or allow no scene.
    """
    return (scene for scene, _ in make_views(first, count, seed, settings))


def make_views(
    first: int, count: int, seed: int, settings: SynthesisSettings
) -> Iterator[tuple[LayeredScene, Camera | None]]:
    """The same scenes, each with the camera that sees it; None in a photo's layout, where nobody knows it.

    Raises:
        AnnotationError: As `make_scenes`.
    """
    parts = _Parts(
        _meshes(settings.meshes),
        None if settings.silhouettes is None else _silhouettes(settings.silhouettes),
        () if settings.layouts is None else _grounds(settings.layouts),
        None if settings.open_meshes is None else _open_meshes(settings.open_meshes),
    )
    for number in range(first, first + count):
        yield _make_scene(number, seed, settings, parts)


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """What is opened once in a process; a layout comes with its camera."""

    meshes: MeshLibrary
    silhouettes: SilhouetteLibrary | None
    layouts: tuple[tuple[LayeredScene, Camera], ...]
    more: OpenMeshes | None


def _make_scene(
    number: int, seed: int, settings: SynthesisSettings, parts: _Parts
) -> tuple[LayeredScene, Camera | None]:
    """One scene: worlds are drawn until one can be composed."""
    # Decided once for all attempts, else the harder sort of scene would come up short.
    # The stream's last number is none of the attempts', nor 0: NumPy fills up with zeros, so that one without
    # it would be the first attempt's.
    drawn = np.random.default_rng([seed, number, _MOST_TRIES]).random()
    is_outdoor = drawn < settings.outdoor_share
    is_layout = bool(parts.layouts) and drawn > 1 - settings.layout_share
    name = f"synthetic:{seed}:{number}"
    for attempt in range(_MOST_TRIES):
        rng = np.random.default_rng([seed, number, attempt])
        made: tuple[World, Camera] | None = None
        if is_layout and parts.silhouettes is not None:
            scene = _fill_layout(rng, parts.layouts, parts.silhouettes, name)
        else:
            if is_outdoor and parts.silhouettes is not None:
                made = outdoor.make_world(rng, parts.silhouettes, canvas_size(rng), more=parts.more)
            else:
                made = indoor_world.make_world(
                    rng, parts.meshes, settings.density, parts.silhouettes, more=parts.more
                )
            scene = None if made is None else compose(*made, name, name, settings.limits)
        if scene is not None:
            return scene, None if made is None else made[1]
    raise AnnotationError(
        f"{settings.meshes}: scene {number} of seed {seed} failed {_MOST_TRIES} times; the library has only "
        f"{', '.join(parts.meshes.kinds)}; add furniture such as {', '.join(_NEEDED)}"
    )


def _fill_layout(
    rng: np.random.Generator,
    layouts: tuple[tuple[LayeredScene, Camera], ...],
    silhouettes: SilhouetteLibrary,
    name: str,
) -> LayeredScene | None:
    """A real layout with one to three more things in it; what was there may not be asked for again."""
    scene, camera = layouts[int(rng.integers(len(layouts)))]
    old = tuple(replace(layer, is_thing=False) for layer in scene.layers)
    filled = replace(scene, key=name, layers=old)
    for _ in range(int(rng.integers(1, 4))):
        filled = stand_in_layout(rng, filled, silhouettes, name, camera) or filled
    return filled if len(filled.layers) > len(old) else None


def _mark(path: Path) -> str:
    """A mark that changes with a file's bytes, or with the names and sizes of a folder's files."""
    if path.is_file():
        return hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    files = sorted(file for file in path.rglob("*") if file.is_file())
    names = "".join(f"{file.relative_to(path)} {file.stat().st_size}\n" for file in files)
    return hashlib.sha256(names.encode()).hexdigest()[:16]


@lru_cache(maxsize=2)
def _meshes(folder: Path) -> MeshLibrary:
    """The library of a folder, opened once in a process."""
    return MeshLibrary.open(folder)


@lru_cache(maxsize=2)
def _open_meshes(folder: Path) -> OpenMeshes:
    """The open meshes of a folder, read once in a process."""
    return OpenMeshes.open(folder)


@lru_cache(maxsize=2)
def _silhouettes(path: Path) -> SilhouetteLibrary:
    """The library of a file, opened once in a process."""
    return SilhouetteLibrary.open(path)


@lru_cache(maxsize=1)
def _grounds(folder: Path) -> tuple[tuple[LayeredScene, Camera], ...]:
    """The training layouts of a dataset that show how large a metre is, found once in a process.

    Raises:
        AnnotationError: If there are none.
    """
    scenes = SceneDataset.open(folder).of_split("train")
    found = tuple((scene, camera) for scene in scenes if (camera := sure_camera(scene)) is not None)
    if not found:
        raise AnnotationError(f"{folder}: no layout shows ground and things of known size on it")
    return found
