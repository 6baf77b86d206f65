"""Of a mesh that is known from several heights the view is drawn that fits its place."""

import numpy as np
import pytest
from drawn_memory import horse, lamp, memory_of, quarters, seen
from hypothesis import given
from hypothesis import strategies as st
from shapes import rectangle
from shipped import needs_shipped

from smartmask import SmartMask
from smartmask.memory.shape_memory import ShapeMemory
from smartmask.memory.shape_view import ShapeView
from smartmask.pipelines.shapes.seen_from import FREE_DEGREES, Fall, view_for
from smartmask.scene.camera import Camera, Spread
from smartmask.scene.layout import Layer, Layout
from smartmask.weights import WEIGHTS

SIZE_HW = (240, 320)
PITCHES = (0, 12, 24, 36)


def views(turns: int = 0) -> ShapeMemory:
    """One mesh from four heights, each turned on by so many degrees; then a lamp without a view."""
    told = [
        str(ShapeView(azimuth=turns * number, pitch=pitch, height=0.5))
        for number, pitch in enumerate(PITCHES)
    ]
    known = [seen("thing", mask, "mesh", view=view) for mask, view in zip(quarters(), told, strict=True)]
    return memory_of([*known, seen("lamp", lamp(), "lamp")])


def fall(degrees: float) -> Fall:
    return Fall(degrees=degrees, free=FREE_DEGREES)


@given(st.floats(20, 200), st.floats(-60, 300), st.floats(100, 900))
def test_the_ray_falls_as_the_camera_projects_a_point_of_the_ground(horizon, row, focal_px):
    camera = Camera.of_horizon(horizon, 1.6, focal_px, SIZE_HW)
    degrees = Fall.of(camera, (0.0, row - 5, 10.0, row + 5)).degrees
    assert (degrees > 0) == (row > camera.horizon) or degrees == pytest.approx(0, abs=1e-6)
    middle = np.degrees(np.arctan((row - 120) / focal_px) - np.arctan((horizon - 120) / focal_px))
    assert degrees == pytest.approx(middle, abs=1e-6)


def test_a_doubtful_camera_is_not_followed_closely():
    spread = Spread(horizon_px=60.0, log_height=0.1, log_focal=0.1, correlation=0.0)
    sure, doubtful = (Camera.of_horizon(100.0, 1.6, 300.0, SIZE_HW, known) for known in (None, spread))
    box = (0.0, 100.0, 20.0, 140.0)
    assert Fall.of(sure, box).free == FREE_DEGREES
    assert Fall.of(doubtful, box).free == pytest.approx(np.degrees(np.arctan(0.2)))
    assert Fall.of(doubtful, box).off(11.0) < Fall.of(sure, box).off(11.0)


@pytest.mark.parametrize(("degrees", "expected"), [(0, 0), (12, 1), (24, 2), (60, 3), (-20, 0)])
@pytest.mark.parametrize("number", range(4))
def test_the_view_is_the_one_from_nearest_to_that_height(number, degrees, expected):
    chosen = view_for(views(), number, fall(degrees))
    assert fall(degrees).off(PITCHES[chosen]) == fall(degrees).off(PITCHES[expected])


def test_a_view_that_is_right_enough_stays_and_a_half_turn_is_not_worth_it():
    assert view_for(views(), 1, fall(12 + FREE_DEGREES)) == 1
    assert view_for(views(turns=170), 1, fall(12 + FREE_DEGREES + 3)) == 1


def test_a_shape_stays_of_which_no_view_is_known():
    assert view_for(views(), 4, fall(30)) == 4
    assert view_for(memory_of([seen("horse", horse())]), 0, fall(30)) == 0


def road(horizon: int) -> Layout:
    """A road up to the horizon, and a person as tall as the camera is up beside it."""
    foot = horizon + 90
    return Layout(
        SIZE_HW,
        (
            Layer("sky", rectangle(SIZE_HW, (0, 0, 320, horizon))),
            Layer("road", rectangle(SIZE_HW, (0, horizon, 320, 240))),
            Layer("person", rectangle(SIZE_HW, (20, horizon - 2, 50, foot))),
        ),
    )


@needs_shipped
@pytest.mark.parametrize("prompt", ["a truck", "a bench", "a bicycle"])
def test_shipped_shapes_stand_on_a_road_as_it_is_seen(prompt):
    smartmask = SmartMask.load()
    memory = ShapeMemory.load(WEIGHTS / "memory.npz")
    layout = road(110)
    camera = smartmask.camera(layout)
    off = []
    for one in smartmask.suggest(layout, prompt, n=4, seed=0):
        view = memory.view(one.origin.number)
        if view is not None:
            off.append(Fall.of(camera, one.box_xyxy).off(view.pitch))
    assert off
    assert np.median(off) <= 8
