"""Things that a detector found by their words, and their masks -> layout.

Rules, each stated once:

- A box stands for the word whose tokens it answers most to on average.
- Two boxes that overlap by more than `same_box` (IoU) are one thing: the surer stays, whatever its word.
- Where masks overlap, the pixel belongs to the smaller one: a cup on a table is seen, a table behind a cup is
  not. A thing left with less than `min_kept` of its mask was the shadow of others and goes.
- Things lie in front of the base layout, by their lower edge. A layer of the base that shares more than
  `same_region` (IoU) of its pixels with a thing is that thing under another name and goes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int16

from smartmask.scene.boxes import BoxXYXY
from smartmask.scene.layout import Layer, Layout
from smartmask.segmentation.panoptic import UNKNOWN, nearness_key


@dataclass(frozen=True, slots=True)
class Detection:
    """Something found in a photo.

    Attributes:
        label: The word that it was looked for with.
        score: How sure the detector is, 0..1.
        box_xyxy: Where it is.
    """

    label: str
    score: float
    box_xyxy: BoxXYXY


@dataclass(frozen=True, slots=True, kw_only=True)
class FindSettings:
    """What counts as found.

    Attributes:
        min_score: Mean probability of a word's tokens that a box needs.
        max_things: The surest so many are kept.
        same_box: IoU of boxes above which they are one thing.
        min_kept: Share of its mask that a thing must keep from smaller ones.
        same_region: IoU of a thing and a layer of the base above which the layer goes.
    """

    min_score: float = 0.3
    max_things: int = 100
    same_box: float = 0.7
    min_kept: float = 0.2
    same_region: float = 0.5

    def __post_init__(self) -> None:
        shares = (self.min_score, self.same_box, self.min_kept, self.same_region)
        if min(shares) < 0 or max(shares) > 1 or self.max_things < 1:
            raise ValueError(f"shares must be within 0..1 and max_things at least 1: {self}")


def read_detections(
    token_probabilities: Float[np.ndarray, "N L"],
    boxes_cxcywh: Float[np.ndarray, "N 4"],
    tokens_of: Mapping[str, Sequence[int]],
    size_hw: tuple[int, int],
    min_score: float,
) -> list[Detection]:
    """What a detector's boxes stand for.

    Args:
        token_probabilities: How much each box answers to each token of the text.
        boxes_cxcywh: Centre, width and height of the boxes, in shares of the photo's sides.
        tokens_of: The words, and the numbers of each one's tokens.
        size_hw: Height and width of the photo.
        min_score: Mean probability of a word's tokens that a box needs.

    Source: the positive maps of Grounding DINO's evaluation (Liu et al. 2023, arXiv 2303.05499).
    """
    height, width = size_hw
    words = list(tokens_of)
    scores = np.stack([token_probabilities[:, list(tokens_of[word])].mean(1) for word in words], axis=1)
    centre, half = boxes_cxcywh[:, :2], boxes_cxcywh[:, 2:] / 2
    corners = np.concatenate([centre - half, centre + half], axis=1) * [width, height, width, height]
    corners = np.clip(corners, 0, [width, height, width, height])
    has_area = (corners[:, 2] > corners[:, 0]) & (corners[:, 3] > corners[:, 1])
    found = []
    for number in np.flatnonzero(has_area & (scores.max(1) > min_score)):
        best = int(scores[number].argmax())
        x0, y0, x1, y1 = (float(edge) for edge in corners[number])
        found.append(Detection(words[best], float(scores[number, best]), (x0, y0, x1, y1)))
    return found


def distinct(detections: Iterable[Detection], settings: FindSettings) -> list[Detection]:
    """The detections without repetitions, the surest first."""
    kept: list[Detection] = []
    for detection in sorted(detections, key=lambda item: -item.score):
        if len(kept) == settings.max_things:
            break
        if all(_box_iou(detection.box_xyxy, other.box_xyxy) <= settings.same_box for other in kept):
            kept.append(detection)
    return kept


def place_things(
    base: Layout,
    detections: Sequence[Detection],
    masks: Iterable[Bool[np.ndarray, "H W"]],
    settings: FindSettings,
) -> Layout:
    """The layout with the things found in front.

    Args:
        base: What was known before; a layout without layers if nothing was.
        detections: The things.
        masks: The mask of each, of the layout's size; each is looked at once.
        settings: What counts as found.

    Raises:
        ValueError: If there are not as many masks as detections, or one has another size.
    """
    index = _owners(base.size_hw, len(detections), masks, settings.min_kept)
    visible = base.visible_index()
    # Pixels that each pair of a base layer and a thing shares; the last row and column hold what is neither.
    pairs = np.zeros((len(base) + 1, len(detections) + 1), np.int64)
    np.add.at(pairs, (visible, index), 1)
    shared = pairs[:-1, :-1]
    union = pairs[:-1].sum(1, keepdims=True) + pairs[:, :-1].sum(0) - shared
    is_renamed = (shared > settings.same_region * union).any(1)
    layers = []
    for number, layer in enumerate(base.layers):
        rest = (visible == number) & (index == UNKNOWN)
        if rest.any() and not is_renamed[number]:
            layers.append(Layer(layer.label, rest, confidence=layer.confidence))
    things = []
    for number, detection in enumerate(detections):
        mask = index == number
        if mask.any():
            thing = Layer(detection.label, mask, confidence=min(detection.score, 1.0))
            things.append((nearness_key(mask, True), thing))
    things.sort(key=lambda item: item[0])
    return Layout(base.size_hw, (*layers, *(thing for _, thing in things)))


def _owners(
    size_hw: tuple[int, int], count: int, masks: Iterable[Bool[np.ndarray, "H W"]], min_kept: float
) -> Int16[np.ndarray, "H W"]:
    """The number of the thing that each pixel belongs to, `UNKNOWN` where there is none."""
    index = np.full(size_hw, UNKNOWN, np.int16)
    areas = np.full(count + 1, np.inf)  # the last stands for UNKNOWN, which everything is smaller than
    number = -1
    for number, mask in enumerate(masks):
        if number >= count or mask.shape != tuple(size_hw):
            found = f"mask {number} of {mask.shape[1]}x{mask.shape[0]}"
            raise ValueError(f"expected {count} masks of {size_hw[1]}x{size_hw[0]}, came to {found}")
        areas[number] = np.count_nonzero(mask)
        owners = index[mask]
        owners[areas[owners] > areas[number]] = number
        index[mask] = owners
    if number + 1 != count:
        raise ValueError(f"expected {count} masks, one a detection, but came to {number + 1}")
    kept = np.bincount(index[index != UNKNOWN], minlength=count)[:count]
    goes = np.append(kept < min_kept * areas[:-1], False)
    index[goes[index]] = UNKNOWN
    return index


def _box_iou(first: BoxXYXY, second: BoxXYXY) -> float:
    x0, y0, x1, y1 = first
    left, top, right, bottom = second
    shared = max(0.0, min(x1, right) - max(x0, left)) * max(0.0, min(y1, bottom) - max(y0, top))
    return shared / ((x1 - x0) * (y1 - y0) + (right - left) * (bottom - top) - shared)
