"""COCO, LVIS and TACO as parquet, on small files."""

import pytest
from annotation_files import LARGE, SIZE, SMALL, is_mask, only_scene, read_all, summary, write_parquet

from smartmask.data.annotations.base import Problems
from smartmask.data.annotations.parquet_instances import (
    read_parquet_coco,
    read_parquet_lvis,
    read_parquet_taco,
)
from smartmask.errors import AnnotationError
from smartmask.scene.rle import encode_rle


def instance(name: str, mask, **more: object) -> dict:
    return {"name": name, "complete": 1, "counts": encode_rle(mask), **more}


def photo(*objects: dict, image_id: int = 7, **more: object) -> dict:
    return {
        "image_id": image_id, "height": SIZE[0], "width": SIZE[1], "file_name": "7.jpg",
        "objects": list(objects),
    } | more  # fmt: skip


@pytest.mark.parametrize(
    ("read", "key", "group"),
    [
        pytest.param(read_parquet_coco, "coco:7", "coco:7", id="COCO"),
        pytest.param(read_parquet_lvis, "lvis:7", "coco:7", id="LVIS shares the groups of COCO"),
        pytest.param(read_parquet_taco, "taco:7", "taco:7", id="TACO"),
    ],
)
def test_smaller_ones_lie_in_front_and_complete_ones_are_whole(tmp_path, read, key, group):
    row = photo(instance("traffic_light", SMALL), instance("dining-table", LARGE, complete=0))
    scene = only_scene(read, write_parquet(tmp_path, [row]))
    assert (scene.key, scene.group, scene.size_hw, scene.image) == (key, group, SIZE, "7.jpg")
    assert summary(scene) == [("traffic light", "amodal", True), ("dining table", "visible", True)]
    assert is_mask(scene.objects[0], SMALL)
    assert is_mask(scene.objects[1], LARGE)
    assert scene.occlusions == ((0, 1),)


def test_of_two_equal_masks_the_later_lies_in_front(tmp_path):
    row = photo(instance("plate", SMALL), instance("pie", SMALL))
    assert only_scene(read_parquet_taco, write_parquet(tmp_path, [row])).occlusions == ((1, 0),)


def test_stuff_and_crowds_are_regions(tmp_path):
    row = photo(
        instance("wall-brick", LARGE, isthing=0, iscrowd=0),
        instance("person", LARGE, isthing=1, iscrowd=1),
        instance("dog", SMALL, isthing=1, iscrowd=0),
    )
    (scene,), problems = read_all(read_parquet_coco, write_parquet(tmp_path, [row]))
    assert [(label, is_thing) for label, _, is_thing in summary(scene)] == [
        ("wall", False),
        ("person", False),
        ("dog", True),
    ]
    assert problems == {"crowd region, kept as a region": 1}


def test_a_photo_without_objects_is_a_scene(tmp_path):
    rows = [photo(image_id=1), photo(instance("cup", SMALL), image_id=2)]
    scenes, problems = read_all(read_parquet_taco, write_parquet(tmp_path, rows))
    assert [len(scene.objects) for scene in scenes] == [0, 1]
    assert problems == {}


@pytest.mark.parametrize(
    ("damage", "kind"),
    [
        pytest.param({"counts": "22"}, "damaged mask", id="runs of another size"),
        pytest.param({"counts": None}, "missing or wrong field", id="no runs"),
        pytest.param({"counts": encode_rle(SMALL & ~SMALL)}, "empty mask", id="runs without a pixel"),
        pytest.param({"complete": None}, "missing or wrong field", id="nobody says if it is complete"),
        pytest.param({"name": " "}, "object without a name", id="no name"),
    ],
)
def test_a_damaged_object_is_left_out_and_counted(tmp_path, damage, kind):
    row = photo(instance("table", LARGE), instance("red cup", SMALL) | damage)
    path = write_parquet(tmp_path, [row])
    (scene,), problems = read_all(read_parquet_taco, path)
    assert ([item.label for item in scene.objects], problems) == (["table"], {kind: 1})
    with pytest.raises(AnnotationError, match=r"scenes\.parquet: image_id 7, objects\[1\]"):
        list(read_parquet_taco(path, Problems(strict=True)))


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        pytest.param({"height": 0}, "missing or wrong field", id="no pixels"),
        pytest.param({"image_id": 6}, "duplicate id", id="an id twice"),
        pytest.param({"image_id": None}, "missing or wrong field", id="no id"),
    ],
)
def test_a_damaged_row_is_left_out_and_counted(tmp_path, more, kind):
    rows = [photo(instance("cup", SMALL), image_id=6), photo(instance("cup", SMALL)) | more]
    scenes, problems = read_all(read_parquet_taco, write_parquet(tmp_path, rows))
    assert ([scene.key for scene in scenes], problems) == (["taco:6"], {kind: 1})


def test_a_file_without_its_columns_is_an_error_that_names_them(tmp_path):
    path = write_parquet(tmp_path, [{"image_id": 7, "height": 48, "width": 64}])
    with pytest.raises(AnnotationError, match=r"scenes\.parquet: has no columns \['objects'\]"):
        list(read_parquet_taco(path, Problems()))
