"""Raw output of a panoptic network -> layout.

A cell is thing or stuff by total probability, P_thing = sum of p_c over the things against P_stuff. Thing
cells are grouped round the maxima of the centre heat map: cell x belongs to the centre nearest to x +
offset(x) (Cheng et al. 2020, arXiv 1911.10194, section 3.3). A thing's label is the class of most probability
over its cells. Pieces of one label that touch much, but for two of sure centres, are one (`joined_pieces`).

What is not surely ground, water, upright or above is left unknown, but for the rims between them: so look
things that the network does not know. The grouping is done at the network's resolution. Each segment s then
has a score at each cell,

    thing: P_thing where the cell is grouped with it, else 0;      stuff c: P_stuff p_c / max_c' p_c',

and a pixel belongs to the segment whose linearly interpolated score is highest, so contours run between
cells. Where the four cells round a pixel agree, their segment wins without a look: leading at each corner, it
leads in between. A layer's confidence is the mean probability of its label over its cells.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32, Int, Int16

from smartmask.language.surfaces import surface_named
from smartmask.scene.layout import Layer, Layout
from smartmask.segmentation.joined_pieces import join_pieces
from smartmask.segmentation.regions import absorb_fragments

STRIP_PX = 1 << 20
"""Pixels brought to full size at a time: bounds the memory on a photo of any size."""
UNKNOWN = -1
TREES = "tree"
"""Trees are things to the planner; in photos they mostly stand behind things, as walls do."""


@dataclass(frozen=True, slots=True, eq=False)
class PanopticOutput:
    """What a network says about each cell of a photo.

    Attributes:
        class_logits: Of each class.
        centre_heat: How likely a thing's centre is here, 0..1.
        offsets: Rows and columns, in cells, from a cell to the centre of its thing.
        classes: Names of the classes.
        is_thing: Which of them are things.
    """

    class_logits: Float[np.ndarray, "C h w"]
    centre_heat: Float[np.ndarray, "h w"]
    offsets: Float[np.ndarray, "2 h w"]
    classes: tuple[str, ...]
    is_thing: tuple[bool, ...]

    def __post_init__(self) -> None:
        size_hw = self.class_logits.shape[1:]
        if self.class_logits.ndim != 3 or 0 in self.class_logits.shape:
            raise ValueError(
                f"class logits must be (C, h, w) with at least one cell, not {self.class_logits.shape}"
            )
        if self.centre_heat.shape != size_hw or self.offsets.shape != (2, *size_hw):
            raise ValueError(
                f"class logits are {self.class_logits.shape}, so the heat map must be {size_hw} and "
                f"the offsets {(2, *size_hw)}, not {self.centre_heat.shape} and {self.offsets.shape}"
            )
        if not len(self.classes) == len(self.is_thing) == len(self.class_logits):
            raise ValueError(
                f"{len(self.class_logits)} class logits need as many names and thing flags, "
                f"not {len(self.classes)} and {len(self.is_thing)}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveSettings:
    """How sure and how large a segment must be.

    Attributes:
        min_heat: Of a cell that is taken for a thing's centre.
        centre_distance: Cells within which only the hottest cell is a centre.
        max_things: The hottest centres so many are kept.
        sure_heat: Of a cell that is surely a centre: two such things are never joined.
        least_contact: From which on pieces of one label are one thing; see `joined_pieces`.
        min_thing: Mean probability of its label over a thing's cells, below which the thing is left unknown.
        min_stuff: Probability of a cell's stuff class, below which the cell is left unknown.
        min_surface: Probability of all stuff that is to things what a cell's class is (ground, water, above,
            or upright, which things stand in front of), below which the cell is left unknown: so looks what
            is on a floor and of a class that nobody learnt.
        min_share: Share of the cells that each connected piece must cover, or it goes to its neighbour.
    """

    min_heat: float = 0.1
    centre_distance: int = 7
    max_things: int = 200
    sure_heat: float = 0.3
    least_contact: float = 0.9
    min_thing: float = 0.3
    min_stuff: float = 0.25
    min_surface: float = 0.7
    min_share: float = 0.003

    def __post_init__(self) -> None:
        least = (self.min_thing, self.min_stuff, self.min_surface, self.min_share)
        shares = (self.min_heat, self.sure_heat, *least)
        counts = (self.max_things, self.least_contact)
        if min(shares) < 0 or max(shares) > 1 or self.centre_distance < 1 or min(counts) < 0:
            raise ValueError(
                "shares must be within 0..1, centre_distance at least 1, max_things and least_contact not "
                f"negative: {self}"
            )


def resolve_panoptic(
    output: PanopticOutput, size_hw: tuple[int, int], settings: ResolveSettings | None = None
) -> Layout:
    """The layout of a photo: stuff from top to bottom, in front of it the things by their lower edge.

    Args:
        output: The raw output; its cells divide the photo evenly.
        size_hw: Height and width of the photo.
        settings: What to leave out; None = the defaults.

    Raises:
        ValueError: If the photo has no pixel.
    """
    if min(size_hw) < 1:
        raise ValueError(f"a photo needs at least 1x1 pixels, not {size_hw[1]}x{size_hw[0]}")
    segments = _segments(output, settings or ResolveSettings())
    index = _enlarge(segments, size_hw)
    return Layout(size_hw, tuple(_layers(segments, index)))


@dataclass(frozen=True, slots=True, eq=False)
class _Segments:
    """The segments at the network's resolution; the last one is what is unknown."""

    labels: tuple[str, ...]
    confidences: tuple[float, ...]
    is_thing: tuple[bool, ...]
    scores: Float32[np.ndarray, "S h w"]
    winner: Int[np.ndarray, "h w"]


