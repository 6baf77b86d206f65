"""What stands where, seen from above."""

import numpy as np
import pytest

from smartmask.language.kinds import Kind
from smartmask.model.planner.footprints import Footprints
from smartmask.scene.camera import Camera, Spread

SIZE_HW = (240, 320)
CAMERA = Camera.of_horizon(100.0, 1.6, 300.0, SIZE_HW)
BATHTUB = Kind("bathtub", 0.6, 1.6, 0.1, "floor")
TOILET = Kind("toilet", 0.76, 0.65, 0.06, "floor")
TABLE = Kind("table", 0.75, 1.5, 0.06, "floor")
CHAIR = Kind("chair", 0.9, 0.5, 0.08, "floor")
BOAT = Kind("boat", 2.0, 6.5, 0.3, "water")
BOX = np.array([[0.3, 0.5, 0.7, 0.8]], np.float32)


def shared(there: Kind | None, new: Kind, box: np.ndarray, there_box: np.ndarray = BOX) -> float:
    return float(Footprints.of(CAMERA, [there], there_box).shared(new, box)[0])


def test_a_toilet_does_not_stand_in_a_bathtub():
    assert shared(BATHTUB, TOILET, np.array([[0.4, 0.5, 0.55, 0.79]], np.float32)) > 0.9


def test_beside_or_before_it_there_is_room():
    assert shared(BATHTUB, TOILET, np.array([[0.72, 0.5, 0.85, 0.8]], np.float32)) == 0
    assert shared(BATHTUB, TOILET, np.array([[0.4, 0.6, 0.55, 0.99]], np.float32)) == 0


def test_chairs_go_under_tables_but_not_into_each_other():
    box = np.array([[0.4, 0.5, 0.5, 0.8]], np.float32)
    assert shared(TABLE, CHAIR, box) == 0
    assert shared(CHAIR, TABLE, BOX, box) == 0
    assert shared(CHAIR, CHAIR, box, box) == pytest.approx(1)


@pytest.mark.parametrize("kind", [None, BOAT, Kind("rug", 0.01, 2.0, 0.2, "floor")])
def test_only_what_stands_on_the_ground_covers_it(kind):
    assert shared(kind, TOILET, BOX) == 0


def test_nothing_is_shared_above_the_horizon():
    sky = np.array([[0.3, 0.1, 0.7, 0.3]], np.float32)
    assert shared(BATHTUB, TOILET, sky) == 0
    assert shared(BATHTUB, TOILET, BOX, sky) == 0


def test_a_boat_at_the_horizon_is_small():
    prints = Footprints.of(CAMERA, [], np.zeros((0, 4), np.float32))
    foot = 110 / 240
    boxes = np.array(
        [[0.4, foot - 0.1, 0.5, foot], [0.4, foot - 0.04, 0.5, foot], [0.4, 0.2, 0.5, 0.3]], np.float32
    )
    assert prints.is_too_high(BOAT, boxes).tolist() == [True, False, True]
    bird = Kind("bird", 0.2, 0.2, 0.2, "air")
    assert not prints.is_too_high(bird, boxes).any()


def test_a_horizon_in_doubt_lets_more_pass():
    spread = Spread(horizon_px=20.0, log_height=0.2, log_focal=0.2, correlation=0.0)
    unsure = Camera.of_horizon(100.0, 1.6, 300.0, SIZE_HW, spread)
    boxes = np.array([[0.4, 0.35, 0.5, 110 / 240]], np.float32)
    empty = np.zeros((0, 4), np.float32)
    assert Footprints.of(CAMERA, [], empty).is_too_high(BOAT, boxes).all()
    assert not Footprints.of(unsure, [], empty).is_too_high(BOAT, boxes).any()
