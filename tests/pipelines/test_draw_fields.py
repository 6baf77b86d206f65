"""Fields drawn in windows of the photo, in two passes, by closed-form denoisers whose answers are known."""

import numpy as np
import pytest
from field_parts import PLACE, REFINE, field_drawing, field_generator
from rankers import LargerIsBetter
from scipy.ndimage import distance_transform_edt
from shapes import disc, rectangle
from tiny_network import RESOLUTION, TinyNetwork

from smartmask.model.diffusion.condition import SPECIAL_ROWS, Condition
from smartmask.model.diffusion.field_codec import TRUNCATION_PX
from smartmask.pipelines.draw_fields import REGION_FILL, SMALLEST_WINDOW_PX, FieldDrawing
from smartmask.pipelines.generate import Scene
from smartmask.pipelines.suggest import SuggestPipeline
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
SCENE = Scene.of(ROOM)
NONE, BOX = NoGuidance(), Box((10, 8, 40, 40))
REGION = Region(rectangle(SIZE_HW, (20, 10, 50, 40)))
SCRIBBLE = Scribble(disc(SIZE_HW, (30, 24), 12))
HINTS = [
    pytest.param(NONE, id="no hint"),
    pytest.param(BOX, id="a box"),
    pytest.param(REGION, id="a region"),
    pytest.param(SCRIBBLE, id="a scribble"),
]


def field_of(mask: np.ndarray) -> np.ndarray:
    """Signed distance to a mask in pixels of its own, truncated as the codec reads it."""
    if not mask.any():
        return np.full(mask.shape, -1, np.float32)
    inside, outside = distance_transform_edt(mask), distance_transform_edt(~mask)
    signed = np.where(mask, inside - 0.5, 0.5 - outside)
    return np.clip(signed / TRUNCATION_PX, -1, 1).astype(np.float32)


class Always:
    """The exact denoiser of a world with one field in it; it keeps what it was told, pass by pass."""

    def __init__(self, field: np.ndarray) -> None:
        self.field = field
        self.told: list[Condition] = []

    def __call__(self, x: np.ndarray, t: float, conditions: tuple[Condition, ...]) -> tuple[np.ndarray, ...]:
        if t == 1:
            self.told.append(conditions[0])
        return (self.field[None],) * len(conditions)


class Tracing:
    """Draws the layout's rearmost layer again, wherever the view shows it."""

    def __call__(self, x: np.ndarray, t: float, conditions: tuple[Condition, ...]) -> tuple[np.ndarray, ...]:
        return tuple(field_of(condition.regions == SPECIAL_ROWS)[None] for condition in conditions)


@pytest.fixture
def ball() -> Always:
    """A world in which there is a ball in the middle of every window."""
    return Always(field_of(disc((32, 32), (16, 16), 8)))


@pytest.mark.parametrize(
    ("hint", "kinds"),
    [
        pytest.param(NONE, [NoGuidance, Scribble], id="no hint: place, refine"),
        pytest.param(BOX, [Box], id="a box: refine only"),
        pytest.param(REGION, [Region, Scribble], id="a region: place, refine"),
        pytest.param(SCRIBBLE, [Scribble], id="a scribble: refine only"),
    ],
)
def test_the_network_is_told_the_hint(hint: Guidance, kinds, ball, tiny_encoder):
    drawer = field_drawing(ball, tiny_encoder, 32)
    drawer.candidate(SCENE, "dog", "a dog at home", hint, 0, 0)
    of_type = {type(one): kind_index(one) for one in (NONE, BOX, REGION, SCRIBBLE)}
    assert [condition.guidance_kind for condition in ball.told] == [of_type[kind] for kind in kinds]
    assert {(condition.prompt, condition.scene) for condition in ball.told} == {("dog", "a dog at home")}


@pytest.mark.parametrize(
    ("hint", "zoom"),
    [
        pytest.param(NONE, 0.0, id="the whole canvas"),
        pytest.param(REGION, float(np.log(30 / REGION_FILL / 64)), id="a window about the region"),
        pytest.param(BOX, float(np.log(32 / REFINE_FILL / 64)), id="a window round the box"),
        pytest.param(Box((10, 8, 14, 11)), float(np.log(SMALLEST_WINDOW_PX / 64)), id="never a tiny window"),
    ],
)
def test_the_first_pass_sees(hint: Guidance, zoom, ball, tiny_encoder):
    field_drawing(ball, tiny_encoder, 32).candidate(SCENE, "dog", None, hint, 0, 0)
    assert ball.told[0].zoom == pytest.approx(zoom)


