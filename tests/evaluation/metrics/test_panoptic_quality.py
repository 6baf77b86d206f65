import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartmask.evaluation.metrics.panoptic_quality import (
    OTHER,
    VOID,
    LabelCounts,
    count_segments,
    mean_iou,
    mean_panoptic_quality,
    pixel_accuracy,
    total_counts,
)

LABELS = ("sky", "cat", "cat")


def rows(*values: int) -> np.ndarray:
    return np.array([values])


def test_the_truth_itself_scores_one() -> None:
    truth = rows(0, 0, 1, 1, 2, VOID)
    counts = count_segments(truth, LABELS, truth, LABELS, ["sky", "cat", "dog"])
    assert counts["cat"] == LabelCounts(2.0, 2, 0, 0, 3, 3, 3)
    assert counts["dog"] == LabelCounts()
    assert mean_panoptic_quality(counts) == mean_iou(counts) == pixel_accuracy(counts) == 1.0


def test_the_worked_example_of_one_match_one_miss_and_one_false_alarm() -> None:
    # The first cat is found with IoU 3/4; of the second, half is found, which is no match.
    truth = rows(1, 1, 1, 1, 2, 2, 0, 0)
    predicted = rows(0, 0, 0, 2, 1, 2, 2, 2)
    counts = count_segments(predicted, ("cat", "cat", "sky"), truth, LABELS, ["sky", "cat"])
    assert counts["cat"] == LabelCounts(0.75, 1, 1, 1, 4, 6, 6)
    assert counts["cat"].panoptic_quality == 0.75 / 2
    assert counts["sky"].panoptic_quality == 0.0
    assert mean_panoptic_quality(counts) == (0.75 / 2 + 0) / 2
    assert mean_iou(counts) == (4 / 6 + 2 / 4) / 2
    assert pixel_accuracy(counts) == 6 / 8


def test_void_counts_for_nothing_but_other_pixels_do() -> None:
    on_void = count_segments(rows(0, 0, 0, 1), ("cat", "cat"), rows(0, 0, VOID, VOID), ("cat",), ["cat"])
    assert on_void["cat"] == LabelCounts(1.0, 1, 0, 0, 2, 2, 2)
    on_other = count_segments(rows(0, 0, 0, 1), ("cat", "cat"), rows(0, 0, OTHER, OTHER), ("cat",), ["cat"])
    assert on_other["cat"] == LabelCounts(2 / 3, 1, 1, 0, 2, 4, 2)


def test_labels_that_are_not_judged_and_unknown_pixels_are_left_out() -> None:
    counts = count_segments(rows(0, 0, -1, -1), ("tree",), rows(OTHER, OTHER, 0, 0), ("cat",), ["cat"])
    assert counts == {"cat": LabelCounts(0.0, 0, 0, 1, 0, 2, 2)}


def test_nothing_at_all_has_no_score() -> None:
    counts = count_segments(rows(-1, -1), (), rows(VOID, OTHER), (), ["cat"])
    assert mean_panoptic_quality(counts) is mean_iou(counts) is pixel_accuracy(counts) is None


@given(st.integers(0, 10**6))
def test_a_split_match_never_counts_twice_and_photos_add_up(seed: int) -> None:
    rng = np.random.default_rng(seed)
    maps = [(rng.integers(-1, 3, (6, 6)), rng.integers(-2, 3, (6, 6))) for _ in range(2)]
    photos = [count_segments(p, LABELS, t, LABELS, ["sky", "cat"]) for p, t in maps]
    for (predicted, truth), counts in zip(maps, photos, strict=True):
        true = len(np.unique(truth[truth >= 0]))
        assert sum(found.matched + found.true_alone for found in counts.values()) == true
        assert sum(f.matched + f.predicted_alone for f in counts.values()) <= len(
            np.unique(predicted[predicted >= 0])
        )
        for found in counts.values():
            assert 0 <= found.pixels_both <= found.pixels_either
            assert found.iou_sum <= found.matched
    total = total_counts(photos)
    assert total["cat"].matched == sum(counts["cat"].matched for counts in photos)


@pytest.mark.usefixtures("no_type_check")
def test_maps_of_different_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"predicted map is \(1, 2\) but the true one \(1, 3\)"):
        count_segments(rows(0, 0), ("cat",), rows(0, 0, 0), ("cat",), ["cat"])
