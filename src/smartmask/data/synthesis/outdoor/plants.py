"""Outlines of trees and bushes, drawn at random: a trunk and a crown of many lobes."""

import cv2
import numpy as np
from jaxtyping import Bool

_HEIGHT_PX = 200

KINDS = ("round", "tall", "fir", "palm")


def draw_tree(rng: np.random.Generator, kind: str) -> Bool[np.ndarray, "h w"]:
    """The silhouette of a tree, cut to its box.

    Args:
        rng: Source of its shape.
        kind: One of `KINDS`.
    """
    width = {"round": 220, "tall": 110, "fir": 130, "palm": 190}[kind]
    canvas = np.zeros((_HEIGHT_PX, width), np.uint8)
    middle = width / 2 + rng.normal(0, width * 0.03)
    trunk = float(rng.uniform(0.025, 0.05)) * _HEIGHT_PX / 2
    if kind == "palm":
        _draw_palm(rng, canvas, middle, trunk * 0.8)
    else:
        top = _HEIGHT_PX * (0.5 if kind == "round" else 0.3)
        corners = [(middle - trunk, _HEIGHT_PX), (middle - trunk * 0.6, top), (middle + trunk * 0.6, top)]
        _fill(canvas, [*corners, (middle + trunk, _HEIGHT_PX)])
        if kind == "fir":
            _draw_fir(rng, canvas, middle)
        else:
            _draw_crown(rng, canvas, middle)
    return _ragged(rng, canvas)


def draw_bush(rng: np.random.Generator) -> Bool[np.ndarray, "h w"]:
    """The silhouette of a bush, cut to its box: lobes on a level foot."""
    width = int(rng.integers(110, 240))
    canvas = np.zeros((120, width), np.uint8)
    for _ in range(int(rng.integers(8, 18))):
        radius = float(rng.uniform(14, 30))
        x = float(rng.uniform(radius + 2, width - radius - 2))
        lift = 1 - abs(x / width * 2 - 1) ** 2
        y = 118 - float(rng.uniform(0.1, 0.8)) * lift * (116 - radius)
        cv2.circle(canvas, (int(x), int(min(y, 118))), int(radius), 1, -1)
    _fill(canvas, [(width * 0.12, 119), (width * 0.2, 80), (width * 0.8, 80), (width * 0.88, 119)])
    return _ragged(rng, canvas)


def _draw_crown(rng: np.random.Generator, canvas: np.ndarray, middle: float) -> None:
    """Discs about an ellipse in the upper part."""
    width = canvas.shape[1]
    low = _HEIGHT_PX * float(rng.uniform(0.62, 0.8))
    half_high, half_wide = (low - 6) / 2, width * float(rng.uniform(0.3, 0.4))
    centre = low - half_high
    axes = (int(half_wide * 0.85), int(half_high * 0.85))
    cv2.ellipse(canvas, (int(middle), int(centre)), axes, 0, 0, 360, 1, -1)
    for angle in rng.uniform(0, 2 * np.pi, int(rng.integers(12, 26))):
        radius = float(rng.uniform(0.16, 0.34)) * min(half_wide, half_high)
        reach = float(rng.uniform(0.7, 0.95))
        x = middle + np.cos(angle) * (half_wide * reach - radius * 0.3)
        y = centre + np.sin(angle) * (half_high * reach - radius * 0.3)
        cv2.circle(canvas, (int(x), int(y)), int(radius), 1, -1)


def _draw_fir(rng: np.random.Generator, canvas: np.ndarray, middle: float) -> None:
    """Tiers of drooping branches, wider towards the ground."""
    width = canvas.shape[1]
    tiers = int(rng.integers(5, 10))
    low = _HEIGHT_PX * float(rng.uniform(0.85, 0.95))
    for tier in range(tiers):
        share = (tier + 1) / tiers
        half = width * 0.47 * share * float(rng.uniform(0.85, 1.0))
        top = 2 + (low - 2) * (tier / tiers) * 0.85
        foot = 2 + (low - 2) * share
        _fill(canvas, [(middle, top), (middle - half, foot), (middle, foot - 5), (middle + half, foot)])


def _draw_palm(rng: np.random.Generator, canvas: np.ndarray, middle: float, trunk: float) -> None:
    """A bent trunk and a head of hanging fronds."""
    width = canvas.shape[1]
    bend = float(rng.uniform(-0.15, 0.15)) * width
    heights = np.linspace(0, 1, 12)
    x = middle + bend * heights**2
    y = _HEIGHT_PX - heights * (_HEIGHT_PX * 0.78)
    half = trunk * (1.3 - 0.5 * heights)
    _fill(canvas, [*zip(x - half, y, strict=True), *zip((x + half)[::-1], y[::-1], strict=True)])
    for angle in np.linspace(0, np.pi, int(rng.integers(8, 14))) + rng.normal(0, 0.1):
        reach = float(rng.uniform(0.3, 0.42)) * width
        steps = np.linspace(0, 1, 9)
        along_x = x[-1] + np.cos(angle) * reach * steps
        along_y = y[-1] - np.sin(angle) * reach * 0.7 * steps + reach * 0.75 * steps**2
        thick = 5.5 * np.sin(np.pi * (0.15 + 0.85 * steps)) + 0.8
        upper, lower = along_y - thick, along_y + thick * 0.4
        rim = [*zip(along_x, upper, strict=True), *zip(along_x[::-1], lower[::-1], strict=True)]
        _fill(canvas, rim)


def _fill(canvas: np.ndarray, corners: list[tuple[float, float]]) -> None:
    cv2.fillPoly(canvas, [np.round(np.array(corners)).astype(np.int32)], 1)


def _ragged(rng: np.random.Generator, canvas: np.ndarray) -> Bool[np.ndarray, "h w"]:
    """The drawing with a leafy rim, in one piece, cut to its box."""
    noise = cv2.GaussianBlur(rng.standard_normal(canvas.shape).astype(np.float32), (0, 0), 2.2)
    soft = cv2.GaussianBlur(canvas.astype(np.float32), (0, 0), 2.5)
    leafy = (soft + 0.22 * noise / float(noise.std()) * (soft < 0.98) > 0.5).astype(np.uint8)
    # The trunk is thinner than the noise: it stays as drawn.
    leafy[int(canvas.shape[0] * 0.85) :] = canvas[int(canvas.shape[0] * 0.85) :]
    _, parts, stats, _ = cv2.connectedComponentsWithStats(leafy | canvas, connectivity=8)
    whole = parts == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    rows, columns = np.flatnonzero(whole.any(1)), np.flatnonzero(whole.any(0))
    crop: np.ndarray = whole[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return crop
