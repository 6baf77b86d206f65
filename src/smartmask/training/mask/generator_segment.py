"""A segment of the generator's training, from a pack to a state. PyTorch and the model's own parts alone.

`scripts/train_generator.py` calls this on machines without click.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from smartmask.data.atomic import write_files
from smartmask.training.local_run import LOG_FILE
from smartmask.training.mask.generator_batch import BatchSettings, ShapeTensors
from smartmask.training.mask.generator_loop import GeneratorTraining, read_parts, train_generator
from smartmask.training.mask.generator_network import GeneratorConfig
from smartmask.training.mask.generator_pack import CODEC_FILE, GeneratorPack
from smartmask.training.shape.export import read_shape_codec

FALLING = 0.45
"""Share of a final segment over which the rate falls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratorSegment:
    """What a segment is told.

    Attributes:
        pack: Folder of what is learnt from (`smartmask data pack`).
        run: Folder of the state and the log.
        out: Folder of small files for another machine; None = none are written.
        init: Folder of such files to begin a new run with; None = from nothing.
        minutes: All told, reading included.
        device: "cpu" or "cuda".
        batch: Views a step; None = 256, on a card 4096.
        learning_rate: Peak.
        variants: Of each shape; None = 1, on a card 8.
        compile: Whether the network is compiled.
        final: Whether the rate falls to nothing.
        threads: Of PyTorch.
        width: Of the network.
        depth: Likewise.
    """

    pack: Path = Path("runs/pack")
    run: Path = Path("runs/generator")
    out: Path | None = None
    init: Path | None = None
    minutes: float = 10.0
    device: str = "cpu"
    batch: int | None = None
    learning_rate: float = 1e-3
    variants: int | None = None
    compile: bool = False
    final: bool = False
    threads: int = 1
    width: int = GeneratorConfig().width
    depth: int = GeneratorConfig().depth


def train_segment(segment: GeneratorSegment, say: Callable[[str], None]) -> None:
    """Read the pack, train for some minutes.

    Args:
        segment: What to do.
        say: Called with each line to print.

    Raises:
        CheckpointError: If the pack, the run or the files to begin with cannot be used.
    """
    began = time.monotonic()
    on_card = segment.device == "cuda"
    torch.set_num_threads(segment.threads)
    torch.backends.cuda.matmul.allow_tf32 = True
    pack = GeneratorPack.read(segment.pack)
    codec = read_shape_codec(segment.pack / CODEC_FILE)
    data = ShapeTensors(pack, codec, segment.device, segment.variants or (8 if on_card else 1))
    shapes = f"{data.codes.shape[0]} variants of {data.codes.shape[1]} shapes"
    say(f"{shapes}, {time.monotonic() - began:.0f} s")
    initial, views = None, 0
    if segment.init:
        initial, _, views = read_parts(segment.init)
    network = GeneratorConfig(width=segment.width, hidden=3 * segment.width, depth=segment.depth)
    config = GeneratorTraining(
        network=network,
        views=BatchSettings(batch=segment.batch or (4096 if on_card else 256)),
        learning_rate=segment.learning_rate,
    )

    def rate(step: int) -> float | None:
        share = (time.monotonic() - began) / (60 * segment.minutes)
        if share >= 1:
            return None
        return max(0.01, min(1.0, (1 - share) / FALLING)) if segment.final else 1.0

    train_generator(
        config,
        data,
        segment.run,
        rate=rate,
        out=segment.out,
        initial=initial,
        initial_views=views,
        compiled=segment.compile,
        on_log=lambda record: say(json.dumps(record)),
    )
    if segment.out:
        write_files({segment.out / LOG_FILE: (segment.run / LOG_FILE).read_bytes()})
    card = torch.cuda.get_device_name() if on_card else "CPU"
    say(f"{card}, {time.monotonic() - began:.0f} s")
