"""Complexity and pieces of shapes whose outlines are known."""

import numpy as np
import pytest
from shapes import disc, rectangle

from smartmask.evaluation.metrics.outline_detail import complexity, is_one_piece, largest_share

SIZE = (200, 240)


def test_a_disc_has_none_and_a_square_that_of_its_corners():
    assert complexity(disc(SIZE, (110, 100), 80)) == pytest.approx(0, abs=0.05)
    # 16 / 4 pi, less what smoothing takes off the corners
    assert complexity(rectangle(SIZE, (20, 20, 180, 180))) == pytest.approx(np.log(4 / np.pi), abs=0.1)


def test_a_bar_has_that_of_its_sides():
    # 2 (160 + 20) squared, over 4 pi 160 * 20
    expected = np.log(360**2 / (4 * np.pi * 3200))
    assert complexity(rectangle(SIZE, (20, 90, 180, 110))) == pytest.approx(expected, abs=0.1)


def test_pieces_are_shares_of_the_pixels():
    three = rectangle(SIZE, (0, 0, 30, 10)) | rectangle(SIZE, (60, 60, 70, 70))
    assert largest_share(three) == 0.75
    assert not is_one_piece(three)
    crumb = rectangle(SIZE, (0, 0, 100, 10)) | rectangle(SIZE, (150, 60, 153, 63))
    assert is_one_piece(crumb), "9 of 1009 pixels are a crumb"
    corner = rectangle(SIZE, (0, 0, 10, 10)) | rectangle(SIZE, (10, 10, 20, 20))
    assert largest_share(corner) == 1, "corners touch"


def test_nothing_is_no_piece():
    assert not is_one_piece(np.zeros(SIZE, bool))
    assert np.isnan(largest_share(np.zeros(SIZE, bool)))
