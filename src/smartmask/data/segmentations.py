"""The ways in which COCO files write a mask (`segmentation`), made into one: polygons and run lengths.

Every reader of such files, of datasets and of layouts, reads masks here. Format:
https://cocodataset.org/#format-data
"""

from typing import Any

import numpy as np
from jaxtyping import Bool

from smartmask.data.annotations.base import DamageError, Problems
from smartmask.data.annotations.damage import (
    DAMAGED_MASK,
    EMPTY_POLYGON,
    MISSING_FIELD,
    NO_AREA,
    WRONG_SIZE,
)
from smartmask.data.layouts.checks import short
from smartmask.data.layouts.polygons import MAX_OUTLINE_PX, check_points, lies_outside, outline_px
from smartmask.errors import LayoutFileError
from smartmask.scene.rle import decode_rle


def mask_of(
    segmentation: object, size_hw: tuple[int, int], problems: Problems, where: str
) -> Bool[np.ndarray, "H W"]:
    """The mask of a COCO segmentation.

    Args:
        segmentation: A polygon [x0, y0, x1, y1, ...] in pixels, a list of those, or run lengths
            {"size": [height, width], "counts": text or list}.
        size_hw: Height and width of the canvas in pixels.
        problems: Where the parts are noted that have no area on the canvas, if others have.
        where: File and record, for that.

    Raises:
        DamageError: If it is none of these, a polygon is damaged, none has an area or a pixel, or run lengths
            are damaged or of another size. Run lengths without a pixel are a mask.
        LayoutFileError: If it holds polygons and `pycocotools` is not installed.
    """
    if isinstance(segmentation, dict):
        return _mask_of_runs(segmentation, size_hw)
    if not isinstance(segmentation, list):
        raise DamageError(DAMAGED_MASK, f"segmentation is {short(segmentation)}, neither list nor object")
    polygons = segmentation if any(isinstance(part, list) for part in segmentation) else [segmentation]
    # A part of fewer than three points has no area; pycocotools would take one of two points for a box.
    parts = [part for part in polygons if _has_area(part, size_hw)]
    if not parts:
        raise DamageError(EMPTY_POLYGON, f"segmentation {short(segmentation)} has no area on the canvas")
    mask = _union(parts, size_hw, where)
    if not mask.any():
        raise DamageError(EMPTY_POLYGON, f"it covers no pixel of {size_hw[1]}x{size_hw[0]}")
    for _ in range(len(polygons) - len(parts)):
        problems.note(NO_AREA, where)
    return mask


def outlines_px(segmentation: object) -> float:
    """How long the outlines are that `mask_of` draws, in pixels."""
    parts = segmentation if isinstance(segmentation, list) else []
    return sum(_outline_px(part) for part in (parts if any(isinstance(p, list) for p in parts) else [parts]))


def _outline_px(polygon: object) -> float:
    try:
        points = list(zip(polygon[::2], polygon[1::2], strict=True)) if isinstance(polygon, list) else []
        return min(outline_px(points), MAX_OUTLINE_PX)
    except (TypeError, ValueError, OverflowError):  # no numbers: nothing is drawn of it
        return 0.0


def _has_area(polygon: object, size_hw: tuple[int, int]) -> bool:
    """Whether a polygon that is sound can cover a pixel."""
    if not isinstance(polygon, list) or len(polygon) % 2:
        found = "must be a list of an even number of coordinates"
        raise DamageError(DAMAGED_MASK, f"a polygon {found}, not {short(polygon)}")
    points = list(zip(polygon[::2], polygon[1::2], strict=True))
    try:
        check_points(points, size_hw, "segmentation")
    except LayoutFileError as error:
        raise DamageError(DAMAGED_MASK, str(error)) from error
    return len(points) >= 3 and not lies_outside(points, size_hw)


def _union(parts: list[Any], size_hw: tuple[int, int], where: str) -> Bool[np.ndarray, "H W"]:
    """The union of polygons, drawn by COCO's own rules."""
    try:
        from pycocotools import mask as coco  # type: ignore[import-untyped]
    except ImportError as error:
        raise LayoutFileError(
            f'{where}: polygons of COCO need pycocotools; pip install "smartmask-open[data]"'
        ) from error
    runs = coco.merge(coco.frPyObjects(parts, *size_hw))
    # Not `coco.decode`, which warns under NumPy 2.
    return decode_rle(runs["counts"].decode("ascii"), size_hw)


def _mask_of_runs(runs: dict[str, Any], size_hw: tuple[int, int]) -> Bool[np.ndarray, "H W"]:
    counts, size = runs.get("counts"), runs.get("size")
    if counts is None or not isinstance(size, list | tuple):
        raise DamageError(MISSING_FIELD, "run lengths need 'size' and 'counts'")
    if tuple(size) != tuple(size_hw):
        raise DamageError(WRONG_SIZE, f"run lengths of size {short(size)} but the image is {list(size_hw)}")
    # pycocotools believes whatever it is given, so run lengths are read without it.
    if isinstance(counts, str):
        try:
            return decode_rle(counts, size_hw)
        except ValueError as error:
            raise DamageError(DAMAGED_MASK, str(error)) from error
    if not isinstance(counts, list) or not all(type(run) is int and run >= 0 for run in counts):
        raise DamageError(DAMAGED_MASK, "run lengths must be a text or a list of whole numbers")
    pixels = size_hw[0] * size_hw[1]
    if sum(counts) != pixels:
        raise DamageError(DAMAGED_MASK, f"run lengths cover {short(sum(counts))} pixels, not {pixels}")
    flat = np.repeat(np.arange(len(counts)) % 2 == 1, counts)
    return flat.reshape(size_hw[1], size_hw[0]).T
