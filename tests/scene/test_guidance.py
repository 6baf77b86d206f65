import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import distance_transform_edt
from shapes import blob, disc, overlaps, rectangle

from smartmask.scene.guidance import (
    GUIDANCE_KINDS,
    REGION_SPREAD,
    Box,
    NoGuidance,
    Region,
    Scribble,
    check_guidance,
    kind_index,
)
from smartmask.scene.view import View

SIZE = (40, 60)
every_kind = pytest.mark.parametrize(
    "guidance",
    [
        pytest.param(NoGuidance(), id="no guidance"),
        pytest.param(Box((10.5, 5.25, 30, 22)), id="a box"),
        pytest.param(Box((-20, -20, 90, 90)), id="a box beyond the canvas"),
        pytest.param(Region(blob(SIZE, 1)), id="a region"),
        pytest.param(Region(np.ones(SIZE, bool)), id="a region as large as the canvas"),
        pytest.param(Region(rectangle(SIZE, (7, 8, 8, 9))), id="a region of one pixel"),
        pytest.param(Scribble(blob(SIZE, 2)), id="a scribble"),
    ],
)
every_view = pytest.mark.parametrize(
    "view",
    [
        pytest.param(View.whole(SIZE, 16), id="in a view of the whole"),
        pytest.param(View.around((8, 4, 31, 25), 0.6, SIZE, 16), id="in a window"),
        pytest.param(
            View(x0=-30, y0=-20, side=50, resolution=16, size_hw=SIZE), id="in a window beyond the canvas"
        ),
        pytest.param(
            View(x0=50, y0=33, side=4, resolution=16, size_hw=SIZE), id="in a tiny window at the corner"
        ),
    ],
)
drawn_kind = pytest.mark.parametrize(
    "kind", [pytest.param(Region, id="a region"), pytest.param(Scribble, id="a scribble")]
)


def test_the_order_of_the_kinds_is_frozen_because_it_is_part_of_the_weights():
    assert list(GUIDANCE_KINDS) == [NoGuidance, Box, Region, Scribble]
    mask = np.ones(SIZE, bool)
    hints = [NoGuidance(), Box((0, 0, 1, 1)), Region(mask), Scribble(mask)]
    assert [kind_index(hint) for hint in hints] == [0, 1, 2, 3]


@every_view
@every_kind
def test_every_kind_gives_a_map_between_0_and_1_in_every_view(guidance, view):
    values = guidance.rasterize(view)
    assert values.shape == (16, 16)
    assert values.dtype == np.float32
    assert values.min() >= 0
    assert values.max() <= 1


@every_view
def test_no_guidance_is_zero_everywhere(view):
    assert not NoGuidance().rasterize(view).any()


@given(
    st.tuples(st.integers(-20, 236), st.integers(-20, 156), st.integers(21, 160), st.integers(21, 160)),
    st.tuples(st.floats(-20, 40), st.floats(-20, 25), st.floats(21, 90)),
)
def test_a_box_between_pixels_covers_each_view_pixel_by_its_exact_share(quarters, window):
    left, top, width, height = quarters
    x0, y0, side = window
    view = View(x0=x0, y0=y0, side=side, resolution=8, size_hw=SIZE)
    fine = np.zeros((SIZE[0] * 4, SIZE[1] * 4))  # a canvas of quarter pixels holds the box exactly
    fine[max(top, 0) : top + height, max(left, 0) : left + width] = 1
    rows, columns = (
        overlaps(4 * start, side / 2, 8, 4 * limit) for start, limit in ((y0, SIZE[0]), (x0, SIZE[1]))
    )
    found = Box((left / 4, top / 4, (left + width) / 4, (top + height) / 4)).rasterize(view)
    np.testing.assert_allclose(found, rows @ fine @ columns.T / (side / 2) ** 2, atol=1e-5)


@every_view
def test_a_box_in_whole_pixels_gives_the_map_of_the_scribble_of_its_pixels(view):
    box = 9, 5, 33, 21
    scribble = Scribble(rectangle(SIZE, box))
    np.testing.assert_allclose(Box(box).rasterize(view), scribble.rasterize(view), atol=1e-6)


@pytest.mark.parametrize(
    "mask",
    [
        pytest.param(disc(SIZE, (30, 20), 9), id="a disc"),
        pytest.param(rectangle(SIZE, (5, 10, 55, 14)), id="a strip"),
        pytest.param(disc(SIZE, (0, 0), 14), id="a corner of the canvas"),
    ],
)
def test_a_region_peaks_at_1_and_fades_within_a_few_deviations_of_its_border(mask):
    region, view = Region(mask), View.whole(SIZE, 60)
    values = region.rasterize(view)
    assert values.max() == 1
    inside = view.coverage(mask) > 0.5
    x0, y0, x1, y1 = region.box()
    distance = distance_transform_edt(~inside)
    assert values[distance > 4 * REGION_SPREAD * max(x1 - x0, y1 - y0)].max(initial=0) < 0.01
    assert values[inside].mean() > 3 * values[~inside].mean()


