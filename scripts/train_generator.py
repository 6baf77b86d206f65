"""Train the shape generator, or go on with it: python scripts/train_generator.py --minutes 10 --device cpu.

What it reads lies in one folder (`make pack`); what it leaves for another machine, in another (--out).
"""

import argparse
import json
import os
import time
from pathlib import Path

import torch

from smartmask.training.mask.generator_batch import BatchSettings, ShapeTensors
from smartmask.training.mask.generator_loop import GeneratorTraining, read_parts, train_generator
from smartmask.training.mask.generator_network import GeneratorConfig
from smartmask.training.mask.generator_pack import CODEC_FILE, GeneratorPack
from smartmask.training.shape.export import read_shape_codec

FALLING = 0.45
"""Share of a final segment over which the rate falls."""


def main() -> None:
    """Read the pack, train for some minutes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pack", type=Path, default=Path("runs/pack"))
    parser.add_argument("--run", type=Path, default=Path("runs/generator"), help="folder of the state")
    parser.add_argument("--out", type=Path, help="folder of small files for another machine")
    parser.add_argument("--init", type=Path, help="folder of such files to begin with")
    parser.add_argument("--minutes", type=float, default=10.0, help="all told, reading included")
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument("--batch", type=int, help="views a step; default 256, on a card 4096")
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--variants", type=int, help="of each shape; default 1, on a card 8")
    parser.add_argument("--compile", action="store_true", help="compile the network")
    parser.add_argument("--final", action="store_true", help="let the rate fall to nothing")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--width", type=int, default=GeneratorConfig().width)
    parser.add_argument("--depth", type=int, default=GeneratorConfig().depth)
    given = parser.parse_args()
    began = time.monotonic()
    on_card = given.device == "cuda"
    torch.set_num_threads(given.threads)
    torch.backends.cuda.matmul.allow_tf32 = True
    pack = GeneratorPack.read(given.pack)
    codec = read_shape_codec(given.pack / CODEC_FILE)
    data = ShapeTensors(pack, codec, given.device, given.variants or (8 if on_card else 1))
    print(f"{data.codes.shape[0]} variants of {data.codes.shape[1]} shapes", end=", ")
    print(f"{time.monotonic() - began:.0f} s", flush=True)
    initial, views = None, 0
    if given.init:
        initial, _, views = read_parts(given.init)
    config = GeneratorTraining(
        network=GeneratorConfig(width=given.width, hidden=3 * given.width, depth=given.depth),
        views=BatchSettings(batch=given.batch or (4096 if on_card else 256)),
        learning_rate=given.learning_rate,
    )

    def rate(step: int) -> float | None:
        share = (time.monotonic() - began) / (60 * given.minutes)
        if share >= 1:
            return None
        return max(0.01, min(1.0, (1 - share) / FALLING)) if given.final else 1.0

    train_generator(
        config,
        data,
        given.run,
        rate=rate,
        out=given.out,
        initial=initial,
        initial_views=views,
        compiled=given.compile,
        on_log=lambda record: print(json.dumps(record), flush=True),
    )
    if given.out:
        log = given.out / "log.jsonl"
        temporary = log.with_suffix(".tmp")
        temporary.write_bytes((given.run / log.name).read_bytes())
        os.replace(temporary, log)
    card = torch.cuda.get_device_name() if on_card else "CPU"
    print(f"{card}, {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
