"""Pictures as PNG files in memory: whole, and the small one that a value shows of itself in a notebook."""

import io
from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Int16, UInt8, UInt16
from PIL import Image

from smartmask.scene.colours import label_colours

LONGEST_PX = 512
"""The most pixels on a preview's longer side."""
_UNKNOWN = (200, 200, 198)


def preview_hw(size_hw: tuple[int, int]) -> tuple[int, int]:
    """The size that a picture of some size is shown at; small ones are not enlarged.

    >>> preview_hw((480, 640)), preview_hw((30, 40))
    ((384, 512), (30, 40))
    """
    share = min(1.0, LONGEST_PX / max(size_hw))
    return max(round(size_hw[0] * share), 1), max(round(size_hw[1] * share), 1)


def png_bytes(
    picture: UInt8[np.ndarray, "H W *C"] | UInt16[np.ndarray, "H W"] | Bool[np.ndarray, "H W"] | Image.Image,
    profile: bytes | None = None,
) -> bytes:
    """A picture as the content of a PNG file.

    Args:
        picture: An image, or grey (H, W), RGB or RGBA values; bool ones become 0 and 255.
        profile: The ICC profile of its colours; None = it gets none.
    """
    if isinstance(picture, np.ndarray):
        is_mask = picture.dtype == bool
        picture = Image.fromarray(picture.view(np.uint8) * np.uint8(255) if is_mask else picture)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", icc_profile=profile)
    return buffer.getvalue()


def preview_png(
    pixels: UInt8[np.ndarray, "H W"] | UInt8[np.ndarray, "H W 3"], profile: bytes | None = None
) -> bytes:
    """A grey or RGB picture as a PNG file, made as small as `preview_hw` says."""
    height, width = preview_hw((pixels.shape[0], pixels.shape[1]))
    picture = Image.fromarray(pixels)
    if (picture.height, picture.width) != (height, width):
        picture = picture.resize((width, height), Image.Resampling.BOX)
    return png_bytes(picture, profile)


def index_png(index: Int16[np.ndarray, "H W"], labels: Sequence[str]) -> bytes:
    """A layout's visible index as a preview: each layer in its label's colour, grey where there is none.

    Args:
        index: The number of the layer seen at each pixel, -1 where there is none.
        labels: What each layer is.
    """
    colours = np.concatenate([label_colours(labels), np.array([_UNKNOWN], np.uint8)])
    return preview_png(colours[index])
