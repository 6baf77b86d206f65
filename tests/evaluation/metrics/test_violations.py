"""Rules that a mask breaks, on a small room, a street and a lake drawn by hand."""

from dataclasses import astuple

import numpy as np
import pytest
from shapes import rectangle

from smartmask.backends.text_static import StaticTextEncoder
from smartmask.evaluation.metrics.violations import COVERED_SHARE, FOOT_MARGIN, Violations, violations
from smartmask.scene.layout import UNKNOWN, Layer, Layout
from smartmask.weights import WEIGHTS

SIZE_HW = (200, 200)
ENCODER = StaticTextEncoder(WEIGHTS / "text.npz")
FINE, FLOATS, MISPLACED, CUTS = (False,) * 3, (True, False, False), (False, True, False), (False, False, True)


def layout_of(*layers: tuple[str, tuple[int, int, int, int]]) -> Layout:
    return Layout(SIZE_HW, tuple(Layer(label, rectangle(SIZE_HW, box), "amodal") for label, box in layers))


ROOM = layout_of(
    ("floor", (0, 120, 200, 200)),
    ("wall", (0, 20, 200, 120)),
    ("ceiling", (0, 0, 200, 20)),
    ("table", (40, 100, 120, 160)),
    ("bench", (140, 100, 190, 150)),
)
LAKE = layout_of(
    ("sky", (0, 0, 200, 80)),
    ("grass", (0, 80, 200, 130)),
    ("lake", (0, 130, 200, 200)),
)


def broken(layout: Layout, label: str, box: tuple[int, int, int, int]) -> tuple[bool, ...]:
    found = violations(layout, layout.visible_index(), rectangle(SIZE_HW, box), label, ENCODER)
    assert found.any == any(astuple(found))
    return astuple(found)


@pytest.mark.parametrize(
    ("label", "box", "expected"),
    [
        pytest.param("chair", (10, 120, 30, 170), FINE, id="a chair on the floor"),
        pytest.param("chair", (10, 30, 30, 80), FLOATS, id="a chair on the wall floats"),
        pytest.param("dog", (10, 30, 30, 60), FLOATS, id="so does a dog"),
        pytest.param("chair", (60, 60, 90, 115), MISPLACED, id="a chair on the table is out of place"),
        pytest.param("cup", (60, 95, 70, 110), FINE, id="a cup on the table"),
        pytest.param("cup", (60, 40, 70, 55), FLOATS, id="a cup in front of the wall floats"),
        pytest.param("picture", (60, 40, 90, 60), FINE, id="a picture on the wall"),
        pytest.param("picture", (10, 165, 30, 190), MISPLACED, id="a picture on the floor"),
        pytest.param("ceiling lamp", (60, 5, 80, 40), FINE, id="a lamp from the ceiling"),
        pytest.param("ceiling lamp", (10, 165, 30, 190), MISPLACED, id="a ceiling lamp on the floor"),
        pytest.param("bird", (10, 50, 20, 60), FINE, id="a bird anywhere"),
        pytest.param("chair", (10, 120, 30, 200), FINE, id="a chair cut off by the border"),
        pytest.param("pony", (10, 30, 40, 70), FLOATS, id="a word that no table lists"),
    ],
)
def test_a_room_holds_what_belongs_in_it(label, box, expected):
    assert broken(ROOM, label, box) == expected


@pytest.mark.parametrize(
    ("label", "box", "expected"),
    [
        pytest.param("boat", (20, 120, 60, 160), FINE, id="a boat on the lake"),
        pytest.param("car", (20, 120, 60, 160), MISPLACED, id="a car on the lake"),
        pytest.param("car", (20, 90, 60, 120), FINE, id="a car on the grass"),
        pytest.param("car", (20, 20, 60, 50), FLOATS, id="a car in the sky"),
        pytest.param("boat", (20, 20, 60, 50), FLOATS, id="a boat in the sky"),
        pytest.param("airplane", (20, 20, 60, 50), FINE, id="an airplane in the sky"),
    ],
)
def test_land_and_water_hold_their_own(label, box, expected):
    assert broken(LAKE, label, box) == expected


STREET = (("sky", (0, 0, 200, 60)), ("road", (0, 60, 200, 200)))


