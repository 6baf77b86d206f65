"""Names lie in their regions, on the canvas, and not on one another."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import distance_transform_edt

from smartmask.apps.names import LONGEST_LINE, Place, depths, end_of_line, place_names


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


def box_of(place: Place, size_wh: tuple[float, float]) -> tuple[float, float, float, float]:
    half_width, half_height = size_wh[0] / 2, size_wh[1] / 2
    return place.x - half_width, place.y - half_height, place.x + half_width, place.y + half_height


@given(st.integers(0, 10**6))
def test_names_lie_in_their_region_or_are_tied_to_it_and_never_cover_one_another(seed):
    index = regions(seed)
    sizes = [[(20.0, 8.0), (10.0, 4.0)]] * (int(index.max()) + 1)
    boxes = []
    for number, place in enumerate(place_names(index, sizes)):
        if place is None:
            continue
        x0, y0, x1, y1 = box_of(place, sizes[number][place.size])
        assert x0 >= 0
        assert y0 >= 0
        assert x1 <= 80
        assert y1 <= 60
        if place.anchor is None:
            under = index[int(y0) : int(y1) + 1, int(x0) : int(x1) + 1] == number
            assert under.mean() > 0.4
        else:
            x, y = place.anchor
            assert index[int(y), int(x)] == number
            end_x, end_y = end_of_line(place, sizes[number][place.size])
            assert np.hypot(end_x - x, end_y - y) <= LONGEST_LINE * 80 + 2
            assert not (index[int(y0) : int(y1), int(x0) : int(x1)] == number).any()
        boxes.append((x0, y0, x1, y1))
    for number, (x0, y0, x1, y1) in enumerate(boxes):
        for other in boxes[:number]:
            # Places are whole grid pixels, so that a pixel each way may be shared.
            assert min(x1, other[2]) - max(x0, other[0]) <= 1 or min(y1, other[3]) - max(y0, other[1]) <= 1


def test_takes_the_largest_size_that_fits_and_goes_beside_where_none_does():
    index = np.zeros((40, 80), int)
    index[10:20, 10:30] = 1
    sizes = [(50.0, 9.0), (18.0, 8.0), (9.0, 4.0)]
    assert [place.size for place in place_names(index, [sizes] * 2) if place] == [0, 1]
    index[10:20, 10:30] = 0
    index[12:15, 40:44] = 1
    place = place_names(index, [sizes] * 2)[1]
    assert place is not None
    assert place.size == 2
    assert place.anchor is not None
    assert index[int(place.anchor[1]), int(place.anchor[0])] == 1


def test_lines_do_not_cross_other_names():
    index = np.zeros((60, 100), int)
    for number in range(1, 9):
        index[28:31, 10 * number : 10 * number + 4] = number
    places = place_names(index, [[(9.0, 4.0)]] * 9)
    beside = [place for place in places[1:] if place is not None]
    assert len(beside) > 4
    for place in beside:
        assert place.anchor is not None
        end = end_of_line(place, (9.0, 4.0))
        for share in np.linspace(0, 1, 50)[1:-1]:
            x = place.anchor[0] * (1 - share) + end[0] * share
            y = place.anchor[1] * (1 - share) + end[1] * share
            for other in beside:
                if other is not place:
                    assert abs(x - other.x) > 3.5 or abs(y - other.y) > 1


def test_specks_absent_regions_and_names_wider_than_the_canvas_get_no_place():
    index = np.zeros((100, 100), int)
    index[5, 5] = 1
    assert place_names(index, [[(20.0, 5.0)]] * 3)[1:] == [None, None]
    assert place_names(index, [[(200.0, 5.0)]] * 2) == [None, None]
    assert place_names(np.full((3, 3), -1), []) == []
