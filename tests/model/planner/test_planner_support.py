"""What holds things up: rules on small rooms drawn by hand, the same for boxes and for masks."""

import numpy as np
import pytest
from tiny_planner import tiny_planner

from smartmask.backends.text_static import StaticTextEncoder
from smartmask.language.surfaces import SURFACES
from smartmask.model.planner.boxes import NOTHING_AMISS, ChosenBox, Wanted, as_boxes, choose_box, position
from smartmask.model.planner.support import SupportRules, rests
from smartmask.scene.layout import Layer, Layout
from smartmask.weights import WEIGHTS

SIZE_HW = (100, 100)


@pytest.fixture(scope="module")
def rules() -> SupportRules:
    return SupportRules(StaticTextEncoder(WEIGHTS / "text.npz"))


def filled(x0, y0, x1, y1):
    mask = np.zeros(SIZE_HW, bool)
    mask[y0:y1, x0:x1] = True
    return mask


@pytest.fixture
def room() -> Layout:
    layers = [
        ("floor", filled(0, 60, 100, 100)),
        ("wall", filled(0, 10, 100, 60)),
        ("ceiling", filled(0, 0, 100, 10)),
    ]
    layers.append(("table", filled(20, 50, 60, 80)))
    return Layout(SIZE_HW, tuple(Layer(label, mask, "amodal") for label, mask in layers))


@pytest.mark.parametrize(
    ("label", "box", "held"),
    [
        ("chair", (70, 40, 90, 80), True),
        ("chair", (70, 10, 90, 50), False),
        ("chair", (70, 10, 90, 100), True),
        ("chair", (30, 30, 50, 60), False),  # on the table
        ("cup", (30, 45, 40, 55), True),  # on the table
        ("cup", (30, 65, 40, 75), True),  # before the table, on the floor
        ("cup", (70, 20, 80, 30), False),
        ("picture", (70, 20, 80, 30), True),
        ("picture", (70, 70, 80, 90), False),
        ("ceiling lamp", (40, 0, 50, 20), True),
        ("ceiling lamp", (40, 40, 50, 60), False),
        ("bird", (40, 20, 50, 30), True),
        ("cat", (30, 45, 40, 55), True),
        ("boat", (70, 40, 90, 80), True),
    ],
)
def test_rules(rules, room, label, box, held):
    surfaces = rules.surfaces(room, [True, True, True, False], 100)
    assert rules.is_held(label, filled(*box), surfaces) is held


def test_each_column_of_a_row_of_cabinets_has_a_top_of_its_own(rules):
    """Low ones and a high one, and one on the wall above them, which are one thing to who looks."""
    cabinets = filled(10, 50, 60, 90) | filled(60, 20, 90, 90) | filled(10, 10, 50, 30)
    layers = Layer("floor", filled(0, 80, 100, 100)), Layer("cabinet", cabinets)
    surfaces = rules.surfaces(Layout(SIZE_HW, layers), [True, False], 100)
    for box, held in (
        ((20, 45, 30, 55), True),  # on a low one
        ((20, 58, 30, 70), False),  # before its doors
        ((65, 10, 75, 22), True),  # on the high one
        ((65, 45, 75, 55), False),  # before its doors, as high as the tops of the low ones
        ((20, 5, 30, 13), True),  # on the one on the wall
    ):
        assert rules.is_held("cup", filled(*box), surfaces) is held, box


def test_a_bedpost_and_a_table_leg_carry_nothing(rules):
    """A bed with a post at each end, and a table whose top is on thin legs."""
    bed = filled(10, 55, 60, 75) | filled(10, 20, 14, 90) | filled(56, 20, 60, 90)
    table = filled(66, 50, 96, 54) | filled(66, 50, 69, 90) | filled(93, 50, 96, 90)
    layers = Layer("wall", filled(0, 0, 100, 80)), Layer("bed", bed), Layer("table", table)
    surfaces = rules.surfaces(Layout(SIZE_HW, layers), [True, False, False], 100)
    for label, box, held in (
        ("teddy bear", (30, 45, 42, 60), True),  # on the mattress
        ("teddy bear", (9, 25, 14, 35), False),  # on a post
        ("cup", (75, 45, 80, 52), True),  # on the table
        ("cup", (66, 57, 69, 62), False),  # on a leg
    ):
        assert rules.is_held(label, filled(*box), surfaces) is held, box


