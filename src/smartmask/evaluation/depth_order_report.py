"""Where the depth order of visible regions is known, and tables of how often it is found.

Of made scenes and of new ones, those of even position are for a fit, those of odd position are measured. New
scenes tell how near each pixel is: by the z-buffer, and the same blurred and disturbed as an estimator's.
"""

from collections.abc import Iterable, Iterator
from itertools import count, islice
from pathlib import Path

import cv2
import numpy as np

from smartmask.data.annotations.base import Problems
from smartmask.data.layered_scene import LayeredScene
from smartmask.data.shards import SceneDataset
from smartmask.data.sources import read_scenes
from smartmask.data.synthesis.compose import compose
from smartmask.data.synthesis.indoor import world as indoor_world
from smartmask.data.synthesis.indoor.furnish import Density
from smartmask.data.synthesis.indoor.view import canvas_size
from smartmask.data.synthesis.outdoor import scene as outdoor
from smartmask.data.synthesis.stage.meshes import MeshLibrary
from smartmask.data.synthesis.stage.rasterize import rasterize, rasterize_billboard, rasterize_polygon
from smartmask.data.synthesis.stage.silhouettes import SilhouetteLibrary
from smartmask.data.synthesis.stage.world import World
from smartmask.evaluation.depth_order import KnownScene, Tally, measure_depth_order
from smartmask.scene.camera import Camera
from smartmask.segmentation.depth_evidence import KINDS

MADE_SCENES = 300
DEEP_SCENES = 120
CODRAW_EVERY = 90
"""Neighbours are near-duplicates, and 200 scenes are enough."""
RIDGE = 1e-3


def made_tables(folder: Path, fit: bool) -> Iterator[str]:
    """Of a dataset of made scenes; with a fit, the weights fitted to one half come first.

    Raises:
        AnnotationError: If the dataset cannot be read.
    """
    halves: tuple[list[LayeredScene], list[LayeredScene]] = ([], [])
    for number, scene in enumerate(islice(SceneDataset.open(folder).of_split("validation"), MADE_SCENES)):
        halves[number % 2].append(scene)
    if fit:
        yield _weights(np.concatenate([KnownScene.of(scene).evidence for scene in halves[0]]))
    yield _table("made scenes, the half not fitted to", map(KnownScene.of, halves[1]))


def annotated_table(format_name: str, path: Path) -> str:
    """Of annotations in a format that `smartmask data read` knows; of CoDraw's a part is enough.

    Raises:
        AnnotationError: If they cannot be read.
    """
    scenes = read_scenes(format_name, path, Problems(), break_cycles=True)
    every = CODRAW_EVERY if format_name == "parquet-codraw" else 1
    return _table(format_name, map(KnownScene.of, islice(scenes, 0, None, every)))


def new_tables(meshes: Path, silhouettes: Path, fit: bool) -> Iterator[str]:
    """Of new scenes, without nearness, with that of the z-buffer, and with an estimator's.

    Raises:
        AnnotationError: If meshes or silhouettes cannot be read.
    """
    deep = list(islice(_deep_scenes(meshes, silhouettes), DEEP_SCENES))
    estimated = [(scene, _as_estimated(nearness)) for scene, nearness in deep]
    if fit:
        yield _weights(np.concatenate([KnownScene.of(*item).evidence for item in estimated[::2]]))
    yield _table("new scenes", (KnownScene.of(scene) for scene, _ in deep[1::2]))
    yield _table("the same, nearness of the z-buffer", (KnownScene.of(*item) for item in deep[1::2]))
    yield _table("the same, nearness as estimated", (KnownScene.of(*item) for item in estimated[1::2]))


def _table(name: str, scenes: Iterable[KnownScene]) -> str:
    result = measure_depth_order(scenes)
    if not result:
        return f"{name}: no two regions that touch and overlap\n"
    sorts = list(next(iter(result.values())))
    counts = [sum((tally.right, tally.wrong, tally.silent)) for tally in result["order"].values()]
    heads = [f"{sort} ({count})" for sort, count in zip(sorts, counts, strict=True)]
    lines = [f"| {name} | " + " | ".join(heads) + " |", "|---|" + "---|" * len(sorts)]
    for rule, tallies in result.items():
        lines.append(f"| {rule} | " + " | ".join(_cell(rule, tallies[sort]) for sort in sorts) + " |")
    return "\n".join(lines) + "\n"


def _cell(rule: str, tally: Tally) -> str:
    if not rule.startswith("by "):
        return f"{tally.share:.3f}"
    said = tally.right + tally.wrong
    return f"{tally.right / said:.3f} of the {said} it speaks of" if said else "silent"


def _weights(evidence: np.ndarray) -> str:
    """Logistic regression without intercept, each column scaled to deviation 1, by Newton's method."""
    used = np.asarray(evidence.any(axis=0))
    scale = evidence[:, used].std(axis=0)
    values = evidence[:, used] / scale
    weights = np.zeros(values.shape[1])
    for _ in range(30):
        wrong = 1 / (1 + np.exp(values @ weights))
        slope = values.T @ wrong / len(values) - RIDGE * weights
        bend = (values * (wrong * (1 - wrong))[:, None]).T @ values / len(values)
        weights += np.linalg.solve(bend + RIDGE * np.eye(len(weights)), slope)
    names = [kind for kind, flag in zip(KINDS, used.tolist(), strict=True) if flag]
    found = ", ".join(f"{name} {value:.2f}" for name, value in zip(names, weights / scale, strict=True))
    return f"Fitted to {len(values)} pairs: {found}\n"


def _deep_scenes(meshes: Path, silhouettes: Path) -> Iterator[tuple[LayeredScene, np.ndarray]]:
    """New scenes, a quarter of them in the open, with how near each pixel is."""
    shapes, outlines = MeshLibrary.open(meshes), SilhouetteLibrary.open(silhouettes)
    density = Density(furniture=1.5, small_things=2.0)
    for number in count():
        rng = np.random.default_rng([20_000, number])
        if number % 4 == 0:
            made: tuple[World, Camera] | None = outdoor.make_world(rng, outlines, canvas_size(rng))
        else:
            made = indoor_world.make_world(rng, shapes, density, outlines)
        scene = None if made is None else compose(*made, f"deep:{number}", f"deep:{number}")
        if made is not None and scene is not None:
            yield scene, _z_buffer(*made)


def _z_buffer(world: World, camera: Camera) -> np.ndarray:
    """1 / depth of what is nearest at each pixel."""
    patches = [rasterize_polygon(surface.corners, camera) for surface in world.surfaces]
    patches += [rasterize(body.vertices, body.faces, camera) for body in world.bodies]
    patches += [rasterize_billboard(board, camera) for board in world.billboards]
    return np.maximum.reduce([patch.on_canvas(camera.size_hw) for patch in patches if patch is not None])


def _as_estimated(nearness: np.ndarray) -> np.ndarray:
    """As estimators err: borders blurred over 1 % of the diagonal, broad errors of 10 %."""
    diagonal = float(np.hypot(*nearness.shape))
    noise = np.random.default_rng(0).standard_normal(nearness.shape)
    blurred = cv2.GaussianBlur(noise, (0, 0), 0.04 * diagonal)
    logarithm = cv2.GaussianBlur(np.log(nearness + 1e-3), (0, 0), 0.008 * diagonal)
    return (logarithm + 0.1 * blurred / np.std(blurred)).astype(np.float32)
