"""Plausible by eye, blind: two releases draw the same eighty requests, and a judge sees them mixed.

    python scripts/plausible_sheet.py prepare ../shared/data/coco --silhouettes FOLDER
    PYTHONPATH=OLD/src python scripts/plausible_sheet.py draw --version old
    python scripts/plausible_sheet.py draw --version new
    python scripts/plausible_sheet.py sheet --versions old new
    python scripts/plausible_sheet.py score runs/judging/plausible/verdicts.json

Twenty held-out photos, one thing to add to each, four hints: none, a box, a region, a scribble. The hints are
made once, without a true object and before any mask was drawn, and are read from files by every release. A
box's foot and height were chosen by hand in the photo, as a user would; its proportions are those of the
word. The region is an ellipse about that box, off its centre. The scribble is a held-out silhouette of the
word, fitted into the box, widened and rounded off. What is judged is the first of four suggestions, seed 0.

All files stay in the folder given as --out: they show other people's photos.
"""

import math
from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np
from by_eye import (
    held_out_shapes,
    numbered_page,
    read_answers,
    read_json,
    read_mask,
    share,
    share_cell,
    who_drew,
    write_json,
    write_mask,
)
from jaxtyping import Bool
from PIL import Image, ImageDraw

import smartmask
from smartmask import Box, Guidance, NoGuidance, Region, Scribble, SmartMask
from smartmask.apps.drawing import ACCENT, draw_contour, draw_hint, grey

SEED = 20
TILE_WH = (480, 480)
COLUMNS = 4
TINT = 0.55
REGION_SIDE, REGION_SHIFT = 1.4, 0.1
"""A region's axes over its box's sides, and how far its centre strays as a share of them."""
SCRIBBLE_SHARE = 0.12
"""How far a scribble goes beyond its silhouette at the most, as the benchmark's rough ones do."""
LIKELY_SHAPES = 5
"""The silhouettes nearest to the box's proportions, of which one is drawn by lot."""
HINTS = ("none", "box", "region", "scribble")
ASPECTS = {
    "airplane": 2.6,
    "bench": 2.1,
    "bicycle": 1.6,
    "bird": 1.6,
    "car": 2.2,
    "chair": 0.6,
    "cow": 1.5,
    "dog": 1.1,
    "glass": 0.6,
    "horse": 1.25,
    "motorcycle": 1.6,
    "mug": 1.2,
    "person": 0.4,
    "potted plant": 0.7,
    "sailboat": 0.9,
    "trash can": 0.75,
    "zebra": 1.3,
}
"""Width over height of the things asked for, as they are mostly seen."""
SHAPES_OF = {"airplane": "airliner", "potted plant": "houseplant"}
"""Words whose silhouettes have another name."""


class Pair(NamedTuple):
    """A photo, what is to come, what it goes on, and the middle of its foot line and its height in pixels."""

    photo: int
    word: str
    surface: str
    foot_xy: tuple[int, int]
    height: int


PAIRS = (
    Pair(109, "sailboat", "river", (330, 150), 45),
    Pair(250, "airplane", "sky", (110, 130), 45),
    Pair(605, "glass", "table", (300, 130), 100),
    Pair(17627, "car", "road", (430, 375), 110),
    Pair(51712, "person", "snow", (440, 285), 130),
    Pair(89232, "trash can", "floor", (420, 400), 80),
    Pair(183068, "motorcycle", "road", (300, 280), 55),
    Pair(129371, "bicycle", "road", (120, 350), 115),
    Pair(153299, "zebra", "ground", (375, 492), 130),
    Pair(155341, "cow", "road", (520, 430), 125),
    Pair(159269, "bird", "sky", (200, 120), 40),
    Pair(161799, "person", "concrete", (480, 340), 160),
    Pair(163840, "dog", "earth", (95, 540), 80),
    Pair(181303, "horse", "grass", (470, 262), 140),
    Pair(219300, "car", "road", (150, 415), 110),
    Pair(234748, "potted plant", "pavement", (530, 345), 110),
    Pair(294920, "mug", "table", (62, 240), 90),
    Pair(389112, "bench", "pavement", (130, 380), 105),
    Pair(453302, "chair", "floor", (310, 368), 115),
    Pair(532482, "dog", "pavement", (330, 345), 165),
)

out_option = click.option(
    "--out", type=click.Path(path_type=Path), default=Path("runs/judging/plausible"), show_default=True
)


