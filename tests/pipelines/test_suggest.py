"""Suggestions: in which order, how many, scored by whom; and that they depend on the request alone.

Drawn by a tiny network of random weights, and from lists.
"""

from collections.abc import Sequence

import numpy as np
import pytest
from field_parts import field_drawing
from rankers import LargerIsBetter
from shapes import disc, rectangle
from tiny_network import RESOLUTION, TinyNetwork

from smartmask.arguments import MAX_SEED
from smartmask.pipelines.draw_fields import FieldDrawing
from smartmask.pipelines.drawer import Drawn
from smartmask.pipelines.generate import Scene
from smartmask.pipelines.shapes.shape_words import ShapeWords
from smartmask.pipelines.suggest import (
    DRAWS_PER_SUGGESTION,
    MAX_PROMPT_CHARACTERS,
    MAX_SUGGESTIONS,
    NEAR_DUPLICATE_IOU,
    SuggestPipeline,
)
from smartmask.pipelines.suggestion import Origin, Suggestion
from smartmask.scene.boxes import BoxXYXY, box_of
from smartmask.scene.guidance import Box, Guidance, NoGuidance, Region, Scribble
from smartmask.scene.layout import Layer, Layout
from smartmask.scene.masks import mask_iou
from smartmask.scene.outline import Outline

SIZE_HW = (48, 64)
ROOM = Layout(
    SIZE_HW,
    (Layer("wall", rectangle(SIZE_HW, (0, 0, 64, 30))), Layer("floor", rectangle(SIZE_HW, (0, 30, 64, 48)))),
)
BOX = Box((10, 8, 40, 40))
HINTS = [
    pytest.param(NoGuidance(), id="no hint"),
    pytest.param(BOX, id="a box"),
    pytest.param(Region(rectangle(SIZE_HW, (20, 10, 50, 40))), id="a region"),
    pytest.param(Scribble(disc(SIZE_HW, (30, 24), 12)), id="a scribble"),
]
SMALL, MIDDLE, LARGE = (2.0, 2.0, 8.0, 8.0), (20.0, 10.0, 36.0, 26.0), (30.0, 4.0, 60.0, 44.0)
OUTSIDE = (70.0, 2.0, 90.0, 9.0)


class Listed:
    """Draws what is listed for each candidate, one box or more, over and over again."""

    variations = turning = None

    def __init__(self, *candidates: Sequence[BoxXYXY], is_ordered: bool = False) -> None:
        self.candidates, self.ordered = candidates, is_ordered
        self.asked: list[tuple[str, str | None, Guidance, int, int]] = []

    def words(self, prompt: str) -> ShapeWords | None:
        return ShapeWords(prompt=prompt, phrase=prompt)

    def is_ordered(self, guidance: Guidance) -> bool:
        return self.ordered and isinstance(guidance, Box)

    def candidate(
        self, scene: Scene, prompt: str, text: str | None, guidance: Guidance, seed: int, number: int
    ) -> Sequence[Drawn]:
        self.asked.append((prompt, text, guidance, seed, number))
        return [
            Drawn(outline_of(box), origin_of(f"{number}.{place}"))
            for place, box in enumerate(self.candidates[number % len(self.candidates)])
        ]


def outline_of(box_xyxy: BoxXYXY) -> Outline:
    x0, y0, x1, y1 = box_xyxy
    return Outline((np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float32),))


def origin_of(label: str) -> Origin:
    return Origin(
        label=label,
        similarity=1.0,
        source="drawn",
        group="1",
        is_mirrored=False,
        fit="box",
        number=7,
        views=0,
    )


def suggested(drawer: Listed, n: int = 4, guidance: Guidance = BOX, seed: int = 0) -> list[Suggestion]:
    return SuggestPipeline(drawer, LargerIsBetter(), threads=1)(ROOM, "dog", None, guidance, n, seed)


