"""What the sheets that people judge have in common: held-out shapes, numbered tiles, answers, shares.

A sheet tells its judge a number and nothing else; what stands behind the number is in `key.json`, which no
judge opens before all answers are written down.
"""

import hashlib
import json
import math
from collections import defaultdict
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np
from jaxtyping import Bool
from PIL import Image, ImageDraw

import smartmask
from smartmask.apps.lettering import FAINT_INK, INK, font_of

if TYPE_CHECKING:
    from smartmask.data.whole_shapes import WholeShape

GAP, CAPTION_PX, MARGIN = 14, 34, 24


def held_out_shapes(folder: Path) -> dict[str, list["WholeShape"]]:
    """The whole shapes of the test split in a folder of parquet files, by label."""
    # Imported here: older releases, which draw for the same sheets, lack these modules.
    from smartmask.data.shape_splits import split_shapes
    from smartmask.data.whole_shapes import read_whole_shapes

    shapes = list(read_whole_shapes(folder))
    found: dict[str, list[WholeShape]] = defaultdict(list)
    for shape, split in zip(shapes, split_shapes(shapes), strict=True):
        if split == "test":
            found[shape.label].append(shape)
    return found


def numbered_page(
    tiles: Sequence[tuple[int, Image.Image, str]], columns: int, room_wh: tuple[int, int]
) -> Image.Image:
    """Tiles with their numbers and captions, row by row on white."""
    width, height = room_wh[0] + GAP, room_wh[1] + CAPTION_PX + GAP
    rows = -(-len(tiles) // columns)
    page = Image.new("RGB", (2 * MARGIN + columns * width - GAP, 2 * MARGIN + rows * height - GAP), "white")
    draw, font = ImageDraw.Draw(page), font_of(22.0)
    for place, (number, tile, caption) in enumerate(tiles):
        x, y = MARGIN + place % columns * width, MARGIN + place // columns * height
        draw.text((x, y), str(number), INK, font)
        draw.text((x + 54, y), caption, FAINT_INK, font)
        page.paste(tile, (x, y + CAPTION_PX))
    return page


def read_mask(path: Path) -> Bool[np.ndarray, "H W"]:
    """A mask that `write_mask` wrote."""
    with Image.open(path) as image:
        return np.asarray(image.convert("L")) > 127


def write_mask(path: Path, mask: Bool[np.ndarray, "H W"]) -> None:
    """A mask as a PNG file of two tones."""
    Image.fromarray(mask).save(path)


def write_json(path: Path, value: Any) -> None:
    """A value as a JSON file, its folder made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read_json(path: Path) -> Any:
    """The value of a JSON file."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise click.ClickException(f"{path}: cannot be read as JSON ({error})") from error


def read_answers(path: Path, field: str, numbers: Collection[str], kind: type) -> tuple[str, dict[str, Any]]:
    """Who judged, and the answer to each number.

    Args:
        path: A filled-in copy of the template: {"judge": who, field: {number: answer}}.
        field: Where the answers stand.
        numbers: All that must be answered.
        kind: What an answer is.
    """
    given = read_json(path)
    answers = given.get(field, {})
    wrong = sorted(set(numbers) ^ set(answers), key=int)
    wrong += [number for number in answers if not isinstance(answers[number], kind) or answers[number] == ""]
    if wrong:
        raise click.ClickException(
            f"{path}: {field!r} must hold one {kind.__name__} for each of {len(numbers)} numbers; "
            f"look at {', '.join(wrong[:8])}"
        )
    if not given.get("judge"):
        raise click.ClickException(f"{path}: say under 'judge' who judged and how")
    return given["judge"], answers


def share(right: int, count: int) -> dict[str, Any]:
    """A share with its 95 % interval (Wilson 1927)."""
    z = 1.96
    part = right / count
    middle = (part + z * z / (2 * count)) / (1 + z * z / count)
    reach = z / (1 + z * z / count) * math.sqrt(part * (1 - part) / count + z * z / (4 * count * count))
    return {"right": right, "of": count, "share": part, "interval": [middle - reach, middle + reach]}


def share_cell(value: dict[str, Any]) -> str:
    """A share in a cell of a table."""
    low, high = value["interval"]
    return f"{value['right']} of {value['of']} ({value['share']:.0%}, {low:.0%} to {high:.0%})"


def who_drew() -> dict[str, str]:
    """Where the imported package lies, and the digest of its weights."""
    package = Path(smartmask.__file__).resolve().parent
    digest = hashlib.sha256()
    for path in sorted((package / "weights").iterdir()):
        digest.update(path.name.encode() + path.read_bytes())
    return {"package": str(package), "weights_sha256": digest.hexdigest()}
