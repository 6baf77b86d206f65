"""The one door for hints: whatever a user gives in Python or on a command line becomes `Guidance` or a mask.

- A `Box`, `Region`, `Scribble` or `NoGuidance` is taken as it is.
- Four numbers in a tuple, a list or an array of one axis are a box, see `scene.boxes.as_box`.
- A suggestion, a path, a Pillow image or any other array is a drawing, see `data.photos.read_mask`: the mask
  itself where one may be given, otherwise a scribble.

Anything else is a `TypeError`.
"""

from pathlib import Path

import numpy as np
from jaxtyping import Bool, UInt8
from PIL import Image

from smartmask.data.photos import read_mask, read_photo
from smartmask.errors import kind_of
from smartmask.pipelines.suggestion import Suggestion
from smartmask.scene.boxes import FourNumbers, as_box
from smartmask.scene.colour_profile import Picture
from smartmask.scene.guidance import Box, Guidance, Scribble
from smartmask.scene.layout import Layout

Drawing = Suggestion | Path | str | Image.Image | np.ndarray
Hint = Guidance | FourNumbers | Drawing
Photo = Path | str | Image.Image | Picture | UInt8[np.ndarray, "H W 3"]
Shown = Photo | Layout
Canvas = UInt8[np.ndarray, "H W 3"] | Layout


def read_canvas(image_or_layout: Shown) -> tuple[Canvas, tuple[int, int]]:
    """A photo read, or a layout as it is; and the size."""
    if isinstance(image_or_layout, Layout):
        return image_or_layout, image_or_layout.size_hw
    photo = read_photo(image_or_layout)
    return photo, (photo.shape[0], photo.shape[1])


def read_hint(hint: Hint, size_hw: tuple[int, int]) -> Guidance:
    """A hint for a canvas of this size; a drawing becomes a scribble.

    Raises:
        ImageError: If the file of a drawing cannot be read.
        TypeError: If it is none of the forms.
        ValueError: If a box is inverted or not finite, or a drawing is empty or of another size.
    """
    found = read_where(hint, size_hw)
    return Scribble(found) if isinstance(found, np.ndarray) else found


def read_where(where: Hint, size_hw: tuple[int, int]) -> Bool[np.ndarray, "H W"] | Guidance:
    """A mask or a hint for a canvas of this size; a drawing becomes the mask.

    Raises:
        ImageError: If the file of a drawing cannot be read.
        TypeError: If it is none of the forms.
        ValueError: If a box is inverted or not finite, or a drawing is empty or of another size.
    """
    if isinstance(where, Guidance):
        return where
    if isinstance(where, tuple | list) or (isinstance(where, np.ndarray) and where.ndim == 1):
        return Box(as_box(where))
    if isinstance(where, Drawing):
        return read_drawing(where, size_hw)
    raise TypeError(
        "a hint must be a Box, Region, Scribble or NoGuidance, four numbers (a box), or a drawing (a bool "
        f"array, a picture, its path, a suggestion), not {kind_of(where)}"
    )


def read_drawing(drawing: Drawing, size_hw: tuple[int, int]) -> Bool[np.ndarray, "H W"]:
    """The mask of a drawing on a canvas of this size.

    Raises:
        ImageError: If its file cannot be read.
        TypeError: If it is no drawing.
        ValueError: If it is empty or of another size.
    """
    return read_mask(drawing.mask if isinstance(drawing, Suggestion) else drawing, size_hw)


def shape_of(drawing: Drawing) -> str:
    """The remembered shape that a suggestion was drawn from.

    Raises:
        ValueError: If it was drawn freely, or is no suggestion.
    """
    if isinstance(drawing, Suggestion) and drawing.origin is not None:
        return drawing.origin.shape
    found = "it was drawn freely" if isinstance(drawing, Suggestion) else f"{kind_of(drawing)} does not tell"
    raise ValueError(
        f"which remembered shape is to be turned? {found}; give a suggestion that was drawn from a mesh, or "
        "the shape as its origin.shape tells"
    )
