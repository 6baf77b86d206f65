"""Rooms and ground as a camera sees them: one room from two cameras, lines where geometry has them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartmask.backends.text_static import StaticTextEncoder
from smartmask.language.prompt_reader import read_scene_prompt
from smartmask.model.planner.start_layouts import start_scene
from smartmask.model.planner.start_views import Room, ground_seen, room_seen
from smartmask.perspective.estimate import estimate_camera
from smartmask.scene.camera import Camera
from smartmask.weights import WEIGHTS

SIZE_HW = (120, 160)
ROOM = Room(ahead=5.0, left=2.5, right=2.0, high=2.6, turn=0.2)


def camera(horizon=50.0, height_m=1.5, yaw=0.0, focal_px=120.0, place=(0.0, 0.0)) -> Camera:
    level = Camera.of_horizon(horizon, height_m, focal_px, SIZE_HW)
    return Camera(
        position=(*place, height_m), yaw=yaw, pitch=level.pitch, focal_px=focal_px, size_hw=SIZE_HW
    )  # fmt: skip


def planes(points: np.ndarray, seen: Camera, masks: tuple[np.ndarray, np.ndarray]) -> list[int]:
    """What a view shows at world points: 0 floor, 1 ceiling, 2 wall; -1 outside, or on a border."""
    floor, ceiling = masks
    index = np.where(floor, 0, np.where(ceiling, 1, 2))
    found = []
    for x, y, depth in seen.project(points):
        column, row = int(np.floor(x)), int(np.floor(y))
        if depth <= 0 or not (1 <= column < SIZE_HW[1] - 1 and 1 <= row < SIZE_HW[0] - 1):
            found.append(-1)
            continue
        around = index[row - 1 : row + 2, column - 1 : column + 2]
        found.append(int(around[1, 1]) if (around == around[1, 1]).all() else -1)
    return found


def inside(depths: np.ndarray, sides: np.ndarray, height: float | np.ndarray) -> np.ndarray:
    """Points of the room's own axes in the world."""
    cos, sin = np.cos(ROOM.turn), np.sin(ROOM.turn)
    x, y = cos * depths - sin * sides, sin * depths + cos * sides
    return np.stack([x, y, np.broadcast_to(height, x.shape)], 1)


@given(
    horizon=st.floats(30, 80),
    height_m=st.floats(1.0, 2.0),
    yaw=st.floats(-0.5, 0.5),
    place=st.tuples(st.floats(-1, 1), st.floats(-1, 1)),
)
def test_a_room_seen_from_any_camera_is_the_same_room(horizon, height_m, yaw, place):
    rng = np.random.default_rng(0)
    depths, sides = rng.uniform(-1, 4.9, 200), rng.uniform(-1.9, 2.4, 200)
    far = np.full(200, ROOM.ahead)
    points = [inside(depths, sides, 0.0), inside(depths, sides, ROOM.high)]
    points.append(inside(far, sides, rng.uniform(0.05, 2.55, 200)))
    seen = camera(horizon, height_m, yaw, place=place)
    masks = room_seen(ROOM, seen)
    for plane, of_plane in enumerate(points):
        assert set(planes(of_plane, seen, masks)) <= {plane, -1}


def test_two_cameras_see_the_floor_of_one_room():
    rng = np.random.default_rng(1)
    points = inside(rng.uniform(1, 4.9, 300), rng.uniform(-1.9, 2.4, 300), 0.0)
    first, second = camera(), camera(horizon=60.0, height_m=1.2, yaw=0.25, place=(0.5, -0.3))
    views = [planes(points, seen, room_seen(ROOM, seen)) for seen in (first, second)]
    both = [pair for pair in zip(*views, strict=True) if -1 not in pair]
    assert len(both) > 50
    assert set(both) == {(0, 0)}


def test_the_ground_under_a_pixel_is_where_the_camera_says():
    seen = camera(yaw=0.3, place=(1.0, 2.0))
    ahead, aside = ground_seen(seen)
    pixels = np.array([[10.5, 100.5], [80.5, 70.5], [140.5, 118.5]])
    expected = seen.ground_points(pixels)
    for (x, y), point in zip(pixels, expected, strict=True):
        found = ahead[int(y), int(x)], aside[int(y), int(x)]
        assert found == pytest.approx(tuple(point[:2]), rel=1e-3)
    assert np.isinf(ahead[10]).all()
    assert not aside[10].any()


def test_the_estimated_camera_of_a_room_is_like_one_that_people_hold():
    encoder = StaticTextEncoder(WEIGHTS / "text.npz")
    for seed in range(6):
        start = start_scene(read_scene_prompt("a living room"), (240, 320), seed, encoder)
        found = estimate_camera(start.layout)
        assert 0.33 < found.horizon / 240 < 0.5  # drawn from 0.38 to 0.46
        assert 1.1 < found.height_m < 1.9
        assert 120 < found.focal_px < 320
