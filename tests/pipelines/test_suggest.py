"""Suggestions from a tiny real model, and from closed-form denoisers whose answers are known."""

import numpy as np
import pytest
from rankers import LargerIsBetter
from scipy.ndimage import distance_transform_edt
from shapes import disc, rectangle
from tiny_codec import field_generator, tiny_codec
from tiny_model import SIZES, TinyModel

from smartmask.model.codec import TRUNCATION_PX
from smartmask.model.condition import SPECIAL_ROWS, Condition
from smartmask.model.onnx_denoiser import OnnxDenoiser
from smartmask.pipelines.consensus import consensus_order
from smartmask.pipelines.generate import MaskGenerator, Scene
from smartmask.pipelines.suggest import (
    DRAWS_PER_SUGGESTION,
    MAX_PROMPT_CHARACTERS,
    MAX_SUGGESTIONS,
    NEAR_DUPLICATE_IOU,
    PLACES,
    REFINE,
    REGION_FILL,
    REGION_SIDES,
    SuggestPipeline,
)
from smartmask.pipelines.suggestion import Suggestion
from smartmask.scene.boxes import box_of
from smartmask.scene.guidance import Box, Guidance, NoGuidance, Region, Scribble, kind_index
from smartmask.scene.layout import Layer, Layout
from smartmask.scene.masks import mask_iou
from smartmask.scene.view import REFINE_FILL, View

SIZE_HW = (48, 64)
ROOM = Layout(
    SIZE_HW,
    (Layer("wall", rectangle(SIZE_HW, (0, 0, 64, 30))), Layer("floor", rectangle(SIZE_HW, (0, 30, 64, 48)))),
)
HINTS = [
    pytest.param(NoGuidance(), id="no hint"),
    pytest.param(Box((10, 8, 40, 40)), id="a box"),
    pytest.param(Region(rectangle(SIZE_HW, (20, 10, 50, 40))), id="a region"),
    pytest.param(Scribble(disc(SIZE_HW, (30, 24), 12)), id="a scribble"),
]


def field_of(mask: np.ndarray) -> np.ndarray:
    """Signed distance to a mask in pixels of its own, truncated as the codec reads it."""
    if not mask.any():
        return np.full(mask.shape, -1, np.float32)
    inside, outside = distance_transform_edt(mask), distance_transform_edt(~mask)
    signed = np.where(mask, inside - 0.5, 0.5 - outside)
    return np.clip(signed / TRUNCATION_PX, -1, 1).astype(np.float32)


class Always:
    """The exact denoiser of a world with one field in it."""

    def __init__(self, field: np.ndarray) -> None:
        self.field = field
        self.told: list[tuple[int, float]] = []

    def __call__(self, x: np.ndarray, t: float, conditions: tuple[Condition, ...]) -> tuple[np.ndarray, ...]:
        for condition in conditions:
            fact = condition.guidance_kind, condition.zoom
            if self.told[-1:] != [fact]:
                self.told.append(fact)
        return (self.field[None],) * len(conditions)


class Tracing:
    """Draws the layout's rearmost layer again, wherever the view shows it."""

    def __call__(self, x: np.ndarray, t: float, conditions: tuple[Condition, ...]) -> tuple[np.ndarray, ...]:
        return tuple(field_of(condition.regions == SPECIAL_ROWS)[None] for condition in conditions)


@pytest.fixture
def real(tiny_model: TinyModel, tiny_encoder) -> MaskGenerator:
    return MaskGenerator(
        OnnxDenoiser(tiny_model.path, tiny_codec()), tiny_encoder, SIZES.resolution, tiny_codec()
    )


def same(ones: list[Suggestion], others: list[Suggestion]) -> bool:
    """Equality byte for byte."""
    return [(one.alpha.tobytes(), one.mask.tobytes(), one.score, one.box_xyxy) for one in ones] == [
        (other.alpha.tobytes(), other.mask.tobytes(), other.score, other.box_xyxy) for other in others
    ]


@pytest.mark.parametrize("hint", HINTS)
def test_the_same_seed_gives_the_same_bytes_on_any_number_of_threads(hint: Guidance, real):
    first = SuggestPipeline(real, LargerIsBetter(), threads=1)(ROOM, "dog", guidance=hint, n=3)
    assert first
    assert same(first, SuggestPipeline(real, LargerIsBetter(), threads=1)(ROOM, "dog", guidance=hint, n=3))
    assert same(first, SuggestPipeline(real, LargerIsBetter(), threads=4)(ROOM, "dog", guidance=hint, n=3))


