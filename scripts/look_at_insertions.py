"""Cut-outs put into photos by the reference composite, on a sheet to be judged by eye.

    python scripts/look_at_insertions.py ../shared/data/coco --out out/insertions

Complete objects are cut out of their COCO photos by their own masks, their edges softened a little, and put
into other photos at places chosen by hand. The mask is the object's own, moved and scaled to the place
("own"), or what the shipped model suggests for its box ("suggested"). Seeds are fixed: the same files, the
same sheet.
"""

from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np
import pyarrow.parquet
from jaxtyping import Bool, UInt8
from PIL import Image, ImageFilter

from smartmask import Box, SmartMask
from smartmask.apps.drawing import ACCENT, draw_contour, draw_page, grey
from smartmask.compositing.reference_composite import ReferenceComposite
from smartmask.data.atomic import write_files
from smartmask.scene.picture import png_bytes
from smartmask.scene.rle import decode_rle

SEED = 0
TILE_WH = (590, 470)
SOFTENING_PX = 0.8


class Pair(NamedTuple):
    """An object of one photo and its place in another."""

    photo: int
    box_xyxy: tuple[int, int, int, int]
    source: int
    number: int
    prompt: str
    mask: str
    shadow: float = 0.7
    behind: str | None = None


PAIRS = (
    Pair(307, (60, 235, 240, 360), 187334, 0, "a sheep", "own"),
    Pair(149, (430, 195, 560, 375), 153299, 1, "a giraffe", "suggested"),
    Pair(109, (80, 215, 250, 330), 312, 0, "an elephant", "own"),
    Pair(74, (400, 230, 520, 350), 524291, 0, "a dog", "suggested"),
    Pair(510, (430, 248, 512, 348), 114694, 0, "a teddy bear", "own"),
    Pair(382, (130, 330, 310, 455), 519611, 0, "a polar bear", "own"),
    Pair(151, (60, 450, 240, 580), 249346, 0, "a panda", "suggested"),
    Pair(64, (330, 440, 395, 570), 194322, 0, "a fire hydrant", "own"),
    Pair(471, (40, 310, 240, 400), 423617, 1, "a car", "suggested"),
    Pair(94, (270, 255, 420, 370), 466547, 0, "a bus", "own"),
    Pair(490, (180, 280, 290, 460), 196611, 1, "a chair", "own"),
    Pair(384, (330, 330, 430, 560), 30213, 0, "a refrigerator", "suggested"),
    Pair(164, (320, 330, 410, 450), 551780, 0, "a clock", "own", shadow=0),
    Pair(404, (150, 60, 330, 150), 81, 0, "an airplane", "suggested", shadow=0),
    Pair(257, (330, 385, 480, 465), 402433, 2, "a scooter", "own"),
    Pair(368, (60, 430, 270, 590), 281789, 0, "a zebra", "suggested"),
    Pair(419, (180, 280, 270, 450), 343803, 0, "a person", "own"),
    Pair(127, (420, 360, 500, 468), 417285, 0, "a cup of coffee", "own"),
    Pair(520, (455, 165, 605, 325), 63217, 0, "a sailing ship", "suggested", shadow=0),
    Pair(86, (10, 430, 170, 590), 242202, 0, "a bicycle", "own"),
    Pair(474, (215, 270, 330, 430), 307, 1, "a dog", "own", behind="person"),
)


