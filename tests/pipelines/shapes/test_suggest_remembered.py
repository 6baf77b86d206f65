"""The pipeline round shapes: real ones where the words are known, free drawing where they are not."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from block_coder import BlockCoder
from drawn_memory import horse, memory_of, quarters, seen, stable
from rankers import LargerIsBetter
from shapes import blob, disc, rectangle
from shipped import needs_shipped
from tiny_chooser import GivenOdds, tiny_chooser, tiny_judge

from smartmask.apps.load_suggest import load_ranker, load_suggest
from smartmask.backends.text_static import StaticTextEncoder
from smartmask.memory.shape_memory import ShapeMemory
from smartmask.model.mask.chooser import ShapeChooser
from smartmask.model.shape.codec import SilhouetteCodec
from smartmask.model.shape.frame import frame_field
from smartmask.pipelines.generate import Scene
from smartmask.pipelines.shapes.draw_remembered import RememberedDrawing
from smartmask.pipelines.shapes.draw_shapes import ShapeDrawing
from smartmask.pipelines.shapes.free_drawing import SAMPLES, FreeDrawing, FreelyDrawn
from smartmask.pipelines.shapes.shape_recall import ShapeRecall
from smartmask.pipelines.suggest import NEAR_DUPLICATE_IOU, SuggestPipeline
from smartmask.pipelines.suggestion import Suggestion
from smartmask.scene.guidance import Box, Guidance, NoGuidance, Region, Scribble
from smartmask.scene.layout import Layer, Layout
from smartmask.scene.masks import mask_iou
from smartmask.weights import WEIGHTS

SIZE_HW = (96, 128)
ROOM = Layout(
    SIZE_HW,
    (
        Layer("wall", rectangle(SIZE_HW, (0, 0, 128, 60))),
        Layer("floor", rectangle(SIZE_HW, (0, 60, 128, 96))),
    ),
)
HINTS = [
    pytest.param(NoGuidance(), id="no hint"),
    pytest.param(Box((20, 16, 80, 80)), id="a box"),
    pytest.param(Region(rectangle(SIZE_HW, (30, 20, 110, 90))), id="a region"),
    pytest.param(Scribble(disc(SIZE_HW, (60, 48), 24)), id="a scribble"),
]
FEET_XY = (64.0, 90.0)
Make = Callable[..., SuggestPipeline]
pytestmark = pytest.mark.skipif(
    not (WEIGHTS / "text.npz").is_file(), reason="the shipped weights are not in the package yet"
)


class OnOneSpot:
    """Places everything on one foot point, larger or smaller."""

    def boxes(self, layout: Layout, prompt: str, scene: str | None, seed: int):
        def draw(
            number: int | None, rng: np.random.Generator, aspect: float | None
        ) -> tuple[float, float, float, float]:
            side = float(rng.uniform(20, 40))
            half = side * (aspect or 1.0) / 2
            return FEET_XY[0] - half, FEET_XY[1] - side, FEET_XY[0] + half, FEET_XY[1]

        return draw


class Blobs(FreeDrawing):
    """Draws random blobs that fill the hint's box, whatever they are to be."""

    def __init__(self) -> None:
        self._coder = BlockCoder()

    def __call__(
        self, scene: Scene, prompt: str, hint: Box | Scribble, rng: np.random.Generator, count: int = SAMPLES
    ) -> FreelyDrawn:
        masks = [blob((64, 64), int(seed)) for seed in rng.integers(0, 1 << 31, count)]
        codes = self._coder.encode(np.stack([frame_field(mask) for mask in masks]))
        return FreelyDrawn(codes, [hint.box()] * count)


@pytest.fixture(scope="module")
def words() -> StaticTextEncoder:
    return StaticTextEncoder(WEIGHTS / "text.npz")


@pytest.fixture
def pipeline(words) -> Make:
    """A pipeline round a chooser of random weights, and one that draws blobs."""

    def make(memory: ShapeMemory, threads: int = 1, chooser: ShapeChooser | None = None) -> SuggestPipeline:
        remembered = RememberedDrawing(
            ShapeRecall(memory, BlockCoder(), words), chooser or tiny_chooser(), tiny_judge()
        )
        return SuggestPipeline(ShapeDrawing(remembered, Blobs(), OnOneSpot()), LargerIsBetter(), threads)

    return make


