"""The trained shape generator -> the ONNX file that ships."""

import json
from dataclasses import asdict
from pathlib import Path

import torch

from smartmask.model.diffusion.condition import SPECIAL_ROWS
from smartmask.model.mask.generator import FORMAT, FORMAT_VERSION, INPUTS, GeneratorCard
from smartmask.model.mask.generator_inputs import (
    CHANGES,
    CODE_NUMBERS,
    DRAWING_PX,
    LAYOUT_CELLS,
    NEIGHBOURS,
    NUMBERS,
    STYLES,
)
from smartmask.model.shape.frame import CELLS
from smartmask.training.mask.generator_batch import ShapeTensors
from smartmask.training.mask.generator_loop import load_average
from smartmask.training.mask.generator_network import GeneratorConfig, ShapeGenerator
from smartmask.training.mask.generator_pack import CODEC_FILE, GeneratorPack
from smartmask.training.onnx_export import BATCH, as_stored, onnx_difference, onnx_model, write_onnx
from smartmask.training.shape.export import read_shape_codec

LICENCE = "Apache-2.0"


def export_generator(
    network: ShapeGenerator,
    path: Path,
    *,
    codec: str,
    mean: list[float],
    deviation: list[float],
    views: int,
    unseen: list[str],
) -> float:
    """Write a network as the shipped file.

    Args:
        network: The (averaged) network.
        path: Where to; replaced only when complete.
        codec: Digest of the codec.
        mean: Of each channel of its codes.
        deviation: Likewise.
        views: Training views it has seen.
        unseen: Last words of labels that it has learnt nothing of.

    Returns:
        The largest difference to PyTorch on a random batch, both with the rounded weights.
    """
    stored = as_stored(network)
    dynamic = tuple({0: BATCH} if name in BATCHED else {} for name in INPUTS)
    model = onnx_model(stored, random_inputs(network.config, 2), INPUTS, ["clean"], dynamic)
    card = GeneratorCard(
        format=FORMAT,
        version=FORMAT_VERSION,
        codec=codec,
        mean=mean,
        deviation=deviation,
        views=views,
        network=asdict(network.config),
        unseen=unseen,
        licence=LICENCE,
    )
    write_onnx(model, asdict(card), path)
    return onnx_difference(path, stored, dict(zip(INPUTS, random_inputs(network.config, 3), strict=True)))


def export_run(run: Path, pack: Path, path: Path) -> tuple[int, float]:
    """Write the averaged network of a run, or of a folder of parts, as the shipped file.

    Args:
        run: The run's folder, or that of the parts.
        pack: Folder of what it learnt from.
        path: Where to; replaced only when complete.

    Returns:
        The views it has seen, and the largest difference to PyTorch.

    Raises:
        CheckpointError: If one of them cannot be read.
    """
    network, views = load_average(run)
    packed = GeneratorPack.read(pack)
    data = ShapeTensors(packed, read_shape_codec(pack / CODEC_FILE), "cpu")
    card = json.loads(packed.card.tobytes())
    each = CELLS**2
    difference = export_generator(
        network,
        path,
        codec=card["codec"],
        mean=data.mean[::each].tolist(),
        deviation=data.deviation[::each].tolist(),
        views=views,
        unseen=card["unseen"],
    )
    return views, difference


BATCHED = ("noisy", "previous", "neighbours")
"""Inputs of one row a sample; the others are the same for all of them."""


def random_inputs(config: GeneratorConfig, batch: int) -> tuple[torch.Tensor, ...]:
    """Inputs of the network in their order, seeded: what export traces and parity compares."""
    random = torch.Generator().manual_seed(0)

    def normal(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=random)

    cells = (1, LAYOUT_CELLS**2, config.text_width + SPECIAL_ROWS)
    return (
        normal(batch, NUMBERS),
        torch.rand(1, generator=random),
        normal(batch, NUMBERS),
        normal(1, config.text_width) / 16,
        normal(1, 2),
        normal(1, len(STYLES)),
        normal(1, CHANGES),
        torch.rand(1, DRAWING_PX, DRAWING_PX, generator=random),
        normal(*cells) / 16,
        normal(batch, NEIGHBOURS, CODE_NUMBERS),
    )
