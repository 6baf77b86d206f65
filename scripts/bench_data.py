"""Speed of the data engine on one core: scenes made, and training views drawn from a dataset.

    make bench        (or: python scripts/bench_data.py --meshes FOLDER --silhouettes FILE --dataset FOLDER)

Both are by processor time, so that other work on the machine does not count.
"""

import time
from pathlib import Path

import click
import cv2
import torch

from smartmask.backends.text_static import StaticTextEncoder
from smartmask.data.examples.example import REFINE_ONLY
from smartmask.data.shards import SceneDataset
from smartmask.data.synthesis.scenes import SynthesisSettings, make_scenes
from smartmask.training.base.views import ViewDataset, ViewSettings
from smartmask.weights import WEIGHTS

SCENES, SEED = 60, 12345
VIEWS = 2048


@click.command()
@click.option("--meshes", type=click.Path(path_type=Path), required=True)
@click.option("--silhouettes", type=click.Path(path_type=Path), required=True)
@click.option("--layouts", type=click.Path(path_type=Path), help="Dataset of photos' layouts.")
@click.option("--dataset", type=click.Path(path_type=Path), required=True, help="Where views are drawn from.")
def main(meshes: Path, silhouettes: Path, layouts: Path | None, dataset: Path) -> None:
    """Print the table."""
    cv2.setNumThreads(0)
    torch.set_num_threads(1)
    settings = SynthesisSettings(meshes=meshes, silhouettes=silhouettes, layouts=layouts)
    list(make_scenes(0, 1, SEED, settings))  # opens the libraries
    started = time.process_time()
    scenes = list(make_scenes(1, SCENES, SEED, settings))
    made = SCENES / (time.process_time() - started)
    things = sum(layer.is_thing for scene in scenes for layer in scene.layers) / SCENES

    settings_of_views = ViewSettings(resolution=64, mixture={dataset.name: 1.0}, passes=REFINE_ONLY)
    started = time.process_time()
    encoder = StaticTextEncoder(WEIGHTS / "text.npz")
    views = ViewDataset({dataset.name: SceneDataset.open(dataset)}, settings_of_views, encoder)
    opened = time.process_time()
    for number in range(VIEWS):
        views[number]
    drawn = VIEWS / (time.process_time() - opened)
    print(f"scenes made/s, {things:.1f} things each                         {made:6.1f}")
    print(f"training views/s, 64 px, from {dataset.name:<10}                   {drawn:6.0f}")
    print(f"seconds to open {dataset.name:<10}                                 {opened - started:6.2f}")


if __name__ == "__main__":
    main()
