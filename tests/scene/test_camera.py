"""The camera looks where it says."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from smartmask.scene.camera import Camera, Spread

angles = st.floats(-3.1, 3.1)


@given(angles, st.floats(-1.4, 1.4))
def test_axes_are_at_right_angles_and_right_handed(yaw: float, pitch: float) -> None:
    axes = Camera(position=(0, 0, 1), yaw=yaw, pitch=pitch, focal_px=100.0, size_hw=(80, 100)).axes()
    np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(np.cross(axes[0], axes[1]), -axes[2], atol=1e-12)
    assert axes[0][2] == 0


def test_points_fall_where_a_person_would_see_them() -> None:
    camera = Camera(position=(1.0, 0.0, 1.5), yaw=np.pi / 2, pitch=0.0, focal_px=100.0, size_hw=(80, 100))
    # Looking along +y: +x is to the right, the floor below the middle.
    points = np.array([(1.0, 2.0, 1.5), (2.0, 2.0, 1.5), (1.0, 2.0, 0.5), (1.0, -2.0, 1.5)])
    seen = camera.project(points)
    np.testing.assert_allclose(seen[:3, :2], [(50, 40), (100, 40), (50, 90)], atol=1e-9)
    np.testing.assert_allclose(seen[:, 2], [2, 2, 2, -2])


def test_looking_down_moves_things_up() -> None:
    down = Camera(position=(0, 0, 1), yaw=0.0, pitch=-0.3, focal_px=100.0, size_hw=(80, 100))
    assert down.project(np.array([(5.0, 0.0, 1.0)]))[0, 1] < 40


horizons, heights, focals = st.floats(-60, 200), st.floats(0.3, 12), st.floats(80, 900)


@given(horizons, heights, focals, st.floats(1.5, 90))
def test_ground_rows_depths_and_scales_are_those_of_the_pinhole(
    horizon: float, height_m: float, focal_px: float, depth: float
) -> None:
    camera = Camera.of_horizon(horizon, height_m, focal_px, (240, 320))
    assert (camera.horizon, camera.height_m) == (pytest.approx(horizon), height_m)
    row = camera.row_at(depth)
    assert camera.depth_at(row) == pytest.approx(depth)
    foot = camera.ground_points(np.array([[40.0, row]]))
    seen = camera.project(np.concatenate([foot, foot + np.array([[0, 0, height_m]])]))
    np.testing.assert_allclose(seen[0], [40.0, row, depth], rtol=1e-6)
    assume(seen[1, 2] > 0.1)  # seen from high above, a head may be behind the camera
    # The head of a thing as tall as the camera is up lies on the horizon.
    assert seen[1, 1] == pytest.approx(horizon, abs=1e-6 * (row - horizon))
    assert camera.scale_at(row) * height_m == pytest.approx(seen[0, 1] - seen[1, 1])


@pytest.mark.usefixtures("no_type_check")
def test_a_row_is_a_number() -> None:
    camera = Camera.of_horizon(100.0, 1.6, 300.0, (240, 320))
    for wrong in ("3", True, None):
        with pytest.raises(TypeError, match=r"row .in pixels. must be a number"):
            camera.scale_at(wrong)


def test_there_is_no_ground_at_or_above_the_horizon() -> None:
    camera = Camera.of_horizon(100.0, 1.6, 300.0, (240, 320))
    for ask in (camera.scale_at, camera.depth_at, camera.scale_deviation_at):
        for row in (100.0, 40.0):
            with pytest.raises(ValueError, match="no ground at or above the horizon, which is at row 100"):
                ask(row)
    with pytest.raises(ValueError, match="row 90: there is no ground"):
        camera.ground_points(np.array([[10.0, 200.0], [10.0, 90.0]]))
    with pytest.raises(ValueError, match="depth above 0"):
        camera.row_at(0.0)
    with pytest.raises(ValueError, match="height above 0 m"):
        Camera.of_horizon(100.0, 0.0, 300.0, (240, 320))


def test_the_deviation_of_a_scale_is_that_of_many_drawn_cameras() -> None:
    spread = Spread(horizon_px=4.0, log_height=0.1, log_focal=0.2, correlation=-0.6)
    camera = Camera.of_horizon(100.0, 1.6, 300.0, (240, 320), spread)
    rng = np.random.default_rng(0)
    covariance = [[16.0, -0.6 * 0.4], [-0.6 * 0.4, 0.01]]
    horizon, log_height = rng.multivariate_normal([100.0, np.log(1.6)], covariance, 20000).T
    for row in (150.0, 230.0):
        drawn = np.log2(row - horizon) - log_height / np.log(2)
        assert camera.scale_deviation_at(row) == pytest.approx(drawn.std(), rel=0.05)
    assert Camera.of_horizon(100.0, 1.6, 300.0, (240, 320)).scale_deviation_at(150.0) == 0
