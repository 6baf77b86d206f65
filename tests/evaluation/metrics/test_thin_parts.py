"""Thin parts and narrow gaps of shapes whose parts are known."""

import numpy as np
import pytest
from shapes import disc, rectangle

from smartmask.evaluation.metrics.thin_parts import RADIUS_SHARE, thin_parts_and_gaps, thin_recalls

SIZE = (140, 160)
SEAT = rectangle(SIZE, (20, 20, 120, 60))
LEGS = rectangle(SIZE, (20, 60, 24, 110)) | rectangle(SIZE, (116, 60, 120, 110))
STOOL = SEAT | LEGS
BOX = rectangle(SIZE, (20, 20, 120, 110))


def test_the_legs_of_a_stool_are_its_thin_parts():
    parts, _ = thin_parts_and_gaps(STOOL)
    assert not (parts & ~STOOL).any()
    far = rectangle(SIZE, (0, 66, 160, 140))  # the foot of a leg merges into the seat
    assert (parts & far == LEGS & far).all()
    assert np.count_nonzero(parts & SEAT) < 0.03 * np.count_nonzero(SEAT), "corners are rounded off, no more"


def test_a_slit_is_a_gap_and_a_wide_door_is_none():
    slit, door = rectangle(SIZE, (60, 20, 64, 110)), rectangle(SIZE, (40, 60, 90, 110))
    assert np.count_nonzero(thin_parts_and_gaps(BOX & ~slit)[1] & slit) > 0.9 * np.count_nonzero(slit)
    gaps = thin_parts_and_gaps(BOX & ~door)[1]
    assert np.count_nonzero(gaps) < 0.02 * np.count_nonzero(door)


def test_recall_is_the_share_of_what_is_thin():
    left = SEAT | rectangle(SIZE, (20, 60, 24, 110))
    whole, half, none = thin_recalls([STOOL, left, SEAT], STOOL)
    assert whole.parts == 1
    assert half.parts == pytest.approx((1 + none.parts) / 2, abs=0.01)
    assert none.parts < 0.2, "the seat's corners are all it has"


def test_a_filled_box_has_every_thin_part_and_no_gap():
    comb = BOX & ~rectangle(SIZE, (60, 24, 66, 110))
    filled, truth = thin_recalls([BOX, comb], comb)
    assert (truth.gaps, filled.gaps) == (1, 0)
    assert thin_recalls([BOX], STOOL)[0].parts == 1


def test_what_has_no_thin_part_has_no_recall():
    round_one = disc(SIZE, (80, 70), 50)
    (found,) = thin_recalls([BOX], round_one)
    assert np.isnan(found.parts)
    assert np.isnan(found.gaps)


def test_a_bar_is_thin_all_over_however_long_the_canvas():
    bar = rectangle(SIZE, (10, 70, 150, 74))
    assert 2 * RADIUS_SHARE * np.hypot(140, 4) > 4
    assert (thin_parts_and_gaps(bar)[0] == bar).all()
    assert thin_recalls([bar], bar)[0].parts == 1


def test_it_does_not_depend_on_the_place_or_the_border():
    moved = np.zeros_like(STOOL)
    moved[:90, :100] = STOOL[20:110, 20:120]
    here, there = thin_parts_and_gaps(STOOL), thin_parts_and_gaps(moved)
    for one, other in zip(here, there, strict=True):
        assert (one[20:110, 20:120] == other[:90, :100]).all()


def test_an_empty_truth_is_refused():
    with pytest.raises(ValueError, match="empty mask"):
        thin_recalls([STOOL], np.zeros(SIZE, bool))
