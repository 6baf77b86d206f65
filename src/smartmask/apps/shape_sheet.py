"""A page of remembered shapes, as the codec brings them back."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float32
from PIL import Image

from smartmask.apps.drawing import draw_page
from smartmask.apps.lettering import INK, PAPER
from smartmask.memory.remembered import RememberedShape
from smartmask.model.shape.frame import FRAME_PX, MARGIN_PX, REACH_PX

SIDE_PX = 190
COLUMNS = 8
_AIR_PX = 12
_FINER = 2


def shape_sheet(
    shapes: Sequence[RememberedShape], fields: Float32[np.ndarray, "N F F"], title: str, subtitle: str
) -> Image.Image:
    """Shapes in rows, each with its label, poses and source below it.

    Args:
        shapes: What is known of each, in order.
        fields: Their fields as decoded.
        title: Large text on top.
        subtitle: Small text below it.
    """
    panels = [
        (draw_shape(field, shape.aspect), ", ".join((shape.label, *shape.poses, shape.source)))
        for shape, field in zip(shapes, fields, strict=True)
    ]
    return draw_page(panels, min(COLUMNS, len(panels)), (SIDE_PX, SIDE_PX), title, subtitle)


def draw_shape(field: Float32[np.ndarray, "F F"], aspect: float) -> Image.Image:
    """A field's shape in its true aspect, in ink in the middle of a square."""
    room = SIDE_PX - 2 * _AIR_PX
    width, height = (max(round(room * side), 2) for side in (min(aspect, 1.0), min(1 / aspect, 1.0)))
    inner = Image.fromarray(field[MARGIN_PX : FRAME_PX - MARGIN_PX, MARGIN_PX : FRAME_PX - MARGIN_PX])
    large = inner.resize((_FINER * width, _FINER * height), Image.Resampling.BICUBIC)
    scale = REACH_PX * _FINER * max(width, height) / (FRAME_PX - 2 * MARGIN_PX)
    cover = np.clip(np.asarray(large) * scale + 0.5, 0, 1) * 255
    alpha = Image.fromarray(cover.astype(np.uint8)).resize((width, height), Image.Resampling.BOX)
    picture = Image.new("RGB", (SIDE_PX, SIDE_PX), PAPER)
    picture.paste(INK, ((SIDE_PX - width) // 2, (SIDE_PX - height) // 2), alpha)
    return picture
