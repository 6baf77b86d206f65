"""A remembered shape on the canvas: a likely one, as it is remembered, where the hint says."""

import numpy as np
import pytest
from block_coder import BlockCoder
from drawn_memory import horse, lamp, memory_of, quarters, seen, stable
from hypothesis import given
from hypothesis import strategies as st
from shapes import rectangle
from tiny_chooser import GivenOdds, by_proportions, tiny_chooser, tiny_judge

from smartmask.backends.text_static import StaticTextEncoder
from smartmask.memory.shape_memory import ShapeMemory
from smartmask.model.mask.chooser import ChoiceContext
from smartmask.pipelines.generate import Scene
from smartmask.pipelines.shapes.asked import Surroundings, thing_asked_for
from smartmask.pipelines.shapes.draw_remembered import (
    ORDERED,
    Chosen,
    RememberedDrawing,
    of_aspect,
    place_for,
)
from smartmask.pipelines.shapes.shape_recall import MOST_STRETCH, ShapeRecall
from smartmask.scene.layout import Layer, Layout
from smartmask.scene.masks import mask_iou
from smartmask.weights import WEIGHTS

SIZE_HW = (100, 160)
ROOM = Scene.of(
    Layout(
        SIZE_HW,
        (
            Layer("wall", rectangle(SIZE_HW, (0, 0, 160, 60))),
            Layer("floor", rectangle(SIZE_HW, (0, 60, 160, 100))),
        ),
    )
)
SEA = Scene.of(Layout(SIZE_HW, (Layer("sea", np.ones(SIZE_HW, bool)),)))
EMPTY = Scene.of(Layout(SIZE_HW, ()))
SQUARE = (40.0, 10.0, 120.0, 90.0)
needs_words = pytest.mark.skipif(
    not (WEIGHTS / "text.npz").is_file(), reason="the shipped weights are not in the package yet"
)


@pytest.fixture(scope="module")
def encoder() -> StaticTextEncoder:
    return StaticTextEncoder(WEIGHTS / "text.npz")


@pytest.fixture
def drawing_of(encoder):
    """Draws from some shapes; unless told otherwise, those of like proportions are likely."""

    def make(*shapes, chooser=None) -> RememberedDrawing:
        return RememberedDrawing(
            ShapeRecall(memory_of(shapes), BlockCoder(), encoder), chooser or by_proportions(), tiny_judge()
        )

    return make


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def numbers(chosen: Chosen) -> list[int]:
    return [int(chosen.shapes.numbers[place]) for place in chosen.order]


def things(**known: object):
    return [seen("thing", mask, f"{n}", **known) for n, mask in enumerate(quarters())]


@given(st.floats(1, 300), st.floats(1, 300), st.floats(0.05, 20))
def test_a_box_of_another_aspect_keeps_foot_point_and_area(width, height, aspect):
    x0, y0, x1, y1 = of_aspect((5, 7, 5 + width, 7 + height), aspect)
    assert (x1 - x0) * (y1 - y0) == pytest.approx(width * height)
    assert (x1 - x0) / (y1 - y0) == pytest.approx(aspect)
    assert ((x0 + x1) / 2, y1) == pytest.approx((5 + width / 2, 7 + height))


@needs_words
@pytest.mark.parametrize("number", range(4))
def test_the_shape_that_is_likely_comes_first(drawing_of, number):
    certain = GivenOdds(lambda context, sketches, log_aspects: np.eye(len(sketches))[number])
    drawing = drawing_of(*things(may_mirror=False), chooser=certain)
    for chosen in (
        drawing.for_box("a thing", ROOM, SQUARE, rng()),
        drawing.freely("a thing", rng()),
        drawing.freely("a thing", rng(), SQUARE),
    ):
        assert numbers(chosen)[0] == number
        assert sorted(numbers(chosen)) == [0, 1, 2, 3]


@needs_words
@pytest.mark.parametrize("side", ["left", "right"])
def test_the_chooser_sees_shapes_as_they_would_be_drawn(drawing_of, side):
    def heads(context: ChoiceContext, sketches: np.ndarray, log_aspects: np.ndarray) -> np.ndarray:
        assert np.array_equal(sketches[0], sketches[1][:, ::-1])
        left, right = (sketches[:, :6, half].sum((1, 2)) for half in (slice(0, 16), slice(16, 32)))
        return left > right if side == "left" else right > left

    drawing = drawing_of(seen("horse", horse()), chooser=GivenOdds(heads))
    chosen = drawing.for_box("a horse", ROOM, SQUARE, rng())
    assert chosen.shapes.is_mirrored[chosen.order[0]] == (side == "right"), "it is remembered facing left"