def test_another_seed_gives_other_masks(real):
    pipeline = SuggestPipeline(real, LargerIsBetter(), threads=1)
    first, other = (pipeline(ROOM, "dog", guidance=Box((10, 8, 40, 40)), seed=seed) for seed in (0, 1))
    assert not {one.mask.tobytes() for one in first} & {one.mask.tobytes() for one in other}


def test_one_suggestion_is_the_first_candidate_and_one_of_four(real):
    pipeline, hint = SuggestPipeline(real, LargerIsBetter(), threads=1), Box((10, 8, 40, 40))
    alone = pipeline(ROOM, "dog", guidance=hint, n=1)
    first = pipeline.candidate(Scene.of(ROOM), "dog", None, hint, 0, 0)
    assert first is not None
    assert same(alone, [first])
    four = pipeline(ROOM, "dog", guidance=hint, n=4)
    assert sum(same(alone, [suggestion]) for suggestion in four) == 1


class InRow:
    """Places an object in one of four columns, on the canvas's foot, higher or lower."""

    def __init__(self) -> None:
        self.read: list[tuple[str, str | None]] = []

    def boxes(self, layout: Layout, prompt: str, scene: str | None):
        self.read.append((prompt, scene))

        def draw(rng: np.random.Generator) -> tuple[float, float, float, float]:
            left = 16.0 * int(rng.integers(4))
            return left, 48.0 - 8.0 * int(rng.integers(1, 6)), left + 16.0, 48.0

        return draw


def test_with_no_hint_the_best_mask_of_a_placers_boxes_stays(tiny_encoder):
    placer = InRow()
    generator = field_generator(Always(field_of(disc((64, 64), (32, 32), 20))), tiny_encoder, 64)
    pipeline = SuggestPipeline(generator, LargerIsBetter(), 1, placer=placer)
    found = pipeline(ROOM, "dog", "a room with a dog", n=4, seed=1)
    assert placer.read == [("dog", "a room with a dog")]
    for one in found:
        x0, _, x1, y1 = one.box_xyxy
        assert x0 / 16 == pytest.approx(round(x0 / 16), abs=1 / 16)
        assert (x1 - x0, y1) == pytest.approx((16, 48), abs=1)
    rng = np.random.default_rng([1, 0])
    draw, scene = placer.boxes(ROOM, "dog", None), Scene.of(ROOM)
    boxes = [draw(rng) for _ in range(PLACES)]
    drawn = [pipeline.refine(scene, "dog", "a room with a dog", Box(box), rng).score for box in boxes]
    first = pipeline.candidate(scene, "dog", "a room with a dog", NoGuidance(), 1, 0)
    assert len(set(drawn)) > 1
    assert first.score == max(drawn)


def test_where_there_is_a_placer_a_region_is_filled_by_boxes_within_it(tiny_encoder):
    generator = field_generator(Always(field_of(disc((64, 64), (32, 32), 20))), tiny_encoder, 64)
    pipeline = SuggestPipeline(generator, LargerIsBetter(), 1, placer=InRow())
    region = Region(disc(SIZE_HW, (40, 20), 14))
    found = pipeline(ROOM, "dog", guidance=region, n=3)
    assert len(found) > 1
    left, top, right, bottom = region.box()
    for one in found:
        x0, y0, x1, y1 = one.box_xyxy
        assert left <= x0 < x1 <= right
        assert top <= y0 < y1 <= bottom
        for side, whole in ((x1 - x0, right - left), (y1 - y0, bottom - top)):
            assert REGION_SIDES[0] * whole - 1.5 < side < REGION_SIDES[1] * whole + 1.5


@pytest.mark.parametrize("hint", HINTS[1::2])
def test_candidates_of_a_hint_are_chosen_from_one_pool(hint: Guidance, real, tiny_encoder):
    scene, seed = Scene.of(ROOM), 5
    pipeline = SuggestPipeline(real, LargerIsBetter(), threads=1, pool=6)
    view = View.around(hint.box(), REFINE_FILL, SIZE_HW, SIZES.resolution)
    condition = real.condition(scene, "dog", None, hint, view)
    for block in range(2):
        fields = real.sample(condition, REFINE, np.random.default_rng([seed, block]), 6)
        for place, number in enumerate(consensus_order(fields > 0)):
            known = field_generator(Always(fields[number]), tiny_encoder, SIZES.resolution)
            expected = SuggestPipeline(known, LargerIsBetter()).candidate(scene, "dog", None, hint, 0, 0)
            found = pipeline.candidate(scene, "dog", None, hint, seed, 6 * block + place)
            assert (found is None) == (expected is None)
            if found is not None and expected is not None:
                np.testing.assert_allclose(found.alpha, expected.alpha, atol=1e-4)


