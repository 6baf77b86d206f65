"""How well a segmenter's layouts agree with labelled photos.

A photo judges the labels of which it names every segment: all classes, the things only, or four of them.
Crowds and what nobody named are void.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int

from smartmask.data.labelled_photos import CROWD, JUDGED, LabelledPhoto
from smartmask.data.segment_classes import CLASSES, THINGS
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
from smartmask.protocols import Segmenter

PROTOCOL = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmenterScore:
    """Agreement over a set of photos; None where nothing of the kind occurs.

    Attributes:
        photos: How many.
        pixel_accuracy: Of annotated pixels that got their label, pooled.
        mean_iou: Over the labels present, of pooled pixels.
        panoptic_quality: Mean over labels.
        panoptic_quality_things: The same over things, and
        panoptic_quality_stuff: over stuff.
        iou: Of each label present.
    """

    photos: int
    pixel_accuracy: float | None
    mean_iou: float | None
    panoptic_quality: float | None
    panoptic_quality_things: float | None
    panoptic_quality_stuff: float | None
    iou: dict[str, float]


def evaluate_segmenter(segmenter: Segmenter, photos: Sequence[LabelledPhoto]) -> SegmenterScore:
    """Segment held-out photos and compare."""
    found = []
    for photo in photos:
        layout = segmenter.segment(photo.image)
        truth, labels = true_segments(photo)
        found.append(count_segments(layout.visible_index(), layout.labels, truth, labels, JUDGED[photo.kind]))
    counts = total_counts(found)
    things = {label: value for label, value in counts.items() if label in THINGS}
    stuff = {label: value for label, value in counts.items() if label not in THINGS}
    return SegmenterScore(
        photos=len(photos),
        pixel_accuracy=pixel_accuracy(counts),
        mean_iou=mean_iou(counts),
        panoptic_quality=mean_panoptic_quality(counts),
        panoptic_quality_things=mean_panoptic_quality(things),
        panoptic_quality_stuff=mean_panoptic_quality(stuff),
        iou={label: _iou(value) for label, value in counts.items() if value.pixels_true},
    )


def true_segments(photo: LabelledPhoto) -> tuple[Int[np.ndarray, "H W"], tuple[str, ...]]:
    """The true segments of a photo and their labels: each thing, and each class of stuff."""
    things = len(photo.thing_boxes)
    labels = [CLASSES[number] for number, _ in photo.thing_boxes]
    truth = np.full(photo.targets.shape, VOID if photo.kind == "panoptic" else OTHER, np.int32)
    stuff = [int(number) for number in np.unique(photo.targets) if len(THINGS) <= number < len(CLASSES)]
    for position, number in enumerate(stuff):
        truth[photo.targets == number] = things + position
        labels.append(CLASSES[number])
    truth[photo.things >= 0] = photo.things[photo.things >= 0]
    truth[photo.things == CROWD] = VOID
    return truth, tuple(labels)


def _iou(counts: LabelCounts) -> float:
    return counts.pixels_both / counts.pixels_either
