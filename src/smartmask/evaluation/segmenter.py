"""How well a segmenter's layouts agree with labelled photos.

A photo judges the labels of which it names every segment: all classes, the things only, or four of them.
Crowds and what nobody named are void.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int

from smartmask.data.labelled_photos import CROWD, JUDGED, LabelledPhoto
from smartmask.data.segment_classes import CLASSES, GROUPS, THINGS
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

PROTOCOL = 2
GROUP_OF = {label: group for group, labels in GROUPS.items() for label in labels}


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmenterScore:
    """Agreement over a set of photos; None where nothing of the kind occurs.

    Attributes:
        photos: How many.
        pixel_accuracy: Of annotated pixels that got their label, pooled.
        mean_iou: Over the labels present, of pooled pixels.
        grouped_iou: Mean over the groups of `GROUPS` present, of pooled pixels; a photo judges a group if it
            names every segment of all its labels.
        panoptic_quality: Mean over labels.
        panoptic_quality_things: The same over things, and
        panoptic_quality_stuff: over stuff.
        iou: Of each label present.
        iou_of_groups: Of each group present.
    """

    photos: int
    pixel_accuracy: float | None
    mean_iou: float | None
    grouped_iou: float | None
    panoptic_quality: float | None
    panoptic_quality_things: float | None
    panoptic_quality_stuff: float | None
    iou: dict[str, float]
    iou_of_groups: dict[str, float]


def evaluate_segmenter(segmenter: Segmenter, photos: Sequence[LabelledPhoto]) -> SegmenterScore:
    """Segment held-out photos and compare."""
    found, grouped = [], []
    for photo in photos:
        layout = segmenter.segment(photo.image)
        index, judged = layout.visible_index(), JUDGED[photo.kind]
        truth, labels = true_segments(photo)
        found.append(count_segments(index, layout.labels, truth, labels, judged))
        names = [GROUP_OF.get(label, label) for label in layout.labels]
        true_names = [GROUP_OF[label] for label in labels]
        judged_groups = {group for group, members in GROUPS.items() if set(members) <= set(judged)}
        unjudged = [number for number, name in enumerate(true_names) if name not in judged_groups]
        truth[np.isin(truth, unjudged)] = VOID
        grouped.append(count_segments(index, names, truth, true_names, judged_groups | set(true_names)))
    counts, groups = total_counts(found), total_counts(grouped)
    things = {label: value for label, value in counts.items() if label in THINGS}
    stuff = {label: value for label, value in counts.items() if label not in THINGS}
    return SegmenterScore(
        photos=len(photos),
        pixel_accuracy=pixel_accuracy(counts),
        mean_iou=mean_iou(counts),
        grouped_iou=mean_iou(groups),
        panoptic_quality=mean_panoptic_quality(counts),
        panoptic_quality_things=mean_panoptic_quality(things),
        panoptic_quality_stuff=mean_panoptic_quality(stuff),
        iou={label: _iou(value) for label, value in counts.items() if value.pixels_true},
        iou_of_groups={group: _iou(value) for group, value in groups.items() if value.pixels_true},
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
