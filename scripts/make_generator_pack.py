"""Make the pack that the shape generator learns from: python scripts/make_generator_pack.py --silhouettes
FOLDER --library runs/silhouettes.npz --data runs/data.
"""

import argparse
from pathlib import Path

from smartmask.backends.text_static import StaticTextEncoder
from smartmask.data.shards import SceneDataset
from smartmask.model.shape.codec import SilhouetteCodec
from smartmask.training.mask.generator_pack import SHAPES_FILE, make_pack
from smartmask.training.mask.scene_objects import scene_objects
from smartmask.training.shape.fields import shape_codes, shape_fields
from smartmask.weights import WEIGHTS

SCENES = {"made": 10000, "voc": 2500, "coco": 1000}
"""Objects of each collection whose layout is told."""


def main() -> None:
    """Read, code, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--silhouettes", type=Path, required=True, help="folder of parquet files")
    parser.add_argument("--library", type=Path, help="silhouettes cut from annotated photos")
    parser.add_argument("--data", type=Path, default=Path("runs/data"), help="folder of scenes")
    parser.add_argument("--cache", type=Path, default=Path("runs/shapes"), help="folder of fields and codes")
    parser.add_argument("--codec", type=Path, default=WEIGHTS / "codec.npz")
    parser.add_argument("--out", type=Path, default=Path("runs/pack"))
    given = parser.parse_args()
    codec = SilhouetteCodec.load(given.codec, threads=2)
    data = shape_fields(given.silhouettes, given.library, given.cache, 2)
    codes = shape_codes(data, codec, given.cache)
    datasets = {name: SceneDataset.open(given.data / name) for name in SCENES}
    objects = list(scene_objects(datasets, SCENES, codec, seed=0))
    encoder = StaticTextEncoder(WEIGHTS / "text.npz")
    pack = make_pack(data.shapes, data.splits, codes, objects, codec, encoder)
    pack.write(given.out, given.codec)
    size = sum(path.stat().st_size for path in given.out.iterdir())
    print(f"{given.out}: {len(pack.codes)} shapes, {len(objects)} of them in scenes; {size:,} bytes")
    print(f"{(given.out / SHAPES_FILE).stat().st_size:,} bytes of shapes")


if __name__ == "__main__":
    main()
