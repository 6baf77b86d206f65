"""Scale in plans: poles of known metres are right where they stand, and nowhere else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartmask.evaluation.plan_benchmark import placed_layers, things_as_layout
from smartmask.evaluation.plan_perspective import (
    MOST,
    PerspectiveSummary,
    perspective_errors,
    seen_height,
    sized_anywhere,
)
from smartmask.evaluation.plan_statistics import Things
from smartmask.language.kinds import Kind, kind_of
from smartmask.scene.camera import Camera
from smartmask.scene.layout import Layer, Layout

SIZE_HW = (240, 320)
LEVEL = Camera.of_horizon(120.0, 1.5, 300.0, SIZE_HW)
DOWN = Camera.of_horizon(60.0, 1.5, 300.0, SIZE_HW)


def filled(x0, y0, x1, y1):
    mask = np.zeros(SIZE_HW, bool)
    mask[y0:y1, x0:x1] = True
    return mask


def scene(*things):
    ground = Layer("grass", filled(0, 120, 320, 240), "amodal")
    return Layout(SIZE_HW, (ground, *(Layer(label, mask, "amodal") for label, mask in things)))


def errors_of(*things, camera=LEVEL):
    layout = scene(*things)
    return perspective_errors(layout, camera, {n: layout.labels[n] for n in range(1, len(layout))})


@given(foot=st.integers(130, 239), aspect=st.floats(0.2, 0.5))
def test_a_pole_as_high_as_the_camera_reaches_the_horizon(foot, aspect):
    pole = Kind("pole", 1.5, 1e-6, 0.1, "ground")
    assert seen_height(pole, LEVEL, foot, aspect) == pytest.approx(foot - 120, abs=1e-3)


def test_what_is_low_and_deep_is_seen_from_above():
    """A table looked down on is higher in the picture than its front alone; what is above the eye is not."""
    table, front = (Kind("low table", 0.4, length, 0.1, "floor") for length in (1.6, 1e-6))
    assert seen_height(table, DOWN, 230, 1.5) > 1.3 * seen_height(front, DOWN, 230, 1.5)
    eye = Kind("wall unit", 1.6, 2.0, 0.1, "floor")
    assert seen_height(eye, LEVEL, 200, 1.0) == seen_height(
        Kind("wall unit", 1.6, 1e-6, 0.1, "floor"), LEVEL, 200, 1.0
    )


def test_twice_as_high_is_an_octave():
    tall = seen_height(kind_of("car"), LEVEL, 200, 2.0)
    one, two = (filled(20, 200 - round(k * tall), 20 + round(2 * k * tall), 200) for k in (1, 2))
    assert errors_of(("car", one))[1] == pytest.approx(0, abs=0.03)
    assert errors_of(("car", two))[1] == pytest.approx(1, abs=0.03)


def test_what_stands_above_the_horizon_is_as_wrong_as_can_be():
    assert errors_of(("car", filled(20, 80, 60, 110))) == {1: MOST}


def test_what_a_table_carries_stands_where_the_table_does():
    table = ("table", filled(100, 160, 200, 220))
    tall = seen_height(kind_of("cup"), LEVEL, 220, 1.0)
    cup = ("cup", filled(140, 170 - round(tall), 140 + round(tall), 170))
    assert errors_of(table, cup)[2] < 0.2
    assert errors_of(cup)[1] > 0.5


@pytest.mark.parametrize(
    "thing",
    [
        pytest.param(("picture", filled(20, 20, 60, 60)), id="hangs"),
        pytest.param(("kite", filled(20, 20, 60, 60)), id="flies"),
        pytest.param(("rug", filled(20, 180, 160, 200)), id="lies flat"),
        pytest.param(("car", filled(20, 180, 160, 240)), id="cut off below"),
        pytest.param(("tree", filled(20, 0, 160, 200)), id="cut off above"),
        pytest.param(("zzyzx", filled(20, 100, 60, 200)), id="no metres"),
        pytest.param(("car", filled(0, 0, 0, 0)), id="empty"),
    ],
)
def test_is_not_judged(thing):
    assert errors_of(thing) == {}


def test_summary():
    assert PerspectiveSummary.of([0.1, 0.3, 2.0, 3.0]) == PerspectiveSummary(4, 1.15, 0.5)
    assert PerspectiveSummary.of([]) == PerspectiveSummary(0, 0.0, 0.0)


def test_metres_anywhere_win_by_scale_alone():
    """The silly answer: no error, wherever things are; that is why it stands in the table."""
    boxes = np.array([[0.1, 0.1, 0.5, 0.3], [0.6, 0.2, 0.7, 0.9], [0.2, 0.5, 0.6, 0.7]], np.float32)
    things = Things.of(("car", "person", "bench"), boxes)
    placed = sized_anywhere(things, LEVEL, np.random.default_rng(0))
    start = scene()
    layout = things_as_layout(placed, start)
    words = {number: layout.labels[number] for number in placed_layers(layout, start)}
    errors = perspective_errors(layout, LEVEL, words)
    assert errors
    assert max(errors.values()) < 0.2
