"""The shipped planner: named things all come, counted and where told; the rest as the scene needs."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_planner import tiny_planner

from smartmask.backends.text_static import StaticTextEncoder
from smartmask.errors import CheckpointError
from smartmask.evaluation.plan_benchmark import plan_boxes
from smartmask.language.prompt_reader import read_scene_prompt
from smartmask.language.scene_prompts import missing_things
from smartmask.language.scene_words import canonical
from smartmask.model.planner.embedded import EmbeddedPlanner
from smartmask.model.planner.support import PETS
from smartmask.model.planner.wishes import goes_beside
from smartmask.protocols import Planner
from smartmask.scene.boxes import box_of
from smartmask.scene.layout import Layer, Layout
from smartmask.scene.relations import holds
from smartmask.weights import WEIGHTS

SIZE_HW = (96, 128)


@pytest.fixture(scope="module")
def encoder() -> StaticTextEncoder:
    return StaticTextEncoder(WEIGHTS / "text.npz")


@pytest.fixture(scope="module", params=["random weights", "shipped weights"])
def planner(request, encoder) -> EmbeddedPlanner:
    """What the prompt says comes by construction, so random weights must do it too."""
    if request.param == "shipped weights":
        return EmbeddedPlanner.load(WEIGHTS / "planner.npz", encoder)
    from smartmask.model.planner.network import PlannerConfig

    sizes = PlannerConfig(text_width=256, width=8, heads=2, depth=1, hidden=8, order_width=4)
    return EmbeddedPlanner(tiny_planner(1, sizes), encoder)


def planned(planner, text, seed=0, limit=12) -> tuple[Layout, Layout]:
    start = planner.start(text, SIZE_HW, seed)
    return start.layout, plan_boxes(planner, start.layout, text, limit, seed, start.camera)


def boxes(layout, label):
    height, width = layout.size_hw
    return [
        tuple((np.array(box_of(layer.mask)) / [width, height, width, height]).tolist())
        for layer in layout.layers
        if canonical(layer.label) == canonical(label)
    ]


def test_a_scene_that_is_there_already_gets_some_things_before_it_is_complete(encoder):
    from smartmask.model.planner.network import PlannerConfig

    sizes = PlannerConfig(text_width=256, width=8, heads=2, depth=1, hidden=8, order_width=4)
    network = tiny_planner(1, sizes)
    network.weights["stop_bias"][:] = 1000  # it would always stop
    start, layout = planned(EmbeddedPlanner(network, encoder), "what could be added here?")
    assert len(layout) - len(start) == 3


def test_wild_animals_come_only_if_they_are_named(encoder):
    network = EmbeddedPlanner.load(WEIGHTS / "planner.npz", encoder).network
    place = network.card.labels.index("giraffe")
    network.weights["label_bias"][place] = 1000  # it would always propose one
    planner = EmbeddedPlanner(network, encoder)
    assert "giraffe" not in planned(planner, "two boats on a lake")[1].labels
    assert planned(planner, "a giraffe and a boat on a lake")[1].labels.count("giraffe") == 1


def test_tableware_stands_on_the_table_and_a_lamp_on_its_nightstand(encoder):
    """A foot in the middle of a nightstand's front was "on" it; bottles stood on the floor beside a table."""
    planner = EmbeddedPlanner.load(WEIGHTS / "planner.npz", encoder)
    for seed in range(4):
        layout = planned(planner, "a bedroom with a lamp on a nightstand", seed, limit=2)[1]
        (lamp,), (stand,) = boxes(layout, "lamp"), boxes(layout, "nightstand")
        assert lamp[3] <= stand[1] + 0.36 * (stand[3] - stand[1])
        layout = planned(planner, "a kitchen with a table and two bottles", seed, limit=3)[1]
        (table,) = boxes(layout, "table")
        for bottle in boxes(layout, "bottle"):
            assert table[1] - 0.03 <= bottle[3] <= table[1] + 0.5 * (table[3] - table[1])


@pytest.mark.parametrize(
    "text",
    [
        "a living room with a couch, two chairs and a table",
        "three birds above a lake",
        "a kitchen with a fridge, five bottles and no people",
        "two unicorns and a zorgblat",
    ],
)
def test_named_things_come_first_and_as_many_as_told(planner, text):
    said = read_scene_prompt(text)
    for seed in range(2):
        start, layout = planned(planner, text, seed, limit=9)
        counts = Counter(canonical(layer.label) for layer in layout.layers)
        for item in said.things:
            assert counts[canonical(item.label)] == item.count
        assert not missing_things(said, layout.labels)
        assert not {"person", "man", "woman"} & set(layout.labels) or "people" not in text
        total = sum(item.count for item in said.things)
        first = plan_boxes(planner, start, text, total, seed)
        assert not missing_things(said, first.labels)


