"""Train the readers of silhouettes: python scripts/train_recogniser.py --silhouettes FOLDER --out FOLDER.

They measure masks (`smartmask evaluate shapes`); nothing that draws, chooses or ranks masks may use them.
"""

import argparse
from pathlib import Path

import torch

from smartmask.data.shape_splits import split_shapes
from smartmask.data.shape_words import HALVES
from smartmask.training.recogniser.loop import (
    ReadShapes,
    RecogniserConfig,
    save_recogniser,
    train_recogniser,
)
from smartmask.training.shape.fields import read_shapes


def main() -> None:
    """Read the shapes, train both, write them with their log."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--silhouettes", type=Path, required=True, help="folder of parquet files")
    parser.add_argument("--library", type=Path, help="silhouettes cut from annotated photos")
    parser.add_argument("--out", type=Path, default=Path("runs/recogniser"))
    parser.add_argument("--minutes", type=float, default=4.0, help="for each of the two")
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    shapes = read_shapes(given.silhouettes, given.library)
    data = ReadShapes.of(shapes, split_shapes(shapes))
    print(f"{len(data.words)} words, {len(data.targets)} shapes", flush=True)
    config = RecogniserConfig(minutes=given.minutes)

    def on_log(record: dict[str, object]) -> None:
        print(record, flush=True)

    networks = [train_recogniser(data, half, config, given.out / f"half_{half}", on_log) for half in HALVES]
    save_recogniser(networks, data.words, given.out)


if __name__ == "__main__":
    main()
