"""The frozen lists: what is in them, in which order, and what they do not depend on."""

from dataclasses import replace

import numpy as np
from benchmark_data import rooms, with_labels
from shapes import disc, rectangle, room

from smartmask.data.layered_scene import split_of
from smartmask.evaluation.benchmark.protocol import (
    MOST_OF_A_CLASS,
    Entry,
    absent_classes,
    exact_objects,
    frozen,
    in_order,
    list_digest,
    next_elsewhere,
    other_label,
    whole_objects,
)

SIZE = (72, 96)
FLOOR = np.ones(SIZE, bool)


def test_a_list_holds_objects_of_its_split_alone():
    scenes = [*rooms("train", 5), *rooms("validation", 2), *rooms("test", 3)]
    for split in ("test", "validation"):
        entries = frozen("voc", scenes, split, whole_objects, 100)
        assert {split_of(entry.scene.group) for entry in entries} == {split}
        assert {entry.source for entry in entries} == {"voc"}
    assert len(frozen("voc", scenes, "test", whole_objects, 100)) == 6


def test_order_and_numbers_of_objects_are_those_of_this_protocol():
    entries = frozen("voc", rooms("test", 3), "test", whole_objects, 100)
    assert [(entry.key, entry.number) for entry in entries[:2]] == GOLDEN


GOLDEN = [("room:44#3", 1643216340), ("room:54#3", 1752279818)]
"""What makes results of protocol 2 comparable; whatever changes it must raise the protocol."""


def test_more_scenes_change_neither_the_order_nor_the_numbers_of_those_there_were():
    few, many = rooms("test", 3), [*rooms("train", 4), *reversed(rooms("test", 12))]
    mine = frozen("voc", few, "test", whole_objects, 100)
    theirs = frozen("voc", many, "test", whole_objects, 100)
    own = {entry.key for entry in mine}
    assert [entry.key for entry in mine] == [entry.key for entry in theirs if entry.key in own]
    assert [entry.number for entry in mine] == [entry.number for entry in theirs if entry.key in own]


def test_fewer_are_the_beginning_of_more():
    every = frozen("voc", rooms("test", 6), "test", whole_objects, 100)
    few = frozen("voc", rooms("test", 6), "test", whole_objects, 4)
    assert [entry.key for entry in few] == [entry.key for entry in every][:4]
    assert list_digest(few) == list_digest(every[:4]) != list_digest(every)


def test_an_object_of_which_a_part_is_hidden_or_cut_off_is_not_whole():
    scene = room(3)
    layers = list(scene.layers)
    layers[2] = replace(layers[2], extent="visible")
    entries = list(whole_objects("voc", replace(scene, layers=tuple(layers))))
    assert [entry.label for entry in entries] == ["ball"]
    assert list(exact_objects("made", scene)) == []
    assert [entry.label for entry in exact_objects("made", room(3, is_exact=True))] == ["picture", "ball"]


class TestAbsentClasses:
    def test_all_things_of_a_class_go_and_the_largest_one_stands_for_them(self):
        scene = with_labels(
            ("floor", "ball", "ball", "box"),
            "photo",
            floor=FLOOR,
            one=disc(SIZE, (20, 40), 10),
            two=disc(SIZE, (60, 40), 13),
            box=rectangle(SIZE, (70, 2, 92, 20)),
        )
        found = {entry.label: (entry.layer, entry.removed) for entry in absent_classes("coco", scene)}
        assert found == {"ball": (2, (1, 2)), "box": (3, (3,))}

    def test_a_photo_without_regions_or_with_much_unknown_is_passed_over(self):
        box = rectangle(SIZE, (10, 10, 60, 60))
        without = with_labels(("ball",), "photo", ball=np.ones(SIZE, bool))
        unknown = with_labels(("floor", "box"), "photo", floor=rectangle(SIZE, (0, 60, 96, 72)), box=box)
        assert list(absent_classes("coco", without)) == []
        assert list(absent_classes("coco", unknown)) == []

    def test_a_class_of_too_many_things_stays(self):
        masks = {
            f"b{n}": disc(SIZE, (9 + 10 * (n % 9), 12 + 25 * (n // 9)), 9) for n in range(MOST_OF_A_CLASS + 1)
        }
        scene = with_labels(("floor", *("ball" for _ in masks)), "photo", floor=FLOOR, **masks)
        assert list(absent_classes("coco", scene)) == []


def entry_of(group: str, label: str) -> Entry:
    scene = with_labels(("floor", label), group, floor=FLOOR, thing=disc(SIZE, (30, 30), 12))
    return Entry("voc", scene, 1, (1,))


def test_what_an_object_borrows_comes_from_another_image_round_the_list():
    entries = [entry_of("a", "dog"), entry_of("a", "cat"), entry_of("b", "cat"), entry_of("c", "dog")]
    elsewhere = [next_elsewhere(entries, place) for place in range(4)]
    assert [entry and entry.scene.group for entry in elsewhere] == ["b", "b", "c", "a"]
    alike = [next_elsewhere(entries, place, is_like=True) for place in range(4)]
    assert [entry and (entry.scene.group, entry.label) for entry in alike] == [
        ("c", "dog"),
        ("b", "cat"),
        ("a", "cat"),
        ("a", "dog"),
    ]
    assert [other_label(entries, place) for place in range(4)] == ["cat", "dog", "dog", "cat"]


def test_a_list_of_one_image_or_one_label_has_nothing_to_lend():
    entries = [entry_of("a", "dog"), entry_of("a", "dog")]
    assert next_elsewhere(entries, 0) is None
    assert other_label(entries, 0) is None


def test_the_order_is_no_order_of_names():
    entries = in_order(entry_of(f"{n:03d}", "dog") for n in range(30))
    groups = [entry.scene.group for entry in entries]
    assert groups not in (sorted(groups), sorted(groups, reverse=True))
    assert sorted(groups) == [f"{n:03d}" for n in range(30)]
