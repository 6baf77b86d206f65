import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from smartmask.segmentation.joined_pieces import join_pieces

# A head on a trunk, another trunk beside it that touches in one edge only, and ground.
PIECES = np.array(
    [
        [-1, 0, 0, -1, -1, -1],
        [-1, 0, 0, -1, -1, -1],
        [1, 1, 1, 1, -1, -1],
        [1, 1, 1, 1, 2, 2],
        [-1, -1, -1, -1, 2, 2],
    ]
)
PERSON, DOG = 0, 1


def test_pieces_that_touch_much_are_one_and_others_stay() -> None:
    assert join_pieces(PIECES, {0: PERSON, 1: PERSON, 2: PERSON}, {1}, 0.9) == {0: 0, 1: 0, 2: 2}


def test_a_smaller_contact_may_do() -> None:
    assert join_pieces(PIECES, {0: PERSON, 1: PERSON, 2: PERSON}, {1}, 0.4) == {0: 0, 1: 0, 2: 0}


def test_other_labels_are_never_joined() -> None:
    assert join_pieces(PIECES, {0: PERSON, 1: DOG, 2: DOG}, (), 0.9) == {0: 0, 1: 1, 2: 2}


def test_two_sure_pieces_are_never_joined_not_even_through_a_third() -> None:
    in_a_row = np.array([[0, 0, 1, 1, 2, 2]] * 2)
    labels = dict.fromkeys(range(3), PERSON)
    found = join_pieces(in_a_row, labels, {0, 2}, 0.5)
    assert found[0] != found[2]
    assert found[1] in (found[0], found[2])
    assert set(join_pieces(in_a_row, labels, {0}, 0.5).values()) == {0}


def test_nothing_to_join() -> None:
    assert join_pieces(np.full((2, 3), -1), {}, (), 0.5) == {}


@given(
    hnp.arrays(np.int64, st.tuples(st.integers(1, 6), st.integers(1, 6)), elements=st.integers(-1, 5)),
    st.lists(st.integers(0, 1), min_size=6, max_size=6),
    st.sets(st.integers(0, 5)),
    st.floats(0, 3),
)
def test_each_piece_goes_to_one_of_its_label_that_stays(pieces, labels, sure, least_contact) -> None:
    present = {int(number): labels[number] for number in np.unique(pieces[pieces >= 0])}
    found = join_pieces(pieces, present, sure, least_contact)
    assert found.keys() == present.keys()
    for number, kept in found.items():
        assert found[kept] == kept
        assert present[kept] == present[number]
    ends = [found[number] for number in sure & present.keys()]
    assert len(set(ends)) == len(ends)