def street(label: str, box: tuple[int, int, int, int]) -> Layout:
    return layout_of(*STREET, (label, box))


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        pytest.param((60, 70, 120, 110), CUTS, id="far, yet over the man who is near"),
        pytest.param((60, 120, 120, 185), FINE, id="nearer than the man, it may hide him"),
        pytest.param((10, 70, 70, 110), FINE, id="far and beside him"),
        pytest.param((10, 70, 82, 110), FINE, id="far, over a sliver of him"),
    ],
)
def test_what_is_behind_may_not_cover_what_is_nearer(box, expected):
    assert broken(street("man", (80, 80, 100, 170)), "car", box) == expected


def test_margin_and_share_are_those_stated():
    man = (80, 100, 100, 150)  # foot at 150, 50 high: covering a fifth of him is 10 of his rows
    margin_px = FOOT_MARGIN * SIZE_HW[0]
    assert (margin_px, COVERED_SHARE * 50) == (6, 10)
    assert broken(street("man", man), "car", (60, 60, 120, 110)) == CUTS
    assert broken(street("man", man), "car", (60, 60, 120, 109)) == FINE
    assert broken(street("man", man), "car", (60, 100, 120, 143)) == CUTS
    assert broken(street("man", man), "car", (60, 100, 120, 144)) == FINE


def test_only_things_that_stand_on_the_ground_are_nearer_or_farther():
    kite, far_car = (80, 80, 100, 170), (60, 70, 120, 110)
    assert broken(street("kite", kite), "car", far_car) == FINE
    assert broken(street("road", kite), "car", far_car) == FINE
    assert broken(street("man", kite), "bird", far_car) == FINE


def test_who_sits_on_a_bench_may_cover_it():
    assert broken(ROOM, "person", (150, 60, 175, 125)) == FINE
    assert broken(ROOM, "person", (130, 60, 185, 122)) == FINE
    assert broken(street("bench", (60, 90, 120, 170)), "person", (60, 60, 120, 110)) == FINE
    assert broken(street("man", (60, 90, 70, 170)), "person", (60, 60, 120, 110)) == CUTS


def test_what_is_seen_counts_and_not_what_is_hidden():
    man, bus = ("man", (80, 80, 100, 170)), ("bus", (70, 75, 110, 180))
    hidden = layout_of(*STREET, man, bus)
    assert broken(hidden, "car", (10, 60, 120, 95)) == FINE  # of the bus 19 %, and the man is not seen
    assert broken(street(*man), "car", (10, 60, 120, 98)) == CUTS


def test_nothing_is_held_against_a_mask_where_nothing_is_known():
    dark = layout_of(("wall", (0, 0, 200, 60)))
    for label in ("chair", "picture", "ceiling lamp", "cup", "boat"):
        assert broken(dark, label, (60, 100, 100, 150)) == FINE
    assert broken(dark, "chair", (60, 10, 100, 40)) == FLOATS
    known = layout_of(("man", (80, 80, 100, 170)))
    assert broken(known, "car", (60, 70, 120, 110)) == CUTS  # both stand on what nobody knows


def test_what_stands_on_a_table_is_not_on_the_ground():
    vase = ("vase", (60, 60, 80, 110))
    far_child = (30, 60, 100, 103)
    room = (("wall", (0, 0, 200, 90)), ("floor", (0, 90, 200, 200)))
    assert broken(layout_of(*room, ("table", (40, 105, 120, 160)), vase), "child", far_child) == FINE
    assert broken(layout_of(*room, vase), "child", far_child) == CUTS
    assert broken(layout_of(*room, ("vase", (60, 60, 80, 200))), "child", far_child) == CUTS


def test_the_index_says_what_is_seen():
    index = ROOM.visible_index()
    index[:] = UNKNOWN
    mask = rectangle(SIZE_HW, (10, 30, 30, 80))
    assert violations(ROOM, index, mask, "chair", ENCODER) == Violations(False, False, False)


def test_an_empty_mask_breaks_no_rule():
    nothing = np.zeros(SIZE_HW, bool)
    assert not violations(ROOM, ROOM.visible_index(), nothing, "chair", ENCODER).any
    assert not violations(Layout(SIZE_HW), Layout(SIZE_HW).visible_index(), nothing, "chair", ENCODER).any