@pytest.mark.parametrize("hint", HINTS)
def test_pooled_masks_obey_their_seed_on_any_number_of_threads(hint: Guidance, real):
    one, other = (
        SuggestPipeline(real, LargerIsBetter(), threads, placer=InRow(), pool=5)(
            ROOM, "dog", guidance=hint, n=4, seed=3
        )
        for threads in (1, 3)
    )
    assert one
    assert same(one, other)


def test_a_placer_is_not_asked_where_a_hint_says_it(tiny_encoder):
    placer = InRow()
    generator = field_generator(Always(field_of(disc((64, 64), (32, 32), 20))), tiny_encoder, 64)
    for hint in (item.values[0] for item in HINTS[1:]):
        assert SuggestPipeline(generator, LargerIsBetter(), placer=placer)(ROOM, "dog", guidance=hint, n=1)
    assert placer.read == []


def test_a_placers_masks_obey_their_seed_on_any_number_of_threads(real):
    one, other = (
        SuggestPipeline(real, LargerIsBetter(), threads, placer=InRow())(ROOM, "dog", n=4)
        for threads in (1, 3)
    )
    assert same(one, other)


@pytest.mark.parametrize("hint", HINTS)
def test_suggestions_are_sorted_distinct_and_agree_with_themselves(hint: Guidance, real):
    found = SuggestPipeline(real, LargerIsBetter(), threads=1)(ROOM, "dog", guidance=hint, n=4)
    scores = [suggestion.score for suggestion in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    for number, suggestion in enumerate(found):
        assert suggestion.mask.shape == suggestion.alpha.shape == SIZE_HW
        assert np.array_equal(suggestion.mask, suggestion.alpha > 0.5)
        assert suggestion.box_xyxy == pytest.approx(box_of(suggestion.mask), abs=1)
        assert suggestion.label == "dog"
        assert all(mask_iou(suggestion.mask, other.mask) <= NEAR_DUPLICATE_IOU for other in found[:number])


def test_near_duplicates_are_dropped_after_twice_as_many_draws(tiny_encoder):
    generator = field_generator(Always(field_of(disc((32, 32), (16, 16), 10))), tiny_encoder, 32)
    progress: list[tuple[int, int]] = []
    found = SuggestPipeline(generator, LargerIsBetter(), threads=1)(
        ROOM, "dog", n=4, on_progress=lambda done, total: progress.append((done, total))
    )
    assert len(found) == 1
    assert [done for done, _ in progress] == list(range(1, 4 * DRAWS_PER_SUGGESTION + 1))
    assert progress[-1] == (8, 8)
    assert all(done <= total <= 8 for done, total in progress)


@pytest.mark.parametrize("hint", HINTS)
def test_a_model_that_draws_nothing_gives_no_suggestions(hint: Guidance, tiny_encoder):
    generator = field_generator(Always(np.full((32, 32), -1, np.float32)), tiny_encoder, 32)
    assert SuggestPipeline(generator, LargerIsBetter(), threads=1)(ROOM, "dog", guidance=hint, n=2) == []


@pytest.mark.parametrize(
    ("hint", "kinds"),
    [
        pytest.param(HINTS[0].values[0], [NoGuidance, Scribble], id="no hint: place, refine"),
        pytest.param(HINTS[1].values[0], [Box], id="a box: refine only"),
        pytest.param(HINTS[2].values[0], [Region, Scribble], id="a region: place, refine"),
        pytest.param(HINTS[3].values[0], [Scribble], id="a scribble: refine only"),
    ],
)
def test_the_model_is_told_the_hint(hint: Guidance, kinds, tiny_encoder):
    branches = Always(field_of(disc((32, 32), (16, 16), 8)))
    generator = field_generator(branches, tiny_encoder, 32)
    SuggestPipeline(generator, LargerIsBetter(), threads=1)(ROOM, "dog", guidance=hint, n=1)
    of_type = {type(param.values[0]): kind_index(param.values[0]) for param in HINTS}
    assert [kind for kind, _ in branches.told[: len(kinds)]] == [of_type[kind] for kind in kinds]


@pytest.mark.parametrize("hint", HINTS)
def test_the_score_is_the_rankers_word_on_the_mask_in_the_layout_without_the_hint(hint: Guidance, real):
    ranker = LargerIsBetter()
    found = SuggestPipeline(real, ranker, threads=1)(ROOM, "dog", "a dog at home", guidance=hint, n=3)
    assert [suggestion.score for suggestion in found] == [suggestion.mask.mean() for suggestion in found]
    for visible_index, labels, prompt, scene in ranker.asked:
        assert np.array_equal(visible_index, ROOM.visible_index())
        assert (labels, prompt, scene) == (ROOM.labels, "dog", "a dog at home")


@pytest.mark.parametrize(
    ("hint", "zoom"),
    [
        pytest.param(HINTS[0].values[0], 0.0, id="the whole canvas"),
        pytest.param(
            HINTS[2].values[0], float(np.log(30 / REGION_FILL / 64)), id="a window about the region"
        ),
    ],
)
def test_the_first_pass_sees(hint: Guidance, zoom, tiny_encoder):
    branches = Always(field_of(disc((32, 32), (16, 16), 8)))
    SuggestPipeline(field_generator(branches, tiny_encoder, 32), LargerIsBetter(), threads=1)(
        ROOM, "dog", guidance=hint, n=1
    )
    assert branches.told[0][1] == pytest.approx(zoom)


@pytest.mark.parametrize(
    ("size_hw", "centre_xy", "radius"),
    [
        pytest.param((96, 96), (48, 48), 16, id="in the middle of a square"),
        pytest.param((60, 160), (110, 30), 20, id="on a wide canvas"),
        pytest.param((160, 60), (25, 120), 18, id="on a tall canvas"),
        pytest.param((90, 120), (2, 40), 20, id="cut by the left border"),
        pytest.param((90, 120), (118, 88), 24, id="cut by the lower right corner"),
        pytest.param((90, 120), (60, 0), 24, id="cut by the upper border"),
    ],
)
@pytest.mark.parametrize("kind", ["no hint", "region", "box"])
def test_a_disc_comes_back_where_it_was_drawn(kind, size_hw, centre_xy, radius, tiny_encoder):
    target = disc(size_hw, centre_xy, radius)
    hint = {"no hint": NoGuidance(), "region": Region(target), "box": Box(box_of(target))}[kind]
    pipeline = SuggestPipeline(field_generator(Tracing(), tiny_encoder, 64), LargerIsBetter(), threads=1)
    found = pipeline(Layout(size_hw, (Layer("ball", target),)), "dog", guidance=hint, n=1)
    assert len(found) == 1
    assert mask_iou(found[0].mask, target) > 0.9


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        pytest.param({"prompt": " "}, "the prompt is empty", id="no words"),
        pytest.param({"scene": ""}, "the scene text is empty", id="an empty scene"),
        pytest.param(
            {"prompt": "x" * (MAX_PROMPT_CHARACTERS + 1)},
            "the prompt has 1001 characters",
            id="too many words",
        ),
        pytest.param({"n": 0}, "n must be from 1 to 64, not 0", id="none asked for"),
        pytest.param({"n": MAX_SUGGESTIONS + 1}, "n must be from 1 to 64, not 65", id="too many asked for"),
        pytest.param({"seed": -1}, "the seed must be 0 or more, not -1", id="a negative seed"),
        pytest.param(
            {"guidance": Region(np.ones((3, 5), bool))}, "the region is 5x3 but the canvas is 64x48",
            id="a region of another canvas",
        ),
        pytest.param(
            {"guidance": Scribble(np.ones((3, 5), bool))}, "the scribble is 5x3 but", id="a scribble too"
        ),
        pytest.param({"guidance": Box((70, 2, 90, 9))}, "lies outside the 64x48 canvas", id="a box outside"),
    ],
)  # fmt: skip
def test_a_request_that_cannot_be_met_is_refused(request_, message, tiny_encoder):
    pipeline = SuggestPipeline(field_generator(Tracing(), tiny_encoder, 16), LargerIsBetter(), threads=1)
    with pytest.raises(ValueError, match=message):
        pipeline(ROOM, **({"prompt": "dog"} | request_))
