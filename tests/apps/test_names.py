"""Names lie in their regions, on the canvas, and not on one another."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import distance_transform_edt

from smartmask.apps.names import WORST_OVERLAP, depths, place_names


@given(st.integers(0, 10**6), st.integers(1, 12), st.integers(1, 12))
def test_depth_is_the_distance_to_the_next_region(seed, height, width):
    index = np.random.default_rng(seed).integers(-1, 2, (height, width))
    expected = np.zeros(index.shape)
    for number in (-1, 0, 1):
        inside = np.pad(index == number, 1)
        expected += np.where(inside, distance_transform_edt(inside), 0)[1:-1, 1:-1]
    assert np.allclose(depths(index), expected)


def regions(seed: int) -> np.ndarray:
    """A canvas of 60 x 80 cut into the cells nearest to random points."""
    rng = np.random.default_rng(seed)
    points = rng.uniform(0, 1, (int(rng.integers(1, 25)), 2)) * (60, 80)
    rows, columns = np.mgrid[:60, :80]
    return np.argmin([(rows - y) ** 2 + (columns - x) ** 2 for y, x in points], axis=0)


@given(st.integers(0, 10**6))
def test_names_stay_in_their_region_and_off_each_other(seed):
    index = regions(seed)
    sizes = [[(20.0, 8.0), (10.0, 4.0)]] * (int(index.max()) + 1)
    boxes = []
    for number, place in enumerate(place_names(index, sizes)):
        if place is None:
            continue
        x, y, size = place
        width, height = sizes[number][size]
        assert width / 2 <= x <= 80 - width / 2
        assert height / 2 <= y <= 60 - height / 2
        near = index[
            int(y - height / 2) : int(y + height / 2) + 1, int(x - width / 2) : int(x + width / 2) + 1
        ]
        assert (near == number).any()
        boxes.append((x - width / 2, y - height / 2, x + width / 2, y + height / 2))
    for number, (x0, y0, x1, y1) in enumerate(boxes):
        for other in boxes[:number]:
            across = min(x1, other[2]) - max(x0, other[0])
            down = min(y1, other[3]) - max(y0, other[1])
            # Places are whole grid pixels, so an overlap may be one pixel more each way than was counted.
            assert max(across - 1, 0) * max(down - 1, 0) <= WORST_OVERLAP * (x1 - x0) * (y1 - y0)


def test_takes_the_largest_size_that_fits_and_the_smallest_if_none_does():
    index = np.zeros((40, 80), int)
    index[10:20, 10:30] = 1
    sizes = [(50.0, 9.0), (18.0, 8.0), (9.0, 4.0)]
    assert [place[2] for place in place_names(index, [sizes] * 2) if place] == [0, 1]
    index[10:20, 10:30] = 0
    index[12:15, 40:44] = 1
    place = place_names(index, [sizes] * 2)[1]
    assert place is not None
    assert place[2] == 2


def test_specks_absent_regions_and_names_wider_than_the_canvas_get_no_place():
    index = np.zeros((100, 100), int)
    index[5, 5] = 1
    assert place_names(index, [[(20.0, 5.0)]] * 3)[1:] == [None, None]
    assert place_names(index, [[(200.0, 5.0)]] * 2) == [None, None]
    assert place_names(np.full((3, 3), -1), []) == []
