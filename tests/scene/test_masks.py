import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from shapes import bool_masks

from smartmask.scene.masks import mask_iou, visible_masks

stacks = arrays(bool, st.tuples(st.integers(0, 5), st.just(4), st.just(6)))


@given(bool_masks(), bool_masks())
def test_iou_is_symmetric_and_lies_between_0_and_1(first, second):
    assert mask_iou(first, second) == mask_iou(second, first)
    assert 0 <= mask_iou(first, second) <= 1


@given(bool_masks())
def test_the_iou_of_a_mask_with_itself_is_1_even_if_it_is_empty(mask):
    assert mask_iou(mask, mask) == 1.0


def test_an_empty_mask_against_another_has_iou_0():
    assert mask_iou(np.zeros((3, 3), bool), np.ones((3, 3), bool)) == 0.0


@given(stacks)
def test_visible_masks_are_disjoint_inside_the_amodal_ones_and_keep_their_union(amodal):
    visible = visible_masks(amodal)
    assert visible.sum(0).max(initial=0) <= 1
    assert not (visible & ~amodal).any()
    assert np.array_equal(visible.any(0), amodal.any(0))


@given(stacks.filter(len))
def test_the_frontmost_mask_is_wholly_visible(amodal):
    assert np.array_equal(visible_masks(amodal)[-1], amodal[-1])


def test_the_argument_is_left_as_it_was():
    amodal = np.ones((2, 3, 3), bool)
    visible_masks(amodal)
    assert amodal.all()


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(np.ones((3, 3), bool), id="one mask instead of a stack"),
        pytest.param(np.ones((2, 3, 3), np.uint8), id="numbers instead of bool"),
    ],
)
@pytest.mark.usefixtures("no_type_check")
def test_anything_but_a_stack_of_bool_masks_is_an_error(wrong):
    with pytest.raises(ValueError, match=r"must be bool \(N, H, W\), not"):
        visible_masks(wrong)


@pytest.mark.usefixtures("no_type_check")
@pytest.mark.parametrize("kind", [np.uint8, np.int64, np.float64])
def test_masks_of_numbers_are_refused(kind):
    mask = np.eye(4, 5, dtype=kind)
    with pytest.raises(TypeError, match=rf"must be bool \(H, W\), not a {np.dtype(kind)} array"):
        mask_iou(mask, mask)