def same(ones: list[Suggestion], others: list[Suggestion]) -> bool:
    """Equality byte for byte."""
    texts = [
        [(one.alpha.tobytes(), one.mask.tobytes(), one.score, one.box_xyxy, one.origin) for one in found]
        for found in (ones, others)
    ]
    return texts[0] == texts[1]


@pytest.mark.parametrize("prompt", ["a horse", "a xqzt"], ids=["known words", "unknown words"])
@pytest.mark.parametrize("hint", HINTS)
def test_the_same_seed_gives_the_same_bytes_on_any_number_of_threads(hint: Guidance, prompt, pipeline):
    memory = memory_of(stable())
    first = pipeline(memory)(ROOM, prompt, guidance=hint, n=4, seed=7)
    assert first
    for threads in (1, 2, 5):
        assert same(first, pipeline(memory, threads)(ROOM, prompt, guidance=hint, n=4, seed=7))


def test_another_seed_gives_another_choice(pipeline):
    draw, hint = pipeline(memory_of(stable())), Box((20, 16, 80, 80))
    found = {
        tuple(one.mask.tobytes() for one in draw(ROOM, "a horse", guidance=hint, seed=seed))
        for seed in range(6)
    }
    assert len(found) > 1


@pytest.mark.parametrize("hint", HINTS[:3])
def test_what_is_known_is_drawn_from_the_memory_and_says_so(hint: Guidance, pipeline):
    found = pipeline(memory_of(stable()))(ROOM, "a brown horse", guidance=hint, n=4)
    assert len(found) >= 2
    for number, one in enumerate(found):
        assert one.label == "a brown horse"
        assert (one.origin.label, one.origin.source, one.origin.similarity) == ("horse", "drawn", 1.0)
        assert one.mask.any()
        assert all(mask_iou(one.mask, other.mask) <= NEAR_DUPLICATE_IOU for other in found[:number])


def test_for_a_box_the_likeliest_comes_first_and_elsewhere_the_best_scored(pipeline):
    memory = memory_of(seen("lamp", mask, f"{n}", may_mirror=False) for n, mask in enumerate(quarters()))
    for number in range(4):
        certain = GivenOdds(lambda context, sketches, log_aspects, row=number: np.eye(len(sketches))[row])
        draw = pipeline(memory, chooser=certain)
        assert draw(ROOM, "a lamp", guidance=Box((20, 16, 80, 76)))[0].origin.group == f"drawn:{number}"
        for hint in (NoGuidance(), HINTS[2].values[0]):
            scores = [one.score for one in draw(ROOM, "a lamp", guidance=hint)]
            assert len(scores) > 1
            assert scores == sorted(scores, reverse=True)


def test_a_scribble_is_drawn_freely_as_if_there_were_no_memory(pipeline):
    found = pipeline(memory_of(stable()))(ROOM, "a brown horse", guidance=HINTS[3].values[0], n=4)
    assert found
    assert all(one.origin is None for one in found)
    alone = pipeline(ShapeMemory.empty())(ROOM, "a brown horse", guidance=HINTS[3].values[0], n=4)
    assert same(found, alone)


@pytest.mark.parametrize("hint", HINTS)
def test_words_that_nobody_knows_are_drawn_freely_as_if_there_were_no_memory(hint: Guidance, pipeline):
    with_memory, without = pipeline(memory_of(stable())), pipeline(ShapeMemory.empty())
    found = with_memory(ROOM, "a xqzt", guidance=hint, n=3)
    assert found
    assert all(one.origin is None for one in found)
    assert same(found, without(ROOM, "a xqzt", guidance=hint, n=3))
    assert not with_memory.words("a xqzt").is_known
    assert with_memory.words("a horse").is_known
    assert not without.words("a horse").is_known


