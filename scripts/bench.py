"""Time and memory of suggestions.

    make bench        (or: python scripts/bench.py [--weights FILE])

Seconds depend on the machine; medians of a few runs.
"""

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import click
import numpy as np
from PIL import Image

from smartmask import Box, Layer, Layout, Scribble, SmartMask
from smartmask.weights import WEIGHTS

ROUNDS = 5


@click.command()
@click.option("--weights", type=click.Path(path_type=Path), default=WEIGHTS / "generator.onnx")
@click.option("--memory-only", is_flag=True, hidden=True)
def main(weights: Path, memory_only: bool) -> None:
    """Print the table."""
    if memory_only:  # a process of its own: PyTorch below would count into its peak
        SmartMask.load(weights).suggest(_photo(), "a dog", n=4)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
        return
    smartmask = SmartMask.load(weights)
    layout = _layout()
    smartmask.suggest(layout, "a dog", n=4)
    free = _median(lambda: smartmask.suggest(layout, "a dog", n=4))
    boxed = _median(lambda: smartmask.suggest(layout, "a dog", guidance=Box((100, 200, 300, 480)), n=4))
    drawn = Scribble(_oval())
    drawing = _median(lambda: smartmask.suggest(layout, "a dog", guidance=drawn, n=4))
    photo = _median(lambda: smartmask.suggest(_photo(), "a dog", n=4))
    print(f"four suggestions at 512x512, warm, no hint, from a layout   {free:6.2f} s")
    print(f"four suggestions at 512x512, warm, box, from a layout       {boxed:6.2f} s")
    print(f"four suggestions at 512x512, warm, scribble, from a layout  {drawing:6.2f} s")
    print(f"four suggestions at 512x512, warm, no hint, from a photo    {photo:6.2f} s")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "photo.png"
        Image.fromarray(_photo()).save(path)
        command = [sys.executable, "-m", "smartmask.apps.cli.main", "suggest", str(path), "a dog"]
        command += ["--weights", str(weights), "--out", str(Path(folder) / "out")]
        cold = _median(lambda: subprocess.run(command, check=True, capture_output=True))
    print(f"the command, cold, photo of 512x512                         {cold:6.2f} s")
    again = [sys.executable, __file__, "--weights", str(weights), "--memory-only"]
    peak = subprocess.run(again, check=True, capture_output=True, text=True).stdout.strip()
    print(f"peak memory of a process that does this                     {peak:>6} MB")


def _median(run: Callable[[], object]) -> float:
    seconds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def _layout() -> Layout:
    rows = np.arange(512)[:, None].repeat(512, 1)
    return Layout((512, 512), (Layer("wall", rows < 300), Layer("floor", rows >= 300)))


def _oval() -> np.ndarray:
    rows, columns = np.mgrid[:512, :512]
    return np.hypot((rows - 340) / 130, (columns - 200) / 90) < 1


def _photo() -> np.ndarray:
    rng = np.random.default_rng(0)
    photo = np.full((512, 512, 3), (200, 190, 170), np.float32)
    photo[300:] = (120, 90, 60)
    return np.clip(photo + rng.normal(0, 6, photo.shape), 0, 255).astype(np.uint8)


if __name__ == "__main__":
    main()
