"""`smartmask data pack`: all that the shape generator and the chooser learn from, in one folder."""

from pathlib import Path

import click

from smartmask.apps.cli.lines import print_line
from smartmask.apps.cli.training.options import PATH, cache_option, data_option, need_training, shape_options
from smartmask.weights import WEIGHTS

SCENES = {"made": 10000, "voc": 2500, "coco": 1000}
"""Objects of each collection whose layout is told."""


@click.command()
@shape_options
@data_option
@cache_option
@click.option("--codec", type=PATH, default=WEIGHTS / "codec.npz", help="[default: the shipped one]")
@click.option("--out", type=PATH, default=Path("runs/pack"), show_default=True, help="Folder of the pack.")
def pack(silhouettes: Path, library: Path | None, data: Path, cache: Path, codec: Path, out: Path) -> None:
    """Pack whole shapes and objects of scenes, as codes, for `smartmask train mask` and `train chooser`."""
    need_training("data pack")
    from smartmask.backends.text_static import StaticTextEncoder
    from smartmask.data.shards import SceneDataset
    from smartmask.model.shape.codec import SilhouetteCodec
    from smartmask.training.mask.generator_pack import make_pack
    from smartmask.training.mask.scene_objects import scene_objects
    from smartmask.training.shape.fields import shape_codes, shape_fields

    coder = SilhouetteCodec.load(codec, threads=2)
    datasets = {name: SceneDataset.open(data / name) for name in SCENES}
    shapes = shape_fields(silhouettes, library, cache, 2)
    codes = shape_codes(shapes, coder, cache)
    objects = list(scene_objects(datasets, SCENES, coder, seed=0))
    encoder = StaticTextEncoder(WEIGHTS / "text.npz")
    made = make_pack(shapes.shapes, shapes.splits, codes, objects, coder, encoder)
    made.write(out, codec)
    size = sum(path.stat().st_size for path in out.iterdir())
    print_line(f"{out}: {len(made.codes)} shapes, {len(objects)} of them in scenes; {size:,} bytes")