def test_boxes_are_sorted_by_the_same_rule(rules, room):
    surfaces = rules.surfaces(room, [True, True, True, False], 100)
    boxes = np.array([[0.7, 0.4, 0.9, 0.8], [0.7, 0.1, 0.9, 0.5], [0.7, 0.1, 0.9, 1.0]], np.float32)
    assert surfaces.held_shares("floor", boxes).tolist() == [1, 0, 1]
    cups = np.array([[0.3, 0.45, 0.4, 0.55], [0.3, 0.5, 0.4, 0.62], [0.7, 0.2, 0.8, 0.3]], np.float32)
    assert surfaces.held_shares("top", cups).tolist() == [1, 1, 0]
    assert surfaces.held_shares("wall", cups[2:]).tolist() == [1]
    assert surfaces.held_shares("air", cups).tolist() == [1, 1, 1]
    assert surfaces.held_shares(
        "ceiling", np.array([[0, 0, 0.1, 0.2], [0, 0.5, 0.1, 0.6]], np.float32)
    ).tolist() == [1, 0]


def test_nothing_is_put_before_a_thing_that_the_border_cuts_off(rules):
    bed = filled(10, 40, 60, 100)
    layers = Layer("floor", filled(0, 60, 100, 100)), Layer("bed", bed)
    surfaces = rules.surfaces(Layout(SIZE_HW, layers), [True, False], 100)
    before, beside, upon = [0.2, 0.8, 0.4, 1.0], [0.7, 0.8, 0.9, 1.0], [0.2, 0.4, 0.4, 0.6]
    for hold in ("floor", "seat"):
        assert surfaces.held_shares(hold, np.array([before, beside], np.float32)).tolist() == [0, 1]
    assert surfaces.held_shares("seat", np.array([upon], np.float32)).tolist() == [1]
    assert surfaces.held_shares("top", np.array([before], np.float32)).tolist() == [1], "it may lie on it"


def test_a_road_is_known_and_what_belongs_there(rules):
    seen = Layout(SIZE_HW, (Layer("grass", filled(0, 0, 100, 100)), Layer("road", filled(0, 60, 100, 90))))
    road = rules.surfaces(seen, [True] * 2, 100).road
    assert road[75].all()
    assert not road[40].any()
    assert rules.drives("car")
    assert not rules.drives("chair")


def test_what_flies_is_sorted_into_the_sky_where_there_is_some(rules):
    seen = Layout(SIZE_HW, (Layer("grass", filled(0, 0, 100, 100)), Layer("sky", filled(0, 0, 100, 40))))
    surfaces = rules.surfaces(seen, [True] * 2, 100)
    boxes = np.array([[0.2, 0.1, 0.4, 0.3], [0.2, 0.5, 0.4, 0.7]], np.float32)
    assert surfaces.sky_shares(boxes).tolist() == [1, 0]
    assert surfaces.held_shares("air", boxes).tolist() == [1, 1]
    assert rules.is_sent_up("airplane")
    assert not rules.is_sent_up("bird")
    assert not rules.is_sent_up("chair")
    assert rules.is_held("airplane", filled(20, 50, 40, 70), surfaces)  # seen from a hill, it may be low


def test_ground_goes_on_under_things_but_not_under_water(rules):
    seen = Layout(
        SIZE_HW,
        (
            Layer("sky", filled(0, 0, 100, 40)),
            Layer("grass", filled(0, 40, 100, 60)),
            Layer("lake", filled(0, 70, 100, 100)),
        ),
    )
    surfaces = rules.surfaces(seen, [True] * 3, 100)
    assert surfaces.ground[65, 50]  # nothing is known there
    assert not surfaces.ground[80, 50]
    assert rules.is_held("boat", filled(40, 60, 60, 80), surfaces)
    ashore, afloat = [0.4, 0.5, 0.6, 0.65], [0.4, 0.7, 0.6, 0.85]
    assert surfaces.held_shares("water", np.array([ashore, afloat], np.float32)).tolist() == [0, 1]
    assert not rules.is_held("chair", filled(40, 60, 60, 80), surfaces)


def test_every_listed_word_is_its_own_surface(rules):
    for surface, words in SURFACES.items():
        assert {rules.surface(word) for word in words} == {surface}


@pytest.mark.parametrize(
    ("label", "hold"),
    [
        ("sofa", "floor"), ("car", "floor"), ("tree", "floor"), ("horse", "floor"), ("rug", "floor"),
        ("person", "seat"), ("cat", "seat"), ("pillow", "seat"), ("cup", "top"), ("laptop", "top"),
        ("picture", "wall"), ("window", "wall"), ("chandelier", "ceiling"), ("boat", "water"),
        ("duck", "water"), ("cloud", "air"), ("airplane", "air"), ("trash can", "floor"),
        ("wooden chair", "floor"), ("pony", "floor"), ("espresso cup", "top"), ("yacht", "water"),
    ],
)  # fmt: skip
def test_things_have_the_hold_of_their_kind(rules, label, hold):
    assert rules.hold(label) == hold


