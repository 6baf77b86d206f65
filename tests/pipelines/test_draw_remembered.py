"""A remembered shape on the canvas: chosen by the votes, as it is remembered, where the hint says."""

import numpy as np
import pytest
from block_coder import BlockCoder
from drawn_memory import horse, lamp, memory_of, seen, stable
from hypothesis import given
from hypothesis import strategies as st
from thin_shapes import ellipse, small_field
from whole_shape_parts import comb

from smartmask.apps.load import WEIGHTS
from smartmask.backends.text_static import StaticTextEncoder
from smartmask.model.shape_frame import frame_field
from smartmask.pipelines.draw_remembered import (
    ORDERED,
    choose_for_box,
    choose_freely,
    in_frame,
    lay,
    of_aspect,
    place_for,
)
from smartmask.pipelines.shape_recall import MOST_STRETCH, ShapeRecall
from smartmask.scene.masks import mask_iou
from smartmask.scene.view import View

SIZE_HW = (100, 160)
VIEW = View.whole(SIZE_HW, 64)
needs_words = pytest.mark.skipif(
    not (WEIGHTS / "text.npz").is_file(), reason="the shipped weights are not in the package yet"
)


def in_view(mask: np.ndarray, box: tuple[int, int, int, int]) -> np.ndarray:
    """A mask stretched to a box of the canvas, as a field of the view: 1 inside, -1 outside."""
    x0, y0, x1, y1 = box
    centres = (np.arange(VIEW.resolution) + 0.5) / VIEW.scale
    columns = np.floor((centres + VIEW.x0 - x0) / (x1 - x0) * mask.shape[1]).astype(int)
    rows = np.floor((centres + VIEW.y0 - y0) / (y1 - y0) * mask.shape[0]).astype(int)
    is_in = (rows[:, None] >= 0) & (rows[:, None] < len(mask)) & (columns >= 0) & (columns < mask.shape[1])
    inside = mask[rows.clip(0, len(mask) - 1)][:, columns.clip(0, mask.shape[1] - 1)] & is_in
    return np.where(inside, np.float32(1), np.float32(-1))


@pytest.fixture(scope="module")
def encoder() -> StaticTextEncoder:
    return StaticTextEncoder(WEIGHTS / "text.npz")


@pytest.fixture
def recall_of(encoder):
    return lambda *shapes: ShapeRecall(memory_of(shapes), BlockCoder(), encoder)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@given(st.floats(1, 300), st.floats(1, 300), st.floats(0.05, 20))
def test_a_box_of_another_aspect_keeps_foot_point_and_area(width, height, aspect):
    x0, y0, x1, y1 = of_aspect((5, 7, 5 + width, 7 + height), aspect)
    assert (x1 - x0) * (y1 - y0) == pytest.approx(width * height)
    assert (x1 - x0) / (y1 - y0) == pytest.approx(aspect)
    assert ((x0 + x1) / 2, y1) == pytest.approx((5 + width / 2, 7 + height))


def test_a_sample_is_seen_in_the_frame_of_the_box():
    box = (30, 10, 130, 80)
    for mask in (ellipse(80, 80), horse()):
        seen_so = in_frame(in_view(mask, box), VIEW, box, 32) > 0
        assert mask_iou(seen_so, small_field(frame_field(mask)) > 0) > 0.85


