"""CoDraw (`CoDraw_1_0.json` and the folder `Pngs` beside it): clip-art scenes that people composed.

`abs_t` is the scene that the teller saw, the last `abs_d` of the dialog what the drawer made of it. Either is
a count and then eight fields an object: PNG, number, object of its type, type, x and y of its centre, depth
and flip; x below -5000 means that it was not placed. Sprites are drawn at 1, 0.7 or 0.49 of their size for
depth 0, 1, 2: first those of the sky, then the others, each from far to near. Format:
https://github.com/facebookresearch/CoDraw
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from jaxtyping import Bool
from PIL import Image

from smartmask.data.annotations.base import AnnotatedScene, DamageError, Problems
from smartmask.data.annotations.damage import (
    DAMAGED_FILE,
    DUPLICATE_ID,
    MISSING_FIELD,
    UNKNOWN_CATEGORY,
    Record,
    field,
    member,
    read_content,
    read_whole_json,
    whole_number,
)
from smartmask.data.annotations.masks import layer_of
from smartmask.data.annotations.occlusions import occlusions_by_rank
from smartmask.data.layered_scene import SceneLayer
from smartmask.data.photos import decode, open_image
from smartmask.errors import AnnotationError, ImageError

SIZE_HW = 400, 500
SCALES = 1.0, 0.7, 0.49
NOT_PLACED_X = -5000.0
FIELDS = 8
MAX_SPRITE_PIXELS = 10**6
"""The canvas has a fifth of that."""
NAMES = {
    "s": ("helicopter", "hot air balloon", "cloud", "sun", "lightning cloud", "rain cloud", "rocket",
          "airplane"),
    "p": ("bee spring rider", "slide", "sandbox", "grill", "swing set", "tent", "picnic table", "pine tree",
          "oak tree", "apple tree"),
    "a": ("bear", "cat", "dog", "duck", "owl", "snake"),
    "c": ("baseball cap", "crown", "chef hat", "pirate hat", "winter hat", "propeller hat", "wizard hat",
          "viking helmet", "glasses", "sunglasses"),
    "e": ("pie", "pizza", "hot dog", "ketchup", "mustard", "hamburger", "soda cup"),
    "t": ("baseball", "bucket", "beach ball", "basketball", "soccer ball", "tennis ball", "football",
          "frisbee", "baseball bat", "balloons", "baseball glove", "toy shovel", "tennis racket", "kite",
          "campfire"),
    "hb0": ("boy",) * 35,
    "hb1": ("girl",) * 35,
}  # fmt: skip
"""What each sprite shows: sprite `s_3s.png` is `NAMES["s"][3]`. The 35 sprites of boy and girl are poses."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A sprite on the canvas: its file, its centre in pixels, its depth (0 is nearest), and if mirrored."""

    png: str
    x: float
    y: float
    depth: int
    flip: bool


def read_codraw(path: Path, problems: Problems) -> Iterator[AnnotatedScene]:
    """The teller's and the drawer's scene of each dialog; amodal masks.

    Raises:
        AnnotationError: If the file cannot be read or is not of that form, or `Pngs` is missing.
    """
    content = read_whole_json(path)
    if not isinstance(content, dict) or not isinstance(content.get("data"), dict):
        raise AnnotationError(f"{path}: expected a JSON object with 'data'; give CoDraw_1_0.json")
    folder = path.parent / "Pngs"
    if not folder.is_dir():
        raise AnnotationError(f"{folder}: no such folder; CoDraw's clip art must lie in it")
    seen: set[int] = set()
    for name, record in content["data"].items():
        where = f"{path}: {name}"
        with problems.skipping(where):
            ident = field(record, "image_id", int)
            if ident in seen:
                raise DamageError(DUPLICATE_ID, f"image_id {ident}")
            seen.add(ident)
            for source, text in _scenes_of(record):
                with problems.skipping(f"{where}, {source}"):
                    yield _scene(ident, source, parse_scene(text), folder, f"{where}, {source}", problems)


