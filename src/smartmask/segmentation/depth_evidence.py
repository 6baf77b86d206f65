"""What a map of visible regions tells about which of two that touch is in front.

Each sign is a number a pair, above 0 where the first of the two is in front and 0 where it says nothing:

- *junction*: where three regions meet, the one of the widest angle is in front: its outline goes on, those of
  the others end there (Palou and Salembier, "Monocular Depth Ordering Using T-Junctions and Convexity
  Occlusion Cues", IEEE TIP 22(5), 2013). A junction counts by the difference of two angles, in full turns.
- *across*, *down*: a region between parts of the other, in its rows or in its columns, is in front: what is
  behind goes on behind it. To be enclosed is the extreme of this, to bite into the other a weak case. Counted
  is the share of the region's pixels, so the bit of wall seen through a chair's back does not win.
- *words*: sky is behind other surroundings, these behind what lies flat on them, all of them behind things.
- *lower edge*: of two things that stand on surroundings, the lower one. The foot of a cup is on a table, and
  where that ends says nothing.
- *size*: of two things, the smaller one.
- *nearness*, with a map of it: the difference across the border, from left to right only. Right below a
  thing's foot the ground is nearer than the thing, so borders between above and below mislead.

Tried, and of no use beside these: how convex the border is, and the lower edges of two things of one label
wherever they stand.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32, Int16, Int64

from smartmask.scene.layout import OUTSIDE
from smartmask.segmentation.borders import Borders
from smartmask.segmentation.surroundings import THING_LEVEL, level_of

KINDS = ("junction", "across", "down", "words", "lower edge", "size", "nearness")
MOST_PX = 1024
"""Maps are read on a grid of at most so many rows and columns, so that time is bounded on any photo."""
JUNCTION_RADIUS = 0.0125
"""Of the disc in which angles are measured, as a share of the diagonal; segmenters round corners off."""
DISC_POINTS = 64
LEAST_FILLED = 0.85
"""Share of the disc that the three regions must cover; else others meet too near to tell the angles."""
MOST_JUNCTIONS = 1.5
"""A ragged border has many junctions, which do not count without end."""
FOOT_SHARE = 0.1
"""Share of a region's height, from below, in which its outline is its foot."""
ASIDE_SHARE = 0.01
"""How far from a border nearness is read, as a share of the longer side: estimators blur borders."""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What speaks for whom.

    Attributes:
        pairs: The numbers of two regions that touch, the lower one first; ascending, each pair once.
        values: For each pair and each of `KINDS`, above 0 if the first is in front.
    """

    pairs: Int64[np.ndarray, "P 2"]
    values: Float[np.ndarray, "P K"]


def read_evidence(
    index: Int16[np.ndarray, "H W"], labels: Sequence[str], nearness: Float32[np.ndarray, "H W"] | None = None
) -> Evidence:
    """Which regions of a map touch, and what tells who is in front.

    Args:
        index: The number of the region seen at each pixel, negative where none is.
        labels: The name of each region.
        nearness: How near each pixel is, larger = nearer, in any unit; None if nobody knows.
    """
    step = -(-max(index.shape) // MOST_PX)
    index = np.ascontiguousarray(index[::step, ::step])
    borders = Borders.of(index)
    first, second = borders.pairs.T
    area_px = np.bincount(index[index >= 0], minlength=len(labels))
    sizes = np.log(np.maximum(area_px, 1))
    levels = np.array([level_of(label) for label in labels], np.int64)
    are_things = np.minimum(levels[first], levels[second]) == THING_LEVEL
    values = [
        _junctions(index, borders),
        _between(index, area_px, borders.pairs),
        _between(np.ascontiguousarray(index.T), area_px, borders.pairs),
        np.sign(levels[first] - levels[second]),
        are_things * _lower(index, levels < THING_LEVEL, borders),
        are_things * (sizes[second] - sizes[first]),
        np.zeros(len(first)) if nearness is None else _nearer(nearness[::step, ::step], index, borders),
    ]
    return Evidence(borders.pairs, np.stack(values, axis=1).astype(np.float64))


def _junctions(index: Int16[np.ndarray, "H W"], borders: Borders) -> Float[np.ndarray, " P"]:
    across, down = borders.is_across.view(np.uint8), borders.is_down.view(np.uint8)
    # Three regions meet in a block of 2 x 2 pixels that three of its four inner borders cross.
    rows, columns = np.nonzero(across[1:] + across[:-1] + down[:, 1:] + down[:, :-1] == 3)
    block = np.stack([index[rows + y, columns + x] for y in (0, 1) for x in (0, 1)])
    block.sort(axis=0)
    three = np.stack([block[0], np.where(block[1] == block[0], block[2], block[1]), block[3]])
    seen = _discs(index, rows, columns)
    angles = np.stack([np.count_nonzero(seen == region[:, None], axis=1) for region in three]) / DISC_POINTS
    is_clear = angles.sum(axis=0) >= LEAST_FILLED
    votes = np.zeros(len(borders.pairs))
    for one, other in ((0, 1), (0, 2), (1, 2)):
        has_widest = np.maximum(angles[one], angles[other]) == angles.max(axis=0)
        speaks = is_clear & has_widest & (three[one] >= 0) & (three[other] >= 0)
        votes += borders.sums(three[one, speaks], three[other, speaks], (angles[one] - angles[other])[speaks])
    return np.clip(votes, -MOST_JUNCTIONS, MOST_JUNCTIONS)


def _discs(
    index: Int16[np.ndarray, "H W"], rows: Int64[np.ndarray, " M"], columns: Int64[np.ndarray, " M"]
) -> Int16[np.ndarray, "M S"]:
    """The regions at points spread evenly over the disc about the middle of each block of 2 x 2 pixels."""
    radius = max(2.0, JUNCTION_RADIUS * float(np.hypot(*index.shape)))
    number = np.arange(DISC_POINTS) + 0.5
    distance, turn = radius * np.sqrt(number / DISC_POINTS), np.pi * (1 + 5**0.5) * number
    margin = int(radius) + 2
    padded = np.pad(index, margin, constant_values=OUTSIDE)
    down = np.floor(distance * np.sin(turn) + 1).astype(np.int64) + margin
    right = np.floor(distance * np.cos(turn) + 1).astype(np.int64) + margin
    return padded[rows[:, None] + down, columns[:, None] + right]


def _between(
    index: Int16[np.ndarray, "H W"], area_px: Int64[np.ndarray, " N"], pairs: Int64[np.ndarray, "P 2"]
) -> Float[np.ndarray, " P"]:
    """Who lies between parts of the other in the rows of the map, as a root so that small shares count."""
    is_start = np.ones(index.shape, bool)
    is_start[:, 1:] = index[:, 1:] != index[:, :-1]
    starts = np.flatnonzero(is_start)
    lengths = np.diff(starts, append=index.size)
    order = np.argsort(index.ravel()[starts], kind="stable")
    starts, lengths = starts[order], lengths[order]
    region = index.ravel()[starts]
    rows, columns = np.divmod(starts, index.shape[1])
    known = region >= 0
    leftmost = np.full((len(area_px), len(index)), index.shape[1])
    rightmost = np.full((len(area_px), len(index)), -1)
    np.minimum.at(leftmost, (region[known], rows[known]), columns[known])
    np.maximum.at(rightmost, (region[known], rows[known]), columns[known])
    runs_from = np.searchsorted(region, np.arange(len(area_px) + 1))

    def share(inner: Int64[np.ndarray, " P"], outer: Int64[np.ndarray, " P"]) -> Float[np.ndarray, " P"]:
        counts = runs_from[inner + 1] - runs_from[inner]
        pair = np.repeat(np.arange(len(pairs)), counts)
        run = np.arange(len(pair)) + np.repeat(runs_from[inner] - np.cumsum(counts) + counts, counts)
        where = outer[pair], rows[run]
        is_between = (leftmost[where] < columns[run]) & (rightmost[where] > columns[run])
        pixels = np.bincount(pair, np.where(is_between, lengths[run], 0), minlength=len(pairs))
        return pixels / np.maximum(area_px[inner], 1)

    first, second = pairs.T
    lead = share(first, second) - share(second, first)
    return np.sign(lead) * np.sqrt(np.abs(lead))


def _lower(
    index: Int16[np.ndarray, "H W"], is_surroundings: Bool[np.ndarray, " N"], borders: Borders
) -> Float[np.ndarray, " P"]:
    """Whose lower edge is lower, as far as the feet of both stand on surroundings or are cut off below."""
    count, (height, width) = len(is_surroundings), index.shape
    rows, columns = borders.down
    # The canvas's own edges end regions too.
    above = np.concatenate([index[rows, columns], index[-1]])
    below = np.concatenate([index[rows + 1, columns], np.full(width, OUTSIDE, np.int16)])
    ends = np.concatenate([rows, np.full(width, height - 1)])
    begun = np.concatenate([index[rows + 1, columns], index[0]])
    starts = np.concatenate([rows + 1, np.zeros(width, np.int64)])
    lowest, highest = np.full(count, -1), np.full(count, height)
    np.maximum.at(lowest, above[above >= 0], ends[above >= 0])
    np.minimum.at(highest, begun[begun >= 0], starts[begun >= 0])
    above, below, ends = above[above >= 0], below[above >= 0], ends[above >= 0]
    is_foot = ends >= lowest[above] - FOOT_SHARE * (lowest - highest)[above]
    stands = (below == OUTSIDE) | ((below >= 0) & np.append(is_surroundings, False)[below])
    foot_px = np.bincount(above[is_foot], minlength=count)
    standing = np.bincount(above[is_foot & stands], minlength=count) / np.maximum(foot_px, 1)
    first, second = borders.pairs.T
    fall = np.tanh(10 * (lowest[first] - lowest[second]) / height)
    return np.minimum(standing[first], standing[second]) * fall


def _nearer(
    nearness: Float32[np.ndarray, "H W"], index: Int16[np.ndarray, "H W"], borders: Borders
) -> Float[np.ndarray, " P"]:
    """The mean difference in nearness from left to right, by the share of the photo that lies between."""
    rows, columns = borders.across
    left, right = index[rows, columns], index[rows, columns + 1]
    known = (left >= 0) & (right >= 0)
    rows, columns, left, right = rows[known], columns[known], left[known], right[known]
    aside = max(1, round(ASIDE_SHARE * max(index.shape)))
    to_left = np.maximum(columns - aside, 0)
    to_right = np.minimum(columns + 1 + aside, index.shape[1] - 1)
    # A region thinner than that is read at its border.
    to_left = np.where(index[rows, to_left] == left, to_left, columns)
    to_right = np.where(index[rows, to_right] == right, to_right, columns + 1)
    # The unit is the estimator's own, so a value counts by its rank among the photo's pixels.
    ranks = np.quantile(nearness, np.linspace(0, 1, 257))
    difference = np.searchsorted(ranks, nearness[rows, to_left]) - np.searchsorted(
        ranks, nearness[rows, to_right]
    )
    total = borders.sums(left, right, np.tanh(difference / 25.6))
    ones = np.ones(len(left))
    return total / np.maximum(borders.sums(np.minimum(left, right), np.maximum(left, right), ones), 1)
