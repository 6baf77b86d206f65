"""Connected regions of a map of labels, in NumPy."""

import numpy as np
from jaxtyping import Int


def connected_regions(labels: Int[np.ndarray, "h w"]) -> Int[np.ndarray, "h w"]:
    """A number for each region of equal labels that hangs together along edges, in reading order.

    >>> connected_regions(np.array([[7, 7, 2], [2, 7, 7]])).tolist()
    [[0, 0, 1], [2, 0, 0]]
    """
    numbers = np.arange(labels.size).reshape(labels.shape)
    beside, above = labels[:, 1:] == labels[:, :-1], labels[1:] == labels[:-1]
    first = np.concatenate([numbers[:, :-1][beside], numbers[:-1][above]])
    second = np.concatenate([numbers[:, 1:][beside], numbers[1:][above]])
    root = numbers.ravel().copy()
    while True:
        lower, higher = np.minimum(root[first], root[second]), np.maximum(root[first], root[second])
        if np.array_equal(lower, higher):
            break
        np.minimum.at(root, higher, lower)
        while not np.array_equal(root, root[root]):
            root = root[root]
    return np.unique(root, return_inverse=True)[1].reshape(labels.shape)


def absorb_fragments(labels: Int[np.ndarray, "h w"], smallest: int) -> Int[np.ndarray, "h w"]:
    """Give each region of fewer cells than `smallest` to the neighbour it shares most edges with.

    A region without any neighbour (it is the whole map) stays.

    >>> absorb_fragments(np.array([[1, 1, 1], [1, 5, 2], [1, 1, 2]]), 2).tolist()
    [[1, 1, 1], [1, 1, 2], [1, 1, 2]]
    """
    regions = connected_regions(labels)
    sizes = np.bincount(regions.ravel())
    label_of = np.zeros(len(sizes), labels.dtype)
    label_of[regions] = labels
    one = np.concatenate([regions[:, 1:].ravel(), regions[1:].ravel()])
    other = np.concatenate([regions[:, :-1].ravel(), regions[:-1].ravel()])
    one, other = np.concatenate([one, other]), np.concatenate([other, one])
    pairs, counts = np.unique(one[one != other] * len(sizes) + other[one != other], return_counts=True)
    from_region, to_region = np.divmod(pairs, len(sizes))
    starts = np.searchsorted(from_region, np.arange(len(sizes) + 1))
    for region in np.argsort(sizes, kind="stable"):
        if sizes[region] >= smallest:
            break
        neighbours = to_region[starts[region] : starts[region + 1]]
        shared = counts[starts[region] : starts[region + 1]]
        # A neighbour too small to stay decides only where there is no other.
        large = sizes[neighbours] >= smallest
        if large.any():
            neighbours, shared = neighbours[large], shared[large]
        if len(neighbours):
            label_of[region] = label_of[neighbours[shared.argmax()]]
    result: np.ndarray = label_of[regions]
    return result