@click.group()
def main() -> None:
    """Masks of two releases on one set of requests, judged blind."""


@main.command()
@click.argument("data", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--silhouettes", type=click.Path(path_type=Path, exists=True), required=True)
@out_option
def prepare(data: Path, silhouettes: Path, out: Path) -> None:
    """Write the requests: copies of the photos in DATA/images, the prompts and the hints."""
    # Imported here: releases that only draw may lack what hints are made with.
    from smartmask.data.examples.hints import dilated_scribble
    from smartmask.data.layered_scene import split_of
    from smartmask.language.wording import with_article

    held = held_out_shapes(silhouettes)
    (out / "requests").mkdir(parents=True, exist_ok=True)
    requests = []
    for number, pair in enumerate(PAIRS):
        if split_of(f"coco:{pair.photo}") == "train":
            raise click.ClickException(f"photo {pair.photo} is of the training split; choose another")
        rng = np.random.default_rng([SEED, number])
        with Image.open(data / "images" / f"{pair.photo:012d}.jpg") as image:
            photo = image.convert("RGB")
        size_hw = photo.height, photo.width
        box_xyxy = box_of_pair(pair)
        shapes = sorted(
            held[SHAPES_OF.get(pair.word, pair.word)],
            key=lambda shape: abs(math.log(shape.aspect / ASPECTS[pair.word])),
        )[:LIKELY_SHAPES]
        fitted = fitted_mask(shapes[int(rng.integers(len(shapes)))].mask(), box_xyxy, size_hw)
        stem = f"requests/{number:02d}"
        photo.save(out / f"{stem}.png")
        write_mask(out / f"{stem}_region.png", region_mask(box_xyxy, size_hw, rng))
        write_mask(out / f"{stem}_scribble.png", dilated_scribble(fitted, SCRIBBLE_SHARE, rng).mask)
        requests.append(
            {
                "photo": pair.photo,
                "surface": pair.surface,
                "prompt": with_article(pair.word),
                "stem": stem,
                "box_xyxy": box_xyxy,
            }
        )
    write_json(out / "requests.json", requests)
    click.echo(f"{len(requests)} requests of {len(HINTS)} hints each in {out / 'requests.json'}")


@main.command()
@click.option("--version", required=True, help="What to call the imported release.")
@out_option
def draw(version: str, out: Path) -> None:
    """Draw all requests with whatever release is imported; no more than its public names are used."""
    model = SmartMask.load()
    folder = out / "drawn" / version
    folder.mkdir(parents=True, exist_ok=True)
    empty = []
    for number, request in enumerate(read_json(out / "requests.json")):
        photo = np.asarray(Image.open(out / f"{request['stem']}.png"))
        layout = model.segment(photo)
        for hint in HINTS:
            found = model.suggest(
                layout, request["prompt"], guidance=guidance_of(out, request, hint), n=4, seed=0
            )
            mask = found[0].mask if found else np.zeros(photo.shape[:2], bool)
            if not found:
                empty.append(f"{number:02d}_{hint}")
            write_mask(folder / f"{number:02d}_{hint}.png", mask)
        click.echo(f"{number + 1} of {len(PAIRS)}: {request['prompt']}")
    write_json(folder / "drawn.json", {"version": version, **who_drew(), "empty": empty})
    click.echo(f"Drawn by {smartmask.__file__}; {len(empty)} came out empty")


@main.command()
@click.option("--versions", nargs=2, required=True, help="The two that were drawn.")
@click.option("--a-sheet", type=click.IntRange(1), default=20, show_default=True, help="Tiles on each.")
@out_option
def sheet(versions: tuple[str, str], a_sheet: int, out: Path) -> None:
    """Mix the masks of two versions on sheets, and write the key and a form for verdicts."""
    requests = read_json(out / "requests.json")
    asked = [
        {"version": version, "request": number, "hint": hint}
        for version in versions
        for number in range(len(requests))
        for hint in HINTS
    ]
    order = np.random.default_rng(SEED).permutation(len(asked)).tolist()
    key = {str(number): asked[index] for number, index in enumerate(order, 1)}
    tiles = [
        (int(number), tile_of(out, requests[entry["request"]], entry), requests[entry["request"]]["prompt"])
        for number, entry in key.items()
    ]
    for old in out.glob("sheet_*.png"):
        old.unlink()
    for page, start in enumerate(range(0, len(tiles), a_sheet), 1):
        numbered_page(tiles[start : start + a_sheet], COLUMNS, TILE_WH).save(out / f"sheet_{page:02d}.png")
    drawn = {version: read_json(out / "drawn" / version / "drawn.json") for version in versions}
    weights = {version: drawn[version]["weights_sha256"] for version in versions}
    write_json(out / "key.json", {"seed": SEED, "weights_sha256": weights, "key": key})
    form = {"judge": "", "plausible": dict.fromkeys(key), "remarks": {}}
    write_json(out / "verdicts_template.json", form)
    click.echo(f"{len(tiles)} tiles in {out}; leave {out / 'key.json'} closed until all is judged.")


@main.command()
@click.argument("verdicts", type=click.Path(path_type=Path, exists=True))
@click.option("--results", type=click.Path(path_type=Path), default=Path("docs/results"), show_default=True)
@out_option
def score(verdicts: Path, results: Path, out: Path) -> None:
    """Count VERDICTS: {"judge": who, "plausible": {number: true or false}, "remarks": {number: words}}."""
    made, requests = read_json(out / "key.json"), read_json(out / "requests.json")
    judge, plausible = read_answers(verdicts, "plausible", made["key"], bool)
    remarks = read_json(verdicts).get("remarks", {})
    if not isinstance(remarks, dict):
        raise click.ClickException(
            f"{verdicts}: remarks must be numbers and words, not one {type(remarks).__name__}"
        )
    rows = [
        {
            "number": int(number),
            "version": entry["version"],
            "hint": entry["hint"],
            "photo": requests[entry["request"]]["photo"],
            "prompt": requests[entry["request"]]["prompt"],
            "plausible": plausible[number],
            "remark": remarks.get(number, ""),
        }
        for number, entry in made["key"].items()
    ]
    versions = list(made["weights_sha256"])
    shares = {hint: compared(rows, versions, (hint,)) for hint in HINTS} | {
        "all": compared(rows, versions, HINTS)
    }
    record = {
        "judge": judge,
        "seed": made["seed"],
        "weights_sha256": made["weights_sha256"],
        "shares": shares,
        "verdicts": sorted(rows, key=lambda row: (row["photo"], HINTS.index(row["hint"]), row["version"])),
    }
    write_json(results / "plausible_by_eye.json", record)
    (results / "plausible_by_eye.md").write_text(report(record, versions), encoding="utf-8")
    click.echo("\n".join(table(shares, versions)))


def box_of_pair(pair: Pair) -> tuple[float, float, float, float]:
    """The box on a foot line, of the word's proportions."""
    (x, y), half = pair.foot_xy, pair.height * ASPECTS[pair.word] / 2
    return x - half, float(y - pair.height), x + half, float(y)


def fitted_mask(
    mask: Bool[np.ndarray, "h w"], box_xyxy: tuple[float, float, float, float], size_hw: tuple[int, int]
) -> Bool[np.ndarray, "H W"]:
    """A silhouette stretched onto a box of the canvas."""
    x0, y0, x1, y1 = (round(value) for value in box_xyxy)
    canvas = Image.new("L", (size_hw[1], size_hw[0]))
    canvas.paste(grey(mask).resize((x1 - x0, y1 - y0), Image.Resampling.BICUBIC, reducing_gap=3.0), (x0, y0))
    return np.asarray(canvas) > 127


def region_mask(
    box_xyxy: tuple[float, float, float, float], size_hw: tuple[int, int], rng: np.random.Generator
) -> Bool[np.ndarray, "H W"]:
    """An ellipse about a box, off its centre."""
    x0, y0, x1, y1 = box_xyxy
    width, height = x1 - x0, y1 - y0
    shift_x, shift_y = rng.uniform(-REGION_SHIFT, REGION_SHIFT, 2) * (width, height)
    half_x, half_y = REGION_SIDE * width / 2, REGION_SIDE * height / 2
    columns = (np.arange(size_hw[1]) + 0.5 - (x0 + x1) / 2 - shift_x) / half_x
    rows = (np.arange(size_hw[0]) + 0.5 - (y0 + y1) / 2 - shift_y) / half_y
    return rows[:, None] ** 2 + columns[None] ** 2 <= 1


def guidance_of(out: Path, request: dict[str, Any], hint: str) -> Guidance:
    """A request's hint of a kind."""
    if hint == "none":
        return NoGuidance()
    if hint == "box":
        x0, y0, x1, y1 = request["box_xyxy"]
        return Box((x0, y0, x1, y1))
    mask = read_mask(out / f"{request['stem']}_{hint}.png")
    return Region(mask) if hint == "region" else Scribble(mask)


def tile_of(out: Path, request: dict[str, Any], entry: dict[str, Any]) -> Image.Image:
    """A photo with one mask tinted and outlined, and the hint in thin yellow."""
    photo = Image.open(out / f"{request['stem']}.png").convert("RGB")
    mask = read_mask(out / "drawn" / entry["version"] / f"{entry['request']:02d}_{entry['hint']}.png")
    scale = min(TILE_WH[0] / photo.width, TILE_WH[1] / photo.height)
    tile = photo.resize((round(photo.width * scale), round(photo.height * scale)), Image.Resampling.BICUBIC)
    if mask.any():
        tint = grey(mask).resize(tile.size, Image.Resampling.BICUBIC)
        tile.paste(ACCENT, mask=tint.point([round(value * TINT) for value in range(256)]))
        draw_contour(tile, grey(mask), ACCENT, 1)
    else:
        ImageDraw.Draw(tile).text((8, 8), "nothing was drawn", ACCENT)
    draw_hint(tile, guidance_of(out, request, entry["hint"]), scale)
    return tile


def compared(rows: list[dict[str, Any]], versions: list[str], hints: tuple[str, ...]) -> dict[str, Any]:
    """Each version's share of plausible masks, and how often one alone was plausible for a request."""
    by_version = {
        version: {
            (row["photo"], row["prompt"], row["hint"]): row["plausible"]
            for row in rows
            if row["version"] == version and row["hint"] in hints
        }
        for version in versions
    }
    first, second = (by_version[version] for version in versions)
    return {
        "versions": {version: share(sum(of.values()), len(of)) for version, of in by_version.items()},
        "only": {
            versions[0]: sum(first[request] and not second[request] for request in first),
            versions[1]: sum(second[request] and not first[request] for request in first),
        },
    }


def table(shares: dict[str, Any], versions: list[str]) -> list[str]:
    """The shares as the lines of a table."""
    lines = [
        f"| hint | {versions[0]} | {versions[1]} | only {versions[0]} | only {versions[1]} |",
        "|---|---|---|---|---|",
    ]
    for hint, value in shares.items():
        cells = [share_cell(value["versions"][version]) for version in versions]
        cells += [str(value["only"][version]) for version in versions]
        lines.append(f"| {hint} | {' | '.join(cells)} |")
    return lines


def report(record: dict[str, Any], versions: list[str]) -> str:
    """The result in words and tables."""
    marks = {
        (row["photo"], row["prompt"], row["hint"], row["version"]): "yes" if row["plausible"] else "no"
        for row in record["verdicts"]
    }
    asked = dict.fromkeys((row["photo"], row["prompt"]) for row in record["verdicts"])
    lines = [
        "# Plausible by eye, blind",
        "",
        f"Of {len(asked)} held-out photos with a thing to add and {len(HINTS)} hints each, the first of four",
        "suggestions of each version, seed 0, mixed and without a name. The question: is the tinted shape a",
        "thing of these words, of about this size, at this place? Made and counted by",
        "`scripts/plausible_sheet.py`.",
        "",
        f"Judge: {record['judge']}",
        "",
        "Plausible (95 % interval); the last columns count requests where one version alone was plausible.",
        "",
        *table(record["shares"], versions),
        "",
        f"Each request, {versions[0]} / {versions[1]}:",
        "",
        f"| photo | prompt | {' | '.join(HINTS)} |",
        "|---|---|" + "---|" * len(HINTS),
    ]
    for photo, prompt in asked:
        cells = [" / ".join(marks[photo, prompt, hint, version] for version in versions) for hint in HINTS]
        lines.append(f"| {photo} | {prompt} | {' | '.join(cells)} |")
    remarks = [row for row in record["verdicts"] if row["remark"]]
    if remarks:
        lines += ["", "Remarks:", ""]
        lines += [
            f"- {row['prompt']}, {row['hint']}, {row['version']} ({row['photo']}): {row['remark']}"
            for row in remarks
        ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
