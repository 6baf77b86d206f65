"""Which whole shapes the memory keeps: varied ones that look like what they are called, none held out.

In this order, each with its reason and count:

    held-out double   the very outline of a held-out shape: packs of meshes recur under several names
    other label       of its nearest shapes of other objects, none has its label and most agree on another one
    odd view          an object's view far plainer than the object's views are: a bicycle from the front
    lump              far plainer than the label's middle: a dog curled up, a coarse annotation
    double            the outline of a shape that is kept
    redundant         beyond the label's share, where each next one is the one that the label's shapes,
                      mirrored or not, are least well covered without (facility location, Nemhauser,
                      Wolsey and Fisher 1978)

Outlines are compared by the IoU of small pictures stretched to a square, at like aspects. What is nearly a
disc or a box is no double of another one: such shapes tell nothing that could leak.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Int

from smartmask.data.whole_shapes import WholeShape
from smartmask.memory.remembered import RememberedShape
from smartmask.model.shape.sketch import complexity, pairwise_iou

DOUBLE_IOU = 0.95
LIKE_ASPECT = 0.12
"""ln(width / height) of doubles differ by no more."""
PLAIN = 0.35
"""Shapes below that complexity, ln(perimeter^2 / (4 pi area)), are discs, boxes and the like."""
NEIGHBOURS = 8
LEAST_OBJECTS = 5
"""Labels of no more objects than that are not judged: their own like may be missing."""
AGREEING = 5
"""So many of the neighbours call it the same other thing."""
VIEWS = 8
"""Objects with so many views have some to spare."""
FAR_PLAINER = 0.5
LUMPS_FROM = 12
"""Labels of so many shapes can spare their lumps."""
MOST_OF_A_LABEL = 70
OBJECTS_FOR_ONE_MORE = 6
MOST_OF_ANY = 250
"""A label of many objects, such as "person", may keep more, up to so many."""
ROOM = 32
"""What is known of a label leaves room for so many more, however many they are."""
REASONS = ("held-out double", "other label", "odd view", "lump", "double", "redundant")


@dataclass(frozen=True, slots=True, eq=False)
class Curation:
    """What is kept, and why the rest is not.

    Attributes:
        kept: Numbers of the shapes that are kept, in their order.
        clarities: Of each, the share of its neighbours of other objects that are called the same.
        dropped: Reason and number of shapes dropped for it.
    """

    kept: Int[np.ndarray, " k"]
    clarities: Float32[np.ndarray, " k"]
    dropped: dict[str, int]


@dataclass(frozen=True, slots=True, eq=False)
class _Pictures:
    inside: Bool[np.ndarray, "N p"]
    mirrored: Bool[np.ndarray, "N p"]
    log_aspects: Float32[np.ndarray, " N"]
    complexity: Float32[np.ndarray, " N"]

    def like(self, rows: np.ndarray, others: np.ndarray) -> Float32[np.ndarray, "n m"]:
        """The better IoU of each pair, one of them mirrored or not; 0 at unlike aspects."""
        found = np.maximum(
            pairwise_iou(self.inside[rows], self.inside[others]),
            pairwise_iou(self.mirrored[rows], self.inside[others]),
        )
        near = np.abs(self.log_aspects[rows, None] - self.log_aspects[others]) <= LIKE_ASPECT
        return np.where(near, found, 0).astype(np.float32)


def curate(
    shapes: Sequence[WholeShape | RememberedShape],
    sketches: Float32[np.ndarray, "N S S"],
    candidates: Int[np.ndarray, " n"],
    held_out: Int[np.ndarray, " h"],
    known: Int[np.ndarray, " r"] | None = None,
) -> Curation:
    """Choose among the candidates.

    Args:
        shapes: All shapes.
        sketches: Their small fields.
        candidates: Numbers of those that may be kept.
        held_out: Numbers of those whose doubles may not.
        known: Numbers of those that are in the memory already: candidates are compared with them, and
            fill up what they leave of a label's share, or `ROOM`. They are not among the kept.
    """
    known = np.zeros(0, np.int64) if known is None else known
    log_aspects = np.log([shape.aspect for shape in shapes]).astype(np.float32)
    inside = sketches > 0
    pictures = _Pictures(
        inside.reshape(len(shapes), -1),
        inside[:, :, ::-1].reshape(len(shapes), -1),
        log_aspects,
        complexity(sketches, log_aspects),
    )
    labels = np.unique([shape.label for shape in shapes], return_inverse=True)[1]
    groups = np.unique([shape.group for shape in shapes], return_inverse=True)[1]
    ranks = np.array([("photo", "render", "drawing").index(shape.style) for shape in shapes])
    dropped: Counter[str] = Counter()
    left = candidates
    faults: tuple[Callable[[np.ndarray], np.ndarray], ...] = (
        lambda rows: _doubles_of(pictures, rows, held_out),
        lambda rows: _called_otherwise(pictures, rows, labels, groups),
        lambda rows: _plainer(pictures, rows, groups, VIEWS),
        lambda rows: _plainer(pictures, rows, labels, LUMPS_FROM),
    )
    for reason, fault in zip(REASONS, faults, strict=False):
        goes = fault(np.concatenate([left, known]))[: len(left)]
        dropped[reason] += int(goes.sum())
        left = left[~goes]
    kept = [np.zeros(0, np.int64)]
    for label in np.unique(labels[left]):
        own, rows = known[labels[known] == label], left[labels[left] == label]
        rows = np.concatenate([own, rows[np.argsort(ranks[rows], kind="stable")]])
        like = pictures.like(rows, rows)
        single = _first_of_doubles(like, pictures.complexity[rows] > PLAIN, len(own))
        dropped[REASONS[4]] += len(rows) - len(single)
        objects = len(np.unique(groups[rows]))
        most = min(MOST_OF_A_LABEL + objects // OBJECTS_FOR_ONE_MORE, MOST_OF_ANY)
        most = max(most, len(own) + ROOM) if len(own) else most
        chosen = _varied(like[np.ix_(single, single)], groups[rows[single]], most, len(own))
        dropped[REASONS[5]] += len(single) - len(chosen)
        kept.append(rows[single[chosen[chosen >= len(own)]]])
    rows = np.sort(np.concatenate(kept))
    heads = np.unique([shape.label.split()[-1] for shape in shapes], return_inverse=True)[1]
    clarities = _clarities(pictures, np.concatenate([rows, known]), heads, groups)[: len(rows)]
    return Curation(rows, clarities, dict(dropped))


def _doubles_of(pictures: _Pictures, rows: np.ndarray, others: np.ndarray) -> Bool[np.ndarray, " n"]:
    """Whether a row is a double of any of the others."""
    telling = others[pictures.complexity[others] > PLAIN]
    found = np.zeros(len(rows), bool)
    for places, near in _parts(pictures.log_aspects, rows, telling):
        found[places] = pictures.like(rows[places], near).max(1, initial=0) > DOUBLE_IOU
    return found


def _called_otherwise(
    pictures: _Pictures, rows: np.ndarray, labels: np.ndarray, groups: np.ndarray
) -> Bool[np.ndarray, " n"]:
    """Whether a row's neighbours of other objects agree on another label than its own."""
    found = np.zeros(len(rows), bool)
    objects = {
        label: len(np.unique(groups[rows[labels[rows] == label]])) for label in np.unique(labels[rows])
    }
    for places, near in _parts(pictures.log_aspects, rows, rows):
        like = pictures.like(rows[places], near)
        like[groups[rows[places]][:, None] == groups[near][None]] = 0
        if like.shape[1] <= NEIGHBOURS:
            continue
        nearest = np.argpartition(-like, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
        for place, neighbours in zip(places, nearest, strict=True):
            row, names = rows[place], labels[near[neighbours]]
            is_judged = objects[labels[row]] > LEAST_OBJECTS and pictures.complexity[row] > PLAIN
            found[place] = is_judged and labels[row] not in names and np.bincount(names).max() >= AGREEING
    return found


def _clarities(
    pictures: _Pictures, rows: np.ndarray, heads: np.ndarray, groups: np.ndarray
) -> Float32[np.ndarray, " n"]:
    """Of each row's neighbours of other objects, the share whose name ends in the same word."""
    found = np.ones(len(rows), np.float32)
    for places, near in _parts(pictures.log_aspects, rows, rows):
        like = pictures.like(rows[places], near)
        like[groups[rows[places]][:, None] == groups[near][None]] = 0
        if like.shape[1] > NEIGHBOURS:
            nearest = np.argpartition(-like, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
            found[places] = (heads[near[nearest]] == heads[rows[places]][:, None]).mean(1)
    return found


def _plainer(pictures: _Pictures, rows: np.ndarray, kinds: np.ndarray, least: int) -> Bool[np.ndarray, " n"]:
    """Whether a row is far plainer than half of its kind, where the kind has so many."""
    found = np.zeros(len(rows), bool)
    order = np.argsort(kinds[rows], kind="stable")
    for places in np.split(order, np.flatnonzero(np.diff(kinds[rows][order])) + 1):
        if len(places) >= least:
            values = pictures.complexity[rows[places]]
            found[places] = values < np.median(values) - FAR_PLAINER
    return found


def _first_of_doubles(
    like: Float32[np.ndarray, "n n"], telling: Bool[np.ndarray, " n"], given: int
) -> Int[np.ndarray, " k"]:
    """The rows that are no doubles of earlier ones; the given first ones all are kept."""
    kept = list(range(given))
    for row in range(given, len(like)):
        limit = DOUBLE_IOU if telling[row] else (1 + DOUBLE_IOU) / 2
        if not kept or like[row, kept].max() <= limit:
            kept.append(row)
    return np.array(kept, np.int64)


def _varied(
    like: Float32[np.ndarray, "n n"], groups: np.ndarray, most: int, given: int
) -> Int[np.ndarray, " k"]:
    """The given first rows and the most representative others: objects with many views count no more than
    those with one."""
    if len(like) <= most:
        return np.arange(len(like))
    weights = 1 / np.bincount(groups)[groups] ** 0.5
    chosen = list(range(given))
    best = like[:given].max(0, initial=0)
    for _ in range(most - given):
        gains = np.maximum(like, best) @ weights
        gains[chosen] = -1
        chosen.append(int(gains.argmax()))
        best = np.maximum(best, like[chosen[-1]])
    return np.sort(np.array(chosen))


def _parts(
    log_aspects: Float32[np.ndarray, " N"], rows: np.ndarray, others: np.ndarray
) -> Iterator[tuple[Int[np.ndarray, " p"], Int[np.ndarray, " q"]]]:
    """Places in `rows`, some hundred at a time, and those of the others that are of a like aspect to any."""
    order = np.argsort(log_aspects[rows], kind="stable")
    for places in np.array_split(order, max(1, len(rows) // 400)):
        values = log_aspects[rows[places]]
        near = (log_aspects[others] >= values[0] - LIKE_ASPECT) & (
            log_aspects[others] <= values[-1] + LIKE_ASPECT
        )
        yield places, others[near]
