"""The ways in which COCO files write a mask, made into one, and a mask made into a layer."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from jaxtyping import Bool
from pycocotools import mask as coco  # type: ignore[import-untyped]

from smartmask.data.annotations.base import DamageError
from smartmask.data.annotations.damage import (
    DAMAGED_MASK,
    EMPTY_MASK,
    EMPTY_POLYGON,
    MISSING_FIELD,
    UNNAMED,
    WRONG_SIZE,
)
from smartmask.data.layered_scene import SceneLayer
from smartmask.scene.labels import plain_label
from smartmask.scene.layout import Extent
from smartmask.scene.rle import decode_rle

MAX_COORDINATE = 1e5
"""Beyond it a number is no pixel; the rasteriser would take memory in proportion to it."""


def mask_of(segmentation: object, size_hw: tuple[int, int]) -> Bool[np.ndarray, "H W"]:
    """The mask of a COCO segmentation.

    Args:
        segmentation: A polygon [x0, y0, x1, y1, ...] in pixels, a list of those, or run lengths
            {"size": [height, width], "counts": text or list}.
        size_hw: Height and width of the canvas in pixels.

    Raises:
        DamageError: If it is none of these, a polygon has no area or no pixel, or run lengths are damaged or
            of another size. Run lengths without a pixel are a mask.
    """
    if isinstance(segmentation, dict):
        return _mask_of_runs(segmentation, size_hw)
    if not isinstance(segmentation, list):
        raise DamageError(DAMAGED_MASK, f"a segmentation of type {type(segmentation).__name__}")
    polygons = segmentation if any(isinstance(part, list) for part in segmentation) else [segmentation]
    # A part of fewer than three points has no area; pycocotools would take one of two points for a box.
    parts = [part for part in map(_checked_polygon, polygons) if len(part) >= 6]
    if not parts:
        raise DamageError(EMPTY_POLYGON)
    height, width = size_hw
    mask = _decoded(coco.merge(coco.frPyObjects(parts, height, width)), size_hw)
    if not mask.any():
        raise DamageError(EMPTY_POLYGON, f"it covers no pixel of {width}x{height}")
    return mask


def layer_of(
    name: str,
    mask: Bool[np.ndarray, "H W"],
    *,
    extent: Extent,
    is_thing: bool,
    synonyms: Iterable[str] = (),
) -> SceneLayer:
    """The layer of a mask, its class name and synonyms put into plain words.

    Raises:
        DamageError: If the mask is empty or the name is.
    """
    label = plain_label(name)
    if not label:
        raise DamageError(UNNAMED, f"the name is {name!r}")
    if not mask.any():
        raise DamageError(EMPTY_MASK, f"of {label!r}")
    others = dict.fromkeys(plain_label(synonym) for synonym in synonyms)
    texts = [text for text in others if text and text != label]
    # What `SceneLayer.of` gives, at twice its speed: a collection has a hundred thousand masks.
    runs = coco.encode(np.asfortranarray(mask, dtype=np.uint8))
    x, y, width, height = (int(value) for value in coco.toBbox(runs))
    return SceneLayer(
        label=label,
        counts=runs["counts"].decode("ascii"),
        box_xyxy=(x, y, x + width, y + height),
        area_px=int(coco.area(runs)),
        extent=extent,
        is_thing=is_thing,
        texts=tuple(texts),
    )


def _checked_polygon(polygon: object) -> list[float]:
    if not isinstance(polygon, list) or len(polygon) % 2:
        raise DamageError(DAMAGED_MASK, "a polygon must be a list of an even number of coordinates")
    if not all(isinstance(value, int | float) and abs(value) <= MAX_COORDINATE for value in polygon):
        raise DamageError(DAMAGED_MASK, "a polygon's coordinates must be numbers of pixels")
    return polygon


def _mask_of_runs(runs: dict[str, object], size_hw: tuple[int, int]) -> Bool[np.ndarray, "H W"]:
    counts, size = runs.get("counts"), runs.get("size")
    if counts is None or not isinstance(size, Sequence):
        raise DamageError(MISSING_FIELD, "run lengths need 'size' and 'counts'")
    if tuple(size) != tuple(size_hw):
        raise DamageError(WRONG_SIZE, f"run lengths of size {list(size)}, not {list(size_hw)}")
    height, width = size_hw
    # pycocotools believes whatever it is given, so run lengths are checked before it sees them.
    if isinstance(counts, str):
        try:
            return decode_rle(counts, size_hw)
        except ValueError as error:
            raise DamageError(DAMAGED_MASK, str(error)) from error
    if not isinstance(counts, list) or not all(isinstance(run, int) and run >= 0 for run in counts):
        raise DamageError(DAMAGED_MASK, "run lengths must be a text or a list of whole numbers")
    if sum(counts) != height * width:
        raise DamageError(DAMAGED_MASK, f"run lengths cover {sum(counts)} pixels, not {height * width}")
    return _decoded(coco.frPyObjects(runs, height, width), size_hw)


def _decoded(runs: dict[str, Any], size_hw: tuple[int, int]) -> Bool[np.ndarray, "H W"]:
    # Not `coco.decode`, which warns under NumPy 2.
    return decode_rle(runs["counts"].decode("ascii"), size_hw)
