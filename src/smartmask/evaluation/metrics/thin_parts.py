"""Whether an answer has the thin parts of the truth, and leaves its narrow gaps open.

With a disc whose radius is `RADIUS_SHARE` of the diagonal of the true mask's box,

    thin parts     what an opening by the disc takes from the true mask: legs, stems, handles. Their recall is
                   the share of their pixels that the answer covers
    narrow gaps    what a closing by it adds to the true mask: between legs, under a handle. Their recall is
                   the share of their pixels that the answer leaves out

The diagonal, not the root of the area, is the measure: a bicycle has little area, and its frame is thin all
the same. A filled box has every thin part and no gap, nothing has every gap and no thin part; an answer must
have both, so read the two together. An opening rounds off corners as well; a truth of which less than
`LEAST_SHARE` of the area is thin (or is gap) has no such parts, and its recall is not defined (NaN).

Source: Serra 1982, "Image analysis and mathematical morphology" (opening, closing, their residues).
"""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from jaxtyping import Bool

from smartmask.scene.boxes import box_of

RADIUS_SHARE = 0.04
LEAST_SHARE = 0.02
Mask = Bool[np.ndarray, "H W"]


class ThinRecall(NamedTuple):
    """Shares of a truth's thin parts covered, and of its narrow gaps left open; NaN where it has none."""

    parts: float
    gaps: float


def thin_recalls(answers: Sequence[Mask], truth: Mask) -> list[ThinRecall]:
    """How much of what is thin each of some answers gets right.

    Raises:
        ValueError: If the truth is empty.
    """
    parts, gaps = thin_parts_and_gaps(truth)
    least = LEAST_SHARE * np.count_nonzero(truth)
    return [ThinRecall(_share(answer, parts, least), _share(~answer, gaps, least)) for answer in answers]


def thin_parts_and_gaps(mask: Mask) -> tuple[Mask, Mask]:
    """The thin parts of a mask, and the narrow gaps in it or between its parts.

    Raises:
        ValueError: If the mask is empty.
    """
    x0, y0, x1, y1 = (int(v) for v in box_of(mask))
    radius_px = RADIUS_SHARE * float(np.hypot(x1 - x0, y1 - y0))
    margin = int(2 * radius_px) + 2
    near = np.pad(mask[y0:y1, x0:x1], margin)
    inner = slice(margin, -margin), slice(margin, -margin)
    parts, gaps = np.zeros_like(mask), np.zeros_like(mask)
    parts[y0:y1, x0:x1] = (near & ~_opened(near, radius_px))[inner]
    gaps[y0:y1, x0:x1] = (~near & ~_opened(~near, radius_px))[inner]
    return parts, gaps


def _opened(mask: Mask, radius_px: float) -> Mask:
    """The union of the discs that fit into a mask; what is beyond the border goes on as the border is."""
    eroded = _distance(mask) > radius_px
    if not eroded.any():
        return np.zeros_like(mask)
    return np.asarray(_distance(~eroded) <= radius_px)


def _distance(mask: Mask) -> np.ndarray:
    """From each pixel to the nearest one outside the mask; infinite if there is none."""
    if mask.all():
        return np.full(mask.shape, np.inf)
    return cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)


def _share(found: Mask, wanted: Mask, least: float) -> float:
    count = int(np.count_nonzero(wanted))
    return float("nan") if count < max(least, 1) else int(np.count_nonzero(found & wanted)) / count