@pytest.mark.parametrize("hint", HINTS)
def test_an_empty_memory_draws_freely(hint: Guidance, pipeline):
    found = pipeline(ShapeMemory.empty())(ROOM, "a horse", guidance=hint, n=2)
    assert found
    assert all(one.origin is None for one in found)


def test_where_the_memory_ends_free_drawing_goes_on(pipeline):
    memory = memory_of([seen("comb", horse(), may_mirror=False)])
    hint = Box((20, 16, 80, 80))
    found = pipeline(memory)(ROOM, "a comb", guidance=hint, n=2)
    assert [one.origin and one.origin.label for one in found] == ["comb", None]


@pytest.mark.parametrize("hint", [HINTS[1], HINTS[3]])
def test_one_suggestion_is_the_first_candidate_and_the_first_of_four(hint: Guidance, pipeline):
    draw = pipeline(memory_of(stable()))
    alone = draw(ROOM, "a horse", guidance=hint, n=1, seed=3)
    first = draw.candidate(Scene.of(ROOM), "a horse", None, hint, 3, 0)
    assert same(alone, [first])
    assert same(alone, draw(ROOM, "a horse", guidance=hint, n=4, seed=3)[:1])


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        pytest.param((20, 16, 80, 80), (20, 16, 80, 80), id="inside"),
        pytest.param((0, 0, 60, 50), (0, 0, 60, 50), id="in the corner"),
        pytest.param((80, 50, 128, 96), (80, 50, 128, 96), id="in the other corner"),
        pytest.param((-60, -40, 60, 50), (0, 0, 60, 50), id="beyond the border"),
        pytest.param((-1e6, -1e6, 1e6, 1e6), (0, 0, 128, 96), id="huge"),
        pytest.param((50.5, 40.25, 53.5, 43.25), (50.5, 40.25, 53.5, 43.25), id="three pixels"),
        pytest.param((50, 40, 52, 42), (50, 40, 52, 42), id="two pixels"),
        pytest.param((125, 40, 300, 43), (125, 40, 128, 43), id="three pixels of a larger one"),
    ],
)
def test_the_shape_fills_the_part_of_the_box_that_is_on_the_canvas(box, expected, pipeline):
    wide = seen("horse", np.repeat(horse(), 2, 1)[:, ::2], "h")
    found = pipeline(memory_of([wide]))(ROOM, "a horse", guidance=Box(box), n=1)
    assert len(found) == 1
    assert found[0].origin.label == "horse"
    x0, y0, x1, y1 = found[0].box_xyxy
    assert y1 == pytest.approx(expected[3], abs=0.01)
    if found[0].origin.fit == "box":
        assert found[0].box_xyxy == pytest.approx(expected, abs=0.01)
    else:
        assert expected[0] - 0.01 <= x0 < x1 <= expected[2] + 0.01
        assert expected[1] - 0.01 <= y0


@pytest.mark.parametrize("box", [(50, 40, 51.5, 60), (50, 40, 70, 41.9)], ids=["too narrow", "too low"])
@pytest.mark.parametrize("with_memory", [True, False], ids=["memory", "no memory"])
def test_a_box_that_shows_no_shape_is_refused_in_a_line(box, with_memory, pipeline):
    with pytest.raises(
        ValueError, match=r"the box is [\d.]+ x [\d.]+ px on the canvas; a shape shows from 2 x 2 px on"
    ):
        pipeline(memory_of(stable()) if with_memory else ShapeMemory.empty())(
            ROOM, "a horse", guidance=Box(box)
        )


def test_a_very_wide_box_is_filled_in_height_on_its_foot_line(pipeline):
    found = pipeline(memory_of(stable()))(ROOM, "a lamp", guidance=Box((4, 40, 124, 90)), n=3)
    assert found
    for one in found:
        assert one.origin.fit == "height"
        assert one.box_xyxy[1::2] == pytest.approx((40, 90), abs=0.01)