@needs_words
def test_for_a_box_the_chooser_is_told_the_thing_the_box_and_what_lies_about_it(drawing_of, encoder):
    chooser = GivenOdds(lambda context, sketches, log_aspects: np.ones(len(sketches)))
    drawing = drawing_of(*stable(), chooser=chooser)
    for scene, box in ((ROOM, (20.0, 15.0, 125.0, 85.0)), (SEA, SQUARE)):
        drawing.for_box("a small old pony", scene, box, rng())
        told, about = chooser.contexts.pop(), Surroundings.of(scene, box, encoder)
        assert np.array_equal(told.text, encoder.encode(["horse"])[0])
        assert (told.log_aspect, told.zoom) == (about.log_aspect, about.zoom)
        assert np.array_equal(told.layout, about.layout)


@needs_words
@pytest.mark.parametrize("region", [None, (10.0, 10.0, 150.0, 60.0)], ids=["no hint", "a region"])
def test_without_a_box_the_chooser_is_told_nothing_but_the_thing(drawing_of, encoder, region):
    chooser = GivenOdds(lambda context, sketches, log_aspects: np.ones(len(sketches)))
    drawing = drawing_of(*stable(), chooser=chooser)
    drawing.freely("a lamp", rng(), region)
    (told,) = chooser.contexts
    expected = ChoiceContext.of_words(thing_asked_for("a lamp", encoder, drawing.recall))
    assert (told.log_aspect, told.zoom) == (None, 0.0)
    assert np.array_equal(told.text, expected.text)
    assert np.array_equal(told.layout, expected.layout)


@needs_words
def test_what_lies_about_a_box_matters_by_what_the_chooser_makes_of_it_alone(drawing_of):
    shapes = things()
    orders = {}
    for name, chooser in (("blind", by_proportions()), ("seeing", tiny_chooser())):
        drawing = drawing_of(*shapes, chooser=chooser)
        found = [drawing.for_box("a thing", scene, SQUARE, rng()).order for scene in (ROOM, SEA, EMPTY)]
        orders[name] = {tuple(order.tolist()) for order in found}
    assert len(orders["blind"]) == 1
    assert len(orders["seeing"]) > 1


@needs_words
def test_of_like_shapes_those_of_the_boxs_proportions_come_first_if_they_are_likely(drawing_of):
    widths = (1, 2, 3)
    shapes = [seen("lamp", np.repeat(lamp(n), 3 * w, axis=1), f"{w}") for n, w in enumerate(widths)]
    drawing = drawing_of(*shapes, chooser=by_proportions(20.0))
    for number, width in enumerate(widths):
        box = (0.0, 0.0, 40.0 * width, 40.0)
        assert numbers(drawing.for_box("a lamp", ROOM, box, rng()))[0] == number


@needs_words
def test_of_words_that_nobody_knows_nothing_is_chosen(drawing_of, encoder):
    empty = RememberedDrawing(
        ShapeRecall(ShapeMemory.empty(), BlockCoder(), encoder), tiny_chooser(), tiny_judge()
    )
    for drawing in (drawing_of(*stable(), chooser=tiny_chooser()), empty):
        assert not len(drawing.for_box("a xqzt", ROOM, SQUARE, rng()).order)
        assert not len(drawing.freely("a xqzt", rng()).order)
    assert not len(Chosen.none("a xqzt").order)


@needs_words
def test_a_memory_of_one_shape_fills_the_box_with_it(drawing_of):
    drawing = drawing_of(seen("horse", horse()))
    box = (20.0, 15.0, 125.0, 85.0)
    chosen = drawing.for_box("a horse", ROOM, box, rng())
    assert len(chosen.order) == 2, "as it is and mirrored"
    for place in range(2):
        laid = drawing.lay(chosen, place, box, ROOM.layout)
        assert laid.outline.box_xyxy() == pytest.approx(box, abs=0.01)
        assert (laid.origin.label, laid.origin.fit, laid.origin.similarity) == ("horse", "box", 1.0)
        assert (laid.origin.source, laid.origin.group) == ("drawn", "drawn:1")
    assert {drawing.lay(chosen, place, box, ROOM.layout).origin.is_mirrored for place in range(2)} == {
        False,
        True,
    }


@needs_words
def test_a_label_of_one_aspect_is_not_stretched_to_a_very_wide_box_but_stands_on_its_foot_line(drawing_of):
    drawing = drawing_of(*(seen("lamp", lamp(n), f"{n}") for n in range(5)))
    wide = (10.0, 40.0, 150.0, 90.0)
    chosen = drawing.for_box("a lamp", ROOM, wide, rng())
    for place in range(len(chosen.order)):
        laid = drawing.lay(chosen, place, wide, ROOM.layout)
        x0, y0, x1, y1 = laid.outline.box_xyxy()
        assert laid.origin.fit == "height"
        assert (y0, y1) == pytest.approx((40, 90), abs=0.01)
        assert (x0 + x1) / 2 == pytest.approx(80, abs=0.01)
        assert (x1 - x0) / 50 == pytest.approx(MOST_STRETCH / 3, rel=0.01)