def _segments(output: PanopticOutput, settings: ResolveSettings) -> _Segments:
    probabilities = _softmax(output.class_logits)
    is_thing = np.array(output.is_thing, bool)
    things, stuff = probabilities[is_thing], probabilities[~is_thing]
    thing_names = [name for name, flag in zip(output.classes, output.is_thing, strict=True) if flag]
    stuff_names = [name for name, flag in zip(output.classes, output.is_thing, strict=True) if not flag]
    p_thing, p_stuff = things.sum(0), stuff.sum(0)
    is_foreground = p_thing > p_stuff

    centre_of, heats = _nearest_centre(output, settings)
    pieces = np.where(is_foreground, centre_of, -1)
    classes = {
        int(number): int(things[:, pieces == number].mean(1).argmax())
        for number in np.unique(pieces[is_foreground])
    }
    sure = np.flatnonzero(heats >= settings.sure_heat).tolist()
    joined = np.arange(len(heats))
    for number, thing in join_pieces(pieces, classes, sure, settings.least_contact).items():
        joined[number] = thing
    centre_of = joined[centre_of]
    labels, scores, likelihoods = [], [], []
    unknown = np.zeros(p_thing.shape, bool)
    for number in np.unique(centre_of[is_foreground]):
        mine = centre_of == number
        votes = things[:, mine & is_foreground].mean(1)
        if votes.max() < settings.min_thing:
            unknown |= mine & is_foreground
        labels.append(thing_names[int(votes.argmax())])
        likelihoods.append(things[int(votes.argmax())])
        scores.append(np.where(mine, p_thing, 0))
    thing_count = len(labels)
    if len(stuff_names):
        best = stuff.max(0)
        is_doubtful = _surface_probabilities(stuff, stuff_names) < settings.min_surface
        unknown |= ~is_foreground & ((best < settings.min_stuff) | _without_rims(is_doubtful))
        for number in np.unique(stuff.argmax(0)[~is_foreground]):
            labels.append(stuff_names[number])
            likelihoods.append(stuff[number])
            scores.append(p_stuff * stuff[number] / np.maximum(best, np.finfo(np.float32).tiny))
    table = np.stack([*scores, np.zeros_like(p_thing)]).astype(np.float32)
    winner = table.argmax(0)
    winner[unknown] = len(labels)
    smallest = max(1, round(settings.min_share * winner.size))
    winner = absorb_fragments(winner, smallest)
    confidences = [
        float(likely[winner == number].mean()) if (winner == number).any() else 0.0
        for number, likely in enumerate(likelihoods)
    ]
    # What got most of its cells from its neighbours' doubts is none either.
    for number, confidence in enumerate(confidences):
        if confidence < (settings.min_thing if number < thing_count else settings.min_stuff):
            winner[winner == number] = len(labels)
    # A cell that changed hands brings its score along; what it had belonged to has none left there.
    rows, columns = np.indices(winner.shape)
    lead = table.max(0)
    lost = table.argmax(0) != winner
    table[:, lost] = np.minimum(table[:, lost], 0.5 * lead[lost])
    table[winner, rows, columns] = np.where(lost, lead, table[winner, rows, columns])
    flags = (True,) * thing_count + (False,) * (len(labels) - thing_count + 1)
    return _Segments((*labels, "unknown"), (*confidences, 0.0), flags, table, winner)


