"""Pieces of one thing, found as several, made one again.

A large thing often has several centres, of which all but one are faint: a head's, a trunk's. Two pieces of
one label belong together if not both have a sure centre, and they touch along much of their border, measured
against the side of a square as large as the smaller one:

    contact (edges between their cells) >= least_contact sqrt(cells of the smaller piece).

The pair that touches most is joined first, and counts as one from then on, sure if one of the two was.
"""

from collections.abc import Collection, Mapping

import numpy as np
from jaxtyping import Int


def join_pieces(
    pieces: Int[np.ndarray, "h w"], labels: Mapping[int, int], sure: Collection[int], least_contact: float
) -> dict[int, int]:
    """For each piece the number of the piece it becomes part of, or its own.

    Args:
        pieces: The number of the piece at each cell, negative where there is none.
        labels: The label of each piece, as a number.
        sure: The pieces whose centres are sure.
        least_contact: See above; the smaller, the more is joined.

    >>> join_pieces(np.array([[0, 0, 1, 2], [0, 0, 1, 2]]), {0: 7, 1: 7, 2: 5}, {0}, 1.0)
    {0: 0, 1: 0, 2: 2}
    """
    certain = set(sure)
    areas = {number: int(np.count_nonzero(pieces == number)) for number in labels}
    contacts = _contacts(pieces)
    root = {number: number for number in labels}
    while True:
        scores = {
            pair: edges / min(areas[pair[0]], areas[pair[1]]) ** 0.5
            for pair, edges in contacts.items()
            if labels[pair[0]] == labels[pair[1]] and not certain.issuperset(pair)
        }
        pair = max(scores, key=lambda pair: (scores[pair], -pair[0], -pair[1]), default=None)
        if pair is None or scores[pair] < least_contact:
            return root
        kept, gone = pair
        areas[kept] += areas.pop(gone)
        if gone in certain:
            certain.add(kept)
        root = {number: kept if found == gone else found for number, found in root.items()}
        moved: dict[tuple[int, int], int] = {}
        for (one, other), edges in contacts.items():
            ends = sorted({kept if end == gone else end for end in (one, other)})
            if len(ends) == 2:
                moved[ends[0], ends[1]] = moved.get((ends[0], ends[1]), 0) + edges
        contacts = moved


def _contacts(pieces: Int[np.ndarray, "h w"]) -> dict[tuple[int, int], int]:
    """How many edges of cells each two pieces share, the smaller number first."""
    one = np.concatenate([pieces[:, 1:].ravel(), pieces[1:].ravel()])
    other = np.concatenate([pieces[:, :-1].ravel(), pieces[:-1].ravel()])
    touch = (one != other) & (one >= 0) & (other >= 0)
    pairs = np.sort(np.stack([one[touch], other[touch]]), axis=0)
    found, counts = np.unique(pairs, axis=1, return_counts=True)
    return {(int(a), int(b)): int(count) for (a, b), count in zip(found.T, counts, strict=True)}
