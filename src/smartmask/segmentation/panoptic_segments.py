"""What mask-classification networks say about a photo -> layout.

MaskFormer, Mask2Former, OneFormer and EoMT answer with N queries: each has a mask of logits and a class, or
none. With s_i the probability of query i's class and m_i(x) of its mask, a pixel x goes to the query of the
highest s_i m_i(x), if that query claims it (m_i(x) >= 0.5), else to nobody (Cheng et al. 2021, *Per-Pixel
Classification is Not All You Need*, arXiv 2107.06278, section 3.4, "general inference"). A query that loses
most of what it claims was the shadow of another one and goes. What nobody is sure of stays unknown.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32, Int, Int16

from smartmask.scene.labels import plain_label
from smartmask.scene.layout import Layer, Layout
from smartmask.segmentation.panoptic import UNKNOWN, linear_taps, nearness_key

STRIP_VALUES = 1 << 19
"""Mask values brought to full size at a time: bounds the memory; more is slower, too."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One region of a segmentation map.

    Attributes:
        number: Its value in the map.
        class_number: Its class.
        score: How sure its class is, 0..1.
    """

    number: int
    class_number: int
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeSettings:
    """How sure a query must be.

    Attributes:
        min_score: Probability of its class that a query needs to take part.
        min_claim: Probability of its mask from which on it claims a pixel.
        min_kept: Share of the pixels it claims that a query must win, or it goes.
    """

    min_score: float = 0.5
    min_claim: float = 0.5
    min_kept: float = 0.8

    def __post_init__(self) -> None:
        shares = (self.min_score, self.min_claim, self.min_kept)
        if min(shares) < 0 or max(shares) > 1:
            raise ValueError(f"min_score, min_claim and min_kept must be within 0..1: {self}")


def merge_queries(
    class_logits: Float[np.ndarray, "N C"],
    mask_logits: Float[np.ndarray, "N h w"],
    size_hw: tuple[int, int],
    settings: MergeSettings | None = None,
    seen_hw: tuple[float, float] = (1.0, 1.0),
) -> tuple[Int16[np.ndarray, "H W"], list[Segment]]:
    """The segment at each pixel of a photo, -1 where none is known, and the segments by their numbers.

    Args:
        class_logits: Of each query's class; the last column stands for "nothing".
        mask_logits: Of each query's mask.
        size_hw: Height and width of the photo.
        settings: How sure a query must be; None = the defaults.
        seen_hw: Shares of the masks' height and width that the photo fills from the top left; the rest is
            padding.

    Raises:
        ValueError: If the two do not belong together, or the photo has no pixel.

    Source: arXiv 2107.06278, section 3.4.
    """
    settings = settings or MergeSettings()
    if class_logits.ndim != 2 or mask_logits.ndim != 3 or len(class_logits) != len(mask_logits):
        raise ValueError(
            "class logits must be (N, C) and mask logits (N, h, w) of the same N, not "
            f"{class_logits.shape} and {mask_logits.shape}"
        )
    if min(size_hw) < 1:
        raise ValueError(f"a photo needs at least 1x1 pixels, not {size_hw[1]}x{size_hw[0]}")
    odds = np.exp(class_logits - class_logits.max(1, keepdims=True))
    best, scores = odds.argmax(1), odds.max(1) / odds.sum(1)
    kept = np.flatnonzero((best < class_logits.shape[1] - 1) & (scores > settings.min_score))
    index = np.full(size_hw, UNKNOWN, np.int16)
    if not len(kept):
        return index, []
    masks = mask_logits[kept].astype(np.float32)
    weights = scores[kept].astype(np.float32)
    won, claimed = _assign(index, masks, weights, settings.min_claim, seen_hw)
    loses = won <= settings.min_kept * claimed
    index[np.append(loses, False)[index]] = UNKNOWN
    return index, [
        Segment(number, int(best[query]), float(scores[query]))
        for number, query in enumerate(kept)
        if not loses[number]
    ]


def panoptic_to_layout(
    segmentation: Int[np.ndarray, "H W"],
    segments: Sequence[Segment],
    names: Mapping[int, str],
    stuff: Collection[int],
) -> Layout:
    """The layout of a segmentation map: stuff from top to bottom, in front of it things by their lower edge.

    Segments of the same stuff are one layer, whose confidence is the mean over its pixels; each thing is one
    of its own. Pixels of no listed segment stay unknown.

    Args:
        segmentation: The number of the segment at each pixel.
        segments: The segments, in any order.
        names: What each class is called; names are put into plain words.
        stuff: The classes that are stuff; all others are things.

    Raises:
        ValueError: If a class has no name, or two segments share a number.
    """
    numbers = [segment.number for segment in segments]
    if len(set(numbers)) < len(numbers):
        raise ValueError(f"each segment needs a number of its own, not {sorted(numbers)}")
    nameless = sorted({segment.class_number for segment in segments} - set(names))
    if nameless:
        raise ValueError(f"no names for classes {nameless}; {len(names)} classes have one")
    regions: dict[tuple[str, int | None], list[Segment]] = {}
    for segment in segments:
        label = plain_label(names[segment.class_number]) or names[segment.class_number].strip()
        thing = None if segment.class_number in stuff else segment.number
        regions.setdefault((label, thing), []).append(segment)
    found = []
    for (label, thing), members in regions.items():
        mask = np.isin(segmentation, [segment.number for segment in members])
        if mask.any():
            areas = [np.count_nonzero(segmentation == segment.number) for segment in members]
            confidence = np.average([segment.score for segment in members], weights=areas)
            layer = Layer(label, mask, confidence=min(float(confidence), 1.0))
            found.append((nearness_key(mask, thing is not None), layer))
    found.sort(key=lambda item: item[0])
    height, width = segmentation.shape
    return Layout((height, width), tuple(layer for _, layer in found))


def _assign(
    index: Int16[np.ndarray, "H W"],
    masks: Float32[np.ndarray, "N h w"],
    weights: Float32[np.ndarray, " N"],
    min_claim: float,
    seen_hw: tuple[float, float],
) -> tuple[Int[np.ndarray, " N"], Int[np.ndarray, " N"]]:
    """Fill in the number of the query at each pixel; how many pixels each wins, and how many it claims."""
    (height, width), (count, rows, columns) = index.shape, masks.shape
    x0, x1, across = linear_taps(np.arange(width), width, max(1.0, columns * seen_hw[1]))
    won, claimed = np.zeros(count, np.int64), np.zeros(count, np.int64)
    strip = max(1, STRIP_VALUES // (width * count))
    for top in range(0, height, strip):
        lines = np.arange(top, min(top + strip, height))
        y0, y1, down = linear_taps(lines, height, max(1.0, rows * seen_hw[0]))
        upper, lower = masks[:, y0], masks[:, y1]
        tall = upper + down[:, None] * (lower - upper)
        logits = tall[:, :, x0] + across * (tall[:, :, x1] - tall[:, :, x0])
        # The logistic function; written with tanh it never overflows.
        probabilities = 0.5 + 0.5 * np.tanh(0.5 * logits)
        claims = probabilities >= min_claim
        winner = (weights[:, None, None] * probabilities).argmax(0)
        won += np.bincount(winner.ravel(), minlength=count)
        claimed += claims.sum((1, 2))
        is_claimed = np.take_along_axis(claims, winner[None], 0)[0]
        index[lines] = np.where(is_claimed, winner, UNKNOWN)
    return won, claimed
