"""Taking an object out must not leave its shape behind."""

import numpy as np
import pytest
from scipy.ndimage import binary_dilation, distance_transform_edt
from shapes import blob, disc, rectangle

from smartmask.data.examples.removal import fill_holes, remove_object, remove_objects
from smartmask.data.layered_scene import UNDECIDED
from smartmask.model.diffusion.condition import OUTSIDE, UNKNOWN

SIZE = (64, 96)
WALL, FLOOR, TARGET = 0, 1, 2
seeds = pytest.mark.parametrize("seed", range(8), ids="seed {}".format)
fills = pytest.mark.parametrize(
    "fill", [pytest.param(name, id=f"fill {name}") for name in ("nearest", "rows")]
)


def two_backgrounds(target: np.ndarray, border: int = 50) -> np.ndarray:
    """A wall to the left, a floor to the right, the target in front, a void rim about it."""
    index = np.zeros(target.shape, np.int16)
    index[:, border:] = FLOOR
    index[binary_dilation(target, iterations=2)] = UNDECIDED
    index[target] = TARGET
    return index


def borders(index: np.ndarray) -> np.ndarray:
    """The pixels whose left or upper neighbour has another label."""
    found = np.zeros(index.shape, bool)
    found[:, 1:] |= index[:, 1:] != index[:, :-1]
    found[1:] |= index[1:] != index[:-1]
    return found


@fills
@seeds
def test_nothing_of_the_target_and_no_void_remains(seed, fill):
    target = blob(SIZE, seed)
    index = two_backgrounds(target)
    index[:3] = UNDECIDED
    result = remove_object(index, target, np.random.default_rng(seed), fill)
    assert set(np.unique(result).tolist()) <= {WALL, FLOOR}


@fills
@seeds
def test_the_targets_label_stays_where_a_neighbour_has_it(seed, fill):
    target = disc(SIZE, (24, 32), 8)
    index = two_backgrounds(target)
    index[:, 90:] = TARGET  # another thing of the same number, at the right border
    result = remove_object(index, target, np.random.default_rng(seed), fill)
    far = distance_transform_edt(~target) > 40
    assert (result[far & (index == TARGET)] == TARGET).any()


@fills
@seeds
def test_pixels_beyond_the_photo_stay_and_none_are_added(seed, fill):
    target = disc(SIZE, (30, 32), 14)
    index = two_backgrounds(target)
    index[:10], index[:, :20] = OUTSIDE, OUTSIDE
    target &= index != OUTSIDE
    result = remove_object(index, target, np.random.default_rng(seed), fill)
    assert np.array_equal(result == OUTSIDE, index == OUTSIDE)


@seeds
def test_the_same_seed_gives_the_same_result_and_another_seed_another(seed):
    target = blob(SIZE, 1)
    first, second, other = (
        remove_object(two_backgrounds(target), target, np.random.default_rng(number))
        for number in (seed, seed, seed + 100)
    )
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)


def test_the_index_that_was_given_is_left_as_it_was():
    target = blob(SIZE, 1)
    index = two_backgrounds(target)
    remove_object(index, target, np.random.default_rng(0))
    assert np.array_equal(index, two_backgrounds(target))


@pytest.mark.parametrize("dtype", [np.int8, np.int16])
def test_the_type_of_the_index_is_kept(dtype):
    target = disc(SIZE, (40, 30), 9)
    result = remove_object(two_backgrounds(target).astype(dtype), target, np.random.default_rng(0))
    assert result.dtype == dtype


@fills
@seeds
def test_a_uniform_background_tells_nothing(seed, fill):
    target = disc(SIZE, (48, 32), 12)
    index = np.where(target, TARGET, WALL).astype(np.int16)
    index[binary_dilation(target, iterations=2) & ~target] = UNDECIDED
    result = remove_object(index, target, np.random.default_rng(seed), fill)
    assert (result == WALL).all()


@fills
@seeds
def test_a_target_as_wide_as_the_photo_tells_nothing_on_a_uniform_background(seed, fill):
    target = rectangle(SIZE, (0, 25, 96, 40))
    index = np.where(target, TARGET, WALL).astype(np.int16)
    result = remove_object(index, target, np.random.default_rng(seed), fill)
    assert (result == WALL).all()


@fills
@pytest.mark.parametrize(
    "target",
    [
        pytest.param(disc(SIZE, (45, 32), 13), id="a disc across the border of two regions"),
        pytest.param(blob(SIZE, 4), id="a blob across the border of two regions"),
        pytest.param(rectangle(SIZE, (30, 16, 56, 48)), id="a box across the border of two regions"),
    ],
)
def test_region_borders_do_not_follow_the_targets_outline(target, fill):
    inward, outward = distance_transform_edt(target), distance_transform_edt(~target)
    outline = (inward + outward) <= 2
    index = two_backgrounds(target)
    assert (borders(np.where(target, UNKNOWN, WALL)) & outline).sum() > 0.9 * borders(
        np.where(target, 1, 0)
    ).sum()
    found = sum(
        borders(remove_object(index, target, np.random.default_rng(seed), fill)) for seed in range(40)
    )
    # A straight border crosses the outline twice, over about 2 * 4 of its pixels, of 64 or more in all.
    assert (found * outline).sum() < 0.2 * found.sum()


