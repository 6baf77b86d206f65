"""COCO instances, on files of COCO's form; damage that it shares with LVIS, KINS and panoptic files."""

import json

import pytest
from annotation_files import (
    FAR,
    LARGE,
    SIZE,
    SMALL,
    is_mask,
    only_scene,
    plain_runs,
    polygon,
    read_all,
    runs,
    summary,
    write_json,
)

from smartmask.data.annotations.base import Problems
from smartmask.data.annotations.coco_instances import read_coco_instances
from smartmask.errors import AnnotationError

TABLE = {
    "id": 1, "image_id": 9, "category_id": 67, "iscrowd": 0, "segmentation": [polygon(4, 4, 60, 44)]
}  # fmt: skip
CUP = {"id": 2, "image_id": 9, "category_id": 47, "iscrowd": 0, "segmentation": runs(SMALL)}


def content(*annotations: dict) -> dict:
    return {
        "images": [{"id": 9, "height": SIZE[0], "width": SIZE[1], "file_name": "000000000009.jpg"}],
        "annotations": list(annotations),
        "categories": [{"id": 47, "name": "cup"}, {"id": 67, "name": "dining-table"}],
    }


def test_polygons_and_run_lengths_become_visible_things_and_smaller_ones_lie_in_front(tmp_path):
    scene = only_scene(read_coco_instances, write_json(tmp_path / "instances.json", content(CUP, TABLE)))
    assert (scene.key, scene.group, scene.size_hw) == ("coco:9", "coco:9", SIZE)
    assert scene.image == "000000000009.jpg"
    assert summary(scene) == [("cup", "visible", True), ("dining table", "visible", True)]
    assert is_mask(scene.objects[0], SMALL)
    assert is_mask(scene.objects[1], LARGE)
    assert scene.occlusions == ((0, 1),)


def test_the_parts_of_one_object_are_one_mask(tmp_path):
    parts = TABLE | {"segmentation": [polygon(4, 4, 60, 44), polygon(0, 0, 3, 3), [1, 1, 2, 2]]}
    path = write_json(tmp_path / "instances.json", content(parts))
    problems = Problems(strict=True)
    (scene,) = read_coco_instances(path, problems)
    assert is_mask(scene.objects[0], LARGE | FAR)
    assert problems.notes() == [
        f"1 x part of a mask without an area, left out, first at {path}: annotations[0]"
    ]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"image_id": "9"}, id="the image's id as a text"),
        pytest.param({"image_id": 9.0, "category_id": 67.0}, id="ids as fractions"),
        pytest.param({"category_id": "67"}, id="the category's id as a text"),
        pytest.param({"segmentation": polygon(4, 4, 60, 44)}, id="a polygon that is not in a list"),
    ],
)
def test_one_thing_written_in_several_ways_is_read(tmp_path, change):
    path = write_json(tmp_path / "instances.json", content(TABLE | change))
    assert is_mask(only_scene(read_coco_instances, path).objects[0], LARGE)


def test_sizes_may_be_fractions_and_the_file_may_begin_with_a_byte_order_mark(tmp_path):
    file = content(TABLE)
    file["images"][0] |= {"height": float(SIZE[0]), "width": float(SIZE[1])}
    path = tmp_path / "instances.json"
    path.write_text(json.dumps(file), "utf-8-sig")
    assert path.read_bytes()[:3] == b"\xef\xbb\xbf"
    assert only_scene(read_coco_instances, path).size_hw == SIZE


def test_annotations_without_ids_are_all_kept(tmp_path):
    bare = [{key: value for key, value in one.items() if key != "id"} for one in (TABLE, CUP, TABLE)]
    path = write_json(tmp_path / "instances.json", content(*bare))
    assert len(only_scene(read_coco_instances, path).objects) == 3


def test_objects_that_do_not_overlap_hide_nothing(tmp_path):
    far = CUP | {"segmentation": runs(FAR)}
    path = write_json(tmp_path / "instances.json", content(far, TABLE))
    assert only_scene(read_coco_instances, path).occlusions == ()


def test_a_crowd_is_kept_as_a_region_and_noted_even_by_a_strict_count(tmp_path):
    crowd = TABLE | {"iscrowd": 1, "segmentation": plain_runs(LARGE)}
    path = write_json(tmp_path / "instances.json", content(crowd, CUP))
    problems = Problems(strict=True)
    (scene,) = read_coco_instances(path, problems)
    assert summary(scene) == [("dining table", "visible", False), ("cup", "visible", True)]
    assert is_mask(scene.objects[0], LARGE)
    assert problems.report() == []
    assert problems.notes() == [f"1 x crowd region, kept as a region, first at {path}: annotations[0]"]


