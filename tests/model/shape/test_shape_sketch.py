"""What sketches tell: overlap, and how detailed an outline is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from thin_shapes import ellipse, four_legged_table, small_field, two_wheels
from whole_shape_parts import comb

from smartmask.model.shape.frame import frame_field
from smartmask.model.shape.sketch import complexity, pairwise_iou
from smartmask.scene.masks import mask_iou


def detail(mask: np.ndarray) -> float:
    sketch = small_field(frame_field(mask))
    log_aspect = np.log(mask.shape[1] / mask.shape[0]).astype(np.float32)
    return float(complexity(sketch[None], log_aspect[None])[0])


def test_a_disc_has_next_to_no_detail_and_thin_parts_have_much():
    # On so few pixels a ramp is a tenth too long, which is a fifth in the logarithm of the square.
    assert 0 <= detail(ellipse(90, 90)) < 0.3
    assert detail(comb(0)) > 1.5
    assert detail(two_wheels()) > 2
    assert detail(four_legged_table()) > 2
    assert detail(comb(2)) > detail(comb(0)) + 0.2, "five teeth are more than three"


@pytest.mark.parametrize("aspect", [1 / 4, 1 / 2, 2, 4], ids="aspect {:g}".format)
def test_the_aspect_is_brought_back(aspect):
    """A bar in its own proportions: ln((2 (a + b))^2 / (4 pi a b)) on top of a square's ln(4 / pi)."""
    bar = np.ones((100, round(100 * aspect)), bool)
    expected = np.log((1 + aspect) ** 2 / (4 * aspect))
    assert detail(bar) - detail(np.ones((100, 100), bool)) == pytest.approx(expected, abs=0.05)


def test_a_shape_and_its_mirror_image_have_as_much():
    sketch = small_field(frame_field(two_wheels() | np.eye(118, 216, dtype=bool)))
    found = complexity(np.stack([sketch, sketch[:, ::-1]]), np.full(2, 0.6, np.float32))
    assert found[0] == pytest.approx(found[1], abs=0.1)


def test_of_nothing_it_is_finite_and_of_no_sketches_there_are_none():
    empty = np.full((1, 32, 32), -1, np.float32)
    assert np.isfinite(complexity(empty, np.zeros(1, np.float32))).all()
    assert complexity(empty[:0], np.zeros(0, np.float32)).shape == (0,)


rows_of_masks = arrays(bool, st.tuples(st.integers(1, 4), st.just(9)))


@given(rows_of_masks, rows_of_masks)
def test_each_pair_has_the_iou_of_its_masks(masks, others):
    found = pairwise_iou(masks, others)
    assert np.allclose(found, pairwise_iou(others, masks).T)
    for row, mask in enumerate(masks):
        for column, other in enumerate(others):
            either = mask | other
            expected = mask_iou(mask[None], other[None]) if either.any() else 0.0
            assert found[row, column] == pytest.approx(expected)
