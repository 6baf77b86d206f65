"""Write the trained shape generator as the file that ships: scripts/export_generator.py --run FOLDER."""

import argparse
import json
from pathlib import Path

from smartmask.training.mask.generator_batch import ShapeTensors
from smartmask.training.mask.generator_export import export_generator
from smartmask.training.mask.generator_loop import load_average
from smartmask.training.mask.generator_pack import CODEC_FILE, GeneratorPack
from smartmask.training.shape.export import read_shape_codec
from smartmask.weights import WEIGHTS


def main() -> None:
    """Read the run's averaged network, write it, say how far it is from PyTorch."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--run", type=Path, default=Path("runs/generator"), help="folder of a state, or of parts"
    )
    parser.add_argument("--pack", type=Path, default=Path("runs/pack"))
    parser.add_argument("--out", type=Path, default=WEIGHTS / "generator.onnx")
    given = parser.parse_args()
    network, views = load_average(given.run)
    pack = GeneratorPack.read(given.pack)
    data = ShapeTensors(pack, read_shape_codec(given.pack / CODEC_FILE), "cpu")
    card = json.loads(pack.card.tobytes())
    each = len(data.mean) // 8
    difference = export_generator(
        network,
        given.out,
        codec=card["codec"],
        mean=data.mean[::each].tolist(),
        deviation=data.deviation[::each].tolist(),
        views=views,
        unseen=card["unseen"],
    )
    print(f"{given.out}: {views:,} views, {given.out.stat().st_size:,} bytes, differs by {difference:.2g}")


if __name__ == "__main__":
    main()
