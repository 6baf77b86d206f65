"""Draw planned scenes, flat and in depth: the README's two, and ten to look at.

    python scripts/draw_plans.py

Nothing is chosen by hand: the prompts stand below, seed 0; the README shows the first two.
"""

import argparse
from pathlib import Path

from PIL import Image, ImageDraw

from smartmask import Layout, SmartMask
from smartmask.apps.drawing import draw_layout, grey
from smartmask.apps.lettering import INK, PAPER, font_of
from smartmask.perspective.depth import depth_map, nearness
from smartmask.scene.camera import Camera

PROMPTS = (
    "a living room with a sofa, a coffee table and two armchairs",
    "a street with two cars, a bus and three people",
    "a bedroom with a bed, a lamp on a nightstand and a picture above the bed",
    "a kitchen with a refrigerator left of an oven, and a table with two chairs",
    "an office with a desk, a monitor on the desk and a bookcase",
    "a park with a bench, a dog next to the bench and three birds in the sky",
    "two boats on a lake, a tree on the left",
    "a meadow with three cows behind a fence and a barn in the background",
    "a beach with an umbrella, a boat and two people",
    "a bathroom with a toilet left of a bathtub and a mirror on the wall",
)
SHOWN = 2
TILE_WH = (400, 300)
LINE = 24
LIMIT = 8


def main() -> None:
    """Plan, draw, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--shown", type=Path, default=Path("docs/plans.png"), help="the README's")
    parser.add_argument("--all", type=Path, default=Path("docs/results/plans.png"), help="all ten")
    given = parser.parse_args()
    models = SmartMask.load()
    tiles = []
    for prompt in PROMPTS:
        scene = models.plan(prompt, size_hw=(480, 640), limit=LIMIT, seed=0)
        for _ in scene:
            pass
        tiles.append(tile(prompt, scene.layout, scene.camera))
    page(tiles[:SHOWN]).save(given.shown, optimize=True)
    page(tiles).save(given.all, optimize=True)


def tile(prompt: str, layout: Layout, camera: Camera) -> Image.Image:
    """The layout, its depth by the camera beside it, its words above."""
    width, height = TILE_WH
    depth = nearness(depth_map(layout, camera))
    made = Image.new("RGB", (2 * width, height + LINE), PAPER)
    ImageDraw.Draw(made).text((4, 4), prompt, font=font_of(14), fill=INK)
    for column, picture in enumerate((draw_layout(layout, None), grey(depth))):
        made.paste(picture.convert("RGB").resize(TILE_WH, Image.Resampling.LANCZOS), (column * width, LINE))
    return made


def page(tiles: list[Image.Image]) -> Image.Image:
    """Tiles in two columns."""
    width, height = tiles[0].size
    made = Image.new("RGB", (2 * width + LINE, -(-len(tiles) // 2) * height), PAPER)
    for number, part in enumerate(tiles):
        made.paste(part, (number % 2 * (width + LINE), number // 2 * height))
    return made.quantize(128, dither=Image.Dither.NONE)


if __name__ == "__main__":
    main()