@pytest.mark.parametrize(
    ("damage", "kind"),
    [
        pytest.param({"segmentation": []}, "empty polygon", id="no polygon"),
        pytest.param({"segmentation": [[1, 1, 5, 5]]}, "empty polygon", id="a polygon of two points"),
        pytest.param({"segmentation": [polygon(90, 90, 99, 99)]}, "empty polygon", id="beyond the image"),
        pytest.param({"segmentation": [[1, 2, 3, 4, 5, 6, 7]]}, "damaged mask", id="half a point"),
        pytest.param({"segmentation": [[1, 2, 3, 4, 5, "6"]]}, "damaged mask", id="a text for a number"),
        pytest.param({"segmentation": [[1, 2, 3, 4, 5, 1e9]]}, "damaged mask", id="a point far away"),
        pytest.param({"segmentation": [[0, 0, 9, 9] * 50_000]}, "damaged mask", id="very many points"),
        pytest.param({"segmentation": runs(SMALL[:40])}, "size differs from the record", id="another size"),
        pytest.param(
            {"segmentation": runs(SMALL) | {"counts": "2\x7f"}}, "damaged mask", id="no run lengths"
        ),
        pytest.param(
            {"segmentation": runs(SMALL) | {"counts": [7, -1]}}, "damaged mask", id="a negative run"
        ),
        pytest.param({"segmentation": runs(SMALL) | {"counts": [7, 9]}}, "damaged mask", id="too few runs"),
        pytest.param({"segmentation": {"size": list(SIZE)}}, "missing or wrong field", id="no counts"),
        pytest.param({"segmentation": runs(SMALL & ~SMALL)}, "empty mask", id="runs without a pixel"),
        pytest.param({"segmentation": "cup"}, "missing or wrong field", id="a text for a mask"),
        pytest.param({"category_id": 5}, "unknown category", id="an unknown category"),
        pytest.param({"category_id": None}, "missing or wrong field", id="no category"),
        pytest.param({"image_id": 8}, "unknown image", id="an unknown image"),
        pytest.param({"id": 1}, "duplicate id", id="an id twice"),
    ],
)
def test_a_damaged_object_is_left_out_and_counted(tmp_path, damage, kind):
    path = write_json(tmp_path / "instances.json", content(TABLE, CUP | damage))
    (scene,), problems = read_all(read_coco_instances, path)
    assert [item.label for item in scene.objects] == ["dining table"]
    assert problems == {kind: 1}
    with pytest.raises(AnnotationError, match=rf"instances\.json: annotations\[1\].*{kind}"):
        list(read_coco_instances(path, Problems(strict=True)))


@pytest.mark.parametrize(
    ("image", "kind"),
    [
        pytest.param({"id": 9, "height": 48, "width": 64}, "duplicate id", id="an id twice"),
        pytest.param({"id": 10, "height": 0, "width": 64}, "missing or wrong field", id="no pixels"),
        pytest.param({"id": 10, "height": 48}, "missing or wrong field", id="no width"),
        pytest.param("photo", "missing or wrong field", id="a text for a record"),
    ],
)
def test_a_damaged_image_record_is_left_out_and_counted(tmp_path, image, kind):
    file = content(TABLE)
    file["images"].append(image)
    scenes, problems = read_all(read_coco_instances, write_json(tmp_path / "instances.json", file))
    assert [scene.key for scene in scenes] == ["coco:9"]
    assert problems == {kind: 1}


def test_a_category_that_is_there_twice_is_counted_and_the_first_holds(tmp_path):
    file = content(TABLE)
    file["categories"].append({"id": 67, "name": "desk"})
    (scene,), problems = read_all(read_coco_instances, write_json(tmp_path / "instances.json", file))
    assert (scene.objects[0].label, problems) == ("dining table", {"duplicate id": 1})


def test_a_name_without_words_is_a_problem(tmp_path):
    file = content(TABLE)
    file["categories"][1]["name"] = " - "
    (scene,), problems = read_all(read_coco_instances, write_json(tmp_path / "instances.json", file))
    assert (scene.objects, problems) == ((), {"object without a name": 1})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("{", "cannot be read as JSON", id="half a file"),
        pytest.param("[]", "expected a JSON object", id="a list"),
        pytest.param('{"images": [], "annotations": []}', r"\['categories'\] are missing", id="a list short"),
        pytest.param(
            '{"images": {}, "annotations": [], "categories": []}', r"\['images'\] must be", id="no list"
        ),
    ],
)
def test_a_file_of_another_form_is_an_error_that_names_it(tmp_path, text, message):
    path = tmp_path / "instances.json"
    path.write_text(text)
    with pytest.raises(AnnotationError, match=rf"instances\.json.*{message}"):
        list(read_coco_instances(path, Problems()))


@pytest.mark.parametrize("height", [10**6, 10**30], ids=["too large", "beyond any number of pixels"])
def test_an_image_of_an_absurd_size_is_left_out(tmp_path, height):
    file = content(TABLE)
    file["images"][0] |= {"height": height, "width": 10**6}
    scenes, problems = read_all(read_coco_instances, write_json(tmp_path / "instances.json", file))
    assert (scenes, problems) == ([], {"missing or wrong field": 1, "unknown image": 1})


@pytest.mark.parametrize("change", [{"name": "\ud800cup"}, {"synonyms": ["\ud800"]}], ids=["name", "synonym"])
def test_a_category_of_a_text_that_no_file_can_hold_is_left_out(tmp_path, change):
    file = content(CUP, TABLE)
    file["categories"][0] |= change
    (scene,), problems = read_all(read_coco_instances, write_json(tmp_path / "instances.json", file))
    assert summary(scene) == [("dining table", "visible", True)]
    assert problems == {"missing or wrong field": 1, "unknown category": 1}


def test_a_file_that_is_missing_is_an_error_that_names_it(tmp_path):
    with pytest.raises(AnnotationError, match=r"instances\.json: missing file"):
        list(read_coco_instances(tmp_path / "instances.json", Problems()))
