"""KINS, on files of its form."""

import numpy as np
import pytest
from annotation_files import (
    LARGE,
    SIZE,
    SMALL,
    is_mask,
    only_scene,
    polygon,
    read_all,
    runs,
    summary,
    write_json,
)

from smartmask.data.annotations.kins import read_kins
from smartmask.data.ordering import layered

IMAGE = {"id": 0, "height": SIZE[0], "width": SIZE[1], "file_name": "000000.png"}
VAN = {
    "id": 1, "image_id": 0, "category_id": 7, "iscrowd": 0, "oco_id": 1, "ico_id": 2,
    "a_segm": [polygon(4, 4, 60, 44)], "i_segm": runs(LARGE & ~SMALL), "a_area": int(LARGE.sum()),
}  # fmt: skip
PERSON = {
    "id": 2, "image_id": 0, "category_id": 8, "iscrowd": 0, "oco_id": 1, "ico_id": 1,
    "a_segm": runs(SMALL), "i_segm": runs(SMALL), "a_area": int(SMALL.sum()),
}  # fmt: skip


def write(folder, *annotations: dict):
    categories = [{"id": 7, "name": "van"}, {"id": 8, "name": "person-sitting"}]
    file = {"images": [IMAGE], "annotations": list(annotations), "categories": categories}
    return write_json(folder / "update_train_2020.json", file)


def without(record: dict, *names: str) -> dict:
    return {name: value for name, value in record.items() if name not in names}


def test_masks_are_whole_and_who_is_seen_where_another_is_hidden_lies_in_front(tmp_path):
    scene = only_scene(read_kins, write(tmp_path, VAN, PERSON))
    assert scene.key == scene.group == "kins:update_train_2020:0"
    assert scene.image == "000000.png"
    assert summary(scene) == [("van", "amodal", True), ("person sitting", "amodal", True)]
    assert is_mask(scene.objects[0], LARGE)
    assert is_mask(scene.objects[1], SMALL)
    assert scene.occlusions == ((1, 0),)
    assert [item.label for item in layered(scene).layers] == ["van", "person sitting"]


def test_the_field_names_of_2019_are_read_too(tmp_path):
    old = without(VAN, "a_segm", "i_segm") | {"segmentation": runs(LARGE), "inmodal_seg": VAN["i_segm"]}
    assert only_scene(read_kins, write(tmp_path, old, PERSON)).occlusions == ((1, 0),)


def test_of_two_that_hide_each_other_the_one_that_hides_more_is_in_front(tmp_path):
    ragged = np.zeros(SIZE, bool)
    ragged[24, 30:33] = True
    person = PERSON | {"i_segm": runs(SMALL & ~ragged)}
    van = VAN | {"i_segm": runs(LARGE & ~SMALL | ragged)}
    assert only_scene(read_kins, write(tmp_path, van, person)).occlusions == ((1, 0),)


def test_an_object_that_is_hidden_altogether_is_sound(tmp_path):
    scene = only_scene(read_kins, write(tmp_path, VAN, PERSON | {"i_segm": []}))
    assert len(scene.objects) == 2


@pytest.mark.parametrize(
    ("damaged", "kind"),
    [
        pytest.param(without(PERSON, "i_segm"), "missing or wrong field", id="no visible mask"),
        pytest.param(PERSON | {"a_segm": []}, "empty polygon", id="no amodal polygon"),
        pytest.param(PERSON | {"a_segm": runs(SMALL.T)}, "size differs from the record", id="another size"),
        pytest.param(PERSON | {"category_id": 3}, "unknown category", id="an unknown category"),
        pytest.param(PERSON | {"id": 1}, "duplicate id", id="an id twice"),
    ],
)
def test_a_damaged_object_is_left_out_and_counted(tmp_path, damaged, kind):
    (scene,), problems = read_all(read_kins, write(tmp_path, VAN, damaged))
    assert [item.label for item in scene.objects] == ["van"]
    assert problems == {kind: 1}
