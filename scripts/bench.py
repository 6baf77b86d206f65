"""Time and memory of suggestions, and ONNX Runtime against eager PyTorch on the same network.

    make bench        (or: python scripts/bench.py [--weights FILE])

Ratios are of medians taken alternately in one run; seconds depend on the machine, ratios hardly.
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

from smartmask import Box, Layer, Layout, SmartMask
from smartmask.apps.load import WEIGHTS

ROUNDS = 5


@click.command()
@click.option("--weights", type=click.Path(path_type=Path), default=WEIGHTS / "mask.onnx")
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
    photo = _median(lambda: smartmask.suggest(_photo(), "a dog", n=4))
    print(f"four suggestions at 512x512, warm, no hint, from a layout   {free:6.2f} s")
    print(f"four suggestions at 512x512, warm, box, from a layout       {boxed:6.2f} s")
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
    for batch in (1, 2, 8):
        onnx, eager = _forward_seconds(weights, batch)
        print(
            f"one forward pass of {batch} views, one thread: ONNX Runtime {onnx * 1e3:.1f} ms, eager PyTorch "
            f"{eager * 1e3:.1f} ms, ratio {onnx / eager:.2f}"
        )


def _median(run: Callable[[], object]) -> float:
    seconds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def _forward_seconds(weights: Path, batch: int) -> tuple[float, float]:
    """Median seconds of a forward pass in ONNX Runtime and in eager PyTorch, taken in turn."""
    import torch

    from smartmask.model.backbone import BackboneConfig, CompactBackbone
    from smartmask.model.onnx_denoiser import INPUTS, open_session, read_card
    from smartmask.training.export import load_weights, random_inputs

    torch.set_num_threads(1)
    session = open_session(weights, threads=1)
    backbone = CompactBackbone(BackboneConfig(**read_card(session, weights).backbone)).eval()
    backbone.load_state_dict(load_weights(weights))
    inputs = random_inputs(backbone.config, batch=batch)
    feed = {name: value.numpy() for name, value in zip(INPUTS, inputs, strict=True)}
    onnx, eager = [], []
    with torch.no_grad():
        for _ in range(2 + 4 * ROUNDS):
            started = time.perf_counter()
            session.run(["clean"], feed)
            between = time.perf_counter()
            backbone(*inputs)
            onnx.append(between - started)
            eager.append(time.perf_counter() - between)
    return statistics.median(onnx[2:]), statistics.median(eager[2:])


def _layout() -> Layout:
    rows = np.arange(512)[:, None].repeat(512, 1)
    return Layout((512, 512), (Layer("wall", rows < 300), Layer("floor", rows >= 300)))


def _photo() -> np.ndarray:
    rng = np.random.default_rng(0)
    photo = np.full((512, 512, 3), (200, 190, 170), np.float32)
    photo[300:] = (120, 90, 60)
    return np.clip(photo + rng.normal(0, 6, photo.shape), 0, 255).astype(np.uint8)


if __name__ == "__main__":
    main()
