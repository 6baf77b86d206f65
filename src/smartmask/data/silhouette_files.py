"""Silhouettes that somebody drew or cut out, a picture each.

Which pixels are the shape is decided so, and nothing else is guessed:

- if some of the picture is transparent, the shape is what is opaque (alpha above 127);
- else the picture must be in two tones: nine tenths of its pixels darker than `DARK` or lighter than
  `LIGHT`. The tone of most of its border is the background, the other one is the shape.

What it shows is named by the sub-folder that it lies in, or by its own file name without the number at the
end ("chair_02.png").
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Bool
from PIL import Image

from smartmask.data.photos import decode, open_image, read_photo
from smartmask.data.upright import can_be_transparent, upright_levels
from smartmask.errors import ImageError
from smartmask.scene.boxes import box_of
from smartmask.scene.labels import plain_label

SUFFIXES = (".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".jpg", ".jpeg")
DARK, LIGHT = 80, 175
LEAST_TWO_TONED = 0.9
BORDER_OF_ONE_TONE = 0.65
"""Share of the border's pixels that makes a tone the background."""
SMALLEST_PX = 16
"""Of a shape's longer side; a smaller one says little."""


@dataclass(frozen=True, slots=True, eq=False)
class Silhouette:
    """A whole shape with its name.

    Attributes:
        label: What it shows, in plain words.
        mask: Its pixels, cropped to their box.
        where: The file or record that it is from.
    """

    label: str
    mask: Bool[np.ndarray, "h w"]
    where: str


def read_silhouettes(path: Path, label: str | None = None) -> Iterator[Silhouette]:
    """The silhouettes of a picture, or of all pictures in a folder and the folders in it, by name.

    Args:
        path: The picture or the folder.
        label: What all of them show; None = as the names say.

    Raises:
        ImageError: If there is no picture, one cannot be read, holds no silhouette, or has no name.
    """
    files = [path] if path.is_file() else sorted(_pictures(path))
    if not files:
        raise ImageError(f"{path}: holds no pictures ({', '.join(SUFFIXES)}); give a folder of silhouettes")
    for file in files:
        name = label or (file.parent.name if file.parent != path and file != path else _name_of(file))
        plain = plain_label(name)
        if not re.search(r"[^\W\d_]", plain):
            raise ImageError(
                f"{file}: its name says nothing of what it shows; give --label, or name it as in chair_1.png"
            )
        yield Silhouette(plain, silhouette_of(file), file.relative_to(path.parent).as_posix())


def silhouette_of(path: Path) -> Bool[np.ndarray, "h w"]:
    """The shape in a picture, cropped to its box.

    Raises:
        ImageError: If the picture cannot be read, or holds no silhouette.
    """
    grey = np.asarray(Image.fromarray(read_photo(path)).convert("L"))
    opaque = _opaque(path)
    mask = _lone_tone(grey, path) if opaque is None else opaque
    if not mask.any():
        raise ImageError(f"{path}: is empty: all of it is transparent or of one tone; draw a filled shape")
    x0, y0, x1, y1 = (int(value) for value in box_of(mask))
    if max(x1 - x0, y1 - y0) < SMALLEST_PX:
        raise ImageError(
            f"{path}: its shape is {x1 - x0}x{y1 - y0} pixels; draw it at least {SMALLEST_PX} pixels long"
        )
    return mask[y0:y1, x0:x1]


def _pictures(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        is_hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not is_hidden and path.suffix.lower() in SUFFIXES and path.is_file():
            yield path


def _name_of(file: Path) -> str:
    return re.sub(r"[\W_]*\d+\W*$", "", file.stem)


def _opaque(path: Path) -> Bool[np.ndarray, "H W"] | None:
    """What is opaque; None if nothing is transparent."""
    with open_image(path) as image:
        decode(image, str(path))
        if not can_be_transparent(image, str(path)):
            return None
        alpha = upright_levels(image, str(path))[1]
    assert alpha is not None, "an image with transparency has an alpha"
    return None if alpha.min() > 127 else alpha > 127


def _lone_tone(grey: np.ndarray, path: Path) -> Bool[np.ndarray, "H W"]:
    """What is not of the border's tone."""
    two_toned = float(((grey < DARK) | (grey > LIGHT)).mean())
    if two_toned < LEAST_TWO_TONED:
        raise ImageError(
            f"{path}: is no silhouette: only {two_toned:.0%} of it is nearly black or nearly white; draw the "
            "shape in one tone on the other, or cut it out on a transparent ground"
        )
    is_light = grey > 127
    border = np.concatenate([is_light[0], is_light[-1], is_light[1:-1, 0], is_light[1:-1, -1]])
    light = float(border.mean())
    if 1 - BORDER_OF_ONE_TONE < light < BORDER_OF_ONE_TONE:
        raise ImageError(
            f"{path}: {light:.0%} of its border is light, so shape and ground cannot be told apart; leave a "
            "margin round the shape, or make the ground transparent"
        )
    return is_light != (light > 0.5)
