"""How high things come out where they stand."""

from dataclasses import replace

import numpy as np
import pytest
from hash_encoder import HashEncoder
from hypothesis import given
from hypothesis import strategies as st
from shapes import rectangle

from smartmask.language.kinds import Kind, kind_of
from smartmask.model.planner.metric import FLIGHT_M, WATER_BELOW_M, MetricScene, MetricSize
from smartmask.model.planner.support import SupportRules
from smartmask.scene.camera import Camera, Spread
from smartmask.scene.layout import Layer, Layout

SIZE_HW = (240, 320)
CAMERA = Camera.of_horizon(100.0, 1.6, 300.0, SIZE_HW)
FLOOR = Layer("floor", rectangle(SIZE_HW, (0, 120, 320, 240)))
WALL = Layer("wall", rectangle(SIZE_HW, (0, 0, 320, 120)))
TABLE = Layer("table", rectangle(SIZE_HW, (100, 120, 220, 200)))


def scene_of(*layers: Layer, camera: Camera = CAMERA) -> MetricScene:
    layout = Layout(SIZE_HW, layers)
    regions = [layer.label in ("floor", "wall") for layer in layers]
    surfaces = SupportRules(HashEncoder()).surfaces(layout, regions, 96)
    return MetricScene.of(layout, regions, surfaces, camera, kind_of)


def box_of(x: float, foot: float, high: float, wide: float) -> np.ndarray:
    """In pixels -> in shares, one row."""
    pixels = np.array([[x - wide / 2, foot - high, x + wide / 2, foot]])
    return (pixels / (SIZE_HW[1], SIZE_HW[0], SIZE_HW[1], SIZE_HW[0])).astype(np.float32)


def height_px(scene: MetricScene, kind: Kind, box: np.ndarray) -> float:
    logs, _ = scene.heights(kind, box)
    return float(np.exp(logs[0])) * SIZE_HW[0]


def some(label: str) -> Kind:
    kind = kind_of(label)
    assert kind is not None
    return kind


def test_a_person_as_tall_as_the_camera_reaches_the_horizon_wherever_they_stand():
    tall = Kind("somebody", 1.6, 0.5, 0.1, "floor")
    for foot in (130.0, 180.0, 235.0):
        assert height_px(scene_of(WALL, FLOOR), tall, box_of(60, foot, 30, 12)) == pytest.approx(foot - 100)


def test_water_lies_lower_than_who_looks_at_it_unless_the_camera_is_known():
    boat = Kind("something", 1.6, 0.5, 0.1, "water")
    doubt = Spread(horizon_px=5.0, log_height=0.3, log_focal=0.2, correlation=0.0)
    box = box_of(60, 180, 30, 12)
    assert height_px(scene_of(WALL, FLOOR), boat, box) == pytest.approx(80)
    guessed = height_px(scene_of(WALL, FLOOR, camera=replace(CAMERA, spread=doubt)), boat, box)
    assert guessed == pytest.approx(80 * 1.6 / (1.6 + WATER_BELOW_M), rel=0.03)


def test_water_that_fills_the_lower_border_is_where_one_stands():
    boat = Kind("something", 1.6, 0.5, 0.1, "water")
    doubt = Spread(horizon_px=5.0, log_height=0.3, log_focal=0.2, correlation=0.0)
    sea = Layer("sea", rectangle(SIZE_HW, (0, 100, 320, 240)))
    scene = scene_of(sea, camera=replace(CAMERA, spread=doubt))
    assert height_px(scene, boat, box_of(60, 180, 30, 12)) == pytest.approx(80, rel=0.03)


def test_who_is_as_wide_as_high_sits():
    scene = scene_of(WALL, FLOOR)
    standing, sitting = (height_px(scene, some("person"), box_of(60, 200, 80, wide)) for wide in (30, 75))
    assert 0.6 < sitting / standing < 0.85


