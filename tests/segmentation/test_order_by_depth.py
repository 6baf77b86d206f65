"""Layouts whose order anybody can tell, and what must hold for any."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapes import disc, rectangle

from smartmask.scene.layout import Layer, Layout
from smartmask.segmentation import depth_order
from smartmask.segmentation.depth_evidence import KINDS, Evidence
from smartmask.segmentation.depth_order import WEIGHTS, InFront, front_of, order_by_depth

SIZE = (120, 160)
WALL, FLOOR = rectangle(SIZE, (0, 0, 160, 70)), rectangle(SIZE, (0, 70, 160, 120))
SOFA, DOG = rectangle(SIZE, (30, 40, 120, 100)), disc(SIZE, (110, 90), 20)
CUP = rectangle(SIZE, (60, 50, 70, 60))
ROOM = {"wall": WALL, "floor": FLOOR, "sofa": SOFA, "dog": DOG, "cup": CUP}


def seen(masks: dict[str, np.ndarray]) -> dict[str, Layer]:
    """What is seen of masks painted one over the other."""
    layout = Layout(SIZE, tuple(Layer(*item) for item in masks.items()))
    return {label: Layer(label, mask) for label, mask in zip(masks, layout.visible(), strict=True)}


def layout_of(layers: dict[str, Layer], labels: list[str]) -> Layout:
    return Layout(SIZE, tuple(layers[label] for label in labels))


def _layout(seed: int) -> Layout:
    """Up to six random masks, apart or over one another."""
    rng = np.random.default_rng(seed)
    labels = rng.choice(["wall", "floor", "dog", "cup", "sky"], rng.integers(0, 7)).tolist()
    if rng.random() < 0.5:
        regions = rng.integers(-1, len(labels), (7, 9)) if labels else None
        return Layout((7, 9), tuple(Layer(label, regions == n) for n, label in enumerate(labels)))
    density = rng.uniform(0.1, 0.9)
    return Layout((7, 9), tuple(Layer(label, rng.random((7, 9)) < density, "amodal") for label in labels))


layouts = st.integers(0, 10**6).map(_layout)
maps = st.none() | st.integers(0, 99).map(lambda seed: np.random.default_rng(seed).random((7, 9), np.float32))


def shown(layout: Layout) -> np.ndarray:
    """The layer seen at each pixel, whichever its number."""
    names = np.array([id(layer) for layer in layout.layers] + [0])
    return names[layout.visible_index()]


@pytest.mark.parametrize(
    "labels", [list(ROOM), list(ROOM)[::-1], ["dog", "wall", "cup", "sofa", "floor"]], ids=str
)
def test_a_room_is_put_in_order_whatever_its_order_was(labels):
    ordered = order_by_depth(layout_of(seen(ROOM), labels))
    assert ordered.labels == ("wall", "floor", "sofa", "cup", "dog")


def test_pairs_that_touch_come_with_their_confidence():
    layout = layout_of(seen(ROOM), list(ROOM))
    votes = {vote[:2]: vote.confidence for vote in front_of(layout)}
    wall, floor, sofa, dog, cup = range(5)
    assert {(sofa, wall), (sofa, floor), (dog, sofa), (cup, sofa), (dog, floor)} <= set(votes)
    assert all((cup, number) not in votes and (number, cup) not in votes for number in (wall, floor, dog))
    assert all(0.5 < confidence < 1 for confidence in votes.values())
    assert votes[cup, sofa] > 0.95
    order = [vote.confidence for vote in front_of(layout)]
    assert order == sorted(order, reverse=True)


def test_where_masks_overlap_the_layout_itself_says_who_is_in_front():
    sofa, wall = Layer("sofa", SOFA, "amodal"), Layer("wall", np.ones(SIZE, bool), "amodal")
    layout = Layout(SIZE, (sofa, wall))
    assert front_of(layout) == [InFront(1, 0, 1.0)]
    assert order_by_depth(layout).layers == (sofa, wall)


@given(layouts, maps)
def test_ordering_changes_nothing_that_is_seen_and_loses_no_layer(layout, nearness):
    ordered = order_by_depth(layout, nearness)
    assert sorted(map(id, ordered.layers)) == sorted(map(id, layout.layers))
    assert np.array_equal(shown(ordered), shown(layout))


@given(layouts, maps)
def test_ordering_again_changes_nothing(layout, nearness):
    ordered = order_by_depth(layout, nearness)
    assert order_by_depth(ordered, nearness).layers == ordered.layers


@given(layouts, maps)
def test_votes_name_two_layers_once(layout, nearness):
    votes = front_of(layout, nearness)
    pairs = [frozenset(vote[:2]) for vote in votes]
    assert len(set(pairs)) == len(pairs)
    assert all(len(pair) == 2 and max(pair) < len(layout) for pair in pairs)
    assert all(0.5 < vote.confidence <= 1 for vote in votes)


@pytest.mark.parametrize(
    ("strengths", "expected"), [((3, 2, 1), "bac"), ((1, 3, 2), "acb"), ((2, 1, 3), "cba")], ids=str
)
def test_the_weakest_vote_of_a_circle_falls(monkeypatch, strengths, expected):
    thirds = [rectangle(SIZE, (50 * place, 0, 50 * place + 50, 120)) for place in range(3)]
    layout = Layout(SIZE, tuple(Layer(label, mask) for label, mask in zip("abc", thirds, strict=True)))
    a_before_b, c_before_a, b_before_c = strengths
    values = np.zeros((3, len(KINDS)))
    values[:, KINDS.index("size")] = a_before_b, -c_before_a, b_before_c
    evidence = Evidence(np.array([[0, 1], [0, 2], [1, 2]]), values)
    monkeypatch.setattr(depth_order, "read_evidence", lambda *_: evidence)
    assert "".join(order_by_depth(layout).labels) == expected


def test_nearness_overrules_what_the_picture_alone_suggests():
    masks = {"sofa": rectangle(SIZE, (20, 20, 80, 100)), "dog": rectangle(SIZE, (80, 60, 140, 90))}
    layers = tuple(seen(masks).values())
    layout = Layout(SIZE, layers)
    for number in (0, 1):
        nearness = np.where(layers[number].mask, np.float32(2), np.float32(1))
        assert order_by_depth(layout, nearness).layers[1] is layers[number]
        (vote,) = front_of(layout, nearness)
        assert vote.front == number
        assert vote.confidence > 0.9


def test_what_nothing_is_known_about_follows_the_surroundings_and_the_lower_edge():
    bars = {"cat": (0, 0, 20, 30), "wall": (40, 0, 60, 80), "dog": (80, 0, 100, 60), "cup": (120, 0, 140, 20)}
    layout = Layout(SIZE, tuple(Layer(label, rectangle(SIZE, box)) for label, box in bars.items()))
    assert front_of(layout) == []
    assert order_by_depth(layout).labels == ("wall", "cup", "cat", "dog")


def test_layers_without_a_pixel_are_kept():
    empty = Layer("ghost", np.zeros(SIZE, bool))
    assert order_by_depth(Layout(SIZE, (empty,))).layers == (empty,)
    assert order_by_depth(Layout(SIZE)).layers == ()


@pytest.mark.parametrize(
    ("nearness", "message"),
    [
        (
            np.zeros((3, 4), np.float32),
            r"the map of nearness is \(3, 4\) \(H, W\) but the layout is \(120, 160\)",
        ),
        (np.full(SIZE, np.nan, np.float32), "holds numbers that are not finite"),
    ],
    ids=["another size", "not finite"],
)
def test_a_map_that_does_not_fit_is_refused(nearness, message):
    layout = Layout(SIZE, (Layer("wall", WALL),))
    for function in (front_of, order_by_depth):
        with pytest.raises(ValueError, match=message):
            function(layout, nearness)


def test_each_sign_has_a_weight():
    assert tuple(WEIGHTS) == KINDS
    assert all(weight > 0 for weight in WEIGHTS.values())
