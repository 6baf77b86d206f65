"""Objects taken out of their scenes: what is shown without them, and with what they are asked for."""

from dataclasses import replace

import numpy as np
import pytest
from benchmark_data import rooms, with_labels
from shapes import disc, rectangle, scene_of

from smartmask.data.examples.absent import stretched
from smartmask.evaluation.benchmark.protocol import (
    Entry,
    absent_classes,
    exact_objects,
    frozen,
    whole_objects,
)
from smartmask.evaluation.benchmark.tasks import shown_scene, task_of
from smartmask.scene.boxes import box_of
from smartmask.scene.layout import UNKNOWN
from smartmask.scene.masks import mask_iou

SIZE = (72, 96)
ENTRIES = frozen("voc", rooms("test", 6), "test", whole_objects, 100)
EXACT = frozen("made", rooms("test", 6, is_exact=True), "test", exact_objects, 100)


@pytest.mark.parametrize("fill", [None, "nearest", "rows", "unknown"], ids="fill {}".format)
def test_the_scene_of_a_task_lacks_its_object_and_agrees_with_its_layout(fill):
    for place in range(len(ENTRIES)):
        task = task_of(ENTRIES, place, fill)
        index = task.scene.visible_index
        assert task.label not in task.scene.layout.labels
        assert (index == UNKNOWN).any() == (fill == "unknown")
        assert np.array_equal(index, task.scene.layout.visible_index())
        assert all(layer.mask.any() for layer in task.scene.layout.layers)


def test_hints_are_about_the_object_and_differ_between_objects():
    for place in range(len(ENTRIES)):
        task = task_of(ENTRIES, place)
        assert task.box().box() == box_of(task.target)
        fine, rough, region = task.scribble().mask, task.scribble(rough=True).mask, task.region().mask
        assert mask_iou(fine, task.target) > 0.6
        assert mask_iou(rough, task.target) > 0.4
        assert (fine & task.target).sum() > 0.95 * task.target.sum()
        assert (region & task.target).sum() > 0.4 * task.target.sum()
        assert np.array_equal(region, task_of(ENTRIES, place).region().mask)
    copies = [
        Entry("voc", entry.scene, entry.layer, entry.removed) for entry in ENTRIES if entry.label == "ball"
    ]
    assert len({task_of(copies + ENTRIES, place).scribble().mask.sum() for place in range(len(copies))}) > 1


def test_what_is_borrowed_has_the_canvas_of_the_task():
    for place in range(len(ENTRIES)):
        task = task_of(ENTRIES, place)
        other = task.other_scene()
        assert other.visible_index.shape == task.target.shape
        assert task.elsewhere.scene.group != task.entry.scene.group
        assert task.alike.label == task.label
        assert task.wrong_label != task.label
        assert task.foreign_target().shape == task.target.shape
        assert not np.array_equal(task.foreign_target(), task.target)


def test_a_list_without_another_image_is_refused():
    alone = [entry for entry in ENTRIES if entry.scene.key == ENTRIES[0].scene.key]
    with pytest.raises(ValueError, match="two images and two labels"):
        task_of(alone, 0)


def test_stretching_takes_the_nearest_pixel():
    values = np.array([[1, 2], [3, 4]])
    assert stretched(values, (4, 4)).tolist() == [[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]]
    assert stretched(values, (2, 1)).tolist() == [[2], [4]]
    assert np.array_equal(stretched(values, (2, 2)), values)


class TestExactScenes:
    SCENE = scene_of(
        {
            "wall": np.ones(SIZE, bool),
            "table": rectangle(SIZE, (10, 40, 50, 70)),
            "vase": rectangle(SIZE, (20, 25, 40, 60)),
            "cat": rectangle(SIZE, (30, 50, 60, 70)),
            "lamp": rectangle(SIZE, (75, 10, 90, 70)),
        },
        key="made",
        is_exact=True,
    )

    def shown(self, number: int, has_front: bool) -> tuple[set[str], set[int]]:
        entry = self.entry(number, has_front)
        scene, hidden = shown_scene(entry)
        return set(scene.layout.labels), hidden

    def entry(self, number: int, has_front: bool) -> Entry:
        """Any scene key will do whose number has the parity that is asked for."""
        for attempt in range(99):
            scene = replace(self.SCENE, key=f"made:{attempt}")
            entry = Entry("made", scene, number, (number,))
            if bool(entry.number % 2) == has_front:
                return entry
        raise AssertionError("numbers are neither even nor odd")

    def test_only_what_is_behind_is_seen(self):
        assert self.shown(2, has_front=False) == ({"wall", "table"}, {2, 3, 4})

    def test_what_is_in_front_is_seen_unless_something_links_it_to_the_object(self):
        assert self.shown(2, has_front=True) == ({"wall", "table", "lamp"}, {2, 3})

    def test_what_is_behind_the_object_shows_whole(self):
        scene, _ = shown_scene(self.entry(2, has_front=True))
        table = scene.layout.labels.index("table")
        assert (scene.visible_index == table).sum() == 40 * 30

    def test_things_of_its_class_that_are_not_shown_are_right_answers_too(self):
        scene = with_labels(
            ("wall", "ball", "ball"),
            "made",
            wall=np.ones(SIZE, bool),
            one=disc(SIZE, (30, 40), 12),
            two=disc(SIZE, (34, 40), 12),
        )
        entries = [Entry("made", replace(scene, is_exact=True), 1, (1,)), *EXACT]
        task = task_of(entries, 0)
        assert len(task.truths) == 2
        assert np.array_equal(task.truths[0], task.target)
        in_front = task_of([Entry("made", replace(scene, is_exact=True), 2, (2,)), *EXACT], 0)
        assert len(in_front.truths) == 1, "the one behind is seen, so it is no answer"


def test_a_class_taken_out_leaves_nothing_of_it_and_all_of_its_things_are_right():
    scene = with_labels(
        ("wall", "floor", "ball", "ball", "box"),
        "photo",
        wall=np.ones(SIZE, bool),
        floor=rectangle(SIZE, (0, 36, 96, 72)),
        one=disc(SIZE, (20, 40), 10),
        two=disc(SIZE, (42, 40), 12),
        box=rectangle(SIZE, (70, 2, 92, 22)),
    )
    entries = [entry for entry in absent_classes("coco", scene) if entry.label == "ball"]
    for fill in ("nearest", "rows"):
        task = task_of(entries + ENTRIES, 0, fill)
        assert set(task.scene.layout.labels) <= {"wall", "floor", "box"}
        assert len(task.truths) == 2
        assert task.truths[0].sum() > task.truths[1].sum()
        assert np.array_equal(task.truths[0], task.target)
