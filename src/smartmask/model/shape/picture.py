"""How a silhouette is shown to a network that reads it: two small pictures, whatever its place and size.

    in aspect    the shape's box brought to `INNER_PX` along its longer side, in the middle
    stretched    the box brought to `INNER_PX` along both sides, so that a thin thing has detail across too

Both come from one map of the box at thrice that resolution, cut at one half: a mask of few pixels is drawn
with the same pen as one of many.
"""

import numpy as np
from jaxtyping import Bool, UInt8
from PIL import Image

from smartmask.model.shape.frame import stretched_box
from smartmask.scene.boxes import box_of

PICTURE_PX = 64
INNER_PX = 60
_FINER = 3


def silhouette_picture(mask: Bool[np.ndarray, "H W"]) -> UInt8[np.ndarray, "2 S S"]:
    """Both pictures of a mask, in aspect first: 255 where it is, 0 where it is not.

    Raises:
        ValueError: If the mask is empty.
    """
    x0, y0, x1, y1 = (int(v) for v in box_of(mask))
    fine = Image.fromarray(stretched_box(mask, _FINER * INNER_PX).astype(np.uint8) * 255)
    scale = INNER_PX / max(x1 - x0, y1 - y0)
    size_wh = max(1, round((x1 - x0) * scale)), max(1, round((y1 - y0) * scale))
    return np.stack([_framed(fine, size_wh), _framed(fine, (INNER_PX, INNER_PX))])


def _framed(fine: Image.Image, size_wh: tuple[int, int]) -> UInt8[np.ndarray, "S S"]:
    picture = np.zeros((PICTURE_PX, PICTURE_PX), np.uint8)
    left, top = (PICTURE_PX - size_wh[0]) // 2, (PICTURE_PX - size_wh[1]) // 2
    small = np.asarray(fine.resize(size_wh, Image.Resampling.BOX))
    picture[top : top + size_wh[1], left : left + size_wh[0]] = small
    return picture
