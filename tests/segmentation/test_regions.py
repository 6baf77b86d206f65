import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from smartmask.segmentation.regions import absorb_fragments, connected_regions


@given(st.integers(0, 10**6), st.integers(1, 20), st.integers(1, 20), st.integers(1, 4))
def test_regions_are_those_of_opencv(seed: int, height: int, width: int, labels: int) -> None:
    image = np.random.default_rng(seed).integers(0, labels, (height, width))
    ours = connected_regions(image)
    theirs = np.zeros_like(ours)
    for label in range(labels):
        _, found = cv2.connectedComponents((image == label).astype(np.uint8), connectivity=4)
        theirs[found > 0] = found[found > 0] + 1000 * label
    pairs = set(zip(ours.ravel().tolist(), theirs.ravel().tolist(), strict=True))
    assert len(pairs) == len(np.unique(ours)) == len(np.unique(theirs))


def test_a_spiral_is_one_region() -> None:
    spiral = np.zeros((41, 41), int)
    spiral[::2] = 1
    spiral[1::4, -1] = spiral[3::4, 0] = 1
    regions = connected_regions(spiral)
    assert len(np.unique(regions[spiral == 1])) == 1


@given(st.integers(0, 10**6), st.integers(1, 30))
def test_large_regions_stay_and_no_label_is_invented(seed: int, smallest: int) -> None:
    rng = np.random.default_rng(seed)
    labels = np.kron(rng.integers(0, 3, (4, 4)), np.ones((3, 3), int))
    labels[rng.random(labels.shape) < 0.1] = 3
    cleaned = absorb_fragments(labels, smallest)
    regions = connected_regions(labels)
    is_large = np.bincount(regions.ravel())[regions] >= smallest
    np.testing.assert_array_equal(cleaned[is_large], labels[is_large])
    assert set(np.unique(cleaned)) <= set(np.unique(labels))


def test_a_map_of_one_small_region_stays() -> None:
    np.testing.assert_array_equal(absorb_fragments(np.full((2, 2), 7), 100), np.full((2, 2), 7))