def test_what_is_long_and_taller_than_wide_is_set_on_end():
    board, bus = Kind("board", 0.4, 2.0, 0.1, "ground"), Kind("bus", 3.2, 12.0, 0.1, "ground")
    scene, foot = scene_of(WALL, FLOOR), 180.0
    a_metre = 80 / 1.6
    assert height_px(scene, board, box_of(60, foot, 60, 20)) == pytest.approx(2.0 * a_metre, rel=0.15)
    assert height_px(scene, board, box_of(60, foot, 20, 60)) < 1.2 * a_metre
    assert height_px(scene, bus, box_of(60, foot, 60, 48)) < 5.0 * a_metre  # seen from its front


def test_a_rug_is_nothing_but_depth():
    flat = Kind("sheet", 0.01, 2.0, 0.1, "floor")
    scene = scene_of(WALL, FLOOR)
    found = height_px(scene, flat, box_of(160, 220, 40, 160))
    ahead = CAMERA.depth_at(220.0) + 1.0  # half of its length is its depth
    assert found == pytest.approx(220 - CAMERA.row_at(ahead), rel=0.1)


def test_a_cup_on_a_table_is_as_large_as_the_ground_under_the_table_says():
    cup = Kind("cup", 0.1, 0.09, 0.1, "top")
    scene = scene_of(WALL, FLOOR, TABLE)
    on_table, on_floor = (height_px(scene, cup, box_of(x, 140, 9, 7)) for x in (160, 40))
    assert on_table / on_floor == pytest.approx((200 - 100) / (140 - 100), rel=0.1)


def test_another_cup_tells_the_size_where_no_ground_does():
    cup = Kind("cup", 0.1, 0.09, 0.05, "top")
    other = Layer("cup", rectangle(SIZE_HW, (40, 60, 80, 110)))
    close = some("cup")
    table = Layer("table", rectangle(SIZE_HW, (0, 30, 320, 240)))
    unsure = Camera.of_horizon(-60.0, 1.6, 300.0, SIZE_HW, Spread(
        horizon_px=80.0, log_height=0.8, log_focal=0.3, correlation=0.0
    ))  # fmt: skip
    alone, beside = (
        height_px(scene_of(table, *more, camera=unsure), cup, box_of(200, 120, 20, 18))
        for more in ((), (other,))
    )
    wanted = 50 * 0.1 / close.height_m
    assert abs(np.log(beside / wanted)) < abs(np.log(alone / wanted)) / 2


def test_on_a_table_that_the_border_cuts_off_the_photo_is_about_a_metre_wide():
    cup = Kind("cup", 0.1, 0.09, 0.05, "top")
    table = Layer("table", rectangle(SIZE_HW, (0, 60, 320, 240)))
    found = height_px(scene_of(WALL, FLOOR, table), cup, box_of(160, 200, 20, 18))
    assert found == pytest.approx(0.1 * 320 / 0.9, rel=0.4)
    whole = Layer("table", rectangle(SIZE_HW, (0, 60, 320, 210)))
    assert height_px(scene_of(WALL, FLOOR, whole), cup, box_of(160, 100, 20, 18)) < 0.5 * found


def test_what_hangs_from_above_or_flies_has_no_known_size():
    for hold in ("air", "ceiling"):
        kind = Kind("thing", 1.0, 1.0, 0.2, hold)
        assert np.isinf(scene_of(WALL, FLOOR).heights(kind, box_of(100, 60, 20, 20))[1]).all()
    above = Kind("thing", 1.0, 1.0, 0.2, "floor")
    assert np.isinf(scene_of(WALL, FLOOR).heights(above, box_of(100, 90, 20, 20))[1]).all()


def test_a_picture_on_a_wall_is_as_large_as_the_foot_of_the_wall_says():
    picture = Kind("picture", 0.5, 0.6, 0.2, "wall")
    found = height_px(scene_of(WALL, FLOOR), picture, box_of(100, 80, 20, 20))
    assert found == pytest.approx(0.5 * CAMERA.scale_at(120.0), rel=0.15)


@given(st.floats(20, 300), st.floats(125, 239), st.floats(5, 120), st.floats(5, 120))
def test_resizing_keeps_feet_middles_and_proportions(x, foot, high, wide):
    size = MetricSize(scene_of(WALL, FLOOR), some("chair"))
    box = box_of(x, foot, high, wide)
    (found,) = size.resized(box, np.random.default_rng(0))
    assert found[3] == box[0, 3]
    assert (found[0] + found[2]) / 2 == pytest.approx((box[0, 0] + box[0, 2]) / 2, abs=1e-5)
    aspect = (box[0, 2] - box[0, 0]) / (box[0, 3] - box[0, 1])
    assert (found[2] - found[0]) / (found[3] - found[1]) == pytest.approx(aspect, rel=1e-3)


