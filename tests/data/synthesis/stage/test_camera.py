"""The camera looks where it says."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from smartmask.data.synthesis.stage.camera import Camera

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
