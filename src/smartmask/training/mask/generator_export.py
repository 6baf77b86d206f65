"""The trained shape generator -> the ONNX file that ships."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from onnx import helper

from smartmask.data.atomic import write_files
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
from smartmask.training.eight_bits import rounded, store_eight_bits
from smartmask.training.mask.generator_network import GeneratorConfig, ShapeGenerator
from smartmask.training.onnx_parts import OPSET, drop_traces, store_half

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
    stored = ShapeGenerator(network.config)
    stored.load_state_dict({name: rounded(value) for name, value in network.state_dict().items()})
    stored.eval()
    batch = torch.export.Dim("batch", min=1, max=4096)
    program = torch.onnx.export(
        stored,
        random_inputs(network.config, 2),
        dynamo=True,
        input_names=list(INPUTS),
        output_names=["clean"],
        dynamic_shapes=tuple({0: batch} if name in BATCHED else {} for name in INPUTS),
        opset_version=OPSET,
        optimize=False,
        verbose=False,
    )
    assert program is not None  # it is, without a file name
    model = program.model_proto
    drop_traces(model)
    store_half(model, keep=store_eight_bits(model))
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
    helper.set_model_props(model, {"smartmask": json.dumps(asdict(card))})
    write_files({path: model.SerializeToString()})
    return _parity(stored, path)


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


@torch.no_grad()
def _parity(network: ShapeGenerator, path: Path) -> float:
    inputs = random_inputs(network.config, 3)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    given = {name: value.numpy() for name, value in zip(INPUTS, inputs, strict=True)}
    return float(np.abs(session.run(["clean"], given)[0] - network(*inputs).numpy()).max())