def _surface_probabilities(
    stuff: Float32[np.ndarray, "C h w"], names: Sequence[str]
) -> Float32[np.ndarray, "h w"]:
    """For each cell the probability of all classes that are the same to things as its likeliest."""
    surfaces = np.array(["upright" if name == TREES else surface_named(name) or "" for name in names])
    alike = surfaces[:, None] == surfaces[None]
    return np.take_along_axis(np.tensordot(alike, stuff, 1), stuff.argmax(0)[None], 0)[0]


def _without_rims(mask: Bool[np.ndarray, "h w"]) -> Bool[np.ndarray, "h w"]:
    """What of a mask is at least three cells wide and high: every border is doubtful."""
    return _around(_around(mask, 1, np.min), 1, np.max)


def _around(values: np.ndarray, reach: int, of: Callable[..., np.ndarray]) -> np.ndarray:
    """At each cell the least or greatest of the cells at most `reach` away in rows and in columns."""
    for axis in (0, 1):
        padding = [(0, 0), (0, 0)]
        padding[axis] = (reach, reach)
        padded = np.pad(values, padding, mode="edge")
        values = of(np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1, axis), -1)
    return values


def _softmax(logits: Float[np.ndarray, "C h w"]) -> Float32[np.ndarray, "C h w"]:
    logits = logits.astype(np.float32)
    exponentials = np.exp(logits - logits.max(0))
    result: np.ndarray = exponentials / exponentials.sum(0)
    return result


def _nearest_centre(
    output: PanopticOutput, settings: ResolveSettings
) -> tuple[Int[np.ndarray, "h w"], Float[np.ndarray, " n"]]:
    """The number of the centre that each cell points at, 0 if no cell is hot enough; the heat of each."""
    heat = output.centre_heat
    reach = settings.centre_distance
    peaks = np.argwhere((heat == _around(heat, reach, np.max)) & (heat >= settings.min_heat))
    order = np.argsort(-heat[peaks[:, 0], peaks[:, 1]], kind="stable")[: settings.max_things]
    centres = peaks[order].astype(np.float32)
    heats = heat[peaks[order, 0], peaks[order, 1]] if len(order) else np.zeros(1, np.float32)
    rows, columns = np.indices(heat.shape, np.float32)
    rows, columns = rows + output.offsets[0], columns + output.offsets[1]
    nearest = np.zeros(heat.shape, np.int64)
    smallest = np.full(heat.shape, np.inf, np.float32)
    for number, (row, column) in enumerate(centres):
        distance = (rows - row) ** 2 + (columns - column) ** 2
        nearer = distance < smallest
        nearest[nearer], smallest[nearer] = number, distance[nearer]
    return nearest, heats


