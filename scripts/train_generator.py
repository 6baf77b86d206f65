"""`smartmask train mask` for a machine that has PyTorch but no click: `make train-gpu` runs it."""

import argparse
from pathlib import Path

from smartmask.training.mask.generator_segment import GeneratorSegment, train_segment


def main() -> None:
    """Train a segment. The options are the attributes of `GeneratorSegment`, and explained there."""
    parser = argparse.ArgumentParser(description=__doc__, argument_default=argparse.SUPPRESS)
    for name in ("--pack", "--run", "--out", "--init"):
        parser.add_argument(name, type=Path)
    for name in ("--batch", "--variants", "--threads", "--width", "--depth"):
        parser.add_argument(name, type=int)
    for name in ("--minutes", "--learning-rate"):
        parser.add_argument(name, type=float)
    for name in ("--compile", "--final"):
        parser.add_argument(name, action="store_true")
    parser.add_argument("--device", choices=("cpu", "cuda"))
    segment = GeneratorSegment(**vars(parser.parse_args()))
    train_segment(segment, lambda line: print(line, flush=True))


if __name__ == "__main__":
    main()
