"""Hints in Python: each form means one thing, and what has none of them is refused before any work."""

import numpy as np
import pytest
from inpainters import Painting
from PIL import Image
from shapes import rectangle

from smartmask.apps.hints import read_hint, read_where
from smartmask.apps.load import SmartMask
from smartmask.pipelines.insertion.history import InsertStep
from smartmask.scene.guidance import Box, NoGuidance, Region, Scribble
from smartmask.scene.layout import Layout

SIZE_HW = (72, 96)
CORNERS = (30, 20, 60, 50)
DRAWN = rectangle(SIZE_HW, CORNERS)
GREY = DRAWN.astype(np.uint8) * np.uint8(255)
closed_form = pytest.mark.parametrize("smartmask_parts", ["closed form"], indirect=True)
boxes = pytest.mark.parametrize(
    "hint",
    [Box(CORNERS), CORNERS, list(CORNERS), np.array(CORNERS), np.array(CORNERS, np.float32)],
    ids=["a box", "a tuple", "a list", "whole numbers", "an array of floats"],
)


@pytest.fixture(params=["a bool mask", "0 and 255", "a picture", "a path", "the name of a file"])
def drawing(request, tmp_path):
    """The same drawing in every form."""
    Image.fromarray(GREY).save(tmp_path / "drawn.png")
    forms = {
        "a bool mask": DRAWN,
        "0 and 255": GREY,
        "a picture": Image.fromarray(GREY),
        "a path": tmp_path / "drawn.png",
        "the name of a file": str(tmp_path / "drawn.png"),
    }
    return forms[request.param]


@boxes
def test_four_numbers_are_a_box(hint):
    assert read_hint(hint, SIZE_HW) == read_where(hint, SIZE_HW) == Box(CORNERS)


def test_a_drawing_is_a_scribble_for_a_hint_and_the_mask_itself_where_one_may_be(drawing):
    hint = read_hint(drawing, SIZE_HW)
    assert isinstance(hint, Scribble)
    assert np.array_equal(hint.mask, DRAWN)
    assert np.array_equal(read_where(drawing, SIZE_HW), DRAWN)


@pytest.mark.parametrize("hint", [NoGuidance(), Region(DRAWN), Scribble(DRAWN, ~DRAWN)], ids=repr)
def test_guidance_is_taken_as_it_is(hint):
    assert read_hint(hint, SIZE_HW) is hint


@pytest.mark.usefixtures("no_type_check")
@pytest.mark.parametrize(
    ("hint", "message"),
    [
        (None, "a hint must be a Box, Region, Scribble or NoGuidance, four numbers .*, not None"),
        ({"box": CORNERS}, "not dict"),
        (7, "not int"),
        ((1, 2, 3), r"a box must be four numbers \(x0, y0, x1, y1\) in pixels, not \(1, 2, 3\)"),
        ([CORNERS], "not a list of tuple"),
        (np.ones(SIZE_HW), r"a mask array must be bool \(H, W\), or uint8 .* not a float64 array"),
    ],
    ids=["None", "a dict", "a number", "three numbers", "a list of boxes", "a mask of floats"],
)
def test_what_is_no_hint_is_a_type_error(hint, message):
    for read in (read_hint, read_where):
        with pytest.raises(TypeError, match=message):
            read(hint, SIZE_HW)


@closed_form
@boxes
def test_suggestions_and_insertions_keep_to_a_box_in_any_form(photo, smartmask_parts, hint):
    expected = smartmask_parts.suggest(photo, "a ball", guidance=Box(CORNERS), n=1)[0]
    assert np.array_equal(smartmask_parts.suggest(photo, "a ball", guidance=hint, n=1)[0].mask, expected.mask)
    found, known = (
        smartmask_parts.insert(photo, "a ball", where, inpainter=Painting())[0]
        for where in (hint, Box(CORNERS))
    )
    assert np.array_equal(found.image, known.image)


@closed_form
def test_suggestions_keep_to_a_drawing_and_insertions_to_a_mask_in_any_form(photo, smartmask_parts, drawing):
    layout = Layout(SIZE_HW)
    expected = smartmask_parts.suggest(layout, "a ball", guidance=Scribble(DRAWN), n=1)[0]
    assert np.array_equal(
        smartmask_parts.suggest(layout, "a ball", guidance=drawing, n=1)[0].mask, expected.mask
    )
    assert np.array_equal(
        smartmask_parts.insert(photo, "a ball", drawing, inpainter=Painting())[0].mask, DRAWN
    )


@closed_form
def test_a_suggestion_is_a_mask_to_insert(photo, smartmask_parts):
    found = smartmask_parts.suggest(photo, "a ball", n=1)[0]
    assert np.array_equal(
        smartmask_parts.insert(photo, "a ball", found, inpainter=Painting())[0].mask, found.mask
    )


class Blind:
    """Fails the test if a photo is segmented: hints are checked before."""

    def segment(self, image):
        pytest.fail("the photo was segmented before the hint was checked")


@pytest.mark.usefixtures("no_type_check")
@closed_form
@pytest.mark.parametrize(
    ("hint", "error", "message"),
    [
        (
            (0.1, 0.2, 0.4, 0.5),
            ValueError,
            "looks normalised .*; multiply x by 96 and y by 72",
        ),
        ((200, 0, 300, 50), ValueError, "lies outside the 96x72 canvas"),
        ((-20, -20, -5, -5), ValueError, "lies outside the 96x72 canvas"),
        ([50, 10, 20, 40], ValueError, "must have x0 < x1 and y0 < y1"),
        (np.ones((9, 9), bool), ValueError, "the mask is 9x9 but the photo is 96x72"),
        (Region(np.ones((9, 9), bool)), ValueError, "the region is 9x9 but the canvas is 96x72"),
        (None, TypeError, "not None"),
    ],
    ids=["normalised", "right of it", "left of it", "inverted", "another size", "a region too", "None"],
)
def test_a_hint_that_does_not_fit_is_refused_before_the_photo_is_looked_at(
    photo, smartmask_parts, hint, error, message
):
    blind = SmartMask(smartmask_parts._suggest, Blind())
    with pytest.raises(error, match=message):
        blind.suggest(photo, "a ball", guidance=hint)
    with pytest.raises(error, match=message):
        blind.insert(photo, "a ball", hint, inpainter=Painting())


@pytest.mark.usefixtures("no_type_check")
@closed_form
def test_a_step_takes_no_other_form_in_silence(photo, smartmask_parts):
    step = InsertStep(prompt="a ball", inpainter="reference:ball.png", where=CORNERS)
    with pytest.raises(TypeError, match=r"a hint must be a Box, .*, not \(30, 20, 60, 50\)"):
        smartmask_parts.insert_steps(photo, [step], inpainter_of=lambda _: Painting())
