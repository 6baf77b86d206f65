"""Panoptic quality (Kirillov et al. 2019, arXiv 1801.00868, equation 1), and its pixel-wise companions.

A predicted and a true segment match if they have the same label and IoU > 1/2; then no other can match
either. For one label, over all photos,

    PQ = (sum of the IoUs of the matches) / (matches + unmatched predicted / 2 + unmatched true / 2).

Void pixels, of which the truth is not known, are left out of every area; an unmatched predicted segment more
than half of which is void is not counted. Means are over the labels that occur.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int

VOID = -1
"""In a map of true segments: nothing is known here."""
OTHER = -2
"""In a map of true segments: certainly none of the judged labels."""


@dataclass(frozen=True, slots=True)
class LabelCounts:
    """What was found of one label; counts of several photos are added.

    Attributes:
        iou_sum: Of the matched pairs.
        matched: Pairs.
        predicted_alone: Predicted segments without a match.
        true_alone: True segments without a match.
        pixels_both: Pixels of the label in both.
        pixels_either: Pixels of the label in at least one, void left out.
        pixels_true: Pixels of the label in the truth.
    """

    iou_sum: float = 0.0
    matched: int = 0
    predicted_alone: int = 0
    true_alone: int = 0
    pixels_both: int = 0
    pixels_either: int = 0
    pixels_true: int = 0

    def __add__(self, other: "LabelCounts") -> "LabelCounts":
        """The counts of two sets of photos together."""
        return LabelCounts(
            self.iou_sum + other.iou_sum,
            self.matched + other.matched,
            self.predicted_alone + other.predicted_alone,
            self.true_alone + other.true_alone,
            self.pixels_both + other.pixels_both,
            self.pixels_either + other.pixels_either,
            self.pixels_true + other.pixels_true,
        )

    @property
    def panoptic_quality(self) -> float | None:
        """PQ of the label; None if it occurs neither in the truth nor in the prediction."""
        weight = self.matched + (self.predicted_alone + self.true_alone) / 2
        return self.iou_sum / weight if weight else None


def count_segments(
    predicted: Int[np.ndarray, "H W"],
    predicted_labels: Sequence[str],
    truth: Int[np.ndarray, "H W"],
    truth_labels: Sequence[str],
    judged: Collection[str],
) -> dict[str, LabelCounts]:
    """The counts of each judged label in one photo.

    Args:
        predicted: Number of the predicted segment at each pixel, negative where there is none.
        predicted_labels: Their labels; segments of labels that are not judged are left out.
        truth: Number of the true segment at each pixel, `VOID` or `OTHER`.
        truth_labels: Their labels; all of them are judged ones.
        judged: The labels of which every segment of the photo is in the truth.

    Raises:
        ValueError: If the maps differ in size.

    >>> truth = np.array([[0, 0, 0, VOID]])
    >>> count_segments(np.array([[0, 0, -1, 0]]), ["cat"], truth, ["cat"], ["cat"])["cat"].panoptic_quality
    0.6666666666666666
    """
    if predicted.shape != truth.shape:
        raise ValueError(f"the predicted map is {predicted.shape} but the true one {truth.shape}")
    columns, rows = len(truth_labels) + 2, len(predicted_labels) + 1
    pairs = (np.maximum(predicted, -1).astype(np.int64) + 1) * columns + truth + 2
    areas = np.bincount(pairs.ravel(), minlength=rows * columns).reshape(rows, columns)[1:]
    unpredicted = np.bincount(pairs.ravel(), minlength=rows * columns).reshape(rows, columns)[0]
    both, void = areas[:, 2:], areas[:, 1]
    predicted_areas, true_areas = areas.sum(1), both.sum(0) + unpredicted[2:]
    counts = {label: LabelCounts() for label in judged}
    matched_truths = set()
    for number, label in enumerate(predicted_labels):
        if label not in counts or predicted_areas[number] == 0:
            continue
        same = [other for other, name in enumerate(truth_labels) if name == label]
        union = predicted_areas[number] - void[number] + true_areas[same] - both[number, same]
        ious = both[number, same] / np.maximum(union, 1)
        if len(same) and ious.max() > 0.5:
            matched_truths.add(same[int(ious.argmax())])
            counts[label] += LabelCounts(iou_sum=float(ious.max()), matched=1)
        elif 2 * void[number] <= predicted_areas[number]:
            counts[label] += LabelCounts(predicted_alone=1)
    for number, label in enumerate(truth_labels):
        if number not in matched_truths and true_areas[number]:
            counts[label] += LabelCounts(true_alone=1)
    for label in counts:
        mine = np.array([name == label for name in predicted_labels], bool)
        true = np.array([name == label for name in truth_labels], bool)
        in_both, in_truth = int(both[mine][:, true].sum()), int(true_areas[true].sum())
        claimed = int((predicted_areas - void)[mine].sum())
        counts[label] += LabelCounts(
            pixels_both=in_both, pixels_either=in_truth + claimed - in_both, pixels_true=in_truth
        )
    return counts


def total_counts(photos: Iterable[Mapping[str, LabelCounts]]) -> dict[str, LabelCounts]:
    """The counts of several photos together."""
    total: dict[str, LabelCounts] = {}
    for counts in photos:
        for label, found in counts.items():
            total[label] = total.get(label, LabelCounts()) + found
    return total


def mean_panoptic_quality(counts: Mapping[str, LabelCounts]) -> float | None:
    """Mean PQ over the labels that occur in the truth or the prediction; None if none does."""
    values = [value for found in counts.values() if (value := found.panoptic_quality) is not None]
    return sum(values) / len(values) if values else None


def mean_iou(counts: Mapping[str, LabelCounts]) -> float | None:
    """Mean over the labels present in the truth of their IoU over pooled pixels; None if none is."""
    values = [found.pixels_both / found.pixels_either for found in counts.values() if found.pixels_true]
    return sum(values) / len(values) if values else None


def pixel_accuracy(counts: Mapping[str, LabelCounts]) -> float | None:
    """Share of the pixels of true segments that got their label, pixels pooled; None if there are none."""
    true = sum(found.pixels_true for found in counts.values())
    return sum(found.pixels_both for found in counts.values()) / true if true else None
