"""A mask turned: the next view of its mesh, in its place and as large."""

import numpy as np
import pytest
from block_coder import BlockCoder
from drawn_memory import horse, lamp, memory_of, quarters, seen
from ellipses import RESOLUTION, Ellipses
from field_parts import field_drawing
from rankers import LargerIsBetter
from shapes import rectangle
from shipped import needs_shipped

from smartmask import Box, Layer, Layout, Scribble, SmartMask
from smartmask.backends.text_static import StaticTextEncoder
from smartmask.errors import BackendError
from smartmask.memory.shape_view import ShapeView
from smartmask.pipelines.shapes.shape_recall import ShapeRecall
from smartmask.pipelines.shapes.turning import ShapeTurning
from smartmask.pipelines.suggest import SuggestPipeline
from smartmask.scene.boxes import box_of
from smartmask.scene.masks import mask_iou
from smartmask.weights import WEIGHTS

SIZE_HW = (120, 160)
ROOM = Layout(SIZE_HW, (Layer("floor", rectangle(SIZE_HW, (0, 60, 160, 120))),))
AZIMUTHS, HEIGHTS = (200, 20, 110, 290), (0.5, 0.4, 0.5, 0.6)
"""Of four views of one thing, as they lie in the memory."""


@pytest.fixture
def turning() -> ShapeTurning:
    views = [
        ShapeView(azimuth=azimuth, pitch=10, height=height)
        for azimuth, height in zip(AZIMUTHS, HEIGHTS, strict=True)
    ]
    things = [
        seen("thing", mask, "mesh", view=str(view)) for mask, view in zip(quarters(), views, strict=True)
    ]
    lone = seen("lamp", lamp(), "lamp", view=str(views[0]))
    recall = ShapeRecall(memory_of([*things, seen("horse", horse()), lone]), BlockCoder(), WORDS)
    return ShapeTurning(recall)


WORDS = StaticTextEncoder(WEIGHTS / "text.npz") if (WEIGHTS / "text.npz").is_file() else None
needs_words = pytest.mark.skipif(WORDS is None, reason="the shipped weights are not in the package yet")


def on_canvas(shape: np.ndarray, corner: tuple[int, int] = (50, 40)) -> np.ndarray:
    mask = np.zeros(SIZE_HW, bool)
    x, y = corner
    mask[y : y + shape.shape[0], x : x + shape.shape[1]] = shape
    return mask


@needs_words
@pytest.mark.parametrize(("steps", "number"), [(1, 3), (2, 1), (3, 2), (4, 0), (-1, 2), (0, 0), (-405, 2)])
def test_views_follow_against_the_clock_and_the_last_is_followed_by_the_first(turning, steps, number):
    outline, origin = turning("a thing", on_canvas(quarters()[0]), "0", steps)
    assert (origin.number, origin.views, origin.shape) == (number, 4, str(number))
    drawn = outline.mask(SIZE_HW)
    x0, y0, x1, y1 = (round(value) for value in outline.box_xyxy())
    alike = [mask_iou(drawn, on_canvas(_resized(one, (y1 - y0, x1 - x0)), (x0, y0))) for one in quarters()]
    assert int(np.argmax(alike)) == number