def test_the_map_of_a_region_does_not_depend_on_the_resolution_of_the_view():
    region = Region(disc(SIZE, (25, 18), 10))
    coarse = region.rasterize(View.whole(SIZE, 20))
    fine = region.rasterize(View.whole(SIZE, 60)).reshape(20, 3, 20, 3).mean((1, 3))
    np.testing.assert_allclose(coarse, fine, atol=0.06)


def test_the_box_of_each_hint_is_the_box_of_what_was_drawn():
    mask = rectangle(SIZE, (3, 4, 11, 9))
    assert Box((3.5, 4, 11, 9)).box() == (3.5, 4, 11, 9)
    assert Region(mask).box() == Scribble(mask).box() == (3, 4, 11, 9)


@drawn_kind
def test_a_drawing_is_kept_as_a_read_only_copy(kind):
    mask = disc(SIZE, (20, 20), 5)
    hint = kind(mask)
    mask[:] = False
    assert hint.mask.any()
    with pytest.raises(ValueError, match="read-only"):
        hint.mask[0, 0] = True


@drawn_kind
def test_an_empty_drawing_is_an_error(kind):
    with pytest.raises(ValueError, match=f"the {kind.__name__.lower()} is empty; draw at least one pixel"):
        kind(np.zeros(SIZE, bool))


@pytest.mark.usefixtures("no_type_check")
@drawn_kind
def test_a_drawing_that_is_not_a_bool_mask_is_an_error(kind):
    with pytest.raises(
        ValueError, match=rf"a {kind.__name__.lower()} must be a bool mask \(H, W\), not uint8"
    ):
        kind(np.ones(SIZE, np.uint8))


@drawn_kind
def test_a_drawing_of_another_size_is_an_error_that_names_both_sizes(kind):
    with pytest.raises(ValueError, match="is 60x40 but the canvas is 40x60; draw it at that size"):
        check_guidance(kind(np.ones(SIZE, bool)), (60, 40))


def test_a_box_beside_the_canvas_is_an_error():
    with pytest.raises(ValueError, match="lies outside the 60x40 canvas"):
        check_guidance(Box((70, 5, 80, 9)), SIZE)


def test_an_inverted_box_is_an_error_at_once():
    with pytest.raises(ValueError, match="x0 < x1"):
        Box((8, 0, 3, 5))


def test_a_box_is_the_same_from_any_four_numbers():
    box = Box((3, 4, 11, 9))
    assert Box([3, 4, 11, 9]) == Box(np.array([3, 4, 11, 9])) == box
    assert len({Box([3, 4, 11, 9]), box}) == 1
    assert repr(Box([3, 4, 11, 9])) == "Box(box_xyxy=(3, 4, 11, 9))"
    assert pickle.loads(pickle.dumps(box)) == replace(Box((0, 0, 1, 1)), box_xyxy=(3, 4, 11, 9))


@pytest.mark.usefixtures("no_type_check")
@pytest.mark.parametrize(
    "hint", [(3, 4, 11, 9), np.ones(SIZE, bool), None], ids=["numbers", "a mask", "None"]
)
def test_what_is_no_hint_is_not_taken_for_none(hint):
    with pytest.raises(TypeError, match="a hint must be a Box, Region, Scribble or NoGuidance, not "):
        check_guidance(hint, SIZE)


@every_kind
def test_a_hint_drawn_on_its_canvas_passes(guidance):
    check_guidance(guidance, SIZE)


def test_a_scribble_without_what_is_to_be_avoided():
    drawn, avoid = rectangle(SIZE, (5, 5, 35, 30)), rectangle(SIZE, (0, 0, 20, 40))
    scribble = Scribble(drawn, avoid)
    assert np.array_equal(scribble.wanted, rectangle(SIZE, (20, 5, 35, 30)))
    assert scribble.box() == (20, 5, 35, 30)
    view = View.whole(SIZE, 16)
    assert np.array_equal(scribble.rasterize(view), Scribble(scribble.wanted).rasterize(view))
    assert np.array_equal(Scribble(drawn).wanted, drawn)


@pytest.mark.parametrize(
    ("avoid", "message"),
    [
        (np.zeros(SIZE, bool), "the drawing of what to avoid is empty"),
        (np.ones((3, 4), bool), "the drawing of what to avoid is 4x3 but the scribble is 60x40"),
        (np.ones(SIZE, bool), "the scribble is to be avoided altogether"),
        (np.ones(SIZE, np.uint8), "a drawing of what to avoid must be a bool mask"),
    ],
    ids=["nothing", "of another canvas", "everything", "no mask"],
)
@pytest.mark.usefixtures("no_type_check")
def test_what_cannot_be_avoided_is_refused(avoid, message):
    with pytest.raises(ValueError, match=message):
        Scribble(rectangle(SIZE, (5, 5, 35, 30)), avoid)


def test_drawings_show_their_size_and_no_pixels():
    drawn = rectangle(SIZE, (5, 5, 35, 30))
    assert repr(Region(drawn)) == "Region(60x40)"
    assert repr(Scribble(drawn)) == "Scribble(60x40)"
    assert repr(Scribble(drawn, ~drawn)) == "Scribble(60x40, with pixels to avoid)"
    assert repr(Box((1, 2, 3.5, 4))) == "Box(box_xyxy=(1, 2, 3.5, 4))"
