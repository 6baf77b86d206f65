"""Shapes drawn freely by the shipped generator: where the hint says, as it is drawn, whatever the words."""

from functools import cache

import numpy as np
import pytest
from drawn_memory import horse, memory_of, seen
from rankers import LargerIsBetter
from shapes import rectangle
from shipped import needs_shipped

from smartmask import SmartMask
from smartmask.apps.load_suggest import load_ranker, load_recall, load_suggest
from smartmask.backends.text_static import StaticTextEncoder
from smartmask.model.mask.generator import ShapeGenerator
from smartmask.model.ranker.outlines import load_outline_judge
from smartmask.model.shape.codec import SilhouetteCodec
from smartmask.model.shape.frame import CODE_BYTES, frame_field
from smartmask.pipelines.generate import Scene
from smartmask.pipelines.shapes.free_drawing import SAMPLES, FreeDrawing, FreelyDrawn
from smartmask.pipelines.shapes.shape_recall import ShapeRecall
from smartmask.pipelines.suggest import NEAR_DUPLICATE_IOU
from smartmask.pipelines.suggestion import Suggestion
from smartmask.scene.guidance import Box, Guidance, NoGuidance, Region, Scribble
from smartmask.scene.layout import Layer, Layout
from smartmask.scene.masks import mask_iou
from smartmask.weights import WEIGHTS

pytestmark = needs_shipped
SIZE_HW = (96, 128)
ROOM = Layout(
    SIZE_HW,
    (
        Layer("wall", rectangle(SIZE_HW, (0, 0, 128, 60))),
        Layer("floor", rectangle(SIZE_HW, (0, 60, 128, 96))),
    ),
)
UNKNOWN_WORD = "a zorgblat"
BOX = Box((20.25, 16.5, 80.0, 79.75))
ROWS, COLUMNS = np.mgrid[: SIZE_HW[0], : SIZE_HW[1]]
OVAL = Scribble(((COLUMNS - 60) / 30) ** 2 + ((ROWS - 48) / 20) ** 2 < 1)
SEAT = rectangle(SIZE_HW, (30, 60, 96, 72)) | rectangle(SIZE_HW, (32, 72, 40, 92))
SEAT |= rectangle(SIZE_HW, (86, 72, 94, 92))
CHAIRS = [
    Scribble(SEAT | rectangle(SIZE_HW, (30, 16, 44, 60))),
    Scribble(SEAT | rectangle(SIZE_HW, (82, 16, 96, 60))),
]
"""A chair seen from its side, its back on the left or on the right."""
REGION = Region(rectangle(SIZE_HW, (30, 20, 110, 90)))
HINTED = [pytest.param(BOX, id="a box"), pytest.param(OVAL, id="a scribble")]


@pytest.fixture(scope="module")
def words() -> StaticTextEncoder:
    return StaticTextEncoder(WEIGHTS / "text.npz")


@pytest.fixture(scope="module")
def codec() -> SilhouetteCodec:
    return SilhouetteCodec.load(WEIGHTS / "codec.npz")


@pytest.fixture(scope="module")
def recall(words, codec) -> ShapeRecall:
    return load_recall(None, words, codec)


@pytest.fixture(scope="module")
def free_of(words, codec):
    """What draws freely, shown shapes of some memory, or none."""

    def make(recall: ShapeRecall | None, threads: int = 1) -> FreeDrawing:
        generator = ShapeGenerator(WEIGHTS / "generator.onnx", codec.digest, threads)
        return FreeDrawing(
            generator, load_outline_judge(WEIGHTS / "outlines.npz", codec.digest), codec, words, recall
        )

    return make


@pytest.fixture(scope="module")
def free(free_of, recall) -> FreeDrawing:
    return free_of(recall)


@pytest.fixture(scope="module")
def draw(free):
    """Draws by the shipped memory; each request once."""

    @cache
    def drawn(prompt: str, hint: Box | Scribble, count: int = SAMPLES, seed: int = 0) -> FreelyDrawn:
        return free(Scene.of(ROOM), prompt, hint, np.random.default_rng(seed), count)

    return drawn


def same(one: FreelyDrawn, other: FreelyDrawn) -> bool:
    return np.array_equal(one.codes, other.codes) and one.boxes_xyxy == other.boxes_xyxy


def masks(free: FreeDrawing, drawn: FreelyDrawn) -> list[np.ndarray]:
    return [free.outline(drawn, number).mask(SIZE_HW) for number in range(len(drawn.codes))]


@pytest.mark.parametrize("hint", HINTED)
def test_the_same_seed_draws_the_same_shapes_on_any_number_of_threads(hint, free, draw, recall, free_of):
    first, *others = (draw("a dog", hint, count=3, seed=seed) for seed in (0, 1))
    assert first.codes.shape == (3, CODE_BYTES)
    assert len(first.boxes_xyxy) == len({code.tobytes() for code in first.codes}) == 3
    for again in (free, free_of(recall, threads=3)):
        assert same(again(Scene.of(ROOM), "a dog", hint, np.random.default_rng(0), 3), first)
    assert not same(first, others[0])