@pytest.mark.parametrize(("prompt", "aspect"), [("a lamp", 1 / 3), ("a ball", 1.0)])
def test_without_a_box_things_keep_their_proportions(prompt, aspect, pipeline):
    draw = pipeline(memory_of(stable()))
    for one in draw(ROOM, prompt, n=3):
        x0, y0, x1, y1 = one.outline.box_xyxy()
        assert 1 / 1.26 < (x1 - x0) / (y1 - y0) / aspect < 1.26
        assert ((x0 + x1) / 2, y1) == pytest.approx(FEET_XY, abs=0.01)
        assert one.origin.fit == "own"
    region = Region(rectangle(SIZE_HW, (6, 30, 126, 92)))
    for one in draw(ROOM, prompt, guidance=region, n=3):
        x0, y0, x1, y1 = one.outline.box_xyxy()
        assert (x1 - x0) / (y1 - y0) == pytest.approx(aspect, rel=0.16)
        assert 6 <= x0 < x1 <= 126
        assert 30 <= y0 < y1 <= 92


def test_which_way_it_faces_is_heard(pipeline):
    shapes = [seen("horse", horse(n), f"{n}", poses=("facing left",)) for n in range(4)]
    heads = []
    for side, is_mirrored in (("left", False), ("right", True)):
        hint = Box((20, 16, 100, 80))
        (one,) = pipeline(memory_of(shapes))(ROOM, f"a horse facing {side}", guidance=hint, n=1)
        assert one.origin.is_mirrored is is_mirrored
        upper = one.mask[16:28]
        heads.append(int(upper[:, 20:60].sum()) - int(upper[:, 60:100].sum()))
    assert heads[0] > 0 > heads[1]


LARGE_HW, STEP = (4000, 6000), 6


@pytest.fixture(scope="module")
def large() -> Layout:
    floor = rectangle(LARGE_HW, (0, 2500, 6000, 4000))
    return Layout(LARGE_HW, (Layer("wall", ~floor), Layer("floor", floor)))


