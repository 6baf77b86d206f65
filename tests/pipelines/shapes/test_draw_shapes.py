"""Remembered shapes and free ones, on hints and on the placer's boxes: which of them is drawn where."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from block_coder import BlockCoder
from drawn_memory import horse, lamp, memory_of, seen, stable
from hash_encoder import HashEncoder
from shapes import disc, rectangle
from tiny_chooser import SIZES, GivenOdds, tiny_judge

from smartmask.memory.shape_memory import ShapeMemory
from smartmask.pipelines.drawer import Drawn
from smartmask.pipelines.generate import Scene
from smartmask.pipelines.shapes.draw_remembered import ORDERED, RememberedDrawing
from smartmask.pipelines.shapes.draw_shapes import PLACES, REGION_SIDES, ShapeDrawing
from smartmask.pipelines.shapes.free_drawing import SAMPLES, FreeDrawing, FreelyDrawn
from smartmask.pipelines.shapes.shape_fit import fitted_box
from smartmask.pipelines.shapes.shape_recall import MOST_STRETCH, ShapeRecall
from smartmask.scene.boxes import BoxXYXY
from smartmask.scene.guidance import Box, Guidance, NoGuidance, Region, Scribble
from smartmask.scene.layout import Layer, Layout
from smartmask.scene.outline import Outline

SIZE_HW = (96, 128)
ROOM = Layout(
    SIZE_HW,
    (
        Layer("wall", rectangle(SIZE_HW, (0, 0, 128, 60))),
        Layer("floor", rectangle(SIZE_HW, (0, 60, 128, 96))),
    ),
)
SCENE = Scene.of(ROOM)
NONE, BOX = NoGuidance(), Box((20, 16, 80, 80))
REGION = Region(disc(SIZE_HW, (70, 50), 30))
SCRIBBLE = Scribble(disc(SIZE_HW, (60, 48), 24))
HINTS = [
    pytest.param(NONE, id="no hint"),
    pytest.param(BOX, id="a box"),
    pytest.param(REGION, id="a region"),
    pytest.param(SCRIBBLE, id="a scribble"),
]
UNKNOWN = "a xqzt"


class Spelling(HashEncoder):
    """A `WordEncoder` that was taught no word, so that no label is near another in meaning."""

    width = SIZES.text_width

    def tokens(self, text: str) -> list[str]:
        return list(text)


class InRow:
    """Places an object in one of four columns, higher or lower; it keeps what it was told."""

    def __init__(self) -> None:
        self.read: list[tuple[Layout, str, str | None]] = []

    def boxes(self, layout: Layout, prompt: str, scene: str | None, seed: int):
        self.read.append((layout, prompt, scene))

        def draw(number: int | None, rng: np.random.Generator, aspect: float | None) -> BoxXYXY:
            left = 32.0 * int(rng.integers(4))
            return left, 96.0 - 8.0 * int(rng.integers(2, 9)), left + 32.0, 96.0

        return draw


class Polygons(FreeDrawing):
    """Sample n of a call fills its box with a polygon of n + 3 corners; it keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Box | Scribble, int, int]] = []

    def __call__(
        self, scene: Scene, prompt: str, hint: Box | Scribble, rng: np.random.Generator, count: int = SAMPLES
    ) -> FreelyDrawn:
        self.asked.append((prompt, hint, count, int(rng.integers(1 << 31))))
        codes = np.arange(count, dtype=np.uint8)[:, None] + np.uint8(3)
        return FreelyDrawn(codes, [hint.box()] * count)

    def outline(self, drawn: FreelyDrawn, number: int) -> Outline:
        turns = np.linspace(0, 2 * np.pi, int(drawn.codes[number, 0]), endpoint=False)
        points = np.stack([np.cos(turns), np.sin(turns)], 1)
        points = (points - points.min(0)) / np.ptp(points, 0)
        x0, y0, x1, y1 = drawn.boxes_xyxy[number]
        return Outline(((points * (x1 - x0, y1 - y0) + (x0, y0)).astype(np.float32),))


class Nothing(Polygons):
    """Draws samples of which nothing is left."""

    def outline(self, drawn: FreelyDrawn, number: int) -> Outline:
        return Outline(())


class Parts:
    """A drawer of shapes and what it is made of."""

    def __init__(self, memory: ShapeMemory | None = None, free: Polygons | None = None) -> None:
        self.free, self.placer = free or Polygons(), InRow()
        self.chooser = GivenOdds(lambda context, sketches, log_aspects: np.ones(len(sketches)))
        recall = ShapeRecall(memory_of(stable()) if memory is None else memory, BlockCoder(), Spelling())
        self.drawer = ShapeDrawing(
            RememberedDrawing(recall, self.chooser, tiny_judge()), self.free, self.placer
        )

    def draw(self, prompt: str, hint: Guidance, seed: int = 0, number: int = 0) -> list[Drawn]:
        return list(self.drawer.candidate(SCENE, prompt, "a room", hint, seed, number))

    def placed(self, seed: int, number: int) -> list[BoxXYXY]:
        """The boxes that the placer draws for a candidate."""
        draw, rng = InRow().boxes(ROOM, "", None, seed), np.random.default_rng([seed, number])
        return [draw(number, rng, None) for _ in range(PLACES)]