@pytest.mark.parametrize("hint", [NONE, REGION], ids=["no hint", "a region"])
def test_the_second_pass_sees_a_window_round_what_the_first_one_drew(hint, ball, tiny_encoder):
    drawer = field_drawing(ball, tiny_encoder, 32)
    coarse = drawer.place(SCENE, "dog", None, hint, np.random.default_rng([3, 1]))
    ball.told.clear()
    drawer.candidate(SCENE, "dog", None, hint, 3, 1)
    view = View.around(box_of(coarse), REFINE_FILL, SIZE_HW, 32)
    assert ball.told[1].zoom == pytest.approx(view.zoom)
    assert np.array_equal(ball.told[1].guidance, Scribble(coarse).rasterize(view))


def test_each_pass_samples_by_its_own_settings(ball, tiny_encoder):
    times: list[float] = []

    def noted(x: np.ndarray, t: float, conditions: tuple[Condition, ...]) -> tuple[np.ndarray, ...]:
        times.append(t)
        return ball(x, t, conditions)

    generator = field_generator(noted, tiny_encoder, 32)
    FieldDrawing(generator, PLACE, REFINE).candidate(SCENE, "dog", None, NONE, 0, 0)
    placed, refined = times[: PLACE.steps], times[PLACE.steps :]
    assert len(refined) == REFINE.steps
    assert placed[0] == refined[0] == 1
    assert all(late < early for late, early in zip(refined[1:], placed[1:], strict=True)), "a smaller shift"


def test_of_two_places_the_larger_is_taken(tiny_encoder):
    both = rectangle((32, 32), (2, 8, 8, 20)) | rectangle((32, 32), (20, 8, 30, 22))
    drawer = field_drawing(Always(field_of(both)), tiny_encoder, 32)
    mask = drawer.place(SCENE, "dog", None, NONE, np.random.default_rng(0))
    x0, y0, x1, y1 = box_of(mask)
    assert (x0, y0, x1, y1) == pytest.approx((40, 8, 60, 36), abs=1)


@pytest.mark.parametrize("hint", HINTS)
def test_a_model_that_draws_nothing_gives_no_mask(hint: Guidance, tiny_encoder):
    drawer = field_drawing(Always(np.full((32, 32), -1, np.float32)), tiny_encoder, 32)
    assert drawer.candidate(SCENE, "dog", None, hint, 0, 0) == ()


@pytest.mark.parametrize("box", [BOX.box_xyxy, (0, 0, 30, 25), (30.25, 20.5, 64, 47.75)], ids=str)
def test_a_box_is_filled_and_remembers_nothing(box, ball, tiny_encoder):
    (drawn,) = field_drawing(ball, tiny_encoder, 32).candidate(SCENE, "dog", None, Box(box), 0, 0)
    assert drawn.outline.box_xyxy() == pytest.approx(box, abs=1)
    assert drawn.origin is None


@pytest.mark.parametrize("hint", HINTS)
def test_a_candidate_depends_on_its_seed_and_number_alone(hint: Guidance, tiny_encoder):
    first, other = (field_drawing(TinyNetwork(), tiny_encoder, RESOLUTION) for _ in range(2))

    def drawn(drawer: FieldDrawing, seed: int, number: int) -> bytes:
        (one,) = drawer.candidate(SCENE, "dog", None, hint, seed, number)
        return b"".join(curve.tobytes() for curve in one.outline.curves)

    places = [(0, 0), (0, 1), (1, 0), (1, 1)]
    found = [drawn(first, *place) for place in places]
    assert [drawn(other, *place) for place in reversed(places)] == found[::-1]
    assert len(set(found)) == 4


@pytest.mark.parametrize("hint", HINTS)
def test_it_has_no_memory_and_no_order(hint: Guidance, ball, tiny_encoder):
    drawer = field_drawing(ball, tiny_encoder, 32)
    assert drawer.words("a dog") is None
    assert not drawer.is_ordered(hint)


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
    pipeline = SuggestPipeline(field_drawing(Tracing(), tiny_encoder, 64), LargerIsBetter(), threads=1)
    found = pipeline(Layout(size_hw, (Layer("ball", target),)), "dog", guidance=hint, n=1)
    assert len(found) == 1
    assert mask_iou(found[0].mask, target) > 0.9
