import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapes import bool_masks, rectangle

from smartmask.scene.boxes import as_box, box_of, check_box_size, clip_box

numbers = st.floats(-50, 50, allow_nan=False)


@given(bool_masks().filter(np.any))
def test_the_box_of_a_mask_holds_it_and_touches_it_on_all_four_sides(mask):
    x0, y0, x1, y1 = (int(v) for v in box_of(mask))
    assert mask[y0:y1, x0:x1].sum() == mask.sum()
    assert mask[y0, :].any()
    assert mask[y1 - 1, :].any()
    assert mask[:, x0].any()
    assert mask[:, x1 - 1].any()


def test_the_box_of_a_rectangle_is_that_rectangle():
    assert box_of(rectangle((20, 30), (3, 4, 11, 19))) == (3.0, 4.0, 11.0, 19.0)


def test_an_empty_mask_has_no_box():
    with pytest.raises(ValueError, match=r"an empty mask has no box; check mask\.any\(\) first"):
        box_of(np.zeros((3, 3), bool))


@given(numbers, numbers, numbers, numbers)
def test_a_clipped_box_lies_on_the_canvas_and_inside_the_box_and_is_not_clipped_again(x0, y0, x1, y1):
    try:
        clipped = clip_box((x0, y0, x1, y1), (20, 30))
    except ValueError:
        return
    assert 0 <= clipped[0] < clipped[2] <= 30
    assert 0 <= clipped[1] < clipped[3] <= 20
    assert x0 <= clipped[0]
    assert clipped[3] <= y1
    assert clip_box(clipped, (20, 30)) == clipped


@pytest.mark.parametrize(
    ("box", "message"),
    [
        pytest.param((5, 2, 5, 9), "must have x0 < x1 and y0 < y1", id="no width"),
        pytest.param((5, 9, 8, 2), "must have x0 < x1 and y0 < y1", id="upside down"),
        pytest.param(
            (-9, 2, 0, 9), r"box \(-9, 2, 0, 9\) lies outside the 30x20 canvas", id="left of the canvas"
        ),
        pytest.param((3, 20, 8, 25), "lies outside the 30x20 canvas", id="just below the canvas"),
        pytest.param((float("nan"), 0, 1, 1), "four finite numbers", id="not a number"),
        pytest.param((0, 0, float("inf"), 1), "four finite numbers", id="infinite"),
        pytest.param((0, 0, 10**400, 1), "four finite numbers", id="larger than any float"),
    ],
)
def test_a_box_that_is_none_is_an_error_that_names_it(box, message):
    with pytest.raises(ValueError, match=message):
        clip_box(box, (20, 30))


@pytest.mark.parametrize(
    "numbers",
    [
        (80, 100, 140, 170),
        [80, 100, 140, 170],
        np.array([80, 100, 140, 170]),
        np.array([80, 100, 140, 170], np.float32),
        list(np.array([80, 100, 140, 170], np.uint8)),
    ],
    ids=["a tuple", "a list", "an array", "an array of floats", "a list of NumPy's numbers"],
)
def test_four_numbers_in_any_form_are_one_box(numbers):
    box = as_box(numbers)
    assert box == (80, 100, 140, 170)
    assert hash(box) == hash((80, 100, 140, 170))
    assert all(type(value) in (int, float) for value in box)


@pytest.mark.usefixtures("no_type_check")
@pytest.mark.parametrize(
    ("numbers", "came"),
    [
        ((1, 2, 3), r"\(1, 2, 3\)"),
        ([1, 2, 3, 4, 5], r"\[1, 2, 3, 4, 5\]"),
        (["1", "2", "3", "4"], "a list of str"),
        ([1, 2, None, 4], "a list of int, NoneType"),
        ([True, False, True, True], "a list of bool"),
        (np.ones((2, 2)), r"a float64 array \(2, 2\)"),
        (np.ones(4, bool), r"a bool array \(4,\)"),
        ("1,2,3,4", "str"),
        (None, "None"),
    ],
)
def test_what_is_not_four_numbers_is_no_box(numbers, came):
    with pytest.raises(
        TypeError, match=rf"a box must be four numbers \(x0, y0, x1, y1\) in pixels, not {came}$"
    ):
        as_box(numbers)


@pytest.mark.parametrize("numbers", [(9, 2, 3, 8), (3, 8, 9, 8), (3, 2, float("nan"), 8)])
def test_four_numbers_that_are_no_box_are_refused(numbers):
    with pytest.raises(ValueError, match=r"must have x0 < x1 and y0 < y1|must hold four finite numbers"):
        as_box(np.array(numbers))


def test_a_canvas_of_a_pixel_has_no_shares():
    with pytest.raises(ValueError, match="1 x 1 px on the canvas; a shape shows from 2 x 2 px on"):
        check_box_size((0, 0, 1, 1), (1, 1), 2)
