"""The shipped placer: what words say of a place holds, chance is the generator's, and any layout will do."""

import numpy as np
import pytest
from tiny_planner import tiny_planner
from tiny_scorer import tiny_places, tiny_scorer

from smartmask.backends.text_static import StaticTextEncoder
from smartmask.model.planner import embedded_placer
from smartmask.model.planner.embedded import EmbeddedPlanner
from smartmask.model.planner.embedded_placer import EmbeddedPlacer
from smartmask.model.planner.network import PlannerConfig
from smartmask.protocols import Placer
from smartmask.scene.layout import Layer, Layout
from smartmask.weights import WEIGHTS

SIZE_HW = (96, 128)


@pytest.fixture(scope="module")
def encoder() -> StaticTextEncoder:
    return StaticTextEncoder(WEIGHTS / "text.npz")


@pytest.fixture(scope="module")
def shipped(encoder) -> EmbeddedPlacer:
    planner = EmbeddedPlanner.load(WEIGHTS / "planner.npz", encoder)
    return EmbeddedPlacer.load(planner, WEIGHTS / "places.npz", WEIGHTS / "place_scorer.npz")


@pytest.fixture(scope="module", params=["random weights", "shipped weights"])
def placer(request, encoder, shipped) -> EmbeddedPlacer:
    """What words say holds by construction, so random weights must do it too."""
    if request.param == "shipped weights":
        return shipped
    sizes = PlannerConfig(text_width=256, width=8, heads=2, depth=1, hidden=8, order_width=4)
    planner = EmbeddedPlanner(tiny_planner(1, sizes), encoder)
    return EmbeddedPlacer(planner, tiny_places(256), tiny_scorer(256))


def test_boxes_go_where_words_say(placer):
    room = placer.planner.start("a room with a sofa", SIZE_HW, 0).layout
    sofa = np.zeros(SIZE_HW, bool)
    sofa[40:80, 50:110] = True
    draw = placer.boxes(room.push(Layer("couch", sofa)), "a lamp left of the sofa", None, 0)
    for number in range(8):
        for aspect in (None, 0.5):
            x0, y0, x1, y1 = draw(number, np.random.default_rng(number), aspect)
            assert 0 <= x0 < x1 <= SIZE_HW[1]
            assert y0 < y1 <= SIZE_HW[0]
            assert (x0 + x1) / 2 < 80  # the middle of the sofa
    assert isinstance(placer, Placer)


def test_boxes_stand_on_the_ground_have_the_shapes_proportions_and_obey_their_generator(shipped):
    floor = np.zeros(SIZE_HW, bool)
    floor[60:] = True
    layout = Layout(SIZE_HW, (Layer("wall", ~floor), Layer("floor", floor)))
    draw = shipped.boxes(layout, "an armchair", "a room", 0)
    boxes = [draw(None, np.random.default_rng(seed), None) for seed in range(20)]
    assert np.mean([box[3] > 60 for box in boxes]) > 0.9
    assert len(set(boxes)) > 10
    x0, y0, x1, y1 = draw(2, np.random.default_rng(3), 1.5)
    assert x0 >= 0
    assert x1 <= SIZE_HW[1]
    assert (x1 - x0) / (y1 - y0) == pytest.approx(1.5, rel=1e-3)
    assert draw(2, np.random.default_rng(3), 1.5) == (x0, y0, x1, y1)
    again = shipped.boxes(layout, "an armchair", "a room", 0)
    assert draw(2, np.random.default_rng(3), None) == again(2, np.random.default_rng(3), None)


def test_what_would_fill_the_picture_comes_last(shipped, monkeypatch):
    floor = np.zeros(SIZE_HW, bool)
    floor[50:] = True
    layout = Layout(SIZE_HW, (Layer("wall", ~floor), Layer("floor", floor)))
    sizes = []
    for counts in (0.0, 40.0):
        monkeypatch.setattr(embedded_placer, "AREA_COUNTS", counts)
        draw = shipped.boxes(layout, "a car", None, 0)
        boxes = np.array([draw(None, np.random.default_rng(seed), None) for seed in range(30)])
        sizes.append(np.prod(boxes[:, 2:] - boxes[:, :2], axis=1).mean())
    assert sizes[1] < 0.8 * sizes[0]