class TestChoosing:
    """A box keeps what it must wherever any box could."""

    def choose(self, rules, room, **wishes):
        network = tiny_planner()
        reading = network.read(
            np.zeros((0, 8), np.float32), np.zeros((0, 33), np.float32), np.ones(8, np.float32),
            np.zeros(8, np.float32), 0.0,
        )  # fmt: skip
        answer = network.ask_box(reading, np.ones(8, np.float32))
        surfaces = rules.surfaces(room, [True, True, True, False], 96)
        wanted = Wanted(**{"hold": "floor", "surfaces": surfaces, **wishes})
        return [
            choose_box(
                network, reading, answer, as_boxes([]), wanted, np.random.default_rng(seed), search=True
            )
            for seed in range(6)
        ]

    def test_relations_hold_by_construction(self, rules, room):
        narrow = self.choose(rules, room, musts=(lambda box: box[2] < 0.3, lambda box: box[3] - box[1] > 0.1))
        assert all(found.box[2] < 0.3 and found.box[3] - found.box[1] > 0.1 for found in narrow)

    def test_things_are_held_up(self, rules, room):
        assert all(found.score >= NOTHING_AMISS for found in self.choose(rules, room))

    def test_the_like_are_kept_apart(self, rules, room):
        alike = as_boxes([np.array([0.0, 0.3, 0.6, 1.0], np.float32)])
        for found in self.choose(rules, room, alike=alike):
            shared = max(0, min(found.box[2], 0.6) - found.box[0]) * max(
                0, found.box[3] - max(found.box[1], 0.3)
            )
            union = 0.6 * 0.7 + (found.box[2] - found.box[0]) * (found.box[3] - found.box[1]) - shared
            assert shared / union <= 0.31

    def test_what_cannot_be_still_gives_a_box(self, rules, room):
        found = self.choose(rules, room, musts=(lambda box: False,))[0]
        assert found.score < -15
        assert (found.box[2:] > found.box[:2]).all()

    def test_the_lower_foot_is_in_front(self, rules, room):
        network = tiny_planner()
        rng = np.random.default_rng(0)
        others = np.array([[0.1, 0.2, 0.5, 0.6], [0.1, 0.3, 0.5, 0.9]], np.float32)
        reading = network.read(
            rng.standard_normal((2, 8), np.float32), rng.standard_normal((2, 33), np.float32),
            np.ones(8, np.float32), np.zeros(8, np.float32), 0.0,
        )  # fmt: skip
        answer = network.ask_box(reading, np.ones(8, np.float32))
        chosen = self.choose(rules, room)[0]
        for foot, expected in ((0.5, 0), (0.75, 1), (0.97, 2)):
            box = np.array([0.2, 0.2, 0.4, foot], np.float32)
            placed = type(chosen)(box, chosen.bins, 0.0)
            stands = np.array([True, True])
            assert position(network, reading, answer, placed, others, stands, 0, 2) == expected
            assert position(network, reading, answer, placed, others, stands, 1, 1) == 1

    def test_nothing_stands_on_a_low_thing_that_is_hardly_nearer(self, rules, room):
        """A building's foot on a car far away is behind it, whatever the network says."""
        rng = np.random.default_rng(0)
        car = np.array([[0.2, 0.46, 0.4, 0.52]], np.float32)
        bins = self.choose(rules, room)[0].bins
        for seed in range(6):
            network = tiny_planner(seed)
            reading = network.read(
                rng.standard_normal((1, 8), np.float32), rng.standard_normal((1, 33), np.float32),
                np.ones(8, np.float32), np.zeros(8, np.float32), 0.0,
            )  # fmt: skip
            answer = network.ask_box(reading, np.ones(8, np.float32))
            building = ChosenBox(np.array([0.1, 0.1, 0.5, 0.51], np.float32), bins, 0.0)
            assert position(network, reading, answer, building, car, np.array([True]), 0, 1) == 0


def test_what_is_not_labelled_is_doubt_only_where_most_is(rules):
    """Who annotated three things of a photo says nothing of the rest."""
    box = np.array([[0.6, 0.5, 0.9, 0.8]], np.float32)
    dog, hole = filled(0, 50, 30, 80), filled(55, 40, 95, 85)
    few = Layout(SIZE_HW, (Layer("dog", dog),))
    most = Layout(SIZE_HW, (Layer("wall", ~hole & ~dog), Layer("dog", dog)))
    for layout, covered in ((few, 0), (most, 1)):
        surfaces = rules.surfaces(layout, [label == "wall" for label in layout.labels], 100)
        assert surfaces.covered_shares(box)[0] == covered
        assert surfaces.covered_shares(np.array([[0.0, 0.5, 0.3, 0.8]], np.float32))[0] == 1


@pytest.mark.parametrize(
    ("label", "is_rest"),
    [
        ("salad bowl", True),
        ("bowl", True),
        ("dog bowl", False),
        ("pillow", True),
        ("watering can", False),
        ("", False),
    ],
)
def test_what_is_served_belongs_on_furniture_whatever_is_said_of_it(label, is_rest):
    assert rests(label) == is_rest