@needs_words
def test_a_label_of_one_aspect_in_a_very_tall_box_fills_its_width_on_the_foot_line(drawing_of):
    drawing = drawing_of(seen("horse", horse()))
    tall = (60.0, 5.0, 90.0, 95.0)
    chosen = drawing.for_box("a horse", ROOM, tall, rng())
    laid = drawing.lay(chosen, 0, tall, ROOM.layout)
    x0, y0, x1, y1 = laid.outline.box_xyxy()
    assert laid.origin.fit == "width"
    assert (x0, x1, y1) == pytest.approx((60, 90, 95), abs=0.01)
    assert 30 / (y1 - y0) == pytest.approx(1.5 / MOST_STRETCH, rel=0.01)


@needs_words
@pytest.mark.parametrize("is_mirrored", [False, True])
def test_a_mirrored_shape_is_drawn_as_its_mirror_image(drawing_of, is_mirrored):
    drawing = drawing_of(seen("horse", horse(), poses=("facing right" if is_mirrored else "facing left",)))
    chosen = drawing.freely("a horse facing left", rng())
    laid = drawing.lay(chosen, 0, (20.0, 10.0, 110.0, 70.0), ROOM.layout)
    assert laid.origin.is_mirrored is is_mirrored
    drawn = laid.outline.mask(SIZE_HW)[10:70, 20:110]
    expected = horse()[:, ::-1] if is_mirrored else horse()
    assert mask_iou(drawn, expected) > mask_iou(drawn, expected[:, ::-1]) + 0.1


@needs_words
def test_freely_chosen_shapes_nearly_keep_their_proportions_and_take_foot_point_and_area(drawing_of):
    drawing = drawing_of(*stable())
    for prompt, aspect in (("a lamp", 1.25 / 3), ("a ball", 1.0)):
        chosen = drawing.freely(prompt, rng())
        laid = drawing.lay(chosen, 0, (30.0, 20.0, 90.0, 80.0), ROOM.layout)
        assert laid.outline.box_xyxy() == pytest.approx(of_aspect((30, 20, 90, 80), aspect), abs=0.01)
        assert laid.origin.fit == "own"


@needs_words
def test_a_box_gets_the_next_shape_unless_a_later_one_is_more_like_it(drawing_of):
    shapes = (seen("lamp", lamp(0), "narrow"), seen("lamp", np.repeat(lamp(0), 6, axis=1), "wide"))
    chosen = drawing_of(*shapes).freely("a lamp", rng())
    aspects = np.exp(chosen.shapes.log_aspects[chosen.order])
    for number in range(4):
        own = float(aspects[number % len(aspects)])
        for aspect in aspects.tolist():
            place = place_for(chosen, number, (0.0, 0.0, 100.0 * aspect, 100.0))
            assert aspects[place] == pytest.approx(aspect, rel=0.01)
            assert aspect != own or place == number % len(aspects)


@needs_words
def test_in_a_region_they_stay_in_their_box(drawing_of):
    drawing = drawing_of(*stable())
    for region in ((10.0, 10.0, 150.0, 60.0), (60.0, 5.0, 100.0, 95.0)):
        chosen = drawing.freely("a lamp", rng(), region)
        x0, y0, x1, y1 = drawing.lay(chosen, 0, region, ROOM.layout).outline.box_xyxy()
        assert region[0] - 0.01 <= x0 < x1 <= region[2] + 0.01
        assert region[1] - 0.01 <= y0 < y1 <= region[3] + 0.01
        assert 1 / 1.16 < (x1 - x0) / (y1 - y0) * 3 < 1.16


@needs_words
def test_no_more_are_ordered_than_a_request_may_show_and_of_many_a_part_is_compared(drawing_of):
    drawing = drawing_of(*(seen("lamp", lamp(n % 5), f"{n}") for n in range(100)))
    chosen = drawing.freely("a lamp", rng())
    assert len(chosen.shapes) < 200
    assert len(chosen.order) == ORDERED
    other = drawing.freely("a lamp", rng(1))
    assert chosen.shapes.numbers.tolist() != other.shapes.numbers.tolist()
    assert chosen.order.tolist() == drawing.freely("a lamp", rng()).order.tolist()


@needs_words
def test_a_field_that_decodes_to_nothing_is_left_out(encoder):
    class Nothing(BlockCoder):
        def decode(self, codes: np.ndarray) -> np.ndarray:
            return np.full((len(codes), 128, 128), -1, np.float32)

    recall = ShapeRecall(memory_of([seen("lamp", lamp())]), Nothing(), encoder)
    drawing = RememberedDrawing(recall, by_proportions(), tiny_judge())
    assert drawing.lay(drawing.freely("a lamp", rng()), 0, (10.0, 10.0, 40.0, 90.0), ROOM.layout) is None