@pytest.fixture
def real(tiny_encoder) -> FieldDrawing:
    return field_drawing(TinyNetwork(), tiny_encoder, RESOLUTION)


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


@pytest.mark.parametrize("hint", HINTS)
def test_another_seed_gives_other_masks(hint: Guidance, real):
    pipeline = SuggestPipeline(real, LargerIsBetter(), threads=1)
    first, other = (pipeline(ROOM, "dog", guidance=hint, seed=seed) for seed in (0, 1))
    assert not {one.mask.tobytes() for one in first} & {one.mask.tobytes() for one in other}


def test_one_suggestion_is_the_first_candidate_and_one_of_four(real):
    pipeline = SuggestPipeline(real, LargerIsBetter(), threads=1)
    alone = pipeline(ROOM, "dog", guidance=BOX, n=1)
    first = pipeline.candidate(Scene.of(ROOM), "dog", None, BOX, 0, 0)
    assert first is not None
    assert same(alone, [first])
    four = pipeline(ROOM, "dog", guidance=BOX, n=4)
    assert sum(same(alone, [suggestion]) for suggestion in four) == 1


@pytest.mark.parametrize("hint", HINTS)
def test_suggestions_are_sorted_distinct_and_agree_with_themselves(hint: Guidance, real):
    found = SuggestPipeline(real, LargerIsBetter(), threads=1)(ROOM, "dog", guidance=hint, n=4)
    assert len(found) > 1
    scores = [suggestion.score for suggestion in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    for number, suggestion in enumerate(found):
        assert suggestion.mask.shape == suggestion.alpha.shape == SIZE_HW
        assert np.array_equal(suggestion.mask, suggestion.alpha > 0.5)
        assert suggestion.box_xyxy == pytest.approx(box_of(suggestion.mask), abs=1)
        assert suggestion.label == "dog"
        assert all(mask_iou(suggestion.mask, other.mask) <= NEAR_DUPLICATE_IOU for other in found[:number])


@pytest.mark.parametrize("hint", HINTS)
def test_the_score_is_the_rankers_word_on_the_mask_in_the_layout_without_the_hint(hint: Guidance, real):
    ranker = LargerIsBetter()
    found = SuggestPipeline(real, ranker, threads=1)(ROOM, "dog", "a dog at home", guidance=hint, n=3)
    assert [suggestion.score for suggestion in found] == [suggestion.mask.mean() for suggestion in found]
    for visible_index, labels, prompt, scene in ranker.asked:
        assert np.array_equal(visible_index, ROOM.visible_index())
        assert (labels, prompt, scene) == (ROOM.labels, "dog", "a dog at home")


@pytest.mark.parametrize("threads", [1, 3])
def test_the_drawer_is_asked_for_each_candidate_once(threads):
    drawer = Listed([SMALL], [MIDDLE], [LARGE])
    pipeline = SuggestPipeline(drawer, LargerIsBetter(), threads)
    pipeline(ROOM, "dog", "a dog at home", BOX, n=3, seed=5)
    assert sorted(number for *_, number in drawer.asked) == [0, 1, 2]
    assert {fact[:4] for fact in drawer.asked} == {("dog", "a dog at home", BOX, 5)}


@pytest.mark.parametrize(
    ("is_ordered", "hint", "numbers"),
    [
        pytest.param(False, BOX, [2, 1, 0], id="by score"),
        pytest.param(True, BOX, [0, 1, 2], id="as the drawer orders them"),
        pytest.param(True, NoGuidance(), [2, 1, 0], id="by score, as for this hint it does not order them"),
    ],
)
def test_suggestions_come_best_first_as_the_drawer_or_the_scores_know(is_ordered, hint, numbers):
    drawer = Listed([SMALL], [MIDDLE], [LARGE], is_ordered=is_ordered)
    found = suggested(drawer, 3, hint)
    assert [one.box_xyxy for one in found] == [(SMALL, MIDDLE, LARGE)[number] for number in numbers]


def test_of_what_a_candidate_may_be_the_best_scored_is_taken_and_keeps_its_origin():
    found = suggested(Listed([SMALL, LARGE, MIDDLE], [MIDDLE, SMALL]), 2)
    assert [(one.box_xyxy, one.origin) for one in found] == [
        (LARGE, origin_of("0.1")),
        (MIDDLE, origin_of("1.0")),
    ]


def test_what_covers_no_pixel_is_no_suggestion():
    drawer = Listed([OUTSIDE], [(5.2, 5.2, 5.4, 5.4)], [], [OUTSIDE, MIDDLE])
    (one,) = suggested(drawer)
    assert (one.box_xyxy, one.origin) == (MIDDLE, origin_of("3.1"))
    assert len(drawer.asked) == 4 * DRAWS_PER_SUGGESTION
    pipeline = SuggestPipeline(drawer, LargerIsBetter(), threads=1)
    assert pipeline.candidate(Scene.of(ROOM), "dog", None, BOX, 0, 2) is None


def test_near_duplicates_are_dropped_after_twice_as_many_draws():
    nearly = (30.0, 4.0, 60.0, 43.0)
    progress: list[tuple[int, int]] = []
    found = SuggestPipeline(Listed([LARGE], [nearly]), LargerIsBetter(), threads=1)(
        ROOM, "dog", n=4, on_progress=lambda done, total: progress.append((done, total))
    )
    assert [one.box_xyxy for one in found] == [LARGE]
    assert [done for done, _ in progress] == list(range(1, 4 * DRAWS_PER_SUGGESTION + 1))
    assert progress[-1] == (8, 8)
    assert all(done <= total <= 8 for done, total in progress)


def test_no_more_is_drawn_than_is_needed():
    drawer = Listed([SMALL], [SMALL], [MIDDLE], [LARGE])
    assert len(suggested(drawer, 3)) == 3
    assert [number for *_, number in drawer.asked] == [0, 1, 2, 3]


def test_a_drawer_that_draws_nothing_gives_no_suggestions():
    assert suggested(Listed([]), 2) == []


def test_what_the_words_mean_the_drawer_says(real):
    words = SuggestPipeline(Listed([SMALL]), LargerIsBetter()).words("dog")
    assert words == ShapeWords(prompt="dog", phrase="dog")
    assert SuggestPipeline(real, LargerIsBetter()).words("dog") is None


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
        pytest.param({"seed": -1}, f"the seed must be from 0 to {MAX_SEED}, not -1", id="a negative seed"),
        pytest.param(
            {"guidance": Region(np.ones((3, 5), bool))}, "the region is 5x3 but the canvas is 64x48",
            id="a region of another canvas",
        ),
        pytest.param(
            {"guidance": Scribble(np.ones((3, 5), bool))}, "the scribble is 5x3 but", id="a scribble too"
        ),
        pytest.param({"guidance": Box((70, 2, 90, 9))}, "lies outside the 64x48 canvas", id="a box outside"),
        pytest.param(
            {"guidance": Box((7, 2, 8, 9))}, "the box is 1 x 7 px on the canvas; a shape", id="a narrow box"
        ),
        pytest.param(
            {"guidance": Box((-40, 2, 1, 9))}, "the box is 1 x 7 px on the canvas", id="a box at the border"
        ),
        pytest.param(
            {"guidance": Box((0.1, 0.2, 0.4, 0.5))},
            r"0.5\) looks normalised but must be in pixels; multiply x by 64 and y by 48",
            id="a box in shares of the canvas",
        ),
    ],
)  # fmt: skip
def test_a_request_that_cannot_be_met_is_refused(request_, message):
    drawer = Listed([SMALL])
    with pytest.raises(ValueError, match=message):
        SuggestPipeline(drawer, LargerIsBetter(), threads=1)(ROOM, **({"prompt": "dog"} | request_))
    assert drawer.asked == []