@pytest.fixture
def parts() -> Parts:
    return Parts()


def boxes_of(drawn: list[Drawn]) -> np.ndarray:
    return np.array([one.outline.box_xyxy() for one in drawn])


def points_of(drawn: list[Drawn]) -> list[tuple[object, bytes]]:
    return [(one.origin, b"".join(curve.tobytes() for curve in one.outline.curves)) for one in drawn]


def test_with_no_hint_a_real_shape_is_laid_on_each_of_the_placers_boxes(parts):
    for number in range(4):
        found = parts.draw("a ball", NONE, 1, number)
        assert [one.origin.label for one in found] == ["ball"] * PLACES
        for (x0, y0, x1, y1), (a0, b0, a1, b1) in zip(boxes_of(found), parts.placed(1, number), strict=True):
            assert ((x0 + x1) / 2, y1) == pytest.approx(((a0 + a1) / 2, b1), abs=0.01)
            assert (x1 - x0) * (y1 - y0) == pytest.approx((a1 - a0) * (b1 - b0), rel=1e-3)
    assert parts.free.asked == []


def test_with_no_hint_one_free_shape_of_unknown_words_is_laid_on_all_of_the_placers_boxes(parts):
    for number in range(4):
        found, boxes = parts.draw(UNKNOWN, NONE, 1, number), parts.placed(1, number)
        assert [one.origin for one in found] == [None] * PLACES
        prompt, hint, count, _ = parts.free.asked[number]
        assert (prompt, hint, count) == (UNKNOWN, Box(boxes[0]), 1)
        x0, y0, x1, y1 = boxes[0]
        expected = [fitted_box(box, (x1 - x0) / (y1 - y0), MOST_STRETCH)[0] for box in boxes]
        np.testing.assert_allclose(boxes_of(found), expected, atol=1e-4)
    assert len({rng for *_, rng in parts.free.asked}) == 4


@pytest.mark.parametrize("prompt", ["a horse", UNKNOWN], ids=["known words", "unknown words"])
def test_the_placer_reads_a_layout_once_for_all_candidates_of_a_request(prompt, parts):
    for number in range(6):
        parts.draw(prompt, NONE, 1, number)
    assert parts.placer.read == [(ROOM, prompt, "a room")]


@pytest.mark.parametrize("prompt", ["a horse", UNKNOWN], ids=["known words", "unknown words"])
@pytest.mark.parametrize("hint", HINTS[1:])
def test_the_placer_is_not_asked_where_a_hint_says_the_place(hint: Guidance, prompt, parts):
    for number in range(4):
        assert parts.draw(prompt, hint, 0, number)
    assert parts.placer.read == []


@pytest.mark.parametrize("prompt", ["a horse", "a lamp", UNKNOWN])
def test_in_a_region_shapes_lie_within_it_and_nearly_fill_it(prompt, parts):
    left, top, right, bottom = REGION.box()
    found = [one for number in range(12) for one in parts.draw(prompt, REGION, 3, number)]
    assert len(found) == 12 * PLACES
    for x0, y0, x1, y1 in boxes_of(found):
        assert left - 0.01 <= x0 < x1 <= right + 0.01
        assert top - 0.01 <= y0 < y1 <= bottom + 0.01
        fills = np.array([(x1 - x0) / (right - left), (y1 - y0) / (bottom - top)])
        assert REGION_SIDES[0] - 0.001 < fills.max() < REGION_SIDES[1] + 0.001
    assert len({one.outline.box_xyxy() for one in found}) > 12


def test_what_is_drawn_freely_first_in_a_region_fills_a_box_of_its_own(parts):
    left, top, right, bottom = REGION.box()
    sides = []
    for number in range(12):
        hint = parts.draw(UNKNOWN, REGION, 0, number) and parts.free.asked[number][1]
        x0, y0, x1, y1 = hint.box_xyxy
        sides += [(x1 - x0) / (right - left), (y1 - y0) / (bottom - top)]
        assert left <= x0 < x1 <= right
        assert top <= y0 < y1 <= bottom
    assert REGION_SIDES[0] <= min(sides) < REGION_SIDES[0] + 0.05
    assert REGION_SIDES[1] - 0.05 < max(sides) <= REGION_SIDES[1]


@pytest.mark.parametrize("known", [1, 3, ORDERED, ORDERED + 4], ids="{} shapes".format)
def test_in_a_box_the_memorys_shapes_come_first_and_then_free_ones(known):
    shapes = [seen("lamp", lamp(n % 5), f"{n}", may_mirror=False) for n in range(known)]
    parts, first = Parts(memory_of(shapes)), min(known, ORDERED)
    remembered = [parts.draw("a lamp", BOX, 5, number) for number in range(first)]
    assert parts.free.asked == []
    groups = [one.origin.group for (one,) in remembered]
    assert len(set(groups)) == first, "each is shown once"
    assert set(groups) <= {f"drawn:{n}" for n in range(known)}
    freely = [parts.draw("a lamp", BOX, 5, first + number) for number in range(2 * SAMPLES + 1)]
    assert all(one.origin is None for (one,) in freely)
    corners = [len(one.outline.curves[0]) for (one,) in freely]
    assert corners == [3 + number % SAMPLES for number in range(2 * SAMPLES + 1)]
    assert [fact[:3] for fact in parts.free.asked] == [("a lamp", BOX, SAMPLES)] * 3
    assert len({rng for *_, rng in parts.free.asked}) == 3, "each block has noise of its own"