@pytest.mark.parametrize("prompt", ["a dog", UNKNOWN_WORD])
def test_in_a_box_each_sample_fills_it_exactly(prompt, free, draw):
    drawn = draw(prompt, BOX)
    assert drawn.boxes_xyxy == [BOX.box_xyxy] * SAMPLES
    for number in range(SAMPLES):
        assert free.outline(drawn, number).box_xyxy() == pytest.approx(BOX.box_xyxy, abs=1e-3)


def test_a_ball_is_round_and_a_dog_is_not(free, draw):
    x0, y0, x1, y1 = BOX.box_xyxy
    across, down = (COLUMNS + 0.5 - x0) / (x1 - x0) * 2 - 1, (ROWS + 0.5 - y0) / (y1 - y0) * 2 - 1
    disc = np.hypot(across, down) < 1
    assert all(mask_iou(mask, disc) > 0.9 for mask in masks(free, draw("a ball", BOX)))
    assert all(mask_iou(mask, disc) < 0.9 for mask in masks(free, draw("a dog", BOX)))


@pytest.mark.parametrize(("prompt", "least"), [("a ball", 0.9), ("a dog", 0.5), ("a car", 0.5)])
def test_what_is_drawn_after_a_scribble_lies_where_it_does(prompt, least, free, draw):
    drawn = draw(prompt, OVAL)
    found = masks(free, drawn)
    assert mask_iou(found[0], OVAL.mask) > least
    x0, y0, x1, y1 = OVAL.box()
    room = 0.25 * np.array([x1 - x0, y1 - y0, x1 - x0, y1 - y0])
    for mask, box in zip(found, drawn.boxes_xyxy, strict=True):
        assert (np.abs(np.array(box) - OVAL.box()) <= room).all()
        assert mask_iou(mask, OVAL.mask) > 0.4


def test_a_drawing_is_followed(free, draw):
    for own, other in (CHAIRS, CHAIRS[::-1]):
        found = masks(free, draw("a chair", own, count=4))
        gains = [mask_iou(mask, own.mask) - mask_iou(mask, other.mask) for mask in found]
        assert min(gains) > 0
        assert np.mean(gains) > 0.1


@pytest.mark.parametrize("size_hw", [SIZE_HW, (12 * 96, 12 * 128)], ids=["small", "reduced"])
def test_what_is_to_be_avoided_stays_free(size_hw):
    library = SmartMask.load()
    factor = size_hw[0] // SIZE_HW[0]
    drawn, avoid = (
        np.kron(mask, np.ones((factor, factor), bool))
        for mask in (OVAL.mask, rectangle(SIZE_HW, (60, 0, 128, 50)))
    )
    layout = Layout(size_hw, (Layer("floor", np.ones(size_hw, bool)),))
    for hint, least in ((Scribble(drawn), 0.2), (Scribble(drawn, avoid), 0.0)):
        found = library.suggest(layout, "a dog", guidance=hint, n=4)
        assert found
        shares = [(one.mask & avoid).sum() / one.mask.sum() for one in found]
        assert min(shares) >= least
        assert max(shares) <= (1 if least else 0.005)


def test_remembered_shapes_are_looked_at_where_there_are_any(draw, free_of):
    alone = free_of(None)
    for prompt, hint, is_known in (("a dog", BOX, True), ("a dog", OVAL, True), (UNKNOWN_WORD, BOX, False)):
        found = alone(Scene.of(ROOM), prompt, hint, np.random.default_rng(0), 2)
        assert found.codes.shape == (2, CODE_BYTES)
        assert same(found, draw(prompt, hint, count=2)) is not is_known


def test_what_stands_behind_is_seen(free):
    water = Layout(SIZE_HW, (Layer("sea", np.ones(SIZE_HW, bool)),))
    empty = Layout(SIZE_HW, ())
    found = [
        free(Scene.of(layout), "a boat", BOX, np.random.default_rng(0), 2) for layout in (ROOM, water, empty)
    ]
    assert all(not same(*pair) for pair in (found[:2], found[1:], found[::2]))


@pytest.mark.parametrize(
    "hint",
    [
        pytest.param(Box((0, 0, 2, 2)), id="a box of two pixels in the corner"),
        pytest.param(Box((4, 90, 124, 94)), id="a very wide box"),
        pytest.param(Scribble(rectangle(SIZE_HW, (50, 50, 51, 51))), id="a scribble of one pixel"),
        pytest.param(Scribble(np.ones(SIZE_HW, bool)), id="a scribble all over the canvas"),
    ],
)
def test_odd_hints_are_drawn_too(hint, free, draw):
    x0, y0, x1, y1 = hint.box()
    found = free.outline(draw("a dog", hint, count=2), 0).box_xyxy()
    room = 0.1 * max(x1 - x0, y1 - y0) * isinstance(hint, Scribble)
    assert found == pytest.approx((x0, y0, x1, y1), abs=room + 0.001)