@pytest.mark.parametrize(
    ("text", "kind", "subject", "reference"),
    [
        ("a lamp left of the sofa", "left of", "lamp", "sofa"),
        ("a car to the right of a bus", "right of", "car", "bus"),
        ("a cat on a bench", "on", "cat", "bench"),
        ("a dog next to a tree", "next to", "dog", "tree"),
        ("a picture above a bed", "above", "picture", "bed"),
        ("a horse in front of a house", "in front of", "horse", "house"),
    ],
)
def test_relations_hold(planner, text, kind, subject, reference):
    kept = 0
    for seed in range(4):
        _, layout = planned(planner, text, seed, limit=2)
        numbers = {layer.label: number for number, layer in enumerate(layout.layers)}
        is_in_front = numbers[subject] > numbers[reference]
        kept += holds(kind, boxes(layout, subject)[0], boxes(layout, reference), is_in_front)
    assert kept >= 3


def test_behind_comes_behind(planner):
    start, layout = planned(planner, "a tree behind a fence", limit=2)
    assert layout.labels.index("tree") < layout.labels.index("fence")
    planned_tree = planner.next_object(
        layout.first(layout.labels.index("tree")).push(layout.layers[-1]), "a tree behind a fence", (), 0
    )
    assert planned_tree is None or planned_tree.behind is None or planned_tree.behind >= len(start)


def test_between_two_references(planner):
    kept = 0
    for seed in range(4):
        _, layout = planned(planner, "a dog between two chairs", seed, limit=3)
        kept += holds("between", boxes(layout, "dog")[0], boxes(layout, "chair"))
    assert kept >= 3


def test_what_is_there_counts(planner):
    """On a photo's layout, a couch that is seen is not asked for again."""
    start = planner.start("a room with a sofa", SIZE_HW, 0).layout
    mask = np.zeros(SIZE_HW, bool)
    mask[50:80, 20:70] = True
    layout = start.push(Layer("couch", mask))
    labels = [
        planner.next_object(layout, "a room with a sofa and a lamp", (), seed).label for seed in range(3)
    ]
    assert labels == ["lamp"] * 3


def test_asked_what_could_be_added_it_looks_at_what_is_there(encoder):
    """The question names nothing, so that the layout alone says what kind of place it is."""
    planner = EmbeddedPlanner.load(WEIGHTS / "planner.npz", encoder)
    proposed = {}
    for place in ("a kitchen with an oven", "a street with a car"):
        start = planner.start(place, SIZE_HW, 0).layout
        layout = plan_boxes(planner, start, place, 1, 0)
        answers = [planner.next_object(layout, "what could be added here?", (), seed) for seed in range(12)]
        proposed[place] = {answer.label for answer in answers if answer is not None}
    kitchen, street = proposed.values()
    assert {"person", "car", "bicycle", "street lamp", "building", "tree"} & street
    assert not {"car", "bus", "street lamp", "building", "tree"} & kitchen


def test_a_house_put_before_things_is_one_of_them(planner):
    """Else all that comes later would have to stand in front of it, wherever its foot is."""
    start = planner.start("a street with a car", SIZE_HW, 0).layout
    car, house, fog = (np.zeros(SIZE_HW, bool) for _ in range(3))
    car[60:80, 30:70], house[10:52, 80:120], fog[:20] = True, True, True
    behind, before = start.push(Layer("building", house, "amodal")), start.push(Layer("car", car, "amodal"))
    said = read_scene_prompt("a street with a car")
    for layout, regions in (
        (behind.push(Layer("car", car, "amodal")), len(start) + 1),
        (before.push(Layer("building", house, "amodal")), len(start)),
        (before.push(Layer("building", house, "visible")), len(start) + 1),  # a photo's order is a guess
    ):
        assert planner.see(layout, said, "street").is_region.sum() == regions


def test_same_seed_same_answer_and_others_differ(planner):
    layout = planner.start("a park", SIZE_HW, 0).layout
    answers = [planner.next_object(layout, "a park with a bench", (), seed) for seed in (1, 1, 2, 3)]
    assert answers[0] == answers[1]
    assert len({answer.box_xyxy for answer in answers}) >= 2
    assert isinstance(planner, Planner)


