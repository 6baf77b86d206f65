"""The picture of a camera: its horizon and poles lie where the camera says."""

import numpy as np
import pytest

from smartmask.apps.camera_picture import POLE_M, draw_camera
from smartmask.apps.drawing import ACCENT, HINT
from smartmask.scene.camera import Camera, Spread
from smartmask.scene.layout import Layer, Layout

SIZE_HW = (300, 400)
LAYOUT = Layout(SIZE_HW, (Layer("grass", np.ones(SIZE_HW, bool)),))


def test_horizon_and_poles_lie_where_the_camera_says() -> None:
    spread = Spread(horizon_px=10.0, log_height=0.1, log_focal=0.1, correlation=0.0)
    camera = Camera.of_horizon(90.0, POLE_M, 400.0, SIZE_HW, spread)
    pixels = np.asarray(draw_camera(LAYOUT, None, camera))
    scale = pixels.shape[0] / SIZE_HW[0]
    is_hint = (pixels == HINT).all(2)
    for row in (80, 90, 100):
        assert is_hint[round(row * scale)].mean() > 0.5
    # Poles as tall as the camera is up reach the horizon and nothing above it.
    rows = np.flatnonzero((pixels == ACCENT).all(2).any(1))
    assert rows.min() == pytest.approx(90 * scale, abs=4)
    assert rows.max() == pytest.approx(camera.row_at(4.0) * scale, abs=6)


def test_a_horizon_outside_the_picture_and_a_known_camera_are_drawn() -> None:
    for horizon in (-500.0, 900.0):
        picture = draw_camera(LAYOUT, None, Camera.of_horizon(horizon, 1.6, 400.0, SIZE_HW))
        assert not (np.asarray(picture) == HINT).all(2).any()


def test_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="the camera's canvas is"):
        draw_camera(LAYOUT, None, Camera.of_horizon(10.0, 1.6, 400.0, (30, 40)))
