"""Draw the pictures of docs/TOUR.md: one photo, one box, one prompt, step by step to a mask.

    python scripts/draw_tour.py --photo out/demo/china.jpg --out docs/tour

The photo is the one of the demo (`make demo` fetches it): "Summer Palace" by danielbuechele, CC BY 2.0.
Nothing is chosen by hand: seed 0. It is made sure that the steps end in the mask that `SmartMask` gives.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float32, UInt8
from PIL import Image, ImageDraw

from smartmask import Box, Layout, SmartMask, Suggestion
from smartmask.apps.drawing import draw_hint, draw_layout, draw_suggestion
from smartmask.apps.lettering import INK, PAPER, font_of
from smartmask.apps.load_suggest import load_recall
from smartmask.backends.text_static import StaticTextEncoder
from smartmask.data.photos import read_photo
from smartmask.memory.candidates import Candidates
from smartmask.model.mask.chooser import ChoiceContext, load_chooser
from smartmask.model.mask.generator_inputs import LAYOUT_CELLS, cell_rows
from smartmask.model.shape.codec import SilhouetteCodec
from smartmask.pipelines.generate import Scene
from smartmask.pipelines.shapes.asked import LAYOUT_PX, Surroundings, thing_asked_for
from smartmask.pipelines.shapes.draw_remembered import ORDERED, SEED_NOISE
from smartmask.pipelines.shapes.shape_choice import choose
from smartmask.pipelines.shapes.shape_fit import fitted_box, fitted_outline
from smartmask.pipelines.shapes.shape_recall import MOST_STRETCH
from smartmask.scene.boxes import BoxXYXY
from smartmask.scene.colours import label_colours
from smartmask.scene.layout import OUTSIDE
from smartmask.scene.view import REFINE_FILL, View
from smartmask.weights import WEIGHTS

PROMPT = "an airplane"
BOX: BoxXYXY = (290.0, 45.0, 450.0, 110.0)
SEED = 0
SHOWN = 24
"""Candidates on a sheet."""
COLOURS = 128
"""Of a picture's palette: it keeps them small."""
PHOTO_PX = 340
FILL = (200, 60, 110)
BAR = (70, 110, 170)


