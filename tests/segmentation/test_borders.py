import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from smartmask.segmentation.borders import Borders

maps = st.integers(0, 10**6).map(lambda seed: np.random.default_rng(seed).integers(-1, 4, (5, 6), np.int16))


@given(maps)
def test_regions_touch_along_edges_of_pixels(index):
    touching = set()
    for y, x in np.ndindex(*index.shape):
        for other in ((y, x + 1), (y + 1, x)):
            if other[0] < 5 and other[1] < 6:
                pair = tuple(sorted((int(index[y, x]), int(index[other]))))
                if pair[0] >= 0 and pair[0] != pair[1]:
                    touching.add(pair)
    assert Borders.of(index).pairs.tolist() == [list(pair) for pair in sorted(touching)]


@given(maps)
def test_what_speaks_for_one_region_speaks_against_the_other(index):
    borders = Borders.of(index)
    one, other = borders.pairs.T.astype(np.int16)
    values = np.arange(1.0, len(one) + 1)
    assert borders.sums(one, other, values).tolist() == values.tolist()
    assert borders.sums(other, one, values).tolist() == (-values).tolist()
    twice = np.concatenate([one, one]), np.concatenate([other, other]), np.concatenate([values, values])
    assert borders.sums(*twice).tolist() == (2 * values).tolist()


def test_a_map_of_one_region_has_no_border():
    assert Borders.of(np.zeros((3, 4), np.int16)).pairs.shape == (0, 2)