def parse_scene(text: str) -> list[Placed]:
    """The sprites of an `abs_t` or `abs_d` that were placed, rearmost first.

    Raises:
        DamageError: If the text is not of that form.
    """
    values = text.rstrip(",").split(",")
    if len(values) != 1 + whole_number(values[0], "the count of objects") * FIELDS:
        raise DamageError(MISSING_FIELD, f"a count and {FIELDS} fields an object expected: {text[:40]!r}...")
    placed = []
    for start in range(1, len(values), FIELDS):
        png, _, _, _, x, y, depth, flip = values[start : start + FIELDS]
        try:
            item = Placed(png, float(x), float(y), int(depth), bool(int(flip)))
        except ValueError as error:
            raise DamageError(MISSING_FIELD, f"{png}: {error}") from error
        if item.depth not in range(len(SCALES)) or not (math.isfinite(item.x) and math.isfinite(item.y)):
            raise DamageError(MISSING_FIELD, f"{png}: x {x}, y {y}, depth {depth}")
        if item.x > NOT_PLACED_X:
            placed.append(item)
    return sorted(placed, key=lambda item: (not item.png.startswith("s_"), -item.depth))


def draw(item: Placed, folder: Path) -> Bool[np.ndarray, "400 500"]:
    """The pixels of a sprite on the canvas.

    Raises:
        DamageError: If its PNG is missing or damaged.
    """
    sprite = _sprite(member(folder, item.png), item.depth, item.flip)
    (height, width), (rows, columns) = sprite.shape, SIZE_HW
    left, top = round(item.x - width / 2), round(item.y - height / 2)
    x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + width, columns), min(top + height, rows)
    mask = np.zeros(SIZE_HW, bool)
    if x0 < x1 and y0 < y1:
        mask[y0:y1, x0:x1] = sprite[y0 - top : y1 - top, x0 - left : x1 - left]
    return mask


def _scenes_of(record: Record) -> Iterator[tuple[str, str]]:
    yield "teller", field(record, "abs_t", str)
    turns = [turn.get("abs_d") for turn in field(record, "dialog", list) if isinstance(turn, dict)]
    drawn = [text for text in turns if text]
    if drawn:
        yield "drawer", str(drawn[-1])


def _scene(
    ident: int, source: str, placed: list[Placed], folder: Path, where: str, problems: Problems
) -> AnnotatedScene:
    objects: list[SceneLayer] = []
    masks: list[Bool[np.ndarray, "H W"]] = []
    for item in placed:
        with problems.skipping(f"{where}, {item.png}"):
            name, mask = _name_of(item.png), draw(item, folder)
            objects.append(layer_of(name, mask, extent="amodal", is_thing=True))
            masks.append(mask)
    return AnnotatedScene(
        key=f"codraw:{ident}:{source}",
        # Ten in a row were composed from one sentence, so they are near-duplicates.
        group=f"codraw:{ident // 10}",
        size_hw=SIZE_HW,
        objects=tuple(objects),
        occlusions=occlusions_by_rank(objects, masks, range(len(objects))),
    )


def _name_of(png: str) -> str:
    kind, _, number = png.removesuffix("s.png").partition("_")
    names = NAMES.get(kind, ())
    if number not in map(str, range(len(names))):
        raise DamageError(UNKNOWN_CATEGORY, f"no clip art {png!r}")
    return names[int(number)]


@lru_cache(maxsize=512)
def _sprite(path: Path, depth: int, flip: bool) -> Bool[np.ndarray, "h w"]:
    try:
        with open_image(read_content(path)) as image:
            if image.width * image.height > MAX_SPRITE_PIXELS:
                raise DamageError(DAMAGED_FILE, f"{path} is {image.width}x{image.height}, no clip art")
            decode(image, str(path))
            alpha = image.convert("RGBA").getchannel("A")
    except (ImageError, ValueError) as error:
        raise DamageError(DAMAGED_FILE, f"{path} cannot be read as an image ({error})") from error
    width, height = (max(1, round(side * SCALES[depth])) for side in alpha.size)
    mask = np.asarray(alpha.resize((width, height), Image.Resampling.LANCZOS)) > 127
    return mask[:, ::-1] if flip else mask
