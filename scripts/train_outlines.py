"""Train the judge of outlines: python scripts/train_outlines.py --steps 1500.

Reads a pack (`make pack`), lets the shipped generator draw for its words (once; kept beside it), and writes
`src/smartmask/weights/outlines.npz`.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from smartmask.evaluation.metrics.separation import auc
from smartmask.model.mask.generator import ShapeGenerator
from smartmask.model.shape.codec import SilhouetteCodec
from smartmask.training.mask.generator_pack import GeneratorPack
from smartmask.training.ranker.outline_drawing import DrawnRows, draw_rows
from smartmask.training.ranker.outline_loop import (
    OutlineData,
    OutlineTraining,
    export_outlines,
    fitted_slopes,
    held_out_logits,
    train_outlines,
)
from smartmask.weights import WEIGHTS

REQUESTS = {"train": 3000, "validation": 500}


def main() -> None:
    """Draw, train, export, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pack", type=Path, default=Path("runs/pack"))
    parser.add_argument("--run", type=Path, default=Path("runs/outlines"), help="folder of what was drawn")
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--out", type=Path, default=WEIGHTS / "outlines.npz")
    given = parser.parse_args()
    torch.set_num_threads(1)
    given.run.mkdir(parents=True, exist_ok=True)
    pack = GeneratorPack.read(given.pack)
    codec = SilhouetteCodec.load(WEIGHTS / "codec.npz")
    drawn = {}
    for part, requests in REQUESTS.items():
        path = given.run / f"drawn_{part}.npz"
        if not path.exists():
            generator = ShapeGenerator(WEIGHTS / "generator.onnx", codec.digest)
            draw_rows(pack, generator, part, requests).write(path)
        drawn[part] = DrawnRows.read(path)
        print(f"{path}: {len(drawn[part].rows)} drawn shapes", flush=True)
    data = OutlineData(pack, drawn)
    network, views = train_outlines(
        OutlineTraining(), data, given.steps, lambda record: print(json.dumps(record), flush=True)
    )
    logits = held_out_logits(network, data)
    slopes = fitted_slopes(logits)
    export_outlines(network, slopes, codec.digest, views, given.out)
    real, fake, other = (part.double().numpy() for part in logits.chunk(3))
    for name, no, column in (("real against drawn", fake, 0), ("own words against others'", other, 1)):
        yes = real[:, column]
        shares = 1 / (1 + np.exp(-np.concatenate([yes, no[:, column]]) / slopes[column]))
        truth = np.repeat([1.0, 0.0], len(yes))
        print(f"{name}: AUC {auc(yes, no[:, column]):.3f}, calibration error {off(shares, truth):.3f}")
    print(f"{given.out}: {views} views, slopes {slopes}, {given.out.stat().st_size} bytes")


def off(shares: np.ndarray, truth: np.ndarray) -> float:
    """Expected calibration error over ten equal bins (Guo et al. 2017, equation 3)."""
    bins = np.minimum((shares * 10).astype(int), 9)
    return sum(
        (bins == number).mean() * abs(truth[bins == number].mean() - shares[bins == number].mean())
        for number in range(10)
        if (bins == number).any()
    )


if __name__ == "__main__":
    main()
