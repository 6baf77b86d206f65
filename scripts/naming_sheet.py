"""Naming by eye: forty black shapes, half true and half drawn, for a person to name.

    python scripts/naming_sheet.py --silhouettes FOLDER --out runs/judging/naming
    python scripts/naming_sheet.py --out runs/judging/naming --score runs/judging/naming/naming_answers.json

The first line makes `sheet.png`, `names.txt`, `naming_answers.json` to be filled in, and `key.json`, which
the judge must not open. Forty of the words below are drawn by lot, each once. For every word a held-out shape
is drawn by lot too; it is shown itself, or its width over height alone is given to the shipped model, which
draws the word in a box of those proportions on a plain layout. Which of the two is a matter of lot as well.
What the true shapes score is the ceiling: some show an odd side.

The sheet stays where it was made: true shapes are not ours to pass on.
"""

from pathlib import Path

import click
import numpy as np
from by_eye import (
    held_out_shapes,
    numbered_page,
    read_answers,
    read_json,
    share,
    share_cell,
    who_drew,
    write_json,
)
from jaxtyping import Bool
from PIL import Image, ImageFilter

from smartmask import Box, Layer, Layout, SmartMask
from smartmask.apps.drawing import grey
from smartmask.language.wording import with_article
from smartmask.scene.boxes import box_of

SEED = 20
COUNT, COLUMNS = 40, 8
OUTDOORS = (
    *("horse", "dog", "cat", "cow", "sheep", "elephant", "bear", "giraffe", "bird", "rabbit", "penguin"),
    *("owl", "turtle", "shark", "butterfly", "spider", "crab", "snail", "frog", "octopus", "kangaroo"),
    *("dolphin", "pig", "crocodile", "person", "bicycle", "motorcycle", "car", "bus", "tractor", "sailboat"),
    *("airplane", "tree", "palm tree", "cactus", "house", "windmill", "traffic light", "bench", "snowman"),
    "shovel",
)
INDOORS = (
    *("chair", "table", "bed", "couch", "desk lamp", "toilet", "scissors", "key", "hammer", "fork", "spoon"),
    *("axe", "mug", "wine bottle", "teapot", "vase", "banana", "carrot", "pineapple", "mushroom"),
    *("strawberry", "ice cream", "crown", "sword", "electric guitar"),
)
CANVAS_PX, HORIZON_PX, FOOT_PX, LONGER_PX = 512, 300, 450, 360
"""The plain layout: two halves, and a box on a foot line in the lower one."""
TILE_PX, SHOWN_PX = 220, 196
SMOOTHING_PX = 1.2
"""Blur of every shape before its edge is drawn, so that coarse true shapes are not told by their steps."""


@click.command()
@click.option("--silhouettes", type=click.Path(path_type=Path, exists=True), help="Folder of parquet files.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("runs/judging/naming"), show_default=True
)
@click.option("--score", type=click.Path(path_type=Path, exists=True), help="Answers of a judge.")
@click.option("--results", type=click.Path(path_type=Path), default=Path("docs/results"), show_default=True)
def main(silhouettes: Path | None, out: Path, score: Path | None, results: Path) -> None:
    """Make the sheet in OUT; with --score, count a judge's answers."""
    if score is not None:
        count_answers(out, score, results)
    elif silhouettes is not None:
        make_sheet(silhouettes, out)
    else:
        raise click.UsageError("give --silhouettes to make the sheet, or --score to count answers")


def make_sheet(silhouettes: Path, out: Path) -> None:
    """Draw by lot, draw with the model, and write the sheet with its key."""
    form = out / "naming_answers.json"
    if form.is_file() and any(read_json(form)["names"].values()):
        raise click.ClickException(f"{form}: holds answers; move it away, or give another --out")
    held = held_out_shapes(silhouettes)
    missing = [word for word in (*OUTDOORS, *INDOORS) if word not in held]
    if missing:
        raise click.ClickException(f"{silhouettes}: holds no test shape of {', '.join(missing)}")
    rng = np.random.default_rng(SEED)
    words = [str(word) for word in rng.permutation([*OUTDOORS, *INDOORS])[:COUNT]]
    is_drawn = rng.permutation(np.arange(COUNT) % 2 == 0)
    model = SmartMask.load()
    tiles, key = [], {}
    for number, (word, drawn) in enumerate(zip(words, is_drawn.tolist(), strict=True), 1):
        shape = held[word][int(rng.integers(len(held[word])))]
        mask = drawn_mask(model, word, shape.aspect) if drawn else shape.mask()
        tiles.append((number, tile_of(mask), ""))
        key[str(number)] = {
            "label": word,
            "kind": "drawn" if drawn else "true",
            "shape": f"{shape.group}, {shape.style}",
        }
        click.echo(f"{number} of {COUNT}")
    out.mkdir(parents=True, exist_ok=True)
    numbered_page(tiles, COLUMNS, (TILE_PX, TILE_PX)).save(out / "sheet.png")
    (out / "names.txt").write_text("\n".join(sorted(words)) + "\n", encoding="utf-8")
    write_json(out / "key.json", {"seed": SEED, **who_drew(), "key": key})
    write_json(form, {"judge": "", "names": {number: "" for number in key}})
    click.echo(f"Look at {out / 'sheet.png'}, and leave {out / 'key.json'} closed until all is named.")


