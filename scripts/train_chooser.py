"""Train the chooser of remembered shapes: python scripts/train_chooser.py --minutes 12.

Reads a pack (`make pack`) and the shipped memory, and writes `src/smartmask/weights/chooser.npz`.
"""

import argparse
import time
from pathlib import Path

import torch

from smartmask.apps.load_suggest import load_recall
from smartmask.backends.text_static import StaticTextEncoder
from smartmask.model.shape.codec import SilhouetteCodec
from smartmask.training.mask.chooser_data import chooser_data
from smartmask.training.mask.chooser_loop import ChooserTraining, export_chooser, train_chooser
from smartmask.training.mask.generator_pack import GeneratorPack
from smartmask.weights import WEIGHTS


def main() -> None:
    """Read, train, export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pack", type=Path, default=Path("runs/pack"))
    parser.add_argument("--run", type=Path, default=Path("runs/chooser"), help="folder of the run")
    parser.add_argument("--minutes", type=float, default=12.0, help="of training, without the reading")
    parser.add_argument("--out", type=Path, default=WEIGHTS / "chooser.npz")
    given = parser.parse_args()
    torch.set_num_threads(1)
    config = ChooserTraining(minutes=given.minutes)
    codec = SilhouetteCodec.load(WEIGHTS / "codec.npz")
    recall = load_recall(None, StaticTextEncoder(WEIGHTS / "text.npz"), codec)
    began = time.monotonic()
    data = chooser_data(
        GeneratorPack.read(given.pack), recall.memory, recall.candidates, codec, config.network.picture
    )
    print(f"{len(data.rows)} objects, {time.monotonic() - began:.0f} s", flush=True)

    def on_log(record: dict[str, float]) -> None:
        print(" ".join(f"{name} {value:.3f}" for name, value in record.items()), flush=True)

    network, views = train_chooser(config, data, given.run, on_log=on_log)
    export_chooser(network, views, given.out)
    print(f"{given.out}: {views} views, {given.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