def test_an_empty_layout_and_empty_layers_are_no_obstacle(planner):
    empty = Layout(SIZE_HW)
    assert planner.next_object(empty, "a cat", (), 0).label == "cat"
    hollow = Layout(SIZE_HW, (Layer("floor", np.zeros(SIZE_HW, bool)), Layer("wall", np.ones(SIZE_HW, bool))))
    found = planner.next_object(hollow, "a cat", (), 0)
    assert found.behind in (None, 1) or found.behind is None


@given(st.text(max_size=60))
def test_any_prompt_gives_an_object_or_one_error(text):
    planner = _loaded()
    try:
        layout = planner.start(text, (48, 64), 0).layout
        found = planner.next_object(layout, text, (), 0)
    except ValueError as error:
        assert "the prompt" in str(error)  # noqa: PT017
        return
    if found is not None:
        x0, y0, x1, y1 = found.box_xyxy
        assert 0 <= x0 < x1 <= 64 + 1
        assert 0 <= y0 < y1 <= 48 + 1


_CACHE: list[EmbeddedPlanner] = []


def _loaded() -> EmbeddedPlanner:
    if not _CACHE:
        _CACHE.append(EmbeddedPlanner.load(WEIGHTS / "planner.npz", StaticTextEncoder(WEIGHTS / "text.npz")))
    return _CACHE[0]


def test_weights_and_encoder_must_fit(encoder, tmp_path):
    with pytest.raises(ValueError, match="embeddings of 8 numbers, but the encoder gives 256"):
        EmbeddedPlanner(tiny_planner(), encoder)
    with pytest.raises(CheckpointError, match="missing or damaged planner weights"):
        EmbeddedPlanner.load(tmp_path / "gone.npz", encoder)


def test_the_shipped_file_is_small_and_says_what_it_is(encoder):
    path = WEIGHTS / "planner.npz"
    assert path.stat().st_size < 600_000
    card = EmbeddedPlanner.load(path, encoder).network.card
    assert {"chair", "person", "tree"} <= set(card.labels)
    assert card.samples > 100_000
    assert {name.removesuffix(", before") for name in card.data} == {"made", "nyu40", "coco"}


def test_people_on_open_ground_stand_and_what_carries_small_things_is_near(encoder):
    planner = EmbeddedPlanner.load(WEIGHTS / "planner.npz", encoder)
    for seed in range(4):
        _, layout = planned(planner, "a meadow with three people", seed, 3)
        for x0, y0, x1, y1 in boxes(layout, "person"):
            assert (x1 - x0) * layout.size_hw[1] < 0.62 * (y1 - y0) * layout.size_hw[0]
        _, layout = planned(planner, "a desk with a laptop", seed, 2)
        ((x0, _, x1, _),) = boxes(layout, "desk")
        assert x1 - x0 > 0.28


def test_solid_things_do_not_stand_in_each_other(encoder):
    planner = EmbeddedPlanner.load(WEIGHTS / "planner.npz", encoder)
    for seed in range(4):
        _, layout = planned(planner, "a bathroom with a toilet and a bathtub", seed, 2)
        ((a0, _, a1, foot_a),) = boxes(layout, "toilet")
        ((b0, _, b1, foot_b),) = boxes(layout, "bathtub")
        beside = min(a1, b1) - max(a0, b0) < 0.5 * min(a1 - a0, b1 - b0)
        assert beside or abs(foot_a - foot_b) > 0.04


def test_what_belongs_together_stands_together_though_nobody_says_so(planner):
    for seed in range(3):
        _, layout = planned(planner, "a bedroom with two nightstands and a bed", seed)
        (bed,) = boxes(layout, "bed")
        beside = [holds("next to", box, [bed]) for box in boxes(layout, "nightstand")]
        assert len(beside) == 2
        assert any(beside)
    said = read_scene_prompt("a bedroom with two nightstands and a bed")
    assert goes_beside(said, 0) == (1,)
    assert goes_beside(read_scene_prompt("a nightstand left of a bed"), 0) == ()


def test_nobody_asks_a_dog_into_a_shop_nor_more_than_two_of_a_kind(encoder):
    shipped = EmbeddedPlanner.load(WEIGHTS / "planner.npz", encoder)
    for seed in range(3):
        start, layout = planned(shipped, "a supermarket aisle with a shopping cart", seed)
        added = Counter(layer.label for layer in layout.layers[len(start.layers) :])
        assert not PETS & set(added)
        assert max(added.values()) <= 2