def drawn_mask(model: SmartMask, word: str, aspect: float) -> Bool[np.ndarray, "H W"]:
    """The model's first answer in a box of given proportions."""
    width, height = LONGER_PX * min(aspect, 1.0), LONGER_PX * min(1 / aspect, 1.0)
    left = (CANVAS_PX - width) / 2
    box = Box((left, FOOT_PX - height, left + width, float(FOOT_PX)))
    names = ("sky", "grass") if word in OUTDOORS else ("wall", "floor")
    is_upper = np.zeros((CANVAS_PX, CANVAS_PX), bool)
    is_upper[:HORIZON_PX] = True
    layout = Layout(is_upper.shape, (Layer(names[0], is_upper), Layer(names[1], ~is_upper)))
    found = model.suggest(layout, with_article(word), guidance=box, n=4, seed=0)
    return found[0].mask if found else np.zeros((CANVAS_PX, CANVAS_PX), bool)


def tile_of(mask: Bool[np.ndarray, "h w"]) -> Image.Image:
    """A mask in black on white, its longer side always of one length; an empty one is a white tile."""
    tile = Image.new("L", (TILE_PX, TILE_PX), 255)
    if mask.any():
        x0, y0, x1, y1 = (int(value) for value in box_of(mask))
        part = grey(np.pad(mask[y0:y1, x0:x1], 1))  # else what touches the crop's border is cut off flat
        # Drawn twice as large, blurred and cut at a half, then averaged down: one kind of edge for all.
        scale = 2 * SHOWN_PX / max(part.size)
        part = part.resize((max(round(part.width * scale), 1), max(round(part.height * scale), 1)), 3)
        large = Image.new("L", (2 * TILE_PX, 2 * TILE_PX))
        large.paste(part, ((2 * TILE_PX - part.width) // 2, (2 * TILE_PX - part.height) // 2))
        edges = large.filter(ImageFilter.GaussianBlur(2 * SMOOTHING_PX)).point(
            lambda value: 255 * (value > 127)
        )
        tile.paste(0, mask=edges.resize(tile.size, Image.Resampling.BOX))
    return tile


def count_answers(out: Path, answers: Path, results: Path) -> None:
    """Write the shares and every answer."""
    made = read_json(out / "key.json")
    key = made["key"]
    judge, names = read_answers(answers, "names", key, str)
    allowed = {entry["label"] for entry in key.values()}
    unknown = sorted({name for name in names.values() if name not in allowed})
    if unknown:
        raise click.ClickException(f"{answers}: not in names.txt: {', '.join(unknown)}")
    rows = [
        {"number": int(number), **entry, "named": names[number], "right": names[number] == entry["label"]}
        for number, entry in key.items()
    ]
    kinds = {kind: [row["right"] for row in rows if row["kind"] == kind] for kind in ("true", "drawn")}
    shares = {kind: share(sum(right), len(right)) for kind, right in kinds.items()}
    record = {
        "judge": judge,
        "seed": made["seed"],
        "weights_sha256": made["weights_sha256"],
        "shares": shares,
        "answers": rows,
    }
    write_json(results / "naming_by_eye.json", record)
    lines = [
        "# Naming by eye",
        "",
        "Forty black shapes without a word, and the list of their forty names to choose from. Half are",
        "held-out shapes, half the shipped model's first answer in a box of a held-out shape's proportions;",
        "each name belongs to one shape. Made and counted by `scripts/naming_sheet.py`.",
        "",
        f"Judge: {judge}",
        "",
        "| shapes | named right (95 % interval) |",
        "|---|---|",
        *(f"| {kind} | {share_cell(value)} |" for kind, value in shares.items()),
        "",
        "| # | it is | from | named |",
        "|---|---|---|---|",
        *(
            f"| {row['number']} | {row['label']} | {row['kind']} | "
            f"{'right' if row['right'] else row['named']} |"
            for row in rows
        ),
    ]
    (results / "naming_by_eye.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    click.echo("\n".join(f"{kind}: {share_cell(value)}" for kind, value in shares.items()))


if __name__ == "__main__":
    main()
