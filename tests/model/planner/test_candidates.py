"""What is known of a box where a thing may come: what is about it, and the same in a mirror."""

from dataclasses import replace

import numpy as np
import pytest

from smartmask.backends.text_static import StaticTextEncoder
from smartmask.model.planner import candidates
from smartmask.model.planner.candidates import (
    LEFT_SIDE,
    OWN_WIDTH,
    PAIR_WIDTH,
    RIGHT_SIDE,
    Asked,
    find_candidates,
    lone_boxes,
    own_features,
)
from smartmask.model.planner.embedded import EmbeddedPlanner
from smartmask.model.planner.places import PlaceDensity, load_places_network
from smartmask.scene.layout import Layer, Layout
from smartmask.weights import WEIGHTS

SIZE_HW = (96, 192)


def rectangle(x0, y0, x1, y1):
    mask = np.zeros(SIZE_HW, bool)
    mask[y0:y1, x0:x1] = True
    return mask


@pytest.fixture(scope="module")
def planner():
    return EmbeddedPlanner.load(WEIGHTS / "planner.npz", StaticTextEncoder(WEIGHTS / "text.npz"))


@pytest.fixture(scope="module")
def places():
    return load_places_network(WEIGHTS / "places.npz")


ROOM = Layout(
    SIZE_HW,
    (
        Layer("wall", rectangle(0, 0, 192, 48)),
        Layer("floor", rectangle(0, 48, 192, 96)),
        Layer("couch", rectangle(96, 40, 192, 72)),
    ),
)


def test_all_that_is_known_is_finite_and_as_wide_as_it_says(planner, places):
    asked = Asked.of(planner, ROOM, "a dog", None)
    found = find_candidates(planner, places, asked, np.random.default_rng(0))
    assert found.labels == ("wall", "floor", "couch")
    assert found.pairs.shape == (len(found.boxes), 3, PAIR_WIDTH)
    own = own_features(found.own, found.boxes, found.aspect)
    assert own.shape == (len(found.boxes), OWN_WIDTH)
    assert np.isfinite(own).all()
    assert np.isfinite(found.pairs).all()
    assert np.abs(own).max() < 25
    assert found.aspect == pytest.approx(np.log(2))
    assert not asked.is_placed
    assert found.drawn.shape == found.boxes.shape
    both = find_candidates(planner, places, asked, np.random.default_rng(0), as_drawn=True)
    np.testing.assert_array_equal(both.boxes[: len(found.boxes)], found.boxes)
    others = both.boxes[len(found.boxes) :]
    assert 0.3 < len(others) / len(both.boxes) < 0.7
    np.testing.assert_array_equal(both.drawn[len(found.boxes) :], others)
    same = find_candidates(planner, places, asked, np.random.default_rng(0))
    np.testing.assert_array_equal(same.boxes, found.boxes)


def test_boxes_elsewhere_keep_the_rules_and_come_only_where_a_size_is_known(planner, places):
    asked = Asked.of(planner, ROOM, "a dog", None)
    few = find_candidates(planner, places, asked, np.random.default_rng(0))
    found = find_candidates(planner, places, asked, np.random.default_rng(0), elsewhere=True)
    np.testing.assert_array_equal(found.boxes[: len(few.boxes)], few.boxes)
    added = found.boxes[len(few.boxes) :]
    assert 50 < len(added) <= candidates.ELSEWHERE
    assert (found.rules[len(few.boxes) :] >= candidates.NOTHING_AMISS).all()
    unsized = replace(asked, wanted=replace(asked.wanted, size=None))
    drawn, same = (
        find_candidates(planner, places, unsized, np.random.default_rng(0), elsewhere=elsewhere)
        for elsewhere in (False, True)
    )
    np.testing.assert_array_equal(drawn.boxes, same.boxes)


@pytest.mark.parametrize(
    "layout", [Layout(SIZE_HW), Layout(SIZE_HW, (Layer("floor", np.zeros(SIZE_HW, bool)),))]
)
def test_a_layout_that_shows_nothing_has_boxes_beside_nothing(planner, places, layout):
    asked = Asked.of(planner, layout, "a dog", None)
    found = find_candidates(planner, places, asked, np.random.default_rng(0))
    assert found.pairs.shape == (len(found.boxes), 0, PAIR_WIDTH)
    assert found.words.shape == (0, 256)


def test_boxes_too_thin_to_be_seen_go_unless_all_are():
    thin, wide = np.array([0.5, 0.5, -6.0, -6.0]), np.array([0.5, 0.9, -1.0, -1.0])
    narrow = np.full((2, 4), 1e-3)
    both = PlaceDensity(np.array([0.5, 0.5]), np.stack([thin, wide]), narrow)
    drawn = lone_boxes(both, 100, np.random.default_rng(0))
    assert 30 < len(drawn) < 70
    assert (drawn[:, 2] - drawn[:, 0] > 0.3).all()
    alone = PlaceDensity(np.ones(1), thin[None], narrow[:1])
    assert len(lone_boxes(alone, 100, np.random.default_rng(0))) > 0


def test_it_is_seen_on_what_a_box_lies_and_what_is_beside_it(planner):
    from smartmask.language.scene_prompts import ScenePrompt

    seen = planner.see(ROOM, ScenePrompt("a dog"), "a room")
    box = np.array([[0.25, 0.5, 0.5, 1.0]], np.float32)  # on the floor, left of the couch
    pairs = candidates._pairs(box, seen, np.arange(3))[0]
    wall, floor, couch = pairs[:, 12:]
    assert floor[:2].tolist() == pytest.approx([1, 1])
    assert wall[3] == pytest.approx(1)  # above
    assert couch[:2].tolist() == pytest.approx([0, 0])
    assert couch[RIGHT_SIDE - 12] == 0  # the floor before it is beside the foot
    assert pairs[2, 11] == pytest.approx(0)  # nothing of the couch is covered
    on_couch = candidates._pairs(np.array([[0.5, 0.3, 1, 0.75]], np.float32), seen, np.arange(3))[0]
    assert on_couch[2, 11] == pytest.approx(1)
    assert on_couch[2, 12] == pytest.approx(1)
    assert on_couch[2, 10] == 0
    assert on_couch[1, 10] == 1


def test_a_mirror_swaps_left_and_right_and_nothing_else(planner):
    from smartmask.language.scene_prompts import ScenePrompt

    mirrored = Layout(SIZE_HW, tuple(Layer(one.label, one.mask[:, ::-1].copy()) for one in ROOM.layers))
    boxes = (np.array([[10, 12, 22, 40], [30, 20, 44, 44]], np.float32) / 48).astype(np.float32)
    other = boxes.copy()
    other[:, [0, 2]] = 1 - boxes[:, [2, 0]]
    straight, turned = (
        candidates._pairs(found, planner.see(layout, ScenePrompt("a dog"), "a room"), np.arange(3))
        for layout, found in ((ROOM, boxes), (mirrored, other))
    )
    turned[..., [LEFT_SIDE, RIGHT_SIDE]] = turned[..., [RIGHT_SIDE, LEFT_SIDE]]
    np.testing.assert_allclose(straight, turned, atol=0.03)  # edges are rounded to cells