@needs_words
def test_the_shapes_that_the_samples_look_like_come_first(recall_of):
    square = comb(2)[:60, ::4][:, np.arange(60) // 3]
    masks = [np.ascontiguousarray(np.rot90(square, turns)) for turns in range(4)]
    recall = recall_of(*(seen("thing", mask, f"{n}", may_mirror=False) for n, mask in enumerate(masks)))
    box = (40, 10, 120, 90)
    for number, mask in enumerate(masks):
        fields = np.stack([in_view(mask, box)] * 8)
        chosen = choose_for_box(recall, "a thing", box, VIEW, fields, rng())
        shown = [int(chosen.shapes.numbers[place]) for place in chosen.order]
        assert shown[0] == number
        assert sorted(shown) == [0, 1, 2, 3]


@needs_words
def test_a_memory_of_one_shape_fills_the_box_with_it(recall_of):
    recall = recall_of(seen("horse", horse()))
    box = (20.0, 15.0, 125.0, 85.0)
    fields = np.stack([in_view(ellipse(90, 60), (20, 15, 125, 85))] * 4)
    chosen = choose_for_box(recall, "a horse", box, VIEW, fields, rng())
    assert len(chosen.order) == 2, "as it is and mirrored"
    for place in range(2):
        laid = lay(recall, chosen, place, box)
        assert laid.outline.box_xyxy() == pytest.approx(box, abs=0.01)
        assert (laid.origin.label, laid.origin.fit, laid.origin.similarity) == ("horse", "box", 1.0)
        assert (laid.origin.source, laid.origin.group) == ("drawn", "drawn:1")
    assert {lay(recall, chosen, place, box).origin.is_mirrored for place in range(2)} == {False, True}


@needs_words
def test_a_label_of_one_aspect_is_not_stretched_to_a_very_wide_box_but_stands_on_its_foot_line(recall_of):
    recall = recall_of(*(seen("lamp", lamp(n), f"{n}") for n in range(5)))
    wide = (10.0, 40.0, 150.0, 90.0)
    chosen = choose_for_box(recall, "a lamp", wide, VIEW, np.full((3, 64, 64), 1, np.float32), rng())
    for place in range(len(chosen.order)):
        laid = lay(recall, chosen, place, wide)
        x0, y0, x1, y1 = laid.outline.box_xyxy()
        assert laid.origin.fit == "height"
        assert (y0, y1) == pytest.approx((40, 90), abs=0.01)
        assert (x0 + x1) / 2 == pytest.approx(80, abs=0.01)
        assert (x1 - x0) / 50 == pytest.approx(MOST_STRETCH / 3, rel=0.01)


@needs_words
def test_a_label_of_one_aspect_in_a_very_tall_box_fills_its_width_on_the_foot_line(recall_of):
    recall = recall_of(seen("horse", horse()))
    tall = (60.0, 5.0, 90.0, 95.0)
    chosen = choose_for_box(recall, "a horse", tall, VIEW, np.full((3, 64, 64), 1, np.float32), rng())
    laid = lay(recall, chosen, 0, tall)
    x0, y0, x1, y1 = laid.outline.box_xyxy()
    assert laid.origin.fit == "width"
    assert (x0, x1, y1) == pytest.approx((60, 90, 95), abs=0.01)
    assert 30 / (y1 - y0) == pytest.approx(1.5 / MOST_STRETCH, rel=0.01)


@needs_words
@pytest.mark.parametrize("is_mirrored", [False, True])
def test_a_mirrored_shape_is_drawn_as_its_mirror_image(recall_of, is_mirrored):
    recall = recall_of(seen("horse", horse(), poses=("facing right" if is_mirrored else "facing left",)))
    chosen = choose_freely(recall, "a horse facing left", rng())
    laid = lay(recall, chosen, 0, (20.0, 10.0, 110.0, 70.0))
    assert laid.origin.is_mirrored is is_mirrored
    drawn = laid.outline.mask(SIZE_HW)[10:70, 20:110]
    expected = horse()[:, ::-1] if is_mirrored else horse()
    assert mask_iou(drawn, expected) > mask_iou(drawn, expected[:, ::-1]) + 0.1


@needs_words
def test_freely_chosen_shapes_nearly_keep_their_proportions_and_take_foot_point_and_area(recall_of):
    recall = recall_of(*stable())
    for prompt, aspect in (("a lamp", 1.25 / 3), ("a ball", 1.0)):
        chosen = choose_freely(recall, prompt, rng())
        laid = lay(recall, chosen, 0, (30.0, 20.0, 90.0, 80.0))
        assert laid.outline.box_xyxy() == pytest.approx(of_aspect((30, 20, 90, 80), aspect), abs=0.01)
        assert laid.origin.fit == "own"


@needs_words
def test_a_box_gets_the_next_shape_unless_a_later_one_is_more_like_it(recall_of):
    shapes = (seen("lamp", lamp(0), "narrow"), seen("lamp", np.repeat(lamp(0), 6, axis=1), "wide"))
    chosen = choose_freely(recall_of(*shapes), "a lamp", rng())
    aspects = np.exp(chosen.shapes.log_aspects[chosen.order])
    for number in range(4):
        own = float(aspects[number % len(aspects)])
        for aspect in aspects.tolist():
            place = place_for(chosen, number, (0.0, 0.0, 100.0 * aspect, 100.0))
            assert aspects[place] == pytest.approx(aspect, rel=0.01)
            assert aspect != own or place == number % len(aspects)


@needs_words
def test_in_a_region_they_stay_in_their_box(recall_of):
    recall = recall_of(*stable())
    for region in ((10.0, 10.0, 150.0, 60.0), (60.0, 5.0, 100.0, 95.0)):
        chosen = choose_freely(recall, "a lamp", rng(), region)
        x0, y0, x1, y1 = lay(recall, chosen, 0, region).outline.box_xyxy()
        assert region[0] - 0.01 <= x0 < x1 <= region[2] + 0.01
        assert region[1] - 0.01 <= y0 < y1 <= region[3] + 0.01
        assert 1 / 1.16 < (x1 - x0) / (y1 - y0) * 3 < 1.16


@needs_words
def test_no_more_are_ordered_than_a_request_may_show_and_of_many_a_part_is_compared(recall_of):
    recall = recall_of(*(seen("lamp", lamp(n % 5), f"{n}") for n in range(100)))
    chosen = choose_freely(recall, "a lamp", rng())
    assert len(chosen.shapes) < 200
    assert len(chosen.order) == ORDERED
    other = choose_freely(recall, "a lamp", rng(1))
    assert chosen.shapes.numbers.tolist() != other.shapes.numbers.tolist()
    assert chosen.order.tolist() == choose_freely(recall, "a lamp", rng()).order.tolist()


@needs_words
def test_a_field_that_decodes_to_nothing_is_left_out(encoder):
    class Nothing(BlockCoder):
        def decode(self, codes: np.ndarray) -> np.ndarray:
            return np.full((len(codes), 128, 128), -1, np.float32)

    recall = ShapeRecall(memory_of([seen("lamp", lamp())]), Nothing(), encoder)
    assert lay(recall, choose_freely(recall, "a lamp", rng()), 0, (10.0, 10.0, 40.0, 90.0)) is None