def main() -> None:
    """Go through the steps, drawing each."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--photo", type=Path, default=Path("out/demo/china.jpg"))
    parser.add_argument("--out", type=Path, default=Path("docs/tour"))
    given = parser.parse_args()
    if not given.photo.exists():
        raise SystemExit(f"{given.photo}: is missing; `make demo` fetches it")
    given.out.mkdir(parents=True, exist_ok=True)

    def save(name: str, picture: Image.Image) -> None:
        path = given.out / f"{name}.png"
        picture.quantize(COLOURS, kmeans=2, dither=Image.Dither.NONE).save(path, optimize=True)
        print(f"{path}: {path.stat().st_size:,} bytes")

    photo = read_photo(given.photo)
    smartmask = SmartMask.load()
    layout = smartmask.segment(photo)
    print("layout:", ", ".join(layout.labels))
    save("layout", photo_and_layout(photo, layout))

    encoder = StaticTextEncoder(WEIGHTS / "text.npz")
    recall = load_recall(None, encoder, SilhouetteCodec.load(WEIGHTS / "codec.npz"))
    scene = Scene.of(layout)
    about = Surroundings.of(scene, BOX, encoder)
    save("surroundings", surroundings(scene))

    words = recall.words(PROMPT)
    print("words:", words.say(), [match.label for match in words.matches])
    shapes = recall.candidates(PROMPT, about.log_aspect)
    print(f"candidates: {len(shapes)} of {len(set(shapes.groups.tolist()))} objects")
    first = np.arange(0, len(shapes), max(1, len(shapes) // SHOWN))[:SHOWN]
    save("candidates", sheet(shapes, first))

    text = thing_asked_for(PROMPT, encoder, recall)
    context = ChoiceContext(text, about.log_aspect, about.zoom, about.layout)
    likely = load_chooser(WEIGHTS / "chooser.npz").probabilities(context, shapes.sketches, shapes.log_aspects)
    most = np.argsort(-likely, kind="stable")[:8]
    print("most likely:", [f"{value:.3f}" for value in likely[most]], "uniform:", round(1 / len(shapes), 4))
    save("probabilities", sheet(shapes, most, likely))

    order = choose(shapes, likely, ORDERED, np.random.default_rng([SEED, 1 << 31]), SEED_NOISE)
    print("order:", order[:8].tolist(), "probabilities:", [f"{value:.3f}" for value in likely[order[:8]]])
    save("order", sheet(shapes, order[:8], likely))

    row = int(order[0])
    field = recall.field(int(shapes.numbers[row]), bool(shapes.is_mirrored[row]))
    target, fit = fitted_box(BOX, float(np.exp(shapes.log_aspects[row])), MOST_STRETCH)
    outline = fitted_outline(field, target)
    print("fit:", fit, np.round(target, 1).tolist(), f"{sum(map(len, outline.curves))} points")
    save("fit", field_and_outline(field, outline.curves))

    found = smartmask.suggest(layout, PROMPT, guidance=Box(BOX), n=4, seed=SEED)[0]
    if not np.array_equal(found.mask, outline.mask(layout.size_hw)):
        raise SystemExit("the steps do not end in the mask that SmartMask gives: bring them up to date")
    print("mask:", int(found.mask.sum()), "px, score", round(found.score, 3), found.origin)
    save("mask", mask_and_photo(photo, found))


def photo_and_layout(photo: UInt8[np.ndarray, "H W 3"], layout: Layout) -> Image.Image:
    """The photo with the box, and the regions that are seen in it."""
    size_wh = (PHOTO_PX, round(PHOTO_PX * photo.shape[0] / photo.shape[1]))
    left = Image.fromarray(photo).resize(size_wh, Image.Resampling.LANCZOS)
    draw_hint(left, Box(BOX), size_wh[0] / photo.shape[1])
    return side_by_side([left, draw_layout(layout, None, longest_px=size_wh[0])])


def surroundings(scene: Scene, px: int = 224) -> Image.Image:
    """The window about the box, as the layout has it and as the networks read it: a label a cell."""
    view = View.around(BOX, REFINE_FILL, scene.layout.size_hw, LAYOUT_PX)
    colours = np.concatenate([[(30, 30, 36), (200, 200, 198)], label_colours(scene.layout.labels)])
    rows = view.pick(scene.visible_index, OUTSIDE) + 2
    cells = cell_rows(rows).reshape(LAYOUT_CELLS, LAYOUT_CELLS)
    panels = [
        Image.fromarray(colours.astype(np.uint8)[index]).resize((px, px), Image.Resampling.NEAREST)
        for index in (rows, cells)
    ]
    scale = px / view.side
    x0, y0, x1, y1 = (np.array(BOX) - np.tile([view.x0, view.y0], 2)) * scale
    grid = ImageDraw.Draw(panels[1])
    for number in range(1, LAYOUT_CELLS):
        at = number * px // LAYOUT_CELLS
        grid.line((at, 0, at, px), fill=PAPER)
        grid.line((0, at, px, at), fill=PAPER)
    for panel in panels:
        ImageDraw.Draw(panel).rectangle((x0, y0, x1, y1), outline=INK, width=2)
    return side_by_side(panels)


def sheet(
    shapes: Candidates,
    rows: np.ndarray,
    likely: Float32[np.ndarray, " n"] | None = None,
    columns: int = 8,
    side: int = 72,
) -> Image.Image:
    """Sketches of some candidates in their own proportions; below, how likely each is."""
    height = side + (26 if likely is not None else 0)
    lines = -(-len(rows) // columns)
    page = Image.new("RGB", (columns * (side + 8) + 8, lines * (height + 8) + 8), PAPER)
    draw = ImageDraw.Draw(page)
    for place, row in enumerate(rows.tolist()):
        line, column = divmod(place, columns)
        x, y = 8 + column * (side + 8), 8 + line * (height + 8)
        aspect = float(np.exp(shapes.log_aspects[row]))
        size_wh = (round(side * min(1, aspect)), round(side / max(1, aspect)))
        inside = np.kron(shapes.sketches[row] > 0, np.ones((8, 8), bool))
        picture = silhouette(inside, size_wh)
        page.paste(picture, (x + (side - size_wh[0]) // 2, y + side - size_wh[1]))
        if likely is not None:
            width = round(side * float(likely[row] / likely.max()))
            draw.rectangle((x, y + side + 4, x + max(width, 1), y + side + 9), fill=BAR)
            draw.text((x, y + side + 11), f"{likely[row]:.3f}", INK, font_of(12))
    return page


def silhouette(inside: Bool[np.ndarray, "h w"], size_wh: tuple[int, int]) -> Image.Image:
    """A shape in ink on paper."""
    shape = Image.fromarray(inside.astype(np.uint8) * 255).resize(size_wh, Image.Resampling.LANCZOS)
    picture = Image.new("RGB", size_wh, PAPER)
    picture.paste(INK, mask=shape)
    return picture


def field_and_outline(
    field: Float32[np.ndarray, "F F"], curves: Sequence[Float32[np.ndarray, "_ 2"]], px: int = 224
) -> Image.Image:
    """A field, dark outside and bright inside, and its outline laid on the box, every eighth point a dot."""
    levels = np.round((field + 1) * 127.5 / 16) * 16
    left = Image.fromarray(levels.clip(0, 255).astype(np.uint8)).resize((px, px), Image.Resampling.NEAREST)
    right = Image.new("RGB", (px, px), PAPER)
    draw = ImageDraw.Draw(right)
    scale = 0.88 * px / max(BOX[2] - BOX[0], BOX[3] - BOX[1])
    corner = np.array([(BOX[0] + BOX[2]) / 2, (BOX[1] + BOX[3]) / 2]) - px / (2 * scale)
    box = [(BOX[0], BOX[1]), (BOX[2], BOX[3])]
    draw.rectangle(
        [tuple((np.array(point) - corner) * scale) for point in box], outline=(225, 180, 0), width=2
    )
    for curve in curves:
        points = [tuple(point) for point in (curve - corner) * scale]
        draw.polygon(points, outline=FILL)
        for x, y in points[::8]:
            draw.rectangle((x - 1.5, y - 1.5, x + 1.5, y + 1.5), fill=INK)
    return side_by_side([left.convert("RGB"), right])


def mask_and_photo(photo: UInt8[np.ndarray, "H W 3"], found: Suggestion) -> Image.Image:
    """The alpha about the box, many times enlarged, and the photo with the suggestion."""
    x0, y0, x1, y1 = (int(v) for v in (BOX[0] - 8, BOX[1] - 8, BOX[2] + 8, BOX[3] + 8))
    alpha = (found.alpha[y0:y1, x0:x1] * 255).astype(np.uint8)
    size_wh = (PHOTO_PX, round(PHOTO_PX * photo.shape[0] / photo.shape[1]))
    left = Image.fromarray(alpha).resize(
        (round(size_wh[1] * alpha.shape[1] / alpha.shape[0]), size_wh[1]), Image.Resampling.NEAREST
    )
    small = Image.fromarray(photo).resize(size_wh, Image.Resampling.LANCZOS)
    return side_by_side([left.convert("RGB"), draw_suggestion(small, found, Box(BOX))])


def side_by_side(panels: Sequence[Image.Image], gap: int = 10) -> Image.Image:
    """Pictures of one height in a row."""
    width = sum(panel.width for panel in panels) + gap * (len(panels) - 1)
    page = Image.new("RGB", (width, panels[0].height), PAPER)
    x = 0
    for panel in panels:
        page.paste(panel, (x, 0))
        x += panel.width + gap
    return page


if __name__ == "__main__":
    main()
