"""Guidance as users give it, made for training from the true mask (METHOD: guidance)."""

from collections.abc import Mapping

import cv2
import numpy as np
from jaxtyping import Bool

from smartmask.scene.boxes import box_of, clip_box
from smartmask.scene.guidance import Box, Guidance, NoGuidance, Region, Scribble
from smartmask.scene.masks import mask_iou

Shares = Mapping[type[Guidance], float]
"""How often each kind of hint is given."""


def draw_hint(target: Bool[np.ndarray, "H W"], shares: Shares, rng: np.random.Generator) -> Guidance:
    """A hint of a random kind for a target that holds at least one pixel."""
    kind = list(shares)[int(rng.choice(len(shares), p=list(shares.values())))]
    if kind is Box:
        return box_hint(target, rng)
    if kind is Region:
        return region_hint(target, rng)
    if kind is Scribble:
        return scribble_hint(target, rng)
    return NoGuidance()


def box_hint(target: Bool[np.ndarray, "H W"], rng: np.random.Generator) -> Box:
    """The tight box, in one case of four off by a few per cent as a hand draws it."""
    x0, y0, x1, y1 = box_of(target)
    if rng.random() < 0.25:
        width, height = x1 - x0, y1 - y0
        limit = 0.1 * np.array([width, height, width, height])
        jitter = rng.normal(0, 0.03, 4) * (width, height, width, height)
        x0, y0, x1, y1 = (float(v) for v in np.array([x0, y0, x1, y1]) + np.clip(jitter, -limit, limit))
        x1, y1 = max(x1, x0 + 1), max(y1, y0 + 1)
    return Box(clip_box((x0, y0, x1, y1), (target.shape[0], target.shape[1])))


def region_hint(target: Bool[np.ndarray, "H W"], rng: np.random.Generator) -> Region:
    """An ellipse about the target, wider and off centre; its map is softened by `Region.rasterize`."""
    x0, y0, x1, y1 = box_of(target)
    width, height = x1 - x0, y1 - y0
    centre = ((x0 + x1) / 2 + rng.normal(0, 0.1) * width, (y0 + y1) / 2 + rng.normal(0, 0.1) * height)
    axes = (width * rng.uniform(0.8, 1.6), height * rng.uniform(0.8, 1.6))
    canvas = np.zeros(target.shape, np.uint8)
    cv2.ellipse(canvas, (centre, axes, float(rng.uniform(-20, 20))), 1, -1)
    return Region(canvas > 0 if canvas.any() else target)


def scribble_hint(target: Bool[np.ndarray, "H W"], rng: np.random.Generator) -> Scribble:
    """The target roughened: widened, or as coarse as the place pass sees it, and moved by some pixels."""
    rough: np.ndarray = target.astype(np.float32)
    x0, y0, x1, y1 = box_of(target)
    extent = max(x1 - x0, y1 - y0)
    coarse = rng.random() < 0.6
    if coarse:
        rough = _coarsened(rough, cells=rng.uniform(5, 24), extent=extent, rng=rng)
    if not coarse or rng.random() < 0.35:
        size = 2 * max(1, round(rng.uniform(0.02, 0.12) * extent)) + 1
        rough = cv2.dilate(rough, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
        rough = cv2.blur(rough, (size, size))
    shift = rng.normal(0, 0.02, 2) * extent
    matrix = np.array([[1, 0, shift[0]], [0, 1, shift[1]]], np.float32)
    moved = cv2.warpAffine(rough, matrix, rough.shape[::-1]) > 0.5
    return Scribble(moved if moved.any() and mask_iou(moved, target) > 0.2 else target)


def dilated_scribble(target: Bool[np.ndarray, "H W"], share: float, rng: np.random.Generator) -> Scribble:
    """The benchmark's scribble: the target widened by up to `share` of its longer side and rounded off."""
    x0, y0, x1, y1 = box_of(target)
    size = 2 * max(1, round(rng.uniform(share / 3, share) * max(x1 - x0, y1 - y0))) + 1
    wide = cv2.dilate(target.astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    return Scribble(cv2.blur(wide.astype(np.float32), (size, size)) > 0.5)


def _coarsened(mask: np.ndarray, cells: float, extent: float, rng: np.random.Generator) -> np.ndarray:
    """The mask reduced until `cells` pixels span it, disturbed, and enlarged again."""
    height, width = mask.shape
    factor = min(1.0, cells / extent)
    small = cv2.resize(
        mask, (max(2, round(width * factor)), max(2, round(height * factor))), interpolation=cv2.INTER_AREA
    )
    # Disturbed only near the target: noise alone would now and then draw specks far from it.
    small = small + (small > 0.05) * np.asarray(rng.normal(0, 0.15, small.shape), np.float32)
    return (cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR) > 0.5).astype(np.float32)