@pytest.mark.parametrize(
    "hint",
    [
        pytest.param(NoGuidance(), id="no hint"),
        pytest.param(Box((900, 600, 4800, 3900)), id="a box"),
        pytest.param(Region(rectangle(LARGE_HW, (1200, 600, 5400, 3600))), id="a region"),
        pytest.param(Scribble(rectangle(LARGE_HW, (1500, 900, 4200, 3000))), id="a scribble"),
    ],
)
def test_on_24_megapixels_outlines_are_those_of_the_reduced_canvas_enlarged(hint: Guidance, large, pipeline):
    def every(mask: np.ndarray) -> np.ndarray:
        return np.ascontiguousarray(mask[STEP // 2 :: STEP, STEP // 2 :: STEP])

    layers = tuple(replace(layer, mask=every(layer.mask)) for layer in large.layers)
    small = Layout(layers[0].mask.shape, layers)
    if isinstance(hint, Box):
        less: Guidance = Box(tuple(side / STEP for side in hint.box_xyxy))
    else:
        less = hint if isinstance(hint, NoGuidance) else replace(hint, mask=every(hint.mask))
    draw = pipeline(memory_of(stable()))
    found, expected = draw(large, "a horse", guidance=hint, n=2), draw(small, "a horse", guidance=less, n=2)
    assert len(found) == len(expected) > 0
    for one, other in zip(found, expected, strict=True):
        assert one.size_hw == LARGE_HW
        assert (one.score, one.origin) == (other.score, other.origin)
        assert len(one.outline.curves) == len(other.outline.curves)
        for curve, smaller in zip(one.outline.curves, other.outline.curves, strict=True):
            assert np.array_equal(curve, smaller * np.float32(STEP))
    if isinstance(hint, Box):
        assert found[0].box_xyxy == pytest.approx(hint.box_xyxy, abs=0.1)
        assert mask_iou(found[0].mask[STEP // 2 :: STEP, STEP // 2 :: STEP], expected[0].mask) > 0.98


def test_a_few_pixels_of_24_megapixels_are_drawn_too(large, pipeline):
    hint = Box((3000.0, 3000.0, 3004.0, 3003.0))
    found = pipeline(memory_of(stable()))(large, "a horse", guidance=hint, n=1)
    assert len(found) == 1
    assert found[0].box_xyxy == pytest.approx(hint.box_xyxy, abs=0.1)


def kuba_chair(number: int) -> np.ndarray:
    """A seat on two legs with a leaning back."""
    rows, columns = np.mgrid[:140, :110]
    lean = 20 + number % 6
    back = (np.abs(columns - 8 - (140 - rows) * lean / 140) < 7) & (rows < 80)
    seat = rectangle((140, 110), (14, 74, 106, 86 + number % 5))
    legs = rectangle((140, 110), (18, 80, 26, 140)) | rectangle((140, 110), (94 - number % 3, 80, 102, 140))
    mask = back | seat | legs
    columns_in, rows_in = np.flatnonzero(mask.any(0)), np.flatnonzero(mask.any(1))
    return mask[rows_in[0] : rows_in[-1] + 1, columns_in[0] : columns_in[-1] + 1]


@pytest.fixture(scope="module")
def with_kuba_chairs(tmp_path_factory, words) -> SuggestPipeline:
    """The shipped parts and a user's file of thirty chairs."""
    coder = SilhouetteCodec.load(WEIGHTS / "codec.npz")
    shapes = [seen("kuba chair", kuba_chair(n), f"{n}", source="mine") for n in range(30)]
    path: Path = tmp_path_factory.mktemp("mine") / "mine.npz"
    memory_of(shapes, coder).save(path)
    return load_suggest(None, words, load_ranker(words), threads=1, memory=path)


@needs_shipped
@pytest.mark.parametrize("hint", HINTS[:3])
def test_a_users_own_shapes_are_drawn_when_they_are_named(hint: Guidance, with_kuba_chairs):
    for prompt in ("kuba chair", "a red Kuba chair by the window"):
        found = with_kuba_chairs(ROOM, prompt, guidance=hint, n=4)
        assert found
        assert {(one.origin.label, one.origin.source) for one in found} == {("kuba chair", "mine")}


@needs_shipped
def test_a_users_own_shapes_are_looked_at_when_a_scribble_is_followed(words, with_kuba_chairs):
    canvas = np.zeros(SIZE_HW, bool)
    drawing = kuba_chair(1)[::2, ::2]
    height, width = drawing.shape
    canvas[90 - height : 90, 30 : 30 + width] = drawing
    without = load_suggest(None, words, load_ranker(words), threads=1)
    masks = []
    for pipeline in (with_kuba_chairs, without):
        (one,) = pipeline(ROOM, "kuba chair", guidance=Scribble(canvas), n=1)
        assert one.origin is None
        assert one.box_xyxy == pytest.approx(Scribble(canvas).box(), abs=0.25 * height)
        masks.append(one.mask)
    assert not np.array_equal(*masks)


@needs_shipped
def test_three_of_a_users_own_shapes_come_before_any_shipped_one(words):
    coder = SilhouetteCodec.load(WEIGHTS / "codec.npz")
    own = [seen("kuba chair", kuba_chair(5 * n), f"{n}", source="mine") for n in range(3)]
    shipped = ShapeMemory.load(WEIGHTS / "memory.npz")
    recall = ShapeRecall(ShapeMemory.joined(shipped, memory_of(own, coder)), coder, words)
    drawing = RememberedDrawing(recall, tiny_chooser(), tiny_judge())
    chosen = drawing.for_box("a kuba chair", Scene.of(ROOM), (20, 16, 80, 80), np.random.default_rng(0))
    labels = [recall.memory.entry(int(chosen.shapes.numbers[row])).label for row in chosen.order[:4]]
    assert labels[:3] == ["kuba chair"] * 3
    assert labels[3] != "kuba chair"


@needs_shipped
def test_beside_them_the_shipped_ones_are_there(with_kuba_chairs):
    found = with_kuba_chairs(ROOM, "a chair", guidance=Box((20, 16, 80, 80)), n=4)
    assert found
    assert all(one.origin.label.split()[-1] == "chair" for one in found)
    assert {one.origin.source for one in found} - {"mine"}