@pytest.mark.parametrize("hint", HINTED)
def test_where_all_that_is_remembered_faces_the_other_way_a_shape_is_drawn_too(hint, words, codec, free_of):
    shapes = [seen("horse", horse(n), f"{n}", poses=("facing left",)) for n in range(3)]
    free = free_of(load_recall(memory_of(shapes, codec), words, codec))
    for side in ("left", "right"):
        drawn = free(Scene.of(ROOM), f"a horse facing {side}", hint, np.random.default_rng(0), 1)
        assert free.outline(drawn, 0).curves


@pytest.fixture(scope="module")
def suggest():
    """The shipped library; each request once."""
    library = SmartMask.load()

    @cache
    def found(prompt: str, hint: Guidance, n: int) -> list[Suggestion]:
        return library.suggest(ROOM, prompt, guidance=hint, n=n)

    return found


REQUESTS = [
    pytest.param(UNKNOWN_WORD, NoGuidance(), 2, id="an unknown word"),
    pytest.param(UNKNOWN_WORD, BOX, 4, id="an unknown word in a box"),
    pytest.param("a bird", OVAL, 4, id="a known word and a scribble"),
]


@pytest.mark.parametrize(
    ("prompt", "hint", "n"),
    [*REQUESTS, pytest.param(UNKNOWN_WORD, REGION, 2, id="an unknown word in a region")],
)
def test_candidates_have_no_origin_and_stay_where_the_hint_says(prompt, hint, n, suggest):
    found = suggest(prompt, hint, n)
    assert len(found) == n
    x0, y0, x1, y1 = (0, 0, SIZE_HW[1], SIZE_HW[0]) if isinstance(hint, NoGuidance) else hint.box()
    room = 0.3 * max(x1 - x0, y1 - y0) if isinstance(hint, Scribble) else 0.001
    for number, one in enumerate(found):
        assert one.origin is None
        assert one.label == prompt
        assert one.mask.any()
        a, b, c, d = one.box_xyxy
        assert x0 - room <= a < c <= x1 + room
        assert y0 - room <= b < d <= y1 + room
        assert all(mask_iou(one.mask, other.mask) <= NEAR_DUPLICATE_IOU for other in found[:number])
    if isinstance(hint, Box):
        assert all(one.box_xyxy == pytest.approx(hint.box_xyxy, abs=1e-3) for one in found)


@pytest.mark.parametrize(("prompt", "hint", "n"), REQUESTS)
def test_the_first_candidate_is_the_same_if_it_is_the_only_one(prompt, hint, n, suggest):
    (alone,) = suggest(prompt, hint, n=1)
    found = [(one.mask.tobytes(), one.alpha.tobytes(), one.score) for one in suggest(prompt, hint, n)]
    one = (alone.mask.tobytes(), alone.alpha.tobytes(), alone.score)
    if isinstance(hint, Box | Scribble):
        assert one == found[0]
    else:
        assert one in found, "without a place the best scored comes first"


@pytest.mark.parametrize(("prompt", "hint", "n"), REQUESTS)
def test_masks_do_not_depend_on_threads(prompt, hint, n, suggest, words):
    expected = [(one.mask.tobytes(), one.alpha.tobytes(), one.score) for one in suggest(prompt, hint, n)]
    pipeline = load_suggest(None, words, load_ranker(words), threads=3)
    found = pipeline(ROOM, prompt, guidance=hint, n=n)
    assert [(one.mask.tobytes(), one.alpha.tobytes(), one.score) for one in found] == expected


def test_after_the_first_samples_others_are_drawn(words):
    pipeline = load_suggest(None, words, LargerIsBetter(), threads=1)
    scene = Scene.of(ROOM)
    found = [pipeline.candidate(scene, "a dog", None, OVAL, 0, number) for number in range(SAMPLES + 2)]
    assert len({one.mask.tobytes() for one in found if one}) == SAMPLES + 2


def test_what_a_box_shows_off_the_canvas_is_left_out_and_the_rest_is_filled(suggest):
    for box, expected in (
        ((-60.0, -40.0, 60.0, 50.0), (0, 0, 60, 50)),
        ((-1e6, -1e6, 1e6, 1e6), (0, 0, 128, 96)),
    ):
        one = suggest(UNKNOWN_WORD, Box(box), n=1)[0]
        assert one.outline.box_xyxy() == pytest.approx(expected, abs=0.01)


def test_where_the_memory_ends_the_generator_goes_on(words, codec):
    memory = memory_of([seen("comb", horse(), may_mirror=False)], codec)
    pipeline = load_suggest(None, words, LargerIsBetter(), threads=1, memory=memory)
    found = pipeline(ROOM, "a comb", guidance=BOX, n=3)
    assert [one.origin and one.origin.label for one in found] == ["comb", None, None]
    assert all(one.box_xyxy == pytest.approx(BOX.box_xyxy, abs=0.01) for one in found[1:])


def test_what_is_in_pieces_looks_worse_than_what_hangs_together(free, codec):
    size = (128, 128)
    whole = rectangle(size, (10, 10, 118, 118))
    halves = rectangle(size, (10, 10, 50, 118)) | rectangle(size, (78, 10, 118, 118))
    fields = np.stack([frame_field(mask) for mask in (whole, halves)])
    looks = free.looks("a wardrobe", codec.encode(fields), 1.0)
    assert looks[0] - looks[1] > 5