def test_holes_are_cut_where_no_target_was_too():
    """Stripes whose gaps show the holes."""
    target = disc(SIZE, (48, 32), 10)
    index = np.zeros(SIZE, np.int16)
    index[::8] = FLOOR
    index[target] = TARGET
    touched_far = 0
    for seed in range(60):
        result = remove_object(index, target, np.random.default_rng(seed))
        changed = result != index
        touched_far += bool((changed & (distance_transform_edt(~target) > 20)).any())
    assert touched_far / 60 > 0.3


@fills
def test_the_hole_is_wider_than_the_target_by_an_amount_that_varies(fill):
    target = disc(SIZE, (48, 32), 10)
    index = np.zeros(SIZE, np.int16)
    index[np.indices(SIZE).sum(0) % 2 == 0] = FLOOR  # a chessboard: every filled pixel is likely to show
    index[target] = TARGET
    reach = []
    for seed in range(20):
        changed = remove_object(index, target, np.random.default_rng(seed), fill) != index
        distance = distance_transform_edt(~target)
        rings = [changed[(distance > r) & (distance <= r + 1)].mean() for r in range(40)]
        reach.append(next(r for r, share in enumerate([*rings, 0.0]) if share < 0.2))
    assert min(reach) >= 1
    assert len(set(reach)) > 4


def test_nearest_takes_the_label_of_the_nearest_known_pixel():
    rng = np.random.default_rng(0)
    index = rng.integers(0, 5, (24, 32)).astype(np.int16)
    holes = rng.random((24, 32)) < 0.6
    result = fill_holes(index, holes, "nearest")
    assert np.array_equal(result[~holes], index[~holes])
    known = np.argwhere(~holes)
    for place in np.argwhere(holes):
        distances = np.hypot(*(known - place).T)
        near = known[
            distances <= distances.min() * 1.1 + 1e-6
        ]  # OpenCV's distance is exact to a few per cent
        assert result[tuple(place)] in index[near[:, 0], near[:, 1]]


@pytest.mark.parametrize(
    ("row", "filled"),
    [
        pytest.param([4, "hole", "hole", "hole", "hole", 7], [4, 4, 4, 7, 7, 7], id="from both sides"),
        pytest.param([4, "hole", "hole", "hole", 7], [4, 4, 4, 7, 7], id="from the left in the middle"),
        pytest.param(["hole", "hole", 7], [7, 7, 7], id="from the right at the left border"),
        pytest.param([4, "hole", "hole"], [4, 4, 4], id="from the left at the right border"),
        pytest.param([OUTSIDE, "hole", 7], [OUTSIDE, 7, 7], id="not from beyond the photo"),
        pytest.param([UNKNOWN, "hole", 7], [UNKNOWN, UNKNOWN, 7], id="from unknown pixels too"),
    ],
)
def test_rows_are_filled(row, filled):
    holes = np.array([[entry == "hole" for entry in row]])
    index = np.array([[9 if entry == "hole" else entry for entry in row]], np.int16)
    assert fill_holes(index, holes, "rows").tolist() == [filled]


@pytest.mark.parametrize("fill", ["nearest", "rows", "unknown"])
def test_a_hole_without_any_known_pixel_becomes_unknown(fill):
    index = np.full((5, 6), 3, np.int16)
    index[0] = OUTSIDE
    result = fill_holes(index, index == 3, fill)
    assert (result[1:] == UNKNOWN).all()
    assert (result[0] == OUTSIDE).all()


@fills
@seeds
def test_each_of_several_places_loses_what_it_showed(seed, fill):
    """A patch under each place, of a label that is nowhere else, goes as the target's own does."""
    places = [disc(SIZE, (20, 20), 6), disc(SIZE, (70, 44), 6)]
    index = np.zeros(SIZE, np.int16)
    index[:, 48:] = FLOOR
    for number, place in enumerate(places):
        index[place] = TARGET + number
    result = remove_objects(index, places, np.random.default_rng(seed), fill)
    assert set(np.unique(result).tolist()) <= {WALL, FLOOR}


@seeds
def test_one_place_alone_is_the_removal_of_an_object(seed):
    target = blob(SIZE, seed)
    index = two_backgrounds(target)
    one = remove_object(index, target, np.random.default_rng(seed))
    assert np.array_equal(one, remove_objects(index, [target], np.random.default_rng(seed)))
