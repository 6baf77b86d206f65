"""`smartmask bench`: time and memory of suggestions, what HTTP adds, and speed of the data engine."""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from smartmask.apps.cli.lines import print_line
from smartmask.weights import WEIGHTS

if TYPE_CHECKING:  # so that --help is quick
    import numpy as np

_PATH = click.Path(path_type=Path, readable=False)
SCENES, SEED, VIEWS = 60, 12345, 2048


@click.command()
@click.option(
    "--weights", type=_PATH, default=WEIGHTS / "generator.onnx", help="ONNX file.  [default: the shipped one]"
)
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True, help="Of each, for medians.")
@click.option("--meshes", type=_PATH, help="Measure the data engine, too: meshes for made scenes,")
@click.option("--silhouettes", type=_PATH, help="... their silhouettes,")
@click.option("--layouts", type=_PATH, help="... a dataset of photos' layouts for them,")
@click.option("--dataset", type=_PATH, help="... and where training views are drawn from.")
@click.option("--peak", is_flag=True, hidden=True)
def bench(
    weights: Path,
    rounds: int,
    meshes: Path | None,
    silhouettes: Path | None,
    layouts: Path | None,
    dataset: Path | None,
    peak: bool,
) -> None:
    """Measure seconds and megabytes of suggestions on this machine.

    With the extra "web" also how long the studio's answers take, in times of the same calls in Python. With
    --meshes, --silhouettes and --dataset also how fast scenes and training views are made, by
    processor time, so that other work on the machine does not count.
    """
    engine = (meshes, silhouettes, dataset)
    if any(engine) and not all(engine):
        raise click.UsageError("the data engine needs --meshes, --silhouettes and --dataset")
    if peak:  # a process of its own: what else is measured would count into its peak
        import resource

        from smartmask.apps.load import SmartMask

        SmartMask.load(weights).suggest(_photo(), "a dog", n=4)
        print_line(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024))
        return
    for name, figure in _suggestions(weights, rounds):
        print_line(f"{name:60}{figure}")
    if find_spec("fastapi") and find_spec("uvicorn"):
        from smartmask.apps.cli.bench_serving import serving

        for name, figure in serving(weights, _photo(), rounds):
            print_line(f"{name:60}{figure}")
    if meshes and silhouettes and dataset:
        for name, figure in _engine(meshes, silhouettes, layouts, dataset):
            print_line(f"{name:60}{figure}")


def _suggestions(weights: Path, rounds: int) -> Iterator[tuple[str, str]]:
    import numpy as np
    from PIL import Image

    from smartmask import Box, Guidance, Layer, Layout, NoGuidance, Scribble, SmartMask

    smartmask = SmartMask.load(weights)
    rows, columns = np.mgrid[:512, :512]
    layout = Layout((512, 512), (Layer("wall", rows < 300), Layer("floor", rows >= 300)))
    oval = np.hypot((rows - 340) / 130, (columns - 200) / 90) < 1
    smartmask.suggest(layout, "a dog", n=4)
    what = "four suggestions at 512x512, warm, "
    hints: dict[str, Guidance] = {
        "no hint": NoGuidance(),
        "box": Box((100, 200, 300, 480)),
        "scribble": Scribble(oval),
    }
    for name, guidance in hints.items():
        suggest = partial(smartmask.suggest, layout, "a dog", guidance=guidance, n=4)
        yield f"{what}{name}, from a layout", f"{_median(suggest, rounds):6.2f} s"
    photo = _median(lambda: smartmask.suggest(_photo(), "a dog", n=4), rounds)
    yield f"{what}no hint, from a photo", f"{photo:6.2f} s"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "photo.png"
        Image.fromarray(_photo()).save(path)
        command = [sys.executable, "-m", "smartmask", "suggest", str(path), "a dog"]
        command += ["--weights", str(weights), "--out", str(Path(folder) / "out")]
        cold = _median(lambda: subprocess.run(command, check=True, capture_output=True), rounds)
    yield "the command, cold, photo of 512x512", f"{cold:6.2f} s"
    again = [sys.executable, "-m", "smartmask", "bench", "--weights", str(weights), "--peak"]
    done = subprocess.run(again, check=True, capture_output=True, text=True)
    yield "peak memory of a process that does this", f"{done.stdout.strip():>6} MB"


def _engine(
    meshes: Path, silhouettes: Path, layouts: Path | None, dataset: Path
) -> Iterator[tuple[str, str]]:
    import cv2
    import torch

    from smartmask.data.synthesis.scenes import SynthesisSettings, make_scenes

    cv2.setNumThreads(0)
    torch.set_num_threads(1)
    settings = SynthesisSettings(meshes=meshes, silhouettes=silhouettes, layouts=layouts)
    list(make_scenes(0, 1, SEED, settings))  # opens the libraries
    started = time.process_time()
    scenes = list(make_scenes(1, SCENES, SEED, settings))
    made = SCENES / (time.process_time() - started)
    things = sum(layer.is_thing for scene in scenes for layer in scene.layers) / SCENES
    yield f"scenes made/s, {things:.1f} things each", f"{made:6.1f}"
    yield from views_drawn(dataset)


def views_drawn(dataset: Path) -> Iterator[tuple[str, str]]:
    """How fast training views are drawn from a dataset, by processor time."""
    from smartmask.backends.text_static import StaticTextEncoder
    from smartmask.data.examples.example import REFINE_ONLY
    from smartmask.data.shards import SceneDataset
    from smartmask.training.base.views import ViewDataset, ViewSettings

    wanted = ViewSettings(resolution=64, mixture={dataset.name: 1.0}, passes=REFINE_ONLY)
    started = time.process_time()
    encoder = StaticTextEncoder(WEIGHTS / "text.npz")
    views = ViewDataset({dataset.name: SceneDataset.open(dataset)}, wanted, encoder)
    opened = time.process_time()
    for number in range(VIEWS):
        views[number]
    drawn = VIEWS / (time.process_time() - opened)
    yield f"training views/s, 64 px, from {dataset.name}", f"{drawn:6.0f}"
    yield f"seconds to open {dataset.name}", f"{opened - started:6.2f}"


def _median(run: Callable[[], object], rounds: int) -> float:
    seconds = []
    for _ in range(rounds):
        started = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def _photo() -> "np.ndarray":
    import numpy as np

    rng = np.random.default_rng(0)
    photo = np.full((512, 512, 3), (200, 190, 170), np.float32)
    photo[300:] = (120, 90, 60)
    return np.clip(photo + rng.normal(0, 6, photo.shape), 0, 255).astype(np.uint8)