def test_where_all_is_known_size_does_not_depend_on_what_was_drawn():
    sure = Kind("pole", 2.0, 0.2, 0.01, "floor")
    size = MetricSize(scene_of(WALL, FLOOR), sure)
    small, large = (
        size.resized(box_of(60, 200, high, high / 10), np.random.default_rng(0))[0] for high in (20, 150)
    )
    assert (large[3] - large[1]) / (small[3] - small[1]) == pytest.approx(1, abs=0.12)


def test_where_nothing_is_known_boxes_stay_as_they_are():
    bird = Kind("kite", 1.0, 1.0, 0.2, "air")
    box = box_of(100, 60, 20, 20)
    size = MetricSize(scene_of(WALL, FLOOR), bird)
    assert size.resized(box, np.random.default_rng(0)) == pytest.approx(box, abs=1e-4)


def test_a_bird_does_not_fly_before_ones_nose():
    size = MetricSize(scene_of(WALL, FLOOR), Kind("bird", 0.25, 0.3, 0.01, "air"))
    nearest = 0.25 * CAMERA.focal_px / FLIGHT_M
    for high in (nearest / 4, nearest * 8):
        (found,) = size.resized(box_of(100, 150, high, high), np.random.default_rng(0))
        assert (found[3] - found[1]) * 240 == pytest.approx(min(high, nearest), rel=0.05)


def test_who_is_as_wide_as_high_is_said_to_sit_and_cars_are_not():
    scene = scene_of(WALL, FLOOR)
    narrow, wide = box_of(60, 200, 80, 30), box_of(60, 200, 80, 60)
    person = MetricSize(scene, some("person"))
    assert [bool(person.sits(box)[0]) for box in (narrow, wide)] == [False, True]
    assert not MetricSize(scene, some("car")).sits(wide).any()


def test_a_tent_is_not_taller_than_wide_and_of_a_rug_or_a_person_nothing_is_said():
    scene = scene_of(WALL, FLOOR)
    tent = MetricSize(scene, some("tent"))
    assert tent.narrowest() * SIZE_HW[1] / SIZE_HW[0] == pytest.approx(0.4 * 2.6 / 1.5)
    assert tent.narrowest() < tent.widest()
    assert MetricSize(scene, some("rug")).narrowest() == MetricSize(scene, some("person")).narrowest() == 0


def test_a_chair_has_some_widest_shape_and_a_fence_has_none():
    scene = scene_of(WALL, FLOOR)
    chair = MetricSize(scene, some("chair")).widest() * SIZE_HW[1] / SIZE_HW[0]
    assert 0.7 < chair < 2
    assert np.isinf(MetricSize(scene, some("fence")).widest())


def test_a_table_that_fills_the_picture_is_a_close_up_and_one_at_the_border_is_not():
    cup = Kind("cup", 0.1, 0.09, 0.1, "top")
    narrow = Layer("table", rectangle(SIZE_HW, (120, 160, 240, 240)))
    filling = Layer("table", rectangle(SIZE_HW, (0, 160, 320, 240)))
    box = box_of(180, 180, 20, 18)
    standing, close = (height_px(scene_of(WALL, FLOOR, table), cup, box) for table in (narrow, filling))
    assert standing == pytest.approx(0.1 * CAMERA.scale_at(240.0), rel=0.4)
    assert close > 1.2 * standing


def test_a_counter_before_which_the_floor_is_seen_is_no_close_up():
    cup = Kind("cup", 0.1, 0.09, 0.1, "top")
    counter = Layer("table", rectangle(SIZE_HW, (0, 160, 260, 240)))
    box = box_of(180, 180, 20, 18)
    assert height_px(scene_of(WALL, FLOOR, counter), cup, box) == pytest.approx(
        0.1 * CAMERA.scale_at(240.0), rel=0.4
    )