@pytest.mark.parametrize("prompt", ["a horse", UNKNOWN], ids=["known words", "unknown words"])
def test_a_scribble_is_followed_by_free_drawing_from_the_first_candidate_on(prompt, parts):
    found = [parts.draw(prompt, SCRIBBLE, 0, number) for number in range(SAMPLES + 2)]
    assert [len(one.outline.curves[0]) for (one,) in found] == [*range(3, SAMPLES + 3), 3, 4]
    assert all(one.origin is None for (one,) in found)
    assert [fact[:3] for fact in parts.free.asked] == [(prompt, SCRIBBLE, SAMPLES)] * 2
    assert parts.chooser.contexts == []


def test_an_empty_memory_leaves_all_to_free_drawing():
    parts = Parts(ShapeMemory.empty())
    for hint in (NONE, BOX, REGION, SCRIBBLE):
        assert [one.origin for one in parts.draw("a horse", hint)] in ([None], [None] * PLACES)


@pytest.mark.parametrize("prompt", ["a horse", UNKNOWN], ids=["known words", "unknown words"])
@pytest.mark.parametrize(
    ("box", "expected"),
    [
        pytest.param((-60.0, -40.0, 60.0, 40.0), (0, 0, 60, 40), id="beyond the corner"),
        pytest.param((-1e6, -1e6, 1e6, 1e6), (0, 0, 128, 96), id="all about the canvas"),
    ],
)
def test_of_a_box_the_part_on_the_canvas_is_filled(box, expected, prompt, parts):
    (one,) = parts.draw(prompt, Box(box))
    assert one.outline.box_xyxy() == pytest.approx(expected, abs=0.01)


def test_shapes_are_chosen_and_drawn_once_a_request_even_by_threads_at_once(parts):
    lamps = 10  # five, and their mirror images
    with ThreadPoolExecutor(6) as pool:
        drawn = pool.map(lambda number: parts.draw("a lamp", BOX, 2, number), range(lamps + 2 * SAMPLES))
        found = list(drawn)
    assert [one.origin is None for (one,) in found] == [False] * lamps + [True] * 2 * SAMPLES
    assert len(parts.chooser.contexts) == 1
    assert len(parts.free.asked) == 2
    alone = Parts()
    for number in reversed(range(len(found))):
        assert points_of(alone.draw("a lamp", BOX, 2, number)) == points_of(found[number])


@pytest.mark.parametrize("prompt", ["a horse", UNKNOWN], ids=["known words", "unknown words"])
@pytest.mark.parametrize("hint", HINTS)
def test_a_candidate_depends_on_its_request_and_number_alone(hint: Guidance, prompt, parts):
    asked = [(seed, number) for seed in range(3) for number in range(4)]
    found = {place: points_of(parts.draw(prompt, hint, *place)) for place in asked}
    other = Parts()
    other.draw("a ball", hint, 7, 1)
    for place in reversed(asked):
        assert points_of(other.draw(prompt, hint, *place)) == found[place]


@pytest.mark.parametrize("hint", [NONE, REGION], ids=["no hint", "a region"])
def test_another_seed_means_other_boxes(hint, parts):
    one, other = (boxes_of(parts.draw(UNKNOWN, hint, seed)).tolist() for seed in (0, 1))
    assert one != other


def test_where_the_place_is_given_candidates_are_ordered():
    drawer = Parts().drawer
    assert [drawer.is_ordered(hint) for hint in (NONE, BOX, REGION, SCRIBBLE)] == [False, True, False, True]


def test_the_memory_says_what_words_mean(parts):
    assert parts.drawer.words("a brown horse").matches[0].label == "horse"
    assert not parts.drawer.words(UNKNOWN).is_known
    with pytest.raises(ValueError, match="empty"):
        parts.drawer.words(" ")


@pytest.mark.parametrize("hint", HINTS)
def test_what_leaves_nothing_is_left_out(hint: Guidance):
    class Empty(BlockCoder):
        def decode(self, codes: np.ndarray) -> np.ndarray:
            return np.full((len(codes), 128, 128), -1, np.float32)

    recall = ShapeRecall(memory_of([seen("horse", horse())]), Empty(), Spelling())
    chooser = GivenOdds(lambda context, sketches, log_aspects: np.ones(len(sketches)))
    drawer = ShapeDrawing(RememberedDrawing(recall, chooser, tiny_judge()), Nothing(), InRow())
    for prompt in ("a horse", UNKNOWN):
        assert list(drawer.candidate(SCENE, prompt, None, hint, 0, 0)) == []