@pytest.mark.parametrize("there", ["couch", ""], ids=["a thing", "what nobody knows"])
def test_what_is_put_in_covers_little(shipped, monkeypatch, there):
    """A suitcase goes where the floor is free: not before the couch."""
    floor, taken = np.zeros((2, *SIZE_HW), bool)
    floor[50:] = True
    taken[40:75, :70] = True
    layers = [Layer("wall", ~floor & ~taken), Layer("floor", floor & ~taken)]
    if there:
        layers.append(Layer(there, taken))
    covered = []
    for counts in (0.0, embedded_placer.COVERING_COUNTS):
        monkeypatch.setattr(embedded_placer, "COVERING_COUNTS", counts)
        draw = shipped.boxes(Layout(SIZE_HW, tuple(layers)), "a suitcase", None, 0)
        boxes = np.array([draw(None, np.random.default_rng(seed), None) for seed in range(40)])
        x0, y0, x1, y1 = boxes.clip(0).round().astype(int).T
        sides = zip(x0, y0, x1, y1, strict=True)
        covered.append(np.mean([taken[top:foot, left:right].mean() for left, top, right, foot in sides]))
    assert covered[1] < 0.7 * covered[0]


def test_what_is_served_comes_on_chairs_where_no_table_is_seen(shipped):
    """A table among its chairs is seen as one of them."""
    floor, chairs = np.zeros((2, *SIZE_HW), bool)
    floor[40:] = True
    chairs[30:80, 30:100] = True
    layers = [
        Layer("wall", ~floor & ~chairs), Layer("floor", floor & ~chairs), Layer("chair", chairs)
    ]  # fmt: skip
    draw = shipped.boxes(Layout(SIZE_HW, tuple(layers)), "a pizza", None, 0)
    boxes = np.array([draw(None, np.random.default_rng(seed), None) for seed in range(20)])
    middles = (boxes[:, 0] + boxes[:, 2]) / 2
    is_on = (middles > 30) & (middles < 100) & (boxes[:, 3] > 35) & (boxes[:, 3] < 75)
    assert is_on.mean() > 0.9


def test_a_road_that_is_hardly_one_is_no_place_for_what_drives(shipped):
    ground, patch = np.zeros((2, *SIZE_HW), bool)
    ground[50:] = True
    patch[86:, :12] = True
    layers = [Layer("sky", ~ground), Layer("pavement", ground & ~patch), Layer("road", patch)]
    draw = shipped.boxes(Layout(SIZE_HW, tuple(layers)), "a van", None, 0)
    boxes = np.array([draw(None, np.random.default_rng(seed), None) for seed in range(20)])
    assert (boxes[:, 2] > 30).mean() > 0.8


def test_a_layout_of_things_alone_has_no_rules_of_the_ground(shipped):
    """Nobody knows what is below a person in a picture of boxes: not all things stand on its lower border."""
    person = np.zeros(SIZE_HW, bool)
    person[20:70, 60:80] = True
    draw = shipped.boxes(Layout(SIZE_HW, (Layer("person", person),)), "person", None, 0)
    feet = [draw(number, np.random.default_rng(number), None)[3] for number in range(12)]
    assert min(feet) < 0.9 * SIZE_HW[0]


@pytest.mark.parametrize("words", ["???", "a thousand chairs", "zorgblat", "the sky", "a cat" * 200])
def test_any_words_get_a_box_on_any_layout(placer, words):
    for layout in (Layout(SIZE_HW), Layout(SIZE_HW, (Layer("floor", np.zeros(SIZE_HW, bool)),))):
        x0, y0, x1, y1 = placer.boxes(layout, words, None, 0)(0, np.random.default_rng(0), None)
        assert 0 <= x0 < x1 <= SIZE_HW[1] + 1
        assert y0 < y1 <= SIZE_HW[0] + 1