def _enlarge(segments: _Segments, size_hw: tuple[int, int]) -> Int16[np.ndarray, "H W"]:
    """The segment at each pixel of the photo, `UNKNOWN` where none is known."""
    height, width = size_hw
    index = np.empty(size_hw, np.int16)
    strip = max(1, STRIP_PX // width)
    x0, x1, across = linear_taps(np.arange(width), width, segments.winner.shape[1])
    for top in range(0, height, strip):
        rows = np.arange(top, min(top + strip, height))
        y0, y1, down = linear_taps(rows, height, segments.winner.shape[0])
        index[rows] = _enlarge_strip(segments, (y0, y1, down), (x0, x1, across))
    index[index == len(segments.labels) - 1] = UNKNOWN
    return index


Taps = tuple[Int[np.ndarray, " _"], Int[np.ndarray, " _"], Float32[np.ndarray, " _"]]


def linear_taps(pixels: Int[np.ndarray, " n"], pixel_count: int, cell_count: float) -> Taps:
    """The two cells on either side of each pixel's middle, and the weight of the second.

    Args:
        pixels: Numbers of pixels along one side.
        pixel_count: Of that side.
        cell_count: Cells that the side covers, at least 1; of the last one it may cover a part.
    """
    places = np.clip((pixels + 0.5) * cell_count / pixel_count - 0.5, 0, cell_count - 1)
    first = places.astype(np.int64)
    return first, np.minimum(first + 1, math.ceil(cell_count) - 1), (places - first).astype(np.float32)


def _enlarge_strip(segments: _Segments, vertical: Taps, horizontal: Taps) -> Int16[np.ndarray, "rows W"]:
    (y0, y1, down), (x0, x1, across) = vertical, horizontal
    winner, scores = segments.winner, segments.scores
    below, right = np.append(winner[1:], winner[-1:], 0), np.append(winner[:, 1:], winner[:, -1:], 1)
    diagonal = np.append(below[:, 1:], below[:, -1:], 1)
    is_border = (winner != below) | (winner != right) | (winner != diagonal)
    result: np.ndarray = winner.astype(np.int16)[y0[:, None], x0[None, :]]
    at_row, at_column = np.nonzero(is_border[y0[:, None], x0[None, :]])
    rows, columns = (y0[at_row], y1[at_row]), (x0[at_column], x1[at_column])
    fy, fx = down[at_row], across[at_column]
    weights = ((1 - fy) * (1 - fx), (1 - fy) * fx, fy * (1 - fx), fy * fx)
    corners = [(row, column) for row in rows for column in columns]
    highest = np.full(len(at_row), -1, np.float32)
    chosen = np.zeros(len(at_row), np.int16)
    for corner in corners:
        candidate = winner[corner]
        score = sum(
            (
                weight * scores[candidate, row, column]
                for weight, (row, column) in zip(weights, corners, strict=True)
            ),
            start=np.zeros(len(at_row), np.float32),
        )
        higher = score > highest
        chosen[higher], highest[higher] = candidate[higher], score[higher]
    result[at_row, at_column] = chosen
    return result


def _layers(segments: _Segments, index: Int16[np.ndarray, "H W"]) -> list[Layer]:
    """A layer for each segment that is seen, rearmost first."""
    found = []
    for number, (label, confidence) in enumerate(
        zip(segments.labels[:-1], segments.confidences[:-1], strict=True)
    ):
        mask = index == number
        if mask.any():
            layer = Layer(label, mask, confidence=min(confidence, 1.0))
            found.append((nearness_key(mask, segments.is_thing[number]), layer))
    return [layer for _, layer in sorted(found, key=lambda item: item[0])]


def nearness_key(mask: Bool[np.ndarray, "H W"], is_thing: bool) -> tuple[bool, float, int]:
    """A sort key: stuff by its middle's height, then things by their lower edge, small in front of large."""
    per_row = np.count_nonzero(mask, axis=1)
    area = int(per_row.sum())
    if not is_thing:
        return False, float(per_row @ np.arange(len(per_row))) / area, -area
    return True, float(np.flatnonzero(per_row)[-1]), -area
