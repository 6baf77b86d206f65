"""Write the trained shape codec as the file that ships: python scripts/export_shape_codec.py."""

import argparse
from pathlib import Path

import torch

from smartmask.training.shape.export import export_shape_codec
from smartmask.training.shape.network import ShapeAutoencoder
from smartmask.weights import WEIGHTS


def main() -> None:
    """Read the run's averaged network, write it, say how far it is from PyTorch."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, default=Path("runs/shape_codec"))
    parser.add_argument("--out", type=Path, default=WEIGHTS / "codec.npz")
    given = parser.parse_args()
    state = torch.load(given.run / "state.pt", weights_only=True)
    network = ShapeAutoencoder()
    network.load_state_dict(state["average"])
    views = state["step"] * state["config"]["batch"]
    difference = export_shape_codec(network, views, given.out)
    print(f"{given.out}: {views:,} views, {given.out.stat().st_size:,} bytes, differs by {difference:.2g}")


if __name__ == "__main__":
    main()
