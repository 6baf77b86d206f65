"""Train the shape codec, or go on with it: python scripts/train_shape_codec.py --silhouettes FOLDER."""

import argparse
from pathlib import Path

import torch

from smartmask.training.shape.fields import shape_fields
from smartmask.training.shape.loop import ShapeCodecConfig, train_shape_codec


def main() -> None:
    """Make the fields if need be, train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--silhouettes", type=Path, required=True, help="folder of parquet files")
    parser.add_argument("--library", type=Path, help="silhouettes cut from annotated photos")
    parser.add_argument("--cache", type=Path, default=Path("runs/shapes"), help="folder of the fields")
    parser.add_argument("--run", type=Path, default=Path("runs/shape_codec"), help="folder of the run")
    parser.add_argument("--minutes", type=float, default=45.0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    data = shape_fields(given.silhouettes, given.library, given.cache, 2)
    config = ShapeCodecConfig(minutes=given.minutes)
    train_shape_codec(data, config, given.run, given.device, lambda record: print(record, flush=True))


if __name__ == "__main__":
    main()
