"""Each sign on a picture that shows it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapes import disc, rectangle

from smartmask.scene.layout import UNKNOWN
from smartmask.segmentation.depth_evidence import KINDS, read_evidence

SIZE = (120, 160)


def painted(*masks: np.ndarray) -> np.ndarray:
    """The map of masks painted one over the other."""
    index = np.full(SIZE, UNKNOWN, np.int16)
    for number, mask in enumerate(masks):
        index[mask] = number
    return index


def sign(index: np.ndarray, kind: str, pair: tuple[int, int], labels=None, nearness=None) -> float:
    """What a kind of evidence says about a pair of regions."""
    found = read_evidence(index, labels or ["thing"] * (index.max() + 1), nearness)
    row = found.pairs.tolist().index(list(pair))
    return float(found.values[row, KINDS.index(kind)])


def test_where_three_meet_the_one_whose_outline_goes_on_is_in_front():
    left, right = rectangle(SIZE, (0, 0, 80, 120)), rectangle(SIZE, (80, 0, 160, 120))
    bar = rectangle(SIZE, (0, 60, 160, 120))
    index = painted(left, right, bar)
    assert sign(index, "junction", (0, 2)) == pytest.approx(-0.25, abs=0.08)
    assert sign(index, "junction", (1, 2)) == pytest.approx(-0.25, abs=0.08)
    assert sign(index, "junction", (0, 1)) == 0, "the two that end there"


def test_of_two_things_on_nothing_the_one_whose_outline_goes_on_is_in_front():
    index = painted(disc(SIZE, (60, 60), 35), disc(SIZE, (100, 60), 35))
    assert sign(index, "junction", (0, 1)) < -0.2
    assert sign(1 - np.where(index < 0, 2, index), "junction", (0, 1)) > 0.2, "numbers do not matter"


def test_junctions_too_near_to_each_other_say_nothing():
    stripes = (np.arange(160) % 4).astype(np.int16)
    index = np.where(np.arange(120)[:, None] < 60, stripes[None], np.int16(4))
    assert not read_evidence(index, ["thing"] * 5).values[:, KINDS.index("junction")].any()


@pytest.mark.parametrize(("kind", "turn"), [("across", False), ("down", True)], ids=["across", "down"])
def test_who_lies_between_parts_of_the_other_is_in_front(kind, turn):
    post = rectangle(SIZE, (70, 0, 90, 120))
    index = painted(np.ones(SIZE, bool), post)
    index = np.ascontiguousarray(index.T) if turn else index
    other = "down" if kind == "across" else "across"
    assert sign(index, kind, (0, 1)) == -1
    assert sign(index, other, (0, 1)) == 0


def test_an_enclosed_region_is_in_front():
    index = painted(np.ones(SIZE, bool), disc(SIZE, (80, 60), 30))
    assert sign(index, "across", (0, 1)) == sign(index, "down", (0, 1)) == -1


def test_a_wall_seen_through_a_chair_stays_behind_it():
    chair = disc(SIZE, (80, 60), 40) & ~disc(SIZE, (80, 60), 10)
    index = painted(np.ones(SIZE, bool), chair)
    assert sign(index, "across", (0, 1)) < -0.9


def test_words_put_sky_behind_walls_behind_rugs_behind_things():
    parts = [rectangle(SIZE, (40 * place, 0, 40 * place + 40, 120)) for place in range(4)]
    labels = ["cat", "rug", "wall", "sky"]
    for place in range(3):
        assert sign(painted(*parts), "words", (place, place + 1), labels) == 1
    assert sign(painted(*parts), "words", (0, 1), ["cat", "dog", "cup", "bed"]) == 0


class TestLowerEdge:
    """A chair and a table on a floor, the nearer one in front."""

    floor, far = rectangle(SIZE, (0, 50, 160, 120)), rectangle(SIZE, (30, 20, 90, 80))
    near = rectangle(SIZE, (80, 40, 140, 100))
    labels = ("floor", "chair", "table")

    def test_of_two_on_the_same_ground_the_lower_one_is_in_front(self):
        index = painted(self.floor, self.far, self.near)
        assert sign(index, "lower edge", (1, 2), self.labels) == pytest.approx(-np.tanh(10 * 20 / 120))

    def test_what_stands_on_a_thing_says_nothing(self):
        labels = ("table", "cup", "plate")
        assert sign(painted(self.floor, self.far, self.near), "lower edge", (1, 2), labels) == 0

    def test_a_thing_and_its_ground_are_not_compared(self):
        index = painted(self.floor, self.far, self.near)
        assert sign(index, "lower edge", (0, 1), self.labels) == 0

    def test_what_the_canvas_cuts_off_stands_beyond_it(self):
        low = rectangle(SIZE, (80, 40, 140, 120))
        index = painted(self.floor, self.far, low)
        assert sign(index, "lower edge", (1, 2), self.labels) < -0.99


def test_the_smaller_thing():
    index = painted(np.ones(SIZE, bool), rectangle(SIZE, (0, 0, 40, 120)))
    assert sign(index, "size", (0, 1)) == pytest.approx(-np.log(3))
    assert sign(index, "size", (0, 1), ["wall", "cat"]) == 0


class TestNearness:
    """A thing that stands on a floor: nearer than what is beside it, farther than what is below its foot."""

    rows = np.linspace(0, 1, SIZE[0], dtype=np.float32)[:, None]
    floor = np.broadcast_to(rows, SIZE)
    thing = rectangle(SIZE, (60, 20, 100, 90))
    nearness = np.where(thing, np.float32(90 / 120), floor)

    def test_it_is_read_beside_things_not_below(self):
        index = painted(np.ones(SIZE, bool), self.thing)
        assert sign(index, "nearness", (0, 1), nearness=self.nearness) < -0.5

    def test_only_the_order_of_nearness_counts(self):
        index = painted(np.ones(SIZE, bool), self.thing)
        stretched = (100 * np.exp(5 * self.nearness)).astype(np.float32)
        values = [sign(index, "nearness", (0, 1), nearness=given) for given in (self.nearness, stretched)]
        assert values[0] == pytest.approx(values[1], abs=0.02)

    def test_a_blurred_border_is_read_at_its_sides(self):
        size = (100, 400)
        index = np.repeat([[0] * 200 + [1] * 200], 100, axis=0).astype(np.int16)
        nearness = np.clip((np.arange(400, dtype=np.float32) - 198) / 4, 0, 1)
        found = read_evidence(index, ["wall", "cat"], np.broadcast_to(nearness, size).copy())
        assert found.values[0, KINDS.index("nearness")] < -0.99

    def test_without_a_map_it_says_nothing(self):
        assert sign(painted(np.ones(SIZE, bool), self.thing), "nearness", (0, 1)) == 0


def _map(seed: int) -> np.ndarray:
    """Ragged regions of four numbers, with unknown pixels."""
    rng = np.random.default_rng(seed)
    coarse = np.kron(rng.integers(0, 4, (5, 4)), np.ones((4, 5), int)).astype(np.int16)
    ragged = rng.random(coarse.shape) < 0.2
    coarse[ragged] = rng.integers(-1, 4, ragged.sum())
    return coarse


maps = st.integers(0, 10**6).map(_map)


@given(maps, st.permutations(range(4)))
def test_the_numbers_of_regions_do_not_matter(index, numbers):
    labels = ["wall", "cat", "cup", "sky"]
    nearness = np.random.default_rng(0).random(index.shape, np.float32)
    renumbered = np.append(np.array(numbers, np.int16), np.int16(-1))[index]
    places = {number: place for place, number in enumerate(numbers)}
    there = read_evidence(renumbered, [labels[places[number]] for number in range(4)], nearness)
    here = {
        tuple(pair): values
        for pair, values in zip(*_lists(read_evidence(index, labels, nearness)), strict=True)
    }
    for (first, second), values in zip(*_lists(there), strict=True):
        pair = places[first], places[second]
        expected = here[pair] if pair in here else [-value for value in here[pair[::-1]]]
        assert values == expected


def _lists(evidence):
    return evidence.pairs.tolist(), evidence.values.tolist()


@given(maps)
def test_mirrored_pictures_have_the_same_betweens_and_lower_edges(index):
    labels = ["wall", "cat", "cup", "dog"]
    kinds = [KINDS.index(kind) for kind in ("across", "down", "lower edge", "size", "words")]
    found = read_evidence(index, labels).values[:, kinds]
    mirrored = read_evidence(np.ascontiguousarray(index[:, ::-1]), labels).values[:, kinds]
    np.testing.assert_allclose(found, mirrored, atol=1e-12)


def test_large_maps_are_read_on_a_grid(monkeypatch):
    index = painted(np.ones(SIZE, bool), disc(SIZE, (80, 60), 30))
    fine = read_evidence(index, ["wall", "cat"])
    monkeypatch.setattr("smartmask.segmentation.depth_evidence.MOST_PX", 60)
    coarse = read_evidence(index, ["wall", "cat"])
    assert coarse.pairs.tolist() == fine.pairs.tolist()
    np.testing.assert_allclose(coarse.values, fine.values, atol=0.1)


def test_a_map_of_nothing_has_no_pairs():
    assert read_evidence(np.full((3, 4), UNKNOWN, np.int16), []).values.shape == (0, len(KINDS))