def _resized(mask: np.ndarray, size_hw: tuple[int, int]) -> np.ndarray:
    rows, columns = (np.arange(new) * old // new for new, old in zip(size_hw, mask.shape, strict=True))
    return mask[np.ix_(rows, columns)]


@needs_words
def test_a_mirrored_mask_turns_the_same_way_by_the_views_the_other_way_round(turning):
    outline, origin = turning("a thing", on_canvas(quarters()[0][:, ::-1]), "0 mirrored", 1)
    assert (origin.number, origin.is_mirrored, origin.shape) == (2, True, "2 mirrored")
    back, _ = turning("a thing", outline.mask(SIZE_HW), origin.shape, -1)
    assert mask_iou(back.mask(SIZE_HW), on_canvas(quarters()[0][:, ::-1])) > 0.7


@needs_words
def test_the_foot_stays_the_height_goes_as_the_meshs_and_a_stretch_is_kept(turning):
    wide = np.repeat(quarters()[0], 3, axis=1)[:, ::2]
    for shape in (quarters()[0], wide):
        mask = on_canvas(shape)
        x0, y0, x1, y1 = box_of(mask)
        for steps, number in ((1, 3), (2, 1)):
            a0, b0, a1, b1 = turning("a thing", mask, "0", steps)[0].box_xyxy()
            assert ((a0 + a1) / 2, b1) == pytest.approx(((x0 + x1) / 2, y1), abs=0.01)
            assert (b1 - b0) / (y1 - y0) == pytest.approx(HEIGHTS[number] / HEIGHTS[0], rel=1e-3)
            assert (a1 - a0) / (b1 - b0) == pytest.approx((x1 - x0) / (y1 - y0), rel=1e-3)


@needs_words
@pytest.mark.parametrize(
    ("shape", "mask", "message"),
    [
        ("4", horse(), "shape 4, a horse of drawn, is known from one side only"),
        ("5", lamp(), "shape 5, a lamp of drawn, is known from one side only"),
        ("1", quarters()[0], "the mask is not shape 1: it was changed, or is cut off"),
        ("6", horse(), "there is no shape 6: the memory has 6, numbered from 0"),
        ("-1", horse(), "'-1' must be a number, or a number and 'mirrored'"),
        ("a chair", horse(), "'a chair' must be a number"),
    ],
)
def test_what_cannot_be_turned_is_told(turning, shape, mask, message):
    with pytest.raises(ValueError, match=message):
        turning("a thing", on_canvas(mask, (0, 0)), shape, 1)


@needs_shipped
@pytest.mark.parametrize("prompt", ["a chair", "a car"])
def test_shipped_meshes_turn_all_the_way_round(prompt):
    smartmask = SmartMask.load()
    found = smartmask.suggest(ROOM, prompt, guidance=Box((30, 40, 110, 110)), n=4)
    first = next(one for one in found if one.origin is not None and one.origin.views > 1)
    turned = [smartmask.turn(ROOM, prompt, first, steps) for steps in range(1, first.origin.views + 1)]
    assert len({one.origin.number for one in turned}) == first.origin.views
    assert {one.origin.group for one in turned} == {first.origin.group}
    assert turned[-1].origin.number == first.origin.number
    assert mask_iou(turned[-1].mask, first.mask) > 0.95
    assert all(one.box_xyxy[3] == pytest.approx(box_of(first.mask)[3], abs=0.02) for one in turned)
    by_name = smartmask.turn(ROOM, prompt, first.mask, 2, shape=first.origin.shape)
    assert np.array_equal(by_name.mask, turned[1].mask)
    assert by_name.score == turned[1].score


@needs_shipped
def test_what_was_drawn_freely_or_tells_nothing_of_itself_cannot_be_turned():
    smartmask = SmartMask.load()
    drawn = smartmask.suggest(ROOM, "a chair", guidance=Scribble(rectangle(SIZE_HW, (40, 30, 90, 100))), n=1)[
        0
    ]
    with pytest.raises(ValueError, match="it was drawn freely; give a suggestion that was drawn from a mesh"):
        smartmask.turn(ROOM, "a chair", drawn)
    with pytest.raises(ValueError, match=r"a bool array .* does not tell; give"):
        smartmask.turn(ROOM, "a chair", drawn.mask)


def test_a_base_mask_model_turns_nothing(tiny_encoder):
    drawing = field_drawing(Ellipses(), tiny_encoder, RESOLUTION)
    with pytest.raises(BackendError, match="a base mask model cannot turn masks"):
        SuggestPipeline(drawing, LargerIsBetter()).turn(ROOM, "a thing", ROOM.layers[0].mask, "0")
