"""The boundary F-score against its definition, written out."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapes import bool_masks, disc, rectangle

from smartmask.evaluation.metrics.boundary import boundary_f_score

SIZE_HW = (24, 32)


def boundary(mask: np.ndarray) -> list[tuple[int, int]]:
    """The mask's pixels with a 4-neighbour outside the mask, one pixel at a time."""
    found = []
    for row, column in zip(*np.nonzero(mask), strict=True):
        for down, right in ((-1, 0), (1, 0), (0, -1), (0, 1)):
            y, x = row + down, column + right
            if not (0 <= y < mask.shape[0] and 0 <= x < mask.shape[1] and mask[y, x]):
                found.append((int(row), int(column)))
                break
    return found


def by_definition(predicted: np.ndarray, true: np.ndarray, tolerance_px: float) -> float:
    first, second = boundary(predicted), boundary(true)
    if not first or not second:
        return float(not first and not second)

    def share_near(ones: list[tuple[int, int]], others: list[tuple[int, int]]) -> float:
        near = [min(np.hypot(y - v, x - u) for v, u in others) <= tolerance_px for y, x in ones]
        return sum(near) / len(near)

    precision, recall = share_near(first, second), share_near(second, first)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


@given(bool_masks(), bool_masks(), st.sampled_from([0.0, 1.0, 1.5, 2.0, 2.9]))
def test_it_is_the_definition(predicted, true, tolerance_px):
    found = boundary_f_score(predicted, true, tolerance_px)
    assert found == pytest.approx(by_definition(predicted, true, tolerance_px), abs=1e-12)


@given(bool_masks(), bool_masks(), st.floats(0, 5))
def test_it_is_symmetric_and_a_share(one, other, tolerance_px):
    found = boundary_f_score(one, other, tolerance_px)
    assert found == pytest.approx(boundary_f_score(other, one, tolerance_px))
    assert 0 <= found <= 1


@given(bool_masks())
def test_a_mask_equals_itself_without_any_tolerance(mask):
    assert boundary_f_score(mask, mask, 0) == 1


@given(bool_masks(), bool_masks())
def test_more_tolerance_never_scores_less(one, other):
    scores = [boundary_f_score(one, other, tolerance_px) for tolerance_px in (0, 1, 2, 4, 20)]
    assert all(low <= high + 1e-12 for low, high in itertools.pairwise(scores))


@pytest.mark.parametrize(
    ("predicted", "true", "score"),
    [
        pytest.param(0, 0, 1.0, id="two empty masks agree"),
        pytest.param(0, 5, 0.0, id="nothing against something does not"),
        pytest.param(5, 0, 0.0, id="nor something against nothing"),
    ],
)
def test_empty_masks(predicted, true, score):
    masks = [rectangle(SIZE_HW, (4, 4, 4 + side, 4 + side)) for side in (predicted, true)]
    assert boundary_f_score(*masks, 2) == score


@pytest.mark.parametrize(
    ("tolerance_px", "score"),
    [
        pytest.param(2.9, 0.0, id="three pixels are beyond 2.9"),
        pytest.param(3.0, 1.0, id="but within 3"),
    ],
)
def test_a_line_three_pixels_away_is_matched_at_a_tolerance_of_three(tolerance_px, score):
    lines = [rectangle(SIZE_HW, (x, 2, x + 1, 20)) for x in (10, 13)]
    assert boundary_f_score(*lines, tolerance_px) == score


def test_precision_and_recall_are_both_asked_for():
    true = rectangle(SIZE_HW, (2, 5, 10, 6)) | rectangle(SIZE_HW, (2, 15, 10, 16))
    half = rectangle(SIZE_HW, (2, 5, 10, 6))  # all of it right, half of it found
    assert boundary_f_score(half, true, 1) == pytest.approx(2 * 1 * 0.5 / 1.5)


def test_the_border_of_the_canvas_is_a_boundary_too():
    full = np.ones(SIZE_HW, bool)
    inner = rectangle(SIZE_HW, (1, 1, 31, 23))
    assert boundary_f_score(full, inner, 0) == 0
    assert boundary_f_score(full, inner, 1.5) == 1


def test_a_mask_filled_wrongly_within_keeps_its_outline():
    ring = disc(SIZE_HW, (16, 12), 10) & ~disc(SIZE_HW, (16, 12), 3)
    score = boundary_f_score(disc(SIZE_HW, (16, 12), 10), ring, 1)
    assert 0.5 < score < 1


@pytest.mark.usefixtures("no_type_check")
@pytest.mark.parametrize("kind", [np.uint8, np.int64, np.float64])
def test_masks_of_numbers_are_refused(kind):
    mask = np.eye(4, 5, dtype=kind)
    with pytest.raises(TypeError, match=rf"must be bool \(H, W\), not a {np.dtype(kind)} array"):
        boundary_f_score(mask > 0, mask, 1.0)
