"""How often the depth order that a layout's visible regions tell is right, where the truth is known.

    python scripts/measure_depth_order.py --made runs/data/made --cocoa ../shared/data/formats/cocoa \
        --ade20k ../shared/data/formats/ade20k --codraw ../shared/data/codraw/scenes.parquet
    python scripts/measure_depth_order.py --meshes ../shared/data/meshes --silhouettes runs/silhouettes.npz
    python scripts/measure_depth_order.py --made runs/data/made --fit

The second makes new scenes, whose nearness is known: that of the z-buffer, and the same blurred and disturbed
as an estimator's. Of made and new scenes those of even position are for the fit, those of odd position are
measured. Prints tables in Markdown.
"""

import itertools
from collections.abc import Iterator
from pathlib import Path

import click
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
_PATH = click.Path(path_type=Path, exists=True)


@click.command()
@click.option("--made", type=_PATH, help="Dataset of made scenes.")
@click.option("--codraw", type=_PATH, help="CoDraw's scenes.parquet.")
@click.option("--cocoa", type=_PATH, help="COCOA file or folder.")
@click.option("--ade20k", type=_PATH, help="Folder of ADE20K-2021.")
@click.option("--meshes", type=_PATH, help="Shapes for new scenes whose nearness is known.")
@click.option("--silhouettes", type=_PATH, help="Silhouettes for the same.")
@click.option("--fit", is_flag=True, help="Fit weights on the other half of them; print them.")
def main(
    made: Path | None,
    codraw: Path | None,
    cocoa: Path | None,
    ade20k: Path | None,
    meshes: Path | None,
    silhouettes: Path | None,
    fit: bool,
) -> None:
    """Print the tables."""
    cv2.setNumThreads(0)
    if made is not None:
        scenes = itertools.islice(SceneDataset.open(made).of_split("validation"), MADE_SCENES)
        halves: tuple[list[LayeredScene], list[LayeredScene]] = ([], [])
        for number, scene in enumerate(scenes):
            halves[number % 2].append(scene)
        if fit:
            _print_weights(np.concatenate([KnownScene.of(scene).evidence for scene in halves[0]]))
        _print_table("made scenes, the half not fitted to", map(KnownScene.of, halves[1]))
    if codraw is not None:
        drawn = read_scenes("parquet-codraw", codraw, Problems())
        _print_table("CoDraw", map(KnownScene.of, itertools.islice(drawn, 0, None, CODRAW_EVERY)))
    for name, path in (("cocoa", cocoa), ("ade20k", ade20k)):
        if path is not None:
            found = read_scenes(name, path, Problems(), break_cycles=True)
            _print_table(name, map(KnownScene.of, found))
    if meshes is not None and silhouettes is not None:
        deep = list(itertools.islice(_deep_scenes(meshes, silhouettes), DEEP_SCENES))
        estimated = [(scene, _as_estimated(nearness)) for scene, nearness in deep]
        if fit:
            _print_weights(np.concatenate([KnownScene.of(*item).evidence for item in estimated[::2]]))
        _print_table("new scenes", (KnownScene.of(scene) for scene, _ in deep[1::2]))
        _print_table("the same, nearness of the z-buffer", (KnownScene.of(*item) for item in deep[1::2]))
        _print_table("the same, nearness as estimated", (KnownScene.of(*item) for item in estimated[1::2]))


def _print_table(name: str, scenes: Iterator[KnownScene]) -> None:
    result = measure_depth_order(scenes)
    sorts = list(next(iter(result.values())))
    counts = [sum((tally.right, tally.wrong, tally.silent)) for tally in result["order"].values()]
    heads = [f"{sort} ({count})" for sort, count in zip(sorts, counts, strict=True)]
    print(f"| {name} | " + " | ".join(heads) + " |\n|---|" + "---|" * len(sorts))
    for rule, tallies in result.items():
        print(f"| {rule} | " + " | ".join(_cell(rule, tallies[sort]) for sort in sorts) + " |")
    print(flush=True)


def _cell(rule: str, tally: Tally) -> str:
    if not rule.startswith("by "):
        return f"{tally.share:.3f}"
    said = tally.right + tally.wrong
    return f"{tally.right / said:.3f} of the {said} it speaks of" if said else "silent"


def _print_weights(evidence: np.ndarray) -> None:
    """Logistic regression without intercept, each column scaled to deviation 1, by Newton's method."""
    used = evidence.any(axis=0)
    scale = evidence[:, used].std(axis=0)
    values = evidence[:, used] / scale
    weights = np.zeros(values.shape[1])
    for _ in range(30):
        wrong = 1 / (1 + np.exp(values @ weights))
        slope = values.T @ wrong / len(values) - RIDGE * weights
        bend = (values * (wrong * (1 - wrong))[:, None]).T @ values / len(values)
        weights += np.linalg.solve(bend + RIDGE * np.eye(len(weights)), slope)
    names = [kind for kind, flag in zip(KINDS, used, strict=True) if flag]
    found = ", ".join(f"{name} {value:.2f}" for name, value in zip(names, weights / scale, strict=True))
    print(f"Fitted to {len(values)} pairs: {found}\n")


def _deep_scenes(meshes: Path, silhouettes: Path) -> Iterator[tuple[LayeredScene, np.ndarray]]:
    """New scenes, a quarter of them in the open, with how near each pixel is."""
    shapes, outlines = MeshLibrary.open(meshes), SilhouetteLibrary.open(silhouettes)
    density = Density(furniture=1.5, small_things=2.0)
    for number in itertools.count():
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
    noise = cv2.GaussianBlur(noise, None, 0.04 * diagonal)
    logarithm = cv2.GaussianBlur(np.log(nearness + 1e-3), None, 0.008 * diagonal)
    return (logarithm + 0.1 * noise / noise.std()).astype(np.float32)


if __name__ == "__main__":
    main()
