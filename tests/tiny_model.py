"""The mask model at a width of 16, exported once for all tests that read it."""

import warnings
from pathlib import Path
from typing import NamedTuple

import torch
from tiny_codec import COMPONENTS, LABEL_WIDTH, RESOLUTION, TEXT_WIDTH

from smartmask.model.backbone import BackboneConfig, CompactBackbone
from smartmask.training.export import export_mask_model

SIZES = BackboneConfig(
    resolution=RESOLUTION,
    components=COMPONENTS,
    text_width=TEXT_WIDTH,
    label_width=LABEL_WIDTH,
    layout_width=16,
    width=16,
    hidden=32,
    depth=1,
)
VIEWS = 1234


class TinyModel(NamedTuple):
    """A network, its file, and the difference that the export reported."""

    network: CompactBackbone
    path: Path
    difference: float


def perturbed_network() -> CompactBackbone:
    """A network all of whose parameters take part: as built, some are zero and hide their inputs."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = CompactBackbone(SIZES)
        with torch.no_grad():
            for parameter in network.parameters():
                parameter.add_(torch.randn_like(parameter) * 0.2)
    return network.eval()


def export_tiny_model(folder: Path) -> TinyModel:
    """Export the network into a folder."""
    network = perturbed_network()
    with warnings.catch_warnings():
        # PyTorch's exporter uses a part of itself that it deprecates.
        warnings.filterwarnings("ignore", ".*LeafSpec", FutureWarning)
        difference = export_mask_model(network, VIEWS, folder / "mask.onnx")
    return TinyModel(network, folder / "mask.onnx", difference)