@click.command()
@click.argument("data", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--out", type=click.Path(path_type=Path), default=Path("out/insertions"), show_default=True)
@click.option("--only", type=int, multiple=True, help="Numbers of the pairs wanted.")
def main(data: Path, out: Path, only: tuple[int, ...]) -> None:
    """Make the sheet from the folder DATA, which holds scenes.parquet and images/."""
    wanted = {photo for pair in PAIRS for photo in (pair.photo, pair.source)}
    rows = pyarrow.parquet.read_table(data / "scenes.parquet").to_pylist()
    scenes = {row["image_id"]: row for row in rows if row["image_id"] in wanted}
    models = SmartMask.load()
    panels, files = [], {}
    for number in only or range(len(PAIRS)):
        pair = PAIRS[number]
        photo, after, mask = inserted(pair, scenes, data, models)
        caption = f"{number}: {pair.prompt}, {pair.mask} mask"
        before = fitted(Image.fromarray(photo))
        draw_contour(before, grey(mask), ACCENT, 1)
        panels += [(before, caption), (fitted(Image.fromarray(after)), f"{number}: after")]
        files[f"{number:02d}.png"] = png_bytes(Image.fromarray(after))
        files[f"{number:02d}_near.png"] = png_bytes(near(photo, after, mask))
        click.echo(caption)
    out.mkdir(parents=True, exist_ok=True)
    page = draw_page(panels, 4, TILE_WH, "Reference composite", f"{len(panels) // 2} insertions, seed {SEED}")
    files["sheet.png"] = png_bytes(page)
    write_files({out / name: content for name, content in files.items()})
    click.echo(f"Look at {out / 'sheet.png'}")


def inserted(
    pair: Pair, scenes: dict[int, dict[str, Any]], data: Path, models: SmartMask
) -> tuple[UInt8[np.ndarray, "H W 3"], UInt8[np.ndarray, "H W 3"], Bool[np.ndarray, "H W"]]:
    """The photo, the photo with the object, and the object's mask."""
    source = scenes[pair.source]
    size_hw = source["height"], source["width"]
    own = decode_rle(source["objects"][pair.number]["counts"], size_hw)
    cutout = cut_out(read(data / source["photo"]), own)
    photo = np.asarray(read(data / scenes[pair.photo]["photo"]))
    layout = models.segment(photo)
    if pair.mask == "own":
        mask = moved(own, pair.box_xyxy, (photo.shape[0], photo.shape[1]))
    else:
        mask = models.suggest(layout, pair.prompt, guidance=Box(pair.box_xyxy), n=4, seed=SEED)[0].mask
    behind = () if pair.behind is None else (pair.behind,)
    composite = ReferenceComposite(cutout, shadow=pair.shadow)
    found = models.insert(photo, pair.prompt, mask, inpainter=composite, layout=layout, behind=behind)
    return photo, found[0].image, mask


def read(path: Path) -> Image.Image:
    """A photo."""
    with Image.open(path) as image:
        return image.convert("RGB")


def cut_out(photo: Image.Image, mask: Bool[np.ndarray, "H W"]) -> Image.Image:
    """An object on a transparent background, its edge softened."""
    photo = photo.copy()
    photo.putalpha(grey(mask).filter(ImageFilter.GaussianBlur(SOFTENING_PX)))
    return photo


def moved(
    mask: Bool[np.ndarray, "H W"], box_xyxy: tuple[int, int, int, int], size_hw: tuple[int, int]
) -> Bool[np.ndarray, "h w"]:
    """A mask scaled, in its own proportions, to stand on the middle of a box's lower edge."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    part = Image.fromarray(mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    x0, y0, x1, y1 = box_xyxy
    scale = min((x1 - x0) / part.width, (y1 - y0) / part.height)
    size_wh = max(round(part.width * scale), 1), max(round(part.height * scale), 1)
    canvas = Image.new("L", (size_hw[1], size_hw[0]))
    shown = part.convert("L").resize(size_wh, Image.Resampling.BOX)
    canvas.paste(shown, ((x0 + x1 - size_wh[0]) // 2, y1 - size_wh[1]))
    return np.asarray(canvas) > 127


def fitted(picture: Image.Image) -> Image.Image:
    """A picture as large as a tile allows."""
    scale = min(TILE_WH[0] / picture.width, TILE_WH[1] / picture.height)
    size_wh = round(picture.width * scale), round(picture.height * scale)
    return picture.resize(size_wh, Image.Resampling.BICUBIC)


def near(
    before: UInt8[np.ndarray, "H W 3"], after: UInt8[np.ndarray, "H W 3"], mask: Bool[np.ndarray, "H W"]
) -> Image.Image:
    """The place before and after, side by side, three times as large."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    top, left = max(rows[0] - 40, 0), max(columns[0] - 40, 0)
    part = slice(top, rows[-1] + 40), slice(left, columns[-1] + 40)
    both = Image.fromarray(np.concatenate([before[part], after[part]], 1))
    return both.resize((both.width * 3, both.height * 3), Image.Resampling.BICUBIC)


if __name__ == "__main__":
    main()
